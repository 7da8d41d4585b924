//! What the commands ask of the engine, in the shapes that they print.

use fgd_engine::{
    Engine, Error, FabricId, FabricSettings, FieldPath, Operation, OperationId, OurSide, RepoPath,
    Resolution, Side, Timestamp, Trigger,
};
use serde::Serialize;

/// A version of one object.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ObjectVersion {
    /// The commit.
    pub(crate) revision: String,
    pub(crate) time: Timestamp,
    pub(crate) author: String,
    pub(crate) subject: String,
    /// What it changed, field by field.
    pub(crate) changes: Vec<FieldChange>,
}

/// What a version changed in a field. None where the field is not there.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FieldChange {
    pub(crate) field: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// An object that both sides changed and no merge can settle.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Conflict {
    /// `Kind/namespace/name`.
    pub(crate) object: String,
    pub(crate) file: RepoPath,
    /// What is to be decided about the file as a whole: that one side deleted it, say.
    pub(crate) note: Option<String>,
    pub(crate) fields: Vec<ConflictField>,
    /// As the engine has it.
    #[serde(skip)]
    pub(crate) found: fgd_engine::Conflict,
}

/// A field that both sides changed. None where the field is not there.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConflictField {
    pub(crate) field: String,
    pub(crate) base: Option<String>,
    pub(crate) ours: Option<String>,
    pub(crate) theirs: Option<String>,
}

/// How a conflict is settled: these fields by these sides, everything else by `rest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pick {
    pub(crate) rest: Option<Side>,
    pub(crate) fields: Vec<(FieldPath, Side)>,
}

/// The versions of one object, newest first, each with what it changed.
pub(crate) async fn history(
    engine: &Engine,
    id: FabricId,
    object: &str,
    limit: u32,
) -> Result<Vec<ObjectVersion>, Error> {
    let file = engine.file_of(id.clone(), object.to_owned()).await?;
    // One more, to say what the oldest one shown changed.
    let found = engine.history(id.clone(), file, limit.saturating_add(1)).await?;
    let mut versions = Vec::new();
    for (place, version) in found.iter().enumerate().take(limit as usize) {
        let before = found.get(place + 1).and_then(|before| before.blob.clone());
        let changes = engine.compare(id.clone(), before, version.blob.clone()).await?.fields;
        versions.push(ObjectVersion {
            revision: version.commit.revision.to_string(),
            time: version.commit.time,
            author: version.commit.author.clone(),
            subject: version.commit.subject.clone(),
            changes: changes
                .into_iter()
                .map(|change| FieldChange {
                    field: change.path.to_string(),
                    before: change.before,
                    after: change.after,
                })
                .collect(),
        });
    }
    Ok(versions)
}

/// Undoes an operation by a new commit; the last one if none is named.
pub(crate) async fn undo(
    engine: &Engine,
    id: FabricId,
    operation: Option<OperationId>,
) -> Result<Operation, Error> {
    engine.undo(id, operation, Trigger::Command).await
}

/// The conflicts that wait.
pub(crate) async fn conflicts(engine: &Engine, id: FabricId) -> Result<Vec<Conflict>, Error> {
    Ok(engine.conflicts(id).await?.into_iter().map(Conflict::of).collect())
}

impl Conflict {
    fn of(found: fgd_engine::Conflict) -> Self {
        let note = match (&found.base, &found.ours, &found.theirs, found.ours_is) {
            (.., OurSide::WorkTree) => {
                Some("Edited by hand and not committed: mend the file first.".to_owned())
            }
            (Some(_), None, Some(_), _) => Some("Deleted here, changed on the remote.".to_owned()),
            (Some(_), Some(_), None, _) => Some("Changed here, deleted on the remote.".to_owned()),
            _ if found.fields.is_empty() => Some("Only whole versions can be picked.".to_owned()),
            _ => None,
        };
        // As other commands name an object: the kind, a namespace where it is not the usual one, the name.
        let object =
            found.object.as_deref().map_or_else(|| found.file.to_string(), |id| id.replace(' ', "/"));
        Self {
            object,
            note,
            fields: found
                .fields
                .iter()
                .map(|field| ConflictField {
                    field: field.path.to_string(),
                    base: field.base.clone(),
                    ours: field.ours.clone(),
                    theirs: field.theirs.clone(),
                })
                .collect(),
            file: found.file.clone(),
            found,
        }
    }
}

/// Settles conflicts, all in one go: fields as they are picked, and where there are none, whole versions.
pub(crate) async fn resolve(
    engine: &Engine,
    id: FabricId,
    chosen: &[&Conflict],
    pick: &Pick,
) -> Result<Operation, Error> {
    let decisions = chosen.iter().map(|conflict| {
        let pick = match pick.rest {
            Some(side) if conflict.fields.is_empty() => fgd_engine::Pick::Version { side },
            rest => fgd_engine::Pick::Fields { fields: pick.fields.iter().cloned().collect(), rest },
        };
        let found = &conflict.found;
        Resolution { file: found.file.clone(), ours: found.ours.clone(), theirs: found.theirs.clone(), pick }
    });
    engine.resolve(id, decisions.collect(), Trigger::Command).await
}

/// Asks the fabric's remote that often; 0 for never.
pub(crate) async fn set_interval(engine: &Engine, id: FabricId, seconds: u32) -> Result<(), Error> {
    let settings = engine.settings(id.clone()).await?;
    engine.set_settings(id, FabricSettings { interval: seconds, ..settings }).await.map(drop)
}
