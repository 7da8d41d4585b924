//! The icon in the system's tray: how all fabrics stand, and what is asked for most.

use fgd_engine::{Engine, FabricId, OperationKind, Trigger};
use tauri::image::Image;
use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager};

use crate::badge::with_dot;
use crate::requests::{self, Request, Shown};
use crate::standing::{Overall, Standings, overall, sentence, word};

/// How many fabrics that need a person have a line of their own in the menu.
const NAMED: usize = 8;
/// What the lines of fabrics begin with; the rest is the fabric's identifier.
const FABRIC: &str = "fabric:";

/// The tray's icon, where the desktop has a place for one.
pub(crate) struct Tray {
    icon: TrayIcon,
    /// What is shown now: nothing is drawn anew that is the same.
    shown: Option<(Overall, Vec<(String, String)>, bool)>,
}

impl Tray {
    /// Puts the icon in the tray. None where that can't be done: a desktop without the library for it.
    pub(crate) fn put(app: &AppHandle) -> Option<Self> {
        // The library is looked for while the program runs, and its absence is told by a panic.
        let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| build(app)));
        match made {
            Ok(Ok(icon)) => Some(Self { icon, shown: None }),
            Ok(Err(error)) => {
                tracing::warn!(%error, "there is no icon in the tray");
                None
            }
            Err(_) => {
                tracing::warn!("there is no icon in the tray: the desktop's library for it is missing");
                None
            }
        }
    }

    /// Shows how the fabrics stand.
    pub(crate) fn show(&mut self, app: &AppHandle, fabrics: &Standings) {
        let waiting: Vec<(String, String)> = fabrics
            .iter()
            .filter(|(_, fabric)| fabric.state.needs_person())
            .take(NAMED)
            .map(|(id, fabric)| (format!("{FABRIC}{id}"), format!("{}: {}", fabric.name, word(fabric.state))))
            .collect();
        let paused = !fabrics.is_empty() && fabrics.values().all(|fabric| fabric.paused);
        let now = (overall(fabrics), waiting, paused);
        if self.shown.as_ref() == Some(&now) {
            return;
        }
        let drawn = self.draw(app, &now.1, paused, now.0, &sentence(fabrics));
        if let Err(error) = drawn {
            tracing::debug!(%error, "the icon in the tray could not be changed");
        }
        self.shown = Some(now);
    }

    fn draw(
        &self,
        app: &AppHandle,
        waiting: &[(String, String)],
        paused: bool,
        overall: Overall,
        sentence: &str,
    ) -> tauri::Result<()> {
        self.icon.set_menu(Some(menu(app, waiting, paused, sentence)?))?;
        self.icon.set_tooltip(Some(format!("FGD Sync: {sentence}")))?;
        if let Some(plain) = app.default_window_icon() {
            let pixels = with_dot(plain.rgba(), plain.width(), overall);
            self.icon.set_icon(Some(Image::new_owned(pixels, plain.width(), plain.height())))?;
        }
        Ok(())
    }
}

fn build(app: &AppHandle) -> tauri::Result<TrayIcon> {
    let mut tray = TrayIconBuilder::with_id("fgd-sync")
        .tooltip("FGD Sync")
        .menu(&menu(app, &[], false, "Reading the list of fabrics…")?)
        .show_menu_on_left_click(false)
        .on_menu_event(|app, event| act(app, event.id().as_ref()))
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                requests::come_forward(tray.app_handle());
            }
        });
    if let Some(icon) = app.default_window_icon() {
        tray = tray.icon(icon.clone());
    }
    tray.build(app)
}

fn menu(
    app: &AppHandle,
    waiting: &[(String, String)],
    paused: bool,
    sentence: &str,
) -> tauri::Result<Menu<tauri::Wry>> {
    let mut menu = MenuBuilder::new(app)
        .item(&MenuItemBuilder::with_id("sentence", sentence).enabled(false).build(app)?)
        .separator();
    for (id, text) in waiting {
        menu = menu.text(id, text);
    }
    if !waiting.is_empty() {
        menu = menu.separator();
    }
    menu.text("show", "Show FGD Sync")
        .text("sync", "Sync all")
        .text(if paused { "resume" } else { "pause" }, if paused { "Resume all" } else { "Pause all" })
        .separator()
        .text("settings", "Settings…")
        .text("quit", "Quit")
        .build()
}

/// Does what a line of the menu says.
fn act(app: &AppHandle, line: &str) {
    match line {
        "show" => requests::come_forward(app),
        "settings" => requests::ask(app, Request::Show { dialog: Shown::Settings }),
        "quit" => app.exit(0),
        "sync" | "pause" | "resume" => {
            let (app, line) = (app.clone(), line.to_owned());
            tauri::async_runtime::spawn(async move {
                let Some(engine) = app.try_state::<Engine>() else { return };
                let done = match line.as_str() {
                    "sync" => sync_all(engine.inner()).await,
                    other => set_all(engine.inner(), other == "resume").await,
                };
                if let Err(error) = done {
                    tracing::warn!(%error, "what the tray was asked for could not be done");
                }
            });
        }
        fabric => {
            if let Some(fabric) = fabric.strip_prefix(FABRIC).and_then(identifier) {
                requests::ask(app, Request::Fabric { fabric });
            }
        }
    }
}

/// An identifier out of a menu's line.
fn identifier(text: &str) -> Option<FabricId> {
    serde_json::from_value(text.into()).ok()
}

async fn sync_all(engine: &Engine) -> Result<(), fgd_engine::Error> {
    engine.run_all(OperationKind::Sync, Trigger::Click).await.map(drop)
}

async fn set_all(engine: &Engine, on: bool) -> Result<(), fgd_engine::Error> {
    for fabric in engine.fabrics().await? {
        engine.set_auto_sync(fabric.id, on).await?;
    }
    Ok(())
}
