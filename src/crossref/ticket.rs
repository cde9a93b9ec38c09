//! The tickets of a change, and what was decided on them.
//!
//! A ticket belongs to a change where an export links the two, or where the change's title names the
//! ticket by a key that policy knows and an export holds that ticket. The second rests on what the
//! author wrote: it can make somebody a party, and it is told wherever it is relied on.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, Person};
use crate::{
    model::{Act, Dataset, Duty, Instant, LinkKind, Located, Subject, SubjectId, SubjectKind},
    policy::{Policy, TicketNeed},
};

/// A ticket of a change.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Ticket {
    /// The ticket. No export need describe it.
    pub id: SubjectId,
    /// Whether nothing but the change's title says so.
    pub named: bool,
}

impl Ticket {
    /// The tickets of a change, by id, each once.
    pub fn all_of(cx: &Context<'_>, change: SubjectId) -> Vec<Self> {
        let linked: BTreeSet<_> = cx.linked_by(change, &[LinkKind::Answers]).collect();
        let named = cx.named_by(change).filter(|id| !linked.contains(id));
        let named: Vec<_> = named.map(|id| Self { id, named: true }).collect();
        let linked = linked.iter().map(|id| Self { id: *id, named: false });
        let mut all: Vec<_> = linked.chain(named).collect();
        all.sort();
        all
    }

    /// What an export says of it; `None` if none holds it.
    pub fn described<'a>(&self, cx: &Context<'a>) -> Option<&'a Located<Subject>> {
        described(cx, self.id)
    }

    /// What ties it to the change, in words that follow its key.
    pub fn tie(&self) -> &'static str {
        if self.named { "which its title names" } else { "which an export links to it" }
    }
}

/// What an export says of a ticket.
pub(super) fn described<'a>(cx: &Context<'a>, id: SubjectId) -> Option<&'a Located<Subject>> {
    cx.dataset.subject(id).filter(|subject| subject.record.kind == SubjectKind::Ticket)
}

/// A ticket's id without its system, as people say it.
pub(super) fn key<'a>(cx: &Context<'a>, id: SubjectId) -> &'a str {
    local(cx.dataset, id)
}

fn local(dataset: &Dataset, id: SubjectId) -> &str {
    let text = dataset.text(id.0);
    text.split_once(':').map_or(text, |(_, local)| local)
}

/// The approvals of a ticket.
#[derive(Debug, Default)]
pub(super) struct Decisions<'a> {
    /// Those that stand, by time; those without a time first.
    pub(super) standing: Vec<&'a Located<Act>>,
    /// Those of which nobody can tell whether their givers took them back.
    pub(super) doubtful: Vec<&'a Located<Act>>,
}

impl<'a> Decisions<'a> {
    /// Every approval, whether it stands or may.
    pub(super) fn all(&self) -> impl Iterator<Item = &'a Located<Act>> {
        self.standing.iter().chain(&self.doubtful).copied()
    }
}

/// The approvals of a ticket that stood at a moment, or that stand at the end. Of two acts at one
/// moment the refusal wins.
pub(super) fn approvals<'a>(
    cx: &Context<'a>,
    ticket: SubjectId,
    moment: Option<Instant>,
) -> Decisions<'a> {
    let acts = cx.dataset.acts_on(ticket);
    let by_then = |at: Option<Instant>| at.zip(moment).is_none_or(|(at, moment)| at <= moment);
    let person = |act: &Located<Act>| cx.identities.person(act.record.by);
    let mut refused: BTreeMap<Person, Vec<Option<Instant>>> = BTreeMap::new();
    for act in acts.iter().filter(|act| act.record.duty == Duty::Reject && by_then(act.record.at)) {
        refused.entry(person(act)).or_default().push(act.record.at);
    }
    let mut all = Decisions::default();
    for act in acts.iter().filter(|act| act.record.duty == Duty::Approve && by_then(act.record.at))
    {
        let refusals = refused.get(&person(act)).map_or(&[][..], Vec::as_slice);
        let later = |at: &Option<Instant>| Some(at.as_ref()? >= act.record.at.as_ref()?);
        match act.record.dismissed || refusals.iter().any(|at| later(at) == Some(true)) {
            true => {}
            false if refusals.iter().any(|at| later(at).is_none()) => all.doubtful.push(act),
            false => all.standing.push(act),
        }
    }
    all
}

/// The approvals of a ticket on which something rested: those that stand, and those that stood when
/// a change of the ticket was merged, though their givers took them back since.
pub(super) fn relied_on<'a>(cx: &Context<'a>, ticket: SubjectId) -> Decisions<'a> {
    let mut all = approvals(cx, ticket, None);
    let links = cx.dataset.links_from(ticket).iter().map(|link| link.record);
    let linked = links.filter(|link| link.kind == LinkKind::Answers).map(|link| link.to);
    let changes = linked.chain(cx.naming(ticket)).filter_map(|change| cx.dataset.subject(change));
    for merged in changes.filter_map(|change| change.record.done) {
        let then = approvals(cx, ticket, Some(merged));
        all.standing.extend(then.standing);
        all.doubtful.extend(then.doubtful);
    }
    for acts in [&mut all.standing, &mut all.doubtful] {
        acts.sort_by_key(|act| (act.record.at, act.record.by, act.origin));
        acts.dedup_by_key(|act| act.origin);
    }
    let standing: BTreeSet<_> = all.standing.iter().map(|act| act.origin).collect();
    all.doubtful.retain(|act| !standing.contains(&act.origin));
    all
}

/// The tickets that are tested: of every change merged in the period, and approved in it.
pub(super) fn tested(cx: &Context<'_>) -> BTreeSet<SubjectId> {
    let of_changes =
        cx.merged().flat_map(|change| Ticket::all_of(cx, change.record.id)).map(|ticket| ticket.id);
    let inside = |at: Option<Instant>| at.is_some_and(|at| cx.period.contains(at));
    let approved = |id: &SubjectId| {
        let mut acts = cx.dataset.acts_on(*id).iter();
        acts.any(|act| act.record.duty == Duty::Approve && inside(act.record.at))
    };
    let mut all: BTreeSet<_> = held(cx.dataset).filter(approved).collect();
    all.extend(of_changes);
    all
}

/// Tells whether policy asks for no ticket and no export holds one.
pub(super) fn are_none_of_its_concern(cx: &Context<'_>) -> bool {
    cx.policy.tickets.required == TicketNeed::Never && held(cx.dataset).next().is_none()
}

/// Every ticket that an export holds.
pub(super) fn held(dataset: &Dataset) -> impl Iterator<Item = SubjectId> {
    let tickets = dataset.subjects().iter().filter(|s| s.record.kind == SubjectKind::Ticket);
    tickets.map(|ticket| ticket.record.id)
}

/// Tells whether the evidence could show that a ticket belongs to a change: some export links
/// tickets to changes, or policy knows how titles name them.
pub(super) fn ties_known(cx: &Context<'_>) -> bool {
    let links = || cx.dataset.links().iter().any(|link| link.record.kind == LinkKind::Answers);
    !cx.policy.tickets.keys.is_empty() || links()
}

/// The changes whose titles name tickets that an export holds, with those tickets, sorted.
pub(super) fn named(dataset: &Dataset, policy: &Policy) -> Vec<(SubjectId, SubjectId)> {
    let patterns = &policy.tickets.keys;
    if patterns.is_empty() {
        return Vec::new();
    }
    let is_key = |word: &str| patterns.iter().any(|pattern| pattern.matches(word));
    let mut keys: BTreeMap<String, Vec<SubjectId>> = BTreeMap::new();
    for id in held(dataset) {
        // Where the id is an internal one, the number stands before the title.
        let title = dataset.subject(id).and_then(|ticket| ticket.record.title);
        let number = title.and_then(|title| dataset.text(title).split_whitespace().next());
        let words = [Some(local(dataset, id)), number];
        let mut words = words.into_iter().flatten().map(str::to_uppercase);
        if let Some(key) = words.find(|word| is_key(word)) {
            keys.entry(key).or_default().push(id);
        }
    }
    let mut named = BTreeSet::new();
    for change in dataset.subjects().iter().filter(|s| s.record.kind == SubjectKind::Change) {
        let title = change.record.title.map_or("", |title| dataset.text(title));
        for word in words(title) {
            let tickets = keys.get(&word).into_iter().flatten();
            named.extend(tickets.map(|ticket| (change.record.id, *ticket)));
        }
    }
    named.into_iter().collect()
}

/// The words of a title that may be keys, in capitals.
pub(super) fn words(title: &str) -> impl Iterator<Item = String> {
    let breaks = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    title.split(breaks).filter(|word| !word.is_empty()).map(str::to_uppercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{crossref::scene::Scene, policy::Pattern};

    fn tickets(title: &str, prepare: impl Fn(&mut Scene)) -> Vec<(String, bool)> {
        let mut scene = Scene::new();
        scene.policy.tickets.keys = vec![Pattern::new("CHG-*")];
        scene.ticket("CHG-7", "cat", 8.0);
        scene.titled(1, title);
        scene.change(1, "ann", "cat", 9.0);
        prepare(&mut scene);
        scene.assess(|assessment| {
            let cx = assessment.cx;
            let change = cx.merged().next().unwrap().record.id;
            let all = Ticket::all_of(cx, change).into_iter();
            all.map(|ticket| (key(cx, ticket.id).to_owned(), ticket.named)).collect()
        })
    }

    #[test]
    fn a_title_names_a_ticket_that_an_export_holds() {
        for title in ["CHG-7: round", "Round (chg-7)", "CHG-7", "fix,CHG-7"] {
            assert_eq!(tickets(title, |_| {}), [("CHG-7".to_owned(), true)], "{title}");
        }
        for title in ["CHG-8: round", "XCHG-7", "CHG-7-b", "CHG", ""] {
            assert_eq!(tickets(title, |_| {}), [], "{title}");
        }
        let unknown = |scene: &mut Scene| scene.policy.tickets.keys.clear();
        assert_eq!(tickets("CHG-7: round", unknown), []);
    }

    #[test]
    fn a_link_says_more_than_a_title() {
        let linked = |scene: &mut Scene| scene.answers("CHG-7", 1);
        assert_eq!(tickets("CHG-7: round", linked), [("CHG-7".to_owned(), false)]);
    }

    #[test]
    fn an_approval_stands_until_its_giver_refuses() {
        let standing = |prepare: fn(&mut Scene)| {
            let mut scene = Scene::new();
            scene.ticket("CHG-7", "ann", 7.0);
            prepare(&mut scene);
            scene.assess(|assessment| {
                let cx = assessment.cx;
                approvals(cx, held(cx.dataset).next().unwrap(), None).standing.len()
            })
        };
        let approve = |scene: &mut Scene| scene.approve_ticket("CHG-7", "bob", 8.0);
        assert_eq!(standing(approve), 1);
        assert_eq!(
            standing(|scene| {
                scene.approve_ticket("CHG-7", "bob", 8.0);
                scene.refuse_ticket("CHG-7", "bob", 8.5);
            }),
            0
        );
        assert_eq!(
            standing(|scene| {
                scene.refuse_ticket("CHG-7", "bob", 7.5);
                scene.refuse_ticket("CHG-7", "cat", 8.5);
                scene.approve_ticket("CHG-7", "bob", 8.0);
            }),
            1
        );
    }
}
