//! Bringing two sides together.

use super::*;

fn never(_: &RepoPath, _: Option<&[u8]>, _: &[u8], _: &[u8]) -> Option<Vec<u8>> {
    None
}

/// Lines of both sides, the base's dropped.
fn both(_: &RepoPath, base: Option<&[u8]>, ours: &[u8], theirs: &[u8]) -> Option<Vec<u8>> {
    Some([base.unwrap_or(b"-"), b"|", ours, b"|", theirs].concat())
}

fn text(commits: u32) -> String {
    format!("merge {commits}")
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
    lab.repo.integrate(&main(), &never, &text).expect("integrate")
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
    let Integration::FastForward { to, commits, changes } = merged(&lab) else { panic!("no fast-forward") };
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
    let Integration::Merge { to, commits, changes } =
        lab.repo.integrate(&main(), &both, &text).expect("integrate")
    else {
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
fn what_does_not_fit_collides_and_moves_nothing() {
    let (lab, bare) = with_origin(&[("a", "1"), ("b", "1"), ("c", "1")]);
    colleague(&lab, &bare, &[("a", "2"), ("b", ""), ("Leaf", "1"), ("dir/x", "1")]);
    let ours = lab.save(&[("a", "3"), ("b", "2"), ("leaf", "1"), ("dir", "1")]);
    fetch(&lab);
    let Integration::Collides(paths) = merged(&lab) else { panic!("no collision") };
    assert_eq!(paths, [at("Leaf"), at("a"), at("b"), at("dir"), at("leaf")]);
    assert_eq!(lab.tip(), Some(ours));
}

#[test]
fn unrelated_histories_meet_where_they_do_not_overlap() {
    let (lab, bare) = with_origin(&[("a", "1")]);
    let other = Lab::with(&[("b", "1")]);
    other.git(&["push", "-q", "--force", bare.to_str().expect("UTF-8"), "main"]);
    fetch(&lab);
    let Integration::Merge { to, changes, .. } = merged(&lab) else { panic!("no merge") };
    lab.advance(&to, &changes).expect("advance");
    assert_eq!((lab.read("a").as_deref(), lab.read("b").as_deref()), (Some("1"), Some("1")));
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
    let Integration::FastForward { to, changes, .. } = merged(&lab) else { panic!("no fast-forward") };
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
    let Integration::FastForward { to, changes, .. } = merged(&fresh) else { panic!("no fast-forward") };
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
        let Integration::FastForward { to, changes, .. } = merged(&lab) else { panic!("no fast-forward") };
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
