//! A fabric as a drawing.

use fgd_engine::{Engine, FabricId, TopologyView};
use tauri::State;

use super::CommandResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn topology(engine: State<'_, Engine>, fabric: FabricId) -> CommandResult<TopologyView> {
    Ok(engine.topology(fabric).await?)
}
