//! What the work tree really holds, without following a link and without opening what is no file.

use std::borrow::Borrow;
use std::collections::{HashMap, HashSet};
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::Path;

use rayon::prelude::*;

use crate::beneath;
use crate::change::{ContentHash, FileChange};
use crate::error::{Error, Result};
use crate::id::RepoPath;

/// What is at a path.
#[derive(Debug)]
pub(super) enum OnDisk {
    /// Nothing.
    Absent,
    /// A plain file.
    File { bytes: Vec<u8>, metadata: Metadata },
    /// Something else than a plain file, or a parent that is no plain directory; this is the path of it.
    Blocked(RepoPath),
}

/// How a path stands to what is planned for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Standing {
    /// As it was when it was read.
    Before,
    /// Already as planned.
    After,
    /// Somebody changed it since.
    Changed,
    /// This path is not a plain file, or not a plain directory.
    Blocked(RepoPath),
}

/// What is at a path, not opened.
#[derive(Debug)]
pub(super) enum Unopened {
    /// Nothing.
    Absent,
    /// A plain file.
    File(Metadata),
    /// As of [`OnDisk::Blocked`].
    Blocked(RepoPath),
}

/// The directories of many paths, each looked at once: a thousand files of one directory would look at its
/// parents a thousand times.
pub(super) struct Parents<'a> {
    work_tree: &'a Path,
    known: HashMap<String, Parent>,
}

/// What a path's directory is.
#[derive(Debug, Clone)]
enum Parent {
    /// A plain directory below plain ones.
    Plain,
    /// Not there.
    Absent,
    /// As of [`OnDisk::Blocked`].
    Blocked(RepoPath),
}

impl<'a> Parents<'a> {
    /// Looks at the directories of these paths.
    pub(super) fn of<'p>(work_tree: &'a Path, paths: impl Iterator<Item = &'p RepoPath>) -> Result<Self> {
        let mut known = HashMap::new();
        for path in paths {
            let directory = parent_of(path);
            if !known.contains_key(directory) {
                known.insert(directory.to_owned(), parent(work_tree, path)?);
            }
        }
        Ok(Self { work_tree, known })
    }

    /// Looks at a path in one of these directories.
    pub(super) fn find(&self, path: &RepoPath) -> Result<Unopened> {
        match self.known.get(parent_of(path)) {
            Some(parent) => leaf(self.work_tree, path, parent),
            None => find(self.work_tree, path),
        }
    }

    /// Looks at a path in one of these directories, and reads the file that is there.
    pub(super) fn look(&self, path: &RepoPath) -> Result<OnDisk> {
        read_found(self.work_tree, path, self.find(path)?)
    }
}

fn parent_of(path: &RepoPath) -> &str {
    path.as_str().rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// Looks at a path, and reads the file that is there.
pub(super) fn look(work_tree: &Path, path: &RepoPath) -> Result<OnDisk> {
    let found = find(work_tree, path)?;
    read_found(work_tree, path, found)
}

fn read_found(work_tree: &Path, path: &RepoPath, found: Unopened) -> Result<OnDisk> {
    match found {
        Unopened::Absent => Ok(OnDisk::Absent),
        Unopened::File(metadata) => read_same(work_tree, path, metadata),
        Unopened::Blocked(by) => Ok(OnDisk::Blocked(by)),
    }
}

/// Looks at a path. No parent may be a symbolic link: a link could lead out of the work tree.
pub(super) fn find(work_tree: &Path, path: &RepoPath) -> Result<Unopened> {
    leaf(work_tree, path, &parent(work_tree, path)?)
}

fn parent(work_tree: &Path, path: &RepoPath) -> Result<Parent> {
    for (end, _) in path.as_str().match_indices('/') {
        let parent = RepoPath::root().join(&path.as_str()[..end]);
        match stat(&parent.under(work_tree))? {
            None => return Ok(Parent::Absent),
            Some(metadata) if metadata.is_dir() => {}
            Some(_) => return Ok(Parent::Blocked(parent)),
        }
    }
    Ok(Parent::Plain)
}

fn leaf(work_tree: &Path, path: &RepoPath, parent: &Parent) -> Result<Unopened> {
    match parent {
        Parent::Plain => {}
        Parent::Absent => return Ok(Unopened::Absent),
        Parent::Blocked(by) => return Ok(Unopened::Blocked(by.clone())),
    }
    match stat(&path.under(work_tree))? {
        None => Ok(Unopened::Absent),
        Some(metadata) if metadata.is_file() => Ok(Unopened::File(metadata)),
        Some(_) => Ok(Unopened::Blocked(path.clone())),
    }
}

/// What is there, of a link the link itself; `None` for nothing.
pub(super) fn stat(path: &Path) -> Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(Error::io(path)(error)),
    }
}

/// Reads the file that was just looked at, and not another one that was put in its place.
fn read_same(work_tree: &Path, path: &RepoPath, metadata: Metadata) -> Result<OnDisk> {
    let file = &path.under(work_tree);
    let opened = match beneath::open(work_tree, path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(OnDisk::Absent),
        // It was a plain file a moment ago: somebody is at work here.
        Err(error) if stat(file)?.is_none_or(|now| !is_same_file(&metadata, &now)) => {
            tracing::debug!(%path, %error, "changed while it was read");
            return Err(Error::FileChanged { file: path.clone() });
        }
        Err(error) => return Err(Error::io(file)(error)),
    };
    if !is_same_file(&metadata, &opened.metadata().map_err(Error::io(file))?) {
        return Err(Error::FileChanged { file: path.clone() });
    }
    let bytes = beneath::read(opened, u64::MAX).map_err(Error::io(file))?;
    Ok(OnDisk::File { bytes, metadata })
}

#[cfg(unix)]
fn is_same_file(seen: &Metadata, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    seen.dev() == opened.dev() && seen.ino() == opened.ino()
}

#[cfg(not(unix))]
fn is_same_file(seen: &Metadata, opened: &Metadata) -> bool {
    seen.file_type() == opened.file_type()
}

/// Whether a file may be run.
#[cfg(unix)]
pub(super) fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o100 != 0
}

/// Whether a file may be run: this system does not say.
#[cfg(not(unix))]
pub(super) fn is_executable(_metadata: &Metadata) -> bool {
    false
}

/// How every change stands to the disk, in the order of `changes`.
pub(super) fn survey<C: Borrow<FileChange> + Sync>(work_tree: &Path, changes: &[C]) -> Result<Vec<Standing>> {
    let all = || changes.iter().map(Borrow::borrow);
    let deletes: HashSet<&str> =
        all().filter(|change| change.after.is_none()).map(|change| change.path.as_str()).collect();
    let parents = Parents::of(work_tree, all().map(|change| &change.path))?;
    let standing = |change: &C| {
        let change = change.borrow();
        standing(work_tree, change, parents.look(&change.path)?, &deletes)
    };
    changes.par_iter().map(standing).collect()
}

/// How one change stands to the disk, where no file makes way for a directory.
pub(super) fn standing_alone(work_tree: &Path, change: &FileChange) -> Result<Standing> {
    standing(work_tree, change, look(work_tree, &change.path)?, &HashSet::new())
}

fn standing(
    work_tree: &Path,
    change: &FileChange,
    found: OnDisk,
    deletes: &HashSet<&str>,
) -> Result<Standing> {
    Ok(match found {
        OnDisk::File { bytes, metadata } => {
            let same_mode = change.executable.is_none_or(|wanted| wanted == is_executable(&metadata));
            if change.after.as_deref() == Some(bytes.as_slice()) && (same_mode || !cfg!(unix)) {
                Standing::After
            } else if change.before == Some(ContentHash::of(&bytes)) || change.after.as_ref() == Some(&bytes)
            {
                Standing::Before
            } else {
                Standing::Changed
            }
        }
        OnDisk::Absent if change.after.is_none() => Standing::After,
        OnDisk::Absent if change.before.is_none() => Standing::Before,
        OnDisk::Absent => Standing::Changed,
        OnDisk::Blocked(by) if gives_way(work_tree, &by, change, deletes)? => Standing::Before,
        // A file took the place of the directory that held this one: it is gone.
        OnDisk::Blocked(by) if by != change.path && change.after.is_none() => {
            match stat(&by.under(work_tree))? {
                Some(metadata) if metadata.is_file() => Standing::After,
                _ => Standing::Blocked(by),
            }
        }
        OnDisk::Blocked(by) => Standing::Blocked(by),
    })
}

/// Whether what blocks a new file goes by the same changes: a file whose place becomes a directory, or a
/// directory all of whose files are deleted.
fn gives_way(work_tree: &Path, by: &RepoPath, change: &FileChange, deletes: &HashSet<&str>) -> Result<bool> {
    if change.after.is_none() || change.before.is_some() {
        return Ok(false);
    }
    if by != &change.path {
        return Ok(deletes.contains(by.as_str()));
    }
    match stat(&by.under(work_tree))? {
        Some(metadata) if metadata.is_dir() => all_deleted(work_tree, by, deletes),
        _ => Ok(false),
    }
}

fn all_deleted(work_tree: &Path, dir: &RepoPath, deletes: &HashSet<&str>) -> Result<bool> {
    let path = dir.under(work_tree);
    for entry in fs::read_dir(&path).map_err(Error::io(&path))? {
        let entry = entry.map_err(Error::io(&path))?;
        let Some(inside) = entry.file_name().to_str().map(|name| dir.join(name)) else { return Ok(false) };
        let is_dir = entry.file_type().map_err(Error::io(&path))?.is_dir();
        let goes = if is_dir {
            all_deleted(work_tree, &inside, deletes)?
        } else {
            deletes.contains(inside.as_str())
        };
        if !goes {
            return Ok(false);
        }
    }
    Ok(true)
}
