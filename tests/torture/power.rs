//! The power goes: what was not synced is lost, or a part of it. The next run finishes what was begun, with
//! nobody's help.
//!
//! What the model is, `shim.c` says. It is worse than a usual file system in one respect (`all`: a new directory
//! is lost although a file in it was synced, which no journal does), and takes the usual ones too: names from one
//! ordered journal (`journal`), names without bytes (`data`, `zeros`), bytes without names (`names`), and what
//! chance makes of it. The short form takes a spread of moments; `FGD_LONG=1` takes every one.

use super::desk::Desk;
use super::disk::moments;
use super::shim::{CHANGES, Trouble};

#[test]
fn a_power_cut_costs_nothing() {
    let desk = Desk::new();
    let everything = || vec![desk.clone().path, desk.home()];
    for (sort, how) in ["all", "journal", "data", "zeros", "names", "chance"].into_iter().enumerate() {
        let trouble = Trouble { under: everything(), calls: CHANGES, cut: Some(how), ..Trouble::default() };
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
