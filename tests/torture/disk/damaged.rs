//! What a failing disk or a killed Git leaves in `.git`: the next sync goes on where it can, says what is damaged
//! where it can't, and commits nothing over it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use crate::support::lab::Lab;
use crate::support::repositories::FABRIC;
use crate::torture::desk::object;

/// A fabric with an object, a drop that waits, and something that a person has staged.
fn ready() -> Lab {
    let lab = Lab::ready();
    lab.clone.drop_raw("first.yaml", &object("first", "first"));
    assert_eq!(lab.fgd("sync").code, 0);
    lab.clone.drop_raw("drop.yaml", &object("second", "dropped"));
    lab
}

fn cut_to(path: &Path, length: u64) {
    make_writable(path);
    File::options().write(true).open(path).and_then(|file| file.set_len(length)).expect("a shorter file");
}

/// Git's objects are read-only.
fn make_writable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644)).expect("rights");
}

type Damage = fn(&Path);

#[test]
fn a_damaged_index_is_made_anew_and_no_file_is_touched() {
    let damages: [(&str, Damage); 4] = [
        ("empty", |path| cut_to(path, 0)),
        ("cut", |path| cut_to(path, fs::metadata(path).expect("an index").len() / 2)),
        ("zeros", |path| fs::write(path, vec![0; 300]).expect("an index")),
        ("one bit", |path| {
            let mut bytes = fs::read(path).expect("an index");
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(path, bytes).expect("an index");
        }),
    ];
    for (name, damage) in damages {
        let lab = ready();
        // By hand, and not yet committed.
        lab.clone.add_line("managed/servers/first.yaml", "# by hand");
        let index = lab.clone.path.join(".git/index");
        damage(&index);
        let damaged = fs::read(&index).expect("an index");
        let synced = lab.fgd("sync");
        assert_eq!(synced.code, 0, "{name}: {synced:?}");
        lab.assert_in_step();
        lab.clone.git(&["fsck", "--strict"]);
        assert_eq!(lab.remote.yaml("managed/servers"), ["first.yaml", "second.yaml"], "{name}");
        assert!(lab.remote.text("managed/servers/first.yaml").contains("# by hand"), "{name}");
        assert_eq!(fs::read(lab.clone.path.join(".git/fgd/index.damaged")).expect("kept"), damaged, "{name}");
        assert_eq!(lab.clone.leftovers(), Vec::<PathBuf>::new(), "{name}");
    }
}

#[test]
fn an_index_that_git_knows_and_libgit2_does_not_is_left_alone() {
    let lab = ready();
    lab.clone.git(&["update-index", "--split-index"]);
    let index = fs::read(lab.clone.path.join(".git/index")).expect("an index");
    let synced = lab.fgd("sync");
    assert_eq!(fs::read(lab.clone.path.join(".git/index")).expect("an index"), index);
    assert_eq!(synced.code, 3, "{synced:?}");
    assert!(
        synced.json["error"]["message"].as_str().is_some_and(|said| said.contains("index")),
        "{synced:?}"
    );
    assert_eq!(lab.clone.waiting(), ["drop.yaml"]);
}

/// The file of a loose object.
fn loose(lab: &Lab, name: &str) -> (String, PathBuf) {
    let id = lab.clone.git(&["rev-parse", name]);
    (id.clone(), lab.clone.path.join(".git/objects").join(&id[..2]).join(&id[2..]))
}

#[test]
fn a_damaged_object_is_named_and_nothing_is_committed_over_it() {
    let directory = format!("HEAD:{FABRIC}/managed/servers");
    let file = format!("{directory}/first.yaml");
    for (what, name) in [
        ("the commit", "HEAD"),
        ("the tree", "HEAD^{tree}"),
        ("a directory", directory.as_str()),
        ("a file", file.as_str()),
    ] {
        for length in [0, 10] {
            let lab = ready();
            // The object's own bytes are asked for: they differ on disk, by one letter.
            let edited = lab.clone.text("managed/servers/first.yaml").replace("first\n", "fixed\n");
            lab.clone.write(&format!("{FABRIC}/managed/servers/first.yaml"), &edited);
            let (id, path) = loose(&lab, name);
            assert!(path.exists(), "{what} is no loose object");
            let whole = fs::read(&path).expect("an object");
            let (tip, there) = (lab.clone.tip(), lab.remote.tip());
            cut_to(&path, length);
            let answer = lab.fgd("sync");
            if answer.code == 0 {
                // Whoever does not need it does not stumble over it; but then it may not be gone unnoticed.
                assert_eq!(lab.remote.yaml("managed/servers"), ["first.yaml", "second.yaml"], "{what}");
            } else {
                assert_eq!(answer.code, 3, "{what}: {answer:?}");
                let error = &answer.json["error"];
                assert_eq!(error["code"], "Git", "{what}, {length} bytes: {answer:?}");
                assert!(
                    error["message"].as_str().is_some_and(|said| said.contains(&id)),
                    "{what}: {answer:?}"
                );
                assert_eq!(lab.remote.tip(), there, "{what}");
                assert_eq!(
                    fs::read_to_string(lab.clone.path.join(".git/refs/heads/main")).expect("a ref").trim(),
                    tip
                );
                assert_eq!(lab.clone.waiting(), ["drop.yaml"], "{what}");
                assert!(lab.clone.text("managed/servers/first.yaml").contains("fixed"), "{what}");
            }
            // With the object back, it ends as if nothing had been.
            fs::write(&path, whole).expect("the object");
            assert_eq!(lab.fgd("sync").code, 0, "{what}");
            lab.assert_in_step();
            lab.clone.git(&["fsck", "--strict"]);
            assert!(lab.remote.text("managed/servers/first.yaml").contains("fixed"), "{what}");
        }
    }
}

#[test]
fn a_damaged_pack_is_told_and_nothing_is_committed_over_it() {
    for extension in ["pack", "idx"] {
        let lab = ready();
        lab.clone.git(&["repack", "--quiet", "-a", "-d"]);
        let packs = fs::read_dir(lab.clone.path.join(".git/objects/pack")).expect("packs");
        let mut packs = packs.map(|entry| entry.expect("an entry").path());
        let pack = packs.find(|path| path.extension().is_some_and(|ext| ext == extension)).expect("a pack");
        let whole = fs::read(&pack).expect("a pack");
        let there = lab.remote.tip();
        cut_to(&pack, whole.len() as u64 / 2);
        let answer = lab.fgd("sync");
        assert_eq!((answer.code, &answer.json["error"]["code"]), (3, &"Git".into()), "{answer:?}");
        assert_eq!((lab.remote.tip(), lab.clone.waiting()), (there, vec!["drop.yaml".to_owned()]));
        fs::write(&pack, whole).expect("the pack");
        assert_eq!(lab.fgd("sync").code, 0, "{extension}");
        lab.assert_in_step();
        lab.clone.git(&["fsck", "--strict"]);
    }
}

#[test]
fn a_ref_that_a_power_cut_emptied_is_told_and_found_again_where_it_can_be() {
    // Where the remote is, it says itself.
    let lab = ready();
    let tracking = lab.clone.path.join(".git/refs/remotes/origin/main");
    fs::write(&tracking, "").expect("a ref");
    let synced = lab.fgd("sync");
    assert_eq!(synced.code, 0, "{synced:?}");
    lab.assert_in_step();
    lab.clone.git(&["fsck", "--strict"]);

    // Where our own branch was, only a person may say: by what is written in Git's log of it.
    let lab = ready();
    let branch = lab.clone.path.join(".git/refs/heads/main");
    let was = fs::read_to_string(&branch).expect("a ref");
    fs::write(&branch, "").expect("a ref");
    let there = lab.remote.tip();
    let answer = lab.fgd("sync");
    assert_eq!((answer.code, &answer.json["error"]["code"]), (3, &"Git".into()), "{answer:?}");
    assert!(answer.json["error"]["message"].as_str().is_some_and(|said| said.contains("main")), "{answer:?}");
    assert_eq!((lab.remote.tip(), lab.clone.waiting()), (there, vec!["drop.yaml".to_owned()]));
    fs::write(&branch, was).expect("a ref");
    assert_eq!(lab.fgd("sync").code, 0);
    lab.assert_in_step();
}

/// All locks that a run comes by. A stale one is of a process that is gone, whatever the clock says of it; a live
/// one is waited for a moment, and then told.
#[test]
fn stale_locks_are_cleared_and_live_ones_respected() {
    let day = Duration::from_secs(24 * 60 * 60);
    let times = [SystemTime::now() - day, SystemTime::now(), SystemTime::now() + day];
    let locks =
        ["index", "HEAD", "refs/heads/main", "refs/remotes/origin/main", "packed-refs", "config", "shallow"];
    for (n, lock) in locks.into_iter().enumerate() {
        let lab = ready();
        let path = lab.clone.path.join(format!(".git/{lock}.lock"));
        let made = File::create(&path).expect("a lock");
        made.set_modified(times[n % 3]).expect("its time");
        // As long as this process has it open, it is somebody's.
        let there = lab.remote.tip();
        let answer = lab.fgd("sync");
        assert!(path.exists(), "{lock}: a live lock was taken away");
        if answer.code != 0 {
            assert_eq!(answer.code, 3, "{lock}: {answer:?}");
            let error = &answer.json["error"];
            assert_eq!(error["code"], "Git", "{lock}: {answer:?}");
            assert!(
                error["message"].as_str().is_some_and(|said| said.contains("lock")),
                "{lock}: {answer:?}"
            );
            assert_eq!(lab.remote.tip(), there, "{lock}");
        }
        lab.clone.drop_raw("third.yaml", &object("third", "dropped"));
        drop(made);
        let synced = lab.fgd("sync");
        assert_eq!(synced.code, 0, "{lock}: {synced:?}");
        assert!(!path.exists(), "{lock}: a stale lock stays");
        lab.assert_in_step();
        assert_eq!(lab.remote.yaml("managed/servers"), ["first.yaml", "second.yaml", "third.yaml"], "{lock}");
    }
}

/// Whoever opens a pipe waits until somebody writes to it.
#[test]
fn a_pipe_in_place_of_one_of_gits_files_is_told_and_not_waited_for() {
    let lab = Lab::ready();
    lab.clone.git(&["pack-refs", "--all"]);
    lab.clone.drop_raw("drop.yaml", &object("dropped", "dropped"));
    let git = lab.clone.path.join(".git");
    let names = [
        "config",
        "HEAD",
        "index",
        "packed-refs",
        "shallow",
        "commondir",
        "info/exclude",
        "refs/heads/main",
        "refs/remotes/origin/main",
        "objects/info/alternates",
    ];
    for name in names {
        let (at, aside) = (git.join(name), lab.machine.path().join("aside"));
        let was_there = at.exists();
        if was_there {
            fs::rename(&at, &aside).expect("moved away");
        }
        fs::create_dir_all(at.parent().expect("a directory")).expect("directories");
        assert!(Command::new("mkfifo").arg(&at).status().expect("mkfifo").success());
        for word in ["status", "validate", "sync", "ingest"] {
            let told = lab.fgd(word);
            told.assert_refused("StoreNotPlain", "inside of Git's own store.");
            assert!(told.stderr.contains(name), "{word}, {name}: {told:?}");
            assert_eq!(lab.clone.waiting(), ["drop.yaml"], "{word}, {name}");
        }
        fs::remove_file(&at).expect("the pipe goes");
        if was_there {
            fs::rename(&aside, &at).expect("moved back");
        }
    }
    assert_eq!(lab.fgd("sync").code, 0);
    lab.assert_in_step();
    assert_eq!(lab.remote.yaml("managed/servers"), ["dropped.yaml"]);
}

/// The same with what says which files are ignored.
#[test]
fn a_pipe_in_place_of_a_gitignore_is_told_and_not_waited_for() {
    let lab = Lab::ready();
    lab.clone.drop_raw("drop.yaml", &object("dropped", "dropped"));
    let folders = [".", "fabrics", FABRIC, "fabrics/lab/raw", "fabrics/lab/managed/servers"];
    for file in folders
        .iter()
        .flat_map(|folder| [".gitignore", ".gitattributes"].map(|name| format!("{folder}/{name}")))
    {
        let at = lab.clone.path.join(&file);
        assert!(Command::new("mkfifo").arg(&at).status().expect("mkfifo").success());
        let told = lab.fgd("sync");
        told.assert_refused("Io", "it is no plain file.");
        assert!(told.stderr.contains(file.trim_start_matches("./")), "{file}: {told:?}");
        assert!(told.stderr.contains("in its place"), "{file}: {told:?}");
        assert_eq!(lab.clone.waiting(), ["drop.yaml"], "{file}");
        lab.fgd("status");
        fs::remove_file(&at).expect("the pipe goes");
    }
    assert_eq!(lab.fgd("sync").code, 0);
    lab.assert_in_step();
}
