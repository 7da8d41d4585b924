//! What a push to a branch will meet, known before it is tried.

use serde::Deserialize;

use crate::error::Result;
use crate::github::Repository;
use crate::github::client::{GitHub, Pages};
use crate::github::route::Route;
use crate::github::rulesets::{self, Rule};
use crate::github::view::{BranchRulesView, DirectPushView};
use crate::github::wire::one_line;
use crate::id::BranchName;

/// The most rules that are read, in pages of a hundred.
const RULE_PAGES: u32 = 3;
/// The most rulesets that are asked whether this account is above them.
const RULESETS: usize = 5;
/// The most names that a sentence lists.
const NAMED: usize = 3;

/// Whether the account is above the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Bypass {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// GitHub does not say.
    #[default]
    Unknown,
}

/// What a direct push will meet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DirectPush {
    /// No rule against it.
    Allowed,
    /// A rule that refuses it: a sentence.
    Refused(String),
    /// It may be refused: GitHub does not tell this account enough. A sentence.
    Unknown(String),
}

/// What holds for pushes to a branch: rulesets and branch protection together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BranchRules {
    /// The branch.
    pub(crate) branch: BranchName,
    /// Whether the branch is there. Rules can stand for one that is not.
    pub(crate) exists: bool,
    /// Whether any rule stands.
    pub(crate) protected: bool,
    /// Whether branch protection stands of which GitHub does not tell this account the particulars.
    pub(crate) partly_hidden: bool,
    /// Whether changes must come by a pull request.
    pub(crate) pull_request_required: bool,
    /// Checks that a commit must have passed.
    pub(crate) required_checks: Vec<String>,
    /// Whether commits must be signed.
    pub(crate) signatures_required: bool,
    /// Whether merge commits are refused.
    pub(crate) linear_history: bool,
    /// Whether the branch only moves forward. This app never wants anything else.
    pub(crate) force_refused: bool,
    /// Whether nobody may push, or only some.
    pub(crate) locked: bool,
    /// Whether the branch can't be made by a push.
    pub(crate) creation_refused: bool,
    /// Further rules that can refuse a push, by GitHub's names.
    pub(crate) others: Vec<String>,
    /// Whether the account is above all of this.
    pub(crate) can_bypass: Bypass,
}

/// A branch, as far as its protection goes.
#[derive(Deserialize)]
struct BranchBody {
    #[serde(default)]
    protected: bool,
    protection: Option<Protection>,
}

/// Branch protection. The branch itself shows a part of it to all, and the whole to administrators.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Protection {
    enabled: Option<bool>,
    required_status_checks: Option<RequiredChecks>,
    required_pull_request_reviews: Option<serde::de::IgnoredAny>,
    restrictions: Option<serde::de::IgnoredAny>,
    enforce_admins: Option<Switch>,
    required_linear_history: Option<Switch>,
    required_signatures: Option<Switch>,
    allow_force_pushes: Option<Switch>,
    lock_branch: Option<Switch>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RequiredChecks {
    contexts: Vec<String>,
    enforcement_level: Option<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(default)]
struct Switch {
    enabled: bool,
}

impl GitHub {
    /// Reads what holds for pushes to a branch: its rulesets, which everybody who may read the repository
    /// sees, and its protection, as far as the account is shown it.
    pub(crate) async fn branch_rules(
        &self,
        repository: &Repository,
        branch: &BranchName,
    ) -> Result<BranchRules> {
        let repo = ["repos", repository.owner(), repository.name()];
        let route = |parts: &[&str]| Route::new(repo.into_iter().chain(parts.iter().copied()));
        let mut rules = BranchRules::none(branch);
        let mut found = Vec::new();
        let read = self
            .pages(&route(&["rules", "branches", branch.as_str()]), RULE_PAGES, |page: Vec<Rule>| {
                let read = page.len();
                found.extend(page);
                read
            })
            .await?;
        match read {
            // An Enterprise host from before rulesets has no such page.
            Pages::Refused(answer) if answer.status != 404 => {
                return Err(answer.refusal("to list the rules of a branch"));
            }
            _ => rulesets::add(&mut rules, &found),
        }
        let answer = self.get(&route(&["branches", branch.as_str()])).await?;
        let branch_body: Option<BranchBody> = match answer.status {
            200 => Some(answer.json()?),
            404 => None,
            _ => return Err(answer.refusal("to show a branch")),
        };
        rules.exists = branch_body.is_some();
        let mut bypasses = Vec::new();
        // GitHub calls a branch protected under a ruleset too; its own protection is the part that says so.
        let shown = branch_body.and_then(|body| body.protection.filter(|_| body.protected));
        if let Some(shown) = shown.filter(|shown| shown.enabled != Some(false)) {
            let whole = self.get(&route(&["branches", branch.as_str(), "protection"])).await?;
            match whole.status {
                200 => bypasses.push(rules.add_protection(&whole.json()?)),
                403 | 404 => {
                    rules.add_protection(&shown);
                    rules.partly_hidden = true;
                    bypasses.push(Bypass::Unknown);
                }
                _ => return Err(whole.refusal("to show the protection of a branch")),
            }
        }
        for id in rulesets::ids(&found).into_iter().take(RULESETS) {
            let answer = self.get(&route(&["rulesets", &id.to_string()])).await?;
            bypasses.push(if answer.status == 200 {
                rulesets::bypass(&answer.json()?)
            } else {
                Bypass::Unknown
            });
        }
        rules.can_bypass = match bypasses.as_slice() {
            [] => Bypass::Unknown,
            all if all.contains(&Bypass::No) => Bypass::No,
            all if all.iter().all(|bypass| *bypass == Bypass::Yes)
                && rulesets::ids(&found).len() <= RULESETS =>
            {
                Bypass::Yes
            }
            _ => Bypass::Unknown,
        };
        Ok(rules)
    }
}

impl BranchRules {
    /// A branch without rules.
    pub(super) fn none(branch: &BranchName) -> Self {
        Self {
            branch: branch.clone(),
            exists: false,
            protected: false,
            partly_hidden: false,
            pull_request_required: false,
            required_checks: Vec::new(),
            signatures_required: false,
            linear_history: false,
            force_refused: false,
            locked: false,
            creation_refused: false,
            others: Vec::new(),
            can_bypass: Bypass::Unknown,
        }
    }

    /// Adds what branch protection asks for. Whoever is shown all of it administers the repository, and is
    /// above it unless it says otherwise.
    fn add_protection(&mut self, protection: &Protection) -> Bypass {
        let on = |switch: &Option<Switch>| switch.is_some_and(|switch| switch.enabled);
        self.protected = true;
        self.pull_request_required |= protection.required_pull_request_reviews.is_some();
        if let Some(checks) = &protection.required_status_checks
            && checks.enforcement_level.as_deref() != Some("off")
        {
            self.require_checks(checks.contexts.iter().map(String::as_str));
        }
        self.linear_history |= on(&protection.required_linear_history);
        self.signatures_required |= on(&protection.required_signatures);
        self.force_refused |= !on(&protection.allow_force_pushes);
        self.locked |= on(&protection.lock_branch) || protection.restrictions.is_some();
        if on(&protection.enforce_admins) { Bypass::No } else { Bypass::Yes }
    }

    /// Adds checks, each once.
    pub(super) fn require_checks<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        for name in names {
            let name = one_line(name);
            if !self.required_checks.contains(&name) {
                self.required_checks.push(name);
            }
        }
    }

    /// What a direct push of this app will meet. Its commits are new, so no check has passed on them; it
    /// makes merge commits, and never forces.
    pub(crate) fn direct_push(&self) -> DirectPush {
        let certain = self.locked
            || self.pull_request_required
            || !self.required_checks.is_empty()
            || (self.creation_refused && !self.exists);
        let possible =
            self.partly_hidden || self.signatures_required || self.linear_history || !self.others.is_empty();
        match () {
            () if self.can_bypass == Bypass::Yes => DirectPush::Allowed,
            () if certain => DirectPush::Refused(self.sentence()),
            () if possible => DirectPush::Unknown(self.sentence()),
            () => DirectPush::Allowed,
        }
    }

    /// What holds, in one sentence.
    pub(crate) fn sentence(&self) -> String {
        let branch = &self.branch;
        if !self.protected {
            return format!("{branch} has no rules: commits are pushed to it directly.");
        }
        let mut parts = Vec::new();
        if self.locked {
            parts.push("lets only some push".to_owned());
        }
        if self.pull_request_required {
            parts.push("takes changes by pull request only".to_owned());
        }
        if self.creation_refused && !self.exists {
            parts.push("can't be made by a push".to_owned());
        }
        if !self.required_checks.is_empty() {
            parts.push(format!("wants {} passed first", names(&self.required_checks)));
        }
        if self.signatures_required {
            parts.push("wants signed commits".to_owned());
        }
        if self.linear_history {
            parts.push("takes no merge commits".to_owned());
        }
        if !self.others.is_empty() {
            parts.push(format!("has further rules ({})", names(&self.others)));
        }
        if self.partly_hidden {
            parts.push("is protected by rules that this account is not shown in full".to_owned());
        }
        if parts.is_empty() {
            return format!("{branch} is protected by rules that leave direct pushes alone.");
        }
        let above = match self.can_bypass {
            Bypass::Yes => "; this account is above that",
            Bypass::No | Bypass::Unknown => "",
        };
        format!("{branch} {}{above}.", listed(&parts))
    }

    /// The rules as the window shows them.
    pub(crate) fn view(&self) -> BranchRulesView {
        BranchRulesView {
            branch: self.branch.clone(),
            protected: self.protected,
            pull_request_required: self.pull_request_required,
            required_checks: self.required_checks.clone(),
            signatures_required: self.signatures_required,
            linear_history: self.linear_history,
            locked: self.locked,
            direct_push: match self.direct_push() {
                DirectPush::Allowed => DirectPushView::Allowed,
                DirectPush::Refused(_) => DirectPushView::Refused,
                DirectPush::Unknown(_) => DirectPushView::Unknown,
            },
            sentence: self.sentence(),
        }
    }
}

fn names(all: &[String]) -> String {
    let shown: Vec<&str> = all.iter().take(NAMED).map(String::as_str).collect();
    match all.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn listed(parts: &[String]) -> String {
    match parts {
        [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
        _ => parts.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(change: impl FnOnce(&mut BranchRules)) -> BranchRules {
        let mut rules = BranchRules::none(&BranchName::parse("main").expect("name"));
        (rules.exists, rules.protected) = (true, true);
        change(&mut rules);
        rules
    }

    #[test]
    fn what_a_push_will_meet_is_said_before_it() {
        type Change = fn(&mut BranchRules);
        let cases: [(Change, char, &str); 12] = [
            (|r| r.protected = false, 'a', "main has no rules: commits are pushed to it directly."),
            (|r| r.force_refused = true, 'a', "main is protected by rules that leave direct pushes alone."),
            (|r| r.pull_request_required = true, 'r', "main takes changes by pull request only."),
            (
                |r| (r.pull_request_required, r.can_bypass) = (true, Bypass::Yes),
                'a',
                "main takes changes by pull request only; this account is above that.",
            ),
            (|r| r.locked = true, 'r', "main lets only some push."),
            (|r| r.require_checks(["a", "b", "a"]), 'r', "main wants a, b passed first."),
            (
                |r| r.require_checks(["a", "b", "c", "d", "e"]),
                'r',
                "main wants a, b, c and 2 more passed first.",
            ),
            (|r| r.signatures_required = true, '?', "main wants signed commits."),
            (|r| r.linear_history = true, '?', "main takes no merge commits."),
            (
                |r| (r.creation_refused, r.exists) = (true, true),
                'a',
                "main is protected by rules that leave direct pushes alone.",
            ),
            (|r| (r.creation_refused, r.exists) = (true, false), 'r', "main can't be made by a push."),
            (
                |r| (r.partly_hidden, r.linear_history) = (true, true),
                '?',
                "main takes no merge commits and is protected by rules that this account is not shown in full.",
            ),
        ];
        for (change, expected, sentence) in cases {
            let rules = rules(change);
            assert_eq!(rules.sentence(), sentence);
            let push = match rules.direct_push() {
                DirectPush::Allowed => 'a',
                DirectPush::Refused(_) => 'r',
                DirectPush::Unknown(_) => '?',
            };
            assert_eq!(push, expected, "{sentence}");
        }
    }
}
