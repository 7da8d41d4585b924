//! The files of a directory that hold YAML or JSON: listed, and read as far as one is taken.

use std::fs::{self, DirEntry, File};
use std::path::Path;
use std::time::SystemTime;

use rayon::prelude::*;

use crate::beneath::{self, Opened};
use crate::cloud;
use crate::error::{Error, Result};
use crate::fgd::layout::Layout;
use crate::finding::{Code, Finding};
use crate::id::RepoPath;

/// The largest file that is taken: a hundred thousand objects are a third of it.
pub(crate) const LARGEST: u64 = 64 * 1024 * 1024;

/// A file, not opened yet. The same entry twice is the same file, as far as a listing can tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct FileEntry {
    /// Its path in the repository.
    pub(crate) path: RepoPath,
    /// Its size.
    pub(crate) bytes: u64,
    /// When it was last written, by the file system.
    pub(crate) modified: Option<SystemTime>,
}

/// Lists the files below `top`, at any depth, in the order of their paths; none where there is no `top`.
///
/// Hidden files and directories and whatever is no plain file are left alone. What can't be listed, has a name
/// that Git can't share, or looks like one of the files and is a link or a pipe, is a finding.
///
/// # Errors
/// `DirectoryBlocked` where `top`, or a directory above it in the work tree, is a link: it may lead anywhere.
pub(crate) fn yaml_files(work_tree: &Path, top: &RepoPath) -> Result<(Vec<FileEntry>, Vec<Finding>)> {
    require_no_link(work_tree, top)?;
    let (mut taken, mut findings) = (Vec::new(), Vec::new());
    let mut pending = vec![top.clone()];
    while let Some(directory) = pending.pop() {
        let path = directory.under(work_tree);
        let listing = match fs::read_dir(&path) {
            Ok(listing) => listing,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) if directory != *top => {
                findings.push(unreadable(&directory, &error));
                continue;
            }
            Err(error) => return Err(Error::io(path)(error)),
        };
        for entry in listing {
            let entry = entry.map_err(Error::io(&path))?;
            let name = entry.file_name();
            let Ok(file_type) = entry.file_type() else { continue };
            let Some(name) = name.to_str() else {
                if file_type.is_file() {
                    let name = name.to_string_lossy();
                    findings.push(
                        Finding::new(
                            Code::Unreadable,
                            format!("The name of {name} is not UTF-8, so Git can't share it."),
                        )
                        .hint("Rename the file.")
                        .in_file(&directory),
                    );
                }
                continue;
            };
            if let Some(name) = cloud::marked(name).filter(|name| Layout::takes(name)) {
                findings.push(elsewhere(&directory.join(name)));
            }
            if name.starts_with('.') {
                continue;
            }
            let path = directory.join(name);
            if file_type.is_dir() {
                pending.push(path);
            } else if !file_type.is_file() && Layout::takes(name) {
                findings.push(no_plain_file(&path, file_type.is_symlink()));
            } else if Layout::takes(name) {
                if RepoPath::parse(path.as_str()).is_err() {
                    findings.push(
                        Finding::new(Code::Unreadable, "The file's name does not work on every system.")
                            .hint("Rename it without `:`, `\\` and control characters.")
                            .in_file(&path),
                    );
                    continue;
                }
                taken.push((path, entry));
            }
        }
    }
    let look = |(path, entry): (RepoPath, DirEntry)| {
        // Gone between the listing and the look: whoever took it away had a reason.
        let metadata = entry.metadata().ok()?;
        Some(FileEntry { path, bytes: metadata.len(), modified: metadata.modified().ok() })
    };
    let mut entries: Vec<FileEntry> = taken.into_par_iter().filter_map(look).collect();
    entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok((entries, findings))
}

fn require_no_link(work_tree: &Path, directory: &RepoPath) -> Result<()> {
    let mut path = work_tree.to_path_buf();
    for part in directory.as_str().split('/').filter(|part| !part.is_empty()) {
        path.push(part);
        if path.symlink_metadata().is_ok_and(|there| there.is_symlink()) {
            return Err(Error::DirectoryBlocked { directory: directory.clone() });
        }
    }
    Ok(())
}

/// Nothing is followed out of the directory, and nothing is opened that may never end.
fn no_plain_file(path: &RepoPath, is_link: bool) -> Finding {
    let message = if is_link {
        "It is a symbolic link, and links are not followed."
    } else {
        "It is a pipe, a socket or a device, and no file."
    };
    Finding::new(Code::Unreadable, message).hint("Put the file itself in its place.").in_file(path)
}

fn elsewhere(path: &RepoPath) -> Finding {
    Finding::new(Code::Unreadable, "The file is in iCloud, and not on this machine.")
        .hint("Open it once, so that it is downloaded, or keep the folder out of iCloud.")
        .in_file(path)
}

/// What can't be read, and what to do about it.
pub(crate) fn unreadable(path: &RepoPath, error: &std::io::Error) -> Finding {
    let hint = match error.kind() {
        std::io::ErrorKind::PermissionDenied => "Check its permissions.",
        _ => "Check the disk. If a cloud drive keeps the file elsewhere, let the drive bring it here.",
    };
    Finding::new(Code::Unreadable, format!("It could not be read: {error}.")).hint(hint).in_file(path)
}

/// Reads a file that a person named whole, through a link too, unless it is larger than any that is taken. One
/// that is gone by now is `None`.
pub(crate) fn read_bounded(folder: &Path, path: &RepoPath) -> Result<Option<Vec<u8>>, Box<Finding>> {
    match File::open(path.under(folder)) {
        Ok(file) => Opened::of(file).map_or_else(|error| missing(path, &error), |opened| whole(opened, path)),
        Err(error) => missing(path, &error),
    }
}

fn missing(path: &RepoPath, error: &std::io::Error) -> Result<Option<Vec<u8>>, Box<Finding>> {
    match error.kind() {
        std::io::ErrorKind::NotFound => Ok(None),
        _ => Err(Box::new(unreadable(path, error))),
    }
}

fn whole(opened: Opened, path: &RepoPath) -> Result<Option<Vec<u8>>, Box<Finding>> {
    // It may grow while it is read, so what was listed is not what counts.
    if opened.metadata().len() <= LARGEST {
        match opened.read(LARGEST + 1) {
            Ok(bytes) if bytes.len() as u64 <= LARGEST => return Ok(Some(bytes)),
            Ok(_) => {}
            Err(error) => return missing(path, &error),
        }
    }
    let message = format!("The file is larger than {} MiB.", LARGEST / (1024 * 1024));
    Err(Box::new(
        Finding::new(Code::TooLarge, message).hint("Split it into several files.").in_file(path).at(1, 1),
    ))
}

/// Reads a plain file whole, unless it is larger than any that is taken. One that is gone by now is `None`, and
/// so is one in whose place something else has come since it was listed: a link may lead anywhere, and a pipe
/// never ends.
pub(crate) fn read_plain(work_tree: &Path, path: &RepoPath) -> Result<Option<Vec<u8>>, Box<Finding>> {
    match beneath::open(work_tree, path) {
        Ok(opened) => whole(opened, path),
        Err(_) if path.under(work_tree).symlink_metadata().is_ok_and(|there| !there.is_file()) => Ok(None),
        Err(error) => missing(path, &error),
    }
}

/// The files that repairing a directory's structure looks at, each with its bytes: all plain ones below
/// `.hnp/`, `managed/`, `unmanaged/` and `raw/`, the root's YAML and JSON, and its README. One that is larger
/// than any that is taken is left out, and so stays where it is.
///
/// # Errors
/// Whatever keeps one from being read: taken for missing, it would be made anew.
pub(crate) fn structure_files(work_tree: &Path, layout: &Layout) -> Result<Vec<(RepoPath, Vec<u8>)>> {
    let root = layout.root();
    require_no_link(work_tree, root)?;
    let mut files = Vec::new();
    let mut pending: Vec<(RepoPath, bool)> = vec![(root.clone(), false)];
    while let Some((directory, deep)) = pending.pop() {
        let path = directory.under(work_tree);
        let listing = match fs::read_dir(&path) {
            Ok(listing) => listing,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(Error::io(path)(error)),
        };
        for entry in listing {
            let entry = entry.map_err(Error::io(&path))?;
            let name = entry.file_name();
            let (Some(name), Ok(file_type)) = (name.to_str(), entry.file_type()) else { continue };
            let below = directory.join(name);
            if RepoPath::parse(below.as_str()).is_err() {
                continue;
            }
            if file_type.is_dir() {
                if deep || matches!(name, ".hnp" | "managed" | "unmanaged" | "raw") {
                    pending.push((below, true));
                }
            } else if file_type.is_file() && (deep || name == "README.md" || Layout::takes(name)) {
                match read_plain(work_tree, &below) {
                    Ok(found) => files.extend(found.map(|bytes| (below, bytes))),
                    Err(finding) if finding.code == Code::TooLarge => {}
                    Err(finding) => {
                        let error = std::io::Error::other(finding.message);
                        return Err(Error::io(below.under(work_tree))(error));
                    }
                }
            }
        }
    }
    files.sort();
    Ok(files)
}
