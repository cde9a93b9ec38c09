use super::super::{Context, Finding, Test, rule};
use crate::model::{Decision, Located, Outcome};

rule! {
    /// ## What it tests
    /// Every decision of a control that a log of the period shows, whoever it was about: that the
    /// control was not overridden, by an administrator's override, a ruleset's bypass or a push past
    /// protection.
    ///
    /// ## Why it matters
    /// A control that some may step over is theirs to keep or not. An emergency may excuse it, and
    /// then somebody else says so in writing.
    ///
    /// ## What it cannot see
    /// Overrides that no exported log records, and controls that were switched off for a while
    /// instead of overridden.
    pub(super) static POLICY_BYPASS = "policy-bypass" {
        summary: "somebody went around a control",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC6.1", "CC7.2", "CC8.1"],
        needs: [],
        implies: ["break-glass-unreviewed", "break-glass-late"],
        since: "0.1.0",
        test: Test::Decision(test),
    }
}

fn test(cx: &Context<'_>, decision: &Located<Decision>) -> Finding {
    let Decision { at, actor, action, resource, outcome, control, .. } = decision.record;
    let finding = match outcome {
        Outcome::Allowed => Finding::pass("it was let through, and no control was overridden"),
        Outcome::Denied => Finding::pass("it was refused, and stayed refused"),
        Outcome::Unknown => Finding::indeterminate("the log does not say what came of it"),
        Outcome::Bypassed => {
            let name = cx.name(actor);
            let control = control.map_or("a control", |control| cx.dataset.text(control));
            let on = resource.map(|resource| format!(" on {}", cx.dataset.text(resource)));
            let told = format!(
                "{name} went around {control}{} on {} ({})",
                on.unwrap_or_default(),
                cx.clock(at),
                cx.dataset.text(action)
            );
            Finding::violation(told, vec![cx.who(actor)])
        }
    };
    finding.with("decision", decision.origin)
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        model::Outcome,
    };

    const RULE: &str = "policy-bypass";

    fn verdict(who: &str, outcome: Outcome) -> Verdict {
        let mut scene = Scene::new();
        scene.attempt(who, "iam:CreateUser", 9.0, outcome);
        scene.verdict(RULE)
    }

    #[test]
    fn cases() {
        assert_eq!(verdict("ann", Outcome::Bypassed), Verdict::Violation);
        assert_eq!(verdict("stranger", Outcome::Bypassed), Verdict::Violation);
        assert_eq!(verdict("ann", Outcome::Allowed), Verdict::Pass);
        assert_eq!(verdict("ann", Outcome::Denied), Verdict::Pass);
        assert_eq!(verdict("ann", Outcome::Unknown), Verdict::Indeterminate);
    }

    #[test]
    fn without_a_log_nothing_is_proven() {
        let mut scene = Scene::new();
        scene.attempt("ann", "iam:CreateUser", 40.0, Outcome::Bypassed);
        assert_eq!(scene.verdicts(RULE), [(String::new(), "indeterminate")]);
    }

    #[test]
    fn an_agents_bypass_is_told_once() {
        let mut scene = Scene::new();
        scene.attempt("bot", "iam:CreateUser", 9.0, Outcome::Bypassed);
        scene.assess(|assessment| {
            let of_logs = |rule: &str| rule == RULE || rule == "agent-left-its-tier";
            let led: Vec<_> = assessment.exceptions.iter().map(|e| e.rule.id).collect();
            assert_eq!(led.into_iter().filter(|r| of_logs(r)).count(), 1);
        });
    }
}
