//! What bad input in `raw/` gets: a clear finding, and nothing is lost; never a panic, a hang or a runaway.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use fgd_engine::{Code, ErrorCode, FabricId, Finding, Operation, OperationKind, Outcome, Trigger};

use crate::lab::{Lab, git, switch};

/// A good document that waits beside the bad ones.
const GOOD: &str = "good.yaml";

fn raw(lab: &Lab, name: &str) -> PathBuf {
    lab.clone.join("lab/raw").join(name)
}

fn drop_bytes(lab: &Lab, name: &str, bytes: &[u8]) {
    std::fs::write(raw(lab, name), bytes).expect("dropped");
}

fn object(rest: &str) -> String {
    format!("apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\n{rest}")
}

fn named(name: &str) -> String {
    object(&format!("metadata:\n  name: {name}\nspec:\n  role: spine\n"))
}

/// The finding of a file: one that is told well.
fn told(synced: &Operation, name: &str) -> Finding {
    let file = format!("lab/raw/{name}");
    let of_file = |finding: &&Finding| finding.file.as_ref().is_some_and(|path| path.as_str() == file);
    let found = synced.findings.iter().find(of_file).unwrap_or_else(|| panic!("{name}: {synced:#?}"));
    assert!(found.message.ends_with('.') && found.message.len() < 300, "{found:?}");
    assert!(found.hint.as_ref().is_some_and(|hint| hint.ends_with('.')), "{found:?}");
    found.clone()
}

/// Drops a good document beside what is there, and syncs: that one is taken, and a second sync changes nothing.
async fn sync_beside_a_good_one(lab: &Lab, id: &FabricId) -> Operation {
    lab.drop_raw(GOOD, &switch("leaf-good", "spine"));
    let begun = Instant::now();
    let synced = lab.sync(id).await;
    assert!(begun.elapsed() < Duration::from_secs(60), "no runaway");
    assert!(!raw(lab, GOOD).exists(), "{synced:#?}");
    assert_eq!(lab.files("lab/managed/switches/leaf-good.yaml").len(), 1);
    changes_nothing(lab, id).await;
    synced
}

async fn changes_nothing(lab: &Lab, id: &FabricId) {
    let (commits, status) = (lab.commits(), git(&lab.clone, &["status", "--porcelain"]));
    let again = lab.sync(id).await;
    assert_eq!((again.commit, again.pushed, lab.commits()), (None, 0, commits));
    assert_eq!(git(&lab.clone, &["status", "--porcelain"]), status);
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_told_and_stays() {
    let (lab, id) = Lab::with_fabric().await;
    let good = named("leaf-01");
    let in_bytes = |broken: &[u8]| [good.as_bytes(), broken].concat();
    let mut bomb = "x0: &x0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..10 {
        let below = vec![format!("*x{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("x{level}: &x{level} [{below}]\n"));
    }
    let staircase: String = (0..1_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    let name = |name: &str| object(&format!("metadata:\n  name: {name}\n")).into_bytes();
    let rows: &[(&str, Vec<u8>, Code, u32)] = &[
        ("latin-1", in_bytes(b"# caf\xE9\n"), Code::Encoding, 7),
        ("cut-in-a-character", in_bytes(b"\xC3"), Code::Encoding, 7),
        ("utf-16-le-bom", utf16(&format!("\u{FEFF}{good}"), u16::to_le_bytes), Code::Encoding, 1),
        ("utf-16-be-bom", utf16(&format!("\u{FEFF}{good}"), u16::to_be_bytes), Code::Encoding, 1),
        ("utf-16-le", utf16(&good, u16::to_le_bytes), Code::Encoding, 1),
        ("utf-16-be", utf16(&good, u16::to_be_bytes), Code::Encoding, 1),
        ("nul", in_bytes(b"\0"), Code::Encoding, 7),
        ("tabs", object("metadata:\n\tname: leaf-01\n").into(), Code::Syntax, 4),
        ("key-twice", in_bytes(b"spec: {}\n"), Code::DuplicateKey, 7),
        ("bomb", in_bytes(bomb.as_bytes()), Code::TooLarge, 0),
        ("deep-flow", in_bytes(format!("a: {}\n", "[".repeat(10_000)).as_bytes()), Code::TooLarge, 7),
        ("deep-braces", in_bytes(format!("a: {}\n", "{b: ".repeat(10_000)).as_bytes()), Code::TooLarge, 7),
        ("deep-dashes", "- ".repeat(10_000).into_bytes(), Code::TooLarge, 1),
        ("deep-lines", in_bytes(staircase.as_bytes()), Code::TooLarge, 0),
        (
            "conflict",
            in_bytes(b"<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> theirs\n"),
            Code::ConflictMarker,
            7,
        ),
        ("no-name", object("metadata: {}\n").into(), Code::NotAnObject, 3),
        ("generate-name", object("metadata:\n  generateName: leaf-\n").into(), Code::NotAnObject, 4),
        ("name-with-slash", name("../../etc/passwd"), Code::NameInvalid, 4),
        ("name-of-dots", name("'..'"), Code::NameInvalid, 4),
        ("name-of-300", name(&"a".repeat(300)), Code::NameInvalid, 4),
        ("key-is-a-list", in_bytes(b"? [a, b]\n: c\n"), Code::UnsupportedForm, 7),
        ("text", b"just text\n".to_vec(), Code::NotAnObject, 1),
        ("text-after-marker", b"--- just text\n".to_vec(), Code::NotAnObject, 1),
        ("alias-of-nothing", in_bytes(b"a: *b\n"), Code::Syntax, 7),
    ];
    for (name, bytes, ..) in rows {
        drop_bytes(&lab, &format!("{name}.yaml"), bytes);
    }
    let synced = sync_beside_a_good_one(&lab, &id).await;
    assert_eq!(synced.outcome, Outcome::NeedsAttention);
    assert_eq!((synced.documents.rejected as usize, synced.documents.created), (rows.len(), 1));
    for (name, bytes, code, line) in rows {
        let name = format!("{name}.yaml");
        let finding = told(&synced, &name);
        assert_eq!(finding.code, *code, "{finding:?}");
        assert!(finding.line == Some(*line) || *line == 0 && finding.line > Some(1), "{finding:?}");
        assert!(finding.column >= Some(1), "{finding:?}");
        assert_eq!(std::fs::read(raw(&lab, &name)).expect(&name), *bytes, "{name} stays as it was");
    }
    assert_eq!(lab.files("lab/managed"), ["lab/managed/switches/leaf-good.yaml"]);
}

/// A file's name and text, and its objects, each with its name and the text that ours is added to.
type Odd = (&'static str, String, Vec<(&'static str, String)>);

/// A text without the lines that ingestion adds to it.
fn without_ours(text: &str) -> String {
    let ours = |line: &str| line.contains("hnp.githedgehog.com/") || line.trim() == "annotations:";
    text.split_inclusive('\n').filter(|line| !ours(line)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_odd_and_good_is_taken_as_it_is_written() {
    let (lab, id) = Lab::with_fabric().await;
    let spec = "spec:\n  role: spine\n";
    let crlf = |name: &str| named(name).replace('\n', "\r\n");
    let rows: Vec<Odd> = vec![
        ("empty", String::new(), vec![]),
        ("blank", "\n  \n\r\n".into(), vec![]),
        ("comments", "# nothing\n  # here\n".into(), vec![]),
        ("markers", "---\n...\n---\n".into(), vec![]),
        ("only-a-bom", "\u{FEFF}".into(), vec![]),
        ("bom", format!("\u{FEFF}{}", named("bom")), vec![("bom", named("bom"))]),
        ("crlf", crlf("crlf"), vec![("crlf", crlf("crlf"))]),
        (
            "mixed",
            format!("{}---\r\n{}", crlf("mixed-1"), named("mixed-2").replacen('\n', "\r\n", 3)),
            vec![("mixed-1", crlf("mixed-1")), ("mixed-2", named("mixed-2").replacen('\n', "\r\n", 3))],
        ),
        ("no-end", named("no-end").trim_end().into(), vec![("no-end", named("no-end").trim_end().into())]),
        (
            "comments-around",
            format!("# head\n---\n{}# end\n\n# of b\n---\n{}\n# tail", named("around-1"), named("around-2")),
            vec![
                ("around-1", format!("# head\n---\n{}", named("around-1"))),
                ("around-2", format!("# end\n\n# of b\n---\n{}\n# tail", named("around-2"))),
            ],
        ),
        (
            "empty-documents",
            format!("---\n---\n# none\n---\n{}---\n---\n...\n", named("between")),
            vec![("between", format!("# none\n---\n{}", named("between")))],
        ),
        (
            "anchors",
            object(&format!("metadata:\n  name: anchors\n  labels: &l {{a: b}}\n{spec}x: {{<<: *l, c: *l}}\n")),
            vec![(
                "anchors",
                object(&format!(
                    "metadata:\n  name: anchors\n  labels: &l {{a: b}}\n{spec}x: {{<<: *l, c: *l}}\n"
                )),
            )],
        ),
        (
            "tags",
            object(&format!("metadata:\n  name: !!str tags\n  labels:\n    a: !own b\n    1: 'c'\n{spec}")),
            vec![(
                "tags",
                object(&format!(
                    "metadata:\n  name: !!str tags\n  labels:\n    a: !own b\n    1: 'c'\n{spec}"
                )),
            )],
        ),
        (
            "list",
            "apiVersion: v1\nkind: List\nitems:\n# of one\n- apiVersion: wiring.githedgehog.com/v1beta1\n  kind: Switch\n  metadata:\n    name: item-1 # one\n- apiVersion: wiring.githedgehog.com/v1beta1\n  kind: Switch\n  metadata:\n    name: item-2\n".into(),
            vec![
                ("item-1", format!("# of one\n{}", object("metadata:\n  name: item-1 # one\n"))),
                ("item-2", object("metadata:\n  name: item-2\n")),
            ],
        ),
        (
            "values",
            object(&format!("metadata:\n  name: values\n  labels: {{a: 'no', b: \"0777\", c: '1e3', d: 12:30:45}}\n{spec}")),
            vec![(
                "values",
                object(&format!(
                    "metadata:\n  name: values\n  labels: {{a: 'no', b: \"0777\", c: '1e3', d: 12:30:45}}\n{spec}"
                )),
            )],
        ),
    ];
    for (name, text, _) in &rows {
        drop_bytes(&lab, &format!("{name}.yaml"), text.as_bytes());
    }
    let synced = sync_beside_a_good_one(&lab, &id).await;
    assert_eq!(synced.outcome, Outcome::Done, "{:#?}", synced.findings);
    let objects: usize = rows.iter().map(|(.., objects)| objects.len()).sum();
    assert_eq!((synced.documents.created as usize, synced.documents.rejected), (objects + 1, 0));
    for (file, text, objects) in &rows {
        assert!(!raw(&lab, &format!("{file}.yaml")).exists(), "{file}");
        let kept = std::fs::read(raw(&lab, &format!("{file}.yaml.archived"))).expect(file);
        assert_eq!(kept, text.as_bytes(), "{file} is kept byte for byte");
        for (name, expected) in objects {
            let path = lab.clone.join(format!("lab/managed/switches/{name}.yaml"));
            let written = std::fs::read_to_string(path).expect(name);
            assert!(written.contains(&format!("original-file: {file}.yaml")), "{written}");
            assert_eq!(without_ours(&written), *expected, "{name}");
            assert_eq!(
                written.contains("/managed-by: fgd-sync\r\n"),
                expected.contains("spine\r\n"),
                "{name}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn json_is_taken_an_object_and_a_list() {
    let (lab, id) = Lab::with_fabric().await;
    let one = |name: &str| {
        format!(
            "{{\"apiVersion\": \"wiring.githedgehog.com/v1beta1\", \"kind\": \"Switch\", \"metadata\": {{\"name\": \"{name}\"}}}}"
        )
    };
    let list =
        format!("{{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{},\n{}]}}", one("b"), one("c"));
    drop_bytes(&lab, "one.json", one("a").as_bytes());
    drop_bytes(&lab, "list.json", list.as_bytes());
    // Of one line, and long.
    let long = one("d").replace("\"kind\"", &format!("\"x\": [{}1], \"kind\"", "1, ".repeat(110_000)));
    drop_bytes(&lab, "long.json", long.as_bytes());
    let text = object(&format!("metadata: {{name: e}}\nx: {}\n", "long ".repeat(500_000)));
    drop_bytes(&lab, "long.yaml", text.as_bytes());
    let synced = sync_beside_a_good_one(&lab, &id).await;
    assert_eq!((synced.documents.created, synced.documents.rejected), (6, 0), "{:#?}", synced.findings);
    let written = |name: &str| {
        std::fs::read_to_string(lab.clone.join(format!("lab/managed/switches/{name}.yaml"))).expect(name)
    };
    // JSON is no text that a person would want to keep: it is written as YAML.
    for (name, index) in [("a", '0'), ("b", '0'), ("c", '1')] {
        let text = written(name);
        assert_eq!(without_ours(&text), object(&format!("metadata:\n  name: {name}\n")));
        assert!(text.contains(&format!("original-document-index: '{index}'")), "{text}");
    }
    assert_eq!(written("d").matches("\n- 1").count(), 110_001);
    let (before, after) = text.split_once("e}").expect("name");
    assert!(written("e").starts_with(before) && written("e").ends_with(after));
    for (file, bytes) in [("one.json", &one("a")), ("list.json", &list), ("long.json", &long)] {
        assert_eq!(std::fs::read_to_string(raw(&lab, &format!("{file}.archived"))).expect(file), *bytes);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_above_the_limit_is_refused_unread() {
    let (lab, id) = Lab::with_fabric().await;
    let huge = std::fs::File::create(raw(&lab, "huge.yaml")).expect("file");
    huge.set_len(1 << 30).expect("sparse");
    let begun = Instant::now();
    let synced = sync_beside_a_good_one(&lab, &id).await;
    assert!(begun.elapsed() < Duration::from_secs(20), "it is not read");
    let finding = told(&synced, "huge.yaml");
    assert_eq!((finding.code, finding.line), (Code::TooLarge, Some(1)));
    assert!(finding.message.contains("64 MiB"), "{finding:?}");
    assert_eq!(synced.outcome, Outcome::NeedsAttention, "it is left");
    assert_eq!(huge.metadata().expect("there").len(), 1 << 30);
    assert!(lab.view(&id).await.inbox.iter().any(|file| !file.findings.is_empty()));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_plain_file_is_told_and_not_opened() {
    use std::os::unix::ffi::OsStrExt;

    let (lab, id) = Lab::with_fabric().await;
    let outside = lab.path().join("outside.yaml");
    std::fs::write(&outside, switch("leaf-outside", "spine")).expect("written");
    std::fs::create_dir(lab.path().join("elsewhere")).expect("directory");
    std::fs::write(lab.path().join("elsewhere/x.yaml"), switch("leaf-elsewhere", "spine")).expect("written");
    for (from, to) in [("outside.yaml", "link.yaml"), ("elsewhere", "linked"), ("nowhere", "broken.yaml")] {
        std::os::unix::fs::symlink(lab.path().join(from), raw(&lab, to)).expect("link");
    }
    for pipe in ["pipe.yaml", "good.yaml.archived"] {
        let made = Command::new("mkfifo").arg(raw(&lab, pipe)).status().expect("mkfifo");
        assert!(made.success());
    }
    let _socket = std::os::unix::net::UnixListener::bind(raw(&lab, "socket.json")).expect("socket");
    std::fs::create_dir(raw(&lab, "directory.yaml")).expect("directory");
    let odd = std::ffi::OsStr::from_bytes(b"caf\xE9.yaml");
    std::fs::write(lab.clone.join("lab/raw").join(odd), named("leaf-odd")).expect("written");
    std::fs::write(raw(&lab, "a:b.yaml"), named("leaf-colon")).expect("written");

    let synced = sync_beside_a_good_one(&lab, &id).await;
    assert_eq!((synced.outcome.clone(), synced.documents.created), (Outcome::NeedsAttention, 1));
    for name in ["link.yaml", "broken.yaml", "pipe.yaml", "socket.json", "a:b.yaml"] {
        assert_eq!(told(&synced, name).code, Code::Unreadable, "{name}");
        assert!(raw(&lab, name).symlink_metadata().is_ok(), "{name} stays");
    }
    let unnamed = synced.findings.iter().find(|finding| finding.message.contains("not UTF-8"));
    assert!(unnamed.is_some_and(|finding| finding.hint.is_some()), "{:#?}", synced.findings);
    assert_eq!(synced.findings.iter().filter(|finding| finding.code == Code::Unreadable).count(), 6);
    assert_eq!(lab.files("lab/managed"), ["lab/managed/switches/leaf-good.yaml"]);
    assert!(outside.exists() && raw(&lab, "directory.yaml").is_dir());
    assert!(raw(&lab, "good.yaml.archived.1").is_file(), "the pipe keeps its name");
}

/// Values that are not what they look like: a text must be one, and what YAML's older rules make of a number is told
/// where it stands.
#[tokio::test(flavor = "multi_thread")]
async fn what_yaml_reads_as_another_type_is_told_and_never_changed() {
    let (lab, id) = Lab::with_fabric().await;
    let with = |name: &str, value: &str| {
        object(&format!("metadata:\n  name: {name}\n  labels:\n    a: {value}\nspec:\n  role: spine\n"))
    };
    let rows = [
        ("no", true),
        ("0777", true),
        ("1e3", true),
        ("~", false),
        ("12:30:45", false),
        ("2025-08-06", false),
        ("\"no\"", false),
    ];
    for (at, (value, _)) in rows.iter().enumerate() {
        drop_bytes(&lab, &format!("value-{at}.yaml"), with(&format!("value-{at}"), value).as_bytes());
    }
    let synced = sync_beside_a_good_one(&lab, &id).await;
    for (at, (value, refused)) in rows.iter().enumerate() {
        let (file, name) = (format!("value-{at}.yaml"), format!("value-{at}"));
        if *refused {
            let finding = told(&synced, &file);
            assert_eq!((finding.code, finding.line), (Code::FieldType, Some(6)), "{value}: {finding:?}");
            assert_eq!(std::fs::read_to_string(raw(&lab, &file)).expect("stays"), with(&name, value));
        } else {
            let path = lab.clone.join(format!("lab/managed/switches/{name}.yaml"));
            let written = std::fs::read_to_string(path).expect(value);
            assert_eq!(without_ours(&written), with(&name, value));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_object_twice_is_one_wish_or_none() {
    let (lab, id) = Lab::with_fabric().await;
    let role = |name: &str, role: &str| named(name).replace("spine", role);
    drop_bytes(&lab, "equal-1.yaml", role("equal", "spine").as_bytes());
    drop_bytes(&lab, "equal-2.yaml", format!("# again\n{}", role("equal", "spine")).as_bytes());
    drop_bytes(&lab, "other-1.yaml", role("other", "spine").as_bytes());
    drop_bytes(&lab, "other-2.yaml", role("other", "server-leaf").as_bytes());
    let synced = sync_beside_a_good_one(&lab, &id).await;
    let counts = &synced.documents;
    assert_eq!(
        (counts.total, counts.created, counts.unchanged, counts.rejected),
        (5, 2, 1, 2),
        "{synced:#?}"
    );
    for (file, names) in [("other-1.yaml", "other-2.yaml"), ("other-2.yaml", "other-1.yaml")] {
        let finding = told(&synced, file);
        assert!(finding.code == Code::DuplicateObject && finding.message.contains(names), "{finding:?}");
        assert!(raw(&lab, file).exists() && !raw(&lab, "equal-1.yaml").exists());
    }
    // Already managed: a wish for a change, or for none.
    for (text, updated, unchanged) in [(role("equal", "spine"), 0, 1), (role("equal", "server-leaf"), 1, 0)] {
        drop_bytes(&lab, "again.yaml", text.as_bytes());
        let counts = lab.sync(&id).await.documents;
        assert_eq!((counts.updated, counts.unchanged, counts.rejected), (updated, unchanged, 2));
    }
    assert_eq!(lab.files("lab/managed").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_is_kept_as_it_is_written() {
    let (lab, id) = Lab::with_fabric().await;
    let new_kind = named("newer").replace("kind: Switch", "kind: Flux9");
    let old_version = named("older").replace("v1beta1", "v1alpha2");
    let foreign = "apiVersion: apps/v9\nkind: Deployment\nmetadata: {name: web} # theirs\n";
    for (name, text) in [("new.yaml", &*new_kind), ("old.yaml", &*old_version), ("foreign.yaml", foreign)] {
        drop_bytes(&lab, name, text.as_bytes());
    }
    let synced = sync_beside_a_good_one(&lab, &id).await;
    let counts = &synced.documents;
    assert_eq!((counts.created, counts.unmanaged, counts.rejected), (3, 1, 0), "{synced:#?}");
    for code in [Code::UnknownKind, Code::OldApiVersion, Code::NotHedgehog] {
        assert!(
            synced.findings.iter().any(|finding| finding.code == code),
            "{code:?}: {:#?}",
            synced.findings
        );
    }
    let text_of = |part: &str| {
        let files = lab.files("lab");
        let file = files.iter().find(|file| file.contains(part) && !file.contains("/raw/")).expect(part);
        std::fs::read_to_string(lab.clone.join(file)).expect(part)
    };
    assert_eq!(without_ours(&text_of("newer")), new_kind);
    assert_eq!(without_ours(&text_of("older")), old_version);
    assert_eq!(text_of("unmanaged/"), foreign, "byte for byte");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_told_and_not_opened() {
    let (lab, id) = Lab::with_fabric().await;
    // Reading this one would never end.
    let made = Command::new("mknod").arg(raw(&lab, "zero.yaml")).args(["c", "1", "5"]).output();
    if !made.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: this user may not make a device.");
        return;
    }
    let synced = sync_beside_a_good_one(&lab, &id).await;
    assert_eq!((told(&synced, "zero.yaml").code, synced.documents.created), (Code::Unreadable, 1));
    assert!(raw(&lab, "zero.yaml").symlink_metadata().is_ok(), "it stays");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_managed_holds_all_back_and_loses_nothing() {
    let (lab, id) = Lab::with_fabric().await;
    let managed = lab.clone.join("lab/managed");
    let Some(mounted) = ReadOnly::mount(&managed) else {
        eprintln!("SKIPPED: this user may not mount a folder read-only.");
        return;
    };
    lab.drop_raw("leaf.yaml", &named("leaf-01"));
    let commits = lab.commits();
    let error = match lab.engine.run(id.clone(), OperationKind::Sync, Trigger::Command).await {
        Ok(Operation { outcome: Outcome::Failed { error }, .. }) => error,
        Err(error) => error.report(),
        Ok(other) => panic!("{other:#?}"),
    };
    assert!(error.message.contains("managed") && error.hint.ends_with('.'), "{error:?}");
    assert_eq!(lab.commits(), commits);
    assert_eq!(std::fs::read_to_string(raw(&lab, "leaf.yaml")).expect("there"), named("leaf-01"));
    drop(mounted);
    assert_eq!(lab.sync(&id).await.documents.created, 1);
    changes_nothing(&lab, &id).await;
}

/// A folder that nobody may write, until this is dropped.
#[cfg(target_os = "linux")]
struct ReadOnly(PathBuf);

#[cfg(target_os = "linux")]
impl ReadOnly {
    /// None where this user may not mount.
    fn mount(folder: &std::path::Path) -> Option<Self> {
        let mount = |arguments: &[&str]| {
            let output = Command::new("mount").args(arguments).arg(folder).output();
            output.is_ok_and(|output| output.status.success())
        };
        let folder_text = folder.to_str()?;
        mount(&["--bind", folder_text])
            .then(|| Self(folder.to_owned()))
            .filter(|_| mount(&["-o", "remount,ro,bind"]))
    }
}

#[cfg(target_os = "linux")]
impl Drop for ReadOnly {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.0).output());
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_permission_stays() {
    use std::os::unix::fs::PermissionsExt;

    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("locked.yaml", &named("leaf-01"));
    let locked = raw(&lab, "locked.yaml");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o0)).expect("mode");
    if std::fs::read(&locked).is_ok() {
        eprintln!("SKIPPED: this user (root?) reads a file of mode 000, so nothing can be unreadable.");
        return;
    }
    let synced = sync_beside_a_good_one(&lab, &id).await;
    assert_eq!(
        (told(&synced, "locked.yaml").code, synced.outcome),
        (Code::Unreadable, Outcome::NeedsAttention)
    );
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o600)).expect("mode");
    assert_eq!(lab.sync(&id).await.documents.created, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_still_written_is_left_until_it_is_whole() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("growing.yaml", &named("leaf-0"));
    let path = raw(&lab, "growing.yaml");
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let writer = std::thread::spawn(move || {
        use std::io::Write;
        let mut file = std::fs::File::options().append(true).open(path).expect("file");
        let mut written = 1;
        while stopped.try_recv().is_err() {
            write!(file, "---\n{}", named(&format!("leaf-{written}"))).expect("written");
            written += 1;
            std::thread::sleep(Duration::from_millis(2));
        }
        written
    });
    let synced = lab.sync(&id).await;
    assert_eq!((synced.documents.total, synced.commit), (0, None), "it is not taken half");
    stop.send(()).expect("writes");
    let written = writer.join().expect("writer");
    let whole = std::fs::read(raw(&lab, "growing.yaml")).expect("there");
    let synced = lab.sync(&id).await;
    assert_eq!((synced.documents.created, synced.documents.total), (written, written));
    assert_eq!(std::fs::read(raw(&lab, "growing.yaml.archived")).expect("archived"), whole);
    changes_nothing(&lab, &id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_comes_and_goes_stops_nobody() {
    let (lab, id) = Lab::with_fabric().await;
    let path = raw(&lab, "fickle.yaml");
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let fickle = std::thread::spawn(move || {
        while stopped.try_recv().is_err() {
            // What is taken away by a sync is gone too.
            drop(std::fs::write(&path, named("leaf-01")));
            std::thread::sleep(Duration::from_millis(1));
            drop(std::fs::remove_file(&path));
        }
    });
    for n in 0..3 {
        lab.drop_raw(&format!("steady-{n}.yaml"), &named(&format!("steady-{n}")));
        let synced = lab.sync(&id).await;
        assert!(!matches!(synced.outcome, Outcome::Failed { .. }), "{synced:#?}");
        assert!(!raw(&lab, &format!("steady-{n}.yaml")).exists());
    }
    stop.send(()).expect("runs");
    fickle.join().expect("ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_that_cannot_be_written_holds_all_back_and_loses_nothing() {
    let (lab, id) = Lab::with_fabric().await;
    let switches = lab.clone.join("lab/managed/switches");
    std::fs::remove_dir_all(&switches).expect("removed");
    std::fs::write(&switches, "in the way").expect("written");
    lab.drop_raw("leaf.yaml", &named("leaf-01"));
    let commits = lab.commits();
    let synced = lab.sync(&id).await;
    let Outcome::Failed { error } = &synced.outcome else { panic!("{synced:#?}") };
    assert_eq!(error.code, ErrorCode::DirectoryBlocked, "{error:?}");
    assert!(error.message.contains("lab/managed/switches") && !error.hint.is_empty(), "{error:?}");
    assert_eq!(lab.commits(), commits);
    assert_eq!(std::fs::read_to_string(raw(&lab, "leaf.yaml")).expect("there"), named("leaf-01"));
    assert_eq!(std::fs::read_to_string(&switches).expect("there"), "in the way");

    std::fs::remove_file(&switches).expect("moved away");
    assert_eq!(lab.sync(&id).await.documents.created, 1);
    assert!(switches.join("leaf-01.yaml").is_file());
    changes_nothing(&lab, &id).await;
}

/// A small file system of its own, which is gone when this is dropped.
struct SmallDisk {
    at: tempfile::TempDir,
}

impl SmallDisk {
    /// None where this user may not mount one.
    fn mount(size: &str) -> Option<Self> {
        let at = tempfile::tempdir().expect("directory");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "fgd-small-disk"])
            .arg(at.path())
            .output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self { at })
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(self.at.path()).output());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing() {
    let Some(disk) = SmallDisk::mount("4m") else {
        eprintln!("SKIPPED: this user may not mount a small file system, so no disk can be full.");
        return;
    };
    let (lab, id) = Lab::with_fabric_in(disk.at.path()).await;
    let commits = lab.commits();
    // A text that does not get smaller in Git's store, larger than what is left.
    let mut state = 1_u64;
    let mut noise = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{:x}", state >> 11)
    };
    let noise: String = (0..40_000).map(|_| noise()).collect();
    let text = object(&format!("metadata:\n  name: leaf-01\nx: {noise}\n"));
    lab.drop_raw("leaf.yaml", &text);
    let filler = disk.at.path().join("filler");
    drop(std::fs::write(&filler, vec![0; 8 << 20]));
    let mut failures = Vec::new();
    // So many KiB are left, so the disk is full at another step each time.
    for room in [0, 64, 300, 700, 1_000] {
        let file = std::fs::File::options().write(true).open(&filler).expect("filler");
        let full = file.metadata().expect("metadata").len();
        file.set_len(full.saturating_sub(room << 10)).expect("room");
        let error = match lab.engine.run(id.clone(), OperationKind::Sync, Trigger::Command).await {
            Ok(Operation { outcome: Outcome::Failed { error }, .. }) => error,
            Err(error) => error.report(),
            Ok(_) => break,
        };
        assert!(error.hint.contains("disk has room"), "{error:?}");
        failures.push(error);
        assert_eq!(lab.commits(), commits);
        assert_eq!(std::fs::read_to_string(raw(&lab, "leaf.yaml")).expect("there"), text, "{room} KiB left");
        drop(std::fs::write(&filler, vec![0; 8 << 20]));
    }
    assert!(failures.len() > 1, "{failures:?}");
    std::fs::remove_file(&filler).expect("room again");
    lab.sync(&id).await;
    assert!(!raw(&lab, "leaf.yaml").exists());
    assert_eq!(std::fs::read_to_string(raw(&lab, "leaf.yaml.archived")).expect("archived"), text);
    let (here, there) = lab.trees();
    assert_eq!(here, there);
    changes_nothing(&lab, &id).await;
}

/// Schemas of the fabric's own that make no sense: told, and objects are taken as if there were none.
#[tokio::test(flavor = "multi_thread")]
async fn schemas_that_make_no_sense_are_told_and_hold_up_nobody() {
    let crd = |spec: &str| {
        format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  group: wiring.githedgehog.com\n  \
             names: {{kind: Switch}}\n  versions:\n  - name: v1beta1\n    schema:\n      openAPIV3Schema:\n        \
             type: object\n        properties:\n          spec: {spec}\n"
        )
    };
    let deep = format!("{}{{}}{}", "{not: ".repeat(9_999), "}".repeat(9_999));
    for (name, text, code) in [
        ("no-yaml", "a: [".to_owned(), Code::Unreadable),
        ("nested-pattern", crd("{type: string, pattern: '(a{1000}){1000}'}"), Code::Unreadable),
        ("deep", crd(&deep), Code::Unreadable),
        ("nul", "a: b\0".to_owned(), Code::Unreadable),
    ] {
        let (lab, id) = Lab::with_fabric().await;
        let crds = lab.clone.join("lab/.hnp/crds");
        std::fs::create_dir(&crds).expect("directory");
        std::fs::write(crds.join(format!("{name}.yaml")), text).expect("written");
        sync_beside_a_good_one(&lab, &id).await;
        let found = of_schemas(&lab, &id).await;
        assert_eq!(found.len(), 1, "{name}: {found:#?}");
        assert_eq!(found[0].code, code, "{name}: {found:#?}");
        assert!(found[0].message.len() < 500 && found[0].message.ends_with('.'), "{name}: {found:#?}");
        assert!(found[0].file.as_ref().is_some_and(|file| file.file_name().starts_with(name)), "{found:#?}");
    }
}

/// What is told of the directory of schemas.
async fn of_schemas(lab: &Lab, id: &FabricId) -> Vec<Finding> {
    let mut findings = lab.engine.check(id.clone()).await.expect("a check").findings;
    findings.retain(|finding| {
        finding.file.as_ref().is_some_and(|file| file.as_str().starts_with("lab/.hnp/crds"))
    });
    findings
}

/// A pipe, a plain file or a pipe's neighbours in the place of schemas: not opened, told, and the rest goes on.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_directory_of_schemas_is_told_and_not_opened() {
    let pipe = |path: &std::path::Path| {
        assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
    };
    for place in ["crds as a file", "crds as a pipe", "a pipe in crds"] {
        let (lab, id) = Lab::with_fabric().await;
        let crds = lab.clone.join("lab/.hnp/crds");
        match place {
            "crds as a file" => std::fs::write(&crds, "not a directory\n").expect("written"),
            "crds as a pipe" => pipe(&crds),
            _ => {
                std::fs::create_dir(&crds).expect("directory");
                pipe(&crds.join("switch.yaml"));
            }
        }
        sync_beside_a_good_one(&lab, &id).await;
        let found = of_schemas(&lab, &id).await;
        assert_eq!(found.len(), 1, "{place}: {found:#?}");
        let hint = found[0].hint.as_deref().unwrap_or_default();
        assert!(hint.contains("in its place"), "{place}: {found:#?}");
        assert_eq!(found[0].code, Code::Unreadable, "{place}");
        // What stands is told of as long as it is so, and is gone with it.
        let _ = if crds.is_dir() { std::fs::remove_dir_all(&crds) } else { std::fs::remove_file(&crds) };
        assert_eq!(of_schemas(&lab, &id).await, [], "{place}");
    }
}
