//! When the remote is asked next.

use std::time::Duration;

use crate::id::Timestamp;

/// How soon one that did not answer is asked again, the first time; then twice as long, and so on.
const RETRY: Duration = Duration::from_secs(15);
/// How long the app waits at most for one that does not answer.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// When one fabric's remote is asked next. By the wall clock, so that a machine that slept asks at once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schedule {
    next: Option<Timestamp>,
    /// Whether the next check is one of a remote that did not answer.
    retries: bool,
}

impl Schedule {
    /// When the next check is due, where one is planned.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.next
    }

    /// Whether a check is due.
    pub(crate) fn is_due(&self, now: Timestamp) -> bool {
        self.next.is_some_and(|next| next <= now)
    }

    /// Whether a remote that did not answer is to be asked again.
    pub(crate) fn is_retrying(&self) -> bool {
        self.retries && self.next.is_some()
    }

    /// The remote answered; it is asked again after the interval, or never where that is none. `spread`
    /// (0 to 1) keeps many fabrics from asking at one moment.
    pub(crate) fn answered(&mut self, now: Timestamp, spread: f64, interval: Duration) {
        self.retries = false;
        if interval.is_zero() {
            self.next = None;
        } else {
            self.set(now, interval, spread);
        }
    }

    /// The remote did not answer, or refused, after that many failures before.
    pub(crate) fn failed(&mut self, now: Timestamp, spread: f64, failures: u32) {
        let wait = RETRY.saturating_mul(1 << failures.min(10)).min(LONGEST);
        self.retries = true;
        self.set(now, wait, spread);
    }

    /// The next check, where one is planned, is not before so long from now.
    pub(crate) fn no_sooner(&mut self, now: Timestamp, wait: Duration) {
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        let earliest = Timestamp::from_millis(now.as_millis().saturating_add(millis));
        self.next = self.next.map(|next| next.max(earliest));
    }

    /// The host wants to be left alone until then.
    pub(crate) fn wait_until(&mut self, until: Timestamp) {
        self.retries = false;
        self.next = Some(until);
    }

    /// Brings the next check forward to now, where one is planned; with `only_retries`, only of a remote that
    /// did not answer.
    pub(crate) fn hurry(&mut self, now: Timestamp, only_retries: bool) {
        if self.next.is_some() && (self.retries || !only_retries) {
            self.next = Some(now);
        }
    }

    /// No check is planned: the fabric is paused, or has no remote.
    pub(crate) fn stop(&mut self) {
        self.next = None;
    }

    fn set(&mut self, now: Timestamp, wait: Duration, spread: f64) {
        let wait = wait.mul_f64(1.0 + spread.clamp(0.0, 1.0) / 2.0);
        let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        self.next = Some(Timestamp::from_millis(now.as_millis().saturating_add(millis)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_remote_is_asked_less_and_less_often() {
        let (mut schedule, now) = (Schedule::default(), Timestamp::from_millis(0));
        let mut waits = Vec::new();
        for failures in 0..9 {
            schedule.failed(now, 0.0, failures);
            waits.push(schedule.next().expect("planned").as_millis() / 1000);
        }
        assert_eq!(waits, [15, 30, 60, 120, 240, 480, 900, 900, 900]);
        schedule.hurry(now, true);
        assert!(schedule.is_due(now), "the network is back");
        schedule.answered(now, 1.0, Duration::from_secs(120));
        schedule.hurry(now, true);
        assert_eq!(schedule.next().expect("planned").as_millis(), 180_000);
        assert!(!schedule.is_due(now) && schedule.is_due(Timestamp::from_millis(180_000)));
    }

    #[test]
    fn a_host_that_wants_to_be_left_alone_is() {
        let (mut schedule, now) = (Schedule::default(), Timestamp::from_millis(0));
        schedule.no_sooner(now, Duration::from_secs(60));
        assert_eq!(schedule.next(), None, "nothing is planned by it");
        schedule.answered(now, 0.0, Duration::from_secs(10));
        schedule.no_sooner(now, Duration::from_secs(60));
        assert_eq!(schedule.next().map(Timestamp::as_millis), Some(60_000));
        schedule.wait_until(Timestamp::from_millis(90_000));
        schedule.no_sooner(now, Duration::from_secs(60));
        assert_eq!(schedule.next().map(Timestamp::as_millis), Some(90_000));
    }

    #[test]
    fn an_interval_of_none_is_never() {
        let (mut schedule, now) = (Schedule::default(), Timestamp::from_millis(0));
        schedule.answered(now, 0.0, Duration::ZERO);
        schedule.hurry(now, false);
        assert_eq!(schedule.next(), None);
    }
}
