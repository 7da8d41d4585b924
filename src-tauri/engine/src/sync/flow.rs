//! The one flow: fetch, integrate, ingest, commit, push. Pull, Push and the others are the same flow with
//! fewer steps; there is no second way to the disk or to Git.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use crate::conflict::{Conflict, ConflictPolicy, Resolution};
use crate::edit::Edit;
use crate::error::{Error, Result};
use crate::fgd::{FabricRules, FileEntry, Layout, Look, ManagedIndex};
use crate::finding::{Finding, Severity};
use crate::git::{Access, Repo, Surveyed};
use crate::github::Merged;
use crate::id::{BranchName, RepoPath, Revision};
use crate::operation::{CommitSummary, DocumentCounts, OperationKind, Step};
use crate::sync::by_hand::{Differed, Seen};
use crate::sync::exchange::is_about_the_remote;
use crate::sync::progress::Reporter;
use crate::sync::sight::Sight;
use crate::sync::turn::Turn;
use crate::sync::undo::Undone;

/// What a run did, as far as it came: filled in step by step, so that a failure late in the flow does not
/// hide what was done before it.
#[derive(Debug, Default)]
pub(crate) struct FlowResult {
    pub(crate) documents: DocumentCounts,
    pub(crate) findings: Vec<Finding>,
    pub(crate) conflicts: Vec<Conflict>,
    pub(crate) commit: Option<CommitSummary>,
    pub(crate) pulled: u32,
    pub(crate) pushed: u32,
    /// Whether the directory got its structure.
    pub(crate) set_up: bool,
    /// How many files that were changed by hand were committed.
    pub(crate) edits: u32,
    /// What differs on disk below the fabric's directory, if the run looked, each as it was before the run read it: what
    /// the run wrote itself does not.
    pub(crate) differed: Option<Vec<(RepoPath, Seen)>>,
    /// How many files that were changed by hand can't be committed as they are.
    pub(crate) unsound: usize,
    /// How many conflicts were settled as somebody decided.
    pub(crate) resolved: u32,
    /// What was asked for was based on what is not there any more: nothing was done.
    pub(crate) stale: bool,
    /// How many things were put right in it.
    pub(crate) repaired: usize,
    /// What was done by hand, in words: to a file of the inbox, to an object, to an earlier run.
    pub(crate) done: Option<String>,
    /// Where the branch was before the run, and where it was after it.
    pub(crate) way: Option<(Option<Revision>, Revision)>,
    /// Whether the inbox was looked at; then `inbox` is what stays in it.
    pub(crate) scanned: bool,
    pub(crate) inbox: Vec<FileEntry>,
    /// Whether the merged pull request is in the branch as of the last fetch, and nothing waits for it.
    pub(crate) landed: bool,
    /// Whether the remote was asked and answered.
    pub(crate) contacted: bool,
    /// Whether both sides were compared; then `conflicts` is all there is.
    pub(crate) compared: bool,
    /// Whether it ended, where it waited for its remote, because somebody waited who needs none.
    pub(crate) made_way: bool,
}

/// What a run is about, beyond its kind.
#[derive(Debug, Clone, Default)]
pub(crate) enum Errand {
    /// Whatever there is to do.
    #[default]
    Whatever,
    /// A file of the inbox.
    File(RepoPath),
    /// Decisions about conflicts.
    Resolve(Vec<Resolution>),
    /// A change of one object.
    Edit(Edit),
    /// An earlier run.
    Undo(Undone),
    /// Other rules for the fabric.
    Rules(FabricRules),
}

/// A branch of our own on the remote, from which changes get to the fabric's branch by a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proposal {
    /// The branch.
    pub(crate) head: BranchName,
    /// Whether its pull request is open.
    pub(crate) is_open: bool,
    /// What its pull request became, once the host says that it was merged.
    pub(crate) merged: Option<Merged>,
}

/// One run over one fabric. Whoever makes one holds the repository's lock.
pub(crate) struct Flow<'a> {
    pub(crate) repo: &'a Repo,
    pub(crate) name: &'a str,
    pub(crate) branch: &'a BranchName,
    pub(crate) layout: Layout,
    /// How to get to the remote: asked for only when it is gone to, since a keychain may take its time.
    pub(crate) access: &'a dyn Fn() -> Result<Access>,
    /// Where pushes go while the branch itself takes none.
    pub(crate) proposal: Option<Proposal>,
    /// Why the remote's rules would refuse a push to the branch, as far as that can be known without one.
    pub(crate) refusal: &'a dyn Fn() -> Option<String>,
    pub(crate) report: &'a Arc<Reporter>,
    pub(crate) index: &'a mut ManagedIndex,
    /// What the last run left in the inbox.
    pub(crate) left: &'a [FileEntry],
    /// What the fabric does with conflicts by itself.
    pub(crate) policy: ConflictPolicy,
    /// The text that commit messages are made from; ours if none.
    pub(crate) template: Option<&'a str>,
    pub(crate) result: &'a mut FlowResult,
    /// What waited in the inbox when the run began.
    pub(crate) look: Option<Look>,
    /// What is known of the directory without a look at all of it.
    pub(crate) sight: &'a Arc<Sight>,
    /// What differs on disk from what is committed, where that was looked for while the remote was asked.
    pub(crate) differed: Option<Result<Differed>>,
    /// The run's turn, where it has to share the machine.
    pub(crate) turn: Option<&'a Turn>,
    /// Whether somebody waits for the repository to whom this run makes way while it waits for its remote; none
    /// where it makes way to nobody.
    pub(crate) is_waited_for: Option<IsWaitedFor>,
}

/// Whether somebody waits, asked from anywhere.
pub(crate) type IsWaitedFor = Arc<dyn Fn() -> bool + Send + Sync>;

/// The steps of a run, in their order.
pub(crate) fn steps(kind: OperationKind) -> Vec<Step> {
    use Step as S;
    match kind {
        OperationKind::Onboard | OperationKind::Repair => vec![S::Write, S::Commit],
        OperationKind::Discard | OperationKind::MoveToUnmanaged => vec![S::Write, S::Commit],
        OperationKind::Edit | OperationKind::Undo => vec![S::Edits, S::Validate, S::Write, S::Commit],
        OperationKind::Resolve => vec![S::Edits, S::Integrate, S::Push, S::Verify],
        OperationKind::Ingest => vec![S::Edits, S::Scan, S::Parse, S::Validate, S::Write, S::Commit],
        OperationKind::Pull => vec![S::Fetch, S::Edits, S::Integrate],
        OperationKind::Push => vec![S::Push, S::Verify],
        OperationKind::Propose => vec![S::Fetch, S::Edits, S::Integrate, S::Push, S::Verify],
        OperationKind::Sync => vec![
            S::Fetch,
            S::Edits,
            S::Integrate,
            S::Scan,
            S::Parse,
            S::Validate,
            S::Write,
            S::Commit,
            S::Push,
            S::Verify,
        ],
    }
}

/// Whether a run of this kind is about the remote. It can be done again, and what it has done by then stands: so it
/// makes way, where it waits, to whoever needs no remote.
pub(crate) fn is_exchange(kind: OperationKind) -> bool {
    use OperationKind as K;
    matches!(kind, K::Sync | K::Pull | K::Push | K::Propose)
}

/// The steps of adding a fabric in the window: what `Onboard` has, between a clone and a push.
pub(crate) fn adding_steps(clones: bool) -> Vec<Step> {
    let mut steps = if clones { vec![Step::Clone] } else { Vec::new() };
    steps.extend([Step::Write, Step::Commit, Step::Push, Step::Verify]);
    steps
}

impl Flow<'_> {
    /// Runs the steps of `kind`, about what `errand` says.
    pub(crate) fn run(&mut self, kind: OperationKind, errand: &Errand) -> Result<()> {
        let began = Instant::now();
        self.repo.forget_who_waits();
        let was_killed = self.repo.begin_run()?;
        let recovered = self.recover();
        if was_killed {
            tracing::info!(took = ?began.elapsed(), "a killed run's work is finished");
        }
        let ran = recovered.and_then(|before| self.run_from(before, kind, errand));
        self.repo.end_run()?;
        match ran {
            // Nobody cancelled it, so it ended for whoever waits.
            Err(Error::Cancelled) if self.report.check().is_ok() => {
                self.report.give_up("made way for somebody who waited");
                self.result.made_way = true;
                Ok(())
            }
            ran => ran,
        }
    }

    /// Finishes what an earlier run had begun; where the branch is then.
    fn recover(&self) -> Result<Option<Revision>> {
        self.repo.heal_locks(self.branch)?;
        self.repo.set_damaged_aside()?;
        if let Some(recovered) = self.repo.recover()? {
            tracing::info!(?recovered, "finished what an earlier run had begun");
        }
        let tip = self.repo.require_branch(self.branch)?;
        if let Some(tip) = &tip {
            self.repo.catch_up_index(tip)?;
        }
        Ok(tip)
    }

    fn run_from(&mut self, before: Option<Revision>, kind: OperationKind, errand: &Errand) -> Result<()> {
        if matches!(kind, OperationKind::Sync | OperationKind::Ingest) {
            self.look = Look::at(self.repo.work_tree(), &self.layout).ok();
        }
        let ran = self.run_steps(kind, errand);
        let after = self.repo.tip(self.branch)?;
        self.result.way = after.filter(|after| before.as_ref() != Some(after)).map(|after| (before, after));
        ran
    }

    fn run_steps(&mut self, kind: OperationKind, errand: &Errand) -> Result<()> {
        match (kind, errand) {
            (OperationKind::Onboard, _) => self.set_up(),
            (OperationKind::Ingest, _) => {
                self.take_edits()?;
                self.ingest()
            }
            (OperationKind::Pull, _) => {
                if self.remote()?.is_none() {
                    return Err(Error::NoRemote);
                }
                self.fetch()?;
                self.take_edits()?;
                self.integrate()
            }
            (OperationKind::Push, _) => {
                if self.remote()?.is_none() {
                    return Err(Error::NoRemote);
                }
                // Whoever pushes by hand means it: a branch that was deleted on the remote is made again.
                self.repo.forget_gone(self.branch)?;
                self.publish()
            }
            (OperationKind::Sync, _) => self.sync(),
            (OperationKind::Propose, _) => self.propose(),
            (OperationKind::Repair, _) => self.repair(),
            (OperationKind::Discard, Errand::File(file)) => self.discard(file),
            (OperationKind::MoveToUnmanaged, Errand::File(file)) => self.move_to_unmanaged(file),
            (OperationKind::Resolve, Errand::Resolve(decisions)) => self.resolve(decisions),
            (OperationKind::Edit, Errand::Edit(edit)) => self.edit(edit),
            (OperationKind::Edit, Errand::Rules(rules)) => self.set_rules(*rules),
            (OperationKind::Undo, Errand::Undo(undone)) => self.undo(undone),
            _ => Err(Error::Internal { detail: format!("{kind:?} was not told what it is about") }),
        }
    }

    /// A remote that can't be reached holds up neither ingestion nor commits; it is told in the end.
    fn sync(&mut self) -> Result<()> {
        let fetched = match self.fetch() {
            Ok(()) => {
                // Before theirs, so that both come together by field.
                self.take_edits()?;
                self.integrate()?;
                Ok(())
            }
            Err(error) if is_about_the_remote(&error) => {
                self.report.fail("no answer");
                self.take_edits()?;
                self.report.skip(Step::Integrate, "not asked");
                Err(error)
            }
            Err(error) => return Err(error),
        };
        self.ingest()?;
        fetched?;
        self.publish()
    }

    /// Waits for a remote, and lets other runs work meanwhile.
    pub(super) fn away<T>(&self, wait: impl FnOnce() -> T) -> T {
        match self.turn {
            Some(turn) => turn.away(wait),
            None => wait(),
        }
    }

    pub(super) fn move_to(
        &self,
        from: Option<&Revision>,
        to: &Revision,
        surveyed: &Surveyed<'_>,
        step: &mut dyn FnMut(usize),
    ) -> Result<()> {
        let kept = self.repo.advance(self.branch, from, to, surveyed, &mut |done, _| step(done as usize))?;
        for file in kept {
            // It shows as an edit by hand against the new commit.
            tracing::warn!(%file, "changed at the last moment and left as it is");
        }
        Ok(())
    }
}

/// What a run found in one file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    pub(crate) errors: u32,
    pub(crate) warnings: u32,
    /// All of them; of very many the first, errors first.
    pub(crate) first: Vec<Finding>,
}

/// How many findings of one file are shown.
const SHOWN: usize = 200;

/// The findings of a run, by the file that they are about, in the order of the run.
pub(crate) fn by_file(findings: &[Finding]) -> HashMap<RepoPath, Found> {
    let mut files: HashMap<RepoPath, Found> = HashMap::new();
    for finding in findings {
        let Some(file) = &finding.file else { continue };
        let found = files.entry(file.clone()).or_default();
        match finding.severity {
            Severity::Error => found.errors += 1,
            Severity::Warning => found.warnings += 1,
        }
        found.first.push(finding.clone());
    }
    for found in files.values_mut().filter(|found| found.first.len() > SHOWN) {
        found.first.sort_by_key(|finding| finding.severity);
        found.first.truncate(SHOWN);
    }
    files
}
