use super::super::{ChangeFacts, Context, Finding, Reason, Test, rule};

rule! {
    /// ## What it tests
    /// Every merged change that somebody approved: that whoever it relied on was, by the dates of
    /// the registry, with the organisation at that moment.
    ///
    /// ## Why it matters
    /// An account that outlives its person is anybody's. An approval from it is nobody's.
    ///
    /// ## What it cannot see
    /// People who left and whose row has no `valid_until`, and accounts that were locked or
    /// suspended in their own system.
    pub(super) static APPROVER_INACTIVE = "approver-inactive" {
        summary: "the approver had left, or had not yet joined",
        class: Breach,
        severity: High,
        criteria: ["CC6.2", "CC6.3", "CC8.1"],
        needs: [Reviews],
        implies: ["approver-not-entitled", "no-approval", "too-few-approvals"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    facts.relied_on(cx, Reason::Inactive, |approval| {
        let review = approval.act.record;
        let given = review.at.map(|at| cx.clock(at)).unwrap_or_default();
        let name = cx.name(review.by);
        let row = cx.identities.principal(review.by).map(|id| cx.principal(id));
        let limit = |at: Option<crate::model::Instant>| at.map(|at| cx.clock(at));
        match row.map(|row| (limit(row.valid_from), limit(row.valid_until))) {
            Some((Some(from), Some(until))) => format!(
                "{name} approved on {given}; the registry has them from {from} until {until}"
            ),
            Some((Some(from), None)) => {
                format!("{name} approved on {given}; the registry has them from {from}")
            }
            Some((None, Some(until))) => {
                format!("{name} approved on {given}; the registry has them until {until}")
            }
            _ => format!("{name} approved on {given} and was not valid in the registry then"),
        }
    })
}

#[cfg(test)]
mod tests {
    use crate::crossref::{
        Verdict,
        scene::{Scene, day},
    };

    fn verdict(from: Option<f64>, until: Option<f64>, approvers: &[&str]) -> Verdict {
        let mut scene = Scene::new();
        scene.principals.all[1].valid_from = from.map(day);
        scene.principals.all[1].valid_until = until.map(day);
        scene.change(1, "ann", "cat", 9.0);
        for who in approvers {
            scene.approve(1, who, 8.8);
        }
        scene.verdict("approver-inactive")
    }

    #[test]
    fn cases() {
        assert_eq!(verdict(None, None, &["bob"]), Verdict::Pass);
        assert_eq!(verdict(None, Some(8.8), &["bob"]), Verdict::Violation);
        assert_eq!(verdict(None, Some(8.9), &["bob"]), Verdict::Pass);
        assert_eq!(verdict(Some(8.9), None, &["bob"]), Verdict::Violation);
        assert_eq!(verdict(Some(8.8), None, &["bob"]), Verdict::Pass);
        assert_eq!(verdict(Some(1.0), Some(2.0), &["bob"]), Verdict::Violation);
        assert_eq!(verdict(None, Some(8.0), &["bob", "cat"]), Verdict::Pass);
        assert_eq!(verdict(None, None, &["stranger"]), Verdict::Indeterminate);
        assert_eq!(verdict(None, None, &[]), Verdict::NotApplicable);
    }

    #[test]
    fn it_tells_the_dates_of_the_registry() {
        let told = |from: Option<f64>, until: Option<f64>| {
            let mut scene = Scene::new();
            scene.principals.all[1].valid_from = from.map(day);
            scene.principals.all[1].valid_until = until.map(day);
            scene.change(1, "ann", "cat", 9.0);
            scene.approve(1, "bob", 8.5);
            scene.told("approver-inactive")
        };
        let has = "Bob approved on 2026-10-08 12:00; the registry has them";
        assert_eq!(
            told(Some(1.0), Some(2.0)),
            format!("{has} from 2026-10-01 00:00 until 2026-10-02 00:00")
        );
        assert_eq!(told(Some(9.0), None), format!("{has} from 2026-10-09 00:00"));
        assert_eq!(told(None, Some(8.0)), format!("{has} until 2026-10-08 00:00"));
    }
}
