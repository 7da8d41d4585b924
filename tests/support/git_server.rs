//! A Git server for tests: HTTP on this machine, in front of Git's own `http-backend`.

#![allow(dead_code, reason = "several test binaries include this file, and each uses a part of it")]

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// More connections at once are closed without an answer: no test wants more.
const MOST_CONNECTIONS: usize = 32;
/// Longer than any request of a test takes; nothing outlives it.
const LONGEST: Duration = Duration::from_secs(30);
const LONGEST_HEAD: u64 = 64 * 1024;

/// What goes wrong with a request.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// The answer is this status, without asking Git.
    Status(u16),
    /// The answer is a web page, as a hotel's network gives it.
    WebPage,
    /// The answer leads there.
    Redirect(String),
    /// Nothing is answered for that long; then the connection is closed.
    Stall(Duration),
    /// Git carries the request out, and the answer is lost on its way.
    LoseReply,
    /// The same, and no request after it is answered until [`GitServer::mend`].
    LoseReplyAndGo,
    /// The answer breaks off after that many bytes.
    CutAfter(usize),
    /// The same with an answer that has not said how long it is.
    CutUnmeasured(usize),
    /// The answer's byte that far from its end is another one.
    Garble(usize),
    /// The answer to who has signed in is this status with these headers, without asking Git.
    StatusWith(u16, &'static [(&'static str, &'static str)]),
    /// The answer comes a few bytes at a time, with a pause after each.
    Drip(usize, Duration),
    /// The connection is closed after that many bytes of the request's body; Git is not asked.
    CloseWhileReceiving(u64),
}

impl Fault {
    /// Whether only those meet it who have signed in, where that is asked for.
    fn is_behind_the_door(&self) -> bool {
        match self {
            Self::Status(_) | Self::WebPage | Self::Redirect(_) | Self::Stall(_) => false,
            Self::LoseReply | Self::LoseReplyAndGo | Self::CutAfter(_) | Self::CutUnmeasured(_) => true,
            Self::Garble(_) | Self::StatusWith(..) | Self::Drip(..) | Self::CloseWhileReceiving(_) => true,
        }
    }
}

/// Serves the bare repositories in a folder until it is dropped.
pub(crate) struct GitServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    root: PathBuf,
    backend: PathBuf,
    /// What the `Authorization` header must be.
    wanted: Option<String>,
    user: String,
    stopping: AtomicBool,
    connections: AtomicUsize,
    requests: AtomicUsize,
    refused: AtomicUsize,
    stalled: AtomicUsize,
    faults: Mutex<VecDeque<(&'static str, Fault)>>,
    /// What goes wrong with each request that holds the part, until it is mended.
    lasting: Mutex<Option<(&'static str, Fault)>>,
}

impl GitServer {
    /// Serves `root/*.git`; with `auth`, only to who knows this user name and password.
    pub(crate) fn start(root: &Path, auth: Option<(&str, &str)>) -> Self {
        Self::start_at(SocketAddr::from(([127, 0, 0, 1], 0)), root, auth)
    }

    /// The same, at an address of this machine that is free.
    pub(crate) fn start_at(address: SocketAddr, root: &Path, auth: Option<(&str, &str)>) -> Self {
        let exec_path = Command::new("git").arg("--exec-path").output().expect("git runs");
        let exec_path = String::from_utf8(exec_path.stdout).expect("a path in UTF-8");
        let backend = Path::new(exec_path.trim()).join("git-http-backend");
        assert!(backend.exists(), "Git's http-backend is missing: {}", backend.display());
        let listener = TcpListener::bind(address).expect("a free port");
        let address = listener.local_addr().expect("the port");
        let shared = Arc::new(Shared {
            root: root.canonicalize().expect("the folder of the repositories"),
            backend,
            wanted: auth.map(|(user, password)| format!("Basic {}", base64(&format!("{user}:{password}")))),
            user: auth.map_or("somebody", |(user, _)| user).to_owned(),
            stopping: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
            stalled: AtomicUsize::new(0),
            faults: Mutex::default(),
            lasting: Mutex::default(),
        });
        let accepting = begin(listener, &shared);
        Self { address, shared, accepting: Some(accepting) }
    }

    /// Goes down: whoever asks finds nobody there.
    pub(crate) fn stop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        drop(TcpStream::connect(self.address));
        if let Some(accepting) = self.accepting.take() {
            let _ended = accepting.join();
        }
    }

    /// Comes back where it was.
    pub(crate) fn come_back(&mut self) {
        self.stop();
        let listener = TcpListener::bind(self.address).expect("its port");
        self.shared.stopping.store(false, Ordering::SeqCst);
        self.accepting = Some(begin(listener, &self.shared));
    }

    /// The URL of a repository, such as `fabric.git`.
    pub(crate) fn url(&self, repository: &str) -> String {
        format!("http://{}/{repository}", self.address)
    }

    /// The URL of a repository, with credentials in it.
    pub(crate) fn url_with(&self, user: &str, password: &str, repository: &str) -> String {
        format!("http://{user}:{password}@{}/{repository}", self.address)
    }

    /// How many requests came so far.
    pub(crate) fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// How many requests came with credentials that are wrong.
    pub(crate) fn refused(&self) -> usize {
        self.shared.refused.load(Ordering::SeqCst)
    }

    /// How many requests were met with silence.
    pub(crate) fn stalled(&self) -> usize {
        self.shared.stalled.load(Ordering::SeqCst)
    }

    /// Lets the next request go wrong.
    pub(crate) fn fail_next(&self, fault: Fault) {
        self.fail_next_for("", fault);
    }

    /// Lets the next request whose path and query hold `part` go wrong: `git-receive-pack`, say.
    pub(crate) fn fail_next_for(&self, part: &'static str, fault: Fault) {
        self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner).push_back((part, fault));
    }

    /// Lets every request whose path and query hold `part` go wrong, until [`mend`](Self::mend).
    pub(crate) fn fail_each_for(&self, part: &'static str, fault: Fault) {
        *self.shared.lasting.lock().unwrap_or_else(PoisonError::into_inner) = Some((part, fault));
    }

    /// From now on nothing goes wrong.
    pub(crate) fn mend(&self) {
        *self.shared.lasting.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.shared.faults.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Drop for GitServer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn begin(listener: TcpListener, shared: &Arc<Shared>) -> JoinHandle<()> {
    let shared = shared.clone();
    std::thread::spawn(move || accept(&listener, &shared))
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopping.load(Ordering::SeqCst) {
            return;
        }
        let Ok(stream) = stream else { continue };
        if shared.connections.fetch_add(1, Ordering::SeqCst) >= MOST_CONNECTIONS {
            shared.connections.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        let shared = shared.clone();
        std::thread::spawn(move || {
            // A client that goes away in the middle is a part of many tests.
            let _ended = serve(&stream, &shared);
            shared.connections.fetch_sub(1, Ordering::SeqCst);
        });
    }
}

struct Request {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn header(&self, name: &str) -> Option<&str> {
        let same = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.headers.iter().find(same).map(|(_, value)| value.as_str())
    }
}

fn serve(mut stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_read_timeout(Some(LONGEST))?;
    stream.set_write_timeout(Some(LONGEST))?;
    let mut reader = BufReader::new(stream);
    let Some(mut request) = read_head(&mut reader)? else { return Ok(()) };
    shared.requests.fetch_add(1, Ordering::SeqCst);
    let is_let_in =
        shared.wanted.as_ref().is_none_or(|wanted| request.header("authorization") == Some(wanted));
    let fault = take_fault(shared, &request, is_let_in);
    if let Some(Fault::CloseWhileReceiving(bytes)) = fault {
        std::io::copy(&mut reader.take(bytes), &mut std::io::sink())?;
        return Ok(());
    }
    request.body = read_body(&request, &mut reader, stream)?;
    match &fault {
        Some(Fault::Status(status)) => return respond(stream, *status, &[], b"no"),
        Some(Fault::StatusWith(status, headers)) => return respond(stream, *status, headers, b"no"),
        Some(Fault::WebPage) => {
            return respond(stream, 200, &[("Content-Type", "text/html")], b"<html>Please sign in</html>");
        }
        Some(Fault::Redirect(to)) => return respond(stream, 302, &[("Location", to)], b""),
        Some(Fault::Stall(time)) => {
            shared.stalled.fetch_add(1, Ordering::SeqCst);
            let began = Instant::now();
            while began.elapsed() < *time && !shared.stopping.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(20));
            }
            return Ok(());
        }
        _ => {}
    }
    if !is_let_in {
        if request.header("authorization").is_some() {
            shared.refused.fetch_add(1, Ordering::SeqCst);
        }
        return respond(stream, 401, &[("WWW-Authenticate", "Basic realm=\"test\"")], b"who are you?");
    }
    let answer = ask_git(shared, &request)?;
    match fault {
        Some(Fault::LoseReply) => Ok(()),
        Some(Fault::LoseReplyAndGo) => {
            let gone = Some(("", Fault::Stall(Duration::ZERO)));
            *shared.lasting.lock().unwrap_or_else(PoisonError::into_inner) = gone;
            Ok(())
        }
        Some(Fault::CutAfter(bytes)) => stream.write_all(&answer[..answer.len().min(bytes)]),
        Some(Fault::Garble(from_end)) => {
            let mut answer = answer;
            let place = answer.len().saturating_sub(from_end);
            if let Some(byte) = answer.get_mut(place) {
                *byte ^= 0x55;
            }
            stream.write_all(&answer)
        }
        Some(Fault::CutUnmeasured(bytes)) => {
            let answer = unmeasured(&answer);
            stream.write_all(&answer[..answer.len().min(bytes)])
        }
        Some(Fault::Drip(bytes, pause)) => {
            for drop in answer.chunks(bytes) {
                stream.write_all(drop)?;
                std::thread::sleep(pause);
            }
            Ok(())
        }
        _ => stream.write_all(&answer),
    }
}

fn take_fault(shared: &Shared, request: &Request, is_let_in: bool) -> Option<Fault> {
    let target = format!("{}?{}", request.path, request.query);
    let strikes = |(part, fault): &(&'static str, Fault)| {
        target.contains(part) && (is_let_in || !fault.is_behind_the_door())
    };
    let lasting = shared.lasting.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, fault)) = lasting.as_ref().filter(|lasting| strikes(lasting)) {
        return Some(fault.clone());
    }
    let mut faults = shared.faults.lock().unwrap_or_else(PoisonError::into_inner);
    let place = faults.iter().position(strikes)?;
    faults.remove(place).map(|(_, fault)| fault)
}

fn read_head(reader: &mut impl BufRead) -> std::io::Result<Option<Request>> {
    let mut head = reader.take(LONGEST_HEAD);
    let mut line = String::new();
    head.read_line(&mut line)?;
    let mut words = line.split_whitespace();
    let (Some(method), Some(target)) = (words.next(), words.next()) else { return Ok(None) };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (method, path, query) = (method.to_owned(), path.to_owned(), query.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        head.read_line(&mut line)?;
        let Some((key, value)) = line.trim_end().split_once(':') else { break };
        headers.push((key.to_owned(), value.trim().to_owned()));
    }
    Ok(Some(Request { method, path, query, headers, body: Vec::new() }))
}

fn read_body(
    request: &Request,
    reader: &mut impl BufRead,
    mut stream: &TcpStream,
) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    if request.header("expect").is_some_and(|value| value.eq_ignore_ascii_case("100-continue")) {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    if request.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        body = read_chunks(reader)?;
    } else if let Some(length) = request.header("content-length").and_then(|value| value.parse().ok()) {
        reader.take(length).read_to_end(&mut body)?;
    }
    Ok(body)
}

fn read_chunks(reader: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let digits = line.trim().split(';').next().unwrap_or_default();
        let size = u64::from_str_radix(digits, 16).map_err(std::io::Error::other)?;
        reader.by_ref().take(size).read_to_end(&mut body)?;
        line.clear();
        reader.read_line(&mut line)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

/// Runs `http-backend` as a CGI program; the whole HTTP answer.
fn ask_git(shared: &Shared, request: &Request) -> std::io::Result<Vec<u8>> {
    let mut command = Command::new(&shared.backend);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .env("GIT_PROJECT_ROOT", &shared.root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", &request.path)
        .env("QUERY_STRING", &request.query)
        .env("REQUEST_METHOD", &request.method)
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .env("REMOTE_USER", &shared.user)
        .env("REMOTE_ADDR", "127.0.0.1");
    for (header, variable) in [
        ("content-type", "CONTENT_TYPE"),
        ("content-encoding", "HTTP_CONTENT_ENCODING"),
        ("git-protocol", "GIT_PROTOCOL"),
    ] {
        if let Some(value) = request.header(header) {
            command.env(variable, value);
        }
    }
    let mut child = command.spawn()?;
    let mut input = child.stdin.take();
    let body = request.body.clone();
    // Beside the reading: Git answers before it has read all.
    let feeding = std::thread::spawn(move || {
        let _fed = input.as_mut().map(|input| input.write_all(&body));
    });
    let mut output = Vec::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_end(&mut output)?;
    }
    child.wait()?;
    let _ended = feeding.join();
    Ok(cgi_to_http(&output))
}

fn cgi_to_http(output: &[u8]) -> Vec<u8> {
    let end = output.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(output.len());
    let head = String::from_utf8_lossy(&output[..end]).into_owned();
    let body = output.get(end + 4..).unwrap_or_default();
    let mut status = "200 OK".to_owned();
    let mut headers = Vec::new();
    for line in head.lines() {
        match line.split_once(": ") {
            Some((key, value)) if key.eq_ignore_ascii_case("status") => status = value.to_owned(),
            _ => headers.push(line),
        }
    }
    let head = headers.join("\r\n");
    let length = body.len();
    let mut answer =
        format!("HTTP/1.1 {status}\r\n{head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")
            .into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// An answer that ends where the connection does.
fn unmeasured(answer: &[u8]) -> Vec<u8> {
    let name = b"Content-Length: ";
    let Some(start) = answer.windows(name.len()).position(|window| window == name) else {
        return answer.to_owned();
    };
    let rest = &answer[start..];
    let end = rest.windows(2).position(|window| window == b"\r\n").map_or(rest.len(), |end| end + 2);
    [&answer[..start], &rest[end..]].concat()
}

fn respond(
    mut stream: &TcpStream,
    status: u16,
    headers: &[(&str, &str)],
    body: &[u8],
) -> std::io::Result<()> {
    let headers: String = headers.iter().map(|(key, value)| format!("{key}: {value}\r\n")).collect();
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status} .\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for group in text.as_bytes().chunks(3) {
        let byte = |place: usize| u32::from(group.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let digit = DIGITS[(bits >> (18 - 6 * place) & 63) as usize];
            encoded.push(if place > group.len() { '=' } else { char::from(digit) });
        }
    }
    encoded
}
