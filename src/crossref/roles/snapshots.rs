//! Roles from lists of who holds them at one moment.

use std::collections::{BTreeMap, BTreeSet};

use super::Key;
use super::span::{Proof, Span, after};
use crate::model::{Dataset, Grant, HowKnown, Instant, Located, RoleId};

/// What the lists of a data set show.
pub(super) struct Snapshots {
    pub(super) spans: Vec<Span>,
    /// When each role was first and last listed.
    pub(super) listed: BTreeMap<RoleId, (Instant, Instant)>,
}

impl Snapshots {
    /// Each role at the times of its lists, and between them.
    pub(super) fn of(dataset: &Dataset) -> Self {
        let mut times: BTreeMap<RoleId, BTreeSet<Instant>> = BTreeMap::new();
        let mut held: BTreeMap<Key, BTreeMap<Instant, &Located<Grant>>> = BTreeMap::new();
        let mut spans = Vec::new();
        for located in dataset.grants() {
            match located.record.known {
                HowKnown::Snapshot(Some(at)) => {
                    times.entry(located.record.role).or_default().insert(at);
                    held.entry(super::key(&located.record)).or_default().insert(at, located);
                }
                HowKnown::Snapshot(None) => {
                    let proof = Proof::Uncertain("the time of the snapshot is not known");
                    spans.push(Span { from: None, until: None, ..Span::of(located, proof) });
                }
                HowKnown::Interval | HowKnown::GrantEvent | HowKnown::RevokeEvent => {}
            }
        }
        for ((_, role, _), mine) in &held {
            let all: Vec<Instant> = times[role].iter().copied().collect();
            spans.extend(between(&all, mine));
        }
        let listed = times
            .into_iter()
            .filter_map(|(role, at)| Some((role, (*at.first()?, *at.last()?))))
            .collect();
        Self { spans, listed }
    }
}

/// The spans of one holder of a role that was listed at the times `all`.
fn between(all: &[Instant], mine: &BTreeMap<Instant, &Located<Grant>>) -> Vec<Span> {
    let mut spans = Vec::new();
    for (at, located) in mine {
        let exact = Span::of(located, Proof::Proven);
        let (until, known_until) = (Some(after(*at)), Some(*at));
        spans.push(Span { from: Some(*at), until, known_until, ..exact });
    }
    for pair in all.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let (proof, located) = match (mine.get(&a), mine.get(&b)) {
            (Some(located), Some(_)) => (Proof::BetweenSnapshots(a, b), located),
            (Some(located), None) | (None, Some(located)) => {
                (Proof::Uncertain("the snapshots before and after disagree"), located)
            }
            (None, None) => continue,
        };
        let (from, until) = (Some(after(a)), Some(b));
        spans.push(Span { from, until, known_until: until, ..Span::of(located, proof) });
    }
    spans
}
