//! A branch whose history was rewritten on the remote: noticed when it is fetched, remembered until our own
//! work stands on the new history.

use git2::{ErrorCode, Oid, Repository};

use super::repo::{Repo, oid};
use crate::error::Result;
use crate::failpoint::{Point, pass};
use crate::id::{BranchName, Revision};

/// Where the branch was on the remote before.
fn note(branch: &BranchName) -> String {
    format!("refs/fgd/rewritten/{branch}")
}

/// Where the branch was on the remote before it was deleted there.
fn gone(branch: &BranchName) -> String {
    format!("refs/fgd/gone/{branch}")
}

/// All that is noted about a branch, by the names of the refs.
pub(super) fn notes(branch: &BranchName) -> [String; 2] {
    [note(branch), gone(branch)]
}

/// A rewritten history.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rewritten {
    /// The newest commit that our branch shares with the remote's old history; none where there is none.
    pub(super) base: Option<Oid>,
}

/// Takes note that the remote's branch went from `known` to `tip`, if that left something of it behind. The
/// first note stays: our own work stands on that. Whether it was noted now.
pub(super) fn notice(git: &Repository, branch: &BranchName, known: Oid, tip: Oid) -> Result<bool> {
    let is_forward = known == tip || git.graph_descendant_of(tip, known).unwrap_or(false);
    if is_forward || git.find_reference(&note(branch)).is_ok() {
        return Ok(false);
    }
    tracing::warn!(%branch, from = %known, to = %tip, "the remote's history was rewritten");
    git.reference(&note(branch), known, false, "fgd: the remote's history was rewritten")?;
    Ok(true)
}

/// Takes note that the remote has the branch no more.
pub(super) fn notice_gone(git: &Repository, branch: &BranchName, known: Oid) -> Result<()> {
    git.reference(&gone(branch), known, true, "fgd: the branch is gone on the remote")?;
    Ok(())
}

/// Where the branch was before it was deleted on the remote, if it was.
pub(super) fn was_at(git: &Repository, branch: &BranchName) -> Result<Option<Oid>> {
    read(git, &gone(branch))
}

/// The branch is there (again).
pub(super) fn is_back(git: &Repository, branch: &BranchName) -> Result<()> {
    remove(git, &gone(branch))
}

/// The best common ancestor; none where two histories have nothing in common.
pub(super) fn merge_base(git: &Repository, one: Oid, other: Oid) -> Result<Option<Oid>> {
    match git.merge_base(one, other) {
        Ok(base) => Ok(Some(base)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn read(git: &Repository, name: &str) -> Result<Option<Oid>> {
    match git.refname_to_id(name) {
        Ok(id) => Ok(Some(id)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn remove(git: &Repository, name: &str) -> Result<()> {
    match git.find_reference(name) {
        Ok(mut found) => Ok(found.delete()?),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

impl Repo {
    /// Whether the remote's history was rewritten, and our work does not stand on the new one yet.
    /// `has_adopted` says that our branch holds remote work beside what is in its history.
    pub(super) fn rewritten(
        &self,
        branch: &BranchName,
        (ours, theirs): (Oid, Oid),
        has_adopted: bool,
    ) -> Result<Option<Rewritten>> {
        let git = self.git();
        let Some(known) = read(git, &note(branch))? else { return Ok(None) };
        let has =
            |tip: Oid, commit: Oid| tip == commit || git.graph_descendant_of(tip, commit).unwrap_or(false);
        let is_through = !has_adopted && !has(ours, known) && has(ours, theirs);
        // Or somebody pushed the old history again.
        if is_through || has(theirs, known) {
            remove(git, &note(branch))?;
            return Ok(None);
        }
        Ok(Some(Rewritten { base: merge_base(git, ours, known)? }))
    }

    /// Says that the remote has all that `head` has, in commits of its own: a pull request was merged as one
    /// commit, or rebased. What our branch has beyond `head` is to stand on those, as on rewritten history.
    pub(crate) fn landed(&self, branch: &BranchName, head: &Revision) -> Result<()> {
        let (Some(ours), Some(theirs)) = (self.tip(branch)?, self.tracking(branch)?) else { return Ok(()) };
        if self.contains(&theirs, head)? || !self.contains(&ours, head)? {
            return Ok(());
        }
        self.durable()?.reference(&note(branch), oid(head)?, true, "fgd: a pull request was merged")?;
        Ok(())
    }

    /// Our branch stands on the new history now: there is nothing to remember, or a later merge would take a
    /// base from before it.
    pub(crate) fn forget_rewritten(&self, branch: &BranchName) -> Result<()> {
        pass(Point::IntegrateReplayed)?;
        remove(self.git(), &note(branch))?;
        pass(Point::IntegrateForgotten)
    }

    /// Keeps our head from before it is brought onto rewritten history, under `refs/fgd/backup/`.
    pub(crate) fn back_up(&self, branch: &BranchName, head: &Revision) -> Result<()> {
        let name = format!("refs/fgd/backup/{branch}/{}", head.short());
        self.durable()?.reference(&name, oid(head)?, true, "fgd: before the rewritten history")?;
        pass(Point::IntegrateBackedUp)
    }
}
