//! What is asked of a GitHub: a sign-in, a repository, a pull request.

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::github::view::{DeviceCodeView, PullRequestView};
use crate::operation::Operation;

/// How a sign-in by a code that is entered in a browser began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum GitHubSignInStart {
    /// This build of the app is not known to GitHub: use a token.
    NotSetUp,
    /// The host does not offer it: use a token.
    NotOffered {
        /// The host's words.
        reason: String,
    },
    /// A code to enter.
    Code {
        /// Where, and until when.
        code: DeviceCodeView,
    },
}

/// How such a sign-in ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "is", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum GitHubSignInEnd {
    /// The account is kept.
    SignedIn {
        /// The account.
        account: Account,
        /// Who it is.
        login: String,
    },
    /// Nobody entered the code in time.
    Expired,
    /// It was refused in the browser.
    Denied,
    /// The host does not go on with it.
    Refused {
        /// The host's words.
        reason: String,
    },
}

/// A repository to be made on a GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct NewGitHubRepository {
    /// The organisation that is to own it; none for the account itself.
    #[serde(default)]
    pub organisation: Option<String>,
    /// Its name.
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Whether everybody may see it.
    #[serde(default)]
    pub public: bool,
}

/// What came of the wish for a pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ProposeEnd {
    /// The run that pushed the changes.
    pub operation: Operation,
    /// The pull request; none where the run did not get that far, or there was nothing to propose.
    pub pull_request: Option<PullRequestView>,
}
