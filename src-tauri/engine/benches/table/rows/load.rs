//! Many objects read and checked: each by its shape, and all together.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use fgd_engine::measure;

use super::{Setting, grouped};
use crate::input;
use crate::programs::{self, fgd, piped};
use crate::row::Row;
use crate::turns::{Contender, in_turns, timed};

const PYTHON: &str = "\
import yaml, sys
with open(sys.argv[1]) as source:
    print(sum(1 for _ in yaml.load_all(source, Loader=yaml.CSafeLoader)))
";
/// Beyond that, `kubectl kustomize` takes many minutes: its time grows with the square.
const KUSTOMIZE_UP_TO: usize = 10_000;

/// Measures it, in memory.
pub(crate) fn rows(setting: &Setting) -> Vec<Row> {
    let home = setting.memory.fresh();
    let source = input::file(home.path(), setting.size);
    let folder = source.parent().expect("a folder");
    std::fs::write(folder.join("kustomization.yaml"), "resources:\n- drop.yaml\n").expect("written");
    let size = setting.size;
    let mut contenders = vec![Contender::new("fgd validate", || ours(&source, size))];
    if size <= KUSTOMIZE_UP_TO && (setting.all || size < KUSTOMIZE_UP_TO) {
        let kustomize = || {
            let mut kubectl = Command::new("kubectl");
            kubectl.arg("kustomize").arg(folder);
            let (took, output) = piped(vec![kubectl])?;
            let objects = String::from_utf8_lossy(&output).matches("apiVersion: ").count();
            assert_eq!(objects, size, "what kustomize read");
            Some(took)
        };
        contenders.push(Contender::new("kubectl kustomize", kustomize).aim(100.0));
    }
    contenders.push(
        Contender::new("PyYAML (C) load, no checks", || {
            let mut python = programs::python();
            python.args(["-c", PYTHON]).arg(&source);
            let (took, output) = piped(vec![python])?;
            assert_eq!(String::from_utf8_lossy(&output).trim(), size.to_string(), "what PyYAML read");
            Some(took)
        })
        .aim(10.0),
    );
    contenders.push(Contender::new("limit", || {
        // Every byte has to come from the system and be looked at.
        let look = || {
            let bytes = std::fs::read(&source).expect("the drop");
            bytes.iter().fold(0_u8, |all, byte| all ^ byte)
        };
        let (sum, took) = timed(look);
        std::hint::black_box(sum);
        Some(took)
    }));
    let ran = in_turns(setting.runs, contenders);
    let work = format!("load and validate {} objects", grouped(size));
    let durability = format!("none; {}", setting.memory.name);
    vec![Row::new("load", work, durability, ran, Some("read each byte once".to_owned()))]
}

fn ours(source: &Path, size: usize) -> Option<Duration> {
    let mut own = Command::new(fgd());
    own.arg("--json").arg("validate").arg(source);
    // It ends with 1 where something is wrong with the objects: only the answer says what was read.
    let (output, took) = timed(|| own.output());
    let answer: serde_json::Value = serde_json::from_slice(&output.ok()?.stdout).expect("JSON");
    let summary = answer["summary"].as_str().unwrap_or_default();
    assert!(summary.starts_with(&format!("{size} objects ")), "what fgd read: {summary}");
    Some(took)
}

/// What the parts of checking take, in this process: a sentence.
pub(crate) fn parts(setting: &Setting) -> String {
    let home = setting.memory.fresh();
    let source = input::file(home.path(), setting.size);
    let mut all: Vec<_> = (0..setting.runs).map(|_| measure::check(&source).expect("checked")).collect();
    all.sort_by_key(|checking| checking.all);
    let slowest = all.iter().map(|checking| checking.one).max().unwrap_or_default();
    let checking = &all[all.len() / 2];
    format!(
        "Checking alone, {} objects with {} errors: read {:.1?}, check all {:.1?}, check again after one changed {slowest:.2?} at most.",
        grouped(checking.objects),
        checking.errors,
        checking.read,
        checking.all
    )
}
