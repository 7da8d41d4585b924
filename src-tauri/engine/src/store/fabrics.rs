//! Known fabrics.

use rusqlite::{OptionalExtension, Row, params};

use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::{BranchName, FabricId, RepoPath, RepositoryId, Timestamp};
use crate::store::Store;

pub(super) const TABLE: &str = "
    CREATE TABLE fabrics (
        id           TEXT PRIMARY KEY,
        repository   TEXT NOT NULL REFERENCES repositories (id),
        name         TEXT NOT NULL,
        branch       TEXT NOT NULL,
        directory    TEXT NOT NULL,
        auto_sync    INTEGER NOT NULL,
        listed       INTEGER NOT NULL,
        last_contact INTEGER,
        UNIQUE (repository, branch, directory)
    ) STRICT;
";

/// A fabric that this desktop knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredFabric {
    pub(crate) id: FabricId,
    pub(crate) repository: RepositoryId,
    pub(crate) name: String,
    pub(crate) branch: BranchName,
    pub(crate) directory: RepoPath,
    /// Whether the app syncs it by itself.
    pub(crate) auto_sync: bool,
    /// Whether the window lists it; one that was only ever used from the command line is not listed.
    pub(crate) listed: bool,
    /// When the remote last answered.
    pub(crate) last_contact: Option<Timestamp>,
}

impl StoredFabric {
    fn read(row: &Row<'_>) -> Result<Self> {
        let text = |column: &str| row.get::<_, String>(column);
        Ok(Self {
            id: FabricId::from_stored(text("id")?),
            repository: RepositoryId::from_stored(text("repository")?),
            name: text("name")?,
            branch: BranchName::parse(&text("branch")?)?,
            directory: RepoPath::parse(&text("directory")?)?,
            auto_sync: row.get("auto_sync")?,
            listed: row.get("listed")?,
            last_contact: row.get::<_, Option<i64>>("last_contact")?.map(Timestamp::from_millis),
        })
    }
}

impl Store {
    /// The fabrics that the window lists, by name.
    pub(crate) fn listed_fabrics(&self) -> Result<Vec<StoredFabric>> {
        let connection = self.lock();
        let mut statement =
            connection.prepare("SELECT * FROM fabrics WHERE listed ORDER BY name COLLATE NOCASE, id")?;
        let mut rows = statement.query([])?;
        let mut fabrics = Vec::new();
        while let Some(row) = rows.next()? {
            fabrics.push(StoredFabric::read(row)?);
        }
        Ok(fabrics)
    }

    /// The fabric with that identifier.
    pub(crate) fn fabric(&self, id: &FabricId) -> Result<StoredFabric> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT * FROM fabrics WHERE id = ?1")?;
        let mut rows = statement.query([id.as_str()])?;
        rows.next()?.map(StoredFabric::read).transpose()?.ok_or(Error::FabricUnknown)
    }

    /// The fabric of that repository, branch and directory; it becomes known as `id`, not listed, if it is
    /// not known yet.
    pub(crate) fn fabric_at(
        &self,
        id: FabricId,
        repository: &RepositoryId,
        branch: &BranchName,
        directory: &RepoPath,
        name: &str,
    ) -> Result<StoredFabric> {
        let id = {
            let connection = self.lock();
            connection.execute(
                "INSERT INTO fabrics (id, repository, name, branch, directory, auto_sync, listed)
                 VALUES (?1, ?2, ?3, ?4, ?5, TRUE, FALSE)
                 ON CONFLICT (repository, branch, directory) DO NOTHING",
                params![id.as_str(), repository.as_str(), name, branch.as_str(), directory.as_str()],
            )?;
            pass(Point::StoreFabric)?;
            connection
                .query_row(
                    "SELECT id FROM fabrics WHERE repository = ?1 AND branch = ?2 AND directory = ?3",
                    params![repository.as_str(), branch.as_str(), directory.as_str()],
                    |row| row.get(0),
                )
                .optional()?
                .map(FabricId::from_stored)
                .ok_or(Error::FabricUnknown)?
        };
        self.fabric(&id)
    }

    /// Puts a fabric in the list under that name.
    pub(crate) fn list_fabric(&self, id: &FabricId, name: &str) -> Result<()> {
        self.lock().execute(
            "UPDATE fabrics SET listed = TRUE, name = ?2 WHERE id = ?1",
            params![id.as_str(), name],
        )?;
        pass(Point::StoreListed)
    }

    /// Gives a fabric another name on this desktop.
    pub(crate) fn rename_fabric(&self, id: &FabricId, name: &str) -> Result<()> {
        self.lock().execute("UPDATE fabrics SET name = ?2 WHERE id = ?1", params![id.as_str(), name])?;
        Ok(())
    }

    /// Takes a fabric from the list. What it did stays in the operation log.
    pub(crate) fn unlist_fabric(&self, id: &FabricId) -> Result<()> {
        self.lock().execute("UPDATE fabrics SET listed = FALSE WHERE id = ?1", [id.as_str()])?;
        Ok(())
    }

    /// Says whether the app syncs the fabric by itself.
    pub(crate) fn set_auto_sync(&self, id: &FabricId, on: bool) -> Result<()> {
        self.lock().execute("UPDATE fabrics SET auto_sync = ?2 WHERE id = ?1", params![id.as_str(), on])?;
        Ok(())
    }

    /// Notes that the remote answered.
    pub(crate) fn note_contact(&self, id: &FabricId, at: Timestamp) -> Result<()> {
        let connection = self.lock();
        let mut statement =
            connection.prepare_cached("UPDATE fabrics SET last_contact = ?2 WHERE id = ?1")?;
        statement.execute(params![id.as_str(), at.as_millis()])?;
        pass(Point::StoreContact)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_fabric_is_known_once_and_listed_when_asked() {
        let store = Store::in_memory();
        let repository = store.repository_at(Path::new("/srv/clone"), false).expect("repository");
        assert_eq!(store.repository_at(Path::new("/srv/clone"), false).expect("repository"), repository);

        let (main, lab) = (BranchName::parse("main").expect("name"), RepoPath::parse("lab").expect("path"));
        let fabric = store.fabric_at(FabricId::random(), &repository.id, &main, &lab, "lab").expect("fabric");
        assert_eq!(
            store.fabric_at(FabricId::random(), &repository.id, &main, &lab, "other").expect("fabric"),
            fabric
        );
        assert_eq!(store.listed_fabrics().expect("list"), vec![]);

        store.list_fabric(&fabric.id, "Lab").expect("listed");
        store.set_auto_sync(&fabric.id, false).expect("paused");
        let listed = store.listed_fabrics().expect("list");
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].name.as_str(), listed[0].auto_sync), ("Lab", false));

        store.unlist_fabric(&fabric.id).expect("removed");
        assert_eq!(store.listed_fabrics().expect("list"), vec![]);
        assert!(store.fabric(&fabric.id).is_ok(), "its log stays");
    }
}
