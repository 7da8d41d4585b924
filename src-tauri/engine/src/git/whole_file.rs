//! Small files of ours in Git's directory.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

use super::durable::sync_dir;
use crate::error::{Error, Result};

/// What a killed process leaves of a file that it was writing begins like this.
pub(super) const UNFINISHED: &str = ".fgd-";

/// Writes a file whole: under its name is what was there before, or all of `bytes`, also after a power cut.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let dir = path.parent().unwrap_or(path);
    let mut staged = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(dir).map_err(Error::io(dir))?;
    staged.write_all(bytes).and_then(|()| staged.as_file().sync_all()).map_err(Error::io(path))?;
    staged.persist(path).map_err(|error| Error::io(path)(error.error))?;
    sync_dir(dir)
}

/// Removes a file, if it is there.
pub(super) fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io(path)(error)),
        _ => Ok(()),
    }
}
