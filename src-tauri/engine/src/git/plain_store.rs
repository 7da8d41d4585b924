//! Git's own directory, looked at before anything is written in it.
//!
//! A directory that came from somewhere else (an archive, a shared disk) may have links where Git keeps its
//! files, and Git follows them: a commit would be noted in a file of the user's.

use std::fs;
use std::path::Path;

use git2::Repository;

use crate::error::{Error, Result};

/// What is written, or stands above what is written.
const FILES: [&str; 8] =
    ["HEAD", "index", "config", "packed-refs", "shallow", "FETCH_HEAD", "objects", "objects/pack"];
/// Directories in which any file may be written.
const TREES: [&str; 3] = ["refs", "logs", "fgd"];
/// A repository with more refs than this is looked at so far.
const MOST: usize = 20_000;

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
    let objects = git_dir.join("objects");
    for fan in 0..=255 {
        check(&objects.join(format!("{fan:02x}")))?;
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

/// Whether it is a directory. What is not there is nothing.
fn check(path: &Path) -> Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(metadata) if metadata.is_file() => Ok(false),
        Ok(_) => Err(Error::StoreNotPlain { path: path.to_owned() }),
        Err(_) => Ok(false),
    }
}
