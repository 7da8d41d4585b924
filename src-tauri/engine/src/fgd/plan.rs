//! The pure answer to "what must change in this directory": every document of the inbox has exactly one
//! outcome, and what follows from the outcomes for the disk is all there is to apply.
//!
//! In three steps: what each document is by itself ([`decide`]), what is wrong with the fabric as it would be
//! then ([`judge`]), and what that means for files ([`settle`]).

mod decide;
mod judge;
mod settle;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::change::{ContentHash, FileChange};
use crate::error::Result;
use crate::fgd::archive_log::ArchiveLog;
use crate::fgd::fabric_file::FabricFile;
use crate::fgd::inbox::Inbox;
use crate::fgd::layout::Layout;
use crate::fgd::managed::ManagedIndex;
use crate::finding::Finding;
use crate::id::RepoPath;
use crate::operation::DocumentCounts;
use crate::schema::ResourceId;
use decide::decide;
use judge::judge;

/// What becomes of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A new object, written to `path`.
    Created { id: ResourceId, path: RepoPath },
    /// An object that is different now.
    Updated { id: ResourceId, path: RepoPath },
    /// An object that is there already, the same; or the same document once more.
    Unchanged { id: ResourceId },
    /// No Hedgehog object: kept byte for byte.
    Unmanaged { id: ResourceId, path: RepoPath },
    /// Left in the inbox.
    Rejected(Box<Finding>),
}

/// A document and what becomes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planned {
    /// Its file, as a place in [`Plan::files`].
    pub(crate) file: u32,
    /// Its place in the file.
    pub(crate) index: u32,
    /// Its first line in the file.
    pub(crate) line: u32,
    /// What becomes of it.
    pub(crate) outcome: Outcome,
}

/// What must change, and why.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The files of the inbox, in order.
    pub(crate) files: Vec<RepoPath>,
    /// Each document's outcome, in the order of files and documents.
    pub(crate) documents: Vec<Planned>,
    /// Problems and warnings about the documents, and about what stands and would be wrong because of them.
    pub(crate) findings: Vec<Finding>,
    /// What would be wrong with what stands all the same.
    pub(crate) standing: Vec<Finding>,
    /// What to write and remove; in no file twice.
    pub(crate) changes: Vec<FileChange>,
    /// Inbox files that stay there, since a document of theirs was rejected.
    pub(crate) waiting: BTreeSet<RepoPath>,
    /// Sources that were archived, each with where it goes; nowhere by the strategy `none`.
    pub(crate) archived: BTreeMap<RepoPath, Option<RepoPath>>,
}

/// What a plan is made from.
pub(crate) struct Given<'a> {
    /// Where things are.
    pub(crate) layout: &'a Layout,
    /// The fabric's name and policies.
    pub(crate) fabric: &'a FabricFile,
    /// Files whose text is in no commit: somebody is at work on them.
    pub(crate) edited: &'a HashSet<RepoPath>,
    /// What was ingested before.
    pub(crate) log: &'a ArchiveLog,
    /// The log file's bytes on disk, if there is one.
    pub(crate) log_on_disk: Option<ContentHash>,
    /// What stands at an archive path on disk, for those that are taken.
    pub(crate) archive_taken: &'a dyn Fn(&RepoPath) -> Option<ContentHash>,
}

impl Plan {
    /// Plans the ingestion of an inbox. The same input gives the same plan on every machine.
    ///
    /// `managed` is what stands; its fabric is tried out as it would be, and is afterwards what it was.
    pub(crate) fn new(given: &Given<'_>, inbox: Inbox, managed: &mut ManagedIndex) -> Result<Self> {
        let mut verdicts = decide(given, &inbox, managed);
        let judged = judge(given, &inbox, managed, &mut verdicts);
        settle::settle(given, inbox, managed, verdicts, judged)
    }

    /// How many documents had which outcome.
    pub(crate) fn counts(&self) -> DocumentCounts {
        let mut counts = DocumentCounts::default();
        for planned in &self.documents {
            counts.total += 1;
            *match planned.outcome {
                Outcome::Created { .. } => &mut counts.created,
                Outcome::Updated { .. } => &mut counts.updated,
                Outcome::Unchanged { .. } => &mut counts.unchanged,
                Outcome::Unmanaged { .. } => &mut counts.unmanaged,
                Outcome::Rejected(_) => &mut counts.rejected,
            } += 1;
        }
        counts
    }

    /// Whether there is nothing to write: then there is nothing to commit.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

#[cfg(test)]
mod tests;
