//! What happened: `fgd log`, and taking it back: `fgd undo`.

use std::ffi::OsString;

use clap::Args;
use clap::error::ErrorKind;
use fgd_engine::{Engine, Error, Operation};
use serde_json::json;

use crate::answers::{self, ObjectVersion};
use crate::arguments::Folder;
use crate::clock::utc;
use crate::progress::Progress;
use crate::target::{Target, wrong_usage};
use crate::{DONE, exit_code, report};

/// What `fgd log` can be told.
#[derive(Debug, Args)]
pub(crate) struct LogArguments {
    #[command(flatten)]
    folder: Folder,
    /// The versions of one object instead: KIND/NAMESPACE/NAME, or its file.
    #[arg(long, value_name = "OBJECT")]
    object: Option<String>,
    /// How many, at most.
    #[arg(long, short = 'n', default_value_t = 20, value_name = "N")]
    limit: u32,
}

/// What `fgd undo` can be told.
#[derive(Debug, Args)]
pub(crate) struct UndoArguments {
    /// A fabric directory inside a Git work tree, and the operation as `fgd log` names it: the beginning of
    /// its identifier is enough.
    #[arg(value_names = ["DIR", "OPERATION"], num_args = 0..=2)]
    words: Vec<OsString>,
    /// The newest operation that made a commit.
    #[arg(long)]
    last: bool,
}

/// Operations that `undo` looks through.
const REACH: u32 = 1000;

/// Shows the operations of a fabric, or the versions of one object, newest first.
pub(crate) async fn log(engine: &Engine, arguments: LogArguments, as_json: bool) -> Result<u8, Error> {
    let id = engine.fabric_at(arguments.folder.dir).await?;
    if let Some(object) = arguments.object {
        let versions = answers::history(engine, id, &object, arguments.limit).await?;
        if as_json {
            report::print_json(&json!({ "object": object, "versions": versions }));
        } else {
            report::say(&versions_text(&object, &versions));
        }
        return Ok(DONE);
    }
    let operations = engine.operations(id, arguments.limit).await?;
    if as_json {
        report::print_json(&json!({ "operations": operations }));
    } else {
        report::say(&operations_text(&operations));
    }
    Ok(DONE)
}

/// Undoes an operation by a new commit.
pub(crate) async fn undo(
    engine: &Engine,
    progress: &Progress,
    arguments: UndoArguments,
    as_json: bool,
) -> Result<u8, Error> {
    let target = Target::read(&arguments.words, arguments.last, "an OPERATION", "--last")
        .unwrap_or_else(|wrong| wrong.exit());
    let id = engine.fabric_at(target.folder).await?;
    let operations = engine.operations(id.clone(), REACH).await?;
    let meant = target.name.as_ref().map(|beginning| {
        let meant = named(&operations, beginning);
        meant.unwrap_or_else(|why| wrong_usage(ErrorKind::ValueValidation, &why).exit()).id.clone()
    });
    let undone = answers::undo(engine, id, meant).await?;
    progress.clear();
    report::operation(&undone, as_json);
    Ok(exit_code(&undone.outcome))
}

/// The one operation whose identifier begins so.
fn named<'a>(operations: &'a [Operation], beginning: &str) -> Result<&'a Operation, String> {
    let mut found = operations.iter().filter(|operation| operation.id.as_str().starts_with(beginning));
    match (found.next(), found.next()) {
        _ if beginning.len() < 4 => Err(format!("{beginning:?} is too short to name an operation")),
        (None, _) => Err(format!("no operation of this fabric begins with {beginning:?}; see `fgd log`")),
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(format!("more than one operation begins with {beginning:?}")),
    }
}

fn operations_text(operations: &[Operation]) -> String {
    if operations.is_empty() {
        return "Nothing has happened yet.".to_owned();
    }
    let line = |operation: &Operation| {
        let commit = operation
            .commit
            .as_ref()
            .map(|commit| format!("  [{}]", commit.revision.short()))
            .unwrap_or_default();
        let (id, kind) = (operation.id.as_str(), report::word(&operation.kind));
        let id = id.get(..8).unwrap_or(id);
        format!("{id}  {}  {kind:<8}  {}{commit}", utc(operation.started_at), operation.summary)
    };
    operations.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn versions_text(object: &str, versions: &[ObjectVersion]) -> String {
    if versions.is_empty() {
        return format!("{object} has no history on this branch.");
    }
    let mut lines = Vec::new();
    for version in versions {
        let revision = version.revision.get(..8).unwrap_or(&version.revision);
        lines.push(format!("{revision}  {}  {}: {}", utc(version.time), version.author, version.subject));
        for change in &version.changes {
            lines.push(match (&change.before, &change.after) {
                (Some(before), Some(after)) => {
                    format!(
                        "  ~ {}: {} → {}",
                        change.field,
                        report::one_line(before),
                        report::one_line(after)
                    )
                }
                (None, Some(after)) => format!("  + {}: {}", change.field, report::one_line(after)),
                (Some(before), None) => format!("  - {}: {}", change.field, report::one_line(before)),
                (None, None) => format!("    {}", change.field),
            });
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use fgd_engine::Timestamp;
    use serde_json::Value;

    use super::*;
    use crate::answers::FieldChange;

    fn operation(id: &str, kind: &str, summary: &str, commit: Option<&str>) -> Operation {
        let commit: Value = commit.map_or(
            Value::Null,
            |revision| json!({ "revision": revision, "subject": "s", "author": "Tess", "time": 0 }),
        );
        serde_json::from_value(json!({
            "id": id, "fabric": "f", "kind": kind, "trigger": "command",
            "startedAt": 1_763_896_542_000_i64, "finishedAt": 1_763_896_543_000_i64,
            "outcome": { "is": "done" }, "summary": summary, "steps": [],
            "documents": { "total": 0, "created": 0, "updated": 0, "unchanged": 0, "unmanaged": 0, "rejected": 0 },
            "findings": [], "conflicts": [], "commit": commit, "pulled": 0, "pushed": 0
        }))
        .expect("an operation")
    }

    fn three() -> Vec<Operation> {
        vec![
            operation("9f8e7d6c5b4a", "pull", "Nothing new.", None),
            operation(
                "1a2b3c4d5e6f",
                "sync",
                "2 objects created, pushed 1 commit.",
                Some("0123456789012345678901234567890123456789"),
            ),
            operation("1a2b00000000", "moveToUnmanaged", "1 file moved.", Some("abcdefabcdef")),
        ]
    }

    #[test]
    fn the_log_is_one_line_an_operation() {
        assert_eq!(operations_text(&[]), "Nothing has happened yet.");
        assert_eq!(
            operations_text(&three()),
            "\
9f8e7d6c  2025-11-23T11:15:42Z  pull      Nothing new.
1a2b3c4d  2025-11-23T11:15:42Z  sync      2 objects created, pushed 1 commit.  [01234567]
1a2b0000  2025-11-23T11:15:42Z  moveToUnmanaged  1 file moved.  [abcdefab]"
        );
    }

    #[test]
    fn an_operation_is_named_by_its_beginning() {
        let all = three();
        assert_eq!(named(&all, "9f8e").expect("one").id.as_str(), "9f8e7d6c5b4a");
        assert_eq!(named(&all, "1a2b3c4d5e6f").expect("one").id.as_str(), "1a2b3c4d5e6f");
        for (beginning, why) in
            [("1a2b", "more than one"), ("ffff", "no operation"), ("9f8", "too short"), ("", "too short")]
        {
            let refused = named(&all, beginning).expect_err(beginning);
            assert!(refused.contains(why), "{beginning}: {refused}");
        }
    }

    #[test]
    fn the_history_of_an_object_says_what_each_version_changed() {
        let change = |field: &str, before: Option<&str>, after: Option<&str>| FieldChange {
            field: field.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        let version = |revision: &str, subject: &str, changes| ObjectVersion {
            revision: revision.to_owned(),
            time: Timestamp::from_millis(1_763_896_542_000),
            author: "Tess".to_owned(),
            subject: subject.to_owned(),
            changes,
        };
        let versions = [
            version(
                "0123456789ab",
                "Make leaf-01 a spine",
                vec![
                    change("spec.role", Some("server-leaf"), Some("spine")),
                    change("spec.ports", Some("- a\n- b"), None),
                    change("metadata.labels.rack", None, Some("1")),
                ],
            ),
            version("ba9876543210", "Add leaf-01", Vec::new()),
        ];
        assert_eq!(versions_text("Switch/default/x", &[]), "Switch/default/x has no history on this branch.");
        assert_eq!(
            versions_text("Switch/default/leaf-01", &versions),
            "\
01234567  2025-11-23T11:15:42Z  Tess: Make leaf-01 a spine
  ~ spec.role: server-leaf → spine
  - spec.ports: - a ⏎ - b
  + metadata.labels.rack: 1
ba987654  2025-11-23T11:15:42Z  Tess: Add leaf-01"
        );
    }
}
