//! Files that a drive in the cloud keeps elsewhere, as iCloud marks them: `.a.yaml.icloud` stands in the place of
//! `a.yaml` until somebody opens that. The file is not gone, and nobody has deleted it.

use std::path::Path;

use crate::id::RepoPath;

const ENDING: &str = ".icloud";

/// The file's name, for that of its mark.
pub(crate) fn marked(name: &str) -> Option<&str> {
    name.strip_prefix('.')?.strip_suffix(ENDING).filter(|name| !name.is_empty())
}

/// Whether a file that is not there is kept elsewhere.
pub(crate) fn is_elsewhere(work_tree: &Path, path: &RepoPath) -> bool {
    let mark = format!(".{}{ENDING}", path.file_name());
    path.under(work_tree).with_file_name(mark).symlink_metadata().is_ok_and(|mark| mark.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_names_its_file() {
        assert_eq!(marked(".a.yaml.icloud"), Some("a.yaml"));
        for name in ["a.yaml", ".a.yaml", "a.yaml.icloud", ".icloud", "..icloud"] {
            assert_eq!(marked(name), None, "{name}");
        }
    }
}
