use super::super::{ChangeFacts, Context, Finding, Reason, Test, rule};

rule! {
    /// ## What it tests
    /// Every merged change that somebody approved: that the approvals it relied on were given for
    /// the revision that was merged. An older approval beside one that counts is no violation.
    ///
    /// ## Why it matters
    /// What was pushed after the approval was approved by nobody. It is the oldest way around a
    /// review.
    ///
    /// ## What it cannot see
    /// Whether the later push changed anything of weight.
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
    facts.relied_on(cx, Reason::Stale, |approval| {
        let (name, seen) = (cx.name(approval.act.record.by), short(approval.act.record.revision));
        format!("{name} approved {seen}, and {merged} was merged")
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        model::Duty,
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

    #[test]
    fn cases() {
        assert_eq!(verdict(Some("older"), false), Verdict::Violation);
        assert_eq!(verdict(Some("a1"), false), Verdict::Pass);
        assert_eq!(verdict(Some("older"), true), Verdict::Pass);
        assert_eq!(verdict(None, false), Verdict::Indeterminate);
    }
}
