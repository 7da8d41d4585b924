//! Webhooks that the app registered, without their secrets.

use rusqlite::{OptionalExtension, Row, params};

use crate::account::Keeping;
use crate::error::Result;
use crate::id::RepositoryId;
use crate::store::Store;

pub(super) const TABLE: &str = "
    CREATE TABLE webhooks (
        repository TEXT PRIMARY KEY REFERENCES repositories (id),
        hook       INTEGER NOT NULL,
        url        TEXT NOT NULL,
        kept       TEXT NOT NULL
    ) STRICT;
";

/// A webhook of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredWebhook {
    pub(crate) repository: RepositoryId,
    /// Its number at the host.
    pub(crate) hook: u64,
    /// Where the host tells of pushes.
    pub(crate) url: String,
    /// Where its secret is kept.
    pub(crate) kept: Keeping,
}

impl StoredWebhook {
    /// The name under which its secret is kept.
    pub(crate) fn secret_name(repository: &RepositoryId) -> String {
        format!("webhook/{repository}")
    }

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let kept: String = row.get("kept")?;
        let hook: i64 = row.get("hook")?;
        Ok(Self {
            repository: RepositoryId::from_stored(row.get("repository")?),
            hook: hook.cast_unsigned(),
            url: row.get("url")?,
            // One of a later version is asked for again.
            kept: serde_json::from_str(&kept).unwrap_or(Keeping::Session),
        })
    }
}

impl Store {
    /// All webhooks.
    pub(crate) fn webhooks(&self) -> Result<Vec<StoredWebhook>> {
        let connection = self.lock();
        let mut statement = connection.prepare("SELECT * FROM webhooks ORDER BY repository")?;
        let found = statement.query_map([], StoredWebhook::read)?.collect::<Result<_, _>>()?;
        Ok(found)
    }

    /// A repository's webhook.
    pub(crate) fn webhook(&self, repository: &RepositoryId) -> Result<Option<StoredWebhook>> {
        let connection = self.lock();
        let mut statement = connection.prepare("SELECT * FROM webhooks WHERE repository = ?1")?;
        Ok(statement.query_row([repository.as_str()], StoredWebhook::read).optional()?)
    }

    /// Remembers a webhook, in place of the repository's former one.
    pub(crate) fn set_webhook(&self, webhook: &StoredWebhook) -> Result<()> {
        let kept = serde_json::to_string(&webhook.kept)
            .map_err(|error| crate::error::Error::Internal { detail: error.to_string() })?;
        self.lock().execute(
            "INSERT INTO webhooks (repository, hook, url, kept) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (repository) DO UPDATE SET hook = excluded.hook, url = excluded.url,
                 kept = excluded.kept",
            params![webhook.repository.as_str(), webhook.hook.cast_signed(), webhook.url, kept],
        )?;
        Ok(())
    }

    /// Forgets a repository's webhook.
    pub(crate) fn remove_webhook(&self, repository: &RepositoryId) -> Result<()> {
        self.lock().execute("DELETE FROM webhooks WHERE repository = ?1", [repository.as_str()])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_has_one_webhook() {
        let store = Store::in_memory();
        let repository =
            store.repository_at(std::path::Path::new("/srv/clone"), false).expect("repository").id;
        let hook = |hook, kept| StoredWebhook {
            repository: repository.clone(),
            hook,
            url: "https://tunnel.example/webhooks".to_owned(),
            kept,
        };
        assert_eq!(store.webhook(&repository).expect("asked"), None);
        store.set_webhook(&hook(7, Keeping::Keychain)).expect("kept");
        store.set_webhook(&hook(u64::MAX, Keeping::File)).expect("kept");
        assert_eq!(store.webhook(&repository).expect("asked"), Some(hook(u64::MAX, Keeping::File)));
        assert_eq!(store.webhooks().expect("all").len(), 1);
        store.remove_webhook(&repository).expect("removed");
        assert_eq!(store.webhooks().expect("all"), vec![]);
    }
}
