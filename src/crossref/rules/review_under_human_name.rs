use super::super::{ChangeFacts, Context, Finding, Test, rule};

rule! {
    /// ## What it tests
    /// Every merged change that humans approved: whether a log that records reviews shows one of them
    /// as given through a token or an application instead of a person's own session. Policy names the
    /// actions by which logs record reviews in `[review-log] actions`.
    ///
    /// ## Why it matters
    /// An agent that holds a person's token reviews in the person's name. Then the change has the
    /// approval that was asked for, and no human has read it.
    ///
    /// ## What it cannot see
    /// Who used the token: people approve through command-line programs too, so this is a question
    /// and no finding of fact. An agent that uses a person's browser. Logs that do not record reviews
    /// at all, of which there are many; then the rule does not apply.
    pub(super) static REVIEW_UNDER_HUMAN_NAME = "review-under-human-name" {
        summary: "an approval in a human's name was given through a token or an application",
        class: Breach,
        severity: Advisory,
        criteria: ["CC6.1", "CC8.1"],
        needs: [Reviews],
        implies: [],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    // Whoever resolves to nobody may be a human.
    let human = |act: &crate::model::Act| cx.identities.is_human(act.by) != Some(false);
    let all = facts.approvals.all.iter().map(|approval| approval.act);
    let approvals: Vec<_> = all.filter(|act| human(&act.record)).collect();
    if approvals.is_empty() {
        return Finding::not_applicable("no human approved this change");
    }
    let repository = facts.case.change.record.repository;
    let found: Vec<_> = approvals
        .iter()
        .map(|act| (*act, cx.review_records.of(cx, &act.record, repository)))
        .collect();
    let recorded = || found.iter().filter_map(|(_, record)| *record);
    if recorded().next().is_none() {
        return Finding::not_applicable("no log tells through what its approvals were given");
    }
    let marked: Vec<_> = found
        .iter()
        .filter(|(act, _)| cx.identities.is_human(act.record.by) == Some(true))
        .filter_map(|(act, record)| Some((act, record.as_ref()?.record.code?)))
        .collect();
    let unknown = approvals.iter().find(|act| cx.identities.is_human(act.record.by).is_none());
    let finding = if let Some(act) = unknown.filter(|_| marked.is_empty()) {
        Finding::indeterminate(format!(
            "whether {}, who approved it, is a human cannot be told",
            cx.name(act.record.by)
        ))
    } else if marked.is_empty() && recorded().count() < found.len() {
        Finding::indeterminate("no log tells through what some of its approvals were given")
    } else if marked.is_empty() {
        Finding::pass("a log shows its approvals as given in a person's own session")
    } else {
        let told: Vec<_> = marked
            .iter()
            .map(|(act, code)| {
                format!("{} approved through {}", cx.name(act.record.by), cx.dataset.text(*code))
            })
            .collect();
        let who = marked.iter().map(|(act, _)| cx.who(act.record.by)).collect();
        Finding::violation(told.join("; "), who)
    };
    finding
        .with_all("approval", approvals.iter().map(|act| act.origin))
        .with_all("record of the approval", recorded().map(|record| record.origin))
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        policy::Pattern,
    };

    fn verdict(prepare: impl Fn(&mut Scene)) -> Verdict {
        let mut scene = Scene::new();
        scene.policy.review_log.actions = vec![Pattern::new("github:review")];
        scene.change(1, "ann", "cat", 9.0);
        prepare(&mut scene);
        scene.verdict("review-under-human-name")
    }

    fn recorded(who: &str, code: Option<&str>, resource: &str, at: f64) -> Verdict {
        verdict(|scene| {
            scene.approve(1, "bob", 8.8);
            scene.coded_event(who, "github:review", Some(resource), at, code);
        })
    }

    #[test]
    fn cases() {
        assert_eq!(recorded("bob", None, "acme/pay", 8.8), Verdict::Pass);
        assert_eq!(recorded("bob", Some("token"), "acme/pay", 8.8), Verdict::Violation);
        assert_eq!(recorded("bob", Some("token"), "acme/shop", 8.8), Verdict::NotApplicable);
        assert_eq!(recorded("bob", Some("token"), "acme/pay", 8.9), Verdict::NotApplicable);
        assert_eq!(recorded("cat", Some("token"), "acme/pay", 8.8), Verdict::NotApplicable);
    }

    #[test]
    fn what_is_not_recorded() {
        assert_eq!(verdict(|_| {}), Verdict::NotApplicable);
        assert_eq!(verdict(|s| s.approve(1, "bot", 8.8)), Verdict::NotApplicable);
        let half = verdict(|scene| {
            scene.approve(1, "bob", 8.8);
            scene.approve(1, "cat", 8.9);
            scene.coded_event("bob", "github:review", Some("acme/pay"), 8.8, None);
        });
        assert_eq!(half, Verdict::Indeterminate);
    }
}
