//! Pull requests: the way round a rule that refuses a direct push, followed until they are merged or closed.
//! And the question whether a branch moved, in the way that costs the host least.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::fgd::{self, Layout};
use crate::git::{Access, Repo, Watch};
use crate::github::view::{BranchRulesView, BudgetView, PullRequestState, PullRequestView};
use crate::github::{
    Changes, DirectPush, ETag, Found, GitHub, NewPullRequest, OpenOutcome, Repository, pull_request_body,
};
use crate::id::{BranchName, FabricId, OperationId, Revision, Timestamp};
use crate::operation::{OperationKind, Outcome, Trigger};
use crate::store::{StoredFabric, StoredPoll, StoredProposal};
use crate::sync::{Errand, Proposal, Turn};
use crate::view::ProposeEnd;

use super::{Engine, Inner};

/// How long the rules of a branch are believed without being asked for again.
const RULES_LAST: Duration = Duration::from_secs(300);

/// How long a question aside waits for an answer.
const ASIDE: Duration = Duration::from_secs(15);

impl Engine {
    /// Pushes what the remote's branch lacks to a branch of our own, and opens a pull request for it, whose
    /// text lists the objects that change. From then on runs push there, until it is merged or closed. Asked
    /// twice, there is one pull request.
    ///
    /// # Errors
    /// `SettingInvalid` where the repository is on no GitHub with a known account; `GitHubRefused` where the
    /// account may not. What was pushed stays, and is used the next time.
    pub async fn propose(&self, id: FabricId, trigger: Trigger) -> Result<ProposeEnd> {
        let of = id.clone();
        self.blocking(move |engine| engine.prepare_proposal(&of)).await?;
        let operation = self.run_on(id.clone(), OperationKind::Propose, Errand::Whatever, trigger).await?;
        if !matches!(operation.outcome, Outcome::Done | Outcome::Unchanged) {
            return Ok(ProposeEnd { operation, pull_request: None });
        }
        let pull_request = self.blocking(move |engine| engine.open_proposal(&id)).await?;
        Ok(ProposeEnd { operation, pull_request })
    }

    /// What holds for pushes to a fabric's branch; none where the host does not tell.
    pub async fn branch_rules(&self, id: FabricId) -> Result<Option<BranchRulesView>> {
        self.blocking(move |engine| {
            let fabric = engine.store.fabric(&id)?;
            let Some((github, repository)) = engine.github_of_fabric(&fabric)? else { return Ok(None) };
            let rules = engine.runtime.block_on(github.branch_rules(&repository, &fabric.branch))?;
            Ok(Some(rules.view()))
        })
        .await
    }

    /// What the account of a fabric's GitHub may still ask, for all fabrics together; none where there is
    /// none.
    pub async fn github_budget(&self, id: FabricId) -> Result<Option<BudgetView>> {
        self.blocking(move |engine| {
            let fabric = engine.store.fabric(&id)?;
            let next = engine.live(&id).state().schedule.next();
            let github = engine.github_of_fabric(&fabric)?;
            Ok(github.map(|(github, _)| github.budget().lock().view(Timestamp::now(), next)))
        })
        .await
    }
}

impl Inner {
    fn github_of_fabric(&self, fabric: &StoredFabric) -> Result<Option<(GitHub, Repository)>> {
        match self.open_repo(fabric)?.remote(&fabric.branch)? {
            Some(remote) => self.github_for(&remote.url),
            None => Ok(None),
        }
    }

    fn prepare_proposal(&self, id: &FabricId) -> Result<()> {
        let fabric = self.store.fabric(id)?;
        if self.github_of_fabric(&fabric)?.is_none() {
            return Err(Error::SettingInvalid {
                detail: "the repository is on no GitHub that an account with a token is kept for".to_owned(),
            });
        }
        if self.store.proposal(id)?.is_some() {
            return Ok(());
        }
        self.store.set_proposal(&StoredProposal {
            fabric: id.clone(),
            head: branch_for(&fabric.name)?,
            base: fabric.branch,
            number: None,
            title: String::new(),
            url: String::new(),
        })
    }

    fn open_proposal(&self, id: &FabricId) -> Result<Option<PullRequestView>> {
        let fabric = self.store.fabric(id)?;
        let repo = self.open_repo(&fabric)?;
        let (Some((github, repository)), Some(mut proposal)) =
            (self.github_of_fabric(&fabric)?, self.store.proposal(id)?)
        else {
            return Ok(None);
        };
        if repo.tracking_of(&fabric.branch, &proposal.head)?.is_none() {
            // There was nothing to push.
            self.store.remove_proposal(&proposal.fabric)?;
            return Ok(None);
        }
        let (title, body) = text_of(&repo, &fabric)?;
        let wanted = NewPullRequest { head: proposal.head.clone(), base: proposal.base.clone(), title, body };
        let opened = match self.runtime.block_on(github.open_pull_request(&repository, &wanted))? {
            OpenOutcome::Opened(opened) | OpenOutcome::AlreadyOpen(opened) => opened,
            OpenOutcome::NotAllowed { reason } | OpenOutcome::NotTaken { reason } => {
                // Nobody would ever look at that branch.
                self.tidy_up(&fabric, &proposal, None);
                self.store.remove_proposal(&proposal.fabric)?;
                return Err(Error::GitHubRefused { what: "to open a pull request".to_owned(), reason });
            }
        };
        proposal.number = Some(opened.number);
        proposal.title.clone_from(&opened.title);
        proposal.url.clone_from(&opened.url);
        self.store.set_proposal(&proposal)?;
        let view = opened.view(None);
        let live = self.live(id);
        {
            let mut state = live.state();
            state.proposal = Some(view.clone());
            // What was refused goes another way now.
            state.error = None;
        }
        self.look(&fabric)?;
        Ok(Some(view))
    }

    /// Where a fabric's pushes go, and whether that is a pull request that is open.
    pub(super) fn proposal(&self, id: &FabricId) -> Result<Option<Proposal>> {
        let stored = self.store.proposal(id)?;
        let merged = self.live(id).state().merged.as_ref().and_then(|found| found.merged.clone());
        Ok(stored.map(|proposal| Proposal {
            head: proposal.head,
            is_open: proposal.number.is_some(),
            merged: merged.filter(|_| proposal.number.is_some()),
        }))
    }

    /// What is known of a fabric's pull request: what the host said last, else what was stored.
    pub(super) fn pull_request(
        &self,
        id: &FabricId,
        seen: Option<&PullRequestView>,
    ) -> Result<Option<PullRequestView>> {
        if let Some(seen) = seen {
            return Ok(Some(seen.clone()));
        }
        let Some(proposal) = self.store.proposal(id)? else { return Ok(None) };
        Ok(proposal.number.map(|number| PullRequestView {
            number,
            title: proposal.title,
            url: proposal.url,
            state: PullRequestState::Open,
            head: proposal.head.to_string(),
            revision: None,
            base: proposal.base.to_string(),
            mergeable: None,
            checks: None,
        }))
    }

    /// Looks how a fabric's pull request stands, and opens the one that an interrupted run had pushed for. Once
    /// it is closed, runs push to the branch itself again; once it is merged, when a run has seen that in Git
    /// ([`has_landed`](Self::has_landed)). A host that does not answer changes nothing.
    pub(super) fn follow_proposal(&self, fabric: &StoredFabric, turn: &Turn) {
        if let Err(error) = self.try_to_follow(fabric, turn) {
            tracing::debug!(fabric = %fabric.name, %error, "the pull request could not be looked at");
        }
    }

    fn try_to_follow(&self, fabric: &StoredFabric, turn: &Turn) -> Result<()> {
        let Some(proposal) = self.store.proposal(&fabric.id)? else { return Ok(()) };
        let Some(number) = proposal.number else {
            let was_pushed = self.open_repo(fabric)?.tracking_of(&fabric.branch, &proposal.head)?.is_some();
            return if was_pushed { self.open_proposal(&fabric.id).map(drop) } else { Ok(()) };
        };
        let Some((github, repository)) = self.github_of_fabric(fabric)? else { return Ok(()) };
        let found = self.unless_waited_for(turn, github.follow_pull_request(&repository, number))?;
        let live = self.live(&fabric.id);
        let mut state = live.state();
        match found {
            Some((open, checks)) if open.state == PullRequestState::Open => {
                state.proposal = Some(open.view(checks.as_ref()));
                state.merged = None;
                Ok(())
            }
            Some((merged, _)) if merged.state == PullRequestState::Merged => {
                state.proposal = Some(merged.view(None));
                state.merged = Some(merged);
                Ok(())
            }
            _ => {
                (state.proposal, state.merged) = (None, None);
                drop(state);
                self.store.remove_proposal(&proposal.fabric)
            }
        }
    }

    /// Waits for a host's answer, until somebody waits for the run who needs none.
    fn unless_waited_for<T>(&self, turn: &Turn, answer: impl Future<Output = Result<T>>) -> Result<T> {
        self.runtime.block_on(async {
            tokio::select! {
                answer = answer => answer,
                () = turn.until_waited_for() => Err(Error::Cancelled),
            }
        })
    }

    /// A run has seen in Git what the pull request became: runs push to the branch itself again, and the branch
    /// of our own is removed where nobody added to it.
    pub(super) fn has_landed(&self, fabric: &StoredFabric) -> Result<()> {
        let Some(proposal) = self.store.proposal(&fabric.id)? else { return Ok(()) };
        let merged = self.live(&fabric.id).state().merged.clone();
        self.tidy_up(fabric, &proposal, merged.and_then(|merged| merged.revision).as_ref());
        // Last, so that a crash repeats all of it: none of it is done twice.
        self.store.remove_proposal(&proposal.fabric)?;
        let live = self.live(&fabric.id);
        let mut state = live.state();
        (state.proposal, state.merged) = (None, None);
        Ok(())
    }

    fn tidy_up(&self, fabric: &StoredFabric, proposal: &StoredProposal, merged: Option<&Revision>) {
        let remove = || -> Result<bool> {
            let repo = self.open_repo(fabric)?;
            let Some(ours) = repo.tracking_of(&fabric.branch, &proposal.head)? else { return Ok(true) };
            if merged.is_some_and(|merged| *merged != ours) {
                return Ok(false);
            }
            let Some(remote) = repo.remote(&fabric.branch)? else { return Ok(false) };
            let access = self.access_to(&remote.url)?;
            repo.remove_there(&fabric.branch, &proposal.head, &ours, &access, &Watch::unwatched())
        };
        match remove() {
            Ok(true) => {}
            Ok(false) => tracing::info!(branch = %proposal.head, "the merged branch is left: it has moved"),
            Err(error) => tracing::debug!(%error, "the merged branch could not be removed"),
        }
    }

    /// Why a push to the fabric's branch would be refused, where the host tells. Asked seldom: rules change
    /// seldom, and the server has the last word.
    pub(super) fn refusal(&self, fabric: &StoredFabric) -> Option<String> {
        let live = self.live(&fabric.id);
        if let Some((at, known)) = &live.state().rules
            && at.elapsed() < RULES_LAST
        {
            return known.clone();
        }
        let ask = || -> Result<Option<String>> {
            let Some((github, repository)) = self.github_of_fabric(fabric)? else { return Ok(None) };
            let rules = self.runtime.block_on(github.branch_rules(&repository, &fabric.branch))?;
            Ok(match rules.direct_push() {
                DirectPush::Refused(sentence) => Some(sentence.trim_end_matches('.').to_owned()),
                DirectPush::Allowed | DirectPush::Unknown(_) => None,
            })
        };
        let found = ask().inspect_err(|error| tracing::debug!(%error, "the rules could not be read")).ok()?;
        live.state().rules = Some((Instant::now(), found.clone()));
        found
    }

    /// Forgets what was heard of a branch's rules: somebody asked for a push anew.
    pub(super) fn forget_rules(&self, id: &FabricId) {
        self.live(id).state().rules = None;
    }

    /// Whether a fabric's branch is where this clone saw it last, and how long the host wants to be left alone
    /// about that. GitHub is asked in the way that costs it nothing, others by Git. None where that says
    /// nothing.
    ///
    /// # Errors
    /// `GitHubLimited` where it wants to be left alone until some time.
    pub(super) fn is_where_it_was(
        &self,
        fabric: &StoredFabric,
        turn: &Turn,
    ) -> Result<Option<(bool, Option<Duration>)>> {
        let repo = self.open_repo(fabric)?;
        let Some(known) = repo.tracking(&fabric.branch)? else { return Ok(None) };
        let Some((github, repository)) = self.github_of_fabric(fabric)? else {
            // The run that follows waits as long as it takes.
            let access = Access { stall: ASIDE, ..self.access(&repo, fabric)? };
            let watch = Watch { makes_way: Arc::new(turn.is_waited_for()), ..Watch::unwatched() };
            let there = repo.remote_tip(&fabric.branch, &access, &watch)?;
            return Ok(Some((there.as_ref() == Some(&known), None)));
        };
        let stored = self.store.poll(&fabric.id)?;
        let etag = stored.as_ref().and_then(|stored| ETag::from_stored(&stored.etag));
        let polled =
            self.unless_waited_for(turn, github.poll_branch(&repository, &fabric.branch, etag.as_ref()))?;
        let is_same = match polled.found {
            Found::NotModified => Some(stored.is_some_and(|stored| stored.revision == known.as_str())),
            Found::At { revision, etag } => {
                if let Some(etag) = etag {
                    let poll = StoredPoll { etag: etag.to_stored(), revision: revision.as_str().to_owned() };
                    self.store.set_poll(&fabric.id, &poll)?;
                }
                Some(revision == known)
            }
            // Git says in full what that means.
            Found::Missing => None,
        };
        Ok(is_same.map(|is_same| (is_same, polled.interval)))
    }
}

/// A branch for a fabric's changes that nobody has.
fn branch_for(fabric: &str) -> Result<BranchName> {
    let slug: String = fabric
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .take(40)
        .collect();
    let random = OperationId::random();
    BranchName::parse(&format!("fgd/{}-{}", slug.trim_matches('-'), &random.as_str()[..8]))
}

/// A pull request's title and text: what our branch has that the remote's lacks.
fn text_of(repo: &Repo, fabric: &StoredFabric) -> Result<(String, String)> {
    let none = || Error::Internal { detail: "a proposal without a commit".to_owned() };
    let tip = repo.tip(&fabric.branch)?.ok_or_else(none)?;
    let base = repo.tracking(&fabric.branch)?;
    let managed = Layout::new(fabric.directory.clone()).managed();
    let mut changes = Changes::default();
    for change in repo.changes_between(base.as_ref(), &tip)? {
        if change.path.below(&managed).is_none() {
            continue;
        }
        let id = |bytes: &[u8]| {
            fgd::only_object(&change.path, bytes, None).ok().map(|read| read.object.id.clone())
        };
        let before = match &base {
            Some(base) => repo.read_file(base, &change.path)?,
            None => None,
        };
        match (before.as_deref().and_then(id), change.after.as_deref().and_then(id)) {
            (None, Some(created)) => changes.created.push(created),
            (Some(deleted), None) => changes.deleted.push(deleted),
            (Some(_), Some(updated)) => changes.updated.push(updated),
            (None, None) => {}
        }
    }
    let subjects = repo.log(&tip, 2)?;
    let ahead = repo.ahead_behind(&fabric.branch)?.map_or(0, |(ahead, _)| ahead);
    let title = match (ahead, subjects.first()) {
        (1, Some(only)) => only.subject.clone(),
        _ => {
            let total = changes.created.len() + changes.updated.len() + changes.deleted.len();
            format!("{}: {}", fabric.name, crate::sync::count(total, "object changes", "objects change"))
        }
    };
    Ok((title, pull_request_body(&fabric.name, &changes)))
}
