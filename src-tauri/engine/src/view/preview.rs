//! What a sync would do with what waits.

use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::id::RepoPath;
use crate::operation::DocumentCounts;

/// What a sync would do with what waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// What would become of the documents.
    pub documents: DocumentCounts,
    /// The files, in order.
    pub files: Vec<PreviewFile>,
    /// All that would be wrong because of them, in these files and in others.
    pub findings: Vec<Finding>,
}

/// A file of the inbox and what a sync would do with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PreviewFile {
    /// Its path in the repository.
    pub file: RepoPath,
    /// Where it would go; none while it waits, or where sources are deleted.
    pub archived_to: Option<RepoPath>,
    /// Its documents, in order.
    pub documents: Vec<PreviewDocument>,
}

/// A document of the inbox and what a sync would do with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PreviewDocument {
    /// Its place in the file, from 0.
    pub index: u32,
    /// Its first line in the file, from 1.
    pub line: u32,
    /// The object's kind, where it is one.
    pub kind: Option<String>,
    /// The object's name, where it is one.
    pub name: Option<String>,
    /// What would become of it.
    pub fate: Fate,
    /// The file that would hold it.
    pub path: Option<RepoPath>,
    /// That file, line by line, as it would change; empty where it is new.
    pub diff: Vec<DiffLine>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// What becomes of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Fate {
    /// A new object.
    Created,
    /// An object that is different then.
    Updated,
    /// An object that is there already, the same.
    Unchanged,
    /// No Hedgehog object: kept in `unmanaged/`.
    Unmanaged,
    /// Left in the inbox.
    Rejected,
}

/// A line of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DiffLine {
    /// What becomes of it.
    pub is: LineChange,
    /// Its text, without its end.
    pub text: String,
}

/// How a line of a text comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum LineChange {
    /// It stays.
    Same,
    /// It is new.
    Added,
    /// It goes.
    Removed,
}
