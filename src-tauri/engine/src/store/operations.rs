//! The operation log.

use rusqlite::params;

use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::{FabricId, OperationId};
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
        let (id, fabric) = (operation.id.as_str(), operation.fabric.as_str());
        let mut end = connection.prepare_cached("UPDATE operations SET record = ?2 WHERE id = ?1")?;
        if end.execute(params![id, record])? > 0 {
            return pass(Point::StoreOperation);
        }
        let mut begin = connection.prepare_cached(
            "INSERT INTO operations (id, fabric, started_at, record) VALUES (?1, ?2, ?3, ?4)",
        )?;
        begin.execute(params![id, fabric, operation.started_at.as_millis(), record])?;
        pass(Point::StoreOperation)?;
        let mut clear = connection.prepare_cached(
            "DELETE FROM operations WHERE rowid IN
             (SELECT rowid FROM operations WHERE fabric = ?1 ORDER BY started_at DESC LIMIT -1 OFFSET ?2)",
        )?;
        clear.execute(params![fabric, KEPT])?;
        pass(Point::StoreOperationsCleared)
    }

    /// Strikes out a run that came to nothing.
    pub(crate) fn forget_operation(&self, operation: &OperationId) -> Result<()> {
        self.lock().execute("DELETE FROM operations WHERE id = ?1", [operation.as_str()])?;
        Ok(())
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::id::{BranchName, RepoPath, Timestamp};
    use crate::operation::Outcome;

    fn run(fabric: &FabricId, millis: i64) -> Operation {
        let idle = Operation::idle(fabric, Timestamp::from_millis(millis));
        Operation { outcome: Outcome::Interrupted, ..idle }
    }

    #[test]
    fn the_last_thousand_runs_of_each_fabric_are_kept_and_what_became_of_them() {
        let store = Store::in_memory();
        let repository = store.repository_at(Path::new("/srv/clone"), false).expect("repository");
        let branch = BranchName::parse("main").expect("a name");
        let fabric = |directory: &str| {
            let path = RepoPath::parse(directory).expect("a path");
            let known = store.fabric_at(FabricId::random(), &repository.id, &branch, &path, directory);
            known.expect("a fabric").id
        };
        let (one, other) = (fabric("one"), fabric("other"));
        store.record_operation(&run(&other, 0)).expect("recorded");
        let kept = usize::try_from(KEPT).expect("a few");
        let mut runs: Vec<Operation> = (0..kept + 3).map(|n| run(&one, n as i64)).collect();
        for begun in &runs {
            store.record_operation(begun).expect("recorded");
        }
        for ended in &mut runs {
            ended.outcome = Outcome::Done;
        }
        store.record_operation(&runs[kept + 2]).expect("recorded");
        let log = store.operations(&one, u32::MAX).expect("read");
        assert_eq!(log.len(), kept);
        assert_eq!((&log[0], &log[kept - 1].id), (&runs[kept + 2], &runs[3].id), "the oldest are gone");
        assert_eq!(log[1].outcome, Outcome::Interrupted);
        assert_eq!(store.operations(&other, 10).expect("read").len(), 1, "another fabric's stay");
    }
}
