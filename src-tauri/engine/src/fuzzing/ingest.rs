//! The inbox of a fabric directory that is on no disk.

use std::collections::{BTreeMap, HashSet};

use crate::change::ContentHash;
use crate::fgd::{
    ArchiveLog, FabricFile, Given, Inbox, Layout, ManagedIndex, Outcome, Plan, Reading, SourceFile,
};
use crate::finding::{Finding, Weight};
use crate::id::RepoPath;
use crate::manifest::{self, Source};

/// A file of any bytes in the inbox of an empty directory and of one in which objects stand: each document
/// has one outcome, what is not taken stays and is told, what is taken is kept, and twice is once.
pub fn ingest(bytes: &[u8]) {
    for mut directory in [Directory::default(), Directory::standing()] {
        directory.drop(bytes);
        let plan = directory.checked_plan(bytes);
        directory.apply(&plan);
        let again = directory.plan();
        assert!(again.is_empty(), "twice is once: {:?}", again.changes);
        assert_eq!(again.counts().rejected, plan.counts().rejected);
        if !plan.waiting.is_empty() {
            continue;
        }
        directory.drop(bytes);
        let dropped_again = directory.checked_plan(bytes);
        let counts = dropped_again.counts();
        assert_eq!(counts.unchanged, counts.total, "{:?}", dropped_again.documents);
        directory.apply(&dropped_again);
        assert!(directory.plan().is_empty());
    }
}

const DROPPED: &str = "raw/x.yaml";
const LOG: &str = ".hnp/archive-log.yaml";

/// A fabric directory in memory: its files by their paths.
#[derive(Default)]
struct Directory {
    files: BTreeMap<RepoPath, Vec<u8>>,
}

fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect("a path")
}

impl Directory {
    /// One in which some objects stand, also such as the seeds hold.
    fn standing() -> Self {
        let switch = "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: leaf-01 # rack 1\nspec:\n  role: spine\n";
        let foreign = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";
        let mut directory = Self::default();
        for (at, text) in [("managed/switches/leaf-01.yaml", switch), ("unmanaged/configmap-x.yaml", foreign)]
        {
            directory.files.insert(path(at), text.into());
        }
        directory
    }

    fn drop(&mut self, bytes: &[u8]) {
        self.files.insert(path(DROPPED), bytes.to_vec());
    }

    fn plan(&self) -> Plan {
        let layout = Layout::new(RepoPath::root());
        let standing = |(path, bytes): (&RepoPath, &Vec<u8>)| {
            let is_one = path.below(&layout.managed()).is_some() || path.below(&layout.unmanaged()).is_some();
            is_one.then(|| (path.to_string(), String::from_utf8(bytes.clone()).expect("text is written")))
        };
        let standing: Vec<(String, String)> = self.files.iter().filter_map(standing).collect();
        let standing: Vec<(&str, &str)> =
            standing.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let mut managed = ManagedIndex::of(&standing);
        let reading = Reading { fabric_name: "Lab", managed: &managed, schemas: None };
        let dropped = self.files.get(&path(DROPPED));
        let files = dropped.map(|bytes| SourceFile::parse(path(DROPPED), bytes.clone(), reading));
        let inbox = Inbox { files: files.into_iter().collect(), unreadable: Vec::new() };
        let fabric = FabricFile::text("Lab");
        let fabric = FabricFile::read(&layout.fabric_file(), fabric.as_bytes(), layout.root());
        let log = self.files.get(&path(LOG));
        let given = Given {
            layout: &layout,
            fabric: &fabric.expect("a fabric"),
            edited: &HashSet::new(),
            log: &log.map_or(ArchiveLog::empty(), |log| ArchiveLog::read(&path(LOG), log).expect("a log")),
            log_on_disk: log.map(|log| ContentHash::of(log)),
            archive_taken: &|path| self.files.get(path).map(|bytes| ContentHash::of(bytes)),
        };
        Plan::new(&given, inbox, &mut managed).expect("the log can be written")
    }

    /// The plan, in which every document is accounted for.
    fn checked_plan(&self, bytes: &[u8]) -> Plan {
        let plan = self.plan();
        let counts = plan.counts();
        let outcomes = [counts.created, counts.updated, counts.unchanged, counts.unmanaged, counts.rejected];
        assert_eq!((counts.total, counts.total as usize), (outcomes.iter().sum(), plan.documents.len()));
        match Source::decode(bytes) {
            // A List has more documents than are split, or none.
            Ok(source) => {
                assert!(plan.documents.len() <= bytes.len());
                assert!(!manifest::split(source.text()).is_empty() || counts.total == 0);
            }
            Err(_) => assert_eq!((counts.total, counts.rejected), (1, 1)),
        }
        for planned in &plan.documents {
            let Outcome::Rejected(finding) = &planned.outcome else { continue };
            assert!(plan.findings.contains(finding), "{finding:?} is told");
        }
        plan.findings.iter().for_each(told_well);
        let dropped = path(DROPPED);
        let stays = plan.waiting.contains(&dropped);
        assert_eq!(stays, counts.rejected > 0);
        assert_ne!(stays, plan.archived.contains_key(&dropped), "it waits, or it is archived");
        if let Some(kept) = plan.archived.get(&dropped) {
            let kept = kept.as_ref().expect("a copy");
            let written = plan.changes.iter().find(|change| change.path == *kept);
            let copy = written.and_then(|change| change.after.as_ref()).or_else(|| self.files.get(kept));
            assert_eq!(copy.map(Vec::as_slice), Some(bytes), "its copy has every byte");
        }
        plan
    }

    fn apply(&mut self, plan: &Plan) {
        for change in &plan.changes {
            let standing = self.files.get(&change.path).map(|bytes| ContentHash::of(bytes));
            assert_eq!(standing, change.before, "{} is what was read", change.path);
            match &change.after {
                Some(bytes) => self.files.insert(change.path.clone(), bytes.clone()),
                None => self.files.remove(&change.path),
            };
        }
    }
}

/// A finding says what and what to do; one that keeps a document from being taken, where too.
fn told_well(finding: &Finding) {
    assert!(finding.message.ends_with(['.', '?']), "{finding:?}");
    assert!(finding.file.is_some(), "{finding:?}");
    // What the objects mean is in tests of its own.
    if finding.code.weight() == Weight::Refused && finding.code.as_str() < "FGD-400" {
        assert_eq!(finding.file.as_ref().map(RepoPath::as_str), Some(DROPPED), "{finding:?}");
        assert!(finding.line >= Some(1) && finding.column >= Some(1), "{finding:?}");
        assert!(finding.hint.as_ref().is_some_and(|hint| hint.ends_with(['.', '?'])), "{finding:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_waits_and_is_edited_is_taken_once() {
        let object = |name: &str| format!("apiVersion: v1\nkind: A\nmetadata: {{name: {name}}}\n---\n");
        let mut directory = Directory::default();
        for (names, taken) in [(["a", "b"], 2), (["a", "c"], 1), (["b", "c"], 0)] {
            let text = format!("{}{}a: [\n", object(names[0]), object(names[1]));
            directory.drop(text.as_bytes());
            let plan = directory.checked_plan(text.as_bytes());
            assert_eq!((plan.counts().unmanaged, plan.is_empty()), (taken, taken == 0), "{names:?}");
            directory.apply(&plan);
            assert!(directory.plan().is_empty(), "{names:?}");
        }
    }
}
