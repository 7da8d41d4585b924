//! The listener over the engine: a hint wakes the workers that it is about, a monitor is told how they stand.

use std::sync::{Arc, Weak};

use crate::error::Result;
use crate::id::FabricId;
use crate::listener::{FabricMetrics, Hint, Listener, ListenerSettings, WebhookSecret};
use crate::operation::Trigger;

use super::{Engine, Inner, lock};

impl Engine {
    /// Begins to listen for webhooks that are signed with one of these secrets, or with one that the app made
    /// when it registered a webhook; without any, all are refused. They wake the fabrics that the engine looks after. The listener does not keep the engine alive.
    ///
    /// # Errors
    /// `CannotListen` where the address can't be had.
    pub fn listen(&self, settings: &ListenerSettings, secrets: Vec<WebhookSecret>) -> Result<Listener> {
        let _inside = self.inner.runtime.enter();
        self.inner.recall_webhook_secrets()?;
        let own = Arc::clone(&self.inner.hearing.secrets);
        let (hears, tells): (Weak<Inner>, Weak<Inner>) =
            (Arc::downgrade(&self.inner), Arc::downgrade(&self.inner));
        Listener::start(
            settings,
            Arc::new(move || {
                let own = lock(&own);
                secrets.iter().chain(own.iter().map(|(_, secret)| secret)).cloned().collect()
            }),
            Arc::new(move |hint| {
                if let Some(engine) = hears.upgrade() {
                    engine.heed(&hint);
                }
            }),
            Arc::new(move || {
                let metrics = tells.upgrade()?.metrics();
                metrics.inspect_err(|error| tracing::warn!(%error, "the metrics could not be read")).ok()
            }),
        )
    }
}

impl Inner {
    /// Wakes the fabrics that a hint is about, among those that are looked after.
    fn heed(self: &Arc<Self>, hint: &Hint) {
        for id in self.attended() {
            let url = self.live(&id).state().url();
            let Some(url) = url else { continue };
            match self.store.fabric(&id) {
                Ok(fabric) if hint.is_about(&url, &fabric.branch) => self.wake(&id, Trigger::Webhook),
                Ok(_) => {}
                Err(error) => tracing::debug!(%error, "a hint came to nothing"),
            }
        }
    }

    /// What is measured of the fabrics that are looked after, from what is known now.
    fn metrics(self: &Arc<Self>) -> Result<Vec<FabricMetrics>> {
        let mut metrics = Vec::new();
        for id in self.attended() {
            let fabric = self.store.fabric(&id)?;
            let view = self.view(&fabric)?;
            let alive = lock(&self.workers).get(&fabric.repository).is_none_or(|worker| !worker.is_gone());
            metrics.push(FabricMetrics {
                runs: self.tally.of(&id),
                id,
                name: view.name,
                state: view.status.state,
                ahead: view.ahead,
                behind: view.behind,
                conflicts: view.conflicts,
                inbox_files: u32::try_from(view.inbox.len()).unwrap_or(u32::MAX),
                last_contact: view.last_contact,
                alive,
            });
        }
        Ok(metrics)
    }

    fn attended(&self) -> Vec<FabricId> {
        let mut ids: Vec<FabricId> = lock(&self.live)
            .iter()
            .filter(|(_, live)| live.state().attended)
            .map(|(id, _)| id.clone())
            .collect();
        ids.sort();
        ids
    }
}
