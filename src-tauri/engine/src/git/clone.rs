//! Bringing a whole repository over.

use std::fs::{self, File};
use std::path::Path;

use super::durable::{sync_dir, sync_file};
use super::network::{Access, Transferred, Watch, talk};
use super::remote::bring;
use super::repo::Repo;
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::{BranchName, RemoteUrl};

/// The remote's name in a new clone, as Git has it.
const ORIGIN: &str = "origin";
/// The folder in which a clone is made begins like this.
const STAGING: &str = ".fgd-clone-";
/// A file in it, locked while somebody is at work there.
const HELD: &str = "held";

/// Clones one branch of `url` into the folder `into`, which must not exist yet.
///
/// An empty repository gives a clone whose `branch` is unborn. Submodules are not followed, and
/// templates and hooks of this machine do not get into the clone; credentials do not get into its
/// configuration. It is made in a folder beside, and is renamed when it is whole: whatever goes
/// wrong, `into` is a whole clone or is not there.
///
/// # Errors
/// `BranchMissing` where the remote has other branches only; the errors of [`Repo::fetch`].
pub(crate) fn clone_into(
    url: &RemoteUrl,
    branch: &BranchName,
    into: &Path,
    access: &Access,
    watch: &Watch,
) -> Result<Repo> {
    if fs::symlink_metadata(into).is_ok() {
        return Err(Error::io(into)(std::io::ErrorKind::AlreadyExists.into()));
    }
    let parent = into.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(Error::io(parent))?;
    clear_killed_clones(parent)?;
    // Removed when it is dropped, unless it was renamed.
    let staging = tempfile::Builder::new().prefix(STAGING).tempdir_in(parent).map_err(Error::io(parent))?;
    let held = staging.path().join(HELD);
    let held = File::create(&held).and_then(|file| file.lock().map(|()| file)).map_err(Error::io(held))?;
    let work_tree = staging.path().join("clone");
    let repo = Repo::init(&work_tree, branch)?;
    repo.set_remote(ORIGIN, url)?;
    repo.follow(branch, ORIGIN)?;
    pass(Point::CloneBegun)?;

    let tracking = format!("refs/remotes/{ORIGIN}/{branch}");
    let (open, wanted) = (repo.opener()?, branch.clone());
    let known = talk(url, access, watch, move |session| {
        let advertised = bring(session, &open()?, &wanted, &tracking, None)?;
        Ok(if advertised.tip(&wanted).is_some() { Vec::new() } else { advertised.names() })
    })?;
    if !known.is_empty() {
        return Err(Error::BranchMissing { branch: branch.clone(), known });
    }
    pass(Point::CloneBrought)?;
    if let Some(tip) = repo.tracking(branch)? {
        let changes = repo.changes_between(None, &tip)?;
        let progress = watch.progress.clone();
        repo.advance(branch, None, &tip, &repo.survey(&changes)?, &mut |done, total| {
            progress(Transferred { done, total, bytes: 0 });
        })?;
    }
    // libgit2 syncs objects and refs, and not these.
    for name in ["config", "HEAD"] {
        sync_file(&repo.git_dir().join(name))?;
    }
    sync_dir(repo.git_dir())?;
    sync_dir(&work_tree)?;
    drop((repo, held));
    if (watch.is_cancelled)() {
        return Err(Error::Cancelled);
    }
    pass(Point::ClonePlaced)?;
    fs::rename(&work_tree, into).map_err(Error::io(into))?;
    pass(Point::CloneRenamed)?;
    sync_dir(parent)?;
    Repo::open(into)
}

/// Removes what clones that were killed left in `parent`: the folders of which nobody holds the lock.
pub(crate) fn clear_killed_clones(parent: &Path) -> Result<()> {
    let entries = fs::read_dir(parent).map_err(Error::io(parent))?.flatten();
    for entry in entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(STAGING)) {
        // One without the file is of this moment: whoever made it is about to lock it.
        let Ok(held) = File::open(entry.path().join(HELD)) else { continue };
        if held.try_lock().is_ok() {
            tracing::warn!(path = %entry.path().display(), "removed: a clone that was killed");
            fs::remove_dir_all(entry.path()).map_err(Error::io(entry.path()))?;
        }
    }
    Ok(())
}
