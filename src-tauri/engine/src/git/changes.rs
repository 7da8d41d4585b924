//! What commits changed, as trees tell it: no file is read.

use std::path::Path;

use git2::{Commit, ErrorCode, ObjectType, Oid};

use super::compare::{Entry, differences, joined, repo_path};
use super::refs::summarise;
use super::repo::{Repo, oid};
use crate::error::Result;
use crate::id::{OperationId, RepoPath, Revision};
use crate::operation::CommitSummary;

/// How many commits are looked at for those that touch a directory.
const LOOKED_AT: usize = 50_000;

/// A commit, as far as a history tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToldCommit {
    pub(crate) summary: CommitSummary,
    /// The run that made it.
    pub(crate) operation: Option<OperationId>,
    /// The run that it took back.
    pub(crate) undoes: Option<OperationId>,
    pub(crate) is_merge: bool,
    /// The commit that it is compared with: its first parent.
    pub(crate) parent: Option<Revision>,
}

/// A file that differs; its versions by Git's names for their bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ChangedFile {
    pub(crate) path: RepoPath,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

impl Repo {
    /// The newest commits that lead to `from` and not to `without`, newest first, at most `limit`; and whether
    /// there are more. With a directory, only those that made it other than their first parent has it.
    pub(crate) fn told(
        &self,
        from: &Revision,
        without: Option<&Revision>,
        touching: Option<&RepoPath>,
        limit: usize,
    ) -> Result<(Vec<ToldCommit>, bool)> {
        let git = self.git();
        let mut walk = git.revwalk()?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::TIME)?;
        walk.push(oid(from)?)?;
        if let Some(without) = without {
            walk.hide(oid(without)?)?;
        }
        let mut told = Vec::new();
        for id in walk.take(LOOKED_AT) {
            let commit = git.find_commit(id?)?;
            if let Some(directory) = touching
                && directory_in(&commit, directory)? == parent_directory(&commit, directory)?
            {
                continue;
            }
            if told.len() == limit {
                return Ok((told, true));
            }
            told.push(tell(&commit));
        }
        Ok((told, false))
    }

    /// The files below a directory that a commit made other than its first parent has them. What is no plain
    /// file on either side is left out.
    pub(crate) fn changed_by(&self, at: &Revision, directory: &RepoPath) -> Result<Vec<ChangedFile>> {
        let commit = self.git().find_commit(oid(at)?)?;
        let (old, new) = (parent_directory(&commit, directory)?, directory_in(&commit, directory)?);
        let name =
            |entry: Option<Entry>| entry.filter(|entry| entry.is_file()).map(|entry| entry.id.to_string());
        let mut changed = Vec::new();
        for difference in differences(self.git(), old, new)? {
            let path = joined(directory.as_str().as_bytes(), &difference.path);
            let (before, after) = (name(difference.old), name(difference.new));
            if let Some(path) = repo_path(&path).filter(|_| before != after) {
                changed.push(ChangedFile { path, before, after });
            }
        }
        Ok(changed)
    }

    /// Git's name for the bytes of a file in a commit.
    pub(crate) fn blob_at(&self, at: &Revision, path: &RepoPath) -> Result<Option<String>> {
        let tree = self.git().find_commit(oid(at)?)?.tree()?;
        let found = entry_of(&tree, path, ObjectType::Blob)?;
        Ok(found.map(|id| id.to_string()))
    }
}

fn tell(commit: &Commit<'_>) -> ToldCommit {
    let message = String::from_utf8_lossy(commit.message_bytes());
    let trailer = |name: &str| {
        let value = message.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        // Anybody can write a trailer; what can't be a run's name is none.
        let is_name =
            |text: &&str| (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        value.filter(is_name).map(|value| OperationId::from_stored(value.to_owned()))
    };
    ToldCommit {
        summary: summarise(commit),
        operation: trailer("FGD-Operation: "),
        undoes: trailer("FGD-Undoes: "),
        is_merge: commit.parent_count() > 1,
        parent: commit.parent_id(0).ok().map(Revision::from_oid),
    }
}

fn parent_directory(commit: &Commit<'_>, directory: &RepoPath) -> Result<Option<Oid>> {
    if commit.parent_count() == 0 {
        return Ok(None);
    }
    directory_in(&commit.parent(0)?, directory)
}

fn directory_in(commit: &Commit<'_>, directory: &RepoPath) -> Result<Option<Oid>> {
    if directory.is_root() {
        return Ok(Some(commit.tree_id()));
    }
    entry_of(&commit.tree()?, directory, ObjectType::Tree)
}

fn entry_of(tree: &git2::Tree<'_>, path: &RepoPath, kind: ObjectType) -> Result<Option<Oid>> {
    match tree.get_path(Path::new(path.as_str())) {
        Ok(entry) => Ok((entry.kind() == Some(kind)).then(|| entry.id())),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(error.into()),
    }
}
