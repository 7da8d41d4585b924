//! Eight writers at once, each with edits of its own, on one branch of one remote over HTTP.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fgd_engine::{Edit, OperationKind, Outcome, RepoPath, Trigger};

use super::{Open, Setting};
use crate::git_server::GitServer;
use crate::input::{described, server_file};
use crate::lab::{Lab, copy, prepare};
use crate::place::clear;
use crate::programs::{git, git_says, must_git, one_by_one};
use crate::row::Row;
use crate::turns::{Contender, in_turns, timed};

const WRITERS: usize = 8;
const EDITS: usize = 25;
/// In the fabric: what a directory of a usual size has.
const OBJECTS: usize = 1_000;
/// An edit that gets through by no attempt of so many is lost, and the measurement with it.
const ATTEMPTS: usize = 500;
/// The same for the pushes that come by themselves.
const PATIENCE: Duration = Duration::from_secs(120);

/// Measures it, in memory.
pub(crate) fn rows(setting: &Setting) -> Vec<Row> {
    let bench = Bench::new(setting);
    let ran = in_turns(
        setting.runs,
        vec![
            Contender::new("fgd, saving in eight windows", || Some(bench.ours(setting, Pushes::ByItself))),
            Contender::new("fgd, a sync for each in eight windows", || {
                Some(bench.ours(setting, Pushes::Each))
            }),
            Contender::new("git commit; git pull --rebase && git push until it is through", || {
                Some(bench.git())
            })
            .aim(5.0),
            Contender::new("limit", || Some(bench.pushes())),
        ],
    );
    let durability = format!("neither side waits for a disk; {}", setting.memory.name);
    let limit = format!("{} pushes of finished commits, one by one", WRITERS * EDITS);
    let [by_itself, each, git, pushes] = ran.try_into().expect("who ran");
    let row = |id, how, ours| {
        let work = format!("{WRITERS} writers × {EDITS} edits, {how} over HTTP; nothing lost");
        let beside = vec![ours, Clone::clone(&git), Clone::clone(&pushes)];
        Row::new(id, work, durability.clone(), beside, Some(limit.clone()))
    };
    vec![
        row("writers", "until all are on the remote", by_itself),
        row("writers-each", "each pushed before the next", each),
    ]
}

/// When a window's edits go to the remote.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pushes {
    /// When the product finds it right.
    ByItself,
    /// Each before the next one is made.
    Each,
}

struct Bench {
    lab: Lab,
    server: GitServer,
}

impl Bench {
    fn new(setting: &Setting) -> Self {
        let lab = Lab::new(&setting.memory);
        let (desk, _) = lab.ingested("made", OBJECTS);
        must_git(lab.home(), &["clone", "-q", "--bare", &desk.clone.display().to_string(), "made.git"]);
        must_git(&lab.home().join("made.git"), &["config", "http.receivepack", "true"]);
        let server = GitServer::start(lab.home(), None);
        Self { lab, server }
    }

    fn origin(&self) -> PathBuf {
        self.lab.home().join("origin.git")
    }

    /// A fresh remote and fresh clones of it.
    fn begin(&self, writers: usize) -> Vec<PathBuf> {
        let home = self.lab.home();
        clear(&self.origin());
        copy(&home.join("made.git"), &self.origin());
        let clone = |writer: usize| {
            let name = format!("writer-{writer}");
            clear(&home.join(&name));
            must_git(home, &["clone", "-q", &self.server.url("origin.git"), &name]);
            prepare(&home.join(&name));
            home.join(name)
        };
        (0..writers).map(clone).collect()
    }

    /// Every edit of every writer is in the remote's history, and the last ones are what it has.
    fn is_whole(&self) {
        let history = git_says(&self.origin(), &["log", "-p", "--format=", "main"]);
        for writer in 0..WRITERS {
            for edit in 0..EDITS {
                let line = format!("+  description: {}", described_as(writer, edit));
                assert!(history.lines().any(|found| found == line), "{line:?} is lost");
            }
            let last = git_says(&self.origin(), &["show", &format!("main:{}", server_file(writer))]);
            assert!(last.contains(&described_as(writer, EDITS - 1)), "the last edit of {writer} is lost");
        }
    }

    fn ours(&self, setting: &Setting, pushes: Pushes) -> Duration {
        let clones = self.begin(WRITERS);
        let home = self.lab.home();
        let open = |data: &Path, fabric: &Path| match pushes {
            Pushes::ByItself => Open::attended(&setting.runtime, data, fabric),
            Pushes::Each => Open::paused(&setting.runtime, data, fabric),
        };
        let windows: Vec<(Open, PathBuf)> = (clones.into_iter().enumerate())
            .map(|(writer, clone)| {
                let data = home.join(format!("data-{writer}"));
                clear(&data);
                (open(&data, &clone.join("lab")), clone)
            })
            .collect();
        let ((), took) = timed(|| {
            std::thread::scope(|scope| {
                for (writer, (open, clone)) in windows.iter().enumerate() {
                    scope.spawn(move || write_ours(setting, open, clone, writer, pushes));
                }
            });
        });
        self.is_whole();
        took
    }

    fn git(&self) -> Duration {
        let clones = self.begin(WRITERS);
        let ((), took) = timed(|| {
            std::thread::scope(|scope| {
                for (writer, clone) in clones.iter().enumerate() {
                    scope.spawn(move || write_git(clone, writer));
                }
            });
        });
        self.is_whole();
        took
    }

    /// What the remote alone takes for so many pushes.
    fn pushes(&self) -> Duration {
        let clone = &self.begin(1)[0];
        let all = WRITERS * EDITS;
        for push in 0..all {
            edit(clone, 0, push);
            must_git(clone, &["commit", "-q", "-a", "-m", "Edit"]);
        }
        let push = |number: usize| {
            let commit = format!("HEAD~{}:main", all - 1 - number);
            git(clone, &["push", "-q", "origin", &commit])
        };
        one_by_one((0..all).map(push).collect()).expect("git is installed")
    }
}

fn described_as(writer: usize, edit: usize) -> String {
    format!("edit {edit} of writer {writer}")
}

fn edit(clone: &Path, writer: usize, edit: usize) {
    let file = clone.join(server_file(writer));
    let text = std::fs::read_to_string(&file).expect("a file");
    std::fs::write(&file, described(&text, &described_as(writer, edit))).expect("written");
}

/// Each edit is a commit when it is answered, as for whoever saves in the window. It ends when the remote has all that
/// is here.
fn write_ours(setting: &Setting, open: &Open, clone: &Path, writer: usize, pushes: Pushes) {
    let file = RepoPath::parse(&server_file(writer)).expect("a path");
    for number in 0..EDITS {
        let edited = async {
            let old = open.engine.object_text(open.id.clone(), file.clone()).await.expect("a text");
            let text = described(&old.text, &described_as(writer, number));
            let edit = Edit { file: Some(file.clone()), base: old.blob, text: Some(text) };
            open.engine.edit(open.id.clone(), edit, Trigger::Click).await.expect("a run")
        };
        assert_eq!(setting.runtime.block_on(edited).outcome, Outcome::Done);
        let through = pushes == Pushes::ByItself
            || (0..ATTEMPTS).any(|_| {
                let synced = setting.runtime.block_on(open.run(OperationKind::Sync));
                // A run that lost the race as often as it tries leaves its commit for the next.
                matches!(synced.outcome, Outcome::Done | Outcome::Unchanged)
            });
        assert!(through, "an edit of writer {writer} did not get through");
    }
    let began = Instant::now();
    let tip = |name: &str| std::fs::read_to_string(clone.join(".git").join(name)).ok();
    // What is ahead of the remote is in no branch of it.
    while tip("refs/heads/main") != tip("refs/remotes/origin/main") {
        assert!(began.elapsed() < PATIENCE, "the edits of writer {writer} did not get through");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn write_git(clone: &Path, writer: usize) {
    for number in 0..EDITS {
        edit(clone, writer, number);
        must_git(clone, &["commit", "-q", "-a", "-m", "Edit"]);
        let through = (0..ATTEMPTS).any(|_| {
            let tried = |words: &[&str]| git(clone, words).stderr(std::process::Stdio::null()).status();
            let done = |words: &[&str]| tried(words).is_ok_and(|status| status.success());
            done(&["pull", "-q", "--rebase"]) && done(&["push", "-q"])
        });
        assert!(through, "an edit of writer {writer} did not get through");
    }
}
