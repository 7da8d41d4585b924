//! How a fabric stands, in a word and a sentence.

use serde::{Deserialize, Serialize};

/// The one word for how a fabric stands. Derived from facts, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum StatusState {
    /// Not looked at yet.
    Unknown,
    /// The directory has no structure yet.
    NotInitialised,
    /// A run is under way.
    Working,
    /// Both sides are the same and the inbox is empty.
    InSync,
    /// The inbox or the work tree holds something that is not committed yet.
    LocalChanges,
    /// Commits here that the remote lacks.
    Ahead,
    /// Commits there that are not here.
    Behind,
    /// Both.
    Diverged,
    /// Both sides changed the same file.
    Conflicted,
    /// Documents were rejected and wait in the inbox.
    NeedsAttention,
    /// The remote wants a sign-in, or refused it.
    NeedsSignIn,
    /// The remote refuses the push by a rule.
    RefusedByRule,
    /// The remote can't be reached.
    Offline,
    /// Nothing is done until the user resumes.
    Paused,
    /// The last run could not be done.
    Failed,
}

impl StatusState {
    /// Whether nothing goes on until a person does something.
    pub fn needs_person(self) -> bool {
        matches!(
            self,
            Self::NotInitialised
                | Self::NeedsAttention
                | Self::NeedsSignIn
                | Self::Conflicted
                | Self::RefusedByRule
                | Self::Failed
        )
    }
}

/// How a fabric stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The one word.
    pub state: StatusState,
    /// The one sentence.
    pub sentence: String,
    /// What to do, where something is to be done.
    pub hint: Option<String>,
}
