use super::super::{ChangeFacts, Context, Finding, Person, Test, rule, ticket};
use crate::policy::TicketNeed;

rule! {
    /// ## What it tests
    /// Every merged change that needs a ticket: that an export holds one that belongs to it. Policy
    /// says with `required` which changes need one: none, those that an agent took part in, or all.
    /// Whoever is not known may be an agent.
    /// A ticket belongs to a change where an export links the two, or where the change's title names
    /// it by a key that policy knows; a key that no export holds proves nothing.
    ///
    /// ## Why it matters
    /// The ticket says who wanted the change and why. Without it nobody but the author decided that
    /// there should be one, and of an agent's change nobody may have.
    ///
    /// ## What it cannot see
    /// Whether the ticket is about this change. Where the title names it, that rests on what the
    /// author wrote, and the verdict says so.
    pub(super) static NO_TICKET = "no-ticket" {
        summary: "a change that needs a ticket has none",
        class: Breach,
        severity: Medium,
        criteria: ["CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let unknown = by_whom_unknown(cx, facts);
    match cx.policy.tickets.required {
        TicketNeed::Never => return Finding::not_applicable("policy asks for no ticket"),
        TicketNeed::Agents if !facts.by_agent && unknown.is_none() => {
            return Finding::not_applicable("policy asks for tickets of agents' changes alone");
        }
        TicketNeed::Agents | TicketNeed::Always => {}
    }
    let tickets = &facts.case.tickets;
    let held = tickets.iter().find_map(|ticket| Some((ticket, ticket.described(cx)?)));
    if let Some((ticket, subject)) = held {
        let key = ticket::key(cx, ticket.id);
        return Finding::pass(format!("its ticket is {key}, {}", ticket.tie()))
            .with("ticket", subject.origin);
    }
    if let Some(why) = unknown.filter(|_| cx.policy.tickets.required == TicketNeed::Agents) {
        return Finding::indeterminate(why);
    }
    if let Some(ticket) = tickets.first() {
        let key = ticket::key(cx, ticket.id);
        return Finding::indeterminate(format!("{key} is linked to it, and no export holds {key}"));
    }
    if ticket::held(cx.dataset).next().is_none() {
        return Finding::indeterminate("no export holds tickets");
    }
    if !ticket::ties_known(cx) {
        return Finding::indeterminate(
            "no export links tickets to changes, and policy knows no keys of tickets",
        );
    }
    Finding::violation(told(cx, facts), facts.contributors(cx))
}

/// Why it is not known whether an agent took part; `None` if it is.
fn by_whom_unknown(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Option<String> {
    if facts.by_agent {
        return None;
    }
    let contributions = facts.case.contributions();
    let nobody = contributions
        .iter()
        .find(|act| matches!(cx.identities.person(act.record.by), Person::Unknown(_)));
    match nobody {
        Some(act) => {
            let name = cx.name(act.record.by);
            Some(format!("{name} resolves to nobody, so whether an agent took part is not known"))
        }
        None if contributions.is_empty() => {
            Some("no export shows who wrote it, so whether an agent took part is not known".into())
        }
        None => None,
    }
}

/// Says what its title names all the same.
fn told(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> String {
    let title = facts.case.change.record.title.map_or("", |title| cx.dataset.text(title));
    let keys = &cx.policy.tickets.keys;
    let named = ticket::words(title).find(|word| keys.iter().any(|key| key.matches(word)));
    match named {
        Some(key) => format!("its title names {key}, which no export holds, and none is linked"),
        None => "no ticket is linked to it, and its title names none".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{
            Verdict,
            scene::{Scene, day},
        },
        model::{Subject, SubjectKind, SubjectState},
        policy::{Pattern, TicketNeed},
    };

    fn verdict(author: &str, required: TicketNeed, prepare: impl Fn(&mut Scene)) -> Verdict {
        let mut scene = Scene::new();
        scene.policy.tickets.required = required;
        scene.titled(1, "CHG-9: faster");
        prepare(&mut scene);
        scene.change(1, author, "cat", 9.0);
        scene.verdict("no-ticket")
    }

    fn other_ticket(scene: &mut Scene) {
        scene.ticket("CHG-1", "ann", 3.0);
        scene.answers("CHG-1", 77);
    }

    #[test]
    fn policy_says_which_changes_need_one() {
        use TicketNeed::{Agents, Always, Never};
        assert_eq!(verdict("ann", Never, other_ticket), Verdict::NotApplicable);
        assert_eq!(verdict("ann", Agents, other_ticket), Verdict::NotApplicable);
        assert_eq!(verdict("bot", Agents, other_ticket), Verdict::Violation);
        assert_eq!(verdict("ann", Always, other_ticket), Verdict::Violation);
    }

    #[test]
    fn who_is_not_known_may_be_an_agent() {
        let verdict = verdict("stranger", TicketNeed::Agents, other_ticket);
        assert_eq!(verdict, Verdict::Indeterminate);
    }

    #[test]
    fn a_ticket_is_linked_or_named() {
        let always = |prepare: fn(&mut Scene)| verdict("ann", TicketNeed::Always, prepare);
        let linked: fn(&mut Scene) = |s| {
            s.ticket("CHG-1", "ann", 3.0);
            s.answers("CHG-1", 1);
        };
        assert_eq!(always(linked), Verdict::Pass);
        let named: fn(&mut Scene) = |s| {
            s.policy.tickets.keys = vec![Pattern::new("CHG-*")];
            s.ticket("CHG-9", "ann", 3.0);
        };
        assert_eq!(always(named), Verdict::Pass);
        let bogus: fn(&mut Scene) = |s| {
            s.policy.tickets.keys = vec![Pattern::new("CHG-*")];
            s.ticket("CHG-1", "ann", 3.0);
        };
        assert_eq!(always(bogus), Verdict::Violation);
    }

    #[test]
    fn what_the_exports_cannot_show_stays_open() {
        let always = |prepare: fn(&mut Scene)| verdict("ann", TicketNeed::Always, prepare);
        assert_eq!(always(|_| {}), Verdict::Indeterminate);
        assert_eq!(always(|s| s.answers("CHG-1", 1)), Verdict::Indeterminate);
        assert_eq!(always(|s| s.ticket("CHG-9", "ann", 3.0)), Verdict::Indeterminate);
    }

    #[test]
    fn a_change_that_nobody_is_seen_to_have_written_may_be_an_agents() {
        let mut scene = Scene::new();
        scene.policy.tickets.required = TicketNeed::Agents;
        other_ticket(&mut scene);
        let (id, place) = (scene.batch.subject_id("github", "acme/pay#1"), scene.place());
        let subject = Subject {
            state: SubjectState::Done,
            repository: scene.batch.maybe(Some("acme/pay")),
            target: scene.batch.maybe(Some("main")),
            done: Some(day(9.0)),
            ..Subject::new(id, SubjectKind::Change)
        };
        scene.batch.subject(place, subject);
        assert_eq!(scene.verdict("no-ticket"), Verdict::Indeterminate);
    }
}
