//! `fgd get`: the objects of a fabric, as a table.

use std::path::PathBuf;

use clap::Args;
use fgd_engine::{Engine, Error, ResourceQuery, ResourceRow};
use serde_json::json;

use crate::terminal::tell;
use crate::{DONE, report};

/// What `fgd get` can be told.
#[derive(Debug, Args)]
pub(crate) struct GetArguments {
    /// What to look for: words, and filters such as kind:Switch, role:spine, label:rack=1, has:error,
    /// ref:VPC/web; a dash before one excludes. All objects if left out.
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// A fabric directory inside a Git work tree.
    #[arg(long, short = 'd', default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// How many, at most.
    #[arg(long, short = 'n', value_name = "N")]
    limit: Option<u32>,
    /// The column to sort by: name, kind, errors, or one of the kind's own, such as asn.
    #[arg(long, value_name = "COLUMN")]
    sort: Option<String>,
}

/// What the engine gives at once.
const AT_ONCE: u32 = 500;

/// Shows the objects that fit a search.
pub(crate) async fn run(engine: &Engine, arguments: GetArguments, as_json: bool) -> Result<u8, Error> {
    let id = engine.fabric_at(arguments.dir).await?;
    let wanted = arguments.limit.unwrap_or(u32::MAX);
    let mut query =
        ResourceQuery { text: arguments.query.join(" "), sort: arguments.sort, ..ResourceQuery::default() };
    let mut rows = Vec::new();
    let (total, unread) = loop {
        query.limit = wanted.saturating_sub(query.offset).min(AT_ONCE);
        let page = engine.resources(id.clone(), query.clone()).await?;
        let came = u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
        rows.extend(page.rows);
        query.offset = query.offset.saturating_add(came);
        if came == 0 || query.offset >= page.total.min(wanted) {
            break (page.total, page.unread);
        }
    };
    if as_json {
        report::print_json(&json!({ "total": total, "unread": unread, "objects": rows }));
        return Ok(DONE);
    }
    if let Some(unread) = unread {
        tell(&unread);
    }
    report::say(&table(&rows, total));
    Ok(DONE)
}

/// Kind, name, what matters most, and what is wrong: in columns.
fn table(rows: &[ResourceRow], total: u32) -> String {
    if rows.is_empty() {
        return if total == 0 { "Nothing was found.".to_owned() } else { format!("{total} objects.") };
    }
    let head = ["KIND", "NAME", "SUMMARY", "FINDINGS"].map(str::to_owned);
    let lines: Vec<[String; 4]> = std::iter::once(head).chain(rows.iter().map(cells)).collect();
    let widths: Vec<usize> = (0..4)
        .map(|at| lines.iter().map(|cells| cells[at].chars().count()).max().unwrap_or_default())
        .collect();
    let line = |cells: &[String; 4]| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("   ").trim_end().to_owned()
    };
    let mut text = lines.iter().map(line).collect::<Vec<_>>().join("\n");
    if (rows.len() as u64) < u64::from(total) {
        text.push_str(&format!("\n{} of {total} objects.", rows.len()));
    }
    text
}

fn cells(row: &ResourceRow) -> [String; 4] {
    let name = match row.namespace.as_str() {
        "default" => row.name.clone(),
        namespace => format!("{namespace}/{}", row.name),
    };
    let summary = report::one_line(&row.summary);
    let summary = match summary.char_indices().nth(WIDEST) {
        Some((end, _)) => format!("{}…", &summary[..end]),
        None => summary,
    };
    [row.kind.clone(), name, summary, findings(row)]
}

/// How much of a summary is shown.
const WIDEST: usize = 70;

fn findings(row: &ResourceRow) -> String {
    let some = |count: u32, what: &str| match count {
        0 => None,
        1 => Some(format!("1 {what}")),
        count => Some(format!("{count} {what}s")),
    };
    let edited = row.is_edited.then(|| "edited".to_owned());
    let all = [some(row.errors, "error"), some(row.warnings, "warning"), edited];
    all.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use fgd_engine::RepoPath;

    use super::*;

    fn row(kind: &str, name: &str, summary: &str, (errors, warnings): (u32, u32)) -> ResourceRow {
        ResourceRow {
            id: format!("{kind}/{name}"),
            kind: kind.to_owned(),
            namespace: "default".to_owned(),
            name: name.to_owned(),
            file: RepoPath::root(),
            summary: summary.to_owned(),
            cells: Vec::new(),
            errors,
            warnings,
            labels: 0,
            is_edited: false,
        }
    }

    #[test]
    fn objects_stand_in_columns() {
        let mut edited = row("Server", "bücher", "", (0, 0));
        (edited.is_edited, edited.namespace) = (true, "lab".to_owned());
        let rows = [
            row("Switch", "leaf-01", "server-leaf · AS 65101", (2, 1)),
            edited,
            row("VPC", "web", &"x".repeat(80), (0, 0)),
        ];
        let text = table(&rows, 9);
        let x = "x".repeat(70);
        assert_eq!(
            text.lines().map(str::to_owned).collect::<Vec<_>>(),
            [
                format!("KIND     NAME         SUMMARY{}   FINDINGS", " ".repeat(64)),
                format!(
                    "Switch   leaf-01      server-leaf · AS 65101{}   2 errors, 1 warning",
                    " ".repeat(49)
                ),
                format!("Server   lab/bücher   {}   edited", " ".repeat(71)),
                format!("VPC      web          {x}…"),
                "3 of 9 objects.".to_owned(),
            ]
        );
        assert_eq!(table(&[], 0), "Nothing was found.");
        assert_eq!(table(&[], 7), "7 objects.");
    }
}
