//! `fgd`: FGD Sync without a window. The same engine, driven from a terminal or a script.

mod arguments;
mod demo;
mod fabric;
mod progress;
mod report;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use fgd_engine::{Engine, Error, ErrorReport, Event, OperationKind};

use arguments::{Arguments, Command};
use progress::Progress;

/// Done.
const DONE: u8 = 0;
/// Done, but documents were rejected or conflicts wait; for `validate`: an error was found.
const ATTENTION: u8 = 1;
/// Could not be done. (2, wrong usage, is clap's.)
const FAILED: u8 = 3;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = tracing_subscriber::EnvFilter::try_from_env("FGD_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let json = arguments.json;
    let code = match tokio::runtime::Runtime::new() {
        Ok(runtime) => {
            let code = runtime.block_on(run(arguments));
            // A network thread that was given up must not hold the process.
            runtime.shutdown_background();
            code
        }
        Err(error) => Err(Error::Internal { detail: error.to_string() }),
    };
    ExitCode::from(code.unwrap_or_else(|error| {
        report::failure(&error.report(), json);
        FAILED
    }))
}

async fn run(arguments: Arguments) -> Result<u8, Error> {
    let home = match arguments.home {
        Some(home) => home,
        None => Engine::default_home().ok_or_else(|| Error::Internal {
            detail: "there is no home directory; give --home".to_owned(),
        })?,
    };
    let progress =
        Arc::new(Progress::new(std::io::stderr().is_terminal() && !arguments.quiet, arguments.quiet));
    let told = Arc::clone(&progress);
    let engine = Engine::open(&home, Arc::new(move |event: Event| told.tell(&event)))?;
    let (json, folder) = (arguments.json, arguments.command.folder());
    let (engine, progress) = (&engine, &progress);
    match arguments.command {
        Command::Init { dry_run: true, .. } => fabric::check_structure(engine, folder, json).await,
        Command::Init { name, .. } => fabric::init(engine, progress, folder, name, json).await,
        Command::Ingest { dry_run: true, .. } => fabric::preview(engine, progress, folder, json).await,
        Command::Ingest { .. } => fabric::run(engine, progress, folder, OperationKind::Ingest, json).await,
        Command::Repair { dry_run: true, .. } => fabric::check_structure(engine, folder, json).await,
        Command::Repair { .. } => fabric::run(engine, progress, folder, OperationKind::Repair, json).await,
        Command::Sync { .. } => fabric::run(engine, progress, folder, OperationKind::Sync, json).await,
        Command::Pull { .. } => fabric::run(engine, progress, folder, OperationKind::Pull, json).await,
        Command::Push { .. } => fabric::run(engine, progress, folder, OperationKind::Push, json).await,
        Command::Status { .. } => fabric::status(engine, folder, json).await,
        Command::Validate { paths, crds } => fabric::validate(engine, progress, paths, crds, json).await,
        Command::Watch { .. } => fabric::watch(engine, progress, folder).await,
        Command::Demo { walk, .. } => demo::run(engine, progress, &folder, walk).await,
    }
}

/// The exit code that an operation's outcome stands for.
fn exit_code(outcome: &fgd_engine::Outcome) -> u8 {
    use fgd_engine::Outcome as O;
    match outcome {
        O::Done | O::Unchanged => DONE,
        O::NeedsAttention | O::Stale => ATTENTION,
        O::Cancelled | O::Failed { .. } | O::Interrupted => FAILED,
    }
}

/// The error of an operation that could not be done.
fn error_of(outcome: &fgd_engine::Outcome) -> Option<ErrorReport> {
    match outcome {
        fgd_engine::Outcome::Failed { error } => Some(error.clone()),
        fgd_engine::Outcome::Cancelled => Some(Error::Cancelled.report()),
        _ => None,
    }
}
