//! `fgd serve`: looks after fabrics on a machine without a screen, until it is told to end.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;
use fgd_engine::{
    Engine, Error, Event, FabricId, Listener, ListenerSettings, Operation, OperationId, Outcome, StatusState,
    Timestamp, WebhookSecret,
};
use serde_json::json;

use crate::clock::utc;
use crate::terminal::{say_json, tell};
use crate::{DONE, answers, report};

/// The variable that holds the webhook secret. An argument would be seen by everybody on the machine.
const SECRET: &str = "FGD_WEBHOOK_SECRET";
/// How long runs have to reach a safe point once the end was asked for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What `fgd serve` can be told.
#[derive(Debug, Args)]
pub(crate) struct ServeArguments {
    /// Fabric directories inside Git work trees.
    #[arg(value_name = "DIR", default_value = ".")]
    dirs: Vec<PathBuf>,
    /// The fabrics of the app's list instead.
    #[arg(long, conflicts_with = "dirs")]
    all_listed: bool,
    /// Take webhooks at /webhook, and answer /healthz and /metrics, here: ADDRESS:PORT, or a port of this
    /// machine alone; 127.0.0.1:9443 if left out.
    #[arg(long, value_name = "ADDR", num_args = 0..=1, value_parser = address, default_missing_value = "9443")]
    listen: Option<SocketAddr>,
    /// Ask the remotes that often, in seconds; 0 leaves it to webhooks.
    #[arg(long, value_name = "SECONDS")]
    interval: Option<u32>,
}

fn address(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = text.parse() {
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    text.parse().map_err(|_| "write it as ADDRESS:PORT, as in 127.0.0.1:9443 or [::1]:9443".to_owned())
}

/// Looks after the fabrics until SIGINT or SIGTERM, and then ends at a safe point.
pub(crate) async fn run(
    home: &Path,
    arguments: ServeArguments,
    passphrase: Option<&Path>,
    as_json: bool,
) -> Result<u8, Error> {
    let log = Arc::new(Log { as_json, ..Log::default() });
    let told = Arc::clone(&log);
    let engine = Engine::open(home, Arc::new(move |event: Event| told.tell(&event)))?;
    if let Some(file) = passphrase {
        crate::accounts::unlock(&engine, file).await?;
    }
    // Before the first run, so that none is cut off.
    let mut end = End::hear()?;
    let fabrics = chosen(&engine, &arguments).await?;
    for id in &fabrics {
        let view = engine.fabric(id.clone()).await?;
        if !arguments.all_listed && view.status.state == StatusState::NotInitialised {
            return Err(Error::NotInitialised { directory: view.directory });
        }
        log.name(id, &view.name);
        if let Some(seconds) = arguments.interval {
            answers::set_interval(&engine, id.clone(), seconds).await?;
        }
    }
    let listener = match arguments.listen {
        Some(address) => Some(listen(&engine, address, &log).await?),
        None => None,
    };
    engine.keep_time();
    fabrics.iter().for_each(|id| engine.look_after(id));
    log.say(&match fabrics.len() {
        0 => "The list has no fabrics: there is nothing to look after.".to_owned(),
        1 => "Looking after 1 fabric. SIGINT or SIGTERM ends it.".to_owned(),
        many => format!("Looking after {many} fabrics. SIGINT or SIGTERM ends it."),
    });

    end.come().await;
    // Nobody is let in any more.
    drop(listener);
    log.running().iter().for_each(|operation| engine.cancel(operation));
    let patience = Instant::now() + PATIENCE;
    while !log.running().is_empty() && Instant::now() < patience {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    log.say("Ended.");
    Ok(DONE)
}

async fn chosen(engine: &Engine, arguments: &ServeArguments) -> Result<Vec<FabricId>, Error> {
    let mut fabrics = Vec::new();
    if arguments.all_listed {
        fabrics.extend(engine.fabrics().await?.into_iter().map(|view| view.id));
    } else {
        for dir in &arguments.dirs {
            let id = engine.fabric_at(dir.clone()).await?;
            if !fabrics.contains(&id) {
                fabrics.push(id);
            }
        }
    }
    Ok(fabrics)
}

async fn listen(engine: &Engine, address: SocketAddr, log: &Log) -> Result<Listener, Error> {
    let secret = std::env::var(SECRET).ok();
    let secrets: Vec<WebhookSecret> = secret.as_deref().and_then(WebhookSecret::new).into_iter().collect();
    let settings = ListenerSettings { address, tells_state: true, ..ListenerSettings::default() };
    let is_given = !secrets.is_empty();
    let listener = engine.listen(&settings, secrets)?;
    log.say(&format!("Listening on http://{}.", listener.address()));
    if !is_given && !engine.has_webhook_secrets() {
        log.say(&format!("Webhooks are refused: no secret is set. Put one into {SECRET}."));
    }
    if !address.ip().is_loopback() {
        log.say("Other machines reach it, without TLS: put a proxy or a tunnel in front.");
    }
    Ok(listener)
}

/// The signals that end it.
struct End {
    #[cfg(unix)]
    interrupted: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminated: tokio::signal::unix::Signal,
}

impl End {
    #[cfg(unix)]
    fn hear() -> Result<Self, Error> {
        use tokio::signal::unix::{SignalKind, signal};
        let hear = |kind| signal(kind).map_err(|error| Error::Internal { detail: error.to_string() });
        Ok(Self { interrupted: hear(SignalKind::interrupt())?, terminated: hear(SignalKind::terminate())? })
    }

    #[cfg(unix)]
    async fn come(&mut self) {
        tokio::select! {
            _ = self.interrupted.recv() => {}
            _ = self.terminated.recv() => {}
        }
    }

    #[cfg(not(unix))]
    fn hear() -> Result<Self, Error> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn come(&mut self) {
        drop(tokio::signal::ctrl_c().await);
    }
}

/// One line an operation on stdout, for a journal: a sentence, or a JSON object.
#[derive(Default)]
struct Log {
    as_json: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    names: HashMap<FabricId, String>,
    running: HashSet<OperationId>,
}

impl Log {
    fn tell(&self, event: &Event) {
        match event {
            Event::Progress(progress) => {
                self.state().running.insert(progress.operation.clone());
            }
            Event::Finished(operation) => {
                let mut state = self.state();
                state.running.remove(&operation.id);
                let name = state.names.get(&operation.fabric).cloned().unwrap_or_default();
                drop(state);
                match self.as_json {
                    true => say_json(&json_line(&name, operation)),
                    false => report::say(&line(&name, operation)),
                }
            }
            Event::Fabric(view) => self.name(&view.id, &view.name),
            Event::Removed(_) => {}
        }
    }

    fn name(&self, id: &FabricId, name: &str) {
        let mut state = self.state();
        if state.names.get(id).is_none_or(|known| known != name) {
            state.names.insert(id.clone(), name.to_owned());
        }
    }

    /// Says something that is no operation, where only operations are expected apart from them.
    fn say(&self, text: &str) {
        if self.as_json {
            tell(text);
        } else {
            report::say(&format!("{}  {text}", utc(Timestamp::now())));
        }
    }

    fn running(&self) -> Vec<OperationId> {
        self.state().running.iter().cloned().collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn line(fabric: &str, operation: &Operation) -> String {
    let (kind, outcome) = (report::word(&operation.kind), report::word(&operation.outcome));
    let id = operation.id.as_str();
    let hint = match &operation.outcome {
        Outcome::Failed { error } => format!(" {}", error.hint),
        _ => String::new(),
    };
    format!(
        "{}  {fabric}: {kind} {outcome}: {}{hint} [{}]",
        utc(operation.finished_at),
        report::one_line(&operation.summary),
        id.get(..8).unwrap_or(id)
    )
}

fn json_line(fabric: &str, operation: &Operation) -> String {
    json!({
        "time": utc(operation.finished_at),
        "fabric": fabric,
        "operation": operation.kind,
        "id": operation.id,
        "trigger": operation.trigger,
        "outcome": report::word(&operation.outcome),
        "summary": operation.summary,
        "commit": operation.commit.as_ref().map(|commit| &commit.revision),
        "pulled": operation.pulled,
        "pushed": operation.pushed,
        "error": match &operation.outcome {
            Outcome::Failed { error } => Some(error),
            _ => None,
        },
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use serde_json::Value;

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn operation(outcome: Value, summary: &str) -> Operation {
        serde_json::from_value(json!({
            "id": "1a2b3c4d5e6f", "fabric": "f", "kind": "sync", "trigger": "timer",
            "startedAt": 1_763_896_541_000_i64, "finishedAt": 1_763_896_542_000_i64,
            "outcome": outcome, "summary": summary, "steps": [],
            "documents": { "total": 0, "created": 0, "updated": 0, "unchanged": 0, "unmanaged": 0, "rejected": 0 },
            "findings": [], "conflicts": [], "commit": null, "pulled": 1, "pushed": 0
        }))
        .expect("an operation")
    }

    #[test]
    fn an_operation_is_one_line() {
        let done = operation(json!({ "is": "done" }), "Pulled 1 commit.");
        assert_eq!(line("lab", &done), "2025-11-23T11:15:42Z  lab: sync done: Pulled 1 commit. [1a2b3c4d]");
        let error = json!({ "code": "NoRemote", "message": "M.", "hint": "Do this." });
        let failed = operation(json!({ "is": "failed", "error": error }), "Two\nlines.");
        assert_eq!(
            line("lab", &failed),
            "2025-11-23T11:15:42Z  lab: sync failed: Two ⏎ lines. Do this. [1a2b3c4d]"
        );
        let told = json_line("lab", &failed);
        assert!(!told.contains('\n'), "{told}");
        let told: Value = serde_json::from_str(&told).expect("JSON");
        assert_eq!(
            (&told["fabric"], &told["outcome"], &told["pulled"]),
            (&json!("lab"), &json!("failed"), &json!(1))
        );
        assert_eq!(told["error"]["code"], "NoRemote");
    }

    #[test]
    fn what_runs_is_known_until_it_ends() {
        let log = Log { as_json: true, ..Log::default() };
        let ended = operation(json!({ "is": "done" }), "s");
        let progress = serde_json::from_value(json!({
            "operation": ended.id, "fabric": "f", "kind": "sync", "trigger": "timer", "startedAt": 0,
            "steps": [], "current": null, "cancelling": false
        }));
        log.tell(&Event::Progress(progress.expect("progress")));
        assert_eq!(log.running().as_slice(), std::slice::from_ref(&ended.id));
        log.tell(&Event::Finished(Box::new(ended)));
        assert_eq!(log.running(), []);
    }

    #[test]
    fn an_address_is_loopback_unless_it_says_otherwise() {
        let read = |words: &[&str]| {
            let words = ["fgd", "serve"].iter().chain(words);
            match Arguments::try_parse_from(words).ok()?.command {
                Command::Serve(arguments) => {
                    Some((arguments.dirs.len(), arguments.listen.map(|address| address.to_string())))
                }
                other => panic!("{other:?}"),
            }
        };
        let some = |dirs, address: Option<&str>| Some((dirs, address.map(str::to_owned)));
        for (words, meant) in [
            (&[][..], some(1, None)),
            (&["a", "b", "--listen"], some(2, Some("127.0.0.1:9443"))),
            (&["--listen", "0"], some(1, Some("127.0.0.1:0"))),
            (&["--all-listed", "--listen", "0.0.0.0:80"], some(1, Some("0.0.0.0:80"))),
            (&["--listen=[::1]:9443"], some(1, Some("[::1]:9443"))),
            (&["--listen", "lab"], None),
            (&["--listen", "70000"], None),
            (&["--all-listed", "lab"], None),
            (&["--interval", "-1"], None),
        ] {
            assert_eq!(read(words), meant, "{words:?}");
        }
        assert_eq!(address("9443"), Ok(ListenerSettings::ADDRESS));
    }
}
