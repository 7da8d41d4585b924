//! The app's own log: on stderr, and in a file of the data directory.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// A log that has grown past this is put aside when the app starts; one old log is kept.
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

fn open(home: &Path) -> Option<File> {
    let path = file(home);
    fs::create_dir_all(path.parent()?).ok()?;
    if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > LARGEST) {
        drop(fs::rename(&path, path.with_file_name("fgd-sync.old.log")));
    }
    OpenOptions::new().create(true).append(true).open(path).ok()
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
}
