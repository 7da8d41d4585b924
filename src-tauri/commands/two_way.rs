//! Conflicts, edits, undo and history; settings; all fabrics at once.

use fgd_engine::{
    Conflict, ConflictTexts, Edit, Engine, FabricId, FabricRules, FabricRun, FabricSettings, FileText,
    ObjectVersion, Operation, OperationId, OperationKind, RepoPath, Resolution, Revision, Trigger,
    VersionDiff,
};
use tauri::State;

use super::CommandResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn conflicts(engine: State<'_, Engine>, fabric: FabricId) -> CommandResult<Vec<Conflict>> {
    Ok(engine.conflicts(fabric).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn conflict(
    engine: State<'_, Engine>,
    fabric: FabricId,
    file: RepoPath,
) -> CommandResult<Option<ConflictTexts>> {
    Ok(engine.conflict(fabric, file).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve(
    engine: State<'_, Engine>,
    fabric: FabricId,
    decisions: Vec<Resolution>,
) -> CommandResult<Operation> {
    Ok(engine.resolve(fabric, decisions, Trigger::Click).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn object_text(
    engine: State<'_, Engine>,
    fabric: FabricId,
    file: RepoPath,
) -> CommandResult<FileText> {
    Ok(engine.object_text(fabric, file).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn edit(
    engine: State<'_, Engine>,
    fabric: FabricId,
    edit: Edit,
) -> CommandResult<Operation> {
    Ok(engine.edit(fabric, edit, Trigger::Click).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn last_undoable(engine: State<'_, Engine>, fabric: FabricId) -> CommandResult<Operation> {
    Ok(engine.last_undoable(fabric).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn undo(
    engine: State<'_, Engine>,
    fabric: FabricId,
    operation: OperationId,
) -> CommandResult<Operation> {
    Ok(engine.undo(fabric, Some(operation), Trigger::Click).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn history(
    engine: State<'_, Engine>,
    fabric: FabricId,
    file: RepoPath,
    limit: u32,
) -> CommandResult<Vec<ObjectVersion>> {
    Ok(engine.history(fabric, file, limit).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn compare(
    engine: State<'_, Engine>,
    fabric: FabricId,
    before: Option<String>,
    after: Option<String>,
) -> CommandResult<VersionDiff> {
    Ok(engine.compare(fabric, before, after).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn restore(
    engine: State<'_, Engine>,
    fabric: FabricId,
    file: RepoPath,
    revision: Revision,
) -> CommandResult<Operation> {
    Ok(engine.restore(fabric, file, revision, Trigger::Click).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn settings(engine: State<'_, Engine>, fabric: FabricId) -> CommandResult<FabricSettings> {
    Ok(engine.settings(fabric).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_settings(
    engine: State<'_, Engine>,
    fabric: FabricId,
    settings: FabricSettings,
) -> CommandResult<FabricSettings> {
    Ok(engine.set_settings(fabric, settings).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn rules(engine: State<'_, Engine>, fabric: FabricId) -> CommandResult<FabricRules> {
    Ok(engine.rules(fabric).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_rules(
    engine: State<'_, Engine>,
    fabric: FabricId,
    rules: FabricRules,
) -> CommandResult<Operation> {
    Ok(engine.set_rules(fabric, rules, Trigger::Click).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_all(engine: State<'_, Engine>) -> CommandResult<Vec<FabricRun>> {
    Ok(engine.run_all(OperationKind::Sync, Trigger::Click).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pull_all(engine: State<'_, Engine>) -> CommandResult<Vec<FabricRun>> {
    Ok(engine.run_all(OperationKind::Pull, Trigger::Click).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn push_all(engine: State<'_, Engine>) -> CommandResult<Vec<FabricRun>> {
    Ok(engine.run_all(OperationKind::Push, Trigger::Click).await?)
}
