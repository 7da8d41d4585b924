//! The listener as its callers meet it: bytes over loopback.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Mutex, mpsc};
use std::time::Instant;

use super::metrics::testing::fabric;
use super::signature::testing::sign;
use super::*;

const SECRET: &str = "It's a Secret to Everybody";
const PUSH: &str = r#"{"ref":"refs/heads/main","repository":{"full_name":"net/lab","clone_url":"https://bob:hunter2@h/net/lab.git"}}"#;

/// A listener, and where its hints go.
struct Lab {
    runtime: tokio::runtime::Runtime,
    listener: Option<Listener>,
    address: SocketAddr,
    hints: mpsc::Receiver<Hint>,
    fabrics: Arc<Mutex<Vec<FabricMetrics>>>,
}

impl Lab {
    fn new() -> Self {
        Self::with(ListenerSettings { tells_state: true, ..ListenerSettings::default() }, &[SECRET])
    }

    fn with(settings: ListenerSettings, secrets: &[&str]) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let (sender, hints) = mpsc::channel();
        let sender = Mutex::new(sender);
        let fabrics = Arc::new(Mutex::new(vec![fabric("lab")]));
        let (known, secrets): (_, Vec<_>) =
            (Arc::clone(&fabrics), secrets.iter().filter_map(|secret| WebhookSecret::new(secret)).collect());
        let settings = ListenerSettings { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), ..settings };
        let listener = {
            let _inside = runtime.enter();
            Listener::start(
                &settings,
                Arc::new(move || secrets.clone()),
                Arc::new(move |hint| drop(sender.lock().expect("a sender").send(hint))),
                Arc::new(move || Some(known.lock().expect("fabrics").clone())),
            )
            .expect("a listener")
        };
        let address = listener.address();
        Self { runtime, listener: Some(listener), address, hints, fabrics }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        stream
    }

    /// The whole answer to these bytes.
    fn send(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        stream.write_all(bytes).expect("sent");
        answer(&mut stream)
    }

    fn get(&self, path: &str) -> String {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes())
    }

    /// Delivers a body, signed as told, and returns the status.
    fn deliver(&self, event: &str, id: &str, body: &str, signature: &str) -> u16 {
        status(&self.send(&delivery(event, id, body, Some(signature))))
    }

    fn push(&self, id: &str, body: &str) -> u16 {
        self.deliver("push", id, body, &sign(body.as_bytes(), SECRET))
    }

    fn hint(&self) -> Hint {
        self.hints.recv_timeout(Duration::from_secs(5)).expect("a hint")
    }

    fn assert_no_hint(&self) {
        // Hints are passed on in order: whatever came before would be here before this one.
        assert_eq!(self.push("the-last", &PUSH.replace("heads/main", "heads/last")), 202);
        assert_eq!(self.hint().branch.expect("a branch").as_str(), "last");
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        drop(self.listener.take());
        let runtime = std::mem::replace(
            &mut self.runtime,
            tokio::runtime::Builder::new_current_thread().build().expect("a runtime"),
        );
        runtime.shutdown_background();
    }
}

fn delivery(event: &str, id: &str, body: &str, signature: Option<&str>) -> Vec<u8> {
    let signature =
        signature.map(|signature| format!("X-Hub-Signature-256: {signature}\r\n")).unwrap_or_default();
    format!(
        "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-GitHub-Event: {event}\r\n\
         X-GitHub-Delivery: {id}\r\n{signature}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn answer(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8(answer).expect("text")
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{answer:?}"))
}

fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").expect("a body").1
}

#[test]
fn a_signed_push_is_a_hint_and_twice_is_once() {
    let lab = Lab::new();
    assert_eq!(lab.push("1", PUSH), 202);
    let hint = lab.hint();
    assert_eq!(hint.urls.iter().map(|url| url.as_str()).collect::<Vec<_>>(), ["https://h/net/lab.git"]);
    assert_eq!(hint.branch.expect("a branch").as_str(), "main");

    assert_eq!(lab.push("1", PUSH), 202, "a repeat is no fault of the sender's");
    assert_eq!(lab.push("2", PUSH), 202, "the number is not signed");
    assert_eq!(lab.push("1", &PUSH.replace("main", "x")), 202);
    lab.assert_no_hint();
    let page = lab.get("/metrics");
    assert!(page.contains("fgd_webhook_deliveries_total{result=\"repeated\"} 3\n"), "{page}");
    assert!(page.contains("fgd_webhook_deliveries_total{result=\"push\"} 2\n"), "{page}");
    assert!(!page.contains("hunter2") && !page.contains(SECRET));
}

#[test]
fn what_is_not_signed_right_gets_one_and_the_same_answer() {
    let lab = Lab::new();
    let right = sign(PUSH.as_bytes(), SECRET);
    let other = sign(PUSH.as_bytes(), "guess");
    let mut answers = Vec::new();
    for signature in [None, Some(""), Some("sha256="), Some("sha1=00"), Some(other.as_str()), Some("ü")] {
        answers.push(lab.send(&delivery("push", "1", PUSH, signature)));
    }
    answers.push(lab.send(&delivery("push", "1", "{", Some(&right))));
    answers.push(lab.send(&delivery("ping", "1", "", None)));
    for answer in answers {
        assert_eq!(status(&answer), 401, "{answer}");
        assert_eq!(body(&answer), "The signature is missing or wrong.\n");
    }
    // What was refused is not remembered: the genuine one is still new.
    assert_eq!(lab.push("1", PUSH), 202);
    assert_eq!(lab.hint().branch.expect("a branch").as_str(), "main");
}

#[test]
fn without_a_secret_nobody_is_believed() {
    let lab = Lab::with(ListenerSettings::default(), &[]);
    assert_eq!(lab.deliver("push", "1", PUSH, &sign(PUSH.as_bytes(), "")), 401);
}

#[test]
fn the_other_events_do_nothing() {
    let lab = Lab::new();
    let deliver = |event: &str, body: &str| lab.deliver(event, event, body, &sign(body.as_bytes(), SECRET));
    assert_eq!(deliver("ping", "{\"zen\":\"x\"}"), 200);
    assert_eq!(deliver("issues", "{}"), 202);
    assert_eq!(deliver("push", &PUSH.replace("heads", "tags")), 202);
    assert_eq!(deliver("push", "{\"ref\":"), 400);
    lab.assert_no_hint();
}

#[test]
fn too_much_is_refused_whether_it_is_announced_or_not() {
    let lab = Lab::new();
    // Refused by what it announces, before a byte of it came.
    let head = "POST /webhook HTTP/1.1\r\nhost: x\r\ncontent-length: 52428800\r\n\r\n";
    assert_eq!(status(&lab.send(head.as_bytes())), 413);

    let mut stream = lab.connect();
    let size = 3 * 1024 * 1024 + 1;
    let head = format!("POST /webhook HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n{size:x}\r\n");
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&vec![b' '; size])).expect("sent");
    assert_eq!(status(&answer(&mut stream)), 413);

    // The largest that is taken.
    let largest = format!("{PUSH}{}", " ".repeat(size - 1 - PUSH.len()));
    assert_eq!(lab.push("1", &largest), 202);
}

#[test]
fn whoever_is_slow_is_cut_off_and_holds_up_nobody() {
    let settings = ListenerSettings {
        body_time: Duration::from_millis(200),
        connection_time: Duration::from_millis(600),
        ..ListenerSettings::default()
    };
    let lab = Lab::with(settings, &[SECRET]);
    let begun = Instant::now();
    let mut silent = lab.connect();
    let mut half_a_head = lab.connect();
    half_a_head.write_all(b"POST /webhook HTTP/1.1\r\nhost:").expect("sent");
    let mut half_a_body = lab.connect();
    let whole = delivery("push", "1", PUSH, Some(&sign(PUSH.as_bytes(), SECRET)));
    half_a_body.write_all(&whole[..whole.len() - 10]).expect("sent");

    assert_eq!(lab.push("2", PUSH), 202, "others are served meanwhile");
    assert_eq!(status(&answer(&mut half_a_body)), 408);
    assert_eq!(answer(&mut half_a_head), "");
    assert_eq!(answer(&mut silent), "");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn a_sender_who_hangs_up_halfway_leaves_nothing_behind() {
    let lab = Lab::new();
    let whole = delivery("push", "1", PUSH, Some(&sign(PUSH.as_bytes(), SECRET)));
    for cut in [1, 20, whole.len() - PUSH.len(), whole.len() - 1] {
        let mut stream = lab.connect();
        stream.write_all(&whole[..cut]).and_then(|()| stream.shutdown(Shutdown::Both)).expect("sent");
    }
    assert_eq!(lab.push("1", PUSH), 202);
    assert_eq!(lab.hint().branch.expect("a branch").as_str(), "main");
}

#[test]
fn only_what_is_there_is_answered() {
    let lab = Lab::new();
    for (request, expected) in [
        ("GET /", 404),
        ("GET /webhook/x", 404),
        ("GET /metrics/", 404),
        ("POST /", 404),
        ("GET /webhook", 405),
        ("PUT /webhook", 405),
        ("POST /metrics", 405),
        ("DELETE /healthz", 405),
        ("NONSENSE", 400),
    ] {
        let answer =
            lab.send(format!("{request} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n").as_bytes());
        assert_eq!(status(&answer), expected, "{request}");
        let head = answer.to_lowercase();
        assert!(
            !head.contains("\r\nserver:") && !head.contains("hyper") && !head.contains("axum"),
            "{answer}"
        );
        if expected == 405 {
            assert!(head.contains("\r\nallow:"), "{answer}");
        }
    }
    assert_eq!(body(&lab.get("/%3Cscript%3E?x=1")), "There is nothing here.\n", "no echo");

    let quiet = Lab::with(ListenerSettings::default(), &[SECRET]);
    assert_eq!([status(&quiet.get("/healthz")), status(&quiet.get("/metrics"))], [404, 404]);
}

#[test]
fn a_monitor_is_told_how_the_fabrics_stand() {
    let lab = Lab::new();
    let healthy = lab.get("/healthz");
    assert_eq!((status(&healthy), body(&healthy)), (200, "ok\n"));
    let page = lab.get("/metrics");
    assert_eq!(status(&page), 200);
    assert!(page.contains("text/plain; version=0.0.4"), "{page}");
    assert!(body(&page).contains("\nfgd_fabrics 1\n"), "{page}");

    lab.fabrics.lock().expect("fabrics").push(FabricMetrics { alive: false, ..fabric("dead") });
    let ill = lab.get("/healthz");
    assert_eq!((status(&ill), body(&ill)), (503, "1 of 2 fabrics are not looked after.\n"));
}

#[test]
fn an_engine_that_breaks_is_no_healthy_one() {
    let lab = Lab::new();
    let fabrics = Arc::clone(&lab.fabrics);
    // Whoever asks from now on panics.
    drop(
        std::thread::spawn(move || {
            let _held = fabrics.lock();
            panic!("a defect, on purpose");
        })
        .join(),
    );
    assert_eq!(status(&lab.get("/healthz")), 503);
    assert_eq!(status(&lab.get("/metrics")), 503);
}

#[test]
fn dropping_it_frees_the_address() {
    let mut lab = Lab::new();
    assert_eq!(lab.push("1", PUSH), 202);
    drop(lab.listener.take());
    let end = Instant::now() + Duration::from_secs(5);
    while TcpStream::connect(lab.address).is_ok() {
        assert!(Instant::now() < end, "it listens on");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn an_address_that_is_taken_is_said_so() {
    let lab = Lab::new();
    let settings = ListenerSettings { address: lab.address, ..ListenerSettings::default() };
    let _inside = lab.runtime.enter();
    let error = Listener::start(&settings, Arc::new(Vec::new), Arc::new(|_| {}), Arc::new(|| None))
        .expect_err("it is taken");
    assert!(matches!(error, Error::CannotListen { .. }), "{error:?}");
    assert!(error.report().message.contains(&lab.address.to_string()));
}
