use super::super::{Context, Finding, Test, Who, denial::capabilities, rule};
use crate::model::{Decision, Located, Outcome};

rule! {
    /// ## What it tests
    /// Every attempt of a registered agent or service that a log shows as allowed: that policy
    /// does not forbid it to the agent's tier. Actions are mapped to capabilities by policy; one
    /// that policy does not map stays open.
    ///
    /// ## Why it matters
    /// A boundary that let the agent through once is no boundary. Refusals prove the control,
    /// this disproves it.
    ///
    /// ## What it cannot see
    /// Reads, actions that no exported log records, and what an agent did through a human's
    /// account.
    pub(super) static AGENT_LEFT_ITS_TIER = "agent-left-its-tier" {
        summary: "an agent did what its tier must not do, and was not refused",
        class: Breach,
        severity: High,
        criteria: ["CC6.1", "CC6.3", "CC7.2"],
        needs: [],
        implies: ["policy-bypass"],
        since: "0.1.0",
        test: Test::Attempt(test),
    }
}

fn test(cx: &Context<'_>, attempt: &Located<Decision>) -> Finding {
    let record = attempt.record;
    let action = cx.dataset.text(record.action);
    judge(cx, &record, action).with("attempt", attempt.origin)
}

fn judge(cx: &Context<'_>, record: &Decision, action: &str) -> Finding {
    let Who::Principal(principal) = cx.who(record.actor) else {
        return Finding::indeterminate("the account resolves to nobody, so its tier is not known");
    };
    let agent = cx.principal(principal);
    let Some(tier) = agent.tier.as_deref().and_then(|name| cx.policy.tier(name)) else {
        return Finding::indeterminate(format!("{} has no tier in the registry", agent.id));
    };
    let used = capabilities(cx, record);
    let forbidden = used.iter().find(|name| tier.must_not.iter().any(|n| n == **name));
    let permitted = used.iter().find(|name| tier.may.iter().any(|n| n == **name));
    match (forbidden, permitted) {
        (Some(name), _) if record.outcome == Outcome::Unknown => Finding::indeterminate(format!(
            "{action} is {name}, forbidden to tier {}; the log does not say what came of it",
            tier.name
        )),
        (Some(name), _) => {
            let on = record.resource.map_or("", |resource| cx.dataset.text(resource));
            let told = format!(
                "{} did {action}{}{on}, which is {name} and forbidden to tier {}",
                agent.name,
                if on.is_empty() { "" } else { " on " },
                tier.name
            );
            Finding::violation(told, vec![Who::Principal(principal)])
        }
        (None, Some(name)) => {
            Finding::pass(format!("{action} is {name}, which tier {} may use", tier.name))
        }
        (None, None) => Finding::indeterminate(format!(
            "policy does not say whether tier {} may do {action}",
            tier.name
        )),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        model::Outcome,
    };

    fn verdict(who: &str, action: &str, outcome: Outcome) -> Verdict {
        let mut scene = Scene::new();
        scene.principals.all[4].tier = None;
        scene.attempt(who, action, 9.0, outcome);
        scene.verdict("agent-left-its-tier")
    }

    #[test]
    fn cases() {
        assert_eq!(verdict("bot", "iam:CreateUser", Outcome::Allowed), Verdict::Violation);
        assert_eq!(verdict("bot", "iam:CreateUser", Outcome::Bypassed), Verdict::Violation);
        assert_eq!(verdict("bot", "iam:CreateUser", Outcome::Unknown), Verdict::Indeterminate);
        assert_eq!(verdict("bot", "ssm:StartAutomation", Outcome::Allowed), Verdict::Pass);
        assert_eq!(verdict("bot", "s3:PutObject", Outcome::Allowed), Verdict::Indeterminate);
        assert_eq!(verdict("bot2", "iam:CreateUser", Outcome::Allowed), Verdict::Indeterminate);
    }

    #[test]
    fn refusals_and_humans_are_no_population() {
        let mut scene = Scene::new();
        scene.attempt("bot", "iam:CreateUser", 9.0, Outcome::Denied);
        scene.attempt("ann", "iam:CreateUser", 9.0, Outcome::Allowed);
        scene.assess(|assessment| {
            let count = assessment.counts.iter().find(|c| c.rule.id == "agent-left-its-tier");
            assert_eq!(count.map(|c| (c.pass, c.violation, c.indeterminate)), Some((0, 0, 1)));
        });
    }
}
