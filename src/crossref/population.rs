//! What independent sources say of one repository in the period: its merged changes, and the history
//! of its branches.

use std::collections::BTreeMap;

use super::Context;
use crate::model::{Instant, Located, Subject, SubjectKind, Symbol};

/// One repository.
#[derive(Debug)]
pub struct Population<'a> {
    /// Its name.
    pub repository: Symbol,
    /// Its changes that were merged in the period.
    pub merged: Vec<&'a Located<Subject>>,
    /// Whether the evidence holds any of its changes, merged or not, whenever.
    pub has_changes: bool,
    /// The histories of its branches, by branch.
    pub histories: BTreeMap<Symbol, History>,
}

/// The history of one branch.
#[derive(Clone, Copy, Debug)]
pub struct History {
    /// Its earliest commit.
    pub first: Instant,
    /// The moment up to which it is known: its export's, or its latest commit's.
    pub until: Instant,
    /// No source of it is known to lack anything.
    pub whole: bool,
}

/// Every repository that has changes or a history in the evidence.
pub(super) fn populations<'a>(cx: &Context<'a>) -> Vec<Population<'a>> {
    let mut all: BTreeMap<Symbol, Population<'a>> = BTreeMap::new();
    for subject in cx.dataset.subjects() {
        let Subject { kind, repository: Some(repository), target, done, .. } = subject.record
        else {
            continue;
        };
        let is_history = kind == SubjectKind::Commit && target.is_some() && done.is_some();
        if kind != SubjectKind::Change && !is_history {
            continue;
        }
        let population = all.entry(repository).or_insert_with(|| Population {
            repository,
            merged: Vec::new(),
            has_changes: false,
            histories: BTreeMap::new(),
        });
        match (kind, target, done) {
            (SubjectKind::Change, ..) => {
                population.has_changes = true;
                if done.is_some_and(|at| cx.period.contains(at)) {
                    population.merged.push(subject);
                }
            }
            (SubjectKind::Commit, Some(branch), Some(at)) => {
                let source = cx.dataset.source(subject.origin.source);
                let (export, whole) =
                    (source.export.at, source.gaps.is_empty() && source.tally.rejected == 0);
                let until = export.map_or(at, |export| export.max(at));
                let own = History { first: at, until, whole };
                let history = population.histories.entry(branch).or_insert(own);
                history.first = history.first.min(at);
                history.until = history.until.max(until);
                history.whole &= whole;
            }
            _ => {}
        }
    }
    all.into_values().collect()
}
