//! Files of the directory's own that can't be read: each moves aside, and a new one takes its place.

use super::{Planner, Repair};
use crate::change::{ContentHash, FileChange};
use crate::fgd::archive_log::ArchiveLog;
use crate::fgd::fabric_file::FabricFile;
use crate::id::RepoPath;

impl Planner<'_> {
    pub(super) fn damaged(&mut self, name: &str) {
        let layout = self.layout;
        let (fabric, log) = (layout.fabric_file(), layout.archive_log());
        self.renew(
            &fabric,
            |bytes| FabricFile::read(&fabric, bytes, layout.root()).is_err(),
            &FabricFile::text(name),
            "a new one with the default archive strategy",
        );
        self.renew(
            &log,
            |bytes| ArchiveLog::read(&log, bytes).is_err(),
            &ArchiveLog::empty_text(),
            "a new, empty one",
        );
    }

    fn renew(&mut self, file: &RepoPath, is_damaged: impl Fn(&[u8]) -> bool, new: &str, what_is_new: &str) {
        let Some(bytes) = self.standing.get(file).map(|standing| standing.bytes) else { return };
        if !is_damaged(bytes) {
            return;
        }
        let mut changes = Vec::new();
        let (aside, _) = self.keep(&mut changes, bytes, |n| match n {
            1 => RepoPath::root().join(&format!("{file}.damaged")),
            n => RepoPath::root().join(&format!("{file}.damaged.{}", n - 1)),
        });
        changes.push(FileChange::write(file.clone(), Some(ContentHash::of(bytes)), new.as_bytes().to_vec()));
        let sentence = format!(
            "{} can't be read. What it holds is kept in {}; {what_is_new} takes its place.",
            self.shown(file),
            self.shown(&aside)
        );
        self.repairs.push(Repair { sentence, changes });
    }
}

#[cfg(test)]
mod tests {
    use crate::fgd::repair::testing::told;

    #[test]
    fn a_damaged_manifest_moves_aside() {
        let sentence = ".hnp/manifest.yaml can't be read. What it holds is kept in \
                        .hnp/manifest.yaml.damaged; a new one with the default archive strategy \
                        takes its place.";
        assert_eq!(
            told(&[(".hnp/manifest.yaml", "<<<<<<< ours\n")]),
            [sentence, "+ .hnp/manifest.yaml.damaged", "+ .hnp/manifest.yaml"]
        );
        assert_eq!(
            told(&[(".hnp/manifest.yaml", "{"), (".hnp/manifest.yaml.damaged", "{")]),
            [sentence, "+ .hnp/manifest.yaml"],
            "the same bytes once are enough"
        );
        let taken = [".hnp/manifest.yaml.damaged", ".hnp/manifest.yaml.damaged.1"];
        let lines = told(&[(".hnp/manifest.yaml", "{"), (taken[0], "["), (taken[1], "")]);
        assert_eq!(lines[1..], ["+ .hnp/manifest.yaml.damaged.2", "+ .hnp/manifest.yaml"]);
    }

    #[test]
    fn a_damaged_log_moves_aside() {
        assert_eq!(
            told(&[(".hnp/archive-log.yaml", "operations: 7\n")]),
            [
                ".hnp/archive-log.yaml can't be read. What it holds is kept in \
                 .hnp/archive-log.yaml.damaged; a new, empty one takes its place.",
                "+ .hnp/archive-log.yaml.damaged",
                "+ .hnp/archive-log.yaml"
            ]
        );
    }
}
