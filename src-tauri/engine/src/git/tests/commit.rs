//! Commits: what is in them, that Git takes them for sound, and what they cost.

use super::*;
use crate::error::Error;

fn many(count: usize) -> Vec<FileChange> {
    let text = |n: usize| format!("name: leaf-{n:05}\n{}", "x".repeat(380));
    let path = |n: usize| at(&format!("fabrics/lab/managed/switches/leaf-{n:05}.yaml"));
    (0..count).map(|n| FileChange::write(path(n), None, text(n).into_bytes())).collect()
}

#[test]
fn a_commit_holds_its_changes_and_keeps_the_rest() {
    let lab = Lab::with(&[("a/b/one", "1"), ("a/two", "2"), ("c/three", "3")]);
    let (to, _) = lab.commit(&[("a/b/one", ""), ("a/two", "22"), ("d/e/four", "4")]);
    assert_eq!(lab.git(&["ls-tree", "-r", "--name-only", to.as_str()]), "a/two\nc/three\nd/e/four\n");
    assert_eq!(lab.repo.read_file(&to, &at("a/two")).expect("read"), Some(b"22".to_vec()));
    assert_eq!(lab.repo.read_file(&to, &at("a")).expect("read"), None);
    assert_eq!(lab.repo.commit_summary(&to).expect("summary").subject, "change");
    lab.git(&["fsck", "--strict", to.as_str()]);
}

#[test]
fn executable_files_stay_executable() {
    let lab = Lab::with(&[("run.sh", "1")]);
    let mut changes = lab.changes(&[("run.sh", "2")]);
    changes[0].executable = Some(true);
    let made = lab.repo.commit(lab.tip().as_ref(), &changes, "x", &mut |_, _| {}).expect("commit");
    lab.advance(&made, &changes).expect("advance");
    let (to, _) = lab.commit(&[("run.sh", "3")]);
    assert!(lab.git(&["ls-tree", to.as_str()]).starts_with("100755"));
    assert!(lab.repo.list(&to, &at("")).expect("list")[0].executable);
}

#[test]
fn a_file_and_a_directory_change_places() {
    let lab = Lab::with(&[("a", "1"), ("d/x", "2"), ("d/y", "3")]);
    let to = lab.save(&[("a", ""), ("d/x", ""), ("d/y", ""), ("a/b", "4"), ("d", "5")]);
    assert_eq!(lab.git(&["ls-tree", "-r", "--name-only", to.as_str()]), "a/b\nd\n");
    assert_eq!((lab.read("a/b").as_deref(), lab.read("d").as_deref()), (Some("4"), Some("5")));
    assert_eq!(lab.git(&["status", "--porcelain"]), "");
}

#[test]
fn a_file_in_the_way_is_an_error() {
    let lab = Lab::with(&[("a", "1"), ("d/x", "2")]);
    for path in ["a/b", "d"] {
        let changes = [FileChange::write(at(path), None, b"3".to_vec())];
        let error = lab.repo.commit(lab.tip().as_ref(), &changes, "x", &mut |_, _| {}).expect_err("blocked");
        assert!(matches!(error, Error::DirectoryBlocked { .. }), "{error}");
    }
}

#[test]
fn deleting_everything_leaves_the_empty_tree() {
    let lab = Lab::with(&[("a/b", "1")]);
    let to = lab.save(&[("a/b", "")]);
    assert_eq!(lab.git(&["ls-tree", "-r", to.as_str()]), "");
    assert!(!lab.root().join("a").exists());
}

#[test]
fn many_files_are_one_pack_that_git_finds_sound() {
    let lab = Lab::with(&[("keep", "1")]);
    let changes = many(300);
    let mut last = (0, 0);
    let made = lab.repo.commit(lab.tip().as_ref(), &changes, "many", &mut |done, total| last = (done, total));
    let made = made.expect("commit");
    assert_eq!(last, (300, 300));
    let reopened = Repo::open(lab.root()).expect("open");
    for repo in [&lab.repo, &reopened] {
        assert_eq!(repo.list(&made, &at("fabrics")).expect("list").len(), 300);
        assert!(repo.read_file(&made, &at("keep")).expect("read").is_some());
    }
    let packs = lab.root().join(".git/objects/pack");
    let names: Vec<_> = fs::read_dir(packs).expect("packs").map(|e| e.expect("entry").file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    lab.advance(&made, &changes).expect("advance");
    lab.git(&["fsck", "--strict", "--no-dangling"]);
    assert_eq!(lab.git(&["status", "--porcelain"]), "");
}

#[test]
fn the_same_input_makes_the_same_tree() {
    let tree = |lab: &Lab, to: &Revision| lab.git(&["rev-parse", &format!("{to}^{{tree}}")]);
    let (one, two) = (Lab::with(&[("z", "1")]), Lab::with(&[("z", "1")]));
    let (a, _) = one.commit(&[("b/c", "2"), ("a", "3")]);
    let (b, _) = two.commit(&[("a", "3"), ("b/c", "2")]);
    assert_eq!(tree(&one, &a), tree(&two, &b));
}

#[test]
fn what_many_files_need_is_told_file_by_file() {
    fn borrowed(files: &[(String, String)]) -> Vec<(&str, &str)> {
        files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
    }
    let path = |n: usize| format!("{}/{n:03}", n % 3);
    let files = |text: &dyn Fn(usize) -> String| -> Vec<(String, String)> {
        (0..540).map(|n| (path(n), text(n))).collect()
    };
    let lab = Lab::new();
    let base = lab.save(&borrowed(&files(&|n| format!("{n}\n"))));
    // A third stays, a third is changed, a third goes.
    let after = files(&|n| match n % 9 / 3 {
        0 => format!("{n}\n"),
        1 => format!("{n} again\n"),
        _ => String::new(),
    });
    let (to, mut wanted) = lab.commit(&borrowed(&after));
    wanted.retain(|change| change.before != change.after.as_deref().map(ContentHash::of));
    wanted.iter_mut().for_each(|change| change.executable = change.after.is_some().then_some(false));
    wanted.sort_by(|a, b| a.path.cmp(&b.path));
    assert_eq!(wanted.len(), 360);
    assert_eq!(lab.repo.changes_between(Some(&base), &to).expect("changes"), wanted);
    let back = lab.repo.changes_between(Some(&to), &base).expect("changes");
    let undoes = |(back, change): (&FileChange, &FileChange)| {
        back.path == change.path && back.after.as_deref().map(ContentHash::of) == change.before
    };
    assert!(back.len() == wanted.len() && back.iter().zip(&wanted).all(undoes));
}
