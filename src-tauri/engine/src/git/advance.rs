//! The one way to the work tree: from one commit of the branch to the next.

use std::time::Duration;

use git2::ErrorCode;

use super::compare::TreePaths;
use super::disk::{Found, Open, Standing, survey};
use super::index::Known;
use super::intent::Intent;
use super::refs::count;
use super::repo::{Repo, branch_ref, oid};
use super::write::{Stopped, Written, write};
use crate::change::FileChange;
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::{BranchName, RepoPath, Revision};

/// How often, and how long apart, a ref that another Git holds locked is tried.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(40);

/// Some changes, and how the disk was found to stand to each of them.
pub(crate) struct Surveyed<'c> {
    changes: &'c [FileChange],
    found: Vec<Found>,
}

impl<'c> Surveyed<'c> {
    /// The changes.
    pub(crate) fn changes(&self) -> &'c [FileChange] {
        self.changes
    }

    /// The files that [`Repo::advance`] would refuse to change: they hold something else than was read, or something
    /// that is no plain file is in the way.
    pub(crate) fn refused(&self) -> Vec<RepoPath> {
        let refused = |found: &Found| matches!(found.standing, Standing::Changed | Standing::Blocked(_));
        let paths = self.changes.iter().zip(&self.found).filter(|(_, found)| refused(found));
        paths.map(|(change, _)| change.path.clone()).collect()
    }

    /// Those that are still to be carried out.
    pub(super) fn open(&self) -> Vec<Open<'_>> {
        let open =
            self.changes.iter().zip(&self.found).filter(|(_, found)| found.standing == Standing::Before);
        open.map(|(change, found)| Open { change, seen: found.seen.as_ref() }).collect()
    }

    /// # Errors
    /// That of the first that is refused.
    fn require_all(&self) -> Result<()> {
        for (change, found) in self.changes.iter().zip(&self.found) {
            match &found.standing {
                Standing::Before | Standing::After => {}
                Standing::Changed => return Err(Error::FileChanged { file: change.path.clone() }),
                Standing::Blocked(by) => return Err(Error::DirectoryBlocked { directory: by.clone() }),
            }
        }
        Ok(())
    }
}

impl Repo {
    /// Looks how the disk stands to these changes: a path is in them at most once.
    pub(crate) fn survey<'c>(&self, changes: &'c [FileChange]) -> Result<Surveyed<'c>> {
        Ok(Surveyed { changes, found: survey(self.work_tree(), changes)? })
    }

    /// Brings the work tree and the branch from the commit `from` to the commit `to`.
    ///
    /// `surveyed` is what differs on disk, as it was just found there; the new bytes are in `to`.
    /// First the files, then the branch, then the user's index for these paths. A record in Git's
    /// directory stands while that goes on: if it ends in an error or a crash after the first file was
    /// touched, [`recover`](Self::recover) finishes it, and must be called before anything else.
    ///
    /// Returns the paths that somebody changed at the very last moment. They were left as they are, and
    /// show as edits against `to`.
    ///
    /// # Errors
    /// With nothing touched: `FileChanged` where a file is neither what was read nor what is planned,
    /// `DirectoryBlocked` where a path leads through a link or a file, `WorkTreeBusy` where the branch
    /// is not at `from` any more, and the errors of [`require_branch`](Self::require_branch).
    pub(crate) fn advance(
        &self,
        branch: &BranchName,
        from: Option<&Revision>,
        to: &Revision,
        surveyed: &Surveyed<'_>,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Vec<RepoPath>> {
        if self.require_branch(branch)?.as_ref() != from {
            return Err(branch_moved());
        }
        surveyed.require_all()?;
        let changes = surveyed.changes();
        let records = self.intent_dir()?;
        let intent = Intent::new(branch, from, to, changes)?;
        intent.write(&records)?;
        pass(Point::AdvanceRecorded)?;

        let written = match self.write_files(to, surveyed, progress) {
            Ok(written) => written,
            Err(stopped) => {
                if !stopped.touched {
                    Intent::remove(&records)?;
                }
                return Err(stopped.error);
            }
        };
        pass(Point::AdvanceWritten)?;
        self.move_branch(branch, from, to)?;
        pass(Point::AdvanceMoved)?;
        self.refresh_index(to, changes, &Known { intent: &intent, placed: &written.placed })?;
        pass(Point::AdvanceIndexed)?;
        Intent::remove(&records)?;
        Ok(written.kept)
    }

    /// Writes those files that still are as they were.
    pub(super) fn write_files(
        &self,
        to: &Revision,
        surveyed: &Surveyed<'_>,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Written, Stopped> {
        let untouched = |error| Stopped { error, touched: false };
        let tree = self.tree_of(Some(to)).and_then(|tree| TreePaths::new(self.git(), tree));
        let mut tree = tree.map_err(untouched)?;
        let mut keep = |dir: &RepoPath| tree.has_dir(dir);
        let (open, all) = (surveyed.open(), surveyed.changes.len());
        let (there, total) = (count(all - open.len()), count(all));
        write(self.work_tree(), &open, &mut keep, &mut |done| progress(there + done, total))
    }

    /// Moves the branch, if it still is at `from`.
    ///
    /// # Errors
    /// `WorkTreeBusy` where somebody else moved it.
    pub(super) fn move_branch(
        &self,
        branch: &BranchName,
        from: Option<&Revision>,
        to: &Revision,
    ) -> Result<()> {
        let git = self.durable()?;
        let (name, target) = (branch_ref(branch), oid(to)?);
        let message = format!("fgd: {}", self.commit_summary(to)?.subject);
        for attempt in 1.. {
            let moved = match from {
                Some(from) => git.reference_matching(&name, target, true, oid(from)?, &message),
                None => git.reference(&name, target, false, &message),
            };
            let Err(error) = moved else { return Ok(()) };
            match error.code() {
                ErrorCode::Modified | ErrorCode::Exists => return Err(branch_moved()),
                ErrorCode::NotFound if from.is_some() => return Err(branch_moved()),
                ErrorCode::Locked if attempt < TRIES => std::thread::sleep(PAUSE),
                _ => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// The branch is not where the caller saw it: a commit or a reset by hand came in between.
fn branch_moved() -> Error {
    Error::WorkTreeBusy { what: "change of the branch by another program".to_owned() }
}
