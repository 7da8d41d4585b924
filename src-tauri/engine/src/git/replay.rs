//! Our own commits, put on top of a history that was rewritten.

use std::convert::Infallible;

use git2::{Commit, Oid};

use super::commit::{write_commit, write_commit_of};
use super::compare::differences;
use super::integrate::merged_tree;
use super::merge::merge;
use super::objects::NewObjects;
use super::refs::count;
use super::rewritten::Rewritten;
use crate::error::Result;
use crate::id::Revision;

/// More commits than this become one.
const ONE_BY_ONE: usize = 500;

/// Puts what `ours` has beyond the old history on top of `theirs`; the result holds exactly `tree`. Commit by
/// commit, with their messages and authors, where that leads there; else as one, whose message is `text`, for
/// that many commits.
pub(super) fn replay(
    objects: &mut NewObjects<'_>,
    rewritten: Rewritten,
    (ours, theirs): (Oid, Oid),
    tree: Oid,
    text: &dyn Fn(u32) -> String,
) -> Result<Revision> {
    let git = objects.git();
    let mut walk = git.revwalk()?;
    walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE)?;
    walk.push(ours)?;
    walk.hide(theirs)?;
    if let Some(base) = rewritten.base {
        walk.hide(base)?;
    }
    let commits = walk.map(|id| Ok(git.find_commit(id?)?)).collect::<Result<Vec<_>>>()?;
    let there = git.find_commit(theirs)?;
    if commits.is_empty() || there.tree_id() == tree {
        // Nothing of our own is left: the remote has it all.
        return Ok(Revision::from_oid(theirs));
    }
    if let Some(tip) = one_by_one(objects, &commits, &there, tree)? {
        return Ok(Revision::from_oid(tip));
    }
    write_commit(objects, tree, &[theirs], &text(count(commits.len())))
}

/// None where that does not lead to `tree`.
fn one_by_one(
    objects: &mut NewObjects<'_>,
    commits: &[Commit<'_>],
    onto: &Commit<'_>,
    tree: Oid,
) -> Result<Option<Oid>> {
    if commits.len() > ONE_BY_ONE || commits.iter().any(|commit| commit.parent_count() != 1) {
        return Ok(None);
    }
    let git = objects.git();
    let (mut tip, mut standing) = (onto.id(), onto.tree_id());
    for commit in commits {
        let before = commit.parent(0)?.tree_id();
        let here = differences(git, Some(before), Some(standing))?;
        let done = differences(git, Some(before), Some(commit.tree_id()))?;
        let merged = merge(&here, &done, |_, _| Ok::<_, Infallible>(None));
        let Ok(merged) = merged;
        if !merged.collisions.is_empty() {
            return Ok(None);
        }
        let next = merged_tree(objects, Some(standing), &merged)?;
        if next == standing {
            continue;
        }
        standing = next;
        let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
        tip = write_commit_of(objects, &commit.author(), next, &[tip], &message)?;
    }
    Ok((standing == tree).then_some(tip))
}
