//! Where a file's bytes go when it moves: where nothing stands and nothing else goes, or where the same bytes
//! are already.

use super::{Planner, Standing};
use crate::change::{ContentHash, FileChange};
use crate::fgd::layout::numbered;
use crate::id::RepoPath;

impl Planner<'_> {
    /// Moves a file to the inbox, and says so.
    pub(super) fn move_to_raw(
        &mut self,
        changes: &mut Vec<FileChange>,
        file: &Standing<'_>,
        so_that: &str,
    ) -> String {
        let raw = self.layout.raw();
        let (to, moved) = self.keep(changes, file.bytes, |n| raw.join(&numbered(file.path.file_name(), n)));
        changes.push(remove(file));
        let fate = self.fate(&to, moved);
        if moved { format!("{fate}, {so_that}") } else { fate }
    }

    /// Sees to it that these bytes stand at one of the candidates (counted from 1): the first that holds
    /// them already, by what stands or by the repair's own `changes`, or that is free. Says which one it
    /// is, and whether the bytes are written there. Candidates must be where no repair takes files away.
    pub(super) fn keep(
        &mut self,
        changes: &mut Vec<FileChange>,
        bytes: &[u8],
        candidate: impl Fn(usize) -> RepoPath,
    ) -> (RepoPath, bool) {
        let mut n = 0;
        loop {
            n += 1;
            let path = candidate(n);
            let planned = changes.iter().find(|change| change.path == path);
            let held = planned.and_then(|change| change.after.as_deref());
            if held.or_else(|| self.standing.get(&path).map(|file| file.bytes)) == Some(bytes) {
                return (path, false);
            }
            if self.take(&path) {
                changes.push(FileChange::write(path.clone(), None, bytes.to_vec()));
                return (path, true);
            }
        }
    }

    /// The first of the candidates, counted from 1, that is free; it is taken from now on.
    pub(super) fn free(&mut self, candidate: impl Fn(usize) -> RepoPath) -> RepoPath {
        let mut n = 1;
        while !self.take(&candidate(n)) {
            n += 1;
        }
        candidate(n)
    }

    /// Takes a path, unless it is taken.
    fn take(&mut self, path: &RepoPath) -> bool {
        self.taken.insert(path.as_str().to_lowercase())
    }

    /// What becomes of a file whose bytes are kept at `to`.
    pub(super) fn fate(&self, to: &RepoPath, moved: bool) -> String {
        let to = self.shown(to);
        if moved { format!("moves to {to}") } else { format!("is removed, since {to} is the same file") }
    }
}

pub(super) fn remove(file: &Standing<'_>) -> FileChange {
    FileChange::delete(file.path.clone(), ContentHash::of(file.bytes))
}
