//! Signing in to a GitHub by a code that is entered in a browser.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::account::{Keeping, NewAccount};
use crate::error::{Error, Result};
use crate::github::{ClientId, DeviceCode, DeviceOutcome, DeviceSignIn, DeviceStart, Host};
use crate::view::{GitHubSignInEnd, GitHubSignInStart};

use super::{Engine, lock};

/// A sign-in that waits for somebody to enter its code.
#[derive(Clone)]
pub(super) struct UnderWay {
    sign_in: Arc<DeviceSignIn>,
    host: Host,
    code: DeviceCode,
    cancelled: Arc<Notify>,
}

impl UnderWay {
    /// Where the pages of the host are.
    pub(super) fn web(&self) -> &str {
        self.host.web()
    }
}

impl Engine {
    /// Begins to sign in to github.com, or to a company's GitHub: gives a code that is to be entered in a
    /// browser. One that is under way ends.
    ///
    /// # Errors
    /// `UrlInvalid`; those of the network.
    pub async fn begin_github_sign_in(&self, host: Option<String>) -> Result<GitHubSignInStart> {
        let host = host.map_or_else(|| Ok(Host::github()), |text| Host::parse(&text))?;
        self.begin_sign_in_at(host, ClientId::configured()).await
    }

    pub(super) async fn begin_sign_in_at(
        &self,
        host: Host,
        client: Option<ClientId>,
    ) -> Result<GitHubSignInStart> {
        self.cancel_github_sign_in();
        Ok(match DeviceSignIn::start(&host, client, &self.inner.connector()?).await? {
            DeviceStart::NotSetUp => GitHubSignInStart::NotSetUp,
            DeviceStart::NotOffered { reason } => GitHubSignInStart::NotOffered { reason },
            DeviceStart::Started(sign_in, code) => {
                let view = code.view();
                let cancelled = Arc::default();
                let under_way = UnderWay { sign_in: Arc::new(*sign_in), host, code, cancelled };
                *lock(&self.inner.device) = Some(under_way);
                GitHubSignInStart::Code { code: view }
            }
        })
    }

    /// Waits until the code is entered, refused or out of date; then keeps the account, and syncs the fabrics
    /// that waited for one.
    ///
    /// # Errors
    /// `Cancelled`, also where none was begun; those of keeping a secret.
    pub async fn finish_github_sign_in(&self, keep: Keeping) -> Result<GitHubSignInEnd> {
        let UnderWay { sign_in, host, code, cancelled } =
            lock(&self.inner.device).clone().ok_or(Error::Cancelled)?;
        let outcome = sign_in.wait(&code, cancelled.notified()).await;
        if !matches!(outcome, Err(Error::Cancelled)) {
            *lock(&self.inner.device) = None;
        }
        let token = match outcome? {
            DeviceOutcome::SignedIn { token } => token,
            DeviceOutcome::Expired => return Ok(GitHubSignInEnd::Expired),
            DeviceOutcome::Denied => return Ok(GitHubSignInEnd::Denied),
            DeviceOutcome::Refused { reason } => return Ok(GitHubSignInEnd::Refused { reason }),
        };
        let github = self.inner.github(&host, &token)?;
        let login = github.account().await?.login;
        let new = NewAccount {
            place: host.web().to_owned(),
            method: crate::account::Method::Token,
            user: Some(login.clone()),
            key_file: None,
            secret: Some(token.expose().to_owned()),
            keep,
            github_api: (host != Host::github()).then(|| host.api().to_owned()),
        };
        let account = self.add_account(new).await?;
        Ok(GitHubSignInEnd::SignedIn { account, login })
    }

    /// Ends a sign-in that is under way.
    pub fn cancel_github_sign_in(&self) {
        if let Some(under_way) = lock(&self.inner.device).take() {
            // Whoever waits hears it, now or when it begins to.
            under_way.cancelled.notify_one();
        }
    }
}
