//! A fabric to try things out with.

use std::path::Path;
use std::process::Command;

use fgd_engine::{Demo, Engine, Error, OperationKind, Outcome, Trigger};

use crate::progress::Progress;
use crate::{DONE, exit_code, report};

/// What the fabric has from the start.
const STANDING: [(&str, &str); 2] = [
    ("vpc-red.yaml", include_str!("../../../tests/samples/vpc-red.yaml")),
    ("vpc-blue.yaml", include_str!("../../../tests/samples/vpc-blue.yaml")),
];

/// What the walk drops into the inbox: a small lab.
const SAMPLE: &str = include_str!("../../../tests/samples/lab-wiring.yaml");

/// Makes the demo below `folder`; with `walk`, drops the sample and shows the whole flow.
pub(crate) async fn run(
    engine: &Engine,
    progress: &Progress,
    folder: &Path,
    walk: bool,
) -> Result<u8, Error> {
    let demo = Demo::prepare(folder)?;
    let id = engine.fabric_at(demo.fabric.clone()).await?;
    let set_up = engine.run(id.clone(), OperationKind::Onboard, Trigger::Command).await?;
    if set_up.outcome == Outcome::Done {
        for (name, text) in STANDING {
            let path = demo.fabric.join("raw").join(name);
            std::fs::write(&path, text).map_err(|source| Error::Io { path, source })?;
        }
        engine.run(id.clone(), OperationKind::Sync, Trigger::Command).await?;
    }
    let sample = &demo.sample;
    if !sample.exists() {
        std::fs::write(sample, SAMPLE).map_err(|source| Error::Io { path: sample.clone(), source })?;
    }
    progress.clear();
    report::say(&format!("Demo fabric:  {}", demo.fabric.display()));
    report::say(&format!("Its remote:   {}", demo.remote.display()));
    report::say(&format!("Try:          cp {} {}", sample.display(), demo.fabric.join("raw").display()));
    if !walk {
        return Ok(exit_code(&set_up.outcome));
    }
    report::say("\nDropping lab-wiring.yaml into raw/ …");
    let target = demo.fabric.join("raw/lab-wiring.yaml");
    std::fs::write(&target, SAMPLE).map_err(|source| Error::Io { path: target.clone(), source })?;
    let synced = engine.run(id, OperationKind::Sync, Trigger::Command).await?;
    progress.clear();
    report::operation(&synced, false);
    if matches!(synced.outcome, Outcome::Done | Outcome::Unchanged) {
        report::say("\nWhat the remote has now:");
        // The remote's own word, by git itself.
        let mut log = Command::new("git");
        log.arg("-C").arg(&demo.remote).args(["log", "--stat=72", "--stat-count=4", "main"]);
        show(&mut log)?;
    }
    Ok(if synced.outcome == Outcome::Unchanged { DONE } else { exit_code(&synced.outcome) })
}

fn show(command: &mut Command) -> Result<(), Error> {
    let output = command.output().map_err(|source| Error::Io { path: "git".into(), source })?;
    report::say(String::from_utf8_lossy(&output.stdout).trim_end());
    Ok(())
}
