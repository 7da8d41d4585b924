//! What two-way sync takes beside Git: pulling and merging many changes, and finding that nothing is new.
//!
//! `make bench` prints the median and the slowest of the runs; Git and the engine work on clones of the same
//! repository, in turns, once over HTTP, as operators have it, and once with the remote on the same disk. Git's
//! own writes are not synced to disk, the engine's are.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../../../tests/support/git_server.rs"]
mod git_server;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use git_server::GitServer;

use fgd_engine::{Engine, FabricId, OperationKind, Outcome, Trigger};

const OBJECTS: usize = 10_000;
const CHANGED: usize = 1_000;
const RUNS: usize = 10;

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    let _inside = runtime.enter();
    measure(&runtime, true);
    measure(&runtime, false);
}

fn measure(runtime: &tokio::runtime::Runtime, over_http: bool) {
    let lab = Lab::new(over_http);
    let way = if over_http { "over HTTP" } else { "remote on the same disk" };
    let (mut ours, mut gits) = (Vec::new(), Vec::new());
    for round in 0..RUNS {
        lab.change_remotely(round);
        // Each side has a commit of its own: it is a merge, not a fast-forward.
        for clone in [&lab.ours, &lab.theirs] {
            let own = clone.join(format!("lab/managed/connections/c-{}.yaml", OBJECTS - 1));
            std::fs::write(own, connection(OBJECTS - 1, &format!("own {round}"))).expect("written");
            git(clone, &["commit", "-qam", "own"]);
        }
        let mut pull_ours = || {
            let begun = Instant::now();
            let pulled = runtime.block_on(lab.run(OperationKind::Pull));
            ours.push(begun.elapsed());
            assert_eq!((pulled.outcome, pulled.pulled), (Outcome::Done, 1), "{}", pulled.summary);
        };
        let mut pull_git = || {
            let begun = Instant::now();
            git(&lab.theirs, &["pull", "-q", "--no-rebase", "--no-edit"]);
            gits.push(begun.elapsed());
        };
        if round % 2 == 0 {
            pull_ours();
            pull_git();
        } else {
            pull_git();
            pull_ours();
        }
    }
    println!("{CHANGED} of {OBJECTS} objects pulled and merged, {way}, {RUNS} runs in turns");
    print("fgd", &mut ours);
    print("git pull", &mut gits);
    let (ours, gits) = (ours[RUNS / 2].as_secs_f64(), gits[RUNS / 2].as_secs_f64());
    println!("  git pull takes {:.2} times as long", gits / ours);

    let settled = runtime.block_on(lab.run(OperationKind::Sync));
    assert_eq!(settled.outcome, Outcome::Done, "{}", settled.summary);
    let mut idle = Vec::new();
    for _ in 0..RUNS {
        let begun = Instant::now();
        let synced = runtime.block_on(lab.run(OperationKind::Sync));
        idle.push(begun.elapsed());
        assert_eq!(synced.outcome, Outcome::Unchanged);
    }
    println!("a sync of {OBJECTS} objects that finds nothing new, {way}");
    print("fgd", &mut idle);
}

fn print(what: &str, times: &mut [Duration]) {
    times.sort();
    println!("  {what:<10} median {:<10.1?} slowest {:.1?}", times[times.len() / 2], times[times.len() - 1]);
}

struct Lab {
    engine: Engine,
    id: FabricId,
    ours: PathBuf,
    theirs: PathBuf,
    colleague: PathBuf,
    _server: Option<GitServer>,
    _home: tempfile::TempDir,
}

impl Lab {
    fn new(over_http: bool) -> Self {
        let home = tempfile::tempdir().expect("directory");
        let at = |name: &str| home.path().join(name);
        git(home.path(), &["init", "-q", "--bare", "-b", "main", "origin.git"]);
        let server = over_http.then(|| GitServer::start(home.path(), None));
        let origin = server.as_ref().map_or("origin.git".to_owned(), |server| server.url("origin.git"));
        git(&at("origin.git"), &["config", "http.receivepack", "true"]);
        git(home.path(), &["clone", "-q", &origin, "ours"]);
        let engine = Engine::open(&at("data"), Arc::new(|_| {})).expect("engine");
        let runtime = tokio::runtime::Handle::current();
        let id = runtime.block_on(engine.fabric_at(at("ours").join("lab"))).expect("fabric");
        for kind in [OperationKind::Onboard, OperationKind::Sync] {
            runtime.block_on(engine.run(id.clone(), kind, Trigger::Command)).expect("set up");
        }
        git(home.path(), &["clone", "-q", &origin, "colleague"]);
        let lab = Self {
            engine,
            id,
            ours: at("ours"),
            theirs: at("theirs"),
            colleague: at("colleague"),
            _server: server,
            _home: home,
        };
        std::fs::create_dir_all(lab.colleague.join("lab/managed/connections")).expect("directory");
        lab.write_remotely(0..OBJECTS, "first");
        git(lab.ours.parent().expect("home"), &["clone", "-q", &origin, "theirs"]);
        runtime.block_on(lab.run(OperationKind::Pull));
        lab
    }

    async fn run(&self, kind: OperationKind) -> fgd_engine::Operation {
        self.engine.run(self.id.clone(), kind, Trigger::Command).await.expect("a run")
    }

    /// A colleague changes every tenth object.
    fn change_remotely(&self, round: usize) {
        self.write_remotely((0..OBJECTS).step_by(OBJECTS / CHANGED), &format!("round {round}"));
    }

    fn write_remotely(&self, objects: impl Iterator<Item = usize>, note: &str) {
        for n in objects {
            let file = self.colleague.join(format!("lab/managed/connections/c-{n}.yaml"));
            std::fs::write(file, connection(n, note)).expect("written");
        }
        git(&self.colleague, &["add", "-A"]);
        git(&self.colleague, &["commit", "-qm", note]);
        git(&self.colleague, &["push", "-q", "origin", "HEAD:main"]);
    }
}

fn connection(n: usize, note: &str) -> String {
    let (leaf, port) = (n / 48, n % 48 + 1);
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Connection\nmetadata:\n  name: c-{n} # {note}\n\
         spec:\n  unbundled:\n    link:\n      server:\n        port: server-{n}/enp2s1\n      switch:\n        \
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
