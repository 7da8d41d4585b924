//! A disk that is full, broken, read-only; too few open files: at every single call that changes something.
//!
//! The short form takes a spread of the calls; `FGD_LONG=1` takes every one.

mod damaged;
mod names;
mod placeholders;
pub(super) mod watched;

use super::desk::Desk;
use super::shim::{CHANGES, EACCES, EIO, EMFILE, ENOSPC, EROFS, Trouble};
use crate::support::lab::Answer;

/// Moments of a run, of `calls` that there are: all in the long form, else about `some`, and other ones for each
/// sort of trouble, with the first and the last.
pub(super) fn moments(calls: u32, some: u32, sort: usize) -> Vec<u32> {
    if std::env::var_os("FGD_LONG").is_some() {
        return (1..=calls).collect();
    }
    let step = calls.div_ceil(some).max(1);
    let first = 1 + u32::try_from(sort).expect("a small number") * 3 % step;
    (first..=calls).step_by(step as usize).collect()
}

/// The run ended well, or it says what is wrong.
#[track_caller]
fn assert_told(answer: &Answer, what: &str) {
    for word in ["panicked", "RUST_BACKTRACE", ".rs:"] {
        assert!(!answer.stderr.contains(word), "{what}: {}", answer.stderr);
    }
    if answer.code == 0 {
        return;
    }
    assert!([1, 3].contains(&answer.code), "{what}: {answer:?}");
    let error = &answer.json["error"];
    if answer.code == 3 || !error.is_null() {
        let part =
            |name: &str| error[name].as_str().unwrap_or_else(|| panic!("{what}: no {name}: {answer:?}"));
        assert_ne!(part("code"), "Internal", "{what}: {answer:?}");
        assert!(part("message").ends_with('.') && part("hint").ends_with('.'), "{what}: {answer:?}");
    }
}

/// Runs a sync into a trouble at each moment, and sees to it that the next one ends as if nothing had been.
fn sweep(desk: &Desk, name: &str, trouble: &Trouble, some: u32, sort: usize) {
    desk.reset();
    let calls = desk.sync_in(trouble).report.calls.expect("an undisturbed run");
    let (mut hits, mut failed) = (0, 0);
    for at in moments(calls, some, sort) {
        desk.reset();
        let ran = desk.sync_in(&Trouble { at, ..trouble.clone() });
        // Threads do not always come in the same order, and the last calls may not come at all.
        let Some(hit) = ran.report.hit else { continue };
        let what = format!("{name} at {hit}");
        let answer = ran.answer.expect("an end");
        assert_told(&answer, &what);
        desk.assert_nothing_lost(&what);
        desk.assert_recovers(&what);
        hits += 1;
        failed += u32::from(answer.code != 0);
    }
    eprintln!("{name}: {calls} calls, {hits} hit, {failed} runs failed");
    assert!(hits > 0, "{name}: nothing was hit");
}

#[test]
fn a_call_that_fails_costs_nothing() {
    let desk = Desk::new();
    let (clone, home) = (desk.clone().path, desk.home());
    let in_clone = |error, lasts, calls| Trouble {
        under: vec![clone.clone()],
        calls,
        error,
        lasts,
        ..Trouble::default()
    };
    let in_home =
        |error, calls| Trouble { under: vec![home.clone()], calls, error, lasts: true, ..Trouble::default() };
    let sorts = [
        ("full", in_clone(ENOSPC, true, "wcrstml")),
        ("full for a moment", in_clone(ENOSPC, false, "wcrstml")),
        ("broken", in_clone(EIO, true, CHANGES)),
        ("broken at one place", in_clone(EIO, false, CHANGES)),
        ("read-only from now on", in_clone(EROFS, true, CHANGES)),
        ("no more rights", in_clone(EACCES, true, "crmulo")),
        ("one file may not be opened", in_clone(EACCES, false, "o")),
        ("too many open files", in_clone(EMFILE, true, "co")),
        ("too many open files for a moment", in_clone(EMFILE, false, "co")),
        ("unreadable", in_clone(EIO, false, "d")),
        ("the app's own directory is full", in_home(ENOSPC, "wcrstml")),
        ("the app's own directory is read-only", in_home(EROFS, CHANGES)),
    ];
    for (sort, (name, trouble)) in sorts.iter().enumerate() {
        sweep(&desk, name, trouble, 2, sort);
    }
}
