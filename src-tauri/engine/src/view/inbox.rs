//! What waits in the inbox, and what became of what was brought there.

use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::id::RepoPath;

/// A file that waits in the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct InboxFile {
    /// Its path in the repository.
    pub file: RepoPath,
    /// Its size in bytes.
    pub bytes: u32,
    /// How many errors the last run found in it.
    pub errors: u32,
    /// How many warnings.
    pub warnings: u32,
    /// In the order of the file; of more than 200 the first, errors first. Empty for a file that no run has
    /// met.
    pub findings: Vec<Finding>,
}

/// The text of a file that waits in the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct InboxText {
    /// Its beginning, at most 256 KiB.
    pub text: String,
    /// Whether there is more.
    pub truncated: bool,
    /// How many lines the whole file has.
    pub total_lines: u32,
}

/// What became of files that were brought to the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Delivered {
    /// The files that wait in the inbox now.
    pub taken: Vec<RepoPath>,
    /// What was not taken.
    pub refused: Vec<RefusedFile>,
}

/// A file that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RefusedFile {
    /// Its name.
    pub name: String,
    /// Why, in a sentence.
    pub why: String,
}
