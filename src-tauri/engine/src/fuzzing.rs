//! What must hold for any bytes at all, for fuzz targets and for property tests: each function panics where it
//! does not hold. No part of the product.

use std::collections::{BTreeMap, HashSet};

use crate::change::ContentHash;
use crate::fgd::{
    ArchiveLog, FabricFile, Given, Inbox, Layout, ManagedIndex, Outcome, Plan, Reading, SourceFile,
};
use crate::finding::{Finding, Weight};
use crate::id::RepoPath;
use crate::manifest::{self, Document, Node, Source, Value, annotate, comments, parse};

const OURS: [(&str, &str); 2] = [("hnp.githedgehog.com/by", "fgd-sync"), ("hnp.githedgehog.com/index", "0")];
const PREFIX: &str = "hnp.githedgehog.com/";

/// A stream is its documents and what is between them, and each document's text is that document alone.
pub fn split(bytes: &[u8]) {
    let Ok(source) = Source::decode(bytes) else { return };
    let text = source.text();
    assert!(bytes.ends_with(text.as_bytes()), "decoding drops nothing but a byte order mark");
    let documents = manifest::split(text);
    let (mut joined, mut between, mut at) = (String::new(), String::new(), 0);
    for (index, document) in documents.iter().enumerate() {
        assert_eq!(document.index as usize, index);
        assert!(document.span.start >= at && !document.span.is_empty(), "in order, and never twice");
        assert_eq!(document.line as usize, text[..document.span.start].matches('\n').count() + 1);
        for piece in [&text[at..document.span.start], document.text] {
            joined.push_str(piece);
        }
        between.push_str(&text[at..document.span.start]);
        at = document.span.end;
        let alone: Vec<&str> = manifest::split(document.text).iter().map(|alone| alone.text).collect();
        assert_eq!(alone, [document.text]);
        if let Ok(node) = parse(document) {
            places_are_inside(document, &node);
        }
    }
    joined.push_str(&text[at..]);
    between.push_str(&text[at..]);
    assert_eq!(joined, text);
    let bare = |line: &str| matches!(line.trim(), "" | "---" | "...");
    assert!(documents.is_empty() || between.lines().all(bare), "left out: {between:?}");
}

fn places_are_inside(document: &Document<'_>, node: &Node) {
    assert!(document.text.get(node.span.clone()).is_some(), "{:?}", node.span);
    assert!(node.line >= document.line && node.column >= 1);
    if node.borrowed {
        return;
    }
    match &node.value {
        Value::Scalar(_) => {}
        Value::Sequence { items, .. } => items.iter().for_each(|item| places_are_inside(document, item)),
        Value::Mapping { entries, .. } => {
            for part in entries.iter().filter(|(key, _)| !key.borrowed).flat_map(|(key, value)| [key, value])
            {
                places_are_inside(document, part);
            }
        }
    }
}

/// Annotating a text and reading it is reading it and annotating the tree; nothing else of the text changes;
/// twice is once.
pub fn patch(bytes: &[u8]) {
    let Ok(source) = Source::decode(bytes) else { return };
    for document in manifest::split(source.text()) {
        let Ok(node) = parse(&document) else { continue };
        let Ok(annotated) = annotate(document.text, &node, &OURS) else { continue };
        let text = annotated.text.as_str();
        let after = only(text);
        let mut wanted = node.clone();
        manifest::set_annotations(&mut wanted, &OURS).expect("it took them before");
        assert!(manifest::same_value(&after, &wanted), "{text}");
        assert_eq!(manifest::content_hash(&node, PREFIX), manifest::content_hash(&after, PREFIX));
        if !annotated.canonical {
            assert_eq!(comments(document.text, &node), comments(text, &after));
            let there = node.get("metadata").and_then(|metadata| metadata.get("annotations"));
            assert!(there.is_some() || is_within(document.text, text), "{:?} {text:?}", document.text);
        }
        let again = annotate(text, &after, &OURS).expect("it has a place for them");
        assert_eq!((again.text.as_str(), again.canonical), (text, false), "twice is once");
    }
}

/// The tree of a text that is one document.
fn only(text: &str) -> Node {
    let documents = manifest::split(text);
    let [document] = documents.as_slice() else { panic!("{} documents: {text:?}", documents.len()) };
    assert_eq!(document.text, text);
    parse(document).unwrap_or_else(|error| panic!("{text:?}: {error:?}"))
}

/// Whether a text is another one with more between its characters.
fn is_within(text: &str, longer: &str) -> bool {
    let mut rest = longer.chars();
    text.chars().all(|c| rest.any(|other| other == c))
}

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
        Plan::new(&given, inbox, &mut managed)
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
    use proptest::prelude::*;

    use super::*;

    /// Pieces of streams of objects, good and bad, whose mixture is nearly right.
    const PIECES: &str = "(apiVersion: wiring\\.githedgehog\\.com/v1beta1\n|apiVersion: v1\n|kind: Switch\n|kind: List\nitems:\n|metadata:\n  name: leaf-01\n|metadata: \\{name: x\\}\n|spec:\n  role: spine\n|spec: \\{role: spine\\}\n|  annotations:\n    a: b # c\n|---\n|--- # c\n|\\.\\.\\.\n|# c\n|- |  |a: \\|\\+\n  x\n\n|<<: \\*a\n|&a |\"x|'|\\[|\\{|\\}|\\]|,|: |\t|\r\n|\r|\n|ü|\u{85}|\u{2028}|%YAML 1\\.2\n|\\? |!!str |\u{feff}|<<<<<<< x\n)";

    fn stream() -> impl Strategy<Value = String> {
        let good = "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: leaf-02\n";
        (prop::collection::vec(PIECES, 0..14), any::<bool>()).prop_map(move |(pieces, begins_well)| {
            format!("{}{}", if begins_well { good } else { "" }, pieces.concat())
        })
    }

    #[test]
    fn what_was_found_once() {
        let twice = "apiVersion: v1\nkind: A\nmetadata: {name: a}\n---\n".repeat(2);
        for text in ["\r...\n", &format!("{twice}a: [\n")] {
            for property in [split, patch, ingest] {
                property(text.as_bytes());
            }
        }
    }

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

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(100) })]

        #[test]
        fn a_stream_is_its_documents(text in stream()) {
            split(text.as_bytes());
        }

        #[test]
        fn annotating_and_reading_change_places(text in stream()) {
            patch(text.as_bytes());
        }

        #[test]
        fn all_that_is_dropped_is_accounted_for(text in stream()) {
            ingest(text.as_bytes());
        }

        #[test]
        fn any_bytes_are_accounted_for(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            split(&bytes);
            patch(&bytes);
            ingest(&bytes);
        }
    }
}
