use super::super::{Context, Drilled, Finding, Test, Who, rule};
use crate::policy::Drill;

rule! {
    /// ## What it tests
    /// Every drill of `drills.csv` whose window touches the period: that a log shows the refusal that
    /// was planned. The refusal must be of the drill's principal, action, target and window, have the
    /// code that was planned, and name the control that refused. One refusal answers one drill. A
    /// drill whose window ends after the period is for the period in which it ends, unless it is
    /// answered already. Where the logs of its system end before its window does, no miss is proven.
    ///
    /// ## Why it matters
    /// A boundary is tested on purpose so that its refusal can be shown. A drill without its record
    /// was not carried out, or the log does not see what it should see.
    ///
    /// ## What it cannot see
    /// Whether the drill was planned before it was carried out: `drills.csv` says what people wrote,
    /// not when. Refusals that no exported log records.
    pub(super) static DRILL_MISSED = "drill-missed" {
        summary: "no refusal on record answers a planned boundary test",
        class: Process,
        severity: Medium,
        criteria: ["CC4.1", "CC6.1", "CC7.2"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Drill(test),
    }
}

fn test(cx: &Context<'_>, drill: &Drill, drilled: &Drilled) -> Finding {
    let place = |index: u32| cx.dataset.decisions().get(index as usize).map(|d| d.origin);
    if let Some(origin) = drilled.answer.and_then(place) {
        return Finding::pass("a refusal answers it as planned").with("refusal", origin);
    }
    let nearest = drilled.near.first().map(|near| format!("; nearest: {}", near.told(cx, drill)));
    let nearest = nearest.unwrap_or_default();
    let near = drilled.near.iter().filter_map(|near| place(near.decision));
    if !drilled.is_due(cx, drill) {
        let end = cx.clock(drill.until);
        return Finding::not_applicable(format!(
            "its window ends on {end}, after this period: the pack of the period in which it ends \
             judges it{nearest}"
        ))
        .with_all("near miss", near);
    }
    if let Some(why) = drilled.cut_short(cx, drill) {
        return Finding::indeterminate(format!("no refusal answers it, and {why}{nearest}"))
            .with_all("near miss", near)
            .with_all("let through", drilled.let_through.iter().filter_map(|index| place(*index)));
    }
    let silent = match drilled.silent(cx, drill) {
        true => "; no log holds any decision of that system in its window",
        false => "",
    };
    let told = format!(
        "no refusal answers drill {} ({}, {}; drills.csv line {}){silent}{nearest}",
        drill.id,
        cx.principal(drill.who).name,
        drill.action.text(),
        drill.line,
    );
    let mut finding = Finding::violation(told, vec![Who::Principal(drill.conductor)]);
    finding.about = Some(drill.from.to_string());
    let through = drilled.let_through.iter().filter_map(|index| place(*index));
    finding.with_all("let through", through).with_all("near miss", near)
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::{Scene, day},
        model::Outcome::{self, Allowed, Denied, Unknown},
    };

    const RULE: &str = "drill-missed";

    /// The verdict on a drill of the bot's `iam:CreateUser` on day 10.
    fn verdict(prepare: impl Fn(&mut Scene)) -> &'static str {
        let mut scene = Scene::new();
        scene.drill("D1", "bot", "aws:iam:CreateUser", (10.0, 11.0));
        prepare(&mut scene);
        scene.verdicts(RULE)[0].1
    }

    fn tried(who: &str, action: &str, at: f64, outcome: Outcome) -> &'static str {
        verdict(|scene| scene.attempt(who, action, at, outcome))
    }

    #[test]
    fn who_what_and_when_must_be_as_planned() {
        assert_eq!(tried("bot", "iam:CreateUser", 10.0, Denied), "pass");
        assert_eq!(tried("bot", "iam:CreateUser", 9.99, Denied), "violation");
        assert_eq!(tried("bot", "iam:CreateUser", 11.0, Denied), "violation");
        assert_eq!(tried("bot2", "iam:CreateUser", 10.5, Denied), "violation");
        assert_eq!(tried("stranger", "iam:CreateUser", 10.5, Denied), "violation");
        assert_eq!(tried("bot", "iam:CreateRole", 10.5, Denied), "violation");
        assert_eq!(tried("bot", "iam:CreateUser", 10.5, Allowed), "violation");
        assert_eq!(tried("bot", "iam:CreateUser", 10.5, Unknown), "violation");
        assert_eq!(verdict(|_| {}), "violation");
    }

    #[test]
    fn target_code_and_control_must_be_as_planned() {
        let refused = |target: Option<&'static str>, code: Option<&'static str>, named: bool| {
            verdict(|scene| {
                scene.drills.all[0].target = Some(crate::policy::Pattern::new("arn:user/*"));
                scene.drills.all[0].code = Some("AccessDenied".to_owned());
                let control = named.then_some("service control policy");
                scene.refused("bot", "iam:CreateUser", 10.5, [target, code, control]);
            })
        };
        assert_eq!(refused(Some("arn:user/x"), Some("AccessDenied"), true), "pass");
        assert_eq!(refused(Some("arn:role/x"), Some("AccessDenied"), true), "violation");
        assert_eq!(refused(None, Some("AccessDenied"), true), "violation");
        assert_eq!(refused(Some("arn:user/x"), Some("AccessDeniedException"), true), "violation");
        assert_eq!(refused(Some("arn:user/x"), None, true), "violation");
        assert_eq!(refused(Some("arn:user/x"), Some("AccessDenied"), false), "violation");
    }

    #[test]
    fn one_refusal_answers_one_drill_and_as_many_as_can_be_are_answered() {
        let verdicts = |times: &[f64]| {
            let mut scene = Scene::new();
            // The first could take either refusal, the second only the later one.
            scene.drill("D1", "bot", "aws:iam:*", (10.0, 12.0));
            scene.drill("D2", "bot", "aws:iam:CreateUser", (11.0, 12.0));
            for at in times {
                scene.attempt("bot", "iam:CreateUser", *at, Denied);
            }
            scene.verdicts(RULE).into_iter().map(|(_, verdict)| verdict).collect::<Vec<_>>()
        };
        assert_eq!(verdicts(&[11.5]), ["pass", "violation"]);
        assert_eq!(verdicts(&[11.5, 11.6]), ["pass", "pass"]);
        assert_eq!(verdicts(&[10.5, 11.5]), ["pass", "pass"]);
        assert_eq!(verdicts(&[11.5, 10.5]), ["pass", "pass"]);
        assert_eq!(verdicts(&[10.5]), ["pass", "violation"]);
    }

    #[test]
    fn what_is_not_due_is_left_open_unless_it_is_answered() {
        let verdict = |window: (f64, f64), at: Option<f64>| {
            let mut scene = Scene::new();
            scene.drill("D1", "bot", "aws:iam:CreateUser", window);
            if let Some(at) = at {
                scene.attempt("bot", "iam:CreateUser", at, Denied);
            }
            scene.verdicts(RULE)[0].1
        };
        // The period ends with day 31; the scene is judged at the beginning of day 35.
        assert_eq!(verdict((31.0, 32.0), None), "violation");
        assert_eq!(verdict((31.0, 33.0), None), "not applicable");
        assert_eq!(verdict((31.0, 40.0), None), "not applicable");
        assert_eq!(verdict((31.0, 33.0), Some(31.5)), "pass");
        assert_eq!(verdict((31.0, 33.0), Some(32.5)), "pass");
        assert_eq!(verdict((31.0, 40.0), Some(36.0)), "not applicable");
        assert_eq!(verdict((32.0, 33.0), None), "not applicable");
        assert_eq!(verdict((-1.0, 1.0), None), "not applicable");
        assert_eq!(verdict((0.0, 1.5), None), "violation");
    }

    #[test]
    fn a_log_that_ends_before_the_window_does_proves_no_miss() {
        let exported = |at: f64| {
            verdict(|scene| {
                scene.export.at = Some(day(at));
                scene.attempt("bot", "iam:CreateRole", 3.0, Denied);
            })
        };
        assert_eq!(exported(10.9), "indeterminate");
        assert_eq!(exported(11.0), "violation");
        let by_its_records = verdict(|scene| {
            scene.export.at = None;
            scene.attempt("bot", "iam:CreateRole", 11.0, Denied);
        });
        assert_eq!(by_its_records, "violation");
    }

    #[test]
    fn near_misses_are_told() {
        let told = |prepare: &dyn Fn(&mut Scene)| {
            let mut scene = Scene::new();
            scene.drill("D1", "bot", "aws:iam:CreateUser", (10.0, 11.0));
            prepare(&mut scene);
            scene.assess(|assessment| {
                let own = |e: &&crate::crossref::Exception| e.rule.id == RULE;
                assessment.exceptions.iter().find(own).unwrap().statement.clone()
            })
        };
        let tried = |who: &'static str, action: &'static str, at: f64, outcome: Outcome| {
            told(&|scene| scene.attempt(who, action, at, outcome))
        };
        let late = tried("bot", "iam:CreateUser", 11.0 + 4.0 / 1440.0, Denied);
        assert!(
            late.ends_with(
                "; nearest: Bot was refused aws:iam:CreateUser on 2026-10-11 00:04, but it came 4 \
             minutes after the window"
            ),
            "{late}"
        );
        for (told, want) in [
            (tried("bot", "iam:CreateUser", 9.5, Denied), "came 12 hours before the window"),
            (tried("bot2", "iam:CreateUser", 10.5, Denied), "Bot2 was refused"),
            (tried("stranger", "iam:CreateUser", 10.5, Denied), "the account is of no known"),
            (tried("bot", "iam:CreateRole", 10.5, Denied), "aws:iam:CreateUser was planned"),
            (tried("bot", "iam:CreateUser", 10.5, Unknown), "does not say what came of it"),
            (
                told(&|scene| {
                    scene.refused("bot", "iam:CreateUser", 10.5, [None, Some("Client.X"), None]);
                }),
                "its record does not name the control, so it proves nothing",
            ),
            (
                told(&|scene| {
                    scene.drills.all[0].code = Some("AccessDenied".to_owned());
                    scene.refused(
                        "bot",
                        "iam:CreateUser",
                        10.5,
                        [None, Some("Client.X"), Some("p")],
                    );
                }),
                "its code was Client.X, not AccessDenied",
            ),
            (
                told(&|scene| {
                    scene.drills.all[0].target = Some(crate::policy::Pattern::new("arn:y"));
                    scene.refused("bot", "iam:CreateUser", 10.5, [Some("arn:x"), None, Some("p")]);
                }),
                "on arn:x on 2026-10-10 12:00, but arn:y was planned",
            ),
            (
                told(&|scene| {
                    scene.drill("D2", "bot", "aws:iam:Create*", (10.0, 11.0));
                    scene.attempt("bot", "iam:CreateUser", 10.5, Denied);
                }),
                "it answers drill D1 already",
            ),
        ] {
            assert!(told.contains(want), "{want}: {told}");
        }
        for told in [
            tried("bot", "iam:CreateUser", 12.5, Denied),
            tried("bot2", "iam:CreateRole", 10.5, Denied),
        ] {
            assert!(!told.contains("nearest"), "{told}");
        }
        assert!(
            told(&|_| {}).ends_with("; no log holds any decision of that system in its window")
        );
    }

    #[test]
    fn a_drill_of_the_same_name_in_another_month_is_another_exception() {
        let id = |from: f64| {
            let mut scene = Scene::new();
            scene.drill("D1", "bot", "aws:iam:CreateUser", (from, from + 1.0));
            scene.assess(|assessment| {
                let own = |e: &&crate::crossref::Exception| e.rule.id == RULE;
                assessment.exceptions.iter().find(own).unwrap().id.clone()
            })
        };
        assert_eq!(id(10.0), id(10.0));
        assert_ne!(id(10.0), id(11.0));
    }

    #[test]
    fn what_is_younger_than_the_moment_that_is_judged_for_does_not_exist() {
        let mut scene = Scene::new();
        scene.drill("D1", "bot", "aws:iam:CreateUser", (31.0, 37.0));
        scene.attempt("bot", "iam:CreateUser", 35.5, Denied);
        assert!(day(35.5) > day(35.0));
        assert_eq!(scene.verdicts(RULE)[0].1, "not applicable");
    }
}
