//! The plug pulled, in each way that a network and a host know: `fgd` says what is wrong, keeps the work, and
//! finishes it as soon as it can.

#![cfg(unix)]

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::git_server::{Fault, GitServer};
use crate::support::lab::{Answer, Lab};
use crate::support::repositories::{BRANCH, Checkout, FABRIC};

const USER: &str = "bob";
const SECRET: &str = "hunter2-token";
/// The requests of a fetch, and of a push.
const FETCH: &str = "git-upload-pack";
const PUSH: &str = "git-receive-pack";
/// Those of them that carry the objects.
const PACK_FETCHED: &str = "fabric.git/git-upload-pack";
const PACK_PUSHED: &str = "fabric.git/git-receive-pack";

/// A fabric in step with a remote behind a server that wants a sign-in, and a teammate.
struct Story {
    lab: Lab,
    teammate: Checkout,
    server: GitServer,
    round: usize,
    /// What the branch had when the round began: its tip, and its number of commits.
    begun: (String, usize),
}

impl Story {
    fn new() -> Self {
        let lab = Lab::ready();
        for (setting, value) in [
            ("receive.denyNonFastForwards", "true"),
            // Git's own housekeeping at the host may get in the way of a push that comes at the same time.
            ("gc.auto", "0"),
            ("receive.autogc", "false"),
        ] {
            lab.remote.git(&["config", setting, value]);
        }
        let teammate = lab.teammate();
        let server = GitServer::start(lab.machine.path(), Some((USER, SECRET)));
        lab.clone.git(&["remote", "set-url", "origin", &server.url_with(USER, SECRET, "fabric.git")]);
        Self { lab, teammate, server, round: 0, begun: (String::new(), 0) }
    }

    /// A drop waits here, and a teammate's commit there.
    fn begin_round(&mut self) {
        self.round += 1;
        self.lab.clone.drop_raw(&self.drop_name(), &object(&self.object_name()));
        self.teammate.git(&["pull", "--quiet", "--rebase"]);
        // Long enough to be cut in the middle, and not to be pressed to nothing.
        let note: String = (0..400).map(|n| format!("{:x}\n", scattered(self.round * 1000 + n))).collect();
        self.teammate.write(&format!("{FABRIC}/notes-{}.md", self.round), &note);
        self.teammate.commit_and_push("A teammate's work");
        self.begun = (self.lab.remote.tip(), self.lab.remote.commits());
    }

    fn drop_name(&self) -> String {
        format!("drop-{}.yaml", self.round)
    }

    fn object_name(&self) -> String {
        format!("spare-{}", self.round)
    }

    fn sync(&self) -> Answer {
        let answer = self.lab.fgd("sync");
        let said = format!("{}{}", answer.stdout, answer.stderr);
        assert!(!said.contains(SECRET), "{said}");
        answer
    }

    /// The sync could not be done, and says so for people and for scripts.
    #[track_caller]
    fn assert_told(&self, answer: &Answer, code: &str, says: &str, what: &str) {
        assert_eq!(answer.code, 3, "{what}: {answer:?}");
        let error = &answer.json["error"];
        assert_eq!(error["code"], code, "{what}: {answer:?}");
        let (message, hint) = (error["message"].as_str().expect(what), error["hint"].as_str().expect(what));
        assert!(message.contains(says), "{what}: {message}");
        assert!(message.ends_with('.') && hint.ends_with('.'), "{what}: {message} {hint}");
        assert!(!message.contains('\n') && message.len() < 300, "one sentence: {message}");
        assert!(answer.stderr.contains(&format!("{message}\nHint: {hint}\n")), "{what}: {answer:?}");
        for word in ["panicked", "git2::", ".rs:", "RUST_BACKTRACE"] {
            assert!(!answer.stderr.contains(word), "{what}: {}", answer.stderr);
        }
    }

    /// Whatever happened, the drop is in the inbox or in a commit, and nothing is half done.
    #[track_caller]
    fn assert_kept(&self, what: &str) {
        let clone = &self.lab.clone;
        let waits = clone.waiting().contains(&self.drop_name());
        let is_committed = clone.git(&["ls-tree", "-r", "--name-only", "HEAD"]).contains(&self.object_file());
        assert!(waits || is_committed, "{what}: {} is lost", self.object_name());
        assert_eq!(clone.status().lines().filter(|line| !line.contains("/raw/")).count(), 0, "{what}");
        assert_eq!(clone.leftovers(), Vec::<std::path::PathBuf>::new(), "{what}");
        clone.git(&["fsck", "--strict"]);
        self.assert_only_forward();
    }

    fn assert_only_forward(&self) {
        self.lab.remote.git(&["merge-base", "--is-ancestor", &self.begun.0, BRANCH]);
        self.lab.remote.git(&["fsck", "--strict", "--connectivity-only"]);
    }

    /// The next sync ends in step, with each object there once, in one commit (and a merge at most).
    #[track_caller]
    fn assert_finished_by_the_next(&self, commits: usize, what: &str) {
        let synced = self.sync();
        assert_eq!(synced.code, 0, "{what}: {synced:?}");
        self.assert_finished(commits, what);
    }

    #[track_caller]
    fn assert_finished(&self, commits: usize, what: &str) {
        self.lab.assert_in_step();
        self.assert_kept(what);
        assert_eq!(self.lab.clone.waiting(), Vec::<String>::new(), "{what}");
        let wanted = (1..=self.round).map(|round| format!("spare-{round}.yaml")).count();
        assert_eq!(self.lab.remote.yaml("managed/servers").len(), wanted, "{what}");
        let file = format!("{FABRIC}/{}", self.object_file());
        let log = ["log", "--no-merges", "--diff-filter=A", "--format=%s", BRANCH, "--", &file];
        assert_eq!(self.lab.remote.git(&log).lines().count(), 1, "{what}: added once");
        assert!(self.lab.remote.text(&format!("notes-{}.md", self.round)).lines().count() == 400, "{what}");
        assert_eq!(self.lab.remote.commits(), self.begun.1 + commits, "{what}");
    }

    fn object_file(&self) -> String {
        format!("managed/servers/{}.yaml", self.object_name())
    }

    /// The secret stands where its owner put it, and nowhere else.
    fn assert_secret_kept(&self) {
        let home = self.lab.machine.path().join("home");
        let mut folders = vec![home, self.lab.clone.path.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with(".git/config") {
                    let bytes = std::fs::read(&path).expect("a file");
                    let has = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
                    assert!(!has, "{} holds the secret", path.display());
                }
            }
        }
    }
}

fn object(name: &str) -> String {
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: {name}\nspec:\n  description: spare\n"
    )
}

/// A number that looks random, and is the same in each run.
fn scattered(seed: usize) -> u64 {
    let x = (seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

/// What can come instead of an answer of Git's: the fault, the error's code, and what its sentence says.
fn wrong_answers() -> Vec<(Fault, &'static str, &'static str)> {
    const CHALLENGE: &[(&str, &str)] = &[("WWW-Authenticate", "Basic realm=\"test\"")];
    const LATER: &[(&str, &str)] = &[("Retry-After", "1")];
    vec![
        (Fault::StatusWith(401, CHALLENGE), "AuthRefused", "refused the sign-in"),
        (Fault::StatusWith(403, &[]), "AuthRefused", "refused the sign-in"),
        (Fault::StatusWith(404, &[]), "RemoteMissing", "There is no Git repository at"),
        (Fault::StatusWith(429, LATER), "RemoteUnreachable", "status 429"),
        (Fault::StatusWith(500, &[]), "RemoteUnreachable", "status 500"),
        (Fault::StatusWith(503, LATER), "RemoteUnreachable", "status 503"),
        (Fault::WebPage, "RemoteUnreachable", "sign-in page"),
        (Fault::Stall(Duration::ZERO), "RemoteUnreachable", "Cannot reach"),
    ]
}

#[test]
fn a_wrong_answer_to_a_fetch_holds_up_nothing_here() {
    let mut story = Story::new();
    for (fault, code, says) in wrong_answers() {
        let what = format!("{fault:?} at the fetch");
        story.begin_round();
        story.server.fail_each_for(FETCH, fault);
        story.assert_told(&story.sync(), code, says, &what);
        assert_eq!(story.lab.clone.waiting(), Vec::<String>::new(), "{what}: ingestion goes on");
        story.assert_kept(&what);
        // Tried again while it lasts: no second commit comes of it.
        let commits = story.lab.clone.git(&["rev-list", "--count", "HEAD"]);
        story.assert_told(&story.sync(), code, says, &what);
        assert_eq!(story.lab.clone.git(&["rev-list", "--count", "HEAD"]), commits, "{what}");
        story.server.mend();
        // Ours, and the merge with theirs.
        story.assert_finished_by_the_next(2, &what);
    }
    story.assert_secret_kept();
}

#[test]
fn a_wrong_answer_to_a_push_keeps_the_commit_for_the_next() {
    let mut story = Story::new();
    for (fault, code, says) in wrong_answers() {
        let what = format!("{fault:?} at the push");
        story.begin_round();
        story.server.fail_each_for(PUSH, fault);
        let answer = story.sync();
        story.assert_told(&answer, code, says, &what);
        assert_eq!(answer.json["pushed"], false, "{what}");
        assert_eq!(answer.json["commit"], story.lab.clone.tip(), "{what}");
        assert_eq!(story.lab.remote.tip(), story.begun.0, "{what}");
        story.assert_kept(&what);
        story.server.mend();
        story.assert_finished_by_the_next(1, &what);
    }
    story.assert_secret_kept();
}

#[test]
fn a_transfer_that_breaks_off_is_as_none() {
    let mut story = Story::new();
    for (part, fault, commits) in [
        (PACK_FETCHED, Fault::CutAfter(300), 2),
        (PACK_FETCHED, Fault::CutAfter(900), 2),
        (PACK_FETCHED, Fault::CutAfter(3000), 2),
        (PACK_FETCHED, Fault::CloseWhileReceiving(10), 2),
        (PACK_PUSHED, Fault::CloseWhileReceiving(0), 1),
        (PACK_PUSHED, Fault::CloseWhileReceiving(200), 1),
        (PACK_PUSHED, Fault::CloseWhileReceiving(600), 1),
        ("service=git-receive-pack", Fault::CutAfter(200), 1),
        ("service=git-upload-pack", Fault::CutAfter(200), 2),
    ] {
        let what = format!("{fault:?} of {part}");
        story.begin_round();
        story.server.fail_each_for(part, fault);
        story.assert_told(&story.sync(), "RemoteUnreachable", "Cannot reach", &what);
        assert_eq!(story.lab.remote.tip(), story.begun.0, "{what}");
        assert_eq!(story.lab.clone.waiting(), Vec::<String>::new(), "{what}: ingestion goes on");
        story.assert_kept(&what);
        story.server.mend();
        story.assert_finished_by_the_next(commits, &what);
    }
    story.assert_secret_kept();
}

#[test]
fn a_slow_line_is_no_fault() {
    let mut story = Story::new();
    for part in [FETCH, PUSH] {
        story.begin_round();
        story.server.fail_each_for(part, Fault::Drip(150, Duration::from_millis(50)));
        story.assert_finished_by_the_next(1, part);
        story.server.mend();
    }
}

#[test]
fn a_push_whose_reply_is_lost_is_not_done_twice() {
    let mut story = Story::new();
    for fault in [Fault::LoseReply, Fault::CutAfter(150), Fault::CutAfter(0)] {
        let what = format!("{fault:?}");
        story.begin_round();
        story.server.fail_next_for(PACK_PUSHED, fault);
        // The remote is asked, and has it.
        let answer = story.sync();
        assert_eq!((answer.code, &answer.json["pushed"]), (0, &true.into()), "{what}: {answer:?}");
        story.assert_finished(1, &what);
    }
    story.begin_round();
    story.server.fail_next_for(PACK_PUSHED, Fault::LoseReplyAndGo);
    let answer = story.sync();
    story.assert_told(&answer, "RemoteUnreachable", "Cannot reach", "gone with the reply");
    assert_eq!(answer.json["pushed"], false, "not known to be");
    assert_eq!(story.lab.remote.tip(), story.lab.clone.tip(), "and yet it is");
    story.assert_kept("gone with the reply");
    story.server.mend();
    story.assert_finished_by_the_next(1, "gone with the reply");
}

#[test]
fn a_silent_server_is_left_at_once_when_asked() {
    let mut story = Story::new();
    for (part, commits) in [(FETCH, 2), (PUSH, 1), (PACK_FETCHED, 2), (PACK_PUSHED, 1)] {
        story.begin_round();
        story.server.fail_each_for(part, Fault::Stall(Duration::from_secs(25)));
        let (answer, took) = interrupted(&story);
        assert!(took < Duration::from_secs(3), "{part}: {took:?}");
        story.assert_told(&answer, "Cancelled", "Cancelled", part);
        story.assert_kept(part);
        story.server.mend();
        let synced = story.sync();
        assert_eq!(synced.code, 0, "{part}: {synced:?}");
        // What was not taken in before the fetch was left needs no merge after it.
        let is_merged = story.lab.remote.parents().len() == 2;
        assert_eq!(is_merged, commits == 2 && story.lab.remote.commits() == story.begun.1 + 2, "{part}");
        story.assert_finished(if is_merged { 2 } else { 1 }, part);
    }
}

/// Syncs until the server is silent, and then interrupts it, as Ctrl-C does; how long it took to end.
fn interrupted(story: &Story) -> (Answer, Duration) {
    let (stalled, child) = (story.server.stalled(), spawn(&story.lab, "sync"));
    let patience = Instant::now() + Duration::from_secs(20);
    while story.server.stalled() == stalled {
        assert!(Instant::now() < patience, "no request came");
        std::thread::sleep(Duration::from_millis(10));
    }
    signal(&child, "-INT");
    let asked = Instant::now();
    let output = child.wait_with_output().expect("its end");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    let code = output.status.code().unwrap_or_else(|| panic!("it was killed: {stderr}"));
    (
        Answer { code, json: serde_json::from_str(&stdout).unwrap_or_default(), stdout, stderr },
        asked.elapsed(),
    )
}

fn spawn(lab: &Lab, command: &str) -> Child {
    let mut process = lab.command();
    process.arg(command).arg(lab.clone.fabric()).arg("--json");
    process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("fgd starts")
}

fn signal(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill");
    assert!(sent.success());
}
