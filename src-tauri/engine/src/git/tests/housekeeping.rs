//! Housekeeping: what is joined, what stays, and that no object is ever lost.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use super::*;
use crate::git::Housekeeping;

/// A clone in which more than three packs or more than forty loose objects of ours are too many.
fn lab() -> Lab {
    let lab = Lab::with(&[("README.md", "# Fabrics")]);
    lab.git(&["config", "gc.autoPackLimit", "3"]);
    lab.git(&["config", "gc.auto", "40"]);
    lab
}

impl Lab {
    /// A commit that is large enough for a pack of its own.
    fn save_many(&self, round: usize) {
        let files: Vec<(String, String)> = (0..20)
            .map(|n| (format!("managed/s{n}.yaml"), format!("round: {round}\nnumber: {n}\n")))
            .collect();
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        self.save(&files);
    }

    fn keep_house(&self) -> Housekeeping {
        self.repo.keep_house(&|| true).expect("housekeeping")
    }

    /// All objects of the store, reachable or not, as Git lists them.
    fn objects(&self) -> BTreeSet<String> {
        let listed = self.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]);
        listed.lines().map(str::to_owned).collect()
    }

    /// The files of the store below a directory, with what tells a file that was touched.
    fn files(&self, below: &str) -> BTreeSet<(PathBuf, u64, SystemTime)> {
        let mut folders = vec![self.root().join(".git/objects").join(below)];
        let mut found = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let entry = entry.expect("an entry");
                let file = entry.metadata().expect("its metadata");
                if file.is_dir() {
                    folders.push(entry.path());
                } else {
                    found.insert((entry.path(), file.len(), file.modified().expect("a time")));
                }
            }
        }
        found
    }

    fn packs(&self) -> BTreeSet<PathBuf> {
        let files = self.files("pack").into_iter().map(|(path, ..)| path);
        files.filter(|path| path.extension().is_some_and(|part| part == "pack")).collect()
    }

    #[track_caller]
    fn assert_whole(&self, objects: &BTreeSet<String>) {
        let lost: Vec<String> = objects.difference(&self.objects()).cloned().collect();
        assert_eq!(lost, Vec::<String>::new(), "objects are lost");
        self.git(&["fsck", "--full", "--strict"]);
        assert_eq!(self.git(&["status", "--porcelain"]), "");
    }
}

/// Writes a file's bytes into the store by Git itself, with nothing that leads to it.
fn unreachable(lab: &Lab, text: &str) -> PathBuf {
    lab.put("scratch", text);
    let id = lab.git(&["hash-object", "-w", "scratch"]);
    fs::remove_file(lab.root().join("scratch")).expect("removed");
    let (first, rest) = id.trim().split_at(2);
    lab.root().join(".git/objects").join(first).join(rest)
}

#[test]
fn many_packs_become_one_and_loose_objects_go_into_it() {
    let lab = lab();
    for round in 0..6 {
        assert_eq!(lab.repo.housekeeping_is_due(), round > 3, "{round}");
        lab.save_many(round);
        lab.save(&[("small.yaml", &format!("round: {round}\n"))]);
    }
    let (objects, before) = (lab.objects(), lab.packs().len());
    assert_eq!(before, 6);
    assert!(matches!(lab.keep_house(), Housekeeping::Joined { packs: 6, loose } if loose > 18));
    assert_eq!(lab.packs().len(), 1);
    assert_eq!(lab.git(&["count-objects"]).split(' ').next(), Some("0"));
    lab.assert_whole(&objects);
    // A second look finds nothing to do.
    assert!(!lab.repo.housekeeping_is_due());
    assert_eq!(lab.keep_house(), Housekeeping::Nothing);
    // What is committed next stands on what was moved.
    lab.save_many(7);
    lab.assert_whole(&objects);
}

#[test]
fn loose_objects_alone_are_reason_enough() {
    let lab = lab();
    for round in 0..20 {
        lab.save(&[("small.yaml", &format!("round: {round}\n"))]);
    }
    let objects = lab.objects();
    assert!(lab.repo.housekeeping_is_due());
    assert!(matches!(lab.keep_house(), Housekeeping::Joined { packs: 0, .. }));
    assert_eq!(lab.packs().len(), 1);
    lab.assert_whole(&objects);
    assert!(!lab.repo.housekeeping_is_due());
}

#[test]
fn what_others_made_or_keep_is_not_touched() {
    let lab = lab();
    // The user's own: a packed history, loose commits, an object that nothing leads to, a stash, the index.
    lab.git(&["repack", "-a", "-d", "-q"]);
    lab.put("by-hand.yaml", "by: hand\n");
    lab.git(&["add", "by-hand.yaml"]);
    lab.git(&["commit", "-q", "-m", "By hand"]);
    unreachable(&lab, "nobody needs this");
    lab.put("by-hand.yaml", "by: hand, stashed\n");
    lab.git(&["stash", "-q"]);
    let theirs = lab.files("");
    for round in 0..6 {
        lab.save_many(round);
    }
    // Of ours: one that somebody keeps, one with promises.
    let ours: Vec<PathBuf> =
        lab.packs().into_iter().filter(|pack| !theirs.iter().any(|(path, ..)| path == pack)).collect();
    let kept = [(&ours[0], "keep"), (&ours[1], "promisor")].map(|(pack, part)| {
        fs::write(pack.with_extension(part), "").expect("written");
        pack.clone()
    });
    let objects = lab.objects();

    assert!(matches!(lab.keep_house(), Housekeeping::Joined { packs: 4, .. }));

    let now = lab.files("");
    let touched: Vec<_> = theirs.difference(&now).collect();
    assert_eq!(touched, Vec::<&(PathBuf, u64, SystemTime)>::new());
    assert!(kept.iter().all(|pack| pack.exists() && pack.with_extension("idx").exists()));
    lab.assert_whole(&objects);
    assert_eq!(lab.git(&["stash", "list"]).lines().count(), 1);
}

/// An index over several packs names the packs that Git's own housekeeping looks after.
#[test]
fn packs_in_an_index_of_many_stay() {
    let lab = lab();
    for round in 0..4 {
        lab.save_many(round);
    }
    let listed = lab.packs();
    lab.git(&["multi-pack-index", "write"]);
    for round in 4..8 {
        lab.save_many(round);
    }
    let objects = lab.objects();
    assert!(matches!(lab.keep_house(), Housekeeping::Joined { packs: 4, .. }));
    assert!(listed.iter().all(|pack| pack.exists()));
    lab.git(&["multi-pack-index", "verify"]);
    lab.assert_whole(&objects);
}

#[test]
fn it_is_for_the_user_to_say_never() {
    for settings in [
        &[["gc.auto", "0"]][..],
        &[["gc.autoPackLimit", "0"], ["gc.auto", "1000"]],
        &[["core.repositoryFormatVersion", "1"], ["extensions.preciousObjects", "true"]],
    ] {
        let lab = lab();
        for [name, value] in settings {
            lab.git(&["config", name, value]);
        }
        for round in 0..6 {
            lab.save_many(round);
        }
        assert!(!lab.repo.housekeeping_is_due(), "{settings:?}");
        assert_eq!(lab.keep_house(), Housekeeping::Nothing);
        assert_eq!(lab.packs().len(), 6);
    }
}

#[test]
fn it_waits_for_others() {
    let lab = lab();
    for round in 0..40 {
        lab.save_many(round);
    }
    let (objects, before) = (lab.objects(), lab.files("pack"));
    // Git's own housekeeping.
    let pid = lab.root().join(".git/gc.pid");
    fs::write(&pid, "1 somewhere").expect("written");
    assert_eq!(lab.keep_house(), Housekeeping::PutOff);
    fs::remove_file(&pid).expect("removed");
    // Whoever comes to wait for the lock, at once or later.
    let waits = || {
        lab.repo.wait_in_line();
        true
    };
    assert_eq!(lab.repo.keep_house(&waits).expect("no error"), Housekeeping::PutOff);
    for until in [1, 2, 12] {
        let asked = std::cell::Cell::new(0);
        let wanted = || {
            asked.set(asked.get() + 1);
            // So long that it asks again at the next object.
            std::thread::sleep(Duration::from_millis(60));
            asked.get() < until
        };
        assert_eq!(lab.repo.keep_house(&wanted).expect("no error"), Housekeeping::PutOff);
        assert_eq!(asked.get(), until);
    }
    assert_eq!(lab.files("pack"), before);
    // It is still due, and is done when nobody waits.
    assert!(lab.repo.housekeeping_is_due());
    assert!(matches!(lab.keep_house(), Housekeeping::Joined { packs: 40, .. }));
    lab.assert_whole(&objects);
}

/// Each state that a kill can leave behind, made by hand: nothing is lost in any, and the next time is as if
/// nothing had happened.
#[test]
fn a_kill_at_any_moment_loses_nothing() {
    for moment in 0..5 {
        let lab = lab();
        for round in 0..6 {
            lab.save_many(round);
            lab.save(&[("small.yaml", &format!("round: {round}\n"))]);
        }
        let objects = lab.objects();
        let packs = lab.root().join(".git/objects/pack");
        let old: Vec<(PathBuf, Vec<u8>)> = lab
            .files("")
            .into_iter()
            .map(|(path, ..)| (path.clone(), fs::read(path).expect("read")))
            .collect();
        let notes = ["packs", "loose"].map(|name| {
            let path = lab.root().join(".git/fgd").join(name);
            (path.clone(), fs::read(path).expect("notes"))
        });
        assert!(matches!(lab.keep_house(), Housekeeping::Joined { .. }));
        let new = lab.packs().into_iter().next().expect("one");
        // Back to before the removal, but for what was done by then.
        let restore = |wanted: &dyn Fn(&Path) -> bool| {
            for (path, bytes) in old.iter().filter(|(path, _)| wanted(path) && !path.exists()) {
                fs::write(path, bytes).expect("restored");
            }
        };
        match moment {
            // In the middle of writing: half a pack under a name that Git does not know.
            0 => {
                restore(&|_| true);
                fs::create_dir(packs.join("tmp_fgd_abc")).expect("a folder");
                fs::rename(&new, packs.join("tmp_fgd_abc/pack.part")).expect("moved");
                fs::remove_file(new.with_extension("idx")).expect("removed");
            }
            // The pack is in its place, and its index is not.
            1 => {
                restore(&|_| true);
                fs::remove_file(new.with_extension("idx")).expect("removed");
            }
            // Both are, and nothing is removed yet.
            2 => restore(&|_| true),
            // In the middle of the removal: a pack without its index, and all loose objects.
            3 => {
                let first = old.iter().find(|(path, _)| path.extension().is_some_and(|part| part == "pack"));
                let first = first.expect("a pack").0.with_extension("");
                restore(&|path| {
                    path.with_extension("") != first || path.extension().is_some_and(|e| e == "pack")
                });
            }
            // All is removed, and the notes are old.
            _ => {}
        }
        for (path, bytes) in &notes {
            let mut text = bytes.clone();
            if path.ends_with("packs") && moment > 0 {
                let name = new.file_stem().expect("a name").to_string_lossy().replace("pack-", "");
                text.extend(format!("{name}\n").bytes());
            }
            fs::write(path, text).expect("notes");
        }
        lab.assert_whole(&objects);
        // A day later.
        let old = SystemTime::now() - Duration::from_secs(2 * 24 * 60 * 60);
        for (path, ..) in lab.files("pack") {
            let opened = fs::File::open(path).expect("opened");
            opened.set_modified(old).expect("an older time");
        }
        if moment == 0 {
            let folder = fs::File::open(packs.join("tmp_fgd_abc")).expect("opened");
            folder.set_modified(old).expect("an older time");
        }
        lab.keep_house();
        lab.assert_whole(&objects);
        let left: BTreeSet<String> = fs::read_dir(&packs)
            .expect("packs")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        assert!(left.len() == 2, "moment {moment}: {left:?}");
    }
}

/// Says that it is done when it is dropped.
struct Done<'a>(&'a std::sync::atomic::AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::SeqCst);
    }
}

/// Git's own housekeeping at the same time, again and again.
#[test]
fn git_may_do_the_same_at_the_same_time() {
    let lab = lab();
    let is_done = &std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let (root, is_done) = (lab.root().to_owned(), is_done);
        scope.spawn(move || {
            let mut round = 0;
            while !is_done.load(std::sync::atomic::Ordering::SeqCst) {
                let how: &[&str] = match round % 3 {
                    // As `git gc` does it: what nothing leads to yet stays for two weeks.
                    0 => &["repack", "--cruft", "--cruft-expiration=2.weeks.ago", "-d", "-l", "-q"],
                    1 => &["repack", "--geometric=2", "-d", "-q"],
                    _ => &["prune-packed", "-q"],
                };
                git(&root, how);
                round += 1;
            }
            assert!(round > 2);
        });
        // Also when this fails.
        let _done = Done(is_done);
        for round in 0..30 {
            lab.save_many(round);
            lab.save(&[("small.yaml", &format!("round: {round}\n"))]);
            lab.keep_house();
        }
    });
    let reachable = lab.git(&["rev-list", "--objects", "HEAD"]).lines().count();
    assert!(reachable > 30 * 22, "{reachable}");
    lab.assert_whole(&BTreeSet::new());
}

#[test]
fn clones_that_share_or_lack_objects_stay_whole() {
    // One that borrows from ours, and one of ours that borrows.
    let (lab, bare) = with_origin(&[("README.md", "# Fabrics")]);
    let borrower = lab.dir.path().join("borrower");
    git(lab.dir.path(), &["clone", "-q", "--shared", lab.root().to_str().expect("UTF-8"), "borrower"]);
    let borrowing =
        Lab { dir: tempfile::tempdir().expect("a folder"), repo: Repo::open(&borrower).expect("open") };
    // What one borrows it does not write again: each has work of its own.
    for (lab, first) in [(&lab, 0), (&borrowing, 20)] {
        lab.git(&["config", "gc.autoPackLimit", "3"]);
        for round in first..first + 6 {
            lab.save_many(round);
        }
        let objects = lab.objects();
        let done = lab.keep_house();
        assert!(matches!(done, Housekeeping::Joined { packs: 6, .. }), "{done:?}");
        lab.assert_whole(&objects);
        borrowing.git(&["fsck", "--full"]);
    }
    // A shallow one, whose packs come from a remote.
    lab.git(&["push", "-q", "origin", "main"]);
    let source = format!("file://{}", bare.display());
    git(lab.dir.path(), &["clone", "-q", "--depth", "1", &source, "shallow"]);
    let shallow = lab.dir.path().join("shallow");
    let shallow =
        Lab { dir: tempfile::tempdir().expect("a folder"), repo: Repo::open(&shallow).expect("open") };
    shallow.git(&["config", "gc.autoPackLimit", "3"]);
    let server = git_server::GitServer::start(lab.dir.path(), None);
    shallow.repo.set_remote("origin", &url(&server.url("fabric.git"))).expect("a remote");
    let cloned = shallow.packs();
    for round in 10..16 {
        lab.save_many(round);
        lab.git(&["push", "-q", "origin", "main"]);
        shallow.repo.fetch(&main(), &Access::default(), &Watch::unwatched()).expect("fetch");
    }
    let objects = shallow.objects();
    assert_eq!(shallow.packs().len(), cloned.len() + 6);
    assert!(matches!(shallow.keep_house(), Housekeeping::Joined { packs: 6, .. }));
    assert!(cloned.iter().all(|pack| pack.exists()), "what git cloned is not ours");
    shallow.assert_whole(&objects);
}

/// A store in which an object can't be read is left as it is, and not tried again at each run.
#[test]
fn a_damaged_pack_stops_it_before_anything_is_removed() {
    let lab = lab();
    for round in 0..6 {
        lab.save_many(round);
    }
    let damaged = lab.packs().into_iter().nth(2).expect("a pack");
    // In its place: libgit2 keeps packs open, for all handles of a process.
    let mut permissions = fs::metadata(&damaged).expect("metadata").permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "a file of the test's own")]
    permissions.set_readonly(false);
    fs::set_permissions(&damaged, permissions).expect("writable");
    let mut bytes = fs::read(&damaged).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 30].fill(0);
    let mut opened = fs::OpenOptions::new().write(true).open(&damaged).expect("opened");
    std::io::Write::write_all(&mut opened, &bytes).expect("written");
    let before = lab.files("pack");
    // A handle that has not read it yet.
    let repo = Repo::open(lab.root()).expect("the clone");
    repo.keep_house(&|| true).expect_err("it can't be read");
    assert_eq!(lab.files("pack"), before);
    assert!(!lab.repo.housekeeping_is_due(), "not before tomorrow");
}
