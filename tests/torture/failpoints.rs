//! Every step that touches disk, database, Git or a remote, and the process ended right there: the next run brings
//! everything to where an undisturbed one would have brought it, with nobody's help.
//!
//! A [`Story`] is a situation and a command. It is told once undisturbed, which shows the steps that it comes
//! through and the tree that it ends in; then again from the same beginning for each step, with the process ended
//! there, or with an error there. The short form takes each step once; `FGD_LONG=1` takes each step in every
//! story that comes through it, at its first, second, middle and last time.

pub(super) mod stories;

use std::collections::HashMap;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, SystemTime};

use fgd_engine::failpoint::Point;

use crate::support::git_server::GitServer;
use crate::support::lab::Lab;
use crate::support::repositories::{BRANCH, Checkout};
use stories::Story;

/// What `abort` ends a process with.
const SIGABRT: i32 = 6;

/// A story at its beginning, to which it can be brought back.
struct Stage {
    story: Story,
    lab: Lab,
    beginning: tempfile::TempDir,
    /// The command, and what is typed into it.
    told: (Vec<String>, &'static str),
    /// The steps of the undisturbed telling, each with how often it was taken.
    steps: HashMap<&'static str, usize>,
    /// The tree at its end.
    tree: String,
}

impl Stage {
    fn set(story: Story) -> Self {
        let lab = story.prepare();
        let beginning = tempfile::tempdir().expect("a directory");
        copy(lab.machine.path(), beginning.path());
        let told = story.told(&lab);
        let mut stage = Self { story, lab, beginning, told, steps: HashMap::new(), tree: String::new() };
        let all: Vec<String> =
            Point::ALL.iter().map(|point| format!("{}=return(note)", point.name())).collect();
        let undisturbed = stage.tell(&all.join(";"));
        let said = stage.story.ends_with();
        assert_eq!(undisturbed.status.code(), Some(said), "{story:?}: {undisturbed:?}");
        for line in text(&undisturbed.stderr).lines() {
            let point = Point::ALL.iter().find(|point| line == format!("passed {}", point.name()));
            if let Some(point) = point {
                *stage.steps.entry(point.name()).or_default() += 1;
            }
        }
        stage.story.finish(&stage.lab);
        stage.tree = stage.lab.clone.tree();
        stage.assert_whole("undisturbed");
        stage
    }

    /// Brings everything back to the beginning.
    fn rewind(&self) {
        for entry in std::fs::read_dir(self.lab.machine.path()).expect("a folder") {
            let path = entry.expect("an entry").path();
            let removed =
                if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            removed.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
        copy(self.beginning.path(), self.lab.machine.path());
    }

    /// The command, with this in `FAILPOINTS`.
    fn tell(&self, failpoints: &str) -> Output {
        let held = self.story.before(&self.lab);
        let (words, typed) = &self.told;
        let command = self.story.command(&self.lab, words);
        let ended = ended(&command, failpoints, typed);
        self.story.after(&self.lab, held);
        ended
    }

    /// The process ends at a step, the given time that it is taken; then all comes to its end.
    fn kill_at(&self, point: Point, before: usize) {
        let what = format!("{:?}, killed at {} after {before}", self.story, point.name());
        self.rewind();
        let killed = self.tell(&format!("{}={before}*off->return(kill)", point.name()));
        assert_eq!(killed.status.signal(), Some(SIGABRT), "{what}: it was not killed there: {killed:?}");
        self.story.finish(&self.lab);
        self.assert_whole(&what);
    }

    /// A step fails; the run says so, or does without; then all comes to its end.
    fn fail_at(&self, point: Point, before: usize) {
        let what = format!("{:?}, failed at {} after {before}", self.story, point.name());
        self.rewind();
        let failed = self.tell(&format!("{}={before}*off->1*return(error)", point.name()));
        let (said, told) = (text(&failed.stdout), text(&failed.stderr));
        if is_done_without(point, before) && failed.status.code() == Some(self.story.ends_with()) {
            // The log has it, and all else is done.
        } else {
            assert_eq!(failed.status.code(), Some(3), "{what}: {failed:?}");
            let all = format!("{said}{told}");
            assert!(all.contains(point.name()), "{what}: it does not say what went wrong: {all}");
        }
        self.story.finish(&self.lab);
        self.assert_whole(&what);
    }

    /// Everything is where the undisturbed telling ended, and nothing of the disturbance is left.
    #[track_caller]
    fn assert_whole(&self, what: &str) {
        let lab = &self.lab;
        assert_eq!(lab.clone.tree(), self.tree, "{what}");
        assert_eq!(lab.clone.status(), "", "{what}");
        assert_eq!(left(&lab.clone.path.join(".git")), Vec::<String>::new(), "{what}");
        assert_eq!(lab.clone.leftovers(), Vec::<std::path::PathBuf>::new(), "{what}");
        for repository in [&lab.clone.path, Path::new(&lab.remote.location())] {
            let mut fsck = Command::new("git");
            fsck.arg("-C").arg(repository).args(["fsck", "--strict", "--no-dangling", "--no-progress"]);
            let checked = fsck.output().expect("git");
            let said = format!("{}{}", text(&checked.stdout), text(&checked.stderr));
            assert!(checked.status.success() && said.trim().is_empty(), "{what}: {said}");
        }
        if self.story.is_in_step() {
            assert_eq!(lab.clone.tip(), lab.remote.tip(), "{what}");
            assert_eq!(lab.clone.waiting(), Vec::<String>::new(), "{what}");
        }
        let refs = lab.remote.git(&["for-each-ref", "--format=%(refname)"]);
        assert_eq!(refs, format!("refs/heads/{BRANCH}"), "{what}");
        self.story.assert_kept(lab, what);
    }
}

/// What we keep in a Git directory between two runs.
const STAYS: [&str; 5] = ["lock", "durable.gitconfig", "loose", "packs", "objects-looked-at"];

/// What is left in a Git directory of something half done, by name.
fn left(git: &Path) -> Vec<String> {
    let names = |dir: &str| {
        let entries = std::fs::read_dir(git.join(dir)).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    let ours = names("fgd").into_iter().filter(|name| !STAYS.contains(&name.as_str()));
    let packs = names("objects/pack").into_iter();
    let half = packs.filter(|name| !name.starts_with("pack-") || name.ends_with(".lock"));
    ours.chain(half).collect()
}

/// Steps whose failure a run tells in its log and does without: the index, which is caught up with, and the note at a
/// run's beginning that it was interrupted, in place of which comes what became of it, with what is cleared then.
fn is_done_without(point: Point, before: usize) -> bool {
    use Point as P;
    matches!(point, P::IndexChanged | P::IndexWritten | P::StoreOperationsCleared)
        || (point == P::StoreOperation && before == 0)
}

/// Runs a command to its end, whatever that is.
pub(super) fn ended(command: &Command, failpoints: &str, typed: &str) -> Output {
    // A killed process is not to leave a picture of its memory in the work tree.
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -c 0; exec \"$@\"", "sh"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.current_dir(command.get_current_dir().unwrap_or(Path::new("."))).env("FAILPOINTS", failpoints);
    shell.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = shell.spawn().expect("a process");
    {
        use std::io::Write;
        let mut stdin = child.stdin.take().expect("its stdin");
        // It may be gone before it reads.
        drop(stdin.write_all(typed.as_bytes()));
    }
    child.wait_with_output().expect("its end")
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Copies what is in a folder into another one, as it is.
fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status().expect("cp");
    assert!(copied.success(), "{} could not be copied", from.display());
}

pub(super) fn is_long() -> bool {
    std::env::var_os("FGD_LONG").is_some()
}

/// Tells a story with each of its steps disturbed.
fn disturb(story: Story) {
    let stage = Stage::set(story);
    let own: Vec<Point> = Point::ALL.iter().copied().filter(|point| stories::of(*point) == story).collect();
    for point in &own {
        assert!(stage.steps.contains_key(point.name()), "{story:?} does not come through {}", point.name());
    }
    let taken = if is_long() {
        Point::ALL.iter().copied().filter(|point| stage.steps.contains_key(point.name())).collect()
    } else {
        own
    };
    // In the short form each step fails every third day, and is killed every day.
    let days = SystemTime::UNIX_EPOCH.elapsed().unwrap_or(Duration::ZERO).as_secs() / 86400;
    let mut tellings = 0;
    for (n, point) in (0..).zip(taken) {
        let times = stage.steps[point.name()];
        let mut before = if is_long() { vec![0, 1, times / 2, times - 1] } else { vec![0] };
        before.retain(|before| *before < times);
        before.sort_unstable();
        before.dedup();
        for before in before {
            stage.kill_at(point, before);
            tellings += 1;
            if is_long() || n % 3 == days % 3 {
                stage.fail_at(point, before);
                tellings += 1;
            }
        }
    }
    eprintln!("{story:?}: {tellings} tellings, {} steps", stage.steps.len());
}

macro_rules! each_story {
    ($($test:ident = $story:ident,)+) => {
        $(
            #[test]
            fn $test() {
                disturb(Story::$story);
            }
        )+
    };
}

each_story! {
    a_drop_and_a_teammates_work = Taken,
    many_objects_in_one_pack = Many,
    an_undo = Undone,
    a_conflict_appears = Held,
    a_conflict_is_resolved = Resolved,
    a_rewritten_history = Rewritten,
    a_branch_that_is_gone = Gone,
    a_shallow_clone_of_a_local_remote = Shallow,
    a_recovery_itself = Recovered,
    a_recovery_that_finds_the_user_at_work = LetGo,
    an_index_that_somebody_holds = IndexHeld,
    an_index_that_is_owed = IndexOwed,
    a_fabric_is_begun = Begun,
    an_account_is_kept = AccountKept,
    an_account_is_forgotten = AccountForgotten,
    preferences = Chosen,
    a_fabric_is_added_by_url = Added,
    a_file_is_dropped_on_the_window = Delivered,
    a_file_is_taken_out_of_the_inbox = Discarded,
    a_fabrics_settings = Settled,
}

/// The limit of what a remote may bring, lowered: nothing is taken, and nothing is left of it.
#[test]
fn a_remote_that_sends_too_much_is_left() {
    const LIMIT: &str = "network/most-received=return(20000)";
    let assert_told = |ended: &Output, what: &str| {
        let told = text(&ended.stderr);
        assert_eq!(ended.status.code(), Some(3), "{what}: {ended:?}");
        assert!(told.contains("sends more than 4 GiB"), "{what}: {told}");
    };
    let lab = Lab::ready();
    let server = GitServer::start(lab.machine.path(), Some(("bob", "hunter2")));
    for location in [server.url_with("bob", "hunter2", "fabric.git"), lab.remote.location()] {
        lab.clone.git(&["remote", "set-url", "origin", &location]);
        let teammate = Checkout::of(&lab.remote.location(), &lab.machine.path().join("teammate"));
        // What can't be pressed.
        let notes: String =
            (0..100_000_u64).map(|n| format!("{:x}\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect();
        teammate.write("notes.md", &format!("{location}\n{notes}"));
        teammate.commit_and_push("A great deal");
        std::fs::remove_dir_all(&teammate.path).expect("a clone");
        lab.clone.drop_raw("drop.yaml", &stories::servers("s", 1, &format!("drop {}", location.len())));
        let (tip, there) = (lab.clone.tip(), lab.remote.tip());
        let mut sync = lab.command();
        sync.args(["sync", &lab.directory()]);
        let ended = ended(&sync, LIMIT, "");
        assert_told(&ended, &location);
        assert!(text(&ended.stderr).contains("Hint: "), "{ended:?}");
        assert_eq!((lab.clone.tip(), lab.remote.tip()), (tip, there), "{location}");
        assert_eq!(lab.clone.waiting(), ["drop.yaml"], "{location}");
        assert_eq!(left(&lab.clone.path.join(".git")), Vec::<String>::new(), "{location}");
        let synced = lab.fgd("sync");
        assert_eq!(synced.code, 0, "{synced:?}");
        lab.assert_in_step();
    }
    let added = Story::Added;
    let told = ended(&added.command(&lab, &[]), LIMIT, "");
    assert_eq!(told.status.code(), Some(3), "{told:?}");
    assert!(text(&told.stderr).contains("sends more than 4 GiB"), "{told:?}");
    let clones = std::fs::read_dir(lab.machine.path().join("home/clones")).expect("clones");
    assert_eq!(clones.count(), 0, "nothing is left of it");
    added.finish(&lab);
    added.assert_kept(&lab, "without the limit");
}

#[test]
#[ignore = "not by itself: stories start it, as the window's process"]
fn the_window() {
    stories::be_the_window();
}
