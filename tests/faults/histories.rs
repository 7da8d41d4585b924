//! Histories that are not as they were: rewritten on the remote, cut off here, or gone.

use super::{Story, object};
use crate::support::git_server::Fault;
use crate::support::repositories::{BRANCH, Checkout, FABRIC};

#[test]
fn our_work_is_put_on_top_of_a_rewritten_history() {
    let mut story = Story::new();
    story.lab.remote.git(&["config", "receive.denyNonFastForwards", "false"]);
    story.begin_round();
    assert_eq!(story.sync().code, 0);
    let teammate = &story.teammate;
    teammate.git(&["pull", "--quiet", "--rebase"]);

    // Theirs: the last commit that was theirs alone is another one now. Ours is not on the remote yet.
    story.lab.clone.drop_raw("unpushed.yaml", &object("unpushed"));
    assert_eq!(story.lab.fgd("ingest").code, 0);
    story.lab.clone.drop_raw("waiting.yaml", &object("waiting"));
    let ours = story.lab.clone.tip();
    let old = story.lab.remote.tip();
    teammate.git(&["rm", "--quiet", &format!("{FABRIC}/notes-1.md")]);
    teammate.git(&["commit", "--quiet", "--amend", "--message", "Written anew"]);
    teammate.write(&format!("{FABRIC}/after.md"), "after\n");
    teammate.commit("After it");
    teammate.git(&["push", "--quiet", "--force", "origin", &format!("HEAD:{BRANCH}")]);
    let theirs = story.lab.remote.tip();

    // Even where the plug is pulled just then.
    story.server.fail_each_for("git-receive-pack", Fault::Stall(std::time::Duration::ZERO));
    story.assert_told(&story.sync(), "RemoteUnreachable", "the connection broke off", "at the push");
    story.server.mend();
    let synced = story.sync();

    assert_eq!(synced.code, 0, "{synced:?}");
    story.lab.assert_in_step();
    let remote = &story.lab.remote;
    remote.git(&["merge-base", "--is-ancestor", &theirs, BRANCH]);
    assert!(!remote.git(&["rev-list", BRANCH]).contains(&old), "the old history is not pushed back");
    assert_eq!(
        remote.commits(),
        remote.git(&["rev-list", "--count", &theirs]).parse::<usize>().expect("") + 2
    );
    assert_eq!(remote.yaml("managed/servers"), ["spare-1.yaml", "unpushed.yaml", "waiting.yaml"]);
    assert!(remote.git(&["ls-tree", "-r", "--name-only", BRANCH]).contains("after.md"));
    assert!(!remote.git(&["ls-tree", "-r", "--name-only", BRANCH]).contains("notes-1.md"));
    let backups = story.lab.clone.git(&["for-each-ref", "--format=%(objectname)", "refs/fgd/backup/"]);
    let keeps = |backup: &str| {
        story.lab.clone.git(&["merge-base", "--is-ancestor", &ours, backup]);
    };
    assert!(!backups.is_empty());
    backups.lines().for_each(keeps);
    assert_eq!(story.lab.clone.leftovers(), Vec::<std::path::PathBuf>::new());
    assert_eq!(story.lab.clone.git(&["for-each-ref", "refs/fgd/rewritten/"]), "");
    let again = story.sync();
    assert_eq!((again.code, &again.json["pushed"]), (0, &false.into()), "{again:?}");
}

#[test]
fn a_shallow_clone_goes_both_ways() {
    for by_file in [true, false] {
        let mut story = Story::new();
        let url = match by_file {
            true => format!("file://{}", story.lab.remote.location()),
            false => story.server.url_with(super::USER, super::SECRET, "fabric.git"),
        };
        let path = story.lab.machine.path().join("shallow");
        let target = path.to_str().expect("a path in UTF-8");
        story.teammate.git(&["clone", "--quiet", "--depth", "1", &url, target]);
        story.lab.clone = Checkout::at(&path);
        story.lab.clone.git(&["config", "user.name", "Lab Operator"]);
        story.lab.clone.git(&["config", "user.email", "operator@lab.example"]);
        for round in ["first", "second", "third"] {
            let what = format!("{round} round, {url}");
            story.begin_round();
            if round == "second" && !by_file {
                // What is ours is a commit before theirs is seen: there is something to merge.
                story.server.fail_each_for("git-upload-pack", Fault::CutAfter(900));
                assert_eq!(story.sync().code, 3, "{what}");
                story.server.mend();
                story.assert_finished_by_the_next(2, &what);
            } else {
                story.assert_finished_by_the_next(1, &what);
            }
            assert_eq!(story.lab.clone.git(&["rev-parse", "--is-shallow-repository"]), "true", "{what}");
        }
    }
}

#[test]
fn a_branch_that_is_gone_is_told_and_made_again_only_when_asked() {
    for moved_to in [Some("trunk"), None] {
        let mut story = Story::new();
        story.begin_round();
        assert_eq!(story.sync().code, 0);
        story.lab.clone.drop_raw("spare.yaml", &object("spare"));
        let remote = &story.lab.remote;
        match moved_to {
            Some(name) => remote.git(&["branch", "--move", BRANCH, name]),
            None => {
                remote.git(&["branch", "other", &format!("{BRANCH}~1")]);
                remote.git(&["symbolic-ref", "HEAD", "refs/heads/other"]);
                remote.git(&["branch", "-D", BRANCH])
            }
        };
        for _ in 0..2 {
            let answer = story.sync();
            let what = format!("moved to {moved_to:?}");
            story.assert_told(&answer, "BranchGone", "The remote has no branch main any more", &what);
            let message = answer.json["error"]["message"].as_str().expect("a message");
            assert_eq!(message.contains("trunk is where it was"), moved_to.is_some(), "{message}");
            assert_eq!(story.lab.clone.waiting(), Vec::<String>::new(), "{what}: ingestion goes on");
            assert_eq!(story.lab.clone.status(), "", "{what}");
            assert!(
                !remote.git(&["for-each-ref", "--format=%(refname)"]).contains("refs/heads/main"),
                "{what}"
            );
        }
        assert_eq!(story.lab.fgd("push").code, 0);
        assert_eq!(story.sync().code, 0);
        story.lab.assert_in_step();
        assert_eq!(story.lab.remote.yaml("managed/servers"), ["spare-1.yaml", "spare.yaml"]);
    }
}
