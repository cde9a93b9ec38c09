//! Everybody who approved, and the role that entitled them at that time.

use serde::Serialize;

use super::{Many, agent_changes::local};
use crate::{
    crossref::{Proof, Who},
    report::{
        Report,
        approvers::{Approver as Gathered, Approvers, Standing, Use},
        figure::Tone,
        hostile, wording,
    },
};

/// Roles of one approver that are shown; frequent snapshots give one for each pair.
const ROLES: usize = 12;

/// Somebody who approved.
#[derive(Clone, Debug, Serialize)]
pub struct Approver {
    /// Their name.
    pub name: String,
    /// Their id in the registry, or the account if it belongs to nobody known.
    pub id: String,
    /// What they are: human, agent, service, unknown.
    pub kind: &'static str,
    /// The accounts that approved, and what says that they are theirs.
    pub accounts: Vec<(String, String)>,
    /// Approvals.
    pub approvals: u64,
    /// Of these, that count.
    pub count: u64,
    /// That do not.
    pub do_not_count: u64,
    /// Of which nobody can tell.
    pub unknown: u64,
    /// Why approvals did not count, with how often.
    pub reasons: Vec<(String, u64)>,
    /// What entitled them.
    pub roles: Many<RoleUse>,
}

/// A role that approvals relied on.
#[derive(Clone, Debug, Serialize)]
pub struct RoleUse {
    /// The role, or that there was none.
    pub role: String,
    /// How that is known.
    pub how_known: String,
    /// What that means.
    pub tone: Tone,
    /// When it was held, and who gave it.
    pub held: String,
    /// Approvals that relied on it.
    pub approvals: u64,
    /// When these were given.
    pub given: String,
    /// Where the role, or else the first approval, was read.
    pub place: String,
    /// The record's verbatim copy.
    pub record: String,
}

pub(super) fn approvers(
    report: &Report<'_>,
    approvers: &Approvers,
    limit: usize,
) -> Many<Approver> {
    let make = |(who, approver)| move || one(report, who, approver);
    Many::of("tables/approvers.csv", limit, approvers.iter().map(make))
}

fn one(report: &Report<'_>, who: &Who, approver: &Gathered) -> Approver {
    let account = |account: &crate::model::AccountId| {
        let text = hostile::brief(report.text(Some(account.0)));
        (text, hostile::brief(&report.basis(*account)))
    };
    let [count, do_not_count, unknown] = approver.counts;
    Approver {
        name: hostile::brief(local(report.cx().who_name(*who))),
        id: hostile::brief(report.cx().who_id(*who)),
        kind: approver.accounts.first().map_or("unknown", |account| report.kind(*account)),
        accounts: approver.accounts.iter().map(account).collect(),
        approvals: count + do_not_count + unknown,
        count,
        do_not_count,
        unknown,
        reasons: approver.reasons.iter().map(|(why, times)| ((*why).to_owned(), *times)).collect(),
        roles: Many::of(
            "tables/approvers.csv",
            ROLES,
            approver.standings.iter().map(|(standing, used)| move || role(report, standing, used)),
        ),
    }
}

fn role(report: &Report<'_>, standing: &Standing, used: &Use) -> RoleUse {
    let clock = |at| report.cx().clock(at);
    let (role, how_known, tone, held, origin) = match standing {
        Standing::Role { role, scope, from, ended, known_until, proof, granted_by, origin } => {
            let scope = scope.map(|scope| format!(" on {}", report.text(Some(scope))));
            let mut held = match from {
                Some(from) => format!("since {}", clock(*from)),
                None => "since when is not known".to_owned(),
            };
            held += &match (ended, known_until) {
                (Some(ended), _) => format!(", ended on {}", clock(*ended)),
                (None, Some(last)) if Some(last) == from.as_ref() => ", known then".to_owned(),
                (None, Some(last)) => format!(", known until {}", clock(*last)),
                (None, None) => ", until when is not known".to_owned(),
            };
            if let Some(by) = granted_by {
                held += &format!(", given by {}", report.text(Some(by.0)));
            }
            let tone = match proof {
                Proof::Proven => Tone::Good,
                Proof::BetweenSnapshots(..) => Tone::Info,
                Proof::OpenEnded | Proof::Uncertain(_) => Tone::Warn,
            };
            let role = format!("{}{}", report.text(Some(role.0)), scope.unwrap_or_default());
            (role, wording::proof(*proof, &clock), tone, held, *origin)
        }
        Standing::None => {
            let known = "proven: the exports would show such a role".to_owned();
            ("no role that entitles".to_owned(), known, Tone::Bad, String::new(), used.example)
        }
        Standing::Unknown(why) => {
            let known = format!("unknown: {why}");
            ("not known".to_owned(), known, Tone::Warn, String::new(), used.example)
        }
    };
    let given = match used.times {
        None => "at unknown times".to_owned(),
        Some((first, last)) if first == last => clock(first),
        Some((first, last)) => format!("{} to {}", clock(first), clock(last)),
    };
    RoleUse {
        role: hostile::brief(&role),
        how_known: hostile::brief(&how_known),
        tone,
        held: hostile::brief(&held),
        approvals: used.approvals,
        given,
        place: hostile::brief(&report.place(origin)),
        record: report.record_path(origin),
    }
}
