//! `kill -9` in the middle: the next run ends where an undisturbed one would have ended, with no help by hand.
//!
//! The short form runs with the others; `FGD_LONG=1` kills `fgd` 1,000 times, and the app as often.

#![cfg(unix)]

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use crate::support::app_binary;
use crate::support::lab::{Lab, fgd_command};
use crate::support::repositories::{Checkout, FABRIC, with_own_folders, without_configuration};

const OBJECTS: usize = 300;
/// How often a run is killed before one is let go to its end.
const KILLS: usize = 5;
/// How often each program is killed in the long form.
const MANY: usize = 1000;

fn is_long() -> bool {
    std::env::var_os("FGD_LONG").is_some()
}

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

/// A part of a time, by a number that looks random: up to as many hundredths.
fn part_of(whole: Duration, seed: u64, hundredths: u32) -> Duration {
    let share = u32::try_from(scattered(seed) % 1000).expect("a share");
    whole * share * hundredths / 100_000
}

/// When a process is killed.
#[derive(Clone, Copy)]
enum Moment {
    /// At any time: so long after its start.
    AfterItsStart(Duration),
    /// Where most is at stake, however quick the machine is: so long after it began a run.
    IntoItsRun(Duration),
}

/// When the notes in the clone were written that tell what a process is at. A killed one leaves its own behind.
struct Notes {
    running: Option<SystemTime>,
    intent: Option<SystemTime>,
}

impl Notes {
    fn of(lab: &Lab) -> Self {
        let ours = lab.clone.path.join(".git/fgd");
        let written = |name| ours.join(name).metadata().and_then(|note| note.modified()).ok();
        Self { running: written("running"), intent: written("intent.json") }
    }
}

/// What the kills met.
#[derive(Debug, Default)]
struct Tally {
    kills: usize,
    /// The process was still there.
    living: usize,
    /// A run of it was under way in the clone.
    running: usize,
    /// It was on its way to the work tree.
    half_done: usize,
}

impl Tally {
    /// Starts a process, lets it go on until that moment, and ends it with SIGKILL, so that nothing of it runs any more.
    fn kill(&mut self, lab: &Lab, start: impl FnOnce() -> Child, moment: Moment) {
        let before = Notes::of(lab);
        let is_new = |now: Option<SystemTime>, old| now.is_some() && now != old;
        let mut child = start();
        let after = match moment {
            Moment::AfterItsStart(after) => after,
            Moment::IntoItsRun(after) => {
                let began = Instant::now();
                while !is_new(Notes::of(lab).running, before.running)
                    && child.try_wait().expect("its state").is_none()
                    && began.elapsed() < Duration::from_secs(20)
                {
                    std::thread::sleep(Duration::from_millis(1));
                }
                after
            }
        };
        std::thread::sleep(after);
        let was_living = kill(child);
        let notes = Notes::of(lab);
        self.kills += 1;
        self.living += usize::from(was_living);
        self.running += usize::from(was_living && is_new(notes.running, before.running));
        self.half_done += usize::from(was_living && is_new(notes.intent, before.intent));
    }
}

/// Ends a process with SIGKILL; whether it was still there.
fn kill(mut child: Child) -> bool {
    let was_running = child.try_wait().expect("its state").is_none();
    drop(child.kill());
    child.wait().expect("it ended");
    was_running
}

/// A command over the fabric, whatever it says.
fn command(lab: &Lab, words: &[&str]) -> Child {
    let mut command = fgd_command(&lab.machine.path().join("home"), &lab.clone.path);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("fgd starts")
}

/// Nothing of ours is left behind, Git's store is whole, and both sides are the same.
#[track_caller]
fn assert_whole(lab: &Lab, what: &str) {
    assert_eq!(lab.clone.status(), "", "{what}");
    lab.clone.git(&["fsck", "--strict", "--connectivity-only"]);
    assert_eq!(lab.clone.leftovers(), Vec::<std::path::PathBuf>::new(), "{what}");
    for name in ["running", "incoming.json", "index-owed", "shallow"] {
        assert!(!lab.clone.path.join(".git/fgd").join(name).exists(), "{what}: {name} is left");
    }
    let packs = std::fs::read_dir(lab.clone.path.join(".git/objects/pack")).expect("packs");
    let packs = packs.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    let half_done: Vec<String> = packs.filter(|name| !name.starts_with("pack-")).collect();
    assert_eq!(half_done, Vec::<String>::new(), "{what}");
    let refs = lab.remote.git(&["for-each-ref", "--format=%(refname)"]);
    assert_eq!(refs, "refs/heads/main", "{what}");
    lab.assert_in_step();
}

/// Git's own housekeeping at the host may get in the way of a push that comes at the same time.
fn without_housekeeping(lab: &Lab) {
    for setting in [["gc.auto", "0"], ["receive.autogc", "false"]] {
        Checkout::at(Path::new(&lab.remote.location())).git(&["config", setting[0], setting[1]]);
    }
}

/// Each round: a drop, a teammate's change of another part of the objects (so that there is something to
/// merge), and a kill at some moment of the sync, of the sync that finishes it, and so on; and every third
/// round, of an undo.
#[test]
fn a_killed_run_is_finished_by_the_next() {
    let (rounds, kills) = if is_long() { (MANY / KILLS, KILLS) } else { (6, 2) };
    let lab = Lab::ready();
    without_housekeeping(&lab);
    let teammate = lab.teammate();
    lab.clone.drop_raw("first.yaml", &objects(0, "first"));
    let began = Instant::now();
    assert_eq!(lab.fgd("sync").code, 0);
    let mut whole = began.elapsed();
    let (mut tally, mut undos) = (Tally::default(), Tally::default());
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
        let fabric = lab.clone.fabric().display().to_string();
        for n in 0..kills {
            let seed = (round * kills + n) as u64;
            let moment = match n {
                // The first at once.
                0 => Moment::IntoItsRun(part_of(whole, seed, 70) * u32::from(round > 1)),
                _ => Moment::AfterItsStart(part_of(whole, seed, 140)),
            };
            tally.kill(&lab, || command(&lab, &["sync", &fabric]), moment);
        }
        let began = Instant::now();
        let mended = lab.fgd("sync");
        // There is more to do from round to round: the kills are to reach its end too.
        whole = whole.max(began.elapsed());
        assert_eq!(mended.code, 0, "round {round}: {mended:?}");
        assert_whole(&lab, &format!("round {round}"));
        let expected = OBJECTS * (1 + round.min(3));
        assert_eq!(lab.remote.yaml("managed/servers").len(), expected, "round {round}");
        assert!(lab.remote.text(&format!("notes-{round}.md")).contains("teammate"));
        if round % 3 == 0 {
            let before = lab.clone.tree();
            let moment = Moment::AfterItsStart(part_of(whole, round as u64, 50));
            undos.kill(&lab, || command(&lab, &["undo", &fabric, "--last"]), moment);
            assert_eq!(lab.fgd("sync").code, 0);
            assert_whole(&lab, &format!("the undo of round {round}"));
            // Either it was done or it was not; then a redo or nothing brings the objects back.
            if lab.clone.tree() != before {
                restore(&lab, &before);
            }
        }
    }
    eprintln!("sync: {tally:?}; undo: {undos:?}");
    assert!(tally.running > 0, "no run was killed in the middle");
}

/// Brings the tree back for the rounds that follow.
fn restore(lab: &Lab, tree: &str) {
    let clone: &Checkout = &lab.clone;
    clone.git(&["read-tree", "-u", "--reset", tree]);
    clone.git(&["commit", "--quiet", "--allow-empty", "--message", "As before"]);
    assert_eq!(lab.fgd("sync").code, 0);
    assert_eq!(clone.tree(), tree);
}

/// A display that nobody sees. Dropping it ends it.
struct Display {
    server: Child,
    number: String,
}

impl Display {
    /// None where the system has no virtual display.
    fn open() -> Option<Self> {
        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"]);
        xvfb.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = xvfb.spawn().ok()?;
        let mut said = server.stdout.take().expect("its stdout");
        let mut number = String::new();
        let mut byte = [0];
        while said.read(&mut byte).is_ok_and(|read| read == 1) && byte != *b"\n" {
            number.push(char::from(byte[0]));
        }
        Some(Self { server, number: format!(":{number}") })
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// The app, with its window on a display, over the lab's data directory.
fn app(lab: &Lab, display: &Display) -> Child {
    let home = lab.machine.path().join("home");
    let mut command = Command::new(app_binary());
    command.arg("--home").arg(&home).arg("--open").arg(lab.clone.fabric());
    without_configuration(&mut command);
    command.env("HOME", &home).env("DISPLAY", &display.number).env("GDK_BACKEND", "x11");
    command.env_remove("WAYLAND_DISPLAY");
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", home.join("no-bus").display()));
    with_own_folders(&mut command, &home);
    std::fs::create_dir_all(&home).expect("the data directory");
    let log = File::create(lab.machine.path().join("app.log")).expect("a log");
    command.stdin(Stdio::null()).stdout(log.try_clone().expect("a handle")).stderr(log);
    command.spawn().expect("the app starts")
}

/// Waits until the app has brought both sides together with an empty inbox; how long that took.
#[track_caller]
fn until_in_step(lab: &Lab, teammates: &str) -> Duration {
    let began = Instant::now();
    loop {
        let has_theirs = lab.remote.tip() == lab.clone.tip() && lab.clone.path.join(teammates).exists();
        if has_theirs && lab.clone.waiting().is_empty() && lab.clone.status().is_empty() {
            return began.elapsed();
        }
        let log = || std::fs::read_to_string(lab.machine.path().join("home/log/fgd-sync.log"));
        assert!(began.elapsed() < Duration::from_secs(60), "the app did not come to an end: {:?}", log());
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Each round: a drop here and a teammate's push; the app is started and killed at some moment, some times over.
/// Then it is started once more and has to finish it all by itself.
#[test]
fn a_killed_app_is_finished_by_its_next_start() {
    let Some(display) = Display::open() else {
        eprintln!("\n*** SKIPPED: there is no Xvfb for the app's window; `make e2e` installs it ***\n");
        return;
    };
    let lab = Lab::ready();
    without_housekeeping(&lab);
    let teammate = lab.teammate();
    let (mut tally, mut whole, mut round) = (Tally::default(), Duration::from_secs(1), 0);
    let began = Instant::now();
    loop {
        round += 1;
        teammate.git(&["pull", "--quiet", "--rebase"]);
        let note = format!("{FABRIC}/notes-{round}.md");
        teammate.write(&note, "a teammate's work\n");
        teammate.commit_and_push("A teammate's work");
        lab.clone.drop_raw(&format!("drop-{round}.yaml"), &objects(round, "by the app"));
        // The first round shows how long it takes undisturbed.
        let kills = if round == 1 { 0 } else { KILLS };
        for n in 0..kills {
            let seed = (round * KILLS + n) as u64;
            let moment = match n % 2 {
                // The first at once.
                0 => Moment::IntoItsRun(part_of(Duration::from_millis(60) * n as u32, seed, 100)),
                _ => Moment::AfterItsStart(part_of(whole, seed, 120)),
            };
            let start = || {
                let child = app(&lab, &display);
                if n == 2 {
                    let late = objects(round, "late").replace("name: s", "name: l");
                    lab.clone.drop_raw(&format!("late-{round}.yaml"), &late);
                }
                child
            };
            tally.kill(&lab, start, moment);
        }
        let started = Instant::now();
        let child = app(&lab, &display);
        until_in_step(&lab, &note);
        if kills == 0 {
            whole = started.elapsed();
        }
        // It may be about to write down that it is done: whoever ends it now does no harm either.
        let was_living = kill(child);
        assert!(was_living, "the app ended by itself");
        assert_eq!(lab.fgd("sync").code, 0, "round {round}");
        assert_whole(&lab, &format!("round {round}"));
        let expected = if round == 1 { OBJECTS } else { 2 * OBJECTS };
        assert_eq!(lab.remote.yaml("managed/servers").len(), expected, "round {round}");
        if round >= 2 && (!is_long() || tally.kills >= MANY) {
            break;
        }
        if round % 20 == 0 {
            eprintln!("the app, after {} rounds and {:?}: {tally:?}", round, began.elapsed());
        }
    }
    eprintln!("the app: {tally:?} in {round} rounds; {whole:?} from its start to the end, undisturbed");
    assert!(tally.running > 0, "no run of the app was killed in the middle");
}
