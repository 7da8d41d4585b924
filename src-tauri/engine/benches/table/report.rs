//! The figures as text: tables that read well in a terminal and in Markdown.

use std::path::Path;

use serde_json::Value;

use crate::costs::Costs;
use crate::growth::{self, Growth};
use crate::results::Results;
use crate::row::{Row, short};
use crate::rows::grouped;

/// Between these lines of a document stand the figures of the last run that was kept.
const BEGIN: &str =
    "<!-- The figures of the last run that was kept; `make bench KEEP=1` writes them anew. -->";
const END: &str = "<!-- End of the figures. -->";

/// A table, its columns lined up.
fn table<const N: usize>(head: [&str; N], lines: &[[String; N]]) -> String {
    let widths: Vec<usize> = (0..N)
        .map(|column| {
            let cells = lines.iter().map(|line| line[column].chars().count());
            cells.chain([head[column].chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!(" {cell:<width$} |"));
        format!("|{}\n", padded.collect::<String>())
    };
    let mut text = line(head.to_vec());
    text.push_str(&format!(
        "|{}\n",
        widths.iter().map(|width| format!("{}|", "-".repeat(width + 2))).collect::<String>()
    ));
    for cells in lines {
        text.push_str(&line(cells.iter().map(String::as_str).collect()));
    }
    text
}

/// The table of all rows.
pub(crate) fn rows(rows: &[Row]) -> String {
    let head = [
        "ratio",
        "work",
        "fgd: median, p95",
        "beside: median, p95",
        "durability; place",
        "aim",
        "limit; distance",
    ];
    table(head, &rows.iter().flat_map(Row::lines).collect::<Vec<_>>())
}

/// What was asked of the system.
fn costs(costs: &[Costs]) -> String {
    let line = |costs: &Costs| {
        let megabytes = |bytes: u64| format!("{:.2} MB", bytes as f64 / 1e6);
        [
            costs.work.clone(),
            costs.who.clone(),
            grouped(usize::try_from(costs.syncs).unwrap_or(usize::MAX)),
            megabytes(costs.written),
            megabytes(costs.read),
            grouped(usize::try_from(costs.calls).unwrap_or(usize::MAX)),
        ]
    };
    let head = ["work", "who", "syncs", "written", "read", "calls of the system"];
    table(head, &costs.iter().map(line).collect::<Vec<_>>())
}

/// How the work grows with the objects.
fn growth(growth: &[Growth], sizes: &[usize]) -> String {
    let mut lines = Vec::new();
    for work in growth {
        let limit = (!work.limit.is_empty()).then(|| ("limit".to_owned(), &work.limit));
        let who = work.who.iter().map(|(name, points)| (name.clone(), points)).chain(limit);
        for (place, (name, points)) in who.enumerate() {
            let at = |size: &usize| {
                let found = points.iter().find(|(at, _)| at == size);
                found.map_or_else(|| "–".to_owned(), |(_, took)| short(*took))
            };
            let title = if place == 0 { work.title.to_owned() } else { String::new() };
            let each = |size: usize| {
                let found = points.iter().find(|(at, _)| *at == size);
                found.map_or_else(
                    || "–".to_owned(),
                    |(_, took)| short(*took / u32::try_from(size).unwrap_or(1)),
                )
            };
            let largest = sizes.last().copied().unwrap_or(1);
            let mut cells = vec![title, name];
            cells.extend(sizes.iter().map(at));
            cells.resize(5, "–".to_owned());
            cells.push(each(largest));
            lines.push(<[String; 6]>::try_from(cells).expect("six columns"));
        }
    }
    let heads: Vec<String> = sizes.iter().map(|size| grouped(*size)).collect();
    let size = |place: usize| heads.get(place).map_or("", String::as_str);
    let each = format!("for each of {}", sizes.last().map_or_else(String::new, |size| grouped(*size)));
    table(["work", "who", size(0), size(1), size(2), &each], &lines)
}

/// The machine and the versions, in a sentence each.
fn conditions(machine: &Value, versions: &Value) -> String {
    let of = |value: &Value| match value {
        Value::Null => "not installed".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let memory = machine["memory_mib"].as_f64().map_or(0.0, |mib| mib / 1024.0);
    format!(
        "Machine: {}, {} cores, {memory:.0} GiB of memory, Linux {}; \"memory\" is {}, \"disk\" is {}.\n\
         Versions: {} at revision {}, {}; {}; {}, PyYAML {}; kpt {}; kubectl {}.\n",
        of(&machine["processor"]),
        of(&machine["cores"]),
        of(&machine["kernel"]),
        of(&machine["memory_file_system"]),
        of(&machine["disk_file_system"]),
        of(&versions["fgd"]),
        of(&versions["revision"]),
        of(&versions["rustc"]),
        of(&versions["git"]),
        of(&versions["python"]),
        of(&versions["pyyaml"]),
        of(&versions["kpt"]),
        of(&versions["kubectl"]),
    )
}

/// All figures of a run.
pub(crate) fn figures(results: &Results) -> String {
    let mut text = conditions(&results.machine, &results.versions);
    text.push_str(&format!("\n{}\n\n{}", how_busy(results), rows(&results.rows)));
    if let Some(checking) = &results.checking {
        text.push_str(&format!("\n{checking}\n"));
    }
    if !results.costs.is_empty() {
        text.push_str(&format!("\nWhat each asks of the system:\n\n{}", costs(&results.costs)));
    }
    if !results.growth.is_empty() {
        let sizes: Vec<usize> = results.growth.keys().copied().collect();
        text.push_str(&format!("\nGrowth, medians:\n\n{}", growth(&growth::of(&results.growth), &sizes)));
    }
    text
}

fn how_busy(results: &Results) -> String {
    let loads = || results.rows.iter().filter_map(|row| row.load_before);
    let (least, most) = (loads().fold(f64::INFINITY, f64::min), loads().fold(0.0, f64::max));
    let minutes = results.minutes;
    match least.is_finite() {
        true => format!(
            "Measured in {minutes:.0} minutes. Over the minute before a row, {least:.1} to {most:.1} processes wanted to run."
        ),
        false => format!("Measured in {minutes:.0} minutes."),
    }
}

/// Puts the figures into a document, in the place of earlier ones.
pub(crate) fn keep(document: &Path, figures: &str) {
    let text = std::fs::read_to_string(document).expect("the document");
    let (before, rest) = text.split_once(BEGIN).expect("the line before the figures");
    let (_, after) = rest.split_once(END).expect("the line after the figures");
    std::fs::write(document, format!("{before}{BEGIN}\n\n{figures}\n{END}{after}")).expect("written");
}
