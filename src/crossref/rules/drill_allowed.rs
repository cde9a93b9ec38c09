use super::super::{Context, Drilled, Finding, Test, Who, rule};
use crate::{
    model::{Origin, Outcome},
    policy::Drill,
};

rule! {
    /// ## What it tests
    /// Every drill of `drills.csv` whose window touches the period: that no log shows what was tried
    /// as allowed, or as done around the control. That nothing was let through is proven once the
    /// window is over, by logs that are whole and reach its end.
    ///
    /// ## Why it matters
    /// The drill did its work: it shows that the boundary does not hold. What it let through may have
    /// been let through before.
    ///
    /// ## What it cannot see
    /// Attempts that only read, which logs of allowed actions do not keep here, and what no exported
    /// log records.
    pub(super) static DRILL_ALLOWED = "drill-allowed" {
        summary: "a planned boundary test was let through",
        class: Breach,
        severity: High,
        criteria: ["CC4.1", "CC6.1", "CC6.3", "CC7.2"],
        needs: [],
        implies: ["agent-left-its-tier", "drill-missed", "policy-bypass"],
        since: "0.1.0",
        test: Test::Drill(test),
    }
}

fn test(cx: &Context<'_>, drill: &Drill, drilled: &Drilled) -> Finding {
    let all = cx.dataset.decisions();
    let places = |indices: &[u32]| -> Vec<Origin> {
        indices.iter().filter_map(|index| all.get(*index as usize)).map(|d| d.origin).collect()
    };
    let first = drilled.let_through.first().and_then(|index| all.get(*index as usize));
    if let Some(first) = first.map(|decision| decision.record) {
        let on = first.resource.map(|on| format!(" on {}", cx.dataset.text(on)));
        let how = match first.outcome {
            Outcome::Bypassed => "went around the control",
            _ => "was let through",
        };
        let told = format!(
            "drill {} was not refused: {} {how} on {} ({}{})",
            drill.id,
            cx.principal(drill.who).name,
            cx.clock(first.at),
            cx.dataset.text(first.action),
            on.unwrap_or_default(),
        );
        let persons = [drill.who, drill.conductor].map(Who::Principal).to_vec();
        let mut finding = Finding::violation(told, persons);
        finding.about = Some(drill.from.to_string());
        return finding.with_all("let through", places(&drilled.let_through));
    }
    if !drilled.unclear.is_empty() {
        return Finding::indeterminate("the log does not say what came of the attempt")
            .with_all("attempt", places(&drilled.unclear));
    }
    if !drilled.refused.is_empty()
        && let Some(why) = drilled.unseen(cx, drill)
    {
        return Finding::indeterminate(format!("every attempt on record was refused; {why}"))
            .with_all("refusal", places(&drilled.refused));
    }
    if !drilled.refused.is_empty() {
        return Finding::pass("every attempt on record was refused")
            .with_all("refusal", places(&drilled.refused));
    }
    Finding::indeterminate("no attempt is on record, so nobody knows what came of it")
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::{Scene, day},
        model::Outcome::{self, Allowed, Bypassed, Denied, Unknown},
    };

    const RULE: &str = "drill-allowed";

    fn scene(outcomes: &[Outcome]) -> Scene {
        let mut scene = Scene::new();
        scene.drill("D1", "bot", "aws:iam:CreateUser", (10.0, 11.0));
        for outcome in outcomes {
            scene.attempt("bot", "iam:CreateUser", 10.5, *outcome);
        }
        scene
    }

    fn verdict(outcomes: &[Outcome]) -> &'static str {
        scene(outcomes).verdicts(RULE)[0].1
    }

    #[test]
    fn cases() {
        assert_eq!(verdict(&[Denied]), "pass");
        assert_eq!(verdict(&[Allowed]), "violation");
        assert_eq!(verdict(&[Bypassed]), "violation");
        assert_eq!(verdict(&[Denied, Allowed]), "violation");
        assert_eq!(verdict(&[Denied, Unknown]), "indeterminate");
        assert_eq!(verdict(&[]), "indeterminate");
    }

    #[test]
    fn what_the_log_lacks_may_be_an_attempt() {
        let refused = |prepare: fn(&mut Scene)| {
            let mut scene = scene(&[Denied]);
            prepare(&mut scene);
            scene.verdicts(RULE)[0].1
        };
        assert_eq!(refused(|scene| scene.gap("there are more pages")), "indeterminate");
        assert_eq!(refused(|scene| scene.reject("not a time")), "indeterminate");
        assert_eq!(refused(|scene| scene.export.at = Some(day(10.9))), "indeterminate");
        assert_eq!(refused(|scene| scene.export.at = None), "indeterminate");
        let later: fn(&mut Scene) = |scene| {
            scene.export.at = None;
            scene.attempt("bot", "ssm:Start", 11.5, Allowed);
        };
        assert_eq!(refused(later), "pass");
        let mut running = Scene::new();
        running.drill("D1", "bot", "aws:iam:CreateUser", (31.0, 37.0));
        running.attempt("bot", "iam:CreateUser", 31.5, Denied);
        assert_eq!(running.verdicts(RULE)[0].1, "indeterminate");
    }

    #[test]
    fn without_drills_there_is_nothing_to_test() {
        assert_eq!(Scene::new().verdicts(RULE), [(String::new(), "not applicable")]);
    }

    #[test]
    fn one_fact_is_one_exception() {
        for outcome in [Allowed, Bypassed] {
            scene(&[outcome]).assess(|assessment| {
                let about = |e: &&crate::crossref::Exception| {
                    e.rule.id != "boundary-never-exercised" && e.rule.id != "unknown-identity"
                };
                let led: Vec<_> = assessment.exceptions.iter().filter(about).collect();
                let [exception] = led.as_slice() else { panic!("{led:#?}") };
                assert_eq!(exception.rule.id, RULE);
                let also: Vec<_> = exception.also.iter().map(|(rule, _)| rule.id).collect();
                assert!(also.contains(&"agent-left-its-tier"), "{also:?}");
                assert!(also.contains(&"drill-missed"), "{also:?}");
            });
        }
    }
}
