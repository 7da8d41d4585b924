//! How much an account may still ask GitHub, and when it must wait. One for all fabrics of the account.
//!
//! The rules are those of GitHub's pages "Rate limits for the REST API" and "Best practices for using the
//! REST API". A reset is told by GitHub's clock; it is kept as a distance from the answer's own date, so
//! that a desktop whose clock is wrong neither hurries nor sleeps.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::HeaderMap;

use crate::github::clock::{after, between};
use crate::github::view::BudgetView;
use crate::github::{Fingerprint, Host, moment};
use crate::id::Timestamp;

/// What the requests of this module are counted as.
const CORE: &str = "core";
/// The time between two changes that GitHub asks for.
const PACE: Duration = Duration::from_secs(1);
/// How long to wait where GitHub refuses for haste and does not say how long; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(60);
/// The longest wait that is believed: GitHub counts by the hour.
const LONGEST: Duration = Duration::from_secs(65 * 60);
/// Looking for changes stops where no more than this part of the hour's requests is left: the rest is for
/// what a person asks for.
const KEPT: u32 = 20;
/// How many counts are remembered, of the dozen that GitHub has.
const COUNTS: usize = 16;

/// What is to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Whether something changed: by itself, again and again.
    Poll,
    /// Something that is needed now.
    Read,
    /// A change. GitHub wants these at least a second apart.
    Change,
}

/// Why to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// The hour's requests are used up.
    UsedUp,
    /// GitHub said how long to wait.
    Told,
    /// GitHub refused for haste, and did not say how long to wait.
    TooFast,
    /// The last requests of the hour are kept for what a person asks for.
    Kept,
    /// The last change was less than a second ago.
    Pace,
}

/// Not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait {
    /// When to ask again, by this machine's clock.
    pub(crate) until: Timestamp,
    /// Why.
    pub(crate) why: Why,
}

/// An answer, as far as the budget is told of it.
#[derive(Debug)]
pub(crate) struct Heard<'a> {
    /// Its status.
    pub(crate) status: u16,
    /// Its headers.
    pub(crate) headers: &'a HeaderMap,
    /// Whether its text says that it is a secondary limit. Of a 403 nothing else may.
    pub(crate) says_secondary: bool,
}

/// One count of GitHub's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Count {
    limit: u32,
    remaining: u32,
    used: u32,
    reset: Timestamp,
}

/// What an account has left.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    counts: BTreeMap<String, Count>,
    /// What GitHub ordered.
    pause: Option<Wait>,
    /// How often in a row GitHub refused for haste.
    refusals: u32,
    /// When the last change went out.
    changed: Option<Timestamp>,
}

impl Why {
    /// The reason, as a clause.
    pub(crate) fn sentence(self) -> &'static str {
        match self {
            Self::UsedUp => "the account's requests of this hour are used up",
            Self::Told => "GitHub asked to wait",
            Self::TooFast => "GitHub found the requests too fast",
            Self::Kept => "the last requests of this hour are kept for what you ask for",
            Self::Pace => "changes go out a second apart",
        }
    }
}

impl Budget {
    /// Whether this may be asked now, or from when.
    pub(crate) fn may_ask(&self, ask: Ask, now: Timestamp) -> Result<(), Wait> {
        if let Some(pause) = self.pause.filter(|pause| holds(pause.until, now)) {
            return Err(pause);
        }
        if let Some(count) = self.counts.get(CORE).filter(|count| holds(count.reset, now)) {
            if count.remaining == 0 {
                return Err(Wait { until: count.reset, why: Why::UsedUp });
            }
            if ask == Ask::Poll && count.remaining <= count.limit / KEPT {
                return Err(Wait { until: count.reset, why: Why::Kept });
            }
        }
        let next_change = self.changed.map(|changed| after(changed, PACE));
        match next_change.filter(|next| ask == Ask::Change && *next > now) {
            // A clock that was put back must not make a change wait for longer than the pace.
            Some(next) => Err(Wait { until: next.min(after(now, PACE)), why: Why::Pace }),
            None => Ok(()),
        }
    }

    /// Like `may_ask`, and notes that it is being asked: of two changes at once, the second waits.
    pub(crate) fn begin(&mut self, ask: Ask, now: Timestamp) -> Result<(), Wait> {
        self.may_ask(ask, now)?;
        if ask == Ask::Change {
            self.changed = Some(now);
        }
        Ok(())
    }

    /// Takes note of an answer. Gives the wait back where the answer is a refusal by a limit, which says
    /// nothing of what was asked.
    pub(crate) fn learn(&mut self, heard: &Heard<'_>, now: Timestamp) -> Option<Wait> {
        let count = self.count(heard.headers, now);
        let refused = matches!(heard.status, 403 | 429);
        let told =
            header(heard.headers, "retry-after").and_then(|text| retry_after(text, heard.headers, now));
        let wait = match told {
            Some(length) if refused || heard.status == 503 => {
                Wait { until: after(now, length.min(LONGEST)), why: Why::Told }
            }
            _ if !refused => {
                if heard.status < 400 {
                    self.refusals = 0;
                }
                return None;
            }
            _ => match count {
                Some(count) if count.remaining == 0 => Wait { until: count.reset, why: Why::UsedUp },
                _ if heard.status == 429 || heard.says_secondary => {
                    let length = FIRST_PAUSE.saturating_mul(1 << self.refusals.min(6)).min(LONGEST);
                    self.refusals = self.refusals.saturating_add(1);
                    Wait { until: after(now, length), why: Why::TooFast }
                }
                // A plain 403: the account may not do this, now or later.
                _ => return None,
            },
        };
        // Answers overtake each other: the longest order stands.
        let standing = self.pause.filter(|pause| pause.until > wait.until);
        self.pause = Some(standing.unwrap_or(wait));
        (heard.status != 503).then_some(wait)
    }

    /// The budget as the window shows it. `next_check` is when the next look for changes is planned; it is
    /// shown later where the budget does not allow it then.
    pub(crate) fn view(&self, now: Timestamp, next_check: Option<Timestamp>) -> BudgetView {
        let count = self.counts.get(CORE).filter(|count| holds(count.reset, now));
        let wait = self.may_ask(Ask::Poll, next_check.unwrap_or(now).max(now)).err();
        BudgetView {
            limit: count.map(|count| count.limit),
            remaining: count.map(|count| count.remaining),
            used: count.map(|count| count.used),
            reset: count.map(|count| count.reset),
            next_check: match wait {
                Some(wait) => next_check.map(|planned| planned.max(wait.until)),
                None => next_check,
            },
            waits_until: wait.map(|wait| wait.until),
            why: wait.map(|wait| wait.why.sentence().to_owned()),
        }
    }

    /// Takes the counts of an answer. Of two answers in the same hour the one with less left is the later.
    fn count(&mut self, headers: &HeaderMap, now: Timestamp) -> Option<Count> {
        let number = |name: &str| header(headers, name)?.parse::<u32>().ok();
        let limit = number("x-ratelimit-limit")?;
        let remaining = number("x-ratelimit-remaining")?;
        let told = header(headers, "x-ratelimit-reset")?.parse::<i64>().ok()?;
        let told = Timestamp::from_millis(told.saturating_mul(1000));
        let there = header(headers, "date").and_then(moment::parse).unwrap_or(now);
        let reset = after(now, between(there, told).min(LONGEST));
        let used = number("x-ratelimit-used").unwrap_or(limit.saturating_sub(remaining));
        let heard = Count { limit, remaining, used, reset };
        let resource = header(headers, "x-ratelimit-resource").unwrap_or(CORE);
        if !self.counts.contains_key(resource) && self.counts.len() >= COUNTS {
            return Some(heard);
        }
        let kept = self.counts.entry(resource.to_owned()).or_insert(heard);
        // The distance is measured anew with each answer: some seconds of difference are the same reset.
        let same_hour = holds(kept.reset, now)
            && between(kept.reset, reset).max(between(reset, kept.reset)) < Duration::from_secs(10);
        if !(same_hour && kept.remaining < remaining) {
            *kept = heard;
        }
        Some(*kept)
    }
}

/// A budget that all who ask for an account share.
#[derive(Debug, Clone, Default)]
pub(crate) struct SharedBudget(Arc<Mutex<Budget>>);

impl SharedBudget {
    /// The budget, for as long as it takes to look at it or to note something.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Budget> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The budgets of all accounts of this desktop.
#[derive(Debug, Default)]
pub(crate) struct Budgets(Mutex<HashMap<(Host, Fingerprint), SharedBudget>>);

impl Budgets {
    /// The budget of the account that a token stands for: always the same one.
    pub(crate) fn of(&self, host: &Host, token: &Fingerprint) -> SharedBudget {
        let mut budgets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        budgets.entry((host.clone(), token.clone())).or_default().clone()
    }
}

/// Whether a time still lies ahead. One that lies further ahead than GitHub ever asks for was noted before
/// this machine's clock was put back.
fn holds(until: Timestamp, now: Timestamp) -> bool {
    until > now && between(now, until) <= LONGEST
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// How long `Retry-After` says to wait: seconds, or a date by the server's clock, or by ours where it hides its own.
fn retry_after(text: &str, headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let there = header(headers, "date").and_then(moment::parse).unwrap_or(now);
    Some(between(there, moment::parse(text)?))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    /// `2026-07-01 10:12:13 UTC`, plus so many seconds.
    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis((SERVER + seconds) * 1000)
    }

    const SERVER: i64 = 1_782_900_733;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).expect("value"))
        };
        pairs.iter().map(pair).collect()
    }

    fn hear(
        budget: &mut Budget,
        status: u16,
        pairs: &[(&'static str, &str)],
        says_secondary: bool,
        now: i64,
    ) -> Option<Wait> {
        budget.learn(&Heard { status, headers: &headers(pairs), says_secondary }, at(now))
    }

    /// The headers of an answer, `left` requests before the end of an hour that ends in `ends` seconds.
    fn counted(left: &'static str, ends: i64) -> Vec<(&'static str, String)> {
        vec![
            ("x-ratelimit-limit", "5000".to_owned()),
            ("x-ratelimit-remaining", left.to_owned()),
            ("x-ratelimit-reset", (SERVER + ends).to_string()),
            ("x-ratelimit-resource", "core".to_owned()),
            ("date", "Wed, 01 Jul 2026 10:12:13 GMT".to_owned()),
        ]
    }

    fn learn_count(
        budget: &mut Budget,
        status: u16,
        left: &'static str,
        ends: i64,
        now: i64,
    ) -> Option<Wait> {
        let pairs = counted(left, ends);
        let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        hear(budget, status, &pairs, false, now)
    }

    #[test]
    fn a_refusal_says_how_long_to_wait() {
        type Row = (u16, &'static [(&'static str, &'static str)], bool, Option<(i64, Why)>);
        let spent = &[
            ("x-ratelimit-limit", "60"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "1782901033"),
            ("date", "Wed, 01 Jul 2026 10:12:13 GMT"),
        ];
        let left = &[
            ("x-ratelimit-limit", "60"),
            ("x-ratelimit-remaining", "59"),
            ("x-ratelimit-reset", "1782901033"),
        ];
        let rows: [Row; 13] = [
            (200, &[], false, None),
            (200, &[("retry-after", "30")], false, None),
            (403, &[("retry-after", "30")], false, Some((30, Why::Told))),
            (429, &[("retry-after", "30")], true, Some((30, Why::Told))),
            (429, &[("retry-after", "999999999")], false, Some((65 * 60, Why::Told))),
            (429, &[("retry-after", "soon")], false, Some((60, Why::TooFast))),
            (
                429,
                &[
                    ("retry-after", "Wed, 01 Jul 2026 10:12:43 GMT"),
                    ("date", "Wed, 01 Jul 2026 10:12:13 GMT"),
                ],
                false,
                Some((30, Why::Told)),
            ),
            (403, spent, false, Some((300, Why::UsedUp))),
            (429, spent, true, Some((300, Why::UsedUp))),
            (429, left, false, Some((60, Why::TooFast))),
            (403, left, true, Some((60, Why::TooFast))),
            // No right to do it: waiting would not help.
            (403, left, false, None),
            (404, &[("retry-after", "30")], false, None),
        ];
        for (row, (status, pairs, says_secondary, expected)) in rows.into_iter().enumerate() {
            let mut budget = Budget::default();
            let wait = hear(&mut budget, status, pairs, says_secondary, 0);
            assert_eq!(wait, expected.map(|(seconds, why)| Wait { until: at(seconds), why }), "row {row}");
            for ask in [Ask::Poll, Ask::Read, Ask::Change] {
                assert_eq!(budget.may_ask(ask, at(0)).err(), wait, "row {row}");
                if let Some((seconds, _)) = expected {
                    assert!(budget.may_ask(ask, at(seconds - 1)).is_err(), "row {row}");
                    assert_eq!(budget.may_ask(ask, at(seconds)), Ok(()), "row {row}");
                }
            }
        }
    }

    #[test]
    fn haste_is_paid_for_twice_as_dearly_each_time() {
        let mut budget = Budget::default();
        let mut waits = Vec::new();
        for _ in 0..8 {
            let wait = hear(&mut budget, 429, &[], false, 0).expect("wait");
            waits.push((wait.until.as_millis() - at(0).as_millis()) / 1000);
        }
        assert_eq!(waits, [60, 120, 240, 480, 960, 1920, 3840, 3840]);
        assert_eq!(hear(&mut budget, 200, &[], false, 4000), None);
        let wait = hear(&mut budget, 429, &[], false, 4000).expect("wait");
        assert_eq!(wait.until, at(4060));
    }

    #[test]
    fn a_busy_server_is_left_alone_but_is_no_refusal() {
        let mut budget = Budget::default();
        assert_eq!(hear(&mut budget, 503, &[("retry-after", "20")], false, 0), None);
        assert_eq!(budget.may_ask(Ask::Read, at(0)), Err(Wait { until: at(20), why: Why::Told }));
    }

    #[test]
    fn a_shorter_order_does_not_undo_a_longer_one() {
        let mut budget = Budget::default();
        hear(&mut budget, 429, &[("retry-after", "300")], false, 0);
        hear(&mut budget, 429, &[("retry-after", "5")], false, 1);
        assert_eq!(budget.may_ask(Ask::Read, at(100)), Err(Wait { until: at(300), why: Why::Told }));
    }

    #[test]
    fn the_last_requests_are_kept_for_a_person() {
        let mut budget = Budget::default();
        assert_eq!(learn_count(&mut budget, 200, "251", 600, 0), None);
        assert_eq!(budget.may_ask(Ask::Poll, at(0)), Ok(()));
        learn_count(&mut budget, 200, "250", 600, 0);
        assert_eq!(budget.may_ask(Ask::Poll, at(0)), Err(Wait { until: at(600), why: Why::Kept }));
        assert_eq!(budget.may_ask(Ask::Read, at(0)), Ok(()));
        learn_count(&mut budget, 200, "0", 600, 0);
        assert_eq!(budget.may_ask(Ask::Read, at(0)), Err(Wait { until: at(600), why: Why::UsedUp }));
        assert_eq!(budget.may_ask(Ask::Read, at(600)), Ok(()));
    }

    #[test]
    fn an_answer_that_was_overtaken_gives_nothing_back() {
        let mut budget = Budget::default();
        for (left, ends, now, shown) in [
            ("100", 600, 0, 100),
            ("101", 600, 1, 100),
            ("99", 600, 1, 99),
            // A new hour.
            ("5000", 4200, 601, 5000),
        ] {
            // The answer's date is the same each time; its distance to the reset is what counts.
            learn_count(&mut budget, 200, left, ends - now, now);
            assert_eq!(budget.view(at(now), None).remaining, Some(shown), "{left}");
        }
    }

    #[test]
    fn a_clock_that_is_wrong_waits_as_long_as_another() {
        for wrong_by in [-86_400, 0, 86_400] {
            let mut budget = Budget::default();
            learn_count(&mut budget, 403, "0", 300, wrong_by);
            let wait = budget.may_ask(Ask::Read, at(wrong_by)).expect_err("wait");
            assert_eq!(wait.until, at(wrong_by + 300), "{wrong_by}");
            // Put right later, it is not held up for a day.
            assert_eq!(budget.may_ask(Ask::Read, at(wrong_by - 86_400)), Ok(()), "{wrong_by}");
        }
    }

    #[test]
    fn changes_go_out_a_second_apart() {
        let mut budget = Budget::default();
        assert_eq!(budget.begin(Ask::Change, at(0)), Ok(()));
        assert_eq!(budget.begin(Ask::Change, at(0)), Err(Wait { until: at(1), why: Why::Pace }));
        assert_eq!(budget.begin(Ask::Read, at(0)), Ok(()));
        assert_eq!(budget.begin(Ask::Change, at(1)), Ok(()));
        assert_eq!(
            budget.begin(Ask::Change, at(-5000)),
            Err(Wait { until: at(-4999), why: Why::Pace }),
            "a clock that was put back"
        );
    }

    #[test]
    fn the_view_says_what_is_left_and_why_it_waits() {
        let mut budget = Budget::default();
        let view = budget.view(at(0), Some(at(30)));
        assert_eq!((view.limit, view.next_check, view.why), (None, Some(at(30)), None));
        learn_count(&mut budget, 403, "0", 300, 0);
        let view = budget.view(at(0), Some(at(30)));
        assert_eq!((view.limit, view.remaining, view.used), (Some(5000), Some(0), Some(5000)));
        assert_eq!(
            (view.reset, view.next_check, view.waits_until),
            (Some(at(300)), Some(at(300)), Some(at(300)))
        );
        assert_eq!(view.why.as_deref(), Some("the account's requests of this hour are used up"));
        assert_eq!(budget.view(at(0), Some(at(400))).next_check, Some(at(400)));
        assert_eq!(budget.view(at(301), None).remaining, None, "of the new hour nothing is known yet");
    }

    #[test]
    fn an_account_has_one_budget() {
        let budgets = Budgets::default();
        let print = |text: &str| crate::github::Token::parse(text).expect("token").fingerprint();
        budgets.of(&Host::github(), &print("a")).lock().refusals = 3;
        assert_eq!(budgets.of(&Host::github(), &print("a")).lock().refusals, 3);
        assert_eq!(budgets.of(&Host::github(), &print("b")).lock().refusals, 0);
        let other = Host::parse("ghe.acme.org").expect("host");
        assert_eq!(budgets.of(&other, &print("a")).lock().refusals, 0);
    }

    proptest! {
        /// Whatever a server says, nothing breaks and no wait is longer than the longest.
        #[test]
        fn no_answer_stops_the_app_for_good(
            answers in proptest::collection::vec(
                (100u16..600, "[ -~]{0,24}", "[0-9]{0,22}", "[0-9]{0,11}", any::<bool>()), 0..12),
        ) {
            let mut budget = Budget::default();
            for (status, text, large, small, says) in &answers {
                let pairs = [
                    ("retry-after", text.as_str()), ("x-ratelimit-reset", large.as_str()),
                    ("x-ratelimit-limit", small.as_str()), ("x-ratelimit-remaining", small.as_str()),
                    ("x-poll-interval", large.as_str()), ("date", text.as_str()),
                ];
                hear(&mut budget, *status, &pairs, *says, 0);
            }
            let longest = after(at(0), LONGEST);
            for ask in [Ask::Poll, Ask::Read, Ask::Change] {
                if let Err(wait) = budget.may_ask(ask, at(0)) {
                    prop_assert!(wait.until > at(0) && wait.until <= longest);
                }
                prop_assert_eq!(budget.may_ask(ask, longest), Ok(()));
            }
        }
    }
}
