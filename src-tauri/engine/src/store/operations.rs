//! The operation log.

use rusqlite::params;

use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::FabricId;
use crate::operation::Operation;
use crate::store::Store;

pub(super) const TABLE: &str = "
    CREATE TABLE operations (
        id         TEXT PRIMARY KEY,
        fabric     TEXT NOT NULL REFERENCES fabrics (id),
        started_at INTEGER NOT NULL,
        record     TEXT NOT NULL
    ) STRICT;
    CREATE INDEX operations_by_fabric ON operations (fabric, started_at DESC);
";

/// How many operations of a fabric are kept.
const KEPT: u32 = 1000;

impl Store {
    /// Writes a run down: as interrupted when it begins, and as what came of it when it ends. So a run
    /// that the app did not live to see the end of reads as what it is.
    pub(crate) fn record_operation(&self, operation: &Operation) -> Result<()> {
        let record = serde_json::to_string(operation)
            .map_err(|error| Error::Internal { detail: error.to_string() })?;
        let connection = self.lock();
        connection.execute(
            "INSERT INTO operations (id, fabric, started_at, record) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET record = excluded.record",
            params![
                operation.id.as_str(),
                operation.fabric.as_str(),
                operation.started_at.as_millis(),
                record
            ],
        )?;
        pass(Point::StoreOperation)?;
        connection.execute(
            "DELETE FROM operations WHERE fabric = ?1 AND id NOT IN
             (SELECT id FROM operations WHERE fabric = ?1 ORDER BY started_at DESC LIMIT ?2)",
            params![operation.fabric.as_str(), KEPT],
        )?;
        pass(Point::StoreOperationsCleared)
    }

    /// The last runs of a fabric, newest first. A record that this version can't read is left out.
    pub(crate) fn operations(&self, fabric: &FabricId, limit: u32) -> Result<Vec<Operation>> {
        let connection = self.lock();
        let mut statement = connection.prepare(
            "SELECT record FROM operations WHERE fabric = ?1 ORDER BY started_at DESC, rowid DESC LIMIT ?2",
        )?;
        let records = statement.query_map(params![fabric.as_str(), limit], |row| row.get::<_, String>(0))?;
        let mut operations = Vec::new();
        for record in records {
            match serde_json::from_str(&record?) {
                Ok(operation) => operations.push(operation),
                Err(error) => tracing::warn!(%error, "an entry of the operation log can't be read"),
            }
        }
        Ok(operations)
    }
}
