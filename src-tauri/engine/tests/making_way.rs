//! A run that waits for its remote makes way to whoever needs none.

use std::time::Duration;

use fgd_engine::{Edit, Engine, FabricId, Operation, OperationKind, Outcome, RepoPath, Trigger};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::git_server::{Fault, GitServer};
use crate::lab::{Lab, git, switch};

const LEAF: &str = "lab/managed/switches/leaf-01.yaml";
/// Longer than all but the wait for a silent remote takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// As long as the server is silent: longer than that.
const SILENCE: Fault = Fault::Stall(Duration::from_secs(30));

/// A fabric with one switch whose remote is asked by HTTP.
async fn far_away() -> (Lab, FabricId, GitServer) {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
    let server = GitServer::start(lab.path(), None);
    git(&lab.clone, &["remote", "set-url", "origin", &server.url("origin.git")]);
    (lab, id, server)
}

/// Adds a comment to the switch, by this engine.
async fn edit(engine: &Engine, id: &FabricId, comment: &str) -> Operation {
    let file = RepoPath::parse(LEAF).expect("a path");
    let standing = engine.object_text(id.clone(), file.clone()).await.expect("a text");
    let text = standing.text.replace("spec:\n", &format!("spec:\n  # {comment}\n"));
    let edit = Edit { file: Some(file), base: standing.blob, text: Some(text) };
    let edited = timeout(PATIENCE, engine.edit(id.clone(), edit, Trigger::Click));
    edited.await.expect("it does not wait for the remote").expect("a run")
}

/// A sync that somebody clicked.
fn clicked(lab: &Lab, id: &FabricId) -> JoinHandle<Operation> {
    let (engine, id) = (lab.engine.clone(), id.clone());
    tokio::spawn(async move { engine.run(id, OperationKind::Sync, Trigger::Click).await.expect("a run") })
}

/// The same, once the server has fallen silent on it.
async fn stuck(lab: &Lab, id: &FabricId, server: &GitServer, part: &'static str) -> JoinHandle<Operation> {
    let stalled = server.stalled();
    server.fail_next_for(part, SILENCE);
    let sync = clicked(lab, id);
    while server.stalled() == stalled {
        assert!(!sync.is_finished(), "it asked nobody");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    sync
}

async fn ends(sync: JoinHandle<Operation>) -> Operation {
    timeout(PATIENCE, sync).await.expect("it comes back").expect("no defect")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_waits_for_no_fetch_and_no_push() {
    let (lab, id, server) = far_away().await;
    for (part, comment) in [("git-upload-pack", "rack 2"), ("git-receive-pack", "rack 3")] {
        // Something to push.
        assert_eq!(edit(&lab.engine, &id, &format!("before {comment}")).await.outcome, Outcome::Done);
        let sync = stuck(&lab, &id, &server, part).await;
        assert_eq!(edit(&lab.engine, &id, comment).await.outcome, Outcome::Done);
        assert!(!sync.is_finished(), "it was not there to make way");
        let synced = ends(sync).await;
        assert_eq!((synced.outcome, synced.pushed), (Outcome::Done, 2), "{}", synced.summary);
        assert!(git(&lab.origin, &["show", &format!("main:{LEAF}")]).contains(comment));
        assert_eq!(lab.trees().0, lab.trees().1);
    }
    let log = lab.engine.operations(id, 50).await.expect("a log");
    let ends: Vec<_> = log.iter().map(|run| (run.kind, &run.outcome)).collect();
    // Two each of edit, edit, sync; then what the fabric began with. What made way is not told twice.
    assert_eq!(ends.len(), 9, "{ends:?}");
    assert!(ends.iter().all(|(_, outcome)| **outcome == Outcome::Done), "{ends:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_waits_for_no_fetch() {
    let (lab, id, server) = far_away().await;
    let sync = stuck(&lab, &id, &server, "git-upload-pack").await;
    let preview = timeout(PATIENCE, lab.engine.preview(id.clone()));
    preview.await.expect("it does not wait for the remote").expect("a preview");
    assert_eq!(ends(sync).await.outcome, Outcome::Unchanged);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_program_waits_for_no_fetch() {
    let (lab, id, server) = far_away().await;
    let other = Engine::open(&lab.path().join("other"), std::sync::Arc::new(|_| {})).expect("an engine");
    let same = other.fabric_at(lab.clone.join("lab")).await.expect("the fabric");
    let sync = stuck(&lab, &id, &server, "git-upload-pack").await;
    assert_eq!(edit(&other, &same, "by another").await.outcome, Outcome::Done);
    let synced = ends(sync).await;
    assert_eq!((synced.outcome, synced.pushed), (Outcome::Done, 1), "{}", synced.summary);
}

/// Somebody who edits without a pause must not keep everything from the remote.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_makes_way_only_so_often() {
    let (lab, id, server) = far_away().await;
    // Slower than the next edit comes.
    server.fail_each_for("git-upload-pack", Fault::Drip(40, Duration::from_millis(50)));
    assert_eq!(edit(&lab.engine, &id, "the first").await.outcome, Outcome::Done);
    let sync = clicked(&lab, &id);
    let mut edits = 0;
    let busy = async {
        while !sync.is_finished() {
            edits += 1;
            assert_eq!(edit(&lab.engine, &id, &format!("edit {edits}")).await.outcome, Outcome::Done);
        }
    };
    timeout(PATIENCE, busy).await.expect("it comes to its end");
    assert!(edits > 5, "{edits}");
    let synced = ends(sync).await;
    assert_eq!(synced.outcome, Outcome::Done, "{}", synced.summary);
    assert!(synced.pushed > 1, "{}", synced.summary);
}
