//! What was heard already.

use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

use super::signature::Signature;
use crate::change::ContentHash;

/// How many marks are kept; the oldest go first.
const KEPT: usize = 8192;
/// How long a mark is kept at most.
const AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Knows the deliveries of the last time. Bounded, and only genuine deliveries get in.
///
/// A sender's number is not signed, so somebody who replays a body may give it a new one: the body's signature
/// is remembered beside it. Two pushes never have the same body.
pub(super) struct Heard {
    known: HashSet<Mark>,
    order: VecDeque<(Instant, Mark)>,
    kept: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Mark {
    Number(ContentHash),
    Body(Signature),
}

impl Default for Heard {
    fn default() -> Self {
        Self { known: HashSet::new(), order: VecDeque::new(), kept: KEPT }
    }
}

impl Heard {
    /// Whether this delivery, by its number or its body, was remembered not too long before `now`.
    pub(super) fn knows(&mut self, number: Option<ContentHash>, body: Signature, now: Instant) -> bool {
        while let Some((since, mark)) = self.order.front()
            && now.saturating_duration_since(*since) > AGE
        {
            self.known.remove(mark);
            self.order.pop_front();
        }
        marks(number, body).any(|mark| self.known.contains(&mark))
    }

    /// Remembers a delivery.
    pub(super) fn remember(&mut self, number: Option<ContentHash>, body: Signature, now: Instant) {
        for mark in marks(number, body) {
            if self.known.insert(mark) {
                self.order.push_back((now, mark));
            }
        }
        while self.order.len() > self.kept
            && let Some((_, oldest)) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}

fn marks(number: Option<ContentHash>, body: Signature) -> impl Iterator<Item = Mark> {
    number.map(Mark::Number).into_iter().chain([Mark::Body(body)])
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;

    use super::super::secret::WebhookSecret;
    use super::super::signature::{HEADER, testing::sign};
    use super::*;

    fn number(text: &str) -> Option<ContentHash> {
        Some(ContentHash::of(text.as_bytes()))
    }

    fn body(text: &str) -> Signature {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, sign(text.as_bytes(), "x").parse().expect("a value"));
        let secrets = [WebhookSecret::new("x").expect("a secret")];
        Signature::check(&headers, text.as_bytes(), &secrets).expect("right")
    }

    #[test]
    fn a_repeat_is_known_by_its_number_or_by_its_body() {
        let (mut heard, now) = (Heard::default(), Instant::now());
        assert!(!heard.knows(number("1"), body("a"), now));
        heard.remember(number("1"), body("a"), now);
        for (number, text, known) in [
            (number("1"), "a", true),
            (number("1"), "b", true),
            (number("2"), "a", true),
            (None, "a", true),
            (number("2"), "b", false),
            (None, "b", false),
        ] {
            assert_eq!(heard.knows(number, body(text), now), known, "{number:?} {text}");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded_in_age_and_in_number() {
        let (mut heard, start) = (Heard { kept: 4, ..Heard::default() }, Instant::now());
        heard.remember(number("1"), body("a"), start);
        assert!(heard.knows(number("1"), body("a"), start + AGE));
        assert!(!heard.knows(number("1"), body("a"), start + AGE + Duration::from_secs(1)));
        for step in 0..100 {
            let text = step.to_string();
            heard.remember(number(&text), body(&text), start);
        }
        assert_eq!((heard.known.len(), heard.order.len()), (4, 4));
        assert!(
            heard.knows(number("98"), body("98"), start) && !heard.knows(number("97"), body("97"), start)
        );
    }
}
