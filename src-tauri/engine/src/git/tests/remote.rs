//! Remotes: over HTTP, from disk, and when they misbehave.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::git_server::{Fault, GitServer};
use super::*;
use crate::account::Keeping;
use crate::error::{Error, ErrorCode};
use crate::git::Identity;
use crate::git::remote::RemoteReport;
use crate::view::SignIn;

const SECRET: &str = "hunter2-token";

/// A clone with a remote behind a server; the folder of the remote.
fn lab(auth: Option<(&str, &str)>) -> (Lab, PathBuf, GitServer) {
    let (lab, bare) = with_origin(&[("a", "1")]);
    let server = GitServer::start(lab.dir.path(), auth);
    lab.repo.set_remote("origin", &url(&server.url("fabric.git"))).expect("a remote");
    (lab, bare, server)
}

fn access() -> Access {
    Access { stall: Duration::from_secs(20), ..Access::default() }
}

fn signed_in(secret: &str) -> Access {
    let sign_in = SignIn { user: "bob".to_owned(), secret: secret.to_owned(), keep: Keeping::Session };
    Access { identity: Identity::SignIn(sign_in), ..access() }
}

fn quiet() -> Watch {
    Watch::unwatched()
}

fn fetch(lab: &Lab, access: &Access) -> crate::error::Result<Option<Revision>> {
    lab.repo.fetch(&main(), access, &quiet())
}

fn push(lab: &Lab, expected: Option<&Revision>) -> crate::error::Result<PushReply> {
    lab.repo.push(&main(), &lab.tip().expect("a tip"), expected, &access(), &quiet())
}

fn hook(bare: &Path, name: &str, script: &str) {
    let file = bare.join("hooks").join(name);
    fs::create_dir_all(bare.join("hooks")).expect("a folder");
    fs::write(&file, format!("#!/bin/sh\n{script}\n")).expect("a hook");
    assert!(std::process::Command::new("chmod").arg("755").arg(&file).status().expect("chmod").success());
}

#[test]
fn inspect_tells_branches_and_the_default() {
    let (lab, bare, server) = lab(None);
    git(&bare, &["branch", "alpha", "main"]);
    let report = inspect(&url(&server.url("fabric.git")), &access(), &quiet()).expect("inspect");
    let names: Vec<_> = report.branches.iter().map(BranchName::as_str).collect();
    assert_eq!((names, report.default), (vec!["alpha", "main"], Some(main())));
    Repo::init_bare(&lab.dir.path().join("empty.git"), &main()).expect("bare");
    let empty = inspect(&url(&server.url("empty.git")), &access(), &quiet()).expect("inspect");
    assert_eq!(empty, RemoteReport { branches: vec![], default: Some(main()) });
    let local = inspect(&url(bare.to_str().expect("UTF-8")), &access(), &quiet()).expect("inspect");
    assert_eq!(local.branches.len(), 2);
}

#[test]
fn fetch_brings_one_branch_and_push_sends_it() {
    let (lab, bare, _server) = lab(None);
    let first = lab.tip();
    assert_eq!(fetch(&lab, &access()).expect("fetch"), first);
    let next = lab.save(&[("a", "2")]);
    assert_eq!(push(&lab, first.as_ref()).expect("push"), PushReply::Accepted);
    assert_eq!(git(&bare, &["rev-parse", "main"]).trim(), next.as_str());
    assert_eq!(lab.repo.tracking(&main()).expect("tracking"), Some(next.clone()));
    assert_eq!(lab.repo.remote_tip(&main(), &access(), &quiet()).expect("tip"), Some(next));
    assert_eq!(push(&lab, first.as_ref()).expect("push"), PushReply::Accepted, "what is there is accepted");
}

#[test]
fn a_branch_gone_on_the_remote_is_told_until_it_is_made_again() {
    let (lab, bare, _server) = lab(None);
    fetch(&lab, &access()).expect("fetch");
    git(&bare, &["branch", "-m", "main", "trunk"]);
    for _ in 0..2 {
        let error = fetch(&lab, &access()).expect_err("it is gone");
        let Error::BranchGone { moved_to: Some(to), .. } = error else { panic!("{error}") };
        assert_eq!(to.as_str(), "trunk");
        assert_eq!(lab.repo.tracking(&main()).expect("tracking"), None);
    }
    lab.repo.forget_gone(&main()).expect("forgotten");
    assert_eq!(push(&lab, None).expect("push"), PushReply::Accepted, "it is made again");
    assert_eq!(fetch(&lab, &access()).expect("fetch"), lab.tip());
}

#[test]
fn a_shallow_clone_takes_news_and_can_be_deepened() {
    let (lab, bare, server) = lab(None);
    for round in ["2", "3", "4"] {
        lab.save(&[("a", round)]);
    }
    lab.git(&["push", "-q", bare.to_str().expect("UTF-8"), "main"]);
    let shallow = lab.dir.path().join("shallow");
    git(lab.dir.path(), &["clone", "-q", "--depth", "1", &server.url("fabric.git"), "shallow"]);
    let mine =
        Lab { repo: Repo::open(&shallow).expect("a clone"), dir: tempfile::tempdir().expect("a folder") };
    mine.save(&[("mine", "1")]);
    lab.save(&[("theirs", "1")]);
    lab.git(&["push", "-q", bare.to_str().expect("UTF-8"), "main"]);
    fetch(&mine, &access()).expect("fetch");
    assert!(mine.repo.git().is_shallow(), "it stays as its owner made it");
    assert!(matches!(integrated(&mine), Integration::Merge(_)), "the base is there");
    // The remote goes on from a commit that the shallow clone lacks.
    let aside = lab.git(&["rev-parse", "HEAD~3"]);
    git(&bare, &["update-ref", "refs/heads/main", aside.trim()]);
    git(&shallow, &["update-ref", "-d", "refs/remotes/origin/main"]);
    fetch(&mine, &access()).expect("fetch");
    assert_eq!(integrated(&mine), Integration::TooShallow);
    mine.repo.deepen(&main(), &access(), &quiet()).expect("deepened");
    assert!(!matches!(integrated(&mine), Integration::TooShallow));
    mine.git(&["fsck", "--connectivity-only"]);
    // A remote on this machine can't tell of depth; what the clone knows of its own is kept.
    git(lab.dir.path(), &["clone", "-q", "--depth", "1", &server.url("fabric.git"), "other"]);
    let other = Repo::open(&lab.dir.path().join("other")).expect("a clone");
    other.set_remote("origin", &url(bare.to_str().expect("UTF-8"))).expect("a remote");
    lab.save(&[("b", "9")]);
    lab.git(&["push", "-q", "-f", bare.to_str().expect("UTF-8"), "main"]);
    other.fetch(&main(), &access(), &quiet()).expect("fetch");
    assert!(other.git().is_shallow());
}

fn integrated(lab: &Lab) -> Integration {
    let wish = Wish {
        settle: &|_| None,
        at_work: &std::collections::BTreeSet::new(),
        records: false,
        message: &|_| "join\n".to_owned(),
    };
    lab.repo.integrate(&main(), &main(), &wish).expect("integrate")
}

#[test]
fn a_push_that_was_overtaken_moves_nothing() {
    for through_server in [true, false] {
        let (lab, bare, _server) = lab(None);
        if !through_server {
            lab.repo.set_remote("origin", &url(bare.to_str().expect("UTF-8"))).expect("a remote");
        }
        let first = lab.tip();
        let other = Lab::new();
        other.git(&["pull", "-q", bare.to_str().expect("UTF-8"), "main"]);
        let theirs = other.save(&[("b", "1")]);
        other.git(&["push", "-q", bare.to_str().expect("UTF-8"), "main"]);
        lab.save(&[("a", "2")]);
        assert_eq!(push(&lab, first.as_ref()).expect("push"), PushReply::Moved);
        assert_eq!(push(&lab, Some(&theirs)).expect("push"), PushReply::Moved, "it would leave theirs out");
        assert_eq!(push(&lab, None).expect("push"), PushReply::Moved);
        assert_eq!(git(&bare, &["rev-parse", "main"]).trim(), theirs.as_str());
        assert_eq!(git(&bare, &["for-each-ref", "refs/fgd"]), "");
    }
}

#[test]
fn a_push_to_disk_is_accepted() {
    let (lab, bare) = with_origin(&[("a", "1")]);
    let first = lab.tip();
    let next = lab.save(&[("a", "2")]);
    assert_eq!(push(&lab, first.as_ref()).expect("push"), PushReply::Accepted);
    assert_eq!(git(&bare, &["rev-parse", "main"]).trim(), next.as_str());
    assert_eq!(git(&bare, &["for-each-ref", "refs/fgd"]), "");
    git(&bare, &["fsck", "--strict"]);
}

#[test]
fn a_rule_of_the_remote_refuses_with_its_reason() {
    let (lab, bare, _server) = lab(None);
    let first = lab.tip();
    fetch(&lab, &access()).expect("fetch");
    lab.save(&[("a", "2")]);
    hook(&bare, "pre-receive", "cat >/dev/null; echo 'main is protected' >&2; exit 1");
    let PushReply::Refused(reason) = push(&lab, first.as_ref()).expect("push") else { panic!("not refused") };
    assert!(reason.contains("pre-receive hook declined") && reason.contains("main is protected"), "{reason}");
    assert_eq!(lab.repo.tracking(&main()).expect("tracking"), first, "noted only what was accepted");
}

#[test]
fn a_sign_in_is_asked_for_used_and_refused() {
    let (lab, _, server) = lab(Some(("bob", SECRET)));
    let code = |access: &Access| fetch(&lab, access).expect_err("no entry").code();
    assert_eq!(code(&access()), ErrorCode::AuthRequired);
    let before = server.refused();
    assert_eq!(code(&signed_in("wrong")), ErrorCode::AuthRefused);
    assert_eq!(server.refused() - before, 1, "it is offered once");
    assert!(fetch(&lab, &signed_in(SECRET)).expect("fetch").is_some());
    let first = lab.tip();
    lab.save(&[("a", "2")]);
    let tip = lab.tip().expect("a tip");
    let pushed = lab.repo.push(&main(), &tip, first.as_ref(), &signed_in(SECRET), &quiet());
    assert_eq!(pushed.expect("push"), PushReply::Accepted);
}

#[test]
fn a_sign_in_in_the_configured_url_works_and_shows_nowhere() {
    let (lab, _, server) = lab(Some(("bob", SECRET)));
    lab.git(&["remote", "set-url", "origin", &server.url_with("bob", SECRET, "fabric.git")]);
    let remote = lab.repo.remote(&main()).expect("remote").expect("a remote");
    assert!(!remote.url.as_str().contains(SECRET) && !format!("{remote:?}").contains(SECRET));
    assert!(fetch(&lab, &access()).expect("fetch").is_some());
    lab.git(&["remote", "set-url", "origin", &server.url_with("eve", SECRET, "fabric.git")]);
    let lab = Lab { repo: Repo::open(lab.root()).expect("opened anew"), ..lab };
    let error = fetch(&lab, &access()).expect_err("refused");
    assert_eq!(error.code(), ErrorCode::AuthRefused);
    assert!(!format!("{error} {error:?}").contains(SECRET));
}

#[test]
fn failures_say_what_they_are() {
    let (lab, _, server) = lab(None);
    let code = |fault: Fault| {
        server.fail_next(fault);
        fetch(&lab, &access()).expect_err("a failure")
    };
    assert_eq!(code(Fault::Status(404)).code(), ErrorCode::RemoteMissing);
    assert_eq!(code(Fault::Status(403)).code(), ErrorCode::AuthRequired);
    let error = code(Fault::Status(503));
    assert!(matches!(&error, Error::RemoteUnreachable { detail, .. } if detail.contains("503")), "{error}");
    let error = code(Fault::WebPage);
    assert!(
        matches!(&error, Error::RemoteUnreachable { detail, .. } if detail.contains("sign-in page")),
        "{error}"
    );
    assert_eq!(code(Fault::CutAfter(200)).code(), ErrorCode::RemoteUnreachable);
    assert_eq!(code(Fault::Stall(Duration::ZERO)).code(), ErrorCode::RemoteUnreachable);
    assert!(fetch(&lab, &access()).is_ok());
    let at = |text: &str| inspect(&url(text), &access(), &quiet()).expect_err("a failure").code();
    assert_eq!(at(&server.url("nowhere.git")), ErrorCode::RemoteMissing);
    assert_eq!(at("/nowhere/at/all.git"), ErrorCode::RemoteMissing);
    assert_eq!(at("http://127.0.0.1:1/x.git"), ErrorCode::RemoteUnreachable);
    assert_eq!(at("http://host.invalid/x.git"), ErrorCode::RemoteUnreachable);
}

#[test]
fn a_pack_cut_short_leaves_the_clone_as_it_was() {
    let (lab, bare, server) = lab(None);
    let first = fetch(&lab, &access()).expect("fetch");
    let other = Lab::new();
    other.git(&["pull", "-q", bare.to_str().expect("UTF-8"), "main"]);
    let theirs = other.save(&[("b", &"long ".repeat(2000))]);
    other.git(&["push", "-q", bare.to_str().expect("UTF-8"), "main"]);
    server.fail_next_for("fabric.git/git-upload-pack", Fault::CutAfter(400));
    assert!(fetch(&lab, &access()).is_err());
    assert_eq!(lab.repo.tracking(&main()).expect("tracking"), first);
    lab.git(&["fsck", "--strict"]);
    assert_eq!(fetch(&lab, &access()).expect("fetch"), Some(theirs));
}

#[test]
fn a_lost_reply_is_found_out_by_asking() {
    let (lab, _, server) = lab(None);
    let first = fetch(&lab, &access()).expect("fetch");
    let next = lab.save(&[("a", "2")]);
    server.fail_next_for("fabric.git/git-receive-pack", Fault::LoseReply);
    assert!(push(&lab, first.as_ref()).is_err());
    assert_eq!(lab.repo.remote_tip(&main(), &access(), &quiet()).expect("tip"), Some(next));
    assert_eq!(push(&lab, first.as_ref()).expect("push"), PushReply::Accepted);
}

#[test]
fn silence_ends_the_wait() {
    let (lab, _, server) = lab(None);
    server.fail_next(Fault::Stall(Duration::from_secs(20)));
    let began = Instant::now();
    let impatient = Access { stall: Duration::from_millis(1200), ..Access::default() };
    let error = fetch(&lab, &impatient).expect_err("stalled");
    assert!(matches!(error, Error::RemoteStalled { seconds: 1, .. }), "{error}");
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[test]
fn cancel_ends_the_wait_at_once() {
    let (lab, _, server) = lab(None);
    server.fail_next(Fault::Stall(Duration::from_secs(20)));
    let cancelled = Arc::<AtomicBool>::default();
    let asked = Arc::clone(&cancelled);
    let watch = Watch { is_cancelled: Arc::new(move || asked.load(Ordering::Relaxed)), ..quiet() };
    let cancelling = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(200));
        cancelled.store(true, Ordering::Relaxed);
        Instant::now()
    });
    let error = lab.repo.fetch(&main(), &access(), &watch).expect_err("cancelled");
    let after = cancelling.join().expect("a time").elapsed();
    assert!(matches!(error, Error::Cancelled), "{error}");
    assert!(after < Duration::from_millis(500), "{after:?}");
}

#[test]
fn a_clone_is_whole() {
    let (lab, _, server) = lab(Some(("bob", SECRET)));
    let into = lab.dir.path().join("deep/er/clone");
    let (seen, bytes) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicUsize::new(0)));
    let watch = Watch {
        progress: {
            let (seen, bytes) = (seen.clone(), bytes.clone());
            Arc::new(move |so_far| {
                seen.store(so_far.done, Ordering::Relaxed);
                bytes.fetch_max(so_far.bytes, Ordering::Relaxed);
            })
        },
        ..quiet()
    };
    let repo = clone_into(&url(&server.url("fabric.git")), &main(), &into, &signed_in(SECRET), &watch)
        .expect("clone");
    assert_eq!(repo.tip(&main()).expect("tip"), lab.tip());
    assert_eq!(fs::read_to_string(into.join("a")).expect("a file"), "1");
    assert_eq!(git(&into, &["status", "--porcelain", "--branch"]), "## main...origin/main\n");
    let config = fs::read_to_string(into.join(".git/config")).expect("config");
    assert!(!config.contains(SECRET) && !config.contains("bob") && !config.contains("fsync"), "{config}");
    assert!(seen.load(Ordering::Relaxed) > 0 && bytes.load(Ordering::Relaxed) > 100);
    assert_eq!(fs::read_dir(into.parent().expect("a parent")).expect("entries").count(), 1);
    let again = clone_into(&url(&server.url("fabric.git")), &main(), &into, &signed_in(SECRET), &quiet());
    assert_eq!(again.map(drop).expect_err("it is there").code(), ErrorCode::Io);
}

#[test]
fn a_failed_clone_leaves_nothing() {
    let (lab, _, server) = lab(None);
    let into = lab.dir.path().join("clones/one");
    let to = |branch: &str| {
        let branch = BranchName::parse(branch).expect("a name");
        clone_into(&url(&server.url("fabric.git")), &branch, &into, &access(), &quiet()).map(drop)
    };
    let error = to("prod").expect_err("no such branch");
    assert!(matches!(&error, Error::BranchMissing { known, .. } if *known == [main()]), "{error}");
    server.fail_next_for("fabric.git/git-upload-pack", Fault::CutAfter(300));
    assert!(to("main").is_err());
    assert_eq!(fs::read_dir(into.parent().expect("a parent")).expect("entries").count(), 0);
    assert!(to("main").is_ok());
}

#[test]
fn a_clone_of_an_empty_repository_is_unborn() {
    let (lab, _, server) = lab(None);
    Repo::init_bare(&lab.dir.path().join("empty.git"), &main()).expect("bare");
    let branch = BranchName::parse("fabrics/lab").expect("a name");
    let into = lab.dir.path().join("new");
    let repo =
        clone_into(&url(&server.url("empty.git")), &branch, &into, &access(), &quiet()).expect("clone");
    assert_eq!(repo.head().expect("head"), Head::Branch { name: branch.clone(), tip: None });
    let changes = [FileChange::write(at("x"), None, b"1".to_vec())];
    let to = repo.commit(None, &changes, "first", &mut |_, _| {}).expect("commit");
    repo.advance(&branch, None, &to, &repo.survey(&changes).expect("survey"), &mut |_, _| {})
        .expect("advance");
    let pushed = repo.push(&branch, &to, None, &access(), &quiet()).expect("push");
    assert_eq!((pushed, repo.tracking(&branch).expect("tracking")), (PushReply::Accepted, Some(to)));
}

#[test]
fn another_host_is_not_told_the_secret() {
    let (lab, _, server) = lab(Some(("bob", SECRET)));
    let other = GitServer::start(lab.dir.path(), Some(("bob", SECRET)));
    server
        .fail_next(Fault::Redirect(format!("{}/info/refs?service=git-upload-pack", other.url("fabric.git"))));
    assert!(fetch(&lab, &signed_in(SECRET)).is_err());
    assert_eq!(other.requests(), 1, "one request, without credentials, and none after");
}

#[test]
fn hooks_and_helpers_of_the_clone_run_nothing() {
    let (lab, _, _server) = lab(Some(("bob", SECRET)));
    let ran = lab.dir.path().join("ran");
    let touch = format!("touch '{}'", ran.display());
    for name in ["reference-transaction", "post-checkout", "pre-push", "post-index-change"] {
        hook(&lab.root().join(".git"), name, &touch);
    }
    let config = lab.root().join(".git/config");
    let mut text = fs::read_to_string(&config).expect("config");
    text.push_str(&format!("[core]\n\tfsmonitor = {touch}\n\tsshCommand = {touch}\n\taskPass = {touch}\n"));
    text.push_str(&format!("[filter \"evil\"]\n\tclean = {touch}\n\tsmudge = {touch}\n"));
    text.push_str(&format!("[credential]\n\thelper = \"!{touch}\"\n"));
    fs::write(&config, text).expect("config");
    lab.put(".gitattributes", "* filter=evil\n");
    lab.save(&[("a", "2"), ("b", "1")]);
    lab.repo.local_edits(lab.tip().as_ref(), &at("")).expect("edits");
    assert_eq!(fetch(&lab, &access()).expect_err("no entry").code(), ErrorCode::AuthRequired);
    fetch(&lab, &signed_in(SECRET)).expect("fetch");
    let tip = lab.tip().expect("a tip");
    let expected = lab.repo.tracking(&main()).expect("tracking");
    let pushed = lab.repo.push(&main(), &tip, expected.as_ref(), &signed_in(SECRET), &quiet()).expect("push");
    assert_eq!(pushed, PushReply::Accepted);
    assert!(!ran.exists());
}
