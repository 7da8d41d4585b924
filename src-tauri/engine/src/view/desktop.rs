//! The settings of this desktop: its network, its author, its window.

use serde::{Deserialize, Serialize};

/// How this desktop gets to the network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct NetworkSettings {
    /// The proxy.
    #[serde(default)]
    pub proxy: Proxy,
    /// A file with certificates, in PEM, of authorities that are trusted beside the system's.
    #[serde(default)]
    pub ca_file: Option<String>,
}

/// Which proxy is used for HTTP.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "use", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Proxy {
    /// The one that Git's configuration or the environment names.
    #[default]
    System,
    /// None.
    Direct,
    /// This one.
    At {
        /// Its URL, without credentials.
        url: String,
    },
}

/// Who commits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AuthorSettings {
    /// The name; none for the one that Git's configuration has.
    #[serde(default)]
    pub name: Option<String>,
    /// The e-mail address; none for the one that Git's configuration has.
    #[serde(default)]
    pub email: Option<String>,
}

/// How the window looks and behaves on this desktop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(default, rename_all = "camelCase")]
pub struct WindowSettings {
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// How large everything is shown, in percent.
    pub zoom: u16,
    /// Whether the system's notifications tell what needs a person while the window is not in front.
    pub notifications: bool,
    /// Whether closing the window leaves the app at work in the tray.
    pub keep_in_tray: bool,
}

impl Default for WindowSettings {
    fn default() -> Self {
        Self { theme: Theme::System, zoom: 100, notifications: true, keep_in_tray: false }
    }
}

impl WindowSettings {
    /// The smallest zoom: below it nothing can be read.
    pub const SMALLEST: u16 = 50;
    /// The largest: what WCAG asks of text.
    pub const LARGEST: u16 = 200;
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}
