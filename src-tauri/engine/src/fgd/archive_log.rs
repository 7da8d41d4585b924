//! `.hnp/archive-log.yaml`: which documents were ingested from which file. Append-only; merges as a set.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::change::ContentHash;
use crate::error::{Error, Result};
use crate::fgd::layout::SKIP_RENDERING;
use crate::id::RepoPath;

/// The log. Entries of the NetBox plugin, and keys that are not ours, are kept as they are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ArchiveLog {
    #[serde(default = "version")]
    version: String,
    #[serde(default)]
    operations: Vec<Entry>,
    #[serde(flatten)]
    other: BTreeMap<String, serde_yaml::Value>,
}

fn version() -> String {
    "1.0".to_owned()
}

/// One file that was ingested, whole or in part.
///
/// Of a part, the file stays in the inbox; its taken documents are remembered by their content, so that
/// they are not taken again from there, here or on another desktop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// `ingestion`.
    pub(crate) operation: String,
    /// The source, relative to the fabric directory.
    pub(crate) original_file: String,
    /// `sha256:` of the source's bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_hash: Option<String>,
    /// How many documents the source has.
    #[serde(default)]
    pub(crate) document_count: u32,
    /// The objects that were written, `Kind namespace/name`.
    #[serde(default)]
    pub(crate) documents_created: Vec<serde_yaml::Value>,
    /// Where the source went, relative to the fabric directory; none while it waits in the inbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) archived_to: Option<String>,
    /// How often a file of these bytes waited and was archived before: the next time it is a new wish.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) round: u32,
    /// Content hashes of the documents that were taken from a file that stays in the inbox.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) documents_taken: Vec<String>,
    /// Earlier, partial entries of the file, which this one ends: their `content_hash`, with `#` and the
    /// round after the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) ends: Vec<String>,
    #[serde(flatten)]
    other: BTreeMap<String, serde_yaml::Value>,
}

impl Entry {
    /// An entry of an ingestion of ours.
    pub(crate) fn ingestion(original_file: &str, content_hash: String, document_count: u32) -> Self {
        Self {
            operation: "ingestion".to_owned(),
            original_file: original_file.to_owned(),
            content_hash: Some(content_hash),
            document_count,
            documents_created: Vec::new(),
            archived_to: None,
            round: 0,
            documents_taken: Vec::new(),
            ends: Vec::new(),
            other: BTreeMap::new(),
        }
    }

    fn waits(&self) -> bool {
        !self.documents_taken.is_empty()
    }

    /// What a later entry calls this one when it ends it.
    fn name(&self) -> Option<String> {
        let hash = self.content_hash.as_deref()?;
        Some(if self.round == 0 { hash.to_owned() } else { format!("{hash}#{}", self.round) })
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl ArchiveLog {
    /// A log without entries.
    pub(crate) fn empty() -> Self {
        Self { version: version(), operations: Vec::new(), other: BTreeMap::new() }
    }

    /// The text of a new log.
    pub(crate) fn empty_text() -> String {
        Self::with_head("version: '1.0'\noperations: []\n")
    }

    fn with_head(body: &str) -> String {
        format!("# FGD Sync: what was ingested from where\n# {SKIP_RENDERING}\n{body}")
    }

    /// Reads a log: YAML, or JSON after comment lines as the NetBox plugin wrote it. One that can't be written
    /// again (a mapping as a key, a tag inside a tag) is damaged.
    pub(crate) fn read(file: &RepoPath, bytes: &[u8]) -> Result<Self> {
        let damaged = |detail: String| Error::ManifestDamaged { file: file.clone(), detail };
        let log: Self = serde_yaml::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        let unwritten = log.foreign().find_map(|value| serde_yaml::to_string(value).err());
        match unwritten {
            Some(error) => Err(damaged(format!("a value in it can't be written again: {error}"))),
            None => Ok(log),
        }
    }

    /// The values with parts, whose form is not ours: what has none can always be written.
    fn foreign(&self) -> impl Iterator<Item = &serde_yaml::Value> {
        let entries = self.operations.iter();
        let of_entries = entries.flat_map(|entry| entry.documents_created.iter().chain(entry.other.values()));
        let has_parts = |value: &&serde_yaml::Value| {
            matches!(
                value,
                serde_yaml::Value::Tagged(_) | serde_yaml::Value::Sequence(_) | serde_yaml::Value::Mapping(_)
            )
        };
        of_entries.chain(self.other.values()).filter(has_parts)
    }

    /// The log's text. The same log gives the same bytes everywhere. An error where it can't be written, which
    /// would lose what it says.
    pub(crate) fn text(&self) -> Result<String> {
        let body = serde_yaml::to_string(self).map_err(|error| Error::Internal {
            detail: format!("the archive log can't be written: {error}"),
        })?;
        Ok(Self::with_head(&body))
    }

    /// Adds an entry, unless the same one is there already.
    pub(crate) fn append(&mut self, entry: Entry) {
        if !self.operations.contains(&entry) {
            self.operations.push(entry);
        }
    }

    /// Content hashes of the documents that were taken from a file that has waited in the inbox since.
    pub(crate) fn taken_from(&self, original_file: &str) -> HashSet<ContentHash> {
        let taken = self.waiting(original_file).flat_map(|entry| &entry.documents_taken);
        taken.filter_map(|hash| ContentHash::parse(hash)).collect()
    }

    /// The partial entries of a file that no later one has ended, by their names.
    pub(crate) fn open_entries(&self, original_file: &str) -> Vec<String> {
        self.waiting(original_file).filter_map(Entry::name).collect()
    }

    /// The round of a partial entry of this file and these bytes that is made now: how many are ended.
    pub(crate) fn round(&self, original_file: &str, content_hash: &str) -> u32 {
        let open = self.open_entries(original_file);
        let ended = self.operations.iter().filter(|entry| {
            entry.waits()
                && entry.original_file == original_file
                && entry.content_hash.as_deref() == Some(content_hash)
                && entry.name().is_some_and(|name| !open.contains(&name))
        });
        u32::try_from(ended.count()).unwrap_or(u32::MAX)
    }

    /// The entries, in their order.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.operations
    }

    /// The keys that are not ours.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn keys(&self) -> Vec<&str> {
        self.other.keys().map(String::as_str).collect()
    }

    /// Whether another source stands in the other log under the name that one has in this log.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn has_clash_with(&self, other: &Self) -> bool {
        self.operations.iter().any(|entry| {
            let same_place = |one: &&Entry| one.archived_to.is_some() && one.archived_to == entry.archived_to;
            other.operations.iter().filter(same_place).any(|one| one.content_hash != entry.content_hash)
        })
    }

    fn waiting<'a, 'b>(&'a self, original_file: &'b str) -> impl Iterator<Item = &'a Entry> + use<'a, 'b> {
        let of_file =
            move || self.operations.iter().filter(move |entry| entry.original_file == original_file);
        let ended: HashSet<&str> =
            of_file().flat_map(|entry| entry.ends.iter().map(String::as_str)).collect();
        of_file().filter(move |entry| {
            entry.waits() && entry.name().is_some_and(|name| !ended.contains(name.as_str()))
        })
    }

    /// Merges two logs that grew from one: the common entries, then what either side added, in an order
    /// that does not depend on which side is ours. Where both archived different sources under one name, ours
    /// goes [`beside`] theirs.
    pub(crate) fn merge(base: Option<&Self>, ours: &Self, theirs: &Self) -> Self {
        let base_entries = base.map(|log| log.operations.as_slice()).unwrap_or_default();
        let mut added: Vec<Entry> = Vec::new();
        for entry in &theirs.operations {
            if !base_entries.contains(entry) && !added.contains(entry) {
                added.push(entry.clone());
            }
        }
        let taken: HashMap<String, Option<String>> = added
            .iter()
            .filter_map(|entry| Some((entry.archived_to.clone()?, entry.content_hash.clone())))
            .collect();
        for entry in &ours.operations {
            if base_entries.contains(entry) || added.contains(entry) {
                continue;
            }
            let mut entry = entry.clone();
            if let (Some(to), Some(hash)) = (&entry.archived_to, &entry.content_hash)
                && taken.get(to).is_some_and(|other| other.as_ref() != Some(hash))
            {
                entry.archived_to = Some(beside(to, hash.trim_start_matches("sha256:")));
            }
            added.push(entry);
        }
        added.sort_by_cached_key(|entry| serde_yaml::to_string(entry).unwrap_or_default());
        let base_version = base.map(|log| &log.version);
        Self {
            version: changed(base_version, &ours.version, &theirs.version, String::clone).clone(),
            operations: base_entries.iter().cloned().chain(added).collect(),
            other: other_keys(base, ours, theirs),
        }
    }
}

/// The keys of others, those of both sides.
fn other_keys(
    base: Option<&ArchiveLog>,
    ours: &ArchiveLog,
    theirs: &ArchiveLog,
) -> BTreeMap<String, serde_yaml::Value> {
    let mut keys = theirs.other.clone();
    for (key, our) in &ours.other {
        let value = match theirs.other.get(key) {
            Some(their) => {
                let base = base.and_then(|log| log.other.get(key));
                changed(base, our, their, |value| serde_yaml::to_string(value).unwrap_or_default())
            }
            None => our,
        };
        keys.insert(key.clone(), value.clone());
    }
    keys
}

/// The value that one side changed; of two that both changed, the later one by its text, whose side it ever is.
fn changed<'v, T: PartialEq>(
    base: Option<&T>,
    ours: &'v T,
    theirs: &'v T,
    text: impl Fn(&T) -> String,
) -> &'v T {
    if base == Some(ours) || (base != Some(theirs) && text(theirs) > text(ours)) { theirs } else { ours }
}

/// Where a source is archived whose place another desktop's source of the same name has: the same on every
/// machine. `hash` is the SHA-256 of its bytes, in hexadecimal.
pub(crate) fn beside(path: &str, hash: &str) -> String {
    format!("{path}.{}", hash.get(..8).unwrap_or(hash))
}

/// Whether a file of this path is an archived source.
pub(crate) fn is_archived(path: &RepoPath) -> bool {
    let path = format!("/{path}");
    (path.contains("/raw/") && path.contains(".archived")) || path.contains("/.hnp/archive/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(file: &str, hash: &str) -> Entry {
        Entry::ingestion(file, format!("sha256:{hash}"), 1)
    }

    fn read(text: &str) -> ArchiveLog {
        ArchiveLog::read(&RepoPath::parse(".hnp/archive-log.yaml").expect("path"), text.as_bytes())
            .expect("reads")
    }

    #[test]
    fn what_is_written_reads_back() {
        let mut log = ArchiveLog::empty();
        log.append(Entry { archived_to: Some("raw/a.yaml.archived".into()), ..entry("raw/a.yaml", "1") });
        assert_eq!(read(&log.text().expect("written")), log);
        assert_eq!(read(&ArchiveLog::empty_text()), ArchiveLog::empty());
        assert_eq!(ArchiveLog::empty().text().expect("written"), ArchiveLog::empty_text());
    }

    #[test]
    fn the_plugins_entries_and_keys_are_kept() {
        let text = "# HNP\n{\"version\": \"1.0\", \"created_at\": \"2025-08-06\", \"operations\": [{\"operation\": \
                    \"migration\", \"timestamp\": \"x\", \"original_file\": \"a.yaml\", \"document_count\": 2, \
                    \"documents_created\": [{\"kind\": \"VPC\"}], \"archived_to\": \"b\"}]}";
        let written = read(text).text().expect("written");
        for kept in ["created_at: 2025-08-06", "timestamp: x", "operation: migration", "- kind: VPC"] {
            assert!(written.contains(kept), "{kept} in {written}");
        }
    }

    #[test]
    fn what_could_not_be_written_again_is_damaged() {
        let file = RepoPath::parse(".hnp/archive-log.yaml").expect("path");
        let entry = "operations:\n- operation: ingestion\n  original_file: raw/a.yaml\n  ";
        for text in [
            &format!("{entry}documents_created:\n  - !x a: b\n"),
            &format!("{entry}note: !x [!y 1]\n"),
            "own: {? {a: b} : c}\n",
        ] {
            let error = ArchiveLog::read(&file, text.as_bytes()).expect_err(text);
            assert!(matches!(&error, Error::ManifestDamaged { .. }), "{error}");
        }
    }

    #[test]
    fn documents_are_taken_once_while_their_file_waits() {
        let mut log = ArchiveLog::empty();
        let [one, two] = [b"d1", b"d2"].map(|text| ContentHash::of(text));
        let taken = vec![one.to_string(), "no hash".into(), two.to_string()];
        log.append(Entry { documents_taken: taken, ..entry("raw/a.yaml", "1") });
        assert_eq!(log.taken_from("raw/a.yaml"), HashSet::from([one, two]));
        assert!(log.taken_from("raw/b.yaml").is_empty());

        let ends = log.open_entries("raw/a.yaml");
        log.append(Entry {
            archived_to: Some("raw/a.yaml.archived".into()),
            ends,
            ..entry("raw/a.yaml", "2")
        });
        assert!(log.taken_from("raw/a.yaml").is_empty(), "a later drop of the same text is a new wish");
    }

    #[test]
    fn a_file_that_waits_again_with_the_same_bytes_is_a_new_round() {
        let mut log = ArchiveLog::empty();
        let taken = ContentHash::of(b"d1");
        let waits =
            |round| Entry { documents_taken: vec![taken.to_string()], round, ..entry("raw/a.yaml", "1") };
        log.append(waits(log.round("raw/a.yaml", "sha256:1")));
        let ends = log.open_entries("raw/a.yaml");
        log.append(Entry { ends, ..entry("raw/a.yaml", "2") });
        assert_eq!(log.round("raw/a.yaml", "sha256:1"), 1);
        log.append(waits(1));
        assert_eq!(log.taken_from("raw/a.yaml"), HashSet::from([taken]));
        assert_eq!(read(&log.text().expect("written")), log);
        let ends = log.open_entries("raw/a.yaml");
        assert_eq!(ends, ["sha256:1#1"]);
        log.append(Entry { ends, archived_to: Some("x".into()), ..entry("raw/a.yaml", "3") });
        assert!(log.taken_from("raw/a.yaml").is_empty());
        assert_eq!(log.round("raw/a.yaml", "sha256:1"), 2);
    }

    #[test]
    fn merging_is_a_set_and_does_not_care_whose_side_it_is() {
        let mut base = ArchiveLog::empty();
        base.append(entry("raw/z.yaml", "0"));
        let (mut ours, mut theirs) = (base.clone(), base.clone());
        ours.append(entry("raw/b.yaml", "2"));
        ours.append(entry("raw/c.yaml", "3"));
        theirs.append(entry("raw/a.yaml", "1"));
        theirs.append(entry("raw/c.yaml", "3"));
        let merged = ArchiveLog::merge(Some(&base), &ours, &theirs);
        assert_eq!(merged, ArchiveLog::merge(Some(&base), &theirs, &ours));
        let files: Vec<_> = merged.operations.iter().map(|entry| entry.original_file.as_str()).collect();
        assert_eq!(files, ["raw/z.yaml", "raw/a.yaml", "raw/b.yaml", "raw/c.yaml"]);
    }

    #[test]
    fn the_keys_of_others_do_not_depend_on_the_side_either() {
        let base = read("version: '1.0'\nstays: 1\nmoves: 1\n");
        let ours = read("version: '1.0'\nstays: 1\nmoves: 2\nnew: a\nown: x\n");
        let theirs = read("version: '1.1'\nstays: 1\nmoves: 1\nnew: b\n");
        let merged = ArchiveLog::merge(Some(&base), &ours, &theirs);
        assert_eq!(merged, ArchiveLog::merge(Some(&base), &theirs, &ours));
        assert_eq!(merged, read("version: '1.1'\nstays: 1\nmoves: 2\nnew: b\nown: x\n"));
    }
}
