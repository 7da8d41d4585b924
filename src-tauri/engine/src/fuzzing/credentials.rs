//! What people enter to say where a remote is and who they are, and what is said of host keys.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::account::{Keeping, Method, NewAccount, Place};
use crate::git::{Known, display_name, known_by, parse_remote_url};
use crate::id::{AccountId, RemoteUrl};
use crate::settings::checked_network;
use crate::view::{AddFabric, NetworkSettings, Proxy, SignIn, Source};

/// What no other part of an input holds.
const SECRET: &str = "Zx9hunter2Qw";

/// Any text as a remote, an account's place, a proxy and a file of known hosts: what is taken is clean and stays
/// as it is when it is read again; a password in it is in no place, no error and no log; a host key is known
/// only where it is written.
pub fn credentials(bytes: &[u8]) {
    known_hosts(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    remote(text);
    place(text);
    // What is shown leaves control characters out.
    if text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().contains(SECRET) {
        return;
    }
    let with_password = match text.split_once("://") {
        Some((scheme, rest)) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
            format!("{scheme}://u:{SECRET}@{rest}")
        }
        _ => format!("u:{SECRET}@{text}"),
    };
    nobody_tells(&with_password);
    nobody_tells(&format!("https://u:{SECRET}@{text}"));
    nobody_tells(&format!("https:u:{SECRET}@{text}"));
    // A name with a password beside it is no secret.
    if !text.contains('@') {
        nobody_tells(&format!("https://{SECRET}@{text}"));
    }
}

fn remote(text: &str) {
    let Ok((url, sign_in)) = parse_remote_url(text) else { return };
    let (again, left) = parse_remote_url(url.as_str()).unwrap_or_else(|error| panic!("{url}: {error}"));
    assert_eq!((&again, &left), (&url, &None), "clean is clean");
    assert!(!url.as_str().starts_with('-') && !url.as_str().chars().any(char::is_control), "{url}");
    assert!(!display_name(&url).contains('/'), "{url}");
    let head = url.as_str().split('/').next().unwrap_or_default();
    assert!(!head.contains("::"), "{url} names a helper of Git's");
    if let Some(SignIn { user, secret, .. }) = sign_in {
        assert!(!user.chars().chain(secret.chars()).any(char::is_control), "a sign-in is one line");
    }
    if let Some(place) = Place::of(&url) {
        assert!(place.covers(&url).is_some() && place.host().covers(&url).is_some(), "{place} {url}");
    }
}

fn place(text: &str) {
    let Ok(place) = Place::parse(text) else { return };
    assert_eq!(Place::parse(place.as_str()).ok().as_ref(), Some(&place), "{place} of {text:?}");
    let (scheme, rest) = place.as_str().split_once("://").expect("a URL");
    assert!(["http", "https", "ssh"].contains(&scheme), "{place}");
    let host = rest.split('/').next().unwrap_or_default();
    assert!(!host.is_empty() && !host.contains('@') && !host.starts_with('-'), "{place}");
    // A neighbour whose name begins like this one is another place.
    for neighbour in ["x", "-x", ".x"] {
        // Behind a number, an `x` makes the same number of another form: `0x` is zero.
        if neighbour == "x" && rest.parse::<std::net::Ipv4Addr>().is_ok() {
            continue;
        }
        let other = RemoteUrl::from_clean(format!("{place}{neighbour}/y"));
        assert!(place.covers(&other).is_none(), "{place} {other}");
    }
}

/// Reads a text that has the secret as somebody's password, or as a name that may be a token, in every way, and
/// looks at all that is shown or logged of it.
fn nobody_tells(text: &str) {
    let mut shown = Vec::new();
    match parse_remote_url(text) {
        Ok((url, sign_in)) => shown.push(format!("{url} {url:?} {} {sign_in:?}", display_name(&url))),
        Err(error) => shown.push(format!("{error} {error:?} {:?}", error.report())),
    }
    match Place::parse(text) {
        Ok(place) => shown.push(format!("{place} {place:?} {}", place.host())),
        Err(error) => shown.push(format!("{error} {error:?} {:?}", error.report())),
    }
    let account = NewAccount {
        place: text.to_owned(),
        method: Method::Token,
        user: None,
        key_file: None,
        secret: Some(SECRET.to_owned()),
        keep: Keeping::Session,
        github_api: Some(text.to_owned()),
    };
    shown.push(format!("{account:?}"));
    match account.checked(AccountId::random()) {
        Ok((account, _)) => shown.push(format!("{account:?}")),
        Err(error) => shown.push(format!("{error} {error:?}")),
    }
    let network = NetworkSettings { proxy: Proxy::At { url: text.to_owned() }, ..NetworkSettings::default() };
    match checked_network(network) {
        Ok(network) => shown.push(format!("{network:?}")),
        Err(error) => shown.push(format!("{error} {error:?}")),
    }
    let added = AddFabric {
        source: Source::Url { url: text.to_owned(), sign_in: None },
        name: "Lab".to_owned(),
        branch: "main".to_owned(),
        directory: String::new(),
    };
    shown.push(format!("{added:?}"));
    for shown in shown {
        assert!(!shown.contains(SECRET), "{shown}\nof {text:?}");
    }
}

/// The bytes of a key of the sort `ssh-ed25519`.
fn key(fill: u8) -> Vec<u8> {
    let mut blob = vec![0, 0, 0, 11];
    blob.extend(b"ssh-ed25519");
    blob.extend([0, 0, 0, 32]);
    blob.extend([fill; 32]);
    blob
}

fn known_hosts(text: &[u8]) {
    let (host, blob) = ("git.example", key(0x5a));
    let encoded = BASE64_STANDARD.encode(&blob);
    let of = |text: Vec<u8>| known_by([text], host, 22, &blob);
    let plain: String = String::from_utf8_lossy(text)
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='))
        .collect();
    let is_written = plain.contains(&encoded[24..64]);
    assert!(is_written || of(text.to_vec()) != Known::Yes, "nobody wrote it");
    let with_line =
        |line: &str| [format!("{line}\n").as_bytes(), text, format!("\n{line}").as_bytes()].concat();
    let revoked = with_line(&format!("@revoked * ssh-ed25519 {encoded}"));
    assert_eq!(of(revoked), Known::Otherwise, "a key that was revoked is nobody's");
    let written = with_line(&format!("{host} ssh-ed25519 {encoded}"));
    assert_ne!(of(written.clone()), Known::No, "it is written");
    let other = known_by([written], host, 22, &key(0x33));
    let other_is_written = plain.contains(&BASE64_STANDARD.encode(key(0x33))[24..64]);
    assert!(other_is_written || other == Known::Otherwise, "another key than the host's: {other:?}");
}
