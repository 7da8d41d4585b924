//! What each document is by itself, and beside the others of the same drop.

use std::collections::{HashMap, HashSet};

use super::Given;
use crate::change::ContentHash;
use crate::fgd::inbox::{Composed, DocumentRead, Inbox, ObjectRead, SourceFile};
use crate::fgd::managed::ManagedIndex;
use crate::finding::{Code, Finding};
use crate::schema::{Classified, ResourceId, classify};
use crate::windows;

/// How many other places of a contradiction are named.
const NAMED: usize = 3;

/// What a document comes to.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It says nothing new.
    Unchanged,
    /// It is written below `managed/`, in this directory if it is new.
    Managed { directory: String },
    /// It is kept as it is.
    Unmanaged,
    /// It stays where it is.
    Rejected(Box<Finding>),
}

/// The verdicts of a file's documents, in order; one for a file that can't be read as text at all.
#[derive(Debug, Default)]
pub(super) struct Verdicts {
    pub(super) of: Vec<Vec<Verdict>>,
    /// What should be looked at.
    pub(super) warnings: Vec<Finding>,
}

/// An object's identity, and whether it is one of the fabric's own kinds.
type Identity<'a> = (&'a ResourceId, bool);

fn identity(object: &ObjectRead) -> Identity<'_> {
    (object.id(), object.is_hedgehog())
}

/// Decides on each document.
pub(super) fn decide<'a>(given: &'a Given<'_>, inbox: &'a Inbox, managed: &'a ManagedIndex) -> Verdicts {
    let contradicted = contradictions(given, inbox);
    let met = HashSet::with_capacity(inbox.document_count());
    let mut decider = Decider { given, managed, met, warnings: Vec::new() };
    let mut of = Vec::with_capacity(inbox.files.len());
    for (place, file) in inbox.files.iter().enumerate() {
        let Ok(documents) = &file.documents else {
            let finding = file.documents.as_ref().err().cloned();
            of.push(finding.map(|finding| Verdict::Rejected(Box::new(finding))).into_iter().collect());
            continue;
        };
        let taken = taken(given, file);
        let verdict = |document: &'a DocumentRead| match &document.object {
            Err(finding) => Verdict::Rejected(finding.clone()),
            Ok(object) if taken.contains(&object.content) => Verdict::Unchanged,
            Ok(object) => match contradicted.get(&(place, document.index)) {
                Some(finding) => Verdict::Rejected(Box::new(finding.clone())),
                None => decider.object(object),
            },
        };
        of.push(documents.iter().map(verdict).collect());
    }
    Verdicts { of, warnings: decider.warnings }
}

/// Content hashes of the documents that were taken from this file in earlier runs.
pub(super) fn taken(given: &Given<'_>, file: &SourceFile) -> HashSet<ContentHash> {
    let original = file.path.below(given.layout.root()).unwrap_or(file.path.as_str());
    given.log.taken_from(original)
}

/// The same object twice with different contents: neither is right more than the other. By file and document.
fn contradictions(given: &Given<'_>, inbox: &Inbox) -> HashMap<(usize, u32), Finding> {
    let mut places: HashMap<Identity<'_>, Vec<(usize, &DocumentRead, &ObjectRead)>> =
        HashMap::with_capacity(inbox.document_count());
    for (place, file) in inbox.files.iter().enumerate() {
        let taken = taken(given, file);
        for document in file.documents.iter().flatten() {
            if let Ok(object) = &document.object
                && !taken.contains(&object.content)
            {
                places.entry(identity(object)).or_default().push((place, document, object));
            }
        }
    }
    let mut contradicted = HashMap::new();
    for ((id, _), places) in places {
        if places.windows(2).all(|pair| pair[0].2.content == pair[1].2.content) {
            continue;
        }
        for (file, document, object) in &places {
            let others =
                places.iter().filter(|(other, beside, _)| (other, beside.index) != (file, document.index));
            let named: Vec<String> = others
                .take(NAMED)
                .map(|(other, beside, _)| {
                    format!("{} line {}", inbox.files[*other].path.file_name(), beside.line)
                })
                .collect();
            let more = places.len() - 1 - named.len();
            let more = if more == 0 { String::new() } else { format!(" and {more} more") };
            let message = format!(
                "{id} stands more than once, with different contents: also in {}{more}.",
                named.join(", ")
            );
            let finding = Finding::new(Code::DuplicateObject, message)
                .hint("Keep the one that is meant and remove the others.");
            contradicted.insert((*file, document.index), located(finding, object));
        }
    }
    contradicted
}

struct Decider<'a> {
    given: &'a Given<'a>,
    managed: &'a ManagedIndex,
    /// Objects met in this drop already.
    met: HashSet<Identity<'a>>,
    warnings: Vec<Finding>,
}

impl<'a> Decider<'a> {
    fn object(&mut self, object: &'a ObjectRead) -> Verdict {
        let id = object.id();
        let Some(classified) = classify(&object.group, &object.version, &id.kind) else {
            let message = format!("{:?} is no kind of object.", id.kind);
            return rejected(
                Finding::new(Code::NotAnObject, message).hint("Check the spelling of `kind`."),
                object,
            );
        };
        let directory = match classified {
            Classified::Known { info, old } => {
                if old {
                    let message =
                        format!("{id} is written in {}; the fabric serves {}.", object.version, info.version);
                    self.warn(Code::OldApiVersion, message, "Check it against the newer version.", object);
                }
                Some(info.directory.to_owned())
            }
            Classified::UnknownHedgehog { directory, system_made } => {
                if system_made {
                    let message = format!("The fabric makes {} objects by itself.", id.kind);
                    self.warn(Code::SystemMade, message, "Leave it out of Git.", object);
                } else {
                    let message = format!("{} is a Hedgehog kind that this version does not know.", id.kind);
                    self.warn(Code::UnknownKind, message, "It is kept; check the spelling.", object);
                }
                Some(directory)
            }
            Classified::Foreign => None,
        };
        if let Some(problem) = object.object.refusal() {
            return Verdict::Rejected(Box::new(object.object.finding(problem)));
        }
        if !self.met.insert(identity(object)) {
            return Verdict::Unchanged;
        }
        if object.text.is_some() && object.object.key.is_none() {
            // Of the kinds that the fabric is checked as, the judge tells.
            let warnings = object.object.problems.iter().map(|problem| object.object.finding(problem));
            self.warnings.extend(warnings);
        }
        match &object.text {
            None => Verdict::Unchanged,
            Some(Composed::Impossible(why)) => rejected(
                Finding::new(Code::UnsupportedForm, why.clone())
                    .hint("Write metadata as a mapping, with name and annotations below it."),
                object,
            ),
            Some(Composed::Verbatim(_)) => {
                let message = format!("{id} is no Hedgehog object.");
                let hint = "It is kept in unmanaged/, where Argo CD and Flux do not look.";
                self.warn(Code::NotHedgehog, message, hint, object);
                Verdict::Unmanaged
            }
            Some(Composed::Managed(annotated)) => {
                let directory = directory.unwrap_or_default();
                let refused = match self.managed.find(id, true) {
                    Some((path, _)) if self.given.edited.contains(path) => {
                        let message = format!("{path} was edited by hand and is not committed.");
                        let hint = "Commit the edit or discard it with git; then this document is taken.";
                        Some(Finding::new(Code::EditedByHand, message).hint(hint))
                    }
                    Some(_) => None,
                    None => self.no_place_for(&directory, &id.file_name()),
                };
                if let Some(finding) = refused {
                    return rejected(finding, object);
                }
                if annotated.canonical {
                    let message =
                        format!("The text of {id} could not be kept; its value was written in block style.");
                    self.warn(
                        Code::TextRewritten,
                        message,
                        "Its comments are in the archived source.",
                        object,
                    );
                }
                Verdict::Managed { directory }
            }
        }
    }

    /// Why an object that does not stand yet can't get its file.
    fn no_place_for(&self, directory: &str, name: &str) -> Option<Finding> {
        let path = self.given.layout.managed().join(directory).join(name);
        let unread = || {
            let message = format!("{path} can't be read, and may be the same object.");
            Finding::new(Code::Unreadable, message).hint("Once it can be read, this document is taken.")
        };
        let not_here = not_for_this_system(name, windows::is_taken_here);
        not_here.or_else(|| self.managed.is_unread(&path).then(unread))
    }

    fn warn(&mut self, code: Code, message: String, hint: &str, object: &ObjectRead) {
        self.warnings.push(located(Finding::new(code, message).hint(hint), object));
    }
}

/// Why a file of this name can't be written here.
fn not_for_this_system(name: &str, is_taken: fn(&str) -> bool) -> Option<Finding> {
    if is_taken(name) {
        return None;
    }
    let message =
        format!("Windows keeps the name {name} for itself, so the object's file can't be written here.");
    let hint = "Give the object another name, or take it in on another system: it is kept in Git then.";
    Some(Finding::new(Code::NameInvalid, message).hint(hint))
}

fn rejected(finding: Finding, object: &ObjectRead) -> Verdict {
    Verdict::Rejected(Box::new(located(finding, object)))
}

fn located(finding: Finding, object: &ObjectRead) -> Finding {
    let object = &object.object;
    finding.in_file(&object.file).at(object.at.line, object.at.column).about(&object.id.kind, &object.id.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_windows_keeps_for_itself_is_refused_in_words() {
        let refused = |name| not_for_this_system(name, windows::takes);
        assert_eq!(refused("box-1.yaml"), None);
        for name in ["con.yaml", "nul.yaml", "com1.yaml"] {
            let finding = refused(name).expect(name);
            assert_eq!(finding.code, Code::NameInvalid);
            assert!(finding.message.contains(name) && finding.message.ends_with('.'), "{finding:?}");
            assert!(finding.hint.is_some_and(|hint| hint.ends_with('.')));
            assert_eq!(not_for_this_system(name, windows::is_taken_here).is_some(), cfg!(windows));
        }
    }
}
