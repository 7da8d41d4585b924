//! A look at a source before it is added: what is there, and what is wrong with it.

use std::path::Path;
use std::time::Duration;

use crate::error::{Error, Result};
use crate::fgd::Layout;
use crate::git::{self, Access, Head, Repo, Watch};
use crate::github::RepositoryCheck;
use crate::id::{BranchName, RemoteUrl, RepoPath};
use crate::view::{SignIn, Source, SourceReport};

use super::hosting::entered_token;
use super::{Inner, propose_name};

/// A person waits for the answer.
pub(super) const STALL: Duration = Duration::from_secs(20);

impl Inner {
    pub(super) fn inspect(&self, source: Source) -> Result<SourceReport> {
        match source {
            Source::Folder { path } => inspect_folder(Path::new(path.trim())),
            Source::Url { url, sign_in } => self.inspect_url(&url, sign_in),
        }
    }

    fn inspect_url(&self, url: &str, sign_in: Option<SignIn>) -> Result<SourceReport> {
        let (url, in_url) = git::parse_remote_url(url.trim())?;
        let given = sign_in.or(in_url);
        let access = Access { stall: STALL, ..self.access_with(&url, given.as_ref())? };
        let found = git::inspect(&url, &access, &Watch::unwatched())?;
        let mut notes = Vec::new();
        if found.branches.is_empty() {
            notes.push("The repository is empty: its first commit makes the branch.".to_owned());
        }
        notes.extend(self.ask_github(&url, given.as_ref()));
        let branch = match found.default {
            Some(branch) => branch,
            None => BranchName::parse("main")?,
        };
        Ok(SourceReport {
            work_tree: None,
            name: git::display_name(&url),
            url: Some(url),
            branches: found.branches,
            branch,
            directory: RepoPath::root(),
            fabrics: Vec::new(),
            notes,
        })
    }

    /// What GitHub says beyond Git: whether the token may push. Git has answered already, so a GitHub that
    /// does not is only logged.
    fn ask_github(&self, url: &RemoteUrl, given: Option<&SignIn>) -> Vec<String> {
        let ask = || -> Result<Option<RepositoryCheck>> {
            let Some((github, repository)) = self.github_with(url, given.and_then(entered_token))? else {
                return Ok(None);
            };
            self.runtime.block_on(github.check(&repository)).map(Some)
        };
        match ask() {
            Ok(Some(RepositoryCheck::Found(facts))) => facts.notes(),
            Ok(_) => Vec::new(),
            Err(error) => {
                tracing::debug!(%error, "GitHub could not be asked");
                Vec::new()
            }
        }
    }
}

fn inspect_folder(path: &Path) -> Result<SourceReport> {
    if !path.is_dir() {
        return Err(Error::FolderMissing { path: path.to_path_buf() });
    }
    let (repo, chosen) = Repo::discover(path)?;
    let (branch, tip) = match repo.head()? {
        Head::Branch { name, tip } => (name, tip),
        Head::Detached(_) => return Err(Error::DetachedHead),
    };
    repo.require_branch(&branch)?;
    let remote = repo.remote(&branch)?;
    let fabrics: Vec<RepoPath> = match &tip {
        Some(tip) => repo
            .list(tip, &RepoPath::root())?
            .into_iter()
            .filter_map(|file| directory_of(&file.path))
            .collect(),
        None => Vec::new(),
    };
    let mut notes = Vec::new();
    if remote.is_none() {
        notes.push("The repository has no remote: commits stay on this machine until it has one.".to_owned());
    }
    if tip.is_none() {
        notes.push("The repository has no commit yet: the first one makes the branch.".to_owned());
    }
    // The folder that was chosen, unless it is inside a fabric, or the root of a repository with just one.
    let directory = match fabrics.as_slice() {
        [only] if chosen.is_root() => only.clone(),
        fabrics => fabrics.iter().find(|fabric| chosen.below(fabric).is_some()).cloned().unwrap_or(chosen),
    };
    Ok(SourceReport {
        work_tree: Some(repo.work_tree().display().to_string()),
        url: remote.map(|remote| remote.url),
        // Only the branch that is checked out can be worked on in somebody's own clone.
        branches: vec![branch.clone()],
        name: propose_name(&repo, &directory, &branch)?,
        branch,
        directory,
        fabrics,
        notes,
    })
}

/// The fabric directory that a file is the manifest of, if it is one.
fn directory_of(file: &RepoPath) -> Option<RepoPath> {
    let suffix = Layout::new(RepoPath::root()).fabric_file();
    let directory = file.as_str().strip_suffix(suffix.as_str())?;
    RepoPath::parse(directory).ok()
}
