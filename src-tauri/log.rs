//! The app's own log: on stderr, and in a file of the data directory.

use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// A log that has grown past this is put aside when the app starts; one old log is kept.
const LARGEST: u64 = 4 << 20;

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

fn open(home: &Path) -> Option<File> {
    let directory = home.join("log");
    fs::create_dir_all(&directory).ok()?;
    let path = directory.join("fgd-sync.log");
    if fs::metadata(&path).is_ok_and(|metadata| metadata.len() > LARGEST) {
        drop(fs::rename(&path, directory.join("fgd-sync.old.log")));
    }
    OpenOptions::new().create(true).append(true).open(path).ok()
}
