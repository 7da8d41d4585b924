//! What a person asks for beyond a sync: conflicts and their resolution, edits, undo, history.

use std::collections::HashSet;

use crate::conflict::{Conflict, ConflictTexts, Resolution};
use crate::edit::{Edit, ObjectVersion};
use crate::error::{Error, Result};
use crate::git::Handle;
use crate::id::{FabricId, OperationId, RepoPath, Revision};
use crate::manifest::field_changes;
use crate::operation::{Operation, OperationKind, Trigger};
use crate::store::StoredFabric;
use crate::sync::{Errand, Undone};
use crate::view::{FileText, VersionDiff};

use super::{Engine, Inner};

/// In so many of a fabric's last runs the one to undo is looked for.
const LOOKED_THROUGH: u32 = 1000;

impl Engine {
    /// What waits for a decision in a fabric, as of the last contact. Changes nothing.
    pub async fn conflicts(&self, id: FabricId) -> Result<Vec<Conflict>> {
        self.blocking(move |engine| engine.conflicts(&id)).await
    }

    /// One conflict with the three versions of its file; none where it is settled by now.
    pub async fn conflict(&self, id: FabricId, file: RepoPath) -> Result<Option<ConflictTexts>> {
        self.blocking(move |engine| {
            let conflict = engine.conflicts(&id)?.into_iter().find(|conflict| conflict.file == file);
            let Some(conflict) = conflict else { return Ok(None) };
            let repo = engine.open_repo(&engine.store.fabric(&id)?)?;
            let text = |blob: &Option<String>| -> Result<Option<String>> {
                let bytes = blob.as_ref().map(|blob| repo.read_blob(blob)).transpose()?;
                Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
            };
            Ok(Some(ConflictTexts {
                base: text(&conflict.base)?,
                ours: text(&conflict.ours)?,
                theirs: text(&conflict.theirs)?,
                conflict,
            }))
        })
        .await
    }

    /// Settles conflicts as somebody decided, and pushes when none is left.
    pub async fn resolve(
        &self,
        id: FabricId,
        decisions: Vec<Resolution>,
        trigger: Trigger,
    ) -> Result<Operation> {
        for decision in &decisions {
            RepoPath::parse(decision.file.as_str())?;
        }
        self.run_on(id, OperationKind::Resolve, Errand::Resolve(decisions), trigger).await
    }

    /// Changes, adds or deletes one object as somebody wrote it; a sync follows.
    pub async fn edit(&self, id: FabricId, edit: Edit, trigger: Trigger) -> Result<Operation> {
        if let Some(file) = &edit.file {
            let file = RepoPath::parse(file.as_str())?;
            let managed = crate::fgd::Layout::new(self.inner.store.fabric(&id)?.directory).managed();
            if file.below(&managed).is_none_or(str::is_empty) {
                return Err(Error::NoObjectFile { file });
            }
        }
        self.run_on(id, OperationKind::Edit, Errand::Edit(edit), trigger).await
    }

    /// The text of an object's file and the version to base an edit on.
    pub async fn object_text(&self, id: FabricId, file: RepoPath) -> Result<FileText> {
        self.blocking(move |engine| engine.object_text(&id, &file)).await
    }

    /// Restores what an earlier run changed, by a new commit; a sync follows. With no run named, the last
    /// one that made a commit and is not undone.
    pub async fn undo(
        &self,
        id: FabricId,
        operation: Option<OperationId>,
        trigger: Trigger,
    ) -> Result<Operation> {
        let of = id.clone();
        let undone = self.blocking(move |engine| engine.undone(&of, operation)).await?;
        self.run_on(id, OperationKind::Undo, Errand::Undo(undone), trigger).await
    }

    /// The last run that made a commit and is not undone, as a person is asked before that is done.
    ///
    /// # Errors
    ///
    /// `NothingToUndo` where the log holds none.
    pub async fn last_undoable(&self, id: FabricId) -> Result<Operation> {
        self.blocking(move |engine| {
            let (_, repo) = engine.opened(&id)?;
            last_undoable(&engine.store.operations(&id, LOOKED_THROUGH)?, &repo).cloned()
        })
        .await
    }

    /// The versions of an object's file, newest first.
    pub async fn history(&self, id: FabricId, file: RepoPath, limit: u32) -> Result<Vec<ObjectVersion>> {
        self.blocking(move |engine| {
            let (fabric, repo) = engine.opened(&id)?;
            let Some(tip) = repo.tip(&fabric.branch)? else { return Ok(Vec::new()) };
            repo.versions(&tip, &RepoPath::parse(file.as_str())?, limit as usize)
        })
        .await
    }

    /// Brings an older version of an object's file back, as an edit; a version without a file deletes it.
    pub async fn restore(
        &self,
        id: FabricId,
        file: RepoPath,
        revision: Revision,
        trigger: Trigger,
    ) -> Result<Operation> {
        let (of, path) = (id.clone(), file.clone());
        let edit = self
            .blocking(move |engine| {
                let (_, repo) = engine.opened(&of)?;
                let path = RepoPath::parse(path.as_str())?;
                let text = repo.read_file(&revision, &path)?;
                let text = text.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
                Ok(Edit { base: engine.object_text(&of, &path)?.blob, file: Some(path), text })
            })
            .await?;
        self.edit(id, edit, trigger).await
    }

    /// What differs between two versions of a file, by field and as text. A version is Git's name for bytes;
    /// none stands for no file.
    pub async fn compare(
        &self,
        id: FabricId,
        before: Option<String>,
        after: Option<String>,
    ) -> Result<VersionDiff> {
        self.blocking(move |engine| {
            let (_, repo) = engine.opened(&id)?;
            let text = |blob: Option<String>| -> Result<Option<String>> {
                let bytes = blob.map(|blob| repo.read_blob(&blob)).transpose()?;
                Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
            };
            let (before, after) = (text(before)?, text(after)?);
            Ok(VersionDiff { fields: field_changes(before.as_deref(), after.as_deref()), before, after })
        })
        .await
    }

    /// Where the file of an object is that somebody names as `Kind/name`, `Kind/namespace/name`,
    /// `Kind namespace/name` or by its path.
    pub async fn file_of(&self, id: FabricId, object: String) -> Result<RepoPath> {
        self.blocking(move |engine| engine.file_of(&id, &object)).await
    }
}

/// The newest run of the log, itself newest first, that made a commit and is not undone.
fn last_undoable<'a>(log: &'a [Operation], repo: &Handle) -> Result<&'a Operation> {
    let mut undone = HashSet::new();
    let is_work = |operation: &&Operation| operation.to.is_some() && !makes_the_fabric(operation);
    let last = log.iter().filter(is_work).find(|operation| {
        // An undo that was undone itself counts no more.
        if undone.contains(operation.id.as_str()) {
            return false;
        }
        let text = operation.to.as_ref().and_then(|to| repo.message(to).ok()).unwrap_or_default();
        if let Some(of) = text.lines().find_map(|line| line.strip_prefix("FGD-Undoes: ")) {
            undone.insert(of.to_owned());
            return false;
        }
        true
    });
    last.ok_or_else(|| Error::NothingToUndo { detail: "no run of the log made a commit".to_owned() })
}

/// Without what such a run made, the directory is no fabric any more.
fn makes_the_fabric(operation: &Operation) -> bool {
    operation.kind == OperationKind::Onboard
}

impl Inner {
    pub(super) fn opened(&self, id: &FabricId) -> Result<(StoredFabric, Handle)> {
        let fabric = self.store.fabric(id)?;
        let repo = self.open_repo(&fabric)?;
        Ok((fabric, repo))
    }

    fn conflicts(&self, id: &FabricId) -> Result<Vec<Conflict>> {
        let fabric = self.store.fabric(id)?;
        self.only_look(&fabric, |flow| flow.conflicts())
    }

    pub(super) fn object_text(&self, id: &FabricId, file: &RepoPath) -> Result<FileText> {
        let (fabric, repo) = self.opened(id)?;
        let file = RepoPath::parse(file.as_str())?;
        if file.below(&fabric.directory).is_none_or(str::is_empty) {
            return Err(Error::NoObjectFile { file });
        }
        // Never through a link: the path comes from the page.
        let Ok(Some(bytes)) = crate::fgd::read_plain(repo.work_tree(), &file) else {
            return Ok(FileText { file, blob: None, text: String::new() });
        };
        Ok(FileText {
            file,
            blob: Some(crate::git::blob_id(&bytes)?),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }

    /// What an operation did, from the log, or from the commits' trailers where the log is lost.
    fn undone(&self, id: &FabricId, operation: Option<OperationId>) -> Result<Undone> {
        let (fabric, repo) = self.opened(id)?;
        let tip = repo.tip(&fabric.branch)?;
        let tip = tip.ok_or_else(|| Error::NothingToUndo { detail: "nothing is committed".to_owned() })?;
        let log = self.store.operations(id, LOOKED_THROUGH)?;
        let wanted = match operation {
            Some(operation) => operation,
            None => last_undoable(&log, &repo)?.id.clone(),
        };
        let logged = log.into_iter().find(|operation| operation.id == wanted);
        if logged.as_ref().is_some_and(makes_the_fabric) {
            let detail =
                "the run made the fabric's directory; take the fabric from the list instead".to_owned();
            return Err(Error::NothingToUndo { detail });
        }
        let way = match logged.as_ref().and_then(|operation| operation.to.clone()) {
            Some(to) => Some((logged.as_ref().and_then(|operation| operation.from.clone()), to)),
            None => repo.commits_of(&tip, &wanted)?,
        };
        let (from, to) =
            way.ok_or_else(|| Error::NothingToUndo { detail: "the run made no commit".to_owned() })?;
        let first = || Error::NothingToUndo { detail: "there was nothing before it".to_owned() };
        let subject = match logged {
            // What it pulled has no subject of its own.
            Some(operation) if operation.pulled > 0 => operation.summary,
            _ => repo.commit_summary(&to)?.subject,
        };
        Ok(Undone { operation: wanted, subject, from: from.ok_or_else(first)?, to })
    }

    fn file_of(&self, id: &FabricId, object: &str) -> Result<RepoPath> {
        let fabric = self.store.fabric(id)?;
        let layout = crate::fgd::Layout::new(fabric.directory.clone());
        let words: Vec<&str> = object.split([' ', '/']).filter(|word| !word.is_empty()).collect();
        let (kind, namespace, name) = match words.as_slice() {
            [kind, name] => (*kind, "default", *name),
            [kind, namespace, name] => (*kind, *namespace, *name),
            _ => ("", "", ""),
        };
        let standing = self.only_look(&fabric, |flow| {
            flow.look_at_what_stands(None)?;
            Ok(flow.index.file_of(kind, namespace, name))
        })?;
        if let Some(file) = standing {
            return Ok(file);
        }
        // By its path: in the repository, or in the fabric's directory.
        let path = RepoPath::parse(object)?;
        let in_fabric = layout.root().join(object);
        let known = crate::schema::KINDS.iter().find(|info| info.kind.eq_ignore_ascii_case(kind));
        Ok(match known {
            // One that was deleted still has a history.
            Some(info) => layout.managed().join(info.directory).join(&format!("{name}.yaml")),
            None if path.below(layout.root()).is_some() => path,
            None => in_fabric,
        })
    }
}
