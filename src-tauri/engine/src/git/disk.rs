//! What the work tree really holds, without following a link and without opening what is no file.

use std::collections::{HashMap, HashSet};
use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::Path;
use std::time::SystemTime;

use rayon::prelude::*;

use super::handle::identity;
use super::seen::Seen;
use crate::beneath::Held;
use crate::change::{ContentHash, FileChange};
use crate::error::{Error, Result};
use crate::id::RepoPath;

/// What is at a path.
#[derive(Debug)]
pub(super) enum OnDisk {
    /// Nothing.
    Absent,
    /// A plain file; it is as told, or younger than that, as of the time `read`.
    File { bytes: Vec<u8>, metadata: Metadata, read: SystemTime },
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

/// How a change was found to stand, and as of which file.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) standing: Standing,
    /// The file that was read, where a later write to it shows without reading it again.
    pub(super) seen: Option<Seen>,
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
    pub(super) fn look(&self, held: &mut Held<'_>, path: &RepoPath) -> Result<OnDisk> {
        read_found(held, path, self.find(path)?)
    }
}

fn parent_of(path: &RepoPath) -> &str {
    path.as_str().rsplit_once('/').map_or("", |(directory, _)| directory)
}

/// Looks at a path, and reads the file that is there.
pub(super) fn look(work_tree: &Path, path: &RepoPath) -> Result<OnDisk> {
    read_found(&mut Held::new(work_tree), path, find(work_tree, path)?)
}

fn read_found(held: &mut Held<'_>, path: &RepoPath, found: Unopened) -> Result<OnDisk> {
    match found {
        Unopened::Absent => Ok(OnDisk::Absent),
        Unopened::File(metadata) => read_same(held, path, metadata),
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
fn read_same(held: &mut Held<'_>, path: &RepoPath, metadata: Metadata) -> Result<OnDisk> {
    let file = &path.under(held.root());
    let opened = match held.open(path) {
        Ok(opened) => opened,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(OnDisk::Absent),
        // It was a plain file a moment ago: somebody is at work here.
        Err(error) if stat(file)?.is_none_or(|now| !is_same_file(&metadata, &now)) => {
            tracing::debug!(%path, %error, "changed while it was read");
            return Err(Error::FileChanged { file: path.clone() });
        }
        Err(error) => return Err(Error::io(file)(error)),
    };
    if !is_same_file(&metadata, opened.metadata()) {
        return Err(Error::FileChanged { file: path.clone() });
    }
    let read = SystemTime::now();
    let bytes = opened.read(u64::MAX).map_err(Error::io(file))?;
    Ok(OnDisk::File { bytes, metadata, read })
}

fn is_same_file(seen: &Metadata, opened: &Metadata) -> bool {
    match (identity(seen), identity(opened)) {
        // Nothing better is known here.
        (None, None) => seen.file_type() == opened.file_type(),
        (seen, opened) => seen == opened,
    }
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
pub(super) fn survey(work_tree: &Path, changes: &[FileChange]) -> Result<Vec<Found>> {
    let deletes = changes.iter().filter(|change| change.after.is_none());
    let deletes: HashSet<&str> = deletes.map(|change| change.path.as_str()).collect();
    let parents = Parents::of(work_tree, changes.iter().map(|change| &change.path))?;
    let standing = |held: &mut Held<'_>, change: &FileChange| {
        let looked = parents.look(held, &change.path)?;
        let seen = match &looked {
            OnDisk::File { metadata, read, .. } => Seen::of(metadata.clone(), *read),
            OnDisk::Absent | OnDisk::Blocked(_) => None,
        };
        Ok(Found { standing: standing(work_tree, change, looked, &deletes)?, seen })
    };
    changes.par_iter().map_init(|| Held::new(work_tree), standing).collect()
}

/// A change that was found to stand [`Before`](Standing::Before).
#[derive(Debug, Clone, Copy)]
pub(super) struct Open<'c> {
    pub(super) change: &'c FileChange,
    /// As of [`Found`].
    pub(super) seen: Option<&'c Seen>,
}

/// How these stand to the disk by now, where no file makes way for a directory any more.
pub(super) fn survey_again(work_tree: &Path, all: &[Open<'_>]) -> Result<Vec<Standing>> {
    let parents = Parents::of(work_tree, all.iter().map(|open| &open.change.path))?;
    let standing = |held: &mut Held<'_>, Open { change, seen }: &Open<'_>| {
        let looked = match (seen, parents.find(&change.path)?) {
            (Some(seen), Unopened::File(now)) if seen.is_still(&now) => return Ok(Standing::Before),
            (_, there) => read_found(held, &change.path, there)?,
        };
        standing(work_tree, change, looked, &HashSet::new())
    };
    all.par_iter().map_init(|| Held::new(work_tree), standing).collect()
}

/// The same of one of them, at its turn.
pub(super) fn standing_now(held: &mut Held<'_>, Open { change, seen }: Open<'_>) -> Result<Standing> {
    // It is opened, though not read: of a file on a network drive the system asks the server only then whether
    // another machine has changed it.
    if let Some(seen) = seen
        && held.open(&change.path).is_ok_and(|opened| seen.is_still(opened.metadata()))
    {
        return Ok(Standing::Before);
    }
    standing_alone(held.root(), change)
}

/// How one change stands to the disk, read anew, where no file makes way for a directory.
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
        OnDisk::File { bytes, metadata, .. } => {
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
