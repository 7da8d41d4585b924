//! Ingestion and validation by themselves, beside others who do the same work: one file of documents into
//! one file an object, neither synced nor committed by anybody.
//!
//! `make bench` prints the table; with `--json FILE` after `--` it is written as JSON too. Contenders are whole
//! processes, run in turns; their time is by the wall clock from start to end, their memory the most that was
//! resident. One that is not installed is named as missing.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fgd_engine::measure;

const RUNS: usize = 10;
const PYTHON: &str = "\
import yaml, sys, os
os.makedirs(sys.argv[2])
with open(sys.argv[1]) as source:
    for index, document in enumerate(yaml.load_all(source, Loader=yaml.CSafeLoader)):
        with open(f'{sys.argv[2]}/{index}.yaml', 'w') as file:
            yaml.dump(document, file, Dumper=yaml.CSafeDumper, sort_keys=False)
";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["ingest", source, directory] => {
            measure::ingest(Path::new(source), Path::new(directory)).expect("ingested");
        }
        rest => {
            let json = rest.iter().position(|word| *word == "--json").and_then(|at| rest.get(at + 1));
            table(json.map(PathBuf::from));
        }
    }
}

/// Who does the work, and how it is asked to.
struct Contender {
    name: &'static str,
    command: fn(&Path, &Path) -> Vec<Command>,
}

const CONTENDERS: [Contender; 3] = [
    Contender {
        name: "fgd",
        command: |source, to| {
            let mut own = Command::new(std::env::current_exe().expect("this program"));
            own.arg("ingest").arg(source).arg(to);
            vec![own]
        },
    },
    Contender {
        name: "kpt fn source | sink",
        command: |source, to| {
            let mut from = Command::new("kpt");
            from.args(["fn", "source"]).arg(source.parent().expect("a folder"));
            let mut into = Command::new("kpt");
            into.args(["fn", "sink"]).arg(to);
            vec![from, into]
        },
    },
    Contender {
        name: "PyYAML (C) load, dump",
        command: |source, to| {
            let mut python = Command::new("python3");
            python.args(["-c", PYTHON]).arg(source).arg(to);
            vec![python]
        },
    },
];

fn table(json: Option<PathBuf>) {
    // In memory where that is possible: how a disk's journal feels today would drown everything else.
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
    let home = tempfile::tempdir_in(&place).expect("directory");
    let (source, small, large) =
        (drop(home.path(), 10_000), drop(home.path(), 1_000), drop(home.path(), 100_000));
    println!(
        "10,000 documents in one file → 10,000 files, {RUNS} runs in turns in {}, nothing synced",
        place.display()
    );
    println!("{:<24} {:>10} {:>10} {:>9} {:>8}", "", "median", "p95", "memory", "ratio");
    let mut rows: Vec<(&str, Vec<(Duration, u64)>)> =
        CONTENDERS.iter().map(|one| (one.name, Vec::new())).collect();
    for _ in 0..RUNS {
        for (contender, (_, taken)) in CONTENDERS.iter().zip(&mut rows) {
            taken.extend(once(contender, &source, home.path()));
        }
    }
    let mut out = Vec::new();
    let ours = summary(&mut rows[0].1).map(|(median, ..)| median).unwrap_or_default();
    for (name, taken) in &mut rows {
        let Some((median, p95, memory)) = summary(taken) else {
            println!("{name:<24} not installed");
            continue;
        };
        let ratio = median.as_secs_f64() / ours.as_secs_f64();
        println!("{name:<24} {median:>10.1?} {p95:>10.1?} {:>6} MiB {ratio:>7.1}×", memory / 1024);
        out.push(format!(
            "{{\"name\":{name:?},\"median_ms\":{:.1},\"p95_ms\":{:.1},\"peak_kib\":{memory},\"ratio\":{ratio:.2}}}",
            median.as_secs_f64() * 1e3,
            p95.as_secs_f64() * 1e3
        ));
    }
    println!();
    println!("size: documents, median of 5, time a document, memory");
    for (count, file) in [(1_000, &small), (10_000, &source), (100_000, &large)] {
        let mut taken: Vec<_> = (0..5).filter_map(|_| once(&CONTENDERS[0], file, home.path())).collect();
        let Some((median, _, memory)) = summary(&mut taken) else { continue };
        let each = median / count;
        println!("{count:>8} {median:>10.1?} {each:>10.1?} {:>6} MiB", memory / 1024);
        out.push(format!(
            "{{\"documents\":{count},\"median_ms\":{:.1},\"peak_kib\":{memory}}}",
            median.as_secs_f64() * 1e3
        ));
    }
    println!();
    let mut all: Vec<_> = (0..RUNS).map(|_| measure::check(&source).expect("checked")).collect();
    all.sort_by_key(|checking| checking.all);
    let slowest = all.iter().map(|checking| checking.one).max().unwrap_or_default();
    let checking = &all[all.len() / 2];
    println!(
        "validation of {} objects ({} errors): read {:.1?}, check all {:.1?}, recheck one (slowest of 100 × {RUNS}) {slowest:.2?}",
        checking.objects, checking.errors, checking.read, checking.all
    );
    out.push(format!(
        "{{\"objects\":{},\"read_ms\":{:.1},\"check_all_ms\":{:.1},\"recheck_one_ms\":{:.2}}}",
        checking.objects,
        checking.read.as_secs_f64() * 1e3,
        checking.all.as_secs_f64() * 1e3,
        slowest.as_secs_f64() * 1e3
    ));
    if let Some(json) = json {
        std::fs::write(json, format!("[{}]\n", out.join(",\n"))).expect("written");
    }
}

/// Median, 95th percentile and the most memory.
fn summary(taken: &mut [(Duration, u64)]) -> Option<(Duration, Duration, u64)> {
    taken.sort();
    let at = |share: usize| taken.get((taken.len() * share / 100).min(taken.len().saturating_sub(1)));
    Some((at(50)?.0, at(95)?.0, taken.iter().map(|(_, memory)| *memory).max()?))
}

/// Runs a contender once, in a fresh directory; none where it is not installed.
fn once(contender: &Contender, source: &Path, home: &Path) -> Option<(Duration, u64)> {
    let to = home.join("out");
    drop_directory(&to);
    let began = Instant::now();
    let mut children: Vec<Child> = Vec::new();
    for mut command in (contender.command)(source, &to) {
        if let Some(before) = children.last_mut() {
            command.stdin(before.stdout.take().expect("a pipe"));
        } else {
            command.stdin(Stdio::null());
        }
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        children.push(command.spawn().ok()?);
    }
    let (mut memory, mut running) = (vec![0; children.len()], true);
    while running {
        running = false;
        for (child, most) in children.iter_mut().zip(&mut memory) {
            // The most so far is asked of the system while the process is there.
            *most = peak(child.id()).unwrap_or(0).max(*most);
            running |= child.try_wait().expect("a process").is_none();
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    let took = began.elapsed();
    drop_directory(&to);
    let well = children.iter_mut().all(|child| child.wait().is_ok_and(|status| status.success()));
    well.then(|| (took, memory.into_iter().sum()))
}

/// The most memory that a process had resident, in KiB; known on Linux only.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn drop_directory(path: &Path) {
    if path.exists() {
        std::fs::remove_dir_all(path).expect("cleared");
    }
}

/// A file with that many documents: leaves, their servers, and a connection for each server.
fn drop(home: &Path, documents: usize) -> PathBuf {
    let folder = home.join(format!("drop-{documents}"));
    std::fs::create_dir(&folder).expect("a folder");
    let mut texts: Vec<String> = Vec::with_capacity(documents);
    let mut server = 0;
    while texts.len() < documents {
        let leaf = server / 40;
        if server % 40 == 0 {
            texts.push(format!(
                "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Switch\nmetadata:\n  name: leaf-{leaf:04}\n  \
                 namespace: default\nspec:\n  asn: {}\n  boot:\n    serial: S{leaf}\n  profile: vs\n  role: server-leaf # rack {leaf}\n  \
                 vlanNamespaces:\n  - default\n",
                65_101 + leaf
            ));
        }
        texts.push(format!(
            "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: server-{server:06}\n  \
             namespace: default\nspec:\n  description: S-{server} on leaf-{leaf:04}\n"
        ));
        let mut text = String::new();
        let _ = write!(
            text,
            "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Connection\nmetadata:\n  \
             name: server-{server:06}--unbundled--leaf-{leaf:04}\n  namespace: default\nspec:\n  unbundled:\n    link:\n      \
             server:\n        port: server-{server:06}/enp2s1\n      switch:\n        port: leaf-{leaf:04}/E1/{}\n",
            server % 40 + 1
        );
        texts.push(text);
        server += 1;
    }
    texts.truncate(documents);
    let file = folder.join("drop.yaml");
    std::fs::write(&file, texts.join("---\n")).expect("written");
    file
}
