//! One edit of one object of many → a commit that survives a power cut.

use std::cell::Cell;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use fgd_engine::{Edit, Outcome, RepoPath, Trigger};

use super::{Open, Setting, grouped};
use crate::costs::{self, Costs};
use crate::floor::Floor;
use crate::input::{described, server_file, servers};
use crate::lab::{Desk, Lab, new_below};
use crate::place::clear;
use crate::programs::{fgd_on, git_as, one_by_one, tree};
use crate::row::Row;
use crate::turns::{Contender, Ran, in_turns, timed};

/// Measures it on the disk. Each run edits another object of the same clone: a fresh copy would have Git read
/// every file again, which nobody's clone asks for.
pub(crate) fn rows(setting: &Setting) -> Vec<Row> {
    let lab = Lab::new(&setting.disk);
    lab.ingested("made", setting.size);
    let [ours, by_hand, theirs] = ["ours", "by-hand", "theirs"].map(|name| lab.copy("made", name));
    let open = Open::attended(&setting.runtime, &ours.data, &ours.fabric());
    let mut next = Next { servers: servers(setting.size), edited: 0 };
    edit_ours(setting, &open, &ours, &next.file(0));
    let file = server_file(0);
    let text = std::fs::read(ours.clone.join(&file)).expect("a file");
    std::fs::write(by_hand.clone.join(&file), &text).expect("written");
    fgd_on(&by_hand.data, &["ingest"], &by_hand.fabric()).status().expect("it runs");
    edit_git(&theirs, &file);

    let objects = new_below(&ours.clone.join(".git/objects"), || {
        edit_ours(setting, &open, &ours, &next.file(1));
    });
    edit_by_hand(&by_hand, &server_file(1));
    edit_git(&theirs, &server_file(1));
    let index = std::fs::read(ours.clone.join(".git/index")).expect("an index");
    let floor = Floor { objects, files: vec![(file, text)], index, durable: true };
    next.edited = 2;

    let rounds: [Cell<usize>; 3] = Default::default();
    let file = |who: usize| {
        let round = rounds[who].get();
        rounds[who].set(round + 1);
        setting.disk.settle();
        next.file(round)
    };
    let limit = lab.home().join("floor");
    let ran = in_turns(
        setting.runs,
        vec![
            Contender::new("fgd, open as in the window", || Some(edit_ours(setting, &open, &ours, &file(0)))),
            Contender::new("git add, commit (core.fsync=all, batch)", || edit_git(&theirs, &file(1)))
                .aim(5.0),
            Contender::new("fgd ingest, started for it", || edit_by_hand(&by_hand, &file(2))),
            Contender::new("limit", || {
                clear(&limit);
                setting.disk.settle();
                Some(floor.run(&limit))
            }),
        ],
    );
    let trees = [&ours, &by_hand, &theirs].map(|desk| tree(&desk.clone, "HEAD"));
    assert!(trees.iter().all(|tree| tree == &trees[0]), "all three made the same edits");
    let durability = format!("all survives a power cut: objects, file, branch; {}", setting.disk.name);
    let [open, git, started, limit] = ran.try_into().expect("who ran");
    let row = |id, how, ours, git| {
        let work = format!("one edit in {} → durable commit{how}", grouped(setting.size));
        let limit = Clone::clone(&limit);
        Row::new(id, work, durability.clone(), vec![ours, git, limit], Some(format!("write {floor}")))
    };
    let unaimed = Ran { aim: None, ..Clone::clone(&git) };
    vec![
        row("edit", "", open, git),
        row("edit-started", ", by a program that starts for it", started, unaimed),
    ]
}

/// Which object is edited in which run: the same by everybody.
struct Next {
    servers: usize,
    edited: usize,
}

impl Next {
    fn file(&self, round: usize) -> String {
        let round = round + self.edited;
        assert!(round < self.servers, "there are as many servers as runs");
        server_file(round)
    }
}

fn edited(clone: &Path, file: &str) -> String {
    let text = std::fs::read_to_string(clone.join(file)).expect("a file");
    described(&text, "moved to another rack")
}

fn edit_ours(setting: &Setting, open: &Open, desk: &Desk, file: &str) -> Duration {
    let path: RepoPath = RepoPath::parse(file).expect("a path");
    let text = edited(&desk.clone, file);
    let old =
        setting.runtime.block_on(open.engine.object_text(open.id.clone(), path.clone())).expect("a text");
    let edit = Edit { file: Some(path), base: old.blob, text: Some(text) };
    let (done, took) =
        timed(|| setting.runtime.block_on(open.engine.edit(open.id.clone(), edit, Trigger::Click)));
    assert_eq!(done.expect("a run").outcome, Outcome::Done);
    took
}

fn edit_by_hand(desk: &Desk, file: &str) -> Option<Duration> {
    std::fs::write(desk.clone.join(file), edited(&desk.clone, file)).expect("written");
    one_by_one(vec![fgd_on(&desk.data, &["ingest"], &desk.fabric())])
}

/// The file is written and synced, and then committed.
fn edit_git(desk: &Desk, file: &str) -> Option<Duration> {
    let (text, path) = (edited(&desk.clone, file), desk.clone.join(file));
    let ((), writing) = timed(|| {
        std::fs::write(&path, text).expect("written");
        std::fs::File::open(&path).and_then(|file| file.sync_all()).expect("synced");
    });
    one_by_one(git_commit(&desk.clone, file)).map(|took| writing + took)
}

fn git_commit(clone: &Path, file: &str) -> Vec<Command> {
    vec![git_as(true, clone, &["add", file]), git_as(true, clone, &["commit", "-q", "-m", "Edit"])]
}

/// What both ask of the system.
pub(crate) fn costs(setting: &Setting) -> Vec<Costs> {
    let lab = Lab::new(&setting.disk);
    lab.ingested("made", setting.size);
    let [ours, theirs] = ["ours", "theirs"].map(|name| lab.copy("made", name));
    let file = server_file(0);
    for desk in [&ours, &theirs] {
        std::fs::write(desk.clone.join(&file), edited(&desk.clone, &file)).expect("written");
    }
    let work = format!("one edit in {} → durable commit", grouped(setting.size));
    let asked = vec![fgd_on(&ours.data, &["ingest"], &ours.fabric())];
    let ours = costs::count("edit", &work, "fgd ingest, started for it", lab.home(), asked);
    let theirs = costs::count("edit", &work, "git add, commit", lab.home(), git_commit(&theirs.clone, &file));
    ours.into_iter().chain(theirs).collect()
}
