//! Objects and plans out of a few lines of text, for tests.

use std::path::Path;
use std::sync::Arc;

use crate::fgd::archive_log::ArchiveLog;
use crate::fgd::fabric_file::{ArchiveStrategy, FabricFile, ValidationPolicy};
use crate::fgd::inbox::{Inbox, Reading, SourceFile};
use crate::fgd::layout::Layout;
use crate::fgd::managed::ManagedIndex;
use crate::fgd::plan::{Given, Plan};
use crate::finding::Finding;
use crate::id::RepoPath;
use crate::manifest::{Manifest, parse, split};
use crate::schema::{CrdSchemas, KINDS, Object};

pub(super) fn path(text: &str) -> RepoPath {
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

/// What is found in a text that is dropped into an empty directory, by the policy `warn`.
pub(super) fn dropped(bytes: &[u8], schemas: Option<CrdSchemas>) -> Vec<Finding> {
    let mut managed = ManagedIndex::with_schemas(schemas);
    let reading = Reading { fabric_name: "Lab", managed: &managed, schemas: managed.schemas() };
    let file = SourceFile::parse(path("raw/drop.yaml"), bytes.to_vec(), reading);
    let inbox = Inbox { files: vec![file], unreadable: Vec::new() };
    let fabric = FabricFile {
        fabric_name: "Lab".to_owned(),
        archive_strategy: ArchiveStrategy::None,
        validation_policy: ValidationPolicy::Warn,
    };
    let given = Given {
        layout: &Layout::new(RepoPath::root()),
        fabric: &fabric,
        edited: &Default::default(),
        log: &ArchiveLog::empty(),
        log_on_disk: None,
        archive_taken: &|_| None,
    };
    let plan = Plan::new(&given, inbox, &mut managed).expect("a plan");
    plan.findings.into_iter().chain(plan.standing).collect()
}

/// The schemas of a CRD's text.
pub(super) fn schemas(crd: &str) -> CrdSchemas {
    let folder = tempfile::tempdir().expect("folder");
    std::fs::write(folder.path().join("crd.yaml"), crd).expect("file");
    CrdSchemas::read(Path::new(folder.path())).expect("schemas")
}

/// A whole document out of its kind, its name and the lines of its spec.
pub(super) fn document(kind: &str, name: &str, spec: &str) -> String {
    let info = KINDS.iter().find(|info| info.kind == kind).expect(kind);
    let head = format!(
        "apiVersion: {}/{}\nkind: {kind}\nmetadata:\n  name: {name}\n",
        info.group, info.version
    );
    if spec.is_empty() { format!("{head}spec: {{}}\n") } else { format!("{head}spec:\n{spec}") }
}
