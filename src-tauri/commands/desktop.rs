//! The desktop around the window.

use fgd_engine::{Engine, Error, ErrorReport, FabricId, RepoPath};
use tauri::{AppHandle, State};
use tauri_plugin_opener::OpenerExt;

use super::CommandResult;
use crate::Began;

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_inbox(
    app: AppHandle,
    engine: State<'_, Engine>,
    fabric: FabricId,
) -> CommandResult<()> {
    let path = engine.inbox(fabric, None).await?;
    open(&app, &path.to_string_lossy())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn open_file(
    app: AppHandle,
    engine: State<'_, Engine>,
    fabric: FabricId,
    file: RepoPath,
) -> CommandResult<()> {
    let path = engine.inbox(fabric, Some(file)).await?;
    open(&app, &path.to_string_lossy())
}

/// Opens a page of a Git host in the browser. No other address is opened.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_page(app: AppHandle, engine: State<'_, Engine>, url: String) -> CommandResult<()> {
    let url = engine.page(url).await?;
    let opened = app.opener().open_url(&url, None::<&str>);
    opened.map_err(|error| {
        let source = std::io::Error::other(error);
        ErrorReport::from(Error::Io { path: url.into(), source })
    })
}

/// The page is painted and answers. `milliseconds` is by the page's own clock, since it was navigated to.
#[tauri::command]
#[specta::specta]
pub(crate) async fn app_ready(began: State<'_, Began>, milliseconds: u32) -> CommandResult<()> {
    let since_start = began.0.elapsed().as_millis();
    tracing::info!(since_start_ms = since_start, page_ms = milliseconds, "interactive");
    Ok(())
}

fn open(app: &AppHandle, path: &str) -> CommandResult<()> {
    let opened = app.opener().open_path(path, None::<&str>);
    opened.map_err(|error| {
        let source = std::io::Error::other(error);
        ErrorReport::from(Error::Io { path: path.into(), source })
    })
}
