//! Bringing our branch and the remote's together, in memory.

use super::commit::write_commit;
use super::compare::{Difference, differences, repo_path};
use super::merge::{Merged, Step, merge};
use super::objects::NewObjects;
use super::refs::count;
use super::repo::{Repo, oid};
use super::trees::{NewEntry, TreeEdit, edit_tree};
use crate::change::FileChange;
use crate::error::Result;
use crate::id::{BranchName, RepoPath, Revision};

/// How our branch and the remote's stand, and what brings them together. Nothing has been moved yet:
/// [`Repo::advance`] does that.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Integration {
    /// The remote has no such branch, or there is no remote.
    NoTracking,
    /// Both have the same.
    UpToDate,
    /// We have that many commits more.
    Ahead(u32),
    /// The remote has more, we have nothing of our own.
    FastForward {
        /// Where the remote is.
        to: Revision,
        /// How many commits that brings.
        commits: u32,
        /// What changes on disk.
        changes: Vec<FileChange>,
    },
    /// Both have more, and it fits together.
    Merge {
        /// The merge commit, made and not yet on any branch.
        to: Revision,
        /// How many commits of the remote that brings.
        commits: u32,
        /// What changes on disk, from our tip to the merge.
        changes: Vec<FileChange>,
    },
    /// Both changed these paths, and they do not fit together.
    Collides(Vec<RepoPath>),
}

/// Merges the bytes of one file that both sides changed: path, base, ours, theirs. `None` where they
/// do not fit together.
pub(crate) type Settle<'a> = dyn Fn(&RepoPath, Option<&[u8]>, &[u8], &[u8]) -> Option<Vec<u8>> + 'a;

impl Repo {
    /// Compares our tip with the remote's as of the last fetch, and merges them where both have more.
    ///
    /// The merge covers the whole repository and knows no renames. Where the histories have several
    /// merge bases, it takes the one that libgit2 deems best; where they have none, the
    /// empty tree, so that whatever differs on both sides collides. `message` is given the number of
    /// commits that the merge brings.
    pub(crate) fn integrate(
        &self,
        branch: &BranchName,
        settle: &Settle<'_>,
        message: &dyn Fn(u32) -> String,
    ) -> Result<Integration> {
        let Some(theirs) = self.tracking(branch)? else { return Ok(Integration::NoTracking) };
        let Some(ours) = self.tip(branch)? else {
            let (commits, changes) = (self.count_commits(&theirs)?, self.changes_between(None, &theirs)?);
            return Ok(Integration::FastForward { to: theirs, commits, changes });
        };
        let (ahead, behind) = self.git().graph_ahead_behind(oid(&ours)?, oid(&theirs)?)?;
        match (count(ahead), count(behind)) {
            (0, 0) => Ok(Integration::UpToDate),
            (ahead, 0) => Ok(Integration::Ahead(ahead)),
            (0, commits) => {
                let changes = self.changes_between(Some(&ours), &theirs)?;
                Ok(Integration::FastForward { to: theirs, commits, changes })
            }
            (_, commits) => self.merge_tips(&ours, &theirs, commits, settle, message),
        }
    }

    fn merge_tips(
        &self,
        ours: &Revision,
        theirs: &Revision,
        commits: u32,
        settle: &Settle<'_>,
        message: &dyn Fn(u32) -> String,
    ) -> Result<Integration> {
        let git = self.git();
        let base = match git.merge_base(oid(ours)?, oid(theirs)?) {
            Ok(base) => Some(git.find_commit(base)?.tree_id()),
            Err(error) if error.code() == git2::ErrorCode::NotFound => None,
            Err(error) => return Err(error.into()),
        };
        let (our_tree, their_tree) = (self.tree_of(Some(ours))?, self.tree_of(Some(theirs))?);
        let our_side = differences(git, base, our_tree)?;
        let their_side = differences(git, base, their_tree)?;
        let merged = merge(&our_side, &their_side, |our, their| self.settle_bytes(our, their, settle))?;
        if !merged.collisions.is_empty() {
            // Shown, not used as paths: here, a name that no disk may hold is named all the same.
            let shown = |path: &Vec<u8>| RepoPath::root().join(&String::from_utf8_lossy(path));
            return Ok(Integration::Collides(merged.collisions.iter().map(shown).collect()));
        }
        let (tips, text) = ([oid(ours)?, oid(theirs)?], message(commits));
        let to = self.write_objects(merged.steps.len(), |objects| {
            let edits = tree_edits(objects, &merged)?;
            let tree = edit_tree(objects, our_tree, &edits)?;
            write_commit(objects, tree, &tips, &text)
        })?;
        let changes = self.changes_between(Some(ours), &to)?;
        Ok(Integration::Merge { to, commits, changes })
    }

    fn settle_bytes(
        &self,
        our: &Difference,
        their: &Difference,
        settle: &Settle<'_>,
    ) -> Result<Option<Vec<u8>>> {
        let git = self.git();
        let (Some(path), Some(ours), Some(theirs)) = (repo_path(&our.path), our.new, their.new) else {
            return Ok(None);
        };
        let base = our.old.filter(|base| base.is_file()).map(|base| git.find_blob(base.id)).transpose()?;
        let (ours, theirs) = (git.find_blob(ours.id)?, git.find_blob(theirs.id)?);
        let base = base.as_ref().map(git2::Blob::content);
        Ok(settle(&path, base, ours.content(), theirs.content()))
    }
}

fn tree_edits(objects: &mut NewObjects<'_>, merged: &Merged) -> Result<Vec<TreeEdit>> {
    let mut edits = Vec::with_capacity(merged.steps.len());
    for (path, step) in &merged.steps {
        let entry = match step {
            Step::Take(None) => NewEntry::Nothing,
            Step::Take(Some(entry)) => NewEntry::Exact(*entry),
            Step::Write { bytes, executable } => {
                NewEntry::Exact(super::compare::Entry::file(objects.blob(bytes)?, *executable))
            }
        };
        edits.push(TreeEdit { path: path.clone(), entry });
    }
    Ok(edits)
}
