//! What looking after a hundred fabrics costs while nothing happens: processor time and memory of a process
//! that does what `fgd serve` does.
//!
//! `make bench` prints them. Twenty repositories hold five fabrics of a thousand objects each; the remotes are
//! on the same disk and are asked at the usual interval. The process is measured once its fabrics have been
//! let alone for long enough, over two minutes, so that each remote is asked at least once.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fgd_engine::{Engine, OperationKind, Trigger};

const REPOSITORIES: usize = 20;
const FABRICS: usize = 5;
const OBJECTS: usize = 1_000;
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
    make(home.path());
    println!("{} fabrics of {OBJECTS} objects, made in {:.0?}", REPOSITORIES * FABRICS, begun.elapsed());
    let data = home.path().join("data");
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

fn make(home: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let _inside = runtime.enter();
    let engine = Engine::open(&home.join("data"), Arc::new(|_| {})).expect("engine");
    for repository in 0..REPOSITORIES {
        let clone = repository_with_objects(home, repository);
        for fabric in 0..FABRICS {
            runtime.block_on(async {
                let id = engine.fabric_at(clone.join(format!("fabric-{fabric}"))).await.expect("fabric");
                for kind in [OperationKind::Onboard, OperationKind::Sync] {
                    engine.run(id.clone(), kind, Trigger::Command).await.expect("set up");
                }
                engine.list(id).await.expect("listed");
            });
        }
    }
}

fn repository_with_objects(home: &Path, repository: usize) -> PathBuf {
    let (bare, clone) = (home.join(format!("{repository}.git")), home.join(format!("clone-{repository}")));
    git(home, &["init", "-q", "--bare", "-b", "main", &bare.display().to_string()]);
    git(home, &["clone", "-q", &bare.display().to_string(), &clone.display().to_string()]);
    for fabric in 0..FABRICS {
        let connections = clone.join(format!("fabric-{fabric}/managed/connections"));
        std::fs::create_dir_all(&connections).expect("directory");
        for n in 0..OBJECTS {
            std::fs::write(connections.join(format!("c-{n}.yaml")), connection(n)).expect("written");
        }
    }
    git(&clone, &["add", "-A"]);
    git(&clone, &["commit", "-qm", "Objects"]);
    git(&clone, &["push", "-q", "origin", "HEAD:main"]);
    clone
}

fn connection(n: usize) -> String {
    let (leaf, port) = (n / 48, n % 48 + 1);
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Connection\nmetadata:\n  name: c-{n}\nspec:\n  \
         unbundled:\n    link:\n      server:\n        port: server-{n}/enp2s1\n      switch:\n        \
         port: leaf-{leaf}/E1/{port}\n"
    )
}

fn git(at: &Path, words: &[&str]) {
    let status = Command::new("git")
        .arg("-C")
        .arg(at)
        .args(["-c", "user.name=Tess", "-c", "user.email=tess@example.org"])
        .args(words)
        .status()
        .expect("git runs");
    assert!(status.success(), "git {words:?}");
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
