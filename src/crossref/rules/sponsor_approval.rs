use super::super::{
    APPROVE, ChangeFacts, Context, Finding, Reason, Test, Who, approval::sponsor_must_stay_out,
    rule,
};

rule! {
    /// ## What it tests
    /// Every merged change that an agent took part in: that the human who answers for the agent
    /// did not approve it. A service whose sponsor approves is held to the same. Policy says what such an approval is worth: `never` makes it a violation
    /// even where somebody else approved too, `counts-as-one` only where nobody else's approval
    /// counts, `counts` takes the sponsor for a second person.
    ///
    /// ## Why it matters
    /// An agent acts on its sponsor's behalf. A sponsor who approves the agent's change has, in
    /// effect, made and approved it.
    ///
    /// ## What it cannot see
    /// Who gave the agent its task, where that was not the sponsor of record.
    pub(super) static SPONSOR_APPROVAL = "sponsor-approval" {
        summary: "the sponsor of an agent approved the agent's change",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC6.3", "CC8.1"],
        needs: [Reviews],
        implies: ["author-not-covered", "no-approval", "too-few-approvals"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let approvals = &facts.approvals;
    if approvals.all.is_empty() {
        return Finding::not_applicable("nobody approved this change");
    }
    let sponsored = approvals.failing(|reason| matches!(reason, Reason::Sponsor(_)));
    let places = || sponsored.iter().map(|approval| approval.act.origin);
    let Some(first) = sponsored.first() else {
        if !facts.by_agent {
            return Finding::not_applicable("no agent took part in this change");
        }
        return facts.no_party_approved("no sponsor of an agent that took part approved it");
    };
    if !sponsor_must_stay_out(cx) && approvals.enough() == Some(true) {
        return Finding::pass("the sponsor approved too, and approvals that count stand beside it")
            .with_all("sponsor's approval", places())
            .with_all("approval that counts", facts.counting());
    }
    if !sponsor_must_stay_out(cx) && approvals.enough().is_none() {
        return Finding::indeterminate(format!(
            "the sponsor approved, and whether anybody else's approval counts cannot be told \
             (capability {APPROVE})"
        ))
        .with_all("sponsor's approval", places());
    }
    let mut who: Vec<Who> = Vec::new();
    for approval in &sponsored {
        who.push(cx.who(approval.act.record.by));
        who.extend(approval.reasons.iter().filter_map(|reason| match reason {
            Reason::Sponsor(agent) => Some(Who::Principal(*agent)),
            _ => None,
        }));
    }
    let agents: Vec<_> = who
        .iter()
        .filter(|who| **who != cx.who(first.act.record.by))
        .map(|who| cx.who_name(*who))
        .collect();
    let name = cx.name(first.act.record.by);
    Finding::violation(
        format!("{name} approved a change by {}, for which {name} answers", agents.join(", ")),
        who,
    )
    .with_all("sponsor's approval", places())
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        policy::SponsorApproval,
    };

    fn verdict(worth: SponsorApproval, approvers: &[&str]) -> Verdict {
        let mut scene = Scene::new();
        scene.policy.approvals.sponsor_approval = worth;
        scene.change(1, "bot", "cat", 9.0);
        for who in approvers {
            scene.approve(1, who, 8.8);
        }
        scene.verdict("sponsor-approval")
    }

    #[test]
    fn never() {
        assert_eq!(verdict(SponsorApproval::Never, &["ann"]), Verdict::Violation);
        assert_eq!(verdict(SponsorApproval::Never, &["ann", "bob"]), Verdict::Violation);
        assert_eq!(verdict(SponsorApproval::Never, &["bob"]), Verdict::Pass);
        assert_eq!(verdict(SponsorApproval::Never, &["stranger"]), Verdict::Indeterminate);
        assert_eq!(verdict(SponsorApproval::Never, &[]), Verdict::NotApplicable);
    }

    #[test]
    fn counts_as_one() {
        assert_eq!(verdict(SponsorApproval::CountsAsOne, &["ann"]), Verdict::Violation);
        assert_eq!(verdict(SponsorApproval::CountsAsOne, &["ann", "bob"]), Verdict::Pass);
    }

    #[test]
    fn counts() {
        assert_eq!(verdict(SponsorApproval::Counts, &["ann"]), Verdict::Pass);
    }

    #[test]
    fn two_agents_of_one_sponsor_are_one_person() {
        let mut scene = Scene::new();
        scene.change(1, "bot", "cat", 9.0);
        scene.commit_by(1, "bot2", 8.6);
        scene.approve(1, "ann", 8.8);
        assert_eq!(scene.verdict("sponsor-approval"), Verdict::Violation);
    }

    #[test]
    fn it_tells_whose_change_was_approved() {
        let mut scene = Scene::new();
        scene.change(1, "bot", "cat", 9.0);
        scene.approve(1, "ann", 8.8);
        let told = scene.told("sponsor-approval");
        assert_eq!(told, "Ann approved a change by Bot, for which Ann answers");
    }

    #[test]
    fn a_humans_own_change_is_no_agents() {
        let mut scene = Scene::new();
        scene.change(1, "bob", "cat", 9.0);
        scene.approve(1, "ann", 8.8);
        assert_eq!(scene.verdict("sponsor-approval"), Verdict::NotApplicable);
    }
}
