//! The drawing of a fabric, with what becomes of it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::change::FileChange;
use crate::error::Result;
use crate::fgd;
use crate::id::{FabricId, RepoPath};
use crate::schema::Object;
use crate::sync::Flow;
use crate::topology::view::{PendingSource, TopologyView};
use crate::topology::{build, compare};

use super::{Engine, Inner};

impl Engine {
    /// A fabric's wiring as it stands, and what a sync would make of it: what was edited by hand, what the
    /// remote had more at the last contact, and what waits in the inbox. Asks nobody and changes nothing.
    pub async fn topology(&self, id: FabricId) -> Result<TopologyView> {
        self.blocking(move |engine| engine.topology(&id)).await
    }
}

/// Objects by their files.
type Standing = BTreeMap<RepoPath, Arc<Object>>;

impl Inner {
    fn topology(&self, id: &FabricId) -> Result<TopologyView> {
        let fabric = self.store.fabric(id)?;
        self.only_look(&fabric, |flow| {
            flow.look_at_what_stands(None)?;
            let mut after: Standing = flow
                .index
                .objects(&flow.layout)
                .map(|(path, object)| (path.clone(), Arc::clone(&object.object)))
                .collect();
            // What is in the files already and in no commit yet is as much to come as the rest.
            let mut before = after.clone();
            let mut pending = Vec::new();
            if apply(flow, before_edits(flow)?, &mut before) {
                pending.push(PendingSource::Edits);
            }
            for (source, changes) in
                [(PendingSource::Incoming, incoming(flow)?), (PendingSource::Inbox, waiting(flow))]
            {
                if apply(flow, changes, &mut after) {
                    pending.push(source);
                }
            }
            let drawn = build(before.values().map(|object| &**object));
            if pending.is_empty() {
                return Ok(drawn);
            }
            let files = differing(&before, &after);
            let then = TopologyView { pending, ..build(after.values().map(|object| &**object)) };
            Ok(compare(&drawn, then, &files))
        })
    }
}

/// What would take back what was changed by hand since the last commit.
fn before_edits(flow: &Flow<'_>) -> Result<Vec<FileChange>> {
    let head = flow.repo.tip(flow.branch)?;
    let mut changes = Vec::new();
    for path in flow.edits_below(head.as_ref(), &flow.layout.managed())? {
        let blob = match &head {
            Some(head) => flow.repo.blob_at(head, &path)?,
            None => None,
        };
        let after = blob.map(|blob| flow.repo.read_blob(&blob)).transpose()?;
        changes.push(FileChange { path, before: None, after, executable: None });
    }
    Ok(changes)
}

/// What the remote's branch has changed since ours left it, as of the last contact.
fn incoming(flow: &Flow<'_>) -> Result<Vec<FileChange>> {
    let (Some(ours), Some(theirs)) = (flow.repo.tip(flow.branch)?, flow.repo.tracking(flow.branch)?) else {
        return Ok(Vec::new());
    };
    if flow.repo.contains(&ours, &theirs)? {
        return Ok(Vec::new());
    }
    match flow.repo.common(&ours, &theirs)? {
        Some(base) => flow.repo.changes_between(Some(&base), &theirs),
        None => Ok(Vec::new()),
    }
}

/// What a sync would write for what waits in the inbox. An inbox that can't be read is told elsewhere.
fn waiting(flow: &mut Flow<'_>) -> Vec<FileChange> {
    match flow.preview() {
        Ok(plan) => plan.changes,
        Err(error) => {
            tracing::debug!(%error, "the drawing is without what waits in the inbox");
            Vec::new()
        }
    }
}

/// Whether that changed anything of the objects.
fn apply(flow: &Flow<'_>, changes: Vec<FileChange>, standing: &mut Standing) -> bool {
    let managed = flow.layout.managed();
    let mut has_changed = false;
    for change in changes {
        if change.path.below(&managed).is_none() {
            continue;
        }
        let read = change
            .after
            .as_deref()
            .and_then(|bytes| fgd::only_object(&change.path, bytes, None).ok().map(|read| read.object));
        has_changed |= match read {
            Some(object) => {
                standing.insert(change.path, object);
                true
            }
            None => standing.remove(&change.path).is_some(),
        };
    }
    has_changed
}

/// The files whose objects are read anew: of both sides the very same object is the same text.
fn differing(before: &Standing, after: &Standing) -> HashSet<RepoPath> {
    let is_same = |path: &RepoPath, object: &Arc<Object>| {
        before.get(path).is_some_and(|known| Arc::ptr_eq(known, object))
    };
    after.iter().filter(|(path, object)| !is_same(path, object)).map(|(path, _)| path.clone()).collect()
}
