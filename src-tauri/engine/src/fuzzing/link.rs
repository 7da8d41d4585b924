//! Links that anybody can write on any page.

use crate::git::parse_remote_url;
use crate::link::Link;

/// Whatever a stranger writes: what is read is short, shows as it is, takes nothing for an option, and names a
/// remote that the engine takes, without anybody's sign-in.
pub fn link(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    // The fuzzer need not find the scheme by itself.
    for text in [text.to_owned(), format!("fgd-sync://{text}"), format!("fgd-sync://add?url={text}")] {
        let Some(link) = Link::parse(&text) else { continue };
        assert!(Link::claims(&text));
        match link {
            Link::Open { fabric } => shows_as_it_is(&fabric),
            Link::Add { url, branch, directory } => {
                shows_as_it_is(&url);
                assert!(!url.starts_with('-') && !url.contains(char::is_whitespace), "{url}");
                assert!(
                    !url.starts_with("http:") && !url.starts_with("file:") && !url.starts_with('/'),
                    "{url}"
                );
                let (_, sign_in) = parse_remote_url(&url).expect("the engine takes it");
                assert_eq!(sign_in, None, "{url}");
                if let Some(branch) = branch {
                    shows_as_it_is(branch.as_str());
                    assert!(!branch.as_str().starts_with('-'), "{branch}");
                }
                if let Some(directory) = directory.filter(|directory| !directory.is_root()) {
                    shows_as_it_is(directory.as_str());
                    let odd =
                        |part: &str| part.is_empty() || part == ".." || part.eq_ignore_ascii_case(".git");
                    assert!(!directory.as_str().split('/').any(odd), "{directory}");
                }
            }
        }
    }
}

fn shows_as_it_is(text: &str) {
    let turns =
        ['\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{200b}', '\u{feff}'];
    assert!(!text.trim().is_empty() && text.len() <= 1024, "{text:?}");
    assert!(!text.chars().any(|c| c.is_control() || turns.contains(&c)), "{text:?}");
}
