//! `.hnp/manifest.yaml`: what decides the tree, in Git, so that every desktop agrees.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::fgd::layout::SKIP_RENDERING;
use crate::id::RepoPath;
use crate::manifest;
use crate::schema::KINDS;

/// What becomes of a source file once all of it is ingested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ArchiveStrategy {
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "snake_case")]
pub enum ValidationPolicy {
    /// It is taken, and the error is shown.
    #[default]
    Warn,
    /// It stays in the inbox.
    Strict,
}

impl ArchiveStrategy {
    /// Its name in the file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::RenameWithExtension => "rename_with_extension",
            Self::MoveToArchiveDir => "move_to_archive_dir",
            Self::BackupWithTimestamp => "backup_with_timestamp",
            Self::None => "none",
        }
    }
}

impl ValidationPolicy {
    /// Its name in the file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Warn => "warn",
            Self::Strict => "strict",
        }
    }
}

/// What decides a fabric's tree, and a person may change. It is in Git, so that every desktop agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FabricRules {
    /// What becomes of ingested files.
    pub archive: ArchiveStrategy,
    /// What becomes of documents with an error of meaning.
    pub validation: ValidationPolicy,
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

    /// What of it a person may change.
    pub(crate) fn rules(&self) -> FabricRules {
        FabricRules { archive: self.archive_strategy, validation: self.validation_policy }
    }

    /// The file's text with other rules. What else it holds, in which order and how it is written, stays.
    pub(crate) fn with_rules(file: &RepoPath, bytes: &[u8], rules: FabricRules) -> Result<String> {
        let unclear = || Error::ManifestDamaged {
            file: file.clone(),
            detail: "the place of the rules in it is not clear".to_owned(),
        };
        let text = std::str::from_utf8(bytes).map_err(|_| unclear())?;
        let mut changed = text.to_owned();
        for (key, value) in
            [("archive_strategy", rules.archive.name()), ("validation_policy", rules.validation.name())]
        {
            changed = manifest::set_entry(&changed, key, value).ok_or_else(unclear)?;
        }
        // Whatever the text looked like: what is written says what is meant, and nothing else is different.
        let (old, new) = (Self::read(file, bytes, file)?, Self::read(file, changed.as_bytes(), file)?);
        let meant = Self { archive_strategy: rules.archive, validation_policy: rules.validation, ..old };
        if new == meant { Ok(changed) } else { Err(unclear()) }
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
    fn other_rules_leave_the_rest_as_it_is() {
        let file = RepoPath::parse("lab/.hnp/manifest.yaml").expect("path");
        let rules =
            FabricRules { archive: ArchiveStrategy::MoveToArchiveDir, validation: ValidationPolicy::Strict };
        let same =
            FabricRules { archive: ArchiveStrategy::RenameWithExtension, validation: ValidationPolicy::Warn };
        let own = FabricFile::text("Lab");
        let changed = own
            .replace("rename_with_extension", "move_to_archive_dir")
            .replace("validation_policy: warn", "validation_policy: strict");
        assert_eq!(FabricFile::with_rules(&file, own.as_bytes(), rules).expect("changed"), changed);
        assert_eq!(FabricFile::with_rules(&file, own.as_bytes(), same).expect("unchanged"), own);
        for (before, after) in [
            // As the old plugin wrote it.
            (
                "# a\n# b\n{\n  \"version\": \"1.0\",\n  \"archive_strategy\": \"none\"\n}\n",
                "# a\n# b\n{\n  \"version\": \"1.0\",\n  \"archive_strategy\": \"move_to_archive_dir\",\n  \
                 \"validation_policy\": \"strict\"\n}\n",
            ),
            (
                "fabric_name: Lab # mine\r\narchive_strategy: 'none' # why\r\n",
                "fabric_name: Lab # mine\r\narchive_strategy: move_to_archive_dir # why\r\n\
                 validation_policy: strict\r\n",
            ),
            ("a: 1", "a: 1\narchive_strategy: move_to_archive_dir\nvalidation_policy: strict"),
        ] {
            assert_eq!(FabricFile::with_rules(&file, before.as_bytes(), rules).expect(before), after);
        }
    }

    #[test]
    fn rules_are_not_written_where_their_place_is_unclear() {
        let file = RepoPath::parse("lab/.hnp/manifest.yaml").expect("path");
        let rules =
            FabricRules { archive: ArchiveStrategy::MoveToArchiveDir, validation: ValidationPolicy::Warn };
        for text in ["", "- a\n", "a: 1\n---\nb: 2\n", "{ a: ", "a: &x none\narchive_strategy: *x\n"] {
            assert!(FabricFile::with_rules(&file, text.as_bytes(), rules).is_err(), "{text}");
        }
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
