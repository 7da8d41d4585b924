//! What looking after a hundred fabrics costs while nothing happens: processor time and memory of a process
//! that does what `fgd serve` does.
//!
//! `make bench` prints them. Twenty repositories hold five fabrics of a thousand objects each; the remotes are
//! on the same disk and are asked at the usual interval. The process is measured once its fabrics have been
//! let alone for long enough, over two minutes, so that each remote is asked at least once.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fgd_engine::Engine;

mod fleet;

use fleet::Fleet;

const FLEET: Fleet = Fleet { repositories: 20, fabrics: 5, objects: 1_000 };
/// Until the first checks are over and the objects are let go of.
const SETTLES: Duration = Duration::from_secs(150);
const MEASURED: Duration = Duration::from_secs(180);
/// The kernel counts a process's time in these, on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

fn main() {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--serve").skip(1);
    if let Some(home) = arguments.next() {
        return serve(Path::new(&home));
    }
    let home = tempfile::tempdir().expect("directory");
    let begun = Instant::now();
    let data = FLEET.make(home.path());
    println!("{FLEET}, made in {:.0?}", begun.elapsed());
    let own = std::env::current_exe().expect("this benchmark");
    let mut child = Ended(Command::new(own).arg("--serve").arg(&data).spawn().expect("it starts"));
    std::thread::sleep(SETTLES);
    let pid = child.0.id();
    let (at_first, begun) = (ticks(pid), Instant::now());
    let settling = memory(pid, "VmHWM:");
    std::thread::sleep(MEASURED);
    let used = (ticks(pid) - at_first) as f64 / TICKS_PER_SECOND;
    let share = used / begun.elapsed().as_secs_f64() * 100.0;
    println!("  processor  {share:.2} % of one core, over {:.0?}", begun.elapsed());
    println!("  memory     {} MB resident, {settling} MB at most since the start", memory(pid, "VmRSS:"));
    assert!(child.0.try_wait().expect("its state").is_none(), "it ended by itself");
}

/// What `fgd serve` does, until it is ended.
fn serve(home: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let _inside = runtime.enter();
    let engine = Engine::open(home, Arc::new(|_| {})).expect("engine");
    engine.start();
    std::thread::sleep(SETTLES + MEASURED * 10);
}

/// A process that does not outlive the benchmark.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The processor time that a process has used, in the kernel's ticks.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("it runs");
    // The name is in brackets, and may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next().expect("fields").split_whitespace().collect();
    let number = |place: usize| fields[place].parse::<u64>().expect("a number");
    number(11) + number(12)
}

/// A number of a process's memory, in MB.
fn memory(pid: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a line");
    line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok()).expect("a number") / 1024
}
