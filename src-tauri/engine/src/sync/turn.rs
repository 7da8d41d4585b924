//! Few runs at once, and none that waits for a network holds up another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// How often a run looks whether somebody waits behind it.
const GLANCE: Duration = Duration::from_millis(25);

/// The right to keep this machine busy. It is lent to others while its run waits for a remote.
pub(crate) struct Turn {
    gate: Arc<Semaphore>,
    runtime: Handle,
    is_held: AtomicBool,
    /// How many wait behind this run who need no remote.
    behind: Arc<AtomicUsize>,
}

impl Turn {
    /// Waits for a turn. `behind` counts those who wait for this run's end and need no remote.
    pub(crate) async fn take(gate: Arc<Semaphore>, runtime: Handle, behind: Arc<AtomicUsize>) -> Self {
        let turn = Self { gate, runtime, is_held: AtomicBool::new(false), behind };
        turn.enter().await;
        turn
    }

    async fn enter(&self) {
        // The gate is never closed; if it were, running ungated would be right too.
        if let Ok(permit) = self.gate.acquire().await {
            permit.forget();
            self.is_held.store(true, Ordering::Relaxed);
        }
    }

    fn leave(&self) {
        if self.is_held.swap(false, Ordering::Relaxed) {
            self.gate.add_permits(1);
        }
    }

    /// Whether anybody waits behind this run who needs no remote, asked from anywhere.
    pub(crate) fn is_waited_for(&self) -> impl Fn() -> bool + Send + Sync + use<> {
        let behind = Arc::clone(&self.behind);
        move || behind.load(Ordering::Relaxed) > 0
    }

    /// Comes to its end as soon as somebody does.
    pub(crate) async fn until_waited_for(&self) {
        let is_waited_for = self.is_waited_for();
        while !is_waited_for() {
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Does what mostly waits, and lets others work meanwhile. Not to be called from a task.
    pub(crate) fn away<T>(&self, wait: impl FnOnce() -> T) -> T {
        self.leave();
        let done = wait();
        self.runtime.block_on(self.enter());
        done
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn whoever_waits_lets_others_work() {
        let (gate, runtime) = (Arc::new(Semaphore::new(1)), Handle::current());
        let first = Turn::take(Arc::clone(&gate), runtime.clone(), Arc::default()).await;
        let other = Arc::clone(&gate);
        let ended = tokio::task::spawn_blocking(move || {
            first.away(|| {
                let permit = other.try_acquire().expect("it is free while the first waits");
                drop(permit);
            });
            assert!(other.try_acquire().is_err(), "it is taken again");
        });
        ended.await.expect("no defect");
        assert_eq!(gate.available_permits(), 1);
    }
}
