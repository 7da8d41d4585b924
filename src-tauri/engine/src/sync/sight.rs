//! What differs on disk in a fabric's directory, known by as few looks as can be.
//!
//! A look at everything costs a call of the system for each file. While a watch hears of the directory, only what it
//! heard of since the last such look has to be looked at, and what was committed since.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::change::{BELIEVED, Heard};
use crate::error::Result;
use crate::git::Repo;
use crate::id::{RepoPath, Revision};
use crate::sync::watch::Watch;

/// From how many paths on a look at everything costs less.
const MANY: usize = 1_000;

/// A watch over a directory, and what the last look found.
#[derive(Default)]
pub(crate) struct Sight {
    watch: Mutex<Option<Arc<Watch>>>,
    last: Mutex<Option<Looked>>,
}

#[derive(Clone)]
struct Looked {
    /// What was committed.
    head: Revision,
    /// What differed from it.
    edits: Vec<RepoPath>,
    /// The last change that was heard of before.
    heard: u64,
    /// When everything was looked at.
    at: Instant,
}

impl Sight {
    /// From now on this watch is asked.
    pub(crate) fn watch(&self, watch: Watch) {
        *lock(&self.watch) = Some(Arc::new(watch));
    }

    /// What was done below `root`, which is the watched directory, since the change of that number. None where
    /// nothing can be known: then everything has to be looked at.
    pub(crate) fn hear(&self, root: &RepoPath, since: Option<u64>) -> Option<Heard> {
        // Cloned first: it waits.
        let watch = lock(&self.watch).clone()?;
        let changed = watch.changed(since)?;
        let paths = changed.paths.and_then(|paths| {
            paths.iter().map(|path| below(root, path.strip_prefix(watch.directory()).ok()?)).collect()
        });
        Some(Heard { at: changed.at, paths })
    }

    /// Whether the next look will be at a few files only, most likely.
    pub(crate) fn is_quick(&self) -> bool {
        lock(&self.watch).is_some() && lock(&self.last).as_ref().is_some_and(|last| last.is_believed())
    }

    /// Plain files below `root` whose bytes on disk differ from the commit's, as of [`Repo::local_edits`].
    pub(crate) fn edits(
        &self,
        repo: &Repo,
        head: Option<&Revision>,
        root: &RepoPath,
    ) -> Result<Vec<RepoPath>> {
        let Some(head) = head else { return repo.local_edits(None, root) };
        let last = lock(&self.last).clone().filter(Looked::is_believed);
        // Before anything is looked at: what changes from now on is heard of after it.
        let heard = self.hear(root, last.as_ref().map(|last| last.heard));
        let at = Instant::now();
        if let (Some(last), Some(Heard { at: heard, paths: Some(paths) })) = (&last, &heard)
            && let Some(edits) = among(repo, last, head, root, paths)?
        {
            let (head, edits_now) = (head.clone(), edits.clone());
            *lock(&self.last) = Some(Looked { head, edits: edits_now, heard: *heard, at: last.at });
            return Ok(edits);
        }
        let edits = repo.local_edits(Some(head), root)?;
        *lock(&self.last) =
            heard.map(|heard| Looked { head: head.clone(), edits: edits.clone(), heard: heard.at, at });
        Ok(edits)
    }
}

impl Looked {
    fn is_believed(&self) -> bool {
        self.at.elapsed() < BELIEVED
    }
}

/// The edits among what differed before, what was heard of since, and what was committed since. None where
/// everything has to be looked at.
fn among(
    repo: &Repo,
    last: &Looked,
    head: &Revision,
    root: &RepoPath,
    heard: &[RepoPath],
) -> Result<Option<Vec<RepoPath>>> {
    let mut paths: BTreeSet<RepoPath> = heard.iter().chain(&last.edits).cloned().collect();
    if last.head != *head {
        let Some(committed) = repo.paths_between(&last.head, head, MANY)? else { return Ok(None) };
        paths.extend(committed.into_iter().map(|(path, ..)| path).filter(|path| path.below(root).is_some()));
    }
    if paths.len() > MANY { Ok(None) } else { repo.edits_among(head, root, &paths) }
}

fn below(root: &RepoPath, path: &Path) -> Option<RepoPath> {
    let mut joined = root.clone();
    for part in path.components() {
        joined = joined.join(part.as_os_str().to_str()?);
    }
    RepoPath::parse(joined.as_str()).ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
