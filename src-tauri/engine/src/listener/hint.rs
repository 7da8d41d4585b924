//! Word of a push: which repository and branch to look at.

use crate::git::parse_remote_url;
use crate::id::{BranchName, RemoteUrl};

/// Somebody pushed, says a webhook. A hint to fetch and nothing more: what is there is looked at, so a hint
/// that is wrong, late or lost does no harm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hint {
    /// The addresses that the sender gives the repository, without credentials.
    pub(crate) urls: Vec<RemoteUrl>,
    /// Its name on its host, `owner/name`: one repository has many addresses.
    pub(crate) full_name: Option<String>,
    /// The branch; none where the sender does not say.
    pub(crate) branch: Option<BranchName>,
}

impl Hint {
    /// Whether a branch of a remote may have news. Rather too often than not: a needless look is cheap.
    pub(crate) fn is_about(&self, remote: &RemoteUrl, branch: &BranchName) -> bool {
        if self.branch.as_ref().is_some_and(|pushed| pushed != branch) {
            return false;
        }
        let ours = Place::of(remote);
        // A host is known by several names (SSH has its own, and there are proxies); the rest is the same.
        let same_name = |name: &String| {
            let name = Place::tidy(name);
            !name.is_empty() && (ours.path == name || ours.path.ends_with(&format!("/{name}")))
        };
        self.urls.iter().any(|url| Place::of(url) == ours) || self.full_name.as_ref().is_some_and(same_name)
    }
}

/// The addresses among these texts, each once.
pub(super) fn addresses<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<RemoteUrl> {
    let mut found = Vec::new();
    for text in texts {
        if let Ok((url, _)) = parse_remote_url(text)
            && !found.contains(&url)
        {
            found.push(url);
        }
    }
    found
}

/// Where a repository is, whatever it is reached by.
#[derive(PartialEq, Eq)]
struct Place {
    host: String,
    path: String,
}

impl Place {
    fn of(url: &RemoteUrl) -> Self {
        let text = url.as_str();
        let (host, path) = match text.split_once("://") {
            Some((_, rest)) => rest.split_once('/').unwrap_or((rest, "")),
            None if text.starts_with('/') => ("", text),
            None => text.split_once(':').unwrap_or(("", text)),
        };
        let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
        // A port is the protocol's: SSH and HTTPS have different ones.
        let host = match host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => host,
        };
        Self { host: host.to_lowercase(), path: Self::tidy(path) }
    }

    fn tidy(path: &str) -> String {
        let path = path.trim_matches('/').to_lowercase();
        path.strip_suffix(".git").map(str::to_owned).unwrap_or(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hint(urls: &[&str], full_name: Option<&str>, branch: Option<&str>) -> Hint {
        Hint {
            urls: addresses(urls.iter().copied()),
            full_name: full_name.map(str::to_owned),
            branch: branch.map(|branch| BranchName::parse(branch).expect("a name")),
        }
    }

    fn is_about(hint: &Hint, remote: &str, branch: &str) -> bool {
        let (remote, _) = parse_remote_url(remote).expect(remote);
        hint.is_about(&remote, &BranchName::parse(branch).expect("a name"))
    }

    #[test]
    fn one_repository_is_known_by_all_its_addresses() {
        let hint = hint(
            &["https://git.example.org/Net/Lab.git", "git@git.example.org:Net/Lab.git"],
            Some("Net/Lab"),
            Some("main"),
        );
        for ours in [
            "https://git.example.org/net/lab",
            "https://user@GIT.example.org:8443/Net/Lab.git/",
            "ssh://git@git.example.org:2222/net/lab.git",
            "git@git.example.org:net/lab",
            "ssh://git@ssh.git.example.org:443/Net/Lab.git",
            "https://proxy.internal/git/Net/Lab.git",
        ] {
            assert!(is_about(&hint, ours, "main"), "{ours}");
            assert!(!is_about(&hint, ours, "prod"), "{ours}");
        }
        for other in ["https://git.example.org/net/lab2.git", "git@git.example.org:other/lab.git", "/srv/lab"]
        {
            assert!(!is_about(&hint, other, "main"), "{other}");
        }
    }

    #[test]
    fn without_a_branch_every_branch_is_meant_and_without_a_place_none() {
        let any = hint(&["/srv/git/lab.git"], None, None);
        assert!(is_about(&any, "file:///srv/git/lab.git", "main") && is_about(&any, "/srv/git/lab", "x"));
        for nowhere in [hint(&[], None, None), hint(&[], Some(""), None), hint(&[], Some("/"), None)] {
            assert!(!is_about(&nowhere, "/srv/git/lab.git", "main"), "{nowhere:?}");
        }
    }

    #[test]
    fn credentials_in_an_address_are_dropped() {
        let hint =
            hint(&["https://me:hunter2@example.org/a/b.git", "no address", "ext::sh -c x"], None, None);
        assert_eq!(
            hint.urls.iter().map(RemoteUrl::as_str).collect::<Vec<_>>(),
            ["https://example.org/a/b.git"]
        );
    }
}
