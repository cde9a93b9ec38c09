use super::super::{
    Context, Emergency, Finding, Test,
    emergency::{Reviewed, due, reviewed},
    rule,
};

rule! {
    /// ## What it tests
    /// Every use of an emergency access in the period that another human reviewed afterwards: that
    /// the review came within the hours that policy names in `[break-glass] review-within-hours`.
    /// What a use and a review are says [break-glass-unreviewed](break-glass-unreviewed.md).
    ///
    /// ## Why it matters
    /// What an emergency let through stays in production until somebody looks. A review a month later
    /// finds the damage, and no longer prevents it.
    ///
    /// ## What it cannot see
    /// What that rule cannot see.
    pub(super) static BREAK_GLASS_LATE = "break-glass-late" {
        summary: "the use of an emergency access was reviewed too late",
        class: Breach,
        severity: Medium,
        criteria: ["CC5.1", "CC7.2", "CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Emergency(test),
    }
}

fn test(cx: &Context<'_>, emergency: &Emergency<'_>) -> Finding {
    let hours = cx.policy.break_glass.review_within_hours;
    let finding = match reviewed(cx, emergency) {
        Reviewed::Yes(review, at, perhaps) => {
            let (by, on) = (cx.name(review.record.by), cx.clock(at));
            let told = format!(
                "{} {} on {}, and {by} looked at it on {on}",
                cx.name(emergency.by),
                emergency.did,
                cx.clock(emergency.at)
            );
            let earlier = perhaps
                .filter(|act| act.record.at.is_none_or(|at| at <= due(cx, emergency)))
                .map(|act| {
                    format!("whether {} looked at it before cannot be told", cx.name(act.record.by))
                });
            let finding = match (at <= due(cx, emergency), emergency.doubt.clone().or(earlier)) {
                (true, _) => Finding::pass(told),
                (false, Some(why)) => Finding::indeterminate(format!("{told}; {why}")),
                (false, None) => Finding::violation(
                    format!("{told}, later than {hours} hours after"),
                    vec![cx.who(emergency.by)],
                ),
            };
            finding.with("review", review.origin)
        }
        Reviewed::Perhaps(review) => Finding::indeterminate(
            "whether its reviewer looked at it after it and took no part cannot be told",
        )
        .with("review", review.origin),
        Reviewed::Unseen => {
            Finding::indeterminate("no export shows the reviews of the change that it was about")
        }
        Reviewed::No => {
            Finding::not_applicable("no record shows a review, which is told by itself")
        }
    };
    finding.with("use", emergency.origin)
}

#[cfg(test)]
mod tests {
    use crate::{crossref::scene::Scene, policy::Pattern};

    fn verdict(prepare: impl Fn(&mut Scene)) -> &'static str {
        let mut scene = Scene::new();
        scene.policy.break_glass.roles = vec![Pattern::new("okta:on-call")];
        scene.role("cat", "okta:on-call", 0.0, None);
        scene.change(1, "ann", "cat", 9.0);
        prepare(&mut scene);
        scene.verdicts("break-glass-late")[0].1
    }

    #[test]
    fn cases() {
        assert_eq!(verdict(|s| s.approve(1, "bob", 11.9)), "pass");
        assert_eq!(verdict(|s| s.approve(1, "bob", 12.0)), "pass");
        assert_eq!(verdict(|s| s.approve(1, "bob", 12.1)), "violation");
        assert_eq!(verdict(|s| s.approve(1, "stranger", 12.1)), "indeterminate");
        let doubtful = verdict(|scene| {
            scene.approve(1, "stranger", 11.0);
            scene.approve(1, "bob", 12.1);
        });
        assert_eq!(doubtful, "indeterminate");
        assert_eq!(verdict(|_| {}), "not applicable");
        let unsure = verdict(|scene| {
            scene.policy.break_glass.roles = vec![Pattern::new("x:y")];
            scene.approve(1, "bob", 12.1);
        });
        assert_eq!(unsure, "indeterminate");
    }

    #[test]
    fn the_first_review_counts() {
        let twice = verdict(|scene| {
            scene.approve(1, "bob", 20.0);
            scene.approve(1, "bob", 9.5);
        });
        assert_eq!(twice, "pass");
    }
}
