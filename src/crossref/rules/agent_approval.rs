use super::super::{ChangeFacts, Context, Finding, Reason, Test, rule};

rule! {
    /// ## What it tests
    /// Every merged change that somebody approved: that it did not rely on the approval of an
    /// agent, bot or service. An account counts as no human's if either the registry or its own
    /// system says so.
    ///
    /// ## Why it matters
    /// An agent cannot answer for a change. A bot that approves makes every rule of two persons a
    /// rule of one.
    ///
    /// ## What it cannot see
    /// An agent that works through a human's account.
    pub(super) static AGENT_APPROVAL = "agent-approval" {
        summary: "the approval of an agent or bot was relied on",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC8.1"],
        needs: [Reviews],
        implies: ["approver-not-entitled", "no-approval", "too-few-approvals"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    facts.relied_on(cx, Reason::NotHuman, |approval| {
        format!("{} approved this change and is no human", cx.name(approval.act.record.by))
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        model::AccountKind,
    };

    #[test]
    fn cases() {
        let verdict = |approvers: &[&str]| {
            let mut scene = Scene::new();
            scene.account("odd", AccountKind::Agent);
            scene.change(1, "cat", "cat", 9.0);
            for who in approvers {
                scene.approve(1, who, 8.8);
            }
            scene.verdict("agent-approval")
        };
        assert_eq!(verdict(&["bot"]), Verdict::Violation);
        assert_eq!(verdict(&["odd"]), Verdict::Violation);
        assert_eq!(verdict(&["bob"]), Verdict::Pass);
        assert_eq!(verdict(&["bot", "bob"]), Verdict::Pass);
        assert_eq!(verdict(&["stranger"]), Verdict::Indeterminate);
    }
}
