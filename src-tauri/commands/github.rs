//! GitHub: signing in, choosing and making repositories, webhooks.

use fgd_engine::{
    AccountId, Engine, FabricId, GitHubAccountView, GitHubRepositories, GitHubRepository, GitHubSignInEnd,
    GitHubSignInStart, Keeping, ListenerView, NewGitHubRepository, WebhookView,
};
use tauri::State;

use super::CommandResult;

#[tauri::command]
#[specta::specta]
pub(crate) async fn begin_github_sign_in(
    engine: State<'_, Engine>,
    host: Option<String>,
) -> CommandResult<GitHubSignInStart> {
    Ok(engine.begin_github_sign_in(host).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn finish_github_sign_in(
    engine: State<'_, Engine>,
    keep: Keeping,
) -> CommandResult<GitHubSignInEnd> {
    Ok(engine.finish_github_sign_in(keep).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel_github_sign_in(engine: State<'_, Engine>) -> CommandResult<()> {
    engine.cancel_github_sign_in();
    Ok(())
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn github_account(
    engine: State<'_, Engine>,
    account: AccountId,
) -> CommandResult<GitHubAccountView> {
    Ok(engine.github_account(account).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn github_repositories(
    engine: State<'_, Engine>,
    account: AccountId,
    filter: String,
) -> CommandResult<GitHubRepositories> {
    Ok(engine.github_repositories(account, filter).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn create_github_repository(
    engine: State<'_, Engine>,
    account: AccountId,
    repository: NewGitHubRepository,
) -> CommandResult<GitHubRepository> {
    Ok(engine.create_github_repository(account, repository).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn webhook(
    engine: State<'_, Engine>,
    fabric: FabricId,
) -> CommandResult<Option<WebhookView>> {
    Ok(engine.webhook(fabric).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn register_webhook(
    engine: State<'_, Engine>,
    fabric: FabricId,
    url: String,
    keep: Keeping,
) -> CommandResult<WebhookView> {
    Ok(engine.register_webhook(fabric, url, keep).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn remove_webhook(engine: State<'_, Engine>, fabric: FabricId) -> CommandResult<()> {
    Ok(engine.remove_webhook(fabric).await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn listener(engine: State<'_, Engine>) -> CommandResult<ListenerView> {
    Ok(engine.listener().await?)
}

#[tauri::command]
#[specta::specta]
pub(crate) async fn set_listener(
    engine: State<'_, Engine>,
    on: bool,
    address: Option<String>,
) -> CommandResult<ListenerView> {
    Ok(engine.set_listener(on, address).await?)
}
