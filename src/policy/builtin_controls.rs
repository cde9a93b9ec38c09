//! The controls that are watched where nobody wrote others, and how their logs name what is done to
//! them.
//!
//! The names are those that GitHub's, GitLab's, AWS's and Okta's lists of audit events document.

use super::{BreakGlass, Control, Grants, Pattern, ReviewLog};

/// Hours within which the use of an emergency access is to be reviewed: three days.
pub(super) const REVIEW_WITHIN_HOURS: u32 = 72;

/// Name, what removes it, what puts it in place, what changes it.
type Row =
    (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const CONTROLS: &[Row] = &[
    (
        "github branch protection",
        &["github:protected_branch.destroy"],
        &["github:protected_branch.create"],
        &["github:protected_branch.update_*", "github:protected_branch.dismiss*"],
    ),
    (
        "github rulesets",
        &["github:repository_ruleset.destroy"],
        &["github:repository_ruleset.create"],
        &["github:repository_ruleset.update"],
    ),
    (
        "gitlab protected branches",
        &["gitlab:protected_branch_removed"],
        &["gitlab:protected_branch_created"],
        &["gitlab:protected_branch_*updated", "gitlab:*approval_rule_*"],
    ),
    (
        "aws audit trail",
        &["aws:cloudtrail:StopLogging", "aws:cloudtrail:DeleteTrail"],
        &["aws:cloudtrail:StartLogging", "aws:cloudtrail:CreateTrail"],
        &["aws:cloudtrail:UpdateTrail", "aws:cloudtrail:PutEventSelectors"],
    ),
    (
        "okta policies",
        &[
            "okta:policy.lifecycle.deactivate",
            "okta:policy.lifecycle.delete",
            "okta:policy.rule.deactivate",
            "okta:policy.rule.delete",
        ],
        &[
            "okta:policy.lifecycle.activate",
            "okta:policy.lifecycle.create",
            "okta:policy.rule.activate",
            "okta:policy.rule.add",
        ],
        &["okta:policy.lifecycle.update", "okta:policy.rule.update"],
    ),
];

/// Actions by which logs record reviews.
const REVIEWS: &[&str] = &["github:pull_request_review.submit"];

fn patterns(texts: &[&str]) -> Vec<Pattern> {
    texts.iter().map(|text| Pattern::new(text)).collect()
}

/// The built-in controls.
pub(super) fn controls() -> Vec<Control> {
    CONTROLS
        .iter()
        .map(|(name, removes, restores, edits)| Control {
            name: (*name).to_owned(),
            removes: patterns(removes),
            restores: patterns(restores),
            edits: patterns(edits),
            line: 0,
        })
        .collect()
}

/// No access for emergencies.
pub(super) fn break_glass() -> BreakGlass {
    let (roles, accounts) = (Vec::new(), Vec::new());
    BreakGlass { roles, accounts, review_within_hours: REVIEW_WITHIN_HOURS }
}

/// Roles may be given without a request.
pub(super) const GRANTS: Grants = Grants { request_required: false };

/// The log of reviews that is known by name.
pub(super) fn review_log() -> ReviewLog {
    ReviewLog { actions: patterns(REVIEWS) }
}
