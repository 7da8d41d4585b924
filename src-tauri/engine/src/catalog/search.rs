//! A search over the table: each condition is answered for all rows at once, as a set of them.

use std::sync::{Arc, PoisonError};

use memchr::memmem::Finder;
use rayon::prelude::*;

use super::bits::Bits;
use super::columns::{Column, columns};
use super::query::{Has, Query, Term, Test, Wanted, lower};
use super::schema::is_known_field;
use super::table::{Catalog, Row, Value, number};
use super::view::{KindTotal, ResourceColumn, ResourcePage, ResourceQuery};
use crate::schema::KINDS;

/// The most rows that are shown at once.
const MOST: u32 = 500;

impl Catalog {
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
                let shown = |column: &Column| ResourceColumn {
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
                self.with_text(&lower(&term.typed))
            }
            test => self.fitting(test),
        };
        if term.excludes { matching.leave_out(&found) } else { matching.keep(&found) }
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
                self.rows_that(|row| wanted[row.kind as usize])
            }
            Test::Name(name) => self.with_value("metadata.name", &*fits(name)),
            Test::Namespace(name) => self.with_value("metadata.namespace", &|value| value == name),
            Test::Label { key, value } => {
                let path = format!("metadata.labels.{key}");
                self.with_value(&path, &|found| value.as_ref().is_none_or(|value| found == value))
            }
            Test::Has(Has::Error) => self.rows_that(|row| row.errors > 0),
            Test::Has(Has::Warning) => self.rows_that(|row| row.warnings > 0),
            Test::Has(Has::Edit) => self.rows_that(|row| row.is_edited),
            Test::Refers(to) => self.naming(to),
            Test::Field { path, value } => {
                let (fits, mut found) = (fits(value), Bits::none(self.rows.len()));
                for (_, values) in self.fields.iter().filter(|(field, _)| ends(field, path)) {
                    self.mark(values, &*fits, &mut found);
                }
                found
            }
            Test::Unknown => Bits::all(self.rows.len()),
        }
    }

    fn rows_that(&self, fits: impl Fn(&Row) -> bool) -> Bits {
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

    /// The rows that name an object: `kind/name`, `kind/namespace/name`, or a name of any kind in the namespace
    /// `default`.
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
            for kind in &self.named_kinds {
                let id = format!("{}/{to}", kind.to_lowercase());
                mark(self.named.get(&id).map_or(&[], Vec::as_slice));
            }
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

/// Whether a value, in lower case, is what is looked for.
fn fits(wanted: &Wanted) -> Box<dyn Fn(&str) -> bool + '_> {
    match wanted {
        Wanted::Any => Box::new(|_| true),
        Wanted::Part(part) => {
            let finder = Finder::new(part.as_bytes());
            Box::new(move |value| finder.find(value.as_bytes()).is_some())
        }
        Wanted::Whole(whole) => Box::new(move |value| value == whole),
    }
}

/// Whether a field's path is this, or ends so after a dot.
fn ends(field: &str, path: &str) -> bool {
    let before = field.strip_suffix(path);
    before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}
