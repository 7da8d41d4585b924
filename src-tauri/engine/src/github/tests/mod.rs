//! The module against a GitHub on loopback whose every word is held against GitHub's own description.

mod accounts;
pub(crate) mod fake;
mod faults;
mod hostile;
pub(crate) mod openapi;
mod pull_requests;
mod signing_in;
mod watching;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;

use self::fake::{Fake, Reply, Seen};
use self::openapi::Description;
use crate::github::wire::Bounds;
use crate::github::{Clock, Connector, GitHub, Host, Repository, SharedBudget, Token, WayOut};
use crate::id::Timestamp;

/// The token of all tests: it is looked for in all that is said.
const TOKEN: &str = "ghp_the-secret-token";

/// A clock that goes on only while somebody sleeps, and notes how long.
#[derive(Default)]
struct TestClock {
    slept: Mutex<Vec<Duration>>,
}

impl TestClock {
    fn slept(&self) -> Vec<u64> {
        self.slept.lock().expect("lock").iter().map(Duration::as_secs).collect()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        let slept: Duration = self.slept.lock().expect("lock").iter().sum();
        Timestamp::from_millis(1_782_900_733_000 + i64::try_from(slept.as_millis()).expect("a time"))
    }

    fn sleep(&self, length: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.slept.lock().expect("lock").push(length);
        Box::pin(std::future::ready(()))
    }
}

/// A GitHub that answers as it is told, and a client of it.
struct Lab {
    fake: Fake,
    github: GitHub,
    clock: Arc<TestClock>,
}

impl Lab {
    fn new(
        description: &'static Description,
        answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::with(Some(description), Bounds::default(), answer)
    }

    fn with(
        description: Option<&'static Description>,
        bounds: Bounds,
        answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let fake = Fake::start(description, answer);
        let clock = Arc::new(TestClock::default());
        let token = Token::parse(TOKEN).expect("token");
        let host = Host::at(&fake.base);
        let clock_of: Arc<dyn Clock> = Arc::clone(&clock) as Arc<dyn Clock>;
        let connector = Connector::within(&WayOut::default(), bounds).expect("connector");
        let github =
            GitHub::with(&host, &token, SharedBudget::default(), clock_of, &connector).expect("client");
        Self { fake, github, clock }
    }
}

fn direct() -> Connector {
    Connector::new(&WayOut::default()).expect("connector")
}

fn fabrics() -> Repository {
    Repository::parse("acme/fabrics").expect("name")
}

fn branch(name: &str) -> crate::id::BranchName {
    crate::id::BranchName::parse(name).expect("name")
}

/// A value with some of its fields changed: objects field by field, all else as a whole.
pub(crate) fn patched(mut value: Value, changes: Value) -> Value {
    fn patch(value: &mut Value, changes: Value) {
        match (value, changes) {
            (Value::Object(fields), Value::Object(changes)) => {
                for (name, change) in changes {
                    patch(fields.entry(name).or_insert(Value::Null), change);
                }
            }
            (value, change) => *value = change,
        }
    }
    patch(&mut value, changes);
    value
}
