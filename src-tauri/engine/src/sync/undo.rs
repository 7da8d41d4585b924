//! Undo: a new commit that restores what an earlier run changed. Nothing is taken out of history, and what
//! was done since stays.

use crate::change::{ContentHash, FileChange};
use crate::error::{Error, Result};
use crate::finding::Severity;
use crate::id::{OperationId, RepoPath, Revision};
use crate::manifest::{TextMerge, merge_texts};
use crate::operation::{Step, Unit};
use crate::sync::change::consequences;
use crate::sync::flow::Flow;
use crate::sync::ingest::read_if_there;
use crate::sync::message;
use crate::sync::status::count;

/// The run that is to be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undone {
    pub(crate) operation: OperationId,
    /// What it did, in a few words.
    pub(crate) subject: String,
    /// Where the branch was before it.
    pub(crate) from: Revision,
    /// Where it was after it.
    pub(crate) to: Revision,
}

/// How many reasons a refusal names.
const REASONS: usize = 5;

impl Flow<'_> {
    /// Restores what the run changed below the fabric's directory: objects and settings. What waited in the
    /// inbox then does not come back into it, since it would be taken again at once; its source is where it
    /// was archived.
    pub(super) fn undo(&mut self, undone: &Undone) -> Result<()> {
        self.take_edits()?;
        self.report.begin(Step::Validate, Some(Unit::Objects))?;
        self.look_at_what_stands(None)?;
        let Some(head) = self.repo.tip(self.branch)? else { return self.nothing("nothing is committed") };
        let (mut changes, mut trials, mut reasons) = (Vec::new(), Vec::new(), Vec::new());
        for back in self.repo.changes_between(Some(&undone.to), &undone.from)? {
            if !self.is_undoable(&back.path) {
                continue;
            }
            let now = self.repo.read_file(&head, &back.path)?;
            if now == back.after {
                continue;
            }
            if read_if_there(self.repo.work_tree(), &back.path)? != now {
                reasons.push(format!("{} is being edited by hand", back.path));
                continue;
            }
            let after = if now.as_deref().map(ContentHash::of) == back.before {
                back.after
            } else {
                match self.without(undone, &back, now.as_deref())? {
                    Some(text) => Some(text),
                    None => {
                        let since = self.repo.versions(&head, &back.path, 1)?;
                        let since = since.first().map_or("later", |version| version.commit.subject.as_str());
                        reasons.push(format!("{} was changed since: {since}", back.path));
                        continue;
                    }
                }
            };
            if now == after {
                continue;
            }
            if back.path.below(&self.layout.managed()).is_some() {
                match self.trial(&back.path, now.as_deref(), after.as_deref()) {
                    Ok(trial) => trials.push(trial),
                    // An older version may be broken by today's rules; whoever undoes gets what was.
                    Err(finding) => self.result.findings.push(*finding),
                }
            }
            let before = now.as_deref().map(ContentHash::of);
            changes.push(FileChange { path: back.path, before, after, executable: back.executable });
        }
        // What comes back may be wrong by today's rules: that is told, and is no reason to refuse.
        let found = consequences(self.index.fabric_mut(), &trials);
        self.result.findings.extend(found.own);
        let wrong = found
            .others
            .into_iter()
            .chain(found.change)
            .filter(|finding| finding.severity == Severity::Error);
        reasons.extend(wrong.map(|finding| finding.message.trim_end_matches('.').to_owned()));
        if !reasons.is_empty() {
            let more = reasons.len().saturating_sub(REASONS);
            reasons.truncate(REASONS);
            if more > 0 {
                reasons.push(format!("and {more} more"));
            }
            return Err(Error::UndoRefused { reasons });
        }
        if changes.is_empty() {
            return self.nothing("nothing of it is left");
        }
        self.report.end(Step::Validate, count(changes.len(), "file", "files"));

        self.report.begin(Step::Write, Some(Unit::Files))?;
        let sort = |wanted: &dyn Fn(&FileChange) -> bool| -> Vec<String> {
            changes.iter().filter(|change| wanted(change)).map(|change| change.path.to_string()).collect()
        };
        let sorts = [
            ("Brought back", sort(&|change| change.before.is_none())),
            ("Restored", sort(&|change| change.before.is_some() && change.after.is_some())),
            ("Removed", sort(&|change| change.after.is_none())),
        ];
        let subject = self.subject(undone);
        let what = match subject.strip_prefix("undo \"").and_then(|rest| rest.strip_suffix('"')) {
            Some(again) => format!("redo \"{again}\""),
            None => format!("undo \"{subject}\""),
        };
        let mut text = message::changes(&what, &sorts, self.layout.root(), &self.report.operation());
        text.push_str(&format!("FGD-Undoes: {}\n", undone.operation));
        self.commit(Some(&head), &changes, changes.len(), &text)?;
        let files = count(changes.len(), "file", "files");
        self.result.done = Some(format!("restored {files} as before \"{subject}\""));
        self.report.end(Step::Write, files);
        self.tell_commit();
        Ok(())
    }

    /// What the run did, without what its commit's subject begins with.
    fn subject(&self, undone: &Undone) -> String {
        let subject = undone.subject.trim_end_matches('.');
        let place = format!("{}: ", self.layout.root().file_name());
        subject.strip_prefix(&place).unwrap_or(subject).to_owned()
    }

    /// What is undone: not what the inbox held, nor the record of what was taken from it.
    fn is_undoable(&self, path: &RepoPath) -> bool {
        let layout = &self.layout;
        path.below(layout.root()).is_some()
            && path.below(&layout.raw()).is_none()
            && path.below(&layout.archive_dir()).is_none()
            && *path != layout.archive_log()
            && path.file_name() != ".gitkeep"
    }

    /// A file that was changed since, without what the run did to it; none where that can't be told apart.
    fn without(&self, undone: &Undone, back: &FileChange, now: Option<&[u8]>) -> Result<Option<Vec<u8>>> {
        let then = self.repo.read_file(&undone.to, &back.path)?;
        let (Some(then), Some(now), Some(before)) = (then, now, &back.after) else { return Ok(None) };
        let texts = (str::from_utf8(&then), str::from_utf8(now), str::from_utf8(before));
        let (Ok(then), Ok(now), Ok(before)) = texts else { return Ok(None) };
        Ok(match merge_texts(Some(then), now, before) {
            TextMerge::Merged(text) => Some(text.into_bytes()),
            TextMerge::Conflicts(_) | TextMerge::Unreadable => None,
        })
    }
}
