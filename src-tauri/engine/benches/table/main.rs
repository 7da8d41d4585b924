//! The table: what the product takes for its work beside others who do the same work, from the same bytes, in
//! the same run, with the same durability.
//!
//! `make bench` prints it; BENCHMARKS.md says how it is measured and what was found. Everybody works in turns on a
//! fresh copy of the same input, the result is checked each time, and who is not installed is named. After `--`:
//! `--quick` for a short form; `--only ID,ID` for some rows, `--no-table`, `--no-growth`, `--size N` and `--runs N` for
//! other numbers; `--json FILE`, with `--add` beside what is in it; `--plot FILE` for the picture of the growth,
//! `--keep FILE` to put the figures into a document.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../../../../tests/support/git_server.rs"]
mod git_server;

mod costs;
mod floor;
mod growth;
mod input;
mod lab;
mod machine;
mod place;
mod plot;
mod programs;
mod report;
mod results;
mod row;
mod rows;
mod turns;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use fgd_engine::measure;
use mimalloc::MiMalloc;

use costs::Costs;
use place::Place;
use results::Results;
use row::Row;
use rows::{GROWING, Measure, ROWS, Setting};

/// As in the app.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// How many objects the table is about.
const SIZE: usize = 10_000;
const RUNS: usize = 10;
const FABRICS: usize = 100;
/// A row's name, and what counts the calls of the system of who is in it.
type Counting = (&'static str, fn(&Setting) -> Vec<Costs>);
const COSTS: [Counting; 2] = [("durable", rows::commit::costs), ("edit", rows::edit::costs)];
/// Set in the program that measures, whose configuration is nobody's.
const PLAIN: &str = "FGD_BENCH_PLAIN";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let [work, source, directory] = words.as_slice()
        && work == "ingest"
    {
        measure::ingest(Path::new(source), Path::new(directory)).expect("ingested");
        return ExitCode::SUCCESS;
    }
    if std::env::var_os(PLAIN).is_none() {
        return plainly();
    }
    measure_all(&Wanted::read(&words));
    ExitCode::SUCCESS
}

/// Starts this program again with an empty home: no person's configuration of Git, on either side.
fn plainly() -> ExitCode {
    let home = tempfile::tempdir().expect("a directory");
    let python = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local"));
    let status = Command::new(std::env::current_exe().expect("this program"))
        .args(std::env::args_os().skip(1))
        .env(PLAIN, "1")
        .env("HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        // Modules that a person installed for themselves are used all the same.
        .envs(python.map(|python| ("PYTHONUSERBASE", python)))
        .status()
        .expect("it starts");
    ExitCode::from(u8::from(!status.success()))
}

/// What is wanted of a run.
struct Wanted {
    quick: bool,
    only: Option<Vec<String>>,
    json: Option<PathBuf>,
    plot: Option<PathBuf>,
    keep: Option<PathBuf>,
    growth: bool,
    table: bool,
    adds: bool,
    size: usize,
    runs: usize,
}

impl Wanted {
    fn read(words: &[String]) -> Self {
        let after = |name: &str| {
            let place = words.iter().position(|word| word == name)?;
            Some(words.get(place + 1).expect("a value").clone())
        };
        let has = |name: &str| words.iter().any(|word| word == name);
        Self {
            quick: has("--quick"),
            only: after("--only").map(|names| names.split(',').map(str::to_owned).collect()),
            json: after("--json").map(PathBuf::from),
            plot: after("--plot").map(PathBuf::from),
            keep: after("--keep").map(PathBuf::from),
            growth: !has("--no-growth"),
            table: !has("--no-table"),
            adds: has("--add"),
            size: after("--size").map_or(SIZE, |size| size.parse().expect("a number")),
            runs: after("--runs")
                .map_or(if has("--quick") { 3 } else { RUNS }, |runs| runs.parse().expect("a number")),
        }
    }

    /// The sizes at which growth is measured: as many objects as a real data hall has, unless it has to be quick.
    fn sizes(&self) -> Vec<usize> {
        let largest = if self.quick { self.size } else { self.size * 10 };
        [self.size / 10, self.size, self.size * 10].into_iter().filter(|size| *size <= largest).collect()
    }

    fn wants(&self, id: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only.iter().any(|name| name == id))
    }

    fn setting(&self) -> Setting {
        Setting {
            memory: Place::memory(),
            disk: Place::disk(),
            runtime: tokio::runtime::Runtime::new().expect("runtime"),
            runs: self.runs,
            size: self.size,
            all: !self.quick,
            fabrics: if self.quick { FABRICS / 10 } else { FABRICS },
        }
    }
}

fn measure_all(wanted: &Wanted) {
    let began = Instant::now();
    let setting = wanted.setting();
    let earlier = wanted.json.as_ref().filter(|_| wanted.adds).map(|file| Results::read(file));
    let mut results = earlier.unwrap_or_default();
    results.machine = machine::machine(&setting.memory, &setting.disk);
    results.versions = machine::versions();
    let minutes = results.minutes;
    let write = |results: &mut Results| {
        results.minutes = minutes + began.elapsed().as_secs_f64() / 60.0;
        if let Some(file) = &wanted.json {
            results.write(file);
        }
    };
    if wanted.table {
        for row in ROWS.iter().filter(|row| wanted.wants(row.0)) {
            let rows = said(row, &setting);
            println!("{}", report::rows(&rows));
            rows.into_iter().for_each(|row| Results::put(&mut results.rows, row));
            write(&mut results);
        }
        if wanted.wants("load") {
            results.checking = Some(rows::load::parts(&setting));
        }
        for (id, count) in COSTS.iter().filter(|(id, _)| wanted.wants(id)) {
            results.costs.retain(|costs| costs.id != *id);
            results.costs.extend(count(&setting));
        }
    }
    if wanted.growth {
        for size in wanted.sizes() {
            grow(wanted, &setting, size, &mut results);
            write(&mut results);
        }
    }
    write(&mut results);
    let figures = report::figures(&results);
    println!("{figures}");
    if let Some(file) = wanted.plot.as_ref().filter(|_| !results.growth.is_empty()) {
        let sizes: Vec<usize> = results.growth.keys().copied().collect();
        std::fs::write(file, plot::svg(&growth::of(&results.growth), &sizes)).expect("written");
    }
    if let Some(document) = &wanted.keep {
        report::keep(document, &figures);
    }
}

/// Measures, and says how long that took: who waits wants to know what for.
fn said((id, measure): &Measure, setting: &Setting) -> Vec<Row> {
    let (began, load) = (Instant::now(), machine::load());
    let mut rows = measure(setting);
    rows.iter_mut().for_each(|row| row.load_before = load);
    println!("{id} at {} in {:.0?}", rows::grouped(setting.size), began.elapsed());
    rows
}

/// The rows at one size; those that the table has at its own are not measured twice.
fn grow(wanted: &Wanted, setting: &Setting, size: usize, results: &mut Results) {
    let mut grown = results.growth.remove(&size).unwrap_or_default();
    for row in ROWS.iter().filter(|row| wanted.wants(row.0) && GROWING.contains(&row.0)) {
        let known = results.rows.iter().filter(|known| known.id.split('-').next() == Some(row.0));
        let known: Vec<Row> = known.cloned().collect();
        let rows = match size == setting.size && row.0 != "idle" && !known.is_empty() {
            true => known,
            false => {
                let runs = if size > setting.size { 3 } else { setting.runs.min(5) };
                said(row, &Setting { runs, size, all: false, fabrics: 1, ..wanted.setting() })
            }
        };
        rows.into_iter().for_each(|row| Results::put(&mut grown, row));
    }
    results.growth.insert(size, grown);
}
