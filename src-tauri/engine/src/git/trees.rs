//! A new tree out of an old one and what changes in it.

use git2::{ObjectType, Oid};

use super::compare::{Entry, joined};
use super::objects::NewObjects;
use crate::error::{Error, Result};
use crate::id::RepoPath;

/// What a path is to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NewEntry {
    /// Exactly this.
    Exact(Entry),
    /// A plain file, executable where the one that it replaces is.
    File(Oid),
    /// Nothing.
    Nothing,
}

/// One path of a tree that changes.
#[derive(Debug, Clone)]
pub(super) struct TreeEdit {
    pub(super) path: Vec<u8>,
    pub(super) entry: NewEntry,
}

/// Writes the tree that `base` becomes by `edits`, each path at most once.
///
/// Only directories with an edit below them are read and written. Directories left without files
/// go, as always in Git. A file is never put where a directory stays, nor the other way round:
/// `DirectoryBlocked`; and a link or submodule is not turned into a file by [`NewEntry::File`].
pub(super) fn edit_tree(objects: &mut NewObjects<'_>, base: Option<Oid>, edits: &[TreeEdit]) -> Result<Oid> {
    let mut split: Vec<Edit<'_>> = edits
        .iter()
        .map(|edit| Edit { parts: edit.path.split(|byte| *byte == b'/').collect(), entry: edit.entry })
        .collect();
    // By parts, so that all below one directory stand together, and a file `a` just before `a/b`.
    split.sort_by(|a, b| a.parts.cmp(&b.parts));
    match level(objects, &[], base, &split, 0)? {
        Some(tree) => Ok(tree),
        None => {
            let empty = objects.git().treebuilder(None)?.write()?;
            Ok(objects.note(empty))
        }
    }
}

struct Edit<'a> {
    parts: Vec<&'a [u8]>,
    entry: NewEntry,
}

/// The directory at `depth`; `None` where nothing is left in it.
fn level(
    objects: &mut NewObjects<'_>,
    dir: &[u8],
    base: Option<Oid>,
    edits: &[Edit<'_>],
    depth: usize,
) -> Result<Option<Oid>> {
    let base_tree = base.map(|id| objects.git().find_tree(id)).transpose()?;
    // What each name becomes is settled first, as the builder borrows the repository.
    let mut news: Vec<(&[u8], Option<Entry>)> = Vec::new();
    for group in edits.chunk_by(|a, b| a.parts[depth] == b.parts[depth]) {
        let name = group[0].parts[depth];
        let path = joined(dir, name);
        let old = base_tree.as_ref().and_then(|tree| tree.get_name_bytes(name));
        let old_tree = old.as_ref().filter(|old| old.kind() == Some(ObjectType::Tree)).map(|old| old.id());
        let old_file = old.as_ref().filter(|_| old_tree.is_none()).map(Entry::of);
        let below = group.iter().position(|edit| edit.parts.len() > depth + 1).unwrap_or(group.len());
        let (leaf, below) = group.split_at(below);

        let file = match leaf.first().map(|edit| edit.entry) {
            None => old_file,
            Some(NewEntry::Nothing) => None,
            Some(NewEntry::Exact(entry)) => Some(entry),
            Some(NewEntry::File(id)) => match old_file {
                Some(old) if !old.is_file() => return Err(blocked(&path)),
                old => Some(Entry::file(id, old.is_some_and(Entry::is_executable))),
            },
        };
        let tree = match below {
            [] => old_tree,
            below => level(objects, &path, old_tree, below, depth + 1)?,
        };
        let new = match (file, tree) {
            (Some(_), Some(_)) => return Err(blocked(&path)),
            (None, Some(id)) => Some(Entry::directory(id)),
            (file, None) => file,
        };
        news.push((name, new));
    }
    let mut builder = objects.git().treebuilder(base_tree.as_ref())?;
    for (name, new) in news {
        match new {
            Some(entry) => {
                builder.insert(name, entry.id, entry.mode)?;
            }
            None => {
                if builder.get(name)?.is_some() {
                    builder.remove(name)?;
                }
            }
        }
    }
    if builder.is_empty() {
        return Ok(None);
    }
    let id = builder.write()?;
    Ok(Some(objects.note(id)))
}

fn blocked(path: &[u8]) -> Error {
    Error::DirectoryBlocked { directory: RepoPath::root().join(&String::from_utf8_lossy(path)) }
}
