//! Names that no work tree may hold, and texts that would steer a terminal.

use super::*;
use crate::support::repositories::Checkout;

/// Names that leave the work tree, stand for `.git` somewhere, or are none on some disk.
fn hostile_names() -> Vec<Vec<u8>> {
    let mut names: Vec<Vec<u8>> = [
        ".GIT",
        ".Git",
        ".git ",
        ".git.",
        ".git. . ",
        "git~1",
        "GIT~1",
        ".gIt\u{200c}",
        ".g\u{200d}it",
        "\u{feff}.git",
        ".git::$INDEX_ALLOCATION",
        "..",
        "/absolute",
        "../climbs",
        "a/../../climbs",
        "..\\climbs",
        "back\\slash",
        "c:drive",
        "esc\u{1b}[2Jape",
        "new\nline",
    ]
    .iter()
    .map(|name| name.as_bytes().to_vec())
    .collect();
    names.push(b"caf\xe9".to_vec());
    names.push(vec![b'n'; 300]);
    names
}

/// Names that are odd and harmless.
const ODD: [&str; 8] =
    ["Case", "case", "caf\u{e9}", "cafe\u{301}", "-rf", "--upload-pack=x", "con", "trailing."];

#[test]
fn names_that_no_disk_may_hold_stay_in_git() {
    let story = Story::new();
    let lab = &story.lab;
    let before = story.surroundings();
    let evil = story.blob("#!/bin/sh\ntouch /tmp/never\n");
    let hook = story.tree(vec![("100755", b"post-checkout".to_vec(), evil.clone())]);
    let below = story.tree(vec![(TREE, b"hooks".to_vec(), hook), (FILE, b"config".to_vec(), evil.clone())]);
    let everywhere = || {
        let mut entries: Vec<Entry> = Vec::new();
        for (n, name) in hostile_names().into_iter().enumerate() {
            // Each once as a directory, with hooks in it, and once as a file.
            let (mode, id) = if n % 2 == 0 { (TREE, &below) } else { (FILE, &evil) };
            entries.push((mode, name, id.clone()));
        }
        entries.extend(ODD.map(|name| (FILE, name.as_bytes().to_vec(), evil.clone())));
        entries
    };
    story.push("", everywhere());
    story.push(&in_fabric("managed/servers"), everywhere());

    let pulled = lab.fgd("sync");
    assert_eq!(pulled.code, 0, "{pulled:?}");
    assert_eq!(lab.clone.tip(), lab.remote.tip(), "it is taken over");
    assert_eq!(story.surroundings(), before);
    let written: Vec<String> = files(&lab.clone.path, &|path| path.ends_with(".git"))
        .into_keys()
        .map(|path| path.strip_prefix(&lab.clone.path).expect("below").to_string_lossy().into_owned())
        .collect();
    for name in ODD {
        assert!(written.contains(&name.to_owned()), "{name} is harmless: {written:?}");
    }
    let harmless = |path: &String| {
        path.split('/').all(|part| {
            let fits =
                ODD.contains(&part) || part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
            fits && part.len() < 256
                && !part.to_lowercase().starts_with(".git.")
                && part.to_lowercase() != "git~1"
        })
    };
    let wrong: Vec<&String> =
        written.iter().filter(|path| !harmless(path) && !path.ends_with(".gitkeep")).collect();
    assert_eq!(wrong, Vec::<&String>::new());

    // What can't be on disk is no deletion, and stays where it is with the next commit.
    let dropped = story.drop_and_sync("spare-1");
    assert_eq!(dropped.documents(), [1, 0, 0, 0, 0], "{dropped:?}");
    assert_eq!(lab.clone.tip(), lab.remote.tip());
    let root = story.entries(&format!("{BRANCH}^{{tree}}"));
    for name in [".GIT", "git~1", "back\\slash"] {
        assert!(root.iter().any(|(_, there, _)| there == name.as_bytes()), "{name} is still in Git");
    }
}

/// Both sides have something new, and theirs has such names: a merge is made or refused, and never half made.
#[test]
fn a_merge_with_such_names_is_made_or_refused() {
    let story = Story::new();
    let lab = &story.lab;
    let evil = story.blob("evil");
    for name in hostile_names() {
        let shown = String::from_utf8_lossy(&name).into_owned();
        story.push("", vec![(FILE, name, evil.clone())]);
        lab.clone.write("README.md", &format!("# {}\n", shown.len()));
        lab.clone.drop_raw("spare.yaml", &server(&format!("spare-{}", shown.len())));
        let ours = lab.clone.tip();
        let synced = lab.fgd("sync");
        if synced.code == 0 {
            assert_eq!(lab.clone.tip(), lab.remote.tip(), "{shown:?}");
        } else {
            assert_told(&synced, &shown);
            lab.clone.git(&["merge-base", "--is-ancestor", &ours, "HEAD"]);
        }
        assert_eq!(lab.clone.leftovers(), Vec::<PathBuf>::new(), "{shown:?}");
    }
}

/// Names, messages and refusals hold what a terminal would obey: nothing of it comes out.
#[test]
fn nothing_that_is_said_steers_a_terminal() {
    let story = Story::new();
    let lab = &story.lab;
    let evil = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}drowssap\u{200b}";
    let teammate = lab.teammate();
    teammate.git(&["config", "user.name", &format!("Mal{evil}lory")]);
    teammate.write(&in_fabric("managed/servers/shown.yaml"), &server("shown"));
    teammate.commit_and_push(&format!("Subject {evil} ends"));
    std::fs::write(lab.clone.fabric().join(format!("raw/bro{evil}ken.yaml")), "a: [").expect("written");
    std::fs::write(lab.clone.fabric().join("raw/line\nfeed.yaml"), "a: [").expect("written");
    let about =
        format!("# {}\n{}", "\u{202e}turned", server("other").replace("spare", "'\u{202e}\u{200b}x'"));
    std::fs::write(lab.clone.fabric().join("raw/other.yaml"), about).expect("written");
    lab.remote.hook("pre-receive", &format!("printf '%s\\n' '{evil} no' >&2; exit 1"));

    let directory = lab.directory();
    let object = ["log", "--object", "Server/shown", directory.as_str()];
    let commands: [&[&str]; 10] = [
        &["sync", &directory],
        &["status", &directory],
        &["validate", &directory],
        &["ingest", "--dry-run", &directory],
        &["log", &directory],
        &object,
        &["get", "-d", &directory],
        &["show", "Server/other", "-d", &directory],
        &["conflicts", &directory],
        &["accounts", "test", &format!("https://127.0.0.1:1/{evil}")],
    ];
    let mut told = String::new();
    for command in commands {
        for json in [false, true] {
            let words = command.iter().copied().chain(json.then_some("--json"));
            let answer = lab.fgd_with(words.map(std::ffi::OsStr::new));
            for text in [&answer.stdout, &answer.stderr] {
                let raw: Vec<char> = text.chars().filter(|c| steers(*c)).collect();
                assert_eq!(raw, Vec::<char>::new(), "{command:?}: {text}");
            }
            told.push_str(&answer.stdout);
        }
    }
    assert!(told.contains("⟨U+202E⟩") && told.contains("\\u202e"), "it is written out: {told}");
}

fn steers(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
}

/// Branches whose names look like options can't be entered, and one that is checked out is refused in words.
#[test]
fn a_branch_that_looks_like_an_option_is_refused() {
    let story = Story::new();
    let lab = &story.lab;
    let head = lab.clone.path.join(".git/HEAD");
    for name in ["-x", "--upload-pack=touch ran", "a..b", "x.lock", "@{1}", "a\u{1b}[2J"] {
        std::fs::write(&head, format!("ref: refs/heads/{name}\n")).expect("written");
        assert_told(&lab.fgd("sync"), name);
        assert_told(&lab.fgd("status"), name);
    }
    std::fs::write(&head, "ref: ../../../../etc/passwd\n").expect("written");
    assert_told(&lab.fgd("sync"), "a HEAD that leads elsewhere");
    std::fs::write(&head, format!("ref: refs/heads/{BRANCH}\n")).expect("written");
    assert_eq!(lab.fgd("sync").code, 0);
    Checkout::at(&lab.clone.path).git(&["fsck"]);
}
