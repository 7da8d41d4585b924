//! What a fabric directory says of itself, with other rules.

use crate::fgd::{ArchiveStrategy, FabricFile, FabricRules, ValidationPolicy};
use crate::id::RepoPath;
use crate::manifest::{Source, comments, parse, split};

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
            assert_eq!(rest(text.as_bytes()), rest(bytes), "{text}");
            assert_eq!(comments_of(text.as_bytes()), comments_of(bytes), "{text}");
            let twice = FabricFile::with_rules(&file, text.as_bytes(), rules).expect("again");
            assert_eq!(twice, text, "twice is once");
        }
    }
}

fn path(text: &str) -> RepoPath {
    RepoPath::parse(text).expect("a path")
}

/// All that the file says beside its rules.
fn rest(bytes: &[u8]) -> serde_yaml::Value {
    let mut value: serde_yaml::Value = serde_yaml::from_slice(bytes).expect("it was read");
    let mapping = value.as_mapping_mut().expect("a mapping");
    for key in ["archive_strategy", "validation_policy"] {
        mapping.remove(key);
    }
    value
}

fn comments_of(bytes: &[u8]) -> Vec<String> {
    let source = Source::decode(bytes).expect("text");
    let documents = split(source.text());
    let read = documents.iter().map(|document| (document.text, parse(document).expect("it was read")));
    read.flat_map(|(text, node)| comments(text, &node)).collect()
}
