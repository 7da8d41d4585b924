//! All that FGD Sync knows: ingestion, planning, merging, the sync flow. No window, no terminal.
//!
//! [`Engine`] is the whole public interface: the window and the command line both drive it, and it speaks
//! back through one function, [`Emit`].

mod account;
mod beneath;
mod catalog;
mod change;
mod cloud;
mod conflict;
mod edit;
mod engine;
mod error;
mod event;
pub mod failpoint;
mod fgd;
mod finding;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod git;
mod github;
mod id;
mod link;
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
mod topology;
mod view;
mod visible;
mod windows;

pub use account::{Account, Keeping, Method, NewAccount, Place};
pub use catalog::{
    DetailField, Draft, DraftReport, FieldType, KindTotal, Reference, ResourceColumn, ResourceDetail,
    ResourcePage, ResourceQuery, ResourceRow, SchemaField,
};
pub use conflict::{Conflict, ConflictPolicy, ConflictTexts, OurSide, Pick, Resolution};
pub use edit::{Edit, ObjectVersion};
pub use engine::{
    ChangeKind, ChangesView, Check, CommitChanges, CommitView, Delivery, Demo, Engine, ObjectChange, validate,
};
pub use error::{Error, ErrorCode, ErrorReport, Result};
pub use event::{Emit, Event};
pub use fgd::{ArchiveStrategy, FabricRules, ValidationPolicy};
pub use finding::{Code, Finding, Severity, Weight};
pub use github::view::{
    Abilities, Ability, BranchRulesView, BudgetView, ChecksState, ChecksView, DeviceCodeView, DirectPushView,
    GitHubAccountView, GitHubRepositories, GitHubRepository, PullRequestState, PullRequestView,
};
pub use id::{
    AccountId, BranchName, FabricId, OperationId, RemoteUrl, RepoPath, RepositoryId, Revision, Timestamp,
};
pub use link::Link;
pub use listener::{Listener, ListenerSettings, WebhookSecret};
pub use manifest::{FieldChange, FieldConflict, FieldPath, NotAFieldPath, Side};
pub use operation::{
    CommitSummary, DocumentCounts, Operation, OperationKind, Outcome, Progress, Step, StepProgress,
    StepState, Trigger, Unit,
};
pub use settings::FabricSettings;
pub use topology::render::{DiagramFormat, diagram};
pub use topology::view::{
    LinkKind, NodeKind, PendingSource, TopologyChange, TopologyLink, TopologyNode, TopologyView, VpcReach,
    VpcSubnetView,
};
pub use view::{
    AddFabric, AuthorSettings, ConnectionReport, Delivered, DiffLine, FabricFindings, FabricRun, FabricView,
    Fate, FileText, GitHubSignInEnd, GitHubSignInStart, InboxFile, InboxText, KindCount, LineChange,
    ListenerView, NetworkSettings, NewGitHubRepository, Preview, PreviewDocument, PreviewFile, ProposeEnd,
    Proxy, RefusedFile, RepositoryView, SealedFile, SecretStore, SignIn, Source, SourceReport, Status,
    StatusState, StructureRepair, StructureReport, Theme, VersionDiff, WebhookView, WindowSettings,
};
pub use visible::{deceives, visible, visible_json};
