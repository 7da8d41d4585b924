//! A clone's handle, kept from one use to the next.
//!
//! To open a clone libgit2 reads every configuration there is, and with the first object the list of packs: most of what
//! a run costs that has nothing to do. One use has the handle at a time; who comes meanwhile opens one of its own.

use std::fs::{self, Metadata};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use scopeguard::ScopeGuard;

use super::repo::Repo;
use crate::error::Result;
use crate::view::AuthorSettings;

/// For how long a handle is kept. Configuration that comes into being beside what was there is heard of after it.
/// Windows deletes no file that somebody has open, and packs are open: there it is only for what follows at once.
const KEPT: Duration = Duration::from_secs(if cfg!(windows) { 1 } else { 60 });

/// Where the handle of a clone is while nobody uses it.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<Option<Kept>>);

struct Kept {
    repo: Repo,
    opened: Opened,
}

/// When a clone was opened, and what there was then.
struct Opened {
    at: Instant,
    work_tree: PathBuf,
    stamps: [Option<Stamp>; 3],
}

/// What tells a file or a directory from another one of that name.
#[derive(PartialEq, Eq)]
struct Stamp {
    identity: Option<(u64, u64)>,
    /// Of a file: of a directory they change with what is in it.
    written: Option<(u64, SystemTime)>,
}

/// A clone's handle in use. It goes back to its shelf when this is dropped.
pub(crate) struct Handle(ScopeGuard<Kept, Box<dyn FnOnce(Kept)>>);

impl Shelf {
    /// The clone at this work tree as [`Repo::open`] would open it, in which commits are by that author.
    pub(crate) fn open(self: &Arc<Self>, work_tree: &Path, author: AuthorSettings) -> Result<Handle> {
        // Taken first, so that the lock is given back before the disk is asked.
        let kept = self.lock().take().filter(|kept| kept.opened.is_still(work_tree));
        let kept = match kept {
            Some(kept) => kept,
            None => {
                let opened = Opened::now(work_tree);
                Kept { repo: Repo::open(work_tree)?, opened }
            }
        };
        let shelf = Arc::clone(self);
        let back = Box::new(move |kept: Kept| shelf.put(kept));
        Ok(Handle(scopeguard::guard(Kept { repo: kept.repo.by(author), ..kept }, back)))
    }

    fn put(&self, kept: Kept) {
        // Whatever broke off a run may have left more half done.
        if !std::thread::panicking() && kept.repo.is_as_on_disk() {
            kept.repo.has_read_index.set(false);
            *self.lock() = Some(kept);
        }
    }

    /// Closes the handle, if nobody uses it.
    pub(crate) fn clear(&self) {
        drop(self.lock().take());
    }

    fn lock(&self) -> MutexGuard<'_, Option<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Opened {
    fn now(work_tree: &Path) -> Self {
        Self { at: Instant::now(), work_tree: work_tree.to_owned(), stamps: stamps(work_tree) }
    }

    /// Whether whoever opened the clone now would find the same.
    fn is_still(&self, work_tree: &Path) -> bool {
        self.at.elapsed() < KEPT && self.work_tree == work_tree && self.stamps == stamps(work_tree)
    }
}

/// The work tree, its Git directory (or the file that names it), and the clone's configuration.
fn stamps(work_tree: &Path) -> [Option<Stamp>; 3] {
    let git = work_tree.join(".git");
    let config = git.join("config");
    [work_tree, &git, &config].map(|path| fs::metadata(path).ok().map(|metadata| Stamp::of(&metadata)))
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        let written = || Some((metadata.len(), metadata.modified().ok()?));
        Self { identity: identity(metadata), written: if metadata.is_dir() { None } else { written() } }
    }
}

/// What tells a file or a directory from another one of its name, where the system has such: its device, and its number
/// there.
#[cfg(unix)]
pub(crate) fn identity(metadata: &Metadata) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
pub(crate) fn identity(_metadata: &Metadata) -> Option<(u64, u64)> {
    None
}

impl Deref for Handle {
    type Target = Repo;

    fn deref(&self) -> &Repo {
        &self.0.repo
    }
}

impl Handle {
    /// Opens the clone anew, since what libgit2 read when it was opened is not so any more.
    pub(crate) fn reopened(self) -> Result<Self> {
        let Kept { repo, opened } = ScopeGuard::into_inner(self.0);
        let author = repo.author().clone();
        drop(repo);
        Arc::<Shelf>::default().open(&opened.work_tree, author)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{BranchName, RemoteUrl, RepoPath};

    struct Lab {
        _folder: tempfile::TempDir,
        clone: PathBuf,
        shelf: Arc<Shelf>,
    }

    impl Lab {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let clone = folder.path().join("clone");
            drop(Repo::init(&clone, &main()).expect("a clone"));
            let lab = Self { _folder: folder, clone, shelf: Arc::default() };
            fs::write(lab.clone.join("a.yaml"), "a: 1\n").expect("written");
            lab.git(&["add", "--all"]);
            lab.git(&["commit", "--quiet", "--message", "m"]);
            lab
        }

        fn open(&self) -> Handle {
            self.shelf.open(&self.clone, AuthorSettings::default()).expect("opened")
        }

        fn git(&self, words: &[&str]) {
            let mut git = std::process::Command::new("git");
            git.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
            git.arg("-C")
                .arg(&self.clone)
                .args(["-c", "user.name=t", "-c", "user.email=t@t.example"])
                .args(words);
            assert!(git.status().expect("git").success(), "{words:?}");
        }
    }

    fn main() -> BranchName {
        BranchName::parse("main").expect("a name")
    }

    fn opened_at(handle: &Handle) -> Instant {
        handle.0.opened.at
    }

    #[test]
    fn one_use_has_the_handle_and_the_next_has_it_too() {
        let lab = Lab::new();
        let (first, beside) = (lab.open(), lab.open());
        let at = opened_at(&first);
        assert_ne!(opened_at(&beside), at, "it was in use");
        drop(beside);
        drop(first);
        assert_eq!(opened_at(&lab.open()), at);
        lab.shelf.clear();
        assert_ne!(opened_at(&lab.open()), at, "it was closed");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_another_clone_is_opened_anew() {
        let lab = Lab::new();
        let changes: [&dyn Fn(); 3] = [
            &|| lab.git(&["remote", "add", "origin", "https://host.example/a.git"]),
            &|| {
                fs::rename(lab.clone.join(".git"), lab.clone.join("was")).expect("renamed");
                drop(Repo::init(&lab.clone, &main()).expect("a clone"));
            },
            &|| {
                fs::rename(&lab.clone, lab.clone.with_extension("was")).expect("renamed");
                drop(Repo::init(&lab.clone, &main()).expect("a clone"));
            },
        ];
        for change in changes {
            let at = opened_at(&lab.open());
            assert_eq!(opened_at(&lab.open()), at);
            change();
            assert_ne!(opened_at(&lab.open()), at);
        }
        fs::remove_dir_all(lab.clone.join(".git")).expect("removed");
        assert!(lab.shelf.open(&lab.clone, AuthorSettings::default()).is_err());
    }

    #[test]
    fn what_others_do_meanwhile_is_seen() {
        let lab = Lab::new();
        let root = RepoPath::root();
        let look = || {
            let repo = lab.open();
            let tip = repo.tip(&main()).expect("a tip");
            (tip.clone(), repo.local_edits(tip.as_ref(), &root).expect("a look"), opened_at(&repo))
        };
        let (before, edits, at) = look();
        assert_eq!(edits, []);
        fs::write(lab.clone.join("a.yaml"), "a: 2\n").expect("written");
        fs::write(lab.clone.join("b.yaml"), "b: 1\n").expect("written");
        assert_eq!(look().1.len(), 2);
        lab.git(&["add", "--all"]);
        lab.git(&["commit", "--quiet", "--message", "m"]);
        lab.git(&["gc", "--quiet", "--prune=now"]);
        let (after, edits, still) = look();
        assert_eq!((edits, still), (Vec::new(), at), "by the same handle");
        assert_ne!(before, after);
    }

    #[test]
    fn the_remote_is_the_one_that_is_configured_now() {
        let lab = Lab::new();
        let url = |lab: &Lab| lab.open().remote(&main()).expect("read").map(|remote| remote.url);
        assert_eq!(url(&lab), None);
        for text in ["https://host.example/a.git", "https://host.example/another.git"] {
            let wanted: RemoteUrl = super::super::parse_remote_url(text).expect("a URL").0;
            lab.open().set_remote("origin", &wanted).expect("set");
            assert_eq!(url(&lab), Some(wanted));
        }
        lab.git(&["remote", "remove", "origin"]);
        assert_eq!(url(&lab), None);
    }
}
