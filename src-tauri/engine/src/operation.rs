//! One run of the engine: what it does, how far it is, and what came of it.

use serde::{Deserialize, Serialize};

use crate::conflict::Conflict;
use crate::error::ErrorReport;
use crate::finding::Finding;
use crate::id::{FabricId, OperationId, Revision, Timestamp};

/// What a run is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum OperationKind {
    /// Clone where needed, make the directory structure, commit it.
    Onboard,
    /// Scan the inbox, write the objects, commit.
    Ingest,
    /// Fetch and integrate.
    Pull,
    /// Push what is committed.
    Push,
    /// The whole flow.
    Sync,
    /// Put the directory's structure right.
    Repair,
    /// Take a file out of the inbox.
    Discard,
    /// Move a file from the inbox to `unmanaged/`, whole.
    MoveToUnmanaged,
    /// Settle conflicts as a person decided.
    Resolve,
    /// Change, add or delete one object as a person wrote it.
    Edit,
    /// Restore what an earlier run changed.
    Undo,
    /// Push to a branch of our own, for a pull request.
    Propose,
}

/// What woke the worker. It never decides what is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Trigger {
    /// A click in the window.
    Click,
    /// A command in a terminal.
    Command,
    /// A change in the fabric's directory.
    FileEvent,
    /// The time of the next check came.
    Timer,
    /// The app started.
    Start,
    /// Another run left something to do.
    FollowUp,
    /// A webhook told of news.
    Webhook,
    /// The window came to the front.
    Focus,
}

/// A part of the one flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Step {
    /// Bring a whole repository over.
    Clone,
    /// Ask the remote for what is new.
    Fetch,
    /// Commit what was changed by hand.
    Edits,
    /// Fast-forward or merge.
    Integrate,
    /// Find the files of the inbox.
    Scan,
    /// Split and parse them.
    Parse,
    /// Check each object.
    Validate,
    /// Write objects into the work tree and archive the sources.
    Write,
    /// Make the one commit.
    Commit,
    /// Send it.
    Push,
    /// Read the remote back.
    Verify,
}

/// Where a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum StepState {
    /// Not begun.
    Waiting,
    /// Under way.
    Running,
    /// Ended well.
    Done,
    /// Not needed this time; the note says why.
    Skipped,
    /// Ended badly, or stopped.
    Failed,
}

/// What a step counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Unit {
    /// Files of the inbox, or of the work tree.
    Files,
    /// YAML documents.
    Documents,
    /// Kubernetes objects.
    Objects,
    /// Objects of Git's store.
    GitObjects,
    /// Commits.
    Commits,
}

/// A step of a run, with its counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StepProgress {
    /// Which step.
    pub step: Step,
    /// Where it stands.
    pub state: StepState,
    /// How much is done.
    pub done: u32,
    /// How much there is, where that is known.
    pub total: Option<u32>,
    /// What is counted, where anything is.
    pub unit: Option<Unit>,
    /// The bytes that came from the remote or went to it so far, where that is measured; 4 GiB and more are told
    /// as one byte less.
    #[serde(default)]
    pub bytes: Option<u32>,
    /// How it ended, in a few words: "46 documents in 1 file", "nothing new".
    pub note: Option<String>,
}

/// A run under way: every step of it, and what it is doing now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    /// The run.
    pub operation: OperationId,
    /// The fabric that it works on.
    pub fabric: FabricId,
    /// What it is for.
    pub kind: OperationKind,
    /// What woke it.
    pub trigger: Trigger,
    /// When it began.
    pub started_at: Timestamp,
    /// Its steps, in the order in which they run.
    pub steps: Vec<StepProgress>,
    /// The file or object in hand.
    pub current: Option<String>,
    /// Whether Cancel was asked for and is being obeyed.
    pub cancelling: bool,
}

/// What became of the documents: each is counted in `total` and in exactly one of the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DocumentCounts {
    /// All documents of the inbox.
    pub total: u32,
    /// New objects.
    pub created: u32,
    /// Objects that were there and are different now.
    pub updated: u32,
    /// Objects that were there, the same.
    pub unchanged: u32,
    /// Objects of another kind, kept in `unmanaged/`.
    pub unmanaged: u32,
    /// Documents left in the inbox, each with a finding.
    pub rejected: u32,
}

/// A commit, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct CommitSummary {
    /// The commit.
    pub revision: Revision,
    /// First line of its message.
    pub subject: String,
    /// Its author's name.
    pub author: String,
    /// When it was made.
    pub time: Timestamp,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "is", rename_all = "camelCase")]
pub enum Outcome {
    /// All of it was done.
    Done,
    /// All was as it should be already: no change, no commit.
    Unchanged,
    /// It was done, and some documents were rejected or some conflicts wait.
    NeedsAttention,
    /// Nothing was done: what was asked for was based on what is not there any more.
    Stale,
    /// The user stopped it.
    Cancelled,
    /// It could not be done.
    Failed {
        /// Why.
        error: ErrorReport,
    },
    /// The app ended while it ran.
    Interrupted,
}

/// A run that has ended, as the operation log keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    /// The run.
    pub id: OperationId,
    /// The fabric that it worked on.
    pub fabric: FabricId,
    /// What it was for.
    pub kind: OperationKind,
    /// What woke it.
    pub trigger: Trigger,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// How it ended.
    pub outcome: Outcome,
    /// What happened, in one sentence.
    pub summary: String,
    /// Its steps, as they ended.
    pub steps: Vec<StepProgress>,
    /// What became of the documents.
    pub documents: DocumentCounts,
    /// Problems and warnings; in the log and in events the first 500 of them, errors first.
    pub findings: Vec<Finding>,
    /// How many there are beyond those that are listed.
    #[serde(default)]
    pub more_findings: u32,
    /// What both sides changed and waits for a person; in the log and in events the first 500.
    pub conflicts: Vec<Conflict>,
    /// Where the branch was before the run, if that moved it.
    pub from: Option<Revision>,
    /// Where it was after it, if that moved it.
    pub to: Option<Revision>,
    /// The commit that it made, if it made one.
    pub commit: Option<CommitSummary>,
    /// Commits that it brought from the remote.
    pub pulled: u32,
    /// Commits that the remote has because of it, read back from there.
    pub pushed: u32,
}

impl Operation {
    /// A sync by the timer that did nothing and took no time.
    #[cfg(test)]
    pub(crate) fn idle(fabric: &FabricId, at: Timestamp) -> Self {
        Self {
            id: OperationId::random(),
            fabric: fabric.clone(),
            kind: OperationKind::Sync,
            trigger: Trigger::Timer,
            started_at: at,
            finished_at: at,
            outcome: Outcome::Unchanged,
            summary: String::new(),
            steps: Vec::new(),
            documents: DocumentCounts::default(),
            findings: Vec::new(),
            more_findings: 0,
            conflicts: Vec::new(),
            from: None,
            to: None,
            commit: None,
            pulled: 0,
            pushed: 0,
        }
    }

    /// How many findings of a run the log keeps and events carry: more than anybody reads there.
    const SHOWN: usize = 500;

    /// The run as the log keeps it: with as many findings as somebody may read.
    pub(crate) fn shortened(&self) -> Self {
        let mut short = self.clone();
        if short.findings.len() > Self::SHOWN {
            short.findings.sort_by_key(|finding| finding.severity);
            short.more_findings += u32::try_from(short.findings.len() - Self::SHOWN).unwrap_or(u32::MAX);
            short.findings.truncate(Self::SHOWN);
        }
        short.conflicts.truncate(Self::SHOWN);
        short
    }
}
