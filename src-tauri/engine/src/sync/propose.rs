//! Where a rule keeps everybody from pushing to the fabric's branch: a branch of our own, for a pull request.

use std::collections::HashMap;

use crate::error::{Error, Result};
use crate::git::PushReply;
use crate::id::{BranchName, RemoteUrl, Timestamp};
use crate::operation::{Step, Unit};
use crate::sync::exchange::{TRIES, pause};
use crate::sync::flow::{Flow, Proposal};
use crate::sync::status::count;

impl Flow<'_> {
    /// Brings in what is new, and pushes to the proposal's branch.
    pub(super) fn propose(&mut self) -> Result<()> {
        let url = self.remote()?.ok_or(Error::NoRemote)?;
        let none = || Error::Internal { detail: "a proposal without a branch".to_owned() };
        let proposal = self.proposal.clone().ok_or_else(none)?;
        self.fetch()?;
        self.take_edits()?;
        self.integrate()?;
        if !self.result.conflicts.is_empty() {
            return self.nothing_to_push("waits until both sides agree");
        }
        self.publish_to(&proposal.head, &url)
    }

    /// Where the pull request was merged: once that shows in the branch, what we have beyond it is to stand on
    /// what the remote made of it. A host that says so and does not show it for long is not waited for.
    pub(super) fn land(&mut self) -> Result<()> {
        let Some(Proposal { head, merged: Some(merged), .. }) = self.proposal.clone() else { return Ok(()) };
        let theirs = self.repo.tracking(self.branch)?;
        let has_arrived = match (&merged.revision, &theirs) {
            (Some(merged), Some(theirs)) => self.repo.contains(theirs, merged)?,
            _ => false,
        };
        if !has_arrived && merged.is_fresh(Timestamp::now()) {
            return Ok(());
        }
        if let (true, Some(head)) = (has_arrived, self.repo.tracking_of(self.branch, &head)?) {
            self.repo.landed(self.branch, &head)?;
        }
        self.report.loud();
        self.result.landed = true;
        self.proposal = None;
        Ok(())
    }

    /// Pushes what the fabric's branch lacks on the remote to `head` there. What reviewers added to that
    /// branch is brought in first; one that is gone is made again.
    pub(super) fn publish_to(&mut self, head: &BranchName, url: &RemoteUrl) -> Result<()> {
        for attempt in 1..=TRIES {
            let Some(tip) = self.repo.tip(self.branch)? else {
                return self.nothing_to_push("nothing is committed yet");
            };
            let ahead = self.repo.ahead_behind(self.branch)?.map_or(1, |(ahead, _)| ahead);
            if ahead == 0 {
                return self.nothing_to_push("the remote has it all");
            }
            let expected = self.repo.tracking_of(self.branch, head)?;
            if expected.as_ref() == Some(&tip) {
                return self.nothing_to_push("the pull request has it all");
            }
            self.report.loud();
            self.report.begin(Step::Push, Some(Unit::GitObjects))?;
            let (access, watch) = ((self.access)()?, self.watch(Step::Push));
            let reply =
                self.away(|| self.repo.push_to(self.branch, head, &tip, expected.as_ref(), &access, &watch))?;
            match reply {
                PushReply::Accepted => {
                    self.report
                        .end(Step::Push, format!("{} on {head}", count(ahead as usize, "commit", "commits")));
                    self.report.begin(Step::Verify, None)?;
                    let watch = self.watch_to_the_end(Step::Verify);
                    let there = self.away(|| self.repo.remote_tip_of(self.branch, head, &access, &watch))?;
                    self.result.contacted = true;
                    if there.as_ref() != Some(&tip) {
                        return Err(Error::PushUnconfirmed { remote: url.clone() });
                    }
                    self.report.end(Step::Verify, format!("{head} has {}", tip.short()));
                    self.result.pushed += ahead;
                    return Ok(());
                }
                PushReply::Refused(reason) => return Err(Error::PushRefused { remote: url.clone(), reason }),
                PushReply::Moved | PushReply::Busy(_) => {
                    self.report.fail("the branch moved meanwhile");
                    self.away(|| std::thread::sleep(pause(attempt, &self.report.operation())));
                    let watch = self.watch(Step::Fetch);
                    match self.away(|| self.repo.fetch_of(self.branch, head, &access, &watch)) {
                        Ok(Some(_)) => self.integrate_by(&HashMap::new(), head)?,
                        // Somebody tidied up: it is made again.
                        Ok(None) | Err(Error::BranchGone { .. }) => self.repo.forget_gone(head)?,
                        Err(error) => return Err(error),
                    }
                    if !self.result.conflicts.is_empty() {
                        return self.nothing_to_push("waits until both sides agree");
                    }
                }
            }
        }
        Err(Error::PushOvertaken { remote: url.clone(), tries: TRIES })
    }
}
