//! The situations in which every step comes up.

use std::fs::File;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use fgd_engine::failpoint::Point;
use fgd_engine::{AddFabric, Delivery, Engine, FabricSettings, OperationKind, RepoPath, Source, Trigger};

use super::{SIGABRT, ended};
use crate::support::lab::Lab;
use crate::support::repositories::{BRANCH, Checkout, FABRIC, without_configuration};
use crate::support::run_with;

const PLACE: &str = "https://git.example.org";

/// A situation, and the command that is disturbed in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Story {
    /// A drop, an edit by hand and a teammate's work: `sync`.
    Taken,
    /// Thirty new objects: `sync`.
    Many,
    /// The same thirty, taken back: `undo`.
    Undone,
    /// Both sides changed a field: `sync`.
    Held,
    /// That is decided: `resolve`.
    Resolved,
    /// The remote's history was rewritten, and we have work of our own: `sync`.
    Rewritten,
    /// The branch was deleted on the remote: `sync`.
    Gone,
    /// A shallow clone of a repository on this machine: `sync`.
    Shallow,
    /// A run was killed in the middle of its files: `sync`.
    Recovered,
    /// The same, and the user committed by hand since: `sync`.
    LetGo,
    /// Somebody has Git's index locked: `sync`.
    IndexHeld,
    /// That is over, and whoever held it was killed: `sync`.
    IndexOwed,
    /// A repository without a fabric: `init`.
    Begun,
    /// `accounts add`.
    AccountKept,
    /// `accounts remove`.
    AccountForgotten,
    /// `accounts author`.
    Chosen,
    /// In the window: a fabric by its URL.
    Added,
    /// In the window: a file dropped on it.
    Delivered,
    /// In the window: a file taken out of the inbox.
    Discarded,
    /// In the window: how often the remote is asked.
    Settled,
}

/// The story in which the short form disturbs a step.
pub(super) fn of(point: Point) -> Story {
    use Point as P;
    match point {
        P::IntentStaged
        | P::IntentPlaced
        | P::IntentRemoved
        | P::AdvanceRecorded
        | P::AdvanceWritten
        | P::AdvanceMoved
        | P::AdvanceIndexed
        | P::WriteStaged
        | P::WriteSynced
        | P::WritePlaced
        | P::WriteDirectory
        | P::WriteDirectoriesSynced
        | P::WriteDirectoryRemoved
        | P::ObjectsBlob
        | P::CommitTree
        | P::CommitWritten
        | P::FlowCommitted
        | P::IndexChanged
        | P::IndexWritten
        | P::FetchAsked
        | P::FetchSynced
        | P::FetchNoted
        | P::IntegrateJoined
        | P::PushAsked
        | P::PushIncoming
        | P::PushMoved
        | P::PushAccepted
        | P::PushNoted
        | P::StoreOperation
        | P::StoreOperationsCleared
        | P::StoreContact => Story::Taken,
        P::ObjectsPacked | P::ObjectsMoved | P::ObjectsSynced => Story::Many,
        P::WriteDeleted => Story::Undone,
        P::IntegrateHeld => Story::Held,
        P::FetchRewritten | P::IntegrateBackedUp | P::IntegrateReplayed | P::IntegrateForgotten => {
            Story::Rewritten
        }
        P::FetchGone | P::FetchForgotten => Story::Gone,
        P::FetchDownloaded | P::FetchShallow => Story::Shallow,
        P::RecoverSwept | P::RecoverWritten | P::RecoverMoved | P::RecoverIndexed => Story::Recovered,
        P::RecoverLetGo => Story::LetGo,
        P::IndexOwed => Story::IndexHeld,
        P::IndexCaughtUp | P::LocksHealed => Story::IndexOwed,
        P::StoreMade | P::StoreCommitted | P::StoreRepository | P::StoreFabric => Story::Begun,
        P::StoreAccount | P::StoreAccountCommitted | P::SecretsStaged | P::SecretsPlaced => {
            Story::AccountKept
        }
        P::StoreAccountRemoved => Story::AccountForgotten,
        P::StoreChosen => Story::Chosen,
        P::CloneBegun | P::CloneBrought | P::ClonePlaced | P::CloneRenamed | P::StoreListed => Story::Added,
        P::DeliverStaged | P::DeliverPlaced => Story::Delivered,
        P::DiscardKept => Story::Discarded,
        P::StoreSettings => Story::Settled,
    }
}

impl Story {
    /// Everything up to the command.
    pub(super) fn prepare(self) -> Lab {
        let lab = if self == Self::Begun { Lab::new() } else { Lab::ready() };
        let clone = &lab.clone;
        match self {
            Self::Taken => {
                clone.drop_raw("first.yaml", &servers("s", 6, "first"));
                clone.write("old/notes.md", "a teammate's\n");
                clone.commit("Notes");
                assert_eq!(lab.fgd("sync").code, 0);
                let teammate = lab.teammate();
                set(&teammate, 1, "a teammate's");
                teammate.git(&["mv", "old", "new"]);
                teammate.commit_and_push("A teammate's work");
                set(clone, 2, "edited by hand");
                let unmanaged = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other # kept\n";
                let changed = server("s3", "dropped again");
                let text = format!("{}{changed}{unmanaged}", servers("t", 2, "second"));
                clone.drop_raw("second.yaml", &text);
            }
            Self::Many | Self::Undone => {
                clone.drop_raw("many.yaml", &servers("m", 30, "many"));
                if self == Self::Undone {
                    assert_eq!(lab.fgd("sync").code, 0);
                }
            }
            Self::Held | Self::Resolved => {
                clone.drop_raw("first.yaml", &servers("s", 6, "first"));
                assert_eq!(lab.fgd("sync").code, 0);
                let teammate = lab.teammate();
                set(&teammate, 1, "theirs");
                set(&teammate, 2, "theirs too");
                teammate.commit_and_push("A teammate's work");
                set(clone, 1, "ours");
                if self == Self::Resolved {
                    assert_eq!(lab.fgd("sync").code, 1);
                }
            }
            Self::Rewritten => {
                clone.drop_raw("first.yaml", &servers("s", 6, "first"));
                assert_eq!(lab.fgd("sync").code, 0);
                let teammate = lab.teammate();
                teammate.git(&["commit", "--quiet", "--amend", "--message", "In other words"]);
                teammate.git(&["push", "--quiet", "--force", "origin", &format!("HEAD:{BRANCH}")]);
                clone.drop_raw("second.yaml", &servers("t", 2, "second"));
                assert_eq!(lab.fgd("ingest").code, 0);
            }
            Self::Gone => {
                clone.drop_raw("first.yaml", &servers("s", 2, "first"));
                assert_eq!(lab.fgd("sync").code, 0);
                lab.remote.git(&["update-ref", "-d", &format!("refs/heads/{BRANCH}")]);
            }
            Self::Shallow => {
                std::fs::remove_dir_all(&clone.path).expect("the clone goes");
                let mut git = Command::new("git");
                without_configuration(&mut git);
                git.args(["clone", "--quiet", "--depth", "1", &format!("file://{}", lab.remote.location())]);
                assert!(git.arg(&clone.path).status().expect("git").success());
                let teammate = lab.teammate();
                teammate.write("notes.md", "a teammate's\n");
                teammate.commit_and_push("A teammate's work");
                clone.drop_raw("second.yaml", &servers("t", 2, "second"));
            }
            Self::Recovered | Self::LetGo => {
                clone.drop_raw("many.yaml", &servers("m", 30, "many"));
                let at = if self == Self::LetGo { "write/staged=9*off" } else { "write/placed=9*off" };
                let mut sync = lab.command();
                sync.args(["sync", &lab.directory()]);
                let killed = ended(&sync, &format!("{at}->return(kill)"), "");
                assert_eq!(std::os::unix::process::ExitStatusExt::signal(&killed.status), Some(SIGABRT));
                if self == Self::LetGo {
                    clone.git(&["commit", "--quiet", "--allow-empty", "--message", "By hand"]);
                }
            }
            Self::IndexHeld => clone.drop_raw("first.yaml", &servers("s", 6, "first")),
            Self::IndexOwed => {
                clone.drop_raw("first.yaml", &servers("s", 6, "first"));
                let held = Self::IndexHeld.before(&lab);
                assert_eq!(lab.fgd("sync").code, 0);
                Self::IndexHeld.after(&lab, held);
                let lock = File::create(clone.path.join(".git/index.lock")).expect("a lock");
                let an_hour_ago = SystemTime::now() - Duration::from_secs(3600);
                lock.set_modified(an_hour_ago).expect("its time");
                assert!(clone.path.join(".git/fgd/index-owed").exists());
            }
            Self::AccountKept | Self::AccountForgotten => {
                std::fs::write(lab.machine.path().join("pass"), "correct horse\n").expect("a passphrase");
                if self == Self::AccountForgotten {
                    let (words, typed) = Self::AccountKept.told(&lab);
                    let added = run_with(&mut Self::AccountKept.command(&lab, &words), typed);
                    assert_eq!(added.code, 0, "{added:?}");
                }
            }
            Self::Discarded => clone.drop_raw("unwanted.yaml", "what: is this\n"),
            Self::Begun | Self::Chosen | Self::Added | Self::Delivered | Self::Settled => {}
        }
        lab
    }

    /// The command's words, and what is typed into it.
    pub(super) fn told(self, lab: &Lab) -> (Vec<String>, &'static str) {
        let directory = lab.directory();
        let pass = lab.machine.path().join("pass").display().to_string();
        let words: Vec<&str> = match self {
            Self::Taken
            | Self::Many
            | Self::Held
            | Self::Rewritten
            | Self::Gone
            | Self::Shallow
            | Self::Recovered
            | Self::LetGo
            | Self::IndexHeld
            | Self::IndexOwed => vec!["sync", &directory],
            Self::Undone => {
                let log = lab.fgd("log").json;
                let runs = log["operations"].as_array().expect("runs");
                let taken =
                    runs.iter().find(|run| run["documents"]["created"] == 30).expect("the drop's run");
                let id = taken["id"].as_str().expect("its identifier");
                return (["undo", &directory, id].map(str::to_owned).to_vec(), "");
            }
            Self::Resolved => vec!["resolve", &directory, "--all", "--theirs"],
            Self::Begun => vec!["init", &directory],
            Self::AccountKept => {
                vec![
                    "accounts",
                    "add",
                    PLACE,
                    "--method",
                    "token",
                    "--keep",
                    "file",
                    "--passphrase-file",
                    &pass,
                ]
            }
            Self::AccountForgotten => vec!["accounts", "remove", PLACE, "--passphrase-file", &pass],
            Self::Chosen => vec!["accounts", "author", "--name", "Night Shift"],
            Self::Added | Self::Delivered | Self::Discarded | Self::Settled => vec![],
        };
        let typed = if self == Self::AccountKept { "a-token-that-nobody-has\n" } else { "" };
        (words.into_iter().map(str::to_owned).collect(), typed)
    }

    pub(super) fn command(self, lab: &Lab, words: &[String]) -> Command {
        match self {
            Self::Added | Self::Delivered | Self::Discarded | Self::Settled => {
                let mut window = Command::new(std::env::current_exe().expect("the tests' binary"));
                window.args(["--exact", "torture::failpoints::the_window", "--ignored", "--nocapture"]);
                let from = lab.command();
                for (name, value) in from.get_envs() {
                    match value {
                        Some(value) => window.env(name, value),
                        None => window.env_remove(name),
                    };
                }
                window.env("FGD_TELL", format!("{self:?}")).env("FGD_TELL_AT", lab.machine.path());
                window
            }
            _ => {
                let mut command = lab.command();
                command.args(words).arg("--json");
                command
            }
        }
    }

    /// What the command ends with, undisturbed.
    pub(super) fn ends_with(self) -> i32 {
        match self {
            Self::Held => 1,
            Self::Gone => 3,
            _ => 0,
        }
    }

    /// What is there while the command runs, and goes when it has ended.
    pub(super) fn before(self, lab: &Lab) -> Option<File> {
        let lock = lab.clone.path.join(".git/index.lock");
        (self == Self::IndexHeld).then(|| File::create(lock).expect("a lock"))
    }

    pub(super) fn after(self, lab: &Lab, held: Option<File>) {
        if held.is_some() {
            std::fs::remove_file(lab.clone.path.join(".git/index.lock")).expect("the lock goes");
        }
    }

    /// What follows, whether the command came to its end or not: what happens by itself, and then what its
    /// user does who sees that it did not.
    pub(super) fn finish(self, lab: &Lab) {
        let again = || {
            let (words, typed) = self.told(lab);
            run_with(&mut self.command(lab, &words), typed)
        };
        match self {
            Self::Held => {
                let synced = lab.fgd("sync");
                assert_eq!(synced.code, 1, "{synced:?}");
                assert_eq!(synced.json["conflicts"].as_array().map(Vec::len), Some(1), "{synced:?}");
            }
            Self::Gone => {
                lab.fgd("sync").assert_refused("BranchGone", "any more.");
                assert_eq!(lab.fgd("push").code, 0);
            }
            Self::Undone => {
                let synced = lab.fgd("sync");
                assert_eq!(synced.code, 0, "{synced:?}");
                if !lab.remote.yaml("managed/servers").is_empty() {
                    let undone = again();
                    assert_eq!(undone.code, 0, "{undone:?}");
                }
            }
            Self::Resolved => {
                let synced = lab.fgd("sync");
                if synced.code == 1 {
                    let resolved = again();
                    assert_eq!(resolved.code, 0, "{resolved:?}");
                } else {
                    assert_eq!(synced.code, 0, "{synced:?}");
                }
            }
            Self::Begun => {
                let begun = lab.fgd("init");
                assert_eq!(begun.code, 0, "{begun:?}");
            }
            Self::AccountKept | Self::Chosen => {
                let kept = again();
                assert_eq!(kept.code, 0, "{kept:?}");
            }
            Self::AccountForgotten => {
                let listed = lab.ask(&["accounts", "list"]);
                if listed.stdout.contains(PLACE) {
                    let forgotten = again();
                    assert_eq!(forgotten.code, 0, "{forgotten:?}");
                }
            }
            Self::Added | Self::Delivered | Self::Discarded | Self::Settled => {
                let done = again();
                assert_eq!(done.code, 0, "{done:?}");
            }
            _ => {}
        }
        if self != Self::Held {
            let synced = lab.fgd("sync");
            assert_eq!(synced.code, 0, "{self:?}: {synced:?}");
            let before = lab.clone.tip();
            let synced = lab.fgd("sync");
            assert_eq!(synced.code, 0, "{self:?}: {synced:?}");
            assert_eq!(lab.clone.tip(), before, "{self:?}: a further run made a commit");
        }
    }

    /// Whether its end is the same on both sides.
    pub(super) fn is_in_step(self) -> bool {
        self != Self::Held
    }

    /// What else is true at its end.
    #[track_caller]
    pub(super) fn assert_kept(self, lab: &Lab, what: &str) {
        match self {
            Self::Taken => {
                let text = lab.remote.text("managed/servers/s3.yaml");
                assert!(text.contains("# kept") && text.contains("dropped again"), "{what}: {text}");
            }
            Self::Shallow => {
                assert_eq!(lab.clone.git(&["rev-parse", "--is-shallow-repository"]), "true", "{what}");
            }
            Self::Rewritten => {
                let kept = lab.clone.git(&["for-each-ref", "--format=%(refname)", "refs/fgd"]);
                assert_eq!(kept.lines().count(), 1, "{what}: our old head, and nothing else: {kept}");
            }
            Self::AccountKept => {
                let listed = lab.ask(&["accounts", "list"]);
                assert_eq!(listed.json["accounts"].as_array().map(Vec::len), Some(1), "{what}: {listed:?}");
            }
            Self::AccountForgotten => {
                let listed = lab.ask(&["accounts", "list"]);
                assert_eq!(listed.json["accounts"].as_array().map(Vec::len), Some(0), "{what}: {listed:?}");
            }
            Self::Chosen => {
                let author = lab.ask(&["accounts", "author"]);
                assert!(author.stdout.contains("Night Shift"), "{what}: {author:?}");
            }
            Self::Added => {
                let clones = std::fs::read_dir(lab.machine.path().join("home/clones")).expect("clones");
                let clones: Vec<_> = clones.map(|entry| entry.expect("an entry").path()).collect();
                let [clone] = clones.as_slice() else { panic!("{what}: half done: {clones:?}") };
                let clone = Checkout::at(clone);
                assert_eq!((clone.status(), clone.tip()), (String::new(), lab.remote.tip()), "{what}");
            }
            Self::Delivered => {
                assert_eq!(lab.remote.yaml("managed/servers"), ["dropped.yaml"], "{what}");
            }
            Self::Discarded => {
                let kept = lab.clone.git(&["for-each-ref", "--format=%(objectname)", "refs/fgd/discarded"]);
                assert_eq!(lab.clone.git(&["cat-file", "-p", &kept]), "what: is this", "{what}");
            }
            _ => {}
        }
    }
}

/// The window's process: the same engine, told by the environment what its user does.
pub(super) fn be_the_window() {
    let story = std::env::var("FGD_TELL").expect("a story");
    let machine = std::path::PathBuf::from(std::env::var_os("FGD_TELL_AT").expect("a machine"));
    let (home, fabric) = (machine.join("home"), machine.join("clone").join(FABRIC));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let engine = Engine::open(&home, Arc::new(drop)).expect("an engine");
        let there = || async { engine.fabric_at(fabric.clone()).await.expect("the fabric") };
        match story.as_str() {
            "Added" => {
                let known = engine.fabrics().await.expect("the fabrics");
                if known.is_empty() {
                    let url = machine.join("fabric.git").display().to_string();
                    let request = AddFabric {
                        source: Source::Url { url, sign_in: None },
                        name: "lab".to_owned(),
                        branch: BRANCH.to_owned(),
                        directory: FABRIC.to_owned(),
                    };
                    let added = engine.add(request).await;
                    added.unwrap_or_else(|error| failed(&error));
                }
            }
            "Delivered" => {
                let text = server("dropped", "on the window");
                let raw = fabric.join("raw");
                let waits = std::fs::read_dir(&raw)
                    .expect("the inbox")
                    .flatten()
                    .any(|entry| entry.file_name().to_string_lossy().ends_with(".yaml"));
                if !waits {
                    let delivery = Delivery::Text { name: "dropped.yaml".to_owned(), text };
                    let delivered = engine.deliver(there().await, vec![delivery]).await;
                    let delivered = delivered.unwrap_or_else(|error| failed(&error));
                    if let Some(refused) = delivered.refused.first() {
                        eprintln!("{}", refused.why);
                        std::process::exit(3);
                    }
                }
            }
            "Discarded" => {
                let file = RepoPath::parse(&format!("{FABRIC}/raw/unwanted.yaml")).expect("a path");
                let ended = engine.discard(there().await, file, Trigger::Command).await;
                let ended = ended.unwrap_or_else(|error| failed(&error));
                if let fgd_engine::Outcome::Failed { error } = ended.outcome {
                    eprintln!("{}", error.message);
                    std::process::exit(3);
                }
                assert_eq!(ended.kind, OperationKind::Discard);
            }
            "Settled" => {
                let id = there().await;
                let settings =
                    FabricSettings { interval: 1234, ..engine.settings(id.clone()).await.expect("settings") };
                let kept = engine.set_settings(id, settings).await;
                let kept = kept.unwrap_or_else(|error| failed(&error));
                assert_eq!(kept.interval, 1234);
            }
            other => panic!("no such story: {other}"),
        }
    });
}

fn failed(error: &fgd_engine::Error) -> ! {
    eprintln!("{error}");
    std::process::exit(3)
}

/// Documents of that many servers.
pub(super) fn servers(prefix: &str, count: usize, note: &str) -> String {
    (0..count).map(|n| server(&format!("{prefix}{n}"), note)).collect()
}

/// A document of one server.
pub(in crate::torture) fn server(name: &str, note: &str) -> String {
    format!(
        "---\napiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: {name} # kept\nspec:\n  description: {note}\n"
    )
}

/// Changes a server's description with an editor.
fn set(clone: &Checkout, n: usize, description: &str) {
    let file = format!("managed/servers/s{n}.yaml");
    let text = clone.text(&file);
    let (head, _) = text.split_once("\nspec:").expect("a spec");
    clone.write(&format!("{FABRIC}/{file}"), &format!("{head}\nspec:\n  description: {description}\n"));
}
