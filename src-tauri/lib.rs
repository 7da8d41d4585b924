//! The desktop shell: a window over the engine. It translates and decides nothing.

mod bindings;
mod commands;
mod drops;
mod log;
mod options;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use fgd_engine::{Engine, Event};
use tauri::Manager;
use tauri_specta::Event as _;

use bindings::EngineEvent;
use options::Options;

/// When the app began, to tell how long it takes until it can be used.
struct Began(Instant);

/// Runs the app until its window is closed. `arguments` are those of the process without its name.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let began = Began(Instant::now());
    let options = match Options::parse(arguments) {
        Ok(options) => options,
        Err(problem) => {
            eprintln!("{problem}");
            return ExitCode::from(2);
        }
    };
    let Some(home) = options.home.clone().or_else(Engine::default_home) else {
        eprintln!("There is no home directory to keep the app's data in; give one with --home.");
        return ExitCode::from(3);
    };
    log::start(&home);
    match window(began, options, home) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the app could not be started");
            eprintln!("FGD Sync could not be started: {error}");
            ExitCode::from(3)
        }
    }
}

fn window(began: Began, options: Options, home: PathBuf) -> tauri::Result<()> {
    let bindings = bindings::builder();
    let mut app = tauri::Builder::default();
    // A data directory of one's own is an instance of one's own: tests and the demo run beside the real one.
    if options.home.is_none() {
        app = app.plugin(tauri_plugin_single_instance::init(|app, _arguments, _directory| {
            if let Some(window) = app.get_webview_window("main") {
                drop(window.unminimize().and_then(|()| window.set_focus()));
            }
        }));
    }
    app.plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(bindings.invoke_handler())
        .on_window_event(|window, event| match event {
            tauri::WindowEvent::Focused(true) => {
                if let Some(engine) = window.try_state::<Engine>() {
                    engine.focused();
                }
            }
            tauri::WindowEvent::DragDrop(event) => drops::on_drag(window, event),
            _ => {}
        })
        .manage(began)
        .manage(drops::Dropped::default())
        .setup(move |app| {
            bindings.mount_events(app);
            let handle = app.handle().clone();
            let emit = Arc::new(move |event: Event| {
                // It fails only while the window goes away, when nobody looks any more.
                if let Err(error) = EngineEvent(event).emit(&handle) {
                    tracing::debug!(%error, "an event reached no window");
                }
            });
            let runtime = tauri::async_runtime::handle();
            let _inside = runtime.inner().enter();
            let engine = Engine::open(&home, emit)?;
            app.manage(engine.clone());
            engine.start();
            if let Some(folder) = options.open {
                runtime.spawn(async move {
                    let listed = async { engine.list(engine.fabric_at(folder).await?).await }.await;
                    if let Err(error) = listed {
                        tracing::warn!(%error, "the folder that was asked for could not be opened");
                    }
                });
            }
            Ok(())
        })
        .run(tauri::generate_context!())
}
