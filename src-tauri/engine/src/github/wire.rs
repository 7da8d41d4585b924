//! One request and its answer, bounded in time and size. What an answer means is not known here.

use std::path::PathBuf;
use std::pin::Pin;
use std::time::Duration;

use axum::body::HttpBody;
use axum::http::header::{ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, Method, Request};
use octocrab::service::middleware::retry::RetryConfig;
use octocrab::{OctoBody, Octocrab};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Client};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::github::{Host, Token};
use crate::view::Proxy;

/// The version of the API that this module was written for.
const VERSION: &str = "2022-11-28";
/// The longest reason of a refusal that is passed on, in characters.
const REASON: usize = 300;

/// How long is waited and how much is taken.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// For a connection.
    pub(super) connect: Duration,
    /// For the next piece of an answer.
    pub(super) read: Duration,
    /// For the whole answer.
    pub(super) whole: Duration,
    /// The bytes of an answer.
    pub(super) bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            read: Duration::from_secs(30),
            whole: Duration::from_secs(120),
            // A page of a hundred repositories is about 700 KB.
            bytes: 8 << 20,
        }
    }
}

/// By which way hosts are reached, and who vouches for them beside the system's authorities.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct WayOut {
    /// A PEM file of authorities.
    pub(crate) ca_file: Option<PathBuf>,
    /// The proxy.
    pub(crate) proxy: Proxy,
}

/// Connections to hosts. Cheap to clone; all clones share what is open.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    client: Client,
    bounds: Bounds,
}

impl Connector {
    /// Connections by that way. Costs some milliseconds: make one and clone it.
    ///
    /// # Errors
    /// `SettingInvalid` where the file of authorities can't be read or the proxy is none.
    pub(crate) fn new(way: &WayOut) -> Result<Self> {
        Self::within(way, Bounds::default())
    }

    pub(super) fn within(way: &WayOut, bounds: Bounds) -> Result<Self> {
        // Once a process; the second time it says that there is one.
        drop(rustls::crypto::ring::default_provider().install_default());
        let invalid = |detail: String| Error::SettingInvalid { detail };
        let mut builder = Client::builder()
            .connect_timeout(bounds.connect)
            .read_timeout(bounds.read)
            // Where a request may be sent on to is judged by whoever knows what it holds.
            .redirect(Policy::none());
        if let Some(file) = &way.ca_file {
            let name = file.display();
            let pem = std::fs::read(file)
                .map_err(|error| invalid(format!("the file of authorities {name} can't be read: {error}")))?;
            let authorities = Certificate::from_pem_bundle(&pem)
                .map_err(|_| invalid(format!("{name} holds no certificates")))?;
            builder = builder.tls_certs_merge(authorities);
        }
        builder = match &way.proxy {
            Proxy::System => builder,
            Proxy::Direct => builder.no_proxy(),
            Proxy::At { url } => {
                let proxy = reqwest::Proxy::all(url);
                builder.proxy(proxy.map_err(|_| invalid("the proxy's address is none".to_owned()))?)
            }
        };
        let client = builder.build().map_err(|error| match &way.ca_file {
            // Only here each certificate is read.
            Some(file) => invalid(format!("{} holds no certificates that can be used", file.display())),
            None => {
                Error::Internal { detail: format!("no way out could be set up: {}", error.without_url()) }
            }
        })?;
        Ok(Self { client, bounds })
    }
}

/// A way to talk to one address.
#[derive(Debug, Clone)]
pub(super) struct Wire {
    octocrab: Octocrab,
    host: Host,
    token: Option<Token>,
    bounds: Bounds,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its status.
    pub(super) status: u16,
    /// Its headers.
    pub(super) headers: HeaderMap,
    body: Vec<u8>,
    /// `GET /user`: what an error names.
    asked: String,
    token: Option<Token>,
}

/// The part of a refusal's body that says why.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Refusal {
    message: String,
    documentation_url: String,
    errors: Vec<Value>,
}

impl Wire {
    /// A way to `base`, which is of `host`. `accept` is the media type of the answers.
    pub(super) fn new(
        host: &Host,
        base: &str,
        token: Option<&Token>,
        accept: &str,
        connector: &Connector,
    ) -> Result<Self> {
        // octocrab starts a task of its own, and would end the thread where nothing can run it.
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(Error::Internal { detail: "GitHub was spoken to outside the runtime".to_owned() });
        }
        let failed = |_| Error::Internal { detail: format!("no way to speak to {host} could be set up") };
        let mut builder = Octocrab::builder()
            .base_uri(base)
            .map_err(|_| Error::UrlInvalid { url: base.to_owned() })?
            // Whether to ask again is the budget's and the caller's to decide: a change may have arrived.
            .add_retry_config(RetryConfig::None)
            .add_header(ACCEPT, accept.to_owned())
            .add_header(HeaderName::from_static("x-github-api-version"), VERSION.to_owned());
        if let Some(token) = token {
            builder = builder.personal_token(token.expose().to_owned());
        }
        let octocrab = builder.build_with_reqwest(connector.client.clone()).map_err(failed)?;
        Ok(Self { octocrab, host: host.clone(), token: token.cloned(), bounds: connector.bounds })
    }

    /// Sends a request to an address of the host, and reads the whole answer. `asked` is what an error names.
    pub(super) async fn exchange(
        &self,
        method: &Method,
        address: &str,
        body: Option<&Value>,
        etag: Option<&str>,
        asked: &str,
    ) -> Result<Answer> {
        match tokio::time::timeout(self.bounds.whole, self.talk(method, address, body, etag, asked)).await {
            Ok(answer) => answer,
            Err(_) => Err(self.stalled(self.bounds.whole)),
        }
    }

    async fn talk(
        &self,
        method: &Method,
        address: &str,
        body: Option<&Value>,
        etag: Option<&str>,
        asked: &str,
    ) -> Result<Answer> {
        let mut request = Request::builder().method(method.clone()).uri(address);
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let request = match body {
            Some(body) => {
                request.header(CONTENT_TYPE, "application/json").body(OctoBody::from(body.to_string()))
            }
            None => request.header(CONTENT_LENGTH, "0").body(OctoBody::empty()),
        };
        let request = request.map_err(|error| Error::Internal { detail: format!("{asked}: {error}") })?;
        let response = self.octocrab.execute(request).await.map_err(|error| self.failure(&error))?;
        let (head, mut incoming) = response.into_parts();
        let too_much = || Error::GitHub {
            detail: format!("the answer to {asked} is larger than {} MB", self.bounds.bytes >> 20),
        };
        let mut body = Vec::new();
        while let Some(frame) =
            std::future::poll_fn(|context| Pin::new(&mut incoming).poll_frame(context)).await
        {
            let frame = frame.map_err(|error| self.failure(&error))?;
            let Ok(data) = frame.into_data() else { continue };
            if body.len() + data.len() > self.bounds.bytes {
                return Err(too_much());
            }
            body.extend_from_slice(&data);
        }
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
            asked: asked.to_owned(),
            token: self.token.clone(),
        })
    }

    /// What went wrong before there was an answer: without the request, which holds the token.
    fn failure(&self, error: &octocrab::Error) -> Error {
        let mut cause: &dyn std::error::Error = error;
        let mut timed_out = false;
        loop {
            if let Some(error) = cause.downcast_ref::<reqwest::Error>() {
                timed_out |= error.is_timeout();
            }
            match cause.source() {
                Some(deeper) => cause = deeper,
                None => break,
            }
        }
        if timed_out {
            return self.stalled(self.bounds.read);
        }
        let detail = one_line(&cause.to_string());
        let detail = self.token.as_ref().map_or(detail.clone(), |token| token.redact(&detail));
        let remote = self.host.as_remote();
        // The type of a TLS error is private to octocrab; the words are those of rustls' own error.
        if detail.contains("invalid peer certificate") {
            return Error::RemoteUntrusted { remote, detail };
        }
        Error::RemoteUnreachable { remote, detail }
    }

    fn stalled(&self, length: Duration) -> Error {
        let seconds = u32::try_from(length.as_secs()).unwrap_or(u32::MAX);
        Error::RemoteStalled { remote: self.host.as_remote(), seconds }
    }
}

impl Answer {
    /// A header, where it is there and is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    /// The body as what it should be.
    ///
    /// # Errors
    /// `GitHub` where it is something else. The text names where it went wrong and nothing of the content,
    /// which may be private.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let asked = &self.asked;
            let html = self.header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
            let detail = if html {
                format!(
                    "a web page answered {asked}: a proxy or a sign-in page of the network may be in between"
                )
            } else {
                format!(
                    "the answer to {asked} can't be read (line {}, column {})",
                    error.line(),
                    error.column()
                )
            };
            Error::GitHub { detail }
        })
    }

    /// Why GitHub refused, in its own words: one line without the token; empty where it does not say.
    pub(super) fn reason(&self) -> String {
        let refusal: Refusal = serde_json::from_slice(&self.body).unwrap_or_default();
        let mut parts = vec![refusal.message];
        for error in refusal.errors.iter().take(3) {
            match error.as_str().or_else(|| error.get("message")?.as_str()) {
                Some(text) => parts.push(text.to_owned()),
                None => {
                    let word = |name: &str| error.get(name).and_then(Value::as_str).unwrap_or_default();
                    parts.push(format!("{} {}", word("field"), word("code")));
                }
            }
        }
        let parts: Vec<String> = parts.iter().map(|part| one_line(part)).filter(|p| !p.is_empty()).collect();
        let text: String = parts.join("; ").chars().take(REASON).collect();
        let text = text.trim_end_matches('.');
        self.token.as_ref().map_or(text.to_owned(), |token| token.redact(text))
    }

    /// Whether a refusal says that it is a secondary limit. Of a 403 without headers nothing but its text
    /// tells it from a missing right.
    pub(super) fn says_secondary(&self) -> bool {
        if !matches!(self.status, 403 | 429) {
            return false;
        }
        let refusal: Refusal = serde_json::from_slice(&self.body).unwrap_or_default();
        refusal.documentation_url.contains("secondary-rate-limits")
            || refusal.message.to_ascii_lowercase().contains("secondary rate limit")
    }

    /// The error for an answer with which there is nothing to be done. `what` was refused: "to list the
    /// webhooks".
    pub(super) fn refusal(&self, what: &str) -> Error {
        let reason = match self.reason() {
            reason if reason.is_empty() => format!("status {}", self.status),
            reason => format!("{reason} ({})", self.status),
        };
        if (400..500).contains(&self.status) {
            Error::GitHubRefused { what: what.to_owned(), reason }
        } else {
            Error::GitHub { detail: format!("{} was answered: {reason}", self.asked) }
        }
    }
}

/// The text in one line, without control characters and text that runs the other way.
pub(super) fn one_line(text: &str) -> String {
    let plain = |c: char| {
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if c.is_control() || turns || c == '\u{2028}' || c == '\u{2029}' { ' ' } else { c }
    };
    let text: String = text.chars().map(plain).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
