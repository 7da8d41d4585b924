//! A fabric to try things out with: a work tree whose remote is a bare repository on disk.

use std::path::{Path, PathBuf};

use crate::change::FileChange;
use crate::error::{Error, Result};
use crate::git::{self, Repo};
use crate::id::{BranchName, RepoPath};

/// A demo on disk. It needs no account and no network.
#[derive(Debug, Clone)]
pub struct Demo {
    /// The bare repository that stands for the remote.
    pub remote: PathBuf,
    /// The operator's clone.
    pub work_tree: PathBuf,
    /// The fabric's directory in it.
    pub fabric: PathBuf,
    /// Where a file to drop may be put beside them.
    pub sample: PathBuf,
}

impl Demo {
    /// Makes the demo below `directory`; one that is there already is left as it is.
    pub fn prepare(directory: &Path) -> Result<Self> {
        std::fs::create_dir_all(directory).map_err(Error::io(directory))?;
        let directory = directory.canonicalize().map_err(Error::io(directory))?;
        let demo = Self {
            remote: directory.join("remote.git"),
            work_tree: directory.join("fabrics"),
            fabric: directory.join("fabrics/lab"),
            sample: directory.join("lab-wiring.yaml"),
        };
        if demo.work_tree.exists() {
            return Ok(demo);
        }
        let branch = BranchName::parse("main")?;
        Repo::init_bare(&demo.remote, &branch)?;
        let repo = Repo::init(&demo.work_tree, &branch)?;
        let url = demo
            .remote
            .to_str()
            .ok_or_else(|| Error::UrlInvalid { url: demo.remote.display().to_string() })?;
        repo.set_remote("origin", &git::parse_remote_url(url)?.0)?;
        let readme = b"# Demo fabrics\n\nDrop YAML into lab/raw and watch.\n".to_vec();
        let changes = [FileChange::write(RepoPath::parse("README.md")?, None, readme)];
        let first = repo.commit(None, &changes, "Begin\n", &mut |_, _| {})?;
        repo.advance(&branch, None, &first, &repo.survey(&changes)?, &mut |_, _| {})?;
        Ok(demo)
    }
}
