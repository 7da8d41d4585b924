//! Known repositories.

use std::path::PathBuf;

use rusqlite::{OptionalExtension, Row, params};

use crate::error::Result;
use crate::failpoint::{Point, pass};
use crate::id::RepositoryId;
use crate::store::Store;

pub(super) const TABLE: &str = "
    CREATE TABLE repositories (
        id     TEXT PRIMARY KEY,
        path   TEXT NOT NULL UNIQUE,
        cloned INTEGER NOT NULL
    ) STRICT;
";

/// A repository that this desktop has a work tree of. Its remote is read from Git, not from here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredRepository {
    pub(crate) id: RepositoryId,
    /// The root of the work tree.
    pub(crate) path: PathBuf,
    /// Whether the app cloned it itself.
    pub(crate) cloned: bool,
}

impl StoredRepository {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let path: String = row.get("path")?;
        Ok(Self {
            id: RepositoryId::from_stored(row.get("id")?),
            path: PathBuf::from(path),
            cloned: row.get("cloned")?,
        })
    }
}

impl Store {
    /// The repository with that work tree; it becomes known if it is not.
    pub(crate) fn repository_at(&self, path: &std::path::Path, cloned: bool) -> Result<StoredRepository> {
        let connection = self.lock();
        let text = path.to_string_lossy();
        connection.execute(
            "INSERT INTO repositories (id, path, cloned) VALUES (?1, ?2, ?3) ON CONFLICT (path) DO NOTHING",
            params![RepositoryId::random().as_str(), text, cloned],
        )?;
        pass(Point::StoreRepository)?;
        let found = connection.query_row(
            "SELECT * FROM repositories WHERE path = ?1",
            [text],
            StoredRepository::read,
        )?;
        Ok(found)
    }

    /// The repository with that identifier.
    pub(crate) fn repository(&self, id: &RepositoryId) -> Result<Option<StoredRepository>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT * FROM repositories WHERE id = ?1")?;
        Ok(statement.query_row([id.as_str()], StoredRepository::read).optional()?)
    }
}
