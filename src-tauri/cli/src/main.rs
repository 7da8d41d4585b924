//! `fgd`: FGD Sync without a window. The same engine, driven from a terminal or a script.

mod accounts;
mod answers;
mod arguments;
mod clock;
mod conflicts;
mod demo;
mod diagram;
mod fabric;
mod get;
mod history;
mod progress;
mod report;
mod secret;
mod serve;
mod shell;
mod show;
mod target;
mod terminal;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use fgd_engine::{Engine, Error, ErrorReport, Event, OperationKind};
use mimalloc::MiMalloc;

use arguments::{Arguments, Command};
use progress::Progress;

/// As in the app: a quarter of a large drop's time on the processor was the C library's.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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
    let (json, quiet) = (arguments.json, arguments.quiet);
    let home = || match &arguments.home {
        Some(home) => Ok(home.clone()),
        None => Engine::default_home()
            .ok_or_else(|| Error::Internal { detail: "there is no home directory; give --home".to_owned() }),
    };
    // What needs no engine, or one of its own.
    let command = match arguments.command {
        Command::Completions { shell } => {
            shell::completions(shell);
            return Ok(DONE);
        }
        Command::Validate { paths, crds } if fabric::fabric_of(&paths, crds.as_deref()).is_none() => {
            return fabric::validate(&paths, crds.as_deref(), json);
        }
        Command::Man { out } => return shell::manual(out.as_deref()).map(|()| DONE),
        Command::Serve(served) => {
            return serve::run(&home()?, served, arguments.passphrase_file.as_deref(), json).await;
        }
        command => command,
    };
    let progress = Arc::new(Progress::new(std::io::stderr().is_terminal() && !quiet, quiet));
    let told = Arc::clone(&progress);
    let engine = Engine::open(&home()?, Arc::new(move |event: Event| told.tell(&event)))?;
    if let Some(file) = &arguments.passphrase_file {
        accounts::unlock(&engine, file).await?;
    }
    obey(command, &engine, &progress, json).await
}

async fn obey(command: Command, engine: &Engine, progress: &Progress, json: bool) -> Result<u8, Error> {
    use OperationKind as K;
    match command {
        Command::Init { folder, dry_run: true, .. } | Command::Repair { folder, dry_run: true } => {
            fabric::check_structure(engine, folder.dir, json).await
        }
        Command::Init { folder, name, .. } => fabric::init(engine, progress, folder.dir, name, json).await,
        Command::Ingest { folder, dry_run: true } => {
            fabric::preview(engine, progress, folder.dir, json).await
        }
        Command::Ingest { folder, .. } => fabric::run(engine, progress, folder.dir, K::Ingest, json).await,
        Command::Repair { folder, .. } => fabric::run(engine, progress, folder.dir, K::Repair, json).await,
        Command::Sync { folder } => fabric::run(engine, progress, folder.dir, K::Sync, json).await,
        Command::Pull { folder } => fabric::run(engine, progress, folder.dir, K::Pull, json).await,
        Command::Push { folder } => fabric::run(engine, progress, folder.dir, K::Push, json).await,
        Command::Propose { folder } => fabric::propose(engine, progress, folder.dir, json).await,
        Command::Status { folder } => fabric::status(engine, folder.dir, json).await,
        Command::Validate { paths, crds } => match fabric::fabric_of(&paths, crds.as_deref()) {
            Some(dir) => fabric::check(engine, progress, dir.to_owned(), json).await,
            None => fabric::validate(&paths, crds.as_deref(), json),
        },
        Command::Watch { folder } => fabric::watch(engine, progress, folder.dir).await,
        Command::Get(arguments) => get::run(engine, arguments, json).await,
        Command::Show(arguments) => show::run(engine, arguments, json).await,
        Command::Diagram(arguments) => diagram::run(engine, arguments, json).await,
        Command::Log(arguments) => history::log(engine, arguments, json).await,
        Command::Undo(arguments) => history::undo(engine, progress, arguments, json).await,
        Command::Conflicts { folder } => conflicts::list(engine, folder, json).await,
        Command::Resolve(arguments) => conflicts::resolve(engine, progress, arguments, json).await,
        Command::Accounts { command } => accounts::run(engine, command, json).await,
        Command::Demo { folder, walk } => demo::run(engine, progress, &folder.dir, walk).await,
        Command::Serve(_) | Command::Completions { .. } | Command::Man { .. } => {
            Err(Error::Internal { detail: "a command that needs no engine was given one".to_owned() })
        }
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
