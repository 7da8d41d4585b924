//! What each request is answered with.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::sync::{Semaphore, mpsc};

use super::delivery::{Delivery, Says, read_delivery};
use super::hint::Hint;
use super::metrics::{self, Deliveries, FabricMetrics, Received, render};
use super::replay::Heard;
use super::{Metrics, Secrets};

/// How large a delivery may be. GitHub's own are cut at 25 MB; those of pushes are some kilobytes.
const LARGEST: usize = 3 * 1024 * 1024;
/// How many deliveries are read at once.
const AT_ONCE: usize = 16;
/// How long the engine has to say how its fabrics stand.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the answers are made of.
pub(super) struct Desk {
    pub(super) secrets: Secrets,
    pub(super) metrics: Metrics,
    pub(super) hints: mpsc::Sender<Hint>,
    pub(super) body_time: Duration,
    heard: Mutex<Heard>,
    room: Semaphore,
    deliveries: Deliveries,
}

impl Desk {
    pub(super) fn new(
        secrets: Secrets,
        metrics: Metrics,
        hints: mpsc::Sender<Hint>,
        body_time: Duration,
    ) -> Self {
        let (heard, deliveries) = (Mutex::default(), Deliveries::default());
        Self { secrets, metrics, hints, body_time, heard, room: Semaphore::new(AT_ONCE), deliveries }
    }

    /// The answers; those about the fabrics only where `tells_state`.
    pub(super) fn routes(self, tells_state: bool) -> Router {
        let mut routes = Router::new().route("/webhook", post(webhook).fallback(only_post));
        if tells_state {
            routes = routes
                .route("/healthz", get(health).fallback(only_get))
                .route("/metrics", get(numbers).fallback(only_get));
        }
        routes.fallback(nothing_here).with_state(Arc::new(self))
    }

    /// Takes a delivery in. The work that it leads to is queued, and not waited for.
    async fn receive(&self, request: Request) -> Received {
        let Ok(_room) = self.room.try_acquire() else { return Received::Overloaded };
        let (head, body) = request.into_parts();
        let body = match tokio::time::timeout(self.body_time, read(&head.headers, body)).await {
            Err(_) => return Received::TooSlow,
            Ok(Err(Unread::TooLarge)) => return Received::TooLarge,
            Ok(Err(Unread::Broken)) => return Received::Malformed,
            Ok(Ok(body)) => body,
        };
        let (signature, id, says) = match read_delivery(&head.headers, &body, &(self.secrets)()) {
            Delivery::Refused => return Received::Refused,
            Delivery::Genuine { signature, id, says } => (signature, id, says),
        };
        let hint = match says {
            Says::Ping => return Received::Ping,
            Says::Other => return Received::Ignored,
            Says::Malformed => return Received::Malformed,
            Says::Push(hint) => hint,
        };
        // Held over both, so that of two that come at once only one is new.
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if heard.knows(id, signature, now) {
            return Received::Repeated;
        }
        // What was not queued may be sent again.
        if self.hints.try_send(hint).is_err() {
            return Received::Overloaded;
        }
        heard.remember(id, signature, now);
        Received::Push
    }

    /// How the fabrics stand; none where the engine does not say so in time.
    async fn fabrics(&self) -> Option<Vec<FabricMetrics>> {
        let metrics = Arc::clone(&self.metrics);
        let asked = tokio::task::spawn_blocking(move || metrics());
        tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?
    }
}

async fn webhook(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let received = desk.receive(request).await;
    desk.deliveries.count(received);
    tracing::debug!(?received, "a webhook");
    let (status, text) = match received {
        Received::Push => (StatusCode::ACCEPTED, "Thank you: the remote will be asked."),
        Received::Ping => (StatusCode::OK, "The webhook works."),
        Received::Ignored => (StatusCode::ACCEPTED, "Only pushes to branches matter here."),
        Received::Repeated => (StatusCode::ACCEPTED, "Known already."),
        Received::Refused => (StatusCode::UNAUTHORIZED, "The signature is missing or wrong."),
        Received::Malformed => (StatusCode::BAD_REQUEST, "This is not what a push looks like."),
        Received::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "This is too much."),
        Received::TooSlow => (StatusCode::REQUEST_TIMEOUT, "This took too long."),
        Received::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, "Too much at once; send it again."),
    };
    answer(status, text)
}

async fn health(State(desk): State<Arc<Desk>>) -> Response {
    let Some(fabrics) = desk.fabrics().await else {
        return answer(StatusCode::SERVICE_UNAVAILABLE, "The engine does not answer.");
    };
    match fabrics.iter().filter(|fabric| !fabric.alive).count() {
        0 => answer(StatusCode::OK, "ok"),
        dead => {
            let text = format!("{dead} of {} fabrics are not looked after.", fabrics.len());
            answer(StatusCode::SERVICE_UNAVAILABLE, &text)
        }
    }
}

async fn numbers(State(desk): State<Arc<Desk>>) -> Response {
    let Some(fabrics) = desk.fabrics().await else {
        return answer(StatusCode::SERVICE_UNAVAILABLE, "The engine does not answer.");
    };
    let mut page = answer(StatusCode::OK, "");
    *page.body_mut() = Body::from(render(&fabrics, &desk.deliveries));
    page.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(metrics::CONTENT_TYPE));
    page
}

async fn nothing_here() -> Response {
    answer(StatusCode::NOT_FOUND, "There is nothing here.")
}

async fn only_post() -> Response {
    other_method("POST")
}

async fn only_get() -> Response {
    other_method("GET, HEAD")
}

fn other_method(allowed: &'static str) -> Response {
    let mut answer = answer(StatusCode::METHOD_NOT_ALLOWED, "This is asked in another way.");
    answer.headers_mut().insert(ALLOW, HeaderValue::from_static(allowed));
    answer
}

/// A line of text. One request a connection: whoever has an answer has no reason to stay.
fn answer(status: StatusCode, text: &str) -> Response {
    let headers =
        [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "no-store"), (CONNECTION, "close")];
    (status, headers, format!("{text}\n")).into_response()
}

/// Why a body was not read.
enum Unread {
    TooLarge,
    Broken,
}

/// The bytes of a body as they came, at most [`LARGEST`] of them.
async fn read(headers: &HeaderMap, mut body: Body) -> Result<Vec<u8>, Unread> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > LARGEST as u64) {
        return Err(Unread::TooLarge);
    }
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        if bytes.len() + data.len() > LARGEST {
            return Err(Unread::TooLarge);
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}
