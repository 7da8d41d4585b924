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
    shown: Option<Look>,
}

/// What the icon says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Look {
    overall: Overall,
    /// All fabrics in one line.
    sentence: String,
    /// The fabrics that wait for a person.
    waiting: Vec<Line>,
    /// Every fabric is paused.
    paused: bool,
}

/// A line of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    id: String,
    text: String,
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
        let look = look(fabrics);
        if self.shown.as_ref() == Some(&look) {
            return;
        }
        if let Err(error) = self.draw(app, &look) {
            tracing::debug!(%error, "the icon in the tray could not be changed");
        }
        self.shown = Some(look);
    }

    fn draw(&self, app: &AppHandle, look: &Look) -> tauri::Result<()> {
        self.icon.set_menu(Some(menu(app, look)?))?;
        self.icon.set_tooltip(Some(format!("FGD Sync: {}", look.sentence)))?;
        if let Some(plain) = app.default_window_icon() {
            let pixels = with_dot(plain.rgba(), plain.width(), look.overall);
            self.icon.set_icon(Some(Image::new_owned(pixels, plain.width(), plain.height())))?;
        }
        Ok(())
    }
}

fn look(fabrics: &Standings) -> Look {
    let waiting = fabrics.iter().filter(|(_, fabric)| fabric.state.needs_person()).take(NAMED);
    Look {
        overall: overall(fabrics),
        sentence: sentence(fabrics),
        waiting: waiting
            .map(|(id, fabric)| Line {
                id: format!("{FABRIC}{id}"),
                text: format!("{}: {}", fabric.name, word(fabric.state)),
            })
            .collect(),
        paused: !fabrics.is_empty() && fabrics.values().all(|fabric| fabric.paused),
    }
}

fn build(app: &AppHandle) -> tauri::Result<TrayIcon> {
    let mut tray = TrayIconBuilder::with_id("fgd-sync")
        .tooltip("FGD Sync")
        .menu(&menu(app, &look(&Standings::new()))?)
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

fn menu(app: &AppHandle, look: &Look) -> tauri::Result<Menu<tauri::Wry>> {
    let sentence = MenuItemBuilder::with_id("sentence", &look.sentence).enabled(false).build(app)?;
    let mut menu = MenuBuilder::new(app).item(&sentence).separator();
    for line in &look.waiting {
        menu = menu.text(&line.id, &line.text);
    }
    if !look.waiting.is_empty() {
        menu = menu.separator();
    }
    let (pause, all) = if look.paused { ("resume", "Resume all") } else { ("pause", "Pause all") };
    menu.text("show", "Show FGD Sync")
        .text("sync", "Sync all")
        .text(pause, all)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::standing::tests::{fabrics, id};
    use fgd_engine::StatusState::{Conflicted, InSync, Paused};

    #[test]
    fn the_menu_names_those_that_wait_and_leads_to_them() {
        let shown = look(&fabrics(&[("ams", InSync), ("ber", Conflicted)]));
        assert_eq!(
            shown.waiting,
            [Line { id: "fabric:ber".into(), text: "ber: conflicts to settle".into() }]
        );
        assert_eq!(shown.waiting[0].id.strip_prefix(FABRIC).and_then(identifier), Some(id("ber")));
        assert!(
            !shown.paused && look(&fabrics(&[("ams", Paused)])).paused && !look(&Standings::new()).paused
        );
    }

    #[test]
    fn a_menu_stays_short() {
        let names: Vec<String> = (0..99).map(|n| format!("f{n:02}")).collect();
        let list: Vec<_> = names.iter().map(|name| (name.as_str(), Conflicted)).collect();
        let shown = look(&fabrics(&list));
        assert_eq!((shown.waiting.len(), shown.sentence.as_str()), (NAMED, "99 fabrics need you"));
    }
}
