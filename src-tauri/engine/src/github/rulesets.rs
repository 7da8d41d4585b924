//! Rulesets: what each of their rules means for a push.

use serde::Deserialize;

use crate::github::rules::{BranchRules, Bypass};
use crate::github::wire::one_line;

/// A rule that stands for a branch.
#[derive(Deserialize)]
pub(super) struct Rule {
    #[serde(rename = "type")]
    sort: String,
    ruleset_id: Option<u64>,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Parameters {
    required_status_checks: Vec<RequiredCheck>,
}

#[derive(Deserialize)]
struct RequiredCheck {
    context: String,
}

/// A ruleset, as far as it says who is above it.
#[derive(Deserialize)]
pub(super) struct Ruleset {
    current_user_can_bypass: Option<String>,
}

/// Adds what rules ask for. Only rules of active rulesets are listed for a branch.
pub(super) fn add(into: &mut BranchRules, rules: &[Rule]) {
    for rule in rules {
        into.protected = true;
        match rule.sort.as_str() {
            // A queue takes nothing but pull requests.
            "pull_request" | "merge_queue" => into.pull_request_required = true,
            "required_status_checks" => {
                let checks = &rule.parameters.required_status_checks;
                into.require_checks(checks.iter().map(|check| check.context.as_str()));
            }
            "required_signatures" => into.signatures_required = true,
            "required_linear_history" => into.linear_history = true,
            "non_fast_forward" => into.force_refused = true,
            "update" => into.locked = true,
            "creation" => into.creation_refused = true,
            // Deletion is nothing that this app does; a review by Copilot refuses nothing.
            "deletion" | "copilot_code_review" => {}
            // Workflows, deployments and scans must have passed, as checks must.
            "workflows" | "required_deployments" | "code_scanning" => {
                into.require_checks([rule.sort.replace('_', " ").as_str()]);
            }
            other => {
                let name = one_line(other).replace('_', " ");
                if !into.others.contains(&name) {
                    into.others.push(name);
                }
            }
        }
    }
}

/// The rulesets that the rules are from, each once.
pub(super) fn ids(rules: &[Rule]) -> Vec<u64> {
    let mut ids: Vec<u64> = rules.iter().filter_map(|rule| rule.ruleset_id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Whether the account is above a ruleset when it pushes.
pub(super) fn bypass(ruleset: &Ruleset) -> Bypass {
    match ruleset.current_user_can_bypass.as_deref() {
        Some("always" | "exempt") => Bypass::Yes,
        Some("never" | "pull_requests_only") => Bypass::No,
        _ => Bypass::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::github::DirectPush;
    use crate::id::BranchName;

    #[test]
    fn each_rule_means_something_for_a_push() {
        let cases: [(Value, char); 12] = [
            (json!({"type": "pull_request", "parameters": {"required_approving_review_count": 1}}), 'r'),
            (json!({"type": "merge_queue"}), 'r'),
            (
                json!({"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "ci"}]}}),
                'r',
            ),
            (json!({"type": "required_status_checks", "parameters": {"required_status_checks": []}}), 'a'),
            (json!({"type": "update"}), 'r'),
            (json!({"type": "workflows", "parameters": {"workflows": []}}), 'r'),
            (json!({"type": "required_signatures"}), '?'),
            (json!({"type": "required_linear_history"}), '?'),
            (json!({"type": "commit_message_pattern", "parameters": {"pattern": "x"}}), '?'),
            (json!({"type": "of_another_year"}), '?'),
            (json!({"type": "non_fast_forward"}), 'a'),
            (json!({"type": "deletion"}), 'a'),
        ];
        for (rule, expected) in cases {
            let mut rules = BranchRules::none(&BranchName::parse("main").expect("name"));
            let name = rule.to_string();
            add(&mut rules, &[serde_json::from_value(rule).expect("rule")]);
            let push = match rules.direct_push() {
                DirectPush::Allowed => 'a',
                DirectPush::Refused(_) => 'r',
                DirectPush::Unknown(_) => '?',
            };
            assert_eq!(push, expected, "{name}");
            assert!(rules.protected, "{name}");
        }
    }
}
