use super::super::{Context, Execution, Finding, Test, executor::Others, rule};
use crate::model::Duty;

rule! {
    /// ## What it tests
    /// Every run or deployment into production that was started in the period: that nobody who wrote
    /// or committed what it delivered started it. It delivers the change whose result it executed and
    /// what landed on the branch since the execution before it in the same environment, pushed commits
    /// and what a rollback took away included; where the exports hold no earlier one, or not how it
    /// ended, or what was executed was never the newest of a protected branch, only a violation is proven. Policy decides with
    /// `[[incompatible-duties]]` whether and how much this weighs. A pipeline is nobody who executes:
    /// the registry calls it a service, and its tier may `deploy` or `execute-playbook`. An agent
    /// never is one, and any other service stands with its sponsor.
    ///
    /// ## Why it matters
    /// Whoever writes a change and also puts it into production needs nobody else to do harm, and can
    /// choose a moment when nobody looks.
    ///
    /// ## What it cannot see
    /// Who stood behind a pipeline's run, unless the export says so: a run that a merge set off counts
    /// as started by whoever its record names, which may be whoever merged. Runs whose export names no
    /// environment.
    pub(super) static AUTHOR_EXECUTED = "author-executed" {
        summary: "somebody who wrote a change executed it in production",
        class: Breach,
        severity: Medium,
        criteria: ["CC5.1", "CC6.1", "CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Execution(test),
    }
}

fn test(cx: &Context<'_>, execution: &Execution<'_>) -> Finding {
    let Some(severity) = cx.policy.incompatible(Duty::Author, Duty::Execute) else {
        return Finding::not_applicable("policy lets authors execute what they wrote");
    };
    let authors = execution.authors(cx);
    let nobody = || authors.is_empty().then(|| "no export shows who wrote it".to_owned());
    execution.apart(
        cx,
        severity,
        &Others {
            did: "wrote",
            shows: "their own part",
            acts: &authors,
            possible: &[],
            missing: execution.unknown(cx).or_else(nobody),
        },
    )
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        model::SubjectState,
        policy::Severity,
    };

    const RULE: &str = "author-executed";

    fn scene(prepare: impl Fn(&mut Scene)) -> Scene {
        let mut scene = Scene::new();
        scene.change(1, "bob", "cat", 9.0);
        scene.landed(1, 9.0);
        scene.pipeline();
        scene.stray_service();
        prepare(&mut scene);
        scene
    }

    fn verdict(prepare: impl Fn(&mut Scene)) -> Verdict {
        scene(prepare).verdict(RULE)
    }

    #[test]
    fn persons() {
        let by = |who: &'static str| verdict(move |s| s.execute(7, who, "m1", 9.5));
        assert_eq!(by("bob"), Verdict::Violation);
        assert_eq!(by("ann"), Verdict::Pass);
        assert_eq!(by("stranger"), Verdict::Indeterminate);
        assert_eq!(by(""), Verdict::Indeterminate);
    }

    #[test]
    fn committers_are_authors_too() {
        let committed = verdict(|s| {
            s.commit_by(1, "ann", 8.5);
            s.execute(7, "ann", "m1", 9.5);
        });
        assert_eq!(committed, Verdict::Violation);
    }

    #[test]
    fn a_pipeline_runs_what_others_decided_and_an_agent_does_not() {
        let of = |author: &'static str, who: &'static str| {
            let mut scene = Scene::new();
            scene.pipeline();
            scene.stray_service();
            scene.change(1, author, "ann", 9.0);
            scene.landed(1, 9.0);
            scene.execute(7, who, "m1", 9.5);
            scene.verdict(RULE)
        };
        // Cat answers for the pipeline, Ann for the agent.
        assert_eq!(of("cat", "runner"), Verdict::Pass);
        assert_eq!(of("ann", "bot"), Verdict::Violation);
        assert_eq!(of("bot", "ann"), Verdict::Violation);
        assert_eq!(of("bob", "bot"), Verdict::Pass);
        assert_eq!(of("bob", "cron"), Verdict::Indeterminate);
    }

    #[test]
    fn a_service_that_the_registry_does_not_hold_leaves_it_open() {
        let verdict = verdict(|s| {
            s.account("web-flow", crate::model::AccountKind::Service);
            s.execute(7, "web-flow", "m1", 9.5);
        });
        assert_eq!(verdict, Verdict::Indeterminate);
    }

    #[test]
    fn the_statement_names_the_change() {
        scene(|s| s.execute(7, "bob", "m1", 9.5)).assess(|assessment| {
            let own = assessment.exceptions.iter().find(|e| e.rule.id == RULE).unwrap();
            let want = "Bob wrote github:acme/pay#1 and executed it in production";
            assert_eq!(own.statement, want);
        });
    }

    #[test]
    fn an_agent_stays_one_in_a_tier_that_may_deploy() {
        let verdict = verdict_of_agent_in("pipeline");
        assert_eq!(verdict, Verdict::Violation);
    }

    fn verdict_of_agent_in(tier: &str) -> Verdict {
        let mut scene = Scene::new();
        scene.principals.all[3].tier = Some(tier.to_owned());
        scene.change(1, "ann", "cat", 9.0);
        scene.merged_as(1, "m1");
        scene.execute(7, "bot", "m1", 9.5);
        scene.verdict(RULE)
    }

    #[test]
    fn a_service_outside_its_tier_stands_with_its_sponsor() {
        let mut scene = Scene::new();
        scene.pipeline();
        scene.principals.all[5].tier = Some("platform".to_owned());
        scene.change(1, "cat", "ann", 9.0);
        scene.merged_as(1, "m1");
        scene.execute(7, "runner", "m1", 9.5);
        assert_eq!(scene.verdict(RULE), Verdict::Violation);
    }

    #[test]
    fn what_it_delivered_must_be_known() {
        assert_eq!(verdict(|s| s.execute(7, "bob", "elsewhere", 9.5)), Verdict::Indeterminate);
        assert_eq!(verdict(|s| s.execute_unnamed(7, "bob", 9.5)), Verdict::Indeterminate);
        assert_eq!(verdict(|s| s.execute(7, "runner", "elsewhere", 9.5)), Verdict::Pass);
    }

    #[test]
    fn what_came_with_it_must_be_known_too() {
        let by = |who: &str, history: bool| {
            let mut scene = Scene::new();
            scene.pipeline();
            scene.change(1, "bob", "cat", 9.0);
            scene.merged_as(1, "m1");
            if history {
                scene.commit("cat", "m1", &["base", "a1"], 9.0);
            }
            scene.execute(7, who, "m1", 9.5);
            scene.verdict(RULE)
        };
        for history in [false, true] {
            assert_eq!(by("bob", history), Verdict::Violation);
            assert_eq!(by("ann", history), Verdict::Indeterminate);
            assert_eq!(by("runner", history), Verdict::Pass);
        }
    }

    #[test]
    fn the_author_of_what_came_with_it_is_one() {
        let mut scene = Scene::new();
        scene.change(1, "bob", "cat", 9.0);
        scene.landed(1, 9.0);
        scene.change(2, "ann", "cat", 9.2);
        scene.merged_as(2, "m2");
        scene.commit("cat", "m2", &["m1", "a2"], 9.2);
        scene.execute(7, "bob", "m2", 9.5);
        assert_eq!(scene.verdict(RULE), Verdict::Violation);
    }

    #[test]
    fn what_was_pushed_in_between_came_too() {
        let by = |who: &str| {
            let mut scene = Scene::new();
            scene.execution(90, "", "base", 0.2, SubjectState::Done);
            scene.commit("cat", "base", &[], 0.1);
            scene.change(1, "bob", "cat", 9.0);
            scene.merged_as(1, "m1");
            scene.commit("ann", "p1", &["base"], 8.0);
            scene.commit("cat", "m1", &["p1", "a1"], 9.0);
            scene.commit("cat", "p2", &["m1"], 9.2);
            scene.execute(7, who, "p2", 9.5);
            scene.verdict(RULE)
        };
        assert_eq!(by("ann"), Verdict::Violation);
        assert_eq!(by("bob"), Verdict::Violation);
    }

    #[test]
    fn what_came_with_a_branch_is_not_known() {
        let verdict = verdict(|s| {
            s.open_change(4, "bob", 8.0);
            s.execute(7, "ann", "a4", 9.5);
        });
        assert_eq!(verdict, Verdict::Indeterminate);
    }

    #[test]
    fn the_author_of_what_no_change_explains_is_one() {
        let verdict = verdict(|s| {
            s.commit("bob", "side", &[], 8.0);
            s.open_change(4, "ann", 8.0);
            s.execute(7, "ann", "a4", 9.5);
        });
        assert_eq!(verdict, Verdict::Violation);
    }

    #[test]
    fn environment_and_end() {
        assert_eq!(verdict(|s| s.run_nowhere(7, "bob", 9.5)), Verdict::NotApplicable);
        let ended = |state| verdict(move |s| s.execution(7, "bob", "m1", 9.5, state));
        assert_eq!(ended(SubjectState::Abandoned), Verdict::Indeterminate);
        assert_eq!(ended(SubjectState::Open), Verdict::Indeterminate);
        assert_eq!(ended(SubjectState::Unknown), Verdict::Indeterminate);
    }

    #[test]
    fn policy_decides() {
        let allowed = verdict(|s| {
            s.policy.incompatible_duties.remove(0);
            s.execute(7, "bob", "m1", 9.5);
        });
        assert_eq!(allowed, Verdict::NotApplicable);
        scene(|s| {
            s.policy.incompatible_duties[0].severity = Severity::Advisory;
            s.execute(7, "bob", "m1", 9.5);
        })
        .assess(|assessment| {
            let own = assessment.exceptions.iter().find(|e| e.rule.id == RULE).unwrap();
            assert_eq!(own.severity, Severity::Advisory);
        });
    }
}
