//! Adding fabrics and taking them off the list.

use fgd_engine::{AddFabric, Engine, FabricId, FabricView, Source, SourceReport};
use tauri::{AppHandle, State};
use tauri_plugin_dialog::DialogExt;

use super::CommandResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn inspect_source(engine: State<'_, Engine>, source: Source) -> CommandResult<SourceReport> {
    Ok(engine.inspect(source).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_fabric(engine: State<'_, Engine>, request: AddFabric) -> CommandResult<FabricView> {
    Ok(engine.add(request).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_fabric(engine: State<'_, Engine>, fabric: FabricId) -> CommandResult<()> {
    Ok(engine.remove(fabric).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn pick_folder(app: AppHandle) -> CommandResult<Option<String>> {
    let (sender, chosen) = tokio::sync::oneshot::channel();
    app.dialog()
        .file()
        .set_title("Choose a folder in a clone")
        .pick_folder(move |folder| drop(sender.send(folder)));
    Ok(chosen.await.ok().flatten().map(|folder| folder.to_string()))
}

/// The path of a file that a person chose; the page reads nothing of it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pick_file(app: AppHandle, title: String) -> CommandResult<Option<String>> {
    let (sender, chosen) = tokio::sync::oneshot::channel();
    app.dialog().file().set_title(title).pick_file(move |file| drop(sender.send(file)));
    Ok(chosen.await.ok().flatten().map(|file| file.to_string()))
}
