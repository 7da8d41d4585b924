//! Repositories of a GitHub, to choose from or to be made.

use crate::account::Account;
use crate::error::{Error, Result};
use crate::github::view::{GitHubAccountView, GitHubRepositories, GitHubRepository};
use crate::github::{CreateOutcome, GitHub, NewRepository, Owner, Token};
use crate::id::AccountId;
use crate::view::NewGitHubRepository;

use super::hosting::github_of;
use super::{Engine, Inner};

impl Engine {
    /// Who an account is on its GitHub, and what its token may do.
    ///
    /// # Errors
    /// `AccountInvalid` where it is for no GitHub; `AuthRefused` where the token is nobody's any more.
    pub async fn github_account(&self, id: AccountId) -> Result<GitHubAccountView> {
        let github = self.github_by(id).await?;
        Ok(github.account().await?.view(&github))
    }

    /// The repositories that an account may push to and whose name holds `filter`, the one pushed to last
    /// first.
    ///
    /// # Errors
    /// As [`Engine::github_account`].
    pub async fn github_repositories(&self, id: AccountId, filter: String) -> Result<GitHubRepositories> {
        self.github_by(id).await?.repositories(&filter).await
    }

    /// Makes a repository with nothing in it.
    ///
    /// # Errors
    /// As [`Engine::github_account`]; `GitHubRefused` where the account may not, or the name is taken;
    /// `AccountInvalid` for a name that GitHub would not take.
    pub async fn create_github_repository(
        &self,
        id: AccountId,
        repository: NewGitHubRepository,
    ) -> Result<GitHubRepository> {
        let name = repository.name.trim().to_owned();
        let organisation = repository.organisation.map(|name| name.trim().to_owned());
        let owner = match organisation.filter(|name| !name.is_empty()) {
            Some(name) => Owner::Organisation(name),
            None => Owner::Me,
        };
        let invalid =
            || Error::AccountInvalid { detail: format!("GitHub takes no repository named {name:?}") };
        let wanted =
            NewRepository::private(owner, &name).ok_or_else(invalid)?.described(&repository.description);
        let wanted = if repository.public { wanted.public() } else { wanted };
        match self.github_by(id).await?.create_repository(&wanted).await? {
            CreateOutcome::Created(made) => Ok(made),
            CreateOutcome::NotAllowed { reason } | CreateOutcome::NotTaken { reason } => {
                Err(Error::GitHubRefused { what: format!("to make the repository {name}"), reason })
            }
        }
    }

    async fn github_by(&self, id: AccountId) -> Result<GitHub> {
        self.blocking(move |engine| {
            let known = engine.store.accounts()?.into_iter().find(|account| account.id == id);
            engine.github_of_account(&known.ok_or(Error::AccountUnknown)?)
        })
        .await
    }
}

impl Inner {
    fn github_of_account(&self, account: &Account) -> Result<GitHub> {
        let invalid = |detail: &str| Error::AccountInvalid { detail: detail.to_owned() };
        let host = github_of(account).ok_or_else(|| invalid("the account is for no GitHub"))?;
        let secret = self.secret_of(account)?;
        let token = secret.and_then(|secret| Token::parse(secret.expose()));
        self.github(&host, &token.ok_or_else(|| invalid("the account's token has to be entered again"))?)
    }
}
