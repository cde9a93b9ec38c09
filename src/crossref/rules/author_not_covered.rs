use std::collections::BTreeSet;

use super::super::{Approval, ChangeFacts, Context, Doubt, Finding, Sameness, Test, rule};
use crate::model::{AccountId, Duty};

rule! {
    /// ## What it tests
    /// Every merged change that several persons wrote and somebody approved: that each of its
    /// authors, of commits and co-authors too, has the approval of somebody else. Looked at are
    /// approvals that would count but for who gave them, so that a party's approval covers what the
    /// others wrote. Two authors who approve each other are both covered, and told by
    /// `contributor-approval`.
    ///
    /// ## Why it matters
    /// Where several people write one change, an approval by one of them leaves that one's part
    /// unread. This names whose part nobody else has looked at.
    ///
    /// ## What it cannot see
    /// Which lines of a change a reviewer read. Authors of commits are what the commits claim.
    pub(super) static AUTHOR_NOT_COVERED = "author-not-covered" {
        summary: "somebody wrote part of a change that nobody else approved",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC8.1"],
        needs: [Reviews, Commits],
        implies: ["no-approval", "too-few-approvals"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    if facts.approvals.all.is_empty() {
        return Finding::not_applicable("nobody approved this change");
    }
    let stands = |a: &&Approval<'_>| a.reasons.iter().all(|reason| reason.is_party());
    let standing: Vec<_> = facts.approvals.all.iter().filter(stands).collect();
    if standing.is_empty() {
        return Finding::not_applicable("no approval stands, for reasons that other rules tell");
    }
    let person = |by: &AccountId| cx.identities.person(*by);
    let wrote: BTreeSet<_> = facts.case.did(Duty::Author).map(|act| act.record.by).collect();
    if wrote.iter().map(person).collect::<BTreeSet<_>>().len() < 2 {
        return Finding::not_applicable("one person wrote it, which self-approval tests");
    }
    let mut open = None;
    let mut uncovered = Vec::new();
    for by in wrote {
        match covered(cx, by, &standing) {
            Some(true) => {}
            Some(false) => uncovered.push(by),
            None => open = Some(by),
        }
    }
    let approvals = standing.iter().map(|approval| approval.act.origin);
    let finding = match (uncovered.as_slice(), open) {
        ([], None) => Finding::pass("each author has the approval of somebody else"),
        ([], Some(by)) => Finding::indeterminate(format!(
            "whether somebody else approved what {} wrote cannot be told",
            cx.name(by)
        )),
        (authors, _) => {
            let mut names: Vec<_> = authors.iter().map(|by| cx.name(*by)).collect();
            names.sort_unstable();
            names.dedup();
            let told = format!("nobody else approved what {} wrote", names.join(" and "));
            let theirs = facts.case.did(Duty::Author).filter(|a| authors.contains(&a.record.by));
            Finding::violation(told, authors.iter().map(|by| cx.who(*by)).collect())
                .with_all("their own part", theirs.map(|act| act.origin))
        }
    };
    finding.with_all("approval", approvals)
}

/// Whether one of the approvals is another person's; `None` if nobody can tell.
fn covered(cx: &Context<'_>, author: AccountId, standing: &[&Approval<'_>]) -> Option<bool> {
    let doubtful = |approval: &Approval<'_>| {
        let mut doubts = approval.doubts.iter();
        doubts.any(|doubt| {
            matches!(doubt, Doubt::Time | Doubt::Revision | Doubt::Role(_) | Doubt::Objection(_))
        })
    };
    let mut may_be = false;
    for approval in standing {
        match cx.identities.same(author, approval.act.record.by) {
            Sameness::Same => {}
            Sameness::Different if !doubtful(approval) => return Some(true),
            Sameness::Different | Sameness::Unknown => may_be = true,
        }
    }
    (!may_be).then_some(false)
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        model::Duty,
        policy::SponsorApproval,
    };

    const RULE: &str = "author-not-covered";

    fn scene(author: &str, coauthors: &[&str], approvers: &[&str]) -> Scene {
        let mut scene = Scene::new();
        scene.change(1, author, "cat", 9.0);
        for who in coauthors {
            scene.commit_by(1, who, 8.6);
        }
        for who in approvers {
            scene.approve(1, who, 8.8);
        }
        scene
    }

    #[test]
    fn cases() {
        let verdict = |author, coauthors: &[&str], approvers: &[&str]| {
            scene(author, coauthors, approvers).verdict(RULE)
        };
        assert_eq!(verdict("ann", &["bob"], &["ann"]), Verdict::Violation);
        assert_eq!(verdict("ann", &["bob"], &["bob"]), Verdict::Violation);
        assert_eq!(verdict("ann", &["bob"], &["ann", "bob"]), Verdict::Pass);
        assert_eq!(verdict("ann", &["bob"], &["cat"]), Verdict::Pass);
        assert_eq!(verdict("bot", &["bob"], &["ann"]), Verdict::Violation);
        assert_eq!(verdict("bob", &["stranger"], &["bob"]), Verdict::Violation);
        assert_eq!(verdict("ann", &["stranger"], &["bob"]), Verdict::Indeterminate);
        assert_eq!(verdict("ann", &["bob"], &["stranger"]), Verdict::Indeterminate);
        assert_eq!(verdict("ann", &["bob"], &[]), Verdict::NotApplicable);
        assert_eq!(verdict("ann", &["cat"], &["bot"]), Verdict::NotApplicable);
        assert_eq!(verdict("ann", &[], &["ann"]), Verdict::NotApplicable);
        assert_eq!(verdict("ann", &["bot"], &["ann"]), Verdict::NotApplicable);
    }

    #[test]
    fn the_part_that_is_not_covered_is_named() {
        scene("ann", &["bob"], &["bob"]).assess(|assessment| {
            let [exception] = assessment.exceptions.as_slice() else {
                panic!("{:#?}", assessment.exceptions);
            };
            assert_eq!(exception.rule.id, "contributor-approval");
            let said = |rule: &str| exception.also.iter().find(|also| also.0.id == rule);
            assert_eq!(said(RULE).unwrap().1, "nobody else approved what Bob wrote");
        });
    }

    #[test]
    fn policy_may_take_a_sponsor_for_a_second_person() {
        let mut scene = scene("bot", &["bob"], &["ann"]);
        scene.policy.approvals.sponsor_approval = SponsorApproval::Counts;
        assert_eq!(scene.verdict(RULE), Verdict::Pass);
    }

    #[test]
    fn a_service_that_writes_is_an_author() {
        let scene = |approver| {
            let mut scene = scene("ann", &["ci"], &[approver]);
            scene.account("ci", crate::model::AccountKind::Service);
            scene.verdict(RULE)
        };
        assert_eq!(scene("ann"), Verdict::Violation);
        assert_eq!(scene("bob"), Verdict::Indeterminate);
    }

    #[test]
    fn an_approval_that_is_not_wholly_known_may_cover() {
        let mut scene = scene("ann", &["cat"], &["ann"]);
        scene.act("bob", Duty::Approve, "acme/pay#1", 8.8, None);
        assert_eq!(scene.verdict(RULE), Verdict::Indeterminate);
    }
}
