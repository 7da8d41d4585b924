//! How long it takes to finish what a killed run began, where there are 10,000 objects: before anything else, the
//! next run brings the work tree, the branch and the index to where they were going.

use std::time::Duration;

use super::failpoints::stories::server;
use super::failpoints::{ended, is_long, text};
use crate::support::lab::Lab;

/// The objects that a drop changes of all that there are.
const CHANGED: usize = 200;
/// What is promised for 10,000 objects.
const PROMISED: Duration = Duration::from_millis(200);

/// A `sync` that is killed at a step.
fn kill_at(lab: &Lab, failpoint: &str) {
    let mut sync = lab.command();
    sync.args(["sync", &lab.directory()]);
    let killed = ended(&sync, failpoint, "");
    assert!(killed.status.code().is_none(), "{failpoint}: {killed:?}");
}

/// How long the next `sync` took until it could begin with its own work, as its log says.
fn recovery(lab: &Lab) -> Duration {
    let mut sync = lab.command();
    sync.args(["sync", &lab.directory()]).env("FGD_LOG", "fgd_engine=info").env("NO_COLOR", "1");
    let synced = ended(&sync, "", "");
    let said = text(&synced.stderr);
    assert_eq!(synced.status.code(), Some(0), "{said}");
    let line = said.lines().find(|line| line.contains("a killed run's work is finished"));
    let line = line.unwrap_or_else(|| panic!("nothing was finished: {said}"));
    let (_, took) = line.split_once("took=").expect("its duration");
    let took = took.split_whitespace().next().expect("its duration");
    let digits = took.trim_end_matches(char::is_alphabetic);
    let seconds: f64 = digits.parse().unwrap_or_else(|_| panic!("{took}"));
    let unit = match &took[digits.len()..] {
        "s" => 1.0,
        "ms" => 1e-3,
        _ => 1e-6,
    };
    Duration::from_secs_f64(seconds * unit)
}

fn drop_changes(lab: &Lab, from: usize, count: usize, round: usize, objects: usize) {
    let note = format!("round {round}");
    let changed: String = (from..from + count).map(|n| server(&format!("s{}", n % objects), &note)).collect();
    lab.clone.drop_raw(&format!("round-{round}.yaml"), &changed);
}

#[test]
fn what_a_killed_run_began_is_finished_quickly() {
    let (objects, kills) = if is_long() { (10_000, 100) } else { (1_000, 6) };
    let lab = Lab::ready();
    drop_changes(&lab, 0, objects, 0, objects);
    assert_eq!(lab.fgd("sync").code, 0);
    let steps = [
        "advance/recorded",
        "write/staged",
        "write/synced",
        "write/placed",
        "advance/written",
        "advance/moved",
        "advance/indexed",
    ];
    let mut took = Vec::new();
    for round in 1..=kills {
        drop_changes(&lab, round * 97, CHANGED, round, objects);
        let step = steps[round % steps.len()];
        let before = if step == "write/staged" || step == "write/placed" { round * 37 % CHANGED } else { 0 };
        kill_at(&lab, &format!("{step}={before}*off->return(kill)"));
        took.push((recovery(&lab), step));
    }
    took.sort();
    let at = |share: usize| took[(took.len() * share).div_ceil(100).max(1) - 1];
    eprintln!(
        "{objects} objects, {CHANGED} of them changed by a run that is killed, {kills} times: p50 {:?}, p99 {:?}, most {:?}",
        at(50),
        at(99),
        took[took.len() - 1]
    );
    if is_long() {
        // Only here, where nothing else is at work: how long something takes is else for benchmarks to say.
        assert!(at(99).0 <= PROMISED, "{took:?}");
        // All of them: what is left to be written then is written.
        for round in kills + 1..=kills + 3 {
            drop_changes(&lab, 0, objects, round, objects);
            kill_at(&lab, &format!("write/placed={}*off->return(kill)", objects / 2));
            eprintln!("all {objects} changed, half of them in their place: {:?}", recovery(&lab));
        }
    }
    assert_eq!(lab.clone.status(), "");
    lab.assert_in_step();
}
