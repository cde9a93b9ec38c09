//! Who approved, and by which role at that time: gathered from every approval of the period.

use std::collections::BTreeMap;

use super::{Report, wording};
use crate::{
    crossref::{Approval, Doubt, Proof, Reason, Span, Who},
    model::{AccountId, Instant, Origin, RoleId, Symbol},
};

/// What entitled an approver, as far as anybody can tell.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub(super) enum Standing {
    /// A role that was held then.
    Role {
        /// The role.
        role: RoleId,
        /// What it is limited to.
        scope: Option<Symbol>,
        /// First moment.
        from: Option<Instant>,
        /// First moment after it, where a record says that it ended.
        ended: Option<Instant>,
        /// Else the last moment of which the evidence tells.
        known_until: Option<Instant>,
        /// How it is known.
        proof: Proof,
        /// Who gave it.
        granted_by: Option<AccountId>,
        /// What it was read from.
        origin: Origin,
    },
    /// The exports show that no such role was held.
    None,
    /// Nobody can tell: why.
    Unknown(String),
}

/// How often an approver relied on one standing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Use {
    /// Approvals.
    pub(super) approvals: u64,
    /// The first and last of them whose time is known.
    pub(super) times: Option<(Instant, Instant)>,
    /// The first approval in the evidence's order.
    pub(super) example: Origin,
}

/// Somebody who approved.
#[derive(Clone, Debug, Default)]
pub(super) struct Approver {
    /// The accounts that approved.
    pub(super) accounts: Vec<AccountId>,
    /// Approvals that count, that do not, and of which nobody can tell.
    pub(super) counts: [u64; 3],
    /// Approvals that did not count for a reason; one may have several.
    pub(super) reasons: BTreeMap<&'static str, u64>,
    /// What entitled them.
    pub(super) standings: BTreeMap<Standing, Use>,
}

/// Everybody who approved a change of the period.
pub(super) type Approvers = BTreeMap<Who, Approver>;

/// Notes one approval.
pub(super) fn note(report: &Report<'_>, approvers: &mut Approvers, approval: &Approval<'_>) {
    let review = approval.act.record;
    let entry = approvers.entry(report.cx().who(review.by)).or_default();
    if let Err(index) = entry.accounts.binary_search(&review.by) {
        entry.accounts.insert(index, review.by);
    }
    let which = match approval.counts() {
        Some(true) => 0,
        Some(false) => 1,
        None => 2,
    };
    entry.counts[which] += 1;
    for reason in wording::reason_keys(&approval.reasons) {
        *entry.reasons.entry(reason).or_default() += 1;
    }
    for standing in standings(approval) {
        let example = approval.act.origin;
        let used = Use { approvals: 0, times: None, example };
        let used = entry.standings.entry(standing).or_insert(used);
        used.approvals += 1;
        if let Some(at) = review.at {
            let (first, last) = used.times.unwrap_or((at, at));
            used.times = Some((first.min(at), last.max(at)));
        }
    }
}

fn standings(approval: &Approval<'_>) -> Vec<Standing> {
    if !approval.entitled_by.is_empty() {
        return approval.entitled_by.iter().map(|span| Standing::from(*span)).collect();
    }
    if approval.reasons.contains(&Reason::NotEntitled) {
        return vec![Standing::None];
    }
    let why = approval.doubts.iter().find_map(|doubt| match doubt {
        Doubt::Role(why) => Some(why.clone()),
        Doubt::Time => Some("the approval has no time".to_owned()),
        _ => None,
    });
    vec![Standing::Unknown(why.unwrap_or_else(|| "the account belongs to nobody known".to_owned()))]
}

impl From<Span> for Standing {
    fn from(span: Span) -> Self {
        let Span { role, scope, from, known_until, proof, granted_by, origin, .. } = span;
        let ended = span.ended();
        Self::Role { role, scope, from, ended, known_until, proof, granted_by, origin }
    }
}

/// Gathers everybody who approved.
pub(super) fn gather(report: &Report<'_>) -> Approvers {
    let mut approvers = Approvers::new();
    report.each_change(&mut |facts| {
        facts.approvals.all.iter().for_each(|approval| note(report, &mut approvers, approval));
    });
    approvers
}
