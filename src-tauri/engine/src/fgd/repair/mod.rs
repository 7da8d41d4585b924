//! What is not right with a directory's structure, and what puts it right. Pure: whoever asks has looked at
//! the disk, and whoever is answered writes to it.
//!
//! Nothing is lost by a repair: bytes move, and a file goes only where another holds the same bytes or the
//! same object.

mod damaged;
mod keeping;
mod loose;
mod managed;
mod object;
mod structure;

#[cfg(test)]
mod property;
#[cfg(test)]
mod testing;

use std::collections::{BTreeMap, HashSet};

use crate::change::FileChange;
use crate::fgd::layout::Layout;
use crate::id::RepoPath;

/// One thing that is not as it should be, and what puts it right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repair {
    /// What is wrong and what is done, for an operator. Paths in it are relative to the directory.
    pub(crate) sentence: String,
    /// What to write and remove, in no file twice and in no other repair's file.
    pub(crate) changes: Vec<FileChange>,
}

/// A file of the directory, as far as repair needs it.
#[derive(Debug)]
pub(crate) struct Standing<'a> {
    /// Its path in the repository.
    pub(crate) path: RepoPath,
    /// Its bytes, as they are on disk.
    pub(crate) bytes: &'a [u8],
}

/// The repairs that a fabric directory needs; `name` is the fabric's, for files that must be made anew.
///
/// `files` are the plain files of the directory, in any order: all below `.hnp/`, `managed/`, `unmanaged/`
/// and `raw/` (hidden ones too: a `.gitkeep` holds its directory), the root's YAML and JSON, and its
/// `README.md`. What is not among them counts as not there. The same files give the same repairs on every
/// machine, and none once these are done.
pub(crate) fn repairs(layout: &Layout, name: &str, files: &[Standing<'_>]) -> Vec<Repair> {
    let mut planner = Planner::new(layout, files);
    planner.damaged(name);
    planner.managed();
    planner.loose();
    planner.structure(name);
    planner.repairs
}

struct Planner<'a> {
    layout: &'a Layout,
    standing: BTreeMap<&'a RepoPath, &'a Standing<'a>>,
    /// Paths where something stands or will, in lower case, since not every file system tells cases apart.
    /// What moves away leaves its path taken, so that no other repair writes there.
    taken: HashSet<String>,
    repairs: Vec<Repair>,
}

impl<'a> Planner<'a> {
    fn new(layout: &'a Layout, files: &'a [Standing<'a>]) -> Self {
        let standing: BTreeMap<_, _> = files.iter().map(|file| (&file.path, file)).collect();
        let taken = standing.keys().map(|path| path.as_str().to_lowercase()).collect();
        Self { layout, standing, taken, repairs: Vec::new() }
    }

    /// The files below `top` that ingestion would take by their names and that may hold objects, in the order
    /// of their paths.
    fn visible(&self, top: &RepoPath) -> Vec<&'a Standing<'a>> {
        let is_visible = |path: &RepoPath| {
            path.below(top).is_some_and(|rest| !rest.split('/').any(|part| part.starts_with('.')))
                && Layout::takes(path.file_name())
                && !Layout::steers(path.file_name())
        };
        self.standing.values().copied().filter(|file| is_visible(&file.path)).collect()
    }

    /// A path as an operator knows it.
    fn shown<'p>(&self, path: &'p RepoPath) -> &'p str {
        path.below(self.layout.root()).unwrap_or(path.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::fgd::repair::testing::{CONFIG, Files, VPC, apply, lab, plan, switch, told};

    #[test]
    fn a_whole_directory_needs_no_repair() {
        let two = format!("{VPC}---\n{CONFIG}");
        let leaf = switch("leaf-01", "server-leaf");
        for files in [
            &[][..],
            &[("managed/switches/leaf-01.yaml", leaf.as_str()), ("managed/vpcs/other-name.yml", VPC)],
            // A team may sort a kind's objects into directories of its own.
            &[("managed/switches/rack-1/leaf-01.yaml", &leaf)],
            &[("unmanaged/x.yaml", CONFIG), ("unmanaged/y.yaml", &leaf), ("unmanaged/z.yaml", ": [")],
            &[("raw/x.yaml", &two), ("raw/deep/y.yaml", ": ["), ("raw/z.yaml.archived", &leaf)],
            &[
                ("managed/.draft.yaml", CONFIG),
                ("managed/.git-stash/x.yaml", CONFIG),
                ("managed/notes.txt", ": ["),
            ],
            &[("managed/kustomization.yaml", "resources: [vpcs/vpc-1.yaml]\n")],
            &[("docker-compose.yml", "services: {}\n"), ("broken.yaml", ": ["), ("config.yaml", CONFIG)],
            &[("kustomization.yaml", "resources: [managed]\n"), (".ci.yaml", &leaf), ("x.json", "[]")],
            &[("topologies/x.yaml", &leaf)],
        ] {
            assert_eq!(told(files), Vec::<String>::new(), "{files:?}");
        }
    }

    #[test]
    fn a_directory_of_the_netbox_plugin_is_repaired_as_little_as_can_be() {
        let root =
            Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpus/existing-fgd/fabric-1"));
        if !root.is_dir() {
            eprintln!("\n*** SKIPPED: the existing directory is not here ({}) ***\n", root.display());
            return;
        }
        let mut files = Files::new();
        let mut pending = vec![(root.to_path_buf(), lab().root().clone())];
        while let Some((directory, place)) = pending.pop() {
            for entry in std::fs::read_dir(directory).expect("directory") {
                let entry = entry.expect("entry");
                let place = place.join(entry.file_name().to_str().expect("a name"));
                if entry.path().is_dir() {
                    pending.push((entry.path(), place));
                } else {
                    files.insert(place, std::fs::read(entry.path()).expect("file"));
                }
            }
        }
        let repairs = plan(&files);
        let (missing, others): (Vec<_>, Vec<_>) =
            repairs.iter().partition(|repair| repair.sentence.contains("missing"));
        assert!(missing.iter().flat_map(|repair| &repair.changes).all(|change| change.before.is_none()));
        let sentences: Vec<_> = others.iter().map(|repair| repair.sentence.as_str()).collect();
        assert_eq!(
            sentences,
            ["managed/tests/api-test-1754460358.yaml holds ConfigMap api-test-1754460358, which is no \
                 Hedgehog object. It moves to unmanaged/configmap-api-test-1754460358.yaml."]
        );
        for repair in &repairs {
            apply(&mut files, &repair.changes);
        }
        assert_eq!(plan(&files), vec![]);
    }
}
