//! The webhooks of a fabric, and whether the app hears them.

use serde::{Deserialize, Serialize};

use crate::error::ErrorReport;

/// A webhook of a fabric's repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct WebhookView {
    /// Where the host tells of pushes.
    pub url: String,
    /// Whether its last delivery was taken; none before the first.
    pub delivered: Option<bool>,
    /// What is wrong with it, in a sentence.
    pub problem: Option<String>,
}

/// Whether the app listens for webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ListenerView {
    /// Whether it is to listen.
    pub on: bool,
    /// Where, `127.0.0.1:9443`.
    pub address: String,
    /// Where it does listen now.
    pub listening: Option<String>,
    /// Why it does not, where it is to.
    pub error: Option<ErrorReport>,
}
