//! The half of the flow that speaks with the remote: fetch, integrate, push, and reading it back.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::conflict::{Conflict, Resolution};
use crate::error::{Error, Result};
use crate::git::{self, Access, Integration, PushReply, Repo, Surveyed, Transferred, Watch, Wish};
use crate::id::{BranchName, OperationId, RemoteUrl, RepoPath, Revision};
use crate::operation::{Step, Unit};
use crate::sync::flow::{Flow, IsWaitedFor};
use crate::sync::message;
use crate::sync::progress::Reporter;
use crate::sync::settle::{Settler, conflict, is_same};
use crate::sync::status::count;

/// How often a push is tried that another one overtakes.
pub(super) const TRIES: u32 = 8;
/// The longest pause after a push that was overtaken for the first time, and how often it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(120);
const MOST_DOUBLED: u32 = 4;
/// For how long a look at the work tree is believed.
const STILL_TRUE: Duration = Duration::from_secs(1);
/// How often both sides are brought together anew because somebody edits files meanwhile.
const LOOKS: u32 = 4;

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
        let access = (self.access)()?;
        // Both only look, and the one waits for the network while the other waits for the disk.
        let (began, edits) = (Instant::now(), self.look_for_edits()?);
        let fetched = self.away(|| self.repo.fetch(self.branch, &access, &self.watch(Step::Fetch)));
        let edits = edits.and_then(|looking| looking.join().ok());
        // What was seen before a long wait is not what is there.
        self.differed = edits.filter(|_| began.elapsed() < STILL_TRUE);
        let tip = fetched?;
        self.result.contacted = true;
        self.land()?;
        self.report.end(
            Step::Fetch,
            if tip.is_some() { "the remote answered" } else { "the branch is not there yet" },
        );
        Ok(())
    }

    /// Fast-forwards or merges. What both sides changed and nothing brings together is told and left alone;
    /// all else is taken over.
    pub(super) fn integrate(&mut self) -> Result<()> {
        self.integrate_by(&HashMap::new(), self.branch)
    }

    /// Settles conflicts as a person decided, and pushes what comes of it.
    pub(super) fn resolve(&mut self, decisions: &[Resolution]) -> Result<()> {
        self.take_edits()?;
        let decided: HashMap<RepoPath, Resolution> =
            decisions.iter().map(|decision| (decision.file.clone(), decision.clone())).collect();
        let (there, standing) = self.disputed()?;
        let is_there = |decision: &&Resolution| standing.iter().any(|conflict| is_same(conflict, decision));
        if !decisions.iter().all(|decision| is_there(&decision)) {
            self.result.stale = true;
            self.result.compared = true;
            self.result.conflicts = standing;
            self.report.skip(Step::Integrate, "both sides have changed since");
            return self.nothing_to_push("nothing was decided");
        }
        self.check_decided(decisions)?;
        self.integrate_by(&decided, &there)?;
        let left = |file: &RepoPath| self.result.conflicts.iter().any(|conflict| conflict.file == *file);
        let resolved = decided.keys().filter(|file| !left(file)).count();
        self.result.resolved = u32::try_from(resolved).unwrap_or(u32::MAX);
        self.publish()
    }

    /// The conflicts as of the last contact. Changes nothing.
    pub(crate) fn conflicts(&self) -> Result<Vec<Conflict>> {
        Ok(self.disputed()?.1)
    }

    /// The branch of the remote with which there are conflicts, and those: the fabric's own, else that of the
    /// pull request, to which others may push too.
    fn disputed(&self) -> Result<(BranchName, Vec<Conflict>)> {
        let conflicts = self.conflicts_with(self.branch)?;
        match &self.proposal {
            Some(proposal) if conflicts.is_empty() && proposal.is_open && proposal.merged.is_none() => {
                Ok((proposal.head.clone(), self.conflicts_with(&proposal.head)?))
            }
            _ => Ok((self.branch.clone(), conflicts)),
        }
    }

    fn conflicts_with(&self, there: &BranchName) -> Result<Vec<Conflict>> {
        let nobody = HashMap::new();
        let at_work = self.at_work()?;
        let settler = Settler { layout: &self.layout, policy: self.policy, decisions: &nobody };
        let wish = Wish {
            settle: &|both| settler.settle(both),
            at_work: &at_work,
            records: false,
            message: &|_| String::new(),
        };
        let held = self.repo.held(self.branch, there, &wish)?;
        held.iter().map(|held| conflict(self.repo, held)).collect()
    }

    /// Files of the directory that are edited by hand and in no commit.
    fn at_work(&self) -> Result<BTreeSet<RepoPath>> {
        let head = self.repo.tip(self.branch)?;
        Ok(self.sight.edits(self.repo, head.as_ref(), self.layout.root())?.into_iter().collect())
    }

    /// Brings in the branch `there` of the remote, with a person's decisions.
    pub(super) fn integrate_by(
        &mut self,
        decisions: &HashMap<RepoPath, Resolution>,
        there: &BranchName,
    ) -> Result<()> {
        self.report.begin(Step::Integrate, Some(Unit::Files))?;
        let (operation, name) = (self.report.operation(), there.as_str());
        let settler = Settler { layout: &self.layout, policy: self.policy, decisions };
        let (mut at_work, mut is_replayed) = (BTreeSet::new(), false);
        for _ in 0..LOOKS {
            let wish = Wish {
                settle: &|both| settler.settle(both),
                at_work: &at_work,
                records: !decisions.is_empty(),
                message: &|joining| self.worded(&message::joining(&joining, name, &operation)),
            };
            let (way, held, note) = match self.repo.integrate(self.branch, there, &wish)? {
                Integration::NoTracking | Integration::UpToDate | Integration::Ahead(_) => {
                    self.result.compared = true;
                    self.report.end(Step::Integrate, "nothing new");
                    return Ok(());
                }
                Integration::TooShallow => {
                    self.report.loud();
                    let access = (self.access)()?;
                    self.away(|| self.repo.deepen(self.branch, &access, &self.watch(Step::Integrate)))?;
                    continue;
                }
                Integration::FastForward(way) => (Some(way), Vec::new(), "pulled"),
                Integration::Merge(way) => (Some(way), Vec::new(), "merged"),
                Integration::Replayed(way) => {
                    if let Some(head) = self.repo.tip(self.branch)? {
                        self.repo.back_up(self.branch, &head)?;
                    }
                    is_replayed = true;
                    (Some(way), Vec::new(), "taken over, with our work on top")
                }
                Integration::Held { rest, held } => (rest, held, "taken over in part"),
            };
            self.report.loud();
            let surveyed = way.as_ref().map(|way| self.repo.survey(&way.changes)).transpose()?;
            let edited = surveyed.as_ref().map(Surveyed::refused).unwrap_or_default();
            if !edited.is_empty() {
                // Somebody is at work on these: they wait, and all else goes on.
                at_work.extend(edited);
                continue;
            }
            self.result.compared = true;
            self.result.conflicts =
                held.iter().map(|held| conflict(self.repo, held)).collect::<Result<_>>()?;
            let mut notes = Vec::new();
            if let (Some(way), Some(surveyed)) = (&way, &surveyed) {
                self.advance(Step::Integrate, &way.to, surveyed)?;
                if is_replayed {
                    self.repo.forget_rewritten(there)?;
                }
                self.result.pulled += way.commits;
                notes.push(format!("{} {note}", count(way.commits as usize, "commit", "commits")));
            }
            if !held.is_empty() {
                notes.push(format!("{} changed on both sides", count(held.len(), "file", "files")));
            }
            self.report.end(Step::Integrate, notes.join(", "));
            return Ok(());
        }
        let file = at_work.into_iter().next().unwrap_or_else(RepoPath::root);
        Err(Error::FileChanged { file })
    }

    fn advance(&self, step: Step, to: &Revision, surveyed: &Surveyed<'_>) -> Result<()> {
        let (report, changes) = (self.report, surveyed.changes());
        let from = self.repo.tip(self.branch)?;
        report.check()?;
        self.move_to(from.as_ref(), to, surveyed, &mut |done| {
            let current = changes.get(done).map(|change| change.path.file_name());
            drop(report.count(step, done, Some(changes.len()), current));
        })
    }

    /// Pushes what the remote lacks and reads it back. Overtaken pushes fetch, integrate and try again.
    pub(crate) fn publish(&mut self) -> Result<()> {
        let Some(url) = self.remote()? else {
            return self.nothing_to_push("no remote");
        };
        if !self.result.conflicts.is_empty() {
            return self.nothing_to_push("waits until both sides agree");
        }
        if let Some(proposal) = self.proposal.clone() {
            match proposal.merged {
                // What is pushed to its branch now would be in nobody's way, and nobody would see it.
                Some(_) => return self.nothing_to_push("waits until the merged pull request shows in Git"),
                None if proposal.is_open => return self.publish_to(&proposal.head, &url),
                None => {}
            }
        }
        let (mut held, mut has_moved) = (None, false);
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
            if let Some(reason) = (self.refusal)() {
                return Err(Error::PushRefused { remote: url, reason });
            }
            let ahead = self.unpushed(&tip)?;
            let watch = self.watch(Step::Push);
            let access = (self.access)()?;
            let pushed = self.away(|| self.repo.push(self.branch, &tip, expected.as_ref(), &access, &watch));
            match pushed.or_else(|error| self.reply_after(error, &tip))? {
                PushReply::Accepted => {
                    self.report.end(Step::Push, count(ahead as usize, "commit", "commits"));
                    self.verify(&url, &tip)?;
                    self.result.pushed += ahead;
                    return Ok(());
                }
                PushReply::Refused(reason) => return Err(Error::PushRefused { remote: url, reason }),
                again @ (PushReply::Moved | PushReply::Busy(_)) => {
                    held = if let PushReply::Busy(reason) = again { Some(reason) } else { None };
                    self.report.fail(match held {
                        Some(_) => "the remote was busy",
                        None => "the remote moved meanwhile",
                    });
                    self.away(|| std::thread::sleep(pause(attempt, &self.report.operation())));
                    self.fetch()?;
                    has_moved |= self.repo.tracking(self.branch)? != expected;
                    self.integrate()?;
                    if !self.result.conflicts.is_empty() {
                        return self.nothing_to_push("waits until both sides agree");
                    }
                }
            }
        }
        match held {
            Some(reason) if !has_moved => Err(Error::RemoteBusy { remote: url, reason }),
            _ => Err(Error::PushOvertaken { remote: url, tries: TRIES }),
        }
    }

    /// A push that ended in an error may have arrived, and only its reply was lost: the remote is asked.
    fn reply_after(&self, error: Error, tip: &Revision) -> Result<PushReply> {
        if !matches!(error, Error::RemoteUnreachable { .. } | Error::PushUnconfirmed { .. }) {
            return Err(error);
        }
        let access = (self.access)()?;
        match self.away(|| self.repo.fetch(self.branch, &access, &self.watch_to_the_end(Step::Push))) {
            Ok(Some(there)) if there == *tip => Ok(PushReply::Accepted),
            // Somebody may have pushed on top of it already.
            Ok(Some(_)) if self.has_all()? => Ok(PushReply::Accepted),
            _ => Err(error),
        }
    }

    /// Only what the remote says it has counts as pushed.
    fn verify(&mut self, url: &RemoteUrl, tip: &Revision) -> Result<()> {
        self.report.begin(Step::Verify, None)?;
        let access = (self.access)()?;
        let there =
            self.away(|| self.repo.remote_tip(self.branch, &access, &self.watch_to_the_end(Step::Verify)))?;
        self.result.contacted = true;
        // Somebody may have pushed on top of it already: then it is in their history.
        let confirmed = there.as_ref() == Some(tip) || {
            self.away(|| self.repo.fetch(self.branch, &access, &self.watch_to_the_end(Step::Verify)))?;
            self.has_all()?
        };
        if !confirmed {
            return Err(Error::PushUnconfirmed { remote: url.clone() });
        }
        self.report.end(Step::Verify, format!("the remote has {}", tip.short()));
        Ok(())
    }

    /// Whether the remote had all that is committed here, when it was asked last.
    fn has_all(&self) -> Result<bool> {
        Ok(self.repo.ahead_behind(self.branch)?.is_some_and(|(ahead, _)| ahead == 0))
    }

    pub(super) fn nothing_to_push(&self, why: &str) -> Result<()> {
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

    pub(super) fn watch(&self, step: Step) -> Watch {
        watch(self.report, step, self.is_waited_for.clone())
    }

    /// The same for what a push ends with: it makes way to nobody, so that what was pushed is told.
    pub(super) fn watch_to_the_end(&self, step: Step) -> Watch {
        watch(self.report, step, None)
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
    let repo = git::clone_into(url, branch, into, access, &watch(report, Step::Clone, None))?;
    report.end(Step::Clone, "cloned");
    Ok(repo)
}

fn watch(report: &Arc<Reporter>, step: Step, is_waited_for: Option<IsWaitedFor>) -> Watch {
    let (asked, told) = (Arc::clone(report), Arc::clone(report));
    Watch {
        is_cancelled: Arc::new(move || asked.check().is_err()),
        makes_way: is_waited_for.unwrap_or_else(|| Arc::new(|| false)),
        progress: Arc::new(move |Transferred { done, total, bytes }| {
            told.transferred(step, bytes);
            // The above stops the transfer; this only counts.
            drop(told.count(step, done as usize, (total > 0).then_some(total as usize), None));
        }),
    }
}

pub(super) fn is_about_the_remote(error: &Error) -> bool {
    matches!(
        error,
        Error::RemoteUnreachable { .. }
            | Error::RemoteMissing { .. }
            | Error::RemoteStalled { .. }
            | Error::RemoteUntrusted { .. }
            | Error::BranchGone { .. }
            | Error::AuthRequired { .. }
            | Error::AuthRefused { .. }
            | Error::HostKeyUnknown { .. }
            | Error::HostKeyChanged { .. }
            | Error::SecretsLocked
            | Error::Keychain { .. }
            | Error::NoKeychain
    )
}

/// How long to wait after an overtaken push. Each that is overtaken again costs everybody time, so the more often
/// it happens, the longer the span out of which the wait is drawn: by the operation's identifier, so that desktops
/// draw differently.
pub(super) fn pause(attempt: u32, operation: &OperationId) -> Duration {
    let longest = FIRST_PAUSE * 2_u32.saturating_pow(attempt.saturating_sub(1).min(MOST_DOUBLED));
    let (name, attempt) = (operation.as_str().bytes(), attempt.to_be_bytes());
    // FNV-1a: near inputs, far results.
    let mix = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
    let drawn = name.chain(attempt).fold(0xcbf2_9ce4_8422_2325, mix) >> 40;
    longest.mul_f64(drawn as f64 / f64::from(1_u32 << 24))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_spread_and_grow() {
        let mean = |attempt| {
            let drawn = (0..200).map(|_| pause(attempt, &OperationId::random()));
            drawn.sum::<Duration>() / 200
        };
        let (first, third, last) = (mean(1), mean(3), mean(50));
        assert!(first > FIRST_PAUSE / 3 && first < FIRST_PAUSE * 2 / 3, "{first:?}");
        assert!(third > first * 3 && last < FIRST_PAUSE * 2_u32.pow(MOST_DOUBLED), "{third:?} {last:?}");
        let same = OperationId::random();
        assert_eq!(pause(1, &same), pause(1, &same));
        assert_ne!(pause(1, &same) * 2, pause(2, &same));
    }
}
