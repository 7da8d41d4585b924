//! A change of one object as a person wrote it, and the versions that an object had.

use serde::{Deserialize, Serialize};

use crate::id::RepoPath;
use crate::operation::CommitSummary;

/// A change of one object's file, with what it was based on: where that is not there any more, nothing is
/// written ([`Outcome::Stale`](crate::Outcome::Stale)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Edit {
    /// The file, below `managed/`; none for a new object, which is put where its kind goes.
    pub file: Option<RepoPath>,
    /// Git's name for the bytes that the edit began with; none where there was no file.
    pub base: Option<String>,
    /// The new text; none to delete the object.
    pub text: Option<String>,
}

/// One version of an object's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ObjectVersion {
    /// The commit that made it.
    pub commit: CommitSummary,
    /// Git's name for its bytes; none where the commit deleted the file.
    pub blob: Option<String>,
}
