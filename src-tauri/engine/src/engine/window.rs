//! How the window looks and behaves: kept here, done by the shell.

use crate::error::Result;
use crate::settings;
use crate::view::WindowSettings;

use super::Engine;

impl Engine {
    /// How the window is to look and behave on this desktop.
    pub async fn window_settings(&self) -> Result<WindowSettings> {
        self.blocking(|engine| Ok(engine.store.chosen::<WindowSettings>(settings::WINDOW)?.checked())).await
    }

    /// Changes that; gives back what is kept: the zoom is brought within its bounds.
    pub async fn set_window_settings(&self, window: WindowSettings) -> Result<WindowSettings> {
        self.blocking(move |engine| {
            let window = window.checked();
            engine.store.choose(settings::WINDOW, &window)?;
            Ok(window)
        })
        .await
    }
}

impl WindowSettings {
    fn checked(mut self) -> Self {
        self.zoom = self.zoom.clamp(Self::SMALLEST, Self::LARGEST);
        self
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::view::Theme;

    #[tokio::test]
    async fn they_are_kept_within_bounds_and_over_a_restart() {
        let home = tempfile::tempdir().expect("directory");
        let open = || Engine::open(home.path(), Arc::new(|_| ())).expect("an engine");
        let engine = open();
        assert_eq!(engine.window_settings().await.expect("settings"), WindowSettings::default());
        let wanted =
            WindowSettings { theme: Theme::Dark, zoom: 900, notifications: false, keep_in_tray: true };
        let kept = engine.set_window_settings(wanted.clone()).await.expect("kept");
        assert_eq!(kept, WindowSettings { zoom: 200, ..wanted });
        drop(engine);
        assert_eq!(open().window_settings().await.expect("settings"), kept);
    }
}
