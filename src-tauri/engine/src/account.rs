//! Accounts: who this desktop is for a remote. What is secret about one is kept apart, in [`crate::secrets`].

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::error::{Error, Result};
use crate::git::without_credentials;
use crate::id::{AccountId, RemoteUrl};

/// How a remote is told who is asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Method {
    /// A token over HTTPS.
    Token,
    /// A user name and a password over HTTPS.
    Password,
    /// Whatever keys the SSH agent holds.
    SshAgent,
    /// A key file, and its passphrase where it has one.
    SshKey,
    /// Git's own credential helpers.
    Helper,
    /// Nothing at all: the remote is open to everybody.
    Nobody,
}

impl Method {
    /// Whether there is a secret that has to be kept; a key file need not have a passphrase.
    pub fn has_secret(self) -> bool {
        matches!(self, Self::Token | Self::Password | Self::SshKey)
    }

    fn fits(self, place: &Place) -> bool {
        match self {
            Self::Token | Self::Password | Self::Helper => !place.is_ssh(),
            Self::SshAgent | Self::SshKey => place.is_ssh(),
            Self::Nobody => true,
        }
    }
}

/// Where a secret is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub enum Keeping {
    /// In the operating system's keychain.
    #[default]
    Keychain,
    /// In a file of the app's, encrypted with a passphrase.
    File,
    /// In memory: it is asked for again after each start.
    Session,
}

/// Who this desktop is, for a host or for one repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The account.
    pub id: AccountId,
    /// The host or the repository that it is for.
    pub place: Place,
    /// How the remote is told.
    pub method: Method,
    /// The user name; with a token most hosts take any.
    pub user: Option<String>,
    /// The private key's file.
    pub key_file: Option<String>,
    /// Where the secret is kept; none where there is none.
    pub kept: Option<Keeping>,
    /// The host's GitHub API, where it is a GitHub.
    pub github_api: Option<String>,
}

/// An account to be kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct NewAccount {
    /// A host, `https://github.com`, or a repository's URL.
    pub place: String,
    /// How the remote is told.
    pub method: Method,
    /// The user name.
    #[serde(default)]
    pub user: Option<String>,
    /// The private key's file.
    #[serde(default)]
    pub key_file: Option<String>,
    /// The token, password or passphrase.
    #[serde(default)]
    pub secret: Option<String>,
    /// Where the secret is to be kept.
    #[serde(default)]
    pub keep: Keeping,
    /// The address of the host's GitHub API, for an Enterprise Server; github.com's is known.
    #[serde(default)]
    pub github_api: Option<String>,
}

impl fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAccount")
            .field("place", &without_credentials(&self.place))
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl NewAccount {
    /// The account and its secret, checked: everything that the method needs is there, and nothing that it
    /// has no use for is kept.
    ///
    /// # Errors
    /// `AccountInvalid`; `UrlInvalid` for its place or its API.
    pub(crate) fn checked(self, id: AccountId) -> Result<(Account, Option<String>)> {
        let place = Place::parse(&self.place)?;
        let filled =
            |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let (user, key_file, github_api) =
            (filled(self.user), filled(self.key_file), filled(self.github_api));
        let secret = self.secret.filter(|secret| !secret.is_empty());
        let refuse = |detail: &str| Err(Error::AccountInvalid { detail: detail.to_owned() });
        if !self.method.fits(&place) {
            return match place.is_ssh() {
                true => refuse("a remote over SSH takes a key, not a token or a password"),
                false => refuse("SSH keys are for remotes over SSH; this one is asked over HTTP"),
            };
        }
        match self.method {
            Method::Token | Method::Password if secret.is_none() => return refuse("the secret is missing"),
            Method::Password if user.is_none() => return refuse("a password needs a user name"),
            Method::SshKey if key_file.is_none() => return refuse("the key's file is missing"),
            _ => {}
        }
        if user.as_ref().is_some_and(|user| user.chars().any(char::is_control)) {
            return refuse("a user name is one line");
        }
        let api = |text: &String| {
            Url::parse(text).is_ok_and(|url| {
                url.host_str().is_some() && url.username().is_empty() && url.password().is_none()
            })
        };
        if let Some(text) = &github_api
            && !api(text)
        {
            return refuse("the address of GitHub's API is no URL");
        }
        let secret = secret.filter(|_| self.method.has_secret());
        let account = Account {
            id,
            place,
            method: self.method,
            user,
            key_file: key_file.filter(|_| self.method == Method::SshKey),
            kept: secret.is_some().then_some(self.keep),
            github_api,
        };
        Ok((account, secret))
    }
}

/// What an account is for: a host (`https://github.com`, `ssh://git.example.org`) or a repository or group of
/// repositories there (`https://github.com/acme`). It holds no user name and no secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(transparent)]
pub struct Place(String);

impl Place {
    /// Reads a host or a repository as people write them: a URL, `git@host:path`, or a host's bare name, which
    /// stands for HTTPS.
    ///
    /// # Errors
    /// `UrlInvalid`, whose text holds no credentials.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let invalid = || Error::UrlInvalid { url: without_credentials(text) };
        let url = as_url(text).ok_or_else(invalid)?;
        let plain = url.query().is_none() && url.fragment().is_none() && url.password().is_none();
        let known = matches!(url.scheme(), "https" | "http" | "ssh");
        let (true, true, Some(host)) =
            (plain, known, url.host_str().filter(|host| !host.starts_with(['-', '.'])))
        else {
            return Err(invalid());
        };
        let usual = matches!((url.scheme(), url.port()), ("ssh", Some(22)));
        let port = url.port().filter(|_| !usual).map(|port| format!(":{port}")).unwrap_or_default();
        let mut path = url.path().trim_matches('/');
        // As often as it is there: what is a place stays one when it is read again.
        while let Some(shorter) = path.strip_suffix(".git") {
            path = shorter.trim_end_matches('/');
        }
        // `..git` is no repository's name: what is left of it would be read as another directory.
        if matches!(path.rsplit('/').next(), Some("." | "..")) {
            return Err(invalid());
        }
        let slash = if path.is_empty() { "" } else { "/" };
        Ok(Self(format!("{}://{}{port}{slash}{path}", url.scheme(), host.to_ascii_lowercase())))
    }

    /// The host of a remote; none for one on this machine's disk.
    pub(crate) fn host_of(remote: &RemoteUrl) -> Option<Self> {
        Self::of(remote).map(|place| place.host())
    }

    /// A remote as a place; none for one on this machine's disk.
    pub(crate) fn of(remote: &RemoteUrl) -> Option<Self> {
        let text = remote.as_str();
        if crate::git::is_local(remote) {
            return None;
        }
        Self::parse(text).ok()
    }

    /// The host of this place.
    pub(crate) fn host(&self) -> Self {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("https", &self.0));
        let host = rest.split('/').next().unwrap_or_default();
        Self(format!("{scheme}://{host}"))
    }

    /// A place that was checked when it was stored.
    pub(crate) fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The place as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is asked over SSH.
    pub fn is_ssh(&self) -> bool {
        self.0.starts_with("ssh://")
    }

    /// How closely this place fits a remote: the longer, the closer. None where it is for others.
    pub(crate) fn covers(&self, remote: &RemoteUrl) -> Option<usize> {
        let remote = Self::of(remote)?;
        let rest = remote.0.strip_prefix(self.0.as_str())?;
        (rest.is_empty() || rest.starts_with('/')).then_some(self.0.len())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn as_url(text: &str) -> Option<Url> {
    if text.is_empty() || text.starts_with('-') || text.chars().any(|c| c.is_control() || c == ' ') {
        return None;
    }
    if text.contains("://") {
        return Url::parse(text).ok();
    }
    match text.split_once(':') {
        // `host:8443` is a host with a port; `git@host:path` and `host:path` are SSH's way.
        Some((_, port)) if !text.contains('@') && port.parse::<u16>().is_ok() => {
            Url::parse(&format!("https://{text}")).ok()
        }
        // What looks like a path may be a password: `bob:secret@host`.
        Some((_, path)) if path.split('/').next().is_some_and(|part| part.contains(['@', ':'])) => None,
        Some((host, path)) => Url::parse(&format!("ssh://{host}/{}", path.trim_start_matches('/'))).ok(),
        None if text.contains('@') => Url::parse(&format!("ssh://{text}")).ok(),
        None => Url::parse(&format!("https://{text}")).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_people_write_them() {
        for (text, place) in [
            ("github.com", "https://github.com"),
            (" https://GitHub.com/ ", "https://github.com"),
            ("https://github.com:443/acme", "https://github.com/acme"),
            ("https://bob@github.com/acme/lab.git", "https://github.com/acme/lab"),
            ("host:8443", "https://host:8443"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("git@host:net/lab.git", "ssh://host/net/lab"),
            ("ssh://git@host:2222/net/lab.git", "ssh://host:2222/net/lab"),
            ("ssh://git@host:22", "ssh://host"),
            ("git@host", "ssh://host"),
            ("https://host/lab.git/.git", "https://host/lab"),
        ] {
            assert_eq!(Place::parse(text).expect(text).as_str(), place, "{text}");
        }
        for text in [
            "",
            "-oProxyCommand=x",
            "../fabric.git",
            "ftp://h",
            "https://",
            "https://bob:secret@h/x",
            "a b",
            "https://h/?t=secret",
            "bob:secret@h",
            "https:bob:secret@h/x",
            "https://h/#secret",
        ] {
            let error = Place::parse(text).expect_err(text).to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn the_closest_place_is_the_longest() {
        let remote = |text: &str| RemoteUrl::from_clean(text.to_owned());
        let covers =
            |place: &str, url: &str| Place::parse(place).expect(place).covers(&remote(url)).is_some();
        for (place, url, expected) in [
            ("https://h", "https://h/x.git", true),
            ("https://h/x", "https://h/x.git", true),
            ("https://h/acme", "https://h/acme/lab.git", true),
            ("https://h/acme", "https://h/acme-evil/lab.git", false),
            ("https://h", "https://h.evil/x.git", false),
            ("https://h", "http://h/x.git", false),
            ("https://h", "https://h:8443/x.git", false),
            ("ssh://h", "git@h:x.git", true),
            ("ssh://h", "ssh://git@h:2222/x.git", false),
            ("https://h", "/srv/x.git", false),
        ] {
            assert_eq!(covers(place, url), expected, "{place} {url}");
        }
        let lab = remote("https://h/acme/lab.git");
        let close = |text: &str| Place::parse(text).expect(text).covers(&lab);
        assert!(close("https://h") < close("https://h/acme"));
        assert!(close("https://h/acme") < close("https://h/acme/lab"));
    }

    #[test]
    fn an_account_has_what_its_method_needs() {
        let new =
            |place: &str, method, user: Option<&str>, key: Option<&str>, secret: Option<&str>| NewAccount {
                place: place.to_owned(),
                method,
                user: user.map(str::to_owned),
                key_file: key.map(str::to_owned),
                secret: secret.map(str::to_owned),
                keep: Keeping::Session,
                github_api: None,
            };
        let good = [
            (new("h", Method::Token, None, None, Some("t")), Some("t")),
            (new("h", Method::Password, Some("bob"), None, Some("p")), Some("p")),
            (new("git@h", Method::SshKey, None, Some("/k"), None), None),
            (new("git@h", Method::SshKey, None, Some("/k"), Some("p")), Some("p")),
            (new("git@h", Method::SshAgent, None, Some("/k"), Some("p")), None),
            (new("h", Method::Helper, None, None, Some("p")), None),
            (new("h", Method::Nobody, None, None, None), None),
        ];
        for (account, secret) in good {
            let named = format!("{account:?}");
            let (account, kept) = account.checked(AccountId::random()).expect(&named);
            assert_eq!(kept.as_deref(), secret, "{named}");
            assert_eq!(account.kept.is_some(), secret.is_some(), "{named}");
            assert_eq!(account.key_file.is_some(), account.method == Method::SshKey, "{named}");
        }
        for bad in [
            new("h", Method::Token, None, None, None),
            new("h", Method::Password, None, None, Some("p")),
            new("git@h", Method::SshKey, None, None, None),
            new("git@h", Method::Token, None, None, Some("t")),
            new("h", Method::SshAgent, None, None, None),
            new("h", Method::Password, Some("a\nb"), None, Some("p")),
            NewAccount { github_api: Some("x".to_owned()), ..new("h", Method::Token, None, None, Some("t")) },
        ] {
            let named = format!("{bad:?}");
            assert!(!named.contains("secret"), "{named}");
            assert!(bad.checked(AccountId::random()).is_err(), "{named}");
        }
    }
}
