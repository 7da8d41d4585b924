//! What the tests of this module share: a directory in memory, its repairs, and what they say and do.

use std::collections::{BTreeMap, HashSet};

use super::{Repair, Standing, repairs};
use crate::change::{ContentHash, FileChange};
use crate::fgd::layout::Layout;
use crate::fgd::onboard::missing_structure;
use crate::id::RepoPath;

pub(super) const NAME: &str = "Lab";
pub(super) const VPC: &str = "apiVersion: vpc.githedgehog.com/v1beta1\nkind: VPC\nmetadata: {name: vpc-1}\n";
pub(super) const CONFIG: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes}\n";

/// Files by their path.
pub(super) type Files = BTreeMap<RepoPath, Vec<u8>>;

pub(super) fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect(text)
}

pub(super) fn lab() -> Layout {
    Layout::new(path("fabrics/lab"))
}

pub(super) fn switch(name: &str, role: &str) -> String {
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: {name}\n\
         spec:\n  role: {role}\n"
    )
}

/// The directory `fabrics/lab`, whole, with these files in it.
pub(super) fn whole_with(files: &[(&str, &str)]) -> Files {
    let mut all = Files::new();
    apply(&mut all, &missing_structure(&lab(), NAME, &HashSet::new()));
    all.extend(files.iter().map(|(name, text)| (lab().root().join(name), text.as_bytes().to_vec())));
    all
}

pub(super) fn plan(files: &Files) -> Vec<Repair> {
    let standing: Vec<_> =
        files.iter().map(|(path, bytes)| Standing { path: path.clone(), bytes: bytes.as_slice() }).collect();
    repairs(&lab(), NAME, &standing)
}

/// Does what the disk does: a file that is not what the change was planned for is a defect here.
pub(super) fn apply(files: &mut Files, changes: &[FileChange]) {
    for change in changes {
        let before = files.get(&change.path).map(|bytes| ContentHash::of(bytes));
        assert_eq!(before, change.before, "{}", change.path);
        match &change.after {
            Some(after) => files.insert(change.path.clone(), after.clone()),
            None => files.remove(&change.path),
        };
    }
}

/// What the repairs say and do to these files in a whole directory: a line for each sentence, then one
/// for each change. Whatever they do, a second run finds nothing.
pub(super) fn told(files: &[(&str, &str)]) -> Vec<String> {
    let mut all = whole_with(files);
    let repairs = plan(&all);
    let below = |change: &FileChange| {
        let sign = if change.after.is_some() { "+" } else { "-" };
        format!("{sign} {}", change.path.below(lab().root()).expect("below the directory"))
    };
    let lines = repairs
        .iter()
        .flat_map(|repair| std::iter::once(repair.sentence.clone()).chain(repair.changes.iter().map(below)))
        .collect();
    for repair in &repairs {
        apply(&mut all, &repair.changes);
    }
    assert_eq!(plan(&all), vec![], "a second run");
    lines
}
