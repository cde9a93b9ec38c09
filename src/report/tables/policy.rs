//! What policy decides about approvals, as rows, so that a query can join it.

use super::{Report, Row, Table, column};
use crate::crossref::APPROVE;

pub(super) static POLICY: Table = Table {
    id: "policy",
    title: "Policy",
    summary: "what policy decides about approvals, branches, tickets and executions; patterns may \
              hold * and ?",
    columns: &[
        column(
            "setting",
            "Setting",
            "sponsor-approval, people and agents (persons who must approve), approving-role, \
             protects (everything or listed), protected, tickets-required, ticket-key, \
             incompatible-duties (two duties and their severity), executes-in (everywhere or listed), \
             production",
            10,
        ),
        column("value", "Value", "its value; for protected, a pattern of repositories", 16),
        column("branch", "Branch", "for protected, a pattern of branches", 10),
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let policy = report.cx().policy;
    let approvals = &policy.approvals;
    let mut say = |setting: &str, value: &str, branch: &str| {
        sink(&[setting.into(), value.into(), branch.into()]);
    };
    say("sponsor-approval", approvals.sponsor_approval.name(), "");
    say("people", &approvals.people.to_string(), "");
    say("agents", &approvals.agents.to_string(), "");
    for role in policy.capability(APPROVE).map_or(&[][..], |c| c.roles.as_slice()) {
        say("approving-role", role.text(), "");
    }
    say("protects", if policy.protected.is_empty() { "everything" } else { "listed" }, "");
    for protected in &policy.protected {
        for repository in &protected.repositories {
            for branch in &protected.branches {
                say("protected", repository.text(), branch.text());
            }
        }
    }
    say("tickets-required", policy.tickets.required.name(), "");
    for key in &policy.tickets.keys {
        say("ticket-key", key.text(), "");
    }
    for duties in &policy.incompatible_duties {
        let (one, other) = (duties.one, duties.other);
        say("incompatible-duties", &format!("{one} {other} {}", duties.severity.name()), "");
    }
    say("executes-in", if policy.production.is_empty() { "everywhere" } else { "listed" }, "");
    for environment in policy.production.iter().flat_map(|p| &p.environments) {
        say("production", environment.text(), "");
    }
}
