//! Adding a fabric: a clone where one is needed, the structure where it is missing, a place in the list.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::change::ContentHash;
use crate::error::{Error, Result};
use crate::git::{self, Repo};
use crate::id::{BranchName, FabricId, RemoteUrl, RepoPath};
use crate::operation::{OperationKind, Trigger};
use crate::sync::{self, FlowResult, Reporter, onboard_clone};
use crate::view::{AddFabric, FabricView, SignIn, Source};

use super::{Inner, discover};

/// A fabric to be added, checked.
struct Wanted {
    name: String,
    branch: BranchName,
    directory: RepoPath,
}

impl Inner {
    pub(super) fn add(&self, request: AddFabric) -> Result<FabricView> {
        let branch = BranchName::parse(request.branch.trim())?;
        let directory = RepoPath::parse(request.directory.trim())?;
        let given = request.name.trim();
        let name = if given.is_empty() { directory.file_name() } else { given };
        let wanted = Wanted { name: name.to_owned(), branch, directory };
        let clones = matches!(request.source, Source::Url { .. });
        let id = FabricId::random();
        let steps = sync::adding_steps(clones);
        let report = Arc::new(Reporter::new(
            self.emit.clone(),
            Box::new(|_| {}),
            id.clone(),
            OperationKind::Onboard,
            Trigger::Click,
            &steps,
            false,
        ));
        // Known under its identifier from the start, so that Cancel finds it.
        self.live(&id).state().running = Some(Arc::clone(&report));
        let added = match request.source {
            Source::Folder { path } => discover(Path::new(path.trim()))
                .and_then(|(repo, _)| self.add_at(id.clone(), &repo, false, &wanted, &report)),
            Source::Url { url, sign_in } => self.add_by_url(id.clone(), &url, sign_in, &wanted, &report),
        };
        if added.is_err() {
            super::lock(&self.live).remove(&id);
            report.fail("failed");
        }
        added
    }

    fn add_by_url(
        &self,
        id: FabricId,
        url: &str,
        sign_in: Option<SignIn>,
        wanted: &Wanted,
        report: &Arc<Reporter>,
    ) -> Result<FabricView> {
        let (url, in_url) = git::parse_remote_url(url.trim())?;
        let given = sign_in.or(in_url);
        let into = self.clone_path(&url, &wanted.branch);
        let (repo, fresh) = if into.exists() {
            git::clear_killed_clones(&self.home.join("clones"))?;
            (self.reopen(&into, &url)?, false)
        } else {
            let access = self.access_with(&url, given.as_ref())?;
            let clones = into.parent().unwrap_or(&self.home);
            std::fs::create_dir_all(clones).map_err(Error::io(clones))?;
            (onboard_clone(&url, &wanted.branch, &into, &access, report)?, true)
        };
        if let Some(given) = given {
            self.keep_sign_in(&url, given)?;
        }
        let added = self.add_at(id, &repo, true, wanted, report);
        // One that went wrong after it was listed is there, and shows what is wrong.
        if added.is_err() && fresh && !self.is_listed_at(repo.work_tree()) {
            drop(repo);
            // Ours, made a moment ago, and with nothing in it that the remote lacks.
            if let Err(error) = std::fs::remove_dir_all(&into) {
                tracing::warn!(path = %into.display(), %error, "a clone that is not needed could not be removed");
            }
        }
        added
    }

    /// Whether a fabric of the list is in this clone. Where that can't be known, one may be.
    fn is_listed_at(&self, work_tree: &Path) -> bool {
        let is_there = || {
            let fabrics = self.store.listed_fabrics()?;
            let paths: Result<Vec<_>> =
                fabrics.iter().map(|fabric| Ok(self.repository(fabric)?.path)).collect();
            Ok::<_, Error>(paths?.iter().any(|path| path == work_tree))
        };
        is_there().unwrap_or(true)
    }

    /// The clone that another fabric of the same repository and branch uses already.
    fn reopen(&self, path: &Path, url: &RemoteUrl) -> Result<Repo> {
        let repo = Repo::open(path)?;
        let same = match repo.head()? {
            git::Head::Branch { name, .. } => repo.remote(&name)?.is_some_and(|remote| remote.url == *url),
            git::Head::Detached(_) => return Err(Error::DetachedHead),
        };
        if same { Ok(repo) } else { Err(Error::FolderMissing { path: path.to_path_buf() }) }
    }

    /// Where a clone of that branch goes: a name that people recognise, and that no other one shares.
    fn clone_path(&self, url: &RemoteUrl, branch: &BranchName) -> PathBuf {
        let name: String = git::display_name(url)
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' })
            .take(60)
            .collect();
        let hash = ContentHash::of(format!("{url}\n{branch}").as_bytes()).to_string();
        self.home.join("clones").join(format!("{}-{}", name.trim_start_matches('.'), &hash[..8]))
    }

    fn add_at(
        &self,
        id: FabricId,
        repo: &Repo,
        cloned: bool,
        wanted: &Wanted,
        report: &Arc<Reporter>,
    ) -> Result<FabricView> {
        repo.require_branch(&wanted.branch)?;
        refuse_blocked(repo.work_tree(), &wanted.directory)?;
        let repository = self.store.repository_at(repo.work_tree(), cloned)?;
        let known = self.store.fabric_at(
            id.clone(),
            &repository.id,
            &wanted.branch,
            &wanted.directory,
            &wanted.name,
        )?;
        if known.listed {
            return Err(Error::FabricExists { name: known.name });
        }
        if known.id != id {
            // Known from the command line or from before: the run goes by its identifier.
            super::lock(&self.live).remove(&id);
            self.live(&known.id).state().running = Some(Arc::clone(report));
            report.adopt(known.id.clone());
        }
        let mut fabric = known;
        fabric.name.clone_from(&wanted.name);
        let mut result = FlowResult::default();
        let set_up = self.flow(&fabric, report, &mut result, None, |flow| {
            flow.run(OperationKind::Onboard, &sync::Errand::Whatever)
        });
        if let Err(error) = set_up {
            self.live(&fabric.id).state().running = None;
            return Err(error);
        }
        self.store.list_fabric(&fabric.id, &fabric.name)?;
        let fabric = self.store.fabric(&fabric.id)?;
        let pushed = self.flow(&fabric, report, &mut result, None, |flow| flow.publish());
        self.finish(&fabric, report, &result, pushed)?;
        self.view(&self.store.fabric(&fabric.id)?)
    }
}

/// A fabric's directory is made of plain directories, all the way: through a link, files would land
/// somewhere else.
fn refuse_blocked(work_tree: &Path, directory: &RepoPath) -> Result<()> {
    let mut path = work_tree.to_path_buf();
    for part in directory.as_str().split('/').filter(|part| !part.is_empty()) {
        path.push(part);
        match path.symlink_metadata() {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Err(Error::DirectoryBlocked { directory: directory.clone() }),
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}
