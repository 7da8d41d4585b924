//! A new tree out of an old one and what changes in it.

use std::collections::HashMap;

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
        None => objects.write(ObjectType::Tree, b""),
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
    // What each name becomes.
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
    let news: HashMap<&[u8], Option<Entry>> = news.into_iter().collect();
    let old = base_tree.as_ref().into_iter().flatten().filter(|old| !news.contains_key(old.name_bytes()));
    let mut entries: Vec<(Vec<u8>, Entry)> =
        old.map(|old| (old.name_bytes().to_vec(), Entry::as_it_is(&old))).collect();
    for (name, entry) in news {
        if let Some(entry) = entry {
            if !is_name(name) {
                return Err(blocked(&joined(dir, name)));
            }
            entries.push((name.to_vec(), entry));
        }
    }
    if entries.is_empty() {
        return Ok(None);
    }
    objects.write(ObjectType::Tree, &tree(entries)).map(Some)
}

/// A tree's bytes: sorted as Git sorts, a directory as if its name ended with a slash.
fn tree(mut entries: Vec<(Vec<u8>, Entry)>) -> Vec<u8> {
    let key = |(name, entry): &(Vec<u8>, Entry)| {
        let slash = entry.is_directory().then_some(b'/');
        name.iter().copied().chain(slash).collect::<Vec<u8>>()
    };
    entries.sort_by_cached_key(key);
    let mut bytes = Vec::with_capacity(entries.iter().map(|(name, _)| name.len() + 28).sum());
    for (name, entry) in entries {
        bytes.extend(format!("{:o} ", entry.mode).bytes());
        bytes.extend(name);
        bytes.push(0);
        bytes.extend(entry.id.as_bytes());
    }
    bytes
}

/// Whether a tree may hold an entry of this name at all.
fn is_name(name: &[u8]) -> bool {
    let reserved = [&b""[..], b".", b".."].contains(&name) || name.eq_ignore_ascii_case(b".git");
    !reserved && !name.contains(&b'/') && !name.contains(&0)
}

fn blocked(path: &[u8]) -> Error {
    Error::DirectoryBlocked { directory: RepoPath::root().join(&String::from_utf8_lossy(path)) }
}
