//! Locks that a Git left behind when it was killed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::repo::{Repo, branch_ref};
use crate::error::{Error, Result};
use crate::id::BranchName;

/// A lock that is younger is somebody's, whatever else speaks against it.
const YOUNG: Duration = Duration::from_secs(15);
/// Where the system does not say who has a file open, a lock is given this long.
const PATIENT: Duration = Duration::from_secs(15 * 60);

impl Repo {
    /// Removes the locks on what we are about to write that no living process holds: a Git that was killed
    /// would else stop all others for ever. Whoever calls this holds the app's own lock.
    pub(crate) fn heal_locks(&self, branch: &BranchName) -> Result<()> {
        let (own, common) = (self.git().path(), self.git().commondir());
        let locks = [
            own.join("index.lock"),
            own.join("HEAD.lock"),
            common.join(format!("{}.lock", branch_ref(branch))),
            common.join("packed-refs.lock"),
            common.join("config.lock"),
            common.join("shallow.lock"),
        ];
        for lock in locks {
            if is_stale(&lock) {
                tracing::warn!(lock = %lock.display(), "removed: whoever made it is gone");
                match fs::remove_file(&lock) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(Error::io(lock)(error));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }
}

fn is_stale(lock: &Path) -> bool {
    let age = |path: &Path| {
        let modified = path.symlink_metadata().ok()?.modified().ok()?;
        SystemTime::now().duration_since(modified).ok()
    };
    let Some(age) = age(lock) else { return false };
    match holders(lock) {
        Some(nobody) => nobody.is_empty() && age > YOUNG,
        None => age > PATIENT,
    }
}

/// The processes that have the file open; none where the system does not say.
fn holders(lock: &Path) -> Option<Vec<PathBuf>> {
    let lock = lock.canonicalize().ok()?;
    let processes = fs::read_dir("/proc").ok()?;
    let mut holders = Vec::new();
    let mut seen_any = false;
    for process in processes.flatten() {
        // Other users' processes don't show their files; ours is the one that counts for a clone of ours.
        let Ok(open) = fs::read_dir(process.path().join("fd")) else { continue };
        seen_any = true;
        if open.flatten().any(|file| fs::read_link(file.path()).is_ok_and(|target| target == lock)) {
            holders.push(process.path());
        }
    }
    seen_any.then_some(holders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_old_lock_that_nobody_holds_is_stale() {
        let dir = tempfile::tempdir().expect("a folder");
        let lock = dir.path().join("index.lock");
        assert!(!is_stale(&lock), "there is none");
        let held = fs::File::create(&lock).expect("a lock");
        assert!(!is_stale(&lock), "it is young");
        held.set_modified(SystemTime::now() - Duration::from_secs(60)).expect("an older time");
        if Path::new("/proc/self/fd").exists() {
            assert!(!is_stale(&lock), "it is held");
            drop(held);
            assert!(is_stale(&lock), "whoever made it is gone");
        }
    }
}
