//! The desktop shell: a window over the engine. It translates and decides nothing.

mod attend;
mod badge;
mod bindings;
#[cfg(test)]
mod boundary;
mod commands;
mod drops;
mod events;
#[cfg(test)]
mod licences;
mod log;
mod menu;
mod notices;
mod options;
#[cfg(target_os = "linux")]
mod page_memory;
mod requests;
mod standing;
mod support;
mod tray;
mod updates;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use fgd_engine::{Engine, Event};
use tauri::{AppHandle, Manager};
use tauri_plugin_window_state::StateFlags;

use events::Events;
use options::Options;
use tray::Tray;

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
    #[cfg(target_os = "linux")]
    page_memory::keep_little();
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
    // A data directory of one's own is an instance of one's own: tests and the demo run beside the real one,
    // and change nothing of how its window was left.
    if options.home.is_none() {
        app = app
            .plugin(tauri_plugin_single_instance::init(|app, arguments, directory| {
                requests::come_forward(app);
                let said = Options::parse(arguments.into_iter().skip(1).map(OsString::from));
                if let Ok(said) = said {
                    follow(app, said.said_in(directory.as_ref()));
                }
            }))
            .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(KEPT).build());
    }
    let (ear, heard) = attend::ear();
    app.plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .plugin(tauri_plugin_notification::init())
        .plugin(tauri_plugin_autostart::Builder::new().arg(options::BACKGROUND).build())
        .plugin(tauri_plugin_updater::Builder::new().build())
        .invoke_handler(bindings.invoke_handler())
        .on_window_event(|window, event| match event {
            tauri::WindowEvent::Focused(true) => {
                if let Some(engine) = window.try_state::<Engine>() {
                    engine.focused();
                }
            }
            tauri::WindowEvent::DragDrop(event) => drops::on_drag(window, event),
            tauri::WindowEvent::CloseRequested { api, .. } if stays(window) => {
                api.prevent_close();
                if let Err(error) = window.hide() {
                    tracing::warn!(%error, "the window could not be put in the tray");
                }
            }
            _ => {}
        })
        .manage(began)
        .manage(drops::Dropped::default())
        .manage(requests::Requests::default())
        .manage(Events::default())
        .manage(attend::Manners::default())
        .setup(move |app| {
            bindings.mount_events(app);
            let handle = app.handle().clone();
            let emit = Arc::new(move |event: Event| {
                ear.hear(&event);
                handle.state::<Events>().add(event);
            });
            let runtime = tauri::async_runtime::handle();
            let _inside = runtime.inner().enter();
            let engine = Engine::open(&home, emit)?;
            app.manage(engine.clone());
            match runtime.block_on(engine.window_settings()) {
                Ok(settings) => commands::manners::apply(app.handle(), &settings),
                Err(error) => tracing::warn!(%error, "how the window is to look is not known"),
            }
            menu::put(app.handle())?;
            let tray = Tray::put(app.handle());
            let has_tray = tray.is_some();
            app.manage(Mutex::new(tray));
            attend::begin(app.handle(), engine.clone(), heard);
            engine.start();
            // Where there is no tray, a window that is not shown could never be.
            if !(options.background && has_tray) {
                requests::come_forward(app.handle());
            }
            follow(app.handle(), options);
            Ok(())
        })
        .build(tauri::generate_context!())?
        .run(|_app, _event| {
            // On macOS a link comes as an event, not as an argument.
            #[cfg(target_os = "macos")]
            if let tauri::RunEvent::Opened { urls } = _event {
                urls.iter().for_each(|url| requests::ask(_app, requests::of_link(url.as_str())));
            }
        });
    Ok(())
}

/// What of the window is as it was left. Whether it is shown is for the way that the app was started to say.
const KEPT: StateFlags = StateFlags::SIZE.union(StateFlags::POSITION).union(StateFlags::MAXIMIZED);

/// Does what the app was told when it was started, or was started again.
fn follow(app: &AppHandle, options: Options) {
    if let Some(link) = options.link {
        requests::ask(app, requests::of_link(&link));
    }
    let Some(folder) = options.open else { return };
    let Some(engine) = app.try_state::<Engine>().map(|engine| engine.inner().clone()) else { return };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let listed = async { engine.list(engine.fabric_at(folder).await?).await }.await;
        match listed {
            Ok(fabric) => requests::ask(&app, requests::Request::Fabric { fabric: fabric.id }),
            Err(error) => {
                tracing::warn!(%error, "the folder that was asked for could not be opened");
                let report = fgd_engine::ErrorReport::from(error);
                requests::ask(
                    &app,
                    requests::Request::Problem { message: report.message, hint: report.hint },
                );
            }
        }
    });
}

/// Whether closing the window leaves the app at work.
fn stays(window: &tauri::Window) -> bool {
    let tray = window.try_state::<Mutex<Option<Tray>>>();
    let has_tray = tray.is_some_and(|tray| tray.lock().unwrap_or_else(PoisonError::into_inner).is_some());
    has_tray && window.try_state::<attend::Manners>().is_some_and(|manners| manners.get().keep_in_tray)
}
