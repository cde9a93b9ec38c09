use super::super::{
    Context, Emergency, Finding, Test,
    emergency::{Reviewed, due, reviewed},
    rule,
};

rule! {
    /// ## What it tests
    /// Every use of an emergency access in the period: that another human, who took no part, looked
    /// at it afterwards. A use is a control that a log shows overridden, a day on which an account
    /// that policy names in `[break-glass]` did something, or a change that a holder of a role named
    /// there merged without enough approvals. A review is an approval, an objection or a review after
    /// the fact, on the change that the use was about.
    ///
    /// ## Why it matters
    /// An emergency excuses that nobody was asked before. It does not excuse that nobody looks
    /// afterwards.
    ///
    /// ## What it cannot see
    /// Reviews that are no record on a change: of what was done in a console there is none, so that
    /// its use is answered by a justification. That is no review, and the exception stays one. Which
    /// change an overridden control was about, unless the same account merged one there within a
    /// minute.
    pub(super) static BREAK_GLASS_UNREVIEWED = "break-glass-unreviewed" {
        summary: "nobody else looked at the use of an emergency access afterwards",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC6.1", "CC7.2", "CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Emergency(test),
    }
}

fn test(cx: &Context<'_>, emergency: &Emergency<'_>) -> Finding {
    let name = cx.name(emergency.by);
    let told = format!("{name} {} on {}", emergency.did, cx.clock(emergency.at));
    let finding = match reviewed(cx, emergency) {
        Reviewed::Yes(review, at, _) => {
            let by = cx.name(review.record.by);
            Finding::pass(format!("{told}; {by} looked at it on {}", cx.clock(at)))
                .with("review", review.origin)
        }
        Reviewed::Perhaps(review) => {
            let by = cx.name(review.record.by);
            Finding::indeterminate(format!(
                "{told}; whether {by} looked at it after it and took no part cannot be told"
            ))
            .with("review", review.origin)
        }
        Reviewed::Unseen => {
            Finding::indeterminate(format!("{told}; no export shows the reviews of that change"))
        }
        Reviewed::No => match &emergency.doubt {
            Some(why) => Finding::indeterminate(format!("{told}, if by emergency access: {why}")),
            None if due(cx, emergency) > cx.as_of => {
                Finding::indeterminate(format!("{told}; the time for its review is not over yet"))
            }
            None => Finding::violation(
                format!("{told}; no record shows that anybody else looked at it afterwards"),
                vec![cx.who(emergency.by)],
            ),
        },
    };
    finding.with("use", emergency.origin)
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::{Scene, day},
        model::Outcome::{Allowed, Bypassed, Denied},
        policy::Pattern,
    };

    const RULE: &str = "break-glass-unreviewed";

    fn emergency_role(scene: &mut Scene) {
        scene.policy.break_glass.roles = vec![Pattern::new("okta:on-call")];
        scene.role("cat", "okta:on-call", 0.0, None);
    }

    /// A change that cat merged without approval.
    fn merged(prepare: impl Fn(&mut Scene)) -> Vec<&'static str> {
        let mut scene = Scene::new();
        emergency_role(&mut scene);
        scene.change(1, "ann", "cat", 9.0);
        prepare(&mut scene);
        scene.verdicts(RULE).into_iter().map(|(_, verdict)| verdict).collect()
    }

    #[test]
    fn who_reviewed_a_change() {
        assert_eq!(merged(|_| {}), ["violation"]);
        assert_eq!(merged(|s| s.approve(1, "bob", 9.5)), ["pass"]);
        assert_eq!(merged(|s| s.approve(1, "ann", 9.5)), ["violation"]);
        assert_eq!(merged(|s| s.approve(1, "cat", 9.5)), ["violation"]);
        assert_eq!(merged(|s| s.approve(1, "bot", 9.5)), ["violation"]);
        assert_eq!(merged(|s| s.approve(1, "stranger", 9.5)), ["indeterminate"]);
        assert_eq!(merged(|s| s.dismissed(1, "bob", 9.5)), ["violation"]);
        // Whoever wrote a commit may be the one who reviewed.
        let unknown = |s: &mut Scene| {
            s.commit_by(1, "stranger", 8.6);
            s.approve(1, "bob", 9.5);
        };
        assert_eq!(merged(unknown), ["indeterminate"]);
        // Approved in time, so that there was no emergency.
        assert_eq!(merged(|s| s.approve(1, "bob", 8.8)), ["not applicable"]);
    }

    #[test]
    fn a_claim_is_no_review() {
        let claimed = merged(|scene| {
            let review = crate::model::Duty::Review;
            scene.act_in("email", "bob@acme.example", review, "acme/pay#1", 9.5);
        });
        assert_eq!(claimed, ["violation"]);
    }

    #[test]
    fn the_time_for_a_review() {
        let at = |merge: f64| {
            let mut scene = Scene::new();
            emergency_role(&mut scene);
            scene.policy.break_glass.review_within_hours = 240;
            scene.change(1, "ann", "cat", merge);
            scene.verdicts(RULE)[0].1
        };
        assert_eq!(at(20.0), "violation");
        assert_eq!(at(25.0), "violation", "the time ends as the evidence is judged");
        assert_eq!(at(31.0), "indeterminate");
    }

    #[test]
    fn a_role_that_nobody_can_tell() {
        let unsure = merged(|scene| scene.policy.break_glass.roles = vec![Pattern::new("x:y")]);
        assert_eq!(unsure, ["indeterminate"]);
        let mut scene = Scene::new();
        emergency_role(&mut scene);
        scene.change(1, "ann", "stranger", 9.0);
        assert_eq!(scene.verdicts(RULE)[0].1, "indeterminate");
    }

    #[test]
    fn overridden_controls() {
        let bypass = |who: &str, at: f64, reviewer: &str| {
            let mut scene = Scene::new();
            scene.change(1, "ann", "cat", 9.0);
            scene.approve(1, reviewer, 9.5);
            scene.event(who, "github:override", Some("acme/pay@main"), at, Bypassed);
            scene.verdicts(RULE)[0].1
        };
        let soon = 9.0 + 30.0 / 86_400.0;
        assert_eq!(bypass("cat", soon, "bob"), "pass");
        assert_eq!(bypass("cat", 9.2, "bob"), "violation");
        assert_eq!(bypass("ann", soon, "bob"), "violation");
        assert_eq!(bypass("cat", soon, "ann"), "violation");
    }

    #[test]
    fn a_day_of_an_emergency_account_is_one_use() {
        let mut scene = Scene::new();
        scene.policy.break_glass.accounts = vec![Pattern::new("aws:glass")];
        for at in [9.1, 9.2, 10.3] {
            scene.event("glass", "aws:ec2:RunInstances", None, at, Allowed);
        }
        scene.event("glass", "aws:ec2:RunInstances", None, 11.3, Denied);
        let found = scene.verdicts(RULE);
        assert_eq!(found.iter().filter(|(_, v)| *v == "violation").count(), 2, "{found:?}");
    }

    #[test]
    fn no_use() {
        let none = |prepare: &dyn Fn(&mut Scene)| {
            let mut scene = Scene::new();
            prepare(&mut scene);
            scene.verdicts(RULE)
        };
        let named = |scene: &mut Scene| {
            scene.policy.break_glass.accounts = vec![Pattern::new("aws:glass")];
            scene.system("aws");
        };
        assert_eq!(none(&|_| {})[0].1, "not applicable");
        assert_eq!(none(&named)[0].1, "indeterminate");
        let logged = |scene: &mut Scene| {
            named(scene);
            scene.logs_edits("aws");
        };
        assert_eq!(none(&logged)[0].1, "not applicable");
        let early = |scene: &mut Scene| {
            logged(scene);
            scene.export.at = Some(day(20.0));
        };
        assert_eq!(none(&early)[0].1, "indeterminate");
    }
}
