//! An object as it is searched and listed: read once, and kept until its file changes.

use super::columns::{cells, summary};
use super::query::{lower, without_places};
use super::references::{Naming, named_by, named_by_absence};
use super::walk::walk_shaped;
use crate::change::ContentHash;
use crate::id::RepoPath;
use crate::manifest::{self, Node};
use crate::schema::{Object, ResourceId, Shape};

/// An object, ready to be searched.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: ResourceId,
    pub(crate) file: RepoPath,
    /// The hash of the file's bytes.
    pub(crate) hash: ContentHash,
    pub(super) summary: Box<str>,
    pub(super) cells: Box<[Box<str>]>,
    pub(super) labels: u32,
    /// All that can be found in it, in lower case: one value a line.
    pub(super) words: Box<str>,
    /// Where in `words` the values of fields are.
    pub(super) values: Box<[FieldValue]>,
    pub(super) namings: Box<[Naming]>,
}

/// The value of a field.
#[derive(Debug)]
pub(super) struct FieldValue {
    /// The field's path, in lower case, without places in lists.
    pub(super) path: Box<str>,
    /// Its place in the words of its object.
    pub(super) start: u32,
    pub(super) length: u32,
}

/// Annotations of ours that are the same in every object of a fabric, and would be found with anything.
const NOISE: [&str; 4] = ["managed-by", "fabric", "original-document-index", "ingestion-version"];

impl Entry {
    /// Reads an object out of the bytes of its file; none where they are not one YAML document.
    pub(crate) fn read(object: &Object, bytes: &[u8], spec: Option<&Shape>) -> Option<Self> {
        Some(Self::of(object, &only_node(bytes)?, ContentHash::of(bytes), spec))
    }

    fn of(object: &Object, node: &Node, hash: ContentHash, spec: Option<&Shape>) -> Self {
        let id = &object.id;
        let mut words = Words::default();
        words.add(None, &id.kind);
        words.add(Some("metadata.name"), &id.name);
        words.add(Some("metadata.namespace"), &id.namespace);
        let (mut namings, mut labels) = (Vec::new(), 0);
        walk_shaped(node, spec, &mut |visit| {
            namings.extend(named_by(&id.kind, &id.namespace, visit));
            let head = ["apiVersion", "kind", "metadata.name", "metadata.namespace"];
            if head.contains(&visit.path) || is_noise(visit.path) {
                return;
            }
            if let Some(text) = visit.text() {
                words.add(Some(&without_places(visit.path)), text);
            }
            labels += u32::from(visit.depth == 2 && visit.path.starts_with("metadata.labels."));
        });
        namings.extend(named_by_absence(&id.kind, &id.namespace, node));
        let cells = cells(object, node);
        Self {
            summary: summary(&id.kind, &cells).into(),
            cells: cells.into_iter().map(String::into_boxed_str).collect(),
            labels,
            words: words.text.into(),
            values: words.values.into(),
            namings: namings.into(),
            id: id.clone(),
            file: object.file.clone(),
            hash,
        }
    }
}

/// The tree of a file that holds one document.
pub(super) fn only_node(bytes: &[u8]) -> Option<Node> {
    let source = manifest::Source::decode(bytes).ok()?;
    match manifest::split(source.text()).as_slice() {
        [document] => manifest::parse(document).ok(),
        _ => None,
    }
}

fn is_noise(path: &str) -> bool {
    let ours = path.strip_prefix("metadata.annotations.hnp.githedgehog.com/");
    ours.is_some_and(|name| NOISE.contains(&name))
}

#[derive(Default)]
struct Words {
    text: String,
    values: Vec<FieldValue>,
}

impl Words {
    fn add(&mut self, path: Option<&str>, value: &str) {
        let start = self.text.len();
        if value.is_ascii() {
            self.text.push_str(value);
            self.text[start..].make_ascii_lowercase();
        } else {
            self.text.push_str(&lower(value));
        }
        // Nobody types the end of a line, so nothing is found across two values.
        if self.text[start..].contains('\n') {
            let line = self.text[start..].replace('\n', " ");
            self.text.truncate(start);
            self.text.push_str(&line);
        }
        // A file is at most 64 MiB.
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        if let Some(path) = path {
            let length = place(self.text.len() - start);
            self.values.push(FieldValue { path: lower(path).into(), start: place(start), length });
        }
        self.text.push('\n');
    }
}
