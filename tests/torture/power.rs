//! The power goes: what was not synced is lost, or a part of it. The next run finishes what was begun, with
//! nobody's help.
//!
//! What the model is, `shim.c` says. It is worse than a usual file system in one respect (`all`: a new directory
//! is lost although a file in it was synced, which no journal does), and takes the usual ones too: names from one
//! ordered journal (`journal`), names without bytes (`data`, `zeros`), bytes without names (`names`), and what
//! chance makes of it. The short form takes a spread of moments; `FGD_LONG=1` takes every one.

use super::desk::{Desk, object};
use super::disk::moments;
use super::shim::{CHANGES, Trouble};
use crate::support::lab::Answer;
use crate::support::repositories::FABRIC;

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
