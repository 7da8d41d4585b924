//! A repository on a GitHub, by its owner and name.

use std::fmt;

use crate::github::Host;
use crate::id::RemoteUrl;

/// A repository on a GitHub. One that exists has names that GitHub would take, so no path of the API can be
/// bent by them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Repository {
    owner: String,
    name: String,
}

impl Repository {
    /// The repository that a remote is, if it is one of github.com.
    #[cfg(test)]
    pub(crate) fn of(url: &RemoteUrl) -> Option<Self> {
        Self::on(&Host::github(), url)
    }

    /// The repository that a remote is, if it is one of that host.
    pub(crate) fn on(host: &Host, url: &RemoteUrl) -> Option<Self> {
        let path = host.path_of(url)?.trim_matches('/');
        Self::parse(path.strip_suffix(".git").unwrap_or(path))
    }

    /// Reads `owner/name`.
    pub(crate) fn parse(full_name: &str) -> Option<Self> {
        let (owner, name) = full_name.split_once('/')?;
        (is_name(owner) && is_name(name)).then(|| Self { owner: owner.to_owned(), name: name.to_owned() })
    }

    /// Who owns it: a user or an organisation.
    pub(crate) fn owner(&self) -> &str {
        &self.owner
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

/// Whether GitHub would take this as the name of a repository or of its owner.
pub(super) fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (1..=100).contains(&text.len()) && text.chars().all(plain) && text != "." && text != ".."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn github_is_known_by_its_urls() {
        let repository = |url: &str| Repository::of(&RemoteUrl::from_clean(url.to_owned()));
        let lab = Repository::parse("acme/fabrics");
        assert!(lab.is_some());
        for url in [
            "https://github.com/acme/fabrics.git",
            "https://github.com/acme/fabrics",
            "https://github.com/acme/fabrics/",
            "git@github.com:acme/fabrics.git",
            "ssh://git@github.com/acme/fabrics",
        ] {
            assert_eq!(repository(url), lab, "{url}");
        }
        for url in [
            "https://gitlab.com/acme/fabrics",
            "https://github.com/acme",
            "https://github.com/acme/fabrics/more",
            "https://github.com.evil.org/a/b",
            "https://github.com/acme/..",
            "https://github.com/../fabrics",
            "https://github.com/acme/a b",
        ] {
            assert_eq!(repository(url), None, "{url}");
        }
    }
}
