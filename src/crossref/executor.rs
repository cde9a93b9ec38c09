//! Whether somebody who did another duty on a change executed it too: the question that the rules
//! about executing persons ask alike.

use std::collections::BTreeSet;

use super::{Context, Execution, Finding, Person, Sameness, Who, execution::is_pipeline};
use crate::{
    model::{Act, Located, Origin, SubjectId},
    policy::{PrincipalKind, Severity},
};

/// Acts of another duty on what was executed.
pub(super) struct Others<'o, 'a> {
    /// What their doers did, as it follows a name: `wrote`.
    pub(super) did: &'static str,
    /// What their records show.
    pub(super) shows: &'static str,
    /// The acts.
    pub(super) acts: &'o [&'a Located<Act>],
    /// Further acts of which nobody can tell whether they count.
    pub(super) possible: &'o [&'a Located<Act>],
    /// Evidence without which there may be more of them: which.
    pub(super) missing: Option<String>,
}

impl Execution<'_> {
    /// Tests that none of `others` was done by somebody who started the execution. A pipeline is
    /// nobody who executes: it runs what others decided.
    pub(super) fn apart(
        &self,
        cx: &Context<'_>,
        severity: Severity,
        others: &Others<'_, '_>,
    ) -> Finding {
        let starts = || self.started.iter().map(|act| act.origin);
        let persons: Vec<_> =
            self.started.iter().copied().filter(|act| !is_pipeline(cx, act.record.by)).collect();
        let all = |acts: &[&Located<Act>], wanted: Sameness| -> Vec<(Act, Act, Origin)> {
            let of = |start: &&Located<Act>| {
                let start = start.record;
                let same = move |act: &&&Located<Act>| {
                    cx.identities.same(act.record.by, start.by) == wanted
                };
                let same = acts.iter().filter(same);
                same.map(move |act| (start, act.record, act.origin)).collect::<Vec<_>>()
            };
            persons.iter().flat_map(of).collect()
        };
        let pairs = |acts: &[&Located<Act>], wanted| all(acts, wanted).first().copied();
        let own = all(others.acts, Sameness::Same);
        if let Some((start, act, _)) = own.first() {
            let told = self.told(cx, others.did, *start, *act);
            // Everybody who did both is a party, though the statement names one.
            let both = own.iter().flat_map(|(start, act, _)| [cx.who(start.by), cx.who(act.by)]);
            let who: BTreeSet<Who> = both.collect();
            let finding = Finding::violation(told, who.into_iter().collect());
            let places: BTreeSet<Origin> = own.iter().map(|(.., origin)| *origin).collect();
            return Finding { severity: Some(severity), ..finding }
                .with_all("execution", starts())
                .with_all(others.shows, places);
        }
        let open = self.left_open(cx, &persons, others).or_else(|| {
            let (start, act, _) = pairs(others.possible, Sameness::Same)?;
            let told = self.told(cx, others.did, start, act);
            Some(format!("{told}; whether that approval counts cannot be told"))
        });
        let unknown = || {
            let either = [others.acts, others.possible].concat();
            pairs(&either, Sameness::Unknown).map(|_| {
                format!("an account that {} or executed it resolves to nobody", others.did)
            })
        };
        if let Some(why) = open.or_else(unknown) {
            return Finding::indeterminate(why).with_all("execution", starts());
        }
        let told = match persons.is_empty() {
            true => format!("a pipeline executed it, and nobody who {} it did", others.did),
            false => format!("nobody who {} it executed it", others.did),
        };
        let places = others.acts.iter().map(|act| act.origin);
        Finding::pass(told).with_all("execution", starts()).with_all(others.shows, places)
    }

    fn told(&self, cx: &Context<'_>, did: &str, start: Act, act: Act) -> String {
        let (by, other) = (cx.who(start.by), cx.who(act.by));
        let (name, environment) = (cx.who_name(by), self.environment(cx));
        let part = cx.dataset.text(self.part_of(act).0);
        if by == other {
            return format!("{name} {did} {part} and executed it in {environment}");
        }
        let other = cx.who_name(other);
        format!(
            "{name} executed {part} in {environment}, which {other} {did}, and is one person with \
             {other}"
        )
    }

    /// The change that an act belongs to, else what it was done to.
    fn part_of(&self, act: Act) -> SubjectId {
        let holds = |acts: &[&Located<Act>]| acts.iter().any(|held| held.record == act);
        let facts = self.changes.iter().find(|facts| holds(&facts.case.acts));
        facts.map_or(act.to, |facts| facts.case.change.record.id)
    }

    /// Evidence without which nobody can tell who executed it or did the other duty.
    fn left_open(
        &self,
        cx: &Context<'_>,
        persons: &[&Located<Act>],
        others: &Others<'_, '_>,
    ) -> Option<String> {
        if self.started.is_empty() {
            return Some("no export says who executed it".to_owned());
        }
        let unanswered = persons.iter().find_map(|act| match cx.who(act.record.by) {
            Who::Principal(principal) => {
                let entry = cx.principal(principal);
                let alone = entry.kind == PrincipalKind::Service && entry.sponsor.is_none();
                alone.then(|| {
                    let name = &entry.name;
                    format!("no tier lets {name} execute, and nobody answers for that service")
                })
            }
            Who::Account(account) => {
                let service = cx.identities.person(account) == Person::Platform;
                service.then(|| {
                    format!("the registry does not hold the service {}", cx.dataset.text(account.0))
                })
            }
        });
        // A pipeline is nobody, whoever did the other duty.
        let missing = || others.missing.clone().filter(|_| !persons.is_empty());
        unanswered.or_else(missing)
    }
}
