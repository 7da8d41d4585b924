//! New objects in Git's store: a few as loose files, many as one pack.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File, Permissions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use git2::{ObjectType, Odb, OdbLookupFlags, Oid, Repository, Signature};
use rayon::prelude::*;
use tempfile::NamedTempFile;

use super::commit::committer;
use super::durable::{sync_all, sync_dir};
use super::pack::{Packed, deflated, write_index, write_pack};
use super::repo::Repo;
use crate::error::{Error, Result};
use crate::view::AuthorSettings;

/// From this many objects on, one pack costs less than a file for each.
const PACK_FROM: usize = 16;
/// How many blobs are made between two words on how far that is.
const AT_ONCE: usize = 1024;
/// zlib's own choice, where Git's configuration makes none.
const USUAL: u32 = 6;
/// Git's choice for loose objects.
const QUICK: u32 = 1;

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
        let level = level(&git, &["pack.compression", "core.compression"]).unwrap_or(USUAL);
        let (made, packed, author) = (Vec::new(), Vec::new(), self.author());
        let mut objects = NewObjects { git: &git, author, made, packed, level };
        let done = work(&mut objects)?;
        let NewObjects { mut made, mut packed, .. } = objects;
        let stored = self.git().odb()?;
        stored.refresh()?;
        let is_new = |id: Oid| !stored.exists_ext(id, OdbLookupFlags::NO_REFRESH);
        let mut met = HashSet::with_capacity(packed.len());
        packed.retain(|packed| met.insert(packed.id) && is_new(packed.id));
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

/// Writes one pack of these objects: synced under names that Git ignores, then moved to where Git looks.
fn write_packed(git: &Repository, objects: &[Packed]) -> Result<()> {
    let packs = git.commondir().join("objects/pack");
    fs::create_dir_all(&packs).map_err(Error::io(&packs))?;
    let (pack, index) = (staged(&packs)?, staged(&packs)?);
    let sum = write_pack(objects, &mut BufWriter::new(pack.as_file())).map_err(Error::io(pack.path()))?;
    write_index(objects, sum, &mut BufWriter::new(index.as_file())).map_err(Error::io(index.path()))?;
    sync_staged(&[&pack, &index])?;
    let name: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    // The index last: Git takes a pack for whole when it sees the index.
    for (file, extension) in [(pack, "pack"), (index, "idx")] {
        persist(file, &packs.join(format!("pack-{name}.{extension}")))?;
    }
    sync_dir(&packs)
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
        match fs::create_dir(&dir) {
            Ok(()) => drop(dirs.insert(store.clone())),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Error::io(dir)(error)),
        }
        let file = staged(&dir)?;
        file.as_file().write_all(&deflated(&content, level)?).map_err(Error::io(file.path()))?;
        files.push((file, dir.join(name)));
        dirs.insert(dir);
    }
    sync_staged(&files.iter().map(|(file, _)| file).collect::<Vec<_>>())?;
    for (file, to) in files {
        persist(file, &to)?;
    }
    sync_all(&dirs.iter().map(PathBuf::as_path).collect::<Vec<_>>(), &sync_dir)
}

/// A file under a name that Git ignores; `git gc` removes a left-over one by its age.
fn staged(dir: &Path) -> Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("tmp_obj_fgd_");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(Permissions::from_mode(0o444));
    }
    builder.tempfile_in(dir).map_err(Error::io(dir))
}

/// Syncs files beside each other: a journal takes them together.
fn sync_staged(files: &[&NamedTempFile]) -> Result<()> {
    fn sync(file: &NamedTempFile) -> Result<()> {
        file.as_file().sync_all().map_err(Error::io(file.path()))
    }
    let [first, rest @ ..] = files else { return Ok(()) };
    std::thread::scope(|scope| {
        let rest: Vec<_> = rest.iter().map(|file| scope.spawn(move || sync(file))).collect();
        sync(first)?;
        rest.into_iter().try_for_each(|thread| {
            thread.join().unwrap_or_else(|_| Err(Error::Internal { detail: "a sync thread died".to_owned() }))
        })
    })
}

fn persist(file: NamedTempFile, to: &Path) -> Result<()> {
    file.persist(to).map(drop).map_err(|error| Error::io(to)(error.error))
}

/// The packs that are there.
pub(super) fn pack_names(git: &Repository) -> Result<HashSet<PathBuf>> {
    let packs = git.commondir().join("objects/pack");
    let Ok(entries) = fs::read_dir(&packs) else { return Ok(HashSet::new()) };
    entries.map(|entry| Ok(entry.map_err(Error::io(&packs))?.path())).collect()
}

/// Makes packs that came since `before` survive a power cut: libgit2 does not sync what it fetches.
pub(super) fn sync_new_packs(git: &Repository, before: &HashSet<PathBuf>) -> Result<()> {
    for pack in pack_names(git)?.difference(before).filter(|path| path.is_file()) {
        sync(pack)?;
    }
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
