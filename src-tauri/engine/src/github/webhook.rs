//! Being told of pushes: a webhook of the repository, which is known by its address.

use axum::http::Method;
use octocrab::secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::error::Result;
use crate::github::Repository;
use crate::github::client::{GitHub, Pages};
use crate::github::route::Route;
use crate::github::wire::{Answer, one_line};

/// The most webhooks that are looked at, in pages of a hundred. GitHub takes twenty for an event.
const HOOK_PAGES: u32 = 3;

/// A webhook's number at GitHub.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct HookId(u64);

/// A webhook that is to be there.
#[derive(Debug, Clone)]
pub(crate) struct Webhook {
    url: String,
    secret: SecretString,
}

/// What became of a wish about webhooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HookOutcome {
    /// It was made.
    Registered(HookId),
    /// It was there, and has the secret and the events now that it should have.
    Refreshed(HookId),
    /// Only an administrator of the repository may, and the token needs the right for it.
    NotAllowed {
        /// GitHub's words.
        reason: String,
    },
    /// GitHub does not take it.
    NotTaken {
        /// GitHub's words.
        reason: String,
    },
}

/// What GitHub knows of its last delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LastDelivery {
    /// There was none yet.
    None,
    /// It was taken.
    Delivered,
    /// It was not.
    Failed {
        /// Why, in GitHub's words.
        reason: String,
    },
    /// The webhook is gone, or the token may not see it.
    Missing,
}

#[derive(Deserialize)]
struct Hook {
    id: u64,
    #[serde(default)]
    config: Config,
    last_response: Option<Response>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Config {
    url: Option<String>,
}

#[derive(Deserialize)]
struct Response {
    code: Option<i64>,
    status: Option<String>,
    message: Option<String>,
}

impl HookId {
    /// The number, for the store.
    pub(crate) fn get(self) -> u64 {
        self.0
    }

    /// The number as it was stored.
    pub(crate) fn from_stored(number: u64) -> Self {
        Self(number)
    }
}

impl Webhook {
    /// A webhook that tells `url` of pushes, signed with `secret`. None where the address is no web address
    /// or holds credentials, or where there is no secret: an unsigned delivery is believed by nobody.
    pub(crate) fn new(url: &str, secret: &str) -> Option<Self> {
        let parsed = Url::parse(url.trim()).ok()?;
        let web = matches!(parsed.scheme(), "https" | "http") && parsed.host_str().is_some();
        let clean = parsed.username().is_empty() && parsed.password().is_none();
        let signed = !secret.is_empty();
        (web && clean && signed)
            .then(|| Self { url: url.trim().to_owned(), secret: SecretString::from(secret) })
    }

    fn config(&self) -> Value {
        json!({
            "url": self.url,
            "content_type": "json",
            "secret": self.secret.expose_secret(),
            "insecure_ssl": "0",
        })
    }
}

impl GitHub {
    /// Makes the webhook, or puts the one right that is there for the same address: GitHub does not show a
    /// secret, so it is set anew each time.
    pub(crate) async fn register_webhook(
        &self,
        repository: &Repository,
        wanted: &Webhook,
    ) -> Result<HookOutcome> {
        let mut known = None;
        let read = self
            .pages(&hooks(repository, &[]), HOOK_PAGES, |page: Vec<Hook>| {
                known = known.or(page
                    .iter()
                    .find(|hook| hook.config.url.as_deref() == Some(wanted.url.as_str()))
                    .map(|hook| hook.id));
                page.len()
            })
            .await?;
        if let Pages::Refused(answer) = read {
            return not_allowed(&answer, "to list the webhooks");
        }
        let mut body = json!({ "active": true, "events": ["push"], "config": wanted.config() });
        let (method, route) = match known {
            Some(id) => (Method::PATCH, hooks(repository, &[&id.to_string()])),
            None => {
                body["name"] = json!("web");
                (Method::POST, hooks(repository, &[]))
            }
        };
        let answer = self.change(method, &route, Some(&body)).await?;
        match answer.status {
            200 => Ok(HookOutcome::Refreshed(HookId(answer.json::<Hook>()?.id))),
            201 => Ok(HookOutcome::Registered(HookId(answer.json::<Hook>()?.id))),
            400 | 422 => {
                // GitHub may repeat what it did not like.
                let reason = answer.reason().replace(wanted.secret.expose_secret(), "<redacted>");
                Ok(HookOutcome::NotTaken { reason })
            }
            _ => not_allowed(&answer, "to register the webhook"),
        }
    }

    /// Has GitHub send a delivery that means nothing. Whether it arrived is known a little later:
    /// `last_delivery`. False where the webhook is gone.
    pub(crate) async fn ping_webhook(&self, repository: &Repository, id: HookId) -> Result<bool> {
        let route = hooks(repository, &[&id.0.to_string(), "pings"]);
        let answer = self.change(Method::POST, &route, None).await?;
        gone_or_done(&answer, "to try the webhook")
    }

    /// What GitHub knows of the webhook's last delivery.
    pub(crate) async fn last_delivery(&self, repository: &Repository, id: HookId) -> Result<LastDelivery> {
        let answer = self.get(&hooks(repository, &[&id.0.to_string()])).await?;
        match answer.status {
            200 => Ok(delivery(answer.json::<Hook>()?.last_response)),
            403 | 404 => Ok(LastDelivery::Missing),
            _ => Err(answer.refusal("to show the webhook")),
        }
    }

    /// Removes the webhook. False where it was gone already, or the token may not see it.
    pub(crate) async fn remove_webhook(&self, repository: &Repository, id: HookId) -> Result<bool> {
        let answer = self.change(Method::DELETE, &hooks(repository, &[&id.0.to_string()]), None).await?;
        gone_or_done(&answer, "to remove the webhook")
    }
}

fn hooks(repository: &Repository, rest: &[&str]) -> Route {
    let start = ["repos", repository.owner(), repository.name(), "hooks"];
    Route::new(start.into_iter().chain(rest.iter().copied()))
}

/// GitHub hides webhooks by saying that there are none.
fn not_allowed(answer: &Answer, what: &str) -> Result<HookOutcome> {
    match answer.status {
        403 | 404 => Ok(HookOutcome::NotAllowed { reason: answer.reason() }),
        _ => Err(answer.refusal(what)),
    }
}

fn gone_or_done(answer: &Answer, what: &str) -> Result<bool> {
    match answer.status {
        204 => Ok(true),
        404 => Ok(false),
        _ => Err(answer.refusal(what)),
    }
}

fn delivery(response: Option<Response>) -> LastDelivery {
    let Some(response) = response else { return LastDelivery::None };
    match (response.code, response.status.as_deref()) {
        (Some(200..300), _) => LastDelivery::Delivered,
        (None | Some(0), None | Some("unused")) => LastDelivery::None,
        (code, status) => {
            let message = response.message.as_deref().or(status).unwrap_or_default();
            let mut reason = one_line(message);
            if let Some(code) = code.filter(|code| *code > 0) {
                reason = format!("{reason} ({code})");
            }
            LastDelivery::Failed { reason: reason.trim().to_owned() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_needs_a_web_address_and_a_secret() {
        assert!(Webhook::new("https://tunnel.example.org/github", "s").is_some());
        for (url, secret) in [
            ("https://tunnel.example.org/github", ""),
            ("ftp://tunnel.example.org", "s"),
            ("https://bob:pw@tunnel.example.org", "s"),
            ("tunnel.example.org", "s"),
            ("", "s"),
        ] {
            assert!(Webhook::new(url, secret).is_none(), "{url}");
        }
        let hook = Webhook::new("https://h/x", "hunter2").expect("webhook");
        assert!(!format!("{hook:?}").contains("hunter2"));
    }

    #[test]
    fn a_delivery_is_what_github_says_of_it() {
        let response = |code, status: Option<&str>, message: Option<&str>| {
            Some(Response { code, status: status.map(str::to_owned), message: message.map(str::to_owned) })
        };
        let failed = |reason: &str| LastDelivery::Failed { reason: reason.to_owned() };
        let cases = [
            (None, LastDelivery::None),
            (response(None, Some("unused"), None), LastDelivery::None),
            (response(Some(200), Some("active"), Some("OK")), LastDelivery::Delivered),
            (response(Some(202), None, None), LastDelivery::Delivered),
            (
                response(Some(404), Some("missing"), Some("Invalid HTTP Response: 404")),
                failed("Invalid HTTP Response: 404 (404)"),
            ),
            (response(Some(0), Some("timeout"), Some("timed out")), failed("timed out")),
            (response(None, Some("error"), None), failed("error")),
        ];
        for (response, expected) in cases {
            assert_eq!(delivery(response), expected);
        }
    }
}
