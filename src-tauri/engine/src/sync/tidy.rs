//! What is done to the directory by hand: putting its structure right, and clearing the inbox.

use std::collections::HashSet;

use crate::change::{ContentHash, FileChange};
use crate::error::{Error, Result};
use crate::fgd::{self, Layout, Repair, Standing};
use crate::id::RepoPath;
use crate::operation::{Step, Unit};
use crate::sync::flow::Flow;
use crate::sync::ingest::read_if_there;
use crate::sync::message;
use crate::sync::status::count;

impl Flow<'_> {
    /// What is not right with the directory's structure, and what would put it right. Files that somebody
    /// is at work on are left alone.
    pub(crate) fn repairs(&self) -> Result<Vec<Repair>> {
        let files = fgd::structure_files(self.repo.work_tree(), &self.layout)?;
        let standing: Vec<Standing<'_>> =
            files.iter().map(|(path, bytes)| Standing { path: path.clone(), bytes }).collect();
        let mut repairs = fgd::repairs(&self.layout, self.name, &standing);
        let head = self.repo.tip(self.branch)?;
        let edited: HashSet<RepoPath> =
            self.edits_below(head.as_ref(), &self.layout.managed())?.into_iter().collect();
        repairs.retain(|repair| !repair.changes.iter().any(|change| edited.contains(&change.path)));
        Ok(repairs)
    }

    /// Puts the structure right, as one commit.
    pub(super) fn repair(&mut self) -> Result<()> {
        self.report.begin(Step::Write, Some(Unit::Files))?;
        let repairs = self.repairs()?;
        let changes: Vec<FileChange> =
            repairs.iter().flat_map(|repair| repair.changes.iter().cloned()).collect();
        if changes.is_empty() {
            self.report.skip(Step::Write, "everything is in its place");
            self.report.skip(Step::Commit, "nothing to commit");
            return Ok(());
        }
        let head = self.repo.tip(self.branch)?;
        let text = message::repair(&repairs, self.layout.root(), &self.report.operation());
        self.commit(head.as_ref(), &changes, changes.len(), &text)?;
        self.result.repaired = repairs.len();
        self.report.end(Step::Write, count(changes.len(), "file", "files"));
        self.tell_commit();
        Ok(())
    }

    /// Takes a file out of the inbox. Its bytes stay in this clone's object store, under a ref of ours.
    pub(super) fn discard(&mut self, file: &RepoPath) -> Result<()> {
        let Some(bytes) = self.begin_with(file)? else { return Ok(()) };
        let hash = ContentHash::of(&bytes);
        self.repo.keep_blob(&bytes, &hash.to_string())?;
        self.result.done = Some(format!("took {} out of the inbox", file.file_name()));
        self.leave(file, None, vec![FileChange::delete(file.clone(), hash)])
    }

    /// Moves a file from the inbox to `unmanaged/`, byte for byte.
    pub(super) fn move_to_unmanaged(&mut self, file: &RepoPath) -> Result<()> {
        let Some(bytes) = self.begin_with(file)? else { return Ok(()) };
        let to = self.free_name(&self.layout.unmanaged(), file.file_name());
        self.result.done = Some(format!("moved {} to {to}", file.file_name()));
        let gone = FileChange::delete(file.clone(), ContentHash::of(&bytes));
        self.leave(file, Some(&to), vec![gone, FileChange::write(to.clone(), None, bytes)])
    }

    fn begin_with(&self, file: &RepoPath) -> Result<Option<Vec<u8>>> {
        let waits = file.below(&self.layout.raw()).is_some_and(|rest| !rest.is_empty());
        if !waits || !Layout::takes(file.file_name()) {
            return Err(Error::NotInTheInbox { file: file.clone() });
        }
        self.report.begin(Step::Write, Some(Unit::Files))?;
        let path = file.under(self.repo.work_tree());
        let is_file = path.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
        let bytes = if is_file { read_if_there(self.repo.work_tree(), file)? } else { None };
        if bytes.is_none() {
            self.report.skip(Step::Write, "the file is gone");
            self.report.skip(Step::Commit, "nothing to commit");
        }
        Ok(bytes)
    }

    fn leave(&mut self, file: &RepoPath, to: Option<&RepoPath>, changes: Vec<FileChange>) -> Result<()> {
        let head = self.repo.tip(self.branch)?;
        let text = message::left_the_inbox(file, to, self.layout.root(), &self.report.operation());
        self.commit(head.as_ref(), &changes, 1, &text)?;
        self.report.end(Step::Write, "1 file");
        self.tell_commit();
        Ok(())
    }

    /// A path in a directory at which nothing stands: the wished one, or the first of `-2`, `-3`, ….
    fn free_name(&self, directory: &RepoPath, wished: &str) -> RepoPath {
        let is_free = |path: &RepoPath| path.under(self.repo.work_tree()).symlink_metadata().is_err();
        let mut paths = (1..).map(|n| directory.join(&fgd::numbered(wished, n)));
        paths.find(is_free).unwrap_or_else(|| directory.join(wished))
    }
}
