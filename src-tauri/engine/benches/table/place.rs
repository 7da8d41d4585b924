//! Where the work is done: in memory, where a sync costs nothing, and on a disk, where it does.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

/// A file system to work on.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    path: PathBuf,
    /// What it is called in the table: `memory` or `disk`.
    pub(crate) name: &'static str,
}

impl Place {
    /// A file system in memory. Nothing is synced there, whoever asks for it: this is Git's default for
    /// everybody, and how a disk's journal feels today does not drown the work.
    pub(crate) fn memory() -> Self {
        let shared = Path::new("/dev/shm");
        match shared.is_dir() {
            true => Self { path: shared.to_path_buf(), name: "memory" },
            false => Self { path: std::env::temp_dir(), name: "disk" },
        }
    }

    /// A file system on a disk: where this program was built, or what `FGD_BENCH_DISK` names.
    pub(crate) fn disk() -> Self {
        let named = std::env::var_os("FGD_BENCH_DISK").map(PathBuf::from);
        let own = std::env::current_exe().expect("this program");
        let path = named.unwrap_or_else(|| own.ancestors().nth(3).expect("a target directory").join("bench"));
        std::fs::create_dir_all(&path).expect("a directory on the disk");
        Self { path, name: "disk" }
    }

    /// A directory of its own, which goes with the value.
    pub(crate) fn fresh(&self) -> TempDir {
        tempfile::Builder::new().prefix("fgd-bench-").tempdir_in(&self.path).expect("a directory")
    }

    /// Waits until all that was written so far is on the disk, so that nobody pays for who was before.
    pub(crate) fn settle(&self) {
        sync(&self.path);
    }

    /// Which file system it is, as the kernel calls it, and of ext4 whether it has a journal.
    pub(crate) fn file_system(&self) -> String {
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let mounts = std::fs::read_to_string("/proc/mounts").unwrap_or_default();
        let fields = |line: &'_ str| -> Option<(PathBuf, String)> {
            let mut words = line.split(' ');
            let (device, mount, kind) = (words.next()?, words.next()?, words.next()?);
            let journal = match kind {
                "ext4" if has_journal(device) => " with a journal",
                "ext4" => " without a journal",
                _ => "",
            };
            Some((PathBuf::from(mount), format!("{kind}{journal}")))
        };
        let here = mounts.lines().filter_map(fields).filter(|(mount, _)| path.starts_with(mount));
        here.max_by_key(|(mount, _)| mount.as_os_str().len())
            .map_or_else(|| "unknown".to_owned(), |(_, kind)| kind)
    }
}

/// Whether the kernel keeps a journal for a device's file system.
fn has_journal(device: &str) -> bool {
    let name = device.rsplit('/').next().unwrap_or_default();
    let journals = std::fs::read_dir("/proc/fs/jbd2").into_iter().flatten().flatten();
    journals
        .filter_map(|journal| journal.file_name().into_string().ok())
        .any(|journal| journal.strip_prefix(name).is_some_and(|rest| rest.starts_with('-')))
}

/// Makes all that was written to a path's file system survive a power cut: one sync for everything, which is
/// the least that durability can cost for many files.
pub(crate) fn sync(path: &Path) {
    let synced = |words: &[&str]| {
        let status = Command::new("sync").args(words).arg(path).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    };
    // Where one file system alone can't be synced, all are.
    assert!(synced(&["-f"]) || Command::new("sync").status().is_ok_and(|status| status.success()), "sync");
}

/// Makes room for a directory: what is there is removed, on a disk at the end only. ext4 without a journal searches past
/// every file that was deleted within the last minutes whenever it makes one, and nobody's disk is one on which ten
/// thousand were just deleted.
pub(crate) fn clear(path: &Path) {
    static LEFT: AtomicUsize = AtomicUsize::new(0);
    if !path.exists() {
        return;
    }
    if path.starts_with("/dev/shm") {
        std::fs::remove_dir_all(path).expect("cleared");
    } else {
        let left = path.with_extension(format!("left-{}", LEFT.fetch_add(1, Ordering::Relaxed)));
        std::fs::rename(path, left).expect("put aside");
    }
}
