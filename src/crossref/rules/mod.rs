//! Every rule, one to a file.
//!
//! To add a rule, write `src/crossref/rules/<id>.rs` and add one line to [`RULES`], in alphabetical
//! order.

mod agent_approval;
mod agent_left_its_tier;
mod agent_may_approve;
mod agent_without_sponsor;
mod approver_executed;
mod approver_inactive;
mod approver_not_entitled;
mod author_executed;
mod author_not_covered;
mod boundary_never_exercised;
mod break_glass_late;
mod break_glass_unreviewed;
mod change_without_review;
mod common_sponsor_approval;
mod conflicting_roles;
mod contributor_approval;
mod control_lapse;
mod control_weakened;
mod definition_and_execution;
mod double_counted_approver;
mod drill_allowed;
mod drill_missed;
mod execution_without_change;
mod expired_justification;
mod grant_without_request;
mod hasty_approval;
mod late_approval;
mod late_justification;
mod no_approval;
mod no_compensating_control;
mod no_ticket;
mod occasional_role;
mod party_justified;
mod policy_bypass;
mod preparer_conflict;
mod review_under_human_name;
mod role_granted_by_party;
mod self_approval;
mod self_granted_role;
mod self_merge;
mod source_gap;
mod sponsor_approval;
mod sponsor_union_conflict;
mod stale_approval;
mod ticket_after_change;
mod ticket_approved_by_requester;
mod too_few_approvals;
mod unapproved_playbook;
mod unapproved_revision_executed;
mod unknown_identity;
mod unreconciled_population;
mod withdrawn_approval;

use super::Rule;

/// Every rule, in alphabetical order.
pub const RULES: &[&Rule] = &[
    &agent_approval::AGENT_APPROVAL,
    &agent_left_its_tier::AGENT_LEFT_ITS_TIER,
    &agent_may_approve::AGENT_MAY_APPROVE,
    &agent_without_sponsor::AGENT_WITHOUT_SPONSOR,
    &approver_executed::APPROVER_EXECUTED,
    &approver_inactive::APPROVER_INACTIVE,
    &approver_not_entitled::APPROVER_NOT_ENTITLED,
    &author_executed::AUTHOR_EXECUTED,
    &author_not_covered::AUTHOR_NOT_COVERED,
    &boundary_never_exercised::BOUNDARY_NEVER_EXERCISED,
    &break_glass_late::BREAK_GLASS_LATE,
    &break_glass_unreviewed::BREAK_GLASS_UNREVIEWED,
    &change_without_review::CHANGE_WITHOUT_REVIEW,
    &common_sponsor_approval::COMMON_SPONSOR_APPROVAL,
    &conflicting_roles::CONFLICTING_ROLES,
    &contributor_approval::CONTRIBUTOR_APPROVAL,
    &control_lapse::CONTROL_LAPSE,
    &control_weakened::CONTROL_WEAKENED,
    &definition_and_execution::DEFINITION_AND_EXECUTION,
    &double_counted_approver::DOUBLE_COUNTED_APPROVER,
    &drill_allowed::DRILL_ALLOWED,
    &drill_missed::DRILL_MISSED,
    &execution_without_change::EXECUTION_WITHOUT_CHANGE,
    &expired_justification::EXPIRED_JUSTIFICATION,
    &grant_without_request::GRANT_WITHOUT_REQUEST,
    &hasty_approval::HASTY_APPROVAL,
    &late_approval::LATE_APPROVAL,
    &late_justification::LATE_JUSTIFICATION,
    &no_approval::NO_APPROVAL,
    &no_compensating_control::NO_COMPENSATING_CONTROL,
    &no_ticket::NO_TICKET,
    &occasional_role::OCCASIONAL_ROLE,
    &party_justified::PARTY_JUSTIFIED,
    &policy_bypass::POLICY_BYPASS,
    &preparer_conflict::PREPARER_CONFLICT,
    &review_under_human_name::REVIEW_UNDER_HUMAN_NAME,
    &role_granted_by_party::ROLE_GRANTED_BY_PARTY,
    &self_approval::SELF_APPROVAL,
    &self_granted_role::SELF_GRANTED_ROLE,
    &self_merge::SELF_MERGE,
    &source_gap::SOURCE_GAP,
    &sponsor_approval::SPONSOR_APPROVAL,
    &sponsor_union_conflict::SPONSOR_UNION_CONFLICT,
    &stale_approval::STALE_APPROVAL,
    &ticket_after_change::TICKET_AFTER_CHANGE,
    &ticket_approved_by_requester::TICKET_APPROVED_BY_REQUESTER,
    &too_few_approvals::TOO_FEW_APPROVALS,
    &unapproved_playbook::UNAPPROVED_PLAYBOOK,
    &unapproved_revision_executed::UNAPPROVED_REVISION_EXECUTED,
    &unknown_identity::UNKNOWN_IDENTITY,
    &unreconciled_population::UNRECONCILED_POPULATION,
    &withdrawn_approval::WITHDRAWN_APPROVAL,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_imply_one_another_in_no_circle() {
        for start in RULES {
            let mut next: Vec<&str> = start.implies.to_vec();
            for _ in RULES {
                assert!(!next.contains(&start.id), "{} implies itself", start.id);
                let implied = RULES.iter().filter(|rule| next.contains(&rule.id));
                next = implied.flat_map(|rule| rule.implies).copied().collect();
            }
        }
    }
}
