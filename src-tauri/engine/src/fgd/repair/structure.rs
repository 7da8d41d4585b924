//! Parts of the structure that are missing, or would be once the other repairs are done.

use std::collections::HashSet;

use super::{Planner, Repair};
use crate::change::FileChange;
use crate::fgd::onboard::missing_structure;
use crate::id::RepoPath;

impl Planner<'_> {
    /// Must be the last to plan.
    pub(super) fn structure(&mut self, name: &str) {
        let before: HashSet<RepoPath> = self.standing.keys().map(|path| (*path).clone()).collect();
        let missing: HashSet<RepoPath> =
            missing_structure(self.layout, name, &before).into_iter().map(|change| change.path).collect();
        let (missing, emptied): (Vec<_>, Vec<_>) = missing_structure(self.layout, name, &self.after(before))
            .into_iter()
            .partition(|change| missing.contains(&change.path));
        for keep in emptied {
            self.keep_directory(keep);
        }
        let names: Vec<&str> =
            missing.iter().map(|change| self.shown(&change.path).trim_end_matches(".gitkeep")).collect();
        let sentence = match names.as_slice() {
            [] => return,
            [one] => format!("{one} is missing. It is made."),
            [most @ .., last] => format!("{} and {last} are missing. They are made.", most.join(", ")),
        };
        self.repairs.insert(0, Repair { sentence, changes: missing });
    }

    /// The files that stand once the repairs are done.
    fn after(&self, mut files: HashSet<RepoPath>) -> HashSet<RepoPath> {
        for change in self.repairs.iter().flat_map(|repair| &repair.changes) {
            if change.after.is_some() {
                files.insert(change.path.clone());
            } else {
                files.remove(&change.path);
            }
        }
        files
    }

    /// Adds a `.gitkeep` to the repair that takes the last file out of its directory.
    fn keep_directory(&mut self, keep: FileChange) {
        let directory = keep.path.as_str().trim_end_matches(".gitkeep");
        let empties =
            |change: &FileChange| change.after.is_none() && change.path.as_str().starts_with(directory);
        let last = self.repairs.iter_mut().rfind(|repair| repair.changes.iter().any(empties));
        if let Some(repair) = last {
            repair.changes.push(keep);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::fgd::repair::Repair;
    use crate::fgd::repair::testing::{CONFIG, Files, apply, lab, path, plan, whole_with};

    #[test]
    fn what_is_missing_is_one_repair() {
        let mut files = whole_with(&[]);
        for gone in ["raw/.gitkeep", "managed/vpcs/.gitkeep", ".hnp/archive-log.yaml"] {
            files.remove(&lab().root().join(gone)).expect(gone);
        }
        let repairs = plan(&files);
        let [repair] = repairs.as_slice() else { panic!("{repairs:?}") };
        assert_eq!(
            repair.sentence,
            ".hnp/archive-log.yaml, managed/vpcs/ and raw/ are missing. They are made."
        );
        assert_eq!(repair.changes.len(), 3);
        apply(&mut files, &repair.changes);
        assert_eq!(files, whole_with(&[]));

        files.remove(&lab().root().join("README.md"));
        assert_eq!(plan(&files)[0].sentence, "README.md is missing. It is made.");
        assert_eq!(plan(&Files::new())[0].changes.len(), 17, "a directory of nothing");
    }

    #[test]
    fn a_directory_of_the_structure_stays_when_its_last_file_goes() {
        let mut files = whole_with(&[("managed/vpcs/a.yaml", CONFIG), ("managed/vpcs/b.yaml", ": [")]);
        files.remove(&path("fabrics/lab/managed/vpcs/.gitkeep"));
        files.remove(&path("fabrics/lab/raw/.gitkeep"));
        let repairs = plan(&files);
        let kept = |repair: &Repair| {
            repair.changes.iter().any(|change| change.path.as_str().ends_with("managed/vpcs/.gitkeep"))
        };
        assert_eq!(repairs.iter().map(kept).collect::<Vec<_>>(), [false, true]);
        for repair in &repairs {
            apply(&mut files, &repair.changes);
        }
        assert_eq!(plan(&files), vec![], "raw/ has its file, vpcs/ its .gitkeep");
    }
}
