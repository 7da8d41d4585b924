//! One process at a time in a clone.

use std::fs::{self, File, TryLockError};
use std::path::PathBuf;

use super::plain_store::require_plain_store;
use super::repo::Repo;
use crate::error::{Error, Result};

/// The right to change a clone. Dropping it gives the right back; so does the end of the process.
#[must_use = "the lock is given back as soon as this is dropped"]
pub(crate) struct RepoLock {
    _file: File,
}

impl Repo {
    /// Takes the lock, or says `RepositoryLocked` at once.
    ///
    /// # Errors
    /// `StoreNotPlain` where writing would lead out of Git's own directory.
    pub(crate) fn lock(&self) -> Result<RepoLock> {
        require_plain_store(self.git())?;
        let path = self.state_dir()?.join("lock");
        let file = File::options().create(true).append(true).open(&path).map_err(Error::io(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(RepoLock { _file: file }),
            Err(TryLockError::WouldBlock) => {
                Err(Error::RepositoryLocked { path: self.work_tree().to_owned() })
            }
            Err(TryLockError::Error(error)) => Err(Error::io(path)(error)),
        }
    }

    /// Lets whoever has the lock know that somebody waits for it: what can be put off is put off.
    pub(crate) fn wait_in_line(&self) {
        // Without it the wait takes longer, no more.
        if let Some(path) = self.line().filter(|path| !path.exists()) {
            drop(fs::write(path, ""));
        }
    }

    /// Whether somebody began to wait for the lock since [`forget_who_waits`](Self::forget_who_waits), asked from
    /// anywhere.
    pub(crate) fn is_waited_for(&self) -> impl Fn() -> bool + Send + Sync + use<> {
        let line = self.line();
        move || line.as_ref().is_some_and(|path| path.exists())
    }

    /// Whoever still waits says so again in a moment.
    pub(crate) fn forget_who_waits(&self) {
        if let Some(path) = self.line() {
            drop(fs::remove_file(path));
        }
    }

    fn line(&self) -> Option<PathBuf> {
        Some(self.state_dir().ok()?.join("waiting"))
    }
}
