//! The menu bar, where the system has one for all programs: macOS. Elsewhere the window's own menu has the same.

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::menu::{Menu, MenuBuilder, MenuItemBuilder, Submenu, SubmenuBuilder};
use tauri::{AppHandle, Wry};

use crate::requests::{self, Request};

/// What a line of the menu asks the page for; its name there is that of the command palette.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum MenuCommand {
    /// Settings of this desktop.
    Desktop,
    /// Accounts.
    Accounts,
    /// Add a fabric.
    Add,
    /// Paste YAML into the open fabric's inbox.
    Paste,
    /// The open fabric's inbox, as a folder.
    Inbox,
    /// Sync the open fabric.
    Sync,
    /// Pull it.
    Pull,
    /// Push it.
    Push,
    /// What a sync would do.
    Preview,
    /// Restore what its last run changed.
    Undo,
    /// Its conflicts.
    Conflicts,
    /// Its settings.
    Settings,
    /// Sync all fabrics.
    SyncAll,
    /// All fabrics at once.
    Overview,
    /// The open fabric's dashboard.
    ScreenDashboard,
    /// Its topology.
    ScreenTopology,
    /// Its objects.
    ScreenResources,
    /// What changed in it.
    ScreenChanges,
    /// Draw all larger.
    ZoomIn,
    /// Draw all smaller.
    ZoomOut,
    /// Draw all at its usual size.
    ZoomReset,
    /// The command palette.
    Palette,
    /// The keyboard's shortcuts.
    Shortcuts,
    /// The log.
    Log,
    /// About the app.
    About,
}

/// A line: what it asks for, its text, and its keys.
type Line = (MenuCommand, &'static str, Option<&'static str>);

const APP: [Line; 2] = [
    (MenuCommand::Desktop, "Settings…", Some("CmdOrCtrl+,")),
    (MenuCommand::Accounts, "Accounts…", Some("CmdOrCtrl+Shift+A")),
];
const FABRIC: [Line; 11] = [
    (MenuCommand::Add, "Add a fabric…", Some("CmdOrCtrl+N")),
    (MenuCommand::Sync, "Sync", Some("CmdOrCtrl+S")),
    (MenuCommand::Pull, "Pull", Some("CmdOrCtrl+Shift+L")),
    (MenuCommand::Push, "Push", Some("CmdOrCtrl+Shift+P")),
    (MenuCommand::SyncAll, "Sync all", None),
    (MenuCommand::Preview, "Preview the inbox", None),
    (MenuCommand::Paste, "Paste YAML…", None),
    (MenuCommand::Inbox, "Open the inbox's folder", None),
    (MenuCommand::Conflicts, "Settle conflicts…", None),
    (MenuCommand::Undo, "Undo last change…", None),
    (MenuCommand::Settings, "Settings of the fabric…", None),
];
const VIEW: [Line; 8] = [
    (MenuCommand::Overview, "Overview of all fabrics", Some("CmdOrCtrl+Shift+O")),
    (MenuCommand::ScreenDashboard, "Dashboard", Some("CmdOrCtrl+1")),
    (MenuCommand::ScreenTopology, "Topology", Some("CmdOrCtrl+2")),
    (MenuCommand::ScreenResources, "Resources", Some("CmdOrCtrl+3")),
    (MenuCommand::ScreenChanges, "Changes", Some("CmdOrCtrl+4")),
    (MenuCommand::ZoomIn, "Larger", Some("CmdOrCtrl+=")),
    (MenuCommand::ZoomOut, "Smaller", Some("CmdOrCtrl+-")),
    (MenuCommand::ZoomReset, "Usual size", Some("CmdOrCtrl+0")),
];
const HELP: [Line; 4] = [
    (MenuCommand::Palette, "Find a command…", Some("CmdOrCtrl+K")),
    (MenuCommand::Shortcuts, "Keyboard shortcuts", Some("CmdOrCtrl+/")),
    (MenuCommand::Log, "Log and support…", None),
    (MenuCommand::About, "About FGD Sync", None),
];

/// Puts the bar where it belongs.
pub(crate) fn put(app: &AppHandle) -> tauri::Result<()> {
    if cfg!(target_os = "macos") {
        app.set_menu(bar(app)?)?;
        app.on_menu_event(|app, event| act(app, event.id().as_ref()));
    }
    Ok(())
}

fn bar(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let own = SubmenuBuilder::new(app, "FGD Sync");
    let own = lines(app, own, &APP)?.separator().services().separator().hide().hide_others().show_all();
    // What is typed into has these from the system, by their keys, only while the bar has them.
    let edit = SubmenuBuilder::new(app, "Edit").undo().redo().separator().cut().copy().paste().select_all();
    let window = SubmenuBuilder::new(app, "Window").minimize().maximize().fullscreen().separator();
    let of = |title: &str, held: &[Line]| -> tauri::Result<Submenu<Wry>> {
        lines(app, SubmenuBuilder::new(app, title), held)?.build()
    };
    MenuBuilder::new(app)
        .item(&own.separator().quit().build()?)
        .item(&of("Fabric", &FABRIC)?)
        .item(&edit.build()?)
        .item(&of("View", &VIEW)?)
        .item(&window.close_window().build()?)
        .item(&of("Help", &HELP)?)
        .build()
}

fn lines<'a>(
    app: &'a AppHandle,
    menu: SubmenuBuilder<'a, Wry, AppHandle>,
    held: &[Line],
) -> tauri::Result<SubmenuBuilder<'a, Wry, AppHandle>> {
    held.iter().try_fold(menu, |menu, (command, text, keys)| {
        let mut line = MenuItemBuilder::with_id(id(*command), text);
        if let Some(keys) = keys {
            line = line.accelerator(keys);
        }
        Ok(menu.item(&line.build(app)?))
    })
}

/// The line's identifier: the command's name, as the page has it.
fn id(command: MenuCommand) -> String {
    serde_json::to_value(command).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

fn act(app: &AppHandle, id: &str) {
    // The system's own lines come by here too.
    if let Ok(command) = serde_json::from_value(id.into()) {
        requests::ask(app, Request::Command { command });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_an_identifier_and_keys_of_its_own() {
        let all: Vec<&Line> = APP.iter().chain(&FABRIC).chain(&VIEW).chain(&HELP).collect();
        for (command, ..) in &all {
            assert_eq!(serde_json::from_value::<MenuCommand>(id(*command).into()).ok(), Some(*command));
        }
        let mut keys: Vec<&str> = all.iter().filter_map(|(_, _, keys)| *keys).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count, "one key for one command");
    }
}
