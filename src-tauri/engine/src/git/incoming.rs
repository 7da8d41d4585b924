//! A push to a repository on this machine, while it is under way.

use std::fs;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, Repository};
use serde::{Deserialize, Serialize};

use super::repo::branch_ref;
use super::stale_locks::is_stale;
use super::whole_file::{remove_if_there, write_whole};
use crate::error::{Error, Result};
use crate::id::BranchName;

const NOTE: &str = "fgd/incoming.json";
const REF: &str = "refs/fgd/incoming-";

/// The ref over there that the objects are sent to. While it may be there, that is noted here.
pub(super) struct Incoming {
    note: PathBuf,
    there: There,
}

#[derive(Serialize, Deserialize)]
struct There {
    repository: PathBuf,
    branch: BranchName,
    name: String,
}

impl Incoming {
    /// Takes note of a push to the branch of the repository at `path`.
    pub(super) fn begin(git: &Repository, path: &Path, branch: &BranchName) -> Result<Self> {
        let name = format!("{REF}{}", uuid::Uuid::new_v4().simple());
        let there = There { repository: path.to_owned(), branch: branch.clone(), name };
        let text = serde_json::to_vec(&there)
            .map_err(|error| Error::Internal { detail: format!("note of a push: {error}") })?;
        let note = git.path().join(NOTE);
        write_whole(&note, &text)?;
        Ok(Self { note, there })
    }

    /// The ref's name.
    pub(super) fn name(&self) -> &str {
        &self.there.name
    }

    /// The branch has moved, or never will.
    pub(super) fn done(self, target: &Repository) -> Result<()> {
        match target.find_reference(&self.there.name) {
            Ok(mut found) => found.delete()?,
            Err(error) if error.code() == ErrorCode::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        remove_if_there(&self.note)
    }

    /// Removes over there what a push of this work tree left that was killed: its ref, and the locks that it
    /// held. A repository that is not there now is cleared when it is.
    pub(super) fn clear(git: &Repository) -> Result<()> {
        let note = git.path().join(NOTE);
        let Ok(text) = fs::read(&note) else { return Ok(()) };
        let there = match serde_json::from_slice::<There>(&text) {
            Ok(there) if there.name.starts_with(REF) && !there.name.contains("..") => there,
            _ => return remove_if_there(&note),
        };
        let Ok(target) = Repository::open_bare(&there.repository) else { return Ok(()) };
        for name in [&branch_ref(&there.branch), &there.name] {
            let lock = target.commondir().join(format!("{name}.lock"));
            if is_stale(&lock, &there.repository) {
                tracing::warn!(lock = %lock.display(), "removed: our push that held it was killed");
                remove_if_there(&lock)?;
            }
        }
        Self { note, there }.done(&target)
    }
}
