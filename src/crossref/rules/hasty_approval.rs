use super::super::{Approval, Case, ChangeFacts, Context, Finding, Flaw, Test, Worth, rule};
use crate::model::{Act, Duty, Instant, Located};

rule! {
    /// ## What it tests
    /// Every merged change that rests on approvals: that they were given no sooner after the last
    /// commit of the approved revision than policy's `[windows] hasty-approval-minutes`.
    ///
    /// ## Why it matters
    /// What is approved seconds after it was written was hardly read. This is a hint for a
    /// conversation and no proof: small changes are read quickly, and some are read beforehand,
    /// side by side.
    ///
    /// ## What it cannot see
    /// When the commit was pushed, which may be long after the time that it claims: an approval
    /// that looks slow may have been hasty. The size of the change.
    pub(super) static HASTY_APPROVAL = "hasty-approval" {
        summary: "the approval came too soon after the last commit for a review",
        class: Breach,
        severity: Advisory,
        criteria: ["CC8.1"],
        needs: [Reviews, Commits],
        implies: [],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    facts.rests_on(cx, "last commit", |approval| taken(cx, &facts.case, approval))
}

/// Whether there was time to read between the commit that was approved and the approval.
fn taken(cx: &Context<'_>, case: &Case<'_>, approval: &Approval<'_>) -> Worth {
    let review = approval.act.record;
    let (Some(given), Some((made, commit))) = (review.at, last_commit(cx, case, review)) else {
        return Worth::Unknown("the time of the approved commit is not known".to_owned());
    };
    let minutes = cx.policy.windows.hasty_approval_minutes;
    let seconds = (given.micros() - made.micros()).div_euclid(1_000_000);
    if seconds < 0 {
        return Worth::Unknown("the approved commit claims to be younger than its approval".into());
    }
    if seconds >= i64::from(minutes) * 60 {
        return Worth::Sound;
    }
    let name = cx.name(review.by);
    Worth::Flawed(Flaw {
        told: format!("{name} approved {seconds} seconds after the commit was made"),
        who: vec![cx.who(review.by)],
        shown_by: vec![commit.origin],
    })
}

/// When the commit that a review saw was made, by what the commit claims.
fn last_commit<'a>(
    cx: &Context<'a>,
    case: &Case<'_>,
    review: Act,
) -> Option<(Instant, &'a Located<Act>)> {
    let revision = cx.dataset.text(review.revision?);
    let is_it = |id: &crate::model::SubjectId| {
        let rest = cx.dataset.text(id.0).strip_suffix(revision);
        rest.is_some_and(|rest| rest.ends_with('@'))
    };
    let commit = case.commits.iter().flatten().copied().find(is_it)?;
    let acts = cx.dataset.acts_on(commit).iter();
    acts.filter(|act| matches!(act.record.duty, Duty::Author | Duty::Commit))
        .filter_map(|act| Some((act.record.at?, act)))
        .max_by_key(|(at, act)| (*at, act.origin))
}

#[cfg(test)]
mod tests {
    use crate::crossref::{Verdict, scene::Scene};

    const MINUTE: f64 = 1.0 / 1440.0;

    fn verdict(commit: Option<f64>, approvers: &[(&str, f64)]) -> Verdict {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        if let Some(at) = commit {
            scene.commit_by(1, "ann", at);
        }
        for (who, at) in approvers {
            scene.approve(1, who, *at);
        }
        scene.verdict("hasty-approval")
    }

    #[test]
    fn cases() {
        let after = |minutes: f64| verdict(Some(8.5), &[("bob", 8.5 + minutes * MINUTE)]);
        assert_eq!(after(1.9), Verdict::Violation);
        assert_eq!(after(2.1), Verdict::Pass);
        assert_eq!(after(0.0), Verdict::Violation);
        assert_eq!(after(-5.0), Verdict::Indeterminate);
        assert_eq!(verdict(None, &[("bob", 8.8)]), Verdict::Indeterminate);
        assert_eq!(verdict(Some(8.5), &[]), Verdict::NotApplicable);
        assert_eq!(verdict(Some(8.5), &[("ann", 8.5)]), Verdict::NotApplicable);
    }

    #[test]
    fn another_who_took_their_time_makes_good_for_it() {
        let both = verdict(Some(8.5), &[("bob", 8.5 + MINUTE), ("cat", 8.8)]);
        assert_eq!(both, Verdict::Pass);
    }

    #[test]
    fn policy_says_how_soon() {
        let mut scene = Scene::new();
        scene.policy.windows.hasty_approval_minutes = 60;
        scene.change(1, "ann", "cat", 9.0);
        scene.commit_by(1, "ann", 8.5);
        scene.approve(1, "bob", 8.5 + 59.0 * MINUTE);
        assert_eq!(scene.verdict("hasty-approval"), Verdict::Violation);
    }
}
