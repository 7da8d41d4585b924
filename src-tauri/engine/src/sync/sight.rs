//! What differs on disk in a fabric's directory, known by as few looks as can be.
//!
//! A look at everything costs a call of the system for each file. While a watch hears of the directory, only what it
//! heard of since the last such look has to be looked at, and what was committed since.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::change::{BELIEVED, Heard};
use crate::error::Result;
use crate::git::{Differing, Repo};
use crate::id::{RepoPath, Revision};
use crate::sync::watch::Watch;

/// From how many paths on a look at everything costs less.
const MANY: usize = 8_000;

/// A watch over a directory, and what the last look found.
#[derive(Default)]
pub(crate) struct Sight {
    watch: Mutex<Option<Arc<Watch>>>,
    last: Mutex<Option<Looked>>,
    compared: Mutex<Option<Compared>>,
}

/// The last two commits that were compared, and what differs.
struct Compared {
    from: Revision,
    to: Revision,
    differing: Arc<[Differing]>,
}

#[derive(Clone)]
struct Looked {
    /// What was committed.
    head: Revision,
    /// What differed from it.
    edits: Vec<RepoPath>,
    /// The last change that was heard of before.
    heard: u64,
    /// When everything was looked at.
    at: Instant,
}

impl Sight {
    /// From now on this watch is asked.
    pub(crate) fn watch(&self, watch: Watch) {
        *lock(&self.watch) = Some(Arc::new(watch));
    }

    /// Whether a watch hears of all that is done.
    pub(crate) fn is_watched(&self) -> bool {
        lock(&self.watch).as_ref().is_some_and(|watch| !watch.is_blind())
    }

    /// What was done below `root`, which is the watched directory, since the change of that number. None where
    /// nothing can be known: then everything has to be looked at.
    pub(crate) fn hear(&self, root: &RepoPath, since: Option<u64>) -> Option<Heard> {
        // Cloned first: it waits.
        let watch = lock(&self.watch).clone()?;
        let changed = watch.changed(since)?;
        let paths = changed.paths.and_then(|paths| {
            let inside = paths.iter().map(|path| path.strip_prefix(watch.directory()));
            let inside = inside.filter(|path| !path.as_ref().is_ok_and(|path| is_gits_own(path)));
            inside.map(|path| below(root, path.ok()?)).collect()
        });
        Some(Heard { at: changed.at, paths })
    }

    /// Whether the next look will be at a few files only, most likely.
    pub(crate) fn is_quick(&self) -> bool {
        self.is_watched() && lock(&self.last).as_ref().is_some_and(|last| last.is_believed())
    }

    /// Plain files below `root` whose bytes on disk differ from the commit's, as of [`Repo::local_edits`].
    pub(crate) fn edits(
        &self,
        repo: &Repo,
        head: Option<&Revision>,
        root: &RepoPath,
    ) -> Result<Vec<RepoPath>> {
        let Some(head) = head else { return repo.local_edits(None, root) };
        let last = lock(&self.last).clone().filter(Looked::is_believed);
        // Before anything is looked at: what changes from now on is heard of after it.
        let heard = self.hear(root, last.as_ref().map(|last| last.heard));
        let at = Instant::now();
        if let (Some(last), Some(Heard { at: heard, paths: Some(paths) })) = (&last, &heard)
            && let Some(edits) = self.among(repo, last, head, root, paths)?
        {
            let (head, edits_now) = (head.clone(), edits.clone());
            *lock(&self.last) = Some(Looked { head, edits: edits_now, heard: *heard, at: last.at });
            return Ok(edits);
        }
        let edits = repo.local_edits(Some(head), root)?;
        *lock(&self.last) =
            heard.map(|heard| Looked { head: head.clone(), edits: edits.clone(), heard: heard.at, at });
        Ok(edits)
    }
}

impl Sight {
    /// The edits among what differed before, what was heard of since, and what was committed since. None where
    /// everything has to be looked at.
    fn among(
        &self,
        repo: &Repo,
        last: &Looked,
        head: &Revision,
        root: &RepoPath,
        heard: &[RepoPath],
    ) -> Result<Option<Vec<RepoPath>>> {
        let mut paths: BTreeSet<RepoPath> = heard.iter().chain(&last.edits).cloned().collect();
        if last.head != *head {
            let Some(committed) = self.between(repo, &last.head, head)? else { return Ok(None) };
            let committed = committed.iter().map(|differing| &differing.path);
            paths.extend(committed.filter(|path| path.below(root).is_some()).cloned());
        }
        if paths.len() > MANY { Ok(None) } else { repo.edits_among(head, root, &paths) }
    }

    /// What differs between two commits, where that is little. After a run several ask for the same.
    pub(crate) fn between(
        &self,
        repo: &Repo,
        from: &Revision,
        to: &Revision,
    ) -> Result<Option<Arc<[Differing]>>> {
        if let Some(known) = &*lock(&self.compared)
            && (&known.from, &known.to) == (from, to)
        {
            return Ok(Some(Arc::clone(&known.differing)));
        }
        let Some(differing) = repo.paths_between(from, to, MANY)? else { return Ok(None) };
        let differing: Arc<[Differing]> = differing.into();
        let (from, to) = (from.clone(), to.clone());
        *lock(&self.compared) = Some(Compared { from, to, differing: Arc::clone(&differing) });
        Ok(Some(differing))
    }
}

impl Looked {
    fn is_believed(&self) -> bool {
        self.at.elapsed() < BELIEVED
    }
}

/// What Git has for itself, where the directory is all of the work tree; but for its rules of what is ignored.
fn is_gits_own(path: &Path) -> bool {
    path.starts_with(".git") && path != Path::new(".git/info/exclude") && path != Path::new(".git")
}

fn below(root: &RepoPath, path: &Path) -> Option<RepoPath> {
    let mut joined = root.clone();
    for part in path.components() {
        joined = joined.join(part.as_os_str().to_str()?);
    }
    RepoPath::parse(joined.as_str()).ok()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;
    use std::process::Command;

    use proptest::prelude::*;
    use tokio::runtime::Handle;

    use super::*;
    use crate::fgd::{Layout, ManagedIndex};
    use crate::finding::Finding;
    use crate::id::BranchName;

    /// What somebody does in the directory.
    #[derive(Debug, Clone)]
    enum Deed {
        Write {
            file: usize,
            text: u8,
        },
        Touch {
            file: usize,
        },
        Remove {
            file: usize,
        },
        Rename {
            from: usize,
            to: usize,
        },
        MoveFolder {
            from: usize,
            to: usize,
        },
        RemoveFolder {
            folder: usize,
        },
        LinkFolder {
            folder: usize,
        },
        Ignore {
            what: usize,
        },
        /// With Git, all that there is.
        Commit,
        /// With Git, and no file is touched.
        MoveBranchBack,
    }

    const FOLDERS: [&str; 5] =
        ["managed/switches", "managed/servers", "managed/servers/deep", "unmanaged", "raw"];
    const FILES: [&str; 4] = ["a.yaml", "b.yaml", ".hidden.yaml", "notes.txt"];
    const IGNORED: [&str; 3] = ["", "b.yaml\n", "deep/\n"];

    fn file(number: usize) -> String {
        format!("{}/{}", FOLDERS[number % FOLDERS.len()], FILES[number / FOLDERS.len()])
    }

    fn deed() -> impl Strategy<Value = Deed> {
        let (files, folders) = (FOLDERS.len() * FILES.len(), FOLDERS.len());
        prop_oneof![
            6 => (0..files, 0_u8..4).prop_map(|(file, text)| Deed::Write { file, text }),
            1 => (0..files).prop_map(|file| Deed::Touch { file }),
            2 => (0..files).prop_map(|file| Deed::Remove { file }),
            2 => (0..files, 0..files).prop_map(|(from, to)| Deed::Rename { from, to }),
            1 => (0..folders, 0..folders).prop_map(|(from, to)| Deed::MoveFolder { from, to }),
            1 => (0..folders).prop_map(|folder| Deed::RemoveFolder { folder }),
            1 => (0..folders).prop_map(|folder| Deed::LinkFolder { folder }),
            1 => (0..IGNORED.len()).prop_map(|what| Deed::Ignore { what }),
            3 => Just(Deed::Commit),
            1 => Just(Deed::MoveBranchBack),
        ]
    }

    fn git(tree: &Path, words: &[&str]) -> bool {
        let mut git = Command::new("git");
        git.arg("-C").arg(tree).args([
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@t.example",
            "-c",
            "gc.auto=0",
        ]);
        git.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").args(words);
        git.output().expect("git runs").status.success()
    }

    /// Does it in a fabric's directory; what can't be done is left.
    fn perform(directory: &Path, deed: &Deed) {
        let folder = |number: usize| directory.join(FOLDERS[number]);
        let object = |text: u8| {
            let kind = if text == 3 { "kind: [" } else { "kind: Server" };
            format!(
                "apiVersion: wiring.githedgehog.com/v1beta1\n{kind}\nmetadata:\n  name: s{text}\nspec: {{}}\n"
            )
        };
        match deed {
            Deed::Write { file: number, text } => {
                let path = directory.join(file(*number));
                drop(fs::create_dir_all(path.parent().expect("a folder")));
                drop(fs::write(path, object(*text)));
            }
            Deed::Touch { file: number } => {
                drop(fs::File::options().append(true).open(directory.join(file(*number))));
            }
            Deed::Remove { file: number } => drop(fs::remove_file(directory.join(file(*number)))),
            Deed::Rename { from, to } => {
                drop(fs::rename(directory.join(file(*from)), directory.join(file(*to))))
            }
            Deed::MoveFolder { from, to } => drop(fs::rename(folder(*from), folder(*to))),
            Deed::RemoveFolder { folder: number } => drop(fs::remove_dir_all(folder(*number))),
            Deed::LinkFolder { folder: number } => {
                drop(std::os::unix::fs::symlink("../raw", folder(*number)));
            }
            Deed::Ignore { what } => {
                fs::write(directory.join(".gitignore"), IGNORED[*what]).expect("written")
            }
            Deed::Commit => {
                git(directory, &["add", "--all", ":/"]);
                git(directory, &["commit", "--quiet", "--message", "m"]);
            }
            Deed::MoveBranchBack => drop(git(directory, &["reset", "--soft", "HEAD~1"])),
        }
    }

    /// What stands in an index: findings, and each object with its bytes' hash.
    fn standing(index: &ManagedIndex, layout: &Layout) -> (Vec<Finding>, Vec<String>) {
        let objects = index.objects(layout).map(|(path, object)| format!("{path} {}", object.file));
        let mut objects: Vec<String> = objects.collect();
        objects.sort();
        (index.findings(), objects)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn what_was_heard_of_is_all_that_a_look_at_everything_finds(
            deeds in proptest::collection::vec(deed(), 1..30), is_at_top in any::<bool>()
        ) {
            let home = tempfile::tempdir().expect("a folder");
            let tree = home.path().join("clone");
            let root = RepoPath::parse(if is_at_top { "" } else { "lab" }).expect("a path");
            let directory = root.under(&tree);
            let branch = BranchName::parse("main").expect("a name");
            drop(Repo::init(&tree, &branch).expect("a clone"));
            for folder in FOLDERS {
                fs::create_dir_all(directory.join(folder)).expect("a folder");
                fs::write(directory.join(folder).join(".gitkeep"), "").expect("a file");
            }
            perform(&directory, &Deed::Commit);
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            let (sight, here): (_, &Handle) = (Sight::default(), runtime.handle());
            sight.watch(Watch::new(&directory, here, || {}).expect("a watch"));
            let (layout, mut index) = (Layout::new(root.clone()), ManagedIndex::default());
            for deed in &deeds {
                perform(&directory, deed);
                let repo = Repo::open(&tree).expect("opened");
                let head = repo.tip(&branch).expect("a tip");
                let quick = sight.edits(&repo, head.as_ref(), &root).expect("looked");
                let whole = repo.local_edits(head.as_ref(), &root).expect("looked");
                prop_assert_eq!(quick, whole, "after {:?}", deed);
                let hear = |since| sight.hear(&root, since);
                let refreshed = index.refresh(repo.work_tree(), &layout, &hear, &mut |_, _| Ok(()));
                let mut fresh = ManagedIndex::default();
                let anew = fresh.refresh(repo.work_tree(), &layout, &|_| None, &mut |_, _| Ok(()));
                prop_assert_eq!(refreshed.is_ok(), anew.is_ok());
                if anew.is_ok() {
                    prop_assert_eq!(standing(&index, &layout), standing(&fresh, &layout), "after {:?}", deed);
                }
            }
        }
    }

    #[test]
    fn most_looks_are_quick() {
        for top in ["", "lab"] {
            let home = tempfile::tempdir().expect("a folder");
            let tree = home.path().join("clone");
            let root = RepoPath::parse(top).expect("a path");
            let directory = root.under(&tree);
            let branch = BranchName::parse("main").expect("a name");
            drop(Repo::init(&tree, &branch).expect("a clone"));
            let at = |number: usize| Deed::Write { file: number, text: 1 };
            (0..FOLDERS.len()).for_each(|number| perform(&directory, &at(number)));
            perform(&directory, &Deed::Commit);
            let runtime = tokio::runtime::Runtime::new().expect("a runtime");
            let sight = Sight::default();
            assert!(!sight.is_quick());
            sight.watch(Watch::new(&directory, runtime.handle(), || {}).expect("a watch"));
            let repo = Repo::open(&tree).expect("opened");
            let looked_at = |sight: &Sight| lock(&sight.last).as_ref().expect("a look").at;
            let head = repo.tip(&branch).expect("a tip");
            assert_eq!(sight.edits(&repo, head.as_ref(), &root).expect("looked"), []);
            let first = looked_at(&sight);
            perform(&directory, &Deed::Write { file: 0, text: 2 });
            let edits = sight.edits(&repo, head.as_ref(), &root).expect("looked");
            assert_eq!(edits, [root.join(&file(0))]);
            perform(&directory, &Deed::Commit);
            let head = repo.tip(&branch).expect("a tip");
            assert_eq!(sight.edits(&repo, head.as_ref(), &root).expect("looked"), []);
            assert_eq!(looked_at(&sight), first, "only the first look was at everything");
            fs::rename(directory.join(FOLDERS[0]), directory.join("managed/others")).expect("renamed");
            sight.edits(&repo, head.as_ref(), &root).expect("looked");
            assert_ne!(looked_at(&sight), first, "a folder that is moved takes its files with it");
        }
    }
}
