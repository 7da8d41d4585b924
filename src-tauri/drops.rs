//! Files dragged over the window and dropped on it. Their paths stay on this side: the page hears of names, and
//! asks for what was dropped last to be taken.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::{DragDropEvent, Manager, Window};
use tauri_specta::Event as _;

/// What is dragged, on its way to the window.
#[derive(Clone, Serialize, Deserialize, Type, tauri_specta::Event)]
pub(crate) struct FilesDragged(pub(crate) Dragged);

/// Where dragged files are.
#[derive(Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "is")]
pub(crate) enum Dragged {
    /// Over the window.
    Over {
        /// How many.
        count: u32,
    },
    /// Away again.
    Away,
    /// Let go over the window.
    Dropped {
        /// Their names.
        names: Vec<String>,
    },
}

/// What was dropped last and was not taken yet.
#[derive(Default)]
pub(crate) struct Dropped(Mutex<Vec<PathBuf>>);

impl Dropped {
    /// What was dropped last; it is given away once.
    pub(crate) fn take(&self) -> Vec<PathBuf> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn put(&self, paths: Vec<PathBuf>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = paths;
    }
}

/// Tells the page what is dragged, and keeps what is dropped.
pub(crate) fn on_drag(window: &Window, event: &DragDropEvent) {
    let said = match event {
        DragDropEvent::Enter { paths, .. } => {
            Dragged::Over { count: u32::try_from(paths.len()).unwrap_or(u32::MAX) }
        }
        DragDropEvent::Leave => Dragged::Away,
        DragDropEvent::Drop { paths, .. } => {
            let Some(dropped) = window.try_state::<Dropped>() else { return };
            dropped.put(paths.clone());
            let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
            Dragged::Dropped { names: paths.iter().filter_map(name).collect() }
        }
        _ => return,
    };
    if let Err(error) = FilesDragged(said).emit(window) {
        tracing::debug!(%error, "the page was not told what is dragged");
    }
}
