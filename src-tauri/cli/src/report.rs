//! The result on stdout: sentences for people, or one JSON object for scripts.

use fgd_engine::{
    Check, Conflict, DocumentCounts, ErrorReport, FabricView, Fate, Finding, LineChange, Operation,
    OperationId, Preview, Revision, Severity, StructureReport,
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::error_of;
pub(crate) use crate::terminal::say;
use crate::terminal::{say_json, tell};

/// The object that `--json` prints. Its keys are a contract.
#[derive(Serialize)]
struct Record<'a> {
    /// What was run: `sync`, `ingest`, …
    operation: Value,
    /// The run's entry in the operation log, and the `FGD-Operation` trailer of its commit.
    id: Option<&'a OperationId>,
    outcome: String,
    summary: String,
    documents: DocumentCounts,
    findings: &'a [Finding],
    conflicts: &'a [Conflict],
    commit: Option<&'a Revision>,
    pushed: bool,
    error: Option<ErrorReport>,
}

impl<'a> Record<'a> {
    fn of(operation: &'a Operation) -> Self {
        Self {
            operation: json!(operation.kind),
            id: Some(&operation.id),
            outcome: word(&operation.outcome),
            summary: operation.summary.clone(),
            documents: operation.documents,
            findings: &operation.findings,
            conflicts: &operation.conflicts,
            commit: operation.commit.as_ref().map(|commit| &commit.revision),
            pushed: operation.pushed > 0,
            error: error_of(&operation.outcome),
        }
    }
}

/// Prints what came of an operation.
pub(crate) fn operation(operation: &Operation, as_json: bool) {
    tell_error(operation);
    if as_json {
        print_json(&Record::of(operation));
    } else {
        sentences(operation);
    }
}

fn tell_error(operation: &Operation) {
    if let Some(error) = error_of(&operation.outcome) {
        tell(&format!("{}\nHint: {}", error.message, error.hint));
    }
}

fn sentences(operation: &Operation) {
    say(&operation.summary);
    if let Some(commit) = &operation.commit {
        say(&format!("Commit {}: {}", commit.revision.short(), commit.subject));
    }
    for conflict in &operation.conflicts {
        let what = conflict.object.as_deref().unwrap_or(conflict.file.as_str());
        say(&format!("conflict: {what} was changed here and on the remote"));
    }
    findings(&operation.findings);
}

/// Prints what a check found.
pub(crate) fn check(check: &Check, as_json: bool) {
    let errors = check.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let warnings = check.findings.len() - errors;
    let summary = format!(
        "{} objects stand, {} documents wait: {errors} errors, {warnings} warnings.",
        check.objects, check.documents.total
    );
    if as_json {
        print_json(&Record {
            operation: json!("validate"),
            id: None,
            outcome: if errors > 0 { "needsAttention" } else { "done" }.to_owned(),
            summary,
            documents: check.documents,
            findings: &check.findings,
            conflicts: &[],
            commit: None,
            pushed: false,
            error: None,
        });
        return;
    }
    findings(&check.findings);
    say(&summary);
}

/// Prints what would become of what waits.
pub(crate) fn preview(preview: &Preview, as_json: bool) {
    if as_json {
        print_json(preview);
        return;
    }
    for file in &preview.files {
        say(&match &file.archived_to {
            Some(to) => format!("{} → {to}", file.file),
            None => file.file.to_string(),
        });
        for document in &file.documents {
            let fate = match document.fate {
                Fate::Created => "create",
                Fate::Updated => "update",
                Fate::Unchanged => "unchanged",
                Fate::Unmanaged => "unmanaged",
                Fate::Rejected => "reject",
            };
            let name = match (&document.kind, &document.name) {
                (Some(kind), Some(name)) => format!("{kind} {name}"),
                _ => format!("document at line {}", document.line),
            };
            let path = document.path.as_ref().map(|path| format!(" → {path}")).unwrap_or_default();
            say(&format!("  {fate:<9} {name}{path}"));
            for line in &document.diff {
                let sign = match line.is {
                    LineChange::Same => ' ',
                    LineChange::Added => '+',
                    LineChange::Removed => '-',
                };
                say(&format!("    {sign} {}", line.text));
            }
        }
    }
    findings(&preview.findings);
    let counts = &preview.documents;
    say(&format!(
        "{} documents: {} to create, {} to update, {} unchanged, {} to unmanaged/, {} to reject. Nothing was done.",
        counts.total, counts.created, counts.updated, counts.unchanged, counts.unmanaged, counts.rejected
    ));
}

/// Prints what is not right with a directory's structure.
pub(crate) fn structure(structure: &StructureReport, as_json: bool) {
    if as_json {
        print_json(structure);
        return;
    }
    for repair in &structure.repairs {
        say(&repair.sentence);
        for file in &repair.files {
            say(&format!("  {file}"));
        }
    }
    say(&match structure.repairs.len() {
        0 => "Everything is in its place.".to_owned(),
        1 => "1 thing is to be put right. Nothing was done.".to_owned(),
        many => format!("{many} things are to be put right. Nothing was done."),
    });
}

/// Prints how a fabric stands.
pub(crate) fn status(view: &FabricView, as_json: bool) {
    if as_json {
        print_json(view);
        return;
    }
    let known = |count: Option<u32>| count.map_or_else(|| "unknown".to_owned(), |count| count.to_string());
    say(&format!("{}: {}", view.name, view.status.sentence));
    if let Some(hint) = &view.status.hint {
        say(&format!("Hint: {hint}"));
    }
    let remote = view.repository.url.as_ref().map_or("none", |url| url.as_str());
    say(&format!("Directory: {}   Branch: {}   Remote: {remote}", view.path, view.branch));
    say(&format!("To push: {}   To pull: {} (as of the last fetch)", known(view.ahead), known(view.behind)));
    let objects: u32 = view.kinds.iter().map(|kind| kind.count).sum();
    say(&format!("Objects: {objects}   Waiting in raw/: {}", view.inbox.len()));
    say(&format!("Errors: {}   Warnings: {}", known(view.errors), known(view.warnings)));
    for kind in &view.kinds {
        say(&format!("  {:>6}  {}", kind.count, kind.kind));
    }
}

/// Prints why a command could not be done.
pub(crate) fn failure(error: &ErrorReport, as_json: bool) {
    if as_json {
        print_json(&Record {
            operation: Value::Null,
            id: None,
            outcome: "failed".to_owned(),
            summary: error.message.clone(),
            documents: DocumentCounts::default(),
            findings: &[],
            conflicts: &[],
            commit: None,
            pushed: false,
            error: Some(error.clone()),
        });
    }
    tell(&format!("{}\nHint: {}", error.message, error.hint));
}

/// The word for a kind or an outcome, as it stands in JSON.
pub(crate) fn word(value: &impl Serialize) -> String {
    let value = json!(value);
    value.as_str().or_else(|| value["is"].as_str()).unwrap_or("unknown").to_owned()
}

/// A text whose lines stand in one.
pub(crate) fn one_line(text: &str) -> String {
    text.trim_end().replace('\n', " ⏎ ")
}

fn findings(findings: &[Finding]) {
    for finding in findings {
        let severity = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let mut place = finding.file.as_ref().map(ToString::to_string).unwrap_or_default();
        for number in [finding.line, finding.column].into_iter().flatten() {
            place.push_str(&format!(":{number}"));
        }
        let hint = finding.hint.as_deref().map(|hint| format!(" {hint}")).unwrap_or_default();
        say(&format!("{place}: {severity} {}: {}{hint}", finding.code.as_str(), finding.message));
    }
}

/// Prints a result as JSON.
pub(crate) fn print_json(record: &impl Serialize) {
    match serde_json::to_string_pretty(record) {
        Ok(text) => say_json(&text),
        Err(error) => tell(&format!("The result could not be written as JSON: {error}")),
    }
}
