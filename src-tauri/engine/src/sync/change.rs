//! A person's change of one object, from the window or the command line: checked, and committed.

use std::collections::HashSet;
use std::sync::Arc;

use crate::change::{ContentHash, FileChange};
use crate::conflict::{Pick, Resolution};
use crate::edit::Edit;
use crate::error::Result;
use crate::fgd::{self, ValidationPolicy};
use crate::finding::{Code, Finding, Weight, in_order};
use crate::git::blob_id;
use crate::id::RepoPath;
use crate::operation::{Step, Unit};
use crate::schema::{Classified, Fabric, Object, classify};
use crate::sync::flow::Flow;
use crate::sync::ingest::read_if_there;
use crate::sync::message;

/// An object as it is and as it would be; either may be absent.
pub(super) struct Trial {
    pub(super) before: Option<Arc<Object>>,
    pub(super) after: Option<Arc<Object>>,
}

/// What would be wrong if some objects were different, and is not wrong now.
#[derive(Default)]
pub(super) struct Consequences {
    /// With those objects.
    pub(super) own: Vec<Finding>,
    /// With others, because of them.
    pub(super) others: Vec<Finding>,
    /// With the change itself.
    pub(super) change: Vec<Finding>,
}

impl Consequences {
    fn all(self) -> Vec<Finding> {
        let mut told = HashSet::new();
        let all = self.own.into_iter().chain(self.others).chain(self.change);
        all.filter(|finding| told.insert(finding.clone())).collect()
    }
}

/// What would follow if all of these were so. The fabric is afterwards what it was.
pub(super) fn consequences(fabric: &mut Fabric, trials: &[Trial]) -> Consequences {
    let key = |trial: &Trial| {
        let object = trial.after.as_ref().or(trial.before.as_ref())?;
        object.key.clone()
    };
    let mut stood = Vec::new();
    for trial in trials {
        // An object that is renamed leaves its old place.
        for object in [&trial.before, &trial.after].into_iter().flatten() {
            if let Some(key) = &object.key {
                stood.push((key.clone(), fabric.set(key, None)));
            }
        }
        if let (Some(key), Some(after)) = (key(trial), &trial.after) {
            fabric.set(&key, Some(Arc::clone(after)));
        }
    }
    let touched: HashSet<_> = fabric.recheck().into_iter().collect();
    let tried: HashSet<_> = trials.iter().filter_map(key).collect();
    let mut found = Consequences::default();
    for key in &touched {
        let side = if tried.contains(key) { &mut found.own } else { &mut found.others };
        side.extend(fabric.findings_of(key));
    }
    for trial in trials {
        if let Some(before) = &trial.before {
            let problems = fabric.change_problems(before, trial.after.as_deref());
            let about = trial.after.as_ref().unwrap_or(before);
            found.change.extend(problems.iter().map(|problem| about.finding(problem)));
        }
    }
    for (key, object) in stood.into_iter().rev() {
        fabric.set(&key, object);
    }
    fabric.recheck();
    // A place in a text may move, and a hint may name another object: neither makes anything wrong anew.
    let essence = |finding: &Finding| (finding.code, finding.file.clone(), finding.message.clone());
    let before: HashSet<_> =
        touched.iter().flat_map(|key| fabric.findings_of(key)).map(|finding| essence(&finding)).collect();
    for side in [&mut found.own, &mut found.others] {
        side.retain(|finding| !before.contains(&essence(finding)));
        in_order(side);
    }
    found
}

impl Flow<'_> {
    /// Makes one change of one object, as a commit; or says why not.
    pub(super) fn edit(&mut self, edit: &Edit) -> Result<()> {
        self.take_edits()?;
        self.report.begin(Step::Validate, Some(Unit::Objects))?;
        self.look_at_what_stands(None)?;
        let path = match (&edit.file, &edit.text) {
            (Some(file), _) => file.clone(),
            (None, Some(text)) => match self.place_of(text) {
                Ok(path) => path,
                Err(finding) => return self.refuse(vec![*finding]),
            },
            (None, None) => return self.nothing("there is nothing to do"),
        };
        let standing = read_if_there(self.repo.work_tree(), &path)?;
        if standing.as_deref().map(blob_id).transpose()? != edit.base {
            self.result.stale = true;
            return self.nothing("it has changed since");
        }
        let after = edit.text.as_ref().map(|text| text.clone().into_bytes());
        if after == standing {
            return self.nothing("it is like that already");
        }
        let trial = match self.trial(&path, standing.as_deref(), after.as_deref()) {
            Ok(trial) => trial,
            Err(finding) => return self.refuse(vec![*finding]),
        };
        let strict = self.fabric_file()?.validation_policy == ValidationPolicy::Strict;
        let mut findings = consequences(self.index.fabric_mut(), std::slice::from_ref(&trial)).all();
        findings.extend(self.taken_elsewhere(&path, &trial));
        let prevents = |finding: &Finding| match finding.code.weight() {
            Weight::Refused => true,
            Weight::Wrong => strict || finding.code == Code::ManagedTwice,
            Weight::Warning => false,
        };
        if findings.iter().any(prevents) {
            return self.refuse(findings);
        }
        self.result.findings.extend(findings);
        self.report.end(Step::Validate, "the object is fine");

        self.report.begin(Step::Write, Some(Unit::Files))?;
        let about = trial.after.as_ref().or(trial.before.as_ref());
        let name = about.map_or_else(|| path.file_name().to_owned(), |object| object.id.to_string());
        let (what, title) = match (&trial.before, &trial.after) {
            (None, _) => ("add", "Added"),
            (_, None) => ("delete", "Deleted"),
            _ => ("edit", "Changed"),
        };
        let text = message::changes(
            &format!("{what} {name}"),
            &[(title, vec![name.clone()])],
            self.layout.root(),
            &self.report.operation(),
        );
        let change =
            FileChange { path, before: standing.as_deref().map(ContentHash::of), after, executable: None };
        let head = self.repo.tip(self.branch)?;
        self.commit(head.as_ref(), &[change], 1, &text)?;
        self.result.done = Some(format!("{} {name}", title.to_lowercase()));
        self.report.end(Step::Write, "1 file");
        self.tell_commit();
        Ok(())
    }

    /// Nothing is written; why, is told.
    fn refuse(&mut self, findings: Vec<Finding>) -> Result<()> {
        self.result.findings.extend(findings);
        self.report.fail("it is not right");
        self.report.skip(Step::Write, "not written");
        self.report.skip(Step::Commit, "nothing to commit");
        Ok(())
    }

    pub(super) fn nothing(&mut self, why: &str) -> Result<()> {
        self.report.end(Step::Validate, why);
        self.report.skip(Step::Write, why);
        self.report.skip(Step::Commit, why);
        Ok(())
    }

    /// Where a new object goes.
    pub(super) fn place_of(&self, text: &str) -> Result<RepoPath, Box<Finding>> {
        let unplaced = RepoPath::root();
        let read = fgd::only_object(&unplaced, text.as_bytes(), self.index.schemas())?;
        match classify(&read.group, &read.version, &read.id().kind) {
            Some(Classified::Known { info, .. }) => {
                Ok(self.layout.managed().join(info.directory).join(&read.id().file_name()))
            }
            _ => Err(Box::new(
                Finding::new(Code::NotHedgehog, format!("{} is no Hedgehog object.", read.id()))
                    .hint("Drop it into the inbox: it is kept in unmanaged/."),
            )),
        }
    }

    /// The object of a file, before and after.
    pub(super) fn trial(
        &self,
        path: &RepoPath,
        before: Option<&[u8]>,
        after: Option<&[u8]>,
    ) -> Result<Trial, Box<Finding>> {
        let schemas = self.index.schemas();
        // What stands may be broken: then the change mends it.
        let before = before.and_then(|bytes| fgd::only_object(path, bytes, schemas).ok());
        let after = after.map(|bytes| fgd::only_object(path, bytes, schemas)).transpose()?;
        if let (Some(before), Some(after)) = (&before, &after)
            && before.id() != after.id()
        {
            let message = format!("The text is of {}, and the file holds {}.", after.id(), before.id());
            return Err(Box::new(
                Finding::new(Code::Misnamed, message)
                    .hint("Add the other object as a new one, then delete this one.")
                    .in_file(path),
            ));
        }
        Ok(Trial { before: before.map(|read| read.object), after: after.map(|read| read.object) })
    }

    /// A new object that stands in another file already.
    fn taken_elsewhere(&self, path: &RepoPath, trial: &Trial) -> Option<Finding> {
        let (None, Some(after)) = (&trial.before, &trial.after) else { return None };
        let (standing, _) = self.index.find(&after.id, true).filter(|(standing, _)| *standing != path)?;
        Some(
            Finding::new(Code::ManagedTwice, format!("{} stands in {standing} already.", after.id))
                .hint("Change that file.")
                .in_file(standing),
        )
    }

    /// A text that a person wrote to settle a conflict holds the object that it is about.
    pub(super) fn check_decided(&mut self, decisions: &[Resolution]) -> Result<()> {
        for decision in decisions {
            if let Pick::Text { text } = &decision.pick
                && decision.file.below(&self.layout.managed()).is_some()
                && let Err(finding) = fgd::only_object(&decision.file, text.as_bytes(), self.index.schemas())
            {
                return Err(crate::error::Error::DecisionBroken {
                    file: decision.file.clone(),
                    detail: finding.message.clone(),
                });
            }
        }
        Ok(())
    }
}
