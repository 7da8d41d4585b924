//! What a fabric directory says of itself, with other rules.

use crate::fgd::{ArchiveStrategy, FabricFile, FabricRules, ValidationPolicy};
use crate::id::RepoPath;
use crate::manifest::{Node, Source, Value, comments, key_text, parse, same_value, split};

const STRATEGIES: [ArchiveStrategy; 4] = [
    ArchiveStrategy::RenameWithExtension,
    ArchiveStrategy::MoveToArchiveDir,
    ArchiveStrategy::BackupWithTimestamp,
    ArchiveStrategy::None,
];

/// Other rules are what is read afterwards; all else of the file says what it said, and its comments stay. A
/// file that can't be read is not written either.
pub fn fabric_file(bytes: &[u8]) {
    let (file, directory) = (path("lab/.hnp/manifest.yaml"), path("lab"));
    let read = FabricFile::read(&file, bytes, &directory);
    for archive in STRATEGIES {
        for validation in [ValidationPolicy::Warn, ValidationPolicy::Strict] {
            let rules = FabricRules { archive, validation };
            let Ok(text) = FabricFile::with_rules(&file, bytes, rules) else { continue };
            let before = read.as_ref().expect("what is written was read");
            let after = FabricFile::read(&file, text.as_bytes(), &directory).expect("it reads");
            assert_eq!((after.rules(), &after.fabric_name), (rules, &before.fabric_name), "{text}");
            let ((left, comments), (wanted, wanted_comments)) = (rest(text.as_bytes()), rest(bytes));
            assert!(same_value(&left, &wanted) && comments == wanted_comments, "{text}");
            let twice = FabricFile::with_rules(&file, text.as_bytes(), rules).expect("again");
            assert_eq!(twice, text, "twice is once");
        }
    }
}

fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect("a path")
}

/// All that the file says beside its rules, and its comments.
fn rest(bytes: &[u8]) -> (Node, Vec<String>) {
    let source = Source::decode(bytes).expect("text");
    let documents = split(source.text());
    let [document] = documents.as_slice() else { panic!("one document") };
    let mut node = parse(document).expect("it was read");
    let comments = comments(document.text, &node);
    let Value::Mapping { entries, .. } = &mut node.value else { panic!("a mapping") };
    entries.retain(|(key, _)| !["archive_strategy", "validation_policy"].contains(&&*key_text(key)));
    (node, comments)
}
