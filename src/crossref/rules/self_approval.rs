use super::super::{ChangeFacts, Context, Finding, Reason, Test, rule};
use crate::model::Duty;

rule! {
    /// ## What it tests
    /// Every merged change: that nobody who opened it approved it. The author's other accounts
    /// count as the author, whatever else was approved beside it.
    ///
    /// ## Why it matters
    /// An author who approves their own change meets the letter of a one-approval policy and none
    /// of its purpose: nobody else looked.
    ///
    /// ## What it cannot see
    /// Two accounts of one person that neither the registry nor an address joins.
    pub(super) static SELF_APPROVAL = "self-approval" {
        summary: "the author of a change approved it",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC8.1"],
        needs: [Reviews],
        implies: ["author-not-covered", "no-approval", "too-few-approvals"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let own = facts.approvals.failing(|reason| reason == Reason::Author);
    let wrote = facts.case.did_directly(Duty::Author).map(|act| act.origin).collect();
    facts.one_person(cx, &own, "wrote", wrote)
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        model::Duty,
    };

    fn verdict(approver: &str, reviewed: bool) -> Verdict {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        if reviewed {
            scene.approve(1, approver, 8.8);
        }
        scene.verdict("self-approval")
    }

    #[test]
    fn cases() {
        assert_eq!(verdict("ann", true), Verdict::Violation);
        assert_eq!(verdict("bob", true), Verdict::Pass);
        assert_eq!(verdict("stranger", true), Verdict::Indeterminate);
        assert_eq!(verdict("", false), Verdict::NotApplicable);
    }

    #[test]
    fn another_approval_beside_it_does_not_excuse_it() {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "ann", 8.8);
        scene.approve(1, "bob", 8.9);
        assert_eq!(scene.verdict("self-approval"), Verdict::Violation);
    }

    #[test]
    fn an_approval_taken_back_before_the_merge_is_none() {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "ann", 8.7);
        scene.act("ann", Duty::Reject, "acme/pay#1", 8.8, None);
        assert_eq!(scene.verdict("self-approval"), Verdict::Pass);
    }

    #[test]
    fn a_change_opened_after_its_first_commit_has_the_same_author() {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.commit_by(1, "ann", 8.1);
        scene.approve(1, "ann", 8.8);
        assert_eq!(scene.verdict("self-approval"), Verdict::Violation);
    }
}
