//! How soon the app can be used, and what it takes while nothing happens, beside a Tauri window with nothing in
//! it on the same machine.
//!
//! `make bench` prints both. The app says itself, in its log, when its first screen was painted and could be
//! used; memory is the proportional share (PSS) of all processes of each, the web view's too.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

#[path = "../../src-tauri/engine/benches/fleet/mod.rs"]
mod fleet;

use fleet::Fleet;

const FLEET: Fleet = Fleet { repositories: 2, fabrics: 5, objects: 1_000 };
const STARTS: usize = 7;
/// How long a window is let alone before its memory is looked at.
const SETTLES: Duration = Duration::from_secs(25);
const PATIENCE: Duration = Duration::from_secs(30);

fn main() {
    if std::env::args().any(|argument| argument == "--empty") {
        tauri::Builder::default()
            .run(tauri::generate_context!("tests/start/tauri.conf.json"))
            .expect("an empty window");
        return;
    }
    if std::env::var_os("DISPLAY").is_none_or(|display| display.is_empty()) {
        println!("SKIPPED: there is no DISPLAY; `make bench` brings its own");
        return;
    }
    let home = tempfile::tempdir().expect("directory");
    let data = FLEET.make(home.path());
    println!("{FLEET}");
    let mut starts: Vec<u64> = (0..STARTS)
        .map(|_| {
            let app = app(&data);
            interactive(&data, app.began)
        })
        .collect();
    starts.sort_unstable();
    println!(
        "  usable after  {} ms (median of {STARTS} starts), {} ms at most",
        starts[STARTS / 2],
        starts[STARTS - 1]
    );
    let own = std::env::current_exe().expect("this benchmark");
    let empty = settled(Started::new(Command::new(own).arg("--empty")));
    let app = settled(app(&data));
    let ratio = app as f64 / empty as f64;
    println!("  idle memory   {ratio:.2} times an empty window's: {app} MB, {empty} MB");
}

fn app(data: &Path) -> Started {
    drop(std::fs::remove_dir_all(data.join("log")));
    Started::new(Command::new(env!("CARGO_BIN_EXE_fgd-sync")).arg("--home").arg(data))
}

/// How long the app says that it took, in milliseconds since its process began.
fn interactive(data: &Path, began: Instant) -> u64 {
    loop {
        assert!(began.elapsed() < PATIENCE, "the app never said that it can be used");
        let log = std::fs::read_to_string(data.join("log/fgd-sync.log")).unwrap_or_default();
        let said = log.lines().find_map(|line| line.split_once("since_start_ms=")).map(|(_, rest)| rest);
        if let Some(number) = said.and_then(|rest| rest.split_whitespace().next()?.parse().ok()) {
            return number;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What it takes once it was let alone, in MB.
fn settled(window: Started) -> u64 {
    std::thread::sleep(SETTLES);
    window.memory()
}

/// A process that does not outlive the benchmark.
struct Started {
    child: Child,
    began: Instant,
}

impl Started {
    fn new(command: &mut Command) -> Self {
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        Self { child, began: Instant::now() }
    }

    /// The proportional share of the memory that it and all that it started hold, in MB.
    fn memory(&self) -> u64 {
        let of: Vec<(u32, u32)> = std::fs::read_dir("/proc")
            .expect("processes")
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(|pid: u32| Some((pid, parent(pid)?)))
            .collect();
        let mut family = vec![self.child.id()];
        let mut seen = 0;
        while let Some(&pid) = family.get(seen) {
            family.extend(of.iter().filter(|(_, parent)| *parent == pid).map(|(child, _)| *child));
            seen += 1;
        }
        family.iter().filter_map(|pid| share(*pid)).sum::<u64>() / 1024
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn parent(pid: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name is in brackets, and may hold anything.
    stat.rsplit(')').next()?.split_whitespace().nth(1)?.parse().ok()
}

/// A process's proportional share, in KB.
fn share(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    line.split_whitespace().next()?.parse().ok()
}
