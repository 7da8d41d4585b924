//! New versions, from a feed that is signed. Off unless whoever packages the app names a feed and its key in
//! `tauri.conf.json` (`plugins.updater`): then it is asked when a person asks.

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_plugin_updater::{Update, UpdaterExt};

/// Whether there is a newer version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub(crate) enum Newer {
    /// This package names no feed: new versions come by the way that the app came.
    NoFeed,
    /// This is the newest.
    None,
    /// There is one.
    Version {
        /// Its number.
        version: String,
        /// What its makers say of it, as plain text.
        notes: String,
    },
}

/// Asks the feed.
pub(crate) async fn newer(app: &AppHandle) -> Result<Newer, tauri_plugin_updater::Error> {
    if !has_feed(&app.config().plugins.0) {
        return Ok(Newer::NoFeed);
    }
    Ok(ask(app).await?.map_or(Newer::None, |update| Newer::Version {
        version: update.version.clone(),
        notes: update.body.clone().unwrap_or_default(),
    }))
}

/// Loads the newer version, checks its signature, and puts it in place; false where there is none. The app is
/// the new one when it is started next.
pub(crate) async fn install(app: &AppHandle) -> Result<bool, tauri_plugin_updater::Error> {
    if !has_feed(&app.config().plugins.0) {
        return Ok(false);
    }
    let Some(update) = ask(app).await? else { return Ok(false) };
    update.download_and_install(|_, _| {}, || {}).await?;
    Ok(true)
}

async fn ask(app: &AppHandle) -> Result<Option<Update>, tauri_plugin_updater::Error> {
    app.updater()?.check().await
}

/// Whether the configuration names a feed and the key that signs it: one without the other is none.
fn has_feed(plugins: &std::collections::HashMap<String, serde_json::Value>) -> bool {
    let Some(updater) = plugins.get("updater") else { return false };
    let named =
        updater.get("endpoints").and_then(|feeds| feeds.as_array()).is_some_and(|feeds| !feeds.is_empty());
    named && updater.get("pubkey").and_then(|key| key.as_str()).is_some_and(|key| !key.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feed_without_a_key_is_none() {
        for (updater, expected) in [
            (serde_json::json!({ "endpoints": ["https://updates.example/feed"], "pubkey": "k" }), true),
            (serde_json::json!({ "endpoints": ["https://updates.example/feed"], "pubkey": " " }), false),
            (serde_json::json!({ "endpoints": [], "pubkey": "k" }), false),
            (serde_json::json!({}), false),
        ] {
            let plugins = [("updater".to_owned(), updater.clone())].into();
            assert_eq!(has_feed(&plugins), expected, "{updater}");
        }
        assert!(!has_feed(&std::collections::HashMap::new()));
    }

    /// As it is shipped, nothing is asked of anybody.
    #[test]
    fn the_apps_own_configuration_names_none() {
        let text = include_str!("../tauri.conf.json");
        let config: serde_json::Value = serde_json::from_str(text).expect("the configuration");
        let plugins = serde_json::from_value(config["plugins"].clone()).expect("plugins");
        assert!(!has_feed(&plugins));
    }
}
