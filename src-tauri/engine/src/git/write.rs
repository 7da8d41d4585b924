//! Writing the work tree: staged beside, synced, then put in place by renames.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs::Metadata;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;
use std::time::SystemTime;

use rayon::prelude::*;

use super::disk::{Open, Standing, is_executable, standing_alone, standing_now, stat, survey_again};
use super::durable::{Syncing, in_threads, sync_dir};
use super::edits::TEMPORARY;
use super::refs::count;
use super::seen::Seen;
use crate::beneath::{self, Held};
use crate::change::FileChange;
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::RepoPath;

/// Why writing stopped.
#[derive(Debug)]
pub(super) struct Stopped {
    /// What went wrong.
    pub(super) error: Error,
    /// Whether any file was already put in place or deleted.
    pub(super) touched: bool,
}

/// What became of the files.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// Paths whose file changed at the last moment, and was left alone.
    pub(super) kept: Vec<RepoPath>,
    /// Files that were put in place, each as it was when its last byte was written, where a later write shows.
    pub(super) placed: HashMap<RepoPath, Seen>,
}

/// New contents beside their place. They go when this is dropped, unless they were put there.
struct Staged<'a> {
    work_tree: &'a Path,
    path: RepoPath,
    /// The file when its last byte was written.
    metadata: Option<Metadata>,
    is_placed: bool,
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        if !self.is_placed {
            // One that can't be removed is nobody's work, and is ignored by its name.
            let _removed = beneath::remove_file(self.work_tree, &self.path);
        }
    }
}

/// The files of one run of [`write`].
struct Writer<'a> {
    work_tree: &'a Path,
    touched: bool,
    /// Directories that are there, and plain.
    made: HashSet<String>,
    /// Directories in which a name came or went.
    dirs: BTreeSet<PathBuf>,
    written: Written,
}

/// What became of one file.
enum Put<'c> {
    /// It is there, as it was when its last byte was written, where a later write shows.
    InPlace(&'c FileChange, Option<Seen>),
    /// It was not put there, since this stands there.
    Not(&'c FileChange, Standing),
}

/// Carries out these changes, each of which was found to stand [`Before`](Standing::Before).
///
/// New contents are staged and synced first, then put in place by renames; then come the deletes. Directories
/// that the deletes empty go unless `keep` holds them. `progress` counts files.
///
/// Files that somebody changed at the last moment are left alone. Where that happens to the first one, nothing has
/// been touched yet, and it is `FileChanged`.
pub(super) fn write(
    work_tree: &Path,
    changes: &[Open<'_>],
    keep: &mut dyn FnMut(&RepoPath) -> Result<bool>,
    progress: &mut dyn FnMut(u32),
) -> Result<Written, Stopped> {
    let (made, dirs, written) = (HashSet::new(), BTreeSet::new(), Written::default());
    let mut writer = Writer { work_tree, touched: false, made, dirs, written };
    match writer.run(changes, keep, progress) {
        Ok(()) => Ok(writer.written),
        Err(error) => Err(Stopped { error, touched: writer.touched }),
    }
}

impl<'a> Writer<'a> {
    fn run(
        &mut self,
        changes: &[Open<'_>],
        keep: &mut dyn FnMut(&RepoPath) -> Result<bool>,
        progress: &mut dyn FnMut(u32),
    ) -> Result<()> {
        let (deletes, writes): (Vec<Open<'_>>, Vec<_>) =
            changes.iter().copied().partition(|open| open.change.after.is_none());
        // A file in whose place a directory comes, or the other way round, has to go first.
        let places: HashSet<&str> = writes.iter().map(|new| new.change.path.as_str()).collect();
        let parents: HashSet<&str> = writes.iter().flat_map(|new| ancestors(&new.change.path)).collect();
        let in_new_file = |path: &RepoPath| ancestors(path).any(|dir| places.contains(dir));
        let (first, last): (Vec<_>, Vec<_>) =
            deletes.into_iter().partition(|Open { change: gone, .. }| {
                parents.contains(gone.path.as_str()) || in_new_file(&gone.path)
            });
        let mut done = 0;
        let mut step = || {
            done += 1;
            progress(count(done));
        };
        for gone in &first {
            self.delete(*gone)?;
            step();
        }
        self.remove_empty_dirs(&first, &mut |dir| Ok(!places.contains(dir.as_str()) && !in_new_file(dir)))?;

        let staged = self.stage(&writes, &mut step)?;
        // All are looked at again before the first is put in place: staging took a while.
        let standings = survey_again(self.work_tree, &writes)?;
        for (open, standing) in writes.iter().zip(standings) {
            self.judge(open.change, standing)?;
        }
        self.put_in_place(&writes, staged)?;
        for gone in &last {
            self.delete(*gone)?;
            step();
        }
        in_threads(&self.dirs.iter().map(PathBuf::as_path).collect::<Vec<_>>(), &|dir| {
            if dir.is_dir() { sync_dir(dir) } else { Ok(()) }
        })?;
        pass(Point::WriteDirectoriesSynced)?;
        self.remove_empty_dirs(&last, keep)
    }

    /// Writes the new contents beside their places, and syncs them.
    fn stage(&mut self, writes: &[Open<'_>], step: &mut dyn FnMut()) -> Result<Vec<Staged<'a>>> {
        for new in writes {
            self.make_directory_of(&new.change.path)?;
        }
        let dirs: BTreeSet<PathBuf> = writes.iter().map(|new| self.directory_of(&new.change.path)).collect();
        let syncing = Syncing::of(writes.len(), &dirs.iter().map(PathBuf::as_path).collect::<Vec<_>>());
        let staged = beside_each_other(self.work_tree, writes.to_vec(), Some(step), &|held, new| {
            let staged = stage_one(held, new.change)?;
            pass(Point::WriteStaged)?;
            Ok(staged)
        })?;
        let work_tree = self.work_tree;
        let paths: Vec<&RepoPath> = staged.iter().map(|staged| &staged.path).collect();
        syncing.files(&paths, &|path| {
            beneath::sync(work_tree, path).map_err(Error::io(path.under(work_tree)))
        })?;
        pass(Point::WriteSynced)?;
        Ok(staged)
    }

    /// Puts the new contents where they belong.
    fn put_in_place(&mut self, writes: &[Open<'_>], staged: Vec<Staged<'_>>) -> Result<()> {
        let mut all = writes.iter().copied().zip(staged);
        // One by one until the first is there: up to then, one that somebody changed stops it all.
        let mut held = Held::new(self.work_tree);
        while !self.touched
            && let Some((new, staged)) = all.next()
        {
            let put = put_one(&mut held, new, staged)?;
            self.note(put)?;
        }
        let put = |held: &mut Held<'a>, (new, staged)| put_one(held, new, staged);
        for put in beside_each_other(self.work_tree, all.collect(), None, &put)? {
            self.note(put)?;
        }
        Ok(())
    }

    fn note(&mut self, put: Put<'_>) -> Result<()> {
        match put {
            Put::InPlace(change, seen) => {
                self.written.placed.extend(seen.map(|seen| (change.path.clone(), seen)));
                self.touch(&change.path.under(self.work_tree));
                Ok(())
            }
            Put::Not(change, standing) => self.judge(change, standing).map(drop),
        }
    }

    fn delete(&mut self, gone: Open<'_>) -> Result<()> {
        let change = gone.change;
        // If not, it is left alone, or everything is.
        if !self.judge(change, standing_now(&mut Held::new(self.work_tree), gone)?)? {
            return Ok(());
        }
        let file = change.path.under(self.work_tree);
        match beneath::remove_file(self.work_tree, &change.path) {
            Ok(()) => self.touch(&file),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io(file)(error)),
        }
        pass(Point::WriteDeleted)
    }

    /// Whether the file may be replaced as it stands.
    fn judge(&mut self, change: &FileChange, standing: Standing) -> Result<bool> {
        match standing {
            Standing::Before | Standing::After => Ok(true),
            Standing::Changed => self.leave(change).map(|()| false),
            Standing::Blocked(directory) => Err(Error::DirectoryBlocked { directory }),
        }
    }

    fn leave(&mut self, change: &FileChange) -> Result<()> {
        if !self.touched {
            return Err(Error::FileChanged { file: change.path.clone() });
        }
        if !self.written.kept.contains(&change.path) {
            tracing::warn!(file = %change.path, "changed at the last moment and was left alone");
            self.written.kept.push(change.path.clone());
        }
        Ok(())
    }

    fn touch(&mut self, file: &Path) {
        self.touched = true;
        if let Some(dir) = file.parent().filter(|dir| !self.dirs.contains(*dir)) {
            self.dirs.insert(dir.to_owned());
        }
    }

    /// Makes the directory of a file where it is missing; every part of it is a plain directory.
    fn make_directory_of(&mut self, path: &RepoPath) -> Result<()> {
        let parent = path.as_str().rsplit_once('/').map_or("", |(parent, _)| parent);
        if self.made.contains(parent) {
            return Ok(());
        }
        for part in ancestors(path).map(|part| RepoPath::root().join(part)) {
            let dir = part.under(self.work_tree);
            match stat(&dir)? {
                Some(metadata) if metadata.is_dir() => {}
                Some(_) => return Err(Error::DirectoryBlocked { directory: part }),
                None => {
                    beneath::make_dir(self.work_tree, &part).map_err(Error::io(&dir))?;
                    pass(Point::WriteDirectory)?;
                    self.dirs.extend(dir.parent().map(Path::to_owned));
                }
            }
        }
        self.made.insert(parent.to_owned());
        Ok(())
    }

    fn directory_of(&self, path: &RepoPath) -> PathBuf {
        path.under(self.work_tree).parent().unwrap_or(self.work_tree).to_owned()
    }

    /// Removes the directories that these deletes emptied, from the deepest up.
    fn remove_empty_dirs(
        &self,
        deleted: &[Open<'_>],
        keep: &mut dyn FnMut(&RepoPath) -> Result<bool>,
    ) -> Result<()> {
        let mut dirs = BTreeSet::new();
        for gone in deleted {
            dirs.extend(ancestors(&gone.change.path).map(|dir| RepoPath::root().join(dir)));
        }
        for dir in dirs.iter().rev() {
            if keep(dir)? {
                continue;
            }
            let path = dir.under(self.work_tree);
            match beneath::remove_dir(self.work_tree, dir) {
                Ok(()) => pass(Point::WriteDirectoryRemoved)?,
                Err(error) if is_in_use(error.kind()) => {}
                Err(error) => return Err(Error::io(path)(error)),
            }
        }
        Ok(())
    }
}

/// From how many files on threads share them.
const MANY: usize = 64;

/// Does the same with each, many of them on all cores; the answers are in their order. Threads begin far apart: that two
/// of them make files in one directory is what the system lets wait. `step` is told of each that is done.
fn beside_each_other<'w, T: Send, U: Send>(
    work_tree: &'w Path,
    all: Vec<T>,
    step: Option<&mut dyn FnMut()>,
    work: &(dyn Fn(&mut Held<'w>, T) -> Result<U> + Sync),
) -> Result<Vec<U>> {
    if all.len() < MANY {
        let mut held = Held::new(work_tree);
        let done: Vec<U> = all.into_iter().map(|item| work(&mut held, item)).collect::<Result<_>>()?;
        if let Some(step) = step {
            done.iter().for_each(|_| step());
        }
        return Ok(done);
    }
    let all = all.into_par_iter().with_min_len(MANY);
    let Some(step) = step else {
        return all.map_init(|| Held::new(work_tree), work).collect();
    };
    let (done, steps) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let worker = scope.spawn(move || {
            let begin = || (Held::new(work_tree), done.clone());
            let one = |(held, done): &mut (Held<'w>, Sender<()>), item| {
                let answer = work(held, item);
                // Whoever counts is there until all is done.
                let _counted = done.send(());
                answer
            };
            all.map_init(begin, one).collect::<Result<Vec<U>>>()
        });
        steps.iter().for_each(|()| step());
        worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Writes the new contents of a file beside its place.
fn stage_one<'w>(held: &mut Held<'w>, change: &FileChange) -> Result<Staged<'w>> {
    let work_tree = held.root();
    let file = change.path.under(work_tree);
    let executable = match change.executable {
        Some(executable) => executable,
        None if change.before.is_none() => false,
        None => stat(&file)?.is_some_and(|metadata| is_executable(&metadata)),
    };
    let path = beside(&change.path);
    // Closed, not kept open: ten thousand open files are more than a process may have.
    let mut opened = held.create(&path, executable).map_err(Error::io(path.under(work_tree)))?;
    let mut staged = Staged { work_tree, path, metadata: None, is_placed: false };
    opened.write_all(change.after.as_deref().unwrap_or_default()).map_err(Error::io(&file))?;
    staged.metadata = Some(opened.metadata().map_err(Error::io(&file))?);
    Ok(staged)
}

/// Puts a staged file where it belongs, if what is to be replaced still stands there.
fn put_one<'c>(held: &mut Held<'_>, new: Open<'c>, mut staged: Staged<'_>) -> Result<Put<'c>> {
    let (work_tree, change) = (held.root(), new.change);
    // Where nothing was, nothing may have come: the system itself refuses to replace it.
    let was_there = change.before.is_some();
    if was_there {
        match standing_now(held, new)? {
            Standing::Before | Standing::After => {}
            other => return Ok(Put::Not(change, other)),
        }
    }
    let seen = staged.metadata.take().and_then(|written| Seen::of(written, SystemTime::now()));
    match held.rename(&staged.path, change.path.file_name(), was_there) {
        Ok(()) => {
            staged.is_placed = true;
            pass(Point::WritePlaced)?;
            Ok(Put::InPlace(change, seen))
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let standing = match standing_alone(work_tree, change)? {
                Standing::Before => Standing::Changed,
                other => other,
            };
            Ok(Put::Not(change, standing))
        }
        Err(error) => Err(Error::io(change.path.under(work_tree))(error)),
    }
}

/// A directory that holds something, or that is none any more, stays as it is.
fn is_in_use(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::DirectoryNotEmpty
            | ErrorKind::NotFound
            | ErrorKind::NotADirectory
            | ErrorKind::ResourceBusy
    )
}

/// The directories above a path, from the top down.
fn ancestors(path: &RepoPath) -> impl Iterator<Item = &str> {
    path.as_str().match_indices('/').map(|(end, _)| &path.as_str()[..end])
}

/// A name beside a file that nothing has yet.
fn beside(path: &RepoPath) -> RepoPath {
    let directory = path.as_str().rsplit_once('/').map_or("", |(directory, _)| directory);
    let random = uuid::Uuid::new_v4().simple().to_string();
    RepoPath::root().join(directory).join(&format!("{TEMPORARY}{}.tmp", &random[..16]))
}

/// Whether a file has such a name: nobody needs to hear of it.
pub(crate) fn is_staged(path: &Path) -> bool {
    let random = || path.file_name()?.to_str()?.strip_prefix(TEMPORARY)?.strip_suffix(".tmp");
    random().is_some_and(|random| random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit()))
}
