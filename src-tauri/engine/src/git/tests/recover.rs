//! After a crash at each step of the way to the work tree.

use super::super::intent::Intent;
use super::*;

/// How far the way had come when the power went.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
enum Step {
    Recorded,
    SomeFiles,
    AllFiles,
    Branch,
}

const START: [(&str, &str); 3] = [("a", "1"), ("b", "1"), ("gone/x", "1")];
const CHANGE: [(&str, &str); 4] = [("a", "2"), ("b", "2"), ("gone/x", ""), ("new/y", "2")];

/// Begins to go to the next commit, and stops after `step`.
fn crash(lab: &Lab, step: Step) -> (Option<Revision>, Revision) {
    let from = lab.tip();
    let (to, changes) = lab.commit(&CHANGE);
    let records = lab.repo.intent_dir().expect("a folder");
    Intent::new(&main(), from.as_ref(), &to, &changes).expect("a record").write(&records).expect("a record");
    let files = match step {
        Step::Recorded => &[][..],
        Step::SomeFiles => &changes[..1],
        Step::AllFiles | Step::Branch => &changes[..],
    };
    let surveyed = lab.repo.survey(files).expect("survey");
    lab.repo.write_files(&to, &surveyed, &mut |_, _| {}).expect("written");
    if step == Step::Branch {
        lab.repo.move_branch(&main(), from.as_ref(), &to).expect("moved");
    }
    (from, to)
}

#[test]
fn every_crash_ends_in_the_same_tree() {
    for step in [Step::Recorded, Step::SomeFiles, Step::AllFiles, Step::Branch] {
        let lab = Lab::with(&START);
        let (_, to) = crash(&lab, step);
        lab.put("new/.fgd-left.tmp", "half");
        let restarted = Repo::open(lab.root()).expect("open");
        let recovered = restarted.recover().expect("recover").expect("something to finish");
        assert_eq!((&recovered.to, &recovered.kept), (&to, &Vec::new()), "{step:?}");
        assert_eq!(lab.tip(), Some(to));
        assert_eq!(lab.git(&["status", "--porcelain"]), "", "{step:?}");
        assert_eq!(lab.read("new/y").as_deref(), Some("2"));
        assert!(!lab.root().join("gone").exists());
        assert_eq!(restarted.recover().expect("recover"), None, "once is enough");
    }
}

#[test]
fn a_file_edited_since_is_left_alone() {
    let lab = Lab::with(&START);
    let (_, to) = crash(&lab, Step::SomeFiles);
    lab.put("b", "by hand");
    let recovered = lab.repo.recover().expect("recover").expect("something to finish");
    assert_eq!(recovered.kept, [at("b")]);
    assert_eq!((lab.tip(), lab.read("b").as_deref()), (Some(to), Some("by hand")));
    assert_eq!(lab.git(&["status", "--porcelain"]), " M b\n");
}

#[test]
fn a_branch_moved_by_hand_is_left_alone() {
    let lab = Lab::with(&START);
    crash(&lab, Step::SomeFiles);
    lab.git(&["commit", "-q", "--allow-empty", "-m", "by hand"]);
    let tip = lab.tip();
    assert_eq!(lab.repo.recover().expect("recover"), None);
    assert_eq!((lab.tip(), lab.read("b").as_deref()), (tip, Some("1")));
    assert!(!lab.root().join(".git/fgd/intent.json").exists());
}

#[test]
fn a_record_that_cannot_be_read_is_removed() {
    let lab = Lab::with(&START);
    let tip = lab.tip();
    for text in ["", "{\"branch\": \"main\", \"fr", "[1]"] {
        fs::write(lab.repo.intent_dir().expect("a folder").join("intent.json"), text).expect("a file");
        assert_eq!(lab.repo.recover().expect("recover"), None, "{text}");
        assert!(!lab.root().join(".git/fgd/intent.json").exists());
    }
    assert_eq!(lab.tip(), tip);
}

#[test]
fn a_record_that_leads_out_of_the_work_tree_is_removed() {
    let lab = Lab::with(&START);
    crash(&lab, Step::Recorded);
    let path = lab.repo.intent_dir().expect("a folder").join("intent.json");
    let text = fs::read_to_string(&path).expect("a record");
    fs::write(&path, text.replace("new/y", "../y")).expect("a record");
    assert_eq!(lab.repo.recover().expect("recover"), None);
    assert!(!lab.dir.path().join("y").exists());
}
