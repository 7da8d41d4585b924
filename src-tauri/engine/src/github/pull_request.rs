//! The way round a rule: a branch of our own, and a pull request for it.

use std::time::Duration;

use axum::http::Method;
use serde::Deserialize;
use serde_json::json;

use crate::error::Result;
use crate::github::client::GitHub;
use crate::github::moment;
use crate::github::poll::revision;
use crate::github::route::Route;
use crate::github::view::{PullRequestState, PullRequestView};
use crate::github::wire::one_line;
use crate::github::{Checks, Host, Repository};
use crate::id::{BranchName, Revision, Timestamp};

/// The longest title that GitHub takes, in characters.
const TITLE: usize = 256;

/// A pull request that is to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewPullRequest {
    /// The branch with the changes; it is on the remote already.
    pub(crate) head: BranchName,
    /// The branch that they are for.
    pub(crate) base: BranchName,
    /// What it is called: one line.
    pub(crate) title: String,
    /// What it says: `pull_request_body`.
    pub(crate) body: String,
}

/// What became of the wish for a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OpenOutcome {
    /// It is open.
    Opened(PullRequest),
    /// There is one for these branches; it shows the new commits by itself.
    AlreadyOpen(PullRequest),
    /// The account may not.
    NotAllowed {
        /// GitHub's words.
        reason: String,
    },
    /// GitHub does not take it: most often the branches are the same.
    NotTaken {
        /// GitHub's words.
        reason: String,
    },
}

/// A pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PullRequest {
    /// Its number.
    pub(crate) number: u32,
    /// Its title.
    pub(crate) title: String,
    /// Its page.
    pub(crate) url: String,
    /// How it stands.
    pub(crate) state: PullRequestState,
    /// The branch with the changes.
    pub(crate) head: String,
    /// The newest commit of that branch.
    pub(crate) revision: Option<Revision>,
    /// What it became, once it is merged.
    pub(crate) merged: Option<Merged>,
    /// The branch that they are for.
    pub(crate) base: String,
    /// Whether it merges without conflict; unknown while GitHub works it out.
    pub(crate) mergeable: Option<bool>,
}

/// What became of a pull request that was merged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Merged {
    /// The commit that it made on its base; of several, the last.
    pub(crate) revision: Option<Revision>,
    /// When.
    pub(crate) at: Option<Timestamp>,
}

/// How long a host may take to show in Git what it says was merged.
const LAG: Duration = Duration::from_secs(5 * 60);

impl Merged {
    /// Whether the host may still be about to show it in Git.
    pub(crate) fn is_fresh(&self, now: Timestamp) -> bool {
        let age = self.at.map(|at| now.as_millis().saturating_sub(at.as_millis()));
        self.revision.is_some()
            && age.is_some_and(|age| u128::try_from(age).map_or(true, |age| age < LAG.as_millis()))
    }
}

#[derive(Deserialize)]
struct PullRequestBody {
    number: u32,
    title: String,
    state: String,
    merged_at: Option<String>,
    #[serde(default)]
    merge_commit_sha: Option<String>,
    #[serde(default)]
    mergeable: Option<bool>,
    head: Tip,
    base: Tip,
}

#[derive(Deserialize)]
struct Tip {
    #[serde(rename = "ref")]
    branch: String,
    sha: String,
}

impl GitHub {
    /// Opens a pull request, or finds the one that is open for its branches: asked twice, there is one.
    pub(crate) async fn open_pull_request(
        &self,
        repository: &Repository,
        wanted: &NewPullRequest,
    ) -> Result<OpenOutcome> {
        if let Some(open) = self.find_pull_request(repository, &wanted.head, Some(&wanted.base)).await? {
            return Ok(OpenOutcome::AlreadyOpen(open));
        }
        let title: String = one_line(&wanted.title).chars().take(TITLE).collect();
        let body = json!({
            "title": title,
            "head": wanted.head.as_str(),
            "base": wanted.base.as_str(),
            "body": wanted.body,
            "maintainer_can_modify": true,
        });
        let answer = self.change(Method::POST, &pulls(repository), Some(&body)).await?;
        match answer.status {
            201 => Ok(OpenOutcome::Opened(read(&self.host, repository, answer.json()?))),
            403 | 404 => Ok(OpenOutcome::NotAllowed { reason: answer.reason() }),
            422 => {
                // Another desktop may have been faster.
                let found = self.find_pull_request(repository, &wanted.head, Some(&wanted.base)).await?;
                Ok(found.map_or_else(
                    || OpenOutcome::NotTaken { reason: answer.reason() },
                    OpenOutcome::AlreadyOpen,
                ))
            }
            _ => Err(answer.refusal("to open a pull request")),
        }
    }

    /// The open pull request for a branch of the repository itself.
    pub(crate) async fn find_pull_request(
        &self,
        repository: &Repository,
        head: &BranchName,
        base: Option<&BranchName>,
    ) -> Result<Option<PullRequest>> {
        let mut route =
            pulls(repository).query("state", "open").query("head", &format!("{}:{head}", repository.owner()));
        if let Some(base) = base {
            route = route.query("base", base.as_str());
        }
        let answer = self.get(&route.page(1, 10)).await?;
        if answer.status != 200 {
            return Err(answer.refusal("to list the pull requests"));
        }
        let found: Vec<PullRequestBody> = answer.json()?;
        // A host that does not know the question lists all.
        let ours = found.into_iter().find(|found| {
            found.head.branch == head.as_str() && base.is_none_or(|base| found.base.branch == base.as_str())
        });
        Ok(ours.map(|found| read(&self.host, repository, found)))
    }

    /// A pull request by its number, as it stands now; none where it is not there any more.
    pub(crate) async fn pull_request(
        &self,
        repository: &Repository,
        number: u32,
    ) -> Result<Option<PullRequest>> {
        let number = number.to_string();
        let route = Route::new(["repos", repository.owner(), repository.name(), "pulls", &number]);
        let answer = self.get(&route).await?;
        match answer.status {
            200 => Ok(Some(read(&self.host, repository, answer.json()?))),
            404 => Ok(None),
            _ => Err(answer.refusal("to show a pull request")),
        }
    }

    /// A pull request with its checks, which are asked for only while it is open.
    pub(crate) async fn follow_pull_request(
        &self,
        repository: &Repository,
        number: u32,
    ) -> Result<Option<(PullRequest, Option<Checks>)>> {
        let Some(found) = self.pull_request(repository, number).await? else { return Ok(None) };
        let checks = match &found.revision {
            Some(revision) if found.state == PullRequestState::Open => {
                Some(self.checks(repository, revision).await?)
            }
            _ => None,
        };
        Ok(Some((found, checks)))
    }
}

impl PullRequest {
    /// The pull request as the window shows it.
    pub(crate) fn view(&self, checks: Option<&Checks>) -> PullRequestView {
        PullRequestView {
            number: self.number,
            title: self.title.clone(),
            url: self.url.clone(),
            state: self.state,
            head: self.head.clone(),
            revision: self.revision.clone(),
            base: self.base.clone(),
            mergeable: self.mergeable,
            checks: checks.map(Checks::view),
        }
    }
}

fn pulls(repository: &Repository) -> Route {
    Route::new(["repos", repository.owner(), repository.name(), "pulls"])
}

fn read(host: &Host, repository: &Repository, body: PullRequestBody) -> PullRequest {
    let state = match body.state.as_str() {
        _ if body.merged_at.is_some() => PullRequestState::Merged,
        "open" => PullRequestState::Open,
        _ => PullRequestState::Closed,
    };
    PullRequest {
        number: body.number,
        title: one_line(&body.title),
        // Made here and not taken from the answer: it is opened in a browser.
        url: format!("{}/{repository}/pull/{}", host.web(), body.number),
        state,
        head: one_line(&body.head.branch),
        revision: revision(&body.head.sha),
        merged: body.merged_at.map(|at| Merged {
            revision: body.merge_commit_sha.as_deref().and_then(revision),
            at: moment::parse(&at),
        }),
        base: one_line(&body.base.branch),
        mergeable: body.mergeable.filter(|_| state == PullRequestState::Open),
    }
}
