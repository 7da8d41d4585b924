//! The pure answer to "what must change in this directory": every document of the inbox has exactly one
//! outcome, and what follows from the outcomes for the disk is all there is to apply.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::change::{ContentHash, FileChange};
use crate::error::{Error, Result};
use crate::fgd::archive_log::{ArchiveLog, Entry};
use crate::fgd::compose::compose;
use crate::fgd::fabric_file::{ArchiveStrategy, FabricFile};
use crate::fgd::inbox::{DocumentRead, Inbox, ObjectRead, SourceFile};
use crate::fgd::layout::Layout;
use crate::fgd::managed::{ManagedIndex, ManagedObject};
use crate::finding::{Code, Finding};
use crate::id::RepoPath;
use crate::operation::DocumentCounts;
use crate::schema::{Classified, ResourceId, classify};

/// What becomes of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A new object, written to `path`.
    Created { id: ResourceId, path: RepoPath },
    /// An object that is different now.
    Updated { id: ResourceId, path: RepoPath },
    /// An object that is there already, the same; or the same document once more.
    Unchanged { id: ResourceId },
    /// No Hedgehog object: kept byte for byte.
    Unmanaged { id: ResourceId, path: RepoPath },
    /// Left in the inbox.
    Rejected(Box<Finding>),
}

/// What must change, and why.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Each document's outcome, in the order of files and documents.
    pub(crate) outcomes: Vec<Outcome>,
    /// Problems and warnings, of rejected documents and of others.
    pub(crate) findings: Vec<Finding>,
    /// What to write and remove; in no file twice.
    pub(crate) changes: Vec<FileChange>,
    /// Inbox files that stay there, since a document of theirs was rejected.
    pub(crate) waiting: HashSet<RepoPath>,
    /// Sources that were archived.
    pub(crate) archived: Vec<RepoPath>,
}

/// What a plan is made from.
pub(crate) struct Given<'a> {
    /// Where things are.
    pub(crate) layout: &'a Layout,
    /// The fabric's name and policies.
    pub(crate) fabric: &'a FabricFile,
    /// What waits.
    pub(crate) inbox: &'a Inbox,
    /// What stands.
    pub(crate) managed: &'a ManagedIndex,
    /// Files whose text is in no commit: somebody is at work on them.
    pub(crate) edited: &'a HashSet<RepoPath>,
    /// What was ingested before.
    pub(crate) log: &'a ArchiveLog,
    /// The log file's bytes on disk, if there is one.
    pub(crate) log_on_disk: Option<ContentHash>,
    /// What stands at an archive path on disk, for those that are taken.
    pub(crate) archive_taken: &'a dyn Fn(&RepoPath) -> Option<ContentHash>,
}

impl Plan {
    /// Plans the ingestion of an inbox. The same input gives the same plan on every machine.
    pub(crate) fn new(given: &Given<'_>) -> Result<Self> {
        let mut planner = Planner::new(given);
        planner.reject_contradictions();
        for file in &given.inbox.files {
            planner.file(file)?;
        }
        planner.finish()
    }

    /// How many documents had which outcome.
    pub(crate) fn counts(&self) -> DocumentCounts {
        let mut counts = DocumentCounts::default();
        for outcome in &self.outcomes {
            counts.total += 1;
            *match outcome {
                Outcome::Created { .. } => &mut counts.created,
                Outcome::Updated { .. } => &mut counts.updated,
                Outcome::Unchanged { .. } => &mut counts.unchanged,
                Outcome::Unmanaged { .. } => &mut counts.unmanaged,
                Outcome::Rejected(_) => &mut counts.rejected,
            } += 1;
        }
        counts
    }

    /// Whether there is nothing to write: then there is nothing to commit.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

/// An object of the inbox, with its document and file.
type Met<'a> = (&'a SourceFile, &'a DocumentRead, &'a ObjectRead);

/// A place in the inbox: the file and the document's index.
type Place = (RepoPath, u32);

struct Planner<'a> {
    given: &'a Given<'a>,
    plan: Plan,
    /// Where each object stands, by identity; the first path where it stands twice.
    standing: HashMap<(ResourceId, bool), (&'a RepoPath, &'a ManagedObject)>,
    /// Documents that contradict another of the same drop.
    contradicted: HashMap<Place, Finding>,
    /// Objects met in this drop already.
    met: HashSet<(ResourceId, bool)>,
    writes: BTreeMap<RepoPath, FileChange>,
    log: ArchiveLog,
}

impl<'a> Planner<'a> {
    fn new(given: &'a Given<'a>) -> Self {
        let mut plan = Plan { findings: given.inbox.unreadable.clone(), ..Plan::default() };
        plan.findings.extend(given.managed.broken().cloned());
        let mut objects: Vec<_> = given.managed.objects().collect();
        objects.sort_by_key(|(path, _)| *path);
        let mut standing = HashMap::with_capacity(objects.len());
        for (path, object) in objects {
            let key = (object.id.clone(), is_hedgehog(&object.group));
            if let Some((first, _)) = standing.get(&key) {
                plan.findings.push(
                    Finding::new(Code::ManagedTwice, format!("{} stands in {first} too.", object.id))
                        .hint("Keep one of the two files.")
                        .in_file(path)
                        .about(&object.id.kind, &object.id.name),
                );
            } else {
                standing.insert(key, (path, object));
            }
        }
        plan.findings.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Self {
            given,
            plan,
            standing,
            contradicted: HashMap::new(),
            met: HashSet::new(),
            writes: BTreeMap::new(),
            log: given.log.clone(),
        }
    }

    /// The same object twice with different contents: neither is right more than the other.
    fn reject_contradictions(&mut self) {
        let mut places: HashMap<(ResourceId, bool), Vec<Met<'_>>> = HashMap::new();
        for (file, document, object) in self.fresh_documents() {
            places.entry(key(object)).or_default().push((file, document, object));
        }
        for ((id, _), places) in places {
            let same = places.windows(2).all(|pair| pair[0].2.content == pair[1].2.content);
            if same {
                continue;
            }
            for (file, document, object) in &places {
                let others: Vec<_> = places
                    .iter()
                    .filter(|(f, d, _)| (&f.path, d.index) != (&file.path, document.index))
                    .map(|(f, d, _)| format!("{} line {}", f.path.file_name(), d.line))
                    .collect();
                let finding = Finding::new(
                    Code::DuplicateObject,
                    format!(
                        "{id} stands more than once, with different contents: also in {}.",
                        others.join(", ")
                    ),
                )
                .hint("Keep the one that is meant and remove the others.");
                self.contradicted.insert((file.path.clone(), document.index), located(finding, file, object));
            }
        }
    }

    /// The objects of the inbox that were not taken before, each with its place.
    fn fresh_documents(&self) -> impl Iterator<Item = Met<'a>> {
        let given = self.given;
        given.inbox.files.iter().flat_map(move |file| {
            let taken = taken(given, file);
            file.documents.iter().flatten().filter_map(move |document| {
                let object = document.object.as_ref().ok()?;
                (!taken.contains(object.content.as_str())).then_some((file, document, object))
            })
        })
    }

    fn file(&mut self, file: &'a SourceFile) -> Result<()> {
        let documents = match &file.documents {
            Ok(documents) => documents,
            Err(finding) => {
                self.reject(finding.clone());
                self.plan.waiting.insert(file.path.clone());
                return Ok(());
            }
        };
        let taken = taken(self.given, file);
        let (mut written, mut accepted, mut rejected) = (Vec::new(), Vec::new(), false);
        for document in documents {
            let object = match &document.object {
                Ok(object) => object,
                Err(finding) => {
                    self.reject(finding.clone());
                    rejected = true;
                    continue;
                }
            };
            if taken.contains(object.content.as_str()) {
                self.plan.outcomes.push(Outcome::Unchanged { id: object.id() });
                accepted.push(object.content.clone());
                continue;
            }
            match self.document(file, document, object)? {
                Outcome::Rejected(finding) => {
                    self.reject(*finding);
                    rejected = true;
                }
                outcome => {
                    if let Outcome::Created { id, .. } | Outcome::Unmanaged { id, .. } = &outcome {
                        written.push(serde_yaml::Value::String(format!(
                            "{} {}/{}",
                            id.kind, id.namespace, id.name
                        )));
                    }
                    accepted.push(object.content.clone());
                    self.plan.outcomes.push(outcome);
                }
            }
        }
        self.settle(file, written, accepted, rejected);
        Ok(())
    }

    fn document(
        &mut self,
        file: &SourceFile,
        document: &DocumentRead,
        object: &ObjectRead,
    ) -> Result<Outcome> {
        if let Some(finding) = self.contradicted.get(&(file.path.clone(), document.index)) {
            return Ok(Outcome::Rejected(Box::new(finding.clone())));
        }
        let manifest = &object.manifest;
        let id = object.id();
        let Some(classified) = classify(&manifest.group, &manifest.version, &manifest.kind) else {
            let finding =
                Finding::new(Code::NotAnObject, format!("{:?} is no kind of object.", manifest.kind))
                    .hint("Check the spelling of `kind`.");
            return Ok(Outcome::Rejected(Box::new(located(finding, file, object))));
        };
        let directory = match &classified {
            Classified::Known { info, old } => {
                if *old {
                    let message = format!(
                        "{id} is written in {}; the fabric serves {}.",
                        manifest.version, info.version
                    );
                    self.warn(
                        Code::OldApiVersion,
                        message,
                        "Check it against the newer version.",
                        file,
                        object,
                    );
                }
                Some(info.directory.to_owned())
            }
            Classified::UnknownHedgehog { directory, system_made } => {
                if *system_made {
                    let message = format!("The fabric makes {} objects by itself.", id.kind);
                    self.warn(Code::SystemMade, message, "Leave it out of Git.", file, object);
                } else {
                    let message = format!("{} is a Hedgehog kind that this version does not know.", id.kind);
                    self.warn(Code::UnknownKind, message, "It is kept; check the spelling.", file, object);
                }
                Some(directory.clone())
            }
            Classified::Foreign => None,
        };
        if !self.met.insert(key(object)) {
            return Ok(Outcome::Unchanged { id });
        }
        match directory {
            Some(directory) => self.managed(id, &directory, file, document, object),
            None => self.unmanaged(id, file, document, object),
        }
    }

    fn managed(
        &mut self,
        id: ResourceId,
        directory: &str,
        file: &SourceFile,
        document: &DocumentRead,
        object: &ObjectRead,
    ) -> Result<Outcome> {
        let standing = self.standing.get(&(id.clone(), true)).copied();
        if let Some((_, standing)) = standing
            && is_the_same(standing, object)
        {
            return Ok(Outcome::Unchanged { id });
        }
        if let Some((path, _)) = standing
            && self.given.edited.contains(path)
        {
            let finding =
                Finding::new(Code::EditedByHand, format!("{path} was edited by hand and is not committed."))
                    .hint("Commit the edit or discard it with git; then this document is taken.");
            return Ok(Outcome::Rejected(Box::new(located(finding, file, object))));
        }
        let composed = compose(&self.given.fabric.fabric_name, file.path.file_name(), document, object)
            .map_err(|detail| Error::Internal { detail })?;
        if composed.canonical {
            let message =
                format!("The text of {id} could not be kept; its value was written in block style.");
            self.warn(Code::TextRewritten, message, "Its comments are in the archived source.", file, object);
        }
        let text = composed.text.into_bytes();
        match standing {
            Some((path, standing)) => {
                self.write(path.clone(), Some(standing.file), text);
                Ok(Outcome::Updated { id, path: path.clone() })
            }
            None => {
                let path = self.free_path(&self.given.layout.managed().join(directory), &id.file_name());
                self.write(path.clone(), None, text);
                Ok(Outcome::Created { id, path })
            }
        }
    }

    fn unmanaged(
        &mut self,
        id: ResourceId,
        file: &SourceFile,
        document: &DocumentRead,
        object: &ObjectRead,
    ) -> Result<Outcome> {
        let message = format!("{id} is no Hedgehog object.");
        self.warn(
            Code::NotHedgehog,
            message,
            "It is kept in unmanaged/, where Argo CD and Flux do not look.",
            file,
            object,
        );
        let text = document.text.clone().into_bytes();
        let (path, before) = match self.standing.get(&(id.clone(), false)) {
            Some((_, standing)) if standing.file == ContentHash::of(&text) => {
                return Ok(Outcome::Unchanged { id });
            }
            Some((path, standing)) => ((*path).clone(), Some(standing.file)),
            None => {
                let name = format!("{}-{}", id.kind.to_ascii_lowercase(), id.file_name());
                (self.free_path(&self.given.layout.unmanaged(), &name), None)
            }
        };
        self.write(path.clone(), before, text);
        Ok(Outcome::Unmanaged { id, path })
    }

    /// The path for a new file: the wished one, or the first of `-2`, `-3`, … that is free.
    fn free_path(&self, directory: &RepoPath, wished: &str) -> RepoPath {
        let stem = wished.strip_suffix(".yaml").unwrap_or(wished);
        let names = std::iter::once(wished.to_owned()).chain((2..).map(|n| format!("{stem}-{n}.yaml")));
        let mut paths = names.map(|name| directory.join(&name));
        paths
            .find(|path| !self.given.managed.has(path) && !self.writes.contains_key(path))
            .unwrap_or_else(|| directory.join(wished))
    }

    fn write(&mut self, path: RepoPath, before: Option<ContentHash>, text: Vec<u8>) {
        self.writes.insert(path.clone(), FileChange::write(path, before, text));
    }

    /// Archives a file whose documents are all accounted for; else notes what was taken from it.
    fn settle(
        &mut self,
        file: &SourceFile,
        written: Vec<serde_yaml::Value>,
        accepted: Vec<String>,
        rejected: bool,
    ) {
        let original = file.path.below(self.given.layout.root()).unwrap_or(file.path.as_str()).to_owned();
        let hash = format!("sha256:{}", file.hash);
        let mut entry =
            Entry::ingestion(&original, hash, u32::try_from(file.document_count()).unwrap_or(u32::MAX));
        entry.documents_created = written;
        if rejected {
            self.plan.waiting.insert(file.path.clone());
            if accepted.is_empty() || taken(self.given, file).len() == accepted.len() {
                return;
            }
            entry.documents_taken = accepted;
            self.log.append(entry);
            return;
        }
        entry.ends = self.log.open_entries(&original);
        if let Some(to) = self.archive_path(file) {
            let below = to.below(self.given.layout.root()).unwrap_or(to.as_str()).to_owned();
            entry.archived_to = Some(below);
            if (self.given.archive_taken)(&to).is_none() {
                self.write(to, None, file.bytes.clone());
            }
        }
        self.log.append(entry);
        self.writes.insert(file.path.clone(), FileChange::delete(file.path.clone(), file.hash));
        self.plan.archived.push(file.path.clone());
    }

    /// Where the source goes: a free path, or one that holds the same bytes already.
    fn archive_path(&self, file: &SourceFile) -> Option<RepoPath> {
        let source = file.path.as_str();
        let wished = match self.given.fabric.archive_strategy {
            ArchiveStrategy::None => return None,
            ArchiveStrategy::RenameWithExtension => format!("{source}.archived"),
            ArchiveStrategy::BackupWithTimestamp => {
                format!("{source}.{}.bak", file.hash.to_string().get(..12).unwrap_or_default())
            }
            ArchiveStrategy::MoveToArchiveDir => {
                let below =
                    file.path.below(&self.given.layout.raw()).unwrap_or_else(|| file.path.file_name());
                self.given.layout.archive_dir().join(below).to_string()
            }
        };
        let candidates = std::iter::once(wished.clone()).chain((1..).map(|n| format!("{wished}.{n}")));
        candidates.filter_map(|path| RepoPath::parse(&path).ok()).find(|path| {
            let planned =
                self.writes.get(path).and_then(|change| change.after.as_deref()).map(ContentHash::of);
            let standing = planned.or_else(|| (self.given.archive_taken)(path));
            standing.is_none_or(|standing| standing == file.hash)
        })
    }

    fn reject(&mut self, finding: Finding) {
        self.plan.findings.push(finding.clone());
        self.plan.outcomes.push(Outcome::Rejected(Box::new(finding)));
    }

    fn warn(&mut self, code: Code, message: String, hint: &str, file: &SourceFile, object: &ObjectRead) {
        self.plan.findings.push(located(Finding::new(code, message).hint(hint), file, object));
    }

    fn finish(mut self) -> Result<Plan> {
        if self.log != *self.given.log {
            let path = self.given.layout.archive_log();
            self.write(path, self.given.log_on_disk, self.log.text().into_bytes());
        }
        self.plan.changes = self.writes.into_values().collect();
        Ok(self.plan)
    }
}

fn is_hedgehog(group: &str) -> bool {
    group.ends_with(".githedgehog.com")
}

fn key(object: &ObjectRead) -> (ResourceId, bool) {
    (object.id(), is_hedgehog(&object.manifest.group))
}

/// Content hashes of the documents that were taken from this file in earlier runs.
fn taken<'a>(given: &Given<'a>, file: &SourceFile) -> HashSet<&'a str> {
    let original = file.path.below(given.layout.root()).unwrap_or(file.path.as_str());
    given.log.taken_from(original)
}

/// Whether a document says nothing new of an object: the same value, and no other comments. A document
/// without comments says nothing about them.
fn is_the_same(standing: &ManagedObject, object: &ObjectRead) -> bool {
    standing.content == object.content && (object.comments.is_empty() || object.comments == standing.comments)
}

fn located(finding: Finding, file: &SourceFile, object: &ObjectRead) -> Finding {
    let (line, column) = object.manifest.position;
    finding.in_file(&file.path).at(line, column).about(&object.manifest.kind, &object.manifest.name)
}

#[cfg(test)]
mod tests;
