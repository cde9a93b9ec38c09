use super::super::{ChangeFacts, Context, Finding, Reason, Test, rule};

rule! {
    /// ## What it tests
    /// Every merged change that somebody approved: that whoever it relied on held, at the moment
    /// of approving, a role that policy maps to the capability `approve`, for that repository.
    ///
    /// ## Why it matters
    /// A platform lets anybody with write access approve. Whether that person was meant to is
    /// written elsewhere, and changes over time.
    ///
    /// ## What it cannot see
    /// Roles of systems that nobody exported. Between two snapshots that agree a role is inferred,
    /// and said to be.
    pub(super) static APPROVER_NOT_ENTITLED = "approver-not-entitled" {
        summary: "the approver held no role that entitles to approve",
        class: Breach,
        severity: High,
        criteria: ["CC6.1", "CC6.3", "CC8.1"],
        needs: [Reviews],
        implies: ["no-approval"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    facts.relied_on(cx, Reason::NotEntitled, |approval| {
        let given = approval.act.record.at.map(|at| cx.clock(at)).unwrap_or_default();
        let name = cx.name(approval.act.record.by);
        format!("{name} approved on {given} and held no role then that entitles to approve")
    })
}
