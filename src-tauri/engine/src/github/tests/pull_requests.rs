//! A push that a rule refuses becomes a pull request, which is followed until it is merged.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::openapi::{Description, description};
use super::*;
use crate::github::view::{ChecksState, PullRequestState};
use crate::github::{NewPullRequest, OpenOutcome};

const SHA: &str = "aa218f56b14c9653891f9e74264a383fa43fefbd";
const PULLS: &str = "/repos/acme/fabrics/pulls";

fn wanted() -> NewPullRequest {
    NewPullRequest {
        head: branch("fgd-sync/lab"),
        base: branch("main"),
        title: format!("lab: ingest 2 objects\n{}", "x".repeat(400)),
        body: "Changes 2 objects.".to_owned(),
    }
}

fn whole(description: &Description, changes: Value) -> Value {
    let example = description.example("get", "/repos/{owner}/{repo}/pulls/{pull_number}", 200);
    let ours = json!({
        "number": 12, "state": "open", "merged": false, "merged_at": null, "mergeable": true, "title": "lab",
        "html_url": "javascript:alert(1)", "requested_teams": [],
        "head": { "ref": "fgd-sync/lab", "sha": SHA }, "base": { "ref": "main" },
    });
    patched(patched(example, ours), changes)
}

fn listed(description: &Description, head: &str) -> Value {
    let example = description.example("get", "/repos/{owner}/{repo}/pulls", 200)[0].clone();
    let ours = json!({ "number": 12, "state": "open", "merged_at": null, "head": { "ref": head, "sha": SHA },
        "base": { "ref": "main" }, "requested_teams": [] });
    patched(example, ours)
}

#[tokio::test]
async fn a_pull_request_is_opened_once() {
    let Some(description) = description() else { return };
    let open = AtomicBool::new(false);
    let lab = Lab::new(description, move |seen| match seen.method.as_str() {
        // Someone else's is in the list too, as with a host that does not know the filter.
        "GET" if open.load(Ordering::SeqCst) => {
            Reply::json(200, json!([listed(description, "other"), listed(description, "fgd-sync/lab")]))
        }
        "GET" => Reply::json(200, json!([listed(description, "other")])),
        _ => {
            open.store(true, Ordering::SeqCst);
            Reply::json(201, whole(description, json!({})))
        }
    });
    let first = lab.github.open_pull_request(&fabrics(), &wanted()).await.expect("answer");
    let OpenOutcome::Opened(request) = first else { panic!("{first:?}") };
    assert_eq!((request.number, request.state), (12, PullRequestState::Open));
    assert_eq!(request.url, format!("{}/acme/fabrics/pull/12", lab.fake.base), "never what the answer says");
    assert_eq!(request.revision.as_ref().map(|revision| revision.as_str()), Some(SHA));
    let again = lab.github.open_pull_request(&fabrics(), &wanted()).await.expect("answer");
    assert!(matches!(&again, OpenOutcome::AlreadyOpen(request) if request.number == 12), "{again:?}");
    let get = format!("GET {PULLS}");
    assert_eq!(lab.fake.lines(), [get.clone(), format!("POST {PULLS}"), get]);
    let seen = lab.fake.seen();
    assert!(seen[0].query.contains("head=acme%3Afgd-sync%2Flab&base=main"), "{}", seen[0].query);
    let body = seen[1].body.clone().expect("body");
    assert_eq!((&body["head"], &body["base"]), (&json!("fgd-sync/lab"), &json!("main")));
    let title = body["title"].as_str().expect("title");
    assert_eq!((title.chars().count(), title.contains('\n')), (256, false));
}

#[tokio::test]
async fn a_pull_request_that_another_desktop_opened_is_found() {
    let Some(description) = description() else { return };
    let asked = AtomicBool::new(false);
    let refused = || {
        Reply::json(
            422,
            json!({ "message": "Validation Failed", "documentation_url": "https://docs.github.com",
                "errors": [{ "resource": "PullRequest", "code": "custom", "message": "No commits between main and lab" }] }),
        )
    };
    let lab = Lab::new(description, move |seen| match seen.method.as_str() {
        "GET" if asked.load(Ordering::SeqCst) => {
            Reply::json(200, json!([listed(description, "fgd-sync/lab")]))
        }
        "GET" => Reply::json(200, json!([])),
        _ => {
            asked.store(true, Ordering::SeqCst);
            refused()
        }
    });
    let outcome = lab.github.open_pull_request(&fabrics(), &wanted()).await.expect("answer");
    assert!(matches!(outcome, OpenOutcome::AlreadyOpen(_)), "{outcome:?}");
    let lab = Lab::new(description, move |seen| match seen.method.as_str() {
        "GET" => Reply::json(200, json!([])),
        _ => refused(),
    });
    let outcome = lab.github.open_pull_request(&fabrics(), &wanted()).await.expect("answer");
    let reason = "Validation Failed; No commits between main and lab".to_owned();
    assert_eq!(outcome, OpenOutcome::NotTaken { reason });
    let lab = Lab::new(description, |seen| match seen.method.as_str() {
        "GET" => Reply::json(200, json!([])),
        _ => Reply::error(403, "Resource not accessible by personal access token"),
    });
    let outcome = lab.github.open_pull_request(&fabrics(), &wanted()).await.expect("answer");
    assert!(matches!(outcome, OpenOutcome::NotAllowed { .. }), "{outcome:?}");
}

/// A GitHub with pull request 12, whose commit has these check runs and statuses.
fn with_checks(
    description: &'static Description,
    request: Value,
    runs: &'static [(&'static str, &'static str, Option<&'static str>)],
    statuses: &'static [(&'static str, &'static str)],
) -> Lab {
    Lab::new(description, move |seen| match seen.path.strip_prefix("/repos/acme/fabrics").expect("path") {
        "/pulls/12" => Reply::json(200, whole(description, request.clone())),
        path if path.ends_with("/check-runs") => {
            let example = description.example("get", "/repos/{owner}/{repo}/commits/{ref}/check-runs", 200);
            let run = |(name, status, conclusion): &(&str, &str, Option<&str>)| {
                let changes = json!({ "name": name, "status": status, "conclusion": conclusion });
                patched(example["check_runs"][0].clone(), changes)
            };
            let runs: Vec<Value> = runs.iter().map(run).collect();
            Reply::json(200, json!({ "total_count": runs.len(), "check_runs": runs }))
        }
        path if path.ends_with("/status") => {
            let example = description.example("get", "/repos/{owner}/{repo}/commits/{ref}/status", 200);
            let one = |(name, state): &(&str, &str)| {
                patched(example["statuses"][0].clone(), json!({ "context": name, "state": state }))
            };
            let all: Vec<Value> = statuses.iter().map(one).collect();
            // Where there are none, GitHub calls the whole "pending".
            let state = if all.is_empty() { "pending" } else { "success" };
            Reply::json(
                200,
                patched(
                    example.clone(),
                    json!({ "state": state, "total_count": all.len(), "statuses": all }),
                ),
            )
        }
        _ => Reply::error(404, "Not Found"),
    })
}

#[tokio::test]
async fn a_pull_request_is_followed_with_its_checks() {
    let Some(description) = description() else { return };
    type Runs = &'static [(&'static str, &'static str, Option<&'static str>)];
    type Row = (Runs, &'static [(&'static str, &'static str)], ChecksState);
    let rows: [Row; 6] = [
        (&[], &[], ChecksState::None),
        (
            &[("lint", "completed", Some("success")), ("docs", "completed", Some("skipped"))],
            &[("ci", "success")],
            ChecksState::Success,
        ),
        (&[("lint", "in_progress", None)], &[("ci", "success")], ChecksState::Pending),
        (&[("lint", "completed", Some("success"))], &[("ci", "pending")], ChecksState::Pending),
        (&[("lint", "completed", Some("timed_out")), ("slow", "queued", None)], &[], ChecksState::Failure),
        (&[], &[("ci", "error")], ChecksState::Failure),
    ];
    for (runs, statuses, expected) in rows {
        let lab = with_checks(description, json!({ "mergeable": null }), runs, statuses);
        let (request, checks) =
            lab.github.follow_pull_request(&fabrics(), 12).await.expect("answer").expect("there");
        let view = request.view(checks.as_ref());
        assert_eq!(view.checks.map(|checks| checks.state), Some(expected), "{runs:?} {statuses:?}");
        assert_eq!((view.state, view.mergeable), (PullRequestState::Open, None));
    }
    let gone = with_checks(description, json!({}), &[], &[]);
    assert!(gone.github.follow_pull_request(&fabrics(), 13).await.expect("answer").is_none());
}

#[tokio::test]
async fn a_pull_request_ends() {
    let Some(description) = description() else { return };
    for (changes, expected) in [
        (
            json!({ "state": "closed", "merged": true, "merged_at": "2026-07-01T10:12:13Z" }),
            PullRequestState::Merged,
        ),
        (json!({ "state": "closed" }), PullRequestState::Closed),
    ] {
        let lab = with_checks(description, changes, &[], &[]);
        let (request, checks) =
            lab.github.follow_pull_request(&fabrics(), 12).await.expect("answer").expect("there");
        assert_eq!((request.state, request.mergeable, checks), (expected, None, None));
        assert_eq!(lab.fake.seen().len(), 1, "nobody asks for the checks of what is over");
    }
}

#[tokio::test]
async fn checks_that_a_token_may_not_see_are_unknown() {
    let Some(description) = description() else { return };
    let lab = Lab::new(description, |seen| match seen.path.as_str() {
        "/repos/acme/fabrics/pulls/12" => Reply::json(200, whole(description, json!({}))),
        path if path.ends_with("/check-runs") => Reply::error(403, "Resource not accessible"),
        _ => Reply::error(404, "Not Found"),
    });
    let (_, checks) = lab.github.follow_pull_request(&fabrics(), 12).await.expect("answer").expect("there");
    assert_eq!(checks.map(|checks| checks.state()), Some(ChecksState::Unknown));
}
