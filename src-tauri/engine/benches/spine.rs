//! How long the main job takes: from files in the inbox to the pushed commit, remote on the same disk.
//!
//! `make bench` prints one line a size: the median and the slowest of the runs, each on a fresh fabric.
//! The debounce of the watcher comes on top, and is printed as it is.

#![allow(clippy::print_stdout, reason = "a benchmark prints")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fgd_engine::{Engine, OperationKind, Outcome, Trigger};

const SIZES: [(usize, usize); 3] = [(48, 10), (1_000, 5), (10_000, 3)];

fn main() {
    let runtime = tokio::runtime::Runtime::new().expect("runtime");
    println!("objects   runs   median       slowest      (arrival to pushed commit, after the debounce)");
    for (objects, runs) in SIZES {
        let mut times: Vec<Duration> = (0..runs).map(|_| runtime.block_on(once(objects))).collect();
        times.sort();
        let (median, slowest) = (times[times.len() / 2], times[times.len() - 1]);
        println!("{objects:>7}   {runs:>4}   {median:<10.1?}   {slowest:<10.1?}");
    }
    println!("debounce: {:?}", Engine::DEBOUNCE);
}

/// Sets a fabric up, drops that many objects, and times the sync.
async fn once(objects: usize) -> Duration {
    let home = tempfile::tempdir().expect("directory");
    git(home.path(), &["init", "-q", "--bare", "-b", "main", "origin.git"]);
    git(home.path(), &["init", "-q", "-b", "main", "clone"]);
    let clone = home.path().join("clone");
    let origin = home.path().join("origin.git");
    git(&clone, &["remote", "add", "origin", origin.to_str().expect("path")]);
    let engine = Engine::open(&home.path().join("data"), Arc::new(|_| {})).expect("engine");
    let id = engine.fabric_at(clone.join("lab")).await.expect("fabric");
    for kind in [OperationKind::Onboard, OperationKind::Sync] {
        engine.run(id.clone(), kind, Trigger::Command).await.expect("set up");
    }
    let text: Vec<String> = (0..objects).map(connection).collect();
    std::fs::write(clone.join("lab/raw/drop.yaml"), text.join("---\n")).expect("dropped");
    let begun = Instant::now();
    let synced = engine.run(id, OperationKind::Sync, Trigger::Command).await.expect("a run");
    let took = begun.elapsed();
    assert_eq!(
        (synced.outcome, synced.documents.created as usize, synced.pushed),
        (Outcome::Done, objects, 1)
    );
    took
}

fn connection(n: usize) -> String {
    let (leaf, port) = (n / 48, n % 48 + 1);
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Connection\nmetadata:\n  name: server-{n}--unbundled--leaf-{leaf}\n\
         spec:\n  unbundled:\n    link:\n      server:\n        port: server-{n}/enp2s1 # rack {leaf}\n      switch:\n        \
         port: leaf-{leaf}/E1/{port}\n"
    )
}

fn git(at: &Path, words: &[&str]) {
    let status = Command::new("git").arg("-C").arg(at).args(words).status().expect("git runs");
    assert!(status.success(), "git {words:?}");
}
