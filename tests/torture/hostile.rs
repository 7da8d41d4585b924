//! Hostile repositories, made by hand out of Git's own objects, opened and synced by the real `fgd`: they are
//! taken harmlessly, or refused in words; nothing is run, and nothing outside of the work tree is read or written.

mod bounds;
mod configuration;
mod links;
mod names;
mod remotes;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::git_server::GitServer;
use crate::support::lab::{Answer, Lab};
use crate::support::repositories::{BRANCH, FABRIC};

const FILE: &str = "100644";
const TREE: &str = "40000";
const LINK: &str = "120000";
const SUBMODULE: &str = "160000";
/// What must never leave the file that it is in.
const SECRET: &str = "a-secret-of-the-operators";

/// A fabric in step with its remote, and whoever writes there by hand.
struct Story {
    lab: Lab,
    /// Serves the remote, where that is not on the same disk.
    _server: Option<GitServer>,
}

/// An entry of a tree: its mode, its name as bytes, and what it names.
type Entry = (&'static str, Vec<u8>, String);

impl Story {
    fn new() -> Self {
        Self { lab: Lab::ready(), _server: None }
    }

    /// The same with a remote that is reached by HTTP: the server makes its own packs.
    fn served() -> Self {
        let lab = Lab::ready();
        lab.remote.git(&["config", "http.receivepack", "true"]);
        let server = GitServer::start(lab.machine.path(), None);
        lab.clone.git(&["remote", "set-url", "origin", &server.url("fabric.git")]);
        Self { lab, _server: Some(server) }
    }

    fn at_host(&self, words: &[&str]) -> String {
        let who = ["-c", "user.name=Mallory", "-c", "user.email=mallory@lab.example"];
        self.lab.remote.git(&who.iter().chain(words).copied().collect::<Vec<_>>())
    }

    /// Puts an object into the remote's store, whatever Git thinks of it.
    fn object(&self, kind: &str, bytes: &[u8]) -> String {
        let file = self.lab.machine.path().join("object");
        std::fs::write(&file, bytes).expect("written");
        let path = file.display().to_string();
        let name = self.at_host(&["hash-object", "-t", kind, "-w", "--literally", &path]);
        std::fs::remove_file(&file).expect("removed");
        name
    }

    fn blob(&self, text: &str) -> String {
        self.object("blob", text.as_bytes())
    }

    fn tree(&self, mut entries: Vec<Entry>) -> String {
        // Git's order: a directory counts as if it ended in a slash.
        entries.sort_by_key(|(mode, name, _)| {
            [name.as_slice(), if *mode == TREE { &b"/"[..] } else { &b""[..] }].concat()
        });
        let mut bytes = Vec::new();
        for (mode, name, id) in entries {
            bytes.extend_from_slice(format!("{mode} ").as_bytes());
            bytes.extend_from_slice(&name);
            bytes.push(0);
            let digit = |at: usize| u8::from_str_radix(&id[at..at + 2], 16).expect("hexadecimal");
            bytes.extend((0..40).step_by(2).map(digit));
        }
        self.object("tree", &bytes)
    }

    fn entries(&self, tree: &str) -> Vec<Entry> {
        let listed = Command::new("git")
            .args(["-C", &self.lab.remote.location(), "ls-tree", "-z", tree])
            .output()
            .expect("git runs");
        assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
        let entry = |line: &[u8]| {
            let tab = line.iter().position(|byte| *byte == b'\t').expect("an entry");
            let head = String::from_utf8_lossy(&line[..tab]).into_owned();
            let words: Vec<&str> = head.split(' ').collect();
            let modes = [FILE, "100755", LINK, SUBMODULE];
            let mode = modes.into_iter().find(|mode| *mode == words[0]).unwrap_or(TREE);
            (mode, line[tab + 1..].to_vec(), words[2].to_owned())
        };
        listed.stdout.split(|byte| *byte == 0).filter(|line| !line.is_empty()).map(entry).collect()
    }

    /// The branch's tree with these entries in a directory, in place of what has their names there.
    fn grafted(&self, directory: &str, entries: Vec<Entry>) -> String {
        let parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
        self.graft(Some(format!("{BRANCH}^{{tree}}")), &parts, entries)
    }

    fn graft(&self, tree: Option<String>, parts: &[&str], new: Vec<Entry>) -> String {
        let mut here = tree.map(|tree| self.entries(&tree)).unwrap_or_default();
        let new = match parts {
            [] => new,
            [first, rest @ ..] => {
                let there = here.iter().find(|(_, name, _)| name == first.as_bytes());
                let below = there.filter(|(mode, ..)| *mode == TREE).map(|(.., id)| id.clone());
                vec![(TREE, first.as_bytes().to_vec(), self.graft(below, rest, new))]
            }
        };
        here.retain(|(_, name, _)| !new.iter().any(|(_, other, _)| other == name));
        here.extend(new);
        self.tree(here)
    }

    /// Makes that tree the branch's newest commit.
    fn commit(&self, tree: &str, message: &str) {
        let commit = self.at_host(&["commit-tree", tree, "-p", BRANCH, "-m", message]);
        self.at_host(&["update-ref", &format!("refs/heads/{BRANCH}"), &commit]);
    }

    fn push(&self, directory: &str, entries: Vec<Entry>) {
        self.commit(&self.grafted(directory, entries), "What a stranger pushed");
    }

    /// Everything beside the clone's work tree: what is there must be there afterwards, as it was.
    fn surroundings(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let machine = self.lab.machine.path();
        let ours = [machine.join("home"), machine.join("clone"), machine.join("fabric.git")];
        let mut all = files(machine, &|path| ours.iter().any(|own| path == own));
        all.extend(files(&self.lab.clone.path.join(".git/hooks"), &|_| false));
        all
    }

    /// A file outside of the clone, that holds what nobody may have.
    fn outside(&self) -> PathBuf {
        let folder = self.lab.machine.path().join("outside");
        std::fs::create_dir_all(&folder).expect("a folder");
        let object = format!(
            "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: outside\nspec:\n  description: {SECRET}\n"
        );
        std::fs::write(folder.join("secret.yaml"), object).expect("written");
        folder
    }

    /// The secret is in no object of Git's, and in nothing that was said.
    #[track_caller]
    fn assert_kept_secret(&self, said: &[&Answer]) {
        for answer in said {
            assert!(!answer.stdout.contains(SECRET) && !answer.stderr.contains(SECRET), "{answer:?}");
        }
        let all = Command::new("git")
            .arg("-C")
            .arg(&self.lab.clone.path)
            .args(["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false"])
            .args(["cat-file", "--batch", "--batch-all-objects"])
            .output()
            .expect("git runs");
        assert!(all.status.success(), "{}", String::from_utf8_lossy(&all.stderr));
        let has = all.stdout.windows(SECRET.len()).any(|window| window == SECRET.as_bytes());
        assert!(!has, "the secret is in Git's store");
    }

    /// A drop of one object, and the sync that takes it.
    fn drop_and_sync(&self, name: &str) -> Answer {
        self.lab.clone.drop_raw(&format!("{name}.yaml"), &server(name));
        self.lab.fgd("sync")
    }
}

fn server(name: &str) -> String {
    format!(
        "apiVersion: wiring.githedgehog.com/v1beta1\nkind: Server\nmetadata:\n  name: {name}\nspec:\n  description: spare\n"
    )
}

/// The files below a folder with their bytes, links as where they lead.
fn files(folder: &Path, leave_out: &dyn Fn(&Path) -> bool) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut pending = vec![folder.to_owned()];
    while let Some(folder) = pending.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let (path, kind) = (entry.path(), entry.file_type().expect("a type"));
            if leave_out(&path) {
                continue;
            }
            if kind.is_dir() {
                pending.push(path);
            } else if kind.is_symlink() {
                let to = std::fs::read_link(&path).expect("a link").into_os_string().into_encoded_bytes();
                found.insert(path, to);
            } else if kind.is_file() {
                let bytes = std::fs::read(&path).expect("a file");
                found.insert(path, bytes);
            }
        }
    }
    found
}

/// It was refused with a code, a sentence and a hint, and without a word of the code's insides.
#[track_caller]
fn assert_told(answer: &Answer, what: &str) {
    assert_eq!(answer.code, 3, "{what}: {answer:?}");
    let error = &answer.json["error"];
    let text = |name: &str| error[name].as_str().unwrap_or_else(|| panic!("{what}: {answer:?}"));
    assert!(text("message").ends_with('.') && text("hint").ends_with('.'), "{what}: {answer:?}");
    assert!(text("code") != "Internal", "{what}: {answer:?}");
    for word in ["panicked", "git2::", ".rs:", "RUST_BACKTRACE"] {
        assert!(!answer.stderr.contains(word), "{what}: {}", answer.stderr);
    }
}

/// How a command went, how long it took and how much memory it had at most.
struct Measured {
    answer: Answer,
    took: Duration,
    mebibytes: u64,
}

/// Runs a command over the fabric, and looks at its memory meanwhile.
fn measured(lab: &Lab, command: &str) -> Measured {
    let (out, err) = (lab.machine.path().join("out"), lab.machine.path().join("err"));
    let began = Instant::now();
    let mut child = lab
        .command()
        .args([command, &lab.directory(), "--json"])
        .stdin(Stdio::null())
        .stdout(std::fs::File::create(&out).expect("a file"))
        .stderr(std::fs::File::create(&err).expect("a file"))
        .spawn()
        .expect("fgd starts");
    let mut kibibytes = 0;
    let status = loop {
        let text = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
        let peak = peak.trim().trim_end_matches(" kB").parse().unwrap_or(0);
        kibibytes = kibibytes.max(peak);
        if let Some(status) = child.try_wait().expect("its state") {
            break status;
        }
        if began.elapsed() > Duration::from_secs(100) {
            drop(child.kill());
            drop(child.wait());
            panic!("{command} did not end; it had {} MiB", kibibytes >> 10);
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let took = began.elapsed();
    let read = |path: &Path| std::fs::read_to_string(path).expect("output in UTF-8");
    let (stdout, stderr) = (read(&out), read(&err));
    let code = status.code().unwrap_or_else(|| panic!("{command} was killed: {status}: {stderr}"));
    for path in [out, err] {
        std::fs::remove_file(path).expect("removed");
    }
    Measured {
        answer: Answer::of(crate::support::Ended { code, stdout, stderr }),
        took,
        mebibytes: kibibytes >> 10,
    }
}

fn is_long() -> bool {
    std::env::var_os("FGD_LONG").is_some()
}

/// Its directory in the fabric.
fn in_fabric(path: &str) -> String {
    format!("{FABRIC}/{path}")
}
