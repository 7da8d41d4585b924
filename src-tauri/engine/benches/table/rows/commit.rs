//! A drop of many documents → a file for each object and one commit.
//!
//! Git does not split the drop: it is given the files that the product makes of it, and has to come to the same
//! tree.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{Setting, grouped};
use crate::costs::{self, Costs};
use crate::floor::Floor;
use crate::input;
use crate::lab::{Desk, Lab, Made, files_below};
use crate::place::{Place, sync};
use crate::programs::{DURABLE, fgd_on, git, git_as, one_by_one, tree};
use crate::row::Row;
use crate::turns::{Contender, in_turns, timed};

/// In memory, where nothing is synced: as with Git's default.
pub(crate) fn in_memory(setting: &Setting) -> Vec<Row> {
    let work = format!("drop of {} documents → files and one commit", grouped(setting.size));
    let place = &setting.memory;
    let durability = format!("Git's default: neither side waits for a disk; {}", place.name);
    measure(setting, place, "commit", work, durability)
}

/// On a disk, where all of it survives a power cut.
pub(crate) fn durable(setting: &Setting) -> Vec<Row> {
    let work = format!("drop of {} documents → durable files and one commit", grouped(setting.size));
    let place = &setting.disk;
    let durability = format!("all survives a power cut: objects, files, branch; {}", place.name);
    measure(setting, place, "durable", work, durability)
}

/// A run of the product, and what it made.
struct Bench {
    lab: Lab,
    stream: String,
    made: Made,
    floor: Floor,
    durable: bool,
}

impl Bench {
    fn new(place: &Place, size: usize, durable: bool) -> Self {
        let lab = Lab::new(place);
        let packs = |desk: &Desk| files_below(&desk.clone.join(".git/objects"));
        let before: Vec<PathBuf> = packs(&lab.fresh("made"));
        let (desk, made) = lab.ingested("made", size);
        // The empty fabric's own objects were there before.
        let new = packs(&desk).into_iter().filter(|file| {
            let name = file.file_name();
            before.iter().all(|old| old.file_name() != name)
        });
        let objects = new.flat_map(|file| std::fs::read(file).expect("a file")).collect();
        let index = std::fs::read(desk.clone.join(".git/index")).expect("an index");
        let floor = Floor { objects, files: made.files.clone(), index, durable };
        Self { stream: input::stream(size), made, floor, durable, lab }
    }

    /// A fresh copy for a run. All that was written before it is on the disk by then.
    fn begin(&self, with_drop: bool) -> Desk {
        let desk = self.lab.fresh("run");
        if with_drop {
            std::fs::write(desk.fabric().join("raw/drop.yaml"), &self.stream).expect("dropped");
        }
        self.lab.place.settle();
        desk
    }

    fn is_made(&self, desk: &Desk) {
        assert_eq!(tree(&desk.clone, "HEAD"), self.made.tree, "the tree of {}", desk.clone.display());
    }

    fn ours(&self) -> Option<Duration> {
        let desk = self.begin(true);
        let took = one_by_one(vec![fgd_on(&desk.data, &["ingest"], &desk.fabric())]);
        self.is_made(&desk);
        took
    }

    /// The files of a work tree are not Git's to sync: that is done once for all of them.
    fn put(&self, clone: &Path) {
        self.made.put(clone);
        if self.durable {
            sync(clone);
        }
    }

    fn add_and_commit(&self) -> Option<Duration> {
        let desk = self.begin(false);
        let ((), putting) = timed(|| self.put(&desk.clone));
        let took = one_by_one(git_commit(self.durable, &desk.clone));
        self.is_made(&desk);
        took.map(|took| putting + took)
    }

    /// With the files and Git's index, which the import does not make.
    fn fast_import(&self, alone: bool) -> Option<Duration> {
        let desk = self.begin(false);
        let stream = self.lab.home().join("stream");
        if !stream.exists() {
            std::fs::write(&stream, self.made.fast_import()).expect("written");
            self.lab.place.settle();
        }
        let ((), putting) = timed(|| {
            if !alone {
                self.put(&desk.clone)
            }
        });
        let (imported, took) = timed(|| {
            let file = std::fs::File::open(&stream).expect("the stream");
            let mut command = fast_import(self.durable, &desk.clone);
            command.stdin(Stdio::from(file)).stdout(Stdio::null()).status()
        });
        assert!(imported.is_ok_and(|status| status.success()), "git fast-import");
        let reading = if alone { None } else { one_by_one(vec![git(&desk.clone, &["read-tree", "HEAD"])]) };
        self.is_made(&desk);
        Some(putting + took + reading.unwrap_or_default())
    }
}

fn git_commit(durable: bool, clone: &Path) -> Vec<Command> {
    vec![git_as(durable, clone, &["add", "-A"]), git_as(durable, clone, &["commit", "-q", "-m", "Drop"])]
}

fn fast_import(durable: bool, clone: &Path) -> Command {
    git_as(durable, clone, &["fast-import", "--quiet"])
}

fn measure(setting: &Setting, place: &Place, id: &'static str, work: String, durability: String) -> Vec<Row> {
    let durable = id == "durable";
    let bench = Bench::new(place, setting.size, durable);
    let commit = match durable {
        true => Contender::new("write files, sync, git add, commit (core.fsync=all, batch)", || {
            bench.add_and_commit()
        })
        .aim(12.0),
        false => Contender::new("write files, git add, commit", || bench.add_and_commit()).aim(4.0),
    };
    let mut contenders = vec![Contender::new("fgd ingest", || bench.ours()), commit];
    if durable {
        contenders.push(
            Contender::new("write files, sync, git fast-import, read-tree", || bench.fast_import(false))
                .aim(1.2),
        );
        contenders
            .push(Contender::new("git fast-import alone: no files, no index", || bench.fast_import(true)));
    }
    contenders.push(Contender::new("limit", || {
        let at = bench.begin(false).clone.join("floor");
        Some(bench.floor.run(&at))
    }));
    let ran = in_turns(setting.runs, contenders);
    vec![Row::new(id, work, durability, ran, Some(format!("write {}", bench.floor)))]
}

/// What both ask of the system for the durable commit.
pub(crate) fn costs(setting: &Setting) -> Vec<Costs> {
    let bench = Bench::new(&setting.disk, setting.size, true);
    let work = format!("{} documents → durable files and one commit", grouped(setting.size));
    let home = bench.lab.home().to_path_buf();
    let desk = bench.begin(true);
    let ours = costs::count(
        "durable",
        &work,
        "fgd ingest",
        &home,
        vec![fgd_on(&desk.data, &["ingest"], &desk.fabric())],
    );
    let desk = bench.begin(false);
    bench.put(&desk.clone);
    let theirs = costs::count(
        "durable",
        &work,
        &format!("git {}: add, commit (files written before)", DURABLE.join(" ")),
        &home,
        git_commit(true, &desk.clone),
    );
    ours.into_iter().chain(theirs).collect()
}
