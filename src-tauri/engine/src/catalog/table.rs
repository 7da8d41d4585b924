//! All objects of a fabric, arranged so that a search over a hundred thousand of them takes milliseconds: every
//! value in one text, and the values of each field side by side.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use super::columns::columns;
use super::entry::Entry;
use super::order::natural;
use super::references::id_of;
use super::view::{Reference, ResourceRow};
use crate::finding::Finding;
use crate::id::RepoPath;
use crate::schema::KINDS;

/// What is true of an object beyond its text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Marks {
    pub(crate) findings: Vec<Finding>,
    pub(crate) is_edited: bool,
}

/// The objects of a fabric.
#[derive(Debug)]
pub(crate) struct Catalog {
    /// In the order of the list: by kind, then by name.
    pub(super) rows: Vec<Row>,
    /// The words of all rows, one after the other.
    pub(super) words: String,
    /// Where in `words` each row begins, and where the last one ends.
    pub(super) starts: Vec<usize>,
    /// The kinds that there are, in the order of the kinds table.
    pub(super) kinds: Vec<String>,
    /// The values of fields, by the field's path.
    pub(super) fields: HashMap<Box<str>, Vec<Value>>,
    /// Who names whom, by the name in lower case: row, and which of its namings.
    pub(super) named: HashMap<String, Vec<(u32, u32)>>,
    /// The kinds that are named.
    pub(super) named_kinds: BTreeSet<String>,
    pub(super) by_file: HashMap<RepoPath, u32>,
    /// The row of each object; of two that are the same one, the first by its file.
    pub(super) by_id: HashMap<String, u32>,
    pub(super) marks: HashMap<RepoPath, Marks>,
    /// The rows in the orders that were asked for.
    pub(super) orders: Mutex<HashMap<String, Arc<Vec<u32>>>>,
}

#[derive(Debug)]
pub(super) struct Row {
    pub(super) entry: Arc<Entry>,
    /// Which of the kinds.
    pub(super) kind: u32,
    pub(super) errors: u32,
    pub(super) warnings: u32,
    pub(super) is_edited: bool,
}

/// The value of a field of one object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value {
    pub(super) row: u32,
    pub(super) start: u32,
    pub(super) length: u32,
}

pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Catalog {
    /// Arranges these objects; the marks are by file.
    pub(crate) fn new(mut entries: Vec<Arc<Entry>>, marks: HashMap<RepoPath, Marks>) -> Self {
        let place = |kind: &str| KINDS.iter().position(|info| info.kind == kind).unwrap_or(KINDS.len());
        entries.par_sort_by(|a, b| {
            let (one, two) = (&a.id, &b.id);
            place(&one.kind)
                .cmp(&place(&two.kind))
                .then_with(|| one.kind.cmp(&two.kind))
                .then_with(|| natural(&one.name, &two.name))
                .then_with(|| one.namespace.cmp(&two.namespace))
                .then_with(|| a.file.cmp(&b.file))
        });
        let mut catalog = Self {
            words: String::with_capacity(entries.iter().map(|entry| entry.words.len()).sum()),
            starts: Vec::with_capacity(entries.len() + 1),
            rows: Vec::with_capacity(entries.len()),
            kinds: Vec::new(),
            fields: HashMap::new(),
            named: HashMap::new(),
            named_kinds: BTreeSet::new(),
            by_file: HashMap::with_capacity(entries.len()),
            by_id: HashMap::with_capacity(entries.len()),
            marks,
            orders: Mutex::default(),
        };
        for entry in entries {
            catalog.add(entry);
        }
        catalog.starts.push(catalog.words.len());
        catalog.name_each_other();
        catalog
    }

    fn add(&mut self, entry: Arc<Entry>) {
        let row = number(self.rows.len());
        self.starts.push(self.words.len());
        self.words.push_str(&entry.words);
        for value in &entry.values {
            let value_at = Value { row, start: value.start, length: value.length };
            match self.fields.get_mut(&value.path) {
                Some(values) => values.push(value_at),
                None => drop(self.fields.insert(value.path.clone(), vec![value_at])),
            }
        }
        if self.kinds.last() != Some(&entry.id.kind) {
            self.kinds.push(entry.id.kind.clone());
        }
        self.by_file.insert(entry.file.clone(), row);
        self.by_id.entry(id_of(&entry.id)).or_insert(row);
        let marks = self.marks.get(&entry.file);
        let (errors, warnings) = marks.map_or((0, 0), |marks| counts(&marks.findings));
        self.rows.push(Row {
            kind: number(self.kinds.len()) - 1,
            errors,
            warnings,
            is_edited: marks.is_some_and(|marks| marks.is_edited),
            entry,
        });
    }

    fn name_each_other(&mut self) {
        for (row, at) in self.rows.iter().zip(0..) {
            for (naming, which) in row.entry.namings.iter().zip(0..) {
                let id = id_of(&naming.to);
                if !naming.optional || self.by_id.contains_key(&id) {
                    if !self.named_kinds.contains(&naming.to.kind) {
                        self.named_kinds.insert(naming.to.kind.clone());
                    }
                    self.named.entry(id.to_lowercase()).or_default().push((at, which));
                }
            }
        }
    }

    /// The object of a file as it was read, should the file be the same still.
    pub(crate) fn entry(&self, file: &RepoPath) -> Option<&Arc<Entry>> {
        self.by_file.get(file).map(|row| &self.rows[*row as usize].entry)
    }

    /// The file of an object, named as in [`ResourceRow::id`].
    pub(crate) fn file_of(&self, id: &str) -> Option<&RepoPath> {
        self.by_id.get(id).map(|row| &self.rows[*row as usize].entry.file)
    }

    /// The same, whatever the case: kinds are typed as `switch` too.
    pub(crate) fn file_of_any_case(&self, id: &str) -> Option<&RepoPath> {
        let row = self.rows.iter().find(|row| id_of(&row.entry.id).eq_ignore_ascii_case(id));
        row.map(|row| &row.entry.file)
    }

    /// What is wrong with what a file holds.
    pub(crate) fn findings_of(&self, file: &RepoPath) -> &[Finding] {
        self.marks.get(file).map_or(&[], |marks| &marks.findings)
    }

    /// Whether a file differs from what is committed.
    pub(crate) fn is_edited(&self, file: &RepoPath) -> bool {
        self.marks.get(file).is_some_and(|marks| marks.is_edited)
    }

    /// The row of a file, without cells.
    pub(crate) fn row(&self, file: &RepoPath) -> Option<ResourceRow> {
        self.by_file.get(file).map(|row| self.rows[*row as usize].shown(false))
    }

    /// Who names this object, in the order of the list.
    pub(crate) fn referrers(&self, id: &str) -> Vec<Reference> {
        let named = self.named.get(&id.to_lowercase()).map_or(&[][..], Vec::as_slice);
        let reference = |(row, which): &(u32, u32)| {
            let entry = &self.rows[*row as usize].entry;
            let naming = &entry.namings[*which as usize];
            (id_of(&naming.to) == id).then(|| Reference {
                id: id_of(&entry.id),
                kind: entry.id.kind.clone(),
                name: entry.id.name.clone(),
                file: Some(entry.file.clone()),
                path: naming.path.clone(),
            })
        };
        named.iter().filter_map(reference).collect()
    }
}

impl Row {
    pub(super) fn compare(&self, other: &Self, key: &str) -> std::cmp::Ordering {
        let (a, b) = (&self.entry, &other.entry);
        match key {
            "name" => natural(&a.id.name, &b.id.name),
            "namespace" => natural(&a.id.namespace, &b.id.namespace),
            "summary" => natural(&a.summary, &b.summary),
            "file" => natural(a.file.as_str(), b.file.as_str()),
            "errors" => (self.errors, self.warnings).cmp(&(other.errors, other.warnings)),
            "warnings" => (self.warnings, self.errors).cmp(&(other.warnings, other.errors)),
            "labels" => a.labels.cmp(&b.labels),
            "edited" => self.is_edited.cmp(&other.is_edited),
            key => {
                let (one, two) = (a.cell(key), b.cell(key));
                // What has no value comes last.
                one.is_empty().cmp(&two.is_empty()).then_with(|| natural(one, two))
            }
        }
    }

    pub(super) fn shown(&self, with_cells: bool) -> ResourceRow {
        let entry = &self.entry;
        let cells = if with_cells { &entry.cells[..] } else { &[] };
        ResourceRow {
            id: id_of(&entry.id),
            kind: entry.id.kind.clone(),
            namespace: entry.id.namespace.clone(),
            name: entry.id.name.clone(),
            file: entry.file.clone(),
            summary: entry.summary.to_string(),
            cells: cells.iter().map(|cell| cell.to_string()).collect(),
            errors: self.errors,
            warnings: self.warnings,
            labels: entry.labels,
            is_edited: self.is_edited,
        }
    }
}

impl Entry {
    fn cell(&self, key: &str) -> &str {
        let place = columns(&self.id.kind).iter().position(|column| column.key == key);
        place.and_then(|place| self.cells.get(place)).map_or("", |cell| cell)
    }
}

/// How many errors and warnings these are.
fn counts(findings: &[Finding]) -> (u32, u32) {
    let errors =
        findings.iter().filter(|finding| finding.severity == crate::finding::Severity::Error).count();
    (number(errors), number(findings.len() - errors))
}
