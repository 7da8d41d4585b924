//! What both sides changed and nothing but a person can bring together. A value: worked out from the two
//! sides each time, and stored nowhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::RepoPath;
use crate::manifest::{FieldConflict, FieldPath, Side};

/// A file that both sides changed, each in its own way, left here as it is until somebody decides. What
/// else the remote has is taken over meanwhile, and nothing is pushed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Conflict {
    /// The file.
    pub file: RepoPath,
    /// The object that it holds, as `Kind namespace/name`, where it can be read.
    pub object: Option<String>,
    /// Where our side stands.
    pub ours_is: OurSide,
    /// The fields that both changed; none where only whole versions can be picked, as with a deletion.
    pub fields: Vec<FieldConflict>,
    /// Git's name for the file's bytes before both sides parted; none where it was not there.
    pub base: Option<String>,
    /// Here; none where it was deleted.
    pub ours: Option<String>,
    /// On the remote; none where it was deleted.
    pub theirs: Option<String>,
}

/// Where our side of a conflict stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum OurSide {
    /// In a commit that is not pushed yet.
    Committed,
    /// In the work tree: an edit by hand that could not be committed.
    WorkTree,
}

/// The three versions of a file in conflict, as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ConflictTexts {
    /// The conflict as it is now.
    pub conflict: Conflict,
    /// Before both sides parted.
    pub base: Option<String>,
    /// Here.
    pub ours: Option<String>,
    /// On the remote.
    pub theirs: Option<String>,
}

/// What a person decides about a conflict, with the versions that they saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Resolution {
    /// The file.
    pub file: RepoPath,
    /// Our version, as [`Conflict::ours`] named it.
    pub ours: Option<String>,
    /// The remote's version, as [`Conflict::theirs`] named it.
    pub theirs: Option<String>,
    /// The decision.
    pub pick: Pick,
}

/// A decision about a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "is", rename_all = "camelCase")]
pub enum Pick {
    /// One version, whole.
    Version {
        /// Whose.
        side: Side,
    },
    /// The merge of both; of the fields in conflict, these.
    Fields {
        /// By their paths.
        fields: BTreeMap<FieldPath, Side>,
        /// For fields in conflict that are not named.
        rest: Option<Side>,
    },
    /// This text.
    Text {
        /// All of the file.
        text: String,
    },
}

/// What a fabric does with conflicts by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ConflictPolicy {
    /// Leaves them to a person.
    #[default]
    Ask,
    /// Takes the remote's fields.
    PreferRemote,
    /// Keeps our fields.
    PreferLocal,
}
