//! Talking to a remote without ever hanging on it.
//!
//! libgit2 blocks, and its time limits can't be set from safe code. So every talk has a thread and a
//! repository handle of its own. The caller waits beside it, and goes as soon as it is cancelled or has
//! heard nothing for too long. The abandoned thread learns that at its next callback, or when the
//! system ends its connection; it holds nothing that anybody waits for.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use git2::{Direction, ProxyOptions, RemoteCallbacks, RemoteConnection};

use super::auth::{Credentials, Identity};
use super::failure::{Said, explain, said};
use super::refs::count;
use super::trust::{Judge, Trust};
use super::url::local_path;
use crate::error::{Error, Result};
use crate::failpoint::limit;
use crate::id::RemoteUrl;

/// How long nothing may be heard, where the caller has no better idea.
const STALL: Duration = Duration::from_secs(60);
/// How often the caller looks whether it is to go on.
const GLANCE: Duration = Duration::from_millis(25);
/// How much one talk may bring, in bytes: a pack without end would fill the disk.
const MOST_RECEIVED: usize = 4 << 30;
/// How much of what a server says is kept for an error text.
const SPOKEN_LIMIT: usize = 4096;

/// Who asks, and how patient they are.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    /// Who is asking.
    pub(crate) identity: Identity,
    /// Who is believed.
    pub(crate) trust: Trust,
    /// After how long without a sign of life the remote counts as stalled.
    pub(crate) stall: Duration,
}

impl Default for Access {
    fn default() -> Self {
        Self { identity: Identity::Usual, trust: Trust::default(), stall: STALL }
    }
}

/// What goes on between the caller and a talk under way.
#[derive(Clone)]
pub(crate) struct Watch {
    /// Asked over and over while the caller waits: as soon as it says yes, the talk ends as cancelled.
    pub(crate) is_cancelled: Arc<dyn Fn() -> bool + Send + Sync>,
    /// The same, until something is sent that the remote may keep: after that its answer is heard.
    pub(crate) makes_way: Arc<dyn Fn() -> bool + Send + Sync>,
    /// Told how far the talk is. It is called from the talk's thread.
    pub(crate) progress: Arc<dyn Fn(Transferred) + Send + Sync>,
}

/// What has come or gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Transferred {
    /// How many Git objects.
    pub(crate) done: u32,
    /// Of how many; 0 where that is not known.
    pub(crate) total: u32,
    /// How many bytes; 0 of what is only put in place here.
    pub(crate) bytes: usize,
}

impl Watch {
    /// Nobody watches.
    pub(crate) fn unwatched() -> Self {
        Self { is_cancelled: Arc::new(|| false), makes_way: Arc::new(|| false), progress: Arc::new(|_| {}) }
    }
}

/// The talk's end of the line.
pub(super) struct Session {
    remote: RemoteUrl,
    credentials: Credentials,
    judge: Judge,
    trust: Trust,
    line: Arc<Line>,
}

/// What both ends share.
struct Line {
    began: Instant,
    /// When something was last heard, in milliseconds since the talk began.
    heard: AtomicU64,
    phase: Phase,
    /// More came than is taken.
    overflowed: AtomicBool,
    /// What the server said to people: the reasons of a refusal are in it.
    spoken: Mutex<Vec<u8>>,
    progress: Arc<dyn Fn(Transferred) + Send + Sync>,
}

/// How far a talk is, where both ends must agree.
#[derive(Default)]
struct Phase(AtomicU8);

impl Phase {
    const OPEN: u8 = 0;
    const SENDS: u8 = 1;
    const ABANDONED: u8 = 2;

    /// Something is about to be sent that the remote may keep; not where the caller has gone.
    fn begin_to_send(&self) -> bool {
        let begun = self.0.compare_exchange(Self::OPEN, Self::SENDS, Ordering::AcqRel, Ordering::Acquire);
        begun.is_ok() || begun == Err(Self::SENDS)
    }

    /// The caller goes, unless something is being sent; whether it may.
    fn leave(&self) -> bool {
        self.0.compare_exchange(Self::OPEN, Self::ABANDONED, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    /// The caller goes, whatever is under way.
    fn abandon(&self) {
        self.0.store(Self::ABANDONED, Ordering::Release);
    }

    fn is_abandoned(&self) -> bool {
        self.0.load(Ordering::Acquire) == Self::ABANDONED
    }
}

impl Line {
    /// Notes a sign of life; whether to go on.
    fn hear(&self) -> bool {
        let now = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.heard.store(now, Ordering::Relaxed);
        !self.phase.is_abandoned()
    }

    fn tell(&self, done: usize, total: usize, bytes: usize) -> bool {
        let go_on = self.hear();
        if go_on {
            (self.progress)(Transferred { done: count(done), total: count(total), bytes });
        }
        go_on
    }

    fn silence(&self) -> Duration {
        let heard = Duration::from_millis(self.heard.load(Ordering::Relaxed));
        self.began.elapsed().saturating_sub(heard)
    }
}

/// Runs `job` on a thread of its own, and waits for it.
///
/// # Errors
/// `Cancelled`, `RemoteStalled`, or the error of the job.
pub(super) fn talk<T: Send + 'static>(
    remote: &RemoteUrl,
    access: &Access,
    watch: &Watch,
    job: impl FnOnce(&Session) -> Result<T> + Send + 'static,
) -> Result<T> {
    if (watch.is_cancelled)() || (watch.makes_way)() {
        return Err(Error::Cancelled);
    }
    let line = Arc::new(Line {
        began: Instant::now(),
        heard: AtomicU64::new(0),
        phase: Phase::default(),
        overflowed: AtomicBool::new(false),
        spoken: Mutex::default(),
        progress: watch.progress.clone(),
    });
    let session = Session {
        remote: remote.clone(),
        credentials: Credentials::new(remote, access.identity.clone()),
        judge: Judge::new(&access.trust, remote),
        trust: access.trust.clone(),
        line: line.clone(),
    };
    let (answer, waiting) = mpsc::sync_channel(1);
    let run = move || {
        // The caller may have gone: then nobody wants the answer.
        answer.send(job(&session)).unwrap_or(());
    };
    std::thread::Builder::new()
        .name("git-network".to_owned())
        .spawn(run)
        .map_err(|error| Error::Internal { detail: format!("no thread for the network: {error}") })?;
    loop {
        match waiting.recv_timeout(GLANCE) {
            Ok(done) => return done,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::Internal { detail: "the network thread died".to_owned() });
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        if (watch.makes_way)() && line.phase.leave() {
            return Err(Error::Cancelled);
        }
        let gone = if (watch.is_cancelled)() {
            Error::Cancelled
        } else if line.silence() > access.stall {
            let seconds = u32::try_from(access.stall.as_secs()).unwrap_or(u32::MAX);
            Error::RemoteStalled { remote: remote.clone(), seconds }
        } else {
            continue;
        };
        line.phase.abandon();
        return Err(gone);
    }
}

const READ_ONLY: &str = "this account may not push there: it may only read, or the repository is archived";

impl Session {
    /// The remote that this talk is with.
    pub(super) fn remote(&self) -> &RemoteUrl {
        &self.remote
    }

    /// Whether the caller has gone. What is not done by then must not be done.
    pub(super) fn is_abandoned(&self) -> bool {
        self.line.phase.is_abandoned()
    }

    /// Asked when something is about to be sent that the remote may keep, by a callback that outlives this borrow:
    /// whether the caller is there still, and then waits for what comes of it.
    pub(super) fn begins_to_send(&self) -> impl Fn() -> bool + 'static {
        let line = self.line.clone();
        move || line.phase.begin_to_send()
    }

    /// The product's error for one of libgit2's.
    pub(super) fn explain(&self, error: git2::Error) -> Error {
        if self.line.overflowed.load(Ordering::Relaxed) {
            let detail = format!("{} sends more than {} GiB", self.remote, MOST_RECEIVED >> 30);
            return Error::TooMuch { detail };
        }
        self.judge.verdict().unwrap_or_else(|| explain(error, &self.remote, &self.credentials))
    }

    /// What the server said to people so far, without our secret.
    pub(super) fn spoken(&self) -> String {
        let spoken = self.line.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        self.credentials.redact(&String::from_utf8_lossy(&spoken))
    }

    /// Connects. The connection ends when it is dropped.
    pub(super) fn connect<'repo, 'remote>(
        &self,
        remote: &'remote mut git2::Remote<'repo>,
        direction: Direction,
    ) -> Result<RemoteConnection<'repo, 'remote, 'static>> {
        // libgit2 takes a path that does not exist for a URL that it does not know.
        if local_path(&self.remote).is_some_and(|path| !path.exists()) {
            return Err(Error::RemoteMissing { remote: self.remote.clone() });
        }
        let connected = remote.connect_auth(direction, Some(self.callbacks()), Some(self.proxy()));
        let connection = connected.map_err(|error| match said(error.message()) {
            // Who is asking is known then, and is told no: what a host says of a repository that was archived too.
            Said::Status(403) if direction == Direction::Push && self.credentials.were_offered() => {
                Error::PushRefused { remote: self.remote.clone(), reason: READ_ONLY.to_owned() }
            }
            _ => self.explain(error),
        })?;
        self.line.hear();
        Ok(connection)
    }

    /// The proxy for HTTP.
    pub(super) fn proxy(&self) -> ProxyOptions<'static> {
        self.trust.proxy()
    }

    /// Callbacks that answer for us, note signs of life, and stop an abandoned talk.
    pub(super) fn callbacks(&self) -> RemoteCallbacks<'static> {
        let mut callbacks = RemoteCallbacks::new();
        let (credentials, line) = (self.credentials.clone(), self.line.clone());
        callbacks.credentials(move |url, user, allowed| {
            if !line.hear() {
                return Err(stopped());
            }
            let answer = credentials.answer(url, user, allowed);
            // A helper may have asked the user: that was no silence of the remote's.
            line.hear();
            answer
        });
        let judge = self.judge.clone();
        callbacks.certificate_check(move |cert, host| judge.check(cert, host));
        let (line, most) = (self.line.clone(), limit("network/most-received", MOST_RECEIVED));
        callbacks.transfer_progress(move |stats| {
            if stats.received_bytes() > most {
                line.overflowed.store(true, Ordering::Relaxed);
                return false;
            }
            let done = stats.received_objects().max(stats.indexed_objects());
            line.tell(done, stats.total_objects(), stats.received_bytes())
        });
        let line = self.line.clone();
        callbacks.push_transfer_progress(move |done, total, bytes| {
            line.tell(done, total, bytes);
        });
        let line = self.line.clone();
        callbacks.pack_progress(move |_stage, _done, _total| {
            line.hear();
        });
        let line = self.line.clone();
        callbacks.sideband_progress(move |text| {
            let mut spoken = line.spoken.lock().unwrap_or_else(PoisonError::into_inner);
            let room = SPOKEN_LIMIT.saturating_sub(spoken.len());
            spoken.extend_from_slice(&text[..text.len().min(room)]);
            line.hear()
        });
        callbacks
    }
}

/// What a callback says to end a talk.
pub(super) fn stopped() -> git2::Error {
    git2::Error::new(git2::ErrorCode::User, git2::ErrorClass::Callback, "stopped")
}
