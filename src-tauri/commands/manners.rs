//! How the window looks and behaves on this desktop, and what the app says of itself.

use fgd_engine::{Engine, Error, ErrorReport, Event, Theme, WindowSettings};
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, Manager, State};
use tauri_plugin_autostart::ManagerExt;

use super::CommandResult;
use crate::attend::Manners;
use crate::events::Events;
use crate::requests::{Request, Requests};
use crate::updates::{self, Newer};
use crate::{log, support};

/// What the app says of itself.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct About {
    /// Its version.
    version: String,
    /// The system that it runs on.
    system: String,
    /// The version of the web view that shows the window.
    web_view: String,
    /// Where it keeps its data.
    home: String,
}

/// All that was asked for from outside the window and not taken yet.
#[tauri::command]
#[specta::specta]
pub(crate) fn take_requests(requests: State<'_, Requests>) -> Vec<Request> {
    requests.take()
}

/// What the engine said since the page asked last, as soon as there is something; empty when there was nothing for
/// a while. The page asks again at once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn next_events(events: State<'_, Events>) -> CommandResult<Vec<Event>> {
    Ok(events.take().await)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn window_settings(engine: State<'_, Engine>) -> CommandResult<WindowSettings> {
    Ok(engine.window_settings().await?)
}

/// Keeps the settings, and does what they say at once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_window_settings(
    app: AppHandle,
    engine: State<'_, Engine>,
    settings: WindowSettings,
) -> CommandResult<WindowSettings> {
    let kept = engine.set_window_settings(settings).await?;
    apply(&app, &kept);
    Ok(kept)
}

/// Makes the window look and behave as it is to.
pub(crate) fn apply(app: &AppHandle, settings: &WindowSettings) {
    app.state::<Manners>().set(settings.clone());
    let Some(window) = app.get_webview_window("main") else { return };
    let theme = match settings.theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    };
    // The zoom is the page's own: in WebKitGTK its layout would not follow the web view's.
    if let Err(error) = window.set_theme(theme) {
        tracing::warn!(%error, "the window could not be given its theme");
    }
}

/// Whether the app starts when its user logs in.
#[tauri::command]
#[specta::specta]
pub(crate) fn starts_at_login(app: AppHandle) -> CommandResult<bool> {
    app.autolaunch().is_enabled().map_err(|error| not_done("autostart", error))
}

#[tauri::command]
#[specta::specta]
pub(crate) fn set_starts_at_login(app: AppHandle, on: bool) -> CommandResult<()> {
    let autostart = app.autolaunch();
    let done = if on { autostart.enable() } else { autostart.disable() };
    done.map_err(|error| not_done("autostart", error))
}

#[tauri::command]
#[specta::specta]
pub(crate) fn about(engine: State<'_, Engine>) -> About {
    About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        web_view: tauri::webview_version().unwrap_or_else(|_| "unknown".to_owned()),
        home: engine.home().to_string_lossy().into_owned(),
    }
}

/// The end of the app's log, as text.
#[tauri::command]
#[specta::specta]
pub(crate) async fn log_text(engine: State<'_, Engine>) -> CommandResult<String> {
    let home = engine.home().to_owned();
    let path = log::file(&home);
    let read = tauri::async_runtime::spawn_blocking(move || log::end(&home)).await;
    let read = read.map_err(std::io::Error::other).and_then(|read| read);
    read.map_err(|source| ErrorReport::from(Error::Io { path, source }))
}

/// What to send to whoever helps: everything that is known of what happened, and no secret.
#[tauri::command]
#[specta::specta]
pub(crate) async fn support_report(engine: State<'_, Engine>) -> CommandResult<String> {
    let log = log::end(engine.home()).unwrap_or_else(|error| format!("The log can't be read: {error}"));
    Ok(support::report(engine.inner(), &log).await?)
}

/// Whether there is a newer version.
#[tauri::command]
#[specta::specta]
pub(crate) async fn newer_version(app: AppHandle) -> CommandResult<Newer> {
    updates::newer(&app).await.map_err(|error| not_done("update", error))
}

/// Puts the newer version in place; false where there is none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn install_newer_version(app: AppHandle) -> CommandResult<bool> {
    updates::install(&app).await.map_err(|error| not_done("update", error))
}

fn not_done(what: &str, error: impl std::error::Error + Send + Sync + 'static) -> ErrorReport {
    let source = std::io::Error::other(error);
    ErrorReport::from(Error::Io { path: what.into(), source })
}
