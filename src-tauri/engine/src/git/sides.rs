//! What each side changed since both parted.

use std::collections::HashMap;

use git2::Oid;

use super::adopted::Adopted;
use super::compare::{Difference, Entry, TreePaths, differences, repo_path};
use super::repo::{Repo, oid};
use super::rewritten::{Rewritten, merge_base};
use crate::error::Result;
use crate::id::{BranchName, Revision};

/// Two sides of a branch, and what each changed.
pub(super) struct Sides {
    pub(super) our_tree: Option<Oid>,
    pub(super) our_side: Vec<Difference>,
    pub(super) their_side: Vec<Difference>,
    /// What a commit of ours says that it took over already.
    pub(super) adopted: Option<Adopted>,
    /// The remote's history was rewritten.
    pub(super) rewritten: Option<Rewritten>,
    /// The two histories have nothing in common as far as this clone has them.
    pub(super) is_unrelated: bool,
}

impl Sides {
    /// Whether the remote has each change of ours, exactly.
    pub(super) fn is_ours_in_theirs(&self) -> bool {
        let theirs: HashMap<&[u8], Option<Entry>> =
            self.their_side.iter().map(|their| (their.path.as_slice(), their.new)).collect();
        self.our_side.iter().all(|our| theirs.get(our.path.as_slice()) == Some(&our.new))
    }
}

impl Repo {
    /// Compares both sides with what they had before they parted. Costs what differs.
    pub(super) fn sides(&self, branch: &BranchName, ours: &Revision, theirs: &Revision) -> Result<Sides> {
        let git = self.git();
        let (our_id, their_id) = (oid(ours)?, oid(theirs)?);
        let (our_tree, their_tree) = (self.tree_of(Some(ours))?, self.tree_of(Some(theirs))?);
        let adopted = Adopted::find(git, our_id, their_id)?;
        let rewritten = self.rewritten(branch, (our_id, their_id), adopted.is_some())?;
        let parted = match rewritten {
            Some(rewritten) => rewritten.base,
            None => merge_base(git, our_id, their_id)?,
        };
        let base = match &adopted {
            Some(adopted) if git.find_commit(adopted.theirs).is_ok() => Some(adopted.theirs),
            _ => parted,
        };
        let base = base.map(|base| git.find_commit(base)).transpose()?.map(|base| base.tree_id());
        let mut sides = Sides {
            our_tree,
            our_side: differences(git, base, our_tree)?,
            their_side: differences(git, base, their_tree)?,
            adopted,
            rewritten,
            is_unrelated: parted.is_none(),
        };
        if let Some(adopted) = &sides.adopted {
            // What was held has another base than what was taken over.
            let is_held = |difference: &Difference| adopted.held.contains_key(&difference.path);
            sides.our_side.retain(|difference| !is_held(difference));
            sides.their_side.retain(|difference| !is_held(difference));
            let mut paths = [TreePaths::new(git, our_tree)?, TreePaths::new(git, their_tree)?];
            for (path, old) in &adopted.held {
                let Some(at) = repo_path(path) else { continue };
                let [ours, theirs] = &mut paths;
                for (side, new) in
                    [(&mut sides.our_side, ours.leaf(&at)?), (&mut sides.their_side, theirs.leaf(&at)?)]
                {
                    if *old != new {
                        side.push(Difference { path: path.clone(), old: *old, new });
                    }
                }
            }
        }
        Ok(sides)
    }
}
