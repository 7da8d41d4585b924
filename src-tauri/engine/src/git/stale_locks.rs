//! Locks that a Git left behind when it was killed.

use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::repo::{Repo, branch_ref};
use crate::error::{Error, Result};
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
            locks.push(common.join(format!("{}.lock", remote.tracking_ref(branch))));
        }
        for note in super::rewritten::notes(branch) {
            locks.push(common.join(format!("{note}.lock")));
        }
        for lock in locks {
            if is_stale(&lock, self.work_tree()) {
                tracing::warn!(lock = %lock.display(), "removed: whoever made it is gone");
                match fs::remove_file(&lock) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(Error::io(lock)(error));
                    }
                    _ => pass(Point::LocksHealed)?,
                }
            }
        }
        Ok(())
    }
}

pub(super) fn is_stale(lock: &Path, work_tree: &Path) -> bool {
    let age = |path: &Path| {
        let modified = path.symlink_metadata().ok()?.modified().ok()?;
        SystemTime::now().duration_since(modified).ok()
    };
    let Some(mut known) = age(lock) else { return false };
    match is_held(lock, work_tree) {
        Some(true) => false,
        Some(false) => {
            // Whoever was killed a moment ago is not to hold up this run.
            if known < YOUNG {
                std::thread::sleep(YOUNG - known);
                let Some(now) = age(lock) else { return false };
                known = now;
            }
            known >= YOUNG && is_held(lock, work_tree) == Some(false)
        }
        None => known > PATIENT,
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
        }
    }
}
