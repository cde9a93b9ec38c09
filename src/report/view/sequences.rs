//! Numbers that are missing between the first and the last one that the period's exports hold.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::SubjectKind,
    report::{Report, hostile, wording},
};

/// Ranges that a statement names; of more it gives the number.
const NAMED: usize = 20;

/// For each sequence in which a system numbers its changes or tickets without leaving any out: what
/// is missing between the first and the last one made in the period. Sequences with nothing missing
/// are not told.
///
/// Which files hold such numbers is known to their readers: GitHub, for one, numbers issues and pull
/// requests together, so that a gap there says nothing.
pub(super) fn sequences(report: &Report<'_>) -> Vec<String> {
    let cx = report.cx();
    let mut all: BTreeMap<&str, Sequence> = BTreeMap::new();
    for subject in cx.dataset.subjects() {
        let kind = matches!(subject.record.kind, SubjectKind::Change | SubjectKind::Ticket);
        if !kind || !cx.dataset.source(subject.origin.source).tally.numbered {
            continue;
        }
        let Some((name, number)) = split(cx.dataset.text(subject.record.id.0)) else { continue };
        let sequence = all.entry(name).or_default();
        sequence.held.insert(number);
        if subject.record.created.is_some_and(|at| cx.period.contains(at)) {
            let (first, last) = sequence.period.unwrap_or((number, number));
            sequence.period = Some((first.min(number), last.max(number)));
        }
    }
    all.iter().filter_map(|(name, sequence)| sequence.statement(name)).collect()
}

/// In which exports missing numbers were looked for, and in which not; empty where none holds changes
/// or tickets.
pub(super) fn numbered(report: &Report<'_>) -> String {
    let dataset = report.cx().dataset;
    let mut formats: BTreeMap<&str, bool> = BTreeMap::new();
    for subject in dataset.subjects() {
        if matches!(subject.record.kind, SubjectKind::Change | SubjectKind::Ticket) {
            let source = dataset.source(subject.origin.source);
            *formats.entry(source.format).or_default() |= source.tally.numbered;
        }
    }
    let of = |wanted: bool| -> Vec<&str> {
        formats.iter().filter(|(_, is)| **is == wanted).map(|(format, _)| *format).collect()
    };
    let (with, without) = (of(true), of(false));
    let mut told = Vec::new();
    if !with.is_empty() {
        told.push(format!("Missing numbers were looked for in {}.", with.join(", ")));
    }
    if !without.is_empty() {
        told.push(format!(
            "Missing numbers were not looked for in {}: there other things are numbered in the same sequence, as issues \
             are with GitHub's pull requests, so that a gap says nothing.",
            without.join(", ")
        ));
    }
    told.join(" ")
}

#[derive(Default)]
struct Sequence {
    held: BTreeSet<u64>,
    /// The first and last number made in the period.
    period: Option<(u64, u64)>,
}

impl Sequence {
    fn statement(&self, name: &str) -> Option<String> {
        let (first, last) = self.period?;
        let missing = missing(&self.held, first, last);
        let count: u64 = missing.iter().map(|(a, b)| b - a + 1).sum();
        if count == 0 {
            return None;
        }
        let range = |(a, b): &(u64, u64)| match a == b {
            true => a.to_string(),
            false => format!("{a} to {b}"),
        };
        let named: Vec<_> = missing.iter().take(NAMED).map(range).collect();
        let more = match missing.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(", and {more} more ranges"),
        };
        Some(format!(
            "{}: {} of the numbers from {first} to {last} in no export ({}{more})",
            hostile::brief(name.trim_end_matches(['#', '!', '-'])),
            wording::count(count),
            named.join(", "),
        ))
    }
}

/// The ranges between `first` and `last` of which nothing is held. As many as there are held numbers
/// at most, however far apart these are.
fn missing(held: &BTreeSet<u64>, first: u64, last: u64) -> Vec<(u64, u64)> {
    let numbers: Vec<_> = held.range(first..=last).copied().collect();
    let pairs = numbers.windows(2).filter(|pair| pair[1] - pair[0] > 1);
    pairs.map(|pair| (pair[0] + 1, pair[1] - 1)).collect()
}

/// The name of a sequence, which ends in a mark, and the number in it: `bitbucket:acme/pay#12`.
fn split(id: &str) -> Option<(&str, u64)> {
    let at = id.rfind(['#', '!', '-'])? + 1;
    let digits = &id[at..];
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((&id[..at], digits.parse().ok().filter(|_| plain)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(held: &[u64], period: Option<(u64, u64)>) -> Option<String> {
        Sequence { held: held.iter().copied().collect(), period }.statement("jira:CHG-")
    }

    #[test]
    fn numbers_between_the_first_and_the_last_of_the_period() {
        assert_eq!(
            told(&[1, 5, 6, 9, 10, 30], Some((5, 10))).as_deref(),
            Some("jira:CHG: 2 of the numbers from 5 to 10 in no export (7 to 8)")
        );
        assert_eq!(
            told(&[5, 7, 9], Some((5, 9))).as_deref(),
            Some("jira:CHG: 2 of the numbers from 5 to 9 in no export (6, 8)")
        );
        assert_eq!(told(&[5, 6, 7], Some((5, 7))), None);
        assert_eq!(told(&[5, 9], None), None);
    }

    #[test]
    fn far_numbers_cost_nothing() {
        let far = told(&[1, u64::MAX], Some((1, u64::MAX))).unwrap();
        assert!(far.contains("2 to 18446744073709551614"), "{far}");
        let many: Vec<u64> = (0..100).map(|n| n * 2).collect();
        assert!(told(&many, Some((0, 198))).unwrap().contains("and 79 more ranges"));
    }

    #[test]
    fn names_and_numbers() {
        assert_eq!(split("gitlab:acme/pay!12"), Some(("gitlab:acme/pay!", 12)));
        assert_eq!(split("jira:CHG-7"), Some(("jira:CHG-", 7)));
        for id in ["jira:CHG", "x#", "x#1a", "x#99999999999999999999999", "x#+1"] {
            assert_eq!(split(id), None, "{id}");
        }
    }
}
