//! Files as a commit has them.

use std::path::Path;

use git2::{ErrorCode, ObjectType, Oid, Repository, Tree};

use super::compare::{Budget, Entry, repo_path};
use super::repo::{Repo, oid};
use crate::error::{Error, Result};
use crate::id::{RepoPath, Revision};

/// A file in a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TreeFile {
    /// Its path, from the root of the repository.
    pub(crate) path: RepoPath,
    /// Git's name for its bytes, in hexadecimal.
    pub(crate) blob: String,
    /// Whether it is a symbolic link; its bytes are then the link's target.
    pub(crate) is_symlink: bool,
    /// Whether it is executable.
    pub(crate) executable: bool,
}

/// The largest file that is read from Git's store into memory, in bytes: hosts take none that is larger.
const LARGEST: usize = 100 << 20;

/// Git's name for these bytes, in hexadecimal: equal names mean equal bytes.
pub(crate) fn blob_id(bytes: &[u8]) -> Result<String> {
    Ok(Oid::hash_object(ObjectType::Blob, bytes)?.to_string())
}

/// The bytes of a plain file that is not too large to be held in memory; `None` of anything else.
pub(super) fn file_bytes(git: &Repository, entry: Entry) -> Result<Option<Vec<u8>>> {
    if !entry.is_file() || size(git, entry.id)? > LARGEST {
        return Ok(None);
    }
    read(git, entry.id).map(Some)
}

/// How many bytes an object has. That is asked before it is read: some hundred bytes in a pack can stand for any number.
fn size(git: &Repository, object: Oid) -> Result<usize> {
    Ok(git.odb()?.read_header(object)?.0)
}

fn read(git: &Repository, blob: Oid) -> Result<Vec<u8>> {
    Ok(git.find_blob(blob)?.content().to_vec())
}

impl Repo {
    /// The bytes of a file in a commit; `None` where there is no file at that path.
    pub(crate) fn read_file(&self, at: &Revision, path: &RepoPath) -> Result<Option<Vec<u8>>> {
        let tree = self.git().find_commit(oid(at)?)?.tree()?;
        match tree.get_path(Path::new(path.as_str())) {
            Ok(entry) if entry.kind() == Some(ObjectType::Blob) => Ok(Some(self.bytes_of(entry.id())?)),
            Ok(_) => Ok(None),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The message of a commit.
    pub(crate) fn message(&self, at: &Revision) -> Result<String> {
        Ok(String::from_utf8_lossy(self.git().find_commit(oid(at)?)?.message_bytes()).into_owned())
    }

    /// The bytes that have this name.
    pub(crate) fn read_blob(&self, blob: &str) -> Result<Vec<u8>> {
        self.bytes_of(Oid::from_str(blob)?)
    }

    /// The same, by libgit2's form of the name.
    pub(super) fn bytes_of(&self, blob: Oid) -> Result<Vec<u8>> {
        let size = size(self.git(), blob)?;
        if size > LARGEST {
            let detail = format!("the file {blob} of Git's store has {} MiB", size >> 20);
            return Err(Error::TooMuch { detail });
        }
        read(self.git(), blob)
    }

    /// What of an entry the disk is given: a plain file that is not too large to be held in memory.
    pub(super) fn for_disk(&self, entry: Option<Entry>) -> Result<Option<Entry>> {
        match entry {
            Some(entry) if entry.is_file() => Ok((size(self.git(), entry.id)? <= LARGEST).then_some(entry)),
            _ => Ok(None),
        }
    }

    /// Every file below `dir` in a commit, in the order of Git's trees; none where there is no such
    /// directory. No file is read. Submodules, and names that no work tree may hold, are left out.
    pub(crate) fn list(&self, at: &Revision, dir: &RepoPath) -> Result<Vec<TreeFile>> {
        let root = self.git().find_commit(oid(at)?)?.tree()?;
        let tree = if dir.is_root() {
            root
        } else {
            match root.get_path(Path::new(dir.as_str())) {
                Ok(entry) if entry.kind() == Some(ObjectType::Tree) => self.git().find_tree(entry.id())?,
                Ok(_) => return Ok(Vec::new()),
                Err(error) if error.code() == ErrorCode::NotFound => return Ok(Vec::new()),
                Err(error) => return Err(error.into()),
            }
        };
        let mut files = Vec::new();
        self.list_tree(&tree, dir.as_str().as_bytes(), &mut files, (0, &mut Budget::default()))?;
        Ok(files)
    }

    fn list_tree(
        &self,
        tree: &Tree<'_>,
        dir: &[u8],
        files: &mut Vec<TreeFile>,
        (depth, budget): (usize, &mut Budget),
    ) -> Result<()> {
        for entry in tree {
            let path = super::compare::joined(dir, entry.name_bytes());
            budget.spend(path.len(), depth)?;
            if entry.kind() == Some(ObjectType::Tree) {
                self.list_tree(&self.git().find_tree(entry.id())?, &path, files, (depth + 1, &mut *budget))?;
                continue;
            }
            let entry = Entry::of(&entry);
            if !entry.is_submodule()
                && let Some(path) = repo_path(&path)
            {
                files.push(TreeFile {
                    path,
                    blob: entry.id.to_string(),
                    is_symlink: entry.is_symlink(),
                    executable: entry.is_executable(),
                });
            }
        }
        Ok(())
    }
}
