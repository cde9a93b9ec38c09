use super::super::{Approval, ChangeFacts, Context, Finding, Reason, Test, branch, rule};
use crate::policy::Severity;

rule! {
    /// ## What it tests
    /// Every merged change that somebody approved: that the approvals it relied on were given for
    /// the revision that was merged. An older approval beside one that counts is no violation. Where
    /// the history shows that all that came after the approval are merges from the branch that the
    /// change goes to, the violation says so and is of low severity: parents are looked at, never
    /// messages.
    ///
    /// ## Why it matters
    /// What was pushed after the approval was approved by nobody. It is the oldest way around a
    /// review.
    ///
    /// ## What it cannot see
    /// Whether the later push changed anything of weight; what a merge from the branch changed by
    /// hand, which is why it is a violation still.
    pub(super) static STALE_APPROVAL = "stale-approval" {
        summary: "the approval was for another revision than the merged one",
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
    let short = |revision: Option<crate::model::Symbol>| {
        let text = revision.map_or("an unnamed revision", |revision| cx.dataset.text(revision));
        text.get(..12).unwrap_or(text).to_owned()
    };
    let merged = short(facts.case.change.record.revision);
    let change = &facts.case.change.record;
    let from_base = |approval: &Approval<'_>| {
        let seen = approval.act.record.revision;
        seen.is_some_and(|seen| branch::only_merged_from_base(cx, change, seen))
    };
    let finding = facts.relied_on(cx, Reason::Stale, |approval| {
        let (name, seen) = (cx.name(approval.act.record.by), short(approval.act.record.revision));
        let told = format!("{name} approved {seen}, and {merged} was merged");
        if !from_base(approval) {
            return told;
        }
        let base = change.target.map_or("the branch", |target| cx.dataset.text(target));
        format!("{told}; in between only {base} was merged into it, by the commits' parents")
    });
    let stale = facts.approvals.failing(|reason| reason == Reason::Stale);
    if !stale.is_empty() && stale.into_iter().all(from_base) {
        return Finding { severity: Some(Severity::Low), ..finding };
    }
    finding
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Finding, Verdict, scene::Scene},
        model::Duty,
        policy::Severity,
    };

    fn verdict(seen: Option<&str>, another: bool) -> Verdict {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.act("bob", Duty::Approve, "acme/pay#1", 8.8, seen);
        if another {
            scene.approve(1, "cat", 8.9);
        }
        scene.verdict("stale-approval")
    }

    /// What is found where `a1` was made from `older` by commits that `prepare` makes.
    fn found(prepare: fn(&mut Scene)) -> Finding {
        let mut scene = Scene::new();
        scene.commit("cat", "base0", &[], 1.0);
        scene.commit("cat", "base1", &["base0"], 8.0);
        scene.change(1, "ann", "cat", 9.0);
        scene.act("bob", Duty::Approve, "acme/pay#1", 8.5, Some("older"));
        prepare(&mut scene);
        scene.commit("cat", "m1", &["base1", "a1"], 9.0);
        scene.found("stale-approval").remove(0)
    }

    fn severity(prepare: fn(&mut Scene)) -> Severity {
        found(prepare).severity.unwrap_or(super::STALE_APPROVAL.severity)
    }

    #[test]
    fn only_of_merges_from_the_base_it_is_told() {
        let pushed = found(|s| s.commit_beside("a1", &["older"]));
        assert_eq!(pushed.statement, "Bob approved older, and a1 was merged");
        let merged = found(|s| s.commit_beside("a1", &["older", "base1"]));
        assert_eq!(
            merged.statement,
            "Bob approved older, and a1 was merged; in between only main was merged into it, by the \
             commits' parents"
        );
    }

    #[test]
    fn merges_from_the_base_are_told_apart_by_parents() {
        let low = severity(|s| s.commit_beside("a1", &["older", "base1"]));
        assert_eq!(low, Severity::Low);
        let twice = severity(|s| {
            s.commit_beside("between", &["older", "base0"]);
            s.commit_beside("a1", &["between", "base1"]);
        });
        assert_eq!(twice, Severity::Low);
        let pushed = severity(|s| s.commit_beside("a1", &["older"]));
        assert_eq!(pushed, Severity::Medium);
        let between = severity(|s| {
            s.commit_beside("between", &["older"]);
            s.commit_beside("a1", &["between", "base1"]);
        });
        assert_eq!(between, Severity::Medium);
        let elsewhere = severity(|s| s.commit_beside("a1", &["older", "feature"]));
        assert_eq!(elsewhere, Severity::Medium);
        assert_eq!(severity(|_| {}), Severity::Medium);
    }

    #[test]
    fn cases() {
        assert_eq!(verdict(Some("older"), false), Verdict::Violation);
        assert_eq!(verdict(Some("a1"), false), Verdict::Pass);
        assert_eq!(verdict(Some("older"), true), Verdict::Pass);
        assert_eq!(verdict(None, false), Verdict::Indeterminate);
    }
}
