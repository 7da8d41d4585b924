//! Who a token is, and what it says of itself.

use serde::Deserialize;

use crate::error::Result;
use crate::github::client::GitHub;
use crate::github::moment;
use crate::github::route::Route;
use crate::github::view::GitHubAccountView;
use crate::github::wire::one_line;
use crate::id::Timestamp;

/// An account, as its token shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// Who it is.
    pub(crate) login: String,
    /// The name that they gave themselves.
    pub(crate) name: Option<String>,
    /// The scopes of a classic token or of a sign-in. None for a fine-grained token: GitHub does not list
    /// its permissions.
    pub(crate) scopes: Option<Vec<String>>,
    /// When the token ends, where it does.
    pub(crate) expires: Option<Timestamp>,
}

#[derive(Deserialize)]
struct User {
    login: String,
    name: Option<String>,
}

impl GitHub {
    /// Asks who the token is.
    ///
    /// # Errors
    /// `AuthRefused` where it is nobody any more.
    pub(crate) async fn account(&self) -> Result<Account> {
        let answer = self.get(&Route::new(["user"])).await?;
        if answer.status != 200 {
            return Err(answer.refusal("to say who the token is"));
        }
        let user: User = answer.json()?;
        Ok(Account {
            login: one_line(&user.login),
            name: user.name.map(|name| one_line(&name)).filter(|name| !name.is_empty()),
            scopes: scopes(answer.header("x-oauth-scopes")),
            expires: answer.header("github-authentication-token-expiration").and_then(moment::parse),
        })
    }
}

impl Account {
    /// The account as the window shows it.
    pub(crate) fn view(&self, github: &GitHub) -> GitHubAccountView {
        GitHubAccountView {
            host: github.host().name().to_owned(),
            login: self.login.clone(),
            name: self.name.clone(),
            scopes: self.scopes.clone(),
            expires: self.expires,
        }
    }
}

/// The scopes that an answer's header lists. A token without any has an empty header; a token that knows no
/// scopes has none.
pub(super) fn scopes(header: Option<&str>) -> Option<Vec<String>> {
    let names = header?.split(',').map(str::trim).filter(|name| !name.is_empty());
    Some(names.map(str::to_owned).collect())
}
