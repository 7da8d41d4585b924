//! What a person sends to whoever helps them: one text file that they can read first. No secret is in it: the
//! engine's views hold none, and whatever looks like one is taken out once more.

use std::fmt::Write as _;
use std::path::Path;

use fgd_engine::{Engine, Error};

/// How many of the last operations of each fabric are told.
const OPERATIONS: u32 = 20;

/// Everything that helps to understand what happened, with no secret in it.
pub(crate) async fn report(engine: &Engine, log: &str) -> Result<String, Error> {
    let mut text = String::new();
    let mut section = |title: &str, value: String| {
        let _ = write!(text, "== {title}\n{value}\n\n");
    };
    section("App", about());
    section("Network", told(&engine.network_settings().await?));
    section("Accounts", told(&engine.accounts().await?));
    let fabrics = engine.fabrics().await?;
    section("Fabrics", told(&fabrics));
    for fabric in &fabrics {
        let operations = engine.operations(fabric.id.clone(), OPERATIONS).await?;
        section(&format!("The last operations of {}", fabric.name), told(&operations));
    }
    section("Log", log.to_owned());
    Ok(scrubbed(&text, dirs::home_dir().as_deref()))
}

/// Which app this is, and on what.
pub(crate) fn about() -> String {
    let web_view = tauri::webview_version().unwrap_or_else(|_| "unknown".to_owned());
    format!(
        "FGD Sync {}\n{} {}\nweb view {web_view}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    )
}

fn told(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|error| format!("could not be told: {error}"))
}

/// What stands where something was taken out.
const GONE: &str = "<removed>";

/// A text without what looks like a secret, and without the name of the user's home.
fn scrubbed(text: &str, home: Option<&Path>) -> String {
    let home = home.map(|home| home.to_string_lossy().into_owned()).filter(|home| home.len() > 1);
    let mut in_key = false;
    let mut clean = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        // A private key has many lines, none of which looks like anything.
        if line.contains("-----BEGIN") && line.contains("PRIVATE KEY") {
            in_key = true;
            let _ = writeln!(clean, "{GONE}");
        }
        if !in_key {
            let line = home.as_ref().map_or_else(|| line.to_owned(), |home| line.replace(home.as_str(), "~"));
            clean.push_str(&without_secrets(&line));
        }
        in_key &= !(line.contains("-----END") && line.contains("PRIVATE KEY"));
    }
    clean
}

/// What tokens of the hosts we know begin with.
const TOKENS: [&str; 9] =
    ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "Bearer ", "Basic "];

fn without_secrets(line: &str) -> String {
    let mut clean = without_passwords(line);
    for token in TOKENS {
        let mut from = 0;
        while let Some(at) = clean[from..].find(token) {
            let begin = from + at + token.len();
            let length = clean[begin..].find(|c: char| !(c.is_ascii_alphanumeric() || "_-.=+/~".contains(c)));
            let end = length.map_or(clean.len(), |length| begin + length);
            // A word of a sentence is no secret.
            let least = if token.ends_with(' ') { 16 } else { 8 };
            if end - begin >= least {
                clean.replace_range(begin..end, GONE);
                from = begin + GONE.len();
            } else {
                from = end;
            }
        }
    }
    clean
}

/// A line whose URLs have no user or password any more.
fn without_passwords(line: &str) -> String {
    let mut clean = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        clean.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || "/\"'<>?#".contains(c)).unwrap_or(after.len());
        let place = &after[..end];
        rest = match place.rfind('@') {
            // A bare user is no secret, and is what SSH is told by.
            Some(user) if place[..user].contains(':') => {
                clean.push_str(GONE);
                &after[user..]
            }
            _ => after,
        };
    }
    clean.push_str(rest);
    clean
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_taken_out() {
        for (line, clean) in [
            (
                "pushed to https://ada:hunter2@git.example.org/f.git",
                "pushed to https://<removed>@git.example.org/f.git",
            ),
            ("a p@ss: https://ada:p@ss@host/f and more", "a p@ss: https://<removed>@host/f and more"),
            ("ssh://git@host/f", "ssh://git@host/f"),
            ("token ghp_0123456789abcdefABCDEF.", "token ghp_<removed>"),
            ("github_pat_11AAAA_bbbbCCCC, then", "github_pat_<removed>, then"),
            ("Authorization: Bearer abc.def-ghi_jkl0", "Authorization: Bearer <removed>"),
            ("Basic settings", "Basic settings"),
            ("nothing at all", "nothing at all"),
            ("in /home/ada/git/lab", "in ~/git/lab"),
        ] {
            assert_eq!(scrubbed(line, Some(Path::new("/home/ada"))), clean, "{line}");
        }
    }

    #[test]
    fn a_private_key_is_gone_whole() {
        let text = "before\n-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\nBBBB\n-----END OPENSSH PRIVATE KEY-----\nafter\n";
        assert_eq!(scrubbed(text, None), "before\n<removed>\nafter\n");
    }

    proptest! {
        /// Whatever is logged: it can be read, and no password of a URL is left.
        #[test]
        fn nothing_breaks_it(before in "\\PC{0,40}", user in "[a-z]{1,8}", password in "[a-zA-Z0-9]{6,20}", after in "\\PC{0,40}") {
            let line = format!("{before} https://{user}:{password}@host.example/{after}");
            let clean = scrubbed(&line, None);
            let secret = format!(":{password}@");
            prop_assert!(!clean.contains(&secret), "{clean}");
        }
    }
}
