//! Identifiers and other values that are checked once, at the edge, and trusted from there on.

use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// A text newtype: the same bytes in Rust, JSON, SQLite and TypeScript.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// An identifier that the app makes up: random, never reused.
macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        text_id!($(#[$doc])* $name);

        impl $name {
            /// A new identifier.
            pub(crate) fn random() -> Self {
                Self(uuid::Uuid::new_v4().simple().to_string())
            }
        }
    };
}

/// An identifier that the app's database gives back.
macro_rules! stored_id {
    ($name:ident) => {
        impl $name {
            /// The identifier as it was stored.
            pub(crate) fn from_stored(text: String) -> Self {
                Self(text)
            }
        }
    };
}

random_id!(
    /// Names a fabric on this desktop.
    FabricId
);
stored_id!(FabricId);
random_id!(
    /// Names a repository on this desktop.
    RepositoryId
);
stored_id!(RepositoryId);
random_id!(
    /// Names an account on this desktop.
    AccountId
);
stored_id!(AccountId);
random_id!(
    /// Names one run; it is also the value of the `FGD-Operation` trailer of the run's commit.
    OperationId
);
stored_id!(OperationId);
text_id!(
    /// A Git commit: 40 lower-case hexadecimal digits.
    Revision
);
text_id!(
    /// The short name of a Git branch (`main`, not `refs/heads/main`), valid by Git's rules.
    BranchName
);
text_id!(
    /// A path inside a repository: relative, `/` between its parts, never `..`; empty for the root.
    RepoPath
);
text_id!(
    /// Where a remote is: a URL or a local path, without any user name, password or token.
    RemoteUrl
);

impl Revision {
    pub(crate) fn from_oid(oid: impl fmt::Display) -> Self {
        Self(oid.to_string())
    }

    /// The first eight digits, as people quote a commit.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl RemoteUrl {
    /// A URL out of which every credential was taken: `git::parse_remote_url` is where that is done.
    pub(crate) fn from_clean(text: String) -> Self {
        Self(text)
    }
}

impl BranchName {
    /// Checks a branch name by the rules of `git check-ref-format --branch`.
    pub fn parse(text: &str) -> Result<Self> {
        let bad_part = |part: &str| part.is_empty() || part.starts_with('.') || part.ends_with(".lock");
        let bad_char = |c: char| c.is_ascii_control() || " ~^:?*[\\\u{7f}".contains(c);
        let bad = text.is_empty()
            || text == "@"
            || text.starts_with('-')
            || text.ends_with('.')
            || text.contains("..")
            || text.contains("@{")
            || text.chars().any(bad_char)
            || text.split('/').any(bad_part);
        if bad {
            return Err(Error::BranchNameInvalid { name: text.to_owned() });
        }
        Ok(Self(text.to_owned()))
    }
}

impl RepoPath {
    /// The root of the repository.
    pub fn root() -> Self {
        Self(String::new())
    }

    /// Checks a path that a person typed or a repository holds; `.` and a trailing `/` are dropped.
    pub fn parse(text: &str) -> Result<Self> {
        let outside = || Error::DirectoryOutside { directory: text.to_owned() };
        if text.starts_with('/') || text.contains(|c: char| matches!(c, '\\' | ':') || c.is_control()) {
            return Err(outside());
        }
        let is_bad = |part: &str| part == ".." || part.eq_ignore_ascii_case(".git");
        if text.split('/').any(is_bad) {
            return Err(outside());
        }
        let is_dropped = |part: &&str| part.is_empty() || *part == ".";
        if !text.split('/').any(|part| is_dropped(&part)) {
            return Ok(Self(text.to_owned()));
        }
        let parts: Vec<&str> = text.split('/').filter(|part| !is_dropped(part)).collect();
        Ok(Self(parts.join("/")))
    }

    /// This path with `rest` below it; `rest` is one or more parts that the caller vouches for.
    pub(crate) fn join(&self, rest: &str) -> Self {
        if self.0.is_empty() {
            return Self(rest.to_owned());
        }
        if rest.is_empty() {
            return self.clone();
        }
        Self(format!("{}/{rest}", self.0))
    }

    /// What is left of this path below `base`, if it is below it.
    pub fn below<'a>(&'a self, base: &RepoPath) -> Option<&'a str> {
        if base.0.is_empty() {
            return Some(&self.0);
        }
        let rest = self.0.strip_prefix(base.as_str())?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }

    /// The last part of the path; empty for the root.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// Whether this is the root of the repository.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The path in the file system, below a work tree.
    pub fn under(&self, work_tree: &Path) -> PathBuf {
        let mut path = work_tree.to_path_buf();
        path.extend(self.0.split('/').filter(|part| !part.is_empty()));
        path
    }
}

/// A point in time: milliseconds since 1970 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct Timestamp(#[cfg_attr(feature = "specta", specta(type = i32))] i64);

impl Timestamp {
    /// The time by this machine's clock. It is shown to people and never decides what is written.
    pub fn now() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self(since.map(|d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)).unwrap_or(0))
    }

    /// Milliseconds since 1970 UTC.
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// The point in time that many milliseconds after 1970 UTC.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branch_names_follow_git() {
        for good in ["main", "feature/leaf-01", "v1.2", "ümlaut"] {
            assert!(BranchName::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-f", "a..b", "a b", "a/", "/a", "a.lock", ".a", "a/.b", "@", "a@{1}", "a\\b", "a:b"]
        {
            assert!(BranchName::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn repo_paths_stay_inside() {
        for (text, path) in [("", ""), (".", ""), ("a/b", "a/b"), ("./a//b/", "a/b"), ("a b/ü", "a b/ü")] {
            assert_eq!(RepoPath::parse(text).expect(text).as_str(), path);
        }
        for bad in ["..", "a/../b", "/etc", "C:/x", "a\\b", ".git", "a/.GIT/hooks", "a\nb", "a\u{1b}[2J"] {
            assert!(RepoPath::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn below_needs_a_whole_part() {
        let path = RepoPath::parse("fabrics/lab/raw/x.yaml").expect("path");
        assert_eq!(path.below(&RepoPath::parse("fabrics/lab").expect("path")), Some("raw/x.yaml"));
        assert_eq!(path.below(&RepoPath::parse("fabrics/la").expect("path")), None);
        assert_eq!(path.below(&RepoPath::root()), Some("fabrics/lab/raw/x.yaml"));
    }
}
