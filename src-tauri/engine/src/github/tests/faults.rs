//! What GitHub, or something that passes for it, may do to a client.

use std::time::Duration;

use serde_json::json;

use super::openapi::description;
use super::*;
use crate::error::{Error, ErrorCode};
use crate::view::Proxy;

/// A client of something that is not GitHub.
fn strange(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Lab {
    Lab::with(None, Bounds { bytes: 1 << 20, ..Bounds::default() }, answer)
}

/// The same, with little patience.
fn hurried(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Lab {
    let bounds = Bounds {
        connect: Duration::from_millis(500),
        read: Duration::from_millis(300),
        whole: Duration::from_millis(600),
        bytes: 1 << 20,
    };
    Lab::with(None, bounds, answer)
}

async fn error_of(lab: &Lab) -> Error {
    let error = lab.github.account().await.expect_err("an error");
    assert!(!format!("{error} {error:?} {:?}", error.report()).contains(TOKEN), "{error}");
    error
}

#[tokio::test]
async fn a_refused_token_is_not_repeated() {
    let Some(description) = description() else { return };
    let lab = Lab::new(description, |_| Reply::error(401, &format!("Bad credentials: {TOKEN}")));
    let error = error_of(&lab).await;
    assert_eq!(error.code(), ErrorCode::AuthRefused);
    assert_eq!(error.to_string(), format!("{} refused the sign-in", lab.fake.base));
}

#[tokio::test]
async fn a_refusal_does_not_repeat_the_token() {
    let Some(description) = description() else { return };
    let lab = Lab::new(description, |_| Reply::error(403, &format!("no\r\nright for {TOKEN}.")));
    assert_eq!(
        error_of(&lab).await.to_string(),
        "GitHub refused to say who the token is: no right for <redacted> (403)"
    );
}

#[tokio::test]
async fn what_is_no_answer_of_github_is_an_error() {
    let deep = "[".repeat(100_000);
    let cases = [
        (Reply::odd(200, "text/html", "<html>Please log in</html>"), "a web page answered GET /user"),
        (Reply::odd(200, "application/json", "{\"login\": 7}"), "can't be read (line 1, column 11)"),
        (Reply::odd(200, "application/json", "[]"), "can't be read"),
        (Reply::odd(200, "application/json", ""), "can't be read"),
        (Reply::odd(200, "application/json", deep), "can't be read"),
        (Reply::odd(200, "application/json", vec![0xff, 0xfe]), "can't be read"),
        (Reply::odd(200, "application/json", vec![b' '; (1 << 20) + 1]), "is larger than 1 MB"),
        (Reply::odd(500, "text/plain", "oops"), "GET /user was answered: status 500"),
        (Reply::odd(200, "application/json", "{\"login\": \"a\", \"name\": {}}"), "can't be read"),
    ];
    for (reply, expected) in cases {
        let lab = strange(move |_| reply.clone());
        let error = error_of(&lab).await;
        assert_eq!(error.code(), ErrorCode::GitHub, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for() {
    let began = std::time::Instant::now();
    let lab = hurried(|_| Reply::slow());
    assert_eq!(error_of(&lab).await.code(), ErrorCode::RemoteStalled);
    assert!(began.elapsed() < Duration::from_secs(2));
    let lab = hurried(|_| {
        std::thread::sleep(Duration::from_millis(800));
        Reply::empty(204)
    });
    assert_eq!(error_of(&lab).await.code(), ErrorCode::RemoteStalled);
}

#[tokio::test]
async fn a_server_that_goes_away_is_out_of_reach() {
    let lab = strange(|_| Reply::cut());
    assert_eq!(error_of(&lab).await.code(), ErrorCode::RemoteUnreachable);
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("port").local_addr().expect("address");
    let host = Host::at(&format!("http://{closed}"));
    let token = Token::parse(TOKEN).expect("token");
    let github = GitHub::new(&host, &token, SharedBudget::default(), &direct()).expect("client");
    let error = github.account().await.expect_err("nobody there");
    assert_eq!(error.code(), ErrorCode::RemoteUnreachable);
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_proxy_is_asked_where_the_settings_name_one() {
    let proxy = Fake::start(None, |_| Reply::odd(200, "application/json", "{\"login\": \"ada\"}"));
    // A name that nobody but the proxy could know.
    let host = Host::at("http://github.example.invalid");
    let token = Token::parse(TOKEN).expect("token");
    let way = WayOut { proxy: Proxy::At { url: proxy.base.clone() }, ca_file: None };
    let connector = Connector::new(&way).expect("connector");
    let github = GitHub::new(&host, &token, SharedBudget::default(), &connector).expect("client");
    drop(github.account().await);
    let asked: Vec<String> = proxy.seen().iter().map(|seen| seen.path.clone()).collect();
    assert!(asked.iter().all(|path| path.starts_with("http://github.example.invalid/")), "{asked:?}");
    assert!(!asked.is_empty());
    let github = GitHub::new(&host, &token, SharedBudget::default(), &direct()).expect("client");
    assert_eq!(github.account().await.expect_err("nobody").code(), ErrorCode::RemoteUnreachable);
}

#[tokio::test]
async fn a_file_of_authorities_that_holds_none_is_told() {
    let home = tempfile::tempdir().expect("directory");
    let file = home.path().join("ca.pem");
    let with = |file: &std::path::Path| {
        let way = WayOut { ca_file: Some(file.to_owned()), proxy: Proxy::System };
        Connector::new(&way).map(drop)
    };
    let error = with(&file).expect_err("not there");
    assert_eq!(error.code(), ErrorCode::SettingInvalid);
    assert!(error.to_string().contains("ca.pem"), "{error}");
    std::fs::write(&file, "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
        .expect("written");
    assert_eq!(with(&file).expect_err("no certificate").code(), ErrorCode::SettingInvalid);
}

/// While octocrab is built with its feature `follow-redirect`, a layer of its own follows some of these to
/// any host, without the token; this module's own rule is stricter, and holds where that layer is left out.
#[tokio::test]
async fn another_host_is_never_told_the_token() {
    for status in [301, 302, 303, 307, 308] {
        let other = Fake::start(None, |_| Reply::odd(200, "application/json", "{\"login\": \"mallory\"}"));
        let location = format!("{}/user", other.base);
        let lab = strange(move |_| Reply::odd(status, "text/plain", "").with("location", &location));
        let _ = lab.github.account().await;
        for seen in other.seen() {
            assert_eq!(seen.headers.get("authorization"), None, "{status}");
        }
        let body = json!({ "name": "x" });
        let route = crate::github::route::Route::new(["user", "repos"]);
        let _ = lab.github.change(axum::http::Method::POST, &route, Some(&body)).await;
        for seen in other.seen() {
            assert_eq!((seen.headers.get("authorization"), &seen.body), (None, &None), "{status}");
        }
    }
}

#[tokio::test]
async fn a_change_is_sent_on_within_the_host_and_not_in_circles() {
    let lab = strange(|_| Reply::odd(307, "text/plain", "").with("location", "/again"));
    let body = json!({ "name": "x" });
    let route = crate::github::route::Route::new(["user", "repos"]);
    let circle = lab.github.change(axum::http::Method::POST, &route, Some(&body)).await;
    assert!(circle.expect_err("a circle").to_string().contains("in a circle"));
    let seen = lab.fake.seen();
    assert_eq!(seen.len(), 4);
    assert!(seen.iter().all(|seen| seen.method == "POST" && seen.body.as_ref() == Some(&body)));
}

#[tokio::test]
async fn a_change_is_sent_once_where_the_answer_is_lost() {
    let lab = strange(|_| Reply::cut());
    let route = crate::github::route::Route::new(["user", "repos"]);
    let lost = lab.github.change(axum::http::Method::POST, &route, Some(&json!({ "name": "x" }))).await;
    assert_eq!(lost.expect_err("lost").code(), ErrorCode::RemoteUnreachable);
    assert_eq!(lab.fake.seen().len(), 1);
}

#[tokio::test]
async fn a_limit_stops_all_that_share_the_budget() {
    let Some(description) = description() else { return };
    let limited = || Reply::error(403, "You have exceeded a secondary rate limit. Please wait.");
    for (reply, wait) in
        [(limited(), 60), (limited().with("retry-after", "17"), 17), (Reply::error(429, "x"), 60)]
    {
        let lab = Lab::new(description, move |_| reply.clone());
        let error = error_of(&lab).await;
        let Error::GitHubLimited { until, .. } = &error else { panic!("{error}") };
        assert_eq!(until.as_millis() - lab.clock.now().as_millis(), wait * 1000);
        let other = lab.github.clone();
        assert_eq!(other.check(&fabrics()).await.expect_err("limited").code(), ErrorCode::GitHubLimited);
        assert_eq!(lab.fake.seen().len(), 1, "the second was not sent");
        assert!(lab.github.budget().lock().view(lab.clock.now(), None).why.is_some());
    }
}

#[test]
fn outside_a_runtime_there_is_an_error_and_no_panic() {
    let token = Token::parse(TOKEN).expect("token");
    let made = GitHub::new(&Host::github(), &token, SharedBudget::default(), &direct());
    assert_eq!(made.expect_err("no runtime").code(), ErrorCode::Internal);
}
