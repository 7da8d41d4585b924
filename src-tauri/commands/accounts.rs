//! Accounts, and how this desktop gets to the network.

use fgd_engine::{
    Account, AccountId, AuthorSettings, ConnectionReport, Engine, NetworkSettings, NewAccount, SecretStore,
};
use tauri::State;

use super::CommandResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn accounts(engine: State<'_, Engine>) -> CommandResult<Vec<Account>> {
    Ok(engine.accounts().await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn add_account(engine: State<'_, Engine>, account: NewAccount) -> CommandResult<Account> {
    Ok(engine.add_account(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_account(engine: State<'_, Engine>, account: AccountId) -> CommandResult<()> {
    Ok(engine.remove_account(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn test_connection(
    engine: State<'_, Engine>,
    url: String,
    account: Option<NewAccount>,
) -> CommandResult<ConnectionReport> {
    Ok(engine.test_connection(url, account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn trust_host_key(
    engine: State<'_, Engine>,
    url: String,
    fingerprint: String,
) -> CommandResult<()> {
    Ok(engine.trust_host_key(url, fingerprint).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn secret_store(engine: State<'_, Engine>) -> CommandResult<SecretStore> {
    Ok(engine.secret_store().await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn unlock_secrets(
    engine: State<'_, Engine>,
    passphrase: String,
) -> CommandResult<SecretStore> {
    Ok(engine.unlock_secrets(passphrase).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn network_settings(engine: State<'_, Engine>) -> CommandResult<NetworkSettings> {
    Ok(engine.network_settings().await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_network_settings(
    engine: State<'_, Engine>,
    settings: NetworkSettings,
) -> CommandResult<NetworkSettings> {
    Ok(engine.set_network_settings(settings).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn author_settings(engine: State<'_, Engine>) -> CommandResult<AuthorSettings> {
    Ok(engine.author_settings().await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_author_settings(
    engine: State<'_, Engine>,
    settings: AuthorSettings,
) -> CommandResult<AuthorSettings> {
    Ok(engine.set_author_settings(settings).await?)
}
