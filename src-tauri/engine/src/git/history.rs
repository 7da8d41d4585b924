//! What a file was over time, and which commits a run made.

use std::collections::HashMap;
use std::path::Path;

use git2::{ErrorCode, ObjectType, Oid};

use super::refs::summarise;
use super::repo::{Repo, oid};
use crate::edit::ObjectVersion;
use crate::error::Result;
use crate::id::{OperationId, RepoPath, Revision};

/// How many commits are looked at: more than a fabric makes in years.
const LOOKED_AT: usize = 50_000;

impl Repo {
    /// The versions of a file that lead to `from`, newest first. A merge counts where it made a version that
    /// neither of its sides had.
    pub(crate) fn versions(
        &self,
        from: &Revision,
        path: &RepoPath,
        limit: usize,
    ) -> Result<Vec<ObjectVersion>> {
        let git = self.git();
        let mut walk = git.revwalk()?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::TIME)?;
        walk.push(oid(from)?)?;
        let mut known: HashMap<Oid, Option<Oid>> = HashMap::new();
        let mut blob_in = |commit: &git2::Commit<'_>| -> Result<Option<Oid>> {
            if let Some(blob) = known.get(&commit.id()) {
                return Ok(*blob);
            }
            let blob = match commit.tree()?.get_path(Path::new(path.as_str())) {
                Ok(entry) => (entry.kind() == Some(ObjectType::Blob)).then(|| entry.id()),
                Err(error) if error.code() == ErrorCode::NotFound => None,
                Err(error) => return Err(error.into()),
            };
            known.insert(commit.id(), blob);
            Ok(blob)
        };
        let mut versions = Vec::new();
        for id in walk.take(LOOKED_AT) {
            if versions.len() == limit {
                break;
            }
            let commit = git.find_commit(id?)?;
            let blob = blob_in(&commit)?;
            let mut is_new = commit.parent_count() > 0 || blob.is_some();
            for parent in commit.parents() {
                is_new = is_new && blob_in(&parent)? != blob;
            }
            if is_new {
                versions.push(ObjectVersion {
                    commit: summarise(&commit),
                    blob: blob.map(|blob| blob.to_string()),
                });
            }
        }
        Ok(versions)
    }

    /// Where the branch was before and after the commits of a run, by the trailer in their messages.
    pub(crate) fn commits_of(
        &self,
        tip: &Revision,
        operation: &OperationId,
    ) -> Result<Option<(Option<Revision>, Revision)>> {
        let git = self.git();
        let mut walk = git.revwalk()?;
        walk.set_sorting(git2::Sort::TOPOLOGICAL)?;
        walk.push(oid(tip)?)?;
        let trailer = format!("FGD-Operation: {operation}");
        let mut found: Option<(Option<Revision>, Revision)> = None;
        for id in walk.take(LOOKED_AT) {
            let commit = git.find_commit(id?)?;
            let is_of_it =
                String::from_utf8_lossy(commit.message_bytes()).lines().any(|line| line == trailer);
            let before = || commit.parent_id(0).ok().map(Revision::from_oid);
            match &mut found {
                None if is_of_it => found = Some((before(), Revision::from_oid(commit.id()))),
                Some((from, _)) if is_of_it => *from = before(),
                // The commits of one run follow each other.
                Some(_) => break,
                None => {}
            }
        }
        Ok(found)
    }
}
