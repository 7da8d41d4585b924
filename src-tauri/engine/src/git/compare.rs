//! What differs between two trees, path by path, without renames.

use std::cmp;
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use git2::{ObjectType, Oid, Repository, Tree, TreeEntry};
use rayon::prelude::*;

use super::read::file_bytes;
use super::refs::count;
use super::repo::{Repo, oid};
use crate::change::{ContentHash, FileChange};
use crate::error::{Error, Result};
use crate::id::{RepoPath, Revision};
use crate::windows;

const DIRECTORY: i32 = 0o040_000;
const EXECUTABLE: i32 = 0o100_755;
const REGULAR: i32 = 0o100_644;
const SYMLINK: i32 = 0o120_000;
const SUBMODULE: i32 = 0o160_000;

/// How deep directories may be. Git itself stops at 2,048; no system has a path of so many parts.
const DEEPEST: usize = 256;
/// How many paths are looked at. A dozen objects of Git's can stand for millions of millions of paths.
const MOST_PATHS: usize = 1_000_000;
/// How long all of them may be together, in bytes.
const MOST_NAMES: usize = 256 << 20;
/// The longest name that file systems have, in bytes.
const LONGEST_NAME: usize = 255;
/// The longest path that every Unix takes, in bytes.
const LONGEST_PATH: usize = 1024;
/// From how many differences on all cores share the reading.
const MANY: usize = 128;
/// How much one step may write to the work tree, in bytes: it is held in memory.
const MOST_BYTES: usize = 256 << 20;

/// Counts what is looked at in trees.
#[derive(Debug, Default)]
pub(super) struct Budget {
    paths: usize,
    names: usize,
}

impl Budget {
    /// Counts one entry with a path of that many bytes, that far below the top.
    pub(super) fn spend(&mut self, length: usize, depth: usize) -> Result<()> {
        self.paths += 1;
        self.names += length;
        if self.paths > MOST_PATHS || self.names > MOST_NAMES {
            return Err(Error::TooMuch {
                detail: format!("more than {MOST_PATHS} paths differ or are to be listed"),
            });
        }
        if depth > DEEPEST {
            return Err(Error::TooMuch { detail: format!("directories are more than {DEEPEST} deep") });
        }
        Ok(())
    }
}

/// What a tree holds at a path that is no directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: Oid,
    pub(super) mode: i32,
}

impl Entry {
    pub(super) fn of(entry: &TreeEntry<'_>) -> Self {
        Self { id: entry.id(), mode: entry.filemode() }
    }

    /// With the very mode that the tree has, which may be one that Git does not write any more.
    pub(super) fn as_it_is(entry: &TreeEntry<'_>) -> Self {
        Self { id: entry.id(), mode: entry.filemode_raw() }
    }

    /// A plain file.
    pub(super) fn file(id: Oid, executable: bool) -> Self {
        Self { id, mode: if executable { EXECUTABLE } else { REGULAR } }
    }

    pub(super) fn directory(id: Oid) -> Self {
        Self { id, mode: DIRECTORY }
    }

    pub(super) fn is_directory(self) -> bool {
        self.mode == DIRECTORY
    }

    pub(super) fn is_executable(self) -> bool {
        self.mode == EXECUTABLE
    }

    pub(super) fn is_symlink(self) -> bool {
        self.mode == SYMLINK
    }

    pub(super) fn is_submodule(self) -> bool {
        self.mode == SUBMODULE
    }

    /// Whether this is a plain file, which alone the work tree is given.
    pub(super) fn is_file(self) -> bool {
        !self.is_symlink() && !self.is_submodule()
    }
}

/// A path that differs, as Git's bytes: not every name in a repository is one that a disk may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) path: Vec<u8>,
    pub(super) old: Option<Entry>,
    pub(super) new: Option<Entry>,
}

/// A path that differs between two commits, and which of them has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Differing {
    pub(crate) path: RepoPath,
    pub(crate) before: bool,
    pub(crate) after: bool,
}

/// Every path that differs, sorted by its bytes within each directory.
///
/// Directories that are the same are not opened: the cost grows with what differs.
pub(super) fn differences(git: &Repository, old: Option<Oid>, new: Option<Oid>) -> Result<Vec<Difference>> {
    let mut found = Vec::new();
    let tree = |id: Option<Oid>| id.map(|id| git.find_tree(id)).transpose();
    if old != new {
        let budget = &mut Budget::default();
        walk(git, &[], (tree(old)?.as_ref(), tree(new)?.as_ref()), &mut found, (0, budget))?;
    }
    Ok(found)
}

fn walk(
    git: &Repository,
    dir: &[u8],
    (old, new): (Option<&Tree<'_>>, Option<&Tree<'_>>),
    found: &mut Vec<Difference>,
    (depth, budget): (usize, &mut Budget),
) -> Result<()> {
    let (old, new) = (by_name(old), by_name(new));
    let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return Ok(()),
            (Some(_), None) => cmp::Ordering::Less,
            (None, Some(_)) => cmp::Ordering::Greater,
            (Some(old), Some(new)) => old.name_bytes().cmp(new.name_bytes()),
        };
        let old = if order.is_le() { old.next() } else { None };
        let new = if order.is_ge() { new.next() } else { None };
        if let (Some(old), Some(new)) = (&old, &new)
            && old.id() == new.id()
            && old.filemode() == new.filemode()
        {
            continue;
        }
        let name = old.as_ref().or(new.as_ref()).map_or(&[][..], |entry| entry.name_bytes());
        let path = joined(dir, name);
        budget.spend(path.len(), depth)?;
        let subtree = |entry: &Option<TreeEntry<'_>>| match entry {
            Some(entry) if entry.kind() == Some(ObjectType::Tree) => git.find_tree(entry.id()).map(Some),
            _ => Ok(None),
        };
        let leaf = |entry: &Option<TreeEntry<'_>>| {
            entry.as_ref().filter(|entry| entry.kind() != Some(ObjectType::Tree)).map(Entry::of)
        };
        let (old_tree, new_tree) = (subtree(&old)?, subtree(&new)?);
        let (old, new) = (leaf(&old), leaf(&new));
        if old.is_some() || new.is_some() {
            found.push(Difference { path: path.clone(), old, new });
        }
        if old_tree.is_some() || new_tree.is_some() {
            walk(git, &path, (old_tree.as_ref(), new_tree.as_ref()), found, (depth + 1, &mut *budget))?;
        }
    }
}

/// A tree's entries by name, not in the tree's order: there, a file `a` and a directory `a` are not neighbours.
fn by_name<'t>(tree: Option<&'t Tree<'_>>) -> Vec<TreeEntry<'t>> {
    let mut entries: Vec<_> = tree.into_iter().flatten().collect();
    entries.sort_by(|a, b| a.name_bytes().cmp(b.name_bytes()));
    entries
}

/// Looks many paths up in one tree. Each directory is opened once: libgit2 keeps no large ones.
pub(super) struct TreePaths<'git> {
    git: &'git Repository,
    dirs: HashMap<String, Option<Tree<'git>>>,
}

impl<'git> TreePaths<'git> {
    /// The paths of this tree; without a tree, there are none.
    pub(super) fn new(git: &'git Repository, root: Option<Oid>) -> Result<Self> {
        let root = root.map(|id| git.find_tree(id)).transpose()?;
        Ok(Self { git, dirs: HashMap::from([(String::new(), root)]) })
    }

    /// What is at a path that is no directory.
    pub(super) fn leaf(&mut self, path: &RepoPath) -> Result<Option<Entry>> {
        let (dir, name) = path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()));
        let entry = self.dir(dir)?.and_then(|tree| tree.get_name(name));
        Ok(entry.filter(|entry| entry.kind() != Some(ObjectType::Tree)).map(|entry| Entry::of(&entry)))
    }

    /// Whether there is a directory at this path.
    pub(super) fn has_dir(&mut self, path: &RepoPath) -> Result<bool> {
        Ok(self.dir(path.as_str())?.is_some())
    }

    fn dir(&mut self, path: &str) -> Result<Option<&Tree<'git>>> {
        if !self.dirs.contains_key(path) {
            let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
            let git = self.git;
            let entry = self.dir(above)?.and_then(|tree| tree.get_name(name));
            let entry = entry.filter(|entry| entry.kind() == Some(ObjectType::Tree));
            let tree = entry.map(|entry| git.find_tree(entry.id())).transpose()?;
            self.dirs.insert(path.to_owned(), tree);
        }
        Ok(self.dirs.get(path).and_then(Option::as_ref))
    }
}

/// `dir/name`, as bytes.
pub(super) fn joined(dir: &[u8], name: &[u8]) -> Vec<u8> {
    if dir.is_empty() { name.to_vec() } else { [dir, b"/", name].concat() }
}

/// The path as one that a work tree may hold; `None` for names that are not UTF-8 or too long for a file
/// system, that leave the work tree, or that some file system takes for `.git` (CVE-2014-9390, CVE-2019-1352).
pub(super) fn repo_path(bytes: &[u8]) -> Option<RepoPath> {
    repo_path_where(bytes, windows::is_taken_here)
}

/// The same where names are taken that this says are.
fn repo_path_where(bytes: &[u8], is_taken: fn(&str) -> bool) -> Option<RepoPath> {
    let text = str::from_utf8(bytes).ok()?;
    let parsed = RepoPath::parse(text).ok()?;
    // `parse` tidies; a repository's path that needs tidying is not a path that Git would make.
    let fits = text.len() <= LONGEST_PATH && text.split('/').all(|part| part.len() <= LONGEST_NAME);
    let may_be = |part: &str| is_harmless(part) && is_taken(part);
    (parsed.as_str() == text && fits && text.split('/').all(may_be)).then_some(parsed)
}

fn is_harmless(part: &str) -> bool {
    // Most names are plain, and there are many.
    if !part.starts_with('.')
        && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    {
        return true;
    }
    // HFS+ ignores these characters, NTFS a trailing dot or space; `git~1` is NTFS's short name.
    let ignored = |c: char| matches!(c, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}');
    let seen: String = part.chars().filter(|c| !ignored(*c)).flat_map(char::to_lowercase).collect();
    let seen = seen.trim_end_matches(['.', ' ']);
    seen != ".git" && seen != "git~1" && !part.chars().any(char::is_control)
}

impl Repo {
    /// The tree of a commit; `None` stands for the empty tree before the first one.
    pub(super) fn tree_of(&self, revision: Option<&Revision>) -> Result<Option<Oid>> {
        let Some(revision) = revision else { return Ok(None) };
        Ok(Some(self.git().find_commit(oid(revision)?)?.tree_id()))
    }

    /// What the work tree needs to get from one commit to another.
    ///
    /// The disk is given plain files only. Symbolic links, submodules, files that are too large and names that
    /// no work tree may hold stay in Git's trees, and their absence on disk is no edit: a file that becomes a
    /// link is deleted from disk, and a link that becomes a file is written where there is nothing.
    pub(crate) fn changes_between(&self, from: Option<&Revision>, to: &Revision) -> Result<Vec<FileChange>> {
        let (old, new) = (self.tree_of(from)?, self.tree_of(Some(to))?);
        self.disk_changes(&differences(self.git(), old, new)?)
    }

    /// The paths that differ between two commits and may be on a disk; none where they are more than `most`, or where the first commit is not there any more.
    pub(crate) fn paths_between(
        &self,
        from: &Revision,
        to: &Revision,
        most: usize,
    ) -> Result<Option<Vec<Differing>>> {
        if self.git().find_commit(oid(from)?).is_err() {
            return Ok(None);
        }
        let (old, new) = (self.tree_of(Some(from))?, self.tree_of(Some(to))?);
        let differing = differences(self.git(), old, new)?;
        let path = |differing: &Difference| {
            let path = repo_path(&differing.path)?;
            Some(Differing { path, before: differing.old.is_some(), after: differing.new.is_some() })
        };
        Ok((differing.len() <= most).then(|| differing.iter().filter_map(path).collect()))
    }

    /// The differences as changes of files on disk.
    pub(super) fn disk_changes(&self, differences: &[Difference]) -> Result<Vec<FileChange>> {
        let taken = AtomicUsize::new(0);
        let read = |git: &Repository, some: &[Difference]| {
            let changes = some.iter().filter_map(|difference| change(git, difference, &taken).transpose());
            changes.collect::<Result<Vec<_>>>()
        };
        let changes = if differences.len() < MANY {
            read(self.git(), differences)?
        } else {
            // To read an object is mostly to inflate it, and what it differs from: a share for each core, each with a
            // handle of its own.
            let (git_dir, share) = (self.git_dir(), differences.len().div_ceil(rayon::current_num_threads()));
            let read = |some| read(&Repository::open(git_dir)?, some);
            let read: Vec<Vec<FileChange>> =
                differences.par_chunks(share).map(read).collect::<Result<_>>()?;
            read.into_iter().flatten().collect()
        };
        tracing::debug!(files = count(changes.len()), "changes for the work tree");
        Ok(changes)
    }
}

/// One difference as a change of a file on disk; none where it is nothing that a disk is given. `taken` counts the bytes
/// of all.
fn change(git: &Repository, difference: &Difference, taken: &AtomicUsize) -> Result<Option<FileChange>> {
    let read = |entry: Option<Entry>| match entry {
        Some(entry) => Ok::<_, Error>(file_bytes(git, entry)?.map(|bytes| (bytes, entry))),
        None => Ok(None),
    };
    let Some(path) = repo_path(&difference.path) else {
        tell_kept(difference);
        return Ok(None);
    };
    let (old, new) = (read(difference.old)?, read(difference.new)?);
    if old.is_none() && new.is_none() {
        tell_kept(difference);
        return Ok(None);
    }
    let before = old.map(|(bytes, _)| ContentHash::of(&bytes));
    let (after, entry) = new.unzip();
    let bytes = after.as_ref().map_or(0, Vec::len);
    if taken.fetch_add(bytes, Ordering::Relaxed) + bytes > MOST_BYTES {
        let detail = format!("the files to write have more than {} MiB", MOST_BYTES >> 20);
        return Err(Error::TooMuch { detail });
    }
    Ok(Some(FileChange { path, before, after, executable: entry.map(Entry::is_executable) }))
}

fn tell_kept(difference: &Difference) {
    let path = String::from_utf8_lossy(&difference.path);
    tracing::info!(%path, "kept in Git only: no plain file, or too large a one");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_that_a_disk_may_hold() {
        for good in ["a", "fabrics/lab/raw/x.yaml", ".github/x", ".gitkeep", "git~2", "ü/β"] {
            assert!(repo_path(good.as_bytes()).is_some(), "{good}");
        }
        let bad = ["..", "a/../b", "/a", "a//b", ".git/config", ".GIT/x", "a/.git /x", ".git./x", "GIT~1/x"];
        for bad in bad.into_iter().chain([".g\u{200c}it/x", "a\u{1b}[2J", "a\\b", "c:x"]) {
            assert!(repo_path(bad.as_bytes()).is_none(), "{bad:?}");
        }
        assert!(repo_path(b"\xff").is_none());
        for kept in ["con", "a/nul.yaml", "aux/x.yaml", "a./x", "a/x.yaml "] {
            assert!(
                repo_path_where(kept.as_bytes(), windows::takes).is_none(),
                "{kept:?} stays in Git on Windows"
            );
            assert_eq!(repo_path(kept.as_bytes()).is_some(), !cfg!(windows), "{kept:?}");
        }
        assert!(repo_path_where(b"fabrics/lab/raw/x.yaml", windows::takes).is_some());
        for (length, fits) in [(255, true), (256, false)] {
            assert_eq!(repo_path("n".repeat(length).as_bytes()).is_some(), fits);
        }
        for (parts, fits) in [(512, true), (513, false)] {
            assert_eq!(repo_path(vec!["a"; parts].join("/").as_bytes()).is_some(), fits);
        }
    }
}
