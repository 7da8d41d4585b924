//! Git's own directory, looked at before anything is written in it.
//!
//! A directory that came from somewhere else (an archive, a shared disk) may have links where Git keeps its
//! files, and Git follows them: a commit would be noted in a file of the user's.

use std::fs::{self, DirEntry};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use git2::Repository;

use crate::error::{Error, Result};

/// What is written, or stands above what is written.
const FILES: [&str; 8] =
    ["HEAD", "index", "config", "packed-refs", "shallow", "FETCH_HEAD", "objects", "objects/pack"];
/// Directories in which any file may be written.
const TREES: [&str; 3] = ["refs", "logs", "fgd"];
/// A repository with more refs than this is looked at so far.
const MOST: usize = 20_000;

/// What Git reads as soon as a repository is opened, or soon after.
const READ: [&str; 13] = [
    "HEAD",
    "commondir",
    "gitdir",
    "config",
    "config.worktree",
    "index",
    "packed-refs",
    "shallow",
    "info/exclude",
    "info/attributes",
    "objects/info/alternates",
    "objects/info/commit-graph",
    "objects/pack/multi-pack-index",
];

/// Makes sure that Git comes to an end when it opens the repository which a folder is in: it would wait at a pipe for
/// as long as nobody writes to it.
///
/// # Errors
/// `StoreNotPlain`, which names the first pipe, socket or device.
pub(super) fn require_no_pipe(folder: &Path) -> Result<()> {
    for folder in folder.ancestors() {
        let dot_git = folder.join(".git");
        let own = match fs::metadata(&dot_git) {
            Ok(metadata) if metadata.is_dir() => dot_git,
            Ok(metadata) if metadata.is_file() => match named_in(&dot_git, "gitdir:") {
                Some(named) => folder.join(named),
                None => continue,
            },
            // A repository without a work tree.
            _ if ["objects", "refs"].iter().all(|name| folder.join(name).is_dir()) => folder.to_owned(),
            _ => continue,
        };
        require_readable(&own)?;
        if let Some(named) = named_in(&own.join("commondir"), "") {
            require_readable(&own.join(named))?;
        }
        return Ok(());
    }
    Ok(())
}

fn require_readable(git_dir: &Path) -> Result<()> {
    for name in READ {
        require_end(&git_dir.join(name))?;
    }
    let mut pending = vec![git_dir.join("refs"), git_dir.join("objects/pack")];
    let mut seen = 0;
    while let Some(path) = pending.pop() {
        for entry in fs::read_dir(&path).into_iter().flatten().flatten() {
            seen += 1;
            match entry.file_type() {
                Ok(is) if is.is_dir() => pending.push(entry.path()),
                Ok(is) if is.is_file() => {}
                _ => require_end(&entry.path())?,
            }
        }
        if seen > MOST {
            break;
        }
    }
    Ok(())
}

/// That reading it comes to an end, through a link too. What is not there is not read.
fn require_end(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => {
            Err(Error::StoreNotPlain { path: path.to_owned() })
        }
        _ => Ok(()),
    }
}

/// The path that a small file holds behind a word.
pub(super) fn named_in(file: &Path, word: &str) -> Option<PathBuf> {
    let metadata = fs::metadata(file).ok()?;
    let text =
        (metadata.is_file() && metadata.len() < 64 * 1024).then(|| fs::read_to_string(file).ok())??;
    Some(PathBuf::from(text.strip_prefix(word)?.trim()))
}

/// Makes sure that nothing which is written in Git's own directory leads elsewhere.
///
/// # Errors
/// `StoreNotPlain`, which names the first link, pipe or device.
pub(super) fn require_plain_store(git: &Repository) -> Result<()> {
    let (own, shared) = (git.path(), git.commondir());
    require_plain(own)?;
    if own == shared { Ok(()) } else { require_plain(shared) }
}

fn require_plain(git_dir: &Path) -> Result<()> {
    for name in FILES {
        check(&git_dir.join(name))?;
    }
    for fan in fans(&git_dir.join("objects"))? {
        if !fan.file_type().is_ok_and(|is| is.is_dir() || is.is_file()) {
            return Err(Error::StoreNotPlain { path: fan.path() });
        }
    }
    let mut pending: Vec<_> = TREES.iter().map(|tree| git_dir.join(tree)).collect();
    let mut seen = 0;
    while let Some(path) = pending.pop() {
        seen += 1;
        if check(&path)? && seen < MOST {
            let entries = fs::read_dir(&path).map_err(Error::io(&path))?;
            pending.extend(entries.flatten().map(|entry| entry.path()));
        }
    }
    Ok(())
}

/// What has the name of a directory of loose objects: the first two digits of theirs. Where the store itself is not
/// there, none has.
///
/// # Errors
/// The store can't be listed.
pub(super) fn fans(objects: &Path) -> Result<Vec<DirEntry>> {
    let entries = match fs::read_dir(objects) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed.map_err(Error::io(objects))?,
    };
    let is_digits = |name: &[u8]| name.len() == 2 && name.iter().all(u8::is_ascii_hexdigit);
    let fans = entries
        .filter(|entry| entry.as_ref().map_or(true, |entry| is_digits(entry.file_name().as_encoded_bytes())));
    fans.collect::<std::io::Result<_>>().map_err(Error::io(objects))
}

/// Whether it is a directory. What is not there is nothing.
fn check(path: &Path) -> Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(metadata) if metadata.is_file() => Ok(false),
        Ok(_) => Err(Error::StoreNotPlain { path: path.to_owned() }),
        Err(_) => Ok(false),
    }
}
