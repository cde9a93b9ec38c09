//! Roles from exports that say from when until when.

use std::collections::BTreeMap;

use super::span::{Proof, Span, after};
use crate::model::{Dataset, HowKnown, Instant};

/// The systems with such an export, and the first moment that each export no longer shows.
pub(super) fn reach(dataset: &Dataset) -> BTreeMap<&str, Vec<Option<Instant>>> {
    let mut reach: BTreeMap<&str, Vec<_>> = BTreeMap::new();
    for source in dataset.sources().iter().filter(|s| s.roles == Some(HowKnown::Interval)) {
        let until = source.export.at.map(after);
        reach.entry(source.system.as_str()).or_default().push(until);
    }
    reach
}

/// Each role for its interval; one without an end is held until its export was made.
pub(super) fn spans(dataset: &Dataset) -> Vec<Span> {
    let intervals = dataset.grants().iter().filter(|g| g.record.known == HowKnown::Interval);
    intervals
        .map(|located| {
            let grant = located.record;
            let made = dataset.source(located.origin.source).export.at;
            let proof = match (grant.from, grant.until, made) {
                (None, _, _) => Proof::Uncertain("the export does not say since when"),
                (_, None, None) => Proof::OpenEnded,
                _ => Proof::Proven,
            };
            let known_until = made.filter(|_| grant.until.is_none());
            let until = grant.until.or(made.map(after));
            Span { until, known_until, ..Span::of(located, proof) }
        })
        .collect()
}
