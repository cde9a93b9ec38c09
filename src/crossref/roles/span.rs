//! A stretch of time during which an account held a role, and how that is known.

use crate::model::{AccountId, Grant, HowKnown, Instant, Located, Origin, Period, RoleId, Symbol};

/// How a role is known to have been held during a span.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Proof {
    /// An interval or event says so.
    Proven,
    /// Two snapshots that agree enclose the span.
    BetweenSnapshots(Instant, Instant),
    /// The interval is open, and its export does not say when it was made.
    OpenEnded,
    /// Not known: the reason.
    Uncertain(&'static str),
}

/// A span during which an account held a role.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// Who held it.
    pub holder: AccountId,
    /// The role.
    pub role: RoleId,
    /// What it is limited to.
    pub scope: Option<Symbol>,
    /// First moment.
    pub from: Option<Instant>,
    /// First moment after it.
    pub until: Option<Instant>,
    /// The last moment of which the evidence tells, where it is no record of an end but only the
    /// evidence that ends with the span.
    pub known_until: Option<Instant>,
    /// How it is known.
    pub proof: Proof,
    /// Who gave it.
    pub granted_by: Option<AccountId>,
    /// What kind of record tells of it.
    pub known: HowKnown,
    /// What it was read from.
    pub origin: Origin,
    /// For a role that a group holds, what the membership was read from.
    pub through: Option<Origin>,
}

impl Span {
    /// The span that a record tells of, with the record's own bounds.
    pub(super) fn of(located: &Located<Grant>, proof: Proof) -> Self {
        let Grant { holder, role, scope, from, until, granted_by, known } = located.record;
        Self {
            holder,
            role,
            scope,
            from,
            until,
            known_until: None,
            proof,
            granted_by,
            known,
            origin: located.origin,
            through: None,
        }
    }

    /// First moment at which a record says that the role was no longer held.
    pub fn ended(&self) -> Option<Instant> {
        self.until.filter(|_| self.known_until.is_none())
    }

    /// Tells whether the role was held at `at`, if the span's proof holds.
    pub fn holds(&self, at: Instant) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }

    /// The part of the span that lies in `other` too, as bounds.
    pub fn overlap(&self, other: &Self) -> Option<(Option<Instant>, Option<Instant>)> {
        let from = self.from.max(other.from);
        let until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let some = from.zip(until).is_none_or(|(from, until)| from < until);
        some.then_some((from, until))
    }

    /// Tells whether some of the span lies in `period`.
    pub fn touches(&self, period: &Period) -> bool {
        self.from.is_none_or(|from| from < period.until)
            && self.until.is_none_or(|until| period.from < until)
    }
}

/// The first moment after `at`.
pub(super) fn after(at: Instant) -> Instant {
    Instant::from_micros(at.micros() + 1).unwrap_or(at)
}
