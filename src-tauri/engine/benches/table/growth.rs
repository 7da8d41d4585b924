//! How the work grows with the objects: the rows again, from a small fabric to a real data hall.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::row::Row;
use crate::turns::Ran;

/// A size, and the median at it.
pub(crate) type Point = (usize, Duration);

/// One piece of work at several sizes.
pub(crate) struct Growth {
    /// What it is called where there is little room.
    pub(crate) title: &'static str,
    /// Who does it, the product first.
    pub(crate) who: Vec<(String, Vec<Point>)>,
    /// What the limit takes.
    pub(crate) limit: Vec<Point>,
}

const TITLES: [(&str, &str); 8] = [
    ("files", "drop → files"),
    ("commit", "drop → files, commit"),
    ("durable", "the same, durable"),
    ("edit", "one edit → commit"),
    ("edit-started", "the same, started for it"),
    ("load", "load and validate"),
    ("idle-local", "no-op, local part"),
    ("pull", "pull and merge a tenth"),
];

/// From the rows that were measured at each size.
pub(crate) fn of(measured: &BTreeMap<usize, Vec<Row>>) -> Vec<Growth> {
    let of = |(id, title): &(&'static str, &'static str)| {
        let rows: Vec<(usize, &Row)> = measured
            .iter()
            .flat_map(|(size, rows)| rows.iter().filter(|row| row.id == *id).map(|row| (*size, row)))
            .collect();
        let mut who: Vec<(String, Vec<Point>)> = Vec::new();
        for (size, row) in &rows {
            let ran: Vec<&Ran> = std::iter::once(&row.ours).chain(&row.beside).collect();
            for (name, median) in ran.iter().filter_map(|ran| Some((&ran.name, ran.median()?))) {
                match who.iter_mut().find(|(known, _)| known == name) {
                    Some((_, points)) => points.push((*size, median)),
                    None => who.push((name.clone(), vec![(*size, median)])),
                }
            }
        }
        let limits = rows.iter().filter_map(|(size, row)| Some((*size, row.limit.as_ref()?.median()?)));
        let limit: Vec<Point> = limits.collect();
        (!who.is_empty()).then_some(Growth { title, who, limit })
    };
    TITLES.iter().filter_map(of).collect()
}
