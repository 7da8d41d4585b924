//! What a screen shows of a fabric's changes.

use serde::{Deserialize, Serialize};

use crate::id::{OperationId, RepoPath};
use crate::manifest::FieldChange;
use crate::operation::CommitSummary;

/// What changed in a fabric, and what is about to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ChangesView {
    /// Commits of the remote that are not here, as of the last contact; newest first, at most 500.
    pub incoming: Vec<CommitView>,
    /// Commits here that the remote lacks; newest first, at most 500.
    pub outgoing: Vec<CommitView>,
    /// The commits here that touch the fabric's directory, newest first.
    pub history: Vec<CommitView>,
    /// Whether the history goes on.
    pub more: bool,
    /// What was changed by hand and is in no commit. The name of what stands on disk now (`after`) is that of no
    /// version that is kept: its text is the file's.
    pub edits: Vec<ObjectChange>,
    /// What the address of a commit's page at GitHub begins with; none where the remote is elsewhere.
    pub page: Option<String>,
}

/// A commit, in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CommitView {
    /// The commit.
    pub commit: CommitSummary,
    /// Who made it.
    pub author: String,
    /// The run that made it, if one of ours did.
    pub operation: Option<OperationId>,
    /// How many files of objects it added.
    pub created: u32,
    /// How many it changed.
    pub updated: u32,
    /// How many it deleted.
    pub deleted: u32,
    /// Whether it joins two histories. It is compared with the one that was here.
    pub is_merge: bool,
    /// Whether the run that made it can be undone, as far as can be told without trying.
    pub can_undo: bool,
}

/// What a commit changed in a fabric's directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CommitChanges {
    /// The objects, in the order of their files. Of very many, what the first 500 are is told; of the others
    /// only the file and its versions.
    pub objects: Vec<ObjectChange>,
    /// Files that hold no objects: the inbox, archives, the directory's own.
    pub other: Vec<RepoPath>,
}

/// What becomes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is different.
    Changed,
    /// It goes.
    Removed,
}

/// An object that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ObjectChange {
    /// `Switch/leaf-01`; none where the file can't be read as an object, or was not looked into.
    pub id: Option<String>,
    /// Its kind, where it is known.
    pub kind: Option<String>,
    /// Its name, where it is known.
    pub name: Option<String>,
    /// Its file.
    pub file: RepoPath,
    /// What becomes of it.
    pub change: ChangeKind,
    /// Git's name for the older version.
    pub before: Option<String>,
    /// Git's name for the newer version.
    pub after: Option<String>,
    /// What differs, by field.
    pub fields: Vec<FieldChange>,
}
