//! `fgd-sync://` links. Anybody can write one on any page, so a link only ever asks: it is checked here as
//! what it is, text from a stranger, and what it names is shown to a person before anything is done.

use url::Url;

use crate::git::parse_remote_url;
use crate::id::{BranchName, RepoPath};

/// The scheme, as the package registers it.
const SCHEME: &str = "fgd-sync";

/// A longer link is none of ours.
const LONGEST: usize = 2048;
const LONGEST_NAME: usize = 128;
const LONGEST_URL: usize = 1024;
const LONGEST_PATH: usize = 255;

/// What a link may ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// To show a fabric of the list.
    Open {
        /// Its name.
        fabric: String,
    },
    /// To begin adding a fabric; nothing of it is looked at before a person says so.
    Add {
        /// Where its repository is: over a network, encrypted, and without anybody's password in it.
        url: String,
        /// Its branch, where one is named.
        branch: Option<BranchName>,
        /// Its directory, where one is named.
        directory: Option<RepoPath>,
    },
}

impl Link {
    /// Whether a text claims to be one of our links, well-formed or not.
    pub fn claims(text: &str) -> bool {
        text.split_once(':').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case(SCHEME))
    }

    /// Reads `fgd-sync://open?fabric=NAME` or `fgd-sync://add?url=URL[&branch=NAME][&directory=PATH]`; none for
    /// everything else. A part that is unknown, doubled, too long, or that would show other than it is (control
    /// characters, changes of the writing's direction) makes the whole link none.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST || !Self::claims(text) {
            return None;
        }
        let link = Url::parse(text).ok()?;
        let bare = link.username().is_empty()
            && link.password().is_none()
            && link.port().is_none()
            && link.fragment().is_none()
            && matches!(link.path(), "" | "/");
        if !bare {
            return None;
        }
        match link.host_str()? {
            "open" => {
                let [fabric] = parts(&link, ["fabric"])?;
                Some(Self::Open { fabric: shown(fabric?, LONGEST_NAME)? })
            }
            "add" => {
                let [url, branch, directory] = parts(&link, ["url", "branch", "directory"])?;
                Some(Self::Add {
                    url: remote(url?)?,
                    branch: checked(branch, |text| BranchName::parse(&shown(text, LONGEST_PATH)?).ok())?,
                    directory: checked(directory, |text| {
                        let path = RepoPath::parse(&shown(text, LONGEST_PATH)?).ok()?;
                        // What is left without its slashes may be a blank.
                        let is_seen =
                            path.is_root() || shown(path.as_str().to_owned(), LONGEST_PATH).is_some();
                        is_seen.then_some(path)
                    })?,
                })
            }
            _ => None,
        }
    }
}

/// The values of exactly these parameters, each at most once; none where there is any other.
fn parts<const N: usize>(link: &Url, names: [&str; N]) -> Option<[Option<String>; N]> {
    let mut values = [const { None }; N];
    for (name, value) in link.query_pairs() {
        let place = &mut values[names.iter().position(|known| *known == name)?];
        if place.replace(value.into_owned()).is_some() {
            return None;
        }
    }
    Some(values)
}

/// A part that may be left out, but not be wrong; an empty one is left out.
fn checked<T>(part: Option<String>, read: impl Fn(String) -> Option<T>) -> Option<Option<T>> {
    part.filter(|text| !text.is_empty()).map_or(Some(None), |text| read(text).map(Some))
}

/// A text that is shown as it is read.
fn shown(text: String, longest: usize) -> Option<String> {
    let plain = !text.trim().is_empty() && text.len() <= longest && !text.chars().any(deceives);
    plain.then_some(text)
}

/// Whether a character hides, or changes how its neighbours are shown.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A remote that a stranger may propose: over a network, encrypted, and without anybody's password in it.
fn remote(text: String) -> Option<String> {
    let text = shown(text, LONGEST_URL)?;
    if text.starts_with('-') || text.chars().any(char::is_whitespace) {
        return None;
    }
    let fits = if text.contains("://") {
        let url = Url::parse(&text).ok()?;
        let user = match url.scheme() {
            "https" => url.username().is_empty(),
            "ssh" => !url.username().starts_with('-'),
            _ => false,
        };
        user && url.password().is_none()
            && url.host_str().is_some_and(|host| !host.is_empty() && !host.starts_with('-'))
            && url.query().is_none()
            && url.fragment().is_none()
    } else {
        is_scp(&text)
    };
    // What the engine would refuse, or would take a sign-in out of, is not proposed to anybody.
    let is_taken = || parse_remote_url(&text).is_ok_and(|(_, sign_in)| sign_in.is_none());
    (fits && is_taken()).then_some(text)
}

/// `git@host:path`, as people write it for SSH.
fn is_scp(text: &str) -> bool {
    let Some((place, path)) = text.split_once(':') else { return false };
    let Some((user, host)) = place.split_once('@') else { return false };
    let word = |word: &str| {
        !word.is_empty()
            && !word.starts_with('-')
            && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
    };
    word(user) && word(host) && !path.is_empty() && !path.starts_with('-')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_two_actions_are_read() {
        let open = |text: &str| match Link::parse(text) {
            Some(Link::Open { fabric }) => fabric,
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(open("fgd-sync://open?fabric=lab"), "lab");
        assert_eq!(open("FGD-SYNC://open/?fabric=dc%201%20%2F%20M%C3%BCnchen"), "dc 1 / München");

        let add = |text: &str| match Link::parse(text) {
            Some(Link::Add { url, branch, directory }) => {
                let text = |part: Option<&str>| part.unwrap_or("-").to_owned();
                let branch = text(branch.as_ref().map(BranchName::as_str));
                format!("{url} {branch} {}", text(directory.as_ref().map(RepoPath::as_str)))
            }
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(
            add(
                "fgd-sync://add?url=https%3A%2F%2Fgithub.com%2Facme%2Ffabrics.git&branch=main&directory=fabrics/lab"
            ),
            "https://github.com/acme/fabrics.git main fabrics/lab"
        );
        assert_eq!(
            add("fgd-sync://add?url=git@host.example:net/f.git&branch="),
            "git@host.example:net/f.git - -"
        );
        assert_eq!(add("fgd-sync://add?url=ssh://git@host:2222/f"), "ssh://git@host:2222/f - -");
    }

    #[test]
    fn everything_else_is_none() {
        for text in [
            "",
            "fgd-sync:",
            "fgd-sync://",
            "https://open?fabric=lab",
            "fgd-syncx://open?fabric=lab",
            "fgd-sync://sync?fabric=lab",
            "fgd-sync://remove?fabric=lab",
            "fgd-sync:open?fabric=lab",
            "fgd-sync:///open?fabric=lab",
            "fgd-sync://open",
            "fgd-sync://open?fabric=",
            "fgd-sync://open?fabric=%20",
            "fgd-sync://open?fabric=a&fabric=b",
            "fgd-sync://open?fabric=a&then=sync",
            "fgd-sync://open?url=https://host/f",
            "fgd-sync://open/lab?fabric=lab",
            "fgd-sync://open?fabric=lab#x",
            "fgd-sync://user@open?fabric=lab",
            "fgd-sync://open:80?fabric=lab",
            "fgd-sync://open?fabric=a%0Ab",
            "fgd-sync://open?fabric=a%00",
            "fgd-sync://open?fabric=lab%E2%80%AEgnp.exe",
            "fgd-sync://add",
            "fgd-sync://add?branch=main",
            "fgd-sync://add?url=",
            "fgd-sync://add?url=/etc",
            "fgd-sync://add?url=file:///etc",
            "fgd-sync://add?url=C:%5Crepo",
            "fgd-sync://add?url=http://host/f",
            "fgd-sync://add?url=git://host/f",
            "fgd-sync://add?url=ext::sh%20-c%20id",
            "fgd-sync://add?url=--upload-pack=id",
            "fgd-sync://add?url=ssh://-oProxyCommand=id/f",
            "fgd-sync://add?url=ssh://-o@host/f",
            "fgd-sync://add?url=-o@host:f",
            "fgd-sync://add?url=git@-host:f",
            "fgd-sync://add?url=git@host:-f",
            "fgd-sync://add?url=https://ada:secret@host/f",
            "fgd-sync://add?url=https://token@host/f",
            "fgd-sync://add?url=https://host/f?x=1",
            "fgd-sync://add?url=https://host/a%20b",
            "fgd-sync://add?url=https://host",
            "fgd-sync://add?url=git@host:x:y/f",
            "fgd-sync://add?url=https://host/f&branch=a..b",
            "fgd-sync://add?url=https://host/f&branch=-x",
            "fgd-sync://add?url=https://host/f&directory=../up",
            "fgd-sync://add?url=https://host/f&directory=/etc",
            "fgd-sync://add?url=https://host/f&url=https://other/f",
            "fgd-sync://add?url=https://host/f&secret=x",
        ] {
            assert_eq!(Link::parse(text), None, "{text}");
        }
        let long = |length: usize| format!("fgd-sync://open?fabric={}", "a".repeat(length));
        assert!(Link::parse(&long(LONGEST_NAME)).is_some());
        assert_eq!(Link::parse(&long(LONGEST_NAME + 1)), None);
        assert_eq!(Link::parse(&long(LONGEST)), None);
    }

    proptest! {
        /// Whatever a stranger writes: nothing panics, and what is read is what may be shown.
        #[test]
        fn what_is_read_is_harmless(action in "open|add|[a-z]{0,5}", query in "\\PC{0,80}|(url|fabric|branch|directory)=[ -~]{0,60}(&(url|fabric|branch)=[ -~]{0,40})?") {
            let Some(link) = Link::parse(&format!("fgd-sync://{action}?{query}")) else { return Ok(()) };
            let texts = match link {
                Link::Open { fabric } => vec![fabric],
                Link::Add { url, branch, directory } => {
                    prop_assert!(url.starts_with("https://") || url.starts_with("ssh://") || is_scp(&url));
                    let branch = branch.map(|branch| branch.to_string());
                    [Some(url), branch, directory.map(|path| path.to_string())].into_iter().flatten().collect()
                }
            };
            for text in texts {
                prop_assert!(!text.starts_with('-') || action == "open", "{text}");
                prop_assert!(text.len() <= LONGEST_URL && !text.chars().any(deceives), "{text}");
            }
        }
    }
}
