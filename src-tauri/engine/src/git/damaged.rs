//! Loose objects that a power cut or a failing disk has cut short.
//!
//! They have to be found before libgit2 reads them. From one whose end is missing it never comes back, and one that
//! it is to write again it takes for being there.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File, Metadata};
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use flate2::bufread::ZlibDecoder;
use git2::Repository;
use rayon::prelude::*;

use super::plain_store::fans;
use super::repo::Repo;
use crate::error::{Error, Result};

/// Its time says up to when all objects were looked at.
const LOOKED: &str = "objects-looked-at";
/// Where damaged objects are kept, in the app's own directory.
const ASIDE: &str = "damaged";
/// A file system may count time in steps of this.
const STEP: Duration = Duration::from_secs(2);

/// For how long a process takes it that nothing was damaged since it looked: a power cut would have ended it.
const BELIEVED: Duration = Duration::from_secs(600);

/// Stores that this process has opened, each with when it last looked at it and noted that.
static OPENED: Mutex<Option<HashMap<PathBuf, Option<Instant>>>> = Mutex::new(None);

impl Repo {
    /// Looks at the loose objects that changed since this was done last, and sets those aside that are not whole:
    /// `fgd/damaged/<id>`. What needs one of them says then which one is missing. Whoever calls this holds the
    /// app's lock.
    pub(crate) fn set_damaged_aside(&self) -> Result<()> {
        let store = self.git().commondir();
        let noted = opened().as_ref().and_then(|stores| stores.get(store).copied().flatten());
        if noted.is_some_and(|at| at.elapsed() < BELIEVED) {
            return Ok(());
        }
        let looked = self.state_dir()?.join(LOOKED);
        // The file system's own clock counts, and it is read before the look.
        let begun = looked.with_extension("new");
        fs::write(&begun, "").map_err(Error::io(&begun))?;
        set_aside(self.git(), false)?;
        fs::rename(&begun, &looked).map_err(Error::io(looked))?;
        opened().get_or_insert_default().insert(store.to_owned(), Some(Instant::now()));
        Ok(())
    }
}

/// The same when a process opens a clone for the first time. Nothing is noted.
pub(super) fn set_aside_once(git: &Repository) -> Result<()> {
    let is_known = opened().as_ref().is_some_and(|stores| stores.contains_key(git.commondir()));
    if !is_known {
        super::plain_store::require_plain_store(git)?;
        set_aside(git, true)?;
        opened().get_or_insert_default().insert(git.commondir().to_owned(), None);
    }
    Ok(())
}

fn opened() -> MutexGuard<'static, Option<HashMap<PathBuf, Option<Instant>>>> {
    OPENED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Unless it is `thorough`, the look is at directories only in which something was made, renamed or removed: a process
/// that opened the clone has looked at all others, and no power was cut since.
fn set_aside(git: &Repository, thorough: bool) -> Result<()> {
    let own = git.commondir().join("fgd");
    let since = fs::metadata(own.join(LOOKED)).and_then(|looked| looked.modified()).ok();
    let is_new = |metadata: &Metadata| {
        let Some(since) = since.filter(|since| *since <= SystemTime::now()) else { return true };
        changed(metadata).is_none_or(|at| at + STEP >= since)
    };
    let objects = git.commondir().join("objects");
    let mut new = Vec::new();
    for fan in fans(&objects)? {
        if !thorough && fan.metadata().is_ok_and(|metadata| !is_new(&metadata)) {
            continue;
        }
        let fan = fan.path();
        let entries = match fs::read_dir(&fan) {
            Ok(entries) => entries,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => continue,
            Err(error) => return Err(Error::io(fan)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(Error::io(&fan))?;
            // Whatever is called otherwise is no object, and nobody's to move.
            if !is_objects(&entry.file_name()) {
                continue;
            }
            // One that is gone by now was another Git's to remove.
            if entry.metadata().is_ok_and(|metadata| metadata.is_file() && is_new(&metadata)) {
                new.push(entry.path());
            }
        }
    }
    let damaged: Vec<&PathBuf> = new.par_iter().filter(|path| is_damaged(path)).collect();
    for path in damaged {
        let name = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        let id = name(path.parent().and_then(Path::file_name)) + &name(path.file_name());
        let aside = own.join(ASIDE);
        tracing::warn!(%id, aside = %aside.display(), "an object in Git's store is not whole and is set aside");
        fs::create_dir_all(&aside).map_err(Error::io(&aside))?;
        fs::rename(path, aside.join(id)).map_err(Error::io(path))?;
    }
    Ok(())
}

/// Whether a file in a directory of loose objects has an object's name: what is left of a SHA-1 in hex.
fn is_objects(name: &OsStr) -> bool {
    name.len() == 38 && name.as_encoded_bytes().iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// When a file was changed last, by whatever.
#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<SystemTime> {
    use std::os::unix::fs::MetadataExt;
    Some(SystemTime::UNIX_EPOCH + Duration::from_secs(u64::try_from(metadata.ctime()).ok()?))
}

#[cfg(not(unix))]
fn changed(metadata: &Metadata) -> Option<SystemTime> {
    metadata.modified().ok()
}

/// Whether it can be read and is not a whole object: its head names another length, or its stream breaks off.
fn is_damaged(path: &Path) -> bool {
    match inflate(path) {
        Ok(is_whole) => !is_whole,
        // A disk that does not read says so to whoever needs the object.
        Err(error) => matches!(
            error.kind(),
            ErrorKind::UnexpectedEof | ErrorKind::InvalidInput | ErrorKind::InvalidData
        ),
    }
}

fn inflate(path: &Path) -> std::io::Result<bool> {
    let mut object = BufReader::new(ZlibDecoder::new(BufReader::new(File::open(path)?)));
    let mut head = Vec::new();
    object.by_ref().take(64).read_until(0, &mut head)?;
    let length = head.strip_suffix(&[0]).and_then(|head| std::str::from_utf8(head).ok()?.split_once(' '));
    let Some(length) = length.and_then(|(_, length)| length.parse::<u64>().ok()) else { return Ok(false) };
    Ok(std::io::copy(&mut object, &mut std::io::sink())? == length)
}
