//! The one flow: fetch, integrate, ingest, commit, push. Pull, Push and the others are the same flow with
//! fewer steps; there is no second way to the disk or to Git.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::change::{ContentHash, FileChange};
use crate::error::{Error, Result};
use crate::fgd::{
    self, ArchiveLog, FabricFile, Given, Inbox, InboxEntry, Layout, ManagedIndex, Plan, SourceFile,
};
use crate::finding::Finding;
use crate::git::{self, Access, Integration, PushReply, Repo, Watch};
use crate::id::{BranchName, OperationId, RemoteUrl, RepoPath, Revision};
use crate::operation::{Collision, CollisionSide, CommitSummary, DocumentCounts, OperationKind, Step, Unit};
use crate::sync::message;
use crate::sync::progress::Reporter;
use crate::sync::status::count;

/// How often a push is tried that another one overtakes.
pub(crate) const TRIES: u32 = 5;

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
    /// Whether the inbox was looked at; then `inbox` is what stays in it.
    pub(crate) scanned: bool,
    pub(crate) inbox: Vec<InboxEntry>,
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
    pub(crate) left: &'a [InboxEntry],
    pub(crate) result: &'a mut FlowResult,
}

/// The steps of a run, in their order.
pub(crate) fn steps(kind: OperationKind) -> Vec<Step> {
    use Step as S;
    match kind {
        OperationKind::Onboard => vec![S::Write, S::Commit],
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
    /// Runs the steps of `kind`.
    pub(crate) fn run(&mut self, kind: OperationKind) -> Result<()> {
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

    fn remote(&self) -> Result<Option<RemoteUrl>> {
        Ok(self.repo.remote(self.branch)?.map(|remote| remote.url))
    }

    /// Asks the remote for what is new on the branch.
    fn fetch(&mut self) -> Result<()> {
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
    fn integrate(&mut self) -> Result<()> {
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

    /// Makes the structure where it is missing, as a commit of its own.
    fn set_up(&mut self) -> Result<()> {
        let step = Step::Write;
        let head = self.repo.tip(self.branch)?;
        let changes = self.missing_structure(head.as_ref())?;
        if changes.is_empty() {
            self.report.skip(step, "all is there");
            self.report.skip(Step::Commit, "nothing to commit");
            return Ok(());
        }
        self.report.begin(step, Some(Unit::Files))?;
        let text = message::structure(self.name, self.layout.root(), &self.report.operation());
        self.commit(head.as_ref(), &changes, changes.len(), &text)?;
        self.report.end(step, count(changes.len(), "file", "files"));
        self.tell_commit();
        self.result.set_up = true;
        Ok(())
    }

    fn missing_structure(&self, head: Option<&Revision>) -> Result<Vec<FileChange>> {
        let committed = match head {
            Some(head) => self.repo.list(head, self.layout.root())?,
            None => Vec::new(),
        };
        let mut present: HashSet<RepoPath> = committed.into_iter().map(|file| file.path).collect();
        // A file that is there and in no commit is somebody's: it is not replaced either.
        let work_tree = self.repo.work_tree();
        let on_disk = |path: &RepoPath| path.under(work_tree).symlink_metadata().is_ok();
        present.extend(
            fgd::missing_structure(&self.layout, self.name, &present)
                .into_iter()
                .map(|change| change.path)
                .filter(|path| on_disk(path) && path.file_name() != ".gitkeep"),
        );
        let mut changes = fgd::missing_structure(&self.layout, self.name, &present);
        for change in &mut changes {
            change.before = read_if_there(work_tree, &change.path)?.map(|bytes| ContentHash::of(&bytes));
        }
        Ok(changes)
    }

    /// Takes what waits in the inbox: scan, parse, plan, write, commit.
    fn ingest(&mut self) -> Result<()> {
        if !self.layout.fabric_file().under(self.repo.work_tree()).is_file() {
            return Err(Error::NotInitialised { directory: self.layout.root().clone() });
        }
        self.report.begin(Step::Scan, Some(Unit::Files))?;
        let (entries, unreadable) = fgd::scan(self.repo.work_tree(), &self.layout)?;
        self.result.scanned = true;
        self.result.inbox.clone_from(&entries);
        self.report.count(Step::Scan, entries.len(), Some(entries.len()), None)?;
        if entries.is_empty() && unreadable.is_empty() {
            self.report.end(Step::Scan, "the inbox is empty");
            for step in [Step::Parse, Step::Validate, Step::Write, Step::Commit] {
                self.report.skip(step, "nothing to do");
            }
            return Ok(());
        }
        if entries.iter().any(|entry| !self.left.contains(entry)) {
            self.report.loud();
        }
        self.report.end(Step::Scan, count(entries.len(), "file", "files"));

        let inbox = self.parse(&entries, unreadable)?;
        let plan = self.plan(&inbox)?;
        self.result.documents = plan.counts();
        self.result.findings.clone_from(&plan.findings);
        self.result.inbox.retain(|entry| !plan.archived.contains(&entry.path));
        if plan.is_empty() {
            self.report.skip(Step::Write, "nothing new");
            self.report.skip(Step::Commit, "nothing to commit");
            return Ok(());
        }
        self.report.loud();
        self.write(&plan)
    }

    fn parse(&self, entries: &[InboxEntry], unreadable: Vec<Finding>) -> Result<Inbox> {
        self.report.begin(Step::Parse, Some(Unit::Documents))?;
        let mut inbox = Inbox { files: Vec::with_capacity(entries.len()), unreadable };
        let mut documents = 0;
        for entry in entries {
            self.report.count(Step::Parse, documents, None, Some(entry.path.file_name()))?;
            match SourceFile::read(self.repo.work_tree(), entry) {
                Ok(Some(file)) => {
                    documents += file.document_count();
                    inbox.files.push(file);
                }
                Ok(None) => {}
                Err(finding) => inbox.unreadable.push(*finding),
            }
        }
        self.report.count(Step::Parse, documents, Some(documents), None)?;
        let files = count(inbox.files.len(), "file", "files");
        self.report.end(Step::Parse, format!("{} in {files}", count(documents, "document", "documents")));
        Ok(inbox)
    }

    /// Reads what waits in the inbox, and takes nothing.
    pub(crate) fn read_inbox(&mut self) -> Result<Inbox> {
        let (entries, unreadable) = fgd::scan(self.repo.work_tree(), &self.layout)?;
        self.parse(&entries, unreadable)
    }

    /// Plans without writing: what a sync would do with what waits now, and what is wrong with what stands.
    pub(crate) fn plan(&mut self, inbox: &Inbox) -> Result<Plan> {
        let report = self.report;
        report.begin(Step::Validate, Some(Unit::Objects))?;
        let work_tree = self.repo.work_tree();
        let incoming: usize = inbox.files.iter().map(SourceFile::document_count).sum();
        self.index.refresh(work_tree, &self.layout, &mut |done, total| {
            report.count(Step::Validate, done, Some(total + incoming), None)
        })?;
        let fabric = self.fabric_file()?;
        let log_path = self.layout.archive_log();
        let log_bytes = read_if_there(work_tree, &log_path)?;
        let log = match &log_bytes {
            Some(bytes) => ArchiveLog::read(&log_path, bytes)?,
            None => ArchiveLog::empty(),
        };
        let head = self.repo.tip(self.branch)?;
        let edited: HashSet<RepoPath> =
            self.repo.local_edits(head.as_ref(), &self.layout.managed())?.into_iter().collect();
        let plan = Plan::new(&Given {
            layout: &self.layout,
            fabric: &fabric,
            inbox,
            managed: self.index,
            edited: &edited,
            log: &log,
            log_on_disk: log_bytes.as_deref().map(ContentHash::of),
            archive_taken: &|path| {
                read_if_there(work_tree, path).ok().flatten().map(|bytes| ContentHash::of(&bytes))
            },
        })?;
        let checked = self.index.objects().count() + incoming;
        report.count(Step::Validate, checked, Some(checked), None)?;
        let rejected = plan.counts().rejected as usize;
        let note = if rejected == 0 {
            count(incoming, "object is", "objects are") + " fine"
        } else {
            format!("{} rejected", count(rejected, "document", "documents"))
        };
        report.end(Step::Validate, note);
        Ok(plan)
    }

    /// The fabric's own file; one that is not there yet says what a new one would.
    fn fabric_file(&self) -> Result<FabricFile> {
        let path = self.layout.fabric_file();
        match read_if_there(self.repo.work_tree(), &path)? {
            Some(bytes) => FabricFile::read(&path, &bytes, self.layout.root()),
            None => FabricFile::read(&path, FabricFile::text(self.name).as_bytes(), self.layout.root()),
        }
    }

    fn write(&mut self, plan: &Plan) -> Result<()> {
        self.report.begin(Step::Write, Some(Unit::Objects))?;
        // Read after the plan: the structure that was just made may be its parent.
        let head = self.repo.tip(self.branch)?;
        let text = message::ingestion(plan, self.layout.root(), &self.report.operation());
        let counts = plan.counts();
        let written = (counts.created + counts.updated + counts.unmanaged) as usize;
        self.commit(head.as_ref(), &plan.changes, written, &text)?;
        self.report.end(Step::Write, format!("{} written", count(written, "object", "objects")));
        self.tell_commit();
        Ok(())
    }

    fn tell_commit(&self) {
        match &self.result.commit {
            Some(commit) => self.report.end(Step::Commit, commit.revision.short()),
            None => self.report.skip(Step::Commit, "nothing to commit"),
        }
    }

    /// Git's objects first, then the work tree, then the branch. Counts as `pieces` what is written, over
    /// both halves of the way: to a person it is one. Where no file of the tree changes (an untracked
    /// source that was archived before, say), there is no commit, and only the disk is brought there.
    fn commit(
        &mut self,
        parent: Option<&Revision>,
        changes: &[FileChange],
        pieces: usize,
        message: &str,
    ) -> Result<()> {
        let report = self.report;
        let total = (changes.len() * 2).max(1);
        let count = |done: usize, current| {
            // A cancelled run stops between the halves, before the work tree is touched.
            drop(report.count(Step::Write, done * pieces / total, Some(pieces), current));
        };
        let revision =
            self.repo.commit(parent, changes, message, &mut |done, _| count(done as usize, None))?;
        report.check()?;
        let to = match parent {
            Some(parent) if self.repo.same_tree(parent, &revision)? => parent,
            _ => &revision,
        };
        self.move_to(parent, to, changes, &mut |done| {
            count(changes.len() + done, changes.get(done).map(|change| change.path.file_name()));
        })?;
        if Some(to) != parent {
            self.result.commit = Some(self.repo.commit_summary(to)?);
        }
        Ok(())
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

    fn move_to(
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

fn is_about_the_remote(error: &Error) -> bool {
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

fn read_if_there(work_tree: &Path, path: &RepoPath) -> Result<Option<Vec<u8>>> {
    let path = path.under(work_tree);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error)
            if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(Error::io(path)(error)),
    }
}

/// The findings of a run, by the inbox file that they are about.
pub(crate) fn by_file(findings: &[Finding]) -> HashMap<RepoPath, Vec<Finding>> {
    let mut files: HashMap<RepoPath, Vec<Finding>> = HashMap::new();
    for finding in findings {
        if let Some(file) = &finding.file {
            files.entry(file.clone()).or_default().push(finding.clone());
        }
    }
    files
}
