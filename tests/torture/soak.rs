//! The app at work for long: what it needs must not grow.
//!
//! Twenty fabrics, files dropped, teammates who push, a remote that goes away, documents that are broken. The long
//! form is the real app in its window for an hour (`FGD_LONG=1`, `FGD_MINUTES` for another length); the short one is
//! `fgd serve` for some seconds, which shows that nothing leaks by the run.
//!
//! What counts as no growth, and why:
//! - *Memory* (what the app's processes have for themselves: anonymous pages and shared memory, each counted once; pages
//!   of files are the kernel's to keep, and their share depends on who else is open): over the time after the warm-up,
//!   which is its first third, the trend is under 5 % of the level. An allocator and a JavaScript heap breathe by about
//!   as much between two collections; a leak of 1 KiB a run would be more than that within the hour. The trend is
//!   the median of the slopes between all pairs of samples: one spike does not make it, and a steady rise can't hide.
//! - *Handles and threads*: a trend of less than three over the whole time. They are counts, and a pool may be one
//!   larger for a while; a leak is one a run, and there are hundreds.
//! - *The database*: its log holds a thousand runs of a fabric and no more. Until then it grows by what a record
//!   needs, so bytes a record are what must not grow.
//! - *`.git`*: as many files as the limits for packs and loose objects allow, and no more bytes than three times what a
//!   fresh clone of the same history has, beside what may be loose.
//! - *The log*: 4 MiB and an old one of as much.

#![cfg(target_os = "linux")]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fgd_engine::{Engine, FabricSettings, OperationKind, Trigger};
use tempfile::TempDir;

use crate::support::app::{App, Look, tell_within};
use crate::support::field::{Dice, is_long};
use crate::support::git_server::{Fault, GitServer};
use crate::support::lab::fgd_command;
use crate::support::repositories::{Checkout, Remote, without_configuration};
use crate::support::{app_binary, run};

/// How many files are dropped at the least, however slow the machine is: fewer would say nothing.
const LEAST: usize = 21;
/// Limits of a clone that are reached within the time.
const MOST_LOOSE: usize = 500;
const MOST_PACKS: usize = 12;
/// How often the remotes are asked.
const INTERVAL: u32 = 30;
/// Names of objects in a fabric: what stands does not grow, so that growth is a leak.
const NAMES: usize = 40;

/// Repositories, each with several fabrics, behind one server; a clone of each for the app, one for a teammate.
struct Fleet {
    folder: TempDir,
    home: PathBuf,
    server: GitServer,
    remotes: Vec<Remote>,
    clones: Vec<Checkout>,
    teammates: Vec<Checkout>,
    fabrics: usize,
    /// The next name of each fabric.
    names: HashMap<(usize, String), usize>,
    dropped: usize,
    pushed: usize,
    away: usize,
}

impl Fleet {
    fn new(repositories: usize, fabrics: usize) -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        let home = folder.path().join("home");
        let host = folder.path().join("host");
        let remotes: Vec<Remote> = (0..repositories)
            .map(|n| {
                let remote = Remote::begun(&host.join(n.to_string()));
                remote.git(&["config", "http.receivepack", "true"]);
                remote.git(&["config", "gc.auto", "0"]);
                remote
            })
            .collect();
        let server = GitServer::start(&host, None);
        let clone = |kind: &str, n: usize| {
            let to = folder.path().join(format!("{kind}-{n}"));
            let clone = Checkout::of(&server.url(&format!("{n}/fabric.git")), &to);
            clone.git(&["config", "gc.auto", &MOST_LOOSE.to_string()]);
            clone.git(&["config", "gc.autoPackLimit", &MOST_PACKS.to_string()]);
            clone
        };
        let clones: Vec<Checkout> = (0..repositories).map(|n| clone("clone", n)).collect();
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let _inside = runtime.enter();
        let engine = Engine::open(&home, Arc::new(|_| {})).expect("an engine");
        for clone in &clones {
            for fabric in 0..fabrics {
                runtime.block_on(async {
                    let directory = clone.path.join(format!("fabric-{fabric}"));
                    let id = engine.fabric_at(directory).await.expect("a fabric");
                    for kind in [OperationKind::Onboard, OperationKind::Sync] {
                        engine.run(id.clone(), kind, Trigger::Command).await.expect("set up");
                    }
                    engine.list(id.clone()).await.expect("listed");
                    let settings = engine.settings(id.clone()).await.expect("settings");
                    let settings = FabricSettings { interval: INTERVAL, ..settings };
                    engine.set_settings(id, settings).await.expect("settings");
                });
            }
        }
        drop(engine);
        let teammates = (0..repositories).map(|n| clone("teammate", n)).collect();
        Self {
            folder,
            home,
            server,
            remotes,
            clones,
            teammates,
            fabrics,
            names: HashMap::new(),
            dropped: 0,
            pushed: 0,
            away: 0,
        }
    }

    /// One thing that happens.
    fn happen(&mut self, dice: &mut Dice) {
        let repository = dice.below(self.clones.len());
        let fabric = format!("fabric-{}", dice.below(self.fabrics));
        match dice.below(24) {
            0..14 => {
                // The names go round, so that no two files that wait have the same object.
                let first = self.names.entry((repository, fabric.clone())).or_default();
                let count = 1 + dice.below(4);
                let objects: Vec<String> =
                    (*first..*first + count).map(|n| object(n % NAMES, self.dropped)).collect();
                *first += count;
                self.dropped += 1;
                let file = format!("{fabric}/raw/drop-{}.yaml", self.dropped);
                self.put(repository, &file, &objects.join("---\n"));
            }
            14..20 => self.push(repository, &fabric, dice),
            20 => {
                self.put(repository, &format!("{fabric}/raw/broken.yaml"), "kind: [\n---\nnot: an object\n")
            }
            21 => drop(fs::remove_file(self.clones[repository].path.join(&fabric).join("raw/broken.yaml"))),
            22 => self.server.fail_next(Fault::Status(503)),
            _ => self.server.fail_next_for("git-receive-pack", Fault::CutAfter(40)),
        }
    }

    fn put(&self, repository: usize, file: &str, text: &str) {
        let staging = self.folder.path().join("staging");
        fs::write(&staging, text).expect("written");
        fs::rename(&staging, self.clones[repository].path.join(file)).expect("renamed");
    }

    /// A teammate changes an object, or a file beside the fabrics, unless the app was faster.
    fn push(&mut self, repository: usize, fabric: &str, dice: &mut Dice) {
        let clone = &self.teammates[repository];
        let git = |arguments: &[&str]| {
            let mut command = std::process::Command::new("git");
            without_configuration(&mut command);
            command.arg("-C").arg(&clone.path).args(arguments);
            run(&mut command).code == 0
        };
        if !git(&["fetch", "--quiet"]) || !git(&["reset", "--quiet", "--hard", "origin/main"]) {
            return;
        }
        self.pushed += 1;
        let name = format!("t{}", dice.below(10));
        let text = object(0, self.pushed).replace("name: s0\n", &format!("name: {name}\n"));
        clone.write(&format!("{fabric}/managed/servers/{name}.yaml"), &text);
        clone.commit("A teammate's work");
        git(&["push", "--quiet", "origin", "HEAD:main"]);
    }

    /// The host is away for a while.
    fn go_away(&mut self, time: Duration) {
        self.away += 1;
        self.server.stop();
        std::thread::sleep(time);
        self.server.come_back();
    }

    /// All that was dropped is on the remotes, and all is at rest.
    fn assert_done(&self) {
        self.server.mend();
        for clone in &self.clones {
            for fabric in 0..self.fabrics {
                let broken = clone.path.join(format!("fabric-{fabric}/raw/broken.yaml"));
                drop(fs::remove_file(broken));
            }
        }
        let patience = Instant::now() + Duration::from_secs(240);
        for (clone, remote) in self.clones.iter().zip(&self.remotes) {
            while clone.tip() != remote.tip() || !clone.status().is_empty() {
                assert!(
                    Instant::now() < patience,
                    "{} is not in step: {} and {}, {}",
                    clone.path.display(),
                    clone.tip(),
                    remote.tip(),
                    clone.status()
                );
                std::thread::sleep(Duration::from_millis(500));
            }
            clone.git(&["fsck", "--full", "--strict"]);
        }
        let archived: usize = self
            .remotes
            .iter()
            .map(|remote| {
                let files = remote.git(&["ls-tree", "-r", "--name-only", "main"]);
                files.lines().filter(|file| file.contains("/raw/drop-")).count()
            })
            .sum();
        assert_eq!(archived, self.dropped, "each source is archived");
    }
}

fn object(name: usize, note: usize) -> String {
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: s{name}\nspec:\n  \
         description: note {note}\n"
    )
}

/// What the app needs at one moment.
#[derive(Debug, Clone, Copy, Default)]
struct Sample {
    /// Seconds since the beginning.
    at: f64,
    processes: f64,
    /// Memory of their own, in KiB: of all processes, and of the app's without the web view's.
    memory: f64,
    app: f64,
    /// With the pages of files that are mapped, in KiB.
    rss: f64,
    handles: f64,
    threads: f64,
    /// In KiB.
    database: f64,
    log: f64,
    git: f64,
    files: f64,
}

/// What is looked at, and what it is called.
type Measure = (&'static str, fn(&Sample) -> f64);

/// The app's process and all that it started.
fn processes(of: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").expect("/proc").flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        // The name may hold anything; what follows its last bracket is the state and the parent.
        let parent = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(1)?.parse().ok());
        parents.push((id, parent.unwrap_or(0)));
    }
    let mut found = vec![of];
    let mut place = 0;
    while let Some(parent) = found.get(place).copied() {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        place += 1;
    }
    found
}

fn sample(process: u32, fleet: &Fleet, begun: Instant) -> Sample {
    let mut sample = Sample { at: begun.elapsed().as_secs_f64(), ..Sample::default() };
    for id in processes(process) {
        let of = PathBuf::from(format!("/proc/{id}"));
        let rollup = fs::read_to_string(of.join("smaps_rollup")).unwrap_or_default();
        let field = |name: &str| -> f64 {
            let line = rollup.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0.0)
        };
        let count = |folder: &str| fs::read_dir(of.join(folder)).map_or(0, Iterator::count) as f64;
        let own = field("Pss_Anon:") + field("Pss_Shmem:");
        sample.processes += 1.0;
        sample.memory += own;
        if id == process {
            sample.app = own;
        }
        sample.rss += field("Rss:");
        sample.handles += count("fd");
        sample.threads += count("task");
    }
    let kib = |bytes: u64| bytes as f64 / 1024.0;
    for file in ["fgd-sync.sqlite", "fgd-sync.sqlite-wal"] {
        sample.database += kib(fs::metadata(fleet.home.join(file)).map_or(0, |file| file.len()));
    }
    sample.log = kib(measure(&fleet.home.join("log")).0);
    for clone in &fleet.clones {
        let (bytes, files) = measure(&clone.path.join(".git"));
        sample.git += kib(bytes);
        sample.files += files as f64;
    }
    sample
}

/// The bytes and the number of the files below a folder; what vanishes meanwhile is not there.
fn measure(folder: &Path) -> (u64, usize) {
    let (mut bytes, mut files, mut folders) = (0, 0, vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => folders.push(entry.path()),
                Ok(metadata) => {
                    bytes += metadata.len();
                    files += 1;
                }
                Err(_) => {}
            }
        }
    }
    (bytes, files)
}

/// By how much a value rises over the whole time: the median of the slopes between all pairs of samples.
fn trend(samples: &[Sample], of: impl Fn(&Sample) -> f64) -> f64 {
    let mut slopes: Vec<f64> = Vec::new();
    for (place, one) in samples.iter().enumerate() {
        let later = samples[place + 1..].iter().filter(|other| other.at > one.at);
        slopes.extend(later.map(|other| (of(other) - of(one)) / (other.at - one.at)));
    }
    slopes.sort_by(f64::total_cmp);
    let time = samples.last().map_or(0.0, |last| last.at) - samples.first().map_or(0.0, |first| first.at);
    slopes.get(slopes.len() / 2).copied().unwrap_or(0.0) * time
}

fn median(samples: &[Sample], of: impl Fn(&Sample) -> f64) -> f64 {
    let mut values: Vec<f64> = samples.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

fn table(samples: &[Sample]) -> String {
    let mut text =
        "     s  procs   MiB own  of app   RSS MiB  handles threads  db KiB  log KiB  .git KiB  files\n"
            .to_owned();
    let step = samples.len().div_ceil(30).max(1);
    for s in samples.iter().step_by(step).chain(samples.last()) {
        writeln!(
            text,
            "{:6.0} {:6} {:9.1} {:7.1} {:9.1} {:8} {:7} {:7.0} {:8.0} {:9.0} {:6}",
            s.at,
            s.processes,
            s.memory / 1024.0,
            s.app / 1024.0,
            s.rss / 1024.0,
            s.handles,
            s.threads,
            s.database,
            s.log,
            s.git,
            s.files
        )
        .expect("a line");
    }
    text
}

/// Lets things happen for a time, and looks at the process now and then.
fn soak(process: u32, fleet: &mut Fleet, time: Duration, every: Duration) -> Vec<Sample> {
    let mut dice = Dice::new(Dice::thrown("the soak"));
    let (begun, mut samples) = (Instant::now(), Vec::new());
    let pause = time / 2400;
    let mut next = (every, time / 6);
    while begun.elapsed() < time || fleet.dropped < LEAST {
        fleet.happen(&mut dice);
        std::thread::sleep(pause.clamp(Duration::from_millis(100), Duration::from_millis(900)));
        if begun.elapsed() > next.1 {
            fleet.go_away((time / 60).min(Duration::from_secs(40)));
            next.1 += time / 6;
        }
        if begun.elapsed() > next.0 {
            samples.push(sample(process, fleet, begun));
            next.0 += every;
        }
    }
    samples
}

/// What holds for the clones at the end, whatever the time.
fn assert_git_is_small(fleet: &Fleet) {
    for (n, clone) in fleet.clones.iter().enumerate() {
        let objects = clone.path.join(".git/objects");
        let (bytes, files) = measure(&objects);
        // A run's worth of objects and of packs may have come since the last look.
        let most = MOST_LOOSE + 200 + 2 * (MOST_PACKS + 10);
        assert!(files <= most, "{files} files in {}", objects.display());
        let fresh = fleet.folder.path().join(format!("fresh-{n}"));
        Checkout::of(&fleet.server.url(&format!("{n}/fabric.git")), &fresh);
        let (least, _) = measure(&fresh.join(".git/objects"));
        let loose: u64 = (MOST_LOOSE as u64 + 200) * 4096;
        assert!(bytes <= 3 * least + loose, "{bytes} bytes, and a fresh clone has {least}");
        eprintln!(
            "{}: {bytes} bytes in {files} files; a fresh clone has {least} bytes",
            clone.path.display()
        );
    }
}

#[test]
fn the_app_does_not_grow() {
    if !is_long() {
        return without_a_window();
    }
    let minutes = std::env::var("FGD_MINUTES").ok().and_then(|minutes| minutes.parse().ok());
    let time = Duration::from_secs_f64(60.0 * minutes.unwrap_or(60.0));
    tell_within(time + Duration::from_secs(900), async {
        let mut fleet = tokio::task::spawn_blocking(|| Fleet::new(5, 4)).await.expect("a fleet");
        let app = App::start(&fleet.home, Look::Light).await;
        let process = process_with(&fleet.home);
        let every = (time / 240).max(Duration::from_secs(5));
        let (fleet, samples) = tokio::task::spawn_blocking(move || {
            let samples = soak(process, &mut fleet, time, every);
            (fleet, samples)
        })
        .await
        .expect("it went on to the end");
        eprintln!(
            "{time:?}: {} drops, {} pushes of teammates, {} times away, {} requests\n{}",
            fleet.dropped,
            fleet.pushed,
            fleet.away,
            fleet.server.requests(),
            table(&samples)
        );
        let warm = &samples[samples.len() / 3..];
        let memory: [Measure; 3] =
            [("its own", |s| s.memory), ("of the app's process", |s| s.app), ("RSS", |s| s.rss)];
        for (what, of) in memory {
            let (rise, level) = (trend(warm, of), median(warm, of));
            eprintln!(
                "{what}: {level:.0} KiB, trend {rise:+.0} KiB over {:.0} s",
                warm[warm.len() - 1].at - warm[0].at
            );
        }
        let counts: [Measure; 2] = [("handles", |s| s.handles), ("threads", |s| s.threads)];
        for (what, of) in counts {
            eprintln!("{what}: {:.0}, trend {:+.2}", median(warm, of), trend(warm, of));
        }
        let kept = fleet;
        let fleet = tokio::task::spawn_blocking(move || {
            kept.assert_done();
            kept
        })
        .await
        .expect("all is done");
        assert_git_is_small(&fleet);
        let (rise, level) = (trend(warm, |s| s.memory), median(warm, |s| s.memory));
        assert!(rise < 0.05 * level, "memory grows by {rise:.0} KiB of {level:.0}");
        assert!(trend(warm, |s| s.handles) < 3.0, "handles grow");
        assert!(trend(warm, |s| s.threads) < 3.0, "threads grow");
        let last = samples.last().copied().unwrap_or_default();
        assert!(last.log < 8.5 * 1024.0, "the log has {} KiB", last.log);
        let records = records(&fleet.home);
        eprintln!("{records} runs in the log of {:.0} KiB", last.database);
        assert!(
            last.database < 8.0 * records as f64 + 6.0 * 1024.0,
            "{records} records in {} KiB",
            last.database
        );
        assert!(!app.log().contains("defect") && !app.log().contains("panicked"), "{}", app.log());
        app.close().await;
    });
}

/// How many runs the log has.
fn records(home: &Path) -> usize {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let home = home.to_owned();
    let counted = std::thread::spawn(move || {
        let _inside = runtime.enter();
        let engine = Engine::open(&home, Arc::new(|_| {})).expect("an engine");
        runtime.block_on(async {
            let mut count = 0;
            for fabric in engine.fabrics().await.expect("fabrics") {
                count += engine.operations(fabric.id, 10_000).await.expect("runs").len();
            }
            count
        })
    });
    counted.join().expect("a count")
}

/// The app's process.
fn process_with(home: &Path) -> u32 {
    let wanted = home.to_string_lossy().into_owned();
    let found = fs::read_dir("/proc").expect("/proc").flatten().find_map(|entry| {
        let id = entry.file_name().to_str()?.parse::<u32>().ok()?;
        let program = fs::read_link(entry.path().join("exe")).ok()?;
        let words = fs::read(entry.path().join("cmdline")).ok()?;
        let is_ours = String::from_utf8_lossy(&words).contains(&wanted);
        (is_ours && program == app_binary().canonicalize().ok()?).then_some(id)
    });
    found.expect("the app's process")
}

/// `fgd serve`, which ends with the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Nothing leaks by the run: as many handles and threads after a hundred runs as after the first.
fn without_a_window() {
    let time = Duration::from_secs(15);
    let mut fleet = Fleet::new(2, 2);
    let mut command = fgd_command(&fleet.home, fleet.folder.path());
    command.args(["serve", "--all-listed", "--listen", "0"]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let served = Served(child.expect("fgd serve"));
    let samples = soak(served.0.id(), &mut fleet, time, Duration::from_millis(500));
    fleet.assert_done();
    eprintln!("{} drops, {} pushes\n{}", fleet.dropped, fleet.pushed, table(&samples));
    assert_git_is_small(&fleet);
    // It is at rest now. Threads of a pool that have nothing to do end after some seconds.
    let most = |of: fn(&Sample) -> f64| samples[..samples.len() / 3].iter().map(of).fold(0.0, f64::max);
    let (handles, threads) = (most(|s| s.handles), most(|s| s.threads));
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        let now = sample(served.0.id(), &fleet, Instant::now());
        if now.handles <= handles + 2.0 && now.threads <= threads + 2.0 {
            break;
        }
        assert!(Instant::now() < patience, "{handles} handles and {threads} threads at first, then {now:?}");
        std::thread::sleep(Duration::from_millis(300));
    }
    assert!(fleet.dropped > 20, "too little was done to say anything");
}
