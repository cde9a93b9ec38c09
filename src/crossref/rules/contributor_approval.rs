use super::super::{ChangeFacts, Context, Finding, Reason, Test, rule};

rule! {
    /// ## What it tests
    /// Every merged change: that nobody who contributed to it approved it. Contributors are those
    /// who asked for it and the authors, co-authors and committers of its commits, also where they
    /// contributed after they had reviewed.
    ///
    /// ## Why it matters
    /// A reviewer who adds a commit, or who asked for the change, judges their own work.
    ///
    /// ## What it cannot see
    /// Contributions that no commit records, such as advice. A commit's author and co-author are
    /// what the commit claims.
    pub(super) static CONTRIBUTOR_APPROVAL = "contributor-approval" {
        summary: "a contributor to a change approved it",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC8.1"],
        needs: [Reviews, Commits],
        implies: ["no-approval"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let own = facts.approvals.failing(|reason| matches!(reason, Reason::Contributor(_)));
    let own: Vec<_> = own.into_iter().filter(|a| !a.reasons.contains(&Reason::Author)).collect();
    let reviewers: Vec<_> =
        own.iter().map(|approval| cx.identities.person(approval.act.record.by)).collect();
    let parts = facts.case.contributions().into_iter();
    let theirs = parts.filter(|act| reviewers.contains(&cx.identities.person(act.record.by)));
    facts.one_person(cx, &own, "contributed to", theirs.map(|act| act.origin).collect())
}
