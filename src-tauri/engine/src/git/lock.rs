//! One process at a time in a clone.

use std::fs::{File, TryLockError};

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
        self.require_plain_store()?;
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
}
