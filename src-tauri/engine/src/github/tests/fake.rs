//! A GitHub on loopback. What it is asked and what it answers is held against GitHub's own description.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;

use super::openapi::Description;

/// A request, as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Option<Value>,
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    /// What GitHub could answer: held against the description.
    Described(Option<Value>),
    /// What GitHub never answers.
    Odd(Vec<u8>),
    /// A body that is promised and comes a byte at a time, or not at all.
    Slow,
    /// A body that breaks off.
    Cut,
}

/// The server. It ends with its handle, and fails the test there if anything was not as GitHub has it.
pub(crate) struct Fake {
    pub(crate) base: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    faults: Arc<Mutex<Vec<String>>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Reply {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Body::Described(Some(body)) }
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Described(None) }
    }

    /// An error, as GitHub words them.
    pub(crate) fn error(status: u16, message: &str) -> Self {
        Self::json(
            status,
            serde_json::json!({ "message": message, "documentation_url": "https://docs.github.com" }),
        )
    }

    pub(crate) fn odd(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: Body::Odd(body.into()) }.with("content-type", kind)
    }

    pub(crate) fn slow() -> Self {
        Self { status: 200, headers: Vec::new(), body: Body::Slow }
    }

    pub(crate) fn cut() -> Self {
        Self { status: 200, headers: Vec::new(), body: Body::Cut }
    }

    /// The same answer with another status.
    pub(crate) fn at(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl Seen {
    /// `GET /user`.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }
}

impl Fake {
    /// Starts a server that answers with what `answer` gives.
    pub(crate) fn start(
        description: Option<&'static Description>,
        answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("port");
        let address = listener.local_addr().expect("address");
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let faults: Arc<Mutex<Vec<String>>> = Arc::default();
        let over: Arc<AtomicBool> = Arc::default();
        let (noted, failed, ended) = (Arc::clone(&seen), Arc::clone(&faults), Arc::clone(&over));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(mut stream) = stream else { continue };
                stream.set_read_timeout(Some(Duration::from_secs(5))).expect("timeout");
                let Some(request) = read(&mut stream) else { continue };
                noted.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
                let reply = answer(&request);
                if let Some(fault) = description.and_then(|description| check(description, &request, &reply))
                {
                    failed.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
                }
                write(&mut stream, &reply, &ended);
            }
        });
        Self { base: format!("http://{address}"), seen, faults, over, thread: Some(thread) }
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The requests so far, each in one line.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().iter().map(Seen::line).collect()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // The listener waits for one more to come.
        let _ = TcpStream::connect(self.base.trim_start_matches("http://"));
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            assert!(matches!(ended, Some(Ok(()))), "the fake failed");
            let faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
            assert!(faults.is_empty(), "not as GitHub has it: {faults:#?}");
        }
    }
}

fn check(description: &Description, request: &Seen, reply: &Reply) -> Option<String> {
    let Body::Described(body) = &reply.body else { return None };
    // Signing in is not part of the API. A renamed repository is found by its number, on a path that GitHub
    // does not describe, with the answer of the repository's own.
    if request.path.starts_with("/login/") {
        return None;
    }
    let path = match request.path.strip_prefix("/repositories/") {
        Some(rest) => match rest.split_once('/') {
            Some((_, rest)) => format!("/repos/x/x/{rest}"),
            None => "/repos/x/x".to_owned(),
        },
        None => request.path.clone(),
    };
    let Some(operation) = description.operation(&request.method, &path) else {
        return Some(format!("GitHub does not know {}", request.line()));
    };
    // The redirects of a change are described in words only.
    if matches!(reply.status, 301 | 302 | 307 | 308) {
        return None;
    }
    let wrong = description.check_request(operation, &request.query, request.body.as_ref());
    // That a question "is it still?" may be answered 304 is said once for all reads, in words.
    let conditional = request.method == "GET" && request.headers.contains_key("if-none-match");
    if reply.status == 304 && conditional && body.is_none() {
        return wrong;
    }
    wrong.or_else(|| description.check_answer(operation, reply.status, body.as_ref()))
}

fn read(stream: &mut TcpStream) -> Option<Seen> {
    let (mut text, mut buffer) = (Vec::new(), [0; 4096]);
    let end = loop {
        if let Some(at) = text.windows(4).position(|end| end == b"\r\n\r\n") {
            break at + 4;
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(read) => text.extend_from_slice(&buffer[..read]),
        }
    };
    let head = String::from_utf8_lossy(&text[..end]).into_owned();
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while text.len() < end + length {
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        text.extend_from_slice(&buffer[..read]);
    }
    let body =
        (length > 0).then(|| serde_json::from_slice(&text[end..end + length]).expect("a body in JSON"));
    Some(Seen { method, path: path.to_owned(), query: query.to_owned(), headers, body })
}

/// Writes an answer. The client may have gone: then there is nobody to tell.
fn write(stream: &mut TcpStream, reply: &Reply, over: &AtomicBool) {
    let mut head = format!("HTTP/1.1 {} X\r\nconnection: close\r\n", reply.status);
    if matches!(reply.body, Body::Described(Some(_)) | Body::Slow | Body::Cut) {
        head.push_str("content-type: application/json; charset=utf-8\r\n");
    }
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let body = match &reply.body {
        Body::Described(body) => body.as_ref().map(|body| body.to_string().into_bytes()).unwrap_or_default(),
        Body::Odd(body) => body.clone(),
        Body::Slow | Body::Cut => b"{\"login\": \"some".to_vec(),
    };
    let promised = if matches!(reply.body, Body::Slow | Body::Cut) { 1000 } else { body.len() };
    // Neither 204 nor 304 has a body, nor a length of one.
    if !matches!(reply.status, 204 | 304) {
        head.push_str(&format!("content-length: {promised}\r\n"));
    }
    head.push_str("\r\n");
    let written = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
    if written.is_ok() && matches!(reply.body, Body::Slow) {
        for _ in 0..500 {
            std::thread::sleep(Duration::from_millis(10));
            if over.load(Ordering::SeqCst) || stream.write_all(b" ").is_err() {
                return;
            }
        }
    }
}
