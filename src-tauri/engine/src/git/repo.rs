//! A clone on this machine.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use git2::{ErrorCode, Repository, RepositoryInitOptions, RepositoryOpenFlags};

use super::durable::sync_dir;
use super::plain_store::{named_in, require_no_pipe};
use super::refs::Remote;
use crate::error::{Error, Result};
use crate::id::{BranchName, RemoteUrl, RepoPath, Revision};
use crate::view::AuthorSettings;

/// Makes what libgit2 writes survive a power cut: loose objects, packs and refs are synced.
const DURABLE: &str = "[core]\n\tfsyncObjectFiles = true\n";

/// That, as a file below Git's directory.
pub(super) const OVERLAY: &str = "fgd/durable.gitconfig";

/// A clone with a work tree. Opening it changes nothing on disk, but that damaged objects are set aside.
pub(crate) struct Repo {
    git: Repository,
    work_tree: PathBuf,
    author: AuthorSettings,
    /// Whether the index was read by way of this, in this use.
    pub(super) has_read_index: Cell<bool>,
    /// Whether the index in memory is another than the one on disk.
    pub(super) has_changed_index: Cell<bool>,
    /// The remote of a branch, once it was asked for: to find it libgit2 looks through all configuration.
    pub(super) remotes: RefCell<HashMap<BranchName, Option<Remote>>>,
}

impl Repo {
    /// The clone whose work tree holds the folder `path`, and that folder relative to its root.
    ///
    /// # Errors
    /// `FolderMissing`, `NotAWorkTree` (in no clone, or inside its `.git`), `BareRepository`,
    /// `DirectoryOutside` where the folder's name is no valid repository path.
    pub(crate) fn discover(path: &Path) -> Result<(Self, RepoPath)> {
        let path = real_folder(path)?;
        require_no_pipe(&path)?;
        let found = Repository::discover(&path).map_err(|error| not_found_as_no_work_tree(error, &path))?;
        let repo = Self::of(found, &path)?;
        let Ok(inside) = path.strip_prefix(&repo.work_tree) else {
            return Err(Error::NotAWorkTree { path });
        };
        let mut parts = Vec::new();
        for component in inside.components() {
            let Component::Normal(part) = component else { continue };
            let part = part.to_str();
            parts.push(
                part.ok_or_else(|| Error::DirectoryOutside { directory: inside.display().to_string() })?,
            );
        }
        let directory = parts.join("/");
        // A folder inside `.git` is below the work tree's root, and is not part of it.
        let directory = RepoPath::parse(&directory).map_err(|error| match parts.contains(&".git") {
            true => Error::NotAWorkTree { path: path.clone() },
            false => error,
        })?;
        Ok((repo, directory))
    }

    /// The clone whose work tree is exactly this folder.
    pub(crate) fn open(work_tree: &Path) -> Result<Self> {
        let path = real_folder(work_tree)?;
        require_no_pipe(&path)?;
        let none = std::iter::empty::<&Path>();
        let found = Repository::open_ext(&path, RepositoryOpenFlags::NO_SEARCH, none)
            .map_err(|error| not_found_as_no_work_tree(error, &path))?;
        Self::of(found, &path)
    }

    fn of(git: Repository, path: &Path) -> Result<Self> {
        let Some(work_tree) = git.workdir() else {
            return Err(Error::BareRepository { path: path.to_owned() });
        };
        let work_tree = fs::canonicalize(work_tree).map_err(Error::io(work_tree))?;
        if !belongs_to(&work_tree, git.path()) {
            return Err(Error::NotAWorkTree { path: path.to_owned() });
        }
        super::damaged::set_aside_once(&git)?;
        Ok(Self {
            git,
            work_tree,
            author: AuthorSettings::default(),
            has_read_index: Cell::new(false),
            has_changed_index: Cell::new(false),
            remotes: RefCell::default(),
        })
    }

    /// The same clone, in which commits are by that author.
    pub(crate) fn by(self, author: AuthorSettings) -> Self {
        Self { author, ..self }
    }

    /// Whether nothing is in memory that was to be written and is not on disk.
    pub(super) fn is_as_on_disk(&self) -> bool {
        !self.has_changed_index.get()
    }

    /// Who commits, as far as the app's settings say.
    pub(super) fn author(&self) -> &AuthorSettings {
        &self.author
    }

    /// Makes a bare repository whose HEAD names `branch`: a remote for the demo and for tests.
    pub(crate) fn init_bare(path: &Path, branch: &BranchName) -> Result<()> {
        Repository::init_opts(path, plain_init(branch).bare(true))?;
        Ok(())
    }

    /// Makes an empty clone whose HEAD names `branch`, unborn.
    pub(crate) fn init(path: &Path, branch: &BranchName) -> Result<Self> {
        Repository::init_opts(path, &plain_init(branch))?;
        Self::open(path)
    }

    /// Points the remote `name` at `url`; makes it where it is missing.
    pub(crate) fn set_remote(&self, name: &str, url: &RemoteUrl) -> Result<()> {
        self.remotes.borrow_mut().clear();
        match self.git.find_remote(name) {
            Ok(_) => self.git.remote_set_url(name, url.as_str())?,
            Err(error) if error.code() == ErrorCode::NotFound => {
                self.git.remote(name, url.as_str())?;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// Makes the branch follow the branch of the same name on `remote`, as `git push -u` does.
    pub(super) fn follow(&self, branch: &BranchName, remote: &str) -> Result<()> {
        self.remotes.borrow_mut().clear();
        let mut config = self.git.config()?;
        config.set_str(&format!("branch.{branch}.remote"), remote)?;
        config.set_str(&format!("branch.{branch}.merge"), &branch_ref(branch))?;
        Ok(())
    }

    /// The root of the work tree, absolute, with symbolic links resolved.
    pub(crate) fn work_tree(&self) -> &Path {
        &self.work_tree
    }

    /// The app's own directory inside Git's (`fgd`), shared by all work trees of the clone.
    /// Git neither tracks nor touches it. It is made here.
    pub(crate) fn state_dir(&self) -> Result<PathBuf> {
        made(self.git.commondir().join("fgd"))
    }

    /// Where the intent record of this work tree is. Work trees of one clone each have their own.
    pub(super) fn intent_dir(&self) -> Result<PathBuf> {
        made(self.git.path().join("fgd"))
    }

    /// libgit2's handle, for reading.
    pub(super) fn git(&self) -> &Repository {
        &self.git
    }

    /// A handle of its own for what must survive a power cut.
    ///
    /// Its configuration has one more file, above all others: never write configuration through it.
    pub(super) fn durable(&self) -> Result<Repository> {
        durable_handle(self.git.path(), &self.durable_overlay()?)
    }

    /// The file that makes a handle durable.
    pub(super) fn durable_overlay(&self) -> Result<PathBuf> {
        self.state_dir()?;
        let overlay = self.git.commondir().join(OVERLAY);
        if fs::read_to_string(&overlay).ok().as_deref() != Some(DURABLE) {
            fs::write(&overlay, DURABLE).map_err(Error::io(&overlay))?;
        }
        Ok(overlay)
    }

    /// The directory of Git's store, for a handle in another thread: `.git`, or a linked work tree's.
    pub(super) fn git_dir(&self) -> &Path {
        self.git.path()
    }
}

/// Whether the work tree's own `.git` is this directory, or says that it is. A clone's configuration can name any
/// folder as its work tree (`core.worktree`): whoever wrote it does not choose where files are written.
fn belongs_to(work_tree: &Path, git_dir: &Path) -> bool {
    let dot_git = work_tree.join(".git");
    let named = match fs::metadata(&dot_git) {
        Ok(metadata) if metadata.is_dir() => dot_git,
        _ => match named_in(&dot_git, "gitdir:") {
            Some(named) => work_tree.join(named),
            None => return false,
        },
    };
    match (fs::canonicalize(named), fs::canonicalize(git_dir)) {
        (Ok(named), Ok(git_dir)) => named == git_dir,
        _ => false,
    }
}

/// Opens the repository for a talk with a remote: with the configuration of the user and the system, and
/// without the clone's own, which could send the talk elsewhere (`url.insteadOf`, `http.proxy`).
pub(super) fn network_handle(git_dir: &Path, overlay: &Path) -> Result<Repository> {
    let git = Repository::open(git_dir)?;
    let mut config = git2::Config::open_default()?;
    config.add_file(overlay, git2::ConfigLevel::App, true)?;
    git.set_config(&config)?;
    Ok(git)
}

/// Opens the repository with `overlay` above its configuration.
pub(super) fn durable_handle(git_dir: &Path, overlay: &Path) -> Result<Repository> {
    let git = Repository::open(git_dir)?;
    make_durable(&git, overlay)?;
    Ok(git)
}

/// Puts `overlay` above the configuration of a repository that is open.
pub(super) fn make_durable(git: &Repository, overlay: &Path) -> Result<()> {
    // The handle shares its configuration with `config`: the file counts for all that follows.
    let mut config = git.config()?;
    Ok(config.add_file(overlay, git2::ConfigLevel::App, true)?)
}

/// `refs/heads/<branch>`.
pub(super) fn branch_ref(branch: &BranchName) -> String {
    format!("refs/heads/{branch}")
}

/// libgit2's form of a revision.
pub(super) fn oid(revision: &Revision) -> Result<git2::Oid> {
    Ok(git2::Oid::from_str(revision.as_str())?)
}

fn real_folder(path: &Path) -> Result<PathBuf> {
    match fs::canonicalize(path) {
        Ok(real) if real.is_dir() => Ok(real),
        _ => Err(Error::FolderMissing { path: path.to_owned() }),
    }
}

fn not_found_as_no_work_tree(error: git2::Error, path: &Path) -> Error {
    match error.code() {
        ErrorCode::NotFound => Error::NotAWorkTree { path: path.to_owned() },
        ErrorCode::Owner => Error::NotYours { path: path.to_owned() },
        _ => error.into(),
    }
}

/// Only the directory itself: where Git's own is gone, nothing of it is made anew.
fn made(dir: PathBuf) -> Result<PathBuf> {
    match fs::create_dir(&dir) {
        // What is synced in it is lost with it.
        Ok(()) => dir.parent().map(sync_dir).transpose().map(drop)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(Error::io(dir)(error)),
    }
    Ok(dir)
}

/// A repository without templates: no hooks or settings of the machine get into it.
fn plain_init(branch: &BranchName) -> RepositoryInitOptions {
    let mut options = RepositoryInitOptions::new();
    options.external_template(false).initial_head(branch.as_str()).mkpath(true).no_reinit(true);
    options
}
