//! What a person brings to the inbox: whole or not at all, and never over what is there.

use fgd_engine::{Delivery, Fate, Outcome, RepoPath};

use crate::lab::{Lab, switch};

fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect("a path")
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_texts_are_put_into_the_inbox() {
    let (lab, fabric) = Lab::with_fabric().await;
    lab.drop_raw("leaf.yaml", &switch("leaf-1", "server-leaf"));
    let desktop = tempfile::tempdir().expect("directory");
    let at = |name: &str| desktop.path().join(name);
    std::fs::write(at("leaf.yaml"), switch("leaf-2", "server-leaf")).expect("written");
    std::fs::write(at("photo.png"), [0_u8; 8]).expect("written");
    std::fs::create_dir_all(at("more/deep")).expect("directory");
    std::fs::write(at("more/deep/spine.yml"), switch("spine-1", "spine")).expect("written");
    std::fs::create_dir(at("none")).expect("directory");
    let mut brought: Vec<Delivery> =
        ["leaf.yaml", "photo.png", "more", "none", "gone.yaml"].map(at).map(Delivery::Path).to_vec();
    brought.push(Delivery::Text { name: "../pasted".to_owned(), text: switch("leaf-3", "server-leaf") });
    let delivered = lab.engine.deliver(fabric.clone(), brought).await.expect("delivered");

    let taken: Vec<&str> = delivered.taken.iter().map(RepoPath::as_str).collect();
    assert_eq!(taken, ["lab/raw/leaf-2.yaml", "lab/raw/spine.yml", "lab/raw/pasted.yaml"]);
    let refused: Vec<&str> = delivered.refused.iter().map(|refused| refused.name.as_str()).collect();
    assert_eq!(refused, ["photo.png", "none", "gone.yaml"]);
    assert!(at("leaf.yaml").exists(), "it was copied");
    let synced = lab.sync(&fabric).await;
    assert_eq!((synced.outcome, synced.documents.created), (Outcome::Done, 4), "{}", synced.summary);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_previewed_without_being_written() {
    let (lab, fabric) = Lab::with_fabric().await;
    let text = switch("leaf-1", "server-leaf") + "---\nkind: [\n";
    let preview = lab.engine.preview_text(fabric.clone(), "new".to_owned(), text).await.expect("previewed");
    let fates: Vec<Fate> =
        preview.files.iter().flat_map(|file| &file.documents).map(|one| one.fate).collect();
    assert_eq!(fates, [Fate::Created, Fate::Rejected]);
    assert!(!lab.path().join("clone/lab/raw/new.yaml").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_mended_only_if_it_is_what_was_read() {
    let (lab, fabric) = Lab::with_fabric().await;
    lab.drop_raw("broken.yaml", "kind: [\n");
    let mend = |before: &str, text: String| {
        lab.engine.mend(fabric.clone(), path("lab/raw/broken.yaml"), before.to_owned(), text)
    };
    assert!(!mend("kind: {\n", String::new()).await.expect("asked"), "somebody changed it meanwhile");
    assert!(mend("kind: [\n", switch("leaf-1", "server-leaf")).await.expect("mended"));
    let synced = lab.sync(&fabric).await;
    assert_eq!((synced.outcome, synced.documents.created), (Outcome::Done, 1), "{}", synced.summary);
    let gone = mend("kind: [\n", String::new()).await.expect_err("it was taken in");
    assert_eq!(gone.code(), fgd_engine::ErrorCode::NotInTheInbox);
    let outside = lab.engine.mend(fabric, path("lab/managed/x.yaml"), String::new(), String::new()).await;
    assert!(outside.is_err(), "nothing but the inbox can be named");
}
