//! How many runs there were and how long they took, since the engine was opened.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use serde_json::Value;

use crate::event::{Emit, Event};
use crate::id::FabricId;
use crate::operation::Operation;

/// Counts the runs that are told. It is for the metrics, and nothing is decided by it.
#[derive(Default)]
pub(crate) struct Tally(Mutex<BTreeMap<FabricId, Runs>>);

/// The runs of a fabric.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Runs {
    /// How many, by kind and outcome.
    pub(super) ended: BTreeMap<(String, String), u64>,
    /// How many, and how many seconds they took together, by kind.
    pub(super) took: BTreeMap<String, (u64, f64)>,
}

impl Tally {
    /// What counts each run that it hears of, and passes everything on.
    pub(crate) fn counting(self: &Arc<Self>, emit: Emit) -> Emit {
        let tally = Arc::clone(self);
        Arc::new(move |event| {
            match &event {
                Event::Finished(operation) => tally.count(operation),
                Event::Removed(fabric) => drop(tally.fabrics().remove(fabric)),
                _ => {}
            }
            emit(event);
        })
    }

    /// The runs of a fabric so far.
    pub(crate) fn of(&self, fabric: &FabricId) -> Runs {
        self.fabrics().get(fabric).cloned().unwrap_or_default()
    }

    fn count(&self, operation: &Operation) {
        let kind = word(&operation.kind);
        let millis = operation.finished_at.as_millis().saturating_sub(operation.started_at.as_millis());
        let mut fabrics = self.fabrics();
        let runs = fabrics.entry(operation.fabric.clone()).or_default();
        *runs.ended.entry((kind.clone(), word(&operation.outcome))).or_default() += 1;
        let (count, seconds) = runs.took.entry(kind).or_default();
        *count += 1;
        // A clock that was set back makes no time unspent.
        *seconds += std::time::Duration::from_millis(u64::try_from(millis).unwrap_or(0)).as_secs_f64();
    }

    fn fabrics(&self) -> MutexGuard<'_, BTreeMap<FabricId, Runs>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The word for a value, as it stands in JSON.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        Ok(Value::Object(fields)) => fields.get("is").and_then(Value::as_str).unwrap_or("unknown").to_owned(),
        _ => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::id::Timestamp;
    use crate::operation::{OperationKind, Outcome};

    fn run(fabric: &FabricId, kind: OperationKind, outcome: Outcome, took: i64) -> Event {
        let idle = Operation::idle(fabric, Timestamp::from_millis(5_000));
        let finished_at = Timestamp::from_millis(5_000 + took);
        Event::Finished(Box::new(Operation { kind, outcome, finished_at, ..idle }))
    }

    #[test]
    fn runs_are_counted_and_events_go_on() {
        let (tally, told) = (Arc::new(Tally::default()), Arc::new(Mutex::new(0)));
        let hears = Arc::clone(&told);
        let emit = tally.counting(Arc::new(move |_| *hears.lock().expect("told") += 1));
        let [one, other] = [FabricId::random(), FabricId::random()];
        let failed = Outcome::Failed { error: Error::NoRemote.report() };

        emit(run(&one, OperationKind::Sync, Outcome::Done, 1_500));
        emit(run(&one, OperationKind::Sync, failed, 500));
        emit(run(&one, OperationKind::MoveToUnmanaged, Outcome::Done, -7_000));
        emit(run(&other, OperationKind::Pull, Outcome::Unchanged, 1));
        emit(Event::Removed(other.clone()));

        let runs = tally.of(&one);
        let ended: Vec<_> =
            runs.ended.iter().map(|((kind, outcome), count)| (&**kind, &**outcome, *count)).collect();
        assert_eq!(ended, [("moveToUnmanaged", "done", 1), ("sync", "done", 1), ("sync", "failed", 1)]);
        assert_eq!(runs.took["sync"], (2, 2.0));
        assert_eq!(runs.took["moveToUnmanaged"], (1, 0.0));
        assert_eq!(tally.of(&other), Runs::default(), "who is gone is forgotten");
        assert_eq!(*told.lock().expect("told"), 5);
    }
}
