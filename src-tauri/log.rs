//! The app's own log: on stderr, and in a file of the data directory.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// A log that has grown past this is put aside; one old log is kept.
const LARGEST: u64 = 4 << 20;
/// How much of the log's end is shown.
const SHOWN: u64 = 256 << 10;

/// Begins to log. A log that can't be written is no reason not to start.
pub(crate) fn start(home: &Path) {
    let filter = EnvFilter::try_from_env("FGD_LOG")
        .unwrap_or_else(|_| EnvFilter::new("warn,fgd_engine=info,fgd_sync=info"));
    let file = open(home).map(|file| layer().with_ansi(false).with_writer(Mutex::new(file)));
    let terminal = layer().with_writer(std::io::stderr);
    if let Err(error) = tracing_subscriber::registry().with(filter).with(terminal).with(file).try_init() {
        eprintln!("The log could not be begun: {error}");
    }
}

/// Where the log is.
pub(crate) fn file(home: &Path) -> PathBuf {
    home.join("log").join("fgd-sync.log")
}

/// The end of the log, from the beginning of a line on; empty where nothing was logged yet.
pub(crate) fn end(home: &Path) -> io::Result<String> {
    let mut file = match File::open(file(home)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        opened => opened?,
    };
    let length = file.metadata()?.len();
    let from = length.saturating_sub(SHOWN);
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    // What is logged meanwhile is for the next time.
    file.take(SHOWN).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let whole = if from == 0 { Some(0) } else { text.find('\n').map(|at| at + 1) };
    Ok(text[whole.unwrap_or(text.len())..].to_owned())
}

fn open(home: &Path) -> Option<Bounded> {
    let path = file(home);
    fs::create_dir_all(path.parent()?).ok()?;
    Bounded::open(path, LARGEST).ok()
}

/// A log that an app which runs for months can't fill a disk with.
struct Bounded {
    path: PathBuf,
    file: File,
    length: u64,
    largest: u64,
}

impl Bounded {
    fn open(path: PathBuf, largest: u64) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let length = file.metadata()?.len();
        Ok(Self { path, file, length, largest })
    }

    /// Puts the log aside and begins a new one. Where that can't be done, the old one goes on.
    fn begin_anew(&mut self) {
        drop(fs::rename(&self.path, self.path.with_extension("old.log")));
        if let Ok(anew) = Self::open(self.path.clone(), self.largest) {
            *self = anew;
        }
    }
}

impl Write for Bounded {
    /// Each call is one entry.
    fn write(&mut self, entry: &[u8]) -> io::Result<usize> {
        if self.length > self.largest {
            self.begin_anew();
        }
        let written = self.file.write(entry)?;
        self.length += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_log_begins_with_a_line() {
        let home = tempfile::tempdir().expect("directory");
        assert_eq!(end(home.path()).expect("nothing yet"), "");
        fs::create_dir_all(home.path().join("log")).expect("directory");
        let write = |text: &str| fs::write(file(home.path()), text).expect("written");
        write("one\ntwo\n");
        assert_eq!(end(home.path()).expect("read"), "one\ntwo\n");
        let long: String = (0..40_000).map(|n| format!("line {n}\n")).collect();
        write(&long);
        let shown = end(home.path()).expect("read");
        assert!(shown.len() as u64 <= SHOWN && shown.starts_with("line ") && shown.ends_with("line 39999\n"));
        assert!(long.contains(&format!("\n{}", shown.lines().next().expect("a line"))));
    }

    #[test]
    fn a_log_never_grows_past_its_bound() {
        let home = tempfile::tempdir().expect("directory");
        let path = file(home.path());
        fs::create_dir_all(path.parent().expect("a parent")).expect("directory");
        let mut log = Bounded::open(path.clone(), 1000).expect("a log");
        for n in 0..500 {
            log.write_all(format!("line {n}\n").as_bytes()).expect("written");
        }
        let size = |path: &Path| fs::metadata(path).expect("a file").len();
        let old = path.with_file_name("fgd-sync.old.log");
        assert!((1000..1100).contains(&size(&old)) && size(&path) < 1100);
        // The two follow each other, and the newest line is the last.
        let text = fs::read_to_string(old).expect("read") + &end(home.path()).expect("read");
        let numbers: Vec<u32> = text
            .lines()
            .map(|line| line.strip_prefix("line ").expect("a line").parse().expect("n"))
            .collect();
        assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1) && numbers.last() == Some(&499));
        // A later start goes on where this one ended.
        assert_eq!(Bounded::open(path.clone(), 1000).expect("a log").length, size(&path));
    }
}
