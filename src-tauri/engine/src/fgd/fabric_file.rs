//! `.hnp/manifest.yaml`: what decides the tree, in Git, so that every desktop agrees.

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::fgd::layout::SKIP_RENDERING;
use crate::id::RepoPath;
use crate::schema::KINDS;

/// What becomes of a source file once all of it is ingested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ArchiveStrategy {
    /// `raw/x.yaml` → `raw/x.yaml.archived`, then `.archived.1`.
    RenameWithExtension,
    /// `raw/x.yaml` → `.hnp/archive/x.yaml`.
    MoveToArchiveDir,
    /// `raw/x.yaml` → `raw/x.yaml.<first digits of its content's hash>.bak`. The name is that of the old
    /// plugin's strategy, which took the clock; a clock in a path would make two desktops disagree.
    BackupWithTimestamp,
    /// The file is removed: Git has it.
    None,
}

/// What becomes of a document that has an error of meaning: one that can be read, and that the fabric would
/// refuse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ValidationPolicy {
    /// It is taken, and the error is shown.
    #[default]
    Warn,
    /// It stays in the inbox.
    Strict,
}

/// What a fabric directory says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FabricFile {
    /// The fabric's name, as the annotations carry it.
    pub(crate) fabric_name: String,
    /// What becomes of ingested files.
    pub(crate) archive_strategy: ArchiveStrategy,
    /// What becomes of documents with an error of meaning.
    pub(crate) validation_policy: ValidationPolicy,
}

#[derive(Deserialize)]
struct Stored {
    fabric_name: Option<String>,
    archive_strategy: Option<ArchiveStrategy>,
    validation_policy: Option<ValidationPolicy>,
}

impl FabricFile {
    /// Reads the file: YAML, or JSON after comment lines as the NetBox plugin wrote it.
    pub(crate) fn read(file: &RepoPath, bytes: &[u8], directory: &RepoPath) -> Result<Self> {
        let damaged = |detail: String| Error::ManifestDamaged { file: file.clone(), detail };
        let stored: Stored = serde_yaml::from_slice(bytes).map_err(|error| damaged(error.to_string()))?;
        Ok(Self {
            fabric_name: stored.fabric_name.unwrap_or_else(|| directory.file_name().to_owned()),
            archive_strategy: stored.archive_strategy.unwrap_or(ArchiveStrategy::RenameWithExtension),
            validation_policy: stored.validation_policy.unwrap_or_default(),
        })
    }

    /// The text of a new file for a fabric of this name. The same name gives the same bytes everywhere.
    pub(crate) fn text(fabric_name: &str) -> String {
        let directories: String =
            KINDS.iter().filter(|info| info.always).map(|info| format!("- {}\n", info.directory)).collect();
        let name = serde_yaml::to_string(fabric_name).unwrap_or_else(|_| format!("{fabric_name:?}\n"));
        format!(
            "# FGD Sync: what decides this directory's contents\n\
             # {SKIP_RENDERING}\n\
             version: \"1.0\"\n\
             fabric_name: {name}\
             structure_version: \"1.0\"\n\
             created_by: FGD Sync\n\
             directories:\n  raw: raw\n  managed: managed\n  unmanaged: unmanaged\n\
             crd_directories:\n{directories}\
             archive_strategy: rename_with_extension\n\
             validation_policy: warn\n\
             onboarding_completed: true\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<FabricFile> {
        let file = RepoPath::parse("lab/.hnp/manifest.yaml")?;
        FabricFile::read(&file, text.as_bytes(), &RepoPath::parse("lab")?)
    }

    #[test]
    fn what_is_written_reads_back() {
        for name in ["Lab 1", "yes", "a: b", "#x", "Ümlaut"] {
            let file = read(&FabricFile::text(name)).expect(name);
            assert_eq!(file.fabric_name, name);
            assert_eq!(file.archive_strategy, ArchiveStrategy::RenameWithExtension);
        }
    }

    #[test]
    fn the_plugins_json_reads() {
        let text = "# HNP\n# x\n\n{\n  \"version\": \"1.0\", \"fabric_name\": \"Old\", \"archive_strategy\": \"none\"\n}";
        let file = read(text).expect("reads");
        assert_eq!((file.fabric_name.as_str(), file.archive_strategy), ("Old", ArchiveStrategy::None));
    }

    #[test]
    fn a_file_without_a_name_is_named_by_its_directory() {
        assert_eq!(read("version: '1.0'").expect("reads").fabric_name, "lab");
    }

    #[test]
    fn a_damaged_file_is_named() {
        let error = read("{ fabric_name: ").expect_err("damaged");
        assert!(error.to_string().starts_with("lab/.hnp/manifest.yaml is damaged"), "{error}");
    }
}
