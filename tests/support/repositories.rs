//! The two sides of a story: the remote, and clones of it. Real Git, driven by `git` itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::run;

/// The branch that all stories are about.
pub(crate) const BRANCH: &str = "main";
/// The fabric's directory in the repository.
pub(crate) const FABRIC: &str = "fabrics/lab";

/// The bare repository that stands for the Git host.
pub(crate) struct Remote {
    path: PathBuf,
}

impl Remote {
    /// Makes an empty one, `fabric.git` in `folder`.
    pub(crate) fn empty(folder: &Path) -> Self {
        let path = folder.join("fabric.git");
        std::fs::create_dir_all(&path).expect("the remote's directory");
        git(&path, &["init", "--quiet", "--bare", "--initial-branch", BRANCH]);
        Self { path }
    }

    /// Makes one with a first commit on the branch.
    pub(crate) fn begun(folder: &Path) -> Self {
        let remote = Self::empty(folder);
        let scratch = tempfile::tempdir().expect("a directory for the first commit");
        let founder = Checkout::of(&remote.location(), &scratch.path().join("founder"));
        founder.write("README.md", "# Fabrics\n");
        founder.commit_and_push("Begin");
        remote
    }

    /// What `git clone` takes.
    pub(crate) fn location(&self) -> String {
        self.path.to_str().expect("a path in UTF-8").to_owned()
    }

    /// How many commits the branch has.
    pub(crate) fn commits(&self) -> usize {
        self.git(&["rev-list", "--count", BRANCH]).parse().expect("a count")
    }

    /// The commit that the branch is at.
    pub(crate) fn tip(&self) -> String {
        self.git(&["rev-parse", BRANCH])
    }

    /// The tree that the branch is at.
    pub(crate) fn tree(&self) -> String {
        self.git(&["rev-parse", &format!("{BRANCH}^{{tree}}")])
    }

    /// The parents of the branch's last commit: two, where it is a merge.
    pub(crate) fn parents(&self) -> Vec<String> {
        let parents = self.git(&["log", "-1", "--format=%P", BRANCH]);
        parents.split_whitespace().map(str::to_owned).collect()
    }

    /// The files below a directory of the fabric, with their paths from that directory on.
    pub(crate) fn files(&self, directory: &str) -> Vec<String> {
        let below = format!("{FABRIC}/{directory}/");
        let listed = self.git(&["ls-tree", "-r", "--name-only", BRANCH, "--", &below]);
        listed.lines().filter_map(|path| path.strip_prefix(&below)).map(str::to_owned).collect()
    }

    /// The YAML files below a directory of the fabric: objects in `managed/`, live documents in `raw/`.
    pub(crate) fn yaml(&self, directory: &str) -> Vec<String> {
        self.files(directory).into_iter().filter(|path| path.ends_with(".yaml")).collect()
    }

    /// How many objects there are: connections, servers, switches, switch groups, VPCs.
    pub(crate) fn objects(&self) -> [usize; 5] {
        ["connections", "servers", "switches", "switchgroups", "vpcs"]
            .map(|kind| self.yaml(&format!("managed/{kind}")).len())
    }

    /// The text of a file, its path from the fabric's directory on.
    pub(crate) fn text(&self, path: &str) -> String {
        let ended = run(git_command(&self.path).arg("show").arg(format!("{BRANCH}:{FABRIC}/{path}")));
        assert_eq!(ended.code, 0, "{path}: {}", ended.stderr);
        ended.stdout
    }

    /// Lets each push wait at the host for so long, as one does whose rules are checked there.
    #[cfg(unix)]
    pub(crate) fn check_pushes_for(&self, seconds: u32) {
        self.hook("pre-receive", &format!("cat >/dev/null\nsleep {seconds}"));
    }

    /// Lets the host run this script for each push: `pre-receive`, or `update` for each ref.
    #[cfg(unix)]
    pub(crate) fn hook(&self, name: &str, script: &str) {
        use std::os::unix::fs::PermissionsExt;
        let hook = self.path.join("hooks").join(name);
        std::fs::create_dir_all(self.path.join("hooks")).expect("the hooks' directory");
        std::fs::write(&hook, format!("#!/bin/sh\n{script}\n")).expect("a hook");
        std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).expect("a hook that runs");
    }

    /// Runs `git` at the host.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(&self.path, arguments)
    }
}

/// A clone of the remote: the operator's, or a teammate's.
pub(crate) struct Checkout {
    /// Where its work tree is.
    pub(crate) path: PathBuf,
}

impl Checkout {
    /// Clones a repository, by its path or its URL.
    pub(crate) fn of(location: &str, path: &Path) -> Self {
        let parent = path.parent().expect("a folder around the clone");
        let target = path.to_str().expect("a path in UTF-8");
        git(parent, &["clone", "--quiet", location, target]);
        let clone = Self::at(path);
        // Who commits is the repository's own business, not the machine's.
        clone.git(&["config", "user.name", "Lab Operator"]);
        clone.git(&["config", "user.email", "operator@lab.example"]);
        clone
    }

    /// A clone that is there already.
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The fabric's directory.
    pub(crate) fn fabric(&self) -> PathBuf {
        self.path.join(FABRIC)
    }

    /// Puts a file into the fabric's inbox.
    pub(crate) fn drop_raw(&self, name: &str, text: &str) {
        self.write(&format!("{FABRIC}/raw/{name}"), text);
    }

    /// The files of the inbox that wait to be taken.
    pub(crate) fn waiting(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.fabric().join("raw")).expect("the inbox");
        let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
        names.filter(|name| name.ends_with(".yaml")).collect()
    }

    /// The text of a file, its path from the fabric's directory on.
    pub(crate) fn text(&self, path: &str) -> String {
        let path = self.fabric().join(path);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Writes a file, its path from the work tree on.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder around the file")).expect("folders");
        std::fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    /// Adds a line at the end of a file, its path from the fabric's directory on.
    pub(crate) fn add_line(&self, path: &str, line: &str) {
        let text = self.text(path);
        self.write(&format!("{FABRIC}/{path}"), &format!("{}\n{line}\n", text.trim_end()));
    }

    /// Commits all that is there.
    pub(crate) fn commit(&self, subject: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", subject]);
    }

    /// Commits all that is there, and pushes it.
    pub(crate) fn commit_and_push(&self, subject: &str) {
        self.commit(subject);
        self.git(&["push", "--quiet", "origin", &format!("HEAD:{BRANCH}")]);
    }

    /// The commit that is checked out.
    pub(crate) fn tip(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// The tree that is checked out.
    pub(crate) fn tree(&self) -> String {
        self.git(&["rev-parse", "HEAD^{tree}"])
    }

    /// What `git status` says, a line a file; empty when nothing was changed by hand.
    pub(crate) fn status(&self) -> String {
        self.git(&["status", "--porcelain"])
    }

    /// What a run that did not clean up would leave: files of its own in the work tree, its note of what to
    /// finish, Git's locks.
    pub(crate) fn leftovers(&self) -> Vec<PathBuf> {
        let is_leftover = |path: &Path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(".fgd-") || name.ends_with(".lock") || path.ends_with(".git/fgd/intent.json")
        };
        let mut folders = vec![self.path.clone()];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder") {
                let entry = entry.expect("an entry");
                if is_leftover(&entry.path()) {
                    found.push(entry.path());
                } else if entry.file_type().expect("a type").is_dir() {
                    folders.push(entry.path());
                }
            }
        }
        found
    }

    /// Runs `git`; what it prints, without the last line end.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        git(&self.path, arguments)
    }
}

fn git(directory: &Path, arguments: &[&str]) -> String {
    let ended = run(git_command(directory).args(arguments));
    assert_eq!(ended.code, 0, "git {arguments:?} in {}: {}", directory.display(), ended.stderr);
    ended.stdout.trim_end().to_owned()
}

/// `git`, as it is on a machine that nobody has configured.
fn git_command(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command.arg("-C").arg(directory);
    without_configuration(&mut command);
    command
}

/// Keeps the machine's own Git settings, and a Git that may have started the tests, out of a process.
pub(crate) fn without_configuration(command: &mut Command) {
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        command.env_remove(variable);
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" })
        .env("GIT_TERMINAL_PROMPT", "0");
}

/// The program keeps what a desktop keeps for a person below `home`, and not in that person's own folders.
pub(crate) fn with_own_folders(command: &mut Command, home: &Path) {
    for (variable, folder) in [
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_STATE_HOME", "state"),
    ] {
        command.env(variable, home.join("desktop").join(folder));
    }
}
