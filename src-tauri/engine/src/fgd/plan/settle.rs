//! What the verdicts mean for files: paths, texts, the archive and its log.

use std::collections::BTreeMap;

use super::decide::{Verdict, Verdicts, taken};
use super::judge::Judged;
use super::{Given, Outcome, Plan, Planned};
use crate::change::{ContentHash, FileChange};
use crate::error::Result;
use crate::fgd::archive_log::{ArchiveLog, Entry};
use crate::fgd::fabric_file::ArchiveStrategy;
use crate::fgd::inbox::{Composed, Inbox, ObjectRead, SourceFile};
use crate::fgd::layout::numbered;
use crate::fgd::managed::ManagedIndex;
use crate::finding::in_order;
use crate::id::RepoPath;
use crate::schema::{ResourceId, short_enough};

/// How many sources of one name are archived beside each other by number.
const MOST_OF_ONE_NAME: usize = 999;

/// Turns verdicts into changes.
pub(super) fn settle(
    given: &Given<'_>,
    inbox: Inbox,
    managed: &ManagedIndex,
    verdicts: Verdicts,
    judged: Judged,
) -> Result<Plan> {
    let mut findings = inbox.unreadable;
    findings.extend(verdicts.warnings);
    findings.extend(judged.findings);
    let plan = Plan { findings, standing: judged.standing, ..Plan::default() };
    let mut settler = Settler { given, managed, plan, writes: BTreeMap::new(), log: given.log.clone() };
    for (file, verdicts) in inbox.files.into_iter().zip(verdicts.of) {
        settler.file(file, verdicts);
    }
    settler.finish()
}

struct Settler<'a> {
    given: &'a Given<'a>,
    managed: &'a ManagedIndex,
    plan: Plan,
    writes: BTreeMap<RepoPath, FileChange>,
    log: ArchiveLog,
}

impl Settler<'_> {
    fn file(&mut self, mut file: SourceFile, verdicts: Vec<Verdict>) {
        let place = u32::try_from(self.plan.files.len()).unwrap_or(u32::MAX);
        self.plan.files.push(file.path.clone());
        let count = file.document_count();
        let documents = std::mem::replace(&mut file.documents, Ok(Vec::new())).unwrap_or_default();
        let (mut written, mut accepted, mut rejected) = (Vec::new(), Vec::new(), false);
        let mut documents = documents.into_iter();
        for verdict in verdicts {
            let document = documents.next();
            let (index, line) = document.as_ref().map_or((0, 1), |document| (document.index, document.line));
            let outcome = match (verdict, document.map(|document| document.object)) {
                (Verdict::Rejected(finding), _) | (_, Some(Err(finding))) => {
                    rejected = true;
                    self.plan.findings.push((*finding).clone());
                    Outcome::Rejected(finding)
                }
                (verdict, Some(Ok(read))) => {
                    accepted.push(read.content);
                    self.object(verdict, read)
                }
                // A file that can't be read as text has a rejection and no document.
                (_, None) => continue,
            };
            if let Outcome::Created { id, .. } | Outcome::Unmanaged { id, .. } = &outcome {
                let name = format!("{} {}/{}", id.kind, id.namespace, id.name);
                written.push(serde_yaml::Value::String(name));
            }
            self.plan.documents.push(Planned { file: place, index, line, outcome });
        }
        self.archive(file, count, written, accepted, rejected);
    }

    fn object(&mut self, verdict: Verdict, read: ObjectRead) -> Outcome {
        let id = read.id().clone();
        match (verdict, read.text) {
            (Verdict::Managed { directory }, Some(Composed::Managed(annotated))) => {
                let text = annotated.text.into_bytes();
                match self.managed.find(&id, true) {
                    Some((path, standing)) => {
                        let path = path.clone();
                        self.write(path.clone(), Some(standing.file), text);
                        Outcome::Updated { id, path }
                    }
                    None => {
                        let path =
                            self.free_path(&self.given.layout.managed().join(&directory), &id.file_name());
                        self.write(path.clone(), None, text);
                        Outcome::Created { id, path }
                    }
                }
            }
            (Verdict::Unmanaged, Some(Composed::Verbatim(text))) => {
                let (path, before) = self.unmanaged_path(&id);
                self.write(path.clone(), before, text.into_bytes());
                Outcome::Unmanaged { id, path }
            }
            _ => Outcome::Unchanged { id },
        }
    }

    fn unmanaged_path(&self, id: &ResourceId) -> (RepoPath, Option<ContentHash>) {
        match self.managed.find(id, false) {
            Some((path, standing)) => (path.clone(), Some(standing.file)),
            None => (self.free_path(&self.given.layout.unmanaged(), &id.file_name_with_kind()), None),
        }
    }

    /// The path for a new file: the wished one, or the first of `-2`, `-3`, … that is free.
    fn free_path(&self, directory: &RepoPath, wished: &str) -> RepoPath {
        let mut paths = (1..).map(|n| directory.join(&numbered(wished, n)));
        paths
            .find(|path| !self.managed.has(path) && !self.writes.contains_key(path))
            .unwrap_or_else(|| directory.join(wished))
    }

    fn write(&mut self, path: RepoPath, before: Option<ContentHash>, text: Vec<u8>) {
        self.writes.insert(path.clone(), FileChange::write(path, before, text));
    }

    /// Archives a file whose documents are all accounted for; else notes what was taken from it.
    fn archive(
        &mut self,
        file: SourceFile,
        count: usize,
        written: Vec<serde_yaml::Value>,
        accepted: Vec<ContentHash>,
        rejected: bool,
    ) {
        let original = file.path.below(self.given.layout.root()).unwrap_or(file.path.as_str()).to_owned();
        let hash = format!("sha256:{}", file.hash);
        let mut entry = Entry::ingestion(&original, hash, u32::try_from(count).unwrap_or(u32::MAX));
        entry.documents_created = written;
        if rejected {
            let known = taken(self.given, &file);
            // The same document may stand in it twice, and some that were taken may stand in it no more.
            let is_known = accepted.iter().all(|document| known.contains(document));
            self.plan.waiting.insert(file.path);
            if is_known {
                return;
            }
            entry.round = self.log.round(&original, entry.content_hash.as_deref().unwrap_or_default());
            entry.documents_taken = accepted.iter().map(ContentHash::to_string).collect();
            self.log.append(entry);
            return;
        }
        entry.ends = self.log.open_entries(&original);
        let to = self.archive_path(&file);
        if let Some(to) = &to {
            let below = to.below(self.given.layout.root()).unwrap_or(to.as_str()).to_owned();
            entry.archived_to = Some(below);
        }
        self.log.append(entry);
        self.writes.insert(file.path.clone(), FileChange::delete(file.path.clone(), file.hash));
        self.plan.archived.insert(file.path, to.clone());
        if let Some(to) = to
            && (self.given.archive_taken)(&to).is_none()
        {
            self.write(to, None, file.bytes);
        }
    }

    /// Where the source goes: a free path, or one that holds the same bytes already.
    fn archive_path(&self, file: &SourceFile) -> Option<RepoPath> {
        let name = file.path.file_name();
        let directory = file.path.as_str().strip_suffix(name).unwrap_or_default();
        let source = RepoPath::root().join(&format!("{directory}{}", short_enough(name)));
        let wished = match self.given.fabric.archive_strategy {
            ArchiveStrategy::None => return None,
            ArchiveStrategy::RenameWithExtension => format!("{source}.archived"),
            ArchiveStrategy::BackupWithTimestamp => format!("{source}.{}.bak", mark(file.hash)),
            ArchiveStrategy::MoveToArchiveDir => {
                let below = source.below(&self.given.layout.raw()).unwrap_or_else(|| source.file_name());
                self.given.layout.archive_dir().join(below).to_string()
            }
        };
        let wished = RepoPath::parse(&wished).ok()?;
        let numbered = (1..=MOST_OF_ONE_NAME).map(|n| RepoPath::root().join(&format!("{wished}.{n}")));
        let is_free = |path: &RepoPath| {
            let planned =
                self.writes.get(path).and_then(|change| change.after.as_deref()).map(ContentHash::of);
            let standing = planned.or_else(|| (self.given.archive_taken)(path));
            standing.is_none_or(|standing| standing == file.hash)
        };
        // Where not even one of these can be looked at, writing will say why.
        let own = || RepoPath::root().join(&format!("{wished}.{}", mark(file.hash)));
        Some(std::iter::once(wished.clone()).chain(numbered).find(is_free).unwrap_or_else(own))
    }

    fn finish(mut self) -> Result<Plan> {
        if self.log != *self.given.log {
            let path = self.given.layout.archive_log();
            self.write(path, self.given.log_on_disk, self.log.text()?.into_bytes());
        }
        self.plan.changes = self.writes.into_values().collect();
        in_order(&mut self.plan.findings);
        self.plan.findings.dedup();
        Ok(self.plan)
    }
}

/// Enough of a hash to tell two contents of one name apart.
fn mark(hash: ContentHash) -> String {
    hash.to_string().chars().take(12).collect()
}
