//! Signing in by a code that is entered in a browser: OAuth's device flow (RFC 8628), as GitHub does it.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use octocrab::secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::error::{Error, Result};
use crate::github::clock::after;
use crate::github::view::DeviceCodeView;
use crate::github::wire::{Answer, Connector, Wire, one_line};
use crate::github::{Clock, Host, SystemClock, Token};
use crate::id::Timestamp;

/// Where the app's identifier at GitHub comes from, at run time or when it is built.
const CLIENT_ID: &str = "FGD_GITHUB_CLIENT_ID";
/// Repositories, and their webhooks.
const SCOPE: &str = "repo admin:repo_hook";
/// What to wait between two questions where GitHub does not say, and what `slow_down` adds to it.
const INTERVAL: Duration = Duration::from_secs(5);
/// The longest wait between two questions that is believed.
const LONGEST_INTERVAL: Duration = Duration::from_secs(120);
/// The longest that a code is waited for.
const LONGEST_LIFE: Duration = Duration::from_secs(60 * 60);

/// The app's identifier at a GitHub. It is no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientId(String);

/// Signs in at one host.
#[derive(Clone)]
pub(crate) struct DeviceSignIn {
    host: Host,
    client: ClientId,
    clock: Arc<dyn Clock>,
    wire: Wire,
}

/// How a sign-in began.
#[derive(Debug)]
pub(crate) enum DeviceStart {
    /// The app has no identifier at GitHub in this build: use a token.
    NotSetUp,
    /// The host does not offer it to this app: use a token.
    NotOffered {
        /// GitHub's words.
        reason: String,
    },
    /// A code to enter.
    Started(Box<DeviceSignIn>, DeviceCode),
}

/// A code, waiting to be entered.
#[derive(Clone)]
pub(crate) struct DeviceCode {
    /// What we ask with. Whoever has it gets the token.
    device_code: SecretString,
    /// What to enter.
    pub(crate) user_code: String,
    /// Where to enter it.
    pub(crate) verification_url: String,
    /// Until when.
    pub(crate) expires: Timestamp,
    /// How long to wait between two questions.
    pub(crate) interval: Duration,
}

/// What one question was answered.
#[derive(Debug)]
pub(crate) enum DevicePoll {
    /// Not entered yet.
    Pending,
    /// Asked too often: wait this long between two questions from now on.
    SlowDown(Duration),
    /// It is over.
    Done(DeviceOutcome),
}

/// How a sign-in ended.
#[derive(Debug)]
pub(crate) enum DeviceOutcome {
    /// The token.
    SignedIn {
        /// The token.
        token: Token,
    },
    /// Nobody entered the code in time.
    Expired,
    /// Somebody pressed Cancel there.
    Denied,
    /// GitHub does not go on with it.
    Refused {
        /// GitHub's words.
        reason: String,
    },
}

#[derive(Deserialize)]
struct CodeBody {
    device_code: String,
    user_code: String,
    verification_uri: Option<String>,
    expires_in: u64,
    interval: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct TokenBody {
    access_token: Option<String>,
    error: Option<String>,
    error_description: String,
    interval: Option<u64>,
}

impl ClientId {
    /// An identifier, if it can be one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        ((1..=100).contains(&text.len()) && text.chars().all(plain)).then(|| Self(text.to_owned()))
    }

    /// The identifier from `FGD_GITHUB_CLIENT_ID` in the environment, or as it was set when the app was
    /// built. No identifier is registered for the app yet.
    pub(crate) fn configured() -> Option<Self> {
        let set = std::env::var(CLIENT_ID).ok();
        set.as_deref().or(option_env!("FGD_GITHUB_CLIENT_ID")).and_then(Self::parse)
    }
}

impl DeviceSignIn {
    /// Asks for a code. To be called where a tokio runtime is.
    pub(crate) async fn start(
        host: &Host,
        client: Option<ClientId>,
        connector: &Connector,
    ) -> Result<DeviceStart> {
        Self::start_with(host, client, Arc::new(SystemClock), connector).await
    }

    pub(super) async fn start_with(
        host: &Host,
        client: Option<ClientId>,
        clock: Arc<dyn Clock>,
        connector: &Connector,
    ) -> Result<DeviceStart> {
        let Some(client) = client else { return Ok(DeviceStart::NotSetUp) };
        let wire = Wire::new(host, host.web(), None, "application/json", connector)?;
        let sign_in = Self { host: host.clone(), client, clock, wire };
        let body = json!({ "client_id": sign_in.client.0, "scope": SCOPE });
        let answer = sign_in.ask("/login/device/code", &body).await?;
        match answer.status {
            200 => {}
            400..500 => return Ok(DeviceStart::NotOffered { reason: refusal(&answer) }),
            _ => return Err(answer.refusal("to begin the sign-in")),
        }
        // GitHub answers some refusals with 200.
        if let Ok(TokenBody { error: Some(_), .. }) = answer.json() {
            return Ok(DeviceStart::NotOffered { reason: refusal(&answer) });
        }
        let body: CodeBody = answer.json()?;
        let code = DeviceCode {
            device_code: SecretString::from(body.device_code),
            user_code: one_line(&body.user_code),
            verification_url: sign_in.page(body.verification_uri.as_deref()),
            expires: after(sign_in.clock.now(), Duration::from_secs(body.expires_in).min(LONGEST_LIFE)),
            interval: body.interval.map_or(INTERVAL, bounded),
        };
        Ok(DeviceStart::Started(Box::new(sign_in), code))
    }

    /// Asks once whether the code was entered.
    pub(crate) async fn poll(&self, code: &DeviceCode) -> Result<DevicePoll> {
        let body = json!({
            "client_id": self.client.0,
            "device_code": code.device_code.expose_secret(),
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        });
        let answer = self.ask("/login/oauth/access_token", &body).await?;
        if answer.status >= 500 {
            return Err(answer.refusal("to end the sign-in"));
        }
        // RFC 8628 answers "not yet" with 400, GitHub with 200.
        let heard: TokenBody = answer.json()?;
        let done = |outcome| Ok(DevicePoll::Done(outcome));
        if answer.status == 200 && heard.error.is_none() {
            let token = heard.access_token.as_deref().and_then(Token::parse);
            let token =
                token.ok_or_else(|| Error::GitHub { detail: "the sign-in gave no token".to_owned() })?;
            return done(DeviceOutcome::SignedIn { token });
        }
        match heard.error.as_deref() {
            Some("authorization_pending") => Ok(DevicePoll::Pending),
            Some("slow_down") => {
                let more = (code.interval + INTERVAL).min(LONGEST_INTERVAL);
                Ok(DevicePoll::SlowDown(heard.interval.map_or(more, bounded)))
            }
            Some("expired_token") => done(DeviceOutcome::Expired),
            Some("access_denied") => done(DeviceOutcome::Denied),
            _ => done(DeviceOutcome::Refused { reason: refusal(&answer) }),
        }
    }

    /// Waits until the code is entered, refused or out of date. A network that fails meanwhile is waited
    /// for, as long as the code lasts.
    ///
    /// # Errors
    /// `Cancelled` as soon as `cancelled` ends. What can't be answered otherwise.
    pub(crate) async fn wait(
        &self,
        code: &DeviceCode,
        cancelled: impl Future<Output = ()>,
    ) -> Result<DeviceOutcome> {
        tokio::select! {
            biased;
            () = cancelled => Err(Error::Cancelled),
            outcome = self.wait_for(code.clone()) => outcome,
        }
    }

    async fn wait_for(&self, mut code: DeviceCode) -> Result<DeviceOutcome> {
        loop {
            self.clock.sleep(code.interval).await;
            if self.clock.now() >= code.expires {
                return Ok(DeviceOutcome::Expired);
            }
            match self.poll(&code).await {
                Ok(DevicePoll::Pending) => {}
                Ok(DevicePoll::SlowDown(interval)) => code.interval = interval,
                Ok(DevicePoll::Done(outcome)) => return Ok(outcome),
                Err(error @ (Error::RemoteUnreachable { .. } | Error::RemoteStalled { .. })) => {
                    tracing::debug!(%error, "the sign-in goes on when the network is back");
                }
                Err(error) => return Err(error),
            }
        }
    }

    async fn ask(&self, path: &str, body: &Value) -> Result<Answer> {
        let address = format!("{}{path}", self.host.web());
        self.wire.exchange(&Method::POST, &address, Some(body), None, &format!("POST {path}")).await
    }

    /// The page where the code is entered: GitHub's, if it is one of the host. It is opened in a browser, so
    /// another address is not believed.
    fn page(&self, told: Option<&str>) -> String {
        let usual = format!("{}/login/device", self.host.web());
        let origin = |text: &str| Url::parse(text).ok().map(|url| url.origin());
        match told {
            Some(told) if origin(told).is_some() && origin(told) == origin(&usual) => told.to_owned(),
            _ => usual,
        }
    }
}

impl DeviceCode {
    /// The code as the window shows it.
    pub(crate) fn view(&self) -> DeviceCodeView {
        DeviceCodeView {
            user_code: self.user_code.clone(),
            verification_url: self.verification_url.clone(),
            expires: self.expires,
        }
    }
}

impl fmt::Debug for DeviceSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceSignIn").field("host", &self.host.name()).finish_non_exhaustive()
    }
}

impl fmt::Debug for DeviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceCode").field("user_code", &self.user_code).finish_non_exhaustive()
    }
}

fn bounded(seconds: u64) -> Duration {
    Duration::from_secs(seconds.max(1)).min(LONGEST_INTERVAL)
}

/// Why a sign-in is refused, in GitHub's words.
fn refusal(answer: &Answer) -> String {
    let heard: TokenBody = answer.json().unwrap_or_default();
    let words = match (heard.error_description, heard.error) {
        (described, _) if !described.is_empty() => described,
        (_, Some(code)) => code.replace('_', " "),
        _ => answer.reason(),
    };
    let text: String = one_line(&words).chars().take(300).collect();
    match text.trim_end_matches('.') {
        "" => format!("status {}", answer.status),
        text => text.to_owned(),
    }
}
