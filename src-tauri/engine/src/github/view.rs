//! What the window and the command line show of GitHub.

use serde::{Deserialize, Serialize};

use crate::id::{BranchName, RemoteUrl, Revision, Timestamp};

/// What a person needs to sign in by a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DeviceCodeView {
    /// What to enter.
    pub user_code: String,
    /// Where to enter it.
    pub verification_url: String,
    /// Until when.
    pub expires: Timestamp,
}

/// Whether a token may do a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase", tag = "state")]
pub enum Ability {
    /// It may.
    Yes,
    /// It may not.
    No {
        /// What is missing: a clause.
        reason: String,
    },
    /// GitHub does not say until it is tried.
    Unknown {
        /// What must be there: a clause.
        reason: String,
    },
}

/// What a token may do with a repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Abilities {
    /// See it.
    pub read: Ability,
    /// Push to it.
    pub push: Ability,
    /// Open pull requests.
    pub pull_requests: Ability,
    /// Register webhooks.
    pub webhooks: Ability,
}

/// An account on a GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GitHubAccountView {
    /// The host's name.
    pub host: String,
    /// Who it is.
    pub login: String,
    /// The name that they gave themselves.
    pub name: Option<String>,
    /// The scopes of a token that has any; none for a fine-grained one, whose permissions GitHub does not
    /// list.
    pub scopes: Option<Vec<String>>,
    /// When the token ends, where it does.
    pub expires: Option<Timestamp>,
}

/// A repository that may be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GitHubRepository {
    /// `owner/name`.
    pub full_name: String,
    /// What it is for, as its owner says.
    pub description: Option<String>,
    /// Where to clone it from.
    pub url: RemoteUrl,
    /// Whether only some may see it.
    pub private: bool,
    /// Its main branch; none where GitHub names none that can be used.
    pub default_branch: Option<BranchName>,
    /// When somebody last pushed to it.
    pub pushed: Option<Timestamp>,
}

/// Repositories to choose from, the one pushed to last first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct GitHubRepositories {
    /// The repositories.
    pub repositories: Vec<GitHubRepository>,
    /// Whether the account has more than were looked at.
    pub more: bool,
}

/// What holds for pushes to a branch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BranchRulesView {
    /// The branch.
    pub branch: BranchName,
    /// Whether any rule stands.
    pub protected: bool,
    /// Whether changes must come by a pull request.
    pub pull_request_required: bool,
    /// Checks that must have passed.
    pub required_checks: Vec<String>,
    /// Whether commits must be signed.
    pub signatures_required: bool,
    /// Whether merge commits are refused.
    pub linear_history: bool,
    /// Whether nobody may push, or only some.
    pub locked: bool,
    /// What a direct push will meet.
    pub direct_push: DirectPushView,
    /// All of this in one sentence.
    pub sentence: String,
}

/// What a direct push will meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum DirectPushView {
    /// No rule against it.
    Allowed,
    /// A rule that refuses it.
    Refused,
    /// A rule of which GitHub does not tell this account enough.
    Unknown,
}

/// How a pull request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum PullRequestState {
    /// It waits for review or for checks.
    Open,
    /// Its changes are in the branch.
    Merged,
    /// It was closed without that.
    Closed,
}

/// How the checks of a commit stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum ChecksState {
    /// There are none.
    None,
    /// Some are not done, and none has failed.
    Pending,
    /// All have passed.
    Success,
    /// At least one has failed.
    Failure,
    /// The token may not see them.
    Unknown,
}

/// The checks of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ChecksView {
    /// All of them in one word.
    pub state: ChecksState,
    /// The names of those that passed.
    pub passed: Vec<String>,
    /// The names of those that are not done.
    pub pending: Vec<String>,
    /// The names of those that failed.
    pub failed: Vec<String>,
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PullRequestView {
    /// Its number.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// Its page.
    pub url: String,
    /// How it stands.
    pub state: PullRequestState,
    /// The branch with the changes.
    pub head: String,
    /// The newest commit of that branch.
    pub revision: Option<Revision>,
    /// The branch that they are for.
    pub base: String,
    /// Whether it merges without conflict; unknown while GitHub works it out.
    pub mergeable: Option<bool>,
    /// Its checks, where they were asked for.
    pub checks: Option<ChecksView>,
}

/// What an account may still ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct BudgetView {
    /// The requests of an hour; unknown before the first answer, and where the host does not count.
    pub limit: Option<u32>,
    /// How many are left.
    pub remaining: Option<u32>,
    /// How many were used, by anyone for this account.
    pub used: Option<u32>,
    /// When the hour ends.
    pub reset: Option<Timestamp>,
    /// When the next look for changes is.
    pub next_check: Option<Timestamp>,
    /// Until when nothing is looked for, where GitHub or the budget forbids it.
    pub waits_until: Option<Timestamp>,
    /// Why: a clause.
    pub why: Option<String>,
}
