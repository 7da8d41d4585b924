//! The structure that every fabric directory has.

use std::collections::HashSet;

use crate::change::FileChange;
use crate::fgd::archive_log::ArchiveLog;
use crate::fgd::fabric_file::FabricFile;
use crate::fgd::layout::Layout;
use crate::id::RepoPath;
use crate::schema::KINDS;

/// The files that make the structure of a fabric called `name` whole, given the files that are there
/// (`present`, as repository paths). Nothing is ever replaced; a whole structure gives no change.
pub(crate) fn missing_structure(layout: &Layout, name: &str, present: &HashSet<RepoPath>) -> Vec<FileChange> {
    let root = layout.root();
    let mut directories = vec!["raw".to_owned(), "unmanaged".to_owned()];
    directories
        .extend(KINDS.iter().filter(|info| info.always).map(|info| format!("managed/{}", info.directory)));
    let mut files: Vec<(RepoPath, String)> = directories
        .iter()
        .map(|directory| root.join(directory))
        .filter(|directory| {
            !present.iter().any(|file| file.below(directory).is_some_and(|rest| !rest.is_empty()))
        })
        .map(|directory| (directory.join(".gitkeep"), String::new()))
        .collect();
    for (file, text) in [
        (layout.fabric_file(), FabricFile::text(name)),
        (layout.archive_log(), ArchiveLog::empty_text()),
        (root.join("README.md"), readme(name)),
    ] {
        if !present.contains(&file) {
            files.push((file, text));
        }
    }
    files.sort();
    files.into_iter().map(|(path, text)| FileChange::write(path, None, text.into_bytes())).collect()
}

fn readme(name: &str) -> String {
    format!(
        "# {name}\n\n\
         The desired state of a Hedgehog Open Network Fabric, kept by FGD Sync.\n\n\
         - `raw/`: drop YAML files here; each object goes to its own file under `managed/`\n\
         - `managed/`: one object a file, by kind; point Argo CD or Flux here, and only here\n\
         - `unmanaged/`: YAML that is no Hedgehog object\n\
         - `.hnp/`: what FGD Sync notes about this directory\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_directory_gets_all_and_a_whole_one_nothing() {
        let layout = Layout::new(RepoPath::parse("fabrics/lab").expect("path"));
        let made = missing_structure(&layout, "Lab", &HashSet::new());
        let paths: Vec<_> = made.iter().map(|change| change.path.as_str()).collect();
        assert_eq!(paths.len(), 17, "{paths:?}");
        assert!(paths.contains(&"fabrics/lab/managed/switches/.gitkeep"));
        assert!(paths.contains(&"fabrics/lab/.hnp/manifest.yaml"));

        let present = made.into_iter().map(|change| change.path).collect();
        assert_eq!(missing_structure(&layout, "Lab", &present), vec![]);
    }

    #[test]
    fn a_directory_that_holds_a_file_needs_no_gitkeep() {
        let layout = Layout::new(RepoPath::root());
        let present = HashSet::from([RepoPath::parse("managed/switches/leaf-01.yaml").expect("path")]);
        let made = missing_structure(&layout, "Lab", &present);
        assert!(made.iter().all(|change| change.path.as_str() != "managed/switches/.gitkeep"));
    }
}
