//! Which packs and loose objects of Git's store we wrote or fetched: the notes that housekeeping goes by.
//!
//! A note is a hint and never data. One that is lost leaves an object where it is for Git's own housekeeping;
//! one too many has an object moved into a pack, and moving loses nothing.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use git2::{Oid, Repository};

use super::whole_file::write_whole;
use crate::error::Result;

/// The names of packs, one a line, as in `pack-<name>.pack`.
const PACKS: &str = "packs";
/// The names of objects that have a file each, one a line.
const LOOSE: &str = "loose";
/// A name and its line end.
const LINE: u64 = 41;

/// What is noted.
#[derive(Debug, Default)]
pub(super) struct Ours {
    pub(super) packs: BTreeSet<String>,
    pub(super) loose: BTreeSet<Oid>,
}

/// Notes packs that are about to be put in their place, or have just come.
pub(super) fn note_packs<'a>(git: &Repository, names: impl IntoIterator<Item = &'a str>) {
    note(git, PACKS, names.into_iter().map(|name| format!("{name}\n")).collect());
}

/// Notes objects that were just written, each as a file.
pub(super) fn note_loose(git: &Repository, objects: &[Oid]) {
    note(git, LOOSE, objects.iter().map(|id| format!("{id}\n")).collect());
}

fn note(git: &Repository, file: &str, lines: String) {
    if lines.is_empty() {
        return;
    }
    let directory = directory(git);
    let append = || {
        // Only the directory itself: where Git's own is gone, nothing of it is made anew.
        if let Err(error) = fs::create_dir(&directory)
            && error.kind() != ErrorKind::AlreadyExists
        {
            return Err(error);
        }
        let mut file = File::options().create(true).append(true).open(directory.join(file))?;
        file.write_all(lines.as_bytes())
    };
    if let Err(error) = append() {
        tracing::warn!(%error, "what was put into Git's store could not be noted");
    }
}

/// Reads only the names of packs.
pub(super) fn packs(git: &Repository) -> BTreeSet<String> {
    lines(&directory(git).join(PACKS)).filter(|name| is_hex(name)).collect()
}

/// About how many loose objects are noted: the size of the notes says it.
pub(super) fn count_loose(git: &Repository) -> u64 {
    fs::metadata(directory(git).join(LOOSE)).map_or(0, |notes| notes.len() / LINE)
}

impl Ours {
    pub(super) fn read(git: &Repository) -> Self {
        let loose = lines(&directory(git).join(LOOSE)).filter(|line| line.len() == 40);
        Self { packs: packs(git), loose: loose.filter_map(|line| Oid::from_str(&line).ok()).collect() }
    }

    /// Writes the notes anew.
    pub(super) fn write(&self, git: &Repository) -> Result<()> {
        let directory = directory(git);
        let packs: String = self.packs.iter().map(|name| format!("{name}\n")).collect();
        let loose: String = self.loose.iter().map(|id| format!("{id}\n")).collect();
        write_whole(&directory.join(PACKS), packs.as_bytes())?;
        write_whole(&directory.join(LOOSE), loose.as_bytes())
    }
}

/// What can't be read is no note.
fn lines(path: &Path) -> impl Iterator<Item = String> + use<> {
    let text = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect::<Vec<_>>().into_iter()
}

/// Whether it can be the name of a pack, and of nothing else on disk.
fn is_hex(name: &str) -> bool {
    name.len() == 40 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The name of the pack whose file this is.
pub(super) fn pack_name(file: &Path) -> Option<&str> {
    let name = file.file_name()?.to_str()?.strip_prefix("pack-")?.strip_suffix(".pack")?;
    is_hex(name).then_some(name)
}

fn directory(git: &Repository) -> PathBuf {
    git.commondir().join("fgd")
}
