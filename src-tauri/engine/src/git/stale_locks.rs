//! Locks that a Git left behind when it was killed.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::repo::{Repo, branch_ref};
use super::whole_file::remove_if_there;
use crate::error::Result;
use crate::failpoint::{Point, pass};
use crate::id::BranchName;

/// A lock that is younger is somebody's: between closing the file and giving it its name, nobody holds it.
const YOUNG: Duration = Duration::from_millis(500);
/// Where the system does not say who has a file open, a lock is given this long.
const PATIENT: Duration = Duration::from_secs(15 * 60);

impl Repo {
    /// Removes the locks on what we are about to write that no living process holds: a Git that was killed
    /// would else stop all others for ever. Whoever calls this holds the app's own lock.
    pub(crate) fn heal_locks(&self, branch: &BranchName) -> Result<()> {
        let (own, common) = (self.git().path(), self.git().commondir());
        let mut locks = vec![
            own.join("index.lock"),
            own.join("HEAD.lock"),
            common.join(format!("{}.lock", branch_ref(branch))),
            common.join("packed-refs.lock"),
            common.join("config.lock"),
            common.join("shallow.lock"),
        ];
        // What a fetch writes down; one that was broken off leaves it locked.
        if let Some(remote) = self.remote(branch)? {
            let tracking = common.join(remote.tracking_ref(branch));
            locks.push(tracking.with_added_extension("lock"));
            // It only notes where the remote was: one that is damaged is asked for anew.
            let is_damaged = |text: Vec<u8>| text.is_empty() || text.contains(&0);
            if fs::read(&tracking).is_ok_and(is_damaged) {
                tracing::warn!(tracking = %tracking.display(), "removed: it is damaged");
                remove_if_there(&tracking)?;
            }
        }
        for note in super::rewritten::notes(branch) {
            locks.push(common.join(format!("{note}.lock")));
        }
        for lock in locks {
            if is_stale(&lock, self.work_tree()) {
                tracing::warn!(lock = %lock.display(), "removed: whoever made it is gone");
                remove_if_there(&lock)?;
                pass(Point::LocksHealed)?;
            }
        }
        Ok(())
    }
}

pub(super) fn is_stale(lock: &Path, work_tree: &Path) -> bool {
    let made = || lock.symlink_metadata().ok()?.modified().ok();
    let Some(at) = made() else { return false };
    // One from the future is of a moment when the clock was ahead: how old it is, is not known.
    let age = SystemTime::now().duration_since(at).unwrap_or_default();
    match is_held(lock, work_tree) {
        Some(true) => false,
        Some(false) => {
            // Whoever was killed a moment ago is not to hold up this run.
            std::thread::sleep(YOUNG.saturating_sub(age));
            made() == Some(at) && is_held(lock, work_tree) == Some(false)
        }
        None => age > PATIENT,
    }
}

/// Whether a living process has the file open, or may have closed it and still count on it: `git commit` does
/// while it waits for an editor. None where the system does not say.
pub(super) fn is_held(lock: &Path, work_tree: &Path) -> Option<bool> {
    let lock = lock.canonicalize().ok()?;
    let processes = fs::read_dir("/proc").ok()?;
    let mut seen_any = false;
    for process in processes.flatten().map(|process| process.path()) {
        // Other users' processes don't show their files; ours is the one that counts for a clone of ours.
        let Ok(open) = fs::read_dir(process.join("fd")) else { continue };
        seen_any = true;
        if open.flatten().any(|file| fs::read_link(file.path()).is_ok_and(|target| target == lock)) {
            return Some(true);
        }
        let is_git = fs::read_to_string(process.join("comm")).is_ok_and(|name| name.starts_with("git"));
        if is_git && fs::read_link(process.join("cwd")).is_ok_and(|at| at.starts_with(work_tree)) {
            return Some(true);
        }
    }
    seen_any.then_some(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_old_lock_that_nobody_holds_is_stale() {
        let dir = tempfile::tempdir().expect("a folder");
        let lock = dir.path().join("index.lock");
        let is_stale = |lock: &Path| super::is_stale(lock, dir.path());
        assert!(!is_stale(&lock), "there is none");
        let held = fs::File::create(&lock).expect("a lock");
        held.set_modified(SystemTime::now() - Duration::from_secs(60)).expect("an older time");
        if Path::new("/proc/self/fd").exists() {
            assert!(!is_stale(&lock), "it is held");
            drop(held);
            assert!(is_stale(&lock), "whoever made it is gone");
            let tomorrow = SystemTime::now() + Duration::from_secs(24 * 60 * 60);
            let lock_of_tomorrow = fs::File::options().write(true).open(&lock).expect("a lock");
            lock_of_tomorrow.set_modified(tomorrow).expect("a later time");
            assert!(!is_stale(&lock), "it is held");
            drop(lock_of_tomorrow);
            assert!(is_stale(&lock), "the clock was ahead when it was made");
        }
    }
}
