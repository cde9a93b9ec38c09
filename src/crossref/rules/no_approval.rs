use super::super::{ChangeFacts, Context, Finding, Test, rule};

rule! {
    /// ## What it tests
    /// Every merged change: that as many distinct persons as policy asks approved it effectively.
    /// An approval is effective when it is the reviewer's latest decision at merge time, was not
    /// dismissed, was given by a human who is no party and is entitled by a role at that moment,
    /// before the merge and for the merged revision.
    ///
    /// ## Why it matters
    /// A change that nobody else approved is one person's word, or one agent's.
    ///
    /// ## What it cannot see
    /// Whether the reviewer read the change, and approvals given outside the exports.
    pub(super) static NO_APPROVAL = "no-approval" {
        summary: "a change was merged without an effective approval",
        class: Breach,
        severity: High,
        criteria: ["CC8.1"],
        needs: [Reviews],
        implies: [],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let approvals = &facts.approvals;
    let places = || approvals.all.iter().map(|approval| approval.act.origin);
    let (needed, effective) = (approvals.needed, approvals.effective);
    match approvals.enough() {
        Some(true) => Finding::pass(format!("{effective} effective of {needed} needed"))
            .with_all("approval that counts", facts.counting()),
        None => Finding::indeterminate(format!(
            "{effective} effective of {needed} needed; evidence is missing on the others"
        ))
        .with_all("approval", places()),
        Some(false) => {
            let given = approvals.all.len();
            let statement = if given == 0 {
                "it was merged and nobody had approved it".to_owned()
            } else {
                format!("{effective} effective of {needed} needed; {given} given in all")
            };
            let merged = facts.case.did(crate::model::Duty::Merge).map(|act| act.origin);
            Finding::violation(statement, facts.contributors(cx))
                .with_all("approval that does not count", places())
                .with_all("merge", merged)
        }
    }
}
