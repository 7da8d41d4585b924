//! A fabric and the repository that it is in.

use serde::{Deserialize, Serialize};

use super::inbox::InboxFile;
use super::status::Status;
use crate::error::ErrorReport;
use crate::github::view::PullRequestView;
use crate::id::{BranchName, FabricId, RemoteUrl, RepoPath, RepositoryId, Timestamp};
use crate::operation::{CommitSummary, Operation, Progress};

/// All that the dashboard shows of a fabric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FabricView {
    /// The fabric.
    pub id: FabricId,
    /// Its name.
    pub name: String,
    /// The repository that it is in.
    pub repository: RepositoryView,
    /// Its branch.
    pub branch: BranchName,
    /// Its directory in the repository; empty for the root.
    pub directory: RepoPath,
    /// The same directory on this machine.
    pub path: String,
    /// How it stands.
    pub status: Status,
    /// Commits here that the remote lacks; none where it is not known.
    pub ahead: Option<u32>,
    /// Commits there that are not here, as of the last contact; none where it is not known.
    pub behind: Option<u32>,
    /// Files under `managed/` that were changed by hand and are not committed.
    pub local_edits: u32,
    /// What both sides changed and waits for a person.
    pub conflicts: u32,
    /// Objects by kind, in the order of the kinds table; kinds without objects are left out.
    pub kinds: Vec<KindCount>,
    /// How many errors what stands in `managed/` has; none until it was looked at.
    pub errors: Option<u32>,
    /// How many warnings it has; none until it was looked at.
    pub warnings: Option<u32>,
    /// Files that wait in the inbox.
    pub inbox: Vec<InboxFile>,
    /// The newest commit of the branch here.
    pub head: Option<CommitSummary>,
    /// Whether the app syncs it by itself.
    pub auto_sync: bool,
    /// When the remote last answered.
    pub last_contact: Option<Timestamp>,
    /// When the remote will be asked next.
    pub next_check: Option<Timestamp>,
    /// The run under way.
    pub running: Option<Progress>,
    /// Why the last run could not be done, until one can.
    pub error: Option<ErrorReport>,
    /// The pull request that pushes go to while the branch takes none.
    pub proposal: Option<PullRequestView>,
}

/// A repository as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RepositoryView {
    /// The repository.
    pub id: RepositoryId,
    /// Its name: the last part of its URL or of its path.
    pub name: String,
    /// The remote, where there is one.
    pub url: Option<RemoteUrl>,
    /// The work tree on this machine.
    pub path: String,
    /// Whether the app cloned it into its own data directory.
    pub cloned: bool,
}

/// How many objects of a kind a fabric has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KindCount {
    /// The kind, `Switch`.
    pub kind: String,
    /// The kind's directory under `managed/`, `switches`.
    pub directory: String,
    /// How many.
    pub count: u32,
}

/// What came of a run over one fabric of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FabricRun {
    /// The fabric.
    pub fabric: FabricId,
    /// The run, if it was begun.
    pub operation: Option<Operation>,
    /// Why it was not begun.
    pub error: Option<ErrorReport>,
}
