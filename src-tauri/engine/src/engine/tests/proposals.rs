//! A branch that takes pull requests only: the story from the refusal to the merge, over a real Git server and
//! a GitHub whose answers are held against GitHub's own description.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::account::{Keeping, Method, NewAccount};
use crate::conflict::{Pick, Resolution};
use crate::engine::Engine;
use crate::error::ErrorCode;
use crate::git::tests::git_server::GitServer;
use crate::github::tests::fake::{Fake, Reply, Seen};
use crate::github::tests::openapi::{Description, description};
use crate::github::tests::patched;
use crate::github::view::{ChecksState, PullRequestState};
use crate::id::FabricId;
use crate::manifest::Side;
use crate::operation::{Operation, OperationKind, Outcome, Trigger};
use crate::view::{FabricView, StatusState};

const TOKEN: &str = "ghp_the-secret-token";
const REPO: &str = "/repos/acme/fabrics";

/// What the host says, as the story goes on.
#[derive(Clone)]
struct Says {
    /// Whether `main` takes pull requests only.
    protected: bool,
    /// The open pull request's branch.
    head: Option<String>,
    merged: bool,
    /// The commit that it became.
    merge_commit: Option<String>,
    /// When it was merged.
    merged_at: &'static str,
    closed: bool,
    /// Until when it wants to be left alone, in seconds from now.
    retry_after: Option<u32>,
}

struct Lab {
    home: tempfile::TempDir,
    engine: Engine,
    fabric: FabricId,
    says: Arc<Mutex<Says>>,
    fake: Fake,
    server: GitServer,
}

fn git(at: &Path, words: &[&str]) -> String {
    let mut command = Command::new("git");
    command.arg("-C").arg(at).args(["-c", "user.name=Tess", "-c", "user.email=tess@example.org"]);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    let output = command.args(words).output().expect("git runs");
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn answer(description: &Description, says: &Says, bare: &Path, seen: &Seen) -> Reply {
    if let Some(seconds) = says.retry_after {
        return Reply::error(403, "You have exceeded a secondary rate limit.")
            .with("retry-after", &seconds.to_string());
    }
    let example = |method: &str, template: &str, status: u16, changes: Value| {
        Reply::json(status, patched(description.example(method, template, status), changes))
    };
    let tip = |name: &str| git(bare, &["rev-parse", &format!("refs/heads/{name}")]);
    let pull = |changes: Value| {
        let head = says.head.clone().unwrap_or_default();
        // Of a merged one the branch may be gone.
        let is_there = !git(bare, &["branch", "--list", &head]).is_empty();
        let sha = if is_there { tip(&head) } else { "a".repeat(40) };
        let ours = json!({
            "number": 12, "state": if says.closed || says.merged { "closed" } else { "open" },
            "merged": says.merged, "merged_at": says.merged.then_some(says.merged_at), "merge_commit_sha": says.merge_commit,
            "mergeable": true, "title": "lab", "requested_teams": [],
            "head": { "ref": head, "sha": sha }, "base": { "ref": "main" },
        });
        patched(ours, changes)
    };
    let path = seen.path.strip_prefix(REPO).unwrap_or(&seen.path);
    match (seen.method.as_str(), path) {
        ("GET", "") => example(
            "get",
            "/repos/{owner}/{repo}",
            200,
            json!({
                "full_name": "acme/fabrics", "language": null, "source": { "language": null },
            }),
        ),
        ("GET", "/rules/branches/main") if says.protected => Reply::json(
            200,
            json!([{
                "type": "pull_request", "ruleset_source_type": "Repository",
                "ruleset_source": "acme/fabrics", "ruleset_id": 42,
                "parameters": {
                    "required_approving_review_count": 1, "dismiss_stale_reviews_on_push": false,
                    "require_code_owner_review": false, "require_last_push_approval": false,
                    "required_review_thread_resolution": false,
                },
            }]),
        ),
        ("GET", "/rules/branches/main") => Reply::json(200, json!([])),
        ("GET", "/rulesets/42") => example(
            "get",
            "/repos/{owner}/{repo}/rulesets/{ruleset_id}",
            200,
            json!({ "current_user_can_bypass": "never" }),
        ),
        ("GET", "/branches/main") => example(
            "get",
            "/repos/{owner}/{repo}/branches/{branch}",
            200,
            json!({
                "protected": false, "protection": { "enabled": false },
            }),
        ),
        ("GET", "/pulls") => Reply::json(200, json!([])),
        ("POST", "/pulls") => example(
            "get",
            "/repos/{owner}/{repo}/pulls/{pull_number}",
            200,
            pull(json!({
                "head": { "ref": seen.body.as_ref().map(|body| body["head"].clone()), "sha": "b".repeat(40) },
            })),
        )
        .at(201),
        ("GET", "/pulls/12") => {
            example("get", "/repos/{owner}/{repo}/pulls/{pull_number}", 200, pull(json!({})))
        }
        ("GET", "/git/ref/heads/main") => {
            let etag = format!("\"{}\"", tip("main"));
            if seen.headers.get("if-none-match") == Some(&etag) {
                return Reply::empty(304);
            }
            example(
                "get",
                "/repos/{owner}/{repo}/git/ref/{ref}",
                200,
                json!({ "object": { "sha": tip("main") } }),
            )
            .with("etag", &etag)
        }
        ("GET", checks) if checks.ends_with("/check-runs") => {
            Reply::json(200, json!({ "total_count": 0, "check_runs": [] }))
        }
        ("GET", status) if status.ends_with("/status") => example(
            "get",
            "/repos/{owner}/{repo}/commits/{ref}/status",
            200,
            json!({
                "statuses": [], "total_count": 0,
            }),
        ),
        (_, other) => Reply::error(404, other),
    }
}

impl Lab {
    /// A fabric in step over HTTP, whose host is a GitHub with a known account.
    async fn new(description: &'static Description) -> Self {
        let home = tempfile::tempdir().expect("directory");
        let root = home.path().join("srv");
        let bare = root.join("acme/fabrics.git");
        std::fs::create_dir_all(&bare).expect("directory");
        git(&bare, &["init", "-q", "--bare", "-b", "main"]);
        git(&bare, &["config", "http.receivepack", "true"]);
        let says = Says {
            protected: false,
            head: None,
            merged: false,
            merge_commit: None,
            merged_at: "2026-07-01T10:00:00Z",
            closed: false,
            retry_after: None,
        };
        let says = Arc::new(Mutex::new(says));
        let (told, at) = (Arc::clone(&says), bare.clone());
        let fake = Fake::start(Some(description), move |seen| {
            let says = told.lock().expect("lock").clone();
            answer(description, &says, &at, seen)
        });
        let server = GitServer::start(&root, None);
        let url = server.url("acme/fabrics.git");
        git(home.path(), &["clone", "-q", &url, "clone"]);
        git(&home.path().join("clone"), &["commit", "-q", "--allow-empty", "-m", "Begin"]);
        let engine = Engine::open(&home.path().join("data"), Arc::new(|_| {})).expect("engine");
        let fabric = engine.fabric_at(home.path().join("clone/lab")).await.expect("fabric");
        engine
            .add_account(NewAccount {
                place: url.trim_end_matches("/acme/fabrics.git").to_owned(),
                method: Method::Token,
                user: None,
                key_file: None,
                secret: Some(TOKEN.to_owned()),
                keep: Keeping::Session,
                github_api: Some(fake.base.clone()),
            })
            .await
            .expect("account");
        let lab = Self { home, engine, fabric, says, fake, server };
        for kind in [OperationKind::Onboard, OperationKind::Sync] {
            let done = lab.run(kind).await;
            assert_eq!(done.outcome, Outcome::Done, "{}", done.summary);
        }
        lab
    }

    fn bare(&self) -> PathBuf {
        self.home.path().join("srv/acme/fabrics.git")
    }

    fn clone(&self) -> PathBuf {
        self.home.path().join("clone")
    }

    async fn run(&self, kind: OperationKind) -> Operation {
        self.engine.run(self.fabric.clone(), kind, Trigger::Command).await.expect("a run")
    }

    async fn view(&self) -> FabricView {
        self.engine.fabric(self.fabric.clone()).await.expect("a view")
    }

    fn drop_server(&self, name: &str) {
        let text = format!(
            "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: {name}\nspec: {{}}\n"
        );
        std::fs::write(self.clone().join(format!("lab/raw/{name}.yaml")), text).expect("written");
    }

    fn say(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().expect("lock"));
    }

    fn on(&self, branch: &str) -> String {
        git(&self.bare(), &["ls-tree", "-r", "--name-only", branch])
    }

    /// Drops a server where the branch takes pull requests only, and proposes it; the proposal's branch.
    async fn propose_server(&self, name: &str) -> String {
        self.say(|says| says.protected = true);
        self.drop_server(name);
        self.run(OperationKind::Sync).await;
        let proposed = self.engine.propose(self.fabric.clone(), Trigger::Click).await.expect("proposed");
        let head = proposed.pull_request.expect("a pull request").head;
        self.say(|says| says.head = Some(head.clone()));
        head
    }

    /// Somebody else pushes a file to the branch.
    fn teammate_adds(&self, name: &str) {
        let colleague = self.home.path().join("colleague");
        git(self.home.path(), &["clone", "-q", &self.bare().display().to_string(), "colleague"]);
        std::fs::write(colleague.join("lab").join(name), "news\n").expect("written");
        git(&colleague, &["add", "-A"]);
        git(&colleague, &["commit", "-qm", "News"]);
        git(&colleague, &["push", "-q", "origin", "HEAD:main"]);
    }

    /// Merges the pull request at the host as one commit, as its button does.
    fn squash(&self) -> String {
        let head = self.says.lock().expect("lock").head.clone().expect("a branch");
        let merged = self.home.path().join("merging");
        if !merged.exists() {
            git(self.home.path(), &["clone", "-q", &self.bare().display().to_string(), "merging"]);
        }
        git(&merged, &["pull", "-q", "origin", "main"]);
        git(&merged, &["fetch", "-q", "origin", &head]);
        git(&merged, &["merge", "-q", "--squash", "FETCH_HEAD"]);
        git(&merged, &["commit", "-qm", "lab (#12)"]);
        git(&merged, &["push", "-q", "origin", "HEAD:main"]);
        git(&merged, &["rev-parse", "HEAD"])
    }
}

/// Refused by a rule, proposed, more work on the way, merged as one commit: here and there is the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_push_goes_by_a_pull_request() {
    let Some(description) = description() else { return };
    let lab = Lab::new(description).await;
    lab.say(|says| says.protected = true);
    let main = git(&lab.bare(), &["rev-parse", "main"]);
    lab.drop_server("one");
    let refused = lab.run(OperationKind::Sync).await;
    let Outcome::Failed { error } = &refused.outcome else { panic!("{refused:?}") };
    assert_eq!(error.code, ErrorCode::PushRefused);
    assert!(error.message.contains("pull request"), "{}", error.message);
    assert_eq!(lab.view().await.status.state, StatusState::RefusedByRule);
    assert_eq!(git(&lab.bare(), &["rev-parse", "main"]), main, "it was not even tried");

    let proposed = lab.engine.propose(lab.fabric.clone(), Trigger::Click).await.expect("proposed");
    let pull_request = proposed.pull_request.expect("a pull request");
    assert_eq!((pull_request.number, pull_request.state), (12, PullRequestState::Open));
    let opened = lab.fake.seen().into_iter().find(|seen| seen.line() == format!("POST {REPO}/pulls"));
    let body = opened.and_then(|seen| seen.body).expect("a body");
    let head = body["head"].as_str().expect("a branch").to_owned();
    assert!(head.starts_with("fgd/lab-"), "{head}");
    assert!(body["body"].as_str().expect("a text").contains("Server one"), "{body}");
    assert!(lab.on(&head).contains("managed/servers/one.yaml"));
    lab.say(|says| says.head = Some(head.clone()));

    // More work goes there too, and the fabric says what it waits for.
    lab.drop_server("two");
    let more = lab.run(OperationKind::Sync).await;
    assert_eq!(more.outcome, Outcome::Done, "{}", more.summary);
    assert!(lab.on(&head).contains("managed/servers/two.yaml"));
    assert_eq!(git(&lab.bare(), &["rev-parse", "main"]), main);
    let view = lab.view().await;
    assert_eq!(view.status.state, StatusState::Ahead);
    assert!(view.status.sentence.contains("pull request #12"), "{}", view.status.sentence);
    let checks = view.proposal.expect("a proposal").checks.expect("checks");
    assert_eq!(checks.state, ChecksState::None);

    // A reviewer adds to the branch: that comes here before more is pushed there.
    let review = lab.home.path().join("review");
    git(lab.home.path(), &["clone", "-q", "-b", &head, &lab.bare().display().to_string(), "review"]);
    std::fs::write(review.join("lab/REVIEW.md"), "fine\n").expect("written");
    git(&review, &["add", "-A"]);
    git(&review, &["commit", "-qm", "Review"]);
    git(&review, &["push", "-q", "origin", &format!("HEAD:{head}")]);
    lab.drop_server("three");
    let more = lab.run(OperationKind::Sync).await;
    assert_eq!(more.outcome, Outcome::Done, "{}", more.summary);
    assert!(lab.clone().join("lab/REVIEW.md").exists());
    assert!(lab.on(&head).contains("managed/servers/three.yaml"));

    let squashed = lab.squash();
    lab.say(|says| {
        says.merged = true;
        says.merge_commit = Some(squashed.clone());
    });
    let merged = lab.run(OperationKind::Sync).await;
    assert_eq!(merged.outcome, Outcome::Done, "{}", merged.summary);
    assert_eq!(git(&lab.clone(), &["rev-parse", "HEAD"]), squashed, "the remote's own commit");
    assert_eq!(git(&lab.clone(), &["status", "--porcelain"]), "");
    let view = lab.view().await;
    assert_eq!((view.status.state, view.proposal), (StatusState::InSync, None));
    assert!(git(&lab.clone(), &["for-each-ref", "refs/fgd/backup"]).contains("refs/fgd/backup/main"));
}

/// What was made after the pull request's last commit, to the same object even, stands on what the merge made
/// of it: no conflict, no merge commit, and later work of others is merged as ever.
#[tokio::test(flavor = "multi_thread")]
async fn later_work_stands_on_a_squashed_merge() {
    let Some(description) = description() else { return };
    let lab = Lab::new(description).await;
    let head = lab.propose_server("one").await;
    let squashed = lab.squash();
    lab.say(|says| {
        says.merged = true;
        says.merge_commit = Some(squashed.clone());
        // The rule is gone too, so that what is left is seen on the branch itself.
        says.protected = false;
    });
    let file = lab.clone().join("lab/managed/servers/one.yaml");
    let text = std::fs::read_to_string(&file).expect("there");
    std::fs::write(&file, text.replace("spec: {}", "spec:\n  description: later")).expect("written");
    let merged = lab.run(OperationKind::Sync).await;
    assert_eq!(merged.outcome, Outcome::Done, "{}", merged.summary);
    assert_eq!(git(&lab.bare(), &["rev-parse", "main~1"]), squashed, "one commit on top of it");
    assert!(git(&lab.bare(), &["show", "main:lab/managed/servers/one.yaml"]).contains("later"));
    assert_eq!(git(&lab.clone(), &["for-each-ref", "refs/fgd/rewritten"]), "", "nothing is left to remember");
    assert_eq!(git(&lab.bare(), &["branch", "--list", &head]), "", "our branch was cleared away");

    lab.teammate_adds("NOTES.md");
    lab.drop_server("two");
    let after = lab.run(OperationKind::Sync).await;
    assert_eq!((after.outcome, after.conflicts.len()), (Outcome::Done, 0), "{}", after.summary);
    let on_main = lab.on("main");
    assert!(on_main.contains("NOTES.md") && on_main.contains("managed/servers/two.yaml"), "{on_main}");
}

/// A host may say that it merged before Git shows it: nothing is pushed to a branch that nobody reads any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_merge_that_git_does_not_show_yet_is_waited_for() {
    let Some(description) = description() else { return };
    let lab = Lab::new(description).await;
    let head = lab.propose_server("one").await;
    let pushed = git(&lab.bare(), &["rev-parse", &head]);
    lab.say(|says| {
        says.merged = true;
        says.merge_commit = Some("c".repeat(40));
        says.merged_at = "2999-01-01T00:00:00Z";
    });
    lab.drop_server("two");
    lab.run(OperationKind::Sync).await;
    let view = lab.view().await;
    assert_eq!(view.proposal.map(|proposal| proposal.state), Some(PullRequestState::Merged));
    assert!(view.status.sentence.contains("does not show it yet"), "{}", view.status.sentence);
    assert_eq!(git(&lab.bare(), &["rev-parse", &head]), pushed);

    let squashed = lab.squash();
    lab.say(|says| {
        says.merge_commit = Some(squashed.clone());
        says.protected = false;
    });
    let landed = lab.run(OperationKind::Sync).await;
    assert_eq!(landed.outcome, Outcome::Done, "{}", landed.summary);
    assert_eq!(git(&lab.bare(), &["rev-parse", "main~1"]), squashed);
    assert_eq!(lab.view().await.status.state, StatusState::InSync);
}

/// Killed between the push and the opening: the next run opens it.
#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_that_was_pushed_for_is_opened_by_the_next_run() {
    let Some(description) = description() else { return };
    let lab = Lab::new(description).await;
    let head = lab.propose_server("one").await;
    let mut stored = lab.engine.inner.store.proposal(&lab.fabric).expect("asked").expect("kept");
    stored.number = None;
    lab.engine.inner.store.set_proposal(&stored).expect("kept");
    let opened = || lab.fake.lines().iter().filter(|line| **line == format!("POST {REPO}/pulls")).count();
    let before = opened();
    lab.drop_server("two");
    let next = lab.run(OperationKind::Sync).await;
    assert_eq!((next.outcome, opened()), (Outcome::Done, before + 1), "{}", next.summary);
    assert!(lab.on(&head).contains("managed/servers/two.yaml"));
}

/// Two fabrics on one branch have the same commits to propose: one pull request does for both.
#[tokio::test(flavor = "multi_thread")]
async fn fabrics_on_one_branch_share_a_pull_request() {
    let Some(description) = description() else { return };
    let lab = Lab::new(description).await;
    let other = lab.engine.fabric_at(lab.clone().join("other")).await.expect("fabric");
    let run = |kind| lab.engine.run(other.clone(), kind, Trigger::Command);
    run(OperationKind::Onboard).await.expect("a run");
    run(OperationKind::Sync).await.expect("a run");
    let head = lab.propose_server("one").await;
    let text = "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: far\nspec: {}\n";
    std::fs::write(lab.clone().join("other/raw/far.yaml"), text).expect("written");
    let synced = run(OperationKind::Sync).await.expect("a run");
    assert_eq!(synced.outcome, Outcome::Done, "{}", synced.summary);
    assert!(lab.on(&head).contains("other/managed/servers/far.yaml"));
}

/// A reviewer changes on our branch what is changed here too: that is a conflict like any other, and settled
/// like one.
#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_with_a_reviewer_is_settled_like_any_other() {
    let Some(description) = description() else { return };
    let lab = Lab::new(description).await;
    let head = lab.propose_server("one").await;
    let review = lab.home.path().join("review");
    git(lab.home.path(), &["clone", "-q", "-b", &head, &lab.bare().display().to_string(), "review"]);
    let describe = |root: &Path, text: &str| {
        let file = root.join("lab/managed/servers/one.yaml");
        let old = std::fs::read_to_string(&file).expect("there");
        std::fs::write(&file, old.replace("spec: {}", &format!("spec:\n  description: {text}")))
            .expect("written");
    };
    describe(&review, "theirs");
    git(&review, &["commit", "-qam", "Review"]);
    git(&review, &["push", "-q", "origin", &format!("HEAD:{head}")]);
    describe(&lab.clone(), "ours");
    let held = lab.run(OperationKind::Sync).await;
    assert_eq!((held.outcome, held.conflicts.len()), (Outcome::NeedsAttention, 1), "{}", held.summary);
    let conflicts = lab.engine.conflicts(lab.fabric.clone()).await.expect("asked");
    assert_eq!(conflicts.len(), 1);
    let decision = Resolution {
        file: conflicts[0].file.clone(),
        ours: conflicts[0].ours.clone(),
        theirs: conflicts[0].theirs.clone(),
        pick: Pick::Version { side: Side::Theirs },
    };
    let settled =
        lab.engine.resolve(lab.fabric.clone(), vec![decision], Trigger::Command).await.expect("a run");
    assert_eq!(settled.outcome, Outcome::Done, "{}", settled.summary);
    let there = git(&lab.bare(), &["show", &format!("{head}:lab/managed/servers/one.yaml")]);
    assert!(there.contains("description: theirs"), "{there}");
    assert!(lab.engine.conflicts(lab.fabric.clone()).await.expect("asked").is_empty());
}

/// Closed without a merge: the work is kept, and the fabric is refused as before.
#[tokio::test(flavor = "multi_thread")]
async fn a_pull_request_that_is_closed_ends_the_proposal() {
    let Some(description) = description() else { return };
    let lab = Lab::new(description).await;
    lab.say(|says| says.protected = true);
    let nothing = lab.engine.propose(lab.fabric.clone(), Trigger::Click).await.expect("asked");
    assert_eq!((nothing.operation.outcome, nothing.pull_request), (Outcome::Unchanged, None));
    assert!(!lab.fake.lines().contains(&format!("POST {REPO}/pulls")));

    lab.drop_server("one");
    lab.run(OperationKind::Sync).await;
    let proposed = lab.engine.propose(lab.fabric.clone(), Trigger::Click).await.expect("proposed");
    let head = proposed.pull_request.expect("a pull request").head;
    lab.say(|says| {
        says.head = Some(head);
        says.closed = true;
    });
    let refused = lab.run(OperationKind::Sync).await;
    assert!(matches!(&refused.outcome, Outcome::Failed { error } if error.code == ErrorCode::PushRefused));
    let view = lab.view().await;
    assert_eq!((view.status.state, view.proposal), (StatusState::RefusedByRule, None));
    assert!(lab.clone().join("lab/managed/servers/one.yaml").exists());

    // The rule is lifted: a click is enough.
    lab.say(|says| says.protected = false);
    let pushed = lab.run(OperationKind::Sync).await;
    assert_eq!(pushed.outcome, Outcome::Done, "{}", pushed.summary);
    assert!(lab.on("main").contains("managed/servers/one.yaml"));
}

/// The clock's question costs no Git where nothing moved, and brings what did; a host that wants to be left
/// alone is.
#[tokio::test(flavor = "multi_thread")]
async fn the_clock_asks_in_the_way_that_costs_least() {
    let Some(description) = description() else { return };
    let lab = Lab::new(description).await;
    lab.engine.list(lab.fabric.clone()).await.expect("listed");
    // The first look by itself goes to Git, as at the app's start.
    let patience = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while lab.view().await.next_check.is_none() {
        assert!(std::time::Instant::now() < patience, "it is never asked again");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let timer = || async {
        drop(lab.engine.run(lab.fabric.clone(), OperationKind::Sync, Trigger::Timer).await);
        lab.view().await
    };
    let polls = || lab.fake.lines().iter().filter(|line| line.ends_with("/git/ref/heads/main")).count();
    let (asked, polled) = (lab.server.requests(), polls());
    let first = timer().await;
    let second = timer().await;
    assert_eq!(polls() - polled, 2);
    assert_eq!(lab.server.requests(), asked, "Git was not asked");
    assert!(first.last_contact <= second.last_contact);
    assert!(second.next_check.is_some());
    let last = lab.fake.seen().into_iter().rfind(|seen| seen.path.ends_with("/git/ref/heads/main"));
    assert!(last.expect("asked").headers.contains_key("if-none-match"), "with the ETag");

    lab.teammate_adds("NOTES.md");
    timer().await;
    assert!(lab.clone().join("lab/NOTES.md").exists(), "what moved came");

    lab.say(|says| says.retry_after = Some(90));
    let asked = lab.server.requests();
    let now = crate::id::Timestamp::now().as_millis();
    let limited = timer().await;
    let next = limited.next_check.expect("planned").as_millis();
    assert!((80_000..130_000).contains(&(next - now)), "{}", next - now);
    assert_eq!(lab.server.requests(), asked);
    let budget = lab.engine.github_budget(lab.fabric.clone()).await.expect("asked").expect("a budget");
    assert_eq!(budget.next_check, limited.next_check, "what is shown is true");
}
