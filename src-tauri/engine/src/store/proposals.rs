//! Branches of our own with changes that wait for a pull request to be merged: one a repository and branch.

use rusqlite::{OptionalExtension, Row, params};

use crate::error::Result;
use crate::id::{BranchName, FabricId};
use crate::store::Store;

pub(super) const TABLE: &str = "
    CREATE TABLE proposals (
        fabric TEXT PRIMARY KEY REFERENCES fabrics (id),
        head   TEXT NOT NULL,
        base   TEXT NOT NULL,
        number INTEGER,
        title  TEXT NOT NULL,
        url    TEXT NOT NULL
    ) STRICT;
    CREATE TABLE polls (
        fabric   TEXT PRIMARY KEY REFERENCES fabrics (id),
        etag     TEXT NOT NULL,
        revision TEXT NOT NULL
    ) STRICT;
";

const OF_FABRIC: &str = "
    SELECT proposals.* FROM proposals
    JOIN fabrics AS owner ON owner.id = proposals.fabric
    JOIN fabrics AS asked ON asked.repository = owner.repository AND asked.branch = owner.branch
    WHERE asked.id = ?1 ORDER BY owner.id <> ?1 LIMIT 1";

/// A proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredProposal {
    pub(crate) fabric: FabricId,
    /// The branch with the changes.
    pub(crate) head: BranchName,
    /// The branch that they are for.
    pub(crate) base: BranchName,
    /// The pull request's number; none until it is open.
    pub(crate) number: Option<u32>,
    pub(crate) title: String,
    /// The pull request's page.
    pub(crate) url: String,
}

/// What the host last said of a branch, to be asked whether it is still so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StoredPoll {
    /// The answer's ETag, which holds no token.
    pub(crate) etag: String,
    /// The commit that the branch was at.
    pub(crate) revision: String,
}

impl StoredProposal {
    fn read(row: &Row<'_>) -> Result<Self> {
        Ok(Self {
            fabric: FabricId::from_stored(row.get("fabric")?),
            head: BranchName::parse(&row.get::<_, String>("head")?)?,
            base: BranchName::parse(&row.get::<_, String>("base")?)?,
            number: row.get("number")?,
            title: row.get("title")?,
            url: row.get("url")?,
        })
    }
}

impl Store {
    /// The proposal for a fabric's branch: its own, or that of another fabric on the same branch, whose commits
    /// are the same.
    pub(crate) fn proposal(&self, fabric: &FabricId) -> Result<Option<StoredProposal>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(OF_FABRIC)?;
        let mut rows = statement.query([fabric.as_str()])?;
        rows.next()?.map(StoredProposal::read).transpose()
    }

    /// Remembers a proposal, in place of the fabric's former one.
    pub(crate) fn set_proposal(&self, proposal: &StoredProposal) -> Result<()> {
        self.lock().execute(
            "INSERT INTO proposals (fabric, head, base, number, title, url) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (fabric) DO UPDATE SET head = excluded.head, base = excluded.base,
                 number = excluded.number, title = excluded.title, url = excluded.url",
            params![
                proposal.fabric.as_str(),
                proposal.head.as_str(),
                proposal.base.as_str(),
                proposal.number,
                proposal.title,
                proposal.url
            ],
        )?;
        Ok(())
    }

    /// Forgets a fabric's proposal.
    pub(crate) fn remove_proposal(&self, fabric: &FabricId) -> Result<()> {
        self.lock().execute("DELETE FROM proposals WHERE fabric = ?1", [fabric.as_str()])?;
        Ok(())
    }

    /// What the host last said of a fabric's branch.
    pub(crate) fn poll(&self, fabric: &FabricId) -> Result<Option<StoredPoll>> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached("SELECT * FROM polls WHERE fabric = ?1")?;
        let read = |row: &Row<'_>| Ok(StoredPoll { etag: row.get("etag")?, revision: row.get("revision")? });
        Ok(statement.query_row([fabric.as_str()], read).optional()?)
    }

    /// Remembers what the host said of a fabric's branch.
    pub(crate) fn set_poll(&self, fabric: &FabricId, poll: &StoredPoll) -> Result<()> {
        self.lock().execute(
            "INSERT INTO polls (fabric, etag, revision) VALUES (?1, ?2, ?3)
             ON CONFLICT (fabric) DO UPDATE SET etag = excluded.etag, revision = excluded.revision",
            params![fabric.as_str(), poll.etag, poll.revision],
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RepoPath;

    #[test]
    fn a_fabric_has_one_proposal() {
        let store = Store::in_memory();
        let repository = store.repository_at(std::path::Path::new("/srv/clone"), false).expect("repository");
        let branch = |name: &str| BranchName::parse(name).expect("name");
        let fabric = store
            .fabric_at(FabricId::random(), &repository.id, &branch("main"), &RepoPath::root(), "lab")
            .expect("fabric")
            .id;
        assert_eq!(store.proposal(&fabric).expect("asked"), None);
        let mut proposal = StoredProposal {
            fabric: fabric.clone(),
            head: branch("fgd/lab-1"),
            base: branch("main"),
            number: None,
            title: "lab".to_owned(),
            url: String::new(),
        };
        store.set_proposal(&proposal).expect("kept");
        proposal.number = Some(12);
        store.set_proposal(&proposal).expect("kept");
        assert_eq!(store.proposal(&fabric).expect("asked"), Some(proposal));
        store.remove_proposal(&fabric).expect("removed");
        assert_eq!(store.proposal(&fabric).expect("asked"), None);

        let other = FabricId::random();
        assert_eq!(store.proposal(&other).expect("asked"), None);
        let anew = {
            let connection = store.lock();
            let asked = connection.prepare_cached(OF_FABRIC).expect("prepared");
            asked.get_status(rusqlite::StatementStatus::RePrepare)
        };
        assert_eq!(anew, 0, "another fabric is no reason to prepare it again");

        let poll = StoredPoll { etag: "k v".to_owned(), revision: "a".repeat(40) };
        store.set_poll(&fabric, &poll).expect("kept");
        assert_eq!(store.poll(&fabric).expect("asked"), Some(poll));
    }
}
