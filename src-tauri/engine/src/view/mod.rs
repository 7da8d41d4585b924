//! What a screen or a terminal shows of a fabric: facts that were measured, and what follows from them.

use serde::{Deserialize, Serialize};

use crate::account::{Account, Keeping};
use crate::error::ErrorReport;
use crate::finding::Finding;
use crate::github::view::{DeviceCodeView, PullRequestView};
use crate::id::{AccountId, BranchName, FabricId, RemoteUrl, RepoPath, RepositoryId, Timestamp};
use crate::manifest::FieldChange;
use crate::operation::{CommitSummary, DocumentCounts, Operation, Progress};

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

/// A repository as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RepositoryView {
    /// The repository.
    pub id: RepositoryId,
    /// Its name: the last part of its URL or of its path.
    pub name: String,
    /// The remote, where there is one.
    pub url: Option<RemoteUrl>,
    /// The work tree on this machine.
    pub path: String,
    /// Whether the app cloned it into its own data directory.
    pub cloned: bool,
}

/// How many objects of a kind a fabric has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct KindCount {
    /// The kind, `Switch`.
    pub kind: String,
    /// The kind's directory under `managed/`, `switches`.
    pub directory: String,
    /// How many.
    pub count: u32,
}

/// A file that waits in the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct InboxFile {
    /// Its path in the repository.
    pub file: RepoPath,
    /// Its size in bytes.
    pub bytes: u32,
    /// How many errors the last run found in it.
    pub errors: u32,
    /// How many warnings.
    pub warnings: u32,
    /// In the order of the file; of more than 200 the first, errors first. Empty for a file that no run has
    /// met.
    pub findings: Vec<Finding>,
}

/// The text of a file that waits in the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct InboxText {
    /// Its beginning, at most 256 KiB.
    pub text: String,
    /// Whether there is more.
    pub truncated: bool,
    /// How many lines the whole file has.
    pub total_lines: u32,
}

/// What becomes of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Fate {
    /// A new object.
    Created,
    /// An object that is different then.
    Updated,
    /// An object that is there already, the same.
    Unchanged,
    /// No Hedgehog object: kept in `unmanaged/`.
    Unmanaged,
    /// Left in the inbox.
    Rejected,
}

/// How a line of a text comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum LineChange {
    /// It stays.
    Same,
    /// It is new.
    Added,
    /// It goes.
    Removed,
}

/// A line of a difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct DiffLine {
    /// What becomes of it.
    pub is: LineChange,
    /// Its text, without its end.
    pub text: String,
}

/// A document of the inbox and what a sync would do with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PreviewDocument {
    /// Its place in the file, from 0.
    pub index: u32,
    /// Its first line in the file, from 1.
    pub line: u32,
    /// The object's kind, where it is one.
    pub kind: Option<String>,
    /// The object's name, where it is one.
    pub name: Option<String>,
    /// What would become of it.
    pub fate: Fate,
    /// The file that would hold it.
    pub path: Option<RepoPath>,
    /// That file, line by line, as it would change; empty where it is new.
    pub diff: Vec<DiffLine>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
}

/// A file of the inbox and what a sync would do with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct PreviewFile {
    /// Its path in the repository.
    pub file: RepoPath,
    /// Where it would go; none while it waits, or where sources are deleted.
    pub archived_to: Option<RepoPath>,
    /// Its documents, in order.
    pub documents: Vec<PreviewDocument>,
}

/// What a sync would do with what waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// What would become of the documents.
    pub documents: DocumentCounts,
    /// The files, in order.
    pub files: Vec<PreviewFile>,
    /// All that would be wrong because of them, in these files and in others.
    pub findings: Vec<Finding>,
}

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

/// What is not right with a directory's structure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct StructureReport {
    /// What would be put right, all in one commit; empty where everything is in its place.
    pub repairs: Vec<StructureRepair>,
}

/// All that the dashboard shows of a fabric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FabricView {
    /// The fabric.
    pub id: FabricId,
    /// Its name.
    pub name: String,
    /// The repository that it is in.
    pub repository: RepositoryView,
    /// Its branch.
    pub branch: BranchName,
    /// Its directory in the repository; empty for the root.
    pub directory: RepoPath,
    /// The same directory on this machine.
    pub path: String,
    /// How it stands.
    pub status: Status,
    /// Commits here that the remote lacks; none where it is not known.
    pub ahead: Option<u32>,
    /// Commits there that are not here, as of the last contact; none where it is not known.
    pub behind: Option<u32>,
    /// Files under `managed/` that were changed by hand and are not committed.
    pub local_edits: u32,
    /// What both sides changed and waits for a person.
    pub conflicts: u32,
    /// Objects by kind, in the order of the kinds table; kinds without objects are left out.
    pub kinds: Vec<KindCount>,
    /// How many errors what stands in `managed/` has; none until it was looked at.
    pub errors: Option<u32>,
    /// How many warnings it has; none until it was looked at.
    pub warnings: Option<u32>,
    /// Files that wait in the inbox.
    pub inbox: Vec<InboxFile>,
    /// The newest commit of the branch here.
    pub head: Option<CommitSummary>,
    /// Whether the app syncs it by itself.
    pub auto_sync: bool,
    /// When the remote last answered.
    pub last_contact: Option<Timestamp>,
    /// When the remote will be asked next.
    pub next_check: Option<Timestamp>,
    /// The run under way.
    pub running: Option<Progress>,
    /// Why the last run could not be done, until one can.
    pub error: Option<ErrorReport>,
    /// The pull request that pushes go to while the branch takes none.
    pub proposal: Option<PullRequestView>,
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

/// A user name and a secret, on their way from the dialog to the keychain.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// The user name; most hosts take any with a token.
    pub user: String,
    /// The token or password.
    pub secret: String,
    /// Where it is to be kept.
    #[serde(default)]
    pub keep: Keeping,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A name alone may be a token: some hosts take it so.
        let user = if self.secret.is_empty() { "<redacted>" } else { &self.user };
        f.debug_struct("SignIn").field("user", &user).field("secret", &"<redacted>").finish()
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

/// What came of a run over one fabric of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FabricRun {
    /// The fabric.
    pub fabric: FabricId,
    /// The run, if it was begun.
    pub operation: Option<Operation>,
    /// Why it was not begun.
    pub error: Option<ErrorReport>,
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

/// Where secrets can be kept on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct SecretStore {
    /// Whether there is a keychain that can be used.
    pub keychain: bool,
    /// How the encrypted file stands.
    pub file: SealedFile,
}

/// How the encrypted file of secrets stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum SealedFile {
    /// There is none.
    Missing,
    /// Its passphrase has to be entered.
    Locked,
    /// It can be used.
    Open,
}

/// What a remote is like, found by really connecting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ConnectionReport {
    /// The remote.
    pub url: RemoteUrl,
    /// The account that was used; none where Git's own ways were.
    pub account: Option<AccountId>,
    /// Why it can't be read, where it can't.
    pub error: Option<ErrorReport>,
    /// Whether it may be pushed to; none where only a push tells.
    pub may_push: Option<bool>,
    /// Its main branch.
    pub default_branch: Option<BranchName>,
    /// All of its branches.
    pub branches: Vec<BranchName>,
    /// What holds for pushes to the main branch, in a sentence; none where the host does not tell.
    pub protection: Option<String>,
    /// What the account lacks, each a clause.
    pub lacks: Vec<String>,
    /// What else the user should know.
    pub notes: Vec<String>,
}

/// How this desktop gets to the network.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct NetworkSettings {
    /// The proxy.
    #[serde(default)]
    pub proxy: Proxy,
    /// A file with certificates, in PEM, of authorities that are trusted beside the system's.
    #[serde(default)]
    pub ca_file: Option<String>,
}

/// Which proxy is used for HTTP.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "use", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Proxy {
    /// The one that Git's configuration or the environment names.
    #[default]
    System,
    /// None.
    Direct,
    /// This one.
    At {
        /// Its URL, without credentials.
        url: String,
    },
}

/// Who commits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct AuthorSettings {
    /// The name; none for the one that Git's configuration has.
    #[serde(default)]
    pub name: Option<String>,
    /// The e-mail address; none for the one that Git's configuration has.
    #[serde(default)]
    pub email: Option<String>,
}

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

/// A webhook of a fabric's repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct WebhookView {
    /// Where the host tells of pushes.
    pub url: String,
    /// Whether its last delivery was taken; none before the first.
    pub delivered: Option<bool>,
    /// What is wrong with it, in a sentence.
    pub problem: Option<String>,
}

/// Whether the app listens for webhooks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct ListenerView {
    /// Whether it is to listen.
    pub on: bool,
    /// Where, `127.0.0.1:9443`.
    pub address: String,
    /// Where it does listen now.
    pub listening: Option<String>,
    /// Why it does not, where it is to.
    pub error: Option<ErrorReport>,
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

/// What became of files that were brought to the inbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Delivered {
    /// The files that wait in the inbox now.
    pub taken: Vec<RepoPath>,
    /// What was not taken.
    pub refused: Vec<RefusedFile>,
}

/// A file that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct RefusedFile {
    /// Its name.
    pub name: String,
    /// Why, in a sentence.
    pub why: String,
}

/// How the window looks and behaves on this desktop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(default, rename_all = "camelCase")]
pub struct WindowSettings {
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// How large everything is shown, in percent.
    pub zoom: u16,
    /// Whether the system's notifications tell what needs a person while the window is not in front.
    pub notifications: bool,
    /// Whether closing the window leaves the app at work in the tray.
    pub keep_in_tray: bool,
}

impl Default for WindowSettings {
    fn default() -> Self {
        Self { theme: Theme::System, zoom: 100, notifications: true, keep_in_tray: false }
    }
}

impl WindowSettings {
    /// The smallest zoom: below it nothing can be read.
    pub const SMALLEST: u16 = 50;
    /// The largest: what WCAG asks of text.
    pub const LARGEST: u16 = 200;
}

/// Light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
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
