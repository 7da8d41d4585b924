//! All objects of a fabric, arranged so that a search over a hundred thousand of them takes milliseconds: every
//! value in one text, and the values of each field side by side.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem::Finder;
use rayon::prelude::*;

use super::bits::Bits;
use super::columns::columns;
use super::entry::Entry;
use super::order::natural;
use super::query::{Has, Query, Term, Test};
use super::references::id_of;
use super::schema::is_known_field;
use super::view::{KindTotal, Reference, ResourceColumn, ResourcePage, ResourceQuery, ResourceRow};
use crate::finding::Finding;
use crate::id::RepoPath;
use crate::schema::KINDS;

/// The most rows that are shown at once.
const MOST: u32 = 500;

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
    rows: Vec<Row>,
    /// The words of all rows, one after the other.
    words: String,
    /// Where in `words` each row begins, and where the last one ends.
    starts: Vec<usize>,
    /// The kinds that there are, in the order of the kinds table.
    kinds: Vec<String>,
    /// The values of fields, by the field's path.
    fields: HashMap<Box<str>, Vec<Value>>,
    /// Who names whom, by the name in lower case: row, and which of its namings.
    named: HashMap<String, Vec<(u32, u32)>>,
    by_file: HashMap<RepoPath, u32>,
    /// The row of each object; of two that are the same one, the first by its file.
    by_id: HashMap<String, u32>,
    marks: HashMap<RepoPath, Marks>,
    /// The rows in the orders that were asked for.
    orders: Mutex<HashMap<String, Arc<Vec<u32>>>>,
}

#[derive(Debug)]
struct Row {
    entry: Arc<Entry>,
    /// Which of the kinds.
    kind: u32,
    errors: u32,
    warnings: u32,
    is_edited: bool,
}

/// The value of a field of one object.
#[derive(Debug, Clone, Copy)]
struct Value {
    row: u32,
    start: u32,
    length: u32,
}

fn number(count: usize) -> u32 {
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

    /// The objects that are asked for.
    pub(crate) fn page(&self, asked: &ResourceQuery) -> ResourcePage {
        let query = Query::read(&asked.text);
        let (by_kind, others): (Vec<&Term>, Vec<&Term>) =
            query.terms.iter().partition(|term| matches!(term.is, Test::Kind(_)) && !term.excludes);
        let mut unread = None;
        let mut matching = Bits::all(self.rows.len());
        for term in others {
            self.narrow(&mut matching, term, &mut unread);
        }
        let kinds = self.count_kinds(&matching);
        for term in by_kind {
            self.narrow(&mut matching, term, &mut unread);
        }
        let shown = self.shown_kind(&query, &matching);
        let (offset, limit) = (asked.offset as usize, asked.limit.min(MOST) as usize);
        let rows = self.in_order(&matching, asked, offset, limit);
        ResourcePage {
            total: number(matching.count()),
            all: number(self.rows.len()),
            offset: asked.offset,
            rows: rows.into_iter().map(|row| self.rows[row].shown(shown.is_some())).collect(),
            kinds,
            columns: shown.map_or_else(Vec::new, |kind| {
                let shown = |column: &super::columns::Column| ResourceColumn {
                    key: column.key.to_owned(),
                    label: column.label.to_owned(),
                };
                columns(kind).iter().map(shown).collect()
            }),
            unread,
        }
    }

    fn narrow(&self, matching: &mut Bits, term: &Term, unread: &mut Option<String>) {
        let found = match &term.is {
            Test::Unknown => {
                let sentence = || {
                    let what = term.typed.split_once(':').map_or("", |(_, what)| what);
                    format!("An object has:error, has:warning or has:edit; {what} is not known.")
                };
                unread.get_or_insert_with(sentence);
                return;
            }
            Test::Field { path, .. } if !self.has_field(path) && !is_known_field(path) => {
                unread.get_or_insert_with(|| {
                    format!("There is no field {path}; {} was searched for as it is.", term.typed)
                });
                self.with_text(&super::query::lower(&term.typed))
            }
            test => self.fitting(test),
        };
        if term.excludes { matching.drop(&found) } else { matching.keep(&found) }
    }

    fn has_field(&self, path: &str) -> bool {
        self.fields.contains_key(path) || self.fields.keys().any(|field| ends(field, path))
    }

    /// The rows that a test fits.
    fn fitting(&self, test: &Test) -> Bits {
        match test {
            Test::Text(text) => self.with_text(text),
            Test::Kind(kinds) => {
                let fits = |kind: &String| {
                    let directory = KINDS.iter().find(|info| info.kind == kind).map(|info| info.directory);
                    let kind = kind.to_lowercase();
                    kinds.iter().any(|wanted| *wanted == kind || Some(wanted.as_str()) == directory)
                };
                let wanted: Vec<bool> = self.kinds.iter().map(fits).collect();
                self.where_(|row| wanted[row.kind as usize])
            }
            Test::Name(name) => self.with_value("metadata.name", &|value| name.fits(value)),
            Test::Namespace(name) => self.with_value("metadata.namespace", &|value| value == name),
            Test::Label { key, value } => {
                let path = format!("metadata.labels.{key}");
                self.with_value(&path, &|found| value.as_ref().is_none_or(|value| found == value))
            }
            Test::Has(Has::Error) => self.where_(|row| row.errors > 0),
            Test::Has(Has::Warning) => self.where_(|row| row.warnings > 0),
            Test::Has(Has::Edit) => self.where_(|row| row.is_edited),
            Test::Refers(to) => self.naming(to),
            Test::Field { path, value } => {
                let mut found = Bits::none(self.rows.len());
                for (field, values) in self.fields.iter().filter(|(field, _)| ends(field, path)) {
                    debug_assert!(!field.is_empty());
                    self.mark(values, &|text| value.fits(text), &mut found);
                }
                found
            }
            Test::Unknown => Bits::all(self.rows.len()),
        }
    }

    fn where_(&self, fits: impl Fn(&Row) -> bool) -> Bits {
        let mut found = Bits::none(self.rows.len());
        for (at, _) in self.rows.iter().enumerate().filter(|(_, row)| fits(row)) {
            found.set(at);
        }
        found
    }

    /// The rows that have a text anywhere. All of them are one text, so that it is gone through at once.
    fn with_text(&self, text: &str) -> Bits {
        let mut found = Bits::none(self.rows.len());
        let finder = Finder::new(text.as_bytes());
        let (words, mut from, mut row) = (self.words.as_bytes(), 0, 0);
        while let Some(at) = words.get(from..).and_then(|rest| finder.find(rest)) {
            let at = from + at;
            // The next one is mostly near.
            while self.starts[row + 1] <= at {
                row += 1;
            }
            found.set(row);
            from = self.starts[row + 1];
            row += 1;
            if row == self.rows.len() {
                break;
            }
        }
        found
    }

    fn with_value(&self, path: &str, fits: &dyn Fn(&str) -> bool) -> Bits {
        let mut found = Bits::none(self.rows.len());
        if let Some(values) = self.fields.get(path) {
            self.mark(values, fits, &mut found);
        }
        found
    }

    fn mark(&self, values: &[Value], fits: &dyn Fn(&str) -> bool, found: &mut Bits) {
        for value in values {
            let start = self.starts[value.row as usize] + value.start as usize;
            if fits(&self.words[start..start + value.length as usize]) {
                found.set(value.row as usize);
            }
        }
    }

    /// The rows that name an object: `kind/name`, `kind/namespace/name`, or a name of any kind.
    fn naming(&self, to: &str) -> Bits {
        let mut found = Bits::none(self.rows.len());
        let parts: Vec<&str> = to.split('/').collect();
        let usual = match parts.as_slice() {
            [kind, "default", name] => format!("{kind}/{name}"),
            _ => to.to_owned(),
        };
        let mut mark = |named: &[(u32, u32)]| named.iter().for_each(|(row, _)| found.set(*row as usize));
        if parts.len() > 1 {
            mark(self.named.get(&usual).map_or(&[], Vec::as_slice));
        } else {
            let is_it = |id: &str| id.rsplit('/').next() == Some(to);
            self.named.iter().filter(|(id, _)| is_it(id)).for_each(|(_, named)| mark(named));
        }
        found
    }

    fn count_kinds(&self, matching: &Bits) -> Vec<KindTotal> {
        let mut counts = vec![0; self.kinds.len()];
        for row in matching.iter() {
            counts[self.rows[row].kind as usize] += 1;
        }
        let total = |(kind, count): (&String, u32)| KindTotal { kind: kind.clone(), count };
        self.kinds.iter().zip(counts).filter(|(_, count)| *count > 0).map(total).collect()
    }

    /// The one kind that is shown, if it is one.
    fn shown_kind(&self, query: &Query, matching: &Bits) -> Option<&str> {
        let mut kinds = self.count_kinds(matching).into_iter();
        match (kinds.next(), kinds.next()) {
            (Some(only), None) => self.kinds.iter().find(|kind| **kind == only.kind).map(String::as_str),
            (Some(_), Some(_)) => None,
            (None, _) => {
                // A table that is empty for now keeps its head.
                let mut asked = query.terms.iter().filter_map(|term| match &term.is {
                    Test::Kind(kinds) if !term.excludes => Some(kinds.as_slice()),
                    _ => None,
                });
                let ([kind], None) = (asked.next()?, asked.next()) else { return None };
                KINDS.iter().find(|info| info.kind.eq_ignore_ascii_case(kind)).map(|info| info.kind)
            }
        }
    }

    fn in_order(&self, matching: &Bits, asked: &ResourceQuery, offset: usize, limit: usize) -> Vec<usize> {
        let order = asked.sort.as_deref().and_then(|key| self.order(key));
        let matches = |row: &usize| matching.has(*row);
        let count = self.rows.len();
        match (order, asked.descending) {
            (None, false) => (0..count).filter(matches).skip(offset).take(limit).collect(),
            (None, true) => (0..count).rev().filter(matches).skip(offset).take(limit).collect(),
            (Some(order), false) => {
                order.iter().map(|row| *row as usize).filter(matches).skip(offset).take(limit).collect()
            }
            (Some(order), true) => {
                order.iter().rev().map(|row| *row as usize).filter(matches).skip(offset).take(limit).collect()
            }
        }
    }

    /// The rows in the order of a column. It is found once, and kept.
    fn order(&self, key: &str) -> Option<Arc<Vec<u32>>> {
        let is_cell = |kind: &String| columns(kind).iter().any(|column| column.key == key);
        let shared =
            ["kind", "name", "namespace", "summary", "file", "errors", "warnings", "labels", "edited"];
        if key == "kind" || !(shared.contains(&key) || self.kinds.iter().any(is_cell)) {
            return None;
        }
        // A poisoned lock guards whole orders all the same.
        let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        let order = orders.entry(key.to_owned()).or_insert_with(|| {
            let mut order: Vec<u32> = (0..number(self.rows.len())).collect();
            order.par_sort_by(|a, b| {
                self.rows[*a as usize].compare(&self.rows[*b as usize], key).then(a.cmp(b))
            });
            Arc::new(order)
        });
        Some(Arc::clone(order))
    }
}

impl Row {
    fn compare(&self, other: &Self, key: &str) -> std::cmp::Ordering {
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

    fn shown(&self, with_cells: bool) -> ResourceRow {
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
pub(super) fn counts(findings: &[Finding]) -> (u32, u32) {
    let errors =
        findings.iter().filter(|finding| finding.severity == crate::finding::Severity::Error).count();
    (number(errors), number(findings.len() - errors))
}

/// Whether a field's path is this, or ends so after a dot.
fn ends(field: &str, path: &str) -> bool {
    let before = field.strip_suffix(path);
    before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}
