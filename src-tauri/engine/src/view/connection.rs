//! What a remote is like.

use serde::{Deserialize, Serialize};

use crate::error::ErrorReport;
use crate::id::{AccountId, BranchName, RemoteUrl};

/// What a remote is like, found by really connecting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ConnectionReport {
    /// The remote.
    pub url: RemoteUrl,
    /// The account that was used; none where Git's own ways were.
    pub account: Option<AccountId>,
    /// Why it can't be read, where it can't.
    pub error: Option<ErrorReport>,
    /// Whether it may be pushed to; none where only a push tells.
    pub may_push: Option<bool>,
    /// Its main branch.
    pub default_branch: Option<BranchName>,
    /// All of its branches.
    pub branches: Vec<BranchName>,
    /// What holds for pushes to the main branch, in a sentence; none where the host does not tell.
    pub protection: Option<String>,
    /// What the account lacks, each a clause.
    pub lacks: Vec<String>,
    /// What else the user should know.
    pub notes: Vec<String>,
}
