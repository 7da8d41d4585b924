//! What waits in a fabric's inbox, and what is wrong with what stands.

use fgd_engine::{
    Delivered, Delivery, Engine, FabricFindings, FabricId, InboxText, Operation, OperationKind, Preview,
    RepoPath, StructureReport, Trigger,
};
use tauri::State;

use super::CommandResult;
use crate::drops::Dropped;

#[tauri::command]
#[specta::specta]
pub(crate) async fn inbox_text(
    engine: State<'_, Engine>,
    fabric: FabricId,
    file: RepoPath,
) -> CommandResult<InboxText> {
    Ok(engine.inbox_text(fabric, file).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn preview(engine: State<'_, Engine>, fabric: FabricId) -> CommandResult<Preview> {
    Ok(engine.preview(fabric).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn findings(engine: State<'_, Engine>, fabric: FabricId) -> CommandResult<FabricFindings> {
    Ok(engine.findings(fabric).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn discard(
    engine: State<'_, Engine>,
    fabric: FabricId,
    file: RepoPath,
) -> CommandResult<Operation> {
    Ok(engine.discard(fabric, file, Trigger::Click).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn move_to_unmanaged(
    engine: State<'_, Engine>,
    fabric: FabricId,
    file: RepoPath,
) -> CommandResult<Operation> {
    Ok(engine.move_to_unmanaged(fabric, file, Trigger::Click).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_structure(
    engine: State<'_, Engine>,
    fabric: FabricId,
) -> CommandResult<StructureReport> {
    Ok(engine.check_structure(fabric).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn repair_structure(
    engine: State<'_, Engine>,
    fabric: FabricId,
) -> CommandResult<Operation> {
    Ok(engine.run(fabric, OperationKind::Repair, Trigger::Click).await?)
}

/// Puts what was dropped on the window last into a fabric's inbox.
#[tauri::command]
#[specta::specta]
pub(crate) async fn take_dropped(
    engine: State<'_, Engine>,
    dropped: State<'_, Dropped>,
    fabric: FabricId,
) -> CommandResult<Delivered> {
    let paths = dropped.take().into_iter().map(Delivery::Path).collect();
    Ok(engine.deliver(fabric, paths).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn deliver_text(
    engine: State<'_, Engine>,
    fabric: FabricId,
    name: String,
    text: String,
) -> CommandResult<Delivered> {
    Ok(engine.deliver(fabric, vec![Delivery::Text { name, text }]).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn preview_text(
    engine: State<'_, Engine>,
    fabric: FabricId,
    name: String,
    text: String,
) -> CommandResult<Preview> {
    Ok(engine.preview_text(fabric, name, text).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn mend_file(
    engine: State<'_, Engine>,
    fabric: FabricId,
    file: RepoPath,
    before: String,
    text: String,
) -> CommandResult<bool> {
    Ok(engine.mend(fabric, file, before, text).await?)
}
