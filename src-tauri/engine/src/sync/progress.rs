//! How far a run is, and whether it should go on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::event::{Emit, Event};
use crate::id::{FabricId, OperationId, Timestamp};
use crate::operation::{OperationKind, Progress, Step, StepProgress, StepState, Trigger, Unit};

/// Counts are told at most this often; steps that begin and end are always told.
const INTERVAL: Duration = Duration::from_millis(50);

/// Hears of a run at each of its steps, once it is not quiet any more. It may ask the reporter.
pub(crate) type OnStep = Box<dyn Fn(&Progress) + Send + Sync>;

/// Tells the world how far one run is. Shared between the run and whoever may cancel it.
pub(crate) struct Reporter {
    emit: Emit,
    on_step: OnStep,
    state: Mutex<State>,
    cancelled: AtomicBool,
}

struct State {
    progress: Progress,
    told: Option<Instant>,
    quiet: bool,
}

impl Reporter {
    /// A reporter for a run with these steps. A quiet one says nothing until it is made loud: a run that
    /// woke by itself and finds nothing to do is nobody's business.
    pub(crate) fn new(
        emit: Emit,
        on_step: OnStep,
        fabric: FabricId,
        kind: OperationKind,
        trigger: Trigger,
        steps: &[Step],
        quiet: bool,
    ) -> Self {
        let steps = steps
            .iter()
            .map(|step| StepProgress {
                step: *step,
                state: StepState::Waiting,
                done: 0,
                total: None,
                unit: None,
                bytes: None,
                note: None,
            })
            .collect();
        let progress = Progress {
            operation: OperationId::random(),
            fabric,
            kind,
            trigger,
            started_at: Timestamp::now(),
            steps,
            current: None,
            cancelling: false,
        };
        let state = Mutex::new(State { progress, told: None, quiet });
        Self { emit, on_step, state, cancelled: AtomicBool::new(false) }
    }

    /// The run as it stands.
    pub(crate) fn progress(&self) -> Progress {
        self.state().progress.clone()
    }

    /// The run, for those who should know of it.
    pub(crate) fn visible(&self) -> Option<Progress> {
        let state = self.state();
        (!state.quiet).then(|| state.progress.clone())
    }

    /// The run's identifier.
    pub(crate) fn operation(&self) -> OperationId {
        self.state().progress.operation.clone()
    }

    /// The run turns out to be about a fabric that has an identifier already.
    pub(crate) fn adopt(&self, fabric: FabricId) {
        self.state().progress.fabric = fabric;
    }

    /// There is something to do: from now on the run is told.
    pub(crate) fn loud(&self) {
        let mut state = self.state();
        if !state.quiet {
            return;
        }
        state.quiet = false;
        self.tell(&mut state);
        drop(state);
        self.stepped();
    }

    /// A step begins.
    pub(crate) fn begin(&self, step: Step, unit: Option<Unit>) -> Result<()> {
        self.check()?;
        self.change(step, |progress| {
            progress.state = StepState::Running;
            progress.unit = unit;
            progress.note = None;
        });
        self.stepped();
        Ok(())
    }

    /// A step gets further; `current` is what it has in hand. Fails when the run was cancelled.
    pub(crate) fn count(
        &self,
        step: Step,
        done: usize,
        total: Option<usize>,
        current: Option<&str>,
    ) -> Result<()> {
        self.check()?;
        let mut state = self.state();
        if let Some(progress) = state.progress.steps.iter_mut().find(|progress| progress.step == step) {
            progress.done = u32::try_from(done).unwrap_or(u32::MAX);
            progress.total = total.map(|total| u32::try_from(total).unwrap_or(u32::MAX));
        }
        if let Some(current) = current {
            state.progress.current = Some(current.to_owned());
        }
        if state.told.is_none_or(|told| told.elapsed() >= INTERVAL) {
            self.tell(&mut state);
        }
        Ok(())
    }

    /// So many bytes came or went, if any; told with the next count.
    pub(crate) fn transferred(&self, step: Step, bytes: usize) {
        if bytes == 0 {
            return;
        }
        let mut state = self.state();
        if let Some(progress) = state.progress.steps.iter_mut().find(|progress| progress.step == step) {
            progress.bytes = Some(u32::try_from(bytes).unwrap_or(u32::MAX));
        }
    }

    /// A step ended well.
    pub(crate) fn end(&self, step: Step, note: impl Into<String>) {
        let note = note.into();
        self.change(step, |progress| {
            progress.state = StepState::Done;
            if let Some(total) = progress.total {
                progress.done = total;
            }
            progress.note = Some(note);
        });
    }

    /// A step was not needed.
    pub(crate) fn skip(&self, step: Step, note: &str) {
        self.change(step, |progress| {
            progress.state = StepState::Skipped;
            progress.note = Some(note.to_owned());
        });
    }

    /// The step under way ended badly.
    pub(crate) fn fail(&self, note: &str) {
        self.stop(StepState::Failed, note);
    }

    /// The step under way is left to another run.
    pub(crate) fn give_up(&self, note: &str) {
        self.stop(StepState::Skipped, note);
    }

    fn stop(&self, as_what: StepState, note: &str) {
        let mut state = self.state();
        for progress in &mut state.progress.steps {
            if progress.state == StepState::Running {
                progress.state = as_what;
                progress.note = Some(note.to_owned());
            }
        }
        self.tell(&mut state);
    }

    /// Asks the run to stop at the next safe point.
    pub(crate) fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        let mut state = self.state();
        state.progress.cancelling = true;
        self.tell(&mut state);
        drop(state);
        self.stepped();
    }

    /// Fails when the run was cancelled.
    pub(crate) fn check(&self) -> Result<()> {
        if self.cancelled.load(Ordering::Relaxed) { Err(Error::Cancelled) } else { Ok(()) }
    }

    fn stepped(&self) {
        if let Some(progress) = self.visible() {
            (self.on_step)(&progress);
        }
    }

    fn change(&self, step: Step, change: impl FnOnce(&mut StepProgress)) {
        let mut state = self.state();
        if let Some(progress) = state.progress.steps.iter_mut().find(|progress| progress.step == step) {
            change(progress);
        }
        state.progress.current = None;
        self.tell(&mut state);
    }

    fn tell(&self, state: &mut State) {
        if state.quiet {
            return;
        }
        state.told = Some(Instant::now());
        (self.emit)(Event::Progress(state.progress.clone()));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn reporter(quiet: bool) -> (Reporter, Arc<Mutex<Vec<Progress>>>) {
        let told = Arc::new(Mutex::new(Vec::new()));
        let events = Arc::clone(&told);
        let emit: Emit = Arc::new(move |event| {
            if let Event::Progress(progress) = event {
                events.lock().expect("events").push(progress);
            }
        });
        let steps = [Step::Scan, Step::Parse];
        let kind = OperationKind::Ingest;
        let on_step = Box::new(|_: &Progress| {});
        (Reporter::new(emit, on_step, FabricId::random(), kind, Trigger::Click, &steps, quiet), told)
    }

    #[test]
    fn counts_are_gathered_and_ends_are_told() {
        let (reporter, told) = reporter(false);
        reporter.begin(Step::Parse, Some(Unit::Documents)).expect("runs");
        for done in 0..10_000 {
            reporter.count(Step::Parse, done, Some(10_000), None).expect("runs");
        }
        reporter.end(Step::Parse, "10000 documents");
        let told = told.lock().expect("events");
        assert!(told.len() < 100, "{} events", told.len());
        let last = &told.last().expect("told").steps[1];
        assert_eq!((last.state, last.done), (StepState::Done, 10_000));
    }

    #[test]
    fn a_quiet_run_is_told_from_when_it_has_work() {
        let (reporter, told) = reporter(true);
        reporter.begin(Step::Scan, None).expect("runs");
        assert!(told.lock().expect("events").is_empty());
        reporter.loud();
        assert_eq!(told.lock().expect("events").len(), 1);
    }

    #[test]
    fn a_cancelled_run_stops_at_its_next_count() {
        let (reporter, told) = reporter(false);
        reporter.cancel();
        assert!(matches!(reporter.count(Step::Scan, 1, None, None), Err(Error::Cancelled)));
        assert!(told.lock().expect("events").last().expect("told").cancelling);
    }
}
