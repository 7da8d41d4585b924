//! What this desktop knows besides Git: which fabrics it looks after, and what it did. Losing it loses
//! settings and history views, never a resource.

mod accounts;
mod desktop;
mod fabrics;
mod operations;
mod proposals;
mod repositories;
mod settings;
mod webhooks;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};

pub(crate) use fabrics::StoredFabric;
pub(crate) use proposals::{StoredPoll, StoredProposal};
pub(crate) use repositories::StoredRepository;
pub(crate) use webhooks::StoredWebhook;

/// The app's database.
pub(crate) struct Store {
    connection: Mutex<Connection>,
}

/// Each migration runs once, in order; `user_version` says how many have run.
const MIGRATIONS: [&str; 8] = [
    repositories::TABLE,
    fabrics::TABLE,
    operations::TABLE,
    settings::TABLE,
    accounts::TABLE,
    desktop::TABLE,
    webhooks::TABLE,
    proposals::TABLE,
];

/// How many statements stay prepared: more than there are.
const STATEMENTS: usize = 64;

impl Store {
    /// Opens the database in the app's data directory, and makes it if it is not there.
    pub(crate) fn open(home: &Path) -> Result<Self> {
        std::fs::create_dir_all(home).map_err(Error::io(home))?;
        Self::prepare(Connection::open(home.join("fgd-sync.sqlite"))?)
    }

    #[cfg(test)]
    pub(crate) fn in_memory() -> Self {
        Connection::open_in_memory().map_err(Error::from).and_then(Self::prepare).expect("database")
    }

    fn prepare(mut connection: Connection) -> Result<Self> {
        // The window and `fgd` may use it at once.
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.pragma_update(None, "journal_mode", "wal")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        // Else a statement is prepared anew for each value that its plan was made with: there, most of a question's time.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let done: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
        for migration in MIGRATIONS.iter().skip(done as usize) {
            transaction.execute_batch(migration)?;
        }
        transaction.pragma_update(None, "user_version", done.max(MIGRATIONS.len() as u32))?;
        pass(Point::StoreMade)?;
        transaction.commit()?;
        pass(Point::StoreCommitted)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic in another thread leaves SQLite's own state whole.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
