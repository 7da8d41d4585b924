//! Where things are in a fabric directory.

use crate::id::RepoPath;

/// Argo CD leaves a file alone that holds this string.
pub(crate) const SKIP_RENDERING: &str = "+argocd:skip-file-rendering";

/// The paths of one fabric directory, inside its repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    root: RepoPath,
}

impl Layout {
    pub(crate) fn new(root: RepoPath) -> Self {
        Self { root }
    }

    /// The directory itself.
    pub(crate) fn root(&self) -> &RepoPath {
        &self.root
    }

    /// The inbox.
    pub(crate) fn raw(&self) -> RepoPath {
        self.root.join("raw")
    }

    /// One object a file.
    pub(crate) fn managed(&self) -> RepoPath {
        self.root.join("managed")
    }

    /// Valid YAML that is no Hedgehog object.
    pub(crate) fn unmanaged(&self) -> RepoPath {
        self.root.join("unmanaged")
    }

    /// What decides the tree: the fabric's name, its archive strategy.
    pub(crate) fn fabric_file(&self) -> RepoPath {
        self.root.join(".hnp/manifest.yaml")
    }

    /// What was ingested from where.
    pub(crate) fn archive_log(&self) -> RepoPath {
        self.root.join(".hnp/archive-log.yaml")
    }

    /// CustomResourceDefinitions whose schemas objects are checked by, where there are some.
    pub(crate) fn schemas(&self) -> RepoPath {
        self.root.join(".hnp/crds")
    }

    /// Sources that were moved away whole, by the strategy of that name.
    pub(crate) fn archive_dir(&self) -> RepoPath {
        self.root.join(".hnp/archive")
    }

    /// Whether ingestion takes files of this name: YAML or JSON by their ending, in any case, not hidden.
    pub(crate) fn takes(file_name: &str) -> bool {
        let ending = file_name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
        !file_name.starts_with('.') && matches!(ending.as_deref(), Some("yaml" | "yml" | "json"))
    }

    /// Whether a file of this name tells Argo CD or Flux about the directory: it is no object of it.
    pub(crate) fn steers(file_name: &str) -> bool {
        matches!(file_name, "kustomization.yaml" | "kustomization.yml")
    }
}

/// `a.yaml`, `a-2.yaml`, `a-3.yaml`, …, counted from 1.
pub(crate) fn numbered(wished: &str, n: usize) -> String {
    match wished.rsplit_once('.') {
        _ if n == 1 => wished.to_owned(),
        Some((stem, ending)) => format!("{stem}-{n}.{ending}"),
        None => format!("{wished}-{n}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inbox_takes_yaml_and_json_that_nobody_is_still_writing() {
        for name in ["a.yaml", "B.YML", "c.Json", "a.b.yaml"] {
            assert!(Layout::takes(name), "{name}");
        }
        for name in [
            ".a.yaml",
            ".#a.yaml",
            "a.yaml~",
            "a.yaml.archived",
            "a.yaml.swp",
            "#a.yaml#",
            "yaml",
            "a.txt",
            ".gitkeep",
        ] {
            assert!(!Layout::takes(name), "{name}");
        }
    }
}
