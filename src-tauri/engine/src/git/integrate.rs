//! Bringing our branch and the remote's together, in memory.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use git2::Oid;

use super::adopted::Adopted;
use super::commit::write_commit;
use super::compare::{Difference, Entry, repo_path};
use super::merge::{Merged, Settled, Step, merge};
use super::objects::NewObjects;
use super::read::file_bytes;
use super::refs::count;
use super::repo::{Repo, oid};
use super::sides::Sides;
use super::trees::{NewEntry, TreeEdit, edit_tree};
use crate::change::FileChange;
use crate::error::Result;
use crate::failpoint::{Point, pass};
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
    FastForward(Move),
    /// Both have more, and it fits together: a merge commit, made and not yet on any branch.
    Merge(Move),
    /// What we have of our own stands on top of what the remote has, in commits that replace ours: its history
    /// was rewritten, or it has the very same changes in commits of its own (a squashed pull request, another
    /// desktop that took the same drop).
    Replayed(Move),
    /// Both changed some paths, and those do not fit together.
    Held {
        /// A commit that takes over all the rest; none where there is nothing (more) to take over.
        rest: Option<Move>,
        /// What does not fit, by path.
        held: Vec<HeldFile>,
    },
    /// This clone is a shallow one, and what both sides had before they parted is not in it.
    TooShallow,
}

/// A way from our tip to another commit.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Move {
    /// Where to.
    pub(crate) to: Revision,
    /// How many commits of the remote that brings.
    pub(crate) commits: u32,
    /// What changes on disk.
    pub(crate) changes: Vec<FileChange>,
}

/// A path that both sides changed, or that somebody is at work on in the work tree, left as it is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HeldFile {
    /// The path; of one that no disk may hold, something to show.
    pub(crate) path: RepoPath,
    /// Git's name for its bytes before both parted; none where it was not there, or was no file.
    pub(crate) base: Option<String>,
    /// Here.
    pub(crate) ours: Option<String>,
    /// On the remote.
    pub(crate) theirs: Option<String>,
    /// Whether our side stands in the work tree only.
    pub(crate) by_hand: bool,
}

/// A path that both sides changed, each with what it holds there; `None` where there is no file.
pub(crate) struct BothChanged<'a> {
    /// Where it is.
    pub(crate) path: &'a RepoPath,
    /// Before both parted.
    pub(crate) base: Option<&'a [u8]>,
    /// Here.
    pub(crate) ours: Option<&'a [u8]>,
    /// On the remote.
    pub(crate) theirs: Option<&'a [u8]>,
}

/// How to bring two sides together.
pub(crate) struct Wish<'a> {
    /// Says what becomes of a path that both sides changed, where it can.
    pub(crate) settle: &'a dyn Fn(&BothChanged<'_>) -> Option<Settled>,
    /// Paths that somebody is at work on in the work tree.
    pub(crate) at_work: &'a BTreeSet<RepoPath>,
    /// Whether a decision of a person is to be written down even where it changes no file and other paths
    /// are still held.
    pub(crate) records: bool,
    /// The message of the commit, for that many commits of the remote.
    pub(crate) message: &'a dyn Fn(Joining<'_>) -> String,
}

/// What a commit joins, for its message.
pub(crate) enum Joining<'a> {
    /// A merge of that many commits.
    Merge(u32),
    /// A part of that many commits: these paths are held.
    Part(u32, &'a [HeldFile]),
    /// That many commits of ours, on rewritten history, as one.
    Replay(u32),
}

impl Repo {
    /// Compares our tip with that of the branch `there` of the remote, as of the last fetch, and merges them
    /// where both have more.
    ///
    /// The merge covers the whole repository and knows no renames. Where the histories have several
    /// merge bases, it takes the one that libgit2 deems best; where they have none, the
    /// empty tree, so that whatever differs on both sides is held unless it can be settled.
    pub(crate) fn integrate(
        &self,
        branch: &BranchName,
        there: &BranchName,
        wish: &Wish<'_>,
    ) -> Result<Integration> {
        let Some(theirs) = self.tracking_of(branch, there)? else { return Ok(Integration::NoTracking) };
        let Some(ours) = self.tip(branch)? else {
            let (commits, changes) = (self.count_commits(&theirs)?, self.changes_between(None, &theirs)?);
            return Ok(Integration::FastForward(Move { to: theirs, commits, changes }));
        };
        let (ahead, behind) = self.git().graph_ahead_behind(oid(&ours)?, oid(&theirs)?)?;
        let (ahead, commits) = (count(ahead), count(behind));
        if (ahead, commits) == (0, 0) {
            return Ok(Integration::UpToDate);
        }
        let sides = self.sides(there, &ours, &theirs)?;
        if commits == 0 && sides.rewritten.is_none() {
            return Ok(Integration::Ahead(ahead));
        }
        let merged = self.merge_sides(&sides, wish)?;
        if ahead == 0 && merged.collisions.is_empty() {
            let changes = self.changes_between(Some(&ours), &theirs)?;
            return Ok(Integration::FastForward(Move { to: theirs, commits, changes }));
        }
        if sides.rewritten.is_none()
            // Where there were conflicts, both versions stay in history: also of those that are settled, in a
            // merge that another push was faster than.
            && sides.adopted.is_none()
            && commits > 0
            && merged.collisions.is_empty()
            && sides.is_ours_in_theirs()
            && self.is_straight(&ours, &theirs)?
        {
            let changes = self.changes_between(Some(&ours), &theirs)?;
            return Ok(Integration::Replayed(Move { to: theirs, commits, changes }));
        }
        self.bring_together(&sides, &merged, (&ours, &theirs), commits, wish)
    }

    /// Whether no commit that only our branch has is a merge.
    fn is_straight(&self, ours: &Revision, theirs: &Revision) -> Result<bool> {
        let mut walk = self.git().revwalk()?;
        walk.push(oid(ours)?)?;
        walk.hide(oid(theirs)?)?;
        for id in walk {
            if self.git().find_commit(id?)?.parent_count() > 1 {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What of our branch and the branch `there` of the remote can't be brought together, as of the last fetch.
    /// Writes nothing.
    pub(crate) fn held(
        &self,
        branch: &BranchName,
        there: &BranchName,
        wish: &Wish<'_>,
    ) -> Result<Vec<HeldFile>> {
        let (Some(theirs), Some(ours)) = (self.tracking_of(branch, there)?, self.tip(branch)?) else {
            return Ok(Vec::new());
        };
        let sides = self.sides(there, &ours, &theirs)?;
        let merged = self.merge_sides(&sides, wish)?;
        Ok(held_files(&sides, &merged, wish.at_work).1)
    }

    fn merge_sides(&self, sides: &Sides, wish: &Wish<'_>) -> Result<Merged> {
        let settle = |our: &Difference, their: &Difference| self.settle_bytes(our, their, wish);
        let mut merged = merge(&sides.our_side, &sides.their_side, settle)?;
        merged.hold_back(wish.at_work.iter().map(|path| path.as_str().as_bytes().to_vec()).filter(|path| {
            // What the remote did not touch, nobody stands in the way of.
            sides.their_side.iter().any(|their| their.path == *path)
        }));
        Ok(merged)
    }

    fn bring_together(
        &self,
        sides: &Sides,
        merged: &Merged,
        (ours, theirs): (&Revision, &Revision),
        commits: u32,
        wish: &Wish<'_>,
    ) -> Result<Integration> {
        if sides.is_unrelated && self.git().is_shallow() {
            return Ok(Integration::TooShallow);
        }
        if merged.collisions.is_empty() {
            return self.join(sides, merged, (ours, theirs), commits, wish);
        }
        let (bases, held) = held_files(sides, merged, wish.at_work);
        let adopted = Adopted { theirs: oid(theirs)?, held: bases };
        let text = (wish.message)(Joining::Part(commits, &held)) + &adopted.trailers();
        let (our_tree, mut is_same) = (sides.our_tree, false);
        let to = self.write_objects(|objects| {
            let tree = merged_tree(objects, our_tree, merged)?;
            is_same = Some(tree) == our_tree;
            write_commit(objects, tree, &[oid(ours)?], &text)
        })?;
        pass(Point::IntegrateHeld)?;
        // A part that brings nothing is no commit, unless it says what a person decided.
        if is_same && !(wish.records && sides.adopted.as_ref() != Some(&adopted)) {
            return Ok(Integration::Held { rest: None, held });
        }
        let changes = self.changes_between(Some(ours), &to)?;
        Ok(Integration::Held { rest: Some(Move { to, commits, changes }), held })
    }

    /// The commit in which both sides are whole.
    fn join(
        &self,
        sides: &Sides,
        merged: &Merged,
        (ours, theirs): (&Revision, &Revision),
        commits: u32,
        wish: &Wish<'_>,
    ) -> Result<Integration> {
        let mut is_replayed = false;
        let to = self.write_objects(|objects| {
            let tree = merged_tree(objects, sides.our_tree, merged)?;
            let Some(rewritten) = sides.rewritten else {
                let text = (wish.message)(Joining::Merge(commits));
                return write_commit(objects, tree, &[oid(ours)?, oid(theirs)?], &text);
            };
            let text = |commits| (wish.message)(Joining::Replay(commits));
            let to = super::replay::replay(objects, rewritten, (oid(ours)?, oid(theirs)?), tree, &text)?;
            is_replayed = true;
            Ok(to)
        })?;
        pass(Point::IntegrateJoined)?;
        let changes = self.changes_between(Some(ours), &to)?;
        let way = Move { to, commits, changes };
        Ok(if is_replayed { Integration::Replayed(way) } else { Integration::Merge(way) })
    }

    fn settle_bytes(&self, our: &Difference, their: &Difference, wish: &Wish<'_>) -> Result<Option<Settled>> {
        let Some(path) = repo_path(&our.path) else { return Ok(None) };
        let mut sides = [const { None }; 3];
        for (bytes, entry) in sides.iter_mut().zip([our.old, our.new, their.new]) {
            let Some(entry) = entry.filter(|entry| entry.is_file()) else { continue };
            *bytes = file_bytes(self.git(), entry)?;
            if bytes.is_none() {
                return Ok(None); // it is too large to be merged
            }
        }
        let [base, ours, theirs] = &sides;
        Ok((wish.settle)(&BothChanged {
            path: &path,
            base: base.as_deref(),
            ours: ours.as_deref(),
            theirs: theirs.as_deref(),
        }))
    }
}

/// What is held: for the record each path's base, and each as it is shown.
fn held_files(
    sides: &Sides,
    merged: &Merged,
    at_work: &BTreeSet<RepoPath>,
) -> (BTreeMap<Vec<u8>, Option<Entry>>, Vec<HeldFile>) {
    let by_path = |side: &'_ [Difference]| -> HashMap<Vec<u8>, Difference> {
        side.iter().map(|difference| (difference.path.clone(), difference.clone())).collect()
    };
    let (ours, theirs) = (by_path(&sides.our_side), by_path(&sides.their_side));
    let mut bases = BTreeMap::new();
    let mut held = Vec::new();
    for path in &merged.collisions {
        let (our, their) = (ours.get(path), theirs.get(path));
        let base = our.or(their).and_then(|difference| difference.old);
        let name = |entry: Option<Entry>| Some(entry.filter(|entry| entry.is_file())?.id.to_string());
        // A side that did not change it has what both had.
        let side = |side: Option<&Difference>| side.map_or(base, |difference| difference.new);
        // Shown, not used as a path: here, a name that no disk may hold is named all the same.
        let shown = RepoPath::root().join(&String::from_utf8_lossy(path));
        held.push(HeldFile {
            by_hand: at_work.contains(&shown),
            path: shown,
            base: name(base),
            ours: name(side(our)),
            theirs: name(side(their)),
        });
        bases.insert(path.clone(), base);
    }
    (bases, held)
}

/// The tree that ours becomes by the steps of a merge.
pub(super) fn merged_tree(
    objects: &mut NewObjects<'_>,
    our_tree: Option<Oid>,
    merged: &Merged,
) -> Result<Oid> {
    let mut edits = Vec::with_capacity(merged.steps.len());
    for (path, step) in &merged.steps {
        let entry = match step {
            Step::Take(None) => NewEntry::Nothing,
            Step::Take(Some(entry)) => NewEntry::Exact(*entry),
            Step::Write { bytes, executable } => {
                NewEntry::Exact(Entry::file(objects.blob(bytes)?, *executable))
            }
        };
        edits.push(TreeEdit { path: path.clone(), entry });
    }
    edit_tree(objects, our_tree, &edits)
}
