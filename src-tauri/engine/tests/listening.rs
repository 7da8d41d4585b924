//! The listener over a real engine: a webhook brings a teammate's push, a monitor sees how things stand.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use fgd_engine::{Engine, ListenerSettings, WebhookSecret};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::lab::{Lab, git, switch};

fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    stream.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

fn deliver(address: SocketAddr, number: u32, body: &str, secret: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(body.as_bytes());
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let length = body.len();
    ask(
        address,
        &format!(
            "POST /webhook HTTP/1.1\r\nhost: x\r\nx-github-event: push\r\nx-github-delivery: {number}\r\n\
             x-hub-signature-256: sha256={digits}\r\ncontent-length: {length}\r\n\r\n{body}"
        ),
    )
}

fn settings() -> ListenerSettings {
    ListenerSettings {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        tells_state: true,
        ..ListenerSettings::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_starts_looks_after_the_list() {
    let (lab, id) = Lab::with_fabric().await;
    lab.engine.list(id).await.expect("listed");
    let other = Engine::open(lab.engine.home(), std::sync::Arc::new(|_| {})).expect("an engine");
    let listener = other.listen(&settings(), Vec::new()).expect("a listener");
    let page = || ask(listener.address(), "GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n");

    other.keep_time();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(page().contains("\nfgd_fabrics 0\n"), "{}", page());

    other.start();
    let patience = Instant::now() + Duration::from_secs(30);
    while !page().contains("\nfgd_fabrics 1\n") {
        assert!(Instant::now() < patience, "waited in vain for the list");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_brings_what_a_teammate_pushed() {
    let (lab, id) = Lab::with_fabric().await;
    let settings = settings();
    let secret = WebhookSecret::new("swordfish").expect("a secret");
    let listener = lab.engine.listen(&settings, vec![secret]).expect("a listener");
    // No timer: after the first look, only a hint brings news.
    lab.engine.look_after(&id);
    let patience = Instant::now() + Duration::from_secs(30);
    while lab.view(&id).await.next_check.is_none() {
        assert!(Instant::now() < patience, "waited in vain for the first look");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    lab.teammate_pushes("lab/managed/switches/leaf-09.yaml", &switch("leaf-09", "spine"));
    let arrived = lab.clone.join("lab/managed/switches/leaf-09.yaml");
    let push = |branch: &str| {
        let origin = lab.origin.to_str().expect("path");
        format!("{{\"ref\":\"refs/heads/{branch}\",\"repository\":{{\"clone_url\":{origin:?}}}}}")
    };

    let answer = deliver(listener.address(), 1, &push("main"), "guess");
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let answer = deliver(listener.address(), 2, &push("another"), "swordfish");
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!arrived.exists(), "nothing said that this branch moved");

    let answer = deliver(listener.address(), 3, &push("main"), "swordfish");
    assert!(answer.starts_with("HTTP/1.1 202 "), "{answer}");
    // The file is there before the branch and the index are.
    while !arrived.exists() || !git(&lab.clone, &["status", "--porcelain"]).is_empty() {
        assert!(Instant::now() < patience, "waited in vain for the push");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }

    let page = ask(listener.address(), "GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n");
    let name = lab.view(&id).await.name;
    let series = format!("{{fabric=\"{name}\",id=\"{id}\"");
    for line in [
        "fgd_fabrics 1".to_owned(),
        format!("fgd_fabric_up{series}}} 1"),
        format!("fgd_operations_total{series},kind=\"sync\",outcome=\"done\"}} "),
        format!("fgd_last_contact_timestamp_seconds{series}}} 1"),
    ] {
        assert!(page.lines().any(|found| found.starts_with(&line)), "{line}\n{page}");
    }
    let health = ask(listener.address(), "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    assert!(health.starts_with("HTTP/1.1 200 ") && health.ends_with("\r\n\r\nok\n"), "{health}");
}
