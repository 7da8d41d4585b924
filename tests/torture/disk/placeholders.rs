//! A drive in the cloud keeps a file elsewhere: its name, size and time are here, and reading it fails or takes long.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::support::lab::{Answer, Lab};
use crate::support::repositories::FABRIC;
use crate::support::run;
use crate::torture::desk::object;
use crate::torture::disk::assert_told;
use crate::torture::shim::{EAGAIN, EIO, ETIMEDOUT, Trouble};

/// This file can't be read: the error, or 0 for a file that ends at once.
fn away(file: &Path, error: i32) -> Trouble {
    Trouble { under: vec![file.to_owned()], calls: "d", at: 1, error, lasts: true, ..Trouble::default() }
}

fn sync_without(lab: &Lab, file: &Path, error: i32) -> Answer {
    run_in(lab, &["sync"], away(file, error))
}

fn run_in(lab: &Lab, words: &[&str], trouble: Trouble) -> Answer {
    let mut command = lab.command();
    command.args(words).arg(lab.clone.fabric()).arg("--json");
    trouble.befall(&mut command, &lab.machine.path().join("notes"));
    Answer::of(run(&mut command))
}

/// A fabric in which two objects stand, long enough for nobody to be still writing them.
fn two_that_stand() -> Lab {
    let lab = Lab::ready();
    lab.clone.drop_raw("first.yaml", &["one", "two"].map(|name| object(name, "first")).concat());
    assert_eq!(lab.fgd("sync").code, 0);
    lab
}

/// As a drive has it that has put a placeholder in its place: another time, so that whoever compares must read it.
fn touch(file: &Path) {
    let file = std::fs::File::options().write(true).open(file).expect("a file");
    file.set_modified(SystemTime::now() - Duration::from_secs(60)).expect("its time");
}

#[test]
fn one_in_the_inbox_stays_and_the_others_are_taken() {
    for error in [EIO, ETIMEDOUT, EAGAIN, 0] {
        let lab = Lab::ready();
        let away = lab.clone.fabric().join("raw/away.yaml");
        lab.clone.drop_raw("away.yaml", &object("away", "dropped"));
        lab.clone.drop_raw("good.yaml", &object("good", "dropped"));
        for _ in 0..2 {
            let synced = sync_without(&lab, &away, error);
            assert_eq!(synced.code, 1, "{error}: {synced:?}");
            let found = synced.finding("FGD-301");
            assert_eq!(found["file"], format!("{FABRIC}/raw/away.yaml"), "{error}: {synced:?}");
            assert!(found["hint"].as_str().is_some_and(|hint| hint.contains("cloud")), "{error}: {found}");
            assert_eq!(lab.remote.yaml("managed/servers"), ["good.yaml"], "{error}");
            assert_eq!(lab.clone.waiting(), ["away.yaml"], "{error}");
        }
        assert_eq!(lab.fgd("sync").code, 0, "{error}");
        assert_eq!(lab.remote.yaml("managed/servers"), ["away.yaml", "good.yaml"], "{error}");
        lab.assert_in_step();
    }
}

#[test]
fn one_that_stands_is_not_taken_for_deleted_or_empty() {
    for error in [EIO, ETIMEDOUT, 0] {
        let lab = two_that_stand();
        let file = "managed/servers/one.yaml";
        let text = lab.remote.text(file);
        let away = lab.clone.fabric().join(file);
        touch(&away);
        let check = |what: &str, synced: &Answer| {
            eprintln!(
                "{error}, {what}: {} {} {}",
                synced.code, synced.json["error"], synced.json["findings"]
            );
            assert_told(synced, what);
            assert_ne!(synced.code, 0, "{error}, {what}: nobody is told");
            assert!(synced.stdout.contains(file), "{error}, {what}: it is not named: {synced:?}");
            assert_eq!(lab.clone.text(file), text, "{error}, {what}");
            let servers = lab.remote.yaml("managed/servers");
            assert!(servers.contains(&"one.yaml".to_owned()), "{error}, {what}: deleted");
            assert!(!servers.contains(&"one-2.yaml".to_owned()), "{error}, {what}: twice");
        };
        // By itself, with a drop beside it, with a drop of the same object, and with a colleague's work on it.
        check("alone", &sync_without(&lab, &away, error));
        assert_eq!(lab.remote.text(file), text, "{error}: changed");
        lab.clone.drop_raw("three.yaml", &object("three", "dropped"));
        check("beside a drop", &sync_without(&lab, &away, error));
        assert_eq!(lab.remote.text(file), text, "{error}: changed");
        lab.clone.drop_raw("again.yaml", &object("one", "again"));
        check("a drop of the same", &sync_without(&lab, &away, error));
        let teammate = lab.teammate();
        let theirs = format!("{FABRIC}/managed/servers/two.yaml");
        teammate.write(&theirs, &lab.remote.text("managed/servers/two.yaml").replace("first", "theirs"));
        teammate.commit_and_push("A colleague's work");
        check("a colleague's work", &sync_without(&lab, &away, error));
        // It is here again.
        let synced = lab.fgd("sync");
        assert_eq!(synced.code, 0, "{error}: {synced:?}");
        lab.assert_in_step();
        assert!(lab.remote.text(file).contains("again"), "{error}");
        assert!(lab.remote.text("managed/servers/two.yaml").contains("theirs"), "{error}");
        assert_eq!(lab.remote.yaml("managed/servers"), ["one.yaml", "three.yaml", "two.yaml"], "{error}");
    }
}

/// What can't be read is not missing: repair would write it anew, as it was not.
#[test]
fn one_of_the_structure_is_not_taken_for_missing() {
    let lab = two_that_stand();
    let file = lab.clone.fabric().join(".hnp/manifest.yaml");
    for error in [EIO, ETIMEDOUT] {
        let told = run_in(&lab, &["repair", "--dry-run"], away(&file, error));
        assert_told(&told, "repair");
        assert_ne!(told.code, 0, "{error}: {told:?}");
        assert!(told.stdout.contains(".hnp/manifest.yaml"), "{error}: {told:?}");
    }
    assert_eq!(lab.ask(&["repair", "--dry-run", &lab.directory()]).code, 0);
}

#[test]
fn one_that_takes_long_to_come_is_waited_for() {
    let lab = two_that_stand();
    let fabric = lab.clone.fabric();
    lab.clone.drop_raw("slow.yaml", &object("slow", "dropped"));
    let under = vec![fabric.join("raw/slow.yaml"), fabric.join("managed/servers/one.yaml")];
    touch(&under[1]);
    let synced = run_in(&lab, &["sync"], Trouble { under, calls: "d", slow: 400, ..Trouble::default() });
    assert_eq!(synced.code, 0, "{synced:?}");
    lab.assert_in_step();
    assert_eq!(lab.remote.yaml("managed/servers"), ["one.yaml", "slow.yaml", "two.yaml"]);
}

/// iCloud takes the file away and leaves a mark of another name.
#[test]
fn a_mark_of_icloud_stands_for_its_file() {
    let lab = two_that_stand();
    let fabric = lab.clone.fabric();
    let text = lab.remote.text("managed/servers/one.yaml");
    lab.clone.drop_raw("again.yaml", &object("one", "again"));
    lab.clone.drop_raw("other.yaml", &object("other", "dropped"));
    lab.clone.drop_raw("away.yaml", &object("away", "dropped"));
    let evict = |file: &str| {
        let (folder, name) = file.rsplit_once('/').expect("a folder");
        let mark = fabric.join(folder).join(format!(".{name}.icloud"));
        std::fs::rename(fabric.join(file), lab.machine.path().join(name)).expect("moved away");
        std::fs::write(&mark, "bplist00").expect("a mark");
        mark
    };
    let marks = ["managed/servers/one.yaml", "raw/away.yaml"].map(evict);
    for _ in 0..2 {
        let synced = lab.fgd("sync");
        assert_eq!(synced.code, 1, "{synced:?}");
        for file in ["raw/away.yaml", "raw/again.yaml"] {
            let file = format!("{FABRIC}/{file}");
            let told =
                |found: &serde_json::Value| found["code"] == "FGD-301" && found["file"] == file.as_str();
            assert!(synced.findings().iter().any(told), "{file}: {synced:?}");
        }
        assert_eq!(lab.remote.text("managed/servers/one.yaml"), text);
        assert_eq!(lab.remote.yaml("managed/servers"), ["one.yaml", "other.yaml", "two.yaml"]);
        assert!(!fabric.join("managed/servers/one.yaml").exists(), "not written over");
        assert_eq!(lab.fgd("status").json["localEdits"], 0, "nobody has deleted it");
    }
    assert!(lab.fgd("validate").stdout.contains("managed/servers/one.yaml"));
    for (mark, name) in marks.iter().zip(["one.yaml", "away.yaml"]) {
        std::fs::rename(lab.machine.path().join(name), mark.with_file_name(name)).expect("moved back");
        std::fs::remove_file(mark).expect("the mark goes");
    }
    assert_eq!(lab.fgd("sync").code, 0);
    lab.assert_in_step();
    assert!(lab.remote.text("managed/servers/one.yaml").contains("again"));
    assert_eq!(lab.remote.yaml("managed/servers"), ["away.yaml", "one.yaml", "other.yaml", "two.yaml"]);
}
