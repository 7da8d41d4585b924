//! What a run says of itself: to reviewers in its commit, to the operator in one sentence.

use crate::error::ErrorReport;
use crate::fgd::{FabricRules, Outcome, Plan, Repair};
use crate::git::Joining;
use crate::id::{OperationId, RepoPath};
use crate::operation::{DocumentCounts, OperationKind};
use crate::sync::flow::FlowResult;
use crate::sync::status::count;

/// How many objects a commit message names of each sort.
const NAMED: usize = 40;

/// The message of an ingestion's commit: counts, sources, the objects by name, the operation.
pub(crate) fn ingestion(plan: &Plan, directory: &RepoPath, operation: &OperationId) -> String {
    let counts = plan.counts();
    let changed = (counts.created + counts.updated + counts.unmanaged) as usize;
    let place = place(directory);
    let sources: Vec<&str> = plan.archived.keys().chain(&plan.waiting).map(RepoPath::file_name).collect();
    let from = match sources.as_slice() {
        [] => String::new(),
        [one] => format!(" from {one}"),
        many => format!(" from {} files", many.len()),
    };
    let subject = if changed == 0 {
        format!("{place}archive {}", count(sources.len(), "file", "files"))
    } else {
        format!("{place}ingest {}{from}", count(changed, "object", "objects"))
    };
    let mut sections = Vec::new();
    for (title, wanted) in [("Created", 0), ("Updated", 1), ("Kept in unmanaged/", 2)] {
        let names: Vec<String> = plan
            .documents
            .iter()
            .filter_map(|planned| match (&planned.outcome, wanted) {
                (Outcome::Created { id, .. }, 0)
                | (Outcome::Updated { id, .. }, 1)
                | (Outcome::Unmanaged { id, .. }, 2) => Some(format!("- {id}")),
                _ => None,
            })
            .collect();
        if !names.is_empty() {
            sections.push(section(&format!("{title}: {}", names.len()), &names));
        }
    }
    if sources.len() > 1 {
        let names: Vec<String> = sources.iter().map(|name| format!("- {name}")).collect();
        sections.push(section("Sources:", &names));
    }
    finish(&subject, &sections, operation)
}

/// What a subject begins with: the fabric's directory, unless it is the repository itself.
fn place(directory: &RepoPath) -> String {
    if directory.is_root() { String::new() } else { format!("{}: ", directory.file_name()) }
}

/// The message of the commit that sets a directory up.
pub(crate) fn structure(name: &str, directory: &RepoPath, operation: &OperationId) -> String {
    let place = if directory.is_root() { String::new() } else { format!(" in {directory}") };
    finish(&format!("Set up the fabric {name}{place}"), &[], operation)
}

/// The message of a repair: one line for each thing that was put right.
pub(crate) fn repair(repairs: &[Repair], directory: &RepoPath, operation: &OperationId) -> String {
    let place = place(directory);
    let lines: Vec<String> = repairs.iter().map(|repair| format!("- {}", repair.sentence)).collect();
    let what = count(repairs.len(), "thing", "things");
    finish(&format!("{place}put {what} in the directory right"), &[section("Repaired:", &lines)], operation)
}

/// The message of a file's leaving the inbox by hand; `to` is where it went.
pub(crate) fn left_the_inbox(
    file: &RepoPath,
    to: Option<&RepoPath>,
    directory: &RepoPath,
    operation: &OperationId,
) -> String {
    let (place, name) = (place(directory), file.file_name());
    let subject = match to {
        Some(_) => format!("{place}move {name} to unmanaged/"),
        None => format!("{place}take {name} out of the inbox"),
    };
    finish(&subject, &[], operation)
}

/// The message of a commit that joins both sides, or a part of them.
pub(crate) fn joining(joining: &Joining<'_>, branch: &str, operation: &OperationId) -> String {
    let commits = |number: &u32| count(*number as usize, "commit", "commits");
    match joining {
        Joining::Merge(number) => {
            finish(&format!("Merge {} from the remote's {branch}", commits(number)), &[], operation)
        }
        Joining::Part(number, held) => {
            let subject = format!("Take over {} from the remote's {branch}, in part", commits(number));
            let names: Vec<String> = held.iter().map(|held| format!("- {}", held.path)).collect();
            finish(&subject, &[section("Changed on both sides, left as they are here:", &names)], operation)
        }
        Joining::Replay(number) => {
            let subject = format!("Bring {} onto the rewritten history of {branch}", commits(number));
            finish(&subject, &[], operation)
        }
    }
}

/// The message of changes that a person made to objects: `what` says what they did ("edit", "undo …").
pub(crate) fn changes(
    what: &str,
    sorts: &[(&str, Vec<String>)],
    directory: &RepoPath,
    operation: &OperationId,
) -> String {
    let sections: Vec<String> = sorts
        .iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(title, names)| {
            let lines: Vec<String> = names.iter().map(|name| format!("- {name}")).collect();
            section(&format!("{title}: {}", names.len()), &lines)
        })
        .collect();
    finish(&format!("{}{what}", place(directory)), &sections, operation)
}

/// The message of a change of the fabric's rules.
pub(crate) fn rules(rules: FabricRules, directory: &RepoPath, operation: &OperationId) -> String {
    let lines = [
        format!("- archive_strategy: {}", rules.archive.name()),
        format!("- validation_policy: {}", rules.validation.name()),
    ];
    finish(&format!("{}change the fabric's rules", place(directory)), &[section("Now:", &lines)], operation)
}

fn section(title: &str, names: &[String]) -> String {
    let mut lines = vec![title.to_owned()];
    lines.extend(names.iter().take(NAMED).cloned());
    if names.len() > NAMED {
        lines.push(format!("- and {} more", names.len() - NAMED));
    }
    lines.join("\n")
}

fn finish(subject: &str, sections: &[String], operation: &OperationId) -> String {
    let mut parts = vec![subject.to_owned()];
    parts.extend(sections.iter().cloned());
    parts.push(format!("FGD-Operation: {operation}\n"));
    parts.join("\n\n")
}

/// What happened, in one sentence for the operator.
pub(crate) fn summary(kind: OperationKind, result: &FlowResult, error: Option<&ErrorReport>) -> String {
    let mut parts = Vec::new();
    if result.set_up {
        parts.push("set the directory up".to_owned());
    }
    if result.repaired > 0 {
        parts.push(format!("put {} right", count(result.repaired, "thing", "things")));
    }
    if let Some(done) = &result.done {
        parts.push(done.clone());
    }
    if result.resolved > 0 {
        parts.push(format!("settled {}", count(result.resolved as usize, "conflict", "conflicts")));
    }
    if result.edits > 0 {
        let files = count(result.edits as usize, "file", "files");
        parts.push(format!("committed {files} changed by hand"));
    }
    if result.pulled > 0 {
        parts.push(format!("pulled {}", count(result.pulled as usize, "commit", "commits")));
    }
    parts.extend(documents(&result.documents));
    if result.pushed > 0 {
        parts.push(format!("pushed {}", count(result.pushed as usize, "commit", "commits")));
    }
    if !result.conflicts.is_empty() {
        let conflicts = count(result.conflicts.len(), "conflict waits", "conflicts wait");
        parts.push(format!("{conflicts} for you, and nothing is pushed until then"));
    }
    if result.stale {
        parts.push("nothing was done: it has changed since you looked".to_owned());
    }
    let mut sentence = match (parts.as_slice(), error, kind) {
        ([], Some(error), _) => return error.message.clone(),
        ([], None, OperationKind::Pull) => "Nothing to pull: here and on the remote is the same.".to_owned(),
        ([], None, OperationKind::Push) => "Nothing to push: the remote has all commits.".to_owned(),
        ([], None, OperationKind::Ingest) => "Nothing to take: the inbox holds nothing new.".to_owned(),
        ([], None, OperationKind::Onboard) => "The directory was set up already.".to_owned(),
        ([], None, OperationKind::Sync) => "All is in sync: no change, no commit.".to_owned(),
        ([], None, OperationKind::Repair) => "Everything is in its place: no change, no commit.".to_owned(),
        ([], None, OperationKind::Discard | OperationKind::MoveToUnmanaged) => {
            "The file is gone already.".to_owned()
        }
        ([], None, OperationKind::Edit) => "It is like that already.".to_owned(),
        ([], None, OperationKind::Undo) => "Nothing of it is left to undo.".to_owned(),
        ([], None, OperationKind::Propose) => "Nothing to propose: the remote has it all.".to_owned(),
        ([], None, OperationKind::Resolve) => "There is no such conflict any more.".to_owned(),
        (parts, _, _) => capital(&format!("{}.", parts.join(", "))),
    };
    if let Some(error) = error {
        sentence.push(' ');
        sentence.push_str(&error.message);
    }
    sentence
}

fn documents(counts: &DocumentCounts) -> Vec<String> {
    let sorts = [
        (counts.created, "created"),
        (counts.updated, "updated"),
        (counts.unmanaged, "kept in unmanaged/"),
        (counts.unchanged, "unchanged"),
    ];
    let mut parts: Vec<String> = Vec::new();
    for (number, what) in sorts.into_iter().filter(|(number, _)| *number > 0) {
        let noun =
            if parts.is_empty() { count(number as usize, "object", "objects") } else { number.to_string() };
        parts.push(format!("{noun} {what}"));
    }
    if counts.rejected > 0 {
        parts.push(format!("{} left in the inbox", count(counts.rejected as usize, "document", "documents")));
    }
    parts
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::DocumentCounts;

    #[test]
    fn a_run_says_what_it_did_in_one_sentence() {
        let documents = |created, updated, unchanged, unmanaged, rejected| DocumentCounts {
            total: created + updated + unchanged + unmanaged + rejected,
            created,
            updated,
            unchanged,
            unmanaged,
            rejected,
        };
        for (result, sentence) in [
            (FlowResult::default(), "All is in sync: no change, no commit."),
            (
                FlowResult { documents: documents(46, 0, 0, 0, 0), pushed: 1, ..FlowResult::default() },
                "46 objects created, pushed 1 commit.",
            ),
            (
                FlowResult { documents: documents(1, 2, 3, 1, 1), pulled: 2, ..FlowResult::default() },
                "Pulled 2 commits, 1 object created, 2 updated, 1 kept in unmanaged/, 3 unchanged, 1 document left in the inbox.",
            ),
        ] {
            assert_eq!(summary(OperationKind::Sync, &result, None), sentence);
        }
    }
}
