//! What a run that was killed leaves in Git's directory. The work tree is for [`Repo::recover`].

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::incoming::Incoming;
use super::objects::{STAGED, STAGING};
use super::repo::Repo;
use super::stale_locks::{is_held, is_stale};
use super::whole_file::{UNFINISHED, remove_if_there};
use crate::error::{Error, Result};

/// Stands while a run is under way. It is not synced.
const NOTE: &str = "running";
/// The clones that this process has cleared: whoever comes after a power cut, which may have taken the note and left the
/// rest, is another one.
static CLEARED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

impl Repo {
    /// Takes note that a run is under way; whether the last one did not live to say that it ended. What such a one left
    /// half written is removed. Whoever calls this holds the app's own lock.
    pub(crate) fn begin_run(&self) -> Result<bool> {
        let note = self.intent_dir()?.join(NOTE);
        let was_killed = note.exists();
        Incoming::clear(self.git())?;
        let cleared = || CLEARED.lock().unwrap_or_else(PoisonError::into_inner);
        if was_killed || !cleared().contains(self.git().path()) {
            self.clear_after_killed()?;
            cleared().insert(self.git().path().to_owned());
        }
        // A disk that is full is for the run itself to tell.
        if let Err(error) = File::create(&note) {
            tracing::warn!(%error, "that a run is under way could not be noted");
        }
        Ok(was_killed)
    }

    /// The run has ended, well or not.
    pub(crate) fn end_run(&self) -> Result<()> {
        remove_if_there(&self.intent_dir()?.join(NOTE))
    }

    fn clear_after_killed(&self) -> Result<()> {
        for dir in [self.intent_dir()?, self.state_dir()?] {
            for unfinished in inside(&dir).filter(|path| name_of(path).starts_with(UNFINISHED)) {
                remove_if_there(&unfinished)?;
            }
        }
        let common = self.git().commondir();
        for lock in locks_below(&common.join("refs")) {
            self.remove_lock(&lock)?;
        }
        let objects = common.join("objects");
        for path in inside(&objects.join("pack")) {
            let name = name_of(&path);
            if name.starts_with(STAGING) {
                // Ours alone: Git's are files.
                if path.is_dir() {
                    fs::remove_dir_all(&path).map_err(Error::io(&path))?;
                }
            } else if name.contains("_git2_") {
                self.remove_unheld(&path)?;
            } else if name.starts_with("pack-") && name.ends_with(".idx.lock") {
                // The same pack would be refused for ever.
                self.remove_lock(&path)?;
            }
        }
        for dir in inside(&objects).filter(|dir| name_of(dir).len() == 2) {
            for path in inside(&dir).filter(|path| is_unfinished(&name_of(path))) {
                self.remove_unheld(&path)?;
            }
        }
        Ok(())
    }

    fn remove_lock(&self, lock: &Path) -> Result<()> {
        if is_stale(lock, self.work_tree()) {
            tracing::warn!(lock = %lock.display(), "removed: whoever made it was killed");
            remove_if_there(lock)?;
        }
        Ok(())
    }

    /// libgit2's own names: another program that uses it may be at work too.
    fn remove_unheld(&self, path: &Path) -> Result<()> {
        if is_held(path, self.work_tree()) == Some(false) { remove_if_there(path) } else { Ok(()) }
    }
}

/// A loose object of ours or of libgit2's that is not whole.
fn is_unfinished(name: &str) -> bool {
    name.starts_with(STAGED) || name.starts_with("tmp_object_git2_")
}

/// What is in a directory; nothing where there is none.
fn inside(dir: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn locks_below(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in inside(dir) {
        if path.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
            found.extend(locks_below(&path));
        } else if name_of(&path).ends_with(".lock") {
            found.push(path);
        }
    }
    found
}
