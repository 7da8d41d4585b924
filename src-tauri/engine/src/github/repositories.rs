//! The repositories of an account: choosing one, and making one.

use axum::http::Method;
use serde_json::json;

use crate::error::{Error, Result};
use crate::github::Host;
use crate::github::access::RepositoryBody;
use crate::github::client::{GitHub, PAGES, Pages};
use crate::github::moment;
use crate::github::repository::is_name;
use crate::github::route::Route;
use crate::github::view::{GitHubRepositories, GitHubRepository};
use crate::github::wire::one_line;
use crate::id::{BranchName, RemoteUrl};

/// Who a new repository is to belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The account itself.
    Me,
    /// An organisation, by its name.
    Organisation(String),
}

/// A repository that is to be made, empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewRepository {
    owner: Owner,
    name: String,
    description: String,
    public: bool,
}

/// What became of the wish for a new repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CreateOutcome {
    /// It is there.
    Created(GitHubRepository),
    /// The account may not, or there is no such organisation for it.
    NotAllowed {
        /// GitHub's words.
        reason: String,
    },
    /// GitHub does not take it: most often there is one of that name.
    NotTaken {
        /// GitHub's words.
        reason: String,
    },
}

impl NewRepository {
    /// A repository that only those see who are let in. None where GitHub would not take the names.
    pub(crate) fn private(owner: Owner, name: &str) -> Option<Self> {
        let suits = |name: &str| is_name(name) && !name.ends_with(".git") && !name.ends_with(".wiki");
        let owned = match &owner {
            Owner::Me => true,
            Owner::Organisation(name) => is_name(name),
        };
        (owned && suits(name)).then(|| Self {
            owner,
            name: name.to_owned(),
            description: String::new(),
            public: false,
        })
    }

    /// The same, with a line that says what it is for.
    pub(crate) fn described(mut self, description: &str) -> Self {
        self.description = one_line(description).chars().take(350).collect();
        self
    }

    /// The same, for everybody to see.
    pub(crate) fn public(mut self) -> Self {
        self.public = true;
        self
    }
}

impl GitHub {
    /// The repositories that the account may push to, the one pushed to last first. Of those whose full
    /// name holds `filter`, in capitals or not. The thousand pushed to last are looked at.
    pub(crate) async fn repositories(&self, filter: &str) -> Result<GitHubRepositories> {
        let route = Route::new(["user", "repos"])
            .query("affiliation", "owner,collaborator,organization_member")
            .query("sort", "pushed")
            .query("direction", "desc");
        let filter = filter.trim().to_lowercase();
        let host = self.host();
        let mut repositories = Vec::new();
        let pages = self
            .pages(&route, PAGES, |page: Vec<RepositoryBody>| {
                let read = page.len();
                repositories.extend(
                    page.into_iter()
                        .filter(|body| body.permissions.unwrap_or_default().push && !body.archived)
                        .filter(|body| body.full_name.to_lowercase().contains(&filter))
                        .filter_map(|body| listed(host, body)),
                );
                read
            })
            .await?;
        match pages {
            Pages::All => Ok(GitHubRepositories { repositories, more: false }),
            Pages::More => Ok(GitHubRepositories { repositories, more: true }),
            Pages::Refused(answer) => Err(answer.refusal("to list the repositories")),
        }
    }

    /// Makes a repository, with nothing in it.
    pub(crate) async fn create_repository(&self, wanted: &NewRepository) -> Result<CreateOutcome> {
        let route = match &wanted.owner {
            Owner::Me => Route::new(["user", "repos"]),
            Owner::Organisation(name) => Route::new(["orgs", name, "repos"]),
        };
        let body = json!({
            "name": wanted.name,
            "description": wanted.description,
            "private": !wanted.public,
            "auto_init": false,
        });
        let answer = self.change(Method::POST, &route, Some(&body)).await?;
        match answer.status {
            201 => {
                let made = listed(self.host(), answer.json()?).ok_or_else(|| Error::GitHub {
                    detail: format!("the new repository {} has a name there that can't be used", wanted.name),
                })?;
                Ok(CreateOutcome::Created(made))
            }
            403 | 404 => Ok(CreateOutcome::NotAllowed { reason: answer.reason() }),
            400 | 409 | 422 => Ok(CreateOutcome::NotTaken { reason: answer.reason() }),
            _ => Err(answer.refusal("to make a repository")),
        }
    }
}

/// A repository as a list shows it; none where its name is none. Where it is cloned from is for us to say: the
/// answer could name any place.
fn listed(host: &Host, body: RepositoryBody) -> Option<GitHubRepository> {
    let full_name = super::Repository::parse(&body.full_name)?.to_string();
    let (url, _) = crate::git::parse_remote_url(&format!("{}/{full_name}.git", host.web())).ok()?;
    Some(GitHubRepository {
        full_name,
        description: body.description.map(|text| one_line(&text)).filter(|text| !text.is_empty()),
        url: RemoteUrl::from_clean(url.as_str().to_owned()),
        private: body.private,
        default_branch: body.default_branch.as_deref().and_then(|name| BranchName::parse(name).ok()),
        pushed: body.pushed_at.as_deref().and_then(moment::parse),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_github_would_not_take_is_refused_before_it_is_asked() {
        for good in ["fabrics", "a", "lab.2", "lab_2-x"] {
            assert!(NewRepository::private(Owner::Me, good).is_some(), "{good}");
        }
        let long = "x".repeat(101);
        for bad in ["", ".", "..", "a b", "a/b", "x.git", "x.wiki", "ü", long.as_str()] {
            assert!(NewRepository::private(Owner::Me, bad).is_none(), "{bad}");
            let owner = Owner::Organisation(bad.to_owned());
            assert_eq!(NewRepository::private(owner, "lab").is_some(), bad.starts_with("x."), "{bad}");
        }
    }
}
