//! The commands over one fabric directory.

use std::path::{Path, PathBuf};

use fgd_engine::{Check, Engine, Error, FabricId, OperationKind, Severity, StatusState, Trigger};

use crate::progress::Progress;
use crate::{ATTENTION, DONE, FAILED, exit_code, report};

/// Makes the structure and commits it.
pub(crate) async fn init(
    engine: &Engine,
    progress: &Progress,
    folder: PathBuf,
    name: Option<String>,
    json: bool,
) -> Result<u8, Error> {
    let id = engine.fabric_at(folder).await?;
    if let Some(name) = name {
        engine.rename(id.clone(), name).await?;
    }
    operate(engine, progress, id, OperationKind::Onboard, json).await
}

/// Runs one operation to its end; Ctrl-C stops it at the next safe point.
pub(crate) async fn run(
    engine: &Engine,
    progress: &Progress,
    folder: PathBuf,
    kind: OperationKind,
    json: bool,
) -> Result<u8, Error> {
    let id = engine.fabric_at(folder).await?;
    operate(engine, progress, id, kind, json).await
}

async fn operate(
    engine: &Engine,
    progress: &Progress,
    id: FabricId,
    kind: OperationKind,
    json: bool,
) -> Result<u8, Error> {
    let run = engine.run(id, kind, Trigger::Command);
    tokio::pin!(run);
    let operation = loop {
        tokio::select! {
            ended = &mut run => break ended?,
            _ = tokio::signal::ctrl_c() => {
                if let Some(running) = progress.operation() {
                    engine.cancel(&running);
                }
            }
        }
    };
    progress.clear();
    report::operation(&operation, json);
    Ok(exit_code(&operation.outcome))
}

/// Opens a pull request with what the remote lacks.
pub(crate) async fn propose(
    engine: &Engine,
    progress: &Progress,
    folder: PathBuf,
    json: bool,
) -> Result<u8, Error> {
    let id = engine.fabric_at(folder).await?;
    let ended = engine.propose(id, Trigger::Command).await?;
    progress.clear();
    match (&ended.pull_request, json) {
        (_, true) => report::print_json(&ended),
        (Some(opened), false) => {
            report::say(&format!("Pull request #{} is open: {}", opened.number, opened.url))
        }
        (None, false) => report::operation(&ended.operation, false),
    }
    Ok(exit_code(&ended.operation.outcome))
}

/// Says how the fabric stands.
pub(crate) async fn status(engine: &Engine, folder: PathBuf, json: bool) -> Result<u8, Error> {
    let id = engine.fabric_at(folder).await?;
    // So that the counts of what is wrong are known.
    engine.findings(id.clone()).await?;
    let view = engine.fabric(id).await?;
    report::status(&view, json);
    Ok(match view.status.state {
        StatusState::Conflicted | StatusState::NeedsAttention => ATTENTION,
        StatusState::NotInitialised | StatusState::Failed => FAILED,
        _ => DONE,
    })
}

/// The fabric's directory that these are, which is checked as one; `None` where they are any files.
pub(crate) fn fabric_of<'p>(paths: &'p [PathBuf], crds: Option<&Path>) -> Option<&'p Path> {
    match paths {
        [one] if crds.is_none() && one.join(".hnp/manifest.yaml").is_file() => Some(one),
        _ => None,
    }
}

/// Checks a fabric's directory without changing anything.
pub(crate) async fn check(
    engine: &Engine,
    progress: &Progress,
    folder: PathBuf,
    json: bool,
) -> Result<u8, Error> {
    let id = engine.fabric_at(folder).await?;
    let check = engine.check(id).await?;
    progress.clear();
    Ok(checked(&check, json))
}

/// Checks any files without changing anything. It needs no engine: no home, no database.
pub(crate) fn validate(paths: &[PathBuf], crds: Option<&Path>, json: bool) -> Result<u8, Error> {
    Ok(checked(&fgd_engine::validate(paths, crds)?, json))
}

fn checked(check: &Check, json: bool) -> u8 {
    report::check(check, json);
    let wrong = check.findings.iter().any(|finding| finding.severity == Severity::Error);
    if wrong { ATTENTION } else { DONE }
}

/// Says what would become of what waits, and does nothing.
pub(crate) async fn preview(
    engine: &Engine,
    progress: &Progress,
    folder: PathBuf,
    json: bool,
) -> Result<u8, Error> {
    let id = engine.fabric_at(folder).await?;
    let preview = engine.preview(id).await?;
    progress.clear();
    report::preview(&preview, json);
    Ok(if preview.documents.rejected > 0 { ATTENTION } else { DONE })
}

/// Says what is not right with the directory's structure, and does nothing.
pub(crate) async fn check_structure(engine: &Engine, folder: PathBuf, json: bool) -> Result<u8, Error> {
    let id = engine.fabric_at(folder).await?;
    let structure = engine.check_structure(id).await?;
    report::structure(&structure, json);
    Ok(if structure.repairs.is_empty() { DONE } else { ATTENTION })
}

/// Syncs whenever something changes, until Ctrl-C.
pub(crate) async fn watch(engine: &Engine, progress: &Progress, folder: PathBuf) -> Result<u8, Error> {
    let id = engine.fabric_at(folder).await?;
    let view = engine.fabric(id.clone()).await?;
    if view.status.state == StatusState::NotInitialised {
        return Err(Error::NotInitialised { directory: view.directory });
    }
    progress.announce();
    report::say(&format!("Watching {}. Ctrl-C ends it.", view.path));
    engine.keep_time();
    engine.look_after(&id);
    tokio::signal::ctrl_c().await.map_err(|error| Error::Internal { detail: error.to_string() })?;
    if let Some(running) = progress.operation() {
        engine.cancel(&running);
    }
    Ok(DONE)
}
