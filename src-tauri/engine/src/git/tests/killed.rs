//! What a killed run leaves in Git's directory goes; what others have there stays.

use std::fs::{self, File};
use std::process::Command;
use std::time::{Duration, SystemTime};

use super::*;
use crate::git::incoming::Incoming;

/// A file that nobody has open, made a minute ago.
fn leave(path: &Path) {
    fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
    let file = File::create(path).expect("a file");
    file.set_modified(SystemTime::now() - Duration::from_secs(60)).expect("an older time");
}

#[test]
#[cfg(target_os = "linux")]
fn what_a_killed_run_left_in_gits_directory_goes() {
    let lab = Lab::with(&[("a", "1\n")]);
    let git = lab.root().join(".git");
    assert!(!lab.repo.begin_run().expect("begun"), "the last run ended");
    // It is killed here, in each of its steps at once.
    let left = [
        "fgd/.fgd-4x4x4x",
        "objects/pack/tmp_fgd_1/pack-1.pack",
        "objects/pack/pack_git2_1",
        "objects/pack/pack-0000000000000000000000000000000000000000.idx.lock",
        "objects/aa/tmp_object_git2_1",
        "refs/fgd/backup/main/1234567.lock",
        "refs/heads/main.lock",
    ];
    let theirs = [
        "objects/pack/tmp_pack_1",
        "objects/aa/tmp_obj_1",
        "notes.lock",
        "objects/pack/multi-pack-index.lock",
    ];
    for path in left.iter().chain(&theirs) {
        leave(&git.join(path));
    }
    let held = File::create(git.join("objects/aa/tmp_object_git2_2")).expect("somebody is writing");
    assert!(lab.repo.begin_run().expect("begun again"), "the last run was killed");
    for path in left {
        assert!(!git.join(path).exists(), "{path} is left");
    }
    assert!(!git.join("objects/pack/tmp_fgd_1").exists());
    for path in theirs {
        assert!(git.join(path).exists(), "{path} is somebody else's");
    }
    assert!(git.join("objects/aa/tmp_object_git2_2").exists(), "it is being written");
    drop(held);
    lab.repo.end_run().expect("ended");
    assert!(!lab.repo.begin_run().expect("begun"), "the last run ended");
}

#[test]
#[cfg(target_os = "linux")]
fn what_a_killed_push_left_in_a_local_remote_goes() {
    let lab = Lab::with(&[("a", "1\n")]);
    let bare = lab.dir.path().join("fabric.git");
    let tip = lab.tip().expect("a tip");
    let cloned = Command::new("git").args(["clone", "-q", "--bare"]).arg(lab.root()).arg(&bare).status();
    assert!(cloned.expect("git").success());
    let incoming = Incoming::begin(lab.repo.git(), &bare, &main()).expect("noted");
    let there = git2::Repository::open_bare(&bare).expect("the remote");
    let id = git2::Oid::from_str(tip.as_str()).expect("an id");
    there.reference(incoming.name(), id, false, "sent").expect("a ref");
    there.reference("refs/fgd/incoming-of-another", id, false, "sent").expect("a ref");
    leave(&bare.join("refs/heads/main.lock"));
    leave(&bare.join("refs/heads/other.lock"));
    let name = incoming.name().to_owned();
    // It is killed here.
    drop(incoming);
    lab.repo.begin_run().expect("begun");
    assert!(there.find_reference(&name).is_err(), "our ref is left");
    assert!(there.find_reference("refs/fgd/incoming-of-another").is_ok());
    assert!(!bare.join("refs/heads/main.lock").exists(), "our lock is left");
    assert!(bare.join("refs/heads/other.lock").exists());
    assert!(!lab.root().join(".git/fgd/incoming.json").exists());
}

#[test]
fn where_a_shallow_history_ends_is_noted_again_if_it_has_to_be() {
    let lab = Lab::with(&[("a", "1\n")]);
    lab.save(&[("a", "2\n")]);
    lab.save(&[("a", "3\n")]);
    let shallow = lab.dir.path().join("shallow");
    let url = format!("file://{}", lab.root().display());
    let cloned = Command::new("git").args(["clone", "-q", "--depth", "1", &url]).arg(&shallow).status();
    assert!(cloned.expect("git").success());
    let (note, copy) = (shallow.join(".git/shallow"), shallow.join(".git/fgd/shallow"));
    let open = || Repo::open(&shallow).expect("the clone");
    assert!(!open().heal_shallow().expect("looked"), "nothing was killed");
    fs::create_dir_all(shallow.join(".git/fgd")).expect("a folder");
    fs::copy(&note, &copy).expect("a copy");
    fs::remove_file(&note).expect("killed");
    assert!(open().heal_shallow().expect("looked"));
    assert!(note.exists() && !copy.exists());
    assert!(open().git().is_shallow());
    // The owner got all of the history since: nothing ends any more.
    fs::copy(&note, &copy).expect("a copy");
    let unshallow = Command::new("git").arg("-C").arg(&shallow).args(["fetch", "-q", "--unshallow"]).status();
    assert!(unshallow.expect("git").success());
    assert!(!open().heal_shallow().expect("looked"));
    assert!(!note.exists() && !copy.exists());
}
