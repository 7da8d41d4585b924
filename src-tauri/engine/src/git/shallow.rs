//! Where a shallow clone's history ends. Git notes that in a file, which libgit2 removes when it fetches from the
//! same machine: that way of reading knows no depth. Without it the clone would be a broken one.

use std::fs;
use std::path::PathBuf;

use git2::{Oid, Repository};

use super::durable::sync_dir;
use super::repo::Repo;
use super::whole_file::{remove_if_there, write_whole};
use crate::error::{Error, Result};

/// Git's note, and our copy of it while it may be removed.
pub(super) struct Shallow {
    note: PathBuf,
    copy: PathBuf,
}

impl Shallow {
    /// Those of this clone.
    pub(super) fn of(git: &Repository) -> Self {
        let common = git.commondir();
        Self { note: common.join("shallow"), copy: common.join("fgd/shallow") }
    }

    /// Keeps a copy of what the note says, if there is one.
    pub(super) fn keep_copy(&self) -> Result<()> {
        match fs::read(&self.note) {
            Ok(ends) => write_whole(&self.copy, &ends),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Error::io(&self.note)(error)),
        }
    }

    /// Puts the copy in the note's place, where that is gone. Whether it was.
    pub(super) fn restore(&self, git: &Repository) -> Result<bool> {
        if !self.copy.exists() {
            return Ok(false);
        }
        if self.note.exists() || !self.is_needed(git)? {
            remove_if_there(&self.copy)?;
            return Ok(false);
        }
        fs::rename(&self.copy, &self.note).map_err(Error::io(&self.note))?;
        sync_dir(git.commondir())?;
        Ok(true)
    }

    /// Whether what came before the ends is missing still.
    fn is_needed(&self, git: &Repository) -> Result<bool> {
        let odb = git.odb()?;
        let text = fs::read_to_string(&self.copy).map_err(Error::io(&self.copy))?;
        let ends = text.lines().filter_map(|line| Oid::from_str(line.trim()).ok());
        let lacks = |end: Oid| {
            let object = odb.read(end).ok()?;
            let commit = String::from_utf8_lossy(object.data()).into_owned();
            // Read as text: to libgit2 the commit may have no parents.
            let mut parents = commit.lines().take_while(|line| !line.is_empty());
            Some(parents.any(|line| {
                let parent = line.strip_prefix("parent ").and_then(|id| Oid::from_str(id).ok());
                parent.is_some_and(|parent| !odb.exists(parent))
            }))
        };
        Ok(ends.filter_map(lacks).any(|lacks| lacks))
    }
}

impl Repo {
    /// Puts the note of where a shallow history ends back, if a process was killed while it was gone. Whether it
    /// was: then this handle knows nothing of it, and the clone is to be opened anew.
    pub(crate) fn heal_shallow(&self) -> Result<bool> {
        let healed = Shallow::of(self.git()).restore(self.git())?;
        if healed {
            tracing::warn!("where the shallow history ends is noted again: a fetch was killed");
        }
        Ok(healed)
    }
}
