//! A sync of many fabrics that finds nothing new, beside `git status` and `git fetch` in a loop.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use fgd_engine::{OperationKind, Outcome, Trigger};

use super::{Open, Setting, grouped};
use crate::lab::{Lab, copy};
use crate::programs::{git, must, must_git, one_by_one};
use crate::row::Row;
use crate::turns::{Contender, in_turns, timed};

/// Until what the start of the engine sets off by itself is over.
const SETTLES: Duration = Duration::from_secs(5);

/// Measures it, in memory: once with the remotes, which are on the same machine, and once without.
pub(crate) fn rows(setting: &Setting) -> Vec<Row> {
    let lab = Lab::new(&setting.memory);
    let clones = clones(&lab, setting);
    let data = lab.home().join("data");
    let fabric = |clone: &Path| clone.join("lab");
    let open = Open::at(&setting.runtime, &data, &fabric(&clones[0]));
    for clone in &clones {
        let id = setting.runtime.block_on(open.engine.fabric_at(fabric(clone))).expect("fabric");
        setting.runtime.block_on(open.engine.list(id)).expect("listed");
    }
    let ours = |kind: OperationKind| {
        let (runs, took) = timed(|| setting.runtime.block_on(open.engine.run_all(kind, Trigger::Click)));
        let runs = runs.expect("runs");
        let unchanged = |run: &fgd_engine::FabricRun| {
            run.operation.as_ref().is_some_and(|operation| operation.outcome == Outcome::Unchanged)
        };
        assert_eq!(
            runs.iter().filter(|run| unchanged(run)).count(),
            clones.len(),
            "fabrics with nothing new"
        );
        took
    };
    // As the window and `fgd serve` have it: watched, and after a first look at everything.
    let inside = setting.runtime.enter();
    open.engine.start();
    drop(inside);
    ours(OperationKind::Sync);
    std::thread::sleep(SETTLES);
    ours(OperationKind::Sync);
    let theirs = |words: &[&[&str]]| -> Option<Duration> {
        one_by_one(clones.iter().flat_map(|clone| words.iter().map(|words| git(clone, words))).collect())
    };
    let look = || {
        timed(|| {
            for clone in &clones {
                for file in [".git/HEAD", ".git/refs/heads/main", ".git/index", "lab/raw", "lab/.hnp"] {
                    std::hint::black_box(clone.join(file).symlink_metadata().expect("it is there"));
                }
            }
        })
        .1
    };
    let (status, fetch): (&[&str], &[&str]) = (&["status", "--porcelain"], &["fetch", "-q"]);
    let of = format!("{} of {}", grouped_fabrics(clones.len()), grouped(setting.size));
    let durability = format!("nothing to write; {}", setting.memory.name);
    let limit = Some("look at branch, index and inbox of each".to_owned());
    let local = in_turns(
        setting.runs,
        vec![
            Contender::new("fgd, watching as in the window", || Some(ours(OperationKind::Ingest))),
            Contender::new("git status", || theirs(&[status])).aim(50.0),
            Contender::new("limit", || Some(look())),
        ],
    );
    let local = Row::new(
        "idle-local",
        format!("no-op sync of {of} objects, the local part"),
        durability.clone(),
        local,
        limit,
    );
    let whole = in_turns(
        setting.runs,
        vec![
            Contender::new("fgd, watching as in the window", || Some(ours(OperationKind::Sync))),
            Contender::new("git status, git fetch", || theirs(&[status, fetch])),
            Contender::new("limit", || theirs(&[fetch])),
        ],
    );
    let whole = Row::new(
        "idle",
        format!("no-op sync of {of} objects, remotes on the same machine"),
        durability,
        whole,
        Some("git fetch alone".to_owned()),
    );
    vec![whole, local]
}

fn grouped_fabrics(fabrics: usize) -> String {
    match fabrics {
        1 => "a fabric".to_owned(),
        many => format!("{many} fabrics"),
    }
}

/// The clones, each with its own remote. Their files are links to those of the first, which neither side can
/// tell; so a million of them fit.
fn clones(lab: &Lab, setting: &Setting) -> Vec<PathBuf> {
    let (desk, _) = lab.ingested("first", setting.size);
    let home = lab.home();
    let bare = |number: usize| home.join(format!("{number}.git"));
    must_git(
        home,
        &["clone", "-q", "--bare", &desk.clone.display().to_string(), &bare(0).display().to_string()],
    );
    must_git(&desk.clone, &["remote", "add", "origin", &bare(0).display().to_string()]);
    must_git(&desk.clone, &["push", "-q", "-u", "origin", "main"]);
    let mut clones = vec![desk.clone.clone()];
    for number in 1..setting.fabrics {
        let clone = home.join(format!("clone-{number}"));
        std::fs::create_dir(&clone).expect("a directory");
        copy(&bare(0), &bare(number));
        copy(&desk.clone.join(".git"), &clone.join(".git"));
        must_git(&clone, &["remote", "set-url", "origin", &bare(number).display().to_string()]);
        let mut link = Command::new("cp");
        link.arg("-al").arg(desk.clone.join("lab")).arg(clone.join("lab"));
        must(link);
        clones.push(clone);
    }
    // A link changes when its file was last changed: the first clone's index learns that for all.
    must_git(&desk.clone, &["status", "--porcelain"]);
    for clone in &clones[1..] {
        std::fs::copy(desk.clone.join(".git/index"), clone.join(".git/index")).expect("copied");
        must_git(clone, &["fetch", "-q"]);
    }
    clones
}
