//! What decides a fabric's tree, changed by a person: it is in Git, so a change of it is a commit.

use crate::change::{ContentHash, FileChange};
use crate::error::Result;
use crate::fgd::{FabricFile, FabricRules};
use crate::operation::{Step, Unit};
use crate::sync::flow::Flow;
use crate::sync::ingest::read_if_there;
use crate::sync::message;

impl Flow<'_> {
    /// The rules as they are in the work tree; the usual ones where nothing says them.
    pub(crate) fn rules(&self) -> Result<FabricRules> {
        Ok(self.fabric_file()?.rules())
    }

    /// Writes other rules, as one commit. What else the file holds stays as it is.
    pub(super) fn set_rules(&mut self, rules: FabricRules) -> Result<()> {
        self.take_edits()?;
        self.report.begin(Step::Validate, None)?;
        let path = self.layout.fabric_file();
        let standing = read_if_there(self.repo.work_tree(), &path)?;
        let text = match &standing {
            Some(bytes) => FabricFile::with_rules(&path, bytes, rules)?,
            None => FabricFile::with_rules(&path, FabricFile::text(self.name).as_bytes(), rules)?,
        };
        if standing.as_deref() == Some(text.as_bytes()) {
            return self.nothing("it is like that already");
        }
        self.report.end(Step::Validate, "the rules are known");
        self.report.begin(Step::Write, Some(Unit::Files))?;
        let change = FileChange {
            path,
            before: standing.as_deref().map(ContentHash::of),
            after: Some(text.into_bytes()),
            executable: None,
        };
        let head = self.repo.tip(self.branch)?;
        let message = message::rules(rules, self.layout.root(), &self.report.operation());
        self.commit(head.as_ref(), &[change], 1, &message)?;
        self.result.done = Some("changed the fabric's rules".to_owned());
        self.report.end(Step::Write, "1 file");
        self.tell_commit();
        Ok(())
    }
}
