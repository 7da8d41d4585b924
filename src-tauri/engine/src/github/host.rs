//! Which GitHub: github.com, or one that a company runs.

use std::fmt;
use std::net::IpAddr;

use url::Url;

use crate::error::{Error, Result};
use crate::id::RemoteUrl;

/// A GitHub, by where its API and its pages are.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Host {
    /// `github.com`, `ghe.example.org`, `ghe.example.org:8443`.
    name: String,
    /// Where the API is, without a `/` at its end.
    api: String,
    /// Where the pages and the repositories are, without a `/` at its end.
    web: String,
}

impl Host {
    /// github.com.
    pub(crate) fn github() -> Self {
        Self {
            name: "github.com".to_owned(),
            api: "https://api.github.com".to_owned(),
            web: "https://github.com".to_owned(),
        }
    }

    /// Reads what a person enters: a host name with or without a port, or the address of its first page.
    ///
    /// An Enterprise Server has its API at `https://HOST/api/v3`; a company's part of ghe.com has it at
    /// `https://api.HOST`. Without encryption a token would be read on the way, so `http://` is taken for
    /// this machine alone.
    ///
    /// # Errors
    /// `UrlInvalid`, whose text holds no credentials.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let invalid = || Error::UrlInvalid { url: text.rsplit('@').next().unwrap_or_default().to_owned() };
        let full = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = Url::parse(&full).map_err(|_| invalid())?;
        let plain = url.username().is_empty() && url.password().is_none() && !text.contains('@');
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let safe = url.scheme() == "https" || (url.scheme() == "http" && is_this_machine(&url));
        let (true, true, true, Some(host)) = (plain, bare, safe, url.host_str()) else {
            return Err(invalid());
        };
        if ["github.com", "www.github.com", "api.github.com"].contains(&host) && url.port().is_none() {
            return Ok(Self::github());
        }
        let name = match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        let web = format!("{}://{name}", url.scheme());
        let api = match host.strip_suffix(".ghe.com") {
            Some(_) => format!("https://api.{name}"),
            None => format!("{web}/api/v3"),
        };
        Ok(Self { name, api, web })
    }

    /// A GitHub whose pages are at `web`, `https://ghe.example.org`, and whose API is at `api`; neither has
    /// anything secret in it.
    pub(crate) fn with_api(web: &str, api: &str) -> Self {
        let (web, api) = (web.trim_end_matches('/').to_owned(), api.trim_end_matches('/').to_owned());
        let name = web.split_once("://").map_or(web.as_str(), |(_, name)| name).to_owned();
        Self { name, api, web }
    }

    /// The host's name, with its port where that is not the usual one.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where the API is.
    pub(crate) fn api(&self) -> &str {
        &self.api
    }

    /// Where the pages are.
    pub(crate) fn web(&self) -> &str {
        &self.web
    }

    /// The host as an error names it.
    pub(super) fn as_remote(&self) -> RemoteUrl {
        RemoteUrl::from_clean(self.web.clone())
    }

    /// The path of a remote, if the remote is on this host: `acme/fabrics.git`.
    pub(super) fn path_of<'a>(&self, remote: &'a RemoteUrl) -> Option<&'a str> {
        let text = remote.as_str();
        if let Some(path) = text.strip_prefix(self.web.as_str()) {
            return path.strip_prefix('/');
        }
        let (authority, path) = match text.strip_prefix("ssh://") {
            Some(rest) => rest.split_once('/')?,
            None if text.contains("://") => return None,
            None => text.split_once(':')?,
        };
        let host = authority.rsplit('@').next()?.split(':').next()?;
        let ours = self.name.split(':').next()?;
        // github.com answers SSH behind firewalls under this name, on port 443.
        let is_ours = host.eq_ignore_ascii_case(ours)
            || (ours == "github.com" && host.eq_ignore_ascii_case("ssh.github.com"));
        is_ours.then_some(path)
    }

    /// A host whose API is at `base` itself: how a test's server is addressed.
    #[cfg(test)]
    pub(super) fn at(base: &str) -> Self {
        let base = base.trim_end_matches('/').to_owned();
        let name = base.split_once("://").map_or(base.as_str(), |(_, name)| name).to_owned();
        Self { name, api: base.clone(), web: base }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

fn is_this_machine(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => {
            host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_knows_its_addresses() {
        let cases = [
            ("github.com", "github.com", "https://api.github.com", "https://github.com"),
            ("https://github.com/", "github.com", "https://api.github.com", "https://github.com"),
            ("GHE.acme.org", "ghe.acme.org", "https://ghe.acme.org/api/v3", "https://ghe.acme.org"),
            (
                "ghe.acme.org:8443",
                "ghe.acme.org:8443",
                "https://ghe.acme.org:8443/api/v3",
                "https://ghe.acme.org:8443",
            ),
            ("acme.ghe.com", "acme.ghe.com", "https://api.acme.ghe.com", "https://acme.ghe.com"),
            (
                "http://127.0.0.1:3000",
                "127.0.0.1:3000",
                "http://127.0.0.1:3000/api/v3",
                "http://127.0.0.1:3000",
            ),
            ("http://[::1]:3000", "[::1]:3000", "http://[::1]:3000/api/v3", "http://[::1]:3000"),
        ];
        for (text, name, api, web) in cases {
            let host = Host::parse(text).expect(text);
            assert_eq!((host.name(), host.api(), host.web()), (name, api, web));
        }
    }

    #[test]
    fn a_host_that_would_leak_a_token_is_refused() {
        for text in [
            "",
            "http://ghe.acme.org",
            "ftp://ghe.acme.org",
            "https://bob:hunter2@ghe.acme.org",
            "ghe/x",
            "ghe?x",
        ] {
            let error = Host::parse(text).expect_err(text);
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_remote_is_on_one_host() {
        let path = |host: &str, remote: &str| {
            let host = Host::parse(host).expect(host);
            host.path_of(&RemoteUrl::from_clean(remote.to_owned())).map(str::to_owned)
        };
        let ours = Some("acme/fabrics.git".to_owned());
        for remote in [
            "https://github.com/acme/fabrics.git",
            "git@github.com:acme/fabrics.git",
            "ssh://git@github.com/acme/fabrics.git",
            "ssh://git@ssh.github.com:443/acme/fabrics.git",
        ] {
            assert_eq!(path("github.com", remote), ours, "{remote}");
            assert_eq!(path("ghe.acme.org", remote), None, "{remote}");
        }
        assert_eq!(path("ghe.acme.org", "ssh://git@ghe.acme.org:122/acme/fabrics.git"), ours);
        assert_eq!(path("ghe.acme.org:8443", "https://ghe.acme.org:8443/acme/fabrics.git"), ours);
        for other in [
            "https://github.com.evil.org/a/b",
            "https://evil.org/github.com/a/b",
            "http://github.com/a/b",
            "git@github.com.evil.org:a/b",
            "/srv/github.com/a",
        ] {
            assert_eq!(path("github.com", other), None, "{other}");
        }
    }
}
