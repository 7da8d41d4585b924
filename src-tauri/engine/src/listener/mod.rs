//! An optional listener on the network, off unless it is started: webhooks come in, and a monitor asks how the
//! fabrics stand.
//!
//! A webhook is only a hint to ask the remote, and nothing that it says is believed beyond that. The listener
//! speaks plain HTTP and is meant for loopback: behind a tunnel, or a proxy that speaks TLS.

mod answer;
mod connection;
mod delivery;
mod hint;
mod metrics;
mod replay;
mod secret;
mod signature;
mod tally;
#[cfg(test)]
mod tests;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use delivery::{Delivery, Says, read_delivery};
pub(crate) use hint::Hint;
pub(crate) use metrics::FabricMetrics;
pub use secret::WebhookSecret;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use signature::{HEADER as SIGNATURE, testing::sign};
pub(crate) use tally::Tally;

use crate::error::{Error, Result};
use answer::Desk;
use connection::Bounded;

/// The secrets that hold now. Asked for each delivery, on a thread of the runtime: it must not block.
pub(crate) type Secrets = Arc<dyn Fn() -> Vec<WebhookSecret> + Send + Sync>;
/// Where hints go, one after the other, on a thread that may block.
pub(crate) type OnHint = Arc<dyn Fn(Hint) + Send + Sync>;
/// How the fabrics stand now, where anybody can tell; asked on a thread that may block.
pub(crate) type Metrics = Arc<dyn Fn() -> Option<Vec<FabricMetrics>> + Send + Sync>;

/// How many hints wait at most.
const QUEUE: usize = 256;

/// How to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListenerSettings {
    /// Where. Port 0 takes any free one.
    pub address: SocketAddr,
    /// Whether `/healthz` and `/metrics` are answered too, which name the fabrics to whoever asks.
    pub tells_state: bool,
    /// How long the body of a delivery may take to arrive.
    pub body_time: Duration,
    /// How long a connection may last, from its first byte to the end of its answer.
    pub connection_time: Duration,
}

impl ListenerSettings {
    /// Where it listens unless told otherwise: this machine only.
    pub const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9443);
}

impl Default for ListenerSettings {
    fn default() -> Self {
        Self {
            address: Self::ADDRESS,
            tells_state: false,
            // GitHub gives up after ten seconds.
            body_time: Duration::from_secs(8),
            connection_time: Duration::from_secs(20),
        }
    }
}

/// A listener at work. Dropping it stops it: nobody is let in from then on, and who is in gets an answer.
#[derive(Debug)]
#[must_use = "dropping it stops it"]
pub struct Listener {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl Listener {
    /// Begins to listen. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// `CannotListen` where the address is taken, is not this machine's, or needs more rights.
    pub(crate) fn start(
        settings: &ListenerSettings,
        secrets: Secrets,
        on_hint: OnHint,
        metrics: Metrics,
    ) -> Result<Self> {
        let refused = |source| Error::CannotListen { address: settings.address, source };
        let socket = std::net::TcpListener::bind(settings.address).map_err(refused)?;
        socket.set_nonblocking(true).map_err(refused)?;
        let socket = TcpListener::from_std(socket).map_err(refused)?;
        let address = socket.local_addr().map_err(refused)?;

        let (hints, queue) = mpsc::channel(QUEUE);
        tokio::spawn(pass_on(queue, on_hint));
        let desk = Desk::new(secrets, metrics, hints, settings.body_time);
        let routes = desk.routes(settings.tells_state);
        let (stop, stopped) = oneshot::channel::<()>();
        let served = axum::serve(Bounded::new(socket, settings.connection_time), routes)
            .with_graceful_shutdown(async move { drop(stopped.await) });
        tokio::spawn(async move { served.await });
        tracing::info!(%address, "listening");
        Ok(Self { address, _stop: stop })
    }

    /// Where it listens, with the port that was taken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Passes hints on, apart from whoever waits for an answer. Ends with the listener.
async fn pass_on(mut queue: mpsc::Receiver<Hint>, on_hint: OnHint) {
    while let Some(hint) = queue.recv().await {
        let on_hint = Arc::clone(&on_hint);
        if let Err(error) = tokio::task::spawn_blocking(move || on_hint(hint)).await {
            tracing::error!(%error, "a hint ended in a defect");
        }
    }
}
