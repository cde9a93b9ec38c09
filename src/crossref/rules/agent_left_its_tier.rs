use super::super::{Context, Finding, Test, Who, denial::capabilities, rule};
use crate::model::{Decision, Located, Outcome};

rule! {
    /// ## What it tests
    /// Every attempt of a registered agent or service that a log shows as allowed, and everything
    /// that a human did of the capabilities that policy names for the human's tier: that policy
    /// does not forbid it to the tier, whoever did it. Actions are mapped to capabilities by policy;
    /// what an agent or service did that policy does not map stays open.
    ///
    /// ## Why it matters
    /// A boundary that let somebody through once is no boundary. Refusals prove the control, this
    /// disproves it.
    ///
    /// ## What it cannot see
    /// Reads, actions that no exported log records, what humans did of capabilities that policy
    /// names for other tiers only or through an account that the registry does not list, what
    /// somebody without a tier did, and what an agent did through a human's account.
    pub(super) static AGENT_LEFT_ITS_TIER = "agent-left-its-tier" {
        summary: "a principal left its tier: it did what the tier must not do, and was not refused",
        class: Breach,
        severity: High,
        criteria: ["CC6.1", "CC6.3", "CC7.2"],
        needs: [],
        implies: ["policy-bypass"],
        since: "0.1.0",
        test: Test::Use(test),
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
    let who = cx.principal(principal);
    let Some(tier) = who.tier.as_deref().and_then(|name| cx.policy.tier(name)) else {
        return Finding::indeterminate(format!("{} has no tier in the registry", who.id));
    };
    let used = capabilities(cx, record);
    let named = |list: &[String]| -> Option<String> {
        let all: Vec<_> = used.iter().copied().filter(|u| list.iter().any(|n| n == u)).collect();
        (!all.is_empty()).then(|| all.join(" and "))
    };
    match (named(&tier.must_not), named(&tier.may)) {
        (Some(name), _) if record.outcome == Outcome::Unknown => Finding::indeterminate(format!(
            "{action} is {name}, forbidden to tier {}; the log does not say what came of it",
            tier.name
        )),
        (Some(name), _) => {
            let on = record.resource.map_or("", |resource| cx.dataset.text(resource));
            let told = format!(
                "{} did {action}{}{on}, which is {name} and forbidden to tier {}",
                who.name,
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
    fn refusals_are_no_population() {
        let mut scene = Scene::new();
        scene.attempt("bot", "iam:CreateUser", 9.0, Outcome::Denied);
        scene.attempt("ann", "iam:CreateUser", 9.0, Outcome::Denied);
        assert_eq!(scene.verdicts("agent-left-its-tier"), [(String::new(), "indeterminate")]);
    }

    #[test]
    fn a_humans_tier_is_held_to_what_policy_names_for_it() {
        let found = |tier: Option<&str>, action: &str, outcome: Outcome| {
            let mut scene = Scene::new();
            scene.policy.tiers[1].must_not = vec!["execute-playbook".to_owned()];
            scene.principals.all[0].tier = tier.map(str::to_owned);
            scene.attempt("ann", action, 9.0, outcome);
            let found = scene.verdicts("agent-left-its-tier");
            // Of the population as a whole, where it is empty.
            found.into_iter().map(|(_, verdict)| verdict).collect::<Vec<_>>()
        };
        let platform = |action, outcome| found(Some("platform"), action, outcome);
        assert_eq!(platform("ssm:Start", Outcome::Allowed), ["violation"]);
        assert_eq!(platform("ssm:Start", Outcome::Bypassed), ["violation"]);
        assert_eq!(platform("ssm:Start", Outcome::Unknown), ["indeterminate"]);
        assert_eq!(platform("iam:CreateUser", Outcome::Allowed), ["pass"]);
        // Neither is tested, and a rule that tested nothing proves nothing.
        assert_eq!(platform("s3:PutObject", Outcome::Allowed), ["indeterminate"]);
        assert_eq!(found(None, "ssm:Start", Outcome::Allowed), ["indeterminate"]);
    }

    #[test]
    fn every_boundary_that_was_crossed_is_told() {
        let mut scene = Scene::new();
        scene.policy.tiers[0].must_not.push("administer".to_owned());
        let mut capability = scene.policy.capabilities[3].clone();
        capability.name = "administer".to_owned();
        scene.policy.capabilities.push(capability);
        scene.attempt("bot", "iam:CreateUser", 9.0, Outcome::Allowed);
        scene.assess(|assessment| {
            let own = |e: &&crate::crossref::Exception| e.rule.id == "agent-left-its-tier";
            let told = &assessment.exceptions.iter().find(own).unwrap().statement;
            assert!(told.contains("which is modify-definition and administer and"), "{told}");
        });
    }
}
