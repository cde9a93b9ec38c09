use super::super::{ChangeFacts, Context, Finding, Reason, Test, rule};

rule! {
    /// ## What it tests
    /// Every merged change that somebody approved: that the approvals it relied on were given
    /// before the merge.
    ///
    /// ## Why it matters
    /// An approval after the fact cannot have prevented anything. It may be honest paperwork, and
    /// then wants a justification.
    ///
    /// ## What it cannot see
    /// Approvals given in time by word of mouth.
    pub(super) static LATE_APPROVAL = "late-approval" {
        summary: "the approval was given after the merge",
        class: Breach,
        severity: Medium,
        criteria: ["CC8.1"],
        needs: [Reviews],
        implies: ["no-approval", "too-few-approvals"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let merged = cx.clock(facts.case.merged);
    facts.relied_on(cx, Reason::Late, |approval| {
        let given = approval.act.record.at.map(|at| cx.clock(at)).unwrap_or_default();
        format!(
            "{} approved on {given}, after the merge on {merged}",
            cx.name(approval.act.record.by)
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::crossref::{Verdict, scene::Scene};

    #[test]
    fn cases() {
        let verdict = |at: &[f64]| {
            let mut scene = Scene::new();
            scene.change(1, "ann", "cat", 9.0);
            for (who, at) in ["bob", "cat"].iter().zip(at) {
                scene.approve(1, who, *at);
            }
            scene.verdict("late-approval")
        };
        assert_eq!(verdict(&[9.5]), Verdict::Violation);
        assert_eq!(verdict(&[9.0]), Verdict::Pass);
        assert_eq!(verdict(&[9.5, 8.9]), Verdict::Pass);
        assert_eq!(verdict(&[]), Verdict::NotApplicable);
    }
}
