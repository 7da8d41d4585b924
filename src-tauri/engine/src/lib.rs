//! All that FGD Sync knows: ingestion, planning, merging, the sync flow. No window, no terminal.
//!
//! [`Engine`] is the whole public interface: the window and the command line both drive it, and it speaks
//! back through one function, [`Emit`].

mod account;
mod change;
mod conflict;
mod edit;
mod engine;
mod error;
mod event;
mod fgd;
mod finding;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod git;
mod github;
mod id;
mod listener;
mod manifest;
#[cfg(feature = "measure")]
pub mod measure;
mod operation;
mod schema;
mod secrets;
mod settings;
mod store;
mod sync;
mod view;

pub use account::{Account, Keeping, Method, NewAccount, Place};
pub use conflict::{Conflict, ConflictPolicy, ConflictTexts, OurSide, Pick, Resolution};
pub use edit::{Edit, ObjectVersion};
pub use engine::{Check, Demo, Engine, validate};
pub use error::{Error, ErrorCode, ErrorReport, Result};
pub use event::{Emit, Event};
pub use finding::{Code, Finding, Severity, Weight};
pub use github::view::{
    Abilities, Ability, BranchRulesView, BudgetView, ChecksState, ChecksView, DeviceCodeView, DirectPushView,
    GitHubAccountView, GitHubRepositories, GitHubRepository, PullRequestState, PullRequestView,
};
pub use id::{
    AccountId, BranchName, FabricId, OperationId, RemoteUrl, RepoPath, RepositoryId, Revision, Timestamp,
};
pub use listener::{Listener, ListenerSettings, WebhookSecret};
pub use manifest::{FieldChange, FieldConflict, FieldPath, NotAFieldPath, Side};
pub use operation::{
    CommitSummary, DocumentCounts, Operation, OperationKind, Outcome, Progress, Step, StepProgress,
    StepState, Trigger, Unit,
};
pub use settings::FabricSettings;
pub use view::{
    AddFabric, AuthorSettings, ConnectionReport, DiffLine, FabricFindings, FabricRun, FabricView, Fate,
    FileText, GitHubSignInEnd, GitHubSignInStart, InboxFile, InboxText, KindCount, LineChange, ListenerView,
    NetworkSettings, NewGitHubRepository, Preview, PreviewDocument, PreviewFile, ProposeEnd, Proxy,
    RepositoryView, SealedFile, SecretStore, SignIn, Source, SourceReport, Status, StatusState,
    StructureRepair, StructureReport, Theme, VersionDiff, WebhookView, WindowSettings,
};
