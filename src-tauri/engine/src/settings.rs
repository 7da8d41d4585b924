//! What a person prefers for a fabric on this desktop. What decides the tree is in Git, not here.

use serde::{Deserialize, Serialize};

use crate::conflict::ConflictPolicy;
use crate::error::{Error, Result};
use crate::view::{AuthorSettings, NetworkSettings, Proxy};

/// A fabric's settings on this desktop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct FabricSettings {
    /// How often the remote is asked, in seconds; 0 for never by the clock.
    pub interval: u32,
    /// Whether the remote is asked when the app starts.
    pub on_start: bool,
    /// Whether it is asked when the window comes to the front.
    pub on_focus: bool,
    /// What is done with conflicts.
    pub policy: ConflictPolicy,
    /// The text of commit messages, with `{summary}` in it, and `{details}`, `{fabric}`, `{branch}` where
    /// they are wanted; none for the usual one.
    pub template: Option<String>,
}

impl Default for FabricSettings {
    fn default() -> Self {
        Self { interval: 120, on_start: true, on_focus: true, policy: ConflictPolicy::Ask, template: None }
    }
}

impl FabricSettings {
    /// The shortest interval: what answers more often is a webhook.
    pub const SHORTEST: u32 = 10;
    /// The longest: a day.
    pub const LONGEST: u32 = 24 * 60 * 60;

    /// The settings as they can be used.
    ///
    /// # Errors
    /// `SettingInvalid` for a template without `{summary}` in its first line.
    pub(crate) fn checked(mut self) -> Result<Self> {
        if self.interval != 0 {
            self.interval = self.interval.clamp(Self::SHORTEST, Self::LONGEST);
        }
        self.template = self.template.filter(|text| !text.trim().is_empty());
        if let Some(template) = &self.template
            && !template.trim_start().lines().next().is_some_and(|line| line.contains("{summary}"))
        {
            let detail = "the first line of a commit message's template must hold {summary}".to_owned();
            return Err(Error::SettingInvalid { detail });
        }
        Ok(self)
    }
}

/// Under which names the desktop's own settings are kept.
pub(crate) const NETWORK: &str = "network";
pub(crate) const AUTHOR: &str = "author";
pub(crate) const LISTENER: &str = "listener";
pub(crate) const WINDOW: &str = "window";

/// Network settings as they can be used.
///
/// # Errors
/// `SettingInvalid`.
pub(crate) fn checked_network(mut network: NetworkSettings) -> Result<NetworkSettings> {
    let refuse = |detail: String| Err(Error::SettingInvalid { detail });
    if let Proxy::At { url } = &mut network.proxy {
        let parsed = url::Url::parse(url.trim()).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https") && url.host_str().is_some_and(|host| !host.is_empty())
        });
        let Some(parsed) = parsed else {
            return refuse("a proxy is a URL such as http://proxy.example.org:3128".to_owned());
        };
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return refuse("a proxy's URL can't hold a user name or a password".to_owned());
        }
        *url = parsed.as_str().trim_end_matches('/').to_owned();
    }
    network.ca_file = network.ca_file.map(|file| file.trim().to_owned()).filter(|file| !file.is_empty());
    if let Some(file) = &network.ca_file {
        match crate::git::count_certificates(std::path::Path::new(file)) {
            Ok(0) => return refuse(format!("{file} holds no certificate in PEM")),
            Ok(_) => {}
            Err(why) => return refuse(format!("{file} can't be read: {why}")),
        }
    }
    Ok(network)
}

/// An author as Git takes one.
///
/// # Errors
/// `SettingInvalid`.
pub(crate) fn checked_author(author: AuthorSettings) -> Result<AuthorSettings> {
    let filled =
        |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let author = AuthorSettings { name: filled(author.name), email: filled(author.email) };
    let odd = |text: &String| text.chars().any(|c| c.is_control() || matches!(c, '<' | '>'));
    if [&author.name, &author.email].into_iter().flatten().any(odd) {
        let detail = "a name and an e-mail address are one line, without < and >".to_owned();
        return Err(Error::SettingInvalid { detail });
    }
    Ok(author)
}

/// Makes a commit message of ours one of the user's: `ours` is a subject, what belongs to it, and trailers.
/// The trailers stay, since they say which run made the commit.
pub(crate) fn by_template(template: &str, ours: &str, fabric: &str, branch: &str) -> String {
    let trimmed = ours.trim_end();
    let (text, trailers) = match trimmed.rsplit_once("\n\n") {
        Some((text, trailers)) if trailers.starts_with("FGD-") => (text, trailers),
        _ => (trimmed, ""),
    };
    let (summary, details) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut message = String::new();
    let mut rest = template.trim();
    // In one go, so that a name with braces in it is not taken for a place.
    while let Some(at) = rest.find('{') {
        message.push_str(&rest[..at]);
        rest = &rest[at..];
        let places =
            [("{summary}", summary), ("{details}", details), ("{fabric}", fabric), ("{branch}", branch)];
        match places.iter().find(|(place, _)| rest.starts_with(place)) {
            Some((place, value)) => {
                message.push_str(value);
                rest = &rest[place.len()..];
            }
            None => {
                message.push('{');
                rest = &rest[1..];
            }
        }
    }
    message.push_str(rest);
    format!("{}\n\n{trailers}\n", message.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_keeps_the_trailers() {
        let ours = "lab: ingest 2 objects\n\nCreated: 2\n- Switch a\n- Switch b\n\nFGD-Operation: 7\n";
        let with = |template: &str| by_template(template, ours, "lab {summary}", "main");
        assert_eq!(
            with("chore(fabric): {summary}"),
            "chore(fabric): lab: ingest 2 objects\n\nFGD-Operation: 7\n"
        );
        assert_eq!(
            with("{summary} [{fabric} {branch} {x}]\n\n{details}\n\nSigned-off-by: N O C\n"),
            "lab: ingest 2 objects [lab {summary} main {x}]\n\nCreated: 2\n- Switch a\n- Switch b\n\nSigned-off-by: N O C\n\nFGD-Operation: 7\n"
        );
    }

    #[test]
    fn a_proxy_and_an_authority_are_checked() {
        let home = tempfile::tempdir().expect("directory");
        let file = home.path().join("ca.pem");
        std::fs::write(&file, "no certificate").expect("written");
        let with = |proxy, ca_file: Option<&str>| {
            checked_network(NetworkSettings { proxy, ca_file: ca_file.map(str::to_owned) })
        };
        let at = |url: &str| Proxy::At { url: url.to_owned() };
        let checked = with(at(" http://proxy:3128/ "), Some(" ")).expect("good");
        assert_eq!(checked, NetworkSettings { proxy: at("http://proxy:3128"), ca_file: None });
        for bad in ["proxy", "socks5://proxy:1080", "http://bob:hunter2@proxy", "http://"] {
            let error = with(at(bad), None).expect_err(bad).to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
        for bad in [file.to_str().expect("a path"), "/nowhere/ca.pem"] {
            assert!(with(Proxy::System, Some(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_author_is_what_git_takes() {
        let author = |name: &str, email: &str| {
            checked_author(AuthorSettings { name: Some(name.to_owned()), email: Some(email.to_owned()) })
        };
        let tess = author(" Tess ", "").expect("good");
        assert_eq!(tess, AuthorSettings { name: Some("Tess".to_owned()), email: None });
        for (name, email) in [("a<b", ""), ("", "a>b"), ("a\nb", "")] {
            assert!(author(name, email).is_err(), "{name:?} {email:?}");
        }
    }

    #[test]
    fn settings_are_brought_within_bounds() {
        let settings = |interval, template: Option<&str>| {
            FabricSettings { interval, template: template.map(str::to_owned), ..FabricSettings::default() }
                .checked()
        };
        assert_eq!(settings(1, None).expect("settings").interval, 10);
        assert_eq!(
            settings(0, Some(" ")).expect("settings"),
            FabricSettings { interval: 0, ..FabricSettings::default() }
        );
        assert!(settings(60, Some("fabric")).is_err());
        assert!(settings(60, Some("x\n{summary}")).is_err());
    }
}
