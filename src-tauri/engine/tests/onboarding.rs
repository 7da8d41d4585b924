//! Adding fabrics: by folder, by URL, to an empty repository, to one that is set up already.

use fgd_engine::{
    AddFabric, ArchiveStrategy, ErrorCode, Event, FabricRules, OperationKind, Outcome, Source, StatusState,
    Trigger, ValidationPolicy,
};

use crate::lab::{Lab, git, switch};

fn by_url(url: &str, directory: &str) -> AddFabric {
    AddFabric {
        source: Source::Url { url: url.to_owned(), sign_in: None },
        name: "Lab".to_owned(),
        branch: "main".to_owned(),
        directory: directory.to_owned(),
    }
}

fn by_folder(path: &str, directory: &str) -> AddFabric {
    AddFabric { source: Source::Folder { path: path.to_owned() }, ..by_url("", directory) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_repository_gets_its_branch_and_its_structure() {
    let lab = Lab::new();
    let url = lab.origin.display().to_string();
    let report = lab.engine.inspect(Source::Url { url: url.clone(), sign_in: None }).await.expect("report");
    assert_eq!((report.branch.as_str(), report.branches.len()), ("main", 0));

    let view = lab.engine.add(by_url(&url, "fabrics/lab")).await.expect("added");
    assert_eq!((view.name.as_str(), view.status.state), ("Lab", StatusState::InSync));
    assert!(view.repository.cloned);
    assert_eq!(lab.commits(), 1);
    assert!(lab.files("fabrics/lab/.hnp").contains(&"fabrics/lab/.hnp/manifest.yaml".to_owned()));
    let kept = git(&lab.origin, &["ls-tree", "-r", "--name-only", "main"]);
    assert!(kept.contains("fabrics/lab/managed/switches/.gitkeep"), "{kept}");
    assert!(
        lab.events()
            .iter()
            .any(|event| matches!(event, Event::Progress(told) if told.kind == OperationKind::Onboard))
    );

    let again = lab.engine.add(by_url(&url, "fabrics/lab")).await.expect_err("there already");
    assert_eq!(again.code(), ErrorCode::FabricExists);
    let second = lab.engine.add(by_url(&url, "fabrics/two")).await.expect("a second fabric of the clone");
    assert_eq!(second.repository.id, view.repository.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_existing_clone_is_used_where_it_is() {
    let lab = Lab::new();
    let view = lab.engine.add(by_folder(lab.clone.to_str().expect("path"), "lab")).await.expect("added");
    assert_eq!(view.repository.path, lab.clone.canonicalize().expect("path").display().to_string());
    assert!(!view.repository.cloned);
    assert_eq!(lab.engine.fabrics().await.expect("list").len(), 1);

    lab.engine.remove(view.id).await.expect("removed");
    assert!(lab.engine.fabrics().await.expect("list").is_empty());
    assert!(lab.clone.join("lab/raw").is_dir(), "nothing is deleted");
    let back =
        lab.engine.add(by_folder(lab.clone.to_str().expect("path"), "lab")).await.expect("added again");
    assert_eq!(lab.commits(), 1, "what was there needs no commit");
    assert_eq!(back.status.state, StatusState::InSync);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_of_the_netbox_plugin_is_adopted_as_it_is() {
    let lab = Lab::new();
    let manifest = "# HNP GitOps Manifest\n\n{\"version\": \"1.0\", \"fabric_name\": \"Old Lab\", \"archive_strategy\": \"rename_with_extension\"}";
    for (file, text) in [
        (".hnp/manifest.yaml", manifest.to_owned()),
        (
            ".hnp/archive-log.yaml",
            "# HNP Archive Log\n\n{\"version\": \"1.0\", \"operations\": []}".to_owned(),
        ),
        ("managed/switches/leaf-01.yaml", switch("leaf-01", "spine")),
    ] {
        let path = lab.clone.join("lab").join(file);
        std::fs::create_dir_all(path.parent().expect("parent")).expect("directory");
        std::fs::write(path, text).expect("written");
    }
    git(&lab.clone, &["add", "-A"]);
    git(&lab.clone, &["commit", "-q", "-m", "As the plugin left it"]);
    let view =
        lab.engine.add(by_folder(lab.clone.join("lab").to_str().expect("path"), "lab")).await.expect("added");
    let kept = std::fs::read_to_string(lab.clone.join("lab/.hnp/manifest.yaml")).expect("manifest");
    assert_eq!(kept, manifest);

    std::fs::write(lab.clone.join("lab/raw/x.yaml"), switch("leaf-01", "spine")).expect("dropped");
    let synced = lab.sync(&view.id).await;
    assert_eq!(
        (synced.documents.unchanged, synced.documents.updated),
        (1, 0),
        "the same content is unchanged"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn other_rules_are_a_commit_and_hold_for_the_next_drop() {
    let (lab, id) = Lab::with_fabric().await;
    let usual = lab.engine.rules(id.clone()).await.expect("rules");
    assert_eq!(
        usual,
        FabricRules { archive: ArchiveStrategy::RenameWithExtension, validation: ValidationPolicy::Warn }
    );
    let rules = FabricRules { archive: ArchiveStrategy::MoveToArchiveDir, ..usual };
    let before = std::fs::read_to_string(lab.clone.join("lab/.hnp/manifest.yaml")).expect("manifest");
    for (outcome, commits) in [(Outcome::Done, true), (Outcome::Unchanged, false)] {
        let run = lab.engine.set_rules(id.clone(), rules, Trigger::Click).await.expect("runs");
        assert_eq!((run.outcome, run.commit.is_some()), (outcome, commits), "{}", run.summary);
    }
    let after = std::fs::read_to_string(lab.clone.join("lab/.hnp/manifest.yaml")).expect("manifest");
    assert_eq!(after, before.replace("rename_with_extension", "move_to_archive_dir"));
    assert_eq!(git(&lab.clone, &["log", "-1", "--format=%s"]), "lab: change the fabric's rules");

    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
    assert!(lab.clone.join("lab/.hnp/archive/leaf.yaml").exists());
    assert_eq!(lab.engine.rules(id).await.expect("rules"), rules);
}
