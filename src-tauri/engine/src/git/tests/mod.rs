//! The module against real repositories, a real server and the `git` program.

#[path = "../../../../../tests/support/git_server.rs"]
pub(crate) mod git_server;

mod advance;
mod commit;
mod housekeeping;
mod integrate;
mod killed;
mod recover;
mod remote;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::*;
use crate::change::{ContentHash, FileChange};
use crate::id::{BranchName, RemoteUrl, RepoPath, Revision};

/// A clone in a folder of its own, on `main`, with nothing committed.
struct Lab {
    dir: TempDir,
    repo: Repo,
}

impl Lab {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let repo = Repo::init(&dir.path().join("clone"), &main()).expect("a clone");
        Self { dir, repo }
    }

    /// A clone with these files committed and checked out.
    fn with(files: &[(&str, &str)]) -> Self {
        let lab = Self::new();
        lab.save(files);
        lab
    }

    fn root(&self) -> &Path {
        self.repo.work_tree()
    }

    fn tip(&self) -> Option<Revision> {
        self.repo.tip(&main()).expect("the tip")
    }

    fn put(&self, path: &str, text: &str) {
        let file = self.root().join(path);
        fs::create_dir_all(file.parent().expect("a parent")).expect("a folder");
        fs::write(file, text).expect("a file");
    }

    fn read(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.root().join(path)).ok()
    }

    /// The changes that bring these paths to these texts; an empty text deletes.
    fn changes(&self, files: &[(&str, &str)]) -> Vec<FileChange> {
        let change = |(path, text): &(&str, &str)| {
            let before = fs::read(self.root().join(path)).ok().map(|bytes| ContentHash::of(&bytes));
            let after = (!text.is_empty()).then(|| text.as_bytes().to_vec());
            FileChange { path: at(path), before, after, executable: None }
        };
        files.iter().map(change).collect()
    }

    /// Commits these texts on top of the tip, without moving anything.
    fn commit(&self, files: &[(&str, &str)]) -> (Revision, Vec<FileChange>) {
        let changes = self.changes(files);
        let made = self.repo.commit(self.tip().as_ref(), &changes, "change", &mut |_, _| {});
        (made.expect("a commit"), changes)
    }

    fn advance(&self, to: &Revision, changes: &[FileChange]) -> crate::error::Result<Vec<RepoPath>> {
        self.repo.advance(&main(), self.tip().as_ref(), to, &self.repo.survey(changes)?, &mut |_, _| {})
    }

    fn save(&self, files: &[(&str, &str)]) -> Revision {
        let (to, changes) = self.commit(files);
        assert_eq!(self.advance(&to, &changes).expect("advance"), []);
        to
    }

    fn git(&self, args: &[&str]) -> String {
        git(self.root(), args)
    }
}

fn main() -> BranchName {
    BranchName::parse("main").expect("a name")
}

fn at(path: &str) -> RepoPath {
    RepoPath::parse(path).expect("a path")
}

fn url(text: &str) -> RemoteUrl {
    parse_remote_url(text).expect("a URL").0
}

/// Runs the `git` program, away from the machine's own configuration.
fn git(dir: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(dir)
        .args([
            "-c",
            "user.name=Tester",
            "-c",
            "user.email=tester@example.com",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A bare repository and a clone of it in one folder.
fn with_origin(files: &[(&str, &str)]) -> (Lab, PathBuf) {
    let lab = Lab::with(files);
    let bare = lab.dir.path().join("fabric.git");
    Repo::init_bare(&bare, &main()).expect("a bare repository");
    lab.repo.set_remote("origin", &url(bare.to_str().expect("UTF-8"))).expect("a remote");
    lab.git(&["push", "-q", "origin", "main"]);
    (lab, bare)
}
