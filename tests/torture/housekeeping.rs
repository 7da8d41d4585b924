//! `kill -9` while packs are joined: no object that the store had is ever missing from it.
//!
//! The short form runs with the others; `FGD_LONG=1` kills 150 times.

#![cfg(unix)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::field::{Dice, is_long};
use crate::support::lab::{Lab, fgd_command};

const OBJECTS: usize = 80;

fn objects(round: usize) -> String {
    let object = |n| {
        format!(
            "---\napiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: s{n}\nspec:\n  \
             description: round {round}\n"
        )
    };
    (0..OBJECTS).map(object).collect()
}

fn in_store(lab: &Lab) -> BTreeSet<String> {
    let listed = lab.clone.git(&["cat-file", "--batch-all-objects", "--batch-check=%(objectname)"]);
    listed.lines().map(str::to_owned).collect()
}

/// The branch, as its file says it.
fn tip_at(git_dir: &Path) -> String {
    std::fs::read_to_string(git_dir.join("refs/heads/main")).unwrap_or_default()
}

fn packs(lab: &Lab) -> usize {
    let files = std::fs::read_dir(lab.clone.path.join(".git/objects/pack")).expect("packs");
    files.flatten().filter(|file| file.path().extension().is_some_and(|part| part == "pack")).count()
}

#[test]
fn a_run_that_is_killed_while_it_joins_packs_loses_no_object() {
    let rounds = if is_long() { 150 } else { 5 };
    let mut dice = Dice::new(Dice::thrown("killed housekeeping"));
    let lab = Lab::ready();
    // Each run has something to join.
    lab.clone.git(&["config", "gc.autoPackLimit", "1"]);
    lab.clone.git(&["config", "gc.auto", "1"]);
    lab.clone.drop_raw("first.yaml", &objects(0));
    assert_eq!(lab.fgd("sync").code, 0);
    let (mut whole, mut joining, mut most) = (Duration::ZERO, 0, 0);
    for round in 1..=rounds {
        lab.clone.drop_raw(&format!("d{round}.yaml"), &objects(2 * round));
        let began = Instant::now();
        assert_eq!(lab.fgd("sync").code, 0);
        whole = if whole.is_zero() { began.elapsed() } else { (whole + began.elapsed()) / 2 };
        lab.clone.drop_raw(&format!("k{round}.yaml"), &objects(2 * round + 1));
        let had = in_store(&lab);
        let mut command = fgd_command(&lab.machine.path().join("home"), &lab.clone.path);
        command.arg("sync").arg(lab.clone.fabric());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("fgd starts");
        // Half of them once the remote has it all, when packs are joined; the others at any moment.
        let begun_at = tip_at(&lab.clone.path.join(".git"));
        let is_late = dice.below(2) == 0;
        let mut moment =
            Instant::now() + whole.mul_f64(if is_late { 3.0 } else { dice.below(1000) as f64 / 1000.0 });
        let mut is_pushed = false;
        while Instant::now() < moment && child.try_wait().expect("its state").is_none() {
            let tip = tip_at(&lab.clone.path.join(".git"));
            if !is_pushed && tip != begun_at && tip == tip_at(Path::new(&lab.remote.location())) {
                is_pushed = true;
                if is_late {
                    moment = Instant::now() + Duration::from_millis(dice.below(150) as u64);
                }
            }
            std::thread::sleep(Duration::from_micros(300));
        }
        let was_running = child.try_wait().expect("its state").is_none();
        drop(child.kill());
        child.wait().expect("it ended");
        joining += usize::from(was_running && is_pushed);

        let lost: Vec<String> = had.difference(&in_store(&lab)).cloned().collect();
        assert_eq!(lost, Vec::<String>::new(), "round {round}");
        lab.clone.git(&["fsck", "--full", "--strict"]);
        assert_eq!(lab.fgd("sync").code, 0);
        lab.assert_in_step();
        assert_eq!(half_done(&lab), Vec::<String>::new(), "round {round}: left by who was killed");
        most = most.max(packs(&lab));
    }
    eprintln!("{rounds} killed, {joining} of them after the push; {most} packs at most");
    // Joined geometrically: of three hundred packs, a handful is left.
    assert!(most <= 16, "{most} packs");
}

/// What is among the packs and is none: somebody's unfinished work.
fn half_done(lab: &Lab) -> Vec<String> {
    let packs = std::fs::read_dir(lab.clone.path.join(".git/objects/pack")).expect("packs").flatten();
    let names = packs.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| !name.starts_with("pack-")).collect()
}
