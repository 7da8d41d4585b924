//! Asking a remote: what it has, and what is new.

use git2::{AutotagOption, Direction, ErrorCode, FetchOptions, Oid, RemoteConnection, Repository};

use super::auth::Identity;
use super::network::{Access, Session, Watch, talk};
use super::objects::{pack_names, sync_new_packs};
use super::refs::Remote;
use super::repo::{Repo, branch_ref, network_handle};
use super::rewritten;
use super::shallow::Shallow;
use super::url::local_path;
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::{BranchName, RemoteUrl, Revision};

/// The depth by which Git asks for all there is.
const WHOLE_HISTORY: i32 = i32::MAX;

/// What is at a URL, found by asking there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RemoteReport {
    /// Its branches, by name; none in an empty repository.
    pub(crate) branches: Vec<BranchName>,
    /// The branch that it proposes itself; `main` for an empty repository that proposes none.
    pub(crate) default: Option<BranchName>,
}

/// Asks a remote what it has. Nothing is written anywhere.
pub(crate) fn inspect(url: &RemoteUrl, access: &Access, watch: &Watch) -> Result<RemoteReport> {
    talk(url, access, watch, |session| {
        let mut remote = git2::Remote::create_detached(session.remote().as_str())?;
        let connection = session.connect(&mut remote, Direction::Fetch)?;
        Ok(Advertised::read(session, &connection)?.report())
    })
}

/// Asks a remote for leave to push, and pushes nothing. What it thinks of single branches only a push tells.
///
/// # Errors
/// `AuthRequired`, `AuthRefused`, `PushRefused`, `RemoteMissing` where it says no; those of any talk.
pub(crate) fn may_push(url: &RemoteUrl, access: &Access, watch: &Watch) -> Result<()> {
    talk(url, access, watch, |session| {
        let mut remote = git2::Remote::create_detached(session.remote().as_str())?;
        session.connect(&mut remote, Direction::Push).map(drop)
    })
}

/// What a remote says it has when a connection begins.
pub(super) struct Advertised {
    branches: Vec<(BranchName, Oid)>,
    /// HEAD: the branch that it stands for, where the remote says so, and its commit.
    head: Option<(Option<BranchName>, Oid)>,
}

impl Advertised {
    /// Reads what this remote says.
    pub(super) fn read(session: &Session, connection: &RemoteConnection<'_, '_, '_>) -> Result<Self> {
        let mut advertised = Self { branches: Vec::new(), head: None };
        let short = |name: &str| BranchName::parse(name.strip_prefix("refs/heads/")?).ok();
        for head in connection.list().map_err(|error| session.explain(error))? {
            if head.name() == "HEAD" {
                advertised.head = Some((head.symref_target().and_then(short), head.oid()));
            } else if let Some(branch) = short(head.name()) {
                advertised.branches.push((branch, head.oid()));
            }
        }
        advertised.branches.sort();
        Ok(advertised)
    }

    /// Where a branch is.
    pub(super) fn tip(&self, branch: &BranchName) -> Option<Oid> {
        self.branches.iter().find(|(name, _)| name == branch).map(|(_, tip)| *tip)
    }

    /// The names of the branches.
    pub(super) fn names(&self) -> Vec<BranchName> {
        self.branches.iter().map(|(name, _)| name.clone()).collect()
    }

    fn report(&self) -> RemoteReport {
        let named = |name: &str| BranchName::parse(name).ok();
        let default = match &self.head {
            Some((Some(branch), _)) => Some(branch.clone()),
            // An old server does not say which branch HEAD is: one at its commit, `main` before others.
            Some((None, at)) => {
                let mut same = self.branches.iter().filter(|(_, tip)| tip == at).map(|(name, _)| name);
                same.clone().find(|name| name.as_str() == "main").or_else(|| same.next()).cloned()
            }
            None if self.branches.is_empty() => named("main"),
            None => None,
        };
        let first = || self.branches.first().map(|(name, _)| name.clone());
        RemoteReport { branches: self.names(), default: default.or_else(first) }
    }
}

/// Brings one branch over, and nothing else: no tags, no other branches. What the remote has.
pub(super) fn bring(
    session: &Session,
    git: &Repository,
    branch: &BranchName,
    tracking: &str,
    depth: Option<i32>,
) -> Result<Advertised> {
    let mut remote = git.remote_anonymous(session.remote().as_str())?;
    let mut connection = session.connect(&mut remote, Direction::Fetch)?;
    let advertised = Advertised::read(session, &connection)?;
    pass(Point::FetchAsked)?;
    let known = git.refname_to_id(tracking).ok();
    let Some(tip) = advertised.tip(branch) else {
        if let Some(known) = known {
            rewritten::notice_gone(git, branch, known)?;
            pass(Point::FetchGone)?;
            forget(git, tracking)?;
            pass(Point::FetchForgotten)?;
        }
        return Ok(advertised);
    };
    rewritten::is_back(git, branch)?;
    if depth.is_none() && known == Some(tip) && git.find_commit(tip).is_ok() {
        return Ok(advertised);
    }
    let mut options = FetchOptions::new();
    options.remote_callbacks(session.callbacks()).proxy_options(session.proxy());
    options.download_tags(AutotagOption::None).update_fetchhead(false);
    if let Some(depth) = depth {
        options.depth(depth);
    }
    let refspec = format!("+{}:{tracking}", branch_ref(branch));
    let before = pack_names(git)?;
    let shallow = Shallow::of(git);
    if local_path(session.remote()).is_some() {
        shallow.keep_copy()?;
    }
    let remote = connection.remote();
    remote.download(&[refspec], Some(&mut options)).map_err(|error| session.explain(error))?;
    drop(connection);
    pass(Point::FetchDownloaded)?;
    shallow.restore(git)?;
    pass(Point::FetchShallow)?;
    if session.is_abandoned() {
        return Err(Error::Cancelled);
    }
    sync_new_packs(git, &before)?;
    pass(Point::FetchSynced)?;
    if let Some(known) = known
        && rewritten::notice(git, branch, known, tip)?
    {
        pass(Point::FetchRewritten)?;
    }
    // The tracking ref is a note of where the remote is, so it follows even a branch that was forced.
    git.reference(tracking, tip, true, "fgd: fetch")?;
    pass(Point::FetchNoted)?;
    Ok(advertised)
}

/// Removes the note of a branch that the remote has no more.
fn forget(git: &Repository, tracking: &str) -> Result<()> {
    match git.find_reference(tracking) {
        Ok(mut found) => Ok(found.delete()?),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}

impl Repo {
    /// Fetches this branch from its remote, and notes where it is there; `None` where the remote never had
    /// such a branch.
    ///
    /// # Errors
    /// `BranchGone` where the remote had it once, until it is there again or
    /// [`forget_gone`](Self::forget_gone) is called.
    pub(crate) fn fetch(
        &self,
        branch: &BranchName,
        access: &Access,
        watch: &Watch,
    ) -> Result<Option<Revision>> {
        self.fetch_of(branch, branch, access, watch)
    }

    /// The same for another branch of the remote of `branch`.
    pub(crate) fn fetch_of(
        &self,
        branch: &BranchName,
        there: &BranchName,
        access: &Access,
        watch: &Watch,
    ) -> Result<Option<Revision>> {
        let remote = self.required_remote(branch)?;
        let access = remote.access(access);
        let (branch, tracking) = (there.clone(), remote.tracking_ref(there));
        let open = self.opener()?;
        talk(&remote.url, &access, watch, move |session| {
            let git = open()?;
            let advertised = bring(session, &git, &branch, &tracking, None)?;
            let tip = advertised.tip(&branch).map(Revision::from_oid);
            match rewritten::was_at(&git, &branch)? {
                Some(was_at) if tip.is_none() => {
                    let moved_to = advertised.branches.iter().find(|(_, tip)| *tip == was_at);
                    let moved_to = moved_to.map(|(name, _)| name.clone());
                    Err(Error::BranchGone { branch, moved_to })
                }
                _ => Ok(tip),
            }
        })
    }

    /// Brings all of the history that a shallow clone lacks.
    pub(crate) fn deepen(&self, branch: &BranchName, access: &Access, watch: &Watch) -> Result<()> {
        let remote = self.required_remote(branch)?;
        let (name, tracking) = (branch.clone(), remote.tracking_ref(branch));
        let open = self.opener()?;
        talk(&remote.url, &remote.access(access), watch, move |session| {
            bring(session, &open()?, &name, &tracking, Some(WHOLE_HISTORY)).map(drop)
        })
    }

    /// Forgets that the remote had the branch and deleted it: it may be made there again.
    pub(crate) fn forget_gone(&self, branch: &BranchName) -> Result<()> {
        rewritten::is_back(self.git(), branch)
    }

    /// Asks the remote where this branch is now. Nothing is written.
    pub(crate) fn remote_tip(
        &self,
        branch: &BranchName,
        access: &Access,
        watch: &Watch,
    ) -> Result<Option<Revision>> {
        self.remote_tip_of(branch, branch, access, watch)
    }

    /// The same for another branch of the remote of `branch`.
    pub(crate) fn remote_tip_of(
        &self,
        branch: &BranchName,
        there: &BranchName,
        access: &Access,
        watch: &Watch,
    ) -> Result<Option<Revision>> {
        let remote = self.required_remote(branch)?;
        let branch = there.clone();
        talk(&remote.url, &remote.access(access), watch, move |session| {
            let mut remote = git2::Remote::create_detached(session.remote().as_str())?;
            let connection = session.connect(&mut remote, Direction::Fetch)?;
            Ok(Advertised::read(session, &connection)?.tip(&branch).map(Revision::from_oid))
        })
    }

    /// The remote of the branch, or `NoRemote`.
    pub(super) fn required_remote(&self, branch: &BranchName) -> Result<Remote> {
        self.remote(branch)?.ok_or(Error::NoRemote)
    }

    /// Opens the repository anew, on whatever thread: libgit2's handles stay where they were made.
    pub(super) fn opener(&self) -> Result<impl Fn() -> Result<Repository> + Send + 'static> {
        let (git_dir, overlay) = (self.git_dir().to_owned(), self.durable_overlay()?);
        Ok(move || network_handle(&git_dir, &overlay))
    }
}

impl Remote {
    /// The caller's access; where it has no sign-in, the one that the configured URL held.
    pub(super) fn access(&self, given: &Access) -> Access {
        let identity = match (&given.identity, &self.from_url) {
            (Identity::Usual, Some(sign_in)) => Identity::SignIn(sign_in.clone()),
            (identity, _) => identity.clone(),
        };
        Access { identity, ..given.clone() }
    }
}
