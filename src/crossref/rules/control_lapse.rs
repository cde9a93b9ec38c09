use super::super::{Context, Coverage, Edit, Effect, Finding, Guarded, Test, Who, coverage, rule};
use crate::{
    model::{Instant, Located, Outcome, Subject},
    policy::Severity,
};

rule! {
    /// ## What it tests
    /// Every control that policy names, as a whole and of each thing that an edit names: that no log
    /// shows it absent during part of the period. A control is absent from its removal until it is
    /// put back. What was merged meanwhile is named. Where nothing shows an edit, only logs of the
    /// control's system that are whole and reach the period's end prove that there was none.
    ///
    /// ## Why it matters
    /// A control that was off for an hour did not operate throughout the period, whoever used the
    /// hour. Every other test takes for granted that it was on.
    ///
    /// ## What it cannot see
    /// Controls that were never on, and days of a log before its first record. A log that was
    /// filtered before it was exported.
    pub(super) static CONTROL_LAPSE = "control-lapse" {
        summary: "a control was absent for part of the period",
        class: Process,
        severity: High,
        criteria: ["CC5.1", "CC7.1", "CC7.2", "CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Control(test),
    }
}

/// A time during which a control was absent.
struct Lapse<'a> {
    removed: &'a Edit<'a>,
    restored: Option<&'a Edit<'a>>,
}

fn test(cx: &Context<'_>, guarded: &Guarded<'_>) -> Vec<Finding> {
    if guarded.edits.is_empty() {
        return vec![not_edited(cx, guarded)];
    }
    let places = || guarded.edits.iter().map(|edit| edit.decision.origin);
    let lapses = lapses(cx, guarded);
    let finding = if !lapses.is_empty() {
        judge(cx, guarded, &lapses)
    } else if let Some(why) = unsure(cx, guarded) {
        Finding::indeterminate(why)
    } else {
        Finding::pass("it was edited, and no log shows it absent in the period")
    };
    vec![finding.with_all("edit", places())]
}

fn not_edited(cx: &Context<'_>, guarded: &Guarded<'_>) -> Finding {
    let name = &guarded.control.name;
    match coverage(cx, guarded.control.systems()) {
        Coverage::Whole if guarded.is_edited_elsewhere(cx) => Finding::pass(format!(
            "the logs show no removal of {name} but those that are judged by themselves"
        )),
        Coverage::Whole => Finding::pass(format!("the logs show no removal of {name}")),
        Coverage::Elsewhere(system) => {
            Finding::not_applicable(format!("nothing of {system} is in the evidence"))
        }
        Coverage::Missing(why) => Finding::indeterminate(format!("removals of {name}: {why}")),
    }
}

/// Tells whether the log says that an edit went through.
fn sure(edit: &Edit<'_>) -> bool {
    edit.decision.record.outcome != Outcome::Unknown
}

/// The lapses that touch the period, by time.
fn lapses<'a>(cx: &Context<'_>, guarded: &'a Guarded<'a>) -> Vec<Lapse<'a>> {
    let (mut all, mut open) = (Vec::new(), None::<&Edit<'_>>);
    for edit in &guarded.edits {
        match edit.effect {
            // A removal that went through goes before one of which the log does not say so.
            Effect::Removes => {
                open = match open {
                    Some(removed) if sure(removed) || !sure(edit) => Some(removed),
                    _ => Some(edit),
                }
            }
            Effect::Restores if sure(edit) => {
                if let Some(removed) = open.take() {
                    all.push(Lapse { removed, restored: Some(edit) });
                }
            }
            _ => {}
        }
    }
    all.extend(open.map(|removed| Lapse { removed, restored: None }));
    all.retain(|lapse| {
        let ends = lapse.restored.map(|edit| edit.decision.record.at);
        lapse.removed.decision.record.at < cx.period.until
            && ends.is_none_or(|at| cx.period.from < at)
    });
    all
}

fn judge(cx: &Context<'_>, guarded: &Guarded<'_>, lapses: &[Lapse<'_>]) -> Finding {
    let (mut told, mut who, mut merged) =
        (Vec::new(), Vec::<Who>::new(), Vec::<&Located<Subject>>::new());
    for lapse in lapses {
        let removed = lapse.removed.decision.record;
        who.push(cx.who(removed.actor));
        let until = lapse.restored.map(|edit| edit.decision.record);
        let then = match until {
            Some(back) => format!("{} put it back on {}", cx.name(back.actor), cx.clock(back.at)),
            None => "no log shows that it was put back".to_owned(),
        };
        let (name, on) = (cx.name(removed.actor), cx.clock(removed.at));
        told.push(format!("{name} removed {} on {on}, {then}", guarded.name(cx)));
        let span = (removed.at, until.map_or(cx.period.until, |back| back.at));
        merged.extend(merged_in(cx, guarded, span));
    }
    let meanwhile = match merged.as_slice() {
        [] => "nothing is seen to have been merged meanwhile".to_owned(),
        all => {
            let ids = all.iter().take(5).map(|change| cx.dataset.text(change.record.id.0));
            let more = all.len().saturating_sub(5);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("merged meanwhile: {}{more}", ids.collect::<Vec<_>>().join(", "))
        }
    };
    let told = format!("{}; {meanwhile}", told.join("; "));
    if !lapses.iter().any(|lapse| sure(lapse.removed)) {
        let told = format!("{told}; the log does not say if the removal went through");
        return Finding::indeterminate(told);
    }
    let unused = merged.is_empty() && guarded.is_of_changes(cx);
    let mut finding = Finding::violation(told, who)
        .with_all("merged meanwhile", merged.iter().take(5).map(|change| change.origin));
    finding.severity = unused.then_some(Severity::Medium);
    finding
}

/// The changes that were merged during a span, where the control was to guard them.
fn merged_in<'a>(
    cx: &Context<'a>,
    guarded: &Guarded<'_>,
    (from, until): (Instant, Instant),
) -> Vec<&'a Located<Subject>> {
    let meant = |change: &&Located<Subject>| {
        let Subject { done, repository, target, .. } = change.record;
        done.is_some_and(|at| from < at && at < until)
            && repository.is_some_and(|repository| guarded.guards(cx, repository))
            && guarded.guards_branch(cx, target)
    };
    cx.merged().filter(meant).collect()
}

/// Why the control may have been absent though no log shows its removal.
fn unsure(cx: &Context<'_>, guarded: &Guarded<'_>) -> Option<String> {
    let first = guarded.edits.first()?;
    let at = first.decision.record.at;
    if first.effect == Effect::Restores && cx.period.contains(at) {
        let unused = merged_in(cx, guarded, (cx.period.from, at)).is_empty();
        // A repository that is new has no changes before its first control.
        if !unused || !guarded.has_changes(cx) {
            return Some(format!(
                "{} was put in place on {}; whether it was there before cannot be told",
                guarded.name(cx),
                cx.clock(at)
            ));
        }
    }
    match coverage(cx, guarded.control.systems()) {
        Coverage::Missing(why) => Some(format!("{}: {why}", guarded.name(cx))),
        Coverage::Whole | Coverage::Elsewhere(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::Scene,
        model::Outcome::{self, Allowed, Denied, Unknown},
    };

    const OFF: &str = "github:protected_branch.destroy";
    const ON: &str = "github:protected_branch.create";
    const EDIT: &str = "github:protected_branch.update_name";

    /// The verdict on the protection of acme/pay after some edits by ann.
    fn verdict(edits: &[(&str, f64, Outcome)], prepare: impl Fn(&mut Scene)) -> &'static str {
        let mut scene = Scene::new();
        scene.controls();
        scene.logs_edits("github");
        prepare(&mut scene);
        for (action, at, outcome) in edits {
            scene.event("ann", action, Some("acme/pay"), *at, *outcome);
        }
        let all = scene.verdicts("control-lapse").into_iter();
        let mut own = all.filter(|(id, _)| id.starts_with("event-"));
        own.next().map_or("none", |(_, verdict)| verdict)
    }

    #[test]
    fn spans() {
        let off = |from: f64| (OFF, from, Allowed);
        let on = |at: f64| (ON, at, Allowed);
        assert_eq!(verdict(&[off(9.0)], |_| {}), "violation");
        assert_eq!(verdict(&[off(9.0), on(9.1)], |_| {}), "violation");
        assert_eq!(verdict(&[off(-9.0), on(3.0)], |_| {}), "violation");
        assert_eq!(verdict(&[off(-9.0)], |_| {}), "violation");
        assert_eq!(verdict(&[off(-9.0), on(-3.0)], |_| {}), "pass");
        assert_eq!(verdict(&[off(-9.0), on(1.0)], |_| {}), "pass");
        assert_eq!(verdict(&[off(-9.0), (ON, -3.0, Unknown)], |_| {}), "violation");
        assert_eq!(verdict(&[off(33.0)], |_| {}), "none");
        assert_eq!(verdict(&[(EDIT, 9.0, Allowed), off(32.0)], |_| {}), "pass");
        assert_eq!(verdict(&[(EDIT, 9.0, Allowed)], |_| {}), "pass");
        assert_eq!(verdict(&[(OFF, 9.0, Denied)], |_| {}), "none");
        assert_eq!(verdict(&[(OFF, 9.0, Unknown)], |_| {}), "indeterminate");
        assert_eq!(verdict(&[(OFF, 9.0, Unknown), off(9.5)], |_| {}), "violation");
    }

    #[test]
    fn what_was_merged_meanwhile_is_named() {
        let mut scene = Scene::new();
        scene.controls();
        scene.event("ann", OFF, Some("acme/pay"), 9.0, Allowed);
        scene.event("bob", ON, Some("acme/pay"), 9.4, Allowed);
        scene.change(1, "bob", "cat", 9.2);
        scene.change(2, "bob", "cat", 9.6);
        scene.change(3, "bob", "cat", 9.0);
        scene.change(4, "bob", "cat", 9.4);
        scene.assess(|assessment| {
            let own = |e: &&crate::crossref::Exception| e.rule.id == "control-lapse";
            let lapse = assessment.exceptions.iter().find(own).unwrap();
            assert!(lapse.statement.ends_with("merged meanwhile: github:acme/pay#1"));
            assert_eq!(lapse.severity, crate::policy::Severity::High);
        });
    }

    #[test]
    fn of_many_merged_meanwhile_five_are_named() {
        let told = |changes: u32| {
            let mut scene = Scene::new();
            scene.controls();
            scene.event("ann", OFF, Some("acme/pay"), 9.0, Allowed);
            (1..=changes).for_each(|n| scene.change(n, "bob", "cat", 9.2));
            scene.found("control-lapse").pop().unwrap().statement
        };
        let (five, six) = (told(5), told(6));
        assert!(five.ends_with(", github:acme/pay#5"), "{five}");
        assert!(six.ends_with(", github:acme/pay#5 and 1 more"), "{six}");
    }

    #[test]
    fn of_two_removals_the_first_began_it() {
        let mut scene = Scene::new();
        scene.controls();
        scene.event("ann", OFF, Some("acme/pay"), 9.0, Allowed);
        scene.event("bob", OFF, Some("acme/pay"), 9.5, Allowed);
        let found = scene.found("control-lapse").pop().unwrap();
        assert!(found.statement.starts_with("Ann removed "), "{}", found.statement);
    }

    #[test]
    fn a_control_put_in_place_may_have_been_missing_before() {
        let first = |merged: Option<f64>| {
            verdict(&[(ON, 9.0, Allowed)], |scene| {
                scene.change(2, "bob", "cat", 15.0);
                if let Some(at) = merged {
                    scene.change(1, "bob", "cat", at);
                }
            })
        };
        assert_eq!(first(None), "pass");
        assert_eq!(first(Some(12.0)), "pass");
        assert_eq!(first(Some(5.0)), "indeterminate");
        assert_eq!(verdict(&[(ON, 9.0, Allowed)], |_| {}), "indeterminate");
    }

    #[test]
    fn without_a_removal_only_a_whole_log_proves() {
        let edited =
            |prepare: &dyn Fn(&mut Scene)| verdict(&[(EDIT, 9.0, Allowed)], |scene| prepare(scene));
        assert_eq!(edited(&|s| s.gap("a page is missing")), "indeterminate");
        let of_control = |prepare: &dyn Fn(&mut Scene)| {
            let mut scene = Scene::new();
            scene.controls();
            prepare(&mut scene);
            scene.verdicts("control-lapse").remove(0).1
        };
        assert_eq!(of_control(&|_| {}), "not applicable");
        assert_eq!(of_control(&|s| s.system("github")), "indeterminate");
        assert_eq!(of_control(&|s| s.logs_edits("github")), "pass");
        assert_eq!(
            of_control(&|s| {
                s.logs_edits("github");
                s.reject("odd")
            }),
            "indeterminate"
        );
    }

    #[test]
    fn weakened_and_used_is_told_once() {
        let mut scene = Scene::new();
        scene.controls();
        scene.event("ann", OFF, Some("acme/pay"), 9.0, Allowed);
        scene.change(1, "ann", "cat", 9.2);
        scene.approve(1, "bob", 9.1);
        scene.assess(|assessment| {
            let own = |e: &&crate::crossref::Exception| e.rule.id.starts_with("control-");
            let led: Vec<_> = assessment.exceptions.iter().filter(own).map(|e| e.rule.id).collect();
            assert_eq!(led, ["control-weakened"]);
        });
    }
}
