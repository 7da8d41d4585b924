//! Faults of the line: wrong answers, transfers that break off, slowness, silence, lost replies.

use std::time::{Duration, Instant};

use super::{Running, Story};
use crate::support::git_server::Fault;
use crate::support::lab::Answer;

/// The requests of a fetch, and of a push.
const FETCH: &str = "git-upload-pack";
const PUSH: &str = "git-receive-pack";
/// Those of them that carry the objects.
const PACK_FETCHED: &str = "fabric.git/git-upload-pack";
const PACK_PUSHED: &str = "fabric.git/git-receive-pack";

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
        (Fault::Stall(Duration::ZERO), "RemoteUnreachable", "the connection broke off"),
    ]
}

/// The same to a push, to which some mean something else.
fn wrong_answers_to_a_push() -> Vec<(Fault, &'static str, &'static str)> {
    let mut answers = wrong_answers();
    answers.retain(|(fault, ..)| !matches!(fault, Fault::StatusWith(403, _)));
    answers.extend([(Fault::StatusWith(403, &[]), "PushRefused", "or the repository is archived")]);
    answers
}

/// The same to the objects of a push.
fn wrong_answers_to_what_is_pushed() -> Vec<(Fault, &'static str, &'static str)> {
    vec![
        (Fault::StatusWith(413, &[]), "PushRefused", "the push is larger than it takes"),
        (Fault::StatusWith(422, &[]), "PushRefused", "it answered with status 422"),
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
    let to_all = wrong_answers_to_a_push().into_iter().map(|answer| (PUSH, answer));
    let to_the_pack = wrong_answers_to_what_is_pushed().into_iter().map(|answer| (PACK_PUSHED, answer));
    for (part, (fault, code, says)) in to_all.chain(to_the_pack) {
        let what = format!("{fault:?} at the push");
        story.begin_round();
        story.server.fail_each_for(part, fault);
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
        (PACK_FETCHED, Fault::CutUnmeasured(300), 2),
        (PACK_FETCHED, Fault::CutUnmeasured(900), 2),
        (PACK_FETCHED, Fault::CutUnmeasured(3000), 2),
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
        story.assert_told(&story.sync(), "RemoteUnreachable", "the connection broke off", &what);
        assert_eq!(story.lab.remote.tip(), story.begun.0, "{what}");
        assert_eq!(story.lab.clone.waiting(), Vec::<String>::new(), "{what}: ingestion goes on");
        story.assert_kept(&what);
        story.server.mend();
        story.assert_finished_by_the_next(commits, &what);
    }
    story.assert_secret_kept();
}

#[test]
fn objects_that_were_garbled_on_their_way_are_not_taken() {
    let mut story = Story::new();
    for fault in [Fault::Garble(1200), Fault::Garble(2000), Fault::Garble(3000)] {
        let what = format!("{fault:?}");
        story.begin_round();
        story.server.fail_each_for(PACK_FETCHED, fault);
        story.assert_told(&story.sync(), "RemoteUnreachable", "what it sent is damaged", &what);
        assert_eq!(story.lab.clone.waiting(), Vec::<String>::new(), "{what}: ingestion goes on");
        story.assert_kept(&what);
        story.server.mend();
        story.assert_finished_by_the_next(2, &what);
    }
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
    story.assert_told(&answer, "RemoteUnreachable", "the connection broke off", "gone with the reply");
    assert_eq!(answer.json["pushed"], false, "not known to be");
    assert_eq!(story.lab.remote.tip(), story.lab.clone.tip(), "and yet it is");
    story.assert_kept("gone with the reply");
    story.server.mend();
    story.assert_finished_by_the_next(1, "gone with the reply");
}

/// A teammate, or a robot at the host, was quicker than the answer.
#[test]
fn a_push_that_somebody_builds_on_at_once_counts() {
    let mut story = Story::new();
    let on_top = "new=$(git -c user.name=Robot -c user.email=robot@lab.example commit-tree -p main \
                  -m 'On top' 'main^{tree}') && git update-ref refs/heads/main $new";
    story.lab.remote.hook("post-receive", on_top);
    for is_lost in [false, true] {
        story.begin_round();
        if is_lost {
            story.server.fail_next_for(PACK_PUSHED, Fault::LoseReply);
        }
        let answer = story.sync();
        assert_eq!((answer.code, &answer.json["pushed"]), (0, &true.into()), "{is_lost}: {answer:?}");
        assert_ne!(story.lab.remote.tip(), story.lab.clone.tip(), "{is_lost}: the robot's is on top");
        // The teammate's commit of the round made the robot's work too.
        story.assert_finished_by_the_next(2, &format!("the reply is lost: {is_lost}"));
    }
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
    let mut sync = story.lab.command();
    sync.arg("sync").arg(story.lab.clone.fabric()).arg("--json");
    let (stalled, child) = (story.server.stalled(), Running::start(sync));
    let patience = Instant::now() + Duration::from_secs(20);
    while story.server.stalled() == stalled {
        assert!(Instant::now() < patience, "no request came");
        std::thread::sleep(Duration::from_millis(10));
    }
    let asked = Instant::now();
    (Answer::of(child.interrupt()), asked.elapsed())
}
