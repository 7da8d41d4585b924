//! GitHub, for whichever fabric is there.

use crate::account::{Account, Method};
use crate::error::Result;
use crate::git::Trust;
use crate::github::{Connector, GitHub, Host, Repository, Token, WayOut};
use crate::id::RemoteUrl;
use crate::view::SignIn;

use super::{Inner, lock};

impl Inner {
    /// GitHub, and which repository there a remote is: with the account that is kept for the host. None where
    /// the remote is on no GitHub that is known, or no token is.
    pub(super) fn github_for(&self, remote: &RemoteUrl) -> Result<Option<(GitHub, Repository)>> {
        for account in self.store.accounts()? {
            let Some(host) = github_of(&account) else { continue };
            let Some(repository) = Repository::on(&host, remote) else { continue };
            // A token for some repositories of the host is not told about others.
            let web = RemoteUrl::from_clean(format!("{}/{repository}", host.web()));
            let closest = self.store.account_for(&web)?;
            let account = closest.filter(|closest| is_token(closest.method)).unwrap_or(account);
            let Some(token) = self.secret_of(&account)?.and_then(|secret| Token::parse(secret.expose()))
            else {
                continue;
            };
            return Ok(Some((self.github(&host, &token)?, repository)));
        }
        Ok(None)
    }

    /// One client an account: they share the budget.
    pub(super) fn github(&self, host: &Host, token: &Token) -> Result<GitHub> {
        let budget = self.budgets.of(host, &token.fingerprint());
        let _inside = self.runtime.enter();
        GitHub::new(host, token, budget, &self.connector()?)
    }

    /// Connections by the way that the settings say: the last ones where they still say so.
    pub(super) fn connector(&self) -> Result<Connector> {
        let Trust { ca_file, proxy, .. } = self.trust()?;
        let way = WayOut { ca_file, proxy };
        let mut known = lock(&self.connector);
        match &*known {
            Some((made_for, connector)) if *made_for == way => Ok(connector.clone()),
            _ => {
                let connector = Connector::new(&way)?;
                *known = Some((way, connector.clone()));
                Ok(connector)
            }
        }
    }

    /// The same, with a token that was entered and is not kept yet, where there is one.
    pub(super) fn github_with(
        &self,
        remote: &RemoteUrl,
        entered: Option<(Host, Token)>,
    ) -> Result<Option<(GitHub, Repository)>> {
        match entered.and_then(|(host, token)| Some((Repository::on(&host, remote)?, host, token))) {
            Some((repository, host, token)) => Ok(Some((self.github(&host, &token)?, repository))),
            None => self.github_for(remote),
        }
    }
}

/// The token in what was entered for a remote, should that be on github.com.
pub(super) fn entered_token(sign_in: &SignIn) -> Option<(Host, Token)> {
    Some((Host::github(), Token::parse(&sign_in.secret)?))
}

/// The GitHub that an account is for.
pub(super) fn github_of(account: &Account) -> Option<Host> {
    if !is_token(account.method) {
        return None;
    }
    let web = account.place.host();
    match &account.github_api {
        Some(api) => Some(Host::with_api(web.as_str(), api)),
        None => (web.as_str() == Host::github().web()).then(Host::github),
    }
}

/// GitHub takes a token in place of a password too.
fn is_token(method: Method) -> bool {
    matches!(method, Method::Token | Method::Password)
}
