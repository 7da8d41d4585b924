//! After a crash: finishing what was begun.

use std::fs;

use git2::ErrorCode;

use super::edits::TEMPORARY;
use super::index::Known;
use super::intent::Intent;
use super::refs::{Head, count};
use super::repo::{Repo, oid};
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::{BranchName, RepoPath, Revision};

/// What was finished.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recovered {
    /// The branch that was moving.
    pub(crate) branch: BranchName,
    /// Where it is now.
    pub(crate) to: Revision,
    /// How many files were still to be written or deleted.
    pub(crate) files: u32,
    /// Files that were edited by hand since, and left as they are.
    pub(crate) kept: Vec<RepoPath>,
}

impl Repo {
    /// Finishes the work that a crash or an error left half done; `None` where there is none.
    ///
    /// Afterwards the branch and the files are where [`advance`](Self::advance) was bringing them, except for
    /// files that were edited by hand since. Where the branch was moved, or another one checked out, the
    /// user has gone on by hand: the record is dropped, and nothing is touched. It may itself be
    /// interrupted, and run again.
    ///
    /// # Errors
    /// `WorkTreeBusy` while a merge, rebase or the like is under way; the record stays.
    pub(crate) fn recover(&self) -> Result<Option<Recovered>> {
        let records = self.intent_dir()?;
        let Some(intent) = Intent::read(&records)? else { return Ok(None) };
        let tip = match self.head()? {
            Head::Branch { name, .. } if name == intent.branch => self.require_branch(&intent.branch)?,
            _ => return self.drop_intent(&intent),
        };
        let is_there = tip.as_ref() == Some(&intent.to);
        if tip != intent.from && !is_there {
            return self.drop_intent(&intent);
        }
        match self.git().find_commit(oid(&intent.to)?) {
            Err(error) if error.code() == ErrorCode::NotFound => return self.drop_intent(&intent),
            // A disk that does not read at the moment is no reason to forget what is half done.
            other => drop(other?),
        }
        self.sweep(&intent)?;
        let changes = intent.changes(self)?;
        let surveyed = self.survey(&changes)?;
        let (mut kept, files) = (surveyed.refused(), surveyed.open().len());

        let late = self.write_files(&intent.to, &surveyed, &mut |_, _| {});
        let written = late.map_err(|stopped| stopped.error)?;
        pass(Point::RecoverWritten)?;
        kept.extend(written.kept);
        if !is_there {
            self.move_branch(&intent.branch, intent.from.as_ref(), &intent.to)?;
            pass(Point::RecoverMoved)?;
        }
        self.refresh_index(&intent.to, &changes, &Known { intent: &intent, placed: &written.placed })?;
        pass(Point::RecoverIndexed)?;
        Intent::remove(&records)?;
        tracing::info!(branch = %intent.branch, to = %intent.to, files, kept = kept.len(), "finished after a stop");
        Ok(Some(Recovered { branch: intent.branch, to: intent.to, files: count(files), kept }))
    }

    fn drop_intent(&self, intent: &Intent) -> Result<Option<Recovered>> {
        tracing::warn!(branch = %intent.branch, to = %intent.to, "not finished: the branch was changed by hand");
        self.sweep(intent)?;
        pass(Point::RecoverLetGo)?;
        Intent::remove(&self.intent_dir()?)?;
        Ok(None)
    }

    /// Removes the temporary files that the stopped run left.
    fn sweep(&self, intent: &Intent) -> Result<()> {
        for dir in intent.directories(self.work_tree()) {
            let Ok(entries) = fs::read_dir(&dir) else { continue };
            for entry in entries {
                let entry = entry.map_err(Error::io(&dir))?;
                let name = entry.file_name();
                let ours = name.to_str().is_some_and(|n| n.starts_with(TEMPORARY) && n.ends_with(".tmp"));
                if ours && entry.file_type().is_ok_and(|kind| kind.is_file()) {
                    fs::remove_file(entry.path()).map_err(Error::io(entry.path()))?;
                    pass(Point::RecoverSwept)?;
                }
            }
        }
        Ok(())
    }
}
