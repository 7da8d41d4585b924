//! Where a remote is: one form, checked once, with the credentials taken out.

use std::path::PathBuf;

use url::Url;

use crate::account::Keeping;
use crate::error::{Error, Result};
use crate::id::RemoteUrl;
use crate::view::SignIn;

/// Reads the URL or path of a remote, and takes the credentials out of it.
///
/// Takes `https://`, `http://`, `ssh://`, `file://`, `[user@]host:path` and absolute local paths. The
/// user name stays in an SSH address, where it is part of it. Where a web address holds a
/// user name alone, the secret of the sign-in is empty.
///
/// # Errors
/// `UrlInvalid` for everything else: other schemes, `ext::` and the like, names that a
/// program could take for an option, control characters, queries. Its text holds no credentials.
pub(crate) fn parse_remote_url(text: &str) -> Result<(RemoteUrl, Option<SignIn>)> {
    let text = text.trim();
    read(text).ok_or_else(|| Error::UrlInvalid { url: without_credentials(text) })
}

/// The name that people give a remote: the last part of its address, without `.git`.
pub(crate) fn display_name(url: &RemoteUrl) -> String {
    let path = url.as_str().trim_end_matches('/');
    let path = path.strip_suffix("/.git").unwrap_or(path);
    let last = path.rsplit(['/', ':', '\\']).next().unwrap_or(path);
    last.strip_suffix(".git").filter(|name| !name.is_empty()).unwrap_or(last).to_owned()
}

/// Where a remote is that is on this machine.
pub(super) fn local_path(remote: &RemoteUrl) -> Option<PathBuf> {
    match Url::parse(remote.as_str()) {
        Ok(url) if url.scheme() == "file" => url.to_file_path().ok(),
        // A drive letter looks like a scheme.
        Ok(url) if url.scheme().len() > 1 => None,
        _ => Some(PathBuf::from(remote.as_str())).filter(|path| path.is_absolute()),
    }
}

/// Whether a remote is on this machine's disk.
pub(crate) fn is_local(remote: &RemoteUrl) -> bool {
    local_path(remote).is_some()
}

fn read(text: &str) -> Option<(RemoteUrl, Option<SignIn>)> {
    if text.is_empty() || text.starts_with('-') || text.chars().any(char::is_control) {
        return None;
    }
    if text.contains("://") {
        return read_url(text);
    }
    let local = text.starts_with('/') || (cfg!(windows) && is_drive(text));
    if local || is_scp_address(text) {
        return Some((RemoteUrl::from_clean(text.to_owned()), None));
    }
    None
}

fn read_url(text: &str) -> Option<(RemoteUrl, Option<SignIn>)> {
    let mut url = Url::parse(text).ok()?;
    let user = decoded(url.username())?;
    let secret = url.password().map(decoded).map_or(Some(None), |secret| secret.map(Some))?;
    let host = url.host_str().unwrap_or_default();
    let has_path = !matches!(url.path(), "" | "/") && !url.path().starts_with("/-");
    if url.query().is_some() || url.fragment().is_some() || host.starts_with('-') || !has_path {
        return None;
    }
    match url.scheme() {
        "http" | "https" if !host.is_empty() => {
            url.set_username("").and_then(|()| url.set_password(None)).ok()?;
            let sign_in = (!user.is_empty() || secret.is_some()).then(|| SignIn {
                user,
                secret: secret.unwrap_or_default(),
                keep: Keeping::default(),
            });
            Some((RemoteUrl::from_clean(url.into()), sign_in))
        }
        "ssh" if !host.is_empty() && !user.starts_with('-') => {
            url.set_password(None).ok()?;
            let sign_in = secret.map(|secret| SignIn { user, secret, keep: Keeping::default() });
            Some((RemoteUrl::from_clean(url.into()), sign_in))
        }
        "file" if host.is_empty() && user.is_empty() => Some((RemoteUrl::from_clean(url.into()), None)),
        _ => None,
    }
}

/// `user@host:path`. No part may start with `-`, and no password hides in it.
fn is_scp_address(text: &str) -> bool {
    let Some((address, path)) = text.split_once(':') else { return false };
    let (user, host) = address.split_once('@').unwrap_or(("git", address));
    let plain = |part: &str| {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        !part.is_empty() && !part.starts_with('-') && part.chars().all(allowed)
    };
    // One letter is a drive of Windows; a second colon is a helper (`ext::`) or a password.
    let first = path.split('/').next().unwrap_or_default();
    let sound_path = !path.is_empty() && !path.starts_with('-') && !first.contains([':', '@']);
    plain(user) && plain(host) && host.len() > 1 && sound_path && !text.contains(char::is_whitespace)
}

fn is_drive(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'/' | b'\\')
}

/// Takes `%40` for `@`. `None` where the result is not text that a sign-in may hold.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok().filter(|text| !text.chars().any(char::is_control))
}

/// The text for an error or a log: whatever may be a secret is left out, in URLs that can't be read too.
pub(crate) fn without_credentials(text: &str) -> String {
    let is_scheme = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme, rest),
        _ => ("", text),
    };
    let (hidden, shown) = rest.rsplit_once('@').unwrap_or(("", rest));
    // A password may hold a `?` or a `#` as it is, and a query an `@`: nobody can tell.
    let shown = if hidden.contains(['?', '#']) { "" } else { shown };
    let shown = shown.split(['?', '#']).next().unwrap_or_default();
    let shown: String = shown.chars().filter(|c| !c.is_control()).take(200).collect();
    let shown = if shown.is_empty() && !text.is_empty() { "…" } else { &shown };
    if scheme.is_empty() { shown.to_owned() } else { format!("{scheme}://{shown}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_and_cleaned() {
        let cases = [
            ("https://github.com/acme/fabric.git", "https://github.com/acme/fabric.git", None),
            (" http://host:3000/x ", "http://host:3000/x", None),
            ("https://bob:s%40cret@host/x.git", "https://host/x.git", Some(("bob", "s@cret"))),
            ("https://bob@host/x.git", "https://host/x.git", Some(("bob", ""))),
            ("ssh://git@host:2222/x.git", "ssh://git@host:2222/x.git", None),
            ("ssh://git:pw@host/x.git", "ssh://git@host/x.git", Some(("git", "pw"))),
            ("git@github.com:acme/fabric.git", "git@github.com:acme/fabric.git", None),
            ("host:fabric.git", "host:fabric.git", None),
            ("file:///srv/git/fabric.git", "file:///srv/git/fabric.git", None),
            ("/srv/git/my fabric.git", "/srv/git/my fabric.git", None),
        ];
        for (text, clean, sign_in) in cases {
            let (url, found) = parse_remote_url(text).expect(text);
            assert_eq!(url.as_str(), clean);
            assert_eq!(found.as_ref().map(|s| (s.user.as_str(), s.secret.as_str())), sign_in, "{text}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let bad = ["", "-x", "--upload-pack=touch /tmp/x", "ext::sh -c id", "fd::17", "fabrics/lab", "../x"];
        let more = ["ftp://h/x", "javascript://h/x", "https://", "https://host", "https:///x", "ssh://-oX/y"];
        let tricky =
            ["git@-host:x", "-u@host:x", "host:-x", "ssh://host/-x", "https://h/x?token=1", "https://h/x\n"];
        let last =
            ["user:secret@host:x", "file://host/x", "a b:c", "C:x", "ssh://-u@host/x", "https://h/a\u{7}b"];
        for text in bad.iter().chain(&more).chain(&tricky[..5]).chain(&last) {
            assert!(parse_remote_url(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn an_error_holds_no_credentials() {
        for text in [
            "ftp://bob:hunter2@host/x",
            "bob:hunter2@host:x",
            "https://bob:hunter2@ho st/x",
            "https://h/x?t=hunter2",
            "https://bob:hun@hunter2@h",
            "https://bob:hunter2#1@h/x",
            "https://bob:hunter2?1@h/x",
            "https://h/x?who=bob@h&t=hunter2",
            "bob:hunter2@://h/x",
        ] {
            let error = parse_remote_url(text).expect_err(text);
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn names_are_the_last_part() {
        let cases = [
            ("https://h/acme/fabric.git", "fabric"),
            ("https://h/acme/fabric/", "fabric"),
            ("git@h:fabric.git", "fabric"),
            ("/srv/fabric/.git", "fabric"),
        ];
        for (url, name) in cases {
            assert_eq!(display_name(&RemoteUrl::from_clean(url.to_owned())), name);
        }
    }

    #[test]
    fn local_remotes_are_known() {
        let path = |text: &str| local_path(&RemoteUrl::from_clean(text.to_owned()));
        assert_eq!(path("/srv/a b.git"), Some(PathBuf::from("/srv/a b.git")));
        assert_eq!(path("file:///srv/a%20b.git"), Some(PathBuf::from("/srv/a b.git")));
        for remote in ["https://h/x", "git@h:x", "ssh://h/x"] {
            assert_eq!(path(remote), None);
        }
    }
}
