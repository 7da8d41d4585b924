//! Commits, built from trees and never from the user's index.

use git2::{Oid, Repository, Signature};

use super::compare::Entry;
use super::objects::NewObjects;
use super::refs::count;
use super::repo::{Repo, oid};
use super::sign::Signing;
use super::trees::{NewEntry, TreeEdit, edit_tree};
use crate::change::FileChange;
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::Revision;
use crate::view::AuthorSettings;

/// Up to this many files may become loose objects.
const FEW: usize = 16;
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
        self.write_objects(|objects| {
            let contents: Vec<&[u8]> = changes.iter().filter_map(|change| change.after.as_deref()).collect();
            let deletes = changes.len() - contents.len();
            let mut step = |done: usize| progress(count(deletes + done), total);
            let mut blobs = match contents.len() {
                // Loose objects, then.
                0..FEW => contents.iter().map(|bytes| objects.blob(bytes)).collect::<Result<Vec<_>>>()?,
                _ => objects.blobs(&contents, &mut step)?,
            }
            .into_iter();
            step(contents.len());
            let edit = |change: &FileChange| {
                let blob = change.after.as_ref().and_then(|_| blobs.next());
                TreeEdit { path: change.path.as_str().into(), entry: new_entry(change, blob) }
            };
            let edits: Vec<TreeEdit> = changes.iter().map(edit).collect();
            let tree = edit_tree(objects, base, &edits)?;
            pass(Point::CommitTree)?;
            write_commit(objects, tree, parents.as_slice(), message)
        })
    }
}

fn new_entry(change: &FileChange, blob: Option<Oid>) -> NewEntry {
    match (blob, change.executable) {
        (None, _) => NewEntry::Nothing,
        (Some(id), Some(executable)) => NewEntry::Exact(Entry::file(id, executable)),
        (Some(id), None) => NewEntry::File(id),
    }
}

/// Writes a commit of this tree, by the person whom the app's settings or Git's configuration name.
pub(super) fn write_commit(
    objects: &mut NewObjects<'_>,
    tree: Oid,
    parents: &[Oid],
    message: &str,
) -> Result<Revision> {
    let author = objects.committer()?;
    Ok(Revision::from_oid(write_commit_of(objects, &author, tree, parents, message)?))
}

/// The same for somebody's work, which keeps its author; signed where Git's configuration asks for it.
pub(super) fn write_commit_of(
    objects: &mut NewObjects<'_>,
    author: &Signature<'_>,
    tree: Oid,
    parents: &[Oid],
    message: &str,
) -> Result<Oid> {
    let git = objects.git();
    let committer = objects.committer()?;
    let tree = git.find_tree(tree)?;
    let parents = parents.iter().map(|id| git.find_commit(*id)).collect::<Result<Vec<_>, _>>()?;
    let parents: Vec<_> = parents.iter().collect();
    let id = match Signing::configured(git, &committer)? {
        None => git.commit(None, author, &committer, message, &tree, &parents)?,
        Some(signing) => {
            let unsigned = git.commit_create_buffer(author, &committer, message, &tree, &parents)?;
            let failed = |_| Error::SigningFailed { detail: "its text is not UTF-8".to_owned() };
            let text = std::str::from_utf8(&unsigned).map_err(failed)?;
            git.commit_signed(text, &signing.sign(text.as_bytes())?, None)?
        }
    };
    pass(Point::CommitWritten)?;
    Ok(objects.note(id))
}

/// Who commits: what the app's settings leave out, Git's configuration says.
pub(super) fn committer(git: &Repository, settings: &AuthorSettings) -> Result<Signature<'static>> {
    // Any error here means that the configuration names nobody usable.
    let known = git.signature().or_else(|_| Signature::now(NAMELESS.0, NAMELESS.1))?;
    let name = settings.name.as_deref().or(known.name().ok()).unwrap_or(NAMELESS.0);
    let email = settings.email.as_deref().or(known.email().ok()).unwrap_or(NAMELESS.1);
    Ok(Signature::now(name, email)?)
}
