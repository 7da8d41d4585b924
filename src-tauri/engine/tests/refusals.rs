//! What can't be used is told at once, with a next step, and nothing is changed.

use fgd_engine::{AddFabric, Error, ErrorCode, OperationKind, Outcome, Source, StatusState};

use crate::lab::{Lab, git, switch};

async fn inspect(lab: &Lab, source: Source) -> Error {
    lab.engine.inspect(source).await.expect_err("refused")
}

fn folder(path: &std::path::Path) -> Source {
    Source::Folder { path: path.display().to_string() }
}

fn url(url: &str) -> Source {
    Source::Url { url: url.to_owned(), sign_in: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_that_are_none() {
    let lab = Lab::new();
    let plain = lab.path().join("plain");
    std::fs::create_dir(&plain).expect("directory");
    git(&lab.clone, &["commit", "-q", "--allow-empty", "-m", "x"]);
    for (source, code) in [
        (folder(&lab.path().join("nowhere")), ErrorCode::FolderMissing),
        (folder(&plain), ErrorCode::NotAWorkTree),
        (folder(&lab.origin), ErrorCode::BareRepository),
        (url("no url"), ErrorCode::UrlInvalid),
        (url("ext::sh -c true"), ErrorCode::UrlInvalid),
        (url("--upload-pack=x"), ErrorCode::UrlInvalid),
        (url("http://127.0.0.1:1/x.git"), ErrorCode::RemoteUnreachable),
        (url(&lab.path().join("none.git").display().to_string()), ErrorCode::RemoteMissing),
    ] {
        let shown = format!("{source:?}");
        let report = inspect(&lab, source).await.report();
        assert_eq!(report.code, code, "{shown}: {report:?}");
        assert!(report.message.ends_with('.') && !report.hint.is_empty(), "{report:?}");
    }
    git(&lab.clone, &["checkout", "-q", "--detach"]);
    assert_eq!(inspect(&lab, folder(&lab.clone)).await.code(), ErrorCode::DetachedHead);
}

#[tokio::test(flavor = "multi_thread")]
async fn fabrics_that_cannot_be() {
    let lab = Lab::new();
    git(&lab.clone, &["commit", "-q", "--allow-empty", "-m", "x"]);
    git(&lab.clone, &["push", "-q", "origin", "main"]);
    std::fs::write(lab.clone.join("file"), "x").expect("file");
    let by_url = url(&lab.origin.display().to_string());
    for (source, branch, directory, code) in [
        (folder(&lab.clone), "prod", "lab", ErrorCode::BranchNotCheckedOut),
        (folder(&lab.clone), "a..b", "lab", ErrorCode::BranchNameInvalid),
        (folder(&lab.clone), "main", "../lab", ErrorCode::DirectoryOutside),
        (folder(&lab.clone), "main", "/lab", ErrorCode::DirectoryOutside),
        (folder(&lab.clone), "main", "file/lab", ErrorCode::DirectoryBlocked),
        (by_url.clone(), "prod", "lab", ErrorCode::BranchMissing),
    ] {
        let request = AddFabric {
            source,
            name: "Lab".to_owned(),
            branch: branch.to_owned(),
            directory: directory.to_owned(),
        };
        let error = lab.engine.add(request).await.expect_err(directory);
        assert_eq!(error.code(), code, "{branch} {directory}: {error}");
    }
    assert!(lab.engine.fabrics().await.expect("list").is_empty());
    assert_eq!(git(&lab.clone, &["status", "--porcelain"]), "?? file", "nothing was changed");
    let clones = lab.path().join("data/clones");
    let left = std::fs::read_dir(clones).map(Iterator::count).unwrap_or(0);
    assert_eq!(left, 0, "and no clone is left over");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_work_tree_on_another_branch_is_left_alone() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    git(&lab.clone, &["checkout", "-q", "-b", "experiment"]);
    let synced = lab.sync(&id).await;
    assert!(
        matches!(&synced.outcome, Outcome::Failed { error } if error.code == ErrorCode::BranchNotCheckedOut)
    );
    assert!(lab.clone.join("lab/raw/leaf.yaml").exists());
    git(&lab.clone, &["checkout", "-q", "main"]);
    assert_eq!(lab.sync(&id).await.outcome, Outcome::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_not_set_up_is_not_synced() {
    let lab = Lab::new();
    std::fs::create_dir_all(lab.clone.join("lab/raw")).expect("directory");
    lab.drop_raw("leaf.yaml", &switch("leaf-01", "spine"));
    let id = lab.engine.fabric_at(lab.clone.join("lab")).await.expect("known");
    let synced = lab.run(&id, OperationKind::Ingest).await;
    assert!(matches!(&synced.outcome, Outcome::Failed { error } if error.code == ErrorCode::NotInitialised));
    assert_eq!(lab.view(&id).await.status.state, StatusState::NotInitialised);
    assert!(lab.clone.join("lab/raw/leaf.yaml").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_can_open_what_waits_and_nothing_else() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw("leaf.yaml", "a: [");
    lab.drop_raw("run.sh", "#!/bin/sh");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/hostname", lab.clone.join("lab/raw/link.yaml")).expect("link");
    let file = |text: &str| serde_json::from_value(text.into()).expect("a path");
    let opened = lab.engine.inbox(id.clone(), Some(file("lab/raw/leaf.yaml"))).await.expect("it waits");
    assert!(opened.ends_with("lab/raw/leaf.yaml"));
    for bad in [
        "lab/raw",
        "lab/raw/run.sh",
        "lab/raw/link.yaml",
        "lab/.hnp/manifest.yaml",
        "lab/raw/../x.yaml",
        "/etc/x.yaml",
    ] {
        assert!(lab.engine.inbox(id.clone(), Some(file(bad))).await.is_err(), "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_document_stays_with_its_place() {
    let (lab, id) = Lab::with_fabric().await;
    lab.drop_raw(
        "mixed.yaml",
        &format!("{}---\nkind: [\n---\n{}", switch("leaf-01", "spine"), switch("leaf-02", "spine")),
    );
    let synced = lab.sync(&id).await;
    assert_eq!(
        (synced.outcome, synced.documents.created, synced.documents.rejected),
        (Outcome::NeedsAttention, 2, 1)
    );
    let finding =
        synced.findings.iter().find(|finding| finding.code == fgd_engine::Code::Syntax).expect("told");
    assert_eq!(finding.file.as_ref().map(|file| file.as_str()), Some("lab/raw/mixed.yaml"));
    assert!(
        finding.line.is_some_and(|line| (8..=9).contains(&line)) && finding.column.is_some(),
        "{finding:?}"
    );
    let view = lab.view(&id).await;
    assert_eq!(view.status.state, StatusState::NeedsAttention);
    assert_eq!(view.inbox[0].findings, synced.findings);
    assert_eq!(lab.sync(&id).await.commit, None, "a second run makes no commit");
}
