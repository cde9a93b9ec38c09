use super::super::{ChangeFacts, Context, Finding, Test, rule};

rule! {
    /// ## What it tests
    /// Every merged change: that somebody approved it effectively. An approval is effective when it
    /// is the reviewer's latest decision at merge time, was not dismissed, was given by a human who
    /// is no party and is entitled by a role at that moment, before the merge and for the merged
    /// revision. Whether as many persons approved as policy asks is `too-few-approvals`.
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
        implies: ["break-glass-late", "break-glass-unreviewed", "self-merge"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let approvals = &facts.approvals;
    let places = || approvals.all.iter().map(|approval| approval.act.origin);
    match (approvals.effective, approvals.possible) {
        (0, 0) => {
            let statement = if approvals.all.is_empty() {
                "it was merged and nobody had approved it".to_owned()
            } else {
                format!("it was merged and no approval counts: {}", facts.why_not(cx))
            };
            let merged = facts.case.did(crate::model::Duty::Merge).map(|act| act.origin);
            Finding::violation(statement, facts.contributors(cx))
                .with_all("approval that does not count", places())
                .with_all("merge", merged)
        }
        (0, _) => Finding::indeterminate("whether an approval counts cannot be told")
            .with_all("approval", places()),
        (effective, _) => Finding::pass(match effective {
            1 => "one person approved effectively".to_owned(),
            more => format!("{more} persons approved effectively"),
        })
        .with_all("approval that counts", facts.counting()),
    }
}

#[cfg(test)]
mod tests {
    use crate::crossref::{Verdict, scene::Scene};

    #[test]
    fn cases() {
        let verdict = |prepare: fn(&mut Scene)| {
            let mut scene = Scene::new();
            scene.change(1, "ann", "cat", 9.0);
            prepare(&mut scene);
            scene.verdict("no-approval")
        };
        assert_eq!(verdict(|_| {}), Verdict::Violation);
        assert_eq!(verdict(|s| s.approve(1, "bob", 8.8)), Verdict::Pass);
        assert_eq!(verdict(|s| s.approve(1, "ann", 8.8)), Verdict::Violation);
        assert_eq!(verdict(|s| s.approve(1, "stranger", 8.8)), Verdict::Indeterminate);
        assert_eq!(verdict(|s| s.approve(1, "bob", 9.1)), Verdict::Violation);
    }

    #[test]
    fn one_of_two_that_policy_asks_for_is_an_approval() {
        let mut scene = Scene::new();
        scene.policy.approvals.people = 2;
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "bob", 8.7);
        assert_eq!(scene.verdict("no-approval"), Verdict::Pass);
    }

    #[test]
    fn a_change_to_an_unprotected_branch_is_not_tested() {
        let mut scene = Scene::new();
        scene.policy.protected[0].branches = vec![crate::policy::Pattern::new("release/*")];
        scene.change(1, "ann", "cat", 9.0);
        assert_eq!(scene.verdict("no-approval"), Verdict::NotApplicable);
    }
}
