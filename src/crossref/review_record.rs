//! What logs tell of how reviews were given.
//!
//! A review names its account and nothing else. Some logs record besides through what the account
//! was used: a browser's session, or a token that a program holds.

use std::collections::BTreeMap;

use super::Context;
use crate::model::{AccountId, Act, Decision, Instant, Located, Outcome};

/// Seconds between a review and its record in a log.
const ONE_MOMENT: i64 = 60;

/// Records of reviews, by account and time.
#[derive(Debug, Default)]
pub struct ReviewRecords<'a>(BTreeMap<AccountId, Vec<&'a Located<Decision>>>);

impl<'a> ReviewRecords<'a> {
    /// Finds them.
    pub(super) fn new(cx: &Context<'a>) -> Self {
        let mut this = Self::default();
        for decision in cx.dataset.decisions() {
            let action = cx.dataset.text(decision.record.action);
            let named = cx.policy.review_log.actions.iter().any(|p| p.matches(action));
            if named && decision.record.outcome == Outcome::Allowed {
                this.0.entry(decision.record.actor).or_default().push(decision);
            }
        }
        this
    }

    /// The record of a review of something in `repository`, if a log holds it.
    pub fn of(
        &self,
        cx: &Context<'_>,
        review: &Act,
        repository: Option<crate::model::Symbol>,
    ) -> Option<&'a Located<Decision>> {
        let at = review.at?;
        let near = |d: Instant| (d.seconds() - at.seconds()).abs() <= ONE_MOMENT;
        let here = |d: &Decision| match (d.resource, repository) {
            (Some(resource), Some(repository)) => {
                let named = cx.dataset.text(resource).split(['@', '#']).next();
                named == Some(cx.dataset.text(repository))
            }
            _ => false,
        };
        let all = self.0.get(&review.by)?.iter();
        let meant = all.filter(|decision| near(decision.record.at) && here(&decision.record));
        // Of several reviews within a minute the nearest record is this one's.
        let away = |d: &&&Located<Decision>| (d.record.at.micros() - at.micros()).unsigned_abs();
        meant.min_by_key(away).copied()
    }
}
