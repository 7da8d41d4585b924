//! Both ways: edits by hand and by window, conflicts and their resolution, undo, history.

use std::collections::BTreeMap;

use fgd_engine::{
    ConflictPolicy, Edit, ErrorCode, FabricId, FabricSettings, Operation, OperationKind, Outcome, Pick,
    RepoPath, Resolution, Side, StatusState, Trigger,
};

use crate::lab::{Lab, git, switch};

const LEAF: &str = "lab/managed/switches/leaf-01.yaml";

fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect("a path")
}

impl Lab {
    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.clone.join(file)).unwrap_or_default()
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.clone.join(file);
        std::fs::create_dir_all(file.parent().expect("a parent")).expect("a directory");
        std::fs::write(file, text).expect("written");
    }

    fn at_origin(&self, file: &str) -> String {
        git(&self.origin, &["show", &format!("main:{file}")])
    }

    fn subject(&self) -> String {
        git(&self.origin, &["log", "-1", "--format=%s", "main"])
    }

    /// A fabric with one switch, here and on the remote.
    async fn with_a_leaf() -> (Self, FabricId) {
        let (lab, id) = Self::with_fabric().await;
        lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
        assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
        (lab, id)
    }

    async fn edit(&self, id: &FabricId, file: &str, text: Option<&str>) -> Operation {
        let base = self.engine.object_text(id.clone(), path(file)).await.expect("a text").blob;
        let edit = Edit { file: Some(path(file)), base, text: text.map(str::to_owned) };
        self.engine.edit(id.clone(), edit, Trigger::Command).await.expect("a run")
    }

    async fn undo(&self, id: &FabricId) -> Operation {
        self.engine.undo(id.clone(), None, Trigger::Command).await.expect("a run")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_changed_by_hand_becomes_a_commit() {
    let (lab, id) = Lab::with_a_leaf().await;
    let edited = lab.read(LEAF).replace("role: spine", "role: border-leaf # moved");
    lab.write(LEAF, &edited);
    lab.write("lab/managed/switches/leaf-02.yaml", &switch("leaf-02", "spine"));
    let synced = lab.sync(&id).await;
    assert_eq!((synced.outcome, synced.pushed), (Outcome::Done, 1), "{}", synced.summary);
    assert_eq!(synced.summary, "Committed 2 files changed by hand, pushed 1 commit.");
    assert_eq!(lab.at_origin(LEAF), edited.trim_end());
    assert_eq!(lab.subject(), "lab: edit 2 objects by hand");
    std::fs::remove_file(lab.clone.join("lab/managed/switches/leaf-02.yaml")).expect("removed");
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
    assert_eq!(lab.subject(), "lab: edit Switch leaf-02 by hand");
    assert_eq!(lab.files("lab/managed"), [LEAF]);
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Unchanged);
}

/// The engine pushes by itself after what was changed in the window: once for all that follow each other closely.
#[tokio::test(flavor = "multi_thread")]
async fn a_series_of_edits_is_pushed_together() {
    let (lab, id) = Lab::with_a_leaf().await;
    lab.engine.look_after(&id);
    let before = lab.commits();
    for asn in 65_101..65_106 {
        let text = lab.read(LEAF).replace("spec:\n", &format!("spec:\n  # {asn}\n"));
        let base = lab.engine.object_text(id.clone(), path(LEAF)).await.expect("a text").blob;
        let edit = Edit { file: Some(path(LEAF)), base, text: Some(text) };
        let edited = lab.engine.edit(id.clone(), edit, Trigger::Click).await.expect("a run");
        assert_eq!(edited.outcome, Outcome::Done, "{}", edited.summary);
    }
    let is_there = || lab.trees().0 == lab.trees().1;
    for _ in 0..400 {
        if is_there() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    assert!(is_there(), "nobody pushed");
    assert_eq!(lab.commits(), before + 5, "each is a commit of its own");
    let runs = lab.engine.operations(id, 50).await.expect("a log");
    let pushes: Vec<u32> = runs.iter().map(|run| run.pushed).filter(|pushed| *pushed > 0).collect();
    // The two oldest are those of the structure and of the drop. A machine that is held up for long may end the
    // series early.
    let (series, earlier) = pushes.split_at(pushes.len() - 2);
    assert_eq!((series.iter().sum::<u32>(), earlier.len()), (5, 2), "{pushes:?}");
    assert!(series.len() < 5, "{pushes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_edit_waits_and_all_else_goes_on() {
    let (lab, id) = Lab::with_a_leaf().await;
    lab.write(LEAF, "kind: [");
    lab.write("lab/managed/switches/leaf-02.yaml", &switch("leaf-02", "spine"));
    lab.drop_raw("third.yaml", &switch("leaf-03", "spine"));
    let synced = lab.sync(&id).await;
    assert_eq!(synced.outcome, Outcome::NeedsAttention);
    assert_eq!(synced.findings[0].file, Some(path(LEAF)));
    assert_eq!(lab.files("lab/managed").len(), 3);
    assert_eq!(lab.read(LEAF), "kind: [");
    assert_eq!(lab.view(&id).await.status.state, StatusState::NeedsAttention);
    // The remote's change of the same file waits too, and comes together once the edit is mended.
    let theirs = lab.at_origin(LEAF).replace("rack 1", "rack 2") + "\n";
    lab.teammate_pushes(LEAF, &theirs);
    lab.teammate_pushes("lab/managed/switches/leaf-09.yaml", &switch("leaf-09", "spine"));
    let synced = lab.sync(&id).await;
    assert_eq!(synced.conflicts.len(), 1, "{synced:?}");
    assert!(lab.read("lab/managed/switches/leaf-09.yaml").contains("leaf-09"), "the rest arrived");
    lab.write(LEAF, &git(&lab.clone, &["show", &format!("HEAD:{LEAF}")]).replace("spine", "server-leaf"));
    let synced = lab.sync(&id).await;
    assert_eq!(synced.outcome, Outcome::Done, "{synced:?}");
    let merged = lab.at_origin(LEAF);
    assert!(merged.contains("rack 2") && merged.contains("server-leaf"), "{merged}");
    let (here, there) = lab.trees();
    assert_eq!(here, there);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_vanishes_is_no_deletion() {
    let (lab, id) = Lab::with_a_leaf().await;
    std::fs::remove_dir_all(lab.clone.join("lab/managed")).expect("removed");
    let synced = lab.sync(&id).await;
    assert_eq!(synced.outcome, Outcome::NeedsAttention);
    assert_eq!(synced.findings[0].code.as_str(), "FGD-306");
    assert_eq!(lab.files("lab/managed"), [LEAF]);
}

/// Both sides changed the role of the leaf; the teammate changed another object too.
async fn in_conflict() -> (Lab, FabricId) {
    let (lab, id) = Lab::with_a_leaf().await;
    let text = lab.read(LEAF);
    lab.teammate_pushes(LEAF, &text.replace("role: spine", "role: border-leaf"));
    lab.teammate_pushes("lab/managed/switches/leaf-02.yaml", &switch("leaf-02", "spine"));
    lab.write(LEAF, &text.replace("role: spine", "role: server-leaf").replace("rack 1", "rack 7"));
    (lab, id)
}

async fn resolve(lab: &Lab, id: &FabricId, pick: Pick) -> Operation {
    let conflicts = lab.engine.conflicts(id.clone()).await.expect("conflicts");
    let decisions = conflicts
        .into_iter()
        .map(|conflict| Resolution {
            file: conflict.file,
            ours: conflict.ours,
            theirs: conflict.theirs,
            pick: pick.clone(),
        })
        .collect();
    lab.engine.resolve(id.clone(), decisions, Trigger::Command).await.expect("a run")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_names_its_fields_and_is_settled_by_field() {
    let (lab, id) = in_conflict().await;
    let synced = lab.sync(&id).await;
    assert_eq!((synced.outcome, synced.pushed), (Outcome::NeedsAttention, 0));
    let conflicts = lab.engine.conflicts(id.clone()).await.expect("conflicts");
    assert_eq!(conflicts, synced.conflicts);
    assert_eq!(conflicts[0].object.as_deref(), Some("Switch leaf-01"));
    let field = &conflicts[0].fields[0];
    assert_eq!(
        (field.path.as_str(), field.base.as_deref(), field.ours.as_deref(), field.theirs.as_deref()),
        ("spec.role", Some("spine"), Some("server-leaf"), Some("border-leaf"))
    );
    assert!(lab.read("lab/managed/switches/leaf-02.yaml").contains("leaf-02"), "the rest arrived");
    lab.drop_raw("third.yaml", &switch("leaf-03", "spine"));
    let synced = lab.sync(&id).await;
    assert_eq!((synced.documents.created, synced.pushed), (1, 0), "ingestion goes on");

    let fields = BTreeMap::from([("spec.role".parse().expect("a path"), Side::Theirs)]);
    let resolved = resolve(&lab, &id, Pick::Fields { fields, rest: None }).await;
    assert_eq!(resolved.outcome, Outcome::Done, "{resolved:?}");
    assert_eq!(lab.engine.conflicts(id.clone()).await.expect("conflicts"), []);
    let merged = lab.at_origin(LEAF);
    assert!(merged.contains("role: border-leaf") && merged.contains("rack 7"), "{merged}");
    let parents = git(&lab.origin, &["rev-list", "--parents", "-1", "main"]);
    assert_eq!(parents.split_whitespace().count(), 3, "a merge of both sides");
    let log = git(&lab.origin, &["log", "-p", "--format=", "-m", "main", "--", LEAF]);
    assert!(log.contains("server-leaf"), "our version is in history");
    assert_eq!(lab.view(&id).await.status.state, StatusState::InSync);
    let (here, there) = lab.trees();
    assert_eq!(here, there);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_is_settled_by_a_whole_version_or_a_text() {
    for (pick, has) in [
        (Pick::Version { side: Side::Ours }, "server-leaf"),
        (Pick::Version { side: Side::Theirs }, "border-leaf"),
        (Pick::Version { side: Side::Base }, "role: spine"),
        (Pick::Text { text: switch("leaf-01", "mixed-leaf") }, "mixed-leaf"),
    ] {
        let (lab, id) = in_conflict().await;
        lab.sync(&id).await;
        let resolved = resolve(&lab, &id, pick).await;
        assert_eq!((resolved.outcome, resolved.conflicts.len()), (Outcome::Done, 0), "{}", resolved.summary);
        assert!(lab.at_origin(LEAF).contains(has), "{has}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_about_versions_that_are_gone_is_stale() {
    let (lab, id) = in_conflict().await;
    lab.sync(&id).await;
    let conflict = lab.engine.conflicts(id.clone()).await.expect("conflicts").remove(0);
    lab.write(LEAF, &lab.read(LEAF).replace("rack 7", "rack 8"));
    let decision = Resolution {
        file: conflict.file,
        ours: conflict.ours,
        theirs: conflict.theirs,
        pick: Pick::Version { side: Side::Theirs },
    };
    let resolved = lab.engine.resolve(id.clone(), vec![decision], Trigger::Command).await.expect("a run");
    assert_eq!(resolved.outcome, Outcome::Stale);
    assert!(lab.read(LEAF).contains("rack 8"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_settles_conflicts_by_itself() {
    for (policy, role) in
        [(ConflictPolicy::PreferRemote, "border-leaf"), (ConflictPolicy::PreferLocal, "server-leaf")]
    {
        let (lab, id) = in_conflict().await;
        let settings = FabricSettings { policy, ..FabricSettings::default() };
        lab.engine.set_settings(id.clone(), settings).await.expect("settings");
        assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
        let merged = lab.at_origin(LEAF);
        assert!(merged.contains(role) && merged.contains("rack 7"), "{merged}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_from_the_window_is_one_commit_and_never_overwrites() {
    let (lab, id) = Lab::with_a_leaf().await;
    let text = lab.read(LEAF);
    let edited = lab.edit(&id, LEAF, Some(&text.replace("spine", "border-leaf"))).await;
    assert_eq!((edited.outcome, edited.summary.as_str()), (Outcome::Done, "Changed Switch leaf-01."));
    let base = lab.engine.object_text(id.clone(), path(LEAF)).await.expect("a text").blob;
    lab.write(LEAF, &text.replace("spine", "server-leaf"));
    let stale = Edit { file: Some(path(LEAF)), base, text: Some(text.clone()) };
    let stale = lab.engine.edit(id.clone(), stale, Trigger::Command).await.expect("a run");
    assert_eq!(stale.outcome, Outcome::Stale);
    assert!(lab.read(LEAF).contains("server-leaf"));

    let broken = lab.edit(&id, LEAF, Some("kind: [")).await;
    assert_eq!((broken.outcome, broken.commit), (Outcome::NeedsAttention, None));
    let other = lab.edit(&id, LEAF, Some(&switch("leaf-05", "spine"))).await;
    assert_eq!(other.findings[0].code.as_str(), "FGD-307");

    let new = Edit { file: None, base: None, text: Some(switch("leaf-05", "spine")) };
    let new = lab.engine.edit(id.clone(), new, Trigger::Command).await.expect("a run");
    assert_eq!(new.summary, "Added Switch leaf-05.");
    let gone = lab.edit(&id, "lab/managed/switches/leaf-05.yaml", None).await;
    assert_eq!(gone.summary, "Deleted Switch leaf-05.");
    lab.sync(&id).await;
    assert_eq!(lab.files("lab/managed"), [LEAF]);
    let outside = Edit { file: Some(path("lab/.hnp/manifest.yaml")), base: None, text: None };
    let refused = lab.engine.edit(id, outside, Trigger::Command).await.expect_err("no object");
    assert_eq!(refused.code(), ErrorCode::NoObjectFile);
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_restores_what_was_and_automation_leaves_it_so() {
    let (lab, id) = Lab::with_a_leaf().await;
    lab.drop_raw(
        "more.yaml",
        &format!("{}---\n{}", switch("leaf-01", "border-leaf"), switch("leaf-02", "spine")),
    );
    let ingested = lab.sync(&id).await;
    assert_eq!(ingested.outcome, Outcome::Done);
    let last = async || lab.engine.last_undoable(id.clone()).await.expect("a run").id;
    assert_eq!(last().await, ingested.id);
    let undone = lab.undo(&id).await;
    assert_eq!(undone.outcome, Outcome::Done, "{undone:?}");
    assert_ne!(last().await, ingested.id, "what is undone");
    assert_ne!(last().await, undone.id, "the undoing");
    lab.sync(&id).await;
    assert_eq!(lab.files("lab/managed"), [LEAF]);
    assert!(lab.at_origin(LEAF).contains("role: spine"));
    assert!(git(&lab.origin, &["log", "-1", "--format=%B", "main"]).contains("FGD-Undoes: "));
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Unchanged, "nothing is taken again");
    // An undo is a run like others.
    let redone = lab.engine.undo(id.clone(), Some(undone.id), Trigger::Command).await.expect("a run");
    assert_eq!(redone.outcome, Outcome::Done);
    assert!(lab.read("lab/managed/switches/leaf-02.yaml").contains("leaf-02"));
    // What is not undone yet comes next: the very first drop.
    let first = lab.undo(&id).await;
    assert_eq!(first.outcome, Outcome::Done, "{}", first.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_is_refused_where_later_work_depends_on_it() {
    let (lab, id) = Lab::with_a_leaf().await;
    let text = lab.read(LEAF);
    let edited = lab.edit(&id, LEAF, Some(&text.replace("role: spine", "role: border-leaf"))).await;
    lab.edit(&id, LEAF, Some(&text.replace("role: spine", "role: server-leaf"))).await;
    let refused =
        lab.engine.undo(id.clone(), Some(edited.id), Trigger::Command).await.expect("a run").outcome;
    let Outcome::Failed { error } = refused else { panic!("{refused:?}") };
    assert_eq!(error.code, ErrorCode::UndoRefused);
    assert!(error.message.contains("edit Switch leaf-01"), "{}", error.message);
    assert_ne!(lab.view(&id).await.status.state, StatusState::Failed, "the fabric itself is fine");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_object_has_a_history_and_old_versions_come_back() {
    let (lab, id) = Lab::with_a_leaf().await;
    let text = lab.read(LEAF);
    lab.edit(&id, LEAF, Some(&text.replace("role: spine", "role: border-leaf"))).await;
    lab.edit(&id, LEAF, None).await;
    let file = lab.engine.file_of(id.clone(), "switch/leaf-01".to_owned()).await.expect("a file");
    assert_eq!(file, path(LEAF));
    let versions = lab.engine.history(id.clone(), file.clone(), 10).await.expect("versions");
    let subjects: Vec<_> = versions.iter().map(|version| version.commit.subject.as_str()).collect();
    assert_eq!(
        subjects,
        ["lab: delete Switch leaf-01", "lab: edit Switch leaf-01", "lab: ingest 1 object from leaf.yaml"]
    );
    assert_eq!(versions[0].blob, None);
    let diff = lab
        .engine
        .compare(id.clone(), versions[2].blob.clone(), versions[1].blob.clone())
        .await
        .expect("a diff");
    assert_eq!(diff.fields.len(), 1);
    assert_eq!(diff.fields[0].path.as_str(), "spec.role");
    let revision = versions[2].commit.revision.clone();
    let restored = lab.engine.restore(id.clone(), file, revision, Trigger::Command).await.expect("a run");
    assert_eq!(restored.outcome, Outcome::Done);
    assert_eq!(lab.read(LEAF), text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_that_is_gone_is_not_made_again_by_itself() {
    let (lab, id) = Lab::with_a_leaf().await;
    git(&lab.origin, &["branch", "-m", "main", "trunk"]);
    lab.drop_raw("two.yaml", &switch("leaf-02", "spine"));
    let synced = lab.sync(&id).await;
    let Outcome::Failed { error } = synced.outcome else { panic!("{:?}", synced.outcome) };
    assert_eq!(error.code, ErrorCode::BranchGone);
    assert!(error.message.contains("trunk is where it was"), "{}", error.message);
    assert_eq!(synced.documents.created, 1, "ingestion goes on");
    assert_eq!(lab.sync(&id).await.pushed, 0);
    assert_eq!(git(&lab.origin, &["branch", "--list", "main"]), "");
    let pushed = lab.run(&id, OperationKind::Push).await;
    assert_eq!(pushed.outcome, Outcome::Done, "whoever pushes by hand means it: {pushed:?}");
    assert_eq!(git(&lab.origin, &["branch", "--list", "main"]), "main");
}

#[tokio::test(flavor = "multi_thread")]
async fn commit_messages_follow_the_template() {
    let (lab, id) = Lab::with_a_leaf().await;
    let template = Some("chore(fabric): {summary}\n\n{details}".to_owned());
    let settings = FabricSettings { template, ..FabricSettings::default() };
    lab.engine.set_settings(id.clone(), settings).await.expect("settings");
    lab.edit(&id, LEAF, Some(&lab.read(LEAF).replace("spine", "border-leaf"))).await;
    let message = git(&lab.clone, &["log", "-1", "--format=%B"]);
    assert!(message.starts_with("chore(fabric): lab: edit Switch leaf-01\n\nChanged: 1\n"), "{message}");
    assert!(message.contains("\n\nFGD-Operation: "), "{message}");
}
