//! The objects of a fabric: looking through them, one of them, and a draft before it is saved.

use fgd_engine::{
    Draft, DraftReport, Engine, FabricId, RepoPath, ResourceDetail, ResourcePage, ResourceQuery, SchemaField,
};
use tauri::State;

use super::CommandResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn resources(
    engine: State<'_, Engine>,
    fabric: FabricId,
    query: ResourceQuery,
) -> CommandResult<ResourcePage> {
    Ok(engine.resources(fabric, query).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn resource(
    engine: State<'_, Engine>,
    fabric: FabricId,
    file: RepoPath,
) -> CommandResult<ResourceDetail> {
    Ok(engine.resource(fabric, file).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn check_draft(
    engine: State<'_, Engine>,
    fabric: FabricId,
    draft: Draft,
) -> CommandResult<DraftReport> {
    Ok(engine.check_draft(fabric, draft).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn schema_of(kind: String) -> CommandResult<Vec<SchemaField>> {
    Ok(Engine::schema_of(&kind))
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn new_object(kind: String, name: String) -> CommandResult<String> {
    Ok(Engine::new_object(&kind, &name))
}
