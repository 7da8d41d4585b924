//! Testing a connection: by really connecting, and asking for leave to push without pushing.

use crate::account::NewAccount;
use crate::error::{Error, Result};
use crate::git::{self, Access, Identity, Watch};
use crate::github::{Host, RepositoryCheck, Token};
use crate::id::AccountId;
use crate::secrets::Secret;
use crate::view::ConnectionReport;

use super::accounts::identity_of;
use super::hosting::{entered_token, github_of};
use super::inspect::STALL;
use super::{Engine, Inner};

impl Engine {
    /// Really connects to a repository: reads it, asks whether it may be pushed to, and says what its main
    /// branch is, what holds there, and what the account lacks. With `account`, one that is not kept yet.
    /// That it can't be reached or read is in the report.
    ///
    /// # Errors
    /// `UrlInvalid`, `AccountInvalid`.
    pub async fn test_connection(
        &self,
        url: String,
        account: Option<NewAccount>,
    ) -> Result<ConnectionReport> {
        self.blocking(move |engine| engine.test_connection(&url, account)).await
    }

    /// Trusts the host key that a server shows, if it is the one with that fingerprint; it is written into
    /// the app's own known_hosts. Fabrics that waited for it are synced.
    ///
    /// # Errors
    /// `HostKeyUnknown` where it shows another one meanwhile; `HostKeyChanged` where another one is known.
    pub async fn trust_host_key(&self, url: String, fingerprint: String) -> Result<()> {
        self.blocking(move |engine| {
            let (remote, _) = git::parse_remote_url(url.trim())?;
            engine.trust_host_key(&remote, fingerprint.trim())
        })
        .await
    }
}

impl Inner {
    fn test_connection(&self, url: &str, account: Option<NewAccount>) -> Result<ConnectionReport> {
        let (url, in_url) = git::parse_remote_url(url.trim())?;
        let mut token = in_url.as_ref().and_then(entered_token);
        let access = match account {
            Some(account) => {
                let (account, secret) = account.checked(AccountId::random())?;
                token = github_of(&account).zip(secret.as_deref().and_then(Token::parse));
                let identity = identity_of(&account, secret.map(Secret::new));
                Access { identity, trust: self.trust()?, ..Access::default() }
            }
            None => self.access_with(&url, in_url.as_ref())?,
        };
        let access = Access { stall: STALL, ..access };
        let used: Option<AccountId> = match &access.identity {
            Identity::Usual => None,
            _ => self.store.account_for(&url)?.map(|account| account.id),
        };
        let mut report = ConnectionReport {
            url: url.clone(),
            account: used,
            error: None,
            may_push: None,
            default_branch: None,
            branches: Vec::new(),
            protection: None,
            lacks: Vec::new(),
            notes: Vec::new(),
        };
        let found = match git::inspect(&url, &access, &Watch::unwatched()) {
            Ok(found) => found,
            Err(error) => {
                report.error = Some(error.report());
                return Ok(report);
            }
        };
        if found.branches.is_empty() {
            report.notes.push("The repository is empty: its first commit makes the branch.".to_owned());
        }
        report.default_branch = found.default;
        report.branches = found.branches;
        report.may_push = match git::may_push(&url, &access, &Watch::unwatched()) {
            Ok(()) => Some(true),
            Err(
                Error::AuthRequired { .. }
                | Error::AuthRefused { .. }
                | Error::PushRefused { .. }
                | Error::RemoteMissing { .. },
            ) => Some(false),
            Err(error) => {
                report.notes.push(format!("Whether it may be pushed to could not be asked: {error}."));
                None
            }
        };
        if let Err(error) = self.ask_github_too(&mut report, token) {
            report.notes.push(format!("GitHub could not be asked: {error}."));
        }
        Ok(report)
    }

    fn ask_github_too(&self, report: &mut ConnectionReport, token: Option<(Host, Token)>) -> Result<()> {
        let Some((github, repository)) = self.github_with(&report.url, token)? else { return Ok(()) };
        let facts = match self.runtime.block_on(github.check(&repository))? {
            RepositoryCheck::Found(facts) => facts,
            RepositoryCheck::Missing => {
                report.notes.push("GitHub's API does not show the repository to this token.".to_owned());
                return Ok(());
            }
            RepositoryCheck::Blocked { reason } => {
                report.notes.push(format!("GitHub shows the repository to nobody: {reason}."));
                return Ok(());
            }
        };
        report.notes.extend(facts.notes());
        report.lacks.extend(facts.lacks());
        report.may_push = facts.may_push().or(report.may_push);
        report.default_branch = report.default_branch.take().or_else(|| facts.default_branch.clone());
        if let Some(branch) = &report.default_branch {
            let rules = self.runtime.block_on(github.branch_rules(&facts.repository, branch))?;
            report.protection = Some(rules.sentence());
        }
        Ok(())
    }
}
