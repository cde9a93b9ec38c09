use super::super::{Approval, ChangeFacts, Context, Finding, Reason, Test, Verdict, rule};
use crate::model::Duty;

rule! {
    /// ## What it tests
    /// Every merged change that somebody approved: that it was not merged on the strength of an
    /// approval that was dismissed, or whose reviewer objected later and before the merge. A
    /// reviewer who approved again afterwards has not withdrawn.
    ///
    /// ## Why it matters
    /// Somebody looked and said no. To merge all the same is to overrule a control.
    ///
    /// ## What it cannot see
    /// When and by whom an approval was dismissed, where the export tells only that it was: a
    /// dismissal after the merge looks the same. Objections of others who never approved. GitHub no
    /// longer tells what a dismissed review said: where no other approval is enough, the verdict is
    /// left open.
    pub(super) static WITHDRAWN_APPROVAL = "withdrawn-approval" {
        summary: "the approval had been dismissed, or its reviewer had objected since",
        class: Breach,
        severity: High,
        criteria: ["CC8.1"],
        needs: [Reviews],
        implies: ["no-approval", "too-few-approvals"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let all = &facts.approvals.all;
    let taken_back = |approval: &Approval<'_>| {
        let mut reasons = approval.reasons.iter();
        reasons.any(|r| matches!(r, Reason::Superseded | Reason::Dismissed))
    };
    // Another approval of the same person that stood at the merge takes the place of this one.
    let stood = |approval: &&Approval<'_>| {
        let person = cx.identities.person(approval.act.record.by);
        all.iter().any(|other| {
            cx.identities.person(other.act.record.by) == person
                && !taken_back(other)
                && !other.reasons.contains(&Reason::Late)
        })
    };
    let failing: Vec<_> = all.iter().filter(|a| taken_back(a)).filter(|a| !stood(a)).collect();
    if failing.is_empty() {
        let unclear = facts.case.did_directly(Duty::Review).filter(|act| act.record.dismissed);
        let unclear: Vec<_> = unclear.collect();
        if let [first, ..] = unclear.as_slice()
            && facts.approvals.enough() != Some(true)
        {
            let name = cx.name(first.record.by);
            let places = unclear.iter().map(|act| act.origin);
            return Finding::indeterminate(format!(
                "a review by {name} was dismissed, and its export does not say whether it had approved"
            ))
            .with_all("dismissed review", places);
        }
        return facts.none_failing(Reason::Superseded);
    }
    let mut finding = facts.rested_on(cx, &failing, |approval| {
        let name = cx.name(approval.act.record.by);
        match approval.reasons.contains(&Reason::Dismissed) {
            true => format!("{name} had approved, and that approval was dismissed"),
            false => format!("{name} had approved, and objected before the merge"),
        }
    });
    // The reviewer did as they should; those who merged all the same are the parties.
    if finding.verdict == Verdict::Violation {
        let merged = facts.case.did_directly(Duty::Merge).map(|act| cx.who(act.record.by));
        finding.persons = facts.contributors(cx).into_iter().chain(merged).collect();
        finding.persons.sort();
        finding.persons.dedup();
    }
    finding
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        model::Duty,
    };

    fn verdict(prepare: impl Fn(&mut Scene)) -> Verdict {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        prepare(&mut scene);
        scene.verdict("withdrawn-approval")
    }

    fn object(scene: &mut Scene, at: f64) {
        scene.act("bob", Duty::Reject, "acme/pay#1", at, None);
    }

    #[test]
    fn objections() {
        let objected = |s: &mut Scene| {
            s.approve(1, "bob", 8.6);
            object(s, 8.7);
        };
        assert_eq!(verdict(objected), Verdict::Violation);
        let stands = |at: f64| {
            verdict(|s| {
                objected(s);
                s.approve(1, "cat", at);
            })
        };
        assert_eq!(stands(8.8), Verdict::Pass);
        assert_eq!(stands(9.5), Verdict::Violation);
        let again = |at: f64| {
            verdict(|s| {
                objected(s);
                s.approve(1, "bob", at);
            })
        };
        assert_eq!(again(8.8), Verdict::Pass);
        assert_eq!(again(9.5), Verdict::Violation);
        assert_eq!(verdict(|s| s.approve(1, "bob", 8.8)), Verdict::Pass);
        assert_eq!(verdict(|_| {}), Verdict::NotApplicable);
    }

    #[test]
    fn the_reviewer_is_no_party() {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "bob", 8.6);
        object(&mut scene, 8.7);
        scene.assess(|assessment| {
            let [exception] = assessment.exceptions.as_slice() else {
                panic!("{:#?}", assessment.exceptions);
            };
            let names = exception.persons.iter().map(|who| assessment.cx.who_name(*who));
            assert_eq!(names.collect::<Vec<_>>(), ["Ann", "Cat"]);
        });
    }

    #[test]
    fn an_objection_after_the_merge_withdraws_nothing() {
        let found = verdict(|s| {
            s.approve(1, "bob", 8.6);
            object(s, 9.1);
        });
        assert_eq!(found, Verdict::Pass);
    }

    #[test]
    fn a_dismissed_review_may_have_been_an_approval() {
        let reviewed = |s: &mut Scene| s.dismissed_review(1, "bob", 8.6);
        assert_eq!(verdict(reviewed), Verdict::Indeterminate);
        let beside_an_approval = verdict(|s| {
            reviewed(s);
            s.approve(1, "cat", 8.7);
        });
        assert_eq!(beside_an_approval, Verdict::Pass);
    }

    #[test]
    fn dismissals() {
        assert_eq!(verdict(|s| s.dismissed(1, "bob", 8.6)), Verdict::Violation);
        let beside_a_stranger = verdict(|s| {
            s.dismissed(1, "bob", 8.6);
            s.approve(1, "stranger", 8.7);
        });
        assert_eq!(beside_a_stranger, Verdict::Indeterminate);
    }

    #[test]
    fn an_approval_without_a_time_may_have_been_taken_back() {
        assert_eq!(verdict(|s| s.approve_undated(1, "bob")), Verdict::Indeterminate);
    }
}
