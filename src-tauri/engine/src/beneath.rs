//! Files of a work tree, reached by their directories one after the other, none of which may be a link.
//!
//! A path that was looked at is another one as soon as somebody puts a link in the place of a directory on it.
//! So on Unix a directory is held open while something is done in it, and it is opened by a call that follows no
//! link, or else from the one before: what is read and written is in the work tree, whatever becomes of the names
//! meanwhile. On Windows, where making a link needs a right of its own, the directories are looked at first.

use std::fs::{File, Metadata};
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

use crate::id::RepoPath;

/// A file that is open for reading.
pub(crate) struct Opened {
    file: File,
    metadata: Metadata,
}

impl Opened {
    /// Whatever was opened: a person may name a pipe.
    pub(crate) fn of(file: File) -> Result<Self> {
        let metadata = file.metadata()?;
        Ok(Self { file, metadata })
    }

    fn plain(file: File) -> Result<Self> {
        let opened = Self::of(file)?;
        if opened.metadata.is_file() { Ok(opened) } else { Err(no_plain_file()) }
    }

    /// What the system told of it when it was opened.
    pub(crate) fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Reads all that is in it, as far as `most` bytes. One that ends before its length is an error: a drive in the
    /// cloud that does not bring it, or somebody who is cutting it short, and neither is what the file holds.
    pub(crate) fn read(self, most: u64) -> Result<Vec<u8>> {
        let length = self.metadata.len().min(most);
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        self.file.take(most).read_to_end(&mut bytes)?;
        if (bytes.len() as u64) < length {
            return Err(Error::new(ErrorKind::UnexpectedEof, "it ends before its length"));
        }
        Ok(bytes)
    }
}

/// Opens a plain file for reading. Whatever else stands there, or on the way to it, is an error.
pub(crate) fn open(work_tree: &Path, path: &RepoPath) -> Result<Opened> {
    Opened::plain(system::open(work_tree, path)?)
}

/// Work on many files, directory by directory: the one of the last file stays open for the next.
pub(crate) struct Held<'a> {
    work_tree: &'a Path,
    last: Option<(String, system::Directory)>,
}

impl<'a> Held<'a> {
    /// None is open yet.
    pub(crate) fn new(work_tree: &'a Path) -> Self {
        Self { work_tree, last: None }
    }

    /// The work tree.
    pub(crate) fn root(&self) -> &'a Path {
        self.work_tree
    }

    fn directory(&mut self, parent: &str) -> Result<&system::Directory> {
        if self.last.as_ref().is_none_or(|(known, _)| known != parent) {
            self.last = Some((parent.to_owned(), system::directory(self.work_tree, parent)?));
        }
        self.last.as_ref().map(|(_, directory)| directory).ok_or_else(no_plain_file)
    }

    /// Opens a plain file for reading. Whatever else stands there, or on the way to it, is an error.
    pub(crate) fn open(&mut self, path: &RepoPath) -> Result<Opened> {
        let (parent, name) = split(path);
        Opened::plain(system::open_in(self.directory(parent)?, name)?)
    }

    /// Opens for writing a file that was not there before.
    pub(crate) fn create(&mut self, path: &RepoPath, executable: bool) -> Result<File> {
        let (parent, name) = split(path);
        system::create(self.directory(parent)?, name, executable)
    }

    /// Gives a file another name in its directory, in place of what has that name; `AlreadyExists` where nothing
    /// may be replaced and something is there.
    pub(crate) fn rename(&mut self, from: &RepoPath, name: &str, replace: bool) -> Result<()> {
        let (parent, old) = split(from);
        system::rename(self.directory(parent)?, old, name, replace)
    }
}

/// Makes a file's bytes survive a power cut.
pub(crate) fn sync(work_tree: &Path, path: &RepoPath) -> Result<()> {
    system::for_sync(work_tree, path)?.sync_all()
}

/// Removes a file, or a link itself.
pub(crate) fn remove_file(work_tree: &Path, path: &RepoPath) -> Result<()> {
    system::remove_file(work_tree, path)
}

/// Makes one directory.
pub(crate) fn make_dir(work_tree: &Path, path: &RepoPath) -> Result<()> {
    system::make_dir(work_tree, path)
}

/// Removes one directory that is empty.
pub(crate) fn remove_dir(work_tree: &Path, path: &RepoPath) -> Result<()> {
    system::remove_dir(work_tree, path)
}

/// That something else is in the place of a file.
pub(crate) fn no_plain_file() -> std::io::Error {
    std::io::Error::other("it is no plain file")
}

/// A path's directory and its last part.
fn split(path: &RepoPath) -> (&str, &str) {
    path.as_str().rsplit_once('/').unwrap_or(("", path.as_str()))
}

#[cfg(unix)]
mod system {
    use std::os::fd::OwnedFd;

    use rustix::fs::{
        AtFlags, CWD, Mode, OFlags, RenameFlags, mkdirat, openat, renameat, renameat_with, unlinkat,
    };
    use rustix::io::Errno;

    use super::{File, Path, RepoPath, Result, no_plain_file, split};

    const DIRECTORY: OFlags = OFlags::DIRECTORY.union(OFlags::RDONLY).union(OFlags::CLOEXEC);

    /// A directory that is held open.
    pub(super) type Directory = OwnedFd;

    pub(super) fn directory(work_tree: &Path, directory: &str) -> Result<Directory> {
        Ok(reached(work_tree, directory, DIRECTORY)?)
    }

    /// Opens what a path leads to without a link on it.
    fn reached(work_tree: &Path, path: &str, flags: OFlags) -> rustix::io::Result<OwnedFd> {
        let root = openat(CWD, work_tree, DIRECTORY, Mode::empty())?;
        if path.is_empty() {
            return Ok(root);
        }
        match in_one_step(&root, path, flags) {
            Err(Errno::NOSYS | Errno::PERM | Errno::INVAL | Errno::AGAIN) => part_by_part(root, path, flags),
            opened => opened,
        }
    }

    /// Where the system itself can see to it that no link is on the way.
    #[cfg(target_os = "linux")]
    fn in_one_step(root: &OwnedFd, path: &str, flags: OFlags) -> rustix::io::Result<OwnedFd> {
        use rustix::fs::{ResolveFlags, openat2};
        let strictly = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
        openat2(root, path, flags, Mode::empty(), strictly)
    }

    #[cfg(not(target_os = "linux"))]
    fn in_one_step(_root: &OwnedFd, _path: &str, _flags: OFlags) -> rustix::io::Result<OwnedFd> {
        Err(Errno::NOSYS)
    }

    fn part_by_part(root: OwnedFd, path: &str, flags: OFlags) -> rustix::io::Result<OwnedFd> {
        let (mut held, mut parts) = (root, path.split('/').peekable());
        while let Some(part) = parts.next() {
            let flags = if parts.peek().is_some() { DIRECTORY } else { flags };
            held = openat(&held, part, flags | OFlags::NOFOLLOW, Mode::empty())?;
        }
        Ok(held)
    }

    // A pipe that nobody writes to would be waited for.
    const FILE: OFlags =
        OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

    pub(super) fn open(work_tree: &Path, path: &RepoPath) -> Result<File> {
        opened(reached(work_tree, path.as_str(), FILE))
    }

    pub(super) fn open_in(held: &Directory, name: &str) -> Result<File> {
        opened(openat(held, name, FILE, Mode::empty()))
    }

    fn opened(file: rustix::io::Result<OwnedFd>) -> Result<File> {
        match file {
            Err(Errno::LOOP) => Err(no_plain_file()),
            opened => Ok(opened?.into()),
        }
    }

    /// Whether a file is reached in the one or the other way; a system without the first has the other only.
    #[cfg(test)]
    pub(super) fn reached_by(work_tree: &Path, path: &str, in_one: bool) -> bool {
        let root = openat(CWD, work_tree, DIRECTORY, Mode::empty()).expect("a directory");
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match in_one_step(&root, path, flags) {
            Err(Errno::NOSYS | Errno::PERM) => part_by_part(root, path, flags).is_ok(),
            opened if in_one => opened.is_ok(),
            _ => part_by_part(root, path, flags).is_ok(),
        }
    }

    pub(super) fn for_sync(work_tree: &Path, path: &RepoPath) -> Result<File> {
        open(work_tree, path)
    }

    pub(super) fn create(held: &Directory, name: &str, executable: bool) -> Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        // The user's own mask takes its part away.
        let mode = Mode::from_raw_mode(if executable { 0o777 } else { 0o666 });
        Ok(openat(held, name, flags, mode)?.into())
    }

    pub(super) fn rename(held: &Directory, old: &str, name: &str, replace: bool) -> Result<()> {
        if replace {
            return Ok(renameat(held, old, held, name)?);
        }
        match renameat_with(held, old, held, name, RenameFlags::NOREPLACE) {
            // Not every file system can: a second name for the file can't replace anything either.
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
                rustix::fs::linkat(held, old, held, name, AtFlags::empty())?;
                Ok(unlinkat(held, old, AtFlags::empty())?)
            }
            renamed => Ok(renamed?),
        }
    }

    pub(super) fn remove_file(work_tree: &Path, path: &RepoPath) -> Result<()> {
        let (parent, name) = split(path);
        Ok(unlinkat(directory(work_tree, parent)?, name, AtFlags::empty())?)
    }

    pub(super) fn make_dir(work_tree: &Path, path: &RepoPath) -> Result<()> {
        let (parent, name) = split(path);
        Ok(mkdirat(directory(work_tree, parent)?, name, Mode::from_raw_mode(0o777))?)
    }

    pub(super) fn remove_dir(work_tree: &Path, path: &RepoPath) -> Result<()> {
        let (parent, name) = split(path);
        Ok(unlinkat(directory(work_tree, parent)?, name, AtFlags::REMOVEDIR)?)
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs;
    use std::path::PathBuf;

    use super::{File, Path, RepoPath, Result, no_plain_file, split};

    /// A directory that was looked at.
    pub(super) type Directory = PathBuf;

    pub(super) fn directory(work_tree: &Path, directory: &str) -> Result<Directory> {
        let mut at = work_tree.to_path_buf();
        for part in directory.split('/').filter(|part| !part.is_empty()) {
            at.push(part);
            if !fs::symlink_metadata(&at)?.is_dir() {
                return Err(std::io::ErrorKind::NotADirectory.into());
            }
        }
        Ok(at)
    }

    fn check(work_tree: &Path, path: &RepoPath) -> Result<()> {
        directory(work_tree, split(path).0).map(drop)
    }

    pub(super) fn open(work_tree: &Path, path: &RepoPath) -> Result<File> {
        let (parent, name) = split(path);
        open_in(&directory(work_tree, parent)?, name)
    }

    pub(super) fn open_in(held: &Directory, name: &str) -> Result<File> {
        let path = held.join(name);
        if fs::symlink_metadata(&path)?.is_file() { File::open(path) } else { Err(no_plain_file()) }
    }

    /// This system syncs for who may write.
    pub(super) fn for_sync(work_tree: &Path, path: &RepoPath) -> Result<File> {
        check(work_tree, path)?;
        File::options().write(true).open(path.under(work_tree))
    }

    pub(super) fn create(held: &Directory, name: &str, _executable: bool) -> Result<File> {
        File::options().write(true).create_new(true).open(held.join(name))
    }

    pub(super) fn rename(held: &Directory, old: &str, name: &str, replace: bool) -> Result<()> {
        let (from, to) = (held.join(old), held.join(name));
        if replace {
            return fs::rename(from, to);
        }
        tempfile::TempPath::try_from_path(from)?.persist_noclobber(to).map_err(|refused| refused.error)
    }

    pub(super) fn remove_file(work_tree: &Path, path: &RepoPath) -> Result<()> {
        check(work_tree, path)?;
        fs::remove_file(path.under(work_tree))
    }

    pub(super) fn make_dir(work_tree: &Path, path: &RepoPath) -> Result<()> {
        check(work_tree, path)?;
        fs::create_dir(path.under(work_tree))
    }

    pub(super) fn remove_dir(work_tree: &Path, path: &RepoPath) -> Result<()> {
        check(work_tree, path)?;
        fs::remove_dir(path.under(work_tree))
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::symlink;

    use super::*;

    fn at(path: &str) -> RepoPath {
        RepoPath::parse(path).expect("a path")
    }

    #[test]
    fn what_is_in_the_tree_is_reached() {
        let tree = tempfile::tempdir().expect("directory");
        let root = tree.path();
        make_dir(root, &at("a")).expect("made");
        make_dir(root, &at("a/b")).expect("made");
        Held::new(root).create(&at("a/b/new"), false).expect("created").write_all(b"1").expect("written");
        assert!(Held::new(root).create(&at("a/b/new"), false).is_err(), "it is there");
        Held::new(root).rename(&at("a/b/new"), "x", false).expect("renamed");
        for opened in [open(root, &at("a/b/x")), Held::new(root).open(&at("a/b/x"))] {
            assert_eq!(opened.expect("opened").read(9).expect("read"), b"1");
        }
        assert!(Held::new(root).open(&at("a/b")).is_err(), "a directory is no file");
        Held::new(root).create(&at("a/b/y"), false).expect("created");
        let taken = Held::new(root).rename(&at("a/b/y"), "x", false).expect_err("taken");
        assert_eq!(taken.kind(), std::io::ErrorKind::AlreadyExists);
        Held::new(root).rename(&at("a/b/y"), "x", true).expect("replaced");
        assert!(remove_dir(root, &at("a/b")).is_err(), "it is not empty");
        remove_file(root, &at("a/b/x")).expect("removed");
        remove_dir(root, &at("a/b")).expect("removed");
        assert!(open(root, &at("a")).is_err(), "a directory is no file");
    }

    #[test]
    fn nothing_is_reached_through_a_link() {
        let tree = tempfile::tempdir().expect("directory");
        let outside = tempfile::tempdir().expect("directory");
        std::fs::write(outside.path().join("x"), "secret").expect("written");
        symlink(outside.path(), tree.path().join("dir")).expect("link");
        symlink(outside.path().join("x"), tree.path().join("x")).expect("link");
        let root = tree.path();
        assert!(open(root, &at("dir/x")).is_err());
        assert!(open(root, &at("x")).is_err());
        assert!(Held::new(root).open(&at("dir/x")).is_err());
        assert!(Held::new(root).open(&at("x")).is_err());
        assert!(Held::new(root).create(&at("dir/new"), false).is_err());
        assert!(Held::new(root).create(&at("x"), false).is_err());
        assert!(Held::new(root).rename(&at("dir/x"), "y", true).is_err());
        assert!(remove_file(root, &at("dir/x")).is_err());
        assert!(make_dir(root, &at("dir/new")).is_err());
        assert!(remove_dir(root, &at("dir/new")).is_err());
        assert_eq!(std::fs::read_to_string(outside.path().join("x")).expect("there"), "secret");
        assert_eq!(std::fs::read_dir(outside.path()).expect("listed").count(), 1);
    }

    /// Both ways of the system are held to the same.
    #[test]
    fn a_path_is_reached_in_one_step_as_it_is_part_by_part() {
        let tree = tempfile::tempdir().expect("directory");
        let root = tree.path();
        std::fs::create_dir_all(root.join("a/b")).expect("made");
        std::fs::write(root.join("a/b/x"), "1").expect("written");
        symlink("b", root.join("a/link")).expect("link");
        symlink("x", root.join("a/b/link")).expect("link");
        let step = |path| system::reached_by(root, path, true);
        let parts = |path| system::reached_by(root, path, false);
        for (path, is_there) in
            [("a/b/x", true), ("a/b/link", false), ("a/link/x", false), ("a/b/y", false), ("a/c/x", false)]
        {
            assert_eq!((step(path), parts(path)), (is_there, is_there), "{path}");
        }
    }
}
