//! Where a branch is, what stands in its way, and being told of pushes.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};

use super::openapi::{Description, description};
use super::*;
use crate::github::rules::{BranchRules, Bypass};
use crate::github::{DirectPush, ETag, Found, HookId, HookOutcome, LastDelivery, Webhook};

const SHA: &str = "aa218f56b14c9653891f9e74264a383fa43fefbd";

#[tokio::test]
async fn a_branch_that_did_not_move_is_not_counted() {
    let Some(description) = description() else { return };
    let reference = description.example("get", "/repos/{owner}/{repo}/git/ref/{ref}", 200);
    let lab = Lab::new(description, move |seen| {
        let left = |reply: Reply| {
            reply
                .with("x-ratelimit-limit", "5000")
                .with("x-ratelimit-remaining", "4990")
                .with("x-ratelimit-reset", "1782904333")
        };
        match seen.headers.get("if-none-match").map(String::as_str) {
            Some("W/\"1\"") => left(Reply::empty(304)),
            _ => left(
                Reply::json(200, reference.clone()).with("etag", "W/\"1\"").with("x-poll-interval", "60"),
            ),
        }
    });
    let name = branch("feature/leaf");
    let first = lab.github.poll_branch(&fabrics(), &name, None).await.expect("answer");
    assert_eq!(first.interval, Some(Duration::from_secs(60)));
    let Found::At { revision, etag: Some(etag) } = first.found else { panic!("{first:?}") };
    assert_eq!(revision.as_str(), SHA);
    assert_eq!(lab.fake.lines(), ["GET /repos/acme/fabrics/git/ref/heads/feature/leaf"]);
    let etag = ETag::from_stored(&etag.to_stored()).expect("stored");
    let again = lab.github.poll_branch(&fabrics(), &name, Some(&etag)).await.expect("answer");
    assert_eq!(again.found, Found::NotModified);
    // Of another branch, or with another token, the ETag is not sent.
    let other = lab.github.poll_branch(&fabrics(), &branch("main"), Some(&etag)).await.expect("answer");
    assert!(matches!(other.found, Found::At { .. }));
    let token = Token::parse("ghp_other").expect("token");
    let github =
        GitHub::new(&Host::at(&lab.fake.base), &token, SharedBudget::default(), &direct()).expect("client");
    let other = github.poll_branch(&fabrics(), &name, Some(&etag)).await.expect("answer");
    assert!(matches!(other.found, Found::At { .. }));
    assert_eq!(lab.github.budget().lock().view(lab.clock.now(), None).remaining, Some(4990));
}

#[tokio::test]
async fn a_branch_that_is_not_there_is_missing() {
    let Some(description) = description() else { return };
    for (status, message) in [(404, "Not Found"), (409, "Git Repository is empty.")] {
        let lab = Lab::new(description, move |_| Reply::error(status, message));
        let polled = lab.github.poll_branch(&fabrics(), &branch("main"), None).await.expect("answer");
        assert_eq!(polled.found, Found::Missing);
    }
}

#[tokio::test]
async fn a_commit_that_is_none_is_not_believed() {
    let Some(description) = description() else { return };
    let reference = description.example("get", "/repos/{owner}/{repo}/git/ref/{ref}", 200);
    let odd = patched(reference, json!({ "object": { "sha": "AA218F56B14C9653891F9E74264A383FA43FEFBD" } }));
    let lab = Lab::new(description, move |_| Reply::json(200, odd.clone()));
    assert!(lab.github.poll_branch(&fabrics(), &branch("main"), None).await.is_err());
}

/// A repository's answers about its branch `main`.
struct Setting {
    rules: Value,
    branch: Option<Value>,
    protection: Option<Value>,
    bypass: &'static str,
}

async fn rules_of(description: &'static Description, setting: Setting) -> (BranchRules, Vec<String>) {
    let lab = Lab::new(description, move |seen| {
        let path = seen.path.strip_prefix("/repos/acme/fabrics").expect("path");
        let or_missing = |found: &Option<Value>, template: &str| match found {
            Some(changes) => {
                Reply::json(200, patched(description.example("get", template, 200), changes.clone()))
            }
            None => Reply::error(404, "Not Found"),
        };
        match path {
            "/rules/branches/main" => Reply::json(200, setting.rules.clone()),
            "/branches/main" => or_missing(&setting.branch, "/repos/{owner}/{repo}/branches/{branch}"),
            "/branches/main/protection" => {
                or_missing(&setting.protection, "/repos/{owner}/{repo}/branches/{branch}/protection")
            }
            "/rulesets/42" => or_missing(
                &Some(json!({ "current_user_can_bypass": setting.bypass })),
                "/repos/{owner}/{repo}/rulesets/{ruleset_id}",
            ),
            other => panic!("{other}"),
        }
    });
    let rules = lab.github.branch_rules(&fabrics(), &branch("main")).await.expect("rules");
    (rules, lab.fake.lines())
}

fn free() -> Option<Value> {
    Some(json!({ "protected": false, "protection": { "enabled": false } }))
}

#[tokio::test]
async fn a_branch_without_rules_is_free() {
    let Some(description) = description() else { return };
    let setting = Setting { rules: json!([]), branch: free(), protection: None, bypass: "never" };
    let (rules, asked) = rules_of(description, setting).await;
    assert_eq!((rules.direct_push(), rules.exists, asked.len()), (DirectPush::Allowed, true, 2));
    let setting = Setting { rules: json!([]), branch: None, protection: None, bypass: "never" };
    let (rules, _) = rules_of(description, setting).await;
    assert_eq!((rules.direct_push(), rules.exists), (DirectPush::Allowed, false));
}

#[tokio::test]
async fn a_ruleset_refuses_a_push_unless_one_is_above_it() {
    let Some(description) = description() else { return };
    let source =
        json!({ "ruleset_source_type": "Repository", "ruleset_source": "acme/fabrics", "ruleset_id": 42 });
    let pull_request = patched(
        json!({
            "type": "pull_request",
            "parameters": {
                "required_approving_review_count": 1, "dismiss_stale_reviews_on_push": false,
                "require_code_owner_review": false, "require_last_push_approval": false,
                "required_review_thread_resolution": false,
            },
        }),
        source.clone(),
    );
    let checks = patched(
        json!({
            "type": "required_status_checks",
            "parameters": {
                "required_status_checks": [{ "context": "lint" }],
                "strict_required_status_checks_policy": true,
            },
        }),
        source,
    );
    for (bypass, can, allowed) in [
        ("never", Bypass::No, false),
        ("pull_requests_only", Bypass::No, false),
        ("always", Bypass::Yes, true),
    ] {
        let rules = json!([pull_request, checks]);
        let setting = Setting { rules, branch: free(), protection: None, bypass };
        let (rules, asked) = rules_of(description, setting).await;
        assert!(rules.protected && rules.pull_request_required);
        assert_eq!((rules.required_checks.as_slice(), rules.can_bypass), (&["lint".to_owned()][..], can));
        assert_eq!(rules.direct_push() == DirectPush::Allowed, allowed, "{bypass}");
        assert_eq!(asked.last().map(String::as_str), Some("GET /repos/acme/fabrics/rulesets/42"));
        assert!(
            rules
                .view()
                .sentence
                .starts_with("main takes changes by pull request only and wants lint passed first")
        );
    }
}

#[tokio::test]
async fn protection_is_read_as_far_as_it_is_shown() {
    let Some(description) = description() else { return };
    let protected = || {
        Some(json!({ "protected": true, "protection": { "enabled": true, "required_status_checks": {
            "enforcement_level": "everyone", "contexts": [], "checks": [],
        } } }))
    };
    // To a writer, GitHub shows that there is protection, and hides most of it.
    let setting = Setting { rules: json!([]), branch: protected(), protection: None, bypass: "never" };
    let (rules, _) = rules_of(description, setting).await;
    assert!(rules.protected && rules.partly_hidden);
    assert!(matches!(rules.direct_push(), DirectPush::Unknown(_)));
    // An administrator sees all, and is above it unless it says otherwise.
    for (enforced, can) in [(true, Bypass::No), (false, Bypass::Yes)] {
        // Some of GitHub's example is from before its description: it is replaced.
        let protection = Some(json!({
            "enforce_admins": { "enabled": enforced }, "restrictions": { "apps": [], "teams": [] },
            "required_pull_request_reviews": { "dismissal_restrictions": { "apps": [], "teams": [] } },
            "required_status_checks": { "checks": [] },
        }));
        let setting = Setting { rules: json!([]), branch: protected(), protection, bypass: "never" };
        let (rules, _) = rules_of(description, setting).await;
        assert!(rules.pull_request_required && !rules.partly_hidden);
        assert_eq!(rules.required_checks, ["continuous-integration/travis-ci"]);
        assert_eq!(rules.can_bypass, can);
    }
}

fn webhook() -> Webhook {
    Webhook::new("https://tunnel.example.org/github", "hook-secret").expect("webhook")
}

#[tokio::test]
async fn a_webhook_is_registered_once() {
    let Some(description) = description() else { return };
    let made = AtomicU32::new(0);
    let lab = Lab::new(description, move |seen| {
        let hook = description.example("get", "/repos/{owner}/{repo}/hooks/{hook_id}", 200);
        let ours = patched(
            hook.clone(),
            json!({ "id": 7, "config": { "url": "https://tunnel.example.org/github", "secret": "********" } }),
        );
        match (seen.method.as_str(), seen.path.as_str()) {
            ("GET", "/repos/acme/fabrics/hooks") if made.load(Ordering::SeqCst) > 0 => {
                Reply::json(200, json!([hook, ours]))
            }
            ("GET", "/repos/acme/fabrics/hooks") => Reply::json(200, json!([hook])),
            ("POST", "/repos/acme/fabrics/hooks") => {
                made.fetch_add(1, Ordering::SeqCst);
                Reply::json(201, ours)
            }
            ("PATCH", "/repos/acme/fabrics/hooks/7") => Reply::json(200, ours),
            other => panic!("{other:?}"),
        }
    });
    let id = HookId::from_stored(7);
    let first = lab.github.register_webhook(&fabrics(), &webhook()).await.expect("answer");
    assert_eq!(first, HookOutcome::Registered(id));
    let again = lab.github.register_webhook(&fabrics(), &webhook()).await.expect("answer");
    assert_eq!(again, HookOutcome::Refreshed(id));
    for (sent, with_name) in [(1, true), (3, false)] {
        let body = lab.fake.seen()[sent].body.clone().expect("body");
        assert_eq!(body["config"]["secret"], "hook-secret");
        assert_eq!(body["config"]["insecure_ssl"], "0");
        assert_eq!((&body["events"], body.get("name").is_some()), (&json!(["push"]), with_name));
    }
}

#[tokio::test]
async fn a_webhook_that_can_not_be_is_told_of() {
    let Some(description) = description() else { return };
    let lab = Lab::new(description, |_| Reply::error(404, "Not Found"));
    let outcome = lab.github.register_webhook(&fabrics(), &webhook()).await.expect("answer");
    assert_eq!(outcome, HookOutcome::NotAllowed { reason: "Not Found".to_owned() });
    let lab = Lab::new(description, |seen| match seen.method.as_str() {
        "GET" => Reply::json(200, json!([])),
        _ => Reply::json(
            422,
            json!({ "message": "Validation Failed", "documentation_url": "https://docs.github.com",
                "errors": [{ "code": "custom", "message": "hook-secret is too short" }] }),
        ),
    });
    let outcome = lab.github.register_webhook(&fabrics(), &webhook()).await.expect("answer");
    let reason = "Validation Failed; <redacted> is too short".to_owned();
    assert_eq!(outcome, HookOutcome::NotTaken { reason });
}

#[tokio::test]
async fn a_webhook_is_tried_and_removed() {
    let Some(description) = description() else { return };
    let lab = Lab::new(description, |seen| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "/repos/acme/fabrics/hooks/7/pings") | ("DELETE", "/repos/acme/fabrics/hooks/7") => {
            Reply::empty(204)
        }
        ("GET", "/repos/acme/fabrics/hooks/7") => {
            let hook = description.example("get", "/repos/{owner}/{repo}/hooks/{hook_id}", 200);
            let said = json!({ "code": 502, "status": "bad_gateway", "message": "failed to connect" });
            Reply::json(200, patched(hook, json!({ "last_response": said })))
        }
        _ => Reply::error(404, "Not Found"),
    });
    let (here, gone) = (HookId::from_stored(7), HookId::from_stored(8));
    assert!(lab.github.ping_webhook(&fabrics(), here).await.expect("answer"));
    assert!(!lab.github.ping_webhook(&fabrics(), gone).await.expect("answer"));
    let failed = LastDelivery::Failed { reason: "failed to connect (502)".to_owned() };
    assert_eq!(lab.github.last_delivery(&fabrics(), here).await.expect("answer"), failed);
    assert_eq!(lab.github.last_delivery(&fabrics(), gone).await.expect("answer"), LastDelivery::Missing);
    assert!(lab.github.remove_webhook(&fabrics(), here).await.expect("answer"));
    assert!(!lab.github.remove_webhook(&fabrics(), gone).await.expect("answer"));
}
