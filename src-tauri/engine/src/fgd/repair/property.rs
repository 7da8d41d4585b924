//! Whatever stands, one repair puts it right and loses nothing.

use std::collections::HashSet;

use proptest::prelude::*;

use super::Standing;
use super::object::{directory, read};
use super::testing::{CONFIG, Files, NAME, VPC, apply, lab, plan, switch, whole_with};
use crate::change::ContentHash;
use crate::fgd::archive_log::ArchiveLog;
use crate::fgd::fabric_file::FabricFile;
use crate::fgd::layout::Layout;
use crate::id::RepoPath;
use crate::schema::ResourceId;

fn any_text() -> impl Strategy<Value = Vec<u8>> {
    let leaf = switch("leaf-01", "spine");
    let texts = [
        leaf.clone(),
        switch("leaf-01", "server-leaf"),
        switch("leaf-02", "spine"),
        format!("# rack 7\n{leaf}"),
        leaf.replace("spec:", "  annotations: {hnp.githedgehog.com/fabric: Lab}\nspec:"),
        VPC.to_owned(),
        CONFIG.to_owned(),
        format!("{CONFIG}data: {{}}\n"),
        format!("{leaf}---\n{VPC}"),
        format!("{CONFIG}---\n: [\n"),
        ": [".to_owned(),
        "# nothing\n".to_owned(),
        String::new(),
        FabricFile::text("Old"),
        ArchiveLog::empty_text(),
    ];
    prop::sample::select(texts.map(String::into_bytes).into_iter().chain([vec![0xFF]]).collect::<Vec<_>>())
}

fn any_path() -> impl Strategy<Value = RepoPath> {
    let directory = prop::sample::select(vec![
        "",
        "managed",
        "managed",
        "managed/switches",
        "managed/switches/rack-1",
        "managed/vpcs",
        "managed/tests",
        "managed/.x",
        "unmanaged",
        "raw",
    ]);
    let name = prop::sample::select(vec![
        "a.yaml",
        "A.yaml",
        "a-2.yaml",
        "b.json",
        "leaf-01.yaml",
        "leaf-01-2.yaml",
        ".gitkeep",
        "README.md",
        "kustomization.yaml",
        "configmap-notes.yaml",
        "switch-leaf-01.duplicate.yaml",
    ]);
    let own = prop::sample::select(vec![
        "manifest.yaml",
        "manifest.yaml.damaged",
        "archive-log.yaml",
        "archive-log.yaml.damaged",
        "archive-log.yaml.damaged.1",
    ]);
    let below = |(directory, name): (&str, &str)| lab().root().join(directory).join(name);
    prop_oneof![
        6 => (directory, name).prop_map(below),
        1 => own.prop_map(|name| lab().root().join(".hnp").join(name)),
    ]
}

/// An object by all that its author wrote of it.
fn essence(bytes: &[u8]) -> Option<(ResourceId, ContentHash, Option<ContentHash>)> {
    read(bytes).ok().map(|read| (read.id().clone(), read.content, read.comments))
}

/// Every text that stood before stands somewhere after, or the same object does.
fn nothing_is_lost(before: &Files, after: &Files) -> Result<(), TestCaseError> {
    for (path, bytes) in before {
        let is_same = |other: &Vec<u8>| {
            other == bytes || essence(bytes).is_some_and(|object| essence(other) == Some(object))
        };
        prop_assert!(after.values().any(is_same), "{path} is lost");
    }
    Ok(())
}

/// Each file that counts below `managed/` holds one object, in its kind's directory, and no other does.
fn managed_is_right(files: &Files) -> Result<(), TestCaseError> {
    let mut objects = HashSet::new();
    for (path, bytes) in files {
        let Some(rest) = path.below(&lab().managed()) else { continue };
        let hidden = rest.split('/').any(|part| part.starts_with('.'));
        if hidden || !Layout::takes(path.file_name()) || Layout::steers(path.file_name()) {
            continue;
        }
        let Ok(read) = read(bytes) else {
            return Err(TestCaseError::fail(format!("{path} holds no object")));
        };
        let home = directory(&read).map(|home| format!("{home}/"));
        prop_assert!(home.is_some_and(|home| rest.starts_with(&home)), "{path} is not at home");
        prop_assert!(objects.insert(read.id().clone()), "{} stands twice", read.id());
    }
    Ok(())
}

proptest! {
    #[test]
    fn whatever_stands_one_repair_is_enough_and_loses_nothing(
        before in prop::collection::btree_map(any_path(), any_text(), 0..12),
        whole in any::<bool>(),
        seed in any::<prop::sample::Index>(),
    ) {
        let mut files = if whole { whole_with(&[]) } else { Files::new() };
        files.extend(before);
        let before = files.clone();
        let repairs = plan(&before);

        let mut reversed: Vec<_> =
            before.iter().map(|(path, bytes)| Standing { path: path.clone(), bytes }).collect();
        reversed.reverse();
        prop_assert_eq!(&repairs, &super::repairs(&lab(), NAME, &reversed), "the files' order counts");
        let mut paths = HashSet::new();
        for change in repairs.iter().flat_map(|repair| &repair.changes) {
            prop_assert!(paths.insert(&change.path), "{} is changed twice", change.path);
        }

        for repair in &repairs {
            prop_assert!(!repair.changes.is_empty() && repair.sentence.ends_with('.'));
            apply(&mut files, &repair.changes);
        }
        nothing_is_lost(&before, &files)?;
        managed_is_right(&files)?;
        prop_assert_eq!(plan(&files), vec![]);

        if !repairs.is_empty() {
            let mut alone = before.clone();
            apply(&mut alone, &seed.get(&repairs).changes);
            nothing_is_lost(&before, &alone)?;
        }
    }
}
