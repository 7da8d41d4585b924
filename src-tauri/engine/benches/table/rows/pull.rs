//! What colleagues changed comes in and is merged with what was changed here: a tenth of the objects there, a
//! tenth of those here too, in another field.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fgd_engine::{OperationKind, Outcome};

use super::{Open, Setting, grouped};
use crate::git_server::GitServer;
use crate::input::{described, labelled, server_file, servers};
use crate::lab::{Lab, prepare, put};
use crate::place::sync;
use crate::programs::{git_as, must_git, one_by_one, tree};
use crate::row::Row;
use crate::turns::{Contender, in_turns, timed};

/// Until the window has seen what was committed here.
const SEEN: Duration = Duration::from_secs(2);

/// Measures it over HTTP, in memory and, for the table, on the disk.
pub(crate) fn rows(setting: &Setting) -> Vec<Row> {
    let durables: &[bool] = if setting.all { &[false, true] } else { &[false] };
    durables.iter().map(|durable| row(setting, *durable)).collect()
}

fn row(setting: &Setting, durable: bool) -> Row {
    let place = if durable { &setting.disk } else { &setting.memory };
    let bench = Bench::new(setting, durable);
    let rounds: [Cell<usize>; 3] = Default::default();
    let next = |who: usize| {
        let round = rounds[who].get();
        rounds[who].set(round + 1);
        bench.begin(round);
    };
    let ran = in_turns(
        setting.runs,
        vec![
            Contender::new("fgd, open as in the window", || {
                next(0);
                Some(bench.pull_ours(setting))
            }),
            Contender::new("git pull", || {
                next(1);
                Some(bench.pull_git())
            })
            .aim(1.0),
            Contender::new("limit", || {
                next(2);
                Some(bench.fetch_and_write())
            }),
        ],
    );
    assert_eq!(tree(&bench.ours, "HEAD"), tree(&bench.theirs, "HEAD"), "both merged to the same tree");
    let (id, durability) = match durable {
        false => ("pull", format!("neither side waits for a disk; {}", place.name)),
        true => ("pull-durable", format!("all survives a power cut: objects, files, branch; {}", place.name)),
    };
    let (changed, size) = (grouped(bench.changed.len()), grouped(setting.size));
    let work = format!("pull and merge {changed} of {size} changed, over HTTP");
    Row::new(id, work, durability, ran, Some("git fetch, write the changed files".to_owned()))
}

struct Bench {
    lab: Lab,
    open: Open,
    ours: PathBuf,
    theirs: PathBuf,
    /// A clone that only fetches.
    fetching: PathBuf,
    colleague: PathBuf,
    /// The files that are changed on the remote; every tenth is changed here too.
    changed: Vec<String>,
    made: Cell<usize>,
    durable: bool,
    _server: GitServer,
}

impl Bench {
    fn new(setting: &Setting, durable: bool) -> Self {
        let lab = Lab::new(if durable { &setting.disk } else { &setting.memory });
        let (colleague, _) = lab.ingested("colleague", setting.size);
        let home = lab.home();
        must_git(home, &["init", "-q", "--bare", "-b", "main", "origin.git"]);
        must_git(&home.join("origin.git"), &["config", "http.receivepack", "true"]);
        let server = GitServer::start(home, None);
        let origin = server.url("origin.git");
        must_git(&colleague.clone, &["remote", "add", "origin", &origin]);
        must_git(&colleague.clone, &["push", "-q", "-u", "origin", "main"]);
        let [ours, theirs, fetching] = ["ours", "theirs", "fetching"].map(|name| {
            let clone = home.join(name);
            must_git(home, &["clone", "-q", &origin, name]);
            prepare(&clone);
            clone
        });
        // Paused, since whoever measures commits beside it.
        let open = Open::paused(&setting.runtime, &home.join("data"), &ours.join("lab"));
        // The engine has the objects at hand, as after any run.
        let synced = setting.runtime.block_on(open.run(OperationKind::Sync));
        assert_eq!(synced.outcome, Outcome::Unchanged, "{}", synced.summary);
        let (servers, changed) = (servers(setting.size), setting.size / 10);
        let changed = (0..changed).map(|n| server_file(n * servers / changed)).collect();
        let (colleague, made) = (colleague.clone, Cell::new(0));
        Self { open, ours, theirs, fetching, colleague, changed, made, durable, _server: server, lab }
    }

    /// The colleague pushes, and here something else is committed: once for all who pull in this round.
    fn begin(&self, round: usize) {
        if self.made.get() <= round {
            self.made.set(round + 1);
            let text =
                |clone: &Path, file: &String| std::fs::read_to_string(clone.join(file)).expect("a file");
            let there = |file: &String| described(&text(&self.colleague, file), &format!("round {round}"));
            let there: Vec<_> =
                self.changed.iter().map(|file| (file.clone(), there(file).into_bytes())).collect();
            put(&self.colleague, &there);
            must_git(&self.colleague, &["commit", "-q", "-a", "-m", "There"]);
            must_git(&self.colleague, &["push", "-q"]);
            for clone in [&self.ours, &self.theirs] {
                let here = |file: &String| labelled(&text(clone, file), &format!("\"{round}-here\""));
                let every_tenth = self.changed.iter().step_by(10);
                let here: Vec<_> = every_tenth.map(|file| (file.clone(), here(file).into_bytes())).collect();
                put(clone, &here);
                must_git(clone, &["commit", "-q", "-a", "-m", "Here"]);
            }
        }
        self.lab.place.settle();
        std::thread::sleep(SEEN);
    }

    fn pull_ours(&self, setting: &Setting) -> Duration {
        let (pulled, took) = timed(|| setting.runtime.block_on(self.open.run(OperationKind::Pull)));
        assert_eq!((pulled.outcome, pulled.pulled), (Outcome::Done, 1), "{}", pulled.summary);
        took
    }

    fn pull_git(&self) -> Duration {
        let pull = git_as(self.durable, &self.theirs, &["pull", "-q", "--no-rebase", "--no-edit"]);
        let took = one_by_one(vec![pull]).expect("git is installed");
        took + self.sync_files(&self.theirs)
    }

    fn fetch_and_write(&self) -> Duration {
        let took = one_by_one(vec![git_as(self.durable, &self.fetching, &["fetch", "-q"])])
            .expect("git is installed");
        let read = |file: &String| (file.clone(), std::fs::read(self.colleague.join(file)).expect("a file"));
        let files: Vec<_> = self.changed.iter().map(read).collect();
        let ((), writing) = timed(|| put(&self.fetching, &files));
        took + writing + self.sync_files(&self.fetching)
    }

    /// Git does not sync the files of a work tree: that is done once for all of them.
    fn sync_files(&self, clone: &Path) -> Duration {
        if self.durable { timed(|| sync(clone)).1 } else { Duration::ZERO }
    }
}
