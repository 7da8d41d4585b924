//! Faults of the host: it refuses, holds a lock, leads elsewhere, is gone, or is away for a while.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Running, SECRET, Story, USER};
use crate::support::git_server::{Fault, GitServer};

#[test]
fn a_rule_of_the_host_is_named_and_the_commit_waits() {
    let mut story = Story::new();
    for (hook, script, says) in [
        ("pre-receive", "cat >/dev/null; echo 'main is protected' >&2; exit 1", "pre-receive hook declined"),
        ("update", "echo 'main is protected' >&2; exit 1", "hook declined"),
    ] {
        story.begin_round();
        story.lab.remote.hook(hook, script);
        for _ in 0..2 {
            let answer = story.sync();
            story.assert_told(&answer, "PushRefused", says, hook);
            story.assert_told(&answer, "PushRefused", "main is protected", hook);
            assert_eq!(story.lab.remote.tip(), story.begun.0, "{hook}");
            story.assert_kept(hook);
        }
        story.lab.remote.hook(hook, "exit 0");
        story.assert_finished_by_the_next(1, hook);
    }
}

#[test]
fn a_lock_at_the_host_is_waited_for_and_then_told() {
    let mut story = Story::new();
    let lock = Path::new(&story.lab.remote.location()).join("refs/heads/main.lock");

    story.begin_round();
    std::fs::write(&lock, "").expect("a lock that was left behind");
    story.assert_told(&story.sync(), "RemoteBusy", "can't move the branch now", "a lock");
    assert_eq!(story.lab.remote.tip(), story.begun.0);
    story.assert_kept("a lock");
    std::fs::remove_file(&lock).expect("the lock is taken away");
    story.assert_finished_by_the_next(1, "a lock");

    // A short one is not even noticed.
    story.begin_round();
    std::fs::write(&lock, "").expect("somebody's lock");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let pushes = story.server.requests() + 3;
            let patience = Instant::now() + Duration::from_secs(20);
            while story.server.requests() < pushes && Instant::now() < patience {
                std::thread::sleep(Duration::from_millis(10));
            }
            std::thread::sleep(Duration::from_millis(200));
            std::fs::remove_file(&lock).expect("they are done");
        });
        story.assert_finished_by_the_next(1, "a short lock");
    });
}

#[test]
fn another_host_is_told_no_secret() {
    let mut story = Story::new();
    for (service, commits) in [("service=git-upload-pack", 2), ("service=git-receive-pack", 1)] {
        story.begin_round();
        let other = GitServer::start(story.lab.machine.path(), Some((USER, SECRET)));
        let there = format!("{}/info/refs?{service}", other.url("fabric.git"));
        story.server.fail_each_for(service, Fault::Redirect(there));
        let answer = story.sync();
        story.assert_told(&answer, "RemoteUnreachable", "it leads to another host", service);
        assert_eq!((other.requests(), other.refused()), (1, 0), "{service}: one without a sign-in");
        assert_eq!(story.lab.remote.tip(), story.begun.0, "{service}");
        story.assert_kept(service);
        story.server.mend();
        story.assert_finished_by_the_next(commits, service);
    }
}

#[test]
fn a_repository_that_is_gone_or_a_server_that_is_down_holds_up_nothing_here() {
    let mut story = Story::at(lasting_address());
    let here = story.lab.remote.location();
    let there = format!("{here}.renamed");

    story.begin_round();
    std::fs::rename(&here, &there).expect("renamed");
    let answer = story.sync();
    std::fs::rename(&there, &here).expect("named as before");
    story.assert_told(&answer, "RemoteMissing", "There is no Git repository at", "renamed");
    assert_eq!(story.lab.clone.waiting(), Vec::<String>::new());
    story.assert_kept("renamed");
    story.assert_finished_by_the_next(2, "renamed");

    story.begin_round();
    story.server.stop();
    story.assert_told(&story.sync(), "RemoteUnreachable", "Cannot reach", "down");
    assert_eq!(story.lab.clone.waiting(), Vec::<String>::new());
    story.assert_kept("down");
    story.server.come_back();
    story.assert_finished_by_the_next(2, "down");
}

#[test]
fn whoever_looks_after_a_fabric_finishes_by_itself_when_the_server_is_back() {
    let goes: fn(&mut GitServer) = GitServer::stop;
    let takes_no_push: fn(&mut GitServer) =
        |server| server.fail_each_for("git-receive-pack", Fault::StatusWith(503, &[]));
    let stories = [
        (&["watch"][..], goes),
        (&["serve", "--interval", "1"], goes),
        (&["serve", "--interval", "0"], takes_no_push),
    ]
    .map(|(words, fault)| (words, fault, Story::at(lasting_address())));
    // Beside each other, since most of it is waiting.
    std::thread::scope(|scope| {
        for (words, fault, story) in stories {
            scope.spawn(move || assert_finishes_by_itself(words, fault, story));
        }
    });
}

/// With nobody at the keyboard: what is dropped while the server is away goes out when it is back.
fn assert_finishes_by_itself(words: &[&str], fault: fn(&mut GitServer), mut story: Story) {
    let mut command = story.lab.command();
    command.args(words).arg(story.lab.clone.fabric());
    let watching = Running::start(command);
    let moment = Duration::from_secs(20);
    wait_until("the first look", moment, || story.server.requests() >= 2);
    std::thread::sleep(Duration::from_millis(300));
    fault(&mut story.server);
    story.begin_round();
    let here = story.lab.clone.fabric().join(story.object_file());
    wait_until("the object here", moment, || here.is_file() && story.lab.clone.waiting().is_empty());
    // Long enough for the push to be tried in vain.
    std::thread::sleep(Duration::from_millis(500));
    story.server.mend();
    story.server.come_back();
    // The first try comes after 15 seconds, a second one after 30, both up to half as long again.
    let patience = Instant::now() + Duration::from_secs(55);
    let has_arrived = || !story.lab.remote.yaml("managed/servers").is_empty();
    while !has_arrived() && Instant::now() < patience {
        std::thread::sleep(Duration::from_millis(100));
    }
    let ended = watching.interrupt();
    let said = [ended.stdout, ended.stderr].concat();
    assert!(has_arrived(), "{words:?}: waited in vain for the object there: {said}");
    assert_eq!(ended.code, 0, "{said}");
    assert!(said.contains("Cannot reach") && !said.contains(SECRET), "{said}");
    let commits = if story.lab.remote.parents().len() == 2 { 2 } else { 1 };
    story.assert_finished_by_the_next(commits, words[0]);
}

#[test]
fn the_protocol_without_a_check_of_who_answers_is_refused_in_words() {
    let story = Story::new();
    story.lab.clone.git(&["remote", "set-url", "origin", "git://127.0.0.1/fabric.git"]);
    story.lab.clone.drop_raw("spare.yaml", &super::object("spare"));
    let answer = story.sync();
    story.assert_told(&answer, "UrlInvalid", "git://127.0.0.1/fabric.git", "git://");
    assert!(answer.stderr.contains("https://, ssh:// or file://"), "{answer:?}");
    assert_eq!(story.lab.clone.waiting(), ["spare.yaml"]);
}

fn wait_until(what: &str, patience: Duration, is_so: impl Fn() -> bool) {
    let until = Instant::now() + patience;
    while !is_so() {
        assert!(Instant::now() < until, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A port that the system gives to nobody by itself, so that a server that was down finds it free again.
fn lasting_address() -> SocketAddr {
    let first = 20_000 + u16::try_from(std::process::id() % 100).expect("a small number") * 100;
    (first..first + 1000)
        .map(|port| SocketAddr::from(([127, 0, 0, 1], port)))
        .find(|address| TcpListener::bind(address).is_ok())
        .expect("a free port")
}
