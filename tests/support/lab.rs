//! An operator at a terminal: a remote, a clone of it, and `fgd`.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use super::repositories::{Checkout, Remote, without_configuration};
use super::{Ended, fgd_binary, run};

/// An operator's machine: a clone of the remote, and a data directory for `fgd`.
pub(crate) struct Lab {
    pub(crate) machine: TempDir,
    pub(crate) remote: Remote,
    pub(crate) clone: Checkout,
}

impl Lab {
    /// A repository with one commit and no fabric in it.
    pub(crate) fn new() -> Self {
        Self::cloned(Remote::begun)
    }

    /// A repository without a commit.
    pub(crate) fn unborn() -> Self {
        Self::cloned(Remote::empty)
    }

    /// A fabric that is set up here and on the remote.
    pub(crate) fn ready() -> Self {
        let lab = Self::new();
        assert_eq!(lab.fgd("init").code, 0);
        assert_eq!(lab.fgd("push").code, 0);
        lab
    }

    fn cloned(remote: impl FnOnce(&Path) -> Remote) -> Self {
        let machine = tempfile::tempdir().expect("a directory");
        let remote = remote(machine.path());
        let clone = Checkout::of(&remote.location(), &machine.path().join("clone"));
        Self { machine, remote, clone }
    }

    /// Runs a command over the fabric's directory.
    pub(crate) fn fgd(&self, command: &str) -> Answer {
        let fabric = self.clone.fabric();
        self.fgd_with([command.as_ref(), fabric.as_os_str(), "--json".as_ref()])
    }

    /// Runs `fgd` with exactly these arguments and its data directory.
    pub(crate) fn fgd_with<'a>(&self, arguments: impl IntoIterator<Item = &'a OsStr>) -> Answer {
        Answer::of(run(self.command().args(arguments)))
    }

    /// `fgd` with its data directory, in the clone.
    pub(crate) fn command(&self) -> Command {
        fgd_command(&self.machine.path().join("home"), &self.clone.path)
    }

    /// Runs `fgd` with these words, and asks for JSON.
    pub(crate) fn ask(&self, words: &[&str]) -> Answer {
        self.fgd_with(words.iter().copied().chain(["--json"]).map(OsStr::new))
    }

    /// The fabric's directory in the clone.
    pub(crate) fn directory(&self) -> String {
        self.clone.fabric().display().to_string()
    }

    pub(crate) fn teammate(&self) -> Checkout {
        Checkout::of(&self.remote.location(), &self.machine.path().join("teammate"))
    }

    /// Here and on the remote is the same, down to the tree.
    #[track_caller]
    pub(crate) fn assert_in_step(&self) {
        assert_eq!(self.clone.tip(), self.remote.tip());
        assert_eq!(self.clone.tree(), self.remote.tree());
        assert_eq!(self.clone.status(), "");
    }
}

/// What `fgd` answered.
/// `fgd` with a data directory of its own, away from the settings and the keychain of whoever runs the tests.
pub(crate) fn fgd_command(home: &Path, at: &Path) -> Command {
    let mut command = Command::new(fgd_binary());
    command.arg("--home").arg(home).current_dir(at);
    without_configuration(&mut command);
    command
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", home.join("no-bus").display()));
    command
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: i32,
    /// The one object on stdout; null where that is no JSON.
    pub(crate) json: Value,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Answer {
    pub(crate) fn of(ended: Ended) -> Self {
        let Ended { code, stdout, stderr } = ended;
        Self { code, json: serde_json::from_str(&stdout).unwrap_or_default(), stdout, stderr }
    }

    /// The documents' counts: created, updated, unchanged, unmanaged, rejected.
    #[track_caller]
    pub(crate) fn documents(&self) -> [u64; 5] {
        let documents = &self.json["documents"];
        let count = |name: &str| documents[name].as_u64().unwrap_or_else(|| panic!("no {name}: {self:?}"));
        let counts = ["created", "updated", "unchanged", "unmanaged", "rejected"].map(count);
        assert_eq!(count("total"), counts.iter().sum::<u64>(), "each document is counted once");
        counts
    }

    /// The codes of what was found, sorted.
    pub(crate) fn codes(&self) -> Vec<String> {
        let mut codes: Vec<String> = self.findings().iter().map(|found| text(&found["code"])).collect();
        codes.sort();
        codes
    }

    /// The first finding of a code.
    #[track_caller]
    pub(crate) fn finding(&self, code: &str) -> Value {
        let found = self.findings().into_iter().find(|found| found["code"] == code);
        found.unwrap_or_else(|| panic!("no {code}: {self:?}"))
    }

    pub(crate) fn findings(&self) -> Vec<Value> {
        self.json["findings"].as_array().cloned().unwrap_or_default()
    }

    /// It could not be done, and says in a sentence why, and what to do.
    #[track_caller]
    pub(crate) fn assert_refused(&self, code: &str, sentence: &str) {
        assert_eq!(self.code, 3, "{self:?}");
        let error = &self.json["error"];
        assert_eq!(error["code"], code, "{self:?}");
        assert!(error["message"].as_str().is_some_and(|message| message.ends_with(sentence)), "{self:?}");
        assert!(error["hint"].as_str().is_some_and(|hint| hint.ends_with('.')), "{self:?}");
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Each object's file is what its author wrote, apart from the annotations.
#[track_caller]
pub(crate) fn assert_as_written(remote: &Remote, sources: &[String]) {
    for file in remote.yaml("managed") {
        let text = remote.text(&format!("managed/{file}"));
        let annotated: Vec<&str> =
            text.lines().filter(|line| line.contains("hnp.githedgehog.com/")).collect();
        assert!(!annotated.is_empty(), "{file} has no annotation:\n{text}");
        let kept: Vec<&str> = text
            .lines()
            .filter(|line| !annotated.contains(line))
            .skip_while(|line| line.trim().is_empty() || *line == "---")
            .collect();
        // The key above our annotations is ours too, unless the author had annotations.
        let without_key: Vec<&str> =
            kept.iter().copied().filter(|line| line.trim() != "annotations:").collect();
        let written = [kept, without_key]
            .iter()
            .any(|lines| sources.iter().any(|source| source.contains(lines.join("\n").trim())));
        assert!(written, "{file} is not as it was written:\n{text}");
    }
}
