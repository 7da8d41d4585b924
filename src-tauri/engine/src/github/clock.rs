//! The time and waiting, as arguments: a test's clock does not make it wait.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use crate::id::Timestamp;

/// What time it is, and waiting.
pub(crate) trait Clock: Send + Sync {
    /// The time.
    fn now(&self) -> Timestamp;

    /// Ends when so much time has passed.
    fn sleep(&self, length: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// This machine's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, length: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(length))
    }
}

/// That long after `time`.
pub(super) fn after(time: Timestamp, length: Duration) -> Timestamp {
    let millis = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(time.as_millis().saturating_add(millis))
}

/// How long it is from one time to the other; nothing where the other lies before.
pub(super) fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(to.as_millis().saturating_sub(from.as_millis())).unwrap_or(0))
}
