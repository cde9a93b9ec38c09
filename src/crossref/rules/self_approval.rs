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
        implies: ["no-approval"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let own = facts.approvals.failing(|reason| reason == Reason::Author);
    let wrote = facts.case.did_directly(Duty::Author).map(|act| act.origin).collect();
    facts.one_person(cx, &own, "wrote", wrote)
}
