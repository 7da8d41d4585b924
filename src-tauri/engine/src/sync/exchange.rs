//! The half of the flow that speaks with the remote: fetch, integrate, push, and reading it back.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::change::FileChange;
use crate::error::{Error, Result};
use crate::fgd::ArchiveLog;
use crate::git::{self, Access, Integration, PushReply, Repo, Watch};
use crate::id::{BranchName, OperationId, RemoteUrl, RepoPath, Revision};
use crate::operation::{Collision, CollisionSide, Step, Unit};
use crate::sync::flow::Flow;
use crate::sync::message;
use crate::sync::progress::Reporter;
use crate::sync::status::count;

/// How often a push is tried that another one overtakes.
const TRIES: u32 = 5;

impl Flow<'_> {
    pub(super) fn remote(&self) -> Result<Option<RemoteUrl>> {
        Ok(self.repo.remote(self.branch)?.map(|remote| remote.url))
    }

    /// Asks the remote for what is new on the branch.
    pub(super) fn fetch(&mut self) -> Result<()> {
        if self.remote()?.is_none() {
            self.report.skip(Step::Fetch, "no remote");
            return Ok(());
        }
        self.report.begin(Step::Fetch, Some(Unit::GitObjects))?;
        let tip = self.repo.fetch(self.branch, &self.access, &self.watch(Step::Fetch))?;
        self.result.contacted = true;
        self.report.end(
            Step::Fetch,
            if tip.is_some() { "the remote answered" } else { "the branch is not there yet" },
        );
        Ok(())
    }

    /// Fast-forwards or merges; what both sides changed is reported and left alone.
    pub(super) fn integrate(&mut self) -> Result<()> {
        self.report.begin(Step::Integrate, Some(Unit::Files))?;
        let operation = self.report.operation();
        let branch = self.branch.as_str();
        let integration = self
            .repo
            .integrate(self.branch, &settle, &|commits| message::merge(commits, branch, &operation))?;
        self.result.compared = true;
        let (to, commits, changes, note) = match integration {
            Integration::NoTracking | Integration::UpToDate | Integration::Ahead(_) => {
                self.report.end(Step::Integrate, "nothing new");
                return Ok(());
            }
            Integration::Collides(files) => {
                self.collide(files, CollisionSide::Committed);
                return Ok(());
            }
            Integration::FastForward { to, commits, changes } => {
                (to, commits, changes, format!("{} pulled", count(commits as usize, "commit", "commits")))
            }
            Integration::Merge { to, commits, changes } => {
                (to, commits, changes, format!("{} merged", count(commits as usize, "commit", "commits")))
            }
        };
        self.report.loud();
        let edited = self.repo.check_disk(&changes)?;
        if !edited.is_empty() {
            self.collide(edited, CollisionSide::WorkTree);
            return Ok(());
        }
        self.advance(Step::Integrate, &to, &changes)?;
        self.result.pulled += commits;
        self.report.end(Step::Integrate, note);
        Ok(())
    }

    fn collide(&mut self, files: Vec<RepoPath>, ours: CollisionSide) {
        let note = format!("{} changed on both sides", count(files.len(), "file", "files"));
        self.result.collisions = files.into_iter().map(|file| Collision { file, ours }).collect();
        self.report.end(Step::Integrate, note);
    }

    fn advance(&self, step: Step, to: &Revision, changes: &[FileChange]) -> Result<()> {
        let (report, total) = (self.report, changes.len());
        let from = self.repo.tip(self.branch)?;
        report.check()?;
        self.move_to(from.as_ref(), to, changes, &mut |done| {
            let current = changes.get(done).map(|change| change.path.file_name());
            drop(report.count(step, done, Some(total), current));
        })
    }

    /// Pushes what the remote lacks and reads it back. Overtaken pushes fetch, integrate and try again.
    pub(crate) fn publish(&mut self) -> Result<()> {
        let Some(url) = self.remote()? else {
            return self.nothing_to_push("no remote");
        };
        if !self.result.collisions.is_empty() {
            return self.nothing_to_push("waits until both sides agree");
        }
        for attempt in 1..=TRIES {
            let Some(tip) = self.repo.tip(self.branch)? else {
                return self.nothing_to_push("nothing is committed yet");
            };
            let expected = self.repo.tracking(self.branch)?;
            if expected.as_ref() == Some(&tip) {
                return self.nothing_to_push("the remote has it all");
            }
            self.report.loud();
            self.report.begin(Step::Push, Some(Unit::GitObjects))?;
            let ahead = self.unpushed(&tip)?;
            let watch = self.watch(Step::Push);
            match self.repo.push(self.branch, &tip, expected.as_ref(), &self.access, &watch)? {
                PushReply::Accepted => {
                    self.report.end(Step::Push, count(ahead as usize, "commit", "commits"));
                    self.verify(&url, &tip)?;
                    self.result.pushed += ahead;
                    return Ok(());
                }
                PushReply::Refused(reason) => return Err(Error::PushRefused { remote: url, reason }),
                PushReply::Moved => {
                    self.report.fail("the remote moved meanwhile");
                    std::thread::sleep(pause(attempt, &self.report.operation()));
                    self.fetch()?;
                    self.integrate()?;
                    if !self.result.collisions.is_empty() {
                        return self.nothing_to_push("waits until both sides agree");
                    }
                }
            }
        }
        Err(Error::PushOvertaken { remote: url, tries: TRIES })
    }

    /// Only what the remote says it has counts as pushed.
    fn verify(&mut self, url: &RemoteUrl, tip: &Revision) -> Result<()> {
        self.report.begin(Step::Verify, None)?;
        let there = self.repo.remote_tip(self.branch, &self.access, &self.watch(Step::Verify))?;
        self.result.contacted = true;
        // Somebody may have pushed on top of it already: then it is in their history.
        let confirmed = there.as_ref() == Some(tip) || {
            self.repo.fetch(self.branch, &self.access, &self.watch(Step::Verify))?;
            self.repo.ahead_behind(self.branch)?.is_some_and(|(ahead, _)| ahead == 0)
        };
        if !confirmed {
            return Err(Error::PushUnconfirmed { remote: url.clone() });
        }
        self.report.end(Step::Verify, format!("the remote has {}", tip.short()));
        Ok(())
    }

    fn nothing_to_push(&self, why: &str) -> Result<()> {
        self.report.skip(Step::Push, why);
        self.report.skip(Step::Verify, why);
        Ok(())
    }

    fn unpushed(&self, tip: &Revision) -> Result<u32> {
        match self.repo.ahead_behind(self.branch)? {
            Some((ahead, _)) => Ok(ahead),
            None => Ok(u32::try_from(self.repo.log(tip, 10_000)?.len()).unwrap_or(u32::MAX)),
        }
    }

    fn watch(&self, step: Step) -> Watch {
        watch(self.report, step)
    }
}

/// Brings a repository over into a directory of its own, as the first step of adding a fabric by URL.
pub(crate) fn onboard_clone(
    url: &RemoteUrl,
    branch: &BranchName,
    into: &Path,
    access: &Access,
    report: &Arc<Reporter>,
) -> Result<Repo> {
    report.begin(Step::Clone, Some(Unit::GitObjects))?;
    let repo = git::clone_into(url, branch, into, access, &watch(report, Step::Clone))?;
    report.end(Step::Clone, "cloned");
    Ok(repo)
}

fn watch(report: &Arc<Reporter>, step: Step) -> Watch {
    let told = Arc::clone(report);
    Watch {
        cancelled: report.cancelled(),
        progress: Arc::new(move |done, total| {
            // The flag above stops the transfer; this only counts.
            drop(told.count(step, done as usize, (total > 0).then_some(total as usize), None));
        }),
    }
}

/// Archive logs grow on both sides and merge as sets; anything else that both sides changed collides.
fn settle(path: &RepoPath, base: Option<&[u8]>, ours: &[u8], theirs: &[u8]) -> Option<Vec<u8>> {
    if !format!("/{path}").ends_with("/.hnp/archive-log.yaml") {
        return None;
    }
    let read = |bytes| ArchiveLog::read(path, bytes).ok();
    let base = match base {
        Some(bytes) => Some(read(bytes)?),
        None => None,
    };
    Some(ArchiveLog::merge(base.as_ref(), &read(ours)?, &read(theirs)?).text().into_bytes())
}

pub(super) fn is_about_the_remote(error: &Error) -> bool {
    matches!(
        error,
        Error::RemoteUnreachable { .. }
            | Error::RemoteMissing { .. }
            | Error::RemoteStalled { .. }
            | Error::RemoteUntrusted { .. }
            | Error::AuthRequired { .. }
            | Error::AuthRefused { .. }
    )
}

/// How long to wait after an overtaken push: longer each time, and not as long as the other desktops,
/// whose operations have other identifiers.
fn pause(attempt: u32, operation: &OperationId) -> Duration {
    let spread =
        operation.as_str().bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    Duration::from_millis(u64::from(attempt) * 100 + spread % 200)
}
