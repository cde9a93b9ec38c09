use std::collections::BTreeSet;

use super::super::{
    ChangeFacts, Context, Finding, Test, Ticket, Who,
    execution::{in_production, is_execution, when},
    rule, ticket,
};
use crate::model::{Duty, Instant, LinkKind, Origin, SubjectState};

rule! {
    /// ## What it tests
    /// Every merged change that has a ticket: that a ticket of it was made and approved before the
    /// change was merged, or before its head or result was executed in production if that came first.
    /// An approval that its giver had taken back by then is none. One such ticket is enough: another
    /// may follow up. A ticket belongs to a change where an export links the two, or where the
    /// change's title names it by a key that policy knows.
    ///
    /// ## Why it matters
    /// A ticket that is written or approved once the change is live records a decision that nobody
    /// made. It makes the file complete and the control empty.
    ///
    /// ## What it cannot see
    /// What a ticket said before it was edited, and that a ticket made in time was about something
    /// else.
    pub(super) static TICKET_AFTER_CHANGE = "ticket-after-change" {
        summary: "the change's ticket was made or approved after the change took effect",
        class: Breach,
        severity: Medium,
        criteria: ["CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

/// How one ticket stands to the moment at which the change took effect.
enum Timing {
    InTime,
    Late(String, Vec<Who>),
    Unknown(String),
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    if facts.case.tickets.is_empty() {
        return Finding::not_applicable("no ticket is known to belong to it");
    }
    let effect = effect(cx, facts);
    let judged: Vec<_> =
        facts.case.tickets.iter().map(|ticket| (*ticket, timing(cx, *ticket, &effect))).collect();
    let places: Vec<Origin> = facts.case.tickets.iter().flat_map(|t| shown(cx, *t)).collect();
    let in_time = judged.iter().find(|(_, timing)| matches!(timing, Timing::InTime));
    let finding = if let Some((ticket, _)) = in_time {
        let key = ticket::key(cx, ticket.id);
        Finding::pass(format!("{key}, {}, was made and approved before", ticket.tie()))
    } else {
        let unknown = judged.iter().filter_map(|(_, timing)| match timing {
            Timing::Unknown(why) => Some(why.as_str()),
            _ => None,
        });
        late(&judged, &unknown.collect::<Vec<_>>())
    };
    finding.with_all("ticket", places)
}

/// When a change took effect.
struct Effect {
    at: Instant,
    /// When else it may have, where a time is known, and why that is not sure.
    maybe: Vec<(Option<Instant>, String)>,
}

/// The change took effect with its merge, or with an execution of its head or result in production
/// before that. One that did not end well, or that has no time, may have been that.
fn effect(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Effect {
    let change = facts.case.change.record.id;
    let links = cx.dataset.links_from(change).iter().map(|link| link.record);
    let results = links.filter(|l| matches!(l.kind, LinkKind::Head | LinkKind::MergedAs));
    let parts: BTreeSet<_> = results.map(|link| link.to).chain([change]).collect();
    let runs = parts.into_iter().flat_map(|part| cx.linked_by(part, &[LinkKind::Executes]));
    let runs: BTreeSet<_> = runs.collect();
    let mut effect = Effect { at: facts.case.merged, maybe: Vec::new() };
    let runs = runs.into_iter().filter_map(|run| cx.dataset.subject(run)).map(|run| &run.record);
    for run in runs.filter(|run| is_execution(run) && in_production(cx, run).is_ok()) {
        let id = cx.dataset.text(run.id.0);
        match (when(cx.dataset, run), run.state) {
            (Some(at), SubjectState::Done) => effect.at = at.min(effect.at),
            (Some(at), _) => {
                effect.maybe.push((Some(at), format!("{id} executed it, and how that ended")));
            }
            (None, _) => effect.maybe.push((None, format!("{id} executed it, and when"))),
        }
    }
    effect
}

fn late(judged: &[(Ticket, Timing)], unknown: &[&str]) -> Finding {
    if !unknown.is_empty() {
        return Finding::indeterminate(unknown.join("; "));
    }
    let late = judged.iter().filter_map(|(_, timing)| match timing {
        Timing::Late(told, who) => Some((told.as_str(), who)),
        _ => None,
    });
    let (told, who): (Vec<_>, Vec<_>) = late.unzip();
    Finding::violation(told.join("; "), who.into_iter().flatten().copied().collect())
}

fn timing(cx: &Context<'_>, ticket: Ticket, effect: &Effect) -> Timing {
    let (key, tie) = (ticket::key(cx, ticket.id), ticket.tie());
    let Some(subject) = ticket.described(cx) else {
        return Timing::Unknown(format!("no export holds {key}, {tie}"));
    };
    let asked = cx.dataset.acts_on(ticket.id).iter();
    let asked = asked.filter(|act| act.record.duty == Duty::Request);
    let when = cx.clock(effect.at);
    match subject.record.created {
        Some(at) if at > effect.at => {
            let told = format!(
                "{key}, {tie}, was made on {}, and the change took effect on {when}",
                cx.clock(at)
            );
            return Timing::Late(told, asked.map(|act| cx.who(act.record.by)).collect());
        }
        None => return Timing::Unknown(format!("no export says when {key} was made")),
        Some(_) => {}
    }
    let then = ticket::approvals(cx, ticket.id, Some(effect.at));
    if then.standing.iter().any(|act| act.record.at.is_some()) {
        return before_all(cx, ticket, subject.record.created, effect);
    }
    if !then.doubtful.is_empty() {
        return Timing::Unknown(format!(
            "whether an approval of {key} had been taken back by then cannot be told"
        ));
    }
    let approvals: Vec<_> = ticket::approvals(cx, ticket.id, None).all().collect();
    let times = || approvals.iter().map(|act| act.record.at);
    match times().flatten().min().filter(|_| times().all(|at| at.is_some())) {
        Some(first) => {
            let told = format!(
                "{key}, {tie}, was approved on {}, and the change took effect on {when}",
                cx.clock(first)
            );
            Timing::Late(told, approvals.iter().map(|act| cx.who(act.record.by)).collect())
        }
        None if approvals.is_empty() => {
            Timing::Unknown(format!("no export shows an approval of {key}, {tie}"))
        }
        None => Timing::Unknown(format!("no export says when {key} was approved")),
    }
}

/// A ticket in time for the effect that is known must be so for those that may have come before it.
fn before_all(
    cx: &Context<'_>,
    ticket: Ticket,
    created: Option<Instant>,
    effect: &Effect,
) -> Timing {
    let in_time = |at: Instant| {
        let at = at.min(effect.at);
        let then = ticket::approvals(cx, ticket.id, Some(at)).standing;
        created.is_some_and(|created| created <= at)
            && then.iter().any(|act| act.record.at.is_some())
    };
    let late = effect.maybe.iter().find(|(at, _)| !at.is_some_and(in_time));
    match late {
        Some((_, why)) => Timing::Unknown(format!("{why} is not known")),
        None => Timing::InTime,
    }
}

/// The records of a ticket: itself and its approvals.
fn shown(cx: &Context<'_>, ticket: Ticket) -> Vec<Origin> {
    let approvals: BTreeSet<_> =
        ticket::relied_on(cx, ticket.id).all().map(|act| act.origin).collect();
    let own = ticket.described(cx).map(|subject| subject.origin);
    own.into_iter().chain(approvals).collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        model::SubjectState,
    };

    fn verdict(prepare: impl Fn(&mut Scene)) -> Verdict {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.merged_as(1, "m1");
        prepare(&mut scene);
        scene.verdict("ticket-after-change")
    }

    fn ticket(scene: &mut Scene, key: &str, created: f64, approved: &[f64]) {
        scene.ticket(key, "ann", created);
        scene.answers(key, 1);
        for at in approved {
            scene.approve_ticket(key, "bob", *at);
        }
    }

    #[test]
    fn times() {
        let of =
            |created: f64, approved: &[f64]| verdict(|s| ticket(s, "CHG-1", created, approved));
        assert_eq!(of(7.0, &[8.0]), Verdict::Pass);
        assert_eq!(of(7.0, &[8.0, 9.5]), Verdict::Pass);
        assert_eq!(of(7.0, &[9.5]), Verdict::Violation);
        assert_eq!(of(9.1, &[9.5]), Verdict::Violation);
        assert_eq!(of(9.1, &[]), Verdict::Violation);
        assert_eq!(of(7.0, &[]), Verdict::Indeterminate);
    }

    #[test]
    fn one_ticket_in_time_is_enough_and_one_that_is_not_known_leaves_it_open() {
        let with = |approved: &'static [f64]| {
            verdict(move |s| {
                ticket(s, "CHG-1", 9.5, &[9.6]);
                ticket(s, "CHG-2", 7.0, approved);
            })
        };
        assert_eq!(with(&[8.0]), Verdict::Pass);
        assert_eq!(with(&[]), Verdict::Indeterminate);
        assert_eq!(with(&[9.7]), Verdict::Violation);
    }

    #[test]
    fn an_execution_before_the_merge_took_effect_then() {
        let verdict = verdict(|s| {
            ticket(s, "CHG-1", 7.0, &[8.5]);
            s.execute(7, "bob", "m1", 8.2);
        });
        assert_eq!(verdict, Verdict::Violation);
        let elsewhere = |s: &mut Scene| {
            s.policy.production = vec![crate::policy::Production {
                environments: vec![crate::policy::Pattern::new("live")],
                repositories: Vec::new(),
                line: 1,
            }];
            ticket(s, "CHG-1", 7.0, &[8.5]);
            s.execute(7, "bob", "m1", 8.2);
        };
        assert_eq!(super::tests::verdict(elsewhere), Verdict::Pass);
    }

    #[test]
    fn who_executed_it_and_how_that_ended_do_not_excuse_it() {
        let of = |who: &'static str, revision: &'static str, state| {
            verdict(move |s| {
                ticket(s, "CHG-1", 7.0, &[8.5]);
                s.head(1);
                s.execution(7, who, revision, 8.2, state);
            })
        };
        assert_eq!(of("", "m1", SubjectState::Done), Verdict::Violation);
        assert_eq!(of("bob", "a1", SubjectState::Done), Verdict::Violation);
        assert_eq!(of("bob", "m1", SubjectState::Abandoned), Verdict::Indeterminate);
        assert_eq!(of("bob", "m1", SubjectState::Unknown), Verdict::Indeterminate);
    }

    #[test]
    fn an_execution_that_did_not_end_well_counts_before_the_known_effect_only() {
        let abandoned = |at: f64, prepare: fn(&mut Scene)| {
            verdict(move |s| {
                ticket(s, "CHG-1", 7.0, &[8.0]);
                s.execution(7, "bob", "m1", at, SubjectState::Abandoned);
                prepare(s);
            })
        };
        assert_eq!(abandoned(8.2, |_| {}), Verdict::Pass);
        assert_eq!(abandoned(7.9, |_| {}), Verdict::Indeterminate);
        assert_eq!(abandoned(9.5, |s| s.refuse_ticket("CHG-1", "bob", 9.3)), Verdict::Pass);
        let executed_before: fn(&mut Scene) = |s| {
            s.execute(6, "bob", "m1", 8.2);
            s.refuse_ticket("CHG-1", "bob", 8.6);
        };
        assert_eq!(abandoned(8.9, executed_before), Verdict::Pass);
    }

    #[test]
    fn the_ticket_and_its_approvals_are_shown() {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        ticket(&mut scene, "CHG-1", 7.0, &[8.0, 8.5]);
        let found = scene.found("ticket-after-change").remove(0);
        let shown = found.evidence.iter().filter(|shown| shown.shows == "ticket");
        assert_eq!(shown.count(), 3);
    }

    #[test]
    fn an_approval_is_judged_at_the_moment_of_the_change() {
        let refused = |at: f64| {
            verdict(move |s| {
                ticket(s, "CHG-1", 7.0, &[8.0, 9.7]);
                s.refuse_ticket("CHG-1", "bob", at);
            })
        };
        assert_eq!(refused(8.5), Verdict::Violation);
        assert_eq!(refused(9.5), Verdict::Pass);
    }

    #[test]
    fn without_a_ticket_there_is_nothing_to_test() {
        assert_eq!(verdict(|_| {}), Verdict::NotApplicable);
        assert_eq!(verdict(|s| s.answers("CHG-1", 1)), Verdict::Indeterminate);
    }
}
