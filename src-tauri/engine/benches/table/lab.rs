//! Clones with a fabric in them, made by the product once and copied for each run.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use rayon::prelude::*;
use tempfile::TempDir;

use crate::input;
use crate::place::{Place, clear};
use crate::programs::{fgd_on, git, git_says, must, must_git, tree};

/// A place with a clone that holds an empty fabric, `lab`, to be copied.
pub(crate) struct Lab {
    home: TempDir,
    pub(crate) place: Place,
}

/// A clone and the data directory of who works on it.
pub(crate) struct Desk {
    pub(crate) clone: PathBuf,
    pub(crate) data: PathBuf,
}

impl Desk {
    /// The fabric's directory.
    pub(crate) fn fabric(&self) -> PathBuf {
        self.clone.join("lab")
    }
}

impl Lab {
    /// Makes the clone.
    pub(crate) fn new(place: &Place) -> Self {
        let lab = Self { home: place.fresh(), place: place.clone() };
        let desk = lab.desk("empty");
        std::fs::create_dir_all(&desk.clone).expect("a directory");
        must_git(&desk.clone, &["init", "-q", "-b", "main"]);
        prepare(&desk.clone);
        must(fgd_on(&desk.data, &["init"], &desk.fabric()));
        lab
    }

    /// The directory that everything is in.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    fn desk(&self, name: &str) -> Desk {
        let home = self.home().join(name);
        Desk { clone: home.join("clone"), data: home.join("data") }
    }

    /// A fresh copy of the empty fabric in the place of an earlier one of that name.
    pub(crate) fn fresh(&self, name: &str) -> Desk {
        self.copy("empty", name)
    }

    /// A copy of a clone, with an index for which no file has to be read again.
    pub(crate) fn copy(&self, from: &str, name: &str) -> Desk {
        let (from, to) = (self.desk(from), self.desk(name));
        let home = self.home().join(name);
        clear(&home);
        std::fs::create_dir_all(&home).expect("a directory");
        copy(&from.clone, &to.clone);
        must_git(&to.clone, &["status", "--porcelain"]);
        to
    }

    /// Ingests so many documents into a copy called `name`, and says what that made.
    pub(crate) fn ingested(&self, name: &str, documents: usize) -> (Desk, Made) {
        let desk = self.fresh(name);
        std::fs::write(desk.fabric().join("raw/drop.yaml"), input::stream(documents)).expect("dropped");
        must(fgd_on(&desk.data, &["ingest"], &desk.fabric()));
        let made = Made::since(&desk.clone, "HEAD~1");
        let objects = made.files.iter().filter(|(path, _)| path.starts_with("lab/managed/"));
        assert_eq!(objects.count(), documents, "objects that became of the documents");
        (desk, made)
    }
}

/// What every clone of a measurement is set to: a person, and no background work of Git's own, which would
/// go on while the next one works.
pub(crate) fn prepare(clone: &Path) {
    for (key, value) in [
        ("user.name", "Tess"),
        ("user.email", "tess@example.org"),
        ("gc.auto", "0"),
        ("maintenance.auto", "false"),
    ] {
        must_git(clone, &["config", key, value]);
    }
}

/// Copies a directory as it is, times and all.
pub(crate) fn copy(from: &Path, to: &Path) {
    let mut command = Command::new("cp");
    command.arg("-a").arg(from).arg(to);
    must(command);
}

/// What commits brought: the files by path with their bytes, and the tree.
pub(crate) struct Made {
    pub(crate) files: Vec<(String, Vec<u8>)>,
    pub(crate) gone: Vec<String>,
    pub(crate) tree: String,
    /// The newest commit's message.
    pub(crate) message: String,
}

impl Made {
    /// What differs in a clone's commit from an older one. The work tree is taken to be clean.
    pub(crate) fn since(clone: &Path, older: &str) -> Self {
        let listed = git(clone, &["diff", "--name-status", "--no-renames", "-z", older, "HEAD"]).output();
        let listed = String::from_utf8(listed.expect("git runs").stdout).expect("paths");
        let mut words = listed.split('\0');
        let (mut files, mut gone) = (Vec::new(), Vec::new());
        while let (Some(state), Some(path)) = (words.next(), words.next()) {
            match state {
                "D" => gone.push(path.to_owned()),
                _ => files.push((path.to_owned(), std::fs::read(clone.join(path)).expect("a file"))),
            }
        }
        let message = git_says(clone, &["log", "-1", "--format=%B"]);
        Self { files, gone, tree: tree(clone, "HEAD"), message }
    }

    /// Puts the files into another clone, without syncing anything.
    pub(crate) fn put(&self, clone: &Path) {
        put(clone, &self.files);
        for path in &self.gone {
            std::fs::remove_file(clone.join(path)).expect("it was there");
        }
    }

    /// The same as a stream for `git fast-import`, on top of what a clone's branch has.
    pub(crate) fn fast_import(&self) -> Vec<u8> {
        let mut stream = Vec::new();
        for (mark, (_, bytes)) in (1..).zip(&self.files) {
            stream.extend(format!("blob\nmark :{mark}\ndata {}\n", bytes.len()).into_bytes());
            stream.extend(bytes);
            stream.push(b'\n');
        }
        let who = "Tess <tess@example.org> 1700000000 +0000";
        stream.extend(format!("commit refs/heads/main\ncommitter {who}\n").into_bytes());
        stream.extend(format!("data {}\n{}\n", self.message.len(), self.message).into_bytes());
        stream.extend(b"from refs/heads/main^0\n");
        for path in &self.gone {
            stream.extend(format!("D {path}\n").into_bytes());
        }
        for (mark, (path, _)) in (1..).zip(&self.files) {
            stream.extend(format!("M 100644 :{mark} {path}\n").into_bytes());
        }
        stream.push(b'\n');
        stream
    }
}

/// Writes files below a directory: as quickly as it goes, with a thread for each directory in turn.
pub(crate) fn put(root: &Path, files: &[(String, Vec<u8>)]) {
    let mut places: BTreeMap<PathBuf, Vec<(PathBuf, &[u8])>> = BTreeMap::new();
    for (path, bytes) in files {
        let path = root.join(path);
        let parent = path.parent().expect("a directory").to_path_buf();
        places.entry(parent).or_default().push((path, bytes));
    }
    for parent in places.keys() {
        std::fs::create_dir_all(parent).expect("a directory");
    }
    places.par_iter().for_each(|(_, files)| {
        for (path, bytes) in files {
            std::fs::write(path, bytes).expect("written");
        }
    });
}

/// The files below a directory.
pub(crate) fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![directory.to_path_buf()];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(&directory).expect("a directory") {
            let entry = entry.expect("an entry");
            match entry.file_type().expect("its type").is_dir() {
                true => open.push(entry.path()),
                false => found.push(entry.path()),
            }
        }
    }
    found
}

/// What is new below a directory after `work`, by name: all bytes of it.
pub(crate) fn new_below(directory: &Path, work: impl FnOnce()) -> Vec<u8> {
    let before: HashSet<PathBuf> = files_below(directory).into_iter().collect();
    work();
    let new = files_below(directory).into_iter().filter(|file| !before.contains(file));
    new.flat_map(|file| std::fs::read(file).expect("a file")).collect()
}
