//! Random work by many on one branch, held against a model that knows what each run meant.
//!
//! Each writer is a clone and a process a run: edits by hand, drops, undos, and decisions where two changed the
//! same field. The model keeps, for each push, what its run meant every field to become. Afterwards the remote's
//! log of the branch is gone through move by move: a field changed only as the run of that very push meant it, and
//! all that the run meant is in it. So a change that reverts somebody's work in passing is found, and so is one that
//! was acknowledged and is not there. The last meaning in the order of the pushes is what must stand at the end.
//!
//! An undo, and a decision for what was before, may mean a value that another writer pushes at the same time, by an
//! undo of their own. Then both agree, and a third who changes it after that stands in nobody's way: such a meaning is
//! kept when its value has stood on the remote since it was decided.
//!
//! The short form takes some seconds; `FGD_LONG=1` makes it eight writers for ten minutes (`FGD_MINUTES`).

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::app::{App, Look, tell};
use crate::support::field::{Desk, Dice, Field, is_long, is_overtaken};
use crate::support::git_server::GitServer;
use crate::support::lab::Answer;
use crate::support::repositories::{Checkout, FABRIC, Remote};

const SERVERS: &str = "managed/servers";
/// How much each writer does at the least, however slow the machine is: less would say nothing.
const LEAST: usize = 4;
/// Packs and loose objects from which on a clone joins them: small, so that it happens among all this.
const LIMITS: [[&str; 2]; 2] = [["gc.autoPackLimit", "8"], ["gc.auto", "200"]];

/// What is changed: two fields that merge with each other, and not with themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Part {
    Rack,
    Description,
}

const PARTS: [Part; 2] = [Part::Rack, Part::Description];

impl Part {
    fn key(self) -> &'static str {
        match self {
            Self::Rack => "    rack: ",
            Self::Description => "  description: ",
        }
    }

    fn named(field: &str) -> Option<Self> {
        match field {
            "metadata.labels.rack" => Some(Self::Rack),
            "spec.description" => Some(Self::Description),
            _ => None,
        }
    }

    /// What stands there in an object's text; none where there is no object, or no such field.
    fn of(self, text: Option<&str>) -> Option<String> {
        let line = text?.lines().find_map(|line| line.strip_prefix(self.key()))?;
        Some(line.to_owned())
    }
}

fn object(name: &str, rack: &str, description: &str) -> String {
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: {name}\n  labels:\n    \
         rack: {rack}\nspec:\n  description: {description}\n"
    )
}

/// A field of an object.
type Place = (String, Part);
/// What a run means fields to become.
type Meant = BTreeMap<Place, Meaning>;

/// What a field is to become.
struct Meaning {
    value: Option<String>,
    /// Where the remote's branch was, as the clone knew, when that was decided.
    since: String,
}

/// A run that ended well.
struct Acknowledged {
    /// Where the branch was after it.
    tip: String,
    /// Whether that was its own doing: what was decided against, and what others did alike, may leave nothing to push.
    is_pushed: bool,
    meant: Meant,
}

#[derive(Default)]
struct Tally {
    edits: usize,
    drops: usize,
    undos: usize,
    refused: usize,
    decisions: usize,
    overtaken: usize,
}

struct Writer {
    name: String,
    desk: Desk,
    dice: Dice,
    names: Vec<String>,
    /// Every value ever written, with its object.
    written: Vec<(String, String)>,
    acknowledged: Vec<Acknowledged>,
    tally: Tally,
}

impl Writer {
    fn token(&mut self, name: &str, part: Part) -> String {
        let letter = if part == Part::Rack { 'r' } else { 'd' };
        let token = format!("{}-{}{letter}", self.name, self.written.len());
        self.written.push((name.to_owned(), token.clone()));
        token
    }

    fn work(&mut self) {
        let standing: Vec<String> = self
            .names
            .iter()
            .filter(|name| self.desk.clone.fabric().join(SERVERS).join(format!("{name}.yaml")).exists())
            .cloned()
            .collect();
        let meant = match self.dice.below(10) {
            0..5 if !standing.is_empty() => self.edit(&standing),
            8..10 => match self.undo() {
                Some(meant) => meant,
                None => return,
            },
            _ => self.drop_some(),
        };
        self.settle(meant);
    }

    /// Where the remote's branch was when it was asked last.
    fn known(&self) -> String {
        self.desk.clone.git(&["rev-parse", "origin/main"])
    }

    fn meaning(&self, value: Option<String>) -> Meaning {
        Meaning { value, since: self.known() }
    }

    fn edit(&mut self, standing: &[String]) -> Meant {
        self.tally.edits += 1;
        let name = self.dice.pick(standing).clone();
        let part = *self.dice.pick(&PARTS);
        let value = self.token(&name, part);
        let file = format!("{SERVERS}/{name}.yaml");
        let text = self.desk.clone.text(&file);
        let now = part.of(Some(&text)).expect("the field");
        let text = text.replace(&format!("{}{now}\n", part.key()), &format!("{}{value}\n", part.key()));
        self.desk.clone.write(&format!("{FABRIC}/{file}"), &text);
        Meant::from([((name, part), self.meaning(Some(value)))])
    }

    fn drop_some(&mut self) -> Meant {
        self.tally.drops += 1;
        let (mut meant, mut texts) = (Meant::new(), Vec::new());
        for _ in 0..1 + self.dice.below(3) {
            let name = self.dice.pick(&self.names).clone();
            if meant.contains_key(&(name.clone(), Part::Rack)) {
                continue;
            }
            let values = PARTS.map(|part| self.token(&name, part));
            texts.push(object(&name, &values[0], &values[1]));
            for (part, value) in PARTS.into_iter().zip(values) {
                meant.insert((name.clone(), part), self.meaning(Some(value)));
            }
        }
        let file = format!("{}-{}.yaml", self.name, self.written.len());
        self.desk.clone.drop_raw(&file, &texts.join("---\n"));
        meant
    }

    /// Undoes the last run, if that can be: each field that it changed is as it was before, and all else stays.
    fn undo(&mut self) -> Option<Meant> {
        let (before, since) = (self.desk.clone.tip(), self.known());
        let undone = self.desk.fgd_with("undo", &["--last"]);
        let after = self.desk.clone.tip();
        if undone.code == 3 {
            let error = &undone.json["error"]["code"];
            assert!(error == "UndoRefused" || error == "NothingToUndo", "{undone:?}");
            self.tally.refused += 1;
            return None;
        }
        assert_eq!(undone.code, 0, "{undone:?}");
        if after == before {
            return None;
        }
        self.tally.undos += 1;
        let message = self.desk.clone.git(&["log", "-1", "--format=%B", &after]);
        let of = message.lines().find_map(|line| line.strip_prefix("FGD-Undoes: ")).expect("a trailer");
        let log = self.desk.fgd_with("log", &["-n", "1000"]);
        let operations = log.json["operations"].as_array().expect("operations");
        let run = operations.iter().find(|run| run["id"] == of).expect("the run");
        let (from, to) = (run["from"].as_str().expect("from"), run["to"].as_str().expect("to"));
        let mut meant = Meant::new();
        for name in changed(&self.desk.clone, &before, &after) {
            for part in PARTS {
                let [from, to, was, is] = [from, to, before.as_str(), after.as_str()]
                    .map(|at| part.of(at_commit(&self.desk.clone, at, &name).as_deref()));
                let wanted = if from == to { &was } else { &from };
                assert_eq!(&is, wanted, "the undo of {of}: {name} {part:?}");
                if is != was {
                    meant.insert((name.clone(), part), Meaning { value: is, since: since.clone() });
                }
            }
        }
        Some(meant)
    }

    /// Syncs and decides until all is pushed.
    fn settle(&mut self, mut meant: Meant) {
        for _ in 0..200 {
            let answer = self.desk.fgd("sync");
            let is_done = match answer.code {
                0 => true,
                1 => {
                    assert!(
                        answer.json["conflicts"].as_array().is_some_and(|all| !all.is_empty()),
                        "{answer:?}"
                    );
                    self.decide(&mut meant)
                }
                _ => self.was_overtaken(&answer),
            };
            if is_done {
                let tip = self.desk.clone.tip();
                let by = self.desk.clone.git(&["log", "-1", "--format=%cn", &tip]);
                self.acknowledged.push(Acknowledged { is_pushed: by == self.name, tip, meant });
                return;
            }
        }
        panic!("{}: not done after 200 tries", self.name);
    }

    fn was_overtaken(&mut self, answer: &Answer) -> bool {
        assert!(is_overtaken(answer), "{}: {answer:?}", self.name);
        self.tally.overtaken += 1;
        std::thread::sleep(Duration::from_millis(20 + self.dice.below(200) as u64));
        false
    }

    /// Decides what waits, one after the other; whether all was pushed then.
    fn decide(&mut self, meant: &mut Meant) -> bool {
        let listed = self.desk.fgd("conflicts");
        let conflicts = listed.json["conflicts"].as_array().cloned().unwrap_or_default();
        for conflict in conflicts {
            let file = conflict["file"].as_str().expect("a file");
            let name = Path::new(file).file_stem().expect("a name").to_string_lossy().into_owned();
            assert!(file.contains(SERVERS), "{conflict}");
            let fields = conflict["fields"].as_array().cloned().unwrap_or_default();
            let has_base = !fields.is_empty() && fields.iter().all(|field| field["base"].is_string());
            let sides: &[&str] = if has_base { &["ours", "theirs", "base"] } else { &["ours", "theirs"] };
            let side = *self.dice.pick(sides);
            let (ours, since) = (at_commit(&self.desk.clone, "HEAD", &name), self.known());
            let answer = self.desk.fgd_with("resolve", &[file, &format!("--{side}")]);
            let is_stale = answer.json["outcome"] == "stale";
            assert!(answer.code <= 1 || is_overtaken(&answer), "{}: {answer:?}", self.name);
            if is_stale {
                return false;
            }
            self.tally.decisions += 1;
            let parts: Vec<(Part, Value)> = if fields.is_empty() {
                PARTS.map(|part| (part, Value::from(part.of(ours.as_deref())))).into()
            } else {
                let part =
                    |field: &Value| Some((Part::named(field["field"].as_str()?)?, field[side].clone()));
                fields.iter().filter_map(part).collect()
            };
            for (part, value) in parts {
                if side == "theirs" {
                    meant.remove(&(name.clone(), part));
                } else {
                    let value = value.as_str().map(str::to_owned);
                    meant.insert((name.clone(), part), Meaning { value, since: since.clone() });
                }
            }
            match answer.code {
                0 => return true,
                1 => {}
                _ => return self.was_overtaken(&answer),
            }
        }
        false
    }
}

fn at_commit(clone: &Checkout, commit: &str, name: &str) -> Option<String> {
    let path = format!("{FABRIC}/{SERVERS}/{name}.yaml");
    let listed = clone.git(&["ls-tree", "--name-only", commit, "--", &path]);
    (!listed.is_empty()).then(|| clone.git(&["show", &format!("{commit}:{path}")]))
}

/// The objects that differ between two commits.
fn changed(clone: &Checkout, from: &str, to: &str) -> Vec<String> {
    let below = format!("{FABRIC}/{SERVERS}");
    let listed = clone.git(&["diff", "--name-only", "--no-renames", from, to, "--", &below]);
    let name = |path: &str| Path::new(path).file_stem().map(|name| name.to_string_lossy().into_owned());
    listed.lines().filter(|path| path.ends_with(".yaml")).filter_map(name).collect()
}

#[test]
fn what_was_acknowledged_is_in_the_history_and_all_end_alike() {
    let minutes = std::env::var("FGD_MINUTES").ok().and_then(|minutes| minutes.parse::<f64>().ok());
    let (count, time) = match (is_long(), minutes) {
        (false, _) => (3, Duration::from_secs(8)),
        (true, minutes) => (8, Duration::from_secs_f64(60.0 * minutes.unwrap_or(10.0))),
    };
    let seed = Dice::thrown("the model");
    let field = Field::new();
    // The host's own housekeeping may get in the way of a push that comes at the same time.
    for setting in [["gc.auto", "0"], ["receive.autogc", "false"]] {
        field.remote.git(&["config", setting[0], setting[1]]);
    }
    let names: Vec<String> = (0..2 * count).map(|n| format!("s{n}")).collect();
    let mut writers: Vec<Writer> = (0..count)
        .map(|n| {
            let name = format!("w{n}");
            let desk = field.desk(&name);
            for [setting, value] in LIMITS {
                desk.clone.git(&["config", setting, value]);
            }
            Writer {
                dice: Dice::new(seed.wrapping_mul(31).wrapping_add(n as u64)),
                name,
                desk,
                names: names.clone(),
                written: Vec::new(),
                acknowledged: Vec::new(),
                tally: Tally::default(),
            }
        })
        .collect();
    let begun_at = field.remote.tip();
    let end = Instant::now() + time;
    std::thread::scope(|scope| {
        for writer in &mut writers {
            scope.spawn(move || {
                while Instant::now() < end || writer.tally.edits + writer.tally.drops < LEAST {
                    writer.work();
                }
            });
        }
    });

    for _ in 0..2 {
        for writer in &writers {
            writer.desk.sync_until_done();
        }
    }
    for writer in &writers {
        let clone = &writer.desk.clone;
        assert_eq!((clone.tree(), clone.tip()), (field.remote.tree(), field.remote.tip()), "{}", writer.name);
        assert_eq!((clone.status(), clone.waiting()), (String::new(), Vec::<String>::new()));
        assert_eq!(clone.leftovers(), Vec::<std::path::PathBuf>::new());
        clone.git(&["fsck", "--full", "--strict"]);
        let packs = std::fs::read_dir(clone.path.join(".git/objects/pack")).expect("packs").flatten();
        let packs = packs.filter(|file| file.path().extension().is_some_and(|part| part == "pack")).count();
        // As many as the limit, and what git cloned.
        assert!(packs <= 9, "{}: {packs} packs", writer.name);
    }
    field.assert_never_forced();
    assert_as_meant(&field, &begun_at, &writers);
    assert_in_history(&field, &writers);
    let sum = |of: fn(&Tally) -> usize| writers.iter().map(|writer| of(&writer.tally)).sum::<usize>();
    eprintln!(
        "{count} writers, {time:?}: {} edits, {} drops, {} undos ({} refused), {} conflicts decided, {} times \
         overtaken, {} commits, seed {seed}",
        sum(|t| t.edits),
        sum(|t| t.drops),
        sum(|t| t.undos),
        sum(|t| t.refused),
        sum(|t| t.decisions),
        sum(|t| t.overtaken),
        field.remote.commits(),
    );
    assert!(sum(|t| t.edits + t.drops) > 3 * count, "too little was done to say anything");
}

/// Goes through the moves of the remote's branch.
fn assert_as_meant(field: &Field, begun_at: &str, writers: &[Writer]) {
    let remote = Checkout::at(Path::new(&field.remote.location()));
    let mut runs: HashMap<&str, (&str, &Meant)> = HashMap::new();
    let moves = field.moves();
    let place_of = |tip: &str| moves.iter().position(|at| at == tip).expect("a place where the remote was");
    for writer in writers {
        for run in &writer.acknowledged {
            for ((name, part), Meaning { value, since }) in &run.meant {
                let mut since = moves[place_of(since)..=place_of(&run.tip)].iter().skip(1).rev();
                let stood = since.any(|at| part.of(at_commit(&remote, at, name).as_deref()) == *value);
                let (writer, tip) = (&writer.name, &run.tip);
                assert!(stood, "{writer} meant {name} {part:?} to be {value:?}, and {tip} lacks it");
            }
            if run.is_pushed {
                runs.insert(&run.tip, (&writer.name, &run.meant));
            }
        }
    }
    let mut standing: BTreeMap<Place, Option<String>> = BTreeMap::new();
    for step in moves[place_of(begun_at)..].windows(2) {
        let [old, new] = step else { unreachable!("two each") };
        let (writer, meant) =
            runs.get(new.as_str()).unwrap_or_else(|| panic!("no run says that it pushed {new}"));
        for name in changed(&remote, old, new) {
            let [before, after] = [old, new].map(|at| at_commit(&remote, at, &name));
            for part in PARTS {
                let [was, is] = [&before, &after].map(|text| part.of(text.as_deref()));
                let of = (name.clone(), part);
                assert_eq!(
                    standing.get(&of).cloned().flatten(),
                    was,
                    "{name} {part:?} before {new} by {writer}"
                );
                if was != is {
                    let said = meant.get(&of).unwrap_or_else(|| {
                        panic!("{writer} changed {name} {part:?} from {was:?} to {is:?} and did not mean to: {new}")
                    });
                    assert_eq!(is, said.value, "{writer} meant something else with {name} {part:?}: {new}");
                    standing.insert(of, is);
                }
            }
        }
    }
    for ((name, part), value) in &standing {
        let is = part.of(at_commit(&remote, "main", name).as_deref());
        assert_eq!(&is, value, "{name} {part:?} at the end");
    }
}

/// Every value that was ever acknowledged, also one that somebody decided against, is in a commit of the branch.
fn assert_in_history(field: &Field, writers: &[Writer]) {
    let below = format!("{FABRIC}/{SERVERS}");
    let log = field.remote.git(&["log", "--full-history", "--format=", "-p", "-U0", "main", "--", &below]);
    let added: HashSet<&str> = log
        .lines()
        .filter_map(|line| line.strip_prefix('+'))
        .filter_map(|line| PARTS.into_iter().find_map(|part| line.strip_prefix(part.key())))
        .collect();
    for writer in writers {
        for (name, value) in &writer.written {
            assert!(added.contains(value.as_str()), "{}: {value} of {name} is in no commit", writer.name);
        }
    }
}

/// The window and a terminal in one work tree, each at its own pace.
#[test]
fn the_app_and_fgd_share_a_work_tree() {
    let time = Duration::from_secs(if is_long() { 100 } else { 12 });
    tell(async {
        let machine = tempfile::tempdir().expect("a directory");
        let host = machine.path().join("host");
        let remote = Remote::begun(&host);
        let server = GitServer::start(&host, None);
        let clone = Checkout::of(&server.url("fabric.git"), &machine.path().join("clone"));
        for [setting, value] in LIMITS {
            clone.git(&["config", setting, value]);
        }
        let home = machine.path().join("home");
        let app = App::start(&home, Look::Light).await;
        app.click("Add a fabric").await;
        app.choose("Folder on this machine").await;
        app.fill("Folder", clone.path.to_str().expect("a path in UTF-8")).await;
        app.wait_for_text("Found a").await;
        app.fill("Directory", FABRIC).await;
        app.fill("Name", "Lab").await;
        app.click("Add fabric").await;
        app.wait_for_status("inSync").await;

        // Both know the same list and log, as on a desktop; a teammate pushes meanwhile.
        let desk = Desk { clone: Checkout::at(&clone.path), home: home.clone() };
        let teammate = Checkout::of(&server.url("fabric.git"), &machine.path().join("teammate"));
        let seed = Dice::thrown("the app and fgd");
        let end = Instant::now() + time;
        let terminal = std::thread::spawn(move || at_the_terminal(&desk, &teammate, Dice::new(seed), end));
        while !terminal.is_finished() {
            app.click("Sync").await;
            tokio::time::sleep(Duration::from_millis(700)).await;
        }
        let written = terminal.join().expect("the terminal's work");

        let desk = Desk { clone, home };
        for _ in 0..2 {
            desk.sync_until_done();
        }
        app.wait_for_status("inSync").await;
        let clone = &desk.clone;
        assert_eq!((clone.tree(), clone.tip()), (remote.tree(), remote.tip()));
        assert_eq!((clone.status(), clone.waiting()), (String::new(), Vec::<String>::new()));
        clone.git(&["fsck", "--full", "--strict"]);
        let below = format!("{FABRIC}/{SERVERS}");
        let log = remote.git(&["log", "--full-history", "--format=", "-p", "-U0", "main", "--", &below]);
        for value in &written {
            assert!(log.contains(&format!(" {value}")), "{value} is in no commit");
        }
        let runs = desk.fgd_with("log", &["-n", "1000"]);
        let runs = runs.json["operations"].as_array().cloned().unwrap_or_default();
        let failed: Vec<&Value> = runs.iter().filter(|run| is_failed(run)).collect();
        assert!(failed.is_empty(), "{failed:#?}");
        assert!(!app.log().contains("process is working in"), "{}", app.log());
        let of = |trigger: &str| runs.iter().filter(|run| run["trigger"] == trigger).count();
        eprintln!(
            "{} values; runs: {} of the terminal, {} of the window, {} by itself",
            written.len(),
            of("command"),
            of("click"),
            runs.len() - of("command") - of("click")
        );
        assert!(of("command") > 0 && runs.len() > of("command"), "both worked: {runs:#?}");
        app.close().await;
    });
}

/// Whether a run could not be done. An undo that is refused says why, and that is an answer; and who was overtaken
/// tries again.
fn is_failed(run: &Value) -> bool {
    let answers = ["UndoRefused", "NothingToUndo", "PushOvertaken", "RemoteBusy"];
    let code = run["outcome"]["error"]["code"].as_str().unwrap_or_default();
    run["outcome"]["is"] == "failed" && !answers.contains(&code)
}

/// Edits, drops, runs and undos one after the other; the values that were written.
fn at_the_terminal(desk: &Desk, teammate: &Checkout, mut dice: Dice, end: Instant) -> Vec<String> {
    let mut written = Vec::new();
    let staging = teammate.path.with_extension("staging");
    let put = |path: &str, text: &str| {
        // As an editor saves: whole or not at all.
        std::fs::write(&staging, text).expect("written");
        std::fs::rename(&staging, desk.clone.path.join(path)).expect("renamed");
    };
    while Instant::now() < end {
        let value = format!("t{}", written.len());
        let choice = dice.below(6);
        let is_drop = choice < 2;
        match choice {
            0 | 1 => {
                // No two that may wait at once have the same object.
                let name = format!("s{}", written.len() % 6);
                put(&format!("{FABRIC}/raw/{value}.yaml"), &object(&name, &value, &value));
                written.push(value);
            }
            2 | 3 => {
                let name = format!("e{}", dice.below(6));
                let text = object(&name, &value, &value);
                std::fs::create_dir_all(desk.clone.fabric().join(SERVERS)).expect("a folder");
                put(&format!("{FABRIC}/{SERVERS}/{name}.yaml"), &text);
                written.push(value);
            }
            4 => {
                let undone = desk.fgd_with("undo", &["--last"]);
                let error = undone.json["error"]["code"].as_str().unwrap_or_default();
                assert!(undone.code == 0 || error == "UndoRefused" || error == "NothingToUndo", "{undone:?}");
            }
            _ => {
                teammate.git(&["pull", "--quiet", "--rebase"]);
                teammate.write(&format!("{FABRIC}/notes.md"), &format!("{}\n", written.len()));
                teammate.git(&["add", "--all"]);
                teammate.git(&["commit", "--quiet", "--allow-empty", "--message", "Notes"]);
                // The desktop may have been faster.
                let mut push = std::process::Command::new("git");
                crate::support::repositories::without_configuration(&mut push);
                push.arg("-C").arg(&teammate.path).args(["push", "--quiet", "origin", "HEAD:main"]);
                drop(crate::support::run(&mut push));
            }
        }
        // Some drops are left to the app. Edits are not: one that is written over before anybody commits it would
        // be nowhere.
        if is_drop && dice.below(2) == 0 {
            std::thread::sleep(Duration::from_millis(1200));
            continue;
        }
        let synced = desk.fgd("sync");
        assert!(synced.code == 0 || is_overtaken(&synced), "{synced:?}");
        std::thread::sleep(Duration::from_millis(dice.below(300) as u64));
    }
    written
}
