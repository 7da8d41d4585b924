//! What the commands ask of the engine that it does not answer yet: each function is to become one call.

use std::path::PathBuf;

use fgd_engine::{Engine, Error, FabricId, Operation, OperationId, RepoPath, Timestamp};
use serde::Serialize;

/// A version of one object.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ObjectVersion {
    /// The commit.
    pub(crate) revision: String,
    pub(crate) time: Timestamp,
    pub(crate) author: String,
    pub(crate) subject: String,
    /// What it changed, field by field.
    pub(crate) changes: Vec<FieldChange>,
}

/// What a version changed in a field. None where the field is not there.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FieldChange {
    pub(crate) field: String,
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
}

/// An object that both sides changed and no merge can settle.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Conflict {
    /// `Kind/namespace/name`.
    pub(crate) object: String,
    pub(crate) file: RepoPath,
    /// What is to be decided about the file as a whole: that one side deleted it, say.
    pub(crate) note: Option<String>,
    pub(crate) fields: Vec<ConflictField>,
}

/// A field that both sides changed. None where the field is not there.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConflictField {
    pub(crate) field: String,
    pub(crate) base: Option<String>,
    pub(crate) ours: Option<String>,
    pub(crate) theirs: Option<String>,
}

/// A side of a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Side {
    Ours,
    Theirs,
    Base,
}

/// How a conflict is settled: these fields by these sides, everything else by `rest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pick {
    pub(crate) rest: Option<Side>,
    pub(crate) fields: Vec<(String, Side)>,
}

/// How to sign in somewhere.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    /// The host or the repository that it is for.
    pub(crate) remote: String,
    pub(crate) method: Method,
    pub(crate) user: Option<String>,
    /// The private key's file, for a method that has one.
    pub(crate) key: Option<PathBuf>,
}

/// What shows the remote who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Method {
    /// A token, over HTTPS.
    Token,
    /// A user name and a password, over HTTPS.
    Password,
    /// The SSH agent that runs.
    SshAgent,
    /// A private key's file, with a passphrase or without.
    SshKey,
    /// Git's own credential helpers.
    Helper,
    /// Nothing: the repository is open to all.
    None,
}

/// What a real connection found.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tested {
    pub(crate) remote: String,
    pub(crate) reads: bool,
    /// None where it can't be told without pushing.
    pub(crate) may_push: Option<bool>,
    pub(crate) default_branch: Option<String>,
    /// What the user should know: protection, what the token lacks.
    pub(crate) notes: Vec<String>,
}

fn not_yet<T>(what: &str) -> Result<T, Error> {
    Err(Error::Internal { detail: format!("{what} is not there yet") })
}

/// The versions of one object, newest first.
pub(crate) async fn history(
    _engine: &Engine,
    _id: FabricId,
    _object: &str,
    _limit: u32,
) -> Result<Vec<ObjectVersion>, Error> {
    not_yet("the history of an object")
}

/// Undoes an operation by a new commit.
pub(crate) async fn undo(
    _engine: &Engine,
    _id: FabricId,
    _operation: OperationId,
) -> Result<Operation, Error> {
    not_yet("undo")
}

/// The conflicts that wait.
pub(crate) async fn conflicts(_engine: &Engine, _id: FabricId) -> Result<Vec<Conflict>, Error> {
    not_yet("the list of conflicts")
}

/// Settles one conflict.
pub(crate) async fn resolve(
    _engine: &Engine,
    _id: FabricId,
    _file: RepoPath,
    _pick: Pick,
) -> Result<Operation, Error> {
    not_yet("resolving a conflict")
}

/// Asks the fabric's remote that often; 0 for never.
pub(crate) async fn set_interval(_engine: &Engine, _id: FabricId, _seconds: u32) -> Result<(), Error> {
    not_yet("an interval of its own")
}

/// The webhook secret of the keychain.
pub(crate) async fn webhook_secret(_engine: &Engine) -> Result<Option<String>, Error> {
    Ok(None)
}

/// The accounts, without their secrets.
pub(crate) async fn accounts(_engine: &Engine) -> Result<Vec<Account>, Error> {
    not_yet("the list of accounts")
}

/// Keeps an account; says in a sentence where its secret is kept.
pub(crate) async fn add_account(
    _engine: &Engine,
    _account: Account,
    _secret: Option<String>,
) -> Result<String, Error> {
    not_yet("adding an account")
}

/// Forgets an account and its secret.
pub(crate) async fn remove_account(_engine: &Engine, _remote: &str) -> Result<(), Error> {
    not_yet("removing an account")
}

/// Really connects.
pub(crate) async fn test_account(_engine: &Engine, _remote: &str) -> Result<Tested, Error> {
    not_yet("testing an account")
}
