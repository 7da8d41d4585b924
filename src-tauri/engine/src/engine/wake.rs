//! What wakes the workers: file events, the time of the next check, the start of the app.

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use crate::error::Result;
use crate::id::{FabricId, Timestamp};
use crate::operation::{OperationKind, Trigger};
use crate::store::StoredFabric;
use crate::sync::{Errand, Watch};

use super::run::Job;
use super::{Engine, Inner, lock};

/// How often due checks are looked for, and inboxes are glanced at where no event came: a file system
/// that gives no events (a network share) is served too.
const TICK: Duration = Duration::from_secs(5);
/// A gap between two ticks, in milliseconds, that says that the machine slept, or that its clock was set.
const ASLEEP: i64 = 60_000;
/// How long after a change by hand the next one is waited for: a series of them is pushed together.
const SERIES: Duration = Duration::from_millis(200);
/// After how long a series is pushed that does not end.
const LONGEST_SERIES: Duration = Duration::from_secs(2);
/// A remote that answered within so many milliseconds is not asked again because the window came forward.
const JUST_ASKED: i64 = 15_000;

impl Engine {
    /// Begins to look after the fabrics of the list: measures them, watches their directories, syncs those
    /// that are not paused, and asks their remotes from time to time. Returns at once.
    pub fn start(&self) {
        let engine = Arc::clone(&self.inner);
        let begun = self.inner.runtime.spawn_blocking(move || match engine.store.listed_fabrics() {
            Ok(fabrics) => fabrics.iter().for_each(|fabric| engine.look_after(&fabric.id)),
            Err(error) => tracing::error!(%error, "the list of fabrics could not be read"),
        });
        drop(begun);
        let listens = self.clone();
        drop(self.inner.runtime.spawn_blocking(move || {
            if let Err(error) = listens.listen_as_chosen() {
                tracing::error!(%error, "whether to listen could not be read");
            }
        }));
        self.keep_time();
    }

    /// Asks the remotes of the fabrics that are looked after from time to time, and looks after no further
    /// ones: for whoever names the fabrics one by one. Returns at once.
    pub fn keep_time(&self) {
        let engine = Arc::downgrade(&self.inner);
        self.inner.runtime.spawn(async move {
            let mut ticks = tokio::time::interval(TICK);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
            loop {
                ticks.tick().await;
                let Some(engine) = engine.upgrade() else { return };
                let runtime = engine.runtime.clone();
                if let Err(error) = runtime.spawn_blocking(move || engine.tick()).await {
                    tracing::error!(%error, "the timer ended in a defect");
                }
            }
        });
    }

    /// Begins to look after one fabric, listed or not, as [`Engine::start`] does for all of the list.
    pub fn look_after(&self, id: &FabricId) {
        let (engine, id) = (Arc::clone(&self.inner), id.clone());
        drop(self.inner.runtime.spawn_blocking(move || engine.look_after(&id)));
    }
}

impl Inner {
    fn look_after(self: &Arc<Self>, id: &FabricId) {
        let (directory, fabric) = match self.with_directory(id) {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(%error, "a fabric can't be looked after");
                return;
            }
        };
        let live = self.live(id);
        live.state().attended = true;
        if let Err(error) = self.look(&fabric) {
            tracing::warn!(%error, "a fabric could not be shown");
        }
        if let Err(error) = self.watch(id, &directory) {
            tracing::warn!(directory = %directory.display(), %error, "the directory can't be watched yet");
        }
        if self.store.settings(id).is_ok_and(|settings| settings.on_start) {
            self.wake(id, Trigger::Start);
        } else {
            self.wake(id, Trigger::FileEvent);
        }
    }

    /// A fabric, and its directory on this machine.
    fn with_directory(&self, id: &FabricId) -> Result<(PathBuf, StoredFabric)> {
        let fabric = self.store.fabric(id)?;
        let repository = self.repository(&fabric)?;
        Ok((fabric.directory.under(&repository.path), fabric))
    }

    fn watch(self: &Arc<Self>, id: &FabricId, directory: &Path) -> notify::Result<()> {
        let (engine, watched): (Weak<Self>, _) = (Arc::downgrade(self), id.clone());
        let hint = move || {
            if let Some(engine) = engine.upgrade() {
                engine.wake(&watched, Trigger::FileEvent);
            }
        };
        self.live(id).sight.watch(Watch::new(directory, &self.runtime, hint)?);
        Ok(())
    }

    /// Watches a directory again that was gone, or in which no more directories could be watched; until that comes true,
    /// the glance at every tick remains.
    fn watch_again(self: &Arc<Self>, id: &FabricId) {
        match self.with_directory(id).map(|(directory, _)| self.watch(id, &directory)) {
            // Of what was done meanwhile nothing was heard.
            Ok(Ok(())) => self.wake(id, Trigger::FileEvent),
            Ok(Err(error)) => tracing::debug!(%error, "the directory can't be watched yet"),
            Err(error) => tracing::debug!(%error, "a fabric can't be looked after"),
        }
    }

    /// Asks the remotes of those fabrics that want it, unless they were asked a moment ago.
    pub(super) fn focused(self: &Arc<Self>) {
        let now = Timestamp::now();
        let attended: Vec<FabricId> = lock(&self.live)
            .iter()
            .filter(|(_, live)| live.state().attended)
            .map(|(id, _)| id.clone())
            .collect();
        for id in attended {
            let asked = self.store.fabric(&id).ok().and_then(|fabric| fabric.last_contact);
            let lately =
                asked.is_some_and(|at| (0..JUST_ASKED).contains(&(now.as_millis() - at.as_millis())));
            if !lately && self.store.settings(&id).is_ok_and(|settings| settings.on_focus) {
                self.wake(&id, Trigger::Focus);
            }
        }
    }

    /// Gives the worker a hint. The run that follows looks at what is there.
    pub(super) fn wake(self: &Arc<Self>, id: &FabricId, trigger: Trigger) {
        // One that waits already will find all there is.
        if self.live(id).state().hints.insert(trigger) {
            self.hint(id, trigger);
        }
    }

    /// The same after a change by hand, once no further one follows it closely.
    pub(super) fn wake_after_changes(self: &Arc<Self>, id: &FabricId) {
        let live = self.live(id);
        {
            let mut state = live.state();
            state.changed_by_hand = Some(Instant::now());
            if !state.hints.insert(Trigger::FollowUp) {
                return;
            }
        }
        let (engine, id, began) = (Arc::downgrade(self), id.clone(), Instant::now());
        self.runtime.spawn(async move {
            let quiet = || live.state().changed_by_hand.map_or(SERIES, |at| at.elapsed());
            while let Some(wait) = still_to_wait(quiet(), began.elapsed()) {
                tokio::time::sleep(wait).await;
            }
            if let Some(engine) = engine.upgrade() {
                engine.hint(&id, Trigger::FollowUp);
            }
        });
    }

    fn hint(self: &Arc<Self>, id: &FabricId, trigger: Trigger) {
        let job = Job {
            fabric: id.clone(),
            kind: OperationKind::Sync,
            trigger,
            errand: Errand::Whatever,
            reply: None,
        };
        if let Err(error) = self.enqueue(job) {
            self.live(id).state().hints.remove(&trigger);
            tracing::debug!(%error, "a hint came to nothing");
        }
    }

    fn tick(self: &Arc<Self>) {
        let now = Timestamp::now();
        let before = self.ticked.swap(now.as_millis(), Ordering::Relaxed);
        let slept = has_slept(before, now.as_millis());
        let is_back = self.back_again.swap(false, Ordering::Relaxed);
        if slept || is_back {
            // The machine slept, its clock was set (what is due tomorrow by it was due now), or a remote that was
            // silent answers: what waits is tried now.
            let all: Vec<_> = lock(&self.live).values().cloned().collect();
            for live in all {
                live.state().schedule.hurry(now, !slept);
            }
        }
        let attended: Vec<_> = lock(&self.live)
            .iter()
            .filter(|(_, live)| {
                let state = live.state();
                state.attended && state.running.is_none()
            })
            .map(|(id, live)| (id.clone(), live.state().schedule.is_due(now)))
            .collect();
        for (id, due) in attended {
            let live = self.live(&id);
            live.rest();
            if !live.sight.is_watched() {
                self.watch_again(&id);
            }
            let news = || {
                self.store
                    .fabric(&id)
                    .and_then(|fabric| Ok(fabric.auto_sync && self.has_news(&fabric)?))
                    .unwrap_or(false)
            };
            if due {
                self.wake(&id, Trigger::Timer);
            } else if news() {
                self.wake(&id, Trigger::FileEvent);
            }
        }
    }
}

/// How long a series of changes is waited for still: `quiet` is how long ago the last one was, `lasted` how long ago the
/// first.
fn still_to_wait(quiet: Duration, lasted: Duration) -> Option<Duration> {
    SERIES.checked_sub(quiet).filter(|wait| !wait.is_zero() && lasted < LONGEST_SERIES)
}

/// Whether the machine slept between two ticks, or its clock was set either way. Before the first tick there was none.
fn has_slept(before: i64, now: i64) -> bool {
    before != 0 && now.saturating_sub(before).saturating_abs() > ASLEEP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_of_changes_is_waited_for_and_not_for_ever() {
        for (quiet, lasted, wait) in [
            (0, 0, Some(200)),
            (50, 50, Some(150)),
            (50, 1_900, Some(150)),
            (200, 200, None),
            (5_000, 5_000, None),
            // It does not end.
            (50, 2_000, None),
        ] {
            let millis = Duration::from_millis;
            assert_eq!(still_to_wait(millis(quiet), millis(lasted)), wait.map(millis), "{quiet} of {lasted}");
        }
    }

    #[test]
    fn a_gap_between_two_ticks_is_noticed() {
        let now = 1_800_000_000_000;
        let day = 24 * 60 * 60 * 1000;
        for (before, slept) in [
            (0, false),
            (now - 5_000, false),
            (now - ASLEEP, false),
            (now - ASLEEP - 1, true),
            (now - day, true),
            // The clock was a day ahead, and was put right.
            (now + day, true),
            (now + 1_000, false),
            (i64::MIN, true),
        ] {
            assert_eq!(has_slept(before, now), slept, "{}", now.saturating_sub(before));
        }
    }
}
