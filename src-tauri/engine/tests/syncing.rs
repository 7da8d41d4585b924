//! The main job: what is dropped here arrives there, and the other way round.

use fgd_engine::{
    ErrorCode, Event, OperationKind, OurSide, Outcome, Source, StatusState, Step, StepState, Trigger,
};

use crate::lab::{Lab, git, switch};

#[tokio::test(flavor = "multi_thread")]
async fn a_drop_is_one_commit_and_the_remote_has_it() {
    let (lab, id) = Lab::with_fabric().await;
    let before = lab.commits();
    lab.drop_raw(
        "leafs.yaml",
        &format!("{}---\n{}", switch("leaf-01", "server-leaf"), switch("leaf-02", "spine")),
    );
    let synced = lab.sync(&id).await;
    assert_eq!(synced.outcome, Outcome::Done);
    assert_eq!(synced.summary, "2 objects created, pushed 1 commit.");
    assert_eq!((synced.documents.total, synced.documents.created), (2, 2));
    assert_eq!(lab.commits(), before + 1);
    assert_eq!(
        lab.files("lab/managed"),
        ["lab/managed/switches/leaf-01.yaml", "lab/managed/switches/leaf-02.yaml"]
    );
    let (here, there) = lab.trees();
    assert_eq!(here, there);
    assert_eq!(git(&lab.clone, &["status", "--porcelain"]), "", "the user's git sees a clean work tree");
    let text = std::fs::read_to_string(lab.clone.join("lab/managed/switches/leaf-01.yaml")).expect("file");
    assert!(text.contains("  name: leaf-01 # rack 1\n"), "the author's comment is kept: {text}");
    let message = git(&lab.origin, &["log", "-1", "--format=%B", "main"]);
    assert!(message.contains(&format!("FGD-Operation: {}", synced.id)), "{message}");

    let again = lab.sync(&id).await;
    assert_eq!(again.outcome, Outcome::Unchanged);
    assert_eq!(lab.commits(), before + 1);
    let view = lab.view(&id).await;
    assert_eq!((view.status.state, view.ahead, view.behind), (StatusState::InSync, Some(0), Some(0)));
    assert_eq!(view.kinds.len(), 1);
    assert_eq!((view.kinds[0].kind.as_str(), view.kinds[0].count), ("Switch", 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_right_after_a_look_that_was_spared_is_seen() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    lab.sync(&id).await;
    lab.engine.look_after(&id);
    let file = lab.clone.join("lab/managed/switches/leaf-01.yaml");
    let text = std::fs::read_to_string(&file).expect("file");
    for n in 0..8 {
        // The first of these looks at everything, the others believe it.
        for _ in 0..3 {
            lab.sync(&id).await;
        }
        let edited = text.replace("  role: spine", &format!("  description: edit {n}\n  role: spine"));
        std::fs::write(&file, &edited).expect("written");
        lab.sync(&id).await;
        let there = git(&lab.origin, &["show", "main:lab/managed/switches/leaf-01.yaml"]);
        assert_eq!(there, edited.trim(), "it was taken by this run, or by one that the event woke");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_drop_again_makes_no_empty_commit() {
    let (lab, id) = Lab::with_fabric().await;
    for _ in 0..2 {
        lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
        lab.sync(&id).await;
    }
    let before = lab.commits();
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    let synced = lab.sync(&id).await;
    assert_eq!((synced.outcome, synced.commit, lab.commits()), (Outcome::Unchanged, None, before));
    assert!(!lab.clone.join("lab/raw/leaf.yaml").exists(), "and the inbox is empty all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_told_step_by_step() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    let synced = lab.sync(&id).await;
    let told: Vec<_> = lab
        .events()
        .into_iter()
        .filter_map(|event| match event {
            Event::Progress(progress) if progress.operation == synced.id => Some(progress),
            _ => None,
        })
        .collect();
    for step in [Step::Fetch, Step::Scan, Step::Parse, Step::Validate, Step::Write, Step::Push, Step::Verify]
    {
        let seen = |state| {
            told.iter()
                .any(|progress| progress.steps.iter().any(|told| told.step == step && told.state == state))
        };
        assert!(seen(StepState::Running) && seen(StepState::Done), "{step:?}");
    }
    assert!(
        lab.events().iter().any(|event| matches!(event, Event::Finished(ended) if ended.id == synced.id))
    );
    assert_eq!(lab.engine.operations(id, 10).await.expect("log")[0], synced);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_teammates_push_comes_back_with_one_pull() {
    let (lab, id) = Lab::with_fabric().await;
    lab.teammate_pushes("lab/managed/vpcs/red.yaml", "kind: VPC\n");
    let pulled = lab.run(&id, OperationKind::Pull).await;
    assert_eq!(pulled.summary, "Pulled 1 commit.");
    assert!(lab.clone.join("lab/managed/vpcs/red.yaml").exists());
    assert_eq!(lab.run(&id, OperationKind::Pull).await.outcome, Outcome::Unchanged);
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_work_and_both_are_kept() {
    let (lab, id) = Lab::with_fabric().await;
    lab.teammate_pushes("notes.md", "mind the gap\n");
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    lab.run(&id, OperationKind::Ingest).await;
    let synced = lab.sync(&id).await;
    assert_eq!((synced.outcome, synced.pulled, synced.pushed), (Outcome::Done, 1, 2));
    let (here, there) = lab.trees();
    assert_eq!(here, there);
    assert_eq!(lab.files("notes.md"), ["notes.md"]);
    assert_eq!(lab.files("lab/managed"), ["lab/managed/switches/leaf-01.yaml"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_desktops_that_ingest_at_once_make_the_same_tree() {
    let (lab, id) = Lab::with_fabric().await;
    let other = lab.path().join("other");
    git(lab.path(), &["clone", "-q", lab.origin.to_str().expect("path"), "other"]);
    let other_id = lab.engine.fabric_at(other.join("lab")).await.expect("fabric");
    lab.drop_raw("a.yaml", &switch("leaf-01", "spine"));
    std::fs::write(other.join("lab/raw/a.yaml"), switch("leaf-01", "spine")).expect("dropped");
    std::fs::write(other.join("lab/raw/b.yaml"), switch("leaf-02", "spine")).expect("dropped");
    lab.run(&id, OperationKind::Ingest).await;
    lab.run(&other_id, OperationKind::Ingest).await;
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
    assert_eq!(lab.sync(&other_id).await.outcome, Outcome::Done);
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
    let (here, there) = lab.trees();
    assert_eq!(here, there);
    assert_eq!(git(&other, &["rev-parse", "main^{tree}"]), there);
    assert_eq!(lab.files("lab/managed").len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_both_sides_changed_is_told_and_left_alone() {
    let (lab, id) = Lab::with_fabric().await;
    let file = "lab/managed/switches/leaf-01.yaml";
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    lab.sync(&id).await;
    lab.teammate_pushes(file, &switch("leaf-01", "border-leaf"));
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "server-leaf"));
    lab.run(&id, OperationKind::Ingest).await;
    let (ours, theirs) = lab.trees();

    let synced = lab.sync(&id).await;
    assert_eq!(synced.outcome, Outcome::NeedsAttention);
    assert_eq!(synced.conflicts.len(), 1);
    assert_eq!((synced.conflicts[0].file.as_str(), synced.conflicts[0].ours_is), (file, OurSide::Committed));
    assert_eq!(lab.trees(), (ours, theirs), "neither side was touched");
    assert_eq!(lab.view(&id).await.status.state, StatusState::Conflicted);

    // Ingestion goes on; only the push waits.
    lab.drop_raw("other.yaml", &switch("leaf-02", "spine"));
    let more = lab.sync(&id).await;
    assert_eq!((more.documents.created, more.pushed), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_never_writes_over_an_edit_by_hand() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    lab.sync(&id).await;
    let file = lab.clone.join("lab/managed/switches/leaf-01.yaml");
    std::fs::write(&file, "mine").expect("edited");
    lab.teammate_pushes("lab/managed/switches/leaf-01.yaml", &switch("leaf-01", "border-leaf"));
    let pulled = lab.run(&id, OperationKind::Pull).await;
    assert_eq!(pulled.conflicts[0].ours_is, OurSide::WorkTree);
    assert_eq!(std::fs::read_to_string(&file).expect("file"), "mine");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_users_own_staged_work_is_neither_taken_nor_lost() {
    let (lab, id) = Lab::with_fabric().await;
    std::fs::write(lab.clone.join("draft.md"), "half a thought\n").expect("written");
    git(&lab.clone, &["add", "draft.md"]);
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
    assert_eq!(lab.files("draft.md"), Vec::<String>::new(), "it is in no commit of ours");
    assert_eq!(git(&lab.clone, &["status", "--porcelain"]), "A  draft.md");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remote_that_is_gone_holds_up_the_push_and_nothing_else() {
    let (lab, id) = Lab::with_fabric().await;
    std::fs::rename(&lab.origin, lab.path().join("elsewhere")).expect("moved");
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    let synced = lab.sync(&id).await;
    assert!(
        matches!(&synced.outcome, Outcome::Failed { error } if error.code == ErrorCode::RemoteMissing),
        "{synced:?}"
    );
    assert_eq!(synced.documents.created, 1);
    assert!(synced.commit.is_some(), "what was dropped is committed here");
    assert_eq!(lab.view(&id).await.ahead, Some(1));

    std::fs::rename(lab.path().join("elsewhere"), &lab.origin).expect("back");
    assert_eq!(lab.sync(&id).await.summary, "Pushed 1 commit.");
    assert_eq!(lab.view(&id).await.status.state, StatusState::InSync);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_arrives_is_synced_by_itself() {
    let (lab, id) = Lab::with_fabric().await;
    lab.engine.list(id.clone()).await.expect("listed");
    lab.wait_for("the start", |event| matches!(event, Event::Fabric(_))).await;
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    lab.wait_for("the sync", |event| {
        matches!(event, Event::Finished(ended) if ended.trigger != Trigger::Command && ended.documents.created == 1)
    })
    .await;
    let (here, there) = lab.trees();
    assert_eq!(here, there);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paused_fabric_waits_for_a_click() {
    let (lab, id) = Lab::with_fabric().await;
    lab.engine.list(id.clone()).await.expect("listed");
    let view = lab.engine.set_auto_sync(id.clone(), false).await.expect("paused");
    assert_eq!(view.status.state, StatusState::Paused);
    let before = lab.commits();
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    lab.wait_for(
        "the file to be seen",
        |event| matches!(event, Event::Fabric(view) if view.inbox.len() == 1),
    )
    .await;
    assert_eq!(lab.commits(), before);
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
    assert_eq!(lab.commits(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_run_leaves_nothing_half_done() {
    let (lab, id) = Lab::with_fabric().await;
    let objects: Vec<String> = (0..2_000).map(|n| switch(&format!("leaf-{n}"), "spine")).collect();
    lab.drop_raw("many.yaml", &objects.join("---\n"));
    let running = {
        let (engine, id) = (lab.engine.clone(), id.clone());
        tokio::spawn(async move { engine.run(id, OperationKind::Sync, Trigger::Click).await })
    };
    let busy = |event: &Event| {
        matches!(event, Event::Progress(told) if told.trigger == Trigger::Click
        && told.steps.iter().any(|step| step.step == Step::Parse && step.state == StepState::Running))
    };
    lab.wait_for("the run", busy).await;
    let begun = lab.events().into_iter().find_map(|event| match event {
        Event::Progress(told) if told.trigger == Trigger::Click => Some(told.operation),
        _ => None,
    });
    lab.engine.cancel(&begun.expect("a run"));
    let cancelled = running.await.expect("task").expect("run");
    assert_eq!(cancelled.outcome, Outcome::Cancelled);
    assert!(cancelled.commit.is_none() && lab.clone.join("lab/raw/many.yaml").exists());
    assert_eq!(git(&lab.clone, &["status", "--porcelain", "lab/managed"]), "");
    assert_eq!(lab.sync(&id).await.documents.created, 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_changes_nothing() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("a.yaml", &format!("{}---\nbroken: [\n", switch("leaf-01", "spine")));
    let before = git(&lab.clone, &["status", "--porcelain"]);
    let check = lab.engine.check(id).await.expect("check");
    assert_eq!((check.documents.created, check.documents.rejected, check.objects), (1, 1, 0));
    assert_eq!(git(&lab.clone, &["status", "--porcelain"]), before);
    let report =
        lab.engine.inspect(Source::Folder { path: lab.clone.display().to_string() }).await.expect("report");
    assert_eq!(report.directory.as_str(), "lab");
}

/// A Git that was killed while it wrote down what it had fetched holds nobody up.
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_a_broken_off_fetch_left_is_cleared() {
    let (lab, id) = Lab::with_fabric().await;
    lab.teammate_pushes("lab/NOTES.md", "news\n");
    let lock = lab.path().join("clone/.git/refs/remotes/origin/main.lock");
    std::fs::write(&lock, "").expect("written");
    let synced = lab.sync(&id).await;
    assert_eq!((synced.outcome, synced.pulled), (Outcome::Done, 1), "{}", synced.summary);
    assert!(!lock.exists());
}
