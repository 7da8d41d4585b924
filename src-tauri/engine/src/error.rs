//! Surprises. What is expected to happen is a value; what is here stops an operation.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::id::{BranchName, RemoteUrl, RepoPath, Timestamp};

/// The result of anything that can go wrong.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something could not be done. Each has a code to branch on, a sentence and a hint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[allow(missing_docs, reason = "each sentence says what its fields are")]
pub enum Error {
    /// The folder does not exist, or is a file.
    #[error("there is no folder {}", path.display())]
    FolderMissing { path: PathBuf },
    /// The folder is in no Git work tree.
    #[error("{} is not inside a Git work tree", path.display())]
    NotAWorkTree { path: PathBuf },
    /// A bare repository has no work tree to drop files into.
    #[error("{} is a bare repository: it has no work tree", path.display())]
    BareRepository { path: PathBuf },
    /// The directory is absolute, or leaves the repository.
    #[error("the directory {directory:?} is not inside the repository")]
    DirectoryOutside { directory: String },
    /// The directory, or a part of its path, is a file or a symbolic link.
    #[error("{directory} is not a plain directory")]
    DirectoryBlocked { directory: RepoPath },
    /// Git would not take the branch's name.
    #[error("{name:?} is not a valid branch name")]
    BranchNameInvalid { name: String },
    /// The remote, or the clone, has no such branch.
    #[error("there is no branch {branch}; there {}", describe_branches(.known))]
    BranchMissing { branch: BranchName, known: Vec<BranchName> },
    /// The clone has another branch checked out than the fabric's.
    #[error("the work tree has {} checked out, not {branch}", .found.as_ref().map_or("no branch", |b| b.as_str()))]
    BranchNotCheckedOut { branch: BranchName, found: Option<BranchName> },
    /// HEAD is a commit, not a branch.
    #[error("the work tree is on no branch (detached HEAD)")]
    DetachedHead,
    /// A merge, rebase or the like, begun by hand, is not finished.
    #[error("a {what} is under way in the work tree")]
    WorkTreeBusy { what: String },
    /// The URL can't be used.
    #[error("{url:?} can't be used as the URL of a Git repository")]
    UrlInvalid { url: String },
    /// Nothing answers there.
    #[error("cannot reach {remote}: {detail}")]
    RemoteUnreachable { remote: RemoteUrl, detail: String },
    /// Something answers, and there is no repository.
    #[error("there is no Git repository at {remote}, or it is not visible to you")]
    RemoteMissing { remote: RemoteUrl },
    /// The remote wants to know who is asking, and nothing was found to tell it.
    #[error("{remote} needs a sign-in")]
    AuthRequired { remote: RemoteUrl },
    /// The remote knows who is asking, and refuses.
    #[error("{remote} refused the sign-in")]
    AuthRefused { remote: RemoteUrl },
    /// The remote's certificate or host key is not trusted.
    #[error("the identity of {remote} could not be checked: {detail}")]
    RemoteUntrusted { remote: RemoteUrl, detail: String },
    /// Nothing has been heard for too long.
    #[error("{remote} has not answered for {seconds} seconds")]
    RemoteStalled { remote: RemoteUrl, seconds: u32 },
    /// The repository has no remote to push to or pull from.
    #[error("the repository has no remote")]
    NoRemote,
    /// The remote refused the push by a rule of its own.
    #[error("{remote} refused the push: {reason}")]
    PushRefused { remote: RemoteUrl, reason: String },
    /// The remote moved at every try.
    #[error("{remote} kept moving: {tries} pushes were overtaken")]
    PushOvertaken { remote: RemoteUrl, tries: u32 },
    /// What the remote has after the push is not what was pushed.
    #[error("after the push, {remote} does not have the commit that was pushed")]
    PushUnconfirmed { remote: RemoteUrl },
    /// A file is not what it was when the work was planned.
    #[error("{file} changed while the operation ran")]
    FileChanged { file: RepoPath },
    /// The file does not wait in the inbox, or not any more.
    #[error("{file} does not wait in the inbox")]
    NotInTheInbox { file: RepoPath },
    /// Another process works in the repository.
    #[error("another FGD Sync process is working in {}", path.display())]
    RepositoryLocked { path: PathBuf },
    /// The user stopped it.
    #[error("cancelled")]
    Cancelled,
    /// No fabric has that identifier.
    #[error("the fabric is not in the list any more")]
    FabricUnknown,
    /// The fabric's directory has no structure yet.
    #[error("{directory} is not set up as a fabric directory")]
    NotInitialised { directory: RepoPath },
    /// The fabric is already there.
    #[error("the fabric {name} already stands for that directory")]
    FabricExists { name: String },
    /// A file of the directory's own (`.hnp/`) can't be read.
    #[error("{file} is damaged: {detail}")]
    ManifestDamaged { file: RepoPath, detail: String },
    /// A CustomResourceDefinition can't be read, or its schema makes no sense.
    #[error("{} can't be used as a schema: {detail}", file.display())]
    SchemaUnreadable { file: PathBuf, detail: String },
    /// GitHub answered something else than what was asked for.
    #[error("GitHub: {detail}")]
    GitHub { detail: String },
    /// The disk, or the file system.
    #[error("{}: {source}", path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// Git's own store.
    #[error("Git: {}", .0.message().trim_end_matches([':', ' ', '.']))]
    Git(#[from] git2::Error),
    /// The app's database.
    #[error("the app's database: {0}")]
    Store(#[from] rusqlite::Error),
    /// A keychain that is there but does not work.
    #[error("the keychain: {detail}")]
    Keychain { detail: String },
    /// The remote had the branch, and deleted or renamed it.
    #[error("the remote has no branch {branch} any more{}", describe_move(.moved_to.as_ref()))]
    BranchGone { branch: BranchName, moved_to: Option<BranchName> },
    /// Later work depends on what is to be undone.
    #[error("it can't be undone: {}", .reasons.join("; "))]
    UndoRefused { reasons: Vec<String> },
    /// There is no such run, or it changed nothing that could be undone.
    #[error("there is nothing to undo: {detail}")]
    NothingToUndo { detail: String },
    /// The text that was to settle a conflict holds no object.
    #[error("the text for {file} can't be used: {detail}")]
    DecisionBroken { file: RepoPath, detail: String },
    /// The path is no object's file.
    #[error("{file} is not a file of an object in this fabric")]
    NoObjectFile { file: RepoPath },
    /// A setting makes no sense.
    #[error("{detail}")]
    SettingInvalid { detail: String },
    /// A defect of ours.
    #[error("internal error: {detail}")]
    Internal { detail: String },
    /// GitHub, or the budget of the account there, wants a wait.
    #[error("{host} has to wait: {why}")]
    GitHubLimited { host: String, until: Timestamp, why: String },
    /// GitHub understood, and does not do it.
    #[error("GitHub refused {what}: {reason}")]
    GitHubRefused { what: String, reason: String },
    /// The server's host key was never seen.
    #[error("the host key of {host} is not known: {kind} {fingerprint}")]
    HostKeyUnknown { remote: RemoteUrl, host: String, kind: String, fingerprint: String },
    /// The server shows another host key than the one that is known.
    #[error("the host key of {host} has changed: it shows {kind} {fingerprint} now")]
    HostKeyChanged { remote: RemoteUrl, host: String, kind: String, fingerprint: String },
    /// There is no keychain to keep a secret in.
    #[error("this machine has no keychain that can be used")]
    NoKeychain,
    /// The encrypted file has to be opened first.
    #[error("the file with the secrets is locked")]
    SecretsLocked,
    /// The passphrase does not open the encrypted file.
    #[error("the passphrase is not the one that the secrets were locked with")]
    PassphraseWrong,
    /// What was entered makes no account.
    #[error("{detail}")]
    AccountInvalid { detail: String },
    /// No account has that identifier.
    #[error("the account is not there any more")]
    AccountUnknown,
    /// A commit was to be signed.
    #[error("the commit could not be signed: {detail}")]
    SigningFailed { detail: String },
    /// The listener can't have its address.
    #[error("cannot listen on {address}: {source}")]
    CannotListen {
        address: std::net::SocketAddr,
        #[source]
        source: std::io::Error,
    },
    /// Somebody holds the branch's lock on the remote.
    #[error("{remote} can't move the branch now: {reason}")]
    RemoteBusy { remote: RemoteUrl, reason: String },
    /// A commit or a remote has more of something than any fabric needs, so that taking it could fill the
    /// memory or never end.
    #[error("more than is taken: {detail}")]
    TooMuch { detail: String },
    /// A part of a clone's own store is a link or no plain file, and would lead what is written elsewhere.
    #[error("{} is a link or no plain file, inside of Git's own store", path.display())]
    StoreNotPlain { path: PathBuf },
    /// The clone belongs to another user of this machine.
    #[error("{} belongs to another user", path.display())]
    NotYours { path: PathBuf },
}

fn describe_branches(known: &[BranchName]) -> String {
    match known {
        [] => "are none yet".to_owned(),
        [one] => format!("is only {one}"),
        many => {
            let shown: Vec<_> = many.iter().take(5).map(BranchName::as_str).collect();
            let more = if many.len() > shown.len() { ", …" } else { "" };
            format!("are {}{more}", shown.join(", "))
        }
    }
}

fn describe_move(to: Option<&BranchName>) -> String {
    to.map(|to| format!("; {to} is where it was")).unwrap_or_default()
}

/// Declares the codes: each stands for the error of the same name.
macro_rules! codes {
    ($($name:ident,)*) => {
        /// What the window and the command line branch on. The text form never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        #[non_exhaustive]
        #[allow(missing_docs, reason = "each stands for the Error of the same name")]
        pub enum ErrorCode {
            $($name,)*
        }

        impl Error {
            /// The code to branch on.
            pub fn code(&self) -> ErrorCode {
                match self {
                    $(Self::$name { .. } => ErrorCode::$name,)*
                }
            }
        }
    };
}

codes! {
    FolderMissing,
    NotAWorkTree,
    BareRepository,
    DirectoryOutside,
    DirectoryBlocked,
    BranchNameInvalid,
    BranchMissing,
    BranchNotCheckedOut,
    DetachedHead,
    WorkTreeBusy,
    UrlInvalid,
    RemoteUnreachable,
    RemoteMissing,
    AuthRequired,
    AuthRefused,
    RemoteUntrusted,
    RemoteStalled,
    NoRemote,
    PushRefused,
    PushOvertaken,
    PushUnconfirmed,
    FileChanged,
    NotInTheInbox,
    RepositoryLocked,
    Cancelled,
    FabricUnknown,
    NotInitialised,
    FabricExists,
    ManifestDamaged,
    SchemaUnreadable,
    GitHub,
    Io,
    Git,
    Store,
    Keychain,
    BranchGone,
    UndoRefused,
    NothingToUndo,
    DecisionBroken,
    NoObjectFile,
    SettingInvalid,
    Internal,
    GitHubLimited,
    GitHubRefused,
    HostKeyUnknown,
    HostKeyChanged,
    NoKeychain,
    SecretsLocked,
    PassphraseWrong,
    AccountInvalid,
    AccountUnknown,
    SigningFailed,
    CannotListen,
    RemoteBusy,
    TooMuch,
    StoreNotPlain,
    NotYours,
}

impl Error {
    /// A file-system error, with the path that it is about.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// Whether it may well be over soon, with nobody's help: it is tried again before long.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::RemoteUnreachable { .. }
                | Self::RemoteStalled { .. }
                | Self::RemoteBusy { .. }
                | Self::PushOvertaken { .. }
                | Self::PushUnconfirmed { .. }
        )
    }

    /// What to do about it, in one sentence.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::FolderMissing { .. } => "Choose a folder that exists.",
            Self::NotAWorkTree { .. } => {
                "Choose a clone of the fabric's repository, or run `git clone` first."
            }
            Self::BareRepository { .. } => "Enter its path in the URL field to clone it.",
            Self::DirectoryOutside { .. } => "Use a path relative to the repository, such as fabrics/lab.",
            Self::DirectoryBlocked { .. } => "Choose another directory, or move the file or link away.",
            Self::BranchNameInvalid { .. } => {
                "Leave out spaces, `..`, `~`, `^`, `:`, `?`, `*`, `[` and `\\`."
            }
            Self::BranchMissing { .. } => "Choose a branch that exists, or create it on the remote first.",
            Self::BranchNotCheckedOut { .. } => {
                "Check the fabric's branch out with `git switch`, then sync again."
            }
            Self::DetachedHead => "Check a branch out with `git switch`, then sync again.",
            Self::WorkTreeBusy { .. } => "Finish or abort it with git, then sync again.",
            Self::UrlInvalid { .. } => {
                "Enter an https://, ssh:// or file:// URL, git@host:path, or a local path."
            }
            Self::RemoteUnreachable { .. } => {
                "Check the URL and the network; work goes on here and is pushed later."
            }
            Self::RemoteMissing { .. } => "Check the URL, and that your account may read the repository.",
            Self::AuthRequired { .. } => "Enter a user name and a token for this repository.",
            Self::AuthRefused { .. } => "Check the user name and that the token is valid and may write.",
            Self::RemoteUntrusted { .. } => {
                "Ask whoever runs the server; add its key or certificate if it is right."
            }
            Self::RemoteStalled { .. } => "Check the network or the VPN, then sync again; nothing is lost.",
            Self::NoRemote => {
                "Add one with `git remote add origin <URL>`; commits stay on this machine until then."
            }
            Self::PushRefused { .. } => "Ask for the right to push to this branch, or push to another one.",
            Self::PushOvertaken { .. } => "Sync again in a moment.",
            Self::PushUnconfirmed { .. } => {
                "Sync again: the remote is asked anew before anything is repeated."
            }
            Self::FileChanged { .. } => "Sync again: nothing was written over.",
            Self::NotInTheInbox { .. } => "It may have been taken in meanwhile; look at the last operations.",
            Self::RepositoryLocked { .. } => "Wait until it is done, then sync again.",
            Self::Cancelled => "Nothing was left half done; sync again whenever you like.",
            Self::FabricUnknown => "Add it again.",
            Self::NotInitialised { .. } => "Set it up with `fgd init`, or by adding it in the window.",
            Self::FabricExists { .. } => "Open it from the list.",
            Self::ManifestDamaged { .. } => "Restore the file from Git's history.",
            Self::SchemaUnreadable { .. } => {
                "Take the CustomResourceDefinitions as the fabric has them: `kubectl get crds -o yaml`."
            }
            Self::GitHub { .. } => "Try again; if it stays so, check GitHub's status page.",
            // A word of ours, and not of the system's.
            Self::Io { source, .. } if source.get_ref().is_some() => {
                "Put the file itself in its place; if a cloud drive keeps it elsewhere, let the drive bring it here."
            }
            Self::Io { .. } => WRITABLE,
            Self::Git(error) if error.code() == git2::ErrorCode::Locked => {
                "Another Git program holds the lock: let it finish, then sync again."
            }
            Self::Git(error) if error.class() == git2::ErrorClass::Os => WRITABLE,
            Self::Store(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) => {
                WRITABLE
            }
            Self::Git(_) => {
                "Run `git fsck` in the repository: what it misses comes back by `git fetch --refetch`, or from another clone. If it is clean, sync again."
            }
            Self::Store(_) => "The resources in Git are not affected. Restart the app.",
            Self::Keychain { .. } => "Unlock the keychain, or sign in again.",
            Self::BranchGone { moved_to: Some(_), .. } => {
                "Check that branch out with `git switch` and add the fabric on it, or push to make the old one there again."
            }
            Self::BranchGone { .. } => "Push to make it there again, or add the fabric on another branch.",
            Self::UndoRefused { .. } => {
                "Undo what was done later first, or restore single objects from their history."
            }
            Self::NothingToUndo { .. } => "Choose a run that made a commit.",
            Self::DecisionBroken { .. } => "Mend the text, or pick one of the versions.",
            Self::NoObjectFile { .. } => "Name a file below managed/, or an object as Kind/name.",
            Self::SettingInvalid { .. } => "Change it, or leave it empty for the usual one.",
            Self::Internal { .. } => "Please report this, with the log.",
            Self::HostKeyUnknown { .. } => {
                "Compare the fingerprint with the one that the server's owner publishes; trust it if they are the same."
            }
            Self::HostKeyChanged { .. } => {
                "Nothing was sent. Ask whoever runs the server; if they did change it, remove the old key with `ssh-keygen -R`."
            }
            Self::NoKeychain => {
                "Choose to be asked after each start, or to keep secrets in a file with a passphrase: `--keep file`."
            }
            Self::SecretsLocked => {
                "Enter its passphrase under Accounts, or give it to `fgd` by --passphrase-file; nothing is lost meanwhile."
            }
            Self::PassphraseWrong => "Try again, or delete the file and enter the secrets anew.",
            Self::AccountInvalid { .. } => "Change it, then try again.",
            Self::AccountUnknown => "Look at the list of accounts again.",
            Self::SigningFailed { .. } => {
                "Make `git commit -S` work in a terminal, or set commit.gpgsign to false; nothing is lost."
            }
            Self::GitHubLimited { .. } => "Nothing to do: it goes on by itself when the wait is over.",
            Self::GitHubRefused { .. } => "Check what the token may do, under Settings → Accounts.",
            Self::CannotListen { .. } => "Choose an address of this machine and a port that is free.",
            Self::TooMuch { .. } => {
                "Nothing was changed here. Look at the repository's newest commits with Git; take out what is not meant to be there."
            }
            Self::NotYours { .. } => {
                "Use a clone of your own; or, if you trust whoever owns it, add it to safe.directory as Git says."
            }
            Self::StoreNotPlain { .. } => "Make a fresh clone with `git clone`, and use that one.",
            Self::RemoteBusy { .. } => {
                "Sync again in a moment; if it stays so, ask whoever runs the server for a lock that was left behind."
            }
        }
    }

    /// Whether it says that what a person asked for can't be done, and nothing of how the fabric stands.
    pub(crate) fn is_about_the_request(&self) -> bool {
        matches!(
            self,
            Self::UndoRefused { .. }
                | Self::NothingToUndo { .. }
                | Self::DecisionBroken { .. }
                | Self::NotInTheInbox { .. }
        )
    }

    /// The error as the window, the command line and the operation log show it.
    pub fn report(&self) -> ErrorReport {
        ErrorReport { code: self.code(), message: sentence(&self.to_string()), hint: self.hint().to_owned() }
    }
}

/// An error, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct ErrorReport {
    /// What to branch on.
    pub code: ErrorCode,
    /// What happened: a sentence, with its capital and its full stop.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl From<Error> for ErrorReport {
    fn from(error: Error) -> Self {
        error.report()
    }
}

/// What to do where the system refuses to read or write.
const WRITABLE: &str = "Check that the disk has room and that you may write there.";

/// Makes a sentence of a clause: a capital first letter, unless it begins with a URL or a path, and a full
/// stop.
fn sentence(clause: &str) -> String {
    if clause.split(' ').next().is_some_and(|word| word.contains(['/', '\\', ':', '.'])) {
        return format!("{clause}{}", if clause.ends_with('.') { "" } else { "." });
    }
    let mut chars = clause.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let stop = if clause.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_sentence_with_a_hint() {
        let report = Error::BranchMissing {
            branch: BranchName::parse("prod").expect("name"),
            known: vec![BranchName::parse("main").expect("name")],
        }
        .report();
        assert_eq!(report.code, ErrorCode::BranchMissing);
        assert_eq!(report.message, "There is no branch prod; there is only main.");
        assert!(report.hint.ends_with('.'));
        let remote = crate::id::RemoteUrl::from_clean("https://example.org/lab.git".to_owned());
        let refused = Error::AuthRefused { remote }.report();
        assert_eq!(refused.message, "https://example.org/lab.git refused the sign-in.");
    }
}
