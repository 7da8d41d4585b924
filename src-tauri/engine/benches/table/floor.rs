//! The least that a piece of work can take: the bytes that have to be written, with the syncs that have to be
//! made, and no work.

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use crate::lab::put;
use crate::place::sync;
use crate::turns::timed;

/// From so many files on, one sync of the file system is quicker than one for each file.
const SYNC_ALL_FROM: usize = 16;

/// What has to get to the disk, in this order: Git's objects, the files, the branch.
pub(crate) struct Floor {
    /// The new objects, as one file.
    pub(crate) objects: Vec<u8>,
    /// The files of the work tree.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// Git's index, which is never synced.
    pub(crate) index: Vec<u8>,
    /// Whether each of the three has to survive a power cut before the next begins.
    pub(crate) durable: bool,
}

impl Floor {
    /// Only files, neither committed nor synced.
    pub(crate) fn files(files: Vec<(String, Vec<u8>)>) -> Self {
        Self { objects: Vec::new(), files, index: Vec::new(), durable: false }
    }

    /// Writes it all into a fresh directory.
    pub(crate) fn run(&self, at: &Path) -> Duration {
        std::fs::create_dir_all(at).expect("a directory");
        timed(|| {
            if !self.objects.is_empty() {
                self.write(&at.join("objects"), &self.objects);
            }
            if self.files.len() < SYNC_ALL_FROM {
                self.write_each(at);
            } else {
                put(&at.join("files"), &self.files);
                if self.durable {
                    sync(at);
                }
            }
            if !self.objects.is_empty() {
                self.write(&at.join("branch"), &[b'0'; 41]);
                std::fs::write(at.join("index"), &self.index).expect("written");
            }
        })
        .1
    }

    fn write(&self, path: &Path, bytes: &[u8]) {
        let mut file = File::create(path).expect("a file");
        file.write_all(bytes).expect("written");
        if self.durable {
            file.sync_all().expect("synced");
        }
    }

    fn write_each(&self, at: &Path) {
        for (number, (_, bytes)) in self.files.iter().enumerate() {
            self.write(&at.join(format!("file-{number}")), bytes);
        }
    }

    fn syncs(&self) -> usize {
        match (self.durable, self.files.len()) {
            (false, _) => 0,
            (true, files) => 2 + if files < SYNC_ALL_FROM { files } else { 1 },
        }
    }

    fn bytes(&self) -> usize {
        self.objects.len() + self.index.len() + self.files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>()
    }
}

impl fmt::Display for Floor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = match self.bytes() {
            bytes if bytes < 1_000_000 => format!("{} KB", bytes.div_ceil(1_000)),
            bytes => format!("{:.1} MB", bytes as f64 / 1e6),
        };
        write!(f, "{bytes} in {} files", self.files.len())?;
        match self.syncs() {
            0 => Ok(()),
            syncs => write!(f, ", {syncs} syncs"),
        }
    }
}
