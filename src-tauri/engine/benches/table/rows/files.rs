//! A drop of many documents → a file for each object; nothing is committed, and nothing synced.

use std::path::Path;
use std::process::Command;

use super::{Setting, grouped};
use crate::floor::Floor;
use crate::input;
use crate::lab::files_below;
use crate::place::clear;
use crate::programs::{self, one_by_one, piped};
use crate::row::Row;
use crate::turns::{Contender, in_turns, timed};

const PYTHON: &str = "\
import yaml, sys, os
os.makedirs(sys.argv[2])
with open(sys.argv[1]) as source:
    for index, document in enumerate(yaml.load_all(source, Loader=yaml.CSafeLoader)):
        with open(f'{sys.argv[2]}/{index}.yaml', 'w') as file:
            yaml.dump(document, file, Dumper=yaml.CSafeDumper, sort_keys=False)
";

/// Measures it, in memory.
pub(crate) fn rows(setting: &Setting) -> Vec<Row> {
    let home = setting.memory.fresh();
    let source = input::file(home.path(), setting.size);
    let out = home.path().join("out");
    let made = |took| {
        // What the product keeps beside the objects is not counted: where the file came from, and the file.
        let managed = out.join("managed");
        let objects = if managed.is_dir() { &managed } else { &out };
        assert_eq!(files_below(objects).len(), setting.size, "files in {}", objects.display());
        took
    };
    own(&source, &out).status().expect("it runs");
    let files = files_below(&out).into_iter().map(|path| {
        let name = path.strip_prefix(&out).expect("below it").display().to_string();
        (name, std::fs::read(&path).expect("a file"))
    });
    let floor = Floor::files(files.collect());
    let said = format!("write {floor}");
    let beside = |run: &dyn Fn() -> Option<std::time::Duration>| {
        clear(&out);
        run().map(made)
    };
    let ran = in_turns(
        setting.runs,
        vec![
            Contender::new("fgd", || beside(&|| one_by_one(vec![own(&source, &out)]))),
            Contender::new("kpt fn source, sink", || {
                beside(&|| piped(kpt(&source, &out)).map(|(took, _)| took))
            })
            .aim(25.0),
            Contender::new("PyYAML (C) load, dump", || beside(&|| one_by_one(vec![python(&source, &out)])))
                .aim(25.0),
            Contender::new("limit", || {
                clear(&out);
                let (_, read) = timed(|| std::fs::read(&source).expect("the drop").len());
                Some(read + floor.run(&out))
            }),
        ],
    );
    let work = format!("drop of {} documents → as many files", grouped(setting.size));
    let durability = format!("none; {}", setting.memory.name);
    vec![Row::new("files", work, durability, ran, Some(said))]
}

/// This program, which ingests by the engine's own steps and commits nothing.
pub(crate) fn own(source: &Path, out: &Path) -> Command {
    let mut own = Command::new(std::env::current_exe().expect("this program"));
    own.arg("ingest").arg(source).arg(out);
    own
}

/// `kpt fn sink` makes a file for each object if it is not told where each came from.
pub(crate) fn kpt(source: &Path, out: &Path) -> Vec<Command> {
    let mut from = Command::new("kpt");
    from.args(["fn", "source"]).arg(source.parent().expect("a folder"));
    let mut without = Command::new("grep");
    without.args(["-v", "config.kubernetes.io/"]);
    let mut into = Command::new("kpt");
    into.args(["fn", "sink"]).arg(out);
    vec![from, without, into]
}

fn python(source: &Path, out: &Path) -> Command {
    let mut python = programs::python();
    python.args(["-c", PYTHON]).arg(source).arg(out);
    python
}
