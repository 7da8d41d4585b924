//! What the page is asked to show: by a link, the tray, a menu, a notification, a second start of the app.

use std::sync::{Mutex, PoisonError};

use fgd_engine::{BranchName, FabricId, Link, RepoPath};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{AppHandle, Manager};
use tauri_specta::Event as _;

use crate::menu::MenuCommand;

/// What the page is asked for. What comes from outside the app only ever shows something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Request {
    /// A fabric of the list.
    Fabric {
        /// Which.
        fabric: FabricId,
    },
    /// The fabric of that name, as a link has it.
    Named {
        /// Its name.
        name: String,
    },
    /// The dialog that adds a fabric, filled in as a link has it.
    Add {
        /// The remote.
        url: String,
        /// The branch.
        branch: Option<BranchName>,
        /// The directory.
        directory: Option<RepoPath>,
    },
    /// A dialog.
    Show {
        /// Which.
        dialog: Shown,
    },
    /// What a person chose in the menu bar.
    Command {
        /// Which.
        command: MenuCommand,
    },
    /// That something asked for could not be understood or done.
    Problem {
        /// What, in a sentence.
        message: String,
        /// What to do about it.
        hint: String,
    },
}

/// A dialog of the desktop's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Shown {
    /// Add a fabric.
    Add,
    /// Settings.
    Settings,
    /// Accounts.
    Accounts,
    /// About.
    About,
    /// The log.
    Log,
    /// The shortcuts.
    Shortcuts,
    /// The command palette.
    Palette,
}

/// Something waits in [`Requests`]. It is a hint, so that one that the page is too young to hear does no harm.
#[derive(Clone, Serialize, Deserialize, Type, tauri_specta::Event)]
pub(crate) struct Asked;

/// What was asked for and the page has not taken yet.
#[derive(Default)]
pub(crate) struct Requests(Mutex<Vec<Request>>);

impl Requests {
    /// More than these wait only if somebody means harm: the oldest are let go.
    const AT_MOST: usize = 16;

    /// All that waits, which then waits no more.
    pub(crate) fn take(&self) -> Vec<Request> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, request: Request) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|known| *known != request);
        if waiting.len() == Self::AT_MOST {
            waiting.remove(0);
        }
        waiting.push(request);
    }
}

/// Brings the window to the front and asks its page for something.
pub(crate) fn ask(app: &AppHandle, request: Request) {
    app.state::<Requests>().add(request);
    come_forward(app);
    if let Err(error) = Asked.emit(app) {
        tracing::debug!(%error, "the page was not told that something is asked of it");
    }
}

/// What following a link asks for.
pub(crate) fn of_link(text: &str) -> Request {
    match Link::parse(text) {
        Some(Link::Open { fabric }) => Request::Named { name: fabric },
        Some(Link::Add { url, branch, directory }) => Request::Add { url, branch, directory },
        None => Request::Problem {
            message: "The link that was followed is not one that FGD Sync knows.".to_owned(),
            hint: "It was left alone. Ask whoever made it.".to_owned(),
        },
    }
}

/// Shows the window in front of the others, wherever it was.
pub(crate) fn come_forward(app: &AppHandle) {
    let Some(window) = app.get_webview_window("main") else { return };
    if let Err(error) = window.show().and_then(|()| window.unminimize()).and_then(|()| window.set_focus()) {
        tracing::debug!(%error, "the window could not be brought forward");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_asks_to_be_shown_something() {
        assert_eq!(of_link("fgd-sync://open?fabric=lab"), Request::Named { name: "lab".to_owned() });
        let Request::Add { url, branch: None, directory: None } = of_link("fgd-sync://add?url=https://h/f")
        else {
            panic!("to be added");
        };
        assert_eq!(url, "https://h/f");
        let Request::Problem { message, .. } = of_link("fgd-sync://wipe?fabric=<script>") else {
            panic!("a problem");
        };
        assert!(!message.contains("script"), "a stranger's text is not repeated");
    }

    #[test]
    fn what_waits_is_taken_once_and_has_an_end() {
        let requests = Requests::default();
        let named = |name: usize| Request::Named { name: name.to_string() };
        for name in [1, 2, 1] {
            requests.add(named(name));
        }
        assert_eq!(requests.take(), [named(2), named(1)]);
        assert_eq!(requests.take(), []);
        (0..100).for_each(|name| requests.add(named(name)));
        let waiting = requests.take();
        assert_eq!((waiting.len(), &waiting[0]), (Requests::AT_MOST, &named(84)));
    }
}
