//! One worker a repository: its runs happen one after the other, apart from everybody else's threads.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use crate::error::{Error, ErrorCode, Result};
use crate::event::Event;
use crate::fgd::{self, Layout};
use crate::finding::{Finding, Severity, Weight};
use crate::git::{Access, Repo, RepoLock};
use crate::id::{FabricId, Timestamp};
use crate::operation::{DocumentCounts, Operation, OperationKind, Outcome, Progress, Trigger};
use crate::store::StoredFabric;
use crate::sync::{self, Errand, Flow, FlowResult, IsWaitedFor, OnStep, Reporter, Turn};

use super::live::Contact;
use super::{Inner, lock};

/// How long a run that somebody asked for waits for another process that works in the repository: as long as
/// that one may wait for its remote.
const LOCK_PATIENCE: Duration = Duration::from_secs(60);
/// How long one waits that woke by itself, and how soon it is tried again.
const LOCK_GLANCE: Duration = Duration::from_secs(5);

/// How often in a row a run makes way that has a remote which answers.
const MAKES_WAY: u32 = 5;
/// How soon a run that made way comes back: whoever waits has begun by then.
const BACK: Duration = Duration::from_millis(300);

/// What a worker is asked for. Without a reply it is a hint that there may be something to do.
pub(super) struct Job {
    pub(super) fabric: FabricId,
    pub(super) kind: OperationKind,
    pub(super) trigger: Trigger,
    /// What it is about.
    pub(super) errand: Errand,
    pub(super) reply: Option<oneshot::Sender<Result<Operation>>>,
}

impl Job {
    /// Whether somebody waits for it who needs no remote.
    fn needs_no_remote(&self) -> bool {
        self.reply.is_some() && !sync::is_exchange(self.kind)
    }
}

/// What became of a job.
enum Ended {
    /// It was not begun: nothing was to be done.
    NotBegun,
    /// It ran.
    Ran(Box<Operation>),
    /// It was put off, or made way where it waited for its remote: it is to be done again after that long.
    Later(Duration),
}

/// The queue of a repository's worker.
pub(super) struct Worker {
    jobs: mpsc::UnboundedSender<Job>,
    waiting: Arc<Waiting>,
}

/// What waits in it.
#[derive(Default)]
struct Waiting {
    /// How many jobs.
    jobs: AtomicUsize,
    /// How many of them somebody waits for who needs no remote.
    local: Arc<AtomicUsize>,
}

impl Waiting {
    fn add(&self, job: &Job) {
        self.jobs.fetch_add(1, Ordering::Relaxed);
        self.local.fetch_add(job.needs_no_remote().into(), Ordering::Relaxed);
    }

    fn remove(&self, job: &Job) {
        self.jobs.fetch_sub(1, Ordering::Relaxed);
        self.local.fetch_sub(job.needs_no_remote().into(), Ordering::Relaxed);
    }
}

impl Worker {
    /// Whether nobody takes jobs from it any more.
    pub(super) fn is_gone(&self) -> bool {
        self.jobs.is_closed()
    }
}

impl Inner {
    /// Hands a job to the repository's worker, which is started if it is not there.
    pub(super) fn enqueue(self: &Arc<Self>, job: Job) -> Result<()> {
        let repository = self.store.fabric(&job.fabric)?.repository;
        let mut workers = lock(&self.workers);
        let worker = workers.entry(repository).or_insert_with(|| {
            let (sender, jobs) = mpsc::unbounded_channel();
            let waiting = Arc::<Waiting>::default();
            // The worker must not keep the engine alive: it ends when the engine drops its queue.
            self.runtime.spawn(work(Arc::downgrade(self), jobs, Arc::clone(&waiting)));
            Worker { jobs: sender, waiting }
        });
        worker.waiting.add(&job);
        worker.jobs.send(job).map_err(|_| Error::Internal { detail: "the worker is gone".to_owned() })
    }

    fn execute(self: &Arc<Self>, job: &Job, turn: &Turn) -> Result<Ended> {
        if job.reply.is_none() {
            // What comes from now on is not seen by this run for certain.
            self.live(&job.fabric).state().hints.remove(&job.trigger);
        }
        let fabric = self.store.fabric(&job.fabric)?;
        let asked = matches!(job.trigger, Trigger::Click | Trigger::Command);
        let by_itself = fabric.auto_sync && self.live(&fabric.id).state().attended;
        if !asked && !by_itself {
            self.look(&fabric)?;
            return Ok(Ended::NotBegun);
        }
        if job.trigger == Trigger::FileEvent && !self.has_news(&fabric)? && !self.has_edits(&fabric)? {
            self.look(&fabric)?;
            return Ok(Ended::NotBegun);
        }
        if asked {
            self.forget_rules(&fabric.id);
        }
        if job.trigger == Trigger::Timer && self.is_quiet(&fabric, turn)? {
            self.tell(&self.store.fabric(&fabric.id)?)?;
            return Ok(Ended::NotBegun);
        }
        turn.away(|| self.follow_proposal(&fabric, turn));
        let report = Arc::new(Reporter::new(
            self.emit.clone(),
            self.on_step(&fabric),
            fabric.id.clone(),
            job.kind,
            job.trigger,
            &sync::steps(job.kind),
            !asked,
        ));
        let mut result = FlowResult::default();
        self.live(&fabric.id).state().running = Some(Arc::clone(&report));
        let ended =
            self.flow(&fabric, &report, &mut result, Some(turn), |flow| flow.run(job.kind, &job.errand));
        if !asked && matches!(ended, Err(Error::RepositoryLocked { .. })) {
            // Somebody else is at work in the repository: that is no failure, and what is left is done after it.
            self.live(&fabric.id).state().running = None;
            self.look(&fabric)?;
            return Ok(Ended::Later(LOCK_GLANCE));
        }
        if result.landed {
            turn.away(|| self.has_landed(&fabric))?;
        }
        let operation = self.finish(&fabric, &report, &result, ended)?;
        Ok(if result.made_way { Ended::Later(BACK) } else { Ended::Ran(Box::new(operation)) })
    }

    /// Does a job again, that long from now.
    fn again(self: &Arc<Self>, job: Job, pause: Duration) {
        let engine = Arc::downgrade(self);
        self.runtime.spawn(async move {
            tokio::time::sleep(pause).await;
            let Some(engine) = engine.upgrade() else { return };
            if job.reply.is_none() {
                engine.wake(&job.fabric, job.trigger);
            } else if let Err(error) = engine.enqueue(job) {
                tracing::warn!(%error, "a run could not be begun again");
            }
        });
    }

    /// What follows a run and is no part of it: what stands is checked, what is not needed is let go, and Git's store is
    /// kept small while nobody waits.
    fn follow_up(self: &Arc<Self>, fabric: &FabricId, ran: bool, nobody_waits: &dyn Fn() -> bool) {
        match self.store.fabric(fabric) {
            Ok(fabric) if ran => self.survey_if_changed(&fabric),
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "what stands could not be checked"),
        }
        self.keep_few();
        self.keep_house(fabric, nobody_waits);
        // It holds packs open, those too that housekeeping has just joined.
        self.live(fabric).shelf.clear();
    }

    /// Whether nothing is to be done: the remote's branch is where it was, and here is nothing new. When it is
    /// asked next is noted.
    fn is_quiet(self: &Arc<Self>, fabric: &StoredFabric, turn: &Turn) -> Result<bool> {
        let here = {
            let live = self.live(&fabric.id);
            let state = live.state();
            state.error.is_none() && state.conflicts.is_empty() && state.is_in_step()
        };
        let proposes = self.store.proposal(&fabric.id)?.is_some();
        if !here || proposes || self.has_news(fabric)? || self.has_edits(fabric)? {
            return Ok(false);
        }
        let wait = match turn.away(|| self.is_where_it_was(fabric, turn)) {
            Ok(Some((true, wait))) => wait,
            Ok(_) => return Ok(false),
            Err(Error::GitHubLimited { until, .. }) => {
                self.live(&fabric.id).state().schedule.wait_until(until);
                return Ok(true);
            }
            Err(error) => {
                // The run says in full what is wrong.
                tracing::debug!(%error, "the remote could not be asked");
                return Ok(false);
            }
        };
        let now = Timestamp::now();
        self.live(&fabric.id).state().made_way = 0;
        self.store.note_contact(&fabric.id, now)?;
        self.plan_next(fabric, Contact::Answered, Trigger::Timer)?;
        self.live(&fabric.id).state().schedule.no_sooner(now, wait.unwrap_or_default());
        Ok(true)
    }

    /// What is done at each step of a run that has work: it is written down as interrupted at its first
    /// one, and what is true of the fabric is told.
    fn on_step(self: &Arc<Self>, fabric: &StoredFabric) -> OnStep {
        let (engine, fabric, begun) = (Arc::downgrade(self), fabric.clone(), AtomicBool::new(false));
        Box::new(move |progress| {
            let Some(engine) = engine.upgrade() else { return };
            let record = || {
                if begun.swap(true, Ordering::Relaxed) {
                    return Ok(());
                }
                let nothing = FlowResult::default();
                let interrupted =
                    as_operation(progress.clone(), &nothing, Outcome::Interrupted, String::new());
                engine.store.record_operation(&interrupted)
            };
            if let Err(error) = record().and_then(|()| engine.tell(&fabric)) {
                tracing::warn!(%error, "a run could not be told");
            }
        })
    }

    /// Whether the inbox holds anything that the last run did not leave there.
    pub(super) fn has_news(&self, fabric: &StoredFabric) -> Result<bool> {
        let repository = self.repository(fabric)?;
        let (entries, _) = fgd::yaml_files(&repository.path, &Layout::new(fabric.directory.clone()).raw())?;
        let live = self.live(&fabric.id);
        let state = live.state();
        Ok(match &state.left {
            Some(left) => entries.iter().any(|entry| !left.contains(entry)),
            None => !entries.is_empty(),
        })
    }

    /// Gives `work` a flow over the fabric, with the repository to itself.
    pub(super) fn flow<T>(
        &self,
        fabric: &StoredFabric,
        report: &Arc<Reporter>,
        result: &mut FlowResult,
        turn: Option<&Turn>,
        work: impl FnOnce(&mut Flow<'_>) -> Result<T>,
    ) -> Result<T> {
        let mut repo = self.open_repo(fabric)?;
        let _lock = match turn {
            Some(turn) => turn.away(|| wait_for_lock(&repo, report))?,
            None => wait_for_lock(&repo, report)?,
        };
        if repo.heal_shallow()? {
            repo = repo.reopened()?;
        }
        let live = self.live(&fabric.id);
        let mut index = lock(&live.index);
        let left = live.state().left.clone().unwrap_or_default();
        let settings = self.store.settings(&fabric.id)?;
        let mut flow = Flow {
            repo: &repo,
            name: &fabric.name,
            branch: &fabric.branch,
            layout: Layout::new(fabric.directory.clone()),
            access: &|| self.access(&repo, fabric),
            proposal: self.proposal(&fabric.id)?,
            refusal: &|| self.refusal(fabric),
            report,
            index: &mut index,
            left: &left,
            policy: settings.policy,
            template: settings.template.as_deref(),
            result,
            look: None,
            differed: None,
            sight: &live.sight,
            turn,
            is_waited_for: turn.and_then(|turn| self.makes_way(fabric, &repo, report, turn)),
        };
        work(&mut flow)
    }

    /// Who waits that a run makes way to; none where it makes way to nobody. A script waits for its run anyhow. One
    /// that made way often comes to its end, unless its remote is one that does not answer.
    fn makes_way(
        &self,
        fabric: &StoredFabric,
        repo: &Repo,
        report: &Reporter,
        turn: &Turn,
    ) -> Option<IsWaitedFor> {
        let Progress { kind, trigger, .. } = report.progress();
        if trigger == Trigger::Command || !sync::is_exchange(kind) {
            return None;
        }
        let live = self.live(&fabric.id);
        let state = live.state();
        let code = state.error.as_ref().map(|error| error.code);
        let is_silent = matches!(code, Some(ErrorCode::RemoteUnreachable | ErrorCode::RemoteStalled));
        if state.made_way >= MAKES_WAY && !is_silent {
            return None;
        }
        let (behind, in_line) = (turn.is_waited_for(), repo.is_waited_for());
        Some(Arc::new(move || behind() || in_line()))
    }

    pub(super) fn access(&self, repo: &Repo, fabric: &StoredFabric) -> Result<Access> {
        match repo.remote(&fabric.branch)? {
            Some(remote) => self.access_to(&remote.url),
            None => Ok(Access::default()),
        }
    }

    /// Writes a run's end down, measures anew, and tells both. A run that woke by itself and changed
    /// nothing is forgotten.
    pub(super) fn finish(
        &self,
        fabric: &StoredFabric,
        report: &Arc<Reporter>,
        result: &FlowResult,
        ended: Result<()>,
    ) -> Result<Operation> {
        let failure = ended.as_ref().err().map(Error::report);
        if let Err(error) = &ended {
            tracing::warn!(fabric = %fabric.name, %error, "the run could not be done");
            report.fail(if matches!(error, Error::Cancelled) { "cancelled" } else { "failed" });
        }
        let live = self.live(&fabric.id);
        let news = {
            let mut state = live.state();
            state.running = None;
            let cancelled = failure.as_ref().is_some_and(|failure| failure.code == ErrorCode::Cancelled);
            if result.made_way {
                state.made_way += 1;
            } else if result.contacted {
                state.made_way = 0;
            }
            let changed = state.error != failure;
            // A request that can't be met says nothing of how the fabric stands.
            let about_the_request = ended.as_ref().err().is_some_and(Error::is_about_the_request);
            if !cancelled && !about_the_request && !result.made_way {
                state.error.clone_from(&failure);
            }
            if result.scanned {
                state.keep_findings(&result.findings);
                state.left = Some(result.inbox.clone());
            }
            if result.compared {
                state.conflicts.clone_from(&result.conflicts);
            }
            // A run that nobody asked for is told if it did something, or if it fails or recovers.
            changed || report.visible().is_some()
        };
        let kind = report.progress().kind;
        let outcome = match &failure {
            Some(failure) if failure.code == ErrorCode::Cancelled => Outcome::Cancelled,
            Some(failure) => Outcome::Failed { error: failure.clone() },
            None if result.stale => Outcome::Stale,
            None if result.unsound > 0 || is_left(result) || !result.conflicts.is_empty() => {
                Outcome::NeedsAttention
            }
            None if result.commit.is_none() && result.pulled == 0 && result.pushed == 0 => Outcome::Unchanged,
            None => Outcome::Done,
        };
        let summary = sync::summary(kind, result, failure.as_ref());
        let operation = as_operation(report.progress(), result, outcome, summary);
        // The fetch may have been answered, and the push not.
        let may_pass = ended.as_ref().err().is_some_and(Error::may_pass);
        let contact = match (failure.is_some() && (!result.contacted || may_pass), result.contacted) {
            (true, _) => Contact::Failed,
            (false, true) => Contact::Answered,
            (false, false) => Contact::None,
        };
        self.measure_or_say_why(fabric, result.differed.clone());
        if result.contacted {
            self.store.note_contact(&fabric.id, Timestamp::now())?;
        }
        self.plan_next(fabric, contact, report.progress().trigger)?;

        let short = operation.shortened();
        if result.made_way && result.way.is_none() {
            // The run that comes back tells what it does.
            self.store.forget_operation(&operation.id)?;
        } else if news {
            self.store.record_operation(&short)?;
            (self.emit)(Event::Finished(Box::new(short.clone())));
        }
        self.tell(&self.store.fabric(&fabric.id)?)?;
        // A script wants all of it; a window shows what can be read.
        Ok(if operation.trigger == Trigger::Command { operation } else { short })
    }

    /// Runs `look` over a fabric, which changes nothing and is written down nowhere.
    pub(super) fn only_look<T>(
        &self,
        fabric: &StoredFabric,
        look: impl FnOnce(&mut Flow<'_>) -> Result<T>,
    ) -> Result<T> {
        let steps = sync::steps(OperationKind::Ingest);
        let report = Arc::new(Reporter::new(
            self.emit.clone(),
            Box::new(|_| {}),
            fabric.id.clone(),
            OperationKind::Ingest,
            Trigger::Command,
            &steps,
            true,
        ));
        self.flow(fabric, &report, &mut FlowResult::default(), None, look)
    }
}

/// The worker's loop. A trigger is a hint: the run looks at what is there, so a lost, doubled or
/// self-caused one is harmless.
async fn work(engine: std::sync::Weak<Inner>, mut jobs: mpsc::UnboundedReceiver<Job>, waiting: Arc<Waiting>) {
    let mut queue = VecDeque::new();
    while let Some(mut job) = next(&mut jobs, &mut queue).await {
        waiting.remove(&job);
        let Some(engine) = engine.upgrade() else { return };
        let behind = Arc::clone(&waiting.local);
        let turn = Turn::take(Arc::clone(&engine.gate), engine.runtime.clone(), behind).await;
        let (fabric, owner) = (job.fabric.clone(), Arc::clone(&engine));
        let waiting = Arc::clone(&waiting);
        let done = engine.runtime.clone().spawn_blocking(move || {
            let fabric = job.fabric.clone();
            let outcome = engine.execute(&job, &turn);
            let ran = matches!(outcome, Ok(Ended::Ran(_)));
            let follow_up = || engine.follow_up(&fabric, ran, &|| waiting.jobs.load(Ordering::Relaxed) == 0);
            // A command's process ends with the reply.
            let is_last = job.trigger == Trigger::Command;
            if is_last {
                follow_up();
            }
            match (job.reply.take(), outcome) {
                (reply, Ok(Ended::Later(pause))) => engine.again(Job { reply, ..job }, pause),
                (Some(reply), Ok(Ended::Ran(operation))) => drop(reply.send(Ok(*operation))),
                (Some(reply), Ok(Ended::NotBegun)) => {
                    drop(reply.send(Err(Error::Internal { detail: "the run was not begun".to_owned() })));
                }
                (Some(reply), Err(error)) => drop(reply.send(Err(error))),
                (None, Err(error)) => tracing::warn!(%error, "a run could not be begun"),
                (None, Ok(_)) => {}
            }
            if !is_last {
                follow_up();
            }
            drop(turn);
        });
        if let Err(error) = done.await {
            tracing::error!(%error, "a run ended in a defect");
            // It did not live to say that it ended, and nothing may seem to run for ever.
            owner.live(&fabric).state().running = None;
            if let Err(error) = owner.store.fabric(&fabric).and_then(|fabric| owner.look(&fabric)) {
                tracing::warn!(%error, "a fabric could not be shown");
            }
        }
    }
}

/// The job that is next: what somebody asked for goes before hints, else in the order in which they came.
async fn next(jobs: &mut mpsc::UnboundedReceiver<Job>, queue: &mut VecDeque<Job>) -> Option<Job> {
    if queue.is_empty() {
        queue.push_back(jobs.recv().await?);
    }
    while let Ok(job) = jobs.try_recv() {
        queue.push_back(job);
    }
    let asked = queue.iter().position(|job| job.reply.is_some());
    queue.remove(asked.unwrap_or(0))
}

fn wait_for_lock(repo: &Repo, report: &Reporter) -> Result<RepoLock> {
    let asked = matches!(report.progress().trigger, Trigger::Click | Trigger::Command);
    let patience = Instant::now() + if asked { LOCK_PATIENCE } else { LOCK_GLANCE };
    loop {
        match repo.lock() {
            Err(Error::RepositoryLocked { .. }) if Instant::now() < patience => {
                report.check()?;
                // A hint can wait: it would keep others from their remotes.
                if asked {
                    repo.wait_in_line();
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            other => return other,
        }
    }
}

/// Whether anything was left in the inbox: a document, or a file that can't even be read.
fn is_left(result: &FlowResult) -> bool {
    let refused = |finding: &Finding| finding.code.weight() == Weight::Refused;
    result.documents.rejected > 0 || result.findings.iter().any(refused)
}

fn as_operation(progress: Progress, result: &FlowResult, outcome: Outcome, summary: String) -> Operation {
    // A rejected document is told by an error; a run that failed before it counted has none.
    debug_assert!(
        result.documents == DocumentCounts::default()
            || result.documents.rejected == 0
            || result.findings.iter().any(|finding| finding.severity == Severity::Error)
    );
    Operation {
        id: progress.operation,
        fabric: progress.fabric,
        kind: progress.kind,
        trigger: progress.trigger,
        started_at: progress.started_at,
        finished_at: Timestamp::now(),
        outcome,
        summary,
        steps: progress.steps,
        documents: result.documents,
        findings: result.findings.clone(),
        more_findings: 0,
        conflicts: result.conflicts.clone(),
        from: result.way.as_ref().and_then(|(from, _)| from.clone()),
        to: result.way.as_ref().map(|(_, to)| to.clone()),
        commit: result.commit.clone(),
        pulled: result.pulled,
        pushed: result.pushed,
    }
}
