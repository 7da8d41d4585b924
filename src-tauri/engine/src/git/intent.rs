//! The record of a half-done way to the work tree: what a restart needs to finish it.

use std::collections::HashMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::durable::sync_dir;
use super::read::blob_id;
use super::repo::Repo;
use super::whole_file::UNFINISHED;
use crate::change::{ContentHash, FileChange};
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::{BranchName, RepoPath, Revision};

const FILE: &str = "intent.json";

/// What was about to happen. The bytes are in Git's store already, so their names are enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Intent {
    /// The branch that moves.
    pub(super) branch: BranchName,
    /// Its tip before; `None` where it has none.
    pub(super) from: Option<Revision>,
    /// Its tip after.
    pub(super) to: Revision,
    /// What becomes of the files.
    pub(super) files: Vec<IntendedFile>,
}

/// What becomes of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct IntendedFile {
    path: RepoPath,
    before: Option<ContentHash>,
    after: Option<String>,
    executable: Option<bool>,
}

impl Intent {
    /// The record of these changes.
    pub(super) fn new(
        branch: &BranchName,
        from: Option<&Revision>,
        to: &Revision,
        changes: &[FileChange],
    ) -> Result<Self> {
        let file = |change: &FileChange| {
            Ok(IntendedFile {
                path: change.path.clone(),
                before: change.before,
                after: change.after.as_deref().map(blob_id).transpose()?,
                executable: change.executable,
            })
        };
        let files = changes.par_iter().map(file).collect::<Result<_>>()?;
        Ok(Self { branch: branch.clone(), from: from.cloned(), to: to.clone(), files })
    }

    /// Puts the record on disk, whole and synced.
    pub(super) fn write(&self, dir: &Path) -> Result<()> {
        let text = serde_json::to_vec(self)
            .map_err(|error| Error::Internal { detail: format!("intent record: {error}") })?;
        let path = dir.join(FILE);
        // Renamed into place: what is there under this name is a whole record, or an older one.
        let mut staged =
            tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(dir).map_err(Error::io(dir))?;
        staged.write_all(&text).map_err(Error::io(&path))?;
        staged.as_file().sync_all().map_err(Error::io(&path))?;
        pass(Point::IntentStaged)?;
        staged.persist(&path).map_err(|error| Error::io(&path)(error.error))?;
        pass(Point::IntentPlaced)?;
        sync_dir(dir)
    }

    /// The record of an earlier run, if that did not finish. One that can't be read was never wholly
    /// written, so nothing was begun: it is removed.
    pub(super) fn read(dir: &Path) -> Result<Option<Self>> {
        let path = dir.join(FILE);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io(path)(error)),
        };
        match serde_json::from_slice::<Self>(&text) {
            // The paths were checked when they were made, and the record is a file like any other.
            Ok(intent) if intent.files.iter().all(|file| is_sound(&file.path)) => Ok(Some(intent)),
            _ => {
                tracing::warn!("an intent record that can't be read is removed");
                Self::remove(dir)?;
                Ok(None)
            }
        }
    }

    /// Removes the record: all is done, or nothing was begun.
    pub(super) fn remove(dir: &Path) -> Result<()> {
        let path = dir.join(FILE);
        match fs::remove_file(&path) {
            Ok(()) => pass(Point::IntentRemoved).and_then(|()| sync_dir(dir)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Error::io(path)(error)),
        }
    }

    /// The changes again, their bytes read from Git's store.
    pub(super) fn changes(&self, repo: &Repo) -> Result<Vec<FileChange>> {
        let change = |file: &IntendedFile| {
            Ok(FileChange {
                path: file.path.clone(),
                before: file.before,
                after: file.after.as_deref().map(|blob| repo.read_blob(blob)).transpose()?,
                executable: file.executable,
            })
        };
        self.files.iter().map(change).collect()
    }

    /// Git's names for the bytes that files get.
    pub(super) fn blobs(&self) -> HashMap<&RepoPath, &str> {
        self.files.iter().filter_map(|file| Some((&file.path, file.after.as_deref()?))).collect()
    }

    /// The directories in which temporary files may have been left.
    pub(super) fn directories(&self, work_tree: &Path) -> Vec<PathBuf> {
        let parents =
            self.files.iter().filter_map(|file| Some(file.path.under(work_tree).parent()?.to_owned()));
        let mut parents: Vec<_> = parents.collect();
        parents.sort();
        parents.dedup();
        parents
    }
}

fn is_sound(path: &RepoPath) -> bool {
    !path.is_root() && super::compare::repo_path(path.as_str().as_bytes()).as_ref() == Some(path)
}
