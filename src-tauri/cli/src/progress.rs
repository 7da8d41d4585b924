//! Progress on stderr: a bar on a terminal, plain lines otherwise.

use std::sync::{Mutex, MutexGuard, PoisonError};

use fgd_engine::{Event, OperationId, Step, StepState, Unit};
use indicatif::{ProgressBar, ProgressStyle};

use crate::{report, terminal};

/// Shows how far the run is.
pub(crate) struct Progress {
    state: Mutex<State>,
    terminal: bool,
    quiet: bool,
}

#[derive(Default)]
struct State {
    bar: Option<ProgressBar>,
    operation: Option<OperationId>,
    /// Steps whose end was told already.
    told: Vec<Step>,
    /// Whether runs that end are told too, as `watch` does.
    announce: bool,
}

impl Progress {
    pub(crate) fn new(terminal: bool, quiet: bool) -> Self {
        Self { state: Mutex::default(), terminal, quiet }
    }

    /// The run under way.
    pub(crate) fn operation(&self) -> Option<OperationId> {
        self.state().operation.clone()
    }

    /// From now on, runs that end are told on stdout.
    pub(crate) fn announce(&self) {
        self.state().announce = true;
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        if let Some(bar) = self.state().bar.take() {
            bar.finish_and_clear();
        }
    }

    /// Shows an event of the engine.
    pub(crate) fn tell(&self, event: &Event) {
        let mut state = self.state();
        match event {
            Event::Progress(progress) => {
                if state.operation.as_ref() != Some(&progress.operation) {
                    state.operation = Some(progress.operation.clone());
                    state.told.clear();
                }
                if self.quiet {
                    return;
                }
                for step in &progress.steps {
                    if step.state == StepState::Done && !state.told.contains(&step.step) {
                        state.told.push(step.step);
                        let line =
                            format!("{:<9} {}", word(step.step), step.note.as_deref().unwrap_or("done"));
                        match &state.bar {
                            Some(bar) => bar.println(fgd_engine::visible(&line)),
                            None => terminal::tell(&line),
                        }
                    }
                }
                if self.terminal {
                    self.bar(&mut state, progress);
                }
            }
            Event::Finished(operation) => {
                state.operation = None;
                if let Some(bar) = state.bar.take() {
                    bar.finish_and_clear();
                }
                if state.announce {
                    report::operation(operation, false);
                }
            }
            Event::Fabric(_) | Event::Removed(_) => {}
        }
    }

    fn bar(&self, state: &mut State, progress: &fgd_engine::Progress) {
        let Some(step) = progress.steps.iter().find(|step| step.state == StepState::Running) else { return };
        let bar = state.bar.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{prefix:<9} [{bar:30}] {pos}/{len} {msg}");
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_prefix(word(step.step));
        bar.set_length(step.total.unwrap_or(step.done).into());
        bar.set_position(step.done.into());
        let unit = step.unit.map(unit).unwrap_or_default();
        let current = progress.current.as_deref().unwrap_or_default();
        bar.set_message(fgd_engine::visible(&format!("{unit} {current}")).into_owned());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn word(step: Step) -> &'static str {
    match step {
        Step::Clone => "clone",
        Step::Fetch => "fetch",
        Step::Edits => "hand edits",
        Step::Integrate => "integrate",
        Step::Scan => "scan",
        Step::Parse => "parse",
        Step::Validate => "validate",
        Step::Write => "write",
        Step::Commit => "commit",
        Step::Push => "push",
        Step::Verify => "verify",
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Files => "files",
        Unit::Documents => "documents",
        Unit::Objects => "objects",
        Unit::GitObjects => "Git objects",
        Unit::Commits => "commits",
    }
}
