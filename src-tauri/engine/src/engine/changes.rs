//! What changed in a fabric: incoming, outgoing, history; a commit as objects and their fields.

use std::collections::{HashMap, HashSet};

use crate::catalog;
use crate::error::Result;
use crate::fgd::{Layout, only_object, read_plain};
use crate::git::{ChangedFile, Repo, ToldCommit, blob_id};
use crate::github::{Host, Repository};
use crate::id::{FabricId, OperationId, RemoteUrl, RepoPath, Revision};
use crate::manifest::field_changes;
use crate::sync::Sight;

use super::hosting::github_of;
use super::{ChangeKind, ChangesView, CommitChanges, CommitView, Engine, Inner, ObjectChange};

/// The most commits of a list.
const MOST: usize = 500;
/// Of how many objects of a commit the fields are told.
const TOLD: usize = 500;
/// Of how many commits the counts are remembered.
const REMEMBERED: usize = 5_000;

/// How many objects a commit created, changed and deleted. It never changes.
pub(super) type Counts = HashMap<Revision, (u32, u32, u32)>;

impl Engine {
    /// What changed in a fabric and what is about to, as of the last contact: no remote is asked. At most
    /// `limit` commits of history are told, and never more than 500.
    pub async fn changes(&self, id: FabricId, limit: u32) -> Result<ChangesView> {
        self.blocking(move |engine| engine.changes(&id, limit as usize)).await
    }

    /// What a commit changed in a fabric's directory, against its first parent: objects by field, and files
    /// that hold none.
    pub async fn commit_changes(&self, id: FabricId, revision: Revision) -> Result<CommitChanges> {
        self.blocking(move |engine| engine.commit_changes(&id, &revision)).await
    }
}

impl Inner {
    fn changes(&self, id: &FabricId, limit: usize) -> Result<ChangesView> {
        let (fabric, repo) = self.opened(id)?;
        let layout = Layout::new(fabric.directory.clone());
        let (ours, theirs) = (repo.tip(&fabric.branch)?, repo.tracking(&fabric.branch)?);
        let (incoming, outgoing) = match (&ours, &theirs) {
            (Some(ours), Some(theirs)) => {
                (repo.told(theirs, Some(ours), None, MOST)?.0, repo.told(ours, Some(theirs), None, MOST)?.0)
            }
            (None, Some(theirs)) => (repo.told(theirs, None, None, MOST)?.0, Vec::new()),
            // Without the remote's branch it is not known what it lacks.
            (_, None) => (Vec::new(), Vec::new()),
        };
        let (history, more) = match &ours {
            Some(ours) => repo.told(ours, None, Some(layout.root()), limit.min(MOST))?,
            None => (Vec::new(), false),
        };
        let undone = undone(&outgoing, &history);
        let view = |commits: Vec<ToldCommit>, is_here: bool| -> Result<Vec<CommitView>> {
            let view = |commit| self.commit_view(id, &repo, &layout, commit, &undone, is_here);
            commits.into_iter().map(view).collect()
        };
        Ok(ChangesView {
            incoming: view(incoming, false)?,
            outgoing: view(outgoing, true)?,
            history: view(history, true)?,
            more,
            edits: edits(&self.live(id).sight, &repo, &layout, ours.as_ref())?,
            page: match repo.remote(&fabric.branch)? {
                Some(remote) => self.commit_page(&remote.url)?,
                None => None,
            },
        })
    }

    fn commit_view(
        &self,
        id: &FabricId,
        repo: &Repo,
        layout: &Layout,
        commit: ToldCommit,
        undone: &HashSet<OperationId>,
        is_here: bool,
    ) -> Result<CommitView> {
        let (created, updated, deleted) = self.counts(id, repo, layout, &commit.summary.revision)?;
        let can_undo = match (&commit.operation, &commit.parent) {
            // Without what made the directory there is no fabric any more.
            (Some(operation), Some(parent)) if is_here && !undone.contains(operation) => {
                repo.blob_at(parent, &layout.fabric_file())?.is_some()
            }
            _ => false,
        };
        Ok(CommitView {
            author: commit.summary.author.clone(),
            commit: commit.summary,
            operation: commit.operation,
            created,
            updated,
            deleted,
            is_merge: commit.is_merge,
            can_undo,
        })
    }

    fn counts(
        &self,
        id: &FabricId,
        repo: &Repo,
        layout: &Layout,
        revision: &Revision,
    ) -> Result<(u32, u32, u32)> {
        let live = self.live(id);
        if let Some(known) = live.state().counted.get(revision) {
            return Ok(*known);
        }
        let mut counts = (0, 0, 0);
        for file in repo.changed_by(revision, &layout.managed())? {
            if Layout::takes(file.path.file_name()) {
                let count = match change_of(&file) {
                    ChangeKind::Added => &mut counts.0,
                    ChangeKind::Changed => &mut counts.1,
                    ChangeKind::Removed => &mut counts.2,
                };
                *count += 1;
            }
        }
        let mut state = live.state();
        if state.counted.len() >= REMEMBERED {
            state.counted.clear();
        }
        state.counted.insert(revision.clone(), counts);
        Ok(counts)
    }

    fn commit_changes(&self, id: &FabricId, revision: &Revision) -> Result<CommitChanges> {
        let (fabric, repo) = self.opened(id)?;
        let layout = Layout::new(fabric.directory.clone());
        let is_object = |file: &ChangedFile| {
            file.path.below(&layout.managed()).is_some() && Layout::takes(file.path.file_name())
        };
        let (objects, other): (Vec<_>, Vec<_>) =
            repo.changed_by(revision, layout.root())?.into_iter().partition(is_object);
        let text = |blob: &Option<String>| blob.as_ref().map(|blob| repo.read_blob(blob)).transpose();
        let mut changes = CommitChanges {
            objects: Vec::with_capacity(objects.len()),
            other: other.into_iter().map(|file| file.path).collect(),
        };
        for file in objects {
            let change = if changes.objects.len() < TOLD {
                let (before, after) = (text(&file.before)?, text(&file.after)?);
                told(file, before.as_deref(), after.as_deref())
            } else {
                untold(file)
            };
            changes.objects.push(change);
        }
        Ok(changes)
    }

    /// What the address of a commit's page begins with, where the remote is on a GitHub that is known.
    fn commit_page(&self, remote: &RemoteUrl) -> Result<Option<String>> {
        let accounts = self.store.accounts()?;
        let hosts = accounts.iter().filter_map(github_of).chain([Host::github()]);
        let mut pages = hosts.filter_map(|host| {
            let repository = Repository::on(&host, remote)?;
            Some(format!("{}/{repository}/commit/", host.web()))
        });
        Ok(pages.next())
    }
}

/// The runs that were taken back, and not by a run that was taken back itself. The commits are newest first.
fn undone(outgoing: &[ToldCommit], history: &[ToldCommit]) -> HashSet<OperationId> {
    let mut undone = HashSet::new();
    let mut seen = HashSet::new();
    for commit in outgoing.iter().chain(history) {
        let is_undone = commit.operation.as_ref().is_some_and(|operation| undone.contains(operation));
        if let Some(taken_back) = &commit.undoes
            && seen.insert(&commit.summary.revision)
            && !is_undone
        {
            undone.insert(taken_back.clone());
        }
    }
    undone
}

/// What was changed by hand below `managed/`.
fn edits(sight: &Sight, repo: &Repo, layout: &Layout, head: Option<&Revision>) -> Result<Vec<ObjectChange>> {
    let (mut changes, managed) = (Vec::new(), layout.managed());
    for path in sight.edits(repo, head, layout.root())? {
        if path.below(&managed).is_none() || !Layout::takes(path.file_name()) {
            continue;
        }
        let before = match head {
            Some(head) => repo.blob_at(head, &path)?,
            None => None,
        };
        // One that is gone or can't be read by now is none.
        let after = read_plain(repo.work_tree(), &path).ok().flatten();
        let file = ChangedFile { path, before, after: after.as_deref().map(blob_id).transpose()? };
        changes.push(if changes.len() < TOLD {
            let before = file.before.as_ref().map(|blob| repo.read_blob(blob)).transpose()?;
            told(file, before.as_deref(), after.as_deref())
        } else {
            untold(file)
        });
    }
    Ok(changes)
}

fn change_of(file: &ChangedFile) -> ChangeKind {
    match (&file.before, &file.after) {
        (None, _) => ChangeKind::Added,
        (_, None) => ChangeKind::Removed,
        _ => ChangeKind::Changed,
    }
}

fn told(file: ChangedFile, before: Option<&[u8]>, after: Option<&[u8]>) -> ObjectChange {
    let read = |bytes: Option<&[u8]>, path: &RepoPath| {
        bytes.and_then(|bytes| only_object(path, bytes, None).ok()).map(|read| read.object.id.clone())
    };
    let id = read(after, &file.path).or_else(|| read(before, &file.path));
    let text = |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    let (before, after) = (text(before), text(after));
    ObjectChange {
        id: id.as_ref().map(catalog::id_of),
        kind: id.as_ref().map(|id| id.kind.clone()),
        name: id.map(|id| id.name),
        fields: field_changes(before.as_deref(), after.as_deref()),
        ..untold(file)
    }
}

/// A file that is not looked into.
fn untold(file: ChangedFile) -> ObjectChange {
    ObjectChange {
        id: None,
        kind: None,
        name: None,
        change: change_of(&file),
        file: file.path,
        before: file.before,
        after: file.after,
        fields: Vec::new(),
    }
}
