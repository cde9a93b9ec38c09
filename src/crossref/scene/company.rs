//! Who is in the small company, and its policy.

use super::{APPROVER, patterns};
use crate::model::{Digest, Duty};
use crate::policy::{
    Approvals, BreakGlass, Capability, Grants, IncompatibleDuties, IncompatibleRoles, Pattern,
    Policy, Principal, PrincipalId, PrincipalKind, Protected, ReviewLog, SelfMerge, Severity,
    SponsorApproval, TicketNeed, Tickets, Tier, Windows,
};

pub(super) fn principal(
    id: &str,
    kind: PrincipalKind,
    sponsor: Option<u32>,
    tier: &str,
) -> Principal {
    let accounts = [format!("github:{id}"), format!("okta:{id}@acme.example"), format!("aws:{id}")];
    Principal {
        id: id.to_owned(),
        name: format!("{}{}", id[..1].to_uppercase(), &id[1..]),
        kind,
        sponsor: sponsor.map(PrincipalId),
        accounts: accounts.iter().map(|account| Pattern::new(account)).collect(),
        emails: vec![format!("{id}@acme.example")],
        tier: Some(tier.to_owned()),
        valid_from: None,
        valid_until: None,
        line: 2,
    }
}

pub(super) fn policy() -> Policy {
    let capability = |name: &str, roles: &[&str], actions: &[&str]| Capability {
        name: name.to_owned(),
        roles: patterns(roles),
        actions: patterns(actions),
        resources: Vec::new(),
        line: 1,
    };
    let tier = |name: &str, may: &[&str], must_not: &[&str]| Tier {
        name: name.to_owned(),
        may: may.iter().map(|&name| name.to_owned()).collect(),
        must_not: must_not.iter().map(|&name| name.to_owned()).collect(),
        line: 1,
    };
    Policy {
        digest: Digest::of(b"policy"),
        approvals: Approvals {
            sponsor_approval: SponsorApproval::Never,
            people: 1,
            agents: 1,
            self_merge: SelfMerge::AllowedWhenApproved,
        },
        tickets: Tickets { required: TicketNeed::Never, keys: Vec::new() },
        windows: Windows {
            occasional_role_hours: 24,
            hasty_approval_minutes: 2,
            justify_within_days: 30,
            definition_days: 90,
            control_weakened_hours: 24,
        },
        capabilities: vec![
            capability("approve", &[APPROVER], &[]),
            capability("approve-category", &["okta:playbook-approver"], &[]),
            capability("execute-playbook", &[], &["aws:ssm:*"]),
            capability("modify-definition", &[], &["aws:iam:*"]),
        ],
        tiers: vec![
            tier("agents", &["execute-playbook"], &["approve", "modify-definition"]),
            tier("platform", &["modify-definition"], &[]),
            tier("pipeline", &["deploy"], &[]),
        ],
        incompatible_roles: vec![IncompatibleRoles {
            name: "approves and deploys".to_owned(),
            one: patterns(&[APPROVER]),
            other: patterns(&["okta:deployer"]),
            severity: Severity::High,
            line: 1,
        }],
        incompatible_duties: [
            (Duty::Author, Duty::Execute, Severity::Medium),
            (Duty::Approve, Duty::Execute, Severity::Low),
        ]
        .map(|(one, other, severity)| IncompatibleDuties { one, other, severity, line: 1 })
        .into(),
        production: Vec::new(),
        protected: vec![Protected {
            repositories: patterns(&["acme/*"]),
            branches: patterns(&["main"]),
            line: 1,
        }],
        owners: Vec::new(),
        playbooks: Vec::new(),
        controls: Vec::new(),
        break_glass: BreakGlass {
            roles: Vec::new(),
            accounts: Vec::new(),
            review_within_hours: 72,
        },
        grants: Grants { request_required: false },
        review_log: ReviewLog { actions: Vec::new() },
    }
}
