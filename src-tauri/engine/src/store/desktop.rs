//! What a person prefers for the whole desktop: one JSON value a name.

use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::store::Store;

pub(super) const TABLE: &str = "
    CREATE TABLE desktop (
        name  TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) STRICT;
";

impl Store {
    /// What was chosen under a name; the usual where nobody chose, or a later version wrote what this one
    /// can't read.
    pub(crate) fn chosen<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT value FROM desktop WHERE name = ?1")?;
        let found: Option<String> = statement.query_row([name], |row| row.get(0)).optional()?;
        Ok(found.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// Keeps what was chosen.
    pub(crate) fn choose<T: Serialize>(&self, name: &str, value: &T) -> Result<()> {
        let text =
            serde_json::to_string(value).map_err(|error| Error::Internal { detail: error.to_string() })?;
        self.lock().execute(
            "INSERT INTO desktop (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            params![name, text],
        )?;
        pass(Point::StoreChosen)
    }
}
