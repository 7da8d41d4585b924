//! The user's index, brought up to date for the files that we wrote, and for no others.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use git2::{ErrorClass, ErrorCode, Index, IndexEntry, IndexTime, Oid};
use rayon::prelude::*;

use super::compare::{Entry, TreePaths};
use super::disk::{OnDisk, Parents, Unopened};
use super::durable::{sync_dir, sync_file};
use super::intent::Intent;
use super::read::blob_id;
use super::refs::Head;
use super::repo::{Repo, oid};
use super::seen::Seen;
use super::whole_file::{remove_if_there, write_whole};
use crate::beneath::Held;
use crate::change::FileChange;
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::{RepoPath, Revision};

/// How often, and how long apart, a locked index is tried: a live `git status` holds it for less.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(40);
/// The paths for which the index is still to be brought up to date.
const OWED: &str = "index-owed";
/// The index from before it is written, for as long as that is not safely on the disk. It is in the same directory:
/// a name that is made first there is not lost alone.
const BEFORE: &str = "index.fgd-before";

impl Repo {
    /// Makes `git status` clean and quick for the changed paths, as of the commit `to`.
    ///
    /// What the user staged at other paths stays staged. An index that stays locked or that can't
    /// be written is left as it is: Git then shows our files as changed, nothing is lost, and
    /// [`catch_up_index`](Self::catch_up_index) tries again.
    pub(super) fn refresh_index(
        &self,
        to: &Revision,
        changes: &[FileChange],
        known: &Known<'_>,
    ) -> Result<()> {
        let paths: Vec<&RepoPath> = changes.iter().map(|change| &change.path).collect();
        self.refresh_paths(to, &paths, Some(known)).map(drop)
    }

    /// Brings the index up to date for paths for which that failed before.
    pub(crate) fn catch_up_index(&self, tip: &Revision) -> Result<()> {
        let owed = self.owed()?;
        if owed.is_empty() {
            return Ok(());
        }
        if !self.refresh_paths(tip, &owed.iter().collect::<Vec<_>>(), None)? {
            return Ok(());
        }
        pass(Point::IndexCaughtUp)?;
        let note = self.intent_dir()?.join(OWED);
        remove_if_there(&note)
    }

    /// Whether it could be done now; else it is owed.
    fn refresh_paths(&self, to: &Revision, paths: &[&RepoPath], known: Option<&Known<'_>>) -> Result<bool> {
        if paths.is_empty() {
            return Ok(true);
        }
        let tree = self.tree_of(Some(to))?;
        for attempt in 1..=TRIES {
            match self.try_refresh(tree, paths, known) {
                Ok(()) => return Ok(true),
                Err(error) if attempt < TRIES && is_locked(&error) => std::thread::sleep(PAUSE),
                Err(error) => {
                    tracing::warn!(%error, "the index was left as it is for now");
                    return self.owe(paths).map(|()| false);
                }
            }
        }
        Ok(true)
    }

    /// Notes the paths, a line each, beside those of earlier failures.
    fn owe(&self, paths: &[&RepoPath]) -> Result<()> {
        let mut owed: BTreeSet<RepoPath> = self.owed()?.into_iter().collect();
        owed.extend(paths.iter().map(|path| (*path).clone()));
        let text: String = owed.iter().map(|path| format!("{path}\n")).collect();
        // An index that is behind shows what was written as staged to be taken back: the note has to last.
        let note = self.intent_dir()?.join(OWED);
        write_whole(&note, text.as_bytes())?;
        pass(Point::IndexOwed)
    }

    fn owed(&self) -> Result<Vec<RepoPath>> {
        let text = fs::read_to_string(self.intent_dir()?.join(OWED)).unwrap_or_default();
        Ok(text.lines().filter_map(|line| super::compare::repo_path(line.as_bytes())).collect())
    }

    fn try_refresh(&self, tree: Option<Oid>, paths: &[&RepoPath], known: Option<&Known<'_>>) -> Result<()> {
        let mut committed = TreePaths::new(self.git(), tree)?;
        let mut index = self.read_index()?;
        self.has_changed_index.set(true);
        let mut there = Vec::new();
        for path in paths {
            match committed.leaf(path)? {
                Some(entry) => there.push((*path, entry)),
                None => remove(&mut index, path)?,
            }
        }
        // After the removals: a file `a` has to be out before `a/b` gets in.
        for (entry, stamp) in self.stamps(&there, known)? {
            index.add(&stamped(entry, stamp))?;
        }
        pass(Point::IndexChanged)?;
        self.write_index(&mut index)?;
        self.has_changed_index.set(false);
        pass(Point::IndexWritten)
    }

    /// Writes the index so that a power cut leaves the old one or the new one: libgit2 does not sync it.
    fn write_index(&self, index: &mut Index) -> Result<()> {
        let git_dir = self.git().path();
        let (file, before) = (git_dir.join("index"), git_dir.join(BEFORE));
        remove_if_there(&before)?;
        match fs::hard_link(&file, &before) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                fs::copy(&file, &before).map_err(Error::io(&before))?;
                sync_file(&before)?;
            }
            _ => {}
        }
        index.write()?;
        sync_file(&file)?;
        sync_dir(git_dir)?;
        remove_if_there(&before)
    }

    /// The index as it is on disk. In the place of one that a power cut or a failing disk has damaged comes the one
    /// from before we wrote it, or else one that is as the checked out commit: files are not touched by that. The
    /// damaged one is kept as `fgd/index.damaged`.
    pub(super) fn read_index(&self) -> Result<Index> {
        let read = || {
            let mut index = self.git().index()?;
            // What was changed in memory and could not be written is forgotten. The first time there is nothing such,
            // and libgit2 reads it only if it has not just done so.
            index.read(self.has_read_index.replace(true))?;
            Ok::<_, git2::Error>(index)
        };
        match read() {
            Err(error) if self.is_index_damaged(&error) => {
                self.replace_index()?;
                Ok(read()?)
            }
            Err(error) if error.class() == ErrorClass::Index => {
                let said = format!("the index of the clone can't be read: {}", error.message());
                Err(git2::Error::new(error.code(), error.class(), said).into())
            }
            other => Ok(other?),
        }
    }

    /// Whether libgit2 can't read the index because of what is in it, and not since it is newer than libgit2.
    fn is_index_damaged(&self, error: &git2::Error) -> bool {
        if error.class() != ErrorClass::Index || error.message().contains("unsupported mandatory extension") {
            return false;
        }
        let Ok(bytes) = fs::read(self.git().path().join("index")) else { return false };
        // Versions 2 to 4 are those that there are.
        !bytes.starts_with(b"DIRC") || bytes.len() < 8 || matches!(bytes[4..8], [0, 0, 0, 2..=4])
    }

    fn replace_index(&self) -> Result<()> {
        let git_dir = self.git().path();
        let (file, before) = (git_dir.join("index"), git_dir.join(BEFORE));
        let _lock = IndexLock::take(&file)?;
        let (kept, staged) = (self.intent_dir()?.join("index.damaged"), self.intent_dir()?.join("index.new"));
        tracing::warn!(kept = %kept.display(), "the index is damaged and replaced; no file is touched");
        fs::copy(&file, &kept).map_err(Error::io(&kept))?;
        if before.exists() && Index::open(&before).is_ok() {
            fs::rename(&before, &file).map_err(Error::io(&file))?;
        } else {
            remove_if_there(&staged)?;
            let mut fresh = Index::open(&staged)?;
            if let Head::Branch { tip: Some(tip), .. } | Head::Detached(tip) = self.head()? {
                fresh.read_tree(&self.git().find_commit(oid(&tip)?)?.tree()?)?;
            }
            fresh.write()?;
            sync_file(&staged)?;
            fs::rename(&staged, &file).map_err(Error::io(&file))?;
        }
        sync_dir(git_dir)
    }

    /// The stamps of those files that hold the committed bytes: with the stamp of any other, Git would take
    /// that one for unchanged. A stamp is older than the bytes that were compared.
    fn stamps<'p>(
        &self,
        there: &[(&'p RepoPath, Entry)],
        known: Option<&Known<'_>>,
    ) -> Result<Vec<Stamped<'p>>> {
        let work_tree = self.work_tree();
        let parents = Parents::of(work_tree, there.iter().map(|(path, _)| *path))?;
        let blobs = known.map(|known| known.intent.blobs()).unwrap_or_default();
        let stamp =
            |held: &mut Held<'_>, &(path, committed): &(&'p RepoPath, Entry)| -> Result<Stamped<'p>> {
                let id = committed.id.to_string();
                if let Some(placed) = known.and_then(|known| known.placed.get(path))
                    && blobs.get(path) == Some(&id.as_str())
                    && let Unopened::File(metadata) = parents.find(path)?
                    && placed.is_renamed(&metadata)
                {
                    return Ok(((path, committed), Some(metadata)));
                }
                let stamp = match parents.look(held, path)? {
                    OnDisk::File { bytes, metadata, .. } if blob_id(&bytes)? == id => Some(metadata),
                    _ => None,
                };
                Ok(((path, committed), stamp))
            };
        there.par_iter().map_init(|| Held::new(work_tree), stamp).collect()
    }
}

/// What a run knows of the files that it wrote, so that they need not be read again.
pub(super) struct Known<'a> {
    /// What was to be written.
    pub(super) intent: &'a Intent,
    /// The files as of [`Written::placed`](super::write::Written).
    pub(super) placed: &'a HashMap<RepoPath, Seen>,
}

/// Git's own lock on the index. Dropping it gives it back.
struct IndexLock {
    path: PathBuf,
    /// Open for as long as the lock is held: by that others see that it is no left-over.
    _file: File,
}

impl IndexLock {
    fn take(index: &Path) -> Result<Self> {
        let path = index.with_extension("lock");
        match File::options().write(true).create_new(true).open(&path) {
            Ok(file) => Ok(Self { path, _file: file }),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                Err(git2::Error::new(ErrorCode::Locked, ErrorClass::Index, "the index is locked").into())
            }
            Err(error) => Err(Error::io(path)(error)),
        }
    }
}

impl Drop for IndexLock {
    fn drop(&mut self) {
        if let Err(error) = remove_if_there(&self.path) {
            tracing::warn!(%error, "the lock on the index was not given back");
        }
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
