//! Hears what the engine says for the sake of the desktop around the window: the tray and the notifications.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use fgd_engine::{Engine, Event, WindowSettings};
use tauri::{AppHandle, Manager};
use tauri_plugin_notification::NotificationExt;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::notices::{Attention, Notice, Notices};
use crate::standing::{Standing, Standings};
use crate::tray::Tray;

const A_MOMENT: Duration = Duration::from_millis(20);

/// How the window is to look and behave, as far as the shell has to know it at any time.
#[derive(Default)]
pub(crate) struct Manners(Mutex<WindowSettings>);

impl Manners {
    pub(crate) fn get(&self) -> WindowSettings {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set(&self, settings: WindowSettings) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = settings;
    }
}

/// Where the engine's events go for those outside the window.
#[derive(Clone)]
pub(crate) struct Ear(UnboundedSender<Event>);

/// What the ear heard.
pub(crate) struct Heard(UnboundedReceiver<Event>);

pub(crate) fn ear() -> (Ear, Heard) {
    let (sender, receiver) = unbounded_channel();
    (Ear(sender), Heard(receiver))
}

impl Ear {
    /// Takes in what says how a fabric stands; the rest is for the window alone.
    pub(crate) fn hear(&self, event: &Event) {
        if matches!(event, Event::Fabric(_) | Event::Removed(_)) {
            drop(self.0.send(event.clone()));
        }
    }
}

/// Shows how fabrics stand from now on, until the app ends.
pub(crate) fn begin(app: &AppHandle, engine: Engine, heard: Heard) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move { attend(app, engine, heard.0).await });
}

async fn attend(app: AppHandle, engine: Engine, mut heard: UnboundedReceiver<Event>) {
    let began = Instant::now();
    let mut fabrics: Standings = match engine.fabrics().await {
        Ok(list) => list.iter().map(|fabric| (fabric.id.clone(), Standing::of(fabric))).collect(),
        Err(error) => {
            tracing::warn!(%error, "the tray does not know the fabrics yet");
            Standings::new()
        }
    };
    let mut notices = Notices::default();
    loop {
        show(&app, &fabrics);
        let (told, next) = notices.heard(began.elapsed(), &fabrics, attention(&app));
        told.iter().for_each(|notice| notify(&app, notice));
        let event = match next {
            // A moment more, so that it is surely due by then.
            Some(next) => tokio::time::timeout(next + A_MOMENT, heard.recv()).await.ok(),
            None => Some(heard.recv().await),
        };
        match event {
            Some(Some(Event::Fabric(fabric))) => {
                drop(fabrics.insert(fabric.id.clone(), Standing::of(&fabric)))
            }
            Some(Some(Event::Removed(id))) => drop(fabrics.remove(&id)),
            Some(Some(_)) | None => {}
            Some(None) => return,
        }
    }
}

/// The tray belongs to the thread of the window.
fn show(app: &AppHandle, fabrics: &Standings) {
    let (handle, fabrics) = (app.clone(), fabrics.clone());
    let asked = app.run_on_main_thread(move || {
        let Some(tray) = handle.try_state::<Mutex<Option<Tray>>>() else { return };
        if let Some(tray) = tray.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            tray.show(&handle, &fabrics);
        }
    });
    if let Err(error) = asked {
        tracing::debug!(%error, "the tray was not told");
    }
}

fn attention(app: &AppHandle) -> Attention {
    if !app.state::<Manners>().get().notifications {
        return Attention::Off;
    }
    let here = app.get_webview_window("main").is_some_and(|window| window.is_focused().unwrap_or(false));
    if here { Attention::Here } else { Attention::Away }
}

fn notify(app: &AppHandle, notice: &Notice) {
    let shown = app.notification().builder().title(&notice.title).body(&notice.body).show();
    if let Err(error) = shown {
        tracing::debug!(%error, "a notification could not be shown");
    }
}
