//! How the checks of a commit stand: check runs and commit statuses together.

use serde::Deserialize;

use crate::error::Result;
use crate::github::Repository;
use crate::github::client::{GitHub, PAGE, Pages};
use crate::github::route::Route;
use crate::github::view::{ChecksState, ChecksView};
use crate::github::wire::one_line;
use crate::id::Revision;

/// The most checks that are read, in pages of a hundred.
const CHECK_PAGES: u32 = 3;

/// The checks of a commit, by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Checks {
    /// Those that passed, or need not.
    pub(crate) passed: Vec<String>,
    /// Those that are not done.
    pub(crate) pending: Vec<String>,
    /// Those that failed.
    pub(crate) failed: Vec<String>,
    /// Whether there may be more that the token does not see.
    pub(crate) partly_hidden: bool,
}

#[derive(Deserialize)]
struct Runs {
    check_runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    name: String,
    status: String,
    conclusion: Option<String>,
}

#[derive(Deserialize)]
struct Combined {
    statuses: Vec<Status>,
}

#[derive(Deserialize)]
struct Status {
    context: String,
    state: String,
}

/// What a check came to.
enum Mark {
    Passed,
    Pending,
    Failed,
}

impl GitHub {
    /// Reads the checks of a commit.
    pub(crate) async fn checks(&self, repository: &Repository, revision: &Revision) -> Result<Checks> {
        let part = |last| {
            Route::new(["repos", repository.owner(), repository.name(), "commits", revision.as_str(), last])
        };
        let mut checks = Checks::default();
        let read = self
            .pages(&part("check-runs").query("filter", "latest"), CHECK_PAGES, |page: Runs| {
                for run in &page.check_runs {
                    checks.add(&run.name, of_run(run));
                }
                page.check_runs.len()
            })
            .await?;
        match read {
            Pages::All => {}
            Pages::More => checks.partly_hidden = true,
            // A fine-grained token can lack the right to see these and still see the rest.
            Pages::Refused(answer) if matches!(answer.status, 403 | 404) => checks.partly_hidden = true,
            Pages::Refused(answer) => return Err(answer.refusal("to list the checks of a commit")),
        }
        let answer = self.get(&part("status").page(1, PAGE)).await?;
        match answer.status {
            200 => {
                let combined: Combined = answer.json()?;
                for status in &combined.statuses {
                    checks.add(&status.context, of_status(&status.state));
                }
            }
            403 | 404 => checks.partly_hidden = true,
            _ => return Err(answer.refusal("to list the statuses of a commit")),
        }
        Ok(checks)
    }
}

impl Checks {
    fn add(&mut self, name: &str, mark: Mark) {
        let list = match mark {
            Mark::Passed => &mut self.passed,
            Mark::Pending => &mut self.pending,
            Mark::Failed => &mut self.failed,
        };
        list.push(one_line(name));
    }

    /// All of them in one word.
    pub(crate) fn state(&self) -> ChecksState {
        match () {
            () if !self.failed.is_empty() => ChecksState::Failure,
            () if !self.pending.is_empty() => ChecksState::Pending,
            () if self.partly_hidden => ChecksState::Unknown,
            () if self.passed.is_empty() => ChecksState::None,
            () => ChecksState::Success,
        }
    }

    /// The checks as the window shows them.
    pub(crate) fn view(&self) -> ChecksView {
        ChecksView {
            state: self.state(),
            passed: self.passed.clone(),
            pending: self.pending.clone(),
            failed: self.failed.clone(),
        }
    }
}

fn of_run(run: &Run) -> Mark {
    match (run.status.as_str(), run.conclusion.as_deref()) {
        ("completed", Some("success" | "neutral" | "skipped")) => Mark::Passed,
        ("completed", _) => Mark::Failed,
        _ => Mark::Pending,
    }
}

fn of_status(state: &str) -> Mark {
    match state {
        "success" => Mark::Passed,
        "pending" => Mark::Pending,
        _ => Mark::Failed,
    }
}
