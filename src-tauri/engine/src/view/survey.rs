//! What is wrong with what stands.

use serde::{Deserialize, Serialize};

use crate::finding::Finding;
use crate::id::RepoPath;

/// What is wrong with what stands in a fabric's directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FabricFindings {
    /// How many errors there are.
    pub errors: u32,
    /// How many warnings there are.
    pub warnings: u32,
    /// The findings, errors first; at most 2,000 of them.
    pub findings: Vec<Finding>,
}

/// What is not right with a directory's structure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StructureReport {
    /// What would be put right, all in one commit; empty where everything is in its place.
    pub repairs: Vec<StructureRepair>,
}

/// One thing that is not right with a directory's structure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StructureRepair {
    /// What is wrong and what would be done about it.
    pub sentence: String,
    /// The files that would be written or removed.
    pub files: Vec<RepoPath>,
}
