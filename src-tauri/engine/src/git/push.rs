//! Sending a branch, never forcing it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use git2::{Direction, ErrorCode, Oid, PushOptions, Repository};

use super::failure::{Said, said};
use super::incoming::Incoming;
use super::network::{Access, Session, Watch, stopped, talk};
use super::remote::Advertised;
use super::repo::{OVERLAY, Repo, branch_ref, make_durable, oid};
use super::url::local_path;
use crate::error::{Error, Result};
use crate::failpoint::{Point, pass};
use crate::id::{BranchName, Revision};

/// How often, and how long apart, a note that another Git holds locked is tried.
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(40);

/// What the remote said to a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PushReply {
    /// The branch is there now.
    Accepted,
    /// Somebody else was quicker: fetch and integrate first.
    Moved,
    /// The remote can't move the branch now, since somebody holds its lock there; this is what it says.
    Busy(String),
    /// The remote does not want it; this is what it says.
    Refused(String),
}

/// What is to be pushed.
struct Order {
    branch: BranchName,
    revision: Oid,
    expected: Option<Oid>,
}

impl Repo {
    /// Pushes `revision` to the branch, if the remote has it at `expected` (`None`: not at all), and notes
    /// where the remote is then. A remote that has `revision` already has accepted it.
    ///
    /// If this ends in an error, the remote may or may not have taken it: ask it with
    /// [`remote_tip`](Self::remote_tip).
    pub(crate) fn push(
        &self,
        branch: &BranchName,
        revision: &Revision,
        expected: Option<&Revision>,
        access: &Access,
        watch: &Watch,
    ) -> Result<PushReply> {
        self.push_to(branch, branch, revision, expected, access, watch)
    }

    /// The same, to another branch of the remote of `branch`.
    pub(crate) fn push_to(
        &self,
        branch: &BranchName,
        there: &BranchName,
        revision: &Revision,
        expected: Option<&Revision>,
        access: &Access,
        watch: &Watch,
    ) -> Result<PushReply> {
        let remote = self.required_remote(branch)?;
        let expected = expected.map(oid).transpose()?;
        let order = Order { branch: there.clone(), revision: oid(revision)?, expected };
        let tracking = remote.tracking_ref(there);
        let open = self.opener()?;
        talk(&remote.url, &remote.access(access), watch, move |session| {
            let git = open()?;
            let reply = order.send(session, &git)?;
            if session.is_abandoned() {
                // Others may have pushed since: the note would take their work back.
                return Err(Error::Cancelled);
            }
            if reply == PushReply::Accepted {
                pass(Point::PushAccepted)?;
                note_pushed(&git, &tracking, order.revision);
                pass(Point::PushNoted)?;
            }
            Ok(reply)
        })
    }
}

impl Repo {
    /// Removes another branch from the remote of `branch`, if it is still at `at`. Whether it is gone now.
    pub(crate) fn remove_there(
        &self,
        branch: &BranchName,
        there: &BranchName,
        at: &Revision,
        access: &Access,
        watch: &Watch,
    ) -> Result<bool> {
        let remote = self.required_remote(branch)?;
        let (there, at, tracking) = (there.clone(), oid(at)?, remote.tracking_ref(there));
        let open = self.opener()?;
        talk(&remote.url, &remote.access(access), watch, move |session| {
            let git = open()?;
            let mut anonymous = git.remote_anonymous(session.remote().as_str())?;
            let mut connection = session.connect(&mut anonymous, Direction::Push)?;
            match Advertised::read(session, &connection)?.tip(&there) {
                Some(tip) if tip != at => return Ok(false),
                Some(_) => {
                    let mut options = PushOptions::new();
                    options.remote_callbacks(session.callbacks()).proxy_options(session.proxy());
                    let spec = format!(":{}", branch_ref(&there));
                    connection
                        .remote()
                        .push(&[spec], Some(&mut options))
                        .map_err(|error| session.explain(error))?;
                }
                None => {}
            }
            if let Ok(mut known) = git.find_reference(&tracking) {
                known.delete()?;
            }
            Ok(true)
        })
    }
}

/// Notes where the remote is now. It has the work, whatever becomes of the note: the next fetch writes it too.
fn note_pushed(git: &Repository, tracking: &str, revision: Oid) {
    for attempt in 1..=TRIES {
        match git.reference(tracking, revision, true, "fgd: push") {
            Err(error) if error.code() == ErrorCode::Locked && attempt < TRIES => std::thread::sleep(PAUSE),
            Err(error) => tracing::warn!(%error, tracking, "the push could not be noted"),
            Ok(_) => return,
        }
    }
}

impl Order {
    fn send(&self, session: &Session, git: &Repository) -> Result<PushReply> {
        let mut remote = git.remote_anonymous(session.remote().as_str())?;
        let mut connection = session.connect(&mut remote, Direction::Push)?;
        let there = Advertised::read(session, &connection)?.tip(&self.branch);
        pass(Point::PushAsked)?;
        if there == Some(self.revision) {
            return Ok(PushReply::Accepted);
        }
        if there != self.expected || !self.is_fast_forward(git)? {
            return Ok(PushReply::Moved);
        }
        match local_path(session.remote()) {
            Some(path) => self.send_local(session, git, connection.remote(), &path),
            None => self.send_ref(session, connection.remote(), &branch_ref(&self.branch), self.expected),
        }
    }

    /// Whether the push leaves out nothing that the remote has.
    fn is_fast_forward(&self, git: &Repository) -> Result<bool> {
        match self.expected {
            // What is not here can't be in what is pushed.
            Some(expected) if !git.odb()?.exists(expected) => Ok(false),
            Some(expected) => Ok(git.graph_descendant_of(self.revision, expected)?),
            None => Ok(true),
        }
    }

    /// libgit2 moves the branch of a repository on this machine without looking where it is. So the
    /// objects go to a ref of their own, and the branch is moved from it under its lock.
    fn send_local(
        &self,
        session: &Session,
        git: &Repository,
        remote: &mut git2::Remote<'_>,
        path: &std::path::Path,
    ) -> Result<PushReply> {
        let target = Repository::open(path).map_err(|error| session.explain(error))?;
        // What we note as pushed must be there after a power cut.
        make_durable(&target, &git.commondir().join(OVERLAY))?;
        if !target.is_bare() {
            return Ok(PushReply::Refused(
                "it is a work tree; only a bare repository can be pushed to".to_owned(),
            ));
        }
        let incoming = Incoming::begin(git, path, &self.branch)?;
        let reply = self.send_ref(session, remote, incoming.name(), None)?;
        if reply != PushReply::Accepted {
            return Ok(reply);
        }
        pass(Point::PushIncoming)?;
        let branch = branch_ref(&self.branch);
        let moved = match self.expected {
            Some(expected) => target.reference_matching(&branch, self.revision, true, expected, "push"),
            None => target.reference(&branch, self.revision, false, "push"),
        };
        let reply = match moved.map_err(|error| (error.code(), error)) {
            Ok(_) => Ok(PushReply::Accepted),
            Err((ErrorCode::Modified | ErrorCode::Exists | ErrorCode::NotFound, _)) => Ok(PushReply::Moved),
            Err((ErrorCode::Locked, error)) => Ok(PushReply::Busy(error.message().to_owned())),
            Err((_, error)) => Err(error.into()),
        };
        pass(Point::PushMoved)?;
        incoming.done(&target)?;
        reply
    }

    /// Sends the objects, and asks for `name` to be moved from `old`.
    fn send_ref(
        &self,
        session: &Session,
        remote: &mut git2::Remote<'_>,
        name: &str,
        old: Option<Oid>,
    ) -> Result<PushReply> {
        // `None` until the remote has said something about the ref.
        let verdict: Arc<Mutex<Option<PushReply>>> = Arc::default();
        let set = |verdict: &Mutex<Option<PushReply>>, reply| {
            *verdict.lock().unwrap_or_else(PoisonError::into_inner) = Some(reply);
        };
        let mut callbacks = session.callbacks();
        let (heard, wanted) = (verdict.clone(), name.to_owned());
        callbacks.push_update_reference(move |refname, status| {
            if refname == wanted {
                set(&heard, status.map_or(PushReply::Accepted, refusal));
            }
            Ok(())
        });
        let (seen, begins_to_send) = (verdict.clone(), session.begins_to_send());
        let old = old.unwrap_or(Oid::ZERO_SHA1);
        callbacks.push_negotiation(move |updates| {
            // What is about to be asked of the server is the comparison that it will make.
            if updates.iter().any(|update| update.src() != old) {
                set(&seen, PushReply::Moved);
                return Err(stopped());
            }
            // The last moment at which a push can still be left undone.
            if begins_to_send() { Ok(()) } else { Err(stopped()) }
        });
        let mut options = PushOptions::new();
        options.remote_callbacks(callbacks).proxy_options(session.proxy());
        let pushed = remote.push(&[format!("{}:{name}", self.revision)], Some(&mut options));
        let verdict = verdict.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (verdict, pushed) {
            (Some(PushReply::Refused(status)), _) => {
                Ok(PushReply::Refused(reason(&status, &session.spoken())))
            }
            (Some(PushReply::Busy(status)), _) => {
                // What follows the first line is Git's advice to whoever types at the server.
                let spoken = session.spoken();
                Ok(PushReply::Busy(reason(&status, spoken.lines().next().unwrap_or_default())))
            }
            (Some(PushReply::Moved), _) => Ok(PushReply::Moved),
            (_, Err(error)) => failed(session, error),
            (Some(PushReply::Accepted), Ok(())) => Ok(PushReply::Accepted),
            (None, Ok(())) => Err(Error::PushUnconfirmed { remote: session.remote().clone() }),
        }
    }
}

fn failed(session: &Session, error: git2::Error) -> Result<PushReply> {
    match (error.code(), said(error.message())) {
        (ErrorCode::NotFastForward, _) => Ok(PushReply::Moved),
        (_, Said::NotStored) => {
            Ok(PushReply::Refused(reason("it could not store the commits", &session.spoken())))
        }
        (_, Said::Status(413)) => Ok(PushReply::Refused("the push is larger than it takes".to_owned())),
        (_, Said::Status(status @ (400 | 409 | 422))) => {
            Ok(PushReply::Refused(format!("it answered with status {status}")))
        }
        _ => Err(session.explain(error)),
    }
}

/// What a server's word about a ref means. The words are the protocol's: it has no codes.
fn refusal(status: &str) -> PushReply {
    let overtaken = [
        "non-fast-forward",
        "fetch first",
        "stale info",
        "but expected",
        "incorrect old value",
        "reference already exists",
        "needs force",
    ];
    // Said of a ref that was moved meanwhile too: only asking tells which it is.
    let busy = ["cannot lock ref", "failed to lock", "failed to update ref"];
    let lower = status.to_lowercase();
    let has = |needles: &[&str]| needles.iter().any(|words| lower.contains(words));
    if has(&overtaken) {
        PushReply::Moved
    } else if has(&busy) {
        PushReply::Busy(status.to_owned())
    } else {
        PushReply::Refused(status.to_owned())
    }
}

/// The server's word, with the lines that it said to people: those name the rule.
fn reason(status: &str, spoken: &str) -> String {
    let is_progress = |line: &&str| !line.is_empty() && !line.contains('%') && !line.ends_with("done.");
    let lines = spoken.split(['\n', '\r']).map(str::trim).filter(is_progress).take(5);
    let said: Vec<&str> = lines.map(|line| line.trim_start_matches("error: ")).collect();
    let text = if said.is_empty() { status.to_owned() } else { format!("{status} ({})", said.join(" ")) };
    text.chars().filter(|c| !c.is_control()).take(500).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_read() {
        let lost = "cannot lock ref 'refs/heads/main': is at 1 but expected 2";
        for moved in ["non-fast-forward", "fetch first", lost] {
            assert_eq!(refusal(moved), PushReply::Moved, "{moved}");
        }
        for busy in ["failed to update ref", "cannot lock ref 'refs/heads/main': File exists"] {
            assert_eq!(refusal(busy), PushReply::Busy(busy.to_owned()));
        }
        for refused in ["protected branch hook declined", "pre-receive hook declined", "deletion prohibited"]
        {
            assert_eq!(refusal(refused), PushReply::Refused(refused.to_owned()));
        }
    }

    #[test]
    fn a_reason_names_the_rule_and_not_the_progress() {
        let spoken =
            "Resolving deltas: 100% (1/1), done.\nerror: GH006: Protected branch update failed.\n\u{1b}[0m";
        let text = reason("protected branch hook declined", spoken);
        assert_eq!(text, "protected branch hook declined (GH006: Protected branch update failed. [0m)");
    }
}
