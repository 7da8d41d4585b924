//! All figures of a run, as they are kept in a file.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::costs::Costs;
use crate::row::Row;

/// What was found, and on which machine.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) machine: Value,
    pub(crate) versions: Value,
    pub(crate) minutes: f64,
    pub(crate) rows: Vec<Row>,
    /// What the parts of checking take, in a sentence.
    pub(crate) checking: Option<String>,
    pub(crate) costs: Vec<Costs>,
    /// The rows again, by how many objects they are about.
    pub(crate) growth: BTreeMap<usize, Vec<Row>>,
}

impl Results {
    /// What an earlier run left in a file; nothing where there is none.
    pub(crate) fn read(file: &Path) -> Self {
        match std::fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes).expect("figures of an earlier run"),
            Err(_) => Self::default(),
        }
    }

    /// Writes the file.
    pub(crate) fn write(&self, file: &Path) {
        let text = serde_json::to_string_pretty(self).expect("JSON");
        std::fs::write(file, text + "\n").expect("written");
    }

    /// Puts a row in the place of an earlier one, or at the end.
    pub(crate) fn put(rows: &mut Vec<Row>, new: Row) {
        match rows.iter_mut().find(|row| row.id == new.id) {
            Some(row) => *row = new,
            None => rows.push(new),
        }
    }
}
