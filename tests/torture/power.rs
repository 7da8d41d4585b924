//! The power goes: what was not synced is lost, or a part of it. The next run finishes what was begun, with
//! nobody's help.
//!
//! What the model is, `shim.c` says. It is worse than a usual file system in one respect (`all`: a new directory
//! is lost although a file in it was synced, which no journal does), and takes the usual ones too: names from one
//! ordered journal (`journal`), names without bytes (`data`, `zeros`), bytes without names (`names`), and what
//! chance makes of it. The short form takes a spread of moments; `FGD_LONG=1` takes every one.

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use fgd_engine::{AddFabric, Engine, Source, StatusState};

use super::desk::{Desk, object};
use super::disk::moments;
use super::shim::{CHANGES, Trouble};
use crate::support::lab::{Answer, fgd_command};
use crate::support::repositories::{BRANCH, Checkout, FABRIC};
use crate::support::run;

const SORTS: [&str; 6] = ["all", "journal", "data", "zeros", "names", "chance"];

#[test]
fn a_power_cut_costs_nothing() {
    let desk = Desk::new();
    for (sort, how) in SORTS.into_iter().enumerate() {
        let trouble = everything(&desk, how);
        desk.reset();
        let calls = desk.sync_in(&trouble).report.calls.expect("an undisturbed run");
        let mut cuts = 0;
        for at in moments(calls, 3, sort) {
            desk.reset();
            let ran = desk.sync_in(&Trouble { at, seed: at, ..trouble.clone() });
            let Some(hit) = ran.report.hit else { continue };
            let what = format!("power cut ({how}) at {hit}, {}", ran.report.cut.unwrap_or_default());
            desk.assert_nothing_lost(&what);
            desk.assert_recovers(&what);
            cuts += 1;
        }
        eprintln!("power cut ({how}): {calls} calls, {cuts} cuts");
        assert!(cuts > 0, "{how}: no cut");
    }
}

/// The power goes at any change in the clone and in the app's own directory.
fn everything(desk: &Desk, how: &'static str) -> Trouble {
    let under = vec![desk.clone().path, desk.home()];
    Trouble { under, calls: CHANGES, cut: Some(how), ..Trouble::default() }
}

/// Cuts the power in a run; afterwards `finish` brings it to its end with what a person would type.
fn cut_in(desk: &Desk, word: &str, more: &[&str], finish: impl Fn(&Desk, &str)) {
    for (sort, how) in SORTS.into_iter().enumerate() {
        let trouble = everything(desk, how);
        desk.reset();
        let undisturbed = desk.run_in(word, more, &trouble);
        assert_eq!(undisturbed.answer.expect("an answer").code, 0);
        let calls = undisturbed.report.calls.expect("an undisturbed run");
        let mut cuts = 0;
        for at in moments(calls, 2, sort) {
            desk.reset();
            let ran = desk.run_in(word, more, &Trouble { at, seed: at, ..trouble.clone() });
            let Some(hit) = ran.report.hit else { continue };
            let what = format!("{word}: power cut ({how}) at {hit}, {}", ran.report.cut.unwrap_or_default());
            finish(desk, &what);
            desk.assert_done(&what);
            cuts += 1;
        }
        eprintln!("{word}: power cut ({how}): {calls} calls, {cuts} cuts");
        assert!(cuts > 0, "{word}, {how}: no cut");
    }
}

#[track_caller]
fn assert_code(answer: &Answer, codes: &[i32], what: &str) {
    assert!(codes.contains(&answer.code), "{what}: {answer:?}");
}

#[test]
fn a_power_cut_during_an_undo_costs_nothing() {
    const FILE: &str = "managed/servers/old-1.yaml";
    let desk = Desk::prepared(|desk| {
        desk.clone().drop_raw("second.yaml", &object("old-1", "second"));
        assert_eq!(desk.fgd("sync").code, 0);
    });
    cut_in(&desk, "undo", &["--last"], |desk, what| {
        // As it was or undone, and pushed if it is that; never half of it.
        assert_code(&desk.fgd("sync"), &[0], what);
        let text = desk.clone().text(FILE);
        assert!(text.contains("first") || text.contains("second"), "{what}: {text}");
        if text.contains("second") {
            assert_code(&desk.fgd_with("undo", &["--last"]), &[0], what);
            assert_code(&desk.fgd("sync"), &[0], what);
        }
        assert!(desk.clone().text(FILE).contains("first"), "{what}: it is undone");
    });
}

#[test]
fn a_power_cut_during_a_decision_costs_nothing() {
    let file = format!("{FABRIC}/managed/servers/old-1.yaml");
    let desk = Desk::prepared(|desk| {
        let teammate = desk.teammate();
        teammate.write(&file, &object("old-1", "theirs").replace("---\n", ""));
        teammate.commit_and_push("Theirs");
        desk.clone().drop_raw("ours.yaml", &object("old-1", "ours"));
        assert_eq!(desk.fgd("ingest").code, 0);
        assert_eq!(desk.fgd("sync").code, 1, "both changed one field");
    });
    cut_in(&desk, "resolve", &[file.as_str(), "--ours"], |desk, what| {
        // It still waits, or is decided.
        let synced = desk.fgd("sync");
        assert_code(&synced, &[0, 1], what);
        if synced.code == 1 {
            assert_code(&desk.fgd_with("resolve", &[file.as_str(), "--ours"]), &[0], what);
        }
        assert!(desk.clone().text("managed/servers/old-1.yaml").contains("ours"), "{what}");
        let history = desk.remote().git(&["log", "--full-history", "-p", "--format=", "main", "--", &file]);
        assert!(history.contains("description: theirs"), "{what}: what was decided against is in history");
    });
}

/// Where a fabric is added: nothing is set up there yet.
const NEW: &str = "fabrics/new";

/// What is added, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Adding {
    /// By the remote's address: a clone is made.
    Url,
    /// The clone that is there, with a drop that waits and an edit of somebody else's fabric.
    Folder,
}

impl Adding {
    fn desk(self) -> Desk {
        Desk::prepared(|desk| {
            // A machine on which the app was never started.
            std::fs::remove_dir_all(desk.home()).expect("the app's directory");
            if self == Self::Folder {
                let clone = desk.clone();
                clone.write(&format!("{NEW}/raw/drop.yaml"), &object("dropped", "dropped"));
                clone.add_line("managed/servers/old-1.yaml", "# by hand");
            }
        })
    }

    /// The window's process, told by the environment what its user does.
    fn command(self, desk: &Desk) -> Command {
        let mut window = Command::new(std::env::current_exe().expect("the tests' binary"));
        window.args(["--exact", "torture::power::the_window", "--ignored", "--nocapture"]);
        let from = fgd_command(&desk.home(), &desk.clone().path);
        for (name, value) in from.get_envs() {
            match value {
                Some(value) => window.env(name, value),
                None => window.env_remove(name),
            };
        }
        let source = if self == Self::Url { desk.remote() } else { desk.clone() };
        window.env("FGD_ADD", format!("{self:?}")).env("FGD_ADD_FROM", source.path);
        window.env("FGD_ADD_HOME", desk.home());
        window
    }

    /// Where the fabric's clone is.
    #[track_caller]
    fn clone(self, desk: &Desk, what: &str) -> Checkout {
        if self == Self::Folder {
            return desk.clone();
        }
        let clones = std::fs::read_dir(desk.home().join("clones")).expect("clones");
        let clones: Vec<PathBuf> = clones.map(|entry| entry.expect("an entry").path()).collect();
        let [clone] = clones.as_slice() else { panic!("{what}: half done: {clones:?}") };
        Checkout::at(clone)
    }

    /// Whoever sees that the fabric is not in the list adds it again; then it is synced.
    #[track_caller]
    fn finish(self, desk: &Desk, what: &str) {
        let again = run(&mut self.command(desk));
        assert_eq!(again.code, 0, "{what}: {again:?}");
        let clone = self.clone(desk, what);
        let mut sync = fgd_command(&desk.home(), &clone.path);
        let synced = Answer::of(run(sync.arg("sync").arg(clone.path.join(NEW)).arg("--json")));
        assert_eq!(synced.code, 0, "{what}: {synced:?}");
        if self == Self::Folder {
            assert!(clone.text("managed/servers/old-1.yaml").ends_with("# by hand\n"), "{what}");
            assert_eq!(clone.status(), format!(" M {FABRIC}/managed/servers/old-1.yaml"), "{what}");
            clone.git(&["checkout", "--quiet", "--", FABRIC]);
            let taken = desk.remote().git(&["show", &format!("{BRANCH}:{NEW}/managed/servers/dropped.yaml")]);
            assert!(taken.contains("description: dropped"), "{what}: {taken}");
        }
        desk.assert_in_step(&clone, what);
    }
}

#[test]
#[ignore = "not by itself: a story starts it, as the window's process"]
fn the_window() {
    let told = |name| std::env::var(name).expect("what is to be done");
    let from = told("FGD_ADD_FROM");
    let source = match told("FGD_ADD").as_str() {
        "Url" => Source::Url { url: from, sign_in: None },
        _ => Source::Folder { path: from },
    };
    let (branch, directory) = (BRANCH.to_owned(), NEW.to_owned());
    let request = AddFabric { source, name: "new".to_owned(), branch, directory };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let engine = Engine::open(&PathBuf::from(told("FGD_ADD_HOME")), Arc::new(drop)).expect("an engine");
        let known = engine.fabrics().await.expect("the fabrics");
        for fabric in &known {
            let state = fabric.status.state;
            assert!(!matches!(state, StatusState::NotInitialised | StatusState::Failed), "half: {fabric:?}");
        }
        if known.is_empty() {
            engine.add(request).await.expect("it can be added");
        }
        assert_eq!(engine.fabrics().await.expect("the fabrics").len(), 1);
    });
}

fn cut_while_adding(adding: Adding) {
    let desk = adding.desk();
    desk.reset();
    adding.finish(&desk, "undisturbed");
    let files = || desk.remote().git(&["ls-tree", "-r", BRANCH]);
    let wanted = files();
    for (sort, how) in SORTS.into_iter().enumerate() {
        let trouble = everything(&desk, how);
        desk.reset();
        let undisturbed = desk.run_of(&mut adding.command(&desk), &trouble);
        assert_eq!(undisturbed.answer.expect("an answer").code, 0);
        let calls = undisturbed.report.calls.expect("an undisturbed run");
        let mut cuts = 0;
        for at in moments(calls, 4, sort) {
            desk.reset();
            let ran = desk.run_of(&mut adding.command(&desk), &Trouble { at, seed: at, ..trouble.clone() });
            let Some(hit) = ran.report.hit else { continue };
            let cut = ran.report.cut.unwrap_or_default();
            let what = format!("{adding:?}: power cut ({how}) at {hit}, {cut}");
            adding.finish(&desk, &what);
            assert_eq!(files(), wanted, "{what}: another tree");
            cuts += 1;
        }
        eprintln!("{adding:?}: power cut ({how}): {calls} calls, {cuts} cuts");
        assert!(cuts > 0, "{adding:?}, {how}: no cut");
    }
}

#[test]
fn a_power_cut_while_a_fabric_is_added_by_its_url_costs_nothing() {
    cut_while_adding(Adding::Url);
}

#[test]
fn a_power_cut_while_a_fabric_is_added_by_its_folder_costs_nothing() {
    cut_while_adding(Adding::Folder);
}
