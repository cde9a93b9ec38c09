//! The records behind the exceptions, found again by their places in one walk over the evidence.

use std::collections::{BTreeMap, BTreeSet};

use super::Report;
use crate::{
    crossref::{Exception, Tested},
    model::{AccountId, Act, Decision, Grant, Located, Origin},
};

/// Acts of one account that are kept; what an account did all month is no story.
const KEPT: usize = 64;

/// What the places of exceptions hold.
#[derive(Debug, Default)]
pub struct Index<'a> {
    pub(super) acts: BTreeMap<Origin, Vec<&'a Located<Act>>>,
    pub(super) grants: BTreeMap<Origin, Vec<&'a Located<Grant>>>,
    pub(super) decisions: BTreeMap<Origin, Vec<&'a Located<Decision>>>,
    /// What accounts did in the period that are themselves an exception, earliest first.
    pub(super) by_account: BTreeMap<AccountId, Deeds<'a>>,
}

/// The first things that an account did in the period, and how many there were.
#[derive(Debug, Default)]
pub(super) struct Deeds<'a> {
    pub(super) acts: Vec<&'a Located<Act>>,
    pub(super) decisions: Vec<&'a Located<Decision>>,
}

impl<'a> Index<'a> {
    /// Finds the records of these exceptions.
    pub fn new<'e>(
        report: &Report<'a>,
        exceptions: impl IntoIterator<Item = &'e Exception>,
    ) -> Self {
        let mut wanted = BTreeSet::new();
        let mut this = Self::default();
        for exception in exceptions {
            wanted.extend(exception.evidence.iter().map(|evidence| evidence.origin));
            if let Tested::Account(account) = exception.tested {
                this.by_account.entry(account).or_default();
            }
        }
        let (dataset, period) = (report.cx().dataset, report.cx().period);
        for act in dataset.acts() {
            if wanted.contains(&act.origin) {
                this.acts.entry(act.origin).or_default().push(act);
            }
            let inside = act.record.at.is_some_and(|at| period.contains(at));
            if let (true, Some(deeds)) = (inside, this.by_account.get_mut(&act.record.by)) {
                keep(&mut deeds.acts, act, |act| (act.record.at, act.origin));
            }
        }
        for grant in dataset.grants().iter().filter(|grant| wanted.contains(&grant.origin)) {
            this.grants.entry(grant.origin).or_default().push(grant);
        }
        for decision in dataset.decisions() {
            if wanted.contains(&decision.origin) {
                this.decisions.entry(decision.origin).or_default().push(decision);
            }
            let inside = period.contains(decision.record.at);
            if let (true, Some(deeds)) = (inside, this.by_account.get_mut(&decision.record.actor))
                && deeds.decisions.len() < KEPT
            {
                deeds.decisions.push(decision);
            }
        }
        for deeds in this.by_account.values_mut() {
            deeds.acts.sort_by_key(|act| (act.record.at, act.origin));
            deeds.acts.truncate(KEPT);
        }
        this
    }
}

/// Adds to a list of which only the first count, without letting it grow.
fn keep<T, K: Ord>(kept: &mut Vec<T>, one: T, key: impl Fn(&T) -> K) {
    kept.push(one);
    if kept.len() >= 4 * KEPT {
        kept.sort_by_key(key);
        kept.truncate(KEPT);
    }
}
