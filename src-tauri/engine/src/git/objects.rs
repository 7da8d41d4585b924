//! New objects in Git's store: a few as loose files, many as one pack.

use std::collections::{BTreeSet, HashSet};
#[cfg(unix)]
use std::fs::Permissions;
use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use git2::{ObjectType, Odb, OdbLookupFlags, Oid, Repository, Signature};
use rayon::prelude::*;
use tempfile::NamedTempFile;

use super::commit::committer;
use super::durable::{in_threads, sync_dir};
use super::ours;
use super::pack::{Packed, deflated, write_index, write_pack};
use super::repo::Repo;
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::view::AuthorSettings;

/// From this many objects on, one pack costs less than a file for each.
const PACK_FROM: usize = 16;
/// How many blobs are made between two words on how far that is.
const AT_ONCE: usize = 1024;
/// Of how many it is told whether the others are in the store already.
const FIRST: usize = 64;
/// Git's choice for new objects, where its configuration makes none. Housekeeping joins them as deltas.
const QUICK: u32 = 1;
/// How often a directory of loose objects is made: a `git gc` removes one that is empty.
const TRIES: u32 = 4;

/// A directory in which a pack is made. A left-over is removed by the next run, and by `git gc` by its age.
pub(super) const STAGING: &str = "tmp_fgd_";
/// A loose object that is not whole yet.
pub(super) const STAGED: &str = "tmp_obj_fgd_";

/// Takes new objects, and remembers them.
pub(super) struct NewObjects<'a> {
    git: &'a Repository,
    author: &'a AuthorSettings,
    /// Those that can be read through `git`.
    made: Vec<Oid>,
    /// Blobs beside them.
    packed: Vec<Packed>,
    level: u32,
}

impl<'a> NewObjects<'a> {
    /// The repository, in which the objects written so far can be read, but for those of [`blobs`](Self::blobs).
    pub(super) fn git(&self) -> &'a Repository {
        self.git
    }

    /// Who commits, from now on.
    pub(super) fn committer(&self) -> Result<Signature<'static>> {
        committer(self.git, self.author)
    }

    /// Writes a file's bytes.
    pub(super) fn blob(&mut self, bytes: &[u8]) -> Result<Oid> {
        self.write(ObjectType::Blob, bytes)
    }

    /// Writes an object.
    pub(super) fn write(&mut self, kind: ObjectType, bytes: &[u8]) -> Result<Oid> {
        let id = self.git.odb()?.write(kind, bytes)?;
        pass(Point::ObjectsBlob)?;
        Ok(self.note(id))
    }

    /// Writes many files' bytes, on all cores; the result is in their order. `step` is told how many are done.
    pub(super) fn blobs(&mut self, contents: &[&[u8]], step: &mut dyn FnMut(usize)) -> Result<Vec<Oid>> {
        let level = self.level;
        let pack = |content: &&[u8]| {
            let id = Oid::hash_object(ObjectType::Blob, content)?;
            Packed::new(id, ObjectType::Blob, content, level)
        };
        let mut ids = Vec::with_capacity(contents.len());
        for some in contents.chunks(AT_ONCE) {
            let packed: Vec<Packed> = some.par_iter().map(pack).collect::<Result<_>>()?;
            ids.extend(packed.iter().map(|packed| packed.id));
            self.packed.extend(packed);
            pass(Point::ObjectsBlob)?;
            step(ids.len());
        }
        Ok(ids)
    }

    /// Takes note of an object that was written through [`git`](Self::git).
    pub(super) fn note(&mut self, id: Oid) -> Oid {
        self.made.push(id);
        id
    }
}

impl Repo {
    /// Lets `work` write objects, and returns once they are safely in the store.
    ///
    /// They are gathered in memory first: an error of `work` leaves nothing in the store.
    pub(super) fn write_objects<T>(&self, work: impl FnOnce(&mut NewObjects<'_>) -> Result<T>) -> Result<T> {
        // A handle of its own: what is in memory goes with it, whatever happens.
        let git = Repository::open(self.git_dir())?;
        let odb = git.odb()?;
        // Above the backends for loose objects and packs (priorities 1 and 2): it takes the writes.
        odb.add_new_mempack_backend(1000)?;
        let level = level(&git, &["pack.compression", "core.compression"]).unwrap_or(QUICK);
        let (made, packed, author) = (Vec::new(), Vec::new(), self.author());
        let mut objects = NewObjects { git: &git, author, made, packed, level };
        let done = work(&mut objects)?;
        let NewObjects { mut made, mut packed, .. } = objects;
        let stored = self.git().odb()?;
        stored.refresh()?;
        let is_new = |id: Oid| !stored.exists_ext(id, OdbLookupFlags::NO_REFRESH);
        let mut met = HashSet::with_capacity(packed.len());
        packed.retain(|packed| met.insert(packed.id));
        // Each costs a look for a file. Where many come and none of the first is there, hardly any of the others is; one
        // that is will be in two packs until housekeeping joins them.
        if packed.len() < AT_ONCE || !packed[..FIRST].iter().all(|packed| is_new(packed.id)) {
            packed.retain(|packed| is_new(packed.id));
        }
        made.retain(|id| met.insert(*id) && is_new(*id));
        if packed.is_empty() && made.len() < PACK_FROM {
            write_loose(&git, &odb, &made)?;
            return Ok(done);
        }
        for id in made {
            let object = odb.read(id)?;
            packed.push(Packed::new(id, object.kind(), object.data(), level)?);
        }
        write_packed(&git, &packed)?;
        Ok(done)
    }
}

/// The level of compression that the first of these settings has; none where that is zlib's own choice.
fn level(git: &Repository, names: &[&str]) -> Option<u32> {
    let config = git.config().ok()?;
    let level = names.iter().find_map(|name| config.get_i32(name).ok())?;
    u32::try_from(level).ok().filter(|level| *level <= 9)
}

/// Writes one pack of these objects under names that Git ignores, then moves it to where Git looks.
fn write_packed(git: &Repository, objects: &[Packed]) -> Result<()> {
    let packs = git.commondir().join("objects/pack");
    fs::create_dir_all(&packs).map_err(Error::io(&packs))?;
    let staging = tempfile::Builder::new().prefix(STAGING).tempdir_in(&packs).map_err(Error::io(&packs))?;
    let (pack, index) = (staging.path().join("pack"), staging.path().join("idx"));
    let sum = write_file(&pack, |out| write_pack(objects, out))?;
    write_file(&index, |out| write_index(objects, sum, out))?;
    let name: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    for (file, extension) in [(pack, "pack"), (index, "idx")] {
        let to = staging.path().join(format!("pack-{name}.{extension}"));
        fs::rename(file, &to).map_err(Error::io(to))?;
    }
    pass(Point::ObjectsPacked)?;
    put_in_place(git, staging.path(), &name)
}

/// Writes a file that nobody changes any more.
fn write_file<T>(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<T>) -> Result<T> {
    let begin = || {
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o444);
        options.open(path)
    };
    begin().and_then(|file| write(&mut BufWriter::new(file))).map_err(Error::io(path))
}

/// Puts a pack where Git looks, so that it survives a power cut.
pub(super) fn put_in_place(git: &Repository, staging: &Path, name: &str) -> Result<()> {
    let packs = git.commondir().join("objects/pack");
    ours::note_packs(git, [name]);
    let files = ["pack", "idx"].map(|extension| format!("pack-{name}.{extension}"));
    in_threads(&files.each_ref(), &|file| sync(&staging.join(file)))?;
    // The index last: Git takes a pack for whole when it sees the index.
    for file in files {
        let to = packs.join(&file);
        fs::rename(staging.join(file), &to).map_err(Error::io(to))?;
        pass(Point::ObjectsMoved)?;
    }
    sync_dir(&packs)?;
    pass(Point::ObjectsSynced)
}

/// Writes each of these objects as a file of its own: all are synced beside each other, and then named.
fn write_loose(git: &Repository, odb: &Odb<'_>, objects: &[Oid]) -> Result<()> {
    if objects.is_empty() {
        return Ok(());
    }
    let store = git.commondir().join("objects");
    let level = level(git, &["core.loosecompression", "core.compression"]).unwrap_or(QUICK);
    let mut files = Vec::with_capacity(objects.len());
    let mut dirs = BTreeSet::new();
    for id in objects {
        let object = odb.read(*id)?;
        let mut content = format!("{} {}\0", object.kind(), object.data().len()).into_bytes();
        content.extend(object.data());
        let name = id.to_string();
        let (dir, name) = name.split_at(2);
        let dir = store.join(dir);
        let (file, is_new) = staged_in(&dir)?;
        if is_new {
            dirs.insert(store.clone());
        }
        file.as_file().write_all(&deflated(&content, level)?).map_err(Error::io(file.path()))?;
        files.push((file, dir.join(name)));
        dirs.insert(dir);
    }
    ours::note_loose(git, objects);
    in_threads(&files.iter().map(|(file, _)| file).collect::<Vec<_>>(), &|file: &NamedTempFile| {
        file.as_file().sync_all().map_err(Error::io(file.path()))
    })?;
    for (file, to) in files {
        file.persist(&to).map_err(|error| Error::io(&to)(error.error))?;
        pass(Point::ObjectsMoved)?;
    }
    let dirs: Vec<&Path> = dirs.iter().map(PathBuf::as_path).collect();
    in_threads(&dirs, &|dir| sync_dir(dir).or_else(|error| if dir.exists() { Err(error) } else { Ok(()) }))?;
    if dirs.iter().any(|dir| !dir.exists()) {
        // A `git gc` has just taken them into a pack, which Git syncs, and has removed what was empty then.
        let git = Repository::open(git.path())?;
        let stored = git.odb()?;
        if let Some(lost) = objects.iter().find(|id| !stored.exists(**id)) {
            return Err(Error::io(store.join(lost.to_string()))(ErrorKind::NotFound.into()));
        }
    }
    pass(Point::ObjectsSynced)
}

/// A file in a directory of loose objects, under a name that Git ignores (`git gc` removes a left-over one by its
/// age), and whether that directory is new.
fn staged_in(dir: &Path) -> Result<(NamedTempFile, bool)> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(STAGED);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(Permissions::from_mode(0o444));
    }
    let mut is_new = false;
    let mut tries = 0;
    loop {
        tries += 1;
        match fs::create_dir(dir) {
            Ok(()) => is_new = true,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::io(dir)(error)),
        }
        match builder.tempfile_in(dir) {
            Ok(file) => return Ok((file, is_new)),
            Err(error) if error.kind() == ErrorKind::NotFound && tries < TRIES => {}
            Err(error) => return Err(Error::io(dir)(error)),
        }
    }
}

/// The packs that are there.
pub(super) fn pack_names(git: &Repository) -> Result<HashSet<PathBuf>> {
    let packs = git.commondir().join("objects/pack");
    let Ok(entries) = fs::read_dir(&packs) else { return Ok(HashSet::new()) };
    entries.map(|entry| Ok(entry.map_err(Error::io(&packs))?.path())).collect()
}

/// Makes packs that came since `before` survive a power cut: libgit2 does not sync what it fetches.
pub(super) fn sync_new_packs(git: &Repository, before: &HashSet<PathBuf>) -> Result<()> {
    let now = pack_names(git)?;
    let new = || now.difference(before);
    for pack in new().filter(|path| path.is_file()) {
        sync(pack)?;
    }
    ours::note_packs(git, new().filter_map(|path| ours::pack_name(path)));
    let packs = git.commondir().join("objects/pack");
    if packs.is_dir() { sync_dir(&packs) } else { Ok(()) }
}

fn sync(path: &Path) -> Result<()> {
    if cfg!(windows) {
        // Read-only files can't be synced there; libgit2 syncs the pack itself.
        return Ok(());
    }
    File::open(path).and_then(|file| file.sync_all()).map_err(Error::io(path))
}
