//! What the stories stand on: repositories, a Git server, processes that always end, the window.

pub(crate) mod app;
pub(crate) mod field;
pub(crate) mod git_server;
pub(crate) mod lab;
pub(crate) mod repositories;
#[cfg(unix)]
pub(crate) mod ssh_server;
#[cfg(unix)]
pub(crate) mod tls;

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Longer than any command of a story takes. One that hangs fails its test instead of holding it.
const LONGEST: Duration = Duration::from_secs(60);

/// A process that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Its exit code.
    pub(crate) code: i32,
    /// What it printed.
    pub(crate) stdout: String,
    /// What it printed beside that.
    pub(crate) stderr: String,
}

/// Runs a command to its end, which comes within a minute.
pub(crate) fn run(command: &mut Command) -> Ended {
    run_with(command, "")
}

/// The same for one that reads from stdin.
pub(crate) fn run_with(command: &mut Command, input: &str) -> Ended {
    // Files instead of pipes: nobody has to read them while the process runs.
    let mut stdout = tempfile::tempfile().expect("a file for stdout");
    let mut stderr = tempfile::tempfile().expect("a file for stderr");
    let mut stdin = tempfile::tempfile().expect("a file for stdin");
    stdin.write_all(input.as_bytes()).and_then(|()| stdin.rewind()).expect("an input");
    command
        .stdin(stdin)
        .stdout(stdout.try_clone().expect("a handle for stdout"))
        .stderr(stderr.try_clone().expect("a handle for stderr"));
    let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("the process can be waited for") {
            break status;
        }
        if began.elapsed() > LONGEST {
            drop(child.kill());
            drop(child.wait());
            panic!("{command:?} did not end within {LONGEST:?}; stderr:\n{}", text_of(&mut stderr));
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let code = status.code().unwrap_or_else(|| panic!("{command:?} was killed: {status}"));
    Ended { code, stdout: text_of(&mut stdout), stderr: text_of(&mut stderr) }
}

fn text_of(file: &mut File) -> String {
    let mut text = String::new();
    file.rewind().expect("an output file");
    file.read_to_string(&mut text).expect("output in UTF-8");
    text
}

/// The folder of the samples that were written for these tests.
pub(crate) fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples")
}

/// Real fabrics and real mistakes, where they are at hand; `None` is told loudly.
pub(crate) fn corpus(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus").join(name);
    if !path.exists() {
        eprintln!("SKIPPED: {} is not there", path.display());
        return None;
    }
    Some(path)
}

/// One of the samples that were written for these tests.
pub(crate) fn sample(name: &str) -> String {
    let path = samples().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The app's binary.
pub(crate) fn app_binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_fgd-sync"))
}

/// The command line's binary, which a build of the workspace puts beside the app's.
pub(crate) fn fgd_binary() -> PathBuf {
    let path = app_binary().with_file_name(format!("fgd{}", std::env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "{} is missing: run `cargo build --workspace` first", path.display());
    path
}
