use super::super::{
    Case, Context, Coverage, Edit, Effect, Finding, Guarded, Sameness, Test, Who,
    control::coverage_until, coverage, rule,
};
use crate::{
    model::{AccountId, Duty, Instant, LinkKind, Located, Origin, Outcome},
    policy::Severity,
};

rule! {
    /// ## What it tests
    /// Every edit of a control that a log of the period shows, such as of a branch's protection or of
    /// an audit trail: that who edited it did not profit within the hours that policy names in
    /// `[windows] control-weakened-hours`. To profit is to write or merge a change there, to put
    /// something there into production, to go around a control there, or to run a playbook in that
    /// system. What a removed control could be used for ends when it is put back.
    ///
    /// ## Why it matters
    /// Nobody needs to break a rule that they can switch off. Each step alone is in order; together
    /// they are a change that only its author allowed.
    ///
    /// ## What it cannot see
    /// What an edit changed: a log that says that a rule was edited does not say for better or worse,
    /// so such an edit weighs less than a removal. Edits of code owners and workflows, which are
    /// changes like others. Accomplices, and profits that no export shows.
    pub(super) static CONTROL_WEAKENED = "control-weakened" {
        summary: "somebody edited a control and profited soon after",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC6.1", "CC7.2", "CC8.1"],
        needs: [],
        implies: ["control-lapse"],
        since: "0.1.0",
        test: Test::Control(test),
    }
}

fn test(cx: &Context<'_>, guarded: &Guarded<'_>) -> Vec<Finding> {
    if guarded.edits.is_empty() {
        return vec![not_edited(cx, guarded)];
    }
    let inside = |edit: &&Edit<'_>| cx.period.contains(edit.decision.record.at);
    let edits: Vec<_> = guarded.edits.iter().filter(inside).collect();
    if edits.is_empty() {
        return vec![Finding::not_applicable("it was edited before the period only")];
    }
    let weakens = |edit: &&&Edit<'_>| edit.effect != Effect::Restores;
    let found: Vec<_> = edits.iter().filter(weakens).map(|edit| judge(cx, guarded, edit)).collect();
    if found.is_empty() {
        let places = edits.iter().map(|edit| edit.decision.origin);
        return vec![Finding::pass("it was only put in place").with_all("edit", places)];
    }
    found
}

fn not_edited(cx: &Context<'_>, guarded: &Guarded<'_>) -> Finding {
    let name = &guarded.control.name;
    match coverage(cx, guarded.control.systems()) {
        Coverage::Whole if guarded.is_edited_elsewhere(cx) => Finding::pass(format!(
            "the logs show no edit of {name} but those that are judged by themselves"
        )),
        Coverage::Whole => Finding::pass(format!("the logs show no edit of {name}")),
        Coverage::Elsewhere(system) => {
            Finding::not_applicable(format!("nothing of {system} is in the evidence"))
        }
        Coverage::Missing(why) => Finding::indeterminate(format!("edits of {name}: {why}")),
    }
}

/// Something that an editor of the control did soon after.
struct Profit {
    by: AccountId,
    told: String,
    origin: Origin,
}

fn judge(cx: &Context<'_>, guarded: &Guarded<'_>, edit: &Edit<'_>) -> Finding {
    let record = edit.decision.record;
    let hours = cx.policy.windows.control_weakened_hours;
    let over = record.at.shifted(i64::from(hours) * 3600);
    let back = guarded
        .edits
        .iter()
        .find(|later| later.effect == Effect::Restores && later.decision.record.at > record.at);
    let until = match (edit.effect, back) {
        (Effect::Removes, Some(back)) => over.min(back.decision.record.at),
        _ => over,
    };
    let (mut own, mut open) = (Vec::new(), Vec::new());
    for profit in profits(cx, guarded, record.at, until) {
        match cx.identities.same(profit.by, record.actor) {
            Sameness::Same => own.push(profit),
            Sameness::Unknown => open.push(profit),
            Sameness::Different => {}
        }
    }
    let did = if edit.effect == Effect::Removes { "removed" } else { "edited" };
    let editor = cx.who(record.actor);
    let on = cx.clock(record.at);
    let told = format!("{} {did} {} on {on}", cx.who_name(editor), guarded.name(cx));
    let finding = if !own.is_empty() && record.outcome != Outcome::Unknown {
        violation(cx, edit, &told, &own)
    } else if !own.is_empty() {
        Finding::indeterminate(format!("{told}; the log does not say if that went through"))
    } else if let Some(profit) = open.first() {
        let told = format!("{told}; whether the same person {} cannot be told", profit.told);
        Finding::indeterminate(told).with("act soon after", profit.origin)
    } else if until > cx.as_of {
        Finding::indeterminate(format!("{told}; the {hours} hours after it are not over yet"))
    } else if let Some(why) = unseen(cx, guarded, until) {
        Finding::indeterminate(format!("{told}; {why}"))
    } else {
        Finding::pass(format!("{told}, and did nothing there within {hours} hours"))
    };
    let about = cx.dataset.text(record.request.unwrap_or(record.action)).to_owned();
    Finding { about: Some(about), ..finding }.with("edit", edit.decision.origin)
}

fn violation(cx: &Context<'_>, edit: &Edit<'_>, told: &str, own: &[Profit]) -> Finding {
    let mut all: Vec<&str> = Vec::new();
    for profit in own {
        if !all.contains(&profit.told.as_str()) {
            all.push(&profit.told);
        }
    }
    // Whoever merged a change took part in it.
    let merged: Vec<_> = all.iter().filter_map(|told| told.strip_prefix("merged ")).collect();
    all.retain(|told| told.strip_prefix("took part in ").is_none_or(|id| !merged.contains(&id)));
    let shown: Vec<_> = all.iter().take(3).copied().collect();
    let more = match all.len() - shown.len() {
        0 => String::new(),
        more => format!(" and did {more} more such things"),
    };
    let mut who: Vec<Who> = own.iter().map(|profit| cx.who(profit.by)).collect();
    who.push(cx.who(edit.decision.record.actor));
    let told = format!("{told}; then they {}{more}", shown.join(", "));
    let mut finding = Finding::violation(told, who)
        .with_all("act soon after", own.iter().map(|profit| profit.origin));
    // A log that says "edited" may tell of a control that was made stronger.
    finding.severity = (edit.effect == Effect::Edits).then_some(Severity::Medium);
    finding
}

/// Why a profit would not be seen.
fn unseen(cx: &Context<'_>, guarded: &Guarded<'_>, until: Instant) -> Option<String> {
    let when = "the end of the time in question";
    if let Coverage::Missing(why) = coverage_until(cx, guarded.control.systems(), until, when) {
        return Some(why);
    }
    if !guarded.is_of_changes(cx) {
        return None;
    }
    let Some(resource) = guarded.resource else {
        return Some("the log does not say of which repository".to_owned());
    };
    (!guarded.has_changes(cx))
        .then(|| format!("no export shows the changes of {}", cx.dataset.text(resource)))
}

/// Tells whether something was done between two moments. Exports of one system may cut their times
/// to the second, so whatever was done in the second of the edit counts as done after it.
fn is_within(at: Instant, from: Instant, until: Instant) -> bool {
    from.seconds() <= at.seconds() && at < until
}

/// How changes name their commits.
const OF_CHANGES: &[LinkKind] = &[LinkKind::Contains, LinkKind::Head, LinkKind::MergedAs];

/// What anybody did there after `from`, up to `until`.
fn profits(cx: &Context<'_>, guarded: &Guarded<'_>, from: Instant, until: Instant) -> Vec<Profit> {
    let after = |at: Option<Instant>| at.is_some_and(|at| is_within(at, from, until));
    let mut all = Vec::new();
    let here = |change: &&Located<crate::model::Subject>| {
        after(change.record.done)
            && change.record.repository.is_some_and(|r| guarded.guards(cx, r))
            && guarded.guards_branch(cx, change.record.target)
    };
    for change in cx.changes().filter(here) {
        let id = cx.dataset.text(change.record.id.0);
        let Some(case) = Case::gather(cx, change) else { continue };
        let merges = case.did_directly(Duty::Merge).map(|act| (act, "merged"));
        let writes = case.contributions().into_iter().map(|act| (act, "took part in"));
        for (act, did) in merges.chain(writes) {
            let told = format!("{did} {id}");
            all.push(Profit { by: act.record.by, told, origin: act.origin });
        }
    }
    for act in cx.executions.iter().filter(|act| after(act.record.at)) {
        let subject = cx.dataset.subject(act.record.to).map(|subject| subject.record);
        let repository = subject.and_then(|subject| subject.repository);
        if repository.is_some_and(|repository| guarded.guards(cx, repository)) {
            let told = format!("executed {}", cx.dataset.text(act.record.to.0));
            all.push(Profit { by: act.record.by, told, origin: act.origin });
        }
    }
    for id in &cx.mainline {
        let Some(commit) = cx.dataset.subject(*id).filter(|c| after(c.record.done)) else {
            continue;
        };
        let guarded_too = commit.record.repository.is_some_and(|r| guarded.guards(cx, r));
        // What came with a change is told by the change.
        let elsewhere = !guarded.guards_branch(cx, commit.record.target);
        if !guarded_too || elsewhere || cx.linked_by(*id, OF_CHANGES).next().is_some() {
            continue;
        }
        for act in cx.dataset.acts_on(*id).iter().filter(|act| act.record.duty == Duty::Author) {
            let told = format!("put {} on the branch", cx.dataset.text(id.0));
            all.push(Profit { by: act.record.by, told, origin: act.origin });
        }
    }
    all.extend(decided(cx, guarded, from, until));
    all
}

/// Overrides there, and runs of playbooks in the control's system.
fn decided(cx: &Context<'_>, guarded: &Guarded<'_>, from: Instant, until: Instant) -> Vec<Profit> {
    let systems = guarded.control.systems();
    let in_system = |action: &str| systems.iter().any(|s| action.split(':').next() == Some(*s));
    let within = |at: Instant| is_within(at, from, until);
    let named = |resource: &str| {
        let whole = guarded.resource.map(|own| cx.dataset.text(own));
        !guarded.is_of_changes(cx)
            || whole.is_none_or(|own| own.split('@').next() == resource.split('@').next())
    };
    let overrides = cx.dataset.decisions().iter().filter(|d| {
        let on = d.record.resource.map_or("", |resource| cx.dataset.text(resource));
        d.record.outcome == Outcome::Bypassed && within(d.record.at) && named(on)
    });
    let runs = cx.playbooks.runs.iter().copied().filter(|d| within(d.record.at));
    let all = overrides.map(|d| (d, "went around a control by")).chain(runs.map(|d| (d, "ran")));
    all.filter(|(d, _)| in_system(cx.dataset.text(d.record.action)))
        .map(|(d, did)| Profit {
            by: d.record.actor,
            told: format!("{did} {}", cx.dataset.text(d.record.action)),
            origin: d.origin,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{
            Finding,
            scene::{Scene, day},
        },
        model::{
            Duty,
            Outcome::{self, Allowed, Bypassed, Unknown},
        },
        policy::Severity,
    };

    const OFF: &str = "github:protected_branch.destroy";
    const ON: &str = "github:protected_branch.create";
    const EDIT: &str = "github:protected_branch.update_name";

    /// The verdicts on protection of acme/pay, which ann edited on the ninth.
    fn verdicts(action: &str, outcome: Outcome, prepare: impl Fn(&mut Scene)) -> Vec<&'static str> {
        let mut scene = Scene::new();
        scene.controls();
        scene.logs_edits("github");
        scene.change(9, "cat", "cat", 3.0);
        scene.event("ann", action, Some("acme/pay"), 9.0, outcome);
        prepare(&mut scene);
        let all = scene.verdicts("control-weakened").into_iter();
        all.filter(|(id, _)| id.starts_with("event-")).map(|(_, verdict)| verdict).collect()
    }

    #[test]
    fn who_profits() {
        let after = |author: &'static str, merger: &'static str, at: f64| {
            verdicts(OFF, Allowed, |scene| scene.change(1, author, merger, at))
        };
        assert_eq!(after("ann", "cat", 9.5), ["violation"]);
        assert_eq!(after("bob", "ann", 9.5), ["violation"]);
        assert_eq!(after("bot", "cat", 9.5), ["violation"]);
        assert_eq!(after("bob", "cat", 9.5), ["pass"]);
        assert_eq!(after("stranger", "cat", 9.5), ["indeterminate"]);
        assert_eq!(after("ann", "cat", 10.0), ["pass"]);
        assert_eq!(after("ann", "cat", 10.1), ["pass"]);
        assert_eq!(after("ann", "cat", 8.9), ["pass"]);
    }

    #[test]
    fn other_profits() {
        let bypass = verdicts(EDIT, Allowed, |scene| {
            scene.event("ann", "github:x.override", Some("acme/pay@main"), 9.2, Bypassed);
        });
        assert_eq!(bypass, ["violation"]);
        let elsewhere = verdicts(EDIT, Allowed, |scene| {
            scene.event("ann", "github:x.override", Some("acme/shop@main"), 9.2, Bypassed);
        });
        assert_eq!(elsewhere, ["pass"]);
        let push = verdicts(OFF, Allowed, |s| s.commit("ann", "pushed", &[], 9.2));
        assert_eq!(push, ["violation"]);
        let deployed = verdicts(OFF, Allowed, |scene| {
            scene.deployment("acme/pay/deployments/1", "a9", 9.2);
            scene.act("ann", Duty::Execute, "acme/pay/deployments/1", 9.2, None);
        });
        assert_eq!(deployed, ["violation"]);
    }

    /// What is found of the protection of acme/pay, which ann edited on the ninth.
    fn found(action: &str, prepare: impl Fn(&mut Scene)) -> Finding {
        let mut scene = Scene::new();
        scene.controls();
        scene.event("ann", action, Some("acme/pay"), 9.0, Allowed);
        prepare(&mut scene);
        scene.found("control-weakened").pop().unwrap()
    }

    #[test]
    fn what_is_told() {
        let merges = |scene: &mut Scene| scene.change(1, "ann", "ann", 9.5);
        let (off, edit) = (found(OFF, merges), found(EDIT, merges));
        assert!(off.statement.starts_with("Ann removed "), "{}", off.statement);
        assert!(edit.statement.starts_with("Ann edited "), "{}", edit.statement);
        assert!(off.statement.ends_with("; then they merged github:acme/pay#1"));
        assert_eq!((off.severity, edit.severity), (None, Some(Severity::Medium)));
        assert_eq!(off.about.as_deref(), Some("event-4"));
        let more = found(OFF, |s| (1..=5).for_each(|n| s.change(n, "ann", "cat", 9.5)));
        assert!(more.statement.ends_with("pay#3 and did 2 more such things"));
    }

    #[test]
    fn hours_that_are_not_over_prove_nothing() {
        let days = |days: u32| {
            verdicts(OFF, Allowed, |s| s.policy.windows.control_weakened_hours = days * 24)
        };
        assert_eq!(days(26), ["pass"]);
        assert_eq!(days(27), ["indeterminate"]);
    }

    #[test]
    fn what_was_put_back_at_once_is_not_known_to_have_been_there() {
        let back = verdicts(OFF, Allowed, |scene| {
            scene.event("ann", ON, Some("acme/pay"), 9.0, Allowed);
            scene.change(1, "ann", "cat", 9.5);
        });
        assert_eq!(back, ["violation"]);
    }

    #[test]
    fn what_was_put_back_serves_nobody() {
        let back = |at: f64, action: &str| {
            verdicts(action, Allowed, |scene| {
                scene.event("ann", ON, Some("acme/pay"), 9.2, Allowed);
                scene.change(1, "ann", "cat", at);
            })
        };
        assert_eq!(back(9.1, OFF), ["violation"]);
        assert_eq!(back(9.3, OFF), ["pass"]);
        assert_eq!(back(9.3, EDIT), ["violation"]);
    }

    #[test]
    fn only_what_puts_it_back_later_ends_its_absence() {
        let beside = |action: &str, at: f64| {
            verdicts(OFF, Allowed, |scene| {
                scene.event("bob", action, Some("acme/pay"), at, Allowed);
                scene.change(1, "ann", "cat", 9.5);
            })
        };
        assert_eq!(beside(ON, 8.0), ["violation"]);
        assert_eq!(beside(EDIT, 9.2), ["violation", "pass"]);
    }

    #[test]
    fn what_cannot_be_told() {
        let own = |scene: &mut Scene| scene.change(1, "ann", "cat", 9.5);
        assert_eq!(verdicts(OFF, Unknown, own), ["indeterminate"]);
        let mut scene = Scene::new();
        scene.controls();
        scene.change(9, "cat", "cat", 3.0);
        scene.event("ann", OFF, Some("acme/shop"), 9.0, Allowed);
        scene.event("ann", OFF, None, 9.0, Allowed);
        let found = scene.verdicts("control-weakened");
        assert_eq!(found.iter().filter(|(_, v)| *v == "indeterminate").count(), 3, "{found:?}");
    }

    #[test]
    fn without_the_changes_nothing_is_proven() {
        let mut scene = Scene::new();
        scene.controls();
        scene.event("ann", OFF, Some("acme/pay"), 9.0, Allowed);
        let found = scene.verdicts("control-weakened");
        assert!(found.contains(&("event-4".to_owned(), "indeterminate")), "{found:?}");
    }

    #[test]
    fn a_log_that_ends_too_soon_proves_nothing() {
        let exported = |at: f64| verdicts(EDIT, Allowed, |scene| scene.export.at = Some(day(at)));
        assert_eq!(exported(9.9), ["indeterminate"]);
        assert_eq!(exported(10.0), ["pass"]);
    }

    #[test]
    fn only_the_branch_that_it_names() {
        let judged = |edited: &'static str, prepare: fn(&mut Scene)| {
            let mut scene = Scene::new();
            scene.controls();
            scene.logs_edits("github");
            scene.event("ann", EDIT, Some(edited), 9.0, Allowed);
            prepare(&mut scene);
            let all = scene.verdicts("control-weakened").into_iter();
            let mut own = all.filter(|(id, _)| id.starts_with("event-"));
            own.next().map(|(_, verdict)| verdict)
        };
        let merged = |edited| judged(edited, |s| s.change(1, "ann", "cat", 9.0));
        assert_eq!(merged("acme/pay@main"), Some("violation"));
        assert_eq!(merged("acme/pay@m*"), Some("violation"));
        assert_eq!(merged("acme/pay@release"), Some("pass"));
        let pushed = |edited| {
            judged(edited, |s| {
                s.change(1, "cat", "cat", 3.0);
                s.commit("ann", "pushed", &[], 9.2);
            })
        };
        assert_eq!(pushed("acme/pay@main"), Some("violation"));
        assert_eq!(pushed("acme/pay@release"), Some("pass"));
    }

    #[test]
    fn edits_outside_the_period_and_restorations() {
        let mut scene = Scene::new();
        scene.controls();
        scene.change(9, "cat", "cat", 3.0);
        scene.event("ann", OFF, Some("acme/pay"), -5.0, Allowed);
        let found = scene.verdicts("control-weakened");
        assert!(found.iter().any(|(_, v)| *v == "not applicable"), "{found:?}");
        assert_eq!(verdicts(ON, Allowed, |s| s.change(1, "ann", "cat", 9.5)), ["pass"]);
    }

    #[test]
    fn without_an_edit_only_a_whole_log_proves() {
        let of_control = |prepare: &dyn Fn(&mut Scene)| {
            let mut scene = Scene::new();
            scene.controls();
            prepare(&mut scene);
            scene.verdicts("control-weakened").remove(0).1
        };
        assert_eq!(of_control(&|_| {}), "not applicable");
        assert_eq!(of_control(&|s| s.system("github")), "indeterminate");
        assert_eq!(of_control(&|s| s.logs_edits("github")), "pass");
        let early = |s: &mut Scene| {
            s.logs_edits("github");
            s.export.at = Some(day(20.0));
        };
        assert_eq!(of_control(&early), "indeterminate");
        let gap = |s: &mut Scene| {
            s.logs_edits("github");
            s.gap("a page is missing");
        };
        assert_eq!(of_control(&gap), "indeterminate");
    }
}
