//! A drop of some objects → all of them on the remote, over HTTP.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{Setting, grouped};
use crate::git_server::GitServer;
use crate::input;
use crate::lab::{Desk, Lab, Made, prepare, put};
use crate::programs::{fgd_on, git, git_says, must_git, one_by_one};
use crate::row::Row;
use crate::turns::{Contender, in_turns, timed};

const OBJECTS: usize = 48;

/// Measures it, in memory.
pub(crate) fn rows(setting: &Setting) -> Vec<Row> {
    let bench = Bench::new(setting);
    let ran = in_turns(
        setting.runs,
        vec![
            Contender::new("fgd sync", || Some(bench.ours())),
            Contender::new("git add, commit, push for each object", || Some(bench.one_by_one())).aim(30.0),
            Contender::new("git add, commit, push once", || Some(bench.at_once(true))),
            Contender::new("limit", || Some(bench.at_once(false))),
        ],
    );
    let work = format!("drop of {} objects → on a bare remote over HTTP, and read back", grouped(OBJECTS));
    let durability = format!("neither side waits for a disk; {}", setting.memory.name);
    vec![Row::new("visible", work, durability, ran, Some("git push of the finished commit".to_owned()))]
}

struct Bench {
    lab: Lab,
    server: GitServer,
    made: Made,
    objects: String,
}

impl Bench {
    fn new(setting: &Setting) -> Self {
        let lab = Lab::new(&setting.memory);
        let (desk, made) = lab.ingested("made", OBJECTS);
        let objects = git_says(&desk.clone, &["rev-parse", "HEAD:lab/managed"]);
        let server = GitServer::start(lab.home(), None);
        Self { lab, server, made, objects }
    }

    /// A fresh clone and its remote, in step.
    fn begin(&self) -> Desk {
        let desk = self.lab.fresh("run");
        let origin = desk.clone.with_file_name("origin.git");
        must_git(self.lab.home(), &["init", "-q", "--bare", "-b", "main", &origin.display().to_string()]);
        must_git(&origin, &["config", "http.receivepack", "true"]);
        must_git(&desk.clone, &["remote", "add", "origin", &self.server.url("run/origin.git")]);
        must_git(&desk.clone, &["push", "-q", "-u", "origin", "main"]);
        prepare(&desk.clone);
        desk
    }

    fn is_visible(&self, desk: &Desk) {
        let origin = desk.clone.with_file_name("origin.git");
        assert_eq!(
            git_says(&origin, &["rev-parse", "main:lab/managed"]),
            self.objects,
            "what the remote has"
        );
    }

    fn ours(&self) -> Duration {
        let desk = self.begin();
        std::fs::write(desk.fabric().join("raw/drop.yaml"), input::stream(OBJECTS)).expect("dropped");
        let took = one_by_one(vec![fgd_on(&desk.data, &["sync"], &desk.fabric())]).expect("fgd");
        self.is_visible(&desk);
        took
    }

    fn one_by_one(&self) -> Duration {
        let desk = self.begin();
        let took = self.made.files.iter().filter(|(path, _)| path.starts_with("lab/managed/")).map(|file| {
            let ((), putting) = timed(|| put(&desk.clone, std::slice::from_ref(file)));
            let (add, push) = (git(&desk.clone, &["add", &file.0]), git(&desk.clone, &["push", "-q"]));
            putting + one_by_one(vec![add, commit(&desk.clone), push]).expect("git")
        });
        let took = took.sum();
        self.is_visible(&desk);
        took
    }

    /// All objects in one commit; what is timed is all of it, or the push alone.
    fn at_once(&self, all: bool) -> Duration {
        let desk = self.begin();
        let ((), putting) = timed(|| self.made.put(&desk.clone));
        let making = one_by_one(vec![git(&desk.clone, &["add", "-A"]), commit(&desk.clone)]).expect("git");
        let push = one_by_one(vec![git(&desk.clone, &["push", "-q"])]).expect("git");
        self.is_visible(&desk);
        if all { putting + making + push } else { push }
    }
}

fn commit(clone: &Path) -> Command {
    git(clone, &["commit", "-q", "-m", "Objects"])
}
