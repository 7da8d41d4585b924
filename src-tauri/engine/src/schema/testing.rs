//! Objects and plans out of a few lines of text, for tests.

use std::path::Path;
use std::sync::Arc;

use crate::fgd::check_files;
use crate::finding::Finding;
use crate::id::RepoPath;
use crate::manifest::{Manifest, parse, split};
use crate::schema::{CrdSchemas, KINDS, Object};

fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect(text)
}

/// The objects of a text, each as if it stood in a file of its own.
pub(super) fn objects(text: &str) -> Vec<Arc<Object>> {
    let read = |document| {
        let node = parse(document).expect("YAML");
        let manifest = Manifest::of(&node).expect("an object");
        let file = path(&format!("{}-{}.yaml", manifest.kind, manifest.name));
        Arc::new(Object::read(&manifest, &node, &file, None))
    };
    split(text).iter().map(read).collect()
}

/// What is found in a file that is checked by itself, as if it were dropped into an empty directory.
pub(super) fn dropped(bytes: &[u8], schemas: Option<CrdSchemas>) -> Vec<Finding> {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("drop.yaml");
    std::fs::write(&file, bytes).expect("file");
    check_files(&[file], schemas).expect("checked").findings
}

/// The schemas of a CRD's text.
pub(super) fn schemas(crd: &str) -> CrdSchemas {
    CrdSchemas::of(Path::new("crd.yaml"), crd.as_bytes()).expect("schemas")
}

/// A whole document out of its kind, its name and the lines of its spec.
pub(super) fn document(kind: &str, name: &str, spec: &str) -> String {
    let info = KINDS.iter().find(|info| info.kind == kind).expect(kind);
    let head =
        format!("apiVersion: {}/{}\nkind: {kind}\nmetadata:\n  name: {name}\n", info.group, info.version);
    if spec.is_empty() { format!("{head}spec: {{}}\n") } else { format!("{head}spec:\n{spec}") }
}

/// Whole documents out of a line `Kind name` each, and the indented lines of its spec below; by that line.
pub(super) fn documents(text: &str) -> Vec<(String, String)> {
    let mut documents: Vec<(String, String)> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        match documents.last_mut() {
            Some((_, spec)) if line.starts_with(' ') => spec.push_str(&format!("{line}\n")),
            _ => documents.push((line.to_owned(), String::new())),
        }
    }
    let whole = |(head, spec): (String, String)| {
        let (kind, name) = head.split_once(' ').expect("kind and name");
        let text = document(kind, name, &spec);
        (head, text)
    };
    documents.into_iter().map(whole).collect()
}
