//! Secrets that a person types or a script pipes in. They never come as an argument, which everybody on the
//! machine may read.

use std::io::{BufRead, IsTerminal, Write};
use std::process::{Command, Stdio};

use clap::error::ErrorKind;
use fgd_engine::Error;

use crate::target::wrong_usage;

/// The first line of stdin; on a terminal it is asked for, and what is typed is not shown.
pub(crate) async fn read(asked: &str) -> Result<String, Error> {
    let failed = |detail: String| Error::Internal { detail };
    let hidden = if std::io::stdin().is_terminal() {
        let Some(hidden) = Hidden::begin() else {
            wrong("this terminal would show what is typed: pipe the secret into stdin");
        };
        eprint!("{asked}: ");
        drop(std::io::stderr().flush());
        Some(hidden)
    } else {
        None
    };
    let typed = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    // Ctrl-C must not leave the terminal mute.
    let typed = tokio::select! {
        typed = typed => typed,
        _ = tokio::signal::ctrl_c() => return Err(Error::Cancelled),
    };
    let line =
        typed.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(error.to_string()))?;
    let secret = line.trim_end_matches(['\r', '\n']);
    // The terminal is put right before anything else is said.
    drop(hidden);
    if secret.is_empty() {
        wrong("give the secret on the first line of stdin");
    }
    Ok(secret.to_owned())
}

fn wrong(text: &str) -> ! {
    wrong_usage(ErrorKind::MissingRequiredArgument, text).exit()
}

/// A terminal that does not show what is typed, until this is dropped.
struct Hidden;

impl Hidden {
    fn begin() -> Option<Self> {
        stty("-echo").then_some(Self)
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        stty("echo");
        // The line break that was typed was not shown either.
        eprintln!();
    }
}

/// Asks the system's own tool about the terminal at stdin.
fn stty(what: &str) -> bool {
    let mut stty = Command::new("stty");
    stty.arg(what).stdin(Stdio::inherit()).stdout(Stdio::null()).stderr(Stdio::null());
    stty.status().is_ok_and(|status| status.success())
}
