//! What changed in a fabric: incoming, outgoing, history, edits; a commit as objects and fields.

use fgd_engine::{ChangeKind, ChangesView, CommitView, FabricId, OperationKind, Outcome, RepoPath, Trigger};

use crate::lab::{Lab, git, switch};

const LEAF: &str = "lab/managed/switches/leaf-01.yaml";

fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect("a path")
}

impl Lab {
    async fn changes(&self, id: &FabricId, limit: u32) -> ChangesView {
        self.engine.changes(id.clone(), limit).await.expect("changes")
    }
}

fn shown(commits: &[CommitView]) -> Vec<String> {
    let line = |view: &CommitView| {
        let ours = if view.operation.is_some() { " by us" } else { "" };
        let merge = if view.is_merge { " merge" } else { "" };
        let undo = if view.can_undo { " undoable" } else { "" };
        format!(
            "+{} ~{} -{}{ours}{merge}{undo}: {}",
            view.created, view.updated, view.deleted, view.commit.subject
        )
    };
    commits.iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_what_goes_and_what_was() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("leaf.yaml", &format!("{}---\n{}", switch("leaf-01", "spine"), switch("leaf-02", "spine")));
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
    // Beside the fabric: no change of it.
    std::fs::write(lab.clone.join("notes.txt"), "x").expect("written");
    git(&lab.clone, &["add", "notes.txt"]);
    git(&lab.clone, &["commit", "-qm", "Notes"]);
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "border-leaf"));
    lab.run(&id, OperationKind::Ingest).await;
    lab.teammate_pushes("lab/managed/switches/leaf-03.yaml", &switch("leaf-03", "spine"));
    git(&lab.clone, &["fetch", "-q", "origin"]);

    let changes = lab.changes(&id, 10).await;
    assert_eq!(shown(&changes.incoming), ["+1 ~0 -0: A teammate's work"]);
    assert_eq!(
        shown(&changes.outgoing),
        ["+0 ~1 -0 by us undoable: lab: ingest 1 object from leaf.yaml", "+0 ~0 -0: Notes"]
    );
    assert_eq!(
        shown(&changes.history),
        [
            "+0 ~1 -0 by us undoable: lab: ingest 1 object from leaf.yaml",
            "+2 ~0 -0 by us undoable: lab: ingest 2 objects from leaf.yaml",
            "+0 ~0 -0 by us: Set up the fabric lab in lab",
        ]
    );
    assert_eq!((changes.more, changes.edits, changes.page), (false, vec![], None));
    let first = lab.changes(&id, 1).await;
    assert!(first.history.len() == 1 && first.more);
    assert_eq!(first.history, changes.history[..1], "what is remembered is the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_told_by_objects_and_fields() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    lab.sync(&id).await;
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "border-leaf"));
    lab.sync(&id).await;
    let newest = lab.changes(&id, 1).await.history[0].commit.revision.clone();
    let told = lab.engine.commit_changes(id.clone(), newest).await.expect("a commit");
    let [leaf] = told.objects.as_slice() else { panic!("{told:?}") };
    assert_eq!(
        (leaf.id.as_deref(), leaf.change, &leaf.file),
        (Some("Switch/leaf-01"), ChangeKind::Changed, &path(LEAF))
    );
    let fields: Vec<_> = leaf
        .fields
        .iter()
        .map(|field| (field.path.as_str(), field.before.as_deref(), field.after.as_deref()))
        .collect();
    assert_eq!(fields, [("spec.role", Some("spine"), Some("border-leaf"))]);
    let diff = lab.engine.compare(id.clone(), leaf.before.clone(), leaf.after.clone()).await.expect("texts");
    assert_eq!(diff.fields, leaf.fields);
    assert!(
        !told.other.is_empty() && told.other.iter().all(|file| file.below(&path("lab/managed")).is_none())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_very_many_objects_some_are_looked_into_and_all_are_counted() {
    let (lab, id) = Lab::with_fabric().await;
    let all: Vec<String> = (0..520)
        .map(|n| {
            format!(
                "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: box-{n:03}\n"
            )
        })
        .collect();
    lab.drop_raw("many.yaml", &all.join("---\n"));
    lab.sync(&id).await;
    let commit = lab.changes(&id, 1).await.history[0].clone();
    assert_eq!((commit.created, commit.updated, commit.deleted), (520, 0, 0));
    let told = lab.engine.commit_changes(id, commit.commit.revision).await.expect("a commit");
    assert_eq!(told.objects.len(), 520);
    assert!(told.objects[..500].iter().all(|object| object.id.is_some() && !object.fields.is_empty()));
    assert!(told.objects[500..].iter().all(|object| object.id.is_none() && object.after.is_some()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_is_compared_with_what_was_here() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    lab.run(&id, OperationKind::Ingest).await;
    lab.teammate_pushes("lab/managed/switches/leaf-02.yaml", &switch("leaf-02", "spine"));
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
    let merge = lab.changes(&id, 1).await.history[0].clone();
    assert!(merge.is_merge && merge.created == 1, "{merge:?}");
    let told = lab.engine.commit_changes(id, merge.commit.revision).await.expect("a merge");
    let ids: Vec<_> = told.objects.iter().map(|object| object.id.as_deref()).collect();
    assert_eq!(ids, [Some("Switch/leaf-02")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_undone_can_not_be_undone_again_until_that_is_undone() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    lab.sync(&id).await;
    let can_undo =
        |changes: ChangesView| changes.history.iter().map(|commit| commit.can_undo).collect::<Vec<_>>();
    assert_eq!(can_undo(lab.changes(&id, 9).await), [true, false], "what made the directory stays");
    lab.engine.undo(id.clone(), None, Trigger::Command).await.expect("undone");
    let changes = lab.changes(&id, 9).await;
    assert_eq!(changes.history[0].deleted, 1);
    let undo = changes.history[0].operation.clone();
    assert_eq!(can_undo(changes), [true, false, false]);
    lab.engine.undo(id.clone(), undo, Trigger::Command).await.expect("undone");
    assert_eq!(can_undo(lab.changes(&id, 9).await), [true, false, true, false]);
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_by_hand_are_told_by_field_and_the_page_of_a_commit_is_known() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("leaf.yaml", &format!("{}---\n{}", switch("leaf-01", "spine"), switch("leaf-02", "spine")));
    lab.sync(&id).await;
    let text = std::fs::read_to_string(lab.clone.join(LEAF)).expect("a text");
    std::fs::write(lab.clone.join(LEAF), text.replace("spine", "border-leaf")).expect("written");
    std::fs::write(lab.clone.join("lab/managed/switches/new.yaml"), switch("new", "spine")).expect("written");
    std::fs::remove_file(lab.clone.join("lab/managed/switches/leaf-02.yaml")).expect("removed");
    git(&lab.clone, &["remote", "set-url", "origin", "git@github.com:acme/fabrics.git"]);
    let changes = lab.changes(&id, 5).await;
    let edits: Vec<_> = changes
        .edits
        .iter()
        .map(|edit| (edit.id.as_deref().unwrap_or_default(), edit.change, edit.fields.len()))
        .collect();
    assert_eq!(
        edits,
        [
            ("Switch/leaf-01", ChangeKind::Changed, 1),
            ("Switch/leaf-02", ChangeKind::Removed, changes.edits[1].fields.len()),
            ("Switch/new", ChangeKind::Added, changes.edits[2].fields.len()),
        ]
    );
    assert!(changes.edits[1].after.is_none() && changes.edits[2].before.is_none());
    assert_eq!(changes.page.as_deref(), Some("https://github.com/acme/fabrics/commit/"));
}
