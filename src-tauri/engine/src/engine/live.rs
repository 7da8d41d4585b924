//! What is known of a fabric while the app runs: measured, not stored.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::conflict::Conflict;
use crate::error::{ErrorReport, Result};
use crate::event::Event;
use crate::fgd::{self, FileEntry, Layout, ManagedIndex};
use crate::finding::Finding;
use crate::git::{Repo, Shelf};
use crate::github::PullRequest;
use crate::github::view::PullRequestView;
use crate::id::{OperationId, RemoteUrl, RepoPath, Revision, Timestamp};
use crate::operation::{CommitSummary, Trigger};
use crate::schema::KINDS;
use crate::store::StoredFabric;
use crate::sync::{self, Facts, Found, Reporter, Schedule, Seen, Sight, by_file, derive};
use crate::view::{FabricFindings, FabricView, InboxFile, KindCount, RepositoryView};

use super::changes;
use super::resources::Held;
use super::{Inner, lock};

/// After how long without work a fabric's objects are let go.
const RESTS_AFTER: Duration = Duration::from_secs(60);
/// Of how many fabrics the objects are held at once.
const HELD: usize = 8;

/// A fabric as the running app knows it.
#[derive(Default)]
pub(super) struct Live {
    state: Mutex<LiveState>,
    /// The objects of the directory; used by one run at a time.
    pub(super) index: Mutex<ManagedIndex>,
    /// What differs on disk, and the watch that tells of it.
    pub(super) sight: Arc<Sight>,
    /// Its clone, open.
    pub(super) shelf: Arc<Shelf>,
    /// Held by whoever arranges the objects for looking through them.
    pub(super) arranging: Mutex<()>,
}

#[derive(Default)]
pub(super) struct LiveState {
    pub(super) measured: Option<Measured>,
    pub(super) running: Option<Arc<Reporter>>,
    /// Why the last run could not be done.
    pub(super) error: Option<ErrorReport>,
    /// What the last look at the inbox found, by file.
    pub(super) findings: HashMap<RepoPath, Found>,
    /// What stayed in the inbox after the last run; none before the first.
    pub(super) left: Option<Vec<FileEntry>>,
    pub(super) conflicts: Vec<Conflict>,
    /// What is wrong with what stands; none before the first look.
    pub(super) standing: Option<FabricFindings>,
    /// The commit that the last such look was at.
    pub(super) surveyed: Option<Revision>,
    pub(super) schedule: Schedule,
    /// What the last run saw changed by hand and left, each as the run saw it. What changed after that is news, also
    /// to whoever has measured since.
    pub(super) left_edited: Vec<Edited>,
    /// When its clone was last opened; none once its objects are let go.
    pub(super) used: Option<Instant>,
    /// How its pull request stood when the host was last asked.
    pub(super) proposal: Option<PullRequestView>,
    /// The same once it is merged, until a run has seen that in Git.
    pub(super) merged: Option<PullRequest>,
    /// Why its branch's rules would refuse a push, and when that was asked for.
    pub(super) rules: Option<(Instant, Option<String>)>,
    /// What woke it and waits for its turn.
    pub(super) hints: HashSet<Trigger>,
    /// How often in a row its runs made way while they waited for the remote.
    pub(super) made_way: u32,
    /// When a person last changed something, and that was committed.
    pub(super) changed_by_hand: Option<Instant>,
    /// Whether this process looks after the fabric by itself.
    pub(super) attended: bool,
    /// The view that was told last.
    told: Option<FabricView>,
    /// Its objects as a person looks through them.
    pub(super) catalog: Option<Held>,
    /// How many objects its commits changed.
    pub(super) counted: changes::Counts,
}

/// What came of a run's wish to speak with the remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contact {
    /// It had none.
    None,
    /// The remote answered.
    Answered,
    /// It did not, or what it answered may well pass.
    Failed,
}

/// Facts that were read from the disk and from Git.
#[derive(Default)]
pub(super) struct Measured {
    initialised: bool,
    url: Option<RemoteUrl>,
    ahead_behind: Option<(u32, u32)>,
    edits: Vec<Edited>,
    kinds: Vec<KindCount>,
    inbox: Vec<FileEntry>,
    head: Option<CommitSummary>,
}

/// A file that was changed by hand and is in no commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edited {
    path: RepoPath,
    /// How it was then.
    seen: Seen,
}

impl LiveState {
    /// Whether what stands was checked as it was when it was last measured, and nobody is at work on it.
    pub(super) fn is_surveyed(&self) -> bool {
        self.measured.as_ref().is_some_and(|measured| {
            let head = measured.head.as_ref().map(|head| &head.revision);
            measured.edits.is_empty() && self.standing.is_some() && self.surveyed.as_ref() == head
        })
    }
}

impl LiveState {
    /// Whether here and on the remote was the same when that was last measured.
    pub(super) fn is_in_step(&self) -> bool {
        self.measured.as_ref().is_some_and(|measured| measured.ahead_behind == Some((0, 0)))
    }
}

impl LiveState {
    /// What was changed by hand and is in no commit; none before that was measured.
    pub(super) fn edits(&self) -> Option<Vec<Edited>> {
        self.measured.as_ref().map(|measured| measured.edits.clone())
    }
}

impl Edited {
    /// The file.
    pub(super) fn path(&self) -> &RepoPath {
        &self.path
    }

    fn of(work_tree: &Path, path: RepoPath) -> Self {
        let seen = sync::seen(work_tree, &path);
        Self { path, seen }
    }
}

impl Live {
    pub(super) fn state(&self) -> std::sync::MutexGuard<'_, LiveState> {
        lock(&self.state)
    }

    /// Stops whatever runs.
    pub(super) fn cancel(&self) {
        // Cloned first: the run tells of it, and that looks at the state.
        let running = self.state().running.clone();
        if let Some(running) = running {
            running.cancel();
        }
    }

    pub(super) fn cancel_if(&self, operation: &OperationId) {
        let running = self.state().running.clone();
        if let Some(running) = running.filter(|running| running.operation() == *operation) {
            running.cancel();
        }
    }

    /// Lets go of the objects of a fabric at which nobody works: they are read again when they are needed.
    pub(super) fn rest(&self) {
        if self.state().used.is_some_and(|at| at.elapsed() > RESTS_AFTER) {
            self.let_go();
        }
        let mut state = self.state();
        state.catalog = state.catalog.take().filter(|held| !held.rests());
    }

    fn let_go(&self) {
        if let Ok(mut index) = self.index.try_lock() {
            *index = ManagedIndex::default();
            self.state().used = None;
            self.shelf.clear();
        }
    }

    pub(super) fn set_paused(&self, paused: bool) {
        if paused {
            self.state().schedule.stop();
        }
    }
}

impl Inner {
    /// Lets go of the objects of all fabrics but the few that were worked with last: a start with a hundred
    /// of them, or a click on all, must not hold them all at once.
    pub(super) fn keep_few(&self) {
        let mut used: Vec<_> = lock(&self.live)
            .values()
            .filter_map(|live| Some((live.state().used?, Arc::clone(live))))
            .collect();
        used.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        for (_, live) in used.into_iter().skip(HELD) {
            live.let_go();
        }
        self.keep_few_catalogs();
    }

    /// Reads anew what is true of a fabric on this machine. Costs what changed and a listing.
    pub(super) fn measure(&self, fabric: &StoredFabric) -> Result<()> {
        self.measure_knowing(fabric, None)
    }

    /// The same; `differed` is what differs on disk, where a run has just looked.
    fn measure_knowing(&self, fabric: &StoredFabric, differed: Option<Vec<(RepoPath, Seen)>>) -> Result<()> {
        let live = self.live(&fabric.id);
        let layout = Layout::new(fabric.directory.clone());
        let repo = self.open_repo(fabric)?;
        let head = repo.tip(&fabric.branch)?;
        let (inbox, _) = fgd::yaml_files(repo.work_tree(), &layout.raw())?;
        let edits: Vec<Edited> = match differed {
            Some(differed) => {
                let edits: Vec<_> = differed.into_iter().map(|(path, seen)| Edited { path, seen }).collect();
                live.state().left_edited = edits.clone();
                edits
            }
            None => {
                let edits = live.sight.edits(&repo, head.as_ref(), layout.root())?;
                edits.into_iter().map(|path| Edited::of(repo.work_tree(), path)).collect()
            }
        };
        let raw = layout.raw();
        let counted = live
            .state()
            .measured
            .as_ref()
            .and_then(|before| Some((before.head.as_ref()?.revision.clone(), before.kinds.clone())));
        let measured = Measured {
            initialised: layout.fabric_file().under(repo.work_tree()).is_file(),
            url: repo.remote(&fabric.branch)?.map(|remote| remote.url),
            ahead_behind: repo.ahead_behind(&fabric.branch)?,
            edits: edits.into_iter().filter(|edit| edit.path.below(&raw).is_none()).collect(),
            kinds: match &head {
                Some(head) => kinds_at(&live.sight, &repo, head, counted, &layout)?,
                None => Vec::new(),
            },
            inbox,
            head: head.map(|head| repo.commit_summary(&head)).transpose()?,
        };
        live.state().measured = Some(measured);
        Ok(())
    }

    /// Whether anything beside the inbox was changed by hand that no run has left as it is.
    pub(super) fn has_edits(&self, fabric: &StoredFabric) -> Result<bool> {
        let repo = self.open_repo(fabric)?;
        let layout = Layout::new(fabric.directory.clone());
        let head = repo.tip(&fabric.branch)?;
        let live = self.live(&fabric.id);
        let raw = layout.raw();
        let mut edits = live.sight.edits(&repo, head.as_ref(), layout.root())?;
        edits.retain(|path| path.below(&raw).is_none());
        let state = live.state();
        Ok(edits.into_iter().any(|path| !state.left_edited.contains(&Edited::of(repo.work_tree(), path))))
    }

    /// Measures a fabric; what prevents that becomes its error.
    pub(super) fn measure_or_say_why(&self, fabric: &StoredFabric, differed: Option<Vec<(RepoPath, Seen)>>) {
        if let Err(error) = self.measure_knowing(fabric, differed) {
            tracing::warn!(fabric = %fabric.name, %error, "the fabric could not be measured");
            self.live(&fabric.id).state().error.get_or_insert_with(|| error.report());
        }
    }

    /// Measures a fabric and tells what has changed.
    pub(super) fn look(&self, fabric: &StoredFabric) -> Result<()> {
        self.measure_or_say_why(fabric, None);
        self.tell(fabric)
    }

    /// The view of a fabric from what is known now.
    pub(super) fn view(&self, fabric: &StoredFabric) -> Result<FabricView> {
        let repository = self.repository(fabric)?;
        let live = self.live(&fabric.id);
        let state = live.state();
        let unknown = Measured::default();
        let measured = state.measured.as_ref().unwrap_or(&unknown);
        let inbox: Vec<InboxFile> = measured
            .inbox
            .iter()
            .map(|entry| {
                let found = state.findings.get(&entry.path).cloned().unwrap_or_default();
                InboxFile {
                    file: entry.path.clone(),
                    bytes: u32::try_from(entry.bytes).unwrap_or(u32::MAX),
                    errors: found.errors,
                    warnings: found.warnings,
                    findings: found.first,
                }
            })
            .collect();
        let rejected = |file: &&InboxFile| file.errors > 0;
        let is_unsound = |edit: &Edited| state.findings.get(&edit.path).is_some_and(|found| found.errors > 0);
        let running = state.running.as_ref().and_then(|running| running.visible());
        let facts = Facts {
            known: state.measured.is_some(),
            initialised: measured.initialised,
            has_remote: measured.url.is_some(),
            ahead: measured.ahead_behind.map(|(ahead, _)| ahead),
            behind: measured.ahead_behind.map(|(_, behind)| behind),
            waiting: inbox.len(),
            rejected: inbox.iter().filter(rejected).count(),
            edits: measured.edits.len(),
            unsound: measured.edits.iter().filter(|edit| is_unsound(edit)).count(),
            conflicts: state.conflicts.len(),
            error: state.error.clone(),
            paused: !fabric.auto_sync,
            proposal: self.pull_request(&fabric.id, state.proposal.as_ref())?,
        };
        let name = match &measured.url {
            Some(url) => crate::git::display_name(url),
            None => repository.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        };
        Ok(FabricView {
            id: fabric.id.clone(),
            name: fabric.name.clone(),
            repository: RepositoryView {
                id: repository.id,
                name,
                url: measured.url.clone(),
                path: repository.path.display().to_string(),
                cloned: repository.cloned,
            },
            branch: fabric.branch.clone(),
            directory: fabric.directory.clone(),
            path: fabric.directory.under(&repository.path).display().to_string(),
            status: derive(&facts, running.as_ref()),
            ahead: facts.ahead,
            behind: facts.behind,
            local_edits: u32::try_from(measured.edits.len()).unwrap_or(u32::MAX),
            conflicts: u32::try_from(state.conflicts.len()).unwrap_or(u32::MAX),
            kinds: measured.kinds.clone(),
            errors: state.standing.as_ref().map(|standing| standing.errors),
            warnings: state.standing.as_ref().map(|standing| standing.warnings),
            inbox,
            head: measured.head.clone(),
            auto_sync: fabric.auto_sync,
            last_contact: fabric.last_contact,
            next_check: state.schedule.next(),
            running,
            error: state.error.clone(),
            proposal: facts.proposal,
        })
    }

    /// Tells the view of a fabric, unless it is the one that was told last.
    pub(super) fn tell(&self, fabric: &StoredFabric) -> Result<()> {
        let view = self.view(fabric)?;
        let live = self.live(&fabric.id);
        let mut state = live.state();
        if state.told.as_ref() != Some(&view) {
            state.told = Some(view.clone());
            drop(state);
            (self.emit)(Event::Fabric(Box::new(view)));
        }
        Ok(())
    }

    /// Notes whether the remote answered, and plans when it is asked next. A run that something else woke while
    /// a retry is planned leaves that plan alone: six files that are dropped while the network is away must
    /// not make it look six times as bad.
    pub(super) fn plan_next(&self, fabric: &StoredFabric, contact: Contact, woken_by: Trigger) -> Result<()> {
        let now = Timestamp::now();
        let live = self.live(&fabric.id);
        let mut state = live.state();
        // Spread by the fabric's own identifier: the same for a fabric, different among many.
        let spread = fabric.id.as_str().bytes().fold(0_u8, u8::wrapping_add);
        let spread = f64::from(spread) / f64::from(u8::MAX);
        let interval = Duration::from_secs(self.store.settings(&fabric.id)?.interval.into());
        let has_remote = state.measured.as_ref().is_some_and(|measured| measured.url.is_some());
        if !fabric.auto_sync || !state.attended {
            state.schedule.stop();
        } else if contact == Contact::Failed {
            if woken_by != Trigger::Timer && state.schedule.is_retrying() {
                return Ok(());
            }
            // Whatever it was (a folder on a share that is away, say), it may pass.
            let failures = self.failures(state.measured.as_ref(), true);
            state.schedule.failed(now, spread, failures);
        } else if !has_remote {
            state.schedule.stop();
        } else if contact == Contact::Answered {
            self.failures(state.measured.as_ref(), false);
            state.schedule.answered(now, spread, interval);
        }
        Ok(())
    }
}

impl Inner {
    /// Counts how often in a row a remote did not answer, whoever asked: a host that is away is away for all.
    fn failures(&self, measured: Option<&Measured>, failed: bool) -> u32 {
        let Some(url) = measured.and_then(|measured| measured.url.clone()) else { return 0 };
        let mut silent = lock(&self.silent);
        if failed {
            let count = silent.entry(url).or_default();
            *count = count.saturating_add(1);
            *count - 1
        } else {
            let was_silent = silent.remove(&url).is_some();
            drop(silent);
            if was_silent {
                self.back_again.store(true, Ordering::Relaxed);
            }
            0
        }
    }
}

impl LiveState {
    /// The remote, where there is one and it was looked at.
    pub(super) fn url(&self) -> Option<RemoteUrl> {
        self.measured.as_ref().and_then(|measured| measured.url.clone())
    }

    /// Keeps the findings of a run, by the file of the inbox that they are about.
    pub(super) fn keep_findings(&mut self, findings: &[Finding]) {
        self.findings = by_file(findings);
    }
}

/// Counts the objects of a commit by kind; from another commit's counts where few files differ.
fn kinds_at(
    sight: &Sight,
    repo: &Repo,
    head: &Revision,
    counted: Option<(Revision, Vec<KindCount>)>,
    layout: &Layout,
) -> Result<Vec<KindCount>> {
    if let Some((before, kinds)) = counted
        && let Some(differing) = sight.between(repo, &before, head)?
    {
        let mut counts = Counts::default();
        counts.0.extend(kinds.into_iter().map(|kind| (kind.directory, i64::from(kind.count))));
        for file in &*differing {
            counts.add(&file.path, layout, i64::from(file.after) - i64::from(file.before));
        }
        return Ok(counts.kinds());
    }
    let mut counts = Counts::default();
    for file in repo.list(head, &layout.managed())? {
        counts.add(&file.path, layout, 1);
    }
    Ok(counts.kinds())
}

/// How many files of objects each directory under `managed/` has.
#[derive(Default)]
struct Counts(BTreeMap<String, i64>);

impl Counts {
    fn add(&mut self, file: &RepoPath, layout: &Layout, more: i64) {
        if let Some((directory, _)) = file.below(&layout.managed()).and_then(|rest| rest.split_once('/'))
            && Layout::takes(file.file_name())
            && more != 0
        {
            *self.0.entry(directory.to_owned()).or_default() += more;
        }
    }

    /// In the order of the kinds table, then what the table lacks.
    fn kinds(self) -> Vec<KindCount> {
        let there = self.0.into_iter().filter_map(|(directory, count)| {
            let count = u32::try_from(count).ok().filter(|count| *count > 0)?;
            Some((directory, count))
        });
        sorted_kinds(there.collect())
    }
}

fn sorted_kinds(mut counts: BTreeMap<String, u32>) -> Vec<KindCount> {
    let mut kinds = Vec::new();
    for info in &KINDS {
        if let Some(count) = counts.remove(info.directory) {
            kinds.push(KindCount { kind: info.kind.to_owned(), directory: info.directory.to_owned(), count });
        }
    }
    kinds.extend(counts.into_iter().map(|(directory, count)| KindCount {
        kind: directory.clone(),
        directory,
        count,
    }));
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_counted_in_the_order_of_the_table() {
        let paths: Vec<RepoPath> = [
            "lab/managed/vpcs/red.yaml",
            "lab/managed/vpcs/blue.yaml",
            "lab/managed/switches/leaf-01.yaml",
            "lab/managed/switches/leaf-02.yaml",
            "lab/managed/switches/.gitkeep",
            "lab/managed/racks/r1.yaml",
            "lab/managed/stray.yaml",
        ]
        .iter()
        .map(|path| RepoPath::parse(path).expect("path"))
        .collect();
        let layout = Layout::new(RepoPath::parse("lab").expect("path"));
        let mut counts = Counts::default();
        paths.iter().for_each(|path| counts.add(path, &layout, 1));
        counts.add(&paths[0], &layout, -1);
        let counts: Vec<_> = counts.kinds().into_iter().map(|kind| (kind.kind, kind.count)).collect();
        assert_eq!(counts, [("Switch".to_owned(), 2), ("VPC".to_owned(), 1), ("racks".to_owned(), 1)]);
    }
}
