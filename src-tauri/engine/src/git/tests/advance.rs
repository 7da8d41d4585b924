//! The way to the work tree: what it writes, and what it must never write over.

use super::*;
use crate::error::Error;

#[test]
fn files_branch_and_index_move_together() {
    let lab = Lab::with(&[("a/one", "1"), ("two", "2")]);
    let to = lab.save(&[("a/one", ""), ("two", "22"), ("b/three", "3")]);
    assert_eq!(lab.tip(), Some(to));
    assert_eq!(lab.read("two").as_deref(), Some("22"));
    assert!(!lab.root().join("a").exists(), "an emptied directory goes");
    assert_eq!(lab.git(&["status", "--porcelain"]), "");
    assert!(lab.git(&["reflog", "main"]).contains("fgd: change"));
    assert!(!lab.root().join(".git/fgd/intent.json").exists());
}

#[test]
fn a_file_changed_since_is_not_written_over() {
    let lab = Lab::with(&[("a", "1"), ("b", "1")]);
    let before = lab.tip();
    let (to, changes) = lab.commit(&[("a", "2"), ("b", "2")]);
    lab.put("b", "by hand");
    assert_eq!(lab.repo.survey(&changes).expect("survey").refused(), [at("b")]);
    let error = lab.advance(&to, &changes).expect_err("changed");
    assert!(matches!(error, Error::FileChanged { file } if file == at("b")));
    assert_eq!((lab.read("a").as_deref(), lab.read("b").as_deref()), (Some("1"), Some("by hand")));
    assert_eq!(lab.tip(), before);
    assert_eq!(lab.repo.recover().expect("recover"), None);
}

/// As long as two writes are apart at least that a file's time tells apart, and more.
const AGED: std::time::Duration = std::time::Duration::from_millis(50);

#[test]
fn an_edit_of_the_same_size_after_the_look_is_not_written_over() {
    let lab = Lab::with(&[("a", "1"), ("b", "1"), ("gone", "1")]);
    let (to, changes) = lab.commit(&[("a", "2"), ("b", "2"), ("gone", "")]);
    let before = lab.tip();
    std::thread::sleep(AGED);
    let surveyed = lab.repo.survey(&changes).expect("survey");
    let advance = |at: &str| {
        let edit = &mut |_, _| lab.put(at, "3");
        lab.repo.advance(&main(), before.as_ref(), &to, &surveyed, edit)
    };
    // While the new contents are written beside their places.
    assert!(matches!(advance("b"), Err(Error::FileChanged { file }) if file == at("b")));
    assert_eq!((lab.read("a").as_deref(), lab.read("b").as_deref()), (Some("1"), Some("3")));
    assert_eq!(lab.tip(), before, "nothing was touched");
    lab.put("b", "1");
    // The first that goes is one of many steps: it is left as it is, and all else is done.
    assert_eq!(advance("gone").expect("advanced"), [at("gone")]);
    assert_eq!(lab.read("gone").as_deref(), Some("3"));
    assert_eq!(lab.git(&["status", "--porcelain"]), "?? gone\n");
}

#[cfg(feature = "failpoints")]
#[test]
fn an_edit_of_the_same_size_at_its_turn_is_not_written_over() {
    let lab = Lab::with(&[("a", "1"), ("b", "1")]);
    let (to, changes) = lab.commit(&[("a", "2"), ("b", "2")]);
    std::thread::sleep(AGED);
    let surveyed = lab.repo.survey(&changes).expect("survey");
    let other = lab.root().join("b");
    let edit = move || std::fs::write(&other, "3").expect("written");
    fail::cfg_callback("write/placed", edit).expect("set");
    let kept = lab.repo.advance(&main(), lab.tip().as_ref(), &to, &surveyed, &mut |_, _| {});
    fail::remove("write/placed");
    assert_eq!(kept.expect("advanced"), [at("b")]);
    assert_eq!((lab.read("a").as_deref(), lab.read("b").as_deref()), (Some("2"), Some("3")));
}

#[test]
fn a_file_that_came_since_is_not_written_over() {
    let lab = Lab::new();
    let (to, changes) = lab.commit(&[("a", "1")]);
    lab.put("a", "by hand");
    assert!(matches!(lab.advance(&to, &changes), Err(Error::FileChanged { .. })));
    assert_eq!(lab.read("a").as_deref(), Some("by hand"));
}

#[test]
fn what_is_there_already_is_fine() {
    let lab = Lab::with(&[("a", "1")]);
    let (to, changes) = lab.commit(&[("a", "2"), ("b", "1")]);
    lab.put("a", "2");
    assert_eq!(lab.advance(&to, &changes).expect("advance"), []);
    assert_eq!(lab.git(&["status", "--porcelain"]), "");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let lab = Lab::with(&[("keep", "1")]);
    let outside = lab.dir.path().join("outside");
    fs::create_dir(&outside).expect("a folder");
    std::os::unix::fs::symlink(&outside, lab.root().join("link")).expect("a link");
    std::os::unix::fs::symlink(outside.join("x"), lab.root().join("leaf")).expect("a link");
    for path in ["link/a", "leaf"] {
        let (to, changes) = lab.commit(&[(path, "1")]);
        let error = lab.advance(&to, &changes).expect_err("blocked");
        assert!(matches!(error, Error::DirectoryBlocked { .. }), "{error}");
    }
    assert_eq!(fs::read_dir(&outside).expect("a folder").count(), 0);
}

#[test]
fn a_branch_that_moved_is_not_moved_again() {
    let lab = Lab::with(&[("a", "1")]);
    let from = lab.tip();
    let (to, changes) = lab.commit(&[("b", "1")]);
    lab.git(&["commit", "-q", "--allow-empty", "-m", "by hand"]);
    let surveyed = lab.repo.survey(&changes).expect("survey");
    let error = lab.repo.advance(&main(), from.as_ref(), &to, &surveyed, &mut |_, _| {}).expect_err("moved");
    assert!(matches!(error, Error::WorkTreeBusy { .. }), "{error}");
    assert_eq!(lab.read("b"), None);
    let error = lab.repo.move_branch(&main(), from.as_ref(), &to).expect_err("moved");
    assert!(matches!(error, Error::WorkTreeBusy { .. }), "{error}");
    assert!(matches!(lab.repo.move_branch(&main(), None, &to), Err(Error::WorkTreeBusy { .. })));
}

#[test]
fn what_the_user_staged_stays_staged() {
    let lab = Lab::with(&[("a", "1"), ("mine", "1")]);
    lab.put("mine", "2");
    lab.git(&["add", "mine"]);
    lab.save(&[("a", "2")]);
    assert_eq!(lab.git(&["status", "--porcelain"]), "M  mine\n");
}

#[test]
fn a_locked_index_does_not_fail_the_run() {
    let lab = Lab::with(&[("a", "1")]);
    let lock = lab.root().join(".git/index.lock");
    fs::write(&lock, "").expect("a lock");
    lab.save(&[("a", "2")]);
    fs::remove_file(lock).expect("the lock");
    assert_eq!(lab.read("a").as_deref(), Some("2"));
    assert_eq!(lab.repo.local_edits(lab.tip().as_ref(), &at("")).expect("edits"), []);
}

#[test]
fn only_the_checked_out_branch_is_advanced() {
    let lab = Lab::with(&[("a", "1")]);
    lab.git(&["switch", "-q", "-c", "other"]);
    assert!(matches!(lab.repo.require_branch(&main()), Err(Error::BranchNotCheckedOut { .. })));
    lab.git(&["switch", "-q", "--detach"]);
    assert!(matches!(lab.repo.require_branch(&main()), Err(Error::DetachedHead)));
    lab.git(&["switch", "-q", "main"]);
    fs::write(lab.root().join(".git/MERGE_HEAD"), format!("{}\n", lab.tip().expect("tip"))).expect("a file");
    assert!(matches!(lab.repo.require_branch(&main()), Err(Error::WorkTreeBusy { .. })));
}

#[test]
fn local_edits_are_the_files_that_differ() {
    let lab =
        Lab::with(&[("f/a", "1"), ("f/b", "1"), ("f/c", "1"), ("other", "1"), (".gitignore", "*.tmp\n")]);
    lab.put("f/a", "2");
    fs::remove_file(lab.root().join("f/b")).expect("a file");
    lab.put("f/new/x", "1");
    lab.put("f/x.tmp", "1");
    lab.put("f/.fgd-1.tmp", "1");
    lab.put("other", "2");
    lab.put("f[a]", "1");
    let edits = |dir: &str| lab.repo.local_edits(lab.tip().as_ref(), &at(dir)).expect("edits");
    assert_eq!(edits("f"), [at("f/a"), at("f/b"), at("f/new/x")]);
    assert_eq!(edits("").len(), 5);
    lab.git(&["add", "-A"]);
    assert_eq!(edits("f"), [at("f/a"), at("f/b"), at("f/new/x")], "what is staged is not committed");
    lab.put("f/a", "1");
    assert_eq!(edits("f"), [at("f/b"), at("f/new/x")], "the bytes decide, not the index");
}

#[test]
fn before_the_first_commit_every_file_is_new() {
    let lab = Lab::new();
    lab.put("raw/x.yaml", "1");
    assert_eq!(lab.repo.local_edits(None, &at("")).expect("edits"), [at("raw/x.yaml")]);
    assert_eq!(lab.repo.head().expect("head"), Head::Branch { name: main(), tip: None });
}

#[test]
fn discover_finds_the_clone_and_the_place_in_it() {
    let lab = Lab::with(&[("fabrics/lab/x", "1")]);
    let (repo, inside) = Repo::discover(&lab.root().join("fabrics/lab")).expect("discover");
    assert_eq!((repo.work_tree(), inside), (lab.root(), at("fabrics/lab")));
    let code = |path: &Path| Repo::discover(path).map(drop).expect_err("an error").code();
    use crate::error::ErrorCode as Code;
    assert_eq!(code(&lab.root().join("nowhere")), Code::FolderMissing);
    assert_eq!(code(&lab.root().join(".git/refs")), Code::NotAWorkTree);
    assert_eq!(code(lab.dir.path()), Code::NotAWorkTree);
    Repo::init_bare(&lab.dir.path().join("bare.git"), &main()).expect("bare");
    assert_eq!(code(&lab.dir.path().join("bare.git")), Code::BareRepository);
}

#[test]
fn one_process_at_a_time() {
    let lab = Lab::new();
    let lock = lab.repo.lock().expect("the lock");
    let other = Repo::open(lab.root()).expect("open");
    assert!(matches!(other.lock(), Err(Error::RepositoryLocked { .. })));
    drop(lock);
    assert!(other.lock().is_ok());
}

#[test]
fn a_commit_that_is_missing_is_an_error_and_no_walk_without_end() {
    let lab = Lab::with(&[("a.yaml", "1")]);
    let first = lab.tip().expect("a commit");
    let second = lab.save(&[("a.yaml", "2")]);
    assert_eq!(lab.repo.count_commits(&second).expect("counted"), 2);
    let object = format!("objects/{}/{}", &first.as_str()[..2], &first.as_str()[2..]);
    std::fs::remove_file(lab.repo.git().path().join(object)).expect("removed");
    let anew = Repo::open(lab.repo.work_tree()).expect("opened");
    anew.count_commits(&second).expect_err("it is missing");
}

#[cfg(unix)]
#[test]
fn a_mode_alone_is_no_edit() {
    use std::os::unix::fs::PermissionsExt;
    let lab = Lab::with(&[("a.yaml", "1")]);
    let file = lab.repo.work_tree().join("a.yaml");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let (head, among) = (lab.tip().expect("a commit"), std::collections::BTreeSet::from([at("a.yaml")]));
    assert_eq!(lab.repo.local_edits(Some(&head), &at("")).expect("edits"), []);
    assert_eq!(lab.repo.edits_among(&head, &at(""), &among).expect("edits"), Some(Vec::new()));
    // It stays so when somebody else's bytes come.
    lab.save(&[("a.yaml", "2")]);
    assert_eq!(std::fs::read_to_string(&file).expect("a file"), "2");
}
