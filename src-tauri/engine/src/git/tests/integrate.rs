//! Bringing two sides together.

use std::collections::BTreeSet;

use super::*;

fn never(_: &BothChanged<'_>) -> Option<Settled> {
    None
}

/// Lines of both sides, the base's dropped.
fn both(changed: &BothChanged<'_>) -> Option<Settled> {
    let (base, ours, theirs) = (changed.base.unwrap_or(b"-"), changed.ours?, changed.theirs?);
    Some(Settled::File([base, b"|", ours, b"|", theirs].concat()))
}

fn text(joining: &Joining<'_>) -> String {
    match joining {
        Joining::Merge(commits) => format!("merge {commits}\n\n"),
        Joining::Part(commits, held) => format!("part of {commits} without {}\n\n", held.len()),
        Joining::Replay(commits) => format!("replay {commits}\n\n"),
    }
}

fn integrated(lab: &Lab, settle: &dyn Fn(&BothChanged<'_>) -> Option<Settled>) -> Integration {
    let wish = Wish { settle, at_work: &BTreeSet::new(), records: false, message: &|joining| text(&joining) };
    lab.repo.integrate(&main(), &main(), &wish).expect("integrate")
}

/// Integrates and goes there; what is held.
fn joined(lab: &Lab) -> Vec<HeldFile> {
    let (way, held) = match merged(lab) {
        Integration::FastForward(way) | Integration::Merge(way) | Integration::Replayed(way) => {
            (Some(way), Vec::new())
        }
        Integration::Held { rest, held } => (rest, held),
        _ => (None, Vec::new()),
    };
    if let Some(way) = way {
        lab.advance(&way.to, &way.changes).expect("advance");
    }
    assert_eq!(lab.git(&["status", "--porcelain"]), "");
    held
}

fn names(held: &[HeldFile]) -> Vec<&str> {
    held.iter().map(|held| held.path.as_str()).collect()
}

/// A colleague pushes these texts.
fn colleague(lab: &Lab, bare: &Path, files: &[(&str, &str)]) {
    let dir = lab.dir.path().join("colleague");
    if !dir.exists() {
        git(lab.dir.path(), &["clone", "-q", bare.to_str().expect("UTF-8"), "colleague"]);
    }
    for (path, text) in files {
        let file = dir.join(path);
        if text.is_empty() {
            fs::remove_file(file).expect("a file");
            continue;
        }
        fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        fs::write(file, text).expect("a file");
    }
    git(&dir, &["add", "-A"]);
    git(&dir, &["commit", "-q", "-m", "colleague"]);
    git(&dir, &["push", "-q", "origin", "HEAD:main"]);
}

fn fetch(lab: &Lab) -> Option<Revision> {
    lab.repo.fetch(&main(), &Access::default(), &Watch::unwatched()).expect("fetch")
}

fn merged(lab: &Lab) -> Integration {
    integrated(lab, &never)
}

#[test]
fn without_news_there_is_nothing_to_do() {
    assert_eq!(merged(&Lab::with(&[("a", "1")])), Integration::NoTracking);
    let (lab, _) = with_origin(&[("a", "1")]);
    fetch(&lab);
    assert_eq!(merged(&lab), Integration::UpToDate);
    lab.save(&[("a", "2")]);
    assert_eq!(merged(&lab), Integration::Ahead(1));
    assert_eq!(lab.repo.ahead_behind(&main()).expect("counts"), Some((1, 0)));
}

#[test]
fn their_commits_alone_are_a_fast_forward() {
    let (lab, bare) = with_origin(&[("a", "1"), ("d/b", "1")]);
    colleague(&lab, &bare, &[("a", "2"), ("d/b", "")]);
    colleague(&lab, &bare, &[("c", "1")]);
    let tip = fetch(&lab).expect("a tip");
    let Integration::FastForward(Move { to, commits, changes }) = merged(&lab) else {
        panic!("no fast-forward")
    };
    assert_eq!((&to, commits, changes.len()), (&tip, 2, 3));
    lab.advance(&to, &changes).expect("advance");
    assert_eq!(lab.git(&["status", "--porcelain"]), "");
    assert!(!lab.root().join("d").exists());
}

#[test]
fn both_sides_come_together_in_a_merge() {
    let (lab, bare) = with_origin(&[("a", "1"), ("b", "1"), ("both", "base")]);
    colleague(&lab, &bare, &[("b", "2"), ("both", "theirs"), ("n/c", "1")]);
    lab.save(&[("a", "2"), ("both", "ours")]);
    fetch(&lab);
    let Integration::Merge(Move { to, commits, changes }) = integrated(&lab, &both) else {
        panic!("no merge")
    };
    assert_eq!((commits, changes.len()), (1, 3), "our own change is on disk already");
    lab.advance(&to, &changes).expect("advance");
    assert_eq!(lab.read("both").as_deref(), Some("base|ours|theirs"));
    assert_eq!(lab.git(&["status", "--porcelain"]), "");
    assert_eq!(lab.git(&["log", "-1", "--format=%s %p"]).split_whitespace().count(), 4);
    lab.git(&["fsck", "--strict"]);
    assert_eq!(merged(&lab), Integration::Ahead(2));
}

#[test]
fn what_does_not_fit_is_held_and_all_else_is_taken_over() {
    let base = &[("a", "1"), ("b", "1"), ("c", "1")];
    let (lab, bare) = with_origin(base);
    colleague(&lab, &bare, &[("a", "2"), ("b", ""), ("Leaf", "1"), ("dir/x", "1"), ("c", "2"), ("new", "1")]);
    let ours = lab.save(&[("a", "3"), ("b", "2"), ("leaf", "1"), ("dir", "1")]);
    fetch(&lab);
    let held = joined(&lab);
    assert_eq!(names(&held), ["Leaf", "a", "b", "dir", "dir/x", "leaf"]);
    let of = |path: &str| held.iter().find(|held| held.path.as_str() == path).expect("held");
    let blob = |text: &str| Some(blob_id(text.as_bytes()).expect("a hash"));
    assert_eq!((&of("a").base, &of("a").ours, &of("a").theirs), (&blob("1"), &blob("3"), &blob("2")));
    assert_eq!((&of("b").base, &of("b").ours, &of("b").theirs), (&blob("1"), &blob("2"), &None));
    assert_eq!((lab.read("a").as_deref(), lab.read("c").as_deref()), (Some("3"), Some("2")));
    assert_eq!(lab.read("new").as_deref(), Some("1"));
    // No Git takes it for a merge: a push would be refused.
    let tip = lab.tip().expect("a tip");
    assert_eq!(
        lab.git(&["rev-list", "--parents", "-1", tip.as_str()]).split_whitespace().nth(1),
        Some(ours.as_str())
    );
    // Looking again finds the same, and commits nothing more.
    assert_eq!(joined(&lab), held);
    assert_eq!(lab.tip(), Some(tip));
}

#[test]
fn what_was_taken_over_and_taken_back_there_is_taken_back_here() {
    let (lab, bare) = with_origin(&[("a", "1"), ("b", "1"), ("c", "1")]);
    colleague(&lab, &bare, &[("a", "theirs"), ("b", "2"), ("c", "2")]);
    lab.save(&[("a", "ours")]);
    fetch(&lab);
    assert_eq!(names(&joined(&lab)), ["a"]);
    assert_eq!(lab.read("b").as_deref(), Some("2"));
    // They change their minds about what we took over, and we about another thing that we took over.
    colleague(&lab, &bare, &[("b", "1")]);
    lab.save(&[("c", "3")]);
    fetch(&lab);
    assert_eq!(names(&joined(&lab)), ["a"]);
    assert_eq!((lab.read("b").as_deref(), lab.read("c").as_deref()), (Some("1"), Some("3")));
    // A conflict that comes up later is about what we had taken over.
    colleague(&lab, &bare, &[("c", "4")]);
    fetch(&lab);
    let held = joined(&lab);
    assert_eq!(names(&held), ["a", "c"]);
    assert_eq!(held[1].base, Some(blob_id(b"2").expect("a hash")));
    // Once it fits, it is a merge of both sides.
    lab.save(&[("a", "theirs"), ("c", "4")]);
    assert_eq!(joined(&lab), []);
    assert_eq!(lab.git(&["rev-list", "--parents", "-1", "HEAD"]).split_whitespace().count(), 3);
    assert_eq!(
        merged(&lab),
        Integration::Ahead(lab.repo.ahead_behind(&main()).expect("counts").expect("both").0)
    );
    lab.git(&["push", "-q", "origin", "main"]);
    assert_eq!(lab.git(&["diff", "origin/main", "HEAD"]), "");
    lab.git(&["fsck", "--strict"]);
}

#[test]
fn a_decision_that_keeps_ours_is_remembered_while_others_wait() {
    let (lab, bare) = with_origin(&[("a", "1"), ("b", "1")]);
    colleague(&lab, &bare, &[("a", "2"), ("b", "2")]);
    lab.save(&[("a", "3"), ("b", "3")]);
    fetch(&lab);
    assert_eq!(names(&joined(&lab)), ["a", "b"]);
    let keep_a = |both: &BothChanged<'_>| {
        (both.path.as_str() == "a").then(|| Settled::File(both.ours.unwrap_or_default().to_vec()))
    };
    let nobody = BTreeSet::new();
    let wish = Wish { settle: &keep_a, at_work: &nobody, records: true, message: &|joining| text(&joining) };
    let Integration::Held { rest: Some(way), held } =
        lab.repo.integrate(&main(), &main(), &wish).expect("integrate")
    else {
        panic!("nothing is held")
    };
    assert_eq!(names(&held), ["b"]);
    lab.advance(&way.to, &way.changes).expect("advance");
    assert_eq!(names(&joined(&lab)), ["b"], "a is decided");
    let all = lab.git(&["log", "--format=%s"]);
    assert_eq!(all.lines().count(), 3, "{all}");
}

/// The remote's branch becomes another one, by force.
fn rewrite(lab: &Lab, bare: &Path, words: &[&str], files: &[(&str, &str)]) {
    let dir = lab.dir.path().join("rewriter");
    git(lab.dir.path(), &["clone", "-q", bare.to_str().expect("UTF-8"), "rewriter"]);
    git(&dir, words);
    for (path, text) in files {
        fs::write(dir.join(path), text).expect("a file");
    }
    git(&dir, &["add", "-A"]);
    git(&dir, &["commit", "-q", "--allow-empty", "--amend", "-m", "rewritten"]);
    git(&dir, &["push", "-q", "--force", "origin", "HEAD:main"]);
}

#[test]
fn our_work_is_replayed_on_rewritten_history() {
    let (lab, bare) = with_origin(&[("a", "1"), ("b", "1")]);
    lab.save(&[("b", "2")]);
    lab.git(&["push", "-q", "origin", "main"]);
    fetch(&lab);
    let (one, two) = (lab.save(&[("c", "1")]), lab.save(&[("d", "1")]));
    rewrite(&lab, &bare, &["reset", "-q", "--hard", "HEAD"], &[("a", "rewritten")]);
    let tip = fetch(&lab).expect("a tip");
    let Integration::Replayed(way) = merged(&lab) else { panic!("not replayed") };
    lab.advance(&way.to, &way.changes).expect("advance");
    let log = lab.git(&["log", "--format=%H %s", "-3"]);
    let subjects: Vec<&str> = log.lines().filter_map(|line| Some(line.split_once(' ')?.1)).collect();
    assert_eq!(subjects, ["change", "change", "rewritten"]);
    assert!(log.contains(tip.as_str()) && !log.contains(one.as_str()) && !log.contains(two.as_str()));
    assert_eq!((lab.read("a").as_deref(), lab.read("d").as_deref()), (Some("rewritten"), Some("1")));
    assert!(matches!(merged(&lab), Integration::Ahead(2)));
    assert!(lab.repo.git().find_reference("refs/fgd/rewritten/main").is_err(), "it is over");
}

#[test]
fn commits_that_the_remote_took_back_do_not_come_back() {
    let (lab, bare) = with_origin(&[("a", "1")]);
    lab.save(&[("a", "2")]);
    lab.git(&["push", "-q", "origin", "main"]);
    fetch(&lab);
    lab.save(&[("mine", "1")]);
    let root = lab.git(&["rev-list", "--max-parents=0", "HEAD"]);
    git(&bare, &["update-ref", "refs/heads/main", root.trim()]);
    fetch(&lab);
    let Integration::Replayed(way) = merged(&lab) else { panic!("not replayed") };
    lab.advance(&way.to, &way.changes).expect("advance");
    assert_eq!((lab.read("a").as_deref(), lab.read("mine").as_deref()), (Some("1"), Some("1")));
    assert!(matches!(merged(&lab), Integration::Ahead(1)));
}

#[test]
fn rewritten_history_that_does_not_fit_is_held_until_it_does() {
    let (lab, bare) = with_origin(&[("a", "1"), ("b", "1")]);
    fetch(&lab);
    lab.save(&[("a", "ours")]);
    rewrite(&lab, &bare, &["reset", "-q", "--hard", "HEAD"], &[("a", "theirs"), ("b", "2")]);
    fetch(&lab);
    assert_eq!(names(&joined(&lab)), ["a"]);
    assert_eq!(lab.read("b").as_deref(), Some("2"));
    lab.save(&[("a", "theirs")]);
    let Integration::Replayed(way) = merged(&lab) else { panic!("not replayed") };
    lab.advance(&way.to, &way.changes).expect("advance");
    assert_eq!(merged(&lab), Integration::UpToDate, "nothing of our own is left");
}

#[test]
fn unrelated_histories_meet_where_they_do_not_overlap() {
    let (lab, bare) = with_origin(&[("a", "1")]);
    let other = Lab::with(&[("b", "1")]);
    other.git(&["push", "-q", "--force", bare.to_str().expect("UTF-8"), "main"]);
    fetch(&lab);
    // Theirs is a history of its own: ours is put on top of it.
    lab.save(&[("c", "1")]);
    let Integration::Replayed(Move { to, changes, .. }) = merged(&lab) else { panic!("not replayed") };
    lab.advance(&to, &changes).expect("advance");
    assert_eq!((lab.read("b").as_deref(), lab.read("c").as_deref()), (Some("1"), Some("1")));
    // A clone that never saw the old one merges what does not overlap.
    let stranger = Lab::with(&[("d", "1")]);
    stranger.repo.set_remote("origin", &url(bare.to_str().expect("UTF-8"))).expect("a remote");
    fetch(&stranger);
    assert!(matches!(merged(&stranger), Integration::Merge(_)));
}

#[cfg(unix)]
#[test]
fn links_and_hostile_names_stay_in_git() {
    let (lab, bare) = with_origin(&[("a", "1")]);
    let dir = lab.dir.path().join("colleague");
    git(lab.dir.path(), &["clone", "-q", bare.to_str().expect("UTF-8"), "colleague"]);
    std::os::unix::fs::symlink("/etc/passwd", dir.join("link")).expect("a link");
    fs::write(dir.join("back\\slash"), "1").expect("a file");
    colleague(&lab, &bare, &[("b", "1")]);
    fetch(&lab);
    let Integration::FastForward(Move { to, changes, .. }) = merged(&lab) else { panic!("no fast-forward") };
    lab.advance(&to, &changes).expect("advance");
    assert!(fs::symlink_metadata(lab.root().join("link")).is_err());
    assert_eq!(lab.repo.local_edits(Some(&to), &at("")).expect("edits"), [], "their absence is no edit");
    let next = lab.save(&[("b", "2")]);
    assert!(lab.git(&["ls-tree", "--name-only", next.as_str()]).contains("link"), "they stay in the trees");
    assert!(lab.repo.list(&next, &at("")).expect("list").iter().any(|file| file.is_symlink));
}

#[test]
fn an_unborn_branch_takes_what_the_remote_has() {
    let (lab, bare) = with_origin(&[("a", "1")]);
    let fresh = Lab::new();
    fresh.repo.set_remote("origin", &url(bare.to_str().expect("UTF-8"))).expect("a remote");
    fetch(&fresh);
    assert_eq!(fresh.repo.ahead_behind(&main()).expect("counts"), Some((0, 1)));
    let Integration::FastForward(Move { to, changes, .. }) = merged(&fresh) else {
        panic!("no fast-forward")
    };
    fresh.advance(&to, &changes).expect("advance");
    assert_eq!(fresh.tip(), lab.tip());
}

#[cfg(unix)]
#[test]
fn a_file_that_becomes_a_link_and_a_file_again_ends_right_on_disk() {
    let (lab, bare) = with_origin(&[("a", "1"), ("b", "1")]);
    let dir = lab.dir.path().join("colleague");
    let follow = || {
        fetch(&lab);
        let Integration::FastForward(Move { to, changes, .. }) = merged(&lab) else {
            panic!("no fast-forward")
        };
        lab.advance(&to, &changes).expect("advance");
        assert_eq!(lab.repo.local_edits(Some(&to), &at("")).expect("edits"), []);
    };
    colleague(&lab, &bare, &[("b", "2")]);
    fs::remove_file(dir.join("a")).expect("a file");
    std::os::unix::fs::symlink("b", dir.join("a")).expect("a link");
    colleague(&lab, &bare, &[("b", "3")]);
    follow();
    assert_eq!(lab.read("a"), None);
    fs::remove_file(dir.join("a")).expect("a link");
    colleague(&lab, &bare, &[("a", "2")]);
    follow();
    assert_eq!(lab.read("a").as_deref(), Some("2"));
}

#[test]
fn what_the_remote_has_in_commits_of_its_own_is_not_merged_with_itself() {
    let (lab, bare) = with_origin(&[("a", "1"), ("b", "1"), ("c", "1")]);
    lab.save(&[("a", "2")]);
    lab.save(&[("b", "")]);
    // A squashed pull request, and more on top.
    colleague(&lab, &bare, &[("a", "2"), ("b", "")]);
    colleague(&lab, &bare, &[("c", "2")]);
    let tip = fetch(&lab).expect("a tip");
    let Integration::Replayed(way) = merged(&lab) else { panic!("not taken over") };
    assert_eq!(way.to, tip);
    lab.advance(&way.to, &way.changes).expect("advance");
    assert_eq!((lab.git(&["status", "--porcelain"]).as_str(), lab.read("c").as_deref()), ("", Some("2")));
    // The same path, and not the same bytes: that is a merge or a conflict.
    lab.save(&[("a", "3")]);
    colleague(&lab, &bare, &[("a", "4")]);
    fetch(&lab);
    assert!(matches!(merged(&lab), Integration::Held { .. }));
}

/// What somebody decided against stays in history, also where another push is faster than the decision's.
#[test]
fn a_decision_that_was_overtaken_keeps_both_versions_in_history() {
    let theirs = |changed: &BothChanged<'_>| Some(Settled::File(changed.theirs?.to_vec()));
    let (lab, bare) = with_origin(&[("a", "1")]);
    colleague(&lab, &bare, &[("a", "theirs")]);
    let ours = lab.save(&[("a", "ours")]);
    fetch(&lab);
    assert_eq!(names(&joined(&lab)), ["a"]);
    let Integration::Merge(way) = integrated(&lab, &theirs) else { panic!("no merge") };
    lab.advance(&way.to, &way.changes).expect("advance");

    colleague(&lab, &bare, &[("b", "1")]);
    fetch(&lab);
    assert_eq!(names(&joined(&lab)), Vec::<&str>::new());

    assert_eq!((lab.read("a").as_deref(), lab.read("b").as_deref()), (Some("theirs"), Some("1")));
    assert!(lab.repo.contains(&lab.tip().expect("a tip"), &ours).expect("history"));
    lab.git(&["push", "-q", "origin", "main"]);
}
