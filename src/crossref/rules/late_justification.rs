use super::super::{Context, Exception, Finding, Test, Who, rule};
use crate::policy::Justification;

rule! {
    /// ## What it tests
    /// Every justification that answers an exception of the period: that it was approved within the
    /// days after the period's end that policy gives: `[windows] justify-within-days`.
    ///
    /// ## Why it matters
    /// What is written long afterwards is written from memory, or for the auditor. A late answer is
    /// an answer all the same, and says that it is late.
    ///
    /// ## What it cannot see
    /// When the justification was written; only when it was approved, as its row says.
    pub(super) static LATE_JUSTIFICATION = "late-justification" {
        summary: "a justification was approved later than policy allows",
        class: Process,
        severity: Low,
        criteria: ["CC2.1", "CC5.3"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Justification(test),
    }
}

fn test(cx: &Context<'_>, justification: &Justification, answered: Option<&Exception>) -> Finding {
    let Some(exception) = answered else {
        return Finding::not_applicable("it answers no exception of this period");
    };
    if justification.at > cx.as_of {
        return Finding::not_applicable("it was not approved yet at the moment of this pack");
    }
    let days = cx.policy.windows.justify_within_days;
    let (id, at) = (&exception.id, cx.clock(justification.at));
    let last = cx.period.last_day() + chrono::Days::new(u64::from(days));
    let evidence = exception.evidence.iter().map(|evidence| evidence.origin);
    if justification.at.date_in(cx.period.zone()) <= last {
        return Finding::pass(format!("the justification of {id} was approved on {at}"))
            .with_all("the exception's records", evidence);
    }
    let told = format!(
        "the justification of {id} was approved on {at}, more than {days} days after the period"
    );
    let who = cx.identities.principals().named(&justification.approver);
    Finding::violation(told, who.map(Who::Principal).into_iter().collect())
        .with_all("the exception's records", evidence)
}

#[cfg(test)]
mod tests {
    use crate::crossref::{
        Verdict,
        scene::{Scene, day},
    };

    fn verdict(at: f64, within: u32) -> Verdict {
        Scene::justified("late-justification", |scene, justification| {
            scene.policy.windows.justify_within_days = within;
            justification.at = day(at);
        })
    }

    #[test]
    fn cases() {
        // The period ends with day 31; the scene is judged at the beginning of day 35.
        assert_eq!(verdict(33.9, 2), Verdict::Pass);
        assert_eq!(verdict(34.1, 2), Verdict::Violation);
        assert_eq!(verdict(34.1, 30), Verdict::Pass);
        assert_eq!(verdict(20.0, 1), Verdict::Pass);
        assert_eq!(verdict(36.0, 1), Verdict::NotApplicable);
    }

    #[test]
    fn the_moment_of_the_pack_itself_is_not_later() {
        assert_eq!(verdict(35.0, 30), Verdict::Pass);
        assert_eq!(verdict(35.0, 2), Verdict::Violation);
    }
}
