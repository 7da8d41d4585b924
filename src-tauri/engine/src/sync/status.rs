//! One status for a fabric, derived from facts.

use crate::error::{ErrorCode, ErrorReport};
use crate::github::view::{ChecksState, PullRequestState, PullRequestView};
use crate::operation::{Progress, Step, StepState};
use crate::view::{Status, StatusState};

/// What was measured of a fabric.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    /// Whether anything was measured yet.
    pub(crate) known: bool,
    /// Whether the directory has its structure.
    pub(crate) initialised: bool,
    /// Whether the repository has a remote.
    pub(crate) has_remote: bool,
    /// Commits here that the remote lacks; none where it is not known.
    pub(crate) ahead: Option<u32>,
    /// Commits there that are not here, as of the last contact.
    pub(crate) behind: Option<u32>,
    /// Files that wait in the inbox.
    pub(crate) waiting: usize,
    /// Of those, files with a document that was rejected.
    pub(crate) rejected: usize,
    /// Files changed by hand and not committed.
    pub(crate) edits: usize,
    /// Of those, files that can't be committed as they are.
    pub(crate) unsound: usize,
    /// What both sides changed and waits for a person.
    pub(crate) conflicts: usize,
    /// Why the last run could not be done.
    pub(crate) error: Option<ErrorReport>,
    /// Whether the user paused it.
    pub(crate) paused: bool,
    /// The pull request that pushes go to.
    pub(crate) proposal: Option<PullRequestView>,
}

/// The status that follows. What needs a person wins over what the app does by itself.
pub(crate) fn derive(facts: &Facts, running: Option<&Progress>) -> Status {
    use StatusState as S;
    let status = |state, sentence: &str, hint: Option<&str>| Status {
        state,
        sentence: sentence.to_owned(),
        hint: hint.map(str::to_owned),
    };
    if let Some(progress) = running {
        return status(S::Working, working(progress), None);
    }
    if let Some(error) = &facts.error {
        let state = match error.code {
            ErrorCode::AuthRequired
            | ErrorCode::AuthRefused
            | ErrorCode::SecretsLocked
            | ErrorCode::Keychain
            | ErrorCode::NoKeychain => S::NeedsSignIn,
            ErrorCode::PushRefused => S::RefusedByRule,
            ErrorCode::RemoteUnreachable | ErrorCode::RemoteStalled | ErrorCode::RemoteBusy => S::Offline,
            ErrorCode::BranchGone
            | ErrorCode::RemoteUntrusted
            | ErrorCode::HostKeyUnknown
            | ErrorCode::HostKeyChanged => S::NeedsAttention,
            ErrorCode::NotInitialised => S::NotInitialised,
            _ => S::Failed,
        };
        let offline_but_busy =
            state == S::Offline && (facts.conflicts > 0 || facts.rejected > 0 || facts.unsound > 0);
        if !offline_but_busy {
            return status(state, &error.message, Some(&error.hint));
        }
    }
    if !facts.known {
        return status(S::Unknown, "Not looked at yet.", None);
    }
    if !facts.initialised {
        return status(
            S::NotInitialised,
            "The directory is not set up yet.",
            Some("Add it again in the window, or run `fgd init` there."),
        );
    }
    if facts.conflicts > 0 {
        let conflicts = count(facts.conflicts, "conflict waits", "conflicts wait");
        return status(
            S::Conflicted,
            &format!("{conflicts} for you; all else goes on, and nothing is pushed until then."),
            Some("Settle them: take your version, the remote's, or pick field by field."),
        );
    }
    if facts.rejected > 0 {
        let files = count(facts.rejected, "file waits", "files wait");
        return status(
            S::NeedsAttention,
            &format!("{files} in the inbox with documents that could not be taken."),
            Some("Mend the documents below, or remove the files."),
        );
    }
    if facts.unsound > 0 {
        let files = count(facts.unsound, "file that was edited by hand", "files that were edited by hand");
        return status(
            S::NeedsAttention,
            &format!("{files} can't be committed as they are."),
            Some("Mend them in your editor; the findings say what is wrong."),
        );
    }
    if facts.paused {
        return status(
            S::Paused,
            "Nothing is synced until you resume.",
            Some("Resume auto-sync, or press Sync."),
        );
    }
    if facts.waiting > 0 {
        let files = count(facts.waiting, "file waits", "files wait");
        return status(S::LocalChanges, &format!("{files} in the inbox."), Some("Sync takes them."));
    }
    if let (Some(ahead @ 1..), Some(pull_request)) = (facts.ahead, &facts.proposal) {
        let sentence = proposed(ahead, pull_request);
        return status(S::Ahead, &sentence, Some("It goes on by itself once it is merged."));
    }
    match (facts.ahead, facts.behind) {
        (Some(ahead @ 1..), Some(behind @ 1..)) => status(
            S::Diverged,
            &format!("{} to push and {} to pull.", commits(ahead), commits(behind)),
            Some("Sync brings both together."),
        ),
        (Some(ahead @ 1..), _) => status(S::Ahead, &format!("{} to push.", commits(ahead)), None),
        (_, Some(behind @ 1..)) => status(S::Behind, &format!("{} to pull.", commits(behind)), None),
        _ if facts.edits > 0 => {
            let files = count(facts.edits, "file was", "files were");
            let hint = "Sync commits them.";
            status(S::LocalChanges, &format!("{files} edited by hand and not committed."), Some(hint))
        }
        (Some(0), Some(0)) => status(S::InSync, "Here and on the remote is the same.", None),
        _ if !facts.has_remote => status(
            S::InSync,
            "All is committed; the repository has no remote.",
            Some("Add one with git to share it."),
        ),
        _ => status(S::Ahead, "The remote does not have this branch yet.", Some("Push makes it there.")),
    }
}

/// `2 commits wait for pull request #12 to be merged; its checks have passed.`
fn proposed(ahead: u32, pull_request: &PullRequestView) -> String {
    if pull_request.state == PullRequestState::Merged {
        return format!("Pull request #{} is merged; the branch does not show it yet.", pull_request.number);
    }
    let waits = count(ahead as usize, "commit waits", "commits wait");
    let checks = match pull_request.checks.as_ref().map(|checks| checks.state) {
        Some(ChecksState::Success) => "; its checks have passed",
        Some(ChecksState::Pending) => "; its checks are under way",
        Some(ChecksState::Failure) => "; a check of it has failed",
        Some(ChecksState::None | ChecksState::Unknown) | None => "",
    };
    format!("{waits} for pull request #{} to be merged{checks}.", pull_request.number)
}

fn working(progress: &Progress) -> &'static str {
    let running = progress.steps.iter().find(|step| step.state == StepState::Running);
    match running.map(|step| step.step) {
        _ if progress.cancelling => "Stopping…",
        None => "Starting…",
        Some(Step::Clone) => "Cloning the repository…",
        Some(Step::Fetch) => "Asking the remote for news…",
        Some(Step::Edits) => "Committing what was changed by hand…",
        Some(Step::Integrate) => "Bringing remote changes in…",
        Some(Step::Scan) => "Looking at the inbox…",
        Some(Step::Parse) => "Reading documents…",
        Some(Step::Validate) => "Checking objects…",
        Some(Step::Write) => "Writing objects…",
        Some(Step::Commit) => "Committing…",
        Some(Step::Push) => "Pushing…",
        Some(Step::Verify) => "Reading the remote back…",
    }
}

fn commits(count: u32) -> String {
    self::count(count as usize, "commit", "commits")
}

/// `1 file`, `2 files`.
pub(crate) fn count(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::id::RemoteUrl;

    fn facts() -> Facts {
        Facts {
            known: true,
            initialised: true,
            has_remote: true,
            ahead: Some(0),
            behind: Some(0),
            ..Facts::default()
        }
    }

    fn pull_request() -> PullRequestView {
        PullRequestView {
            number: 12,
            title: "lab".into(),
            url: "https://h/acme/fabrics/pull/12".into(),
            state: PullRequestState::Open,
            head: "fgd/lab-1".into(),
            revision: None,
            base: "main".into(),
            mergeable: None,
            checks: None,
        }
    }

    #[test]
    fn a_pull_request_is_waited_for() {
        let facts = Facts { ahead: Some(2), behind: Some(1), proposal: Some(pull_request()), ..facts() };
        let sentence = derive(&facts, None).sentence;
        assert_eq!(sentence, "2 commits wait for pull request #12 to be merged.");
    }

    #[test]
    fn every_state_follows_from_its_facts() {
        use StatusState as S;
        let remote = || RemoteUrl::from_clean("https://example.org/x.git".to_owned());
        let error = |error: Error| Some(error.report());
        let table = [
            (S::Unknown, Facts::default()),
            (S::NotInitialised, Facts { initialised: false, ..facts() }),
            (S::InSync, facts()),
            (S::InSync, Facts { has_remote: false, ahead: None, behind: None, ..facts() }),
            (S::LocalChanges, Facts { waiting: 1, ..facts() }),
            (S::LocalChanges, Facts { edits: 1, ..facts() }),
            (S::NeedsAttention, Facts { edits: 2, unsound: 1, ..facts() }),
            (S::Ahead, Facts { ahead: Some(2), ..facts() }),
            (S::Ahead, Facts { ahead: None, behind: None, ..facts() }),
            (S::Behind, Facts { behind: Some(2), ..facts() }),
            (S::Diverged, Facts { ahead: Some(1), behind: Some(2), ..facts() }),
            (S::Conflicted, Facts { conflicts: 1, ahead: Some(1), behind: Some(2), paused: true, ..facts() }),
            (S::NeedsAttention, Facts { waiting: 2, rejected: 1, ..facts() }),
            (S::NeedsSignIn, Facts { error: error(Error::AuthRefused { remote: remote() }), ..facts() }),
            (S::NeedsSignIn, Facts { error: error(Error::SecretsLocked), ..facts() }),
            (
                S::NeedsAttention,
                Facts {
                    error: error(Error::HostKeyUnknown {
                        remote: remote(),
                        host: "h".into(),
                        kind: "ssh-ed25519".into(),
                        fingerprint: "SHA256:x".into(),
                    }),
                    ..facts()
                },
            ),
            (
                S::RefusedByRule,
                Facts {
                    error: error(Error::PushRefused { remote: remote(), reason: "no".into() }),
                    ..facts()
                },
            ),
            (
                S::Offline,
                Facts { error: error(Error::RemoteStalled { remote: remote(), seconds: 60 }), ..facts() },
            ),
            (
                S::NeedsAttention,
                Facts {
                    rejected: 1,
                    error: error(Error::RemoteStalled { remote: remote(), seconds: 60 }),
                    ..facts()
                },
            ),
            (S::Ahead, Facts { ahead: Some(2), proposal: Some(pull_request()), ..facts() }),
            (S::InSync, Facts { proposal: Some(pull_request()), ..facts() }),
            (S::Failed, Facts { error: error(Error::DetachedHead), ..facts() }),
            (S::Paused, Facts { paused: true, ahead: Some(1), ..facts() }),
        ];
        for (state, facts) in table {
            let status = derive(&facts, None);
            assert_eq!(status.state, state, "{facts:?}");
            assert!(status.sentence.ends_with('.'), "{status:?}");
        }
    }
}
