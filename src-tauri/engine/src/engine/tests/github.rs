//! Signing in by code, repositories and webhooks, as the window asks for them.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, Mutex};

use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::account::{Account, Keeping, Method, NewAccount};
use crate::engine::Engine;
use crate::error::ErrorCode;
use crate::git::Repo;
use crate::github::tests::fake::{Fake, Reply};
use crate::github::tests::openapi::description;
use crate::github::{ClientId, Host};
use crate::id::{BranchName, FabricId, RemoteUrl};
use crate::view::{GitHubSignInEnd, GitHubSignInStart, NewGitHubRepository};

const TOKEN: &str = "ghp_the-secret-token";

fn engine(home: &Path) -> Engine {
    Engine::open(&home.join("data"), Arc::new(|_| {})).expect("engine")
}

fn token_at(base: &str) -> NewAccount {
    NewAccount {
        place: base.to_owned(),
        method: Method::Token,
        user: None,
        key_file: None,
        secret: Some(TOKEN.to_owned()),
        keep: Keeping::Session,
        github_api: Some(base.to_owned()),
    }
}

/// A fabric whose remote is `acme/fabrics` there.
async fn fabric_at(engine: &Engine, home: &Path, base: &str) -> FabricId {
    let clone = home.join("clone");
    let main = BranchName::parse("main").expect("name");
    let repo = Repo::init(&clone, &main).expect("a clone");
    repo.set_remote("origin", &RemoteUrl::from_clean(format!("{base}/acme/fabrics.git"))).expect("a remote");
    engine.fabric_at(clone.join("lab")).await.expect("a fabric")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_entered_becomes_an_account() {
    let home = tempfile::tempdir().expect("directory");
    let asked = Mutex::new(0);
    let fake = Fake::start(None, move |seen| match seen.path.as_str() {
        "/login/device/code" => Reply::json(
            200,
            json!({ "device_code": "device-secret", "user_code": "WDJB-MJHT", "expires_in": 900, "interval": 1 }),
        ),
        "/login/oauth/access_token" => {
            let mut asked = asked.lock().expect("lock");
            *asked += 1;
            let says = |error: &str| Reply::json(200, json!({ "error": error }));
            match *asked {
                1 => says("access_denied"),
                2 => says("authorization_pending"),
                _ => Reply::json(
                    200,
                    json!({ "access_token": TOKEN, "token_type": "bearer", "scope": "repo" }),
                ),
            }
        }
        "/api/v3/user" => {
            Reply::json(200, json!({ "login": "olga", "name": null })).with("x-oauth-scopes", "repo")
        }
        other => Reply::error(404, other),
    });
    let engine = engine(home.path());
    let host = Host::parse(&fake.base).expect("a host");
    let client = || ClientId::parse("Iv1.8a61f9b3a7aba766");
    assert_eq!(
        engine.begin_sign_in_at(host.clone(), None).await.expect("start"),
        GitHubSignInStart::NotSetUp
    );
    let nothing = engine.finish_github_sign_in(Keeping::Session).await.expect_err("nothing was begun");
    assert_eq!(nothing.code(), ErrorCode::Cancelled);

    engine.begin_sign_in_at(host.clone(), client()).await.expect("start");
    assert_eq!(engine.finish_github_sign_in(Keeping::Session).await.expect("end"), GitHubSignInEnd::Denied);
    assert_eq!(engine.accounts().await.expect("accounts"), Vec::<Account>::new());

    let started = engine.begin_sign_in_at(host, client()).await.expect("start");
    let GitHubSignInStart::Code { code } = started else { panic!("{started:?}") };
    assert_eq!(code.user_code, "WDJB-MJHT");
    let ended = engine.finish_github_sign_in(Keeping::Session).await.expect("end");
    let GitHubSignInEnd::SignedIn { account, login } = ended else { panic!("{ended:?}") };
    assert_eq!((login.as_str(), account.place.as_str()), ("olga", fake.base.as_str()));
    assert_eq!(account.github_api, Some(format!("{}/api/v3", fake.base)));
    assert_eq!(engine.accounts().await.expect("accounts"), vec![account.clone()]);
    let who = engine.github_account(account.id).await.expect("who");
    assert_eq!((who.login.as_str(), who.scopes), ("olga", Some(vec!["repo".to_owned()])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_is_cancelled_ends_at_once() {
    let home = tempfile::tempdir().expect("directory");
    let fake = Fake::start(None, |seen| match seen.path.as_str() {
        "/login/device/code" => Reply::json(
            200,
            json!({ "device_code": "device-secret", "user_code": "WDJB-MJHT", "expires_in": 900, "interval": 60 }),
        ),
        other => Reply::error(404, other),
    });
    let engine = engine(home.path());
    let host = Host::parse(&fake.base).expect("a host");
    engine.begin_sign_in_at(host, ClientId::parse("Iv1.8a61f9b3a7aba766")).await.expect("start");
    let (waits, ends) = (engine.clone(), engine.clone());
    let waiting = tokio::spawn(async move { waits.finish_github_sign_in(Keeping::Session).await });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    ends.cancel_github_sign_in();
    let ended = waiting.await.expect("it ends").expect_err("cancelled");
    assert_eq!(ended.code(), ErrorCode::Cancelled);
}

#[tokio::test(flavor = "multi_thread")]
async fn repositories_are_chosen_and_made() {
    let Some(description) = description() else { return };
    let home = tempfile::tempdir().expect("directory");
    let mut body = description.example("get", "/repos/{owner}/{repo}", 200);
    for (name, value) in [
        ("full_name", json!("acme/fabrics")),
        ("permissions", json!({ "admin": true, "push": true, "pull": true })),
        ("language", Value::Null),
    ] {
        body[name] = value;
    }
    let fake = Fake::start(None, move |seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "/user/repos") => Reply::json(200, json!([body])),
        ("POST", "/user/repos") => Reply::json(201, body.clone()),
        ("POST", _) => Reply::error(403, "You need admin access to the organization."),
        (_, other) => Reply::error(404, other),
    });
    let engine = engine(home.path());
    let account = engine.add_account(token_at(&fake.base)).await.expect("kept").id;
    let found = |filter: &str| engine.github_repositories(account.clone(), filter.to_owned());
    assert_eq!(found("FAB").await.expect("listed").repositories[0].full_name, "acme/fabrics");
    assert_eq!(found("other").await.expect("listed").repositories.len(), 0);
    let new = |organisation: Option<&str>, name: &str| NewGitHubRepository {
        organisation: organisation.map(str::to_owned),
        name: name.to_owned(),
        description: String::new(),
        public: false,
    };
    let made = engine.create_github_repository(account.clone(), new(Some(" "), "fabrics")).await;
    assert_eq!(made.expect("made").full_name, "acme/fabrics");
    for (wanted, code) in [
        (new(Some("acme"), "fabrics"), ErrorCode::GitHubRefused),
        (new(None, "a b"), ErrorCode::AccountInvalid),
    ] {
        let refused = engine.create_github_repository(account.clone(), wanted).await.expect_err("refused");
        assert_eq!(refused.code(), code);
    }
}

/// A delivery as GitHub sends one; the status that it was answered with.
fn deliver(address: &str, secret: &str, delivery: &str) -> u16 {
    let body = json!({ "ref": "refs/heads/main", "repository": { "full_name": "acme/fabrics", "clone_url": "https://x/acme/fabrics.git" } })
        .to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
    mac.update(body.as_bytes());
    let signature: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(
        stream,
        "POST /webhook HTTP/1.1\r\nHost: x\r\nX-GitHub-Event: push\r\nX-GitHub-Delivery: {delivery}\r\n\
         X-Hub-Signature-256: sha256={signature}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_registered_believed_and_removed() {
    let Some(description) = description() else { return };
    let home = tempfile::tempdir().expect("directory");
    let hook = description.example("post", "/repos/{owner}/{repo}/hooks", 201);
    let fake = Fake::start(Some(description), move |seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("GET", "/repos/acme/fabrics/hooks") => Reply::json(200, json!([])),
        ("POST", "/repos/acme/fabrics/hooks") => Reply::json(201, hook.clone()),
        ("GET", _) => Reply::json(200, hook.clone()),
        ("POST" | "DELETE", _) => Reply::empty(204),
        (_, other) => Reply::error(404, other),
    });
    let engine = engine(home.path());
    let fabric = fabric_at(&engine, home.path(), &fake.base).await;
    let url = "https://tunnel.example/webhook".to_owned();
    let register = || engine.register_webhook(fabric.clone(), url.clone(), Keeping::Session);
    let unknown = register().await.expect_err("no account is kept for the host");
    assert_eq!(unknown.code(), ErrorCode::SettingInvalid);
    engine.add_account(token_at(&fake.base)).await.expect("kept");
    assert_eq!(engine.webhook(fabric.clone()).await.expect("none"), None);
    assert_eq!(register().await.expect("registered").url, url);

    let registered = fake.seen().into_iter().find(|seen| seen.line() == "POST /repos/acme/fabrics/hooks");
    let config = registered.and_then(|seen| seen.body).expect("a body")["config"].clone();
    let secret = config["secret"].as_str().expect("a secret").to_owned();
    assert!(secret.len() >= 32);
    assert_eq!((&config["url"], &config["content_type"]), (&json!(url), &json!("json")));
    assert!(engine.webhook(fabric.clone()).await.expect("asked").is_some());

    let off = engine.listener().await.expect("the listener");
    assert_eq!((off.on, off.listening), (false, None), "off by default");
    let on = engine.set_listener(true, Some("127.0.0.1:0".to_owned())).await.expect("on");
    let address = on.listening.expect("it listens");
    assert_eq!(deliver(&address, &secret, "one"), 202);
    assert_eq!(deliver(&address, "another secret", "two"), 401);

    engine.remove_webhook(fabric.clone()).await.expect("removed");
    assert_eq!(deliver(&address, &secret, "three"), 401, "it is believed no more");
    assert_eq!(engine.webhook(fabric.clone()).await.expect("asked"), None);
    assert!(fake.lines().iter().any(|line| line.starts_with("DELETE /repos/acme/fabrics/hooks/")));
    let off = engine.set_listener(false, None).await.expect("off");
    assert_eq!(off.listening, None);
}
