//! What a fabric is added from, and what is found there.

use serde::{Deserialize, Serialize};

use super::secrets::SignIn;
use crate::id::{BranchName, RemoteUrl, RepoPath};

/// A fabric to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AddFabric {
    /// Where its repository comes from.
    pub source: Source,
    /// The fabric's name.
    pub name: String,
    /// Its branch.
    pub branch: String,
    /// Its directory in the repository; empty for the root.
    pub directory: String,
}

/// Where a repository is to come from.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "from", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Source {
    /// A folder in an existing clone.
    Folder {
        /// The clone, or any folder in it.
        path: String,
    },
    /// A URL, to be cloned.
    Url {
        /// The URL; credentials in it are taken out and treated as a sign-in.
        url: String,
        /// How to sign in, where that is needed.
        sign_in: Option<SignIn>,
    },
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Folder { path } => f.debug_struct("Folder").field("path", path).finish(),
            Self::Url { url, sign_in } => f
                .debug_struct("Url")
                .field("url", &crate::git::without_credentials(url))
                .field("sign_in", sign_in)
                .finish(),
        }
    }
}

/// What is at a source, found by really looking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SourceReport {
    /// The root of the work tree, for a folder.
    pub work_tree: Option<String>,
    /// The remote, where there is one.
    pub url: Option<RemoteUrl>,
    /// The repository's branches; empty for an empty repository.
    pub branches: Vec<BranchName>,
    /// The branch to propose: the one checked out, or the remote's default.
    pub branch: BranchName,
    /// The directory to propose: the chosen folder, or one that is set up already.
    pub directory: RepoPath,
    /// Directories that are set up as fabrics already; known for folders only.
    pub fabrics: Vec<RepoPath>,
    /// The name to propose.
    pub name: String,
    /// What the user should know before going on.
    pub notes: Vec<String>,
}
