//! A file as it is, and as it was.

use serde::{Deserialize, Serialize};

use crate::id::RepoPath;
use crate::manifest::FieldChange;

/// The text of an object's file, and the version that it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FileText {
    /// The file.
    pub file: RepoPath,
    /// Git's name for its bytes, to base an edit on; none where there is no such file.
    pub blob: Option<String>,
    /// Its text.
    pub text: String,
}

/// What differs between two versions of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct VersionDiff {
    /// By field, in the order of the object.
    pub fields: Vec<FieldChange>,
    /// The older text; none where there was no file.
    pub before: Option<String>,
    /// The newer text; none where there is no file.
    pub after: Option<String>,
}
