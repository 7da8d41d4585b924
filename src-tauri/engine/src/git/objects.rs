//! New objects in Git's store: a few as loose files, many as one pack.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use git2::{ErrorClass, ObjectType, OdbLookupFlags, Oid, Repository, Signature};

use super::commit::committer;
use super::ours;
use super::repo::Repo;
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::view::AuthorSettings;

/// From this many files on, one pack costs less than a synced file for each object.
const PACK_FROM: usize = 16;
/// How often a file in the store is tried to be written.
const TRIES: u32 = 4;

/// A directory in which a pack is made. A left-over is removed by the next run, and by `git gc` by its age.
pub(super) const STAGING: &str = "tmp_fgd_";

/// Takes new objects, and remembers them.
pub(super) struct NewObjects<'a> {
    git: &'a Repository,
    author: &'a AuthorSettings,
    made: Vec<Oid>,
}

impl<'a> NewObjects<'a> {
    /// The repository, in which the objects written so far can be read.
    pub(super) fn git(&self) -> &'a Repository {
        self.git
    }

    /// Who commits, from now on.
    pub(super) fn committer(&self) -> Result<Signature<'static>> {
        committer(self.git, self.author)
    }

    /// Writes a file's bytes.
    pub(super) fn blob(&mut self, bytes: &[u8]) -> Result<Oid> {
        let id = self.git.odb()?.write(ObjectType::Blob, bytes)?;
        pass(Point::ObjectsBlob)?;
        Ok(self.note(id))
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
    /// `files` is about how many it will write. Many are first gathered in memory: either all of them
    /// get into the store, or none. Few may be tried again, when the system says no.
    pub(super) fn write_objects<T>(
        &self,
        files: usize,
        mut work: impl FnMut(&mut NewObjects<'_>) -> Result<T>,
    ) -> Result<T> {
        // A handle of its own: what is in memory goes with it, whatever happens.
        let git = self.durable()?;
        if files < PACK_FROM {
            let mut objects = NewObjects { git: &git, author: self.author(), made: Vec::new() };
            let mut done = work(&mut objects);
            // A `git gc` removes a directory that is empty, also the one that was made for an object just now.
            for _ in 1..TRIES {
                if !matches!(&done, Err(Error::Git(error)) if error.class() == ErrorClass::Os) {
                    break;
                }
                done = work(&mut objects);
            }
            ours::note_loose(&git, &objects.made);
            // libgit2 syncs an object and the directory that it is in, which may itself be new.
            sync(&git.commondir().join("objects"))?;
            return done;
        }
        let odb = git.odb()?;
        // Above the backends for loose objects and packs (priorities 1 and 2): it takes the writes.
        odb.add_new_mempack_backend(1000)?;
        let mut objects = NewObjects { git: &git, author: self.author(), made: Vec::new() };
        let done = work(&mut objects)?;
        let mut made = objects.made;
        made.sort();
        made.dedup();
        let stored = self.git().odb()?;
        stored.refresh()?;
        made.retain(|id| !stored.exists_ext(*id, OdbLookupFlags::NO_REFRESH));
        write_pack(&git, &made)?;
        Ok(done)
    }
}

/// Writes one pack of these objects: synced under a name that Git ignores, then moved to where Git looks.
fn write_pack(git: &Repository, objects: &[Oid]) -> Result<()> {
    if objects.is_empty() {
        return Ok(());
    }
    let packs = git.commondir().join("objects/pack");
    fs::create_dir_all(&packs).map_err(Error::io(&packs))?;
    let staging = tempfile::Builder::new().prefix(STAGING).tempdir_in(&packs).map_err(Error::io(&packs))?;
    let mut builder = git.packbuilder()?;
    builder.set_threads(0);
    for id in objects {
        builder.insert_object(*id, None)?;
    }
    builder.write(staging.path(), 0o444)?;
    pass(Point::ObjectsPacked)?;
    let name = builder.name()?.unwrap_or_default().to_owned();
    put_in_place(git, staging.path(), &name)
}

/// Puts a pack where Git looks, so that it survives a power cut.
pub(super) fn put_in_place(git: &Repository, staging: &Path, name: &str) -> Result<()> {
    let packs = git.commondir().join("objects/pack");
    ours::note_packs(git, [name]);
    // The index last: Git takes a pack for whole when it sees the index.
    for extension in ["pack", "idx"] {
        let file = format!("pack-{name}.{extension}");
        let (from, to) = (staging.join(&file), packs.join(&file));
        sync(&from)?;
        fs::rename(&from, &to).map_err(Error::io(to))?;
        pass(Point::ObjectsMoved)?;
    }
    sync(&packs)?;
    pass(Point::ObjectsSynced)
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
    if packs.is_dir() { sync(&packs) } else { Ok(()) }
}

fn sync(path: &Path) -> Result<()> {
    if cfg!(windows) {
        // Neither directories nor read-only files can be synced there; libgit2 syncs the pack itself.
        return Ok(());
    }
    File::open(path).and_then(|file| file.sync_all()).map_err(Error::io(path))
}
