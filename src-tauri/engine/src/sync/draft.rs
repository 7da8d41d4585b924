//! A draft, tried out: what a person writes is judged as if it were saved, and nothing is written.

use crate::catalog::Draft;
use crate::error::Result;
use crate::fgd;
use crate::finding::{Code, Finding, in_order};
use crate::git::blob_id;
use crate::id::RepoPath;
use crate::schema::ResourceId;
use crate::sync::change::{Trial, consequences};
use crate::sync::flow::Flow;
use crate::sync::ingest::read_if_there;

/// What came of trying a draft out.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    pub(crate) findings: Vec<Finding>,
    pub(crate) id: Option<ResourceId>,
    /// The file's bytes as they stand; none where there is no such file.
    pub(crate) standing: Option<Vec<u8>>,
    /// The file that holds the object already.
    pub(crate) collides: Option<RepoPath>,
}

impl Flow<'_> {
    /// Tries a draft out on what stands. All that is wrong with its object is told, whether it is new or not,
    /// and what would be wrong with others because of it.
    pub(crate) fn try_draft(&mut self, draft: &Draft) -> Result<Tried> {
        self.look_at_what_stands(None)?;
        let path = match &draft.file {
            Some(file) => file.clone(),
            None => match self.place_of(&draft.text) {
                Ok(path) => path,
                Err(finding) => return Ok(Tried { findings: vec![*finding], ..Tried::default() }),
            },
        };
        let mut tried = Tried { standing: read_if_there(self.repo.work_tree(), &path)?, ..Tried::default() };
        let after = draft.text.as_bytes();
        let read = fgd::only_object(&path, after, self.index.schemas());
        tried.id = read.as_ref().ok().map(|read| read.id().clone());
        tried.collides = match (&read, &draft.file) {
            (Ok(read), _) => {
                let found = self.index.find(read.id(), true).map(|(standing, _)| standing.clone());
                let taken = (draft.file.is_none() && tried.standing.is_some()).then(|| path.clone());
                found.filter(|standing| draft.file.as_ref() != Some(standing)).or(taken)
            }
            (Err(_), _) => None,
        };
        match self.trial(&path, tried.standing.as_deref(), Some(after)) {
            Ok(trial) => tried.findings = self.judged(&trial),
            Err(finding) => tried.findings.push(*finding),
        }
        let base = tried.standing.as_deref().map(blob_id).transpose()?;
        if draft.file.is_some() && base != draft.base {
            let message = match tried.standing {
                Some(_) => "The file has changed since this was begun.",
                None => "The file is gone since this was begun.",
            };
            let finding = Finding::new(Code::EditedByHand, message)
                .hint("Begin anew from what stands there now.")
                .in_file(&path);
            tried.findings.insert(0, finding);
        }
        Ok(tried)
    }

    fn judged(&mut self, trial: &Trial) -> Vec<Finding> {
        let Some(after) = &trial.after else { return Vec::new() };
        let mut findings: Vec<Finding> = match &after.key {
            Some(key) => {
                let fabric = self.index.fabric_mut();
                let stood = fabric.set(key, Some(std::sync::Arc::clone(after)));
                fabric.recheck();
                let own = fabric.findings_of(key);
                fabric.set(key, stood);
                fabric.recheck();
                own
            }
            None => after.problems.iter().map(|problem| after.finding(problem)).collect(),
        };
        let found = consequences(self.index.fabric_mut(), std::slice::from_ref(trial));
        findings.extend(found.change);
        in_order(&mut findings);
        findings.dedup();
        findings.extend(found.others);
        findings
    }
}
