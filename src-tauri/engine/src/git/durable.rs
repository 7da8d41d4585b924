//! What survives a power cut: files and the names of files, one by one or a whole file system at once.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Threads that wait for the disk: syncs of many files overlap, and a journal takes them together.
const THREADS: usize = 8;
/// From how many files on one call for the whole file system costs less than one for each.
const MANY: usize = 48;

/// Makes files survive that are about to be written below some directories.
///
/// Made before the first of them is written, so that an error of writing any of them back is not missed.
pub(super) struct Syncing {
    /// The file systems that are synced at once, each by a directory in it; none where files are synced one by
    /// one.
    whole: Option<Vec<(PathBuf, File)>>,
}

impl Syncing {
    /// For this many files in these directories.
    pub(super) fn of(files: usize, dirs: &[&Path]) -> Self {
        Self { whole: if files < MANY { None } else { whole_systems(dirs) } }
    }

    /// Returns once these files' bytes survive a power cut; `sync` does that for one.
    pub(super) fn files<P: Copy + Sync>(
        &self,
        files: &[P],
        sync: &(dyn Fn(P) -> Result<()> + Sync),
    ) -> Result<()> {
        match &self.whole {
            Some(systems) => sync_systems(systems),
            None => in_threads(files, sync),
        }
    }
}

/// Runs `sync` for each, several at a time.
pub(super) fn in_threads<P: Copy + Sync>(each: &[P], sync: &(dyn Fn(P) -> Result<()> + Sync)) -> Result<()> {
    if let [one] = each {
        return sync(*one);
    }
    let share = each.len().div_ceil(THREADS).max(1);
    std::thread::scope(|scope| {
        let run = |part: &[P]| part.iter().try_for_each(|one| sync(*one));
        let threads: Vec<_> = each.chunks(share).map(|part| scope.spawn(move || run(part))).collect();
        threads.into_iter().try_for_each(|thread| {
            thread.join().unwrap_or_else(|_| Err(Error::Internal { detail: "a sync thread died".to_owned() }))
        })
    })
}

/// Makes a file's bytes survive a power cut.
pub(super) fn sync_file(path: &Path) -> Result<()> {
    // For writing: there are systems that sync no file that is opened for reading.
    let file = File::options().write(true).open(path).map_err(Error::io(path))?;
    file.sync_all().map_err(Error::io(path))
}

/// Makes the names in a directory survive a power cut.
pub(crate) fn sync_dir(dir: &Path) -> Result<()> {
    if cfg!(windows) {
        // Directories can't be opened there; NTFS journals names by itself.
        return Ok(());
    }
    File::open(dir).and_then(|dir| dir.sync_all()).map_err(Error::io(dir))
}

/// The file systems of these directories, each once, where all are known to write everything back on one call
/// and to say what failed.
#[cfg(target_os = "linux")]
fn whole_systems(dirs: &[&Path]) -> Option<Vec<(PathBuf, File)>> {
    use std::collections::HashMap;
    use std::os::unix::fs::MetadataExt;

    /// Of ext2 to ext4, XFS, Btrfs, F2FS, Bcachefs, ZFS, overlays and memory. A server's or a driver's own
    /// cache (NFS, FUSE) may not hear of the call.
    const KNOWN: [u32; 8] =
        [0xef53, 0x5846_5342, 0x9123_683e, 0xf2f5_2010, 0xca45_1a4e, 0x2fc1_2fc1, 0x794c_7630, 0x0102_1994];
    if !says_what_failed() {
        return None;
    }
    let mut systems = HashMap::new();
    for dir in dirs {
        let opened = File::open(dir).ok()?;
        let device = opened.metadata().ok()?.dev();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it has 32 bits")]
        let kind = rustix::fs::fstatfs(&opened).ok()?.f_type as u32;
        if !KNOWN.contains(&kind) {
            return None;
        }
        systems.entry(device).or_insert(((*dir).to_owned(), opened));
    }
    Some(systems.into_values().collect())
}

/// Before Linux 5.8 the call for a whole file system kept failures to itself.
#[cfg(target_os = "linux")]
fn says_what_failed() -> bool {
    let release = rustix::system::uname();
    let release = release.release().to_string_lossy();
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map_while(|part| part.parse::<u32>().ok());
    (numbers.next(), numbers.next()) >= (Some(5), Some(8))
}

#[cfg(target_os = "linux")]
fn sync_systems(systems: &[(PathBuf, File)]) -> Result<()> {
    systems.iter().try_for_each(|(dir, system)| {
        rustix::fs::syncfs(system).map_err(|error| Error::io(dir)(error.into()))
    })
}

#[cfg(not(target_os = "linux"))]
fn whole_systems(_dirs: &[&Path]) -> Option<Vec<(PathBuf, File)>> {
    None
}

#[cfg(not(target_os = "linux"))]
fn sync_systems(_systems: &[(PathBuf, File)]) -> Result<()> {
    Ok(())
}
