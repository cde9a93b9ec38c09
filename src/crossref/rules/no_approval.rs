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
        Some(true) => Finding::pass(format!("{effective} effective approvals of {needed} needed"))
            .with_all("approval that counts", facts.counting()),
        None => Finding::indeterminate(format!(
            "{effective} effective approvals of {needed} needed; evidence is missing on the others"
        ))
        .with_all("approval", places()),
        Some(false) => {
            let statement = if approvals.all.is_empty() {
                "it was merged and nobody had approved it".to_owned()
            } else {
                let failed: Vec<_> = approvals
                    .all
                    .iter()
                    .filter_map(|approval| {
                        let mut reasons: Vec<_> =
                            approval.reasons.iter().map(|r| r.told()).collect();
                        reasons.dedup();
                        let name = cx.name(approval.act.record.by);
                        (!reasons.is_empty()).then(|| format!("{name} {}", reasons.join(" and ")))
                    })
                    .collect();
                let failed = failed.join("; ");
                format!("{effective} effective approvals of {needed} needed: {failed}")
            };
            let merged = facts.case.did(crate::model::Duty::Merge).map(|act| act.origin);
            Finding::violation(statement, facts.contributors(cx))
                .with_all("approval that does not count", places())
                .with_all("merge", merged)
        }
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
    fn persons_are_counted_and_not_approvals() {
        let verdict = |second: &str| {
            let mut scene = Scene::new();
            scene.policy.approvals.people = 2;
            scene.change(1, "ann", "cat", 9.0);
            scene.approve(1, "bob", 8.7);
            scene.approve(1, second, 8.8);
            scene.verdict("no-approval")
        };
        assert_eq!(verdict("cat"), Verdict::Pass);
        assert_eq!(verdict("bob"), Verdict::Violation);
    }

    #[test]
    fn agents_changes_have_a_number_of_their_own() {
        let mut scene = Scene::new();
        scene.policy.approvals.agents = 2;
        scene.change(1, "bot", "cat", 9.0);
        scene.approve(1, "bob", 8.8);
        assert_eq!(scene.verdict("no-approval"), Verdict::Violation);
    }

    #[test]
    fn a_change_to_an_unprotected_branch_is_not_tested() {
        let mut scene = Scene::new();
        scene.policy.protected[0].branches = vec![crate::policy::Pattern::new("release/*")];
        scene.change(1, "ann", "cat", 9.0);
        assert_eq!(scene.verdict("no-approval"), Verdict::NotApplicable);
    }
}
