//! Webhooks: registered at the host, and listened for by the app itself where that is wanted.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use crate::account::Keeping;
use crate::error::{Error, ErrorReport, Result};
use crate::github::{GitHub, HookId, HookOutcome, LastDelivery, Repository, Webhook};
use crate::id::{FabricId, RepositoryId};
use crate::listener::{Listener, ListenerSettings, WebhookSecret};
use crate::secrets::Secret;
use crate::settings::LISTENER;
use crate::store::StoredWebhook;
use crate::view::{ListenerView, WebhookView};

use super::{Engine, Inner, lock};

/// What the app hears, and by which secrets it believes it.
#[derive(Default)]
pub(super) struct Hearing {
    /// The secrets of the webhooks that the app registered. Shared with the listener, which must not block.
    pub(super) secrets: Arc<Mutex<Vec<(RepositoryId, WebhookSecret)>>>,
    listener: Mutex<Option<Listener>>,
    error: Mutex<Option<ErrorReport>>,
}

/// What was chosen.
#[derive(Default, Serialize, Deserialize)]
struct Chosen {
    on: bool,
    address: Option<SocketAddr>,
}

impl Engine {
    /// Has the host of a fabric's repository tell `url` of pushes, signed with a new secret that is kept as
    /// `keep` says. Where the app registered one before, it is put right.
    ///
    /// # Errors
    /// `GitHubRefused` where the token may not; `SettingInvalid` for an address that is none, or a repository
    /// whose host has no webhooks that the app knows; those of keeping a secret.
    pub async fn register_webhook(&self, id: FabricId, url: String, keep: Keeping) -> Result<WebhookView> {
        self.blocking(move |engine| engine.register_webhook(&id, &url, keep)).await
    }

    /// Has the host stop telling of pushes; that it had stopped already is fine.
    ///
    /// # Errors
    /// Those of the network. The webhook stays known then.
    pub async fn remove_webhook(&self, id: FabricId) -> Result<()> {
        self.blocking(move |engine| engine.remove_webhook(&id)).await
    }

    /// The webhook of a fabric's repository, and what came of its last delivery.
    pub async fn webhook(&self, id: FabricId) -> Result<Option<WebhookView>> {
        self.blocking(move |engine| engine.webhook(&id)).await
    }

    /// Whether a webhook that the app registered would be believed now.
    pub fn has_webhook_secrets(&self) -> bool {
        !lock(&self.inner.hearing.secrets).is_empty()
    }

    /// Whether the app listens for webhooks.
    pub async fn listener(&self) -> Result<ListenerView> {
        self.blocking(|engine| engine.listener_view()).await
    }

    /// Says whether the app is to listen, and where: `127.0.0.1:9443` where nothing is said. That the address
    /// can't be had is in what is given back.
    ///
    /// # Errors
    /// `SettingInvalid` for what is no address.
    pub async fn set_listener(&self, on: bool, address: Option<String>) -> Result<ListenerView> {
        let engine = self.clone();
        self.blocking(move |inner| {
            let address = address.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            let parsed: Option<SocketAddr> = match address {
                Some(text) => Some(text.parse().map_err(|_| Error::SettingInvalid {
                    detail: "an address is written as in 127.0.0.1:9443".to_owned(),
                })?),
                None => None,
            };
            inner.store.choose(LISTENER, &Chosen { on, address: parsed })?;
            engine.listen_as_chosen()?;
            inner.listener_view()
        })
        .await
    }

    /// Listens, or stops listening, as was chosen.
    pub(super) fn listen_as_chosen(&self) -> Result<()> {
        let chosen: Chosen = self.inner.store.chosen(LISTENER)?;
        // The old one first: it may have the address.
        *lock(&self.inner.hearing.listener) = None;
        *lock(&self.inner.hearing.error) = None;
        if !chosen.on {
            return Ok(());
        }
        let address = chosen.address.unwrap_or(ListenerSettings::ADDRESS);
        let settings = ListenerSettings { address, ..ListenerSettings::default() };
        // The old listener's socket closes when its task ends, a moment after it was dropped.
        let mut listening = self.listen(&settings, Vec::new());
        for _ in 0..20 {
            if listening.is_ok() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(25));
            listening = self.listen(&settings, Vec::new());
        }
        match listening {
            Ok(listener) => *lock(&self.inner.hearing.listener) = Some(listener),
            Err(error) => *lock(&self.inner.hearing.error) = Some(error.report()),
        }
        Ok(())
    }
}

impl Inner {
    fn hosted(&self, id: &FabricId) -> Result<(RepositoryId, GitHub, Repository)> {
        let fabric = self.store.fabric(id)?;
        let repo = self.open_repo(&fabric)?;
        let remote = repo.remote(&fabric.branch)?.ok_or(Error::NoRemote)?;
        let none = || Error::SettingInvalid {
            detail: "the repository is on no GitHub that an account with a token is kept for".to_owned(),
        };
        let (github, repository) = self.github_for(&remote.url)?.ok_or_else(none)?;
        Ok((fabric.repository, github, repository))
    }

    fn register_webhook(&self, id: &FabricId, url: &str, keep: Keeping) -> Result<WebhookView> {
        let (repository, github, hosted) = self.hosted(id)?;
        // Two of them: 244 bits that nobody can guess.
        let secret = format!("{}{}", uuid::Uuid::new_v4().simple(), uuid::Uuid::new_v4().simple());
        let invalid =
            || Error::SettingInvalid { detail: "the webhook's address is no web address".to_owned() };
        let wanted = Webhook::new(url, &secret).ok_or_else(invalid)?;
        let name = StoredWebhook::secret_name(&repository);
        // Before the host knows it: a delivery may come at once.
        self.secrets.put(&name, keep, Secret::new(secret.clone()))?;
        let outcome = self.runtime.block_on(github.register_webhook(&hosted, &wanted));
        let hook = match outcome {
            Ok(HookOutcome::Registered(hook) | HookOutcome::Refreshed(hook)) => hook,
            refused => {
                self.secrets.forget(&name, keep)?;
                return Err(match refused {
                    Ok(HookOutcome::NotAllowed { reason } | HookOutcome::NotTaken { reason }) => {
                        Error::GitHubRefused { what: "to register the webhook".to_owned(), reason }
                    }
                    Err(error) => error,
                    Ok(_) => Error::Internal { detail: "a webhook that is there was refused".to_owned() },
                });
            }
        };
        let stored = StoredWebhook {
            repository: repository.clone(),
            hook: hook.get(),
            url: url.trim().to_owned(),
            kept: keep,
        };
        self.store.set_webhook(&stored)?;
        self.believe(repository, &secret);
        self.runtime.block_on(github.ping_webhook(&hosted, hook))?;
        Ok(WebhookView { url: stored.url, delivered: None, problem: None })
    }

    fn remove_webhook(&self, id: &FabricId) -> Result<()> {
        let fabric = self.store.fabric(id)?;
        let Some(webhook) = self.store.webhook(&fabric.repository)? else { return Ok(()) };
        let (_, github, hosted) = self.hosted(id)?;
        self.runtime.block_on(github.remove_webhook(&hosted, HookId::from_stored(webhook.hook)))?;
        self.store.remove_webhook(&fabric.repository)?;
        lock(&self.hearing.secrets).retain(|(of, _)| *of != fabric.repository);
        self.secrets.forget(&StoredWebhook::secret_name(&fabric.repository), webhook.kept)
    }

    fn webhook(&self, id: &FabricId) -> Result<Option<WebhookView>> {
        let fabric = self.store.fabric(id)?;
        let Some(webhook) = self.store.webhook(&fabric.repository)? else { return Ok(None) };
        let asked = self.hosted(id).and_then(|(_, github, hosted)| {
            self.runtime.block_on(github.last_delivery(&hosted, HookId::from_stored(webhook.hook)))
        });
        let (delivered, problem) = match asked {
            Ok(LastDelivery::None) => (None, None),
            Ok(LastDelivery::Delivered) => (Some(true), None),
            Ok(LastDelivery::Failed { reason }) => (Some(false), Some(reason)),
            Ok(LastDelivery::Missing) => (None, Some("It is gone, or the token may not see it.".to_owned())),
            Err(error) => (None, Some(error.report().message)),
        };
        Ok(Some(WebhookView { url: webhook.url, delivered, problem }))
    }

    /// Takes the secrets of all registered webhooks from where they are kept.
    pub(super) fn recall_webhook_secrets(&self) -> Result<()> {
        for webhook in self.store.webhooks()? {
            match self.secrets.get(&StoredWebhook::secret_name(&webhook.repository), webhook.kept) {
                Ok(Some(secret)) => self.believe(webhook.repository, secret.expose()),
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, "a webhook's secret can't be had: its deliveries are refused")
                }
            }
        }
        Ok(())
    }

    fn believe(&self, repository: RepositoryId, secret: &str) {
        let mut secrets = lock(&self.hearing.secrets);
        secrets.retain(|(of, _)| *of != repository);
        secrets.extend(WebhookSecret::new(secret).map(|secret| (repository, secret)));
    }

    fn listener_view(&self) -> Result<ListenerView> {
        let chosen: Chosen = self.store.chosen(LISTENER)?;
        Ok(ListenerView {
            on: chosen.on,
            address: chosen.address.unwrap_or(ListenerSettings::ADDRESS).to_string(),
            listening: lock(&self.hearing.listener).as_ref().map(|listener| listener.address().to_string()),
            error: lock(&self.hearing.error).clone(),
        })
    }
}
