//! Branches and commits: where things stand.

use git2::{Commit, ErrorCode, ReferenceType, RepositoryState};

use super::repo::{Repo, branch_ref, oid};
use super::url::parse_remote_url;
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::{BranchName, RemoteUrl, Revision, Timestamp};
use crate::operation::CommitSummary;
use crate::view::SignIn;

/// How much of a commit's subject and of its author's name is shown, in characters.
const LONGEST_SHOWN: usize = 1000;

/// What the work tree has checked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Head {
    /// A branch.
    Branch {
        /// Its name.
        name: BranchName,
        /// Its newest commit; `None` where it has none yet.
        tip: Option<Revision>,
    },
    /// A commit, on no branch.
    Detached(Revision),
}

/// The remote that a branch is pulled from and pushed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remote {
    /// Its name in the clone's configuration, `origin`.
    pub(crate) name: String,
    /// Where it is, without credentials.
    pub(crate) url: RemoteUrl,
    /// The credentials that its configured URL held, as people put them there by hand.
    pub(super) from_url: Option<SignIn>,
}

impl Remote {
    /// The ref that remembers where `branch` was on this remote.
    pub(super) fn tracking_ref(&self, branch: &BranchName) -> String {
        format!("refs/remotes/{}/{branch}", self.name)
    }
}

impl Repo {
    /// What is checked out.
    pub(crate) fn head(&self) -> Result<Head> {
        let head = self.git().find_reference("HEAD")?;
        if head.kind() == Some(ReferenceType::Direct) {
            return Ok(Head::Detached(Revision::from_oid(head.peel_to_commit()?.id())));
        }
        let target = head.symbolic_target()?.unwrap_or_default();
        let name = BranchName::parse(target.strip_prefix("refs/heads/").unwrap_or(target))?;
        let tip = self.tip(&name)?;
        Ok(Head::Branch { name, tip })
    }

    /// Makes sure that `branch` is checked out and nothing is half done; its tip.
    ///
    /// # Errors
    /// `WorkTreeBusy` during a merge, rebase or the like; `DetachedHead`; `BranchNotCheckedOut`.
    pub(crate) fn require_branch(&self, branch: &BranchName) -> Result<Option<Revision>> {
        if let Some(what) = under_way(self.git().state()) {
            return Err(Error::WorkTreeBusy { what: what.to_owned() });
        }
        match self.head()? {
            Head::Detached(_) => Err(Error::DetachedHead),
            Head::Branch { name, tip } if name == *branch => Ok(tip),
            Head::Branch { name, .. } => {
                Err(Error::BranchNotCheckedOut { branch: branch.clone(), found: Some(name) })
            }
        }
    }

    /// Keeps a file's bytes in this clone's store, under a ref of ours, so that nothing clears them away:
    /// `refs/fgd/discarded/<name>`. Keeping the same again is no change. Such refs are never pushed.
    pub(crate) fn keep_blob(&self, bytes: &[u8], name: &str) -> Result<()> {
        let blob = self.write_objects(|objects| objects.blob(bytes))?;
        let name = format!("refs/fgd/discarded/{name}");
        self.durable()?.reference(&name, blob, true, "taken out of the inbox")?;
        pass(Point::DiscardKept)
    }

    /// The remote of `branch`: the one it follows, else `origin`, else the only one there is.
    /// As it was configured when it was asked for first.
    pub(crate) fn remote(&self, branch: &BranchName) -> Result<Option<Remote>> {
        if let Some(known) = self.remotes.borrow().get(branch) {
            return Ok(known.clone());
        }
        let found = self.find_remote(branch)?;
        self.remotes.borrow_mut().insert(branch.clone(), found.clone());
        Ok(found)
    }

    fn find_remote(&self, branch: &BranchName) -> Result<Option<Remote>> {
        let names = self.git().remotes()?;
        let names: Vec<&str> = names.iter().filter_map(|name| name.ok().flatten()).collect();
        let followed = self.git().branch_upstream_remote(&branch_ref(branch)).ok();
        let followed = followed.as_ref().and_then(|name| name.as_str().ok());
        let chosen = followed
            .filter(|name| names.contains(name))
            .or_else(|| names.contains(&"origin").then_some("origin"))
            .or_else(|| if let [only] = names[..] { Some(only) } else { None });
        let Some(name) = chosen else { return Ok(None) };
        let configured = self.git().find_remote(name)?;
        let (url, from_url) = parse_remote_url(&String::from_utf8_lossy(configured.url_bytes()))?;
        Ok(Some(Remote { name: name.to_owned(), url, from_url }))
    }

    /// The newest commit of a branch of this clone; `None` where there is no such branch yet.
    ///
    /// # Errors
    /// Where the branch is there and its commit is not: that is no new branch, but a damaged store.
    pub(crate) fn tip(&self, branch: &BranchName) -> Result<Option<Revision>> {
        let name = branch_ref(branch);
        match (self.resolve(&name)?, self.git().refname_to_id(&name)) {
            (None, Ok(id)) => Ok(Some(Revision::from_oid(self.git().find_commit(id)?.id()))),
            (found, _) => Ok(found),
        }
    }

    /// Where the branch was on its remote when that was last asked.
    pub(crate) fn tracking(&self, branch: &BranchName) -> Result<Option<Revision>> {
        self.tracking_of(branch, branch)
    }

    /// The same for another branch of the remote of `branch`.
    pub(crate) fn tracking_of(&self, branch: &BranchName, there: &BranchName) -> Result<Option<Revision>> {
        match self.remote(branch)? {
            Some(remote) => self.resolve(&remote.tracking_ref(there)),
            None => Ok(None),
        }
    }

    /// Commits that only this clone has, and commits that only the remote has, as of the last
    /// contact; `None` where the remote has no such branch.
    pub(crate) fn ahead_behind(&self, branch: &BranchName) -> Result<Option<(u32, u32)>> {
        let Some(theirs) = self.tracking(branch)? else { return Ok(None) };
        let Some(ours) = self.tip(branch)? else {
            return Ok(Some((0, self.count_commits(&theirs)?)));
        };
        let (ahead, behind) = self.git().graph_ahead_behind(oid(&ours)?, oid(&theirs)?)?;
        Ok(Some((count(ahead), count(behind))))
    }

    /// The newest commit that both come from; none where they have nothing in common.
    pub(crate) fn common(&self, one: &Revision, other: &Revision) -> Result<Option<Revision>> {
        Ok(super::rewritten::merge_base(self.git(), oid(one)?, oid(other)?)?.map(Revision::from_oid))
    }

    /// Whether `tip` is `commit` or comes after it; not so where this clone lacks one of them.
    pub(crate) fn contains(&self, tip: &Revision, commit: &Revision) -> Result<bool> {
        let (tip, commit) = (oid(tip)?, oid(commit)?);
        Ok(tip == commit || self.git().graph_descendant_of(tip, commit).unwrap_or(false))
    }

    /// Whether two commits hold the same files.
    pub(crate) fn same_tree(&self, one: &Revision, other: &Revision) -> Result<bool> {
        Ok(self.git().find_commit(oid(one)?)?.tree_id() == self.git().find_commit(oid(other)?)?.tree_id())
    }

    /// A commit, as a list shows it.
    pub(crate) fn commit_summary(&self, revision: &Revision) -> Result<CommitSummary> {
        Ok(summarise(&self.git().find_commit(oid(revision)?)?))
    }

    /// The newest `limit` commits that lead to `from`, newest first.
    pub(crate) fn log(&self, from: &Revision, limit: usize) -> Result<Vec<CommitSummary>> {
        let mut walk = self.git().revwalk()?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::TIME)?;
        walk.push(oid(from)?)?;
        walk.take(limit).map(|id| Ok(summarise(&self.git().find_commit(id?)?))).collect()
    }

    /// How many commits lead to `tip`. One that is missing is an error: a walk says so again and again, without end.
    pub(super) fn count_commits(&self, tip: &Revision) -> Result<u32> {
        let mut walk = self.git().revwalk()?;
        walk.push(oid(tip)?)?;
        Ok(count(walk.try_fold(0, |so_far, commit| commit.map(|_| so_far + 1))?))
    }

    fn resolve(&self, name: &str) -> Result<Option<Revision>> {
        match self.git().find_reference(name).and_then(|found| found.peel_to_commit()) {
            Ok(commit) => Ok(Some(Revision::from_oid(commit.id()))),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// A count for people: more than four thousand million is as good as that many.
pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(super) fn summarise(commit: &Commit<'_>) -> CommitSummary {
    // A stranger's text may be as long as they like.
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().take(LONGEST_SHOWN).collect();
    CommitSummary {
        revision: Revision::from_oid(commit.id()),
        subject: shown(commit.summary_bytes().unwrap_or_default()),
        author: shown(commit.author().name_bytes()),
        time: Timestamp::from_millis(commit.time().seconds().saturating_mul(1000)),
    }
}

fn under_way(state: RepositoryState) -> Option<&'static str> {
    Some(match state {
        RepositoryState::Clean => return None,
        RepositoryState::Merge => "merge",
        RepositoryState::Revert | RepositoryState::RevertSequence => "revert",
        RepositoryState::CherryPick | RepositoryState::CherryPickSequence => "cherry-pick",
        RepositoryState::Bisect => "bisect",
        RepositoryState::Rebase | RepositoryState::RebaseInteractive | RepositoryState::RebaseMerge => {
            "rebase"
        }
        RepositoryState::ApplyMailbox | RepositoryState::ApplyMailboxOrRebase => "git am",
    })
}
