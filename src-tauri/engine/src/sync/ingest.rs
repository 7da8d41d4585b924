//! The half of the flow that takes what waits: structure, inbox, plan, write, commit.

use std::collections::HashSet;
use std::path::Path;

use rayon::prelude::*;

use crate::beneath;
use crate::change::{ContentHash, FileChange};
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::fgd::{self, ArchiveLog, FabricFile, FileEntry, Given, Inbox, Look, Plan, Reading, SourceFile};
use crate::finding::Finding;
use crate::id::{RepoPath, Revision};
use crate::operation::{Step, Unit};
use crate::settings::by_template;
use crate::sync::flow::Flow;
use crate::sync::message;
use crate::sync::status::count;

/// How many files are read between two looks at whether the run is still wanted.
const AT_ONCE: usize = 64;

impl Flow<'_> {
    /// Makes the structure where it is missing, as a commit of its own.
    pub(super) fn set_up(&mut self) -> Result<()> {
        let step = Step::Write;
        let head = self.repo.tip(self.branch)?;
        let changes = self.missing_structure(head.as_ref())?;
        if changes.is_empty() {
            self.report.skip(step, "all is there");
            self.report.skip(Step::Commit, "nothing to commit");
            return Ok(());
        }
        self.report.begin(step, Some(Unit::Files))?;
        let text = message::structure(self.name, self.layout.root(), &self.report.operation());
        self.commit(head.as_ref(), &changes, changes.len(), &text)?;
        self.report.end(step, count(changes.len(), "file", "files"));
        self.tell_commit();
        self.result.set_up = true;
        Ok(())
    }

    fn missing_structure(&self, head: Option<&Revision>) -> Result<Vec<FileChange>> {
        let committed = match head {
            Some(head) => self.repo.list(head, self.layout.root())?,
            None => Vec::new(),
        };
        let present: HashSet<RepoPath> = committed.into_iter().map(|file| file.path).collect();
        let mut changes = fgd::missing_structure(&self.layout, self.name, &present);
        // A file that is there and in no commit is somebody's: it is not replaced either.
        let work_tree = self.repo.work_tree();
        let on_disk = |path: &RepoPath| path.under(work_tree).symlink_metadata().is_ok();
        changes.retain(|change| change.path.file_name() == ".gitkeep" || !on_disk(&change.path));
        for change in &mut changes {
            change.before = read_if_there(work_tree, &change.path)?.map(|bytes| ContentHash::of(&bytes));
        }
        Ok(changes)
    }

    /// Takes what waits in the inbox: scan, parse, plan, write, commit.
    pub(super) fn ingest(&mut self) -> Result<()> {
        if !self.layout.fabric_file().under(self.repo.work_tree()).is_file() {
            return Err(Error::NotInitialised { directory: self.layout.root().clone() });
        }
        self.report.begin(Step::Scan, Some(Unit::Files))?;
        let look = self.glance()?;
        self.result.scanned = true;
        self.result.inbox.clone_from(&look.entries);
        self.report.count(Step::Scan, look.entries.len(), Some(look.entries.len()), None)?;
        if look.entries.is_empty() && look.unreadable.is_empty() {
            self.report.end(Step::Scan, "the inbox is empty");
            for step in [Step::Parse, Step::Validate, Step::Write, Step::Commit] {
                self.report.skip(step, "nothing to do");
            }
            return Ok(());
        }
        if look.entries.iter().any(|entry| !self.left.contains(entry)) {
            self.report.loud();
        }
        self.look_at_what_stands(Some(Step::Scan))?;
        self.report.end(Step::Scan, count(look.entries.len(), "file", "files"));

        let plan = self.plan(look)?;
        self.result.documents = plan.counts();
        self.result.findings.extend(plan.findings.iter().cloned());
        self.result.inbox.retain(|entry| !plan.archived.contains_key(&entry.path));
        if plan.is_empty() {
            self.report.skip(Step::Write, "nothing new");
            self.report.skip(Step::Commit, "nothing to commit");
            return Ok(());
        }
        self.report.loud();
        self.write(&plan)
    }

    /// Reads what has changed below `managed/` and `unmanaged/`, and checks what that touches.
    pub(crate) fn look_at_what_stands(&mut self, step: Option<Step>) -> Result<()> {
        let (report, root) = (self.report, self.layout.root());
        let hear = |since| self.sight.hear(root, since);
        self.index.refresh(self.repo.work_tree(), &self.layout, &hear, &mut |done, total| match step {
            Some(step) => report.count(step, done, Some(total), None),
            None => Ok(()),
        })
    }

    /// Plans what a sync would do with what waits now, and writes nothing.
    pub(crate) fn preview(&mut self) -> Result<Plan> {
        self.report.begin(Step::Scan, Some(Unit::Files))?;
        let look = self.glance()?;
        self.look_at_what_stands(Some(Step::Scan))?;
        self.report.end(Step::Scan, count(look.entries.len(), "file", "files"));
        self.plan(look)
    }

    /// A look at the inbox. One that a run took when it began is good enough where files waited then: what has
    /// changed since shows in the look that follows.
    fn glance(&mut self) -> Result<Look> {
        match self.look.take().filter(|look| !look.entries.is_empty()) {
            Some(look) => Ok(look),
            None => Look::at(self.repo.work_tree(), &self.layout),
        }
    }

    /// The same for a text that nobody has put anywhere yet, as if it were this file of the inbox, alone.
    pub(crate) fn preview_of(&mut self, path: RepoPath, bytes: Vec<u8>) -> Result<Plan> {
        self.report.begin(Step::Scan, Some(Unit::Files))?;
        self.look_at_what_stands(Some(Step::Scan))?;
        let fabric = self.fabric_file()?;
        let reading =
            Reading { fabric_name: &fabric.fabric_name, managed: self.index, schemas: self.index.schemas() };
        let file = SourceFile::parse(path, bytes, reading);
        self.plan_inbox(Inbox { files: vec![file], unreadable: Vec::new() }, &fabric)
    }

    fn parse(&self, entries: &[FileEntry], unreadable: Vec<Finding>, fabric: &FabricFile) -> Result<Inbox> {
        self.report.begin(Step::Parse, Some(Unit::Documents))?;
        let reading =
            Reading { fabric_name: &fabric.fabric_name, managed: self.index, schemas: self.index.schemas() };
        let work_tree = self.repo.work_tree();
        let mut inbox = Inbox { files: Vec::with_capacity(entries.len()), unreadable };
        let mut documents = 0;
        for some in entries.chunks(AT_ONCE) {
            let current = some.first().map(|entry| entry.path.file_name());
            self.report.count(Step::Parse, documents, None, current)?;
            let read: Vec<_> =
                some.par_iter().map(|entry| SourceFile::read(work_tree, &entry.path, reading)).collect();
            for file in read {
                match file {
                    Ok(Some(file)) => {
                        documents += file.document_count();
                        inbox.files.push(file);
                    }
                    Ok(None) => {}
                    Err(finding) => inbox.unreadable.push(*finding),
                }
            }
        }
        self.report.count(Step::Parse, documents, Some(documents), None)?;
        let files = count(inbox.files.len(), "file", "files");
        self.report.end(Step::Parse, format!("{} in {files}", count(documents, "document", "documents")));
        Ok(inbox)
    }

    /// Plans without writing: what is to be done with what waits and is written to its end. Files are read while
    /// they settle; what turns out not to have been settled is read again, or left for the next run.
    fn plan(&mut self, look: Look) -> Result<Plan> {
        let fabric = self.fabric_file()?;
        let (seen, unreadable) = (look.entries.clone(), look.unreadable.clone());
        let inbox = self.parse(&seen, unreadable.clone(), &fabric)?;
        let settled = look.settled(self.repo.work_tree(), &self.layout)?;
        if self.result.scanned {
            self.result.inbox.clone_from(&settled.entries);
        }
        let is_same = settled.entries == seen && settled.unreadable == unreadable;
        let inbox = if is_same { inbox } else { self.parse(&settled.entries, settled.unreadable, &fabric)? };
        self.plan_inbox(inbox, &fabric)
    }

    fn plan_inbox(&mut self, inbox: Inbox, fabric: &FabricFile) -> Result<Plan> {
        let report = self.report;
        report.begin(Step::Validate, Some(Unit::Objects))?;
        let incoming: usize = inbox.files.iter().map(SourceFile::document_count).sum();
        let total = self.index.len() + incoming;
        report.count(Step::Validate, 0, Some(total), None)?;
        let work_tree = self.repo.work_tree();
        let log_path = self.layout.archive_log();
        let log_bytes = read_if_there(work_tree, &log_path)?;
        let log = match &log_bytes {
            Some(bytes) => ArchiveLog::read(&log_path, bytes)?,
            None => ArchiveLog::empty(),
        };
        let head = self.repo.tip(self.branch)?;
        let edited: HashSet<RepoPath> =
            self.edits_below(head.as_ref(), &self.layout.managed())?.into_iter().collect();
        let given = Given {
            layout: &self.layout,
            fabric,
            edited: &edited,
            log: &log,
            log_on_disk: log_bytes.as_deref().map(ContentHash::of),
            archive_taken: &|path| hash_at(work_tree, path),
        };
        let plan = Plan::new(&given, inbox, self.index)?;
        report.count(Step::Validate, total, Some(total), None)?;
        let rejected = plan.counts().rejected as usize;
        let note = if rejected == 0 {
            count(incoming, "object is", "objects are") + " fine"
        } else {
            format!("{} rejected", count(rejected, "document", "documents"))
        };
        report.end(Step::Validate, note);
        Ok(plan)
    }

    /// The fabric's own file; one that is not there yet says what a new one would.
    pub(super) fn fabric_file(&self) -> Result<FabricFile> {
        let path = self.layout.fabric_file();
        match read_if_there(self.repo.work_tree(), &path)? {
            Some(bytes) => FabricFile::read(&path, &bytes, self.layout.root()),
            None => FabricFile::read(&path, FabricFile::text(self.name).as_bytes(), self.layout.root()),
        }
    }

    fn write(&mut self, plan: &Plan) -> Result<()> {
        self.report.begin(Step::Write, Some(Unit::Objects))?;
        // Read after the plan: the structure that was just made may be its parent.
        let head = self.repo.tip(self.branch)?;
        let text = message::ingestion(plan, self.layout.root(), &self.report.operation());
        let counts = plan.counts();
        let written = (counts.created + counts.updated + counts.unmanaged) as usize;
        self.commit(head.as_ref(), &plan.changes, written, &text)?;
        self.report.end(Step::Write, format!("{} written", count(written, "object", "objects")));
        self.tell_commit();
        Ok(())
    }

    /// A commit message of ours, as the user wants it worded.
    pub(super) fn worded(&self, message: &str) -> String {
        match self.template {
            Some(template) => by_template(template, message, self.name, self.branch.as_str()),
            None => message.to_owned(),
        }
    }

    pub(super) fn tell_commit(&self) {
        match &self.result.commit {
            Some(commit) => self.report.end(Step::Commit, commit.revision.short()),
            None => self.report.skip(Step::Commit, "nothing to commit"),
        }
    }

    /// Git's objects first, then the work tree, then the branch. Counts as `pieces` what is written, over
    /// both halves of the way: to a person it is one. Where no file of the tree changes (an untracked
    /// source that was archived before, say), there is no commit, and only the disk is brought there.
    pub(super) fn commit(
        &mut self,
        parent: Option<&Revision>,
        changes: &[FileChange],
        pieces: usize,
        message: &str,
    ) -> Result<()> {
        let report = self.report;
        let total = (changes.len() * 2).max(1);
        let count = |done: usize, current| {
            // A cancelled run stops between the halves, before the work tree is touched.
            drop(report.count(Step::Write, done * pieces / total, Some(pieces), current));
        };
        let revision = self
            .repo
            .commit(parent, changes, &self.worded(message), &mut |done, _| count(done as usize, None))?;
        pass(Point::FlowCommitted)?;
        report.check()?;
        let to = match parent {
            Some(parent) if self.repo.same_tree(parent, &revision)? => parent,
            _ => &revision,
        };
        self.move_to(parent, to, &self.repo.survey(changes)?, &mut |done| {
            count(changes.len() + done, changes.get(done).map(|change| change.path.file_name()));
        })?;
        if Some(to) != parent {
            self.result.commit = Some(self.repo.commit_summary(to)?);
        }
        Ok(())
    }
}

/// What stands at a path; of what can't be read, a hash that is no source's.
fn hash_at(work_tree: &Path, path: &RepoPath) -> Option<ContentHash> {
    match read_if_there(work_tree, path) {
        Ok(bytes) => bytes.map(|bytes| ContentHash::of(&bytes)),
        Err(_) => Some(ContentHash::of(b"what is no file has the bytes of none")),
    }
}

/// Reads a file; whatever is no plain file is an error, since a pipe would never end.
pub(super) fn read_if_there(work_tree: &Path, path: &RepoPath) -> Result<Option<Vec<u8>>> {
    match beneath::open(work_tree, path).and_then(|opened| opened.read(u64::MAX)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error)
            if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(Error::io(path.under(work_tree))(error)),
    }
}
