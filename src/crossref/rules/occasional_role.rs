use super::super::{
    Approval, Case, ChangeFacts, Context, Finding, Flaw, Held, Test, Who, Worth,
    approval::entitled, rule,
};
use crate::model::{HowKnown, Instant};

rule! {
    /// ## What it tests
    /// Every merged change that rests on approvals: that its approvers had been entitled to approve
    /// for some hours before they did, and stayed so for some hours after. Policy says how many:
    /// `[windows] occasional-role-hours`.
    ///
    /// ## Why it matters
    /// A role that is given for the occasion and taken back proves only that somebody could give
    /// it. Held at the moment, it passes every other test.
    ///
    /// ## What it cannot see
    /// Whether there was a reason, such as a first day at work. Where the export was made soon
    /// after the approval, whether the role was kept.
    pub(super) static OCCASIONAL_ROLE = "occasional-role" {
        summary: "the role to approve was given shortly before the approval or ended shortly after",
        class: Breach,
        severity: Medium,
        criteria: ["CC6.3", "CC8.1"],
        needs: [Reviews],
        implies: [],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    facts.rests_on(cx, "role", |approval| lasting(cx, &facts.case, approval))
}

/// Whether the reviewer was entitled throughout the window on both sides of the approval.
fn lasting(cx: &Context<'_>, case: &Case<'_>, approval: &Approval<'_>) -> Worth {
    let review = approval.act.record;
    let (Who::Principal(principal), Some(at)) = (cx.who(review.by), review.at) else {
        return Worth::Unknown("who approved, or when, is not known".to_owned());
    };
    let hours = cx.policy.windows.occasional_role_hours;
    let seconds = i64::from(hours) * 3600;
    let (first, last) = (at.shifted(-seconds), before(at.shifted(seconds)));
    // Roles begin and end only where a span does: to hold at each of these is to hold throughout.
    let mut moments = vec![first, last];
    for span in cx.roles.of(principal) {
        moments.extend(span.from.map(before));
        moments.extend(span.until);
    }
    moments.retain(|moment| first <= *moment && *moment <= last);
    moments.sort_unstable();
    let mut unknown = None;
    for moment in moments {
        match entitled(cx, case, principal, moment) {
            Held::Yes(_) => {}
            Held::No => return Worth::Flawed(flaw(cx, approval, hours, moment < at)),
            Held::Unknown(why) => unknown = Some(why),
        }
    }
    unknown.map_or(Worth::Sound, Worth::Unknown)
}

fn flaw(cx: &Context<'_>, approval: &Approval<'_>, hours: u32, began: bool) -> Flaw {
    let by = approval.act.record.by;
    let spans = &approval.entitled_by;
    let bound = match began {
        true => spans.iter().filter_map(|span| span.from).min(),
        false => spans.iter().filter_map(|span| span.until).max(),
    };
    let when = bound.map_or("an unknown time".to_owned(), |bound| cx.clock(bound));
    let given = approval.act.record.at.map(|at| cx.clock(at)).unwrap_or_default();
    // A snapshot tells when a role was listed, not when it was given.
    let listed = spans.iter().all(|span| matches!(span.known, HowKnown::Snapshot(_)));
    let verb = match (listed, began) {
        (false, true) => "began",
        (false, false) => "ended",
        (true, true) => "is first listed",
        (true, false) => "is last listed",
    };
    Flaw {
        told: format!(
            "{} approved on {given} by a role that {verb} on {when}, within {hours} hours",
            cx.name(by)
        ),
        who: vec![cx.who(by)],
        shown_by: spans.iter().map(|span| span.origin).collect(),
    }
}

fn before(moment: Instant) -> Instant {
    Instant::from_micros(moment.micros() - 1).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{
            Verdict,
            scene::{APPROVER, Scene, day},
        },
        policy::Pattern,
    };

    const HOUR: f64 = 1.0 / 24.0;

    fn verdict(prepare: impl Fn(&mut Scene)) -> Verdict {
        let mut scene = Scene::new();
        scene.human("dan");
        scene.change(1, "ann", "cat", 9.0);
        prepare(&mut scene);
        scene.approve(1, "dan", 8.5);
        scene.verdict("occasional-role")
    }

    fn held(from: f64, until: Option<f64>) -> Verdict {
        verdict(|scene| scene.role("dan", APPROVER, from, until))
    }

    #[test]
    fn cases() {
        assert_eq!(held(0.0, None), Verdict::Pass);
        assert_eq!(held(8.0, None), Verdict::Violation);
        assert_eq!(held(7.5, None), Verdict::Pass);
        assert_eq!(held(7.5 + HOUR, None), Verdict::Violation);
        assert_eq!(held(0.0, Some(9.5)), Verdict::Pass);
        assert_eq!(held(0.0, Some(9.5 - HOUR)), Verdict::Violation);
        assert_eq!(held(8.4, Some(8.6)), Verdict::Violation);
    }

    #[test]
    fn policy_says_how_long() {
        let short = verdict(|scene| {
            scene.policy.windows.occasional_role_hours = 2;
            scene.role("dan", APPROVER, 8.4, None);
        });
        assert_eq!(short, Verdict::Pass);
    }

    #[test]
    fn a_gap_within_the_window_is_seen() {
        let gap = |until: f64| {
            verdict(|scene| {
                scene.role("dan", APPROVER, 0.0, Some(until));
                scene.role("dan", APPROVER, 8.4, None);
            })
        };
        assert_eq!(gap(8.0), Verdict::Violation);
        assert_eq!(gap(8.4), Verdict::Pass);
    }

    #[test]
    fn an_export_made_soon_after_cannot_tell() {
        let found = verdict(|scene| {
            scene.role("dan", APPROVER, 0.0, None);
            scene.export.at = Some(day(9.0));
        });
        assert_eq!(found, Verdict::Indeterminate);
    }

    #[test]
    fn snapshots_prove_what_they_enclose() {
        let listed = |at: &[f64]| {
            verdict(|scene| {
                scene.policy.capabilities[0].roles = vec![Pattern::new("github:team:r")];
                for day in [6.0, 7.7, 7.9, 8.0, 9.0, 9.3, 10.0] {
                    scene.snapshot("bob", "github:team:r", day);
                }
                for day in at {
                    scene.snapshot("dan", "github:team:r", *day);
                }
            })
        };
        assert_eq!(listed(&[6.0, 7.7, 7.9, 8.0, 9.0, 9.3, 10.0]), Verdict::Pass);
        assert_eq!(listed(&[8.0, 9.0, 9.3, 10.0]), Verdict::Violation);
        assert_eq!(listed(&[7.7, 7.9, 8.0, 9.0, 9.3, 10.0]), Verdict::Indeterminate);
    }

    #[test]
    fn nothing_to_test_without_an_approval_that_counts() {
        assert_eq!(verdict(|_| {}), Verdict::NotApplicable);
    }

    #[test]
    fn another_approval_makes_good_for_it() {
        let beside = verdict(|scene| {
            scene.role("dan", APPROVER, 8.4, None);
            scene.approve(1, "bob", 8.6);
        });
        assert_eq!(beside, Verdict::Pass);
    }
}
