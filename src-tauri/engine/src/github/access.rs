//! What a token may do with a repository, and what the repository allows at all.

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::github::Repository;
use crate::github::account::scopes;
use crate::github::client::GitHub;
use crate::github::route::Route;
use crate::github::view::{Abilities, Ability};
use crate::id::BranchName;

/// A look at a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum RepositoryCheck {
    /// There is none of that name, or the token may not know of it: GitHub tells these apart for nobody.
    Missing,
    /// GitHub shows it to nobody, and says why.
    Blocked {
        /// GitHub's words.
        reason: String,
    },
    /// It is there.
    Found(RepositoryFacts),
}

/// A repository, as a token sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RepositoryFacts {
    /// What it is called now.
    pub(crate) repository: Repository,
    /// Whether it was asked for by a name that it does not have any more.
    pub(crate) renamed: bool,
    /// Its main branch; none where GitHub names none that can be used.
    pub(crate) default_branch: Option<BranchName>,
    /// Whether only some may see it.
    pub(crate) private: bool,
    /// Whether it is closed for changes.
    pub(crate) archived: bool,
    /// Whether GitHub has switched it off.
    pub(crate) disabled: bool,
    /// What the token may do.
    pub(crate) abilities: Abilities,
}

/// A repository, as far as this module reads one.
#[derive(Deserialize)]
pub(super) struct RepositoryBody {
    pub(super) full_name: String,
    pub(super) default_branch: Option<String>,
    pub(super) description: Option<String>,
    pub(super) pushed_at: Option<String>,
    #[serde(default)]
    pub(super) private: bool,
    #[serde(default)]
    pub(super) archived: bool,
    #[serde(default)]
    pub(super) disabled: bool,
    pub(super) permissions: Option<Permissions>,
}

/// What the account, not the token, may do.
#[derive(Deserialize, Default, Clone, Copy)]
#[serde(default)]
pub(super) struct Permissions {
    pub(super) admin: bool,
    pub(super) push: bool,
}

impl GitHub {
    /// Looks at a repository: what the token may do with it and what keeps everybody from it.
    pub(crate) async fn check(&self, repository: &Repository) -> Result<RepositoryCheck> {
        let route = Route::new(["repos", repository.owner(), repository.name()]);
        let answer = self.get(&route).await?;
        match answer.status {
            200 => {}
            404 => return Ok(RepositoryCheck::Missing),
            403 | 451 => return Ok(RepositoryCheck::Blocked { reason: answer.reason() }),
            _ => return Err(answer.refusal("to show a repository")),
        }
        let body: RepositoryBody = answer.json()?;
        let scopes = scopes(answer.header("x-oauth-scopes"));
        let now = Repository::parse(&body.full_name).ok_or_else(|| Error::GitHub {
            detail: format!("{repository} has a name there that can't be used"),
        })?;
        let same = now.to_string().eq_ignore_ascii_case(&repository.to_string());
        let mut abilities = abilities(body.permissions.unwrap_or_default(), body.private, scopes.as_deref());
        if body.archived || body.disabled {
            let state = if body.archived { "archived" } else { "disabled" };
            let closed = Ability::No { reason: format!("the repository is {state}") };
            abilities.push = closed.clone();
            abilities.pull_requests = closed;
        }
        Ok(RepositoryCheck::Found(RepositoryFacts {
            renamed: !same,
            repository: now,
            default_branch: body.default_branch.as_deref().and_then(|name| BranchName::parse(name).ok()),
            private: body.private,
            archived: body.archived,
            disabled: body.disabled,
            abilities,
        }))
    }
}

impl RepositoryFacts {
    /// Whether the token may push; none where only a push tells.
    pub(crate) fn may_push(&self) -> Option<bool> {
        match &self.abilities.push {
            Ability::Yes => Some(true),
            Ability::No { .. } => Some(false),
            Ability::Unknown { .. } => None,
        }
    }

    /// What the token lacks for all that the app can do there, each a clause.
    pub(crate) fn lacks(&self) -> Vec<String> {
        let Abilities { read: _, push, pull_requests, webhooks } = &self.abilities;
        let what = [("pushing", push), ("pull requests", pull_requests), ("webhooks", webhooks)];
        let lack = |(what, ability): (&str, &Ability)| match ability {
            Ability::Yes => None,
            Ability::No { reason } | Ability::Unknown { reason } => Some(format!("{what}: {reason}")),
        };
        what.into_iter().filter_map(lack).collect()
    }

    /// What the user should know before going on, each a sentence.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.renamed {
            notes.push(format!("The repository is called {} now: use its new address.", self.repository));
        }
        if self.archived {
            notes.push("The repository is archived on GitHub: nothing can be pushed to it.".to_owned());
        } else if self.disabled {
            notes.push("The repository is disabled on GitHub: nothing can be pushed to it.".to_owned());
        } else if let Ability::No { reason } = &self.abilities.push {
            notes.push(format!("This token may read the repository but not push to it: {reason}."));
        }
        notes
    }
}

/// What a token may do, out of what its account may do and the scopes that it has, if it knows scopes.
fn abilities(account: Permissions, private: bool, scopes: Option<&[String]>) -> Abilities {
    let has =
        |names: &[&str]| scopes.map(|scopes| scopes.iter().any(|scope| names.contains(&scope.as_str())));
    let judge = |may: bool, right: &str, scope: Option<bool>, scope_name: &str, permission: &str| match scope
    {
        _ if !may => Ability::No { reason: format!("the account has no {right} right there") },
        Some(true) => Ability::Yes,
        Some(false) => Ability::No { reason: format!("the token lacks the scope {scope_name}") },
        None => Ability::Unknown { reason: format!("a fine-grained token needs {permission} for it") },
    };
    let contents = if private { has(&["repo"]) } else { has(&["repo", "public_repo"]) };
    let contents_scope = if private { "repo" } else { "public_repo" };
    let hooks = has(&["repo", "admin:repo_hook", "write:repo_hook"]);
    Abilities {
        read: Ability::Yes,
        push: judge(account.push, "write", contents, contents_scope, "Contents: write"),
        pull_requests: judge(account.push, "write", contents, contents_scope, "Pull requests: write"),
        webhooks: judge(account.admin, "admin", hooks, "admin:repo_hook", "Webhooks: write"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_may_what_its_account_and_its_scopes_allow() {
        let yes = |ability: &Ability| match ability {
            Ability::Yes => 'y',
            Ability::No { .. } => 'n',
            Ability::Unknown { .. } => '?',
        };
        let admin = Permissions { admin: true, push: true };
        let writer = Permissions { admin: false, push: true };
        let reader = Permissions::default();
        let cases: [(Permissions, bool, Option<&[&str]>, &str); 9] = [
            (admin, true, Some(&["repo"]), "yyy"),
            (admin, true, Some(&["public_repo"]), "nnn"),
            (admin, false, Some(&["public_repo"]), "yyn"),
            (admin, false, Some(&["public_repo", "write:repo_hook"]), "yyy"),
            (writer, true, Some(&["repo"]), "yyn"),
            (writer, true, Some(&[]), "nnn"),
            (reader, true, Some(&["repo"]), "nnn"),
            (writer, true, None, "??n"),
            (admin, false, None, "???"),
        ];
        for (row, (account, private, scopes, expected)) in cases.into_iter().enumerate() {
            let scopes =
                scopes.map(|scopes| scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>());
            let found = abilities(account, private, scopes.as_deref());
            let found: String =
                [&found.push, &found.pull_requests, &found.webhooks].map(yes).iter().collect();
            assert_eq!(found, expected, "row {row}");
        }
    }
}
