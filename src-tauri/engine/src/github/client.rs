//! One account's way to GitHub: its budget, its clock, and where a redirect may lead.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::error::{Error, Result};
use crate::github::budget::Heard;
use crate::github::clock::between;
use crate::github::route::Route;
use crate::github::wire::{Answer, Connector, Wire};
use crate::github::{Ask, Clock, Host, SharedBudget, SystemClock, Token, Wait};

/// The media type of the API's answers.
const JSON: &str = "application/vnd.github+json";
/// How often one request is sent on to another address.
const HOPS: usize = 3;
/// A wait that is no longer than this is sat out; a longer one is the caller's to plan.
const SAT_OUT: Duration = Duration::from_secs(3);
/// The longest list that is read, in pages of a hundred.
pub(super) const PAGES: u32 = 10;
/// The entries of a page.
pub(super) const PAGE: u32 = 100;

/// Speaks to a GitHub for one account. Cheap to clone; all clones share the connection and the budget.
#[derive(Clone)]
pub(crate) struct GitHub {
    pub(super) host: Host,
    pub(super) token: Token,
    pub(super) budget: SharedBudget,
    pub(super) clock: Arc<dyn Clock>,
    wire: Wire,
}

impl GitHub {
    /// Speaks to `host` with that token. The budget is the account's, shared with all who ask for it:
    /// `Budgets::of`. To be called where a tokio runtime is.
    pub(crate) fn new(
        host: &Host,
        token: &Token,
        budget: SharedBudget,
        connector: &Connector,
    ) -> Result<Self> {
        Self::with(host, token, budget, Arc::new(SystemClock), connector)
    }

    pub(super) fn with(
        host: &Host,
        token: &Token,
        budget: SharedBudget,
        clock: Arc<dyn Clock>,
        connector: &Connector,
    ) -> Result<Self> {
        let wire = Wire::new(host, host.api(), Some(token), JSON, connector)?;
        Ok(Self { host: host.clone(), token: token.clone(), budget, clock, wire })
    }

    /// The host.
    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    /// The account's budget.
    pub(crate) fn budget(&self) -> &SharedBudget {
        &self.budget
    }

    /// Reads something. The answer's status is for the caller to judge; 401 and limits are errors already.
    pub(super) async fn get(&self, route: &Route) -> Result<Answer> {
        self.send(Ask::Read, Method::GET, route, None, None).await
    }

    /// Asks whether something is still what the ETag stands for.
    pub(super) async fn poll(&self, route: &Route, etag: Option<&str>) -> Result<Answer> {
        self.send(Ask::Poll, Method::GET, route, None, etag).await
    }

    /// Changes something.
    pub(super) async fn change(&self, method: Method, route: &Route, body: Option<&Value>) -> Result<Answer> {
        self.send(Ask::Change, method, route, body, None).await
    }

    /// Reads a list page by page, and stops where `take` has had enough or `pages` are read. Gives back the
    /// first answer that is not 200, if any, and whether there is more to be read.
    pub(super) async fn pages<T: DeserializeOwned>(
        &self,
        route: &Route,
        pages: u32,
        mut take: impl FnMut(T) -> usize,
    ) -> Result<Pages> {
        for page in 1..=pages {
            let answer = self.get(&route.page(page, PAGE)).await?;
            if answer.status != 200 {
                return Ok(Pages::Refused(answer));
            }
            let next = answer.header("link").is_some_and(|link| link.contains("rel=\"next\""));
            // A list that says that it goes on, and is empty, does not go on.
            if take(answer.json()?) == 0 || !next {
                return Ok(Pages::All);
            }
        }
        Ok(Pages::More)
    }

    async fn send(
        &self,
        ask: Ask,
        method: Method,
        route: &Route,
        body: Option<&Value>,
        etag: Option<&str>,
    ) -> Result<Answer> {
        let asked = format!("{method} {}", route.path());
        let mut address = format!("{}{route}", self.host.api());
        for _ in 0..=HOPS {
            self.await_turn(ask).await?;
            let answer = self.wire.exchange(&method, &address, body, etag, &asked).await?;
            self.learn(&answer)?;
            match next_address(&self.host, &method, &address, &answer)? {
                Some(next) => address = next,
                None => return Ok(answer),
            }
        }
        Err(Error::GitHub { detail: format!("{asked} is sent round in a circle") })
    }

    /// Waits for the pace of changes; a longer wait is an error that says until when.
    async fn await_turn(&self, ask: Ask) -> Result<()> {
        loop {
            let now = self.clock.now();
            // The lock is let go before the wait.
            let wait = self.budget.lock().begin(ask, now);
            let Err(wait) = wait else { return Ok(()) };
            let length = between(now, wait.until);
            if length > SAT_OUT {
                return Err(self.limited(wait));
            }
            self.clock.sleep(length).await;
        }
    }

    fn learn(&self, answer: &Answer) -> Result<()> {
        let heard = Heard {
            status: answer.status,
            headers: &answer.headers,
            says_secondary: answer.says_secondary(),
        };
        let now = self.clock.now();
        let wait = self.budget.lock().learn(&heard, now);
        match wait {
            Some(wait) => Err(self.limited(wait)),
            None if answer.status == 401 => Err(Error::AuthRefused { remote: self.host.as_remote() }),
            None => Ok(()),
        }
    }

    fn limited(&self, wait: Wait) -> Error {
        let why = wait.why.sentence().to_owned();
        Error::GitHubLimited { host: self.host.name().to_owned(), until: wait.until, why }
    }
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHub").field("host", &self.host.name()).finish_non_exhaustive()
    }
}

/// How reading a list ended.
pub(super) enum Pages {
    /// All of it was read.
    All,
    /// There is more than was read.
    More,
    /// A page was answered with something else than 200.
    Refused(Answer),
}

/// Where an answer sends the request on to.
///
/// A renamed repository answers 301 to reads and 307 to changes. A change is never turned into a read, and
/// nothing is sent to another host: the request holds the account's token.
fn next_address(host: &Host, method: &Method, address: &str, answer: &Answer) -> Result<Option<String>> {
    let follows = match answer.status {
        301 | 302 => *method == Method::GET,
        307 | 308 => true,
        _ => false,
    };
    let Some(location) = answer.header("location").filter(|_| follows) else { return Ok(None) };
    let odd = |what: &str| Error::GitHub { detail: format!("{host} sends the request on to {what}") };
    let base = Url::parse(address).map_err(|_| odd("nowhere"))?;
    let next = base.join(location).map_err(|_| odd("nowhere"))?;
    let place = |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port());
    if place(&next) != place(&base) || !next.username().is_empty() || next.password().is_some() {
        return Err(odd("another host, which is told nothing"));
    }
    Ok(Some(next.to_string()))
}
