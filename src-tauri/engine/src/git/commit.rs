//! Commits, built from trees and never from the user's index.

use git2::{Oid, Repository, Signature};

use super::compare::Entry;
use super::objects::NewObjects;
use super::refs::count;
use super::repo::{Repo, oid};
use super::trees::{NewEntry, TreeEdit, edit_tree};
use crate::change::FileChange;
use crate::error::Result;
use crate::id::Revision;

/// Who commits where Git's configuration does not say.
const NAMELESS: (&str, &str) = ("FGD Sync", "fgd-sync@localhost");

impl Repo {
    /// Writes the commit that `parent` becomes by `changes`; moves no branch and no file on disk.
    ///
    /// `changes` holds a path at most once. When this returns, the commit survives a power cut.
    /// The cost grows with the changes: what they do not touch is taken over from the parent as it is.
    ///
    /// # Errors
    /// `DirectoryBlocked` where a file would have to be a directory, or a link would become a file.
    pub(crate) fn commit(
        &self,
        parent: Option<&Revision>,
        changes: &[FileChange],
        message: &str,
        progress: &mut dyn FnMut(u32, u32),
    ) -> Result<Revision> {
        let base = self.tree_of(parent)?;
        let parents = parent.map(oid).transpose()?;
        let total = count(changes.len());
        self.write_objects(changes.len(), |objects| {
            let mut edits = Vec::with_capacity(changes.len());
            for (done, change) in (1..).zip(changes) {
                edits
                    .push(TreeEdit { path: change.path.as_str().into(), entry: new_entry(objects, change)? });
                progress(done, total);
            }
            let tree = edit_tree(objects, base, &edits)?;
            write_commit(objects, tree, parents.as_slice(), message)
        })
    }
}

fn new_entry(objects: &mut NewObjects<'_>, change: &FileChange) -> Result<NewEntry> {
    let Some(bytes) = &change.after else { return Ok(NewEntry::Nothing) };
    let id = objects.blob(bytes)?;
    Ok(match change.executable {
        Some(executable) => NewEntry::Exact(Entry::file(id, executable)),
        None => NewEntry::File(id),
    })
}

/// Writes a commit of this tree. Its author is the person whom Git's configuration names.
pub(super) fn write_commit(
    objects: &mut NewObjects<'_>,
    tree: Oid,
    parents: &[Oid],
    message: &str,
) -> Result<Revision> {
    let git = objects.git();
    let author = author(git)?;
    let tree = git.find_tree(tree)?;
    let parents = parents.iter().map(|id| git.find_commit(*id)).collect::<Result<Vec<_>, _>>()?;
    let parents: Vec<_> = parents.iter().collect();
    let id = git.commit(None, &author, &author, message, &tree, &parents)?;
    Ok(Revision::from_oid(objects.note(id)))
}

fn author(git: &Repository) -> Result<Signature<'static>> {
    // Any error here means that the configuration names nobody usable.
    git.signature().or_else(|_| Ok(Signature::now(NAMELESS.0, NAMELESS.1)?))
}
