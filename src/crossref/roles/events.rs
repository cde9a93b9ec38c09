//! Roles from logs that say when each was given and taken away.

use std::collections::BTreeMap;

use super::Key;
use super::span::{Proof, Span, after};
use crate::model::{Dataset, Grant, HowKnown, Instant, Located};

/// A role is held from each grant event until the next revocation, as far as logs tell.
pub(super) fn spans(dataset: &Dataset) -> Vec<Span> {
    let mut by_key: BTreeMap<Key, Vec<(Instant, &Located<Grant>)>> = BTreeMap::new();
    for located in dataset.grants() {
        let grant = located.record;
        let at = match grant.known {
            HowKnown::GrantEvent => grant.from,
            HowKnown::RevokeEvent => grant.until,
            HowKnown::Interval | HowKnown::Snapshot(_) => None,
        };
        if let Some(at) = at {
            by_key.entry(super::key(&grant)).or_default().push((at, located));
        }
    }
    let reach = reach(dataset);
    let mut spans = Vec::new();
    for mut events in by_key.into_values() {
        events.sort();
        for (index, (at, located)) in events.iter().enumerate() {
            let revoked = events[index + 1..]
                .iter()
                .find(|(_, next)| next.record.known == HowKnown::RevokeEvent);
            if located.record.known == HowKnown::GrantEvent {
                let system = dataset.source(located.origin.source).system.as_str();
                let told = reach.get(system).copied();
                let until = revoked.map(|(until, _)| *until).or(told.map(after));
                let known_until = told.filter(|_| revoked.is_none());
                let proof = if until.is_some() { Proof::Proven } else { Proof::OpenEnded };
                let span = Span { from: Some(*at), until, ..Span::of(located, proof) };
                spans.push(Span { known_until, ..span });
            } else if index == 0 {
                let proof = Proof::Uncertain("only its revocation is recorded");
                spans.push(Span { from: None, until: Some(*at), ..Span::of(located, proof) });
            }
        }
    }
    spans
}

/// Until when the logs of each system tell what was given and taken away: what came later is in
/// none of them.
fn reach(dataset: &Dataset) -> BTreeMap<&str, Instant> {
    let mut reach = BTreeMap::new();
    let event = |known| matches!(known, HowKnown::GrantEvent | HowKnown::RevokeEvent);
    for source in dataset.sources().iter().filter(|s| s.roles.is_some_and(event)) {
        let last = source.tally.times.map(|(_, last)| last);
        if let Some(at) = source.export.at.max(last) {
            let latest = reach.entry(source.system.as_str()).or_insert(at);
            *latest = (*latest).max(at);
        }
    }
    reach
}
