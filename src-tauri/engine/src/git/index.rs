//! The user's index, brought up to date for the files that we wrote, and for no others.

use std::collections::BTreeSet;
use std::fs::Metadata;
use std::path::Path;
use std::time::Duration;

use git2::{ErrorCode, Index, IndexEntry, IndexTime, Oid};
use rayon::prelude::*;

use super::compare::{Entry, TreePaths};
use super::disk::{OnDisk, Parents};
use super::read::blob_id;
use super::repo::Repo;
use super::whole_file::write_whole;
use crate::change::FileChange;
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::{RepoPath, Revision};

/// How often, and how long apart, a locked index is tried: a live `git status` holds it for less.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(40);
/// The paths for which the index is still to be brought up to date.
const OWED: &str = "index-owed";

impl Repo {
    /// Makes `git status` clean and quick for the changed paths, as of the commit `to`.
    ///
    /// What the user staged at other paths stays staged. An index that stays locked or that can't
    /// be written is left as it is: Git then shows our files as changed, nothing is lost, and
    /// [`catch_up_index`](Self::catch_up_index) tries again.
    pub(super) fn refresh_index(&self, to: &Revision, changes: &[FileChange]) -> Result<()> {
        let paths: Vec<&RepoPath> = changes.iter().map(|change| &change.path).collect();
        self.refresh_paths(to, &paths).map(drop)
    }

    /// Brings the index up to date for paths for which that failed before.
    pub(crate) fn catch_up_index(&self, tip: &Revision) -> Result<()> {
        let owed = self.owed()?;
        if owed.is_empty() {
            return Ok(());
        }
        if !self.refresh_paths(tip, &owed.iter().collect::<Vec<_>>())? {
            return Ok(());
        }
        pass(Point::IndexCaughtUp)?;
        let note = self.intent_dir()?.join(OWED);
        std::fs::remove_file(&note).map_err(Error::io(note))
    }

    /// Whether that could be done; what could not is noted.
    fn refresh_paths(&self, to: &Revision, paths: &[&RepoPath]) -> Result<bool> {
        if paths.is_empty() {
            return Ok(true);
        }
        let tree = self.tree_of(Some(to))?;
        for attempt in 1..=TRIES {
            match self.try_refresh(tree, paths) {
                Ok(()) => return Ok(true),
                Err(error) if attempt < TRIES && is_locked(&error) => std::thread::sleep(PAUSE),
                Err(error) => {
                    tracing::warn!(%error, "the index was left as it is for now");
                    break;
                }
            }
        }
        self.owe(paths).map(|()| false)
    }

    /// Notes the paths, a line each, beside those of earlier failures.
    fn owe(&self, paths: &[&RepoPath]) -> Result<()> {
        let mut owed: BTreeSet<RepoPath> = self.owed()?.into_iter().collect();
        owed.extend(paths.iter().map(|path| (*path).clone()));
        let text: String = owed.iter().map(|path| format!("{path}\n")).collect();
        let note = self.intent_dir()?.join(OWED);
        write_whole(&note, text.as_bytes())?;
        pass(Point::IndexOwed)
    }

    fn owed(&self) -> Result<Vec<RepoPath>> {
        let text = std::fs::read_to_string(self.intent_dir()?.join(OWED)).unwrap_or_default();
        Ok(text.lines().filter_map(|line| super::compare::repo_path(line.as_bytes())).collect())
    }

    fn try_refresh(&self, tree: Option<Oid>, paths: &[&RepoPath]) -> Result<()> {
        let mut committed = TreePaths::new(self.git(), tree)?;
        let mut index = self.git().index()?;
        index.read(true)?;
        let mut there = Vec::new();
        for path in paths {
            match committed.leaf(path)? {
                Some(entry) => there.push((*path, entry)),
                None => remove(&mut index, path)?,
            }
        }
        // After the removals: a file `a` has to be out before `a/b` gets in.
        for (entry, stamp) in self.stamps(&there)? {
            index.add(&stamped(entry, stamp))?;
        }
        pass(Point::IndexChanged)?;
        index.write()?;
        pass(Point::IndexWritten)
    }

    /// The stamps of those files that hold the committed bytes: with the stamp of any other, Git would take
    /// that one for unchanged. A stamp is older than the bytes that were compared.
    fn stamps<'p>(&self, there: &[(&'p RepoPath, Entry)]) -> Result<Vec<Stamped<'p>>> {
        let parents = Parents::of(self.work_tree(), there.iter().map(|(path, _)| *path))?;
        let stamp = |&(path, committed): &(&'p RepoPath, Entry)| -> Result<Stamped<'p>> {
            let stamp = match parents.look(path)? {
                OnDisk::File { bytes, metadata } if blob_id(&bytes)? == committed.id.to_string() => {
                    Some(metadata)
                }
                _ => None,
            };
            Ok(((path, committed), stamp))
        };
        there.par_iter().map(stamp).collect()
    }
}

/// A committed file, and the stamp of the one on disk where that is the same.
type Stamped<'p> = ((&'p RepoPath, Entry), Option<Metadata>);

fn stamped((path, committed): (&RepoPath, Entry), metadata: Option<Metadata>) -> IndexEntry {
    let mut entry = IndexEntry {
        ctime: IndexTime::new(0, 0),
        mtime: IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode: u32::try_from(committed.mode).unwrap_or_default(),
        uid: 0,
        gid: 0,
        file_size: 0,
        id: committed.id,
        flags: 0,
        flags_extended: 0,
        path: path.as_str().into(),
    };
    if let Some(metadata) = metadata {
        stamp(&mut entry, &metadata);
    }
    entry
}

fn remove(index: &mut Index, path: &RepoPath) -> Result<()> {
    match index.remove(Path::new(path.as_str()), 0) {
        Err(error) if error.code() != ErrorCode::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn is_locked(error: &crate::error::Error) -> bool {
    matches!(error, crate::error::Error::Git(error) if error.code() == ErrorCode::Locked)
}

/// The file's stamp, in the form of the index: what does not fit its 32 bits is cut off, as Git does.
#[cfg(unix)]
#[allow(clippy::cast_possible_truncation, reason = "the index format has 32 bits, and Git truncates")]
fn stamp(entry: &mut IndexEntry, metadata: &Metadata) {
    use std::os::unix::fs::MetadataExt;
    let time = |seconds: i64, nanoseconds: i64| IndexTime::new(seconds as i32, nanoseconds as u32);
    entry.ctime = time(metadata.ctime(), metadata.ctime_nsec());
    entry.mtime = time(metadata.mtime(), metadata.mtime_nsec());
    entry.dev = metadata.dev() as u32;
    entry.ino = metadata.ino() as u32;
    entry.uid = metadata.uid();
    entry.gid = metadata.gid();
    entry.file_size = metadata.size() as u32;
}

/// Without a stamp, Git compares the bytes once, and stamps the entry itself.
#[cfg(not(unix))]
fn stamp(_entry: &mut IndexEntry, _metadata: &Metadata) {}
