//! What would be wrong with the fabric as it would be: tried out, and taken back.

use std::collections::HashSet;
use std::sync::Arc;

use super::Given;
use super::decide::{Verdict, Verdicts};
use crate::fgd::fabric_file::ValidationPolicy;
use crate::fgd::inbox::{Inbox, ObjectRead, SourceFile};
use crate::fgd::managed::ManagedIndex;
use crate::finding::{Finding, Severity, Weight};
use crate::schema::{Fabric, Key, Object};

/// What the fabric would look like.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// Of the documents, and of what stands and would be wrong because of them.
    pub(super) findings: Vec<Finding>,
    /// What would be wrong all the same.
    pub(super) standing: Vec<Finding>,
}

/// An object of the drop, on trial.
struct Trial<'a> {
    file: usize,
    document: usize,
    read: &'a ObjectRead,
    key: Key,
    /// What stands there now.
    before: Option<Arc<Object>>,
}

/// Tries the documents out on the fabric. By the policy `strict`, those with errors of meaning are rejected,
/// and then those that are wrong without them, until none is.
pub(super) fn judge(
    given: &Given<'_>,
    inbox: &Inbox,
    managed: &mut ManagedIndex,
    verdicts: &mut Verdicts,
) -> Judged {
    let outside = managed.misplaced();
    let fabric = managed.fabric_mut();
    let mut trials = trials(inbox, verdicts);
    fabric.refuse(refused(inbox, verdicts));
    for trial in &mut trials {
        trial.before = fabric.set(&trial.key, Some(Arc::clone(&trial.read.object)));
    }
    // What stands and is touched: told only where it is wrong because of the drop.
    let mut touched = HashSet::new();
    loop {
        touched.extend(fabric.recheck());
        if given.fabric.validation_policy == ValidationPolicy::Warn
            || !reject_wrong(fabric, &mut trials, verdicts)
        {
            break;
        }
        fabric.refuse(refused(inbox, verdicts));
    }
    let dropped: HashSet<Key> = trials.iter().map(|trial| trial.key.clone()).collect();
    let mut judged = Judged::default();
    for trial in &trials {
        judged.findings.extend(fabric.findings_of(&trial.key));
        if let Some(before) = &trial.before {
            let changes = fabric.change_problems(before, Some(&trial.read.object));
            judged.findings.extend(changes.iter().map(|problem| trial.read.object.finding(problem)));
        }
    }
    judged.findings.extend(fabric.absences(Some(&dropped)));
    let others: Vec<Key> = touched.into_iter().filter(|key| !dropped.contains(key)).collect();
    let after: Vec<Finding> = others.iter().flat_map(|key| fabric.findings_of(key)).collect();
    let mut standing = fabric.findings();
    for trial in &trials {
        fabric.set(&trial.key, trial.before.clone());
    }
    fabric.refuse(HashSet::new());
    fabric.recheck();
    // A hint may name what was dropped; that alone makes nothing wrong that was not.
    let unhinted = |finding: &Finding| Finding { hint: None, ..finding.clone() };
    let before: HashSet<Finding> =
        others.iter().flat_map(|key| fabric.findings_of(key)).map(|finding| unhinted(&finding)).collect();
    judged.findings.extend(after.into_iter().filter(|finding| !before.contains(&unhinted(finding))));
    let told: HashSet<&Finding> = judged.findings.iter().collect();
    standing.retain(|finding| !told.contains(finding));
    standing.extend(outside);
    judged.standing = standing;
    judged
}

fn trials<'a>(inbox: &'a Inbox, verdicts: &Verdicts) -> Vec<Trial<'a>> {
    let mut trials = Vec::new();
    for (file, (source, verdicts)) in inbox.files.iter().zip(&verdicts.of).enumerate() {
        let documents = source.documents.iter().flatten();
        for (document, (read, verdict)) in documents.zip(verdicts).enumerate() {
            if let (Ok(read), Verdict::Managed { .. }) = (&read.object, verdict)
                && let Some(key) = read.object.key.clone()
            {
                trials.push(Trial { file, document, read, key, before: None });
            }
        }
    }
    trials
}

/// The objects that were dropped and are not taken.
fn refused(inbox: &Inbox, verdicts: &Verdicts) -> HashSet<Key> {
    let of_file = |(source, verdicts): (&SourceFile, &Vec<Verdict>)| {
        let documents = source.documents.iter().flatten().zip(verdicts);
        let rejected = documents.filter(|(_, verdict)| matches!(verdict, Verdict::Rejected(_)));
        rejected
            .filter_map(|(document, _)| document.object.as_ref().ok()?.object.key.clone())
            .collect::<Vec<_>>()
    };
    inbox.files.iter().zip(&verdicts.of).flat_map(of_file).collect()
}

/// Rejects the documents that the fabric would refuse, and takes them back. Says whether there were any.
fn reject_wrong(fabric: &mut Fabric, trials: &mut Vec<Trial<'_>>, verdicts: &mut Verdicts) -> bool {
    let all = trials.len();
    trials.retain(|trial| {
        let mut findings = fabric.findings_of(&trial.key);
        if let Some(before) = &trial.before {
            let changes = fabric.change_problems(before, Some(&trial.read.object));
            findings.extend(changes.iter().map(|problem| trial.read.object.finding(problem)));
        }
        let is_wrong = |finding: &&Finding| finding.code.weight() == Weight::Wrong;
        let Some(wrong) = findings.iter().find(is_wrong) else { return true };
        debug_assert_eq!(wrong.severity, Severity::Error);
        // The first is the reason; whatever else is wrong is told beside it.
        verdicts.of[trial.file][trial.document] = Verdict::Rejected(Box::new(wrong.clone()));
        verdicts.warnings.extend(findings.iter().filter(|finding| *finding != wrong).cloned());
        fabric.set(&trial.key, trial.before.clone());
        false
    });
    trials.len() < all
}
