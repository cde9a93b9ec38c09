//! Every rule, one to a file.
//!
//! To add a rule, write `src/crossref/rules/<id>.rs` and add one line to [`RULES`], in alphabetical
//! order.

mod agent_approval;
mod agent_left_its_tier;
mod agent_may_approve;
mod agent_without_sponsor;
mod approver_inactive;
mod approver_not_entitled;
mod author_not_covered;
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
mod expired_justification;
mod grant_without_request;
mod hasty_approval;
mod late_approval;
mod late_justification;
mod no_approval;
mod no_compensating_control;
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
mod too_few_approvals;
mod unapproved_playbook;
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
    &approver_inactive::APPROVER_INACTIVE,
    &approver_not_entitled::APPROVER_NOT_ENTITLED,
    &author_not_covered::AUTHOR_NOT_COVERED,
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
    &expired_justification::EXPIRED_JUSTIFICATION,
    &grant_without_request::GRANT_WITHOUT_REQUEST,
    &hasty_approval::HASTY_APPROVAL,
    &late_approval::LATE_APPROVAL,
    &late_justification::LATE_JUSTIFICATION,
    &no_approval::NO_APPROVAL,
    &no_compensating_control::NO_COMPENSATING_CONTROL,
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
    &too_few_approvals::TOO_FEW_APPROVALS,
    &unapproved_playbook::UNAPPROVED_PLAYBOOK,
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
