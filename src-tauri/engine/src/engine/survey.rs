//! What is wrong with what stands in a fabric's directory.

use std::sync::Arc;

use crate::error::Result;
use crate::finding::{Finding, Severity};
use crate::id::FabricId;
use crate::store::StoredFabric;
use crate::view::{FabricFindings, StructureRepair, StructureReport};

use super::{Check, Inner};

/// How many findings are shown at once: more than anybody reads.
const SHOWN: usize = 2_000;

impl Inner {
    /// Looks at what stands if it is another commit than at the last look, or if somebody is at work on it.
    pub(super) fn survey_if_changed(self: &Arc<Self>, fabric: &StoredFabric) {
        // Nobody sees it where no window looks after the fabric.
        if !self.live(&fabric.id).state().attended {
            return;
        }
        let survey = || -> Result<()> {
            let live = self.live(&fabric.id);
            if live.state().is_surveyed() {
                return Ok(());
            }
            self.survey(fabric)?;
            self.tell(fabric)
        };
        if let Err(error) = survey() {
            tracing::warn!(fabric = %fabric.name, %error, "what stands could not be checked");
        }
    }

    /// Looks at what stands, and keeps what is wrong with it.
    fn survey(&self, fabric: &StoredFabric) -> Result<FabricFindings> {
        let (findings, head) = self.only_look(fabric, |flow| {
            flow.look_at_what_stands(None)?;
            Ok((flow.index.findings(), flow.repo.tip(flow.branch)?))
        })?;
        let found = sorted(findings);
        let live = self.live(&fabric.id);
        let mut state = live.state();
        state.standing = Some(found.clone());
        state.surveyed = head;
        Ok(found)
    }

    pub(super) fn findings(&self, id: &FabricId) -> Result<FabricFindings> {
        let fabric = self.store.fabric(id)?;
        let found = self.survey(&fabric)?;
        self.tell(&fabric)?;
        Ok(found)
    }

    /// Plans without writing anything down.
    pub(super) fn check(&self, id: &FabricId) -> Result<Check> {
        let fabric = self.store.fabric(id)?;
        self.only_look(&fabric, |flow| {
            let plan = flow.preview()?;
            let documents = plan.counts();
            let mut findings = plan.findings;
            findings.extend(plan.standing);
            findings.extend(flow.changes_by_hand()?);
            let objects = u32::try_from(flow.index.len()).unwrap_or(u32::MAX);
            Ok(Check { documents, findings, objects })
        })
    }

    pub(super) fn check_structure(&self, id: &FabricId) -> Result<StructureReport> {
        let fabric = self.store.fabric(id)?;
        let repairs = self.only_look(&fabric, |flow| flow.repairs())?;
        let repairs = repairs.into_iter().map(|repair| StructureRepair {
            sentence: repair.sentence,
            files: repair.changes.into_iter().map(|change| change.path).collect(),
        });
        Ok(StructureReport { repairs: repairs.collect() })
    }
}

/// Errors first, then by code and place; cut to what can be shown.
fn sorted(mut findings: Vec<Finding>) -> FabricFindings {
    let of = |severity| {
        let count = findings.iter().filter(|finding| finding.severity == severity).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    findings
        .sort_by(|a, b| (a.severity, a.code, &a.file, a.line).cmp(&(b.severity, b.code, &b.file, b.line)));
    findings.truncate(SHOWN);
    FabricFindings { errors, warnings, findings }
}
