use super::super::{
    Approval, ChangeFacts, Context, Finding, Reason, Test, Who, approval::sponsor_must_stay_out,
    rule,
};

rule! {
    /// ## What it tests
    /// Every merged change that an agent or service approved: that the human who answers for it
    /// stands behind nobody who took part, neither in person nor through another agent. What
    /// policy says of a sponsor's own approval holds here too: with `never` such an approval is a
    /// violation even where others approved, else only where nobody else's approval counts.
    ///
    /// ## Why it matters
    /// Two agents that one human runs are that human twice. One writing and the other approving
    /// looks like review, and is not.
    ///
    /// ## What it cannot see
    /// Agents whose sponsors differ on paper and that one person instructs.
    pub(super) static COMMON_SPONSOR_APPROVAL = "common-sponsor-approval" {
        summary: "an agent approved a change by its own sponsor or another agent of that sponsor",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC6.3", "CC8.1"],
        needs: [Reviews],
        implies: ["agent-approval", "approver-not-entitled", "no-approval", "too-few-approvals"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let failing = facts.approvals.failing(|reason| matches!(reason, Reason::CommonSponsor(_)));
    if failing.is_empty() {
        let mut reviewers = facts.approvals.all.iter().map(|approval| approval.act.record.by);
        return match reviewers.all(|by| cx.identities.is_human(by) == Some(true)) {
            true => Finding::not_applicable("no agent or service approved this change"),
            false => {
                facts.no_party_approved("no agent that approved shares a sponsor with a party")
            }
        };
    }
    let describe = |approval: &Approval<'_>| {
        let names: Vec<_> = parties(approval).map(|party| cx.who_name(party)).collect();
        let name = cx.name(approval.act.record.by);
        format!("{name} approved, and one human answers for it and for {}", names.join(" and "))
    };
    if !sponsor_must_stay_out(cx) {
        return facts.rested_on(cx, &failing, describe);
    }
    let reviewers = failing.iter().map(|approval| cx.who(approval.act.record.by));
    let who = reviewers.chain(failing.iter().flat_map(|approval| parties(approval))).collect();
    let told: Vec<_> = failing.iter().map(|approval| describe(approval)).collect();
    Finding::violation(told.join("; "), who)
        .with_all("approval", failing.iter().map(|approval| approval.act.origin))
}

/// The parties to the change that are one person with a reviewer.
fn parties(approval: &Approval<'_>) -> impl Iterator<Item = Who> {
    approval.reasons.iter().filter_map(|reason| match reason {
        Reason::CommonSponsor(party) => Some(Who::Principal(*party)),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        policy::SponsorApproval,
    };

    const RULE: &str = "common-sponsor-approval";

    fn scene(author: &str, approvers: &[&str]) -> Scene {
        let mut scene = Scene::new();
        scene.change(1, author, "cat", 9.0);
        for who in approvers {
            scene.approve(1, who, 8.8);
        }
        scene
    }

    #[test]
    fn cases() {
        let verdict = |author, approvers: &[&str]| scene(author, approvers).verdict(RULE);
        assert_eq!(verdict("bot", &["bot2"]), Verdict::Violation);
        assert_eq!(verdict("ann", &["bot"]), Verdict::Violation);
        assert_eq!(verdict("bot", &["bot2", "bob"]), Verdict::Violation);
        assert_eq!(verdict("bob", &["bot"]), Verdict::Pass);
        assert_eq!(verdict("stranger", &["bot"]), Verdict::Indeterminate);
        assert_eq!(verdict("bot", &["stranger"]), Verdict::Indeterminate);
        assert_eq!(verdict("bot", &["bob"]), Verdict::NotApplicable);
        assert_eq!(verdict("bot", &[]), Verdict::NotApplicable);
    }

    #[test]
    fn where_policy_takes_both_for_one_others_make_good_for_it() {
        let verdict = |approvers: &[&str]| {
            let mut scene = scene("bot", approvers);
            scene.policy.approvals.sponsor_approval = SponsorApproval::CountsAsOne;
            scene.verdict(RULE)
        };
        assert_eq!(verdict(&["bot2"]), Verdict::Violation);
        assert_eq!(verdict(&["bot2", "bob"]), Verdict::Pass);
        assert_eq!(verdict(&["bot2", "stranger"]), Verdict::Indeterminate);
    }

    #[test]
    fn an_agent_that_approves_its_own_change_is_told_by_self_approval() {
        assert_eq!(scene("bot", &["bot"]).verdict(RULE), Verdict::Pass);
        assert_eq!(scene("bot", &["bot"]).verdict("self-approval"), Verdict::Violation);
        assert_eq!(scene("bot", &["bot2"]).verdict("self-approval"), Verdict::Pass);
    }

    #[test]
    fn it_leads_the_other_rules_that_see_it() {
        scene("bot", &["bot2"]).assess(|assessment| {
            let led: Vec<_> = assessment.exceptions.iter().map(|e| e.rule.id).collect();
            assert_eq!(led, [RULE]);
            let also: Vec<_> = assessment.exceptions[0].also.iter().map(|a| a.0.id).collect();
            assert_eq!(also, ["agent-approval", "approver-not-entitled", "no-approval"]);
        });
    }
}
