//! What changed in a fabric, commit by commit.

use fgd_engine::{ChangesView, CommitChanges, Engine, FabricId, Revision};
use tauri::State;

use super::CommandResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn changes(
    engine: State<'_, Engine>,
    fabric: FabricId,
    limit: u32,
) -> CommandResult<ChangesView> {
    Ok(engine.changes(fabric, limit).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn commit_changes(
    engine: State<'_, Engine>,
    fabric: FabricId,
    revision: Revision,
) -> CommandResult<CommitChanges> {
    Ok(engine.commit_changes(fabric, revision).await?)
}
