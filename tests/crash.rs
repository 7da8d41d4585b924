//! `kill -9` in the middle: the next run ends where an undisturbed one would have ended, with no help by hand.
//!
//! The short form runs with the others; `FGD_LONG=1` kills 200 times.

#![cfg(unix)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::lab::{Lab, fgd_command};
use crate::support::repositories::{Checkout, FABRIC};

const OBJECTS: usize = 300;

fn objects(round: usize, note: &str) -> String {
    (0..OBJECTS)
        .map(|n| {
            format!(
                "---\napiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: s{n} # {note}\nspec:\n  description: round {round}\n"
            )
        })
        .collect()
}

/// A number that looks random, and is the same in each run.
fn scattered(seed: u64) -> u64 {
    let mut x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x2545_F491_4F6C_DD1D;
    x ^= x >> 29;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 32)
}

/// Runs a command over the fabric and kills it after that long; whether it was still running.
fn killed(lab: &Lab, words: &[&str], after: Duration) -> bool {
    let home = lab.machine.path().join("home");
    let mut command: Command = fgd_command(&home, &lab.clone.path);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().expect("fgd starts");
    std::thread::sleep(after);
    let was_running = child.try_wait().expect("its state").is_none();
    // SIGKILL: nothing of it runs any more.
    drop(child.kill());
    child.wait().expect("it ended");
    was_running
}

/// Nothing of ours is left behind, Git's store is whole, and both sides are the same.
fn assert_whole(lab: &Lab) {
    assert_eq!(lab.clone.status(), "");
    lab.clone.git(&["fsck", "--strict", "--connectivity-only"]);
    assert!(!lab.clone.path.join(".git/fgd/intent.json").exists());
    let leftovers = left(&lab.clone.path);
    assert_eq!(leftovers, Vec::<String>::new());
    lab.assert_in_step();
}

fn left(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let entry = entry.expect("an entry");
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == ".git" {
            continue;
        }
        if entry.file_type().expect("a type").is_dir() {
            found.extend(left(&entry.path()));
        } else if name.starts_with(".fgd-") {
            found.push(name);
        }
    }
    found
}

/// Each round: a drop, a teammate's change of another part of the objects (so that there is something to
/// merge), and a kill at some moment of the sync; and every third round, of an undo.
#[test]
fn a_killed_run_is_finished_by_the_next() {
    let rounds = if std::env::var_os("FGD_LONG").is_some() { 200 } else { 9 };
    let lab = Lab::ready();
    // Git's own housekeeping at the host may get in the way of a push that comes at the same time.
    for setting in [["gc.auto", "0"], ["receive.autogc", "false"]] {
        Checkout::at(Path::new(&lab.remote.location())).git(&["config", setting[0], setting[1]]);
    }
    let teammate = lab.teammate();
    lab.clone.drop_raw("first.yaml", &objects(0, "first"));
    let began = Instant::now();
    assert_eq!(lab.fgd("sync").code, 0);
    let mut whole = began.elapsed();
    let mut interrupted = 0;
    for round in 1..=rounds {
        teammate.git(&["pull", "--quiet", "--rebase"]);
        teammate.write(&format!("{FABRIC}/notes-{round}.md"), "a teammate's work\n");
        for n in (round % 7..OBJECTS).step_by(7) {
            let file = format!("managed/servers/s{n}.yaml");
            let text = teammate.text(&file);
            let (head, _) = text.split_once("\nspec:").expect("a spec");
            teammate.write(
                &format!("{FABRIC}/{file}"),
                &format!("{}\nspec:\n  description: teammate {round}\n", head),
            );
        }
        teammate.commit_and_push("A teammate's work");
        lab.clone.drop_raw(
            &format!("extra-{round}.yaml"),
            &objects(round, "first").replace("name: s", &format!("name: x{}-", round % 3)),
        );
        let share = u32::try_from(scattered(round as u64) % 1000).expect("a share");
        let words = ["sync", &format!("{}", lab.clone.fabric().display())];
        if killed(&lab, &words, whole * share / 700) {
            interrupted += 1;
        }
        let began = Instant::now();
        let mended = lab.fgd("sync");
        // There is more to do from round to round: the kills are to reach its end too.
        whole = whole.max(began.elapsed());
        assert_eq!(mended.code, 0, "round {round}: {mended:?}");
        assert_whole(&lab);
        let expected = OBJECTS * (1 + round.min(3));
        assert_eq!(lab.remote.yaml("managed/servers").len(), expected, "round {round}");
        assert!(lab.remote.text(&format!("notes-{round}.md")).contains("teammate"));
        if round % 3 == 0 {
            let before = lab.clone.tree();
            let fabric = lab.clone.fabric().display().to_string();
            killed(&lab, &["undo", &fabric, "--last"], whole * share / 2000);
            assert_eq!(lab.fgd("sync").code, 0);
            assert_whole(&lab);
            // Either it was done or it was not; then a redo or nothing brings the objects back.
            if lab.clone.tree() != before {
                restore(&lab, &before);
            }
        }
    }
    eprintln!("{interrupted} of {rounds} runs were killed in the middle");
    assert!(interrupted > 0, "no run was killed in the middle");
}

/// Brings the tree back for the rounds that follow.
fn restore(lab: &Lab, tree: &str) {
    let clone: &Checkout = &lab.clone;
    clone.git(&["read-tree", "-u", "--reset", tree]);
    clone.git(&["commit", "--quiet", "--allow-empty", "--message", "As before"]);
    assert_eq!(lab.fgd("sync").code, 0);
    assert_eq!(clone.tree(), tree);
}
