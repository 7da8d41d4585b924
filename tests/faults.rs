//! The plug pulled, in each way that a network and a host know: `fgd` says what is wrong, keeps the work, and
//! finishes it as soon as it can.

#![cfg(unix)]

mod histories;
mod hosts;
mod transfers;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::support::Ended;
use crate::support::git_server::GitServer;
use crate::support::lab::{Answer, Lab};
use crate::support::repositories::{BRANCH, Checkout, FABRIC};

const USER: &str = "bob";
const SECRET: &str = "hunter2-token";

/// A fabric in step with a remote behind a server that wants a sign-in, and a teammate.
struct Story {
    lab: Lab,
    teammate: Checkout,
    server: GitServer,
    round: usize,
    /// What the branch had when the round began: its tip, and its number of commits.
    begun: (String, usize),
}

impl Story {
    fn new() -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)))
    }

    /// With the server at this address.
    fn at(address: SocketAddr) -> Self {
        let lab = Lab::ready();
        for (setting, value) in [
            ("receive.denyNonFastForwards", "true"),
            // Git's own housekeeping at the host may get in the way of a push that comes at the same time.
            ("gc.auto", "0"),
            ("receive.autogc", "false"),
        ] {
            lab.remote.git(&["config", setting, value]);
        }
        let teammate = lab.teammate();
        let server = GitServer::start_at(address, lab.machine.path(), Some((USER, SECRET)));
        lab.clone.git(&["remote", "set-url", "origin", &server.url_with(USER, SECRET, "fabric.git")]);
        Self { lab, teammate, server, round: 0, begun: (String::new(), 0) }
    }

    /// A drop waits here, and a teammate's commit there.
    fn begin_round(&mut self) {
        self.round += 1;
        self.lab.clone.drop_raw(&self.drop_name(), &object(&self.object_name()));
        self.teammate.git(&["pull", "--quiet", "--rebase"]);
        // Long enough to be cut in the middle, and not to be pressed to nothing.
        let note: String = (0..400).map(|n| format!("{:x}\n", scattered(self.round * 1000 + n))).collect();
        self.teammate.write(&format!("{FABRIC}/notes-{}.md", self.round), &note);
        self.teammate.commit_and_push("A teammate's work");
        self.begun = (self.lab.remote.tip(), self.lab.remote.commits());
    }

    fn drop_name(&self) -> String {
        format!("drop-{}.yaml", self.round)
    }

    fn object_name(&self) -> String {
        format!("spare-{}", self.round)
    }

    fn sync(&self) -> Answer {
        let answer = self.lab.fgd("sync");
        let said = format!("{}{}", answer.stdout, answer.stderr);
        assert!(!said.contains(SECRET), "{said}");
        answer
    }

    /// The sync could not be done, and says so for people and for scripts.
    #[track_caller]
    fn assert_told(&self, answer: &Answer, code: &str, says: &str, what: &str) {
        assert_eq!(answer.code, 3, "{what}: {answer:?}");
        let error = &answer.json["error"];
        assert_eq!(error["code"], code, "{what}: {answer:?}");
        let (message, hint) = (error["message"].as_str().expect(what), error["hint"].as_str().expect(what));
        assert!(message.contains(says), "{what}: {message}");
        assert!(message.ends_with('.') && hint.ends_with('.'), "{what}: {message} {hint}");
        assert!(!message.contains('\n') && message.len() < 300, "one sentence: {message}");
        assert!(answer.stderr.contains(&format!("{message}\nHint: {hint}\n")), "{what}: {answer:?}");
        for word in ["panicked", "git2::", ".rs:", "RUST_BACKTRACE"] {
            assert!(!answer.stderr.contains(word), "{what}: {}", answer.stderr);
        }
    }

    /// Whatever happened, the drop is in the inbox or in a commit, and nothing is half done.
    #[track_caller]
    fn assert_kept(&self, what: &str) {
        let clone = &self.lab.clone;
        let waits = clone.waiting().contains(&self.drop_name());
        let is_committed = clone.git(&["ls-tree", "-r", "--name-only", "HEAD"]).contains(&self.object_file());
        assert!(waits || is_committed, "{what}: {} is lost", self.object_name());
        assert_eq!(clone.status().lines().filter(|line| !line.contains("/raw/")).count(), 0, "{what}");
        assert_eq!(clone.leftovers(), Vec::<PathBuf>::new(), "{what}");
        clone.git(&["fsck", "--strict"]);
        self.assert_only_forward();
    }

    fn assert_only_forward(&self) {
        self.lab.remote.git(&["merge-base", "--is-ancestor", &self.begun.0, BRANCH]);
        self.lab.remote.git(&["fsck", "--strict", "--connectivity-only"]);
    }

    /// The next sync ends in step, with each object there once, in one commit (and a merge at most).
    #[track_caller]
    fn assert_finished_by_the_next(&self, commits: usize, what: &str) {
        let synced = self.sync();
        assert_eq!(synced.code, 0, "{what}: {synced:?}");
        self.assert_finished(commits, what);
    }

    #[track_caller]
    fn assert_finished(&self, commits: usize, what: &str) {
        self.lab.assert_in_step();
        self.assert_kept(what);
        assert_eq!(self.lab.clone.waiting(), Vec::<String>::new(), "{what}");
        let mut wanted: Vec<String> = (1..=self.round).map(|round| format!("spare-{round}.yaml")).collect();
        wanted.sort();
        assert_eq!(self.lab.remote.yaml("managed/servers"), wanted, "{what}");
        let file = format!("{FABRIC}/{}", self.object_file());
        let log = ["log", "--no-merges", "--diff-filter=A", "--format=%s", BRANCH, "--", &file];
        assert_eq!(self.lab.remote.git(&log).lines().count(), 1, "{what}: added once");
        let theirs = self.lab.remote.text(&format!("notes-{}.md", self.round));
        assert_eq!(theirs.lines().count(), 400, "{what}: theirs is whole");
        assert_eq!(self.lab.remote.commits(), self.begun.1 + commits, "{what}");
    }

    fn object_file(&self) -> String {
        format!("managed/servers/{}.yaml", self.object_name())
    }

    /// The secret stands where its owner put it, and nowhere else.
    fn assert_secret_kept(&self) {
        let home = self.lab.machine.path().join("home");
        let mut folders = vec![home, self.lab.clone.path.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with(".git/config") {
                    let bytes = std::fs::read(&path).expect("a file");
                    let has = bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
                    assert!(!has, "{} holds the secret", path.display());
                }
            }
        }
    }
}

fn object(name: &str) -> String {
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: {name}\nspec:\n  description: spare\n"
    )
}

/// A number that looks random, and is the same in each run.
fn scattered(seed: usize) -> u64 {
    let x = (seed as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
}

/// A command that runs beside the story, and not beyond it.
struct Running(Option<Child>);

impl Running {
    fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(Some(command.spawn().expect("fgd starts")))
    }

    /// Ends it as Ctrl-C does.
    fn interrupt(mut self) -> Ended {
        let child = self.0.take().expect("it runs");
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill");
        assert!(sent.success());
        let output = child.wait_with_output().expect("its end");
        let text = |bytes| String::from_utf8(bytes).expect("output in UTF-8");
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        let code = output.status.code().unwrap_or_else(|| panic!("it was killed: {stderr}"));
        Ended { code, stdout, stderr }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            drop(child.kill());
            drop(child.wait());
        }
    }
}
