//! Signing in by a code. It is not part of the API's description; GitHub's page "Authorizing OAuth apps" and
//! RFC 8628 say what is answered.

use std::future::{pending, ready};
use std::sync::Mutex;

use serde_json::{Value, json};

use super::*;
use crate::error::ErrorCode;
use crate::github::{ClientId, DeviceCode, DeviceOutcome, DeviceSignIn, DeviceStart};

fn code() -> Value {
    json!({ "device_code": "device-secret", "user_code": "WDJB-MJHT", "expires_in": 900, "interval": 5,
        "verification_uri": "https://github.com/login/device" })
}

/// A GitHub that answers the questions for a token one by one, the last for ever.
fn answering(code: Value, answers: Vec<Reply>) -> Fake {
    let answers = Mutex::new(answers);
    Fake::start(None, move |seen| {
        if seen.path == "/login/device/code" {
            return Reply::json(200, code.clone());
        }
        let mut answers = answers.lock().expect("lock");
        if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() }
    })
}

fn says(error: &str) -> Reply {
    Reply::json(200, json!({ "error": error, "error_description": "Words.", "error_uri": "https://x" }))
}

async fn start(fake: &Fake) -> (DeviceSignIn, DeviceCode, Arc<TestClock>) {
    let clock = Arc::new(TestClock::default());
    let of: Arc<dyn Clock> = Arc::clone(&clock) as Arc<dyn Clock>;
    let bounds = Bounds { read: Duration::from_millis(300), ..Bounds::default() };
    let client = ClientId::parse("Iv1.8a61f9b3a7aba766");
    let connector = Connector::within(&WayOut::default(), bounds).expect("connector");
    let started =
        DeviceSignIn::start_with(&Host::at(&fake.base), client, of, &connector).await.expect("start");
    let DeviceStart::Started(sign_in, code) = started else { panic!("{started:?}") };
    (*sign_in, code, clock)
}

#[tokio::test]
async fn a_code_that_is_entered_becomes_a_token() {
    let token = Reply::json(
        200,
        json!({ "access_token": "gho_the-token", "token_type": "bearer", "scope": "repo,admin:repo_hook" }),
    );
    let slow = Reply::json(200, json!({ "error": "slow_down", "interval": 12 }));
    let pending = || says("authorization_pending");
    let fake = answering(
        code(),
        vec![pending(), says("slow_down"), pending(), slow, pending(), Reply::cut(), token],
    );
    let (sign_in, code, clock) = start(&fake).await;
    assert_eq!(code.view().user_code, "WDJB-MJHT");
    assert_eq!(code.expires.as_millis() - clock.now().as_millis(), 900_000);
    let outcome = sign_in.wait(&code, std::future::pending()).await.expect("outcome");
    let DeviceOutcome::SignedIn { token } = outcome else { panic!("{outcome:?}") };
    assert_eq!(token.expose(), "gho_the-token");
    // Slower by five seconds, then as slow as was told; a lost answer changes nothing.
    assert_eq!(clock.slept(), [5, 5, 10, 10, 12, 12, 12]);
    let seen = fake.seen();
    let asked = seen[0].body.clone().expect("body");
    assert_eq!(asked, json!({ "client_id": "Iv1.8a61f9b3a7aba766", "scope": "repo admin:repo_hook" }));
    assert_eq!(seen[0].headers["accept"], "application/json");
    let asked = seen[1].body.clone().expect("body");
    assert_eq!(asked["grant_type"], "urn:ietf:params:oauth:grant-type:device_code");
    assert_eq!(asked["device_code"], "device-secret");
    assert!(!format!("{code:?} {sign_in:?}").contains("device-secret"));
}

#[tokio::test]
async fn a_sign_in_ends_in_other_ways() {
    let mut found = Vec::new();
    for error in ["expired_token", "access_denied", "incorrect_device_code", "device_flow_disabled"] {
        let fake = answering(code(), vec![says(error)]);
        let (sign_in, code, _) = start(&fake).await;
        found.push(match sign_in.wait(&code, pending()).await.expect("outcome") {
            DeviceOutcome::Expired => "expired".to_owned(),
            DeviceOutcome::Denied => "denied".to_owned(),
            DeviceOutcome::Refused { reason } => reason,
            DeviceOutcome::SignedIn { .. } => "signed in".to_owned(),
        });
    }
    assert_eq!(found, ["expired", "denied", "Words", "Words"]);
}

#[tokio::test]
async fn a_code_that_nobody_enters_is_left_in_time() {
    let fake = answering(code(), vec![says("authorization_pending")]);
    let (sign_in, code, clock) = start(&fake).await;
    let outcome = sign_in.wait(&code, pending()).await.expect("outcome");
    assert!(matches!(outcome, DeviceOutcome::Expired), "{outcome:?}");
    assert_eq!(clock.slept().iter().sum::<u64>(), 900);
}

#[tokio::test]
async fn a_sign_in_is_cancelled_at_once() {
    let fake = answering(code(), vec![says("authorization_pending")]);
    let (sign_in, code, clock) = start(&fake).await;
    let error = sign_in.wait(&code, ready(())).await.expect_err("cancelled");
    assert_eq!(error.code(), ErrorCode::Cancelled);
    assert!(clock.slept().is_empty());
}

#[tokio::test]
async fn without_an_identifier_there_is_no_sign_in() {
    let started = DeviceSignIn::start(&Host::github(), None, &direct()).await.expect("start");
    assert!(matches!(started, DeviceStart::NotSetUp));
    for bad in ["", "a b", "a\nb", "ü"] {
        assert!(ClientId::parse(bad).is_none(), "{bad:?}");
    }
}

#[tokio::test]
async fn a_host_that_does_not_offer_it_says_so() {
    for reply in [says("device_flow_disabled"), Reply::error(404, "Not Found"), says("unauthorized_client")] {
        let fake = Fake::start(None, move |_| reply.clone());
        let host = Host::at(&fake.base);
        let started = DeviceSignIn::start(&host, ClientId::parse("x"), &direct()).await.expect("start");
        assert!(matches!(started, DeviceStart::NotOffered { .. }), "{started:?}");
    }
}

#[tokio::test]
async fn a_page_of_another_host_is_not_opened() {
    for (told, own) in [("https://evil.org/login/device", true), ("javascript:alert(1)", true), ("", true)] {
        let fake =
            answering(patched(code(), json!({ "verification_uri": told })), vec![says("access_denied")]);
        let (_, code, _) = start(&fake).await;
        assert_eq!(code.verification_url == format!("{}/login/device", fake.base), own, "{told}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_an_error() {
    for body in ["<html>", "{}", "{\"access_token\": \"a b\"}", "{\"access_token\": 7}"] {
        let fake = answering(code(), vec![Reply::odd(200, "application/json", body)]);
        let (sign_in, code, _) = start(&fake).await;
        let error = sign_in.wait(&code, pending()).await.expect_err(body);
        assert_eq!(error.code(), ErrorCode::GitHub, "{body}");
    }
}
