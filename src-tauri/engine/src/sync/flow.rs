//! The one flow: fetch, integrate, ingest, commit, push. Pull, Push and the others are the same flow with
//! fewer steps; there is no second way to the disk or to Git.

use std::collections::HashMap;
use std::sync::Arc;

use crate::change::FileChange;
use crate::error::{Error, Result};
use crate::fgd::{FileEntry, Layout, ManagedIndex};
use crate::finding::{Finding, Severity};
use crate::git::{Access, Repo};
use crate::id::{BranchName, RepoPath, Revision};
use crate::operation::{Collision, CommitSummary, DocumentCounts, OperationKind, Step};
use crate::sync::exchange::is_about_the_remote;
use crate::sync::progress::Reporter;

/// What a run did, as far as it came: filled in step by step, so that a failure late in the flow does not
/// hide what was done before it.
#[derive(Debug, Default)]
pub(crate) struct FlowResult {
    pub(crate) documents: DocumentCounts,
    pub(crate) findings: Vec<Finding>,
    pub(crate) collisions: Vec<Collision>,
    pub(crate) commit: Option<CommitSummary>,
    pub(crate) pulled: u32,
    pub(crate) pushed: u32,
    /// Whether the directory got its structure.
    pub(crate) set_up: bool,
    /// How many things were put right in it.
    pub(crate) repaired: usize,
    /// What became of a file of the inbox by hand, in words.
    pub(crate) moved: Option<String>,
    /// Whether the inbox was looked at; then `inbox` is what stays in it.
    pub(crate) scanned: bool,
    pub(crate) inbox: Vec<FileEntry>,
    /// Whether the remote was asked and answered.
    pub(crate) contacted: bool,
    /// Whether both sides were compared; then `collisions` is all there is.
    pub(crate) compared: bool,
}

/// One run over one fabric. Whoever makes one holds the repository's lock.
pub(crate) struct Flow<'a> {
    pub(crate) repo: &'a Repo,
    pub(crate) name: &'a str,
    pub(crate) branch: &'a BranchName,
    pub(crate) layout: Layout,
    pub(crate) access: Access,
    pub(crate) report: &'a Arc<Reporter>,
    pub(crate) index: &'a mut ManagedIndex,
    /// What the last run left in the inbox.
    pub(crate) left: &'a [FileEntry],
    pub(crate) result: &'a mut FlowResult,
}

/// The steps of a run, in their order.
pub(crate) fn steps(kind: OperationKind) -> Vec<Step> {
    use Step as S;
    match kind {
        OperationKind::Onboard | OperationKind::Repair => vec![S::Write, S::Commit],
        OperationKind::Discard | OperationKind::MoveToUnmanaged => vec![S::Write, S::Commit],
        OperationKind::Ingest => vec![S::Scan, S::Parse, S::Validate, S::Write, S::Commit],
        OperationKind::Pull => vec![S::Fetch, S::Integrate],
        OperationKind::Push => vec![S::Push, S::Verify],
        OperationKind::Sync => vec![
            S::Fetch,
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

/// The steps of adding a fabric in the window: what `Onboard` has, between a clone and a push.
pub(crate) fn adding_steps(clones: bool) -> Vec<Step> {
    let mut steps = if clones { vec![Step::Clone] } else { Vec::new() };
    steps.extend([Step::Write, Step::Commit, Step::Push, Step::Verify]);
    steps
}

impl Flow<'_> {
    /// Runs the steps of `kind`; `file` is the one that it is about, where it is about one.
    pub(crate) fn run(&mut self, kind: OperationKind, file: Option<&RepoPath>) -> Result<()> {
        if let Some(recovered) = self.repo.recover()? {
            tracing::info!(?recovered, "finished what an earlier run had begun");
        }
        self.repo.require_branch(self.branch)?;
        match kind {
            OperationKind::Onboard => self.set_up(),
            OperationKind::Ingest => self.ingest(),
            OperationKind::Pull => {
                if self.remote()?.is_none() {
                    return Err(Error::NoRemote);
                }
                self.fetch()?;
                self.integrate()
            }
            OperationKind::Push => {
                if self.remote()?.is_none() {
                    return Err(Error::NoRemote);
                }
                self.publish()
            }
            OperationKind::Sync => self.sync(),
            OperationKind::Repair => self.repair(),
            OperationKind::Discard | OperationKind::MoveToUnmanaged => {
                let file = file.ok_or_else(|| Error::Internal { detail: "no file was named".to_owned() })?;
                if kind == OperationKind::Discard { self.discard(file) } else { self.move_to_unmanaged(file) }
            }
        }
    }

    /// A remote that can't be reached holds up neither ingestion nor commits; it is told in the end.
    fn sync(&mut self) -> Result<()> {
        let fetched = match self.fetch() {
            Ok(()) => {
                self.integrate()?;
                Ok(())
            }
            Err(error) if is_about_the_remote(&error) => {
                self.report.fail("no answer");
                self.report.skip(Step::Integrate, "not asked");
                Err(error)
            }
            Err(error) => return Err(error),
        };
        self.ingest()?;
        fetched?;
        self.publish()
    }

    pub(super) fn move_to(
        &self,
        from: Option<&Revision>,
        to: &Revision,
        changes: &[FileChange],
        step: &mut dyn FnMut(usize),
    ) -> Result<()> {
        let kept = self.repo.advance(self.branch, from, to, changes, &mut |done, _| step(done as usize))?;
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
