//! What a person prefers for a fabric on this desktop. What decides the tree is in Git, not here.

use serde::{Deserialize, Serialize};

use crate::conflict::ConflictPolicy;
use crate::error::{Error, Result};

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
