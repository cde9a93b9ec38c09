//! The policy that holds where nobody wrote another: three tiers and the names of what they do.
//!
//! Agents read state and execute approved playbooks; the platform team modifies definitions but
//! does not execute them in production; security approves categories of playbooks and watches.

use super::{
    Approvals, Capability, IncompatibleDuties, SelfMerge, Severity, SponsorApproval, Tier, Windows,
};
use crate::model::Duty;

/// What a change needs: one other person, and never the sponsor. Who wrote it may merge it then.
pub(super) const APPROVALS: Approvals = Approvals {
    sponsor_approval: SponsorApproval::Never,
    people: 1,
    agents: 1,
    self_merge: SelfMerge::AllowedWhenApproved,
};

/// A day on both sides of an approval, the time in which nobody reads a change, a month to answer, a
/// quarter between changing a playbook and running it, and a day after a control was edited.
pub(super) const WINDOWS: Windows = Windows {
    occasional_role_hours: 24,
    hasty_approval_minutes: 2,
    justify_within_days: 30,
    definition_days: 90,
    control_weakened_hours: 24,
};

/// Who wrote a change does not approve it, whatever else policy says.
const ALWAYS_APART: (Duty, Duty, Severity) = (Duty::Author, Duty::Approve, Severity::High);

/// Whoever wrote or approved a change leaves it to others, or to a pipeline, to execute it.
const APART: [(Duty, Duty, Severity); 2] = [
    (Duty::Author, Duty::Execute, Severity::Medium),
    (Duty::Approve, Duty::Execute, Severity::Medium),
];

/// Capabilities that every policy has. Rules refer to `approve`, `grant-access`, `deploy` and
/// `execute-playbook` by name.
const CAPABILITIES: &[&str] = &[
    "read-state",
    "execute-playbook",
    "modify-definition",
    "approve",
    "approve-category",
    "grant-access",
    "administer-audit-log",
    "rotate-secret",
    "deploy",
];

/// Name, what it may, what it must not.
const TIERS: &[(&str, &[&str], &[&str])] = &[
    (
        "agents",
        &["read-state", "execute-playbook"],
        &[
            "modify-definition",
            "approve",
            "approve-category",
            "grant-access",
            "administer-audit-log",
            "rotate-secret",
        ],
    ),
    (
        "platform",
        &["read-state", "modify-definition", "approve", "rotate-secret"],
        &["execute-playbook", "approve-category", "grant-access", "administer-audit-log"],
    ),
    (
        "security",
        &["read-state", "approve-category", "grant-access", "administer-audit-log"],
        &["execute-playbook", "modify-definition"],
    ),
];

/// The capabilities of a file, and after them the built-in ones that it does not define.
pub(super) fn with_capabilities(mut defined: Vec<Capability>) -> Vec<Capability> {
    for name in CAPABILITIES {
        if !defined.iter().any(|capability| capability.name == *name) {
            let (roles, actions, resources) = (Vec::new(), Vec::new(), Vec::new());
            let name = (*name).to_owned();
            defined.push(Capability { name, roles, actions, resources, line: 0 });
        }
    }
    defined
}

/// The pairs of duties of a file, or the built-in ones where it has none; first the one pair that
/// every policy has.
pub(super) fn with_duties(defined: Vec<IncompatibleDuties>) -> Vec<IncompatibleDuties> {
    let pair = |(one, other, severity)| IncompatibleDuties { one, other, severity, line: 0 };
    let always = pair(ALWAYS_APART);
    let rest: Vec<_> = match defined.is_empty() {
        true => APART.into_iter().map(pair).collect(),
        false => defined,
    };
    let rest = rest.into_iter().filter(|pair| !pair.are(always.one, always.other));
    std::iter::once(always.clone()).chain(rest).collect()
}

/// The built-in tiers.
pub(super) fn tiers() -> Vec<Tier> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    TIERS
        .iter()
        .map(|(name, may, must_not)| Tier {
            name: (*name).to_owned(),
            may: owned(may),
            must_not: owned(must_not),
            line: 0,
        })
        .collect()
}
