//! Everybody who approved, with the role that entitled them at the time.

use super::{PLACE, RECORD, Report, Row, Table, column};
use crate::{
    crossref::Who,
    report::{
        approvers::{Standing, gather},
        wording,
    },
};

pub(super) static APPROVERS: Table = Table {
    id: "approvers",
    title: "Approvers",
    summary: "everybody who approved a change, one row for each role that they relied on",
    columns: &[
        column(
            "approver",
            "Approver",
            "registry id, or the account if it belongs to nobody known",
            12,
        ),
        column("name", "Name", "name as people say it", 12),
        column("kind", "Kind", "what approved: human, agent, service, unknown", 7),
        column("accounts", "Accounts", "the accounts that approved", 0),
        column(
            "role",
            "Role",
            "the role that entitled to approve at the time; empty: none known",
            16,
        ),
        column("scope", "Scope", "what the role is limited to", 0),
        column(
            "how_known",
            "How known",
            "proven, inferred from two snapshots, held no such role, or unknown and why",
            18,
        ),
        column("held_from", "Held from", "since when the role was held", 0),
        column(
            "held_until",
            "Held until",
            "first moment at which a record says that it no longer was; empty: no record says that \
             it ended",
            0,
        ),
        column(
            "known_until",
            "Known until",
            "where no record says that it ended, the last moment of which the evidence tells",
            0,
        ),
        column("granted_by", "Granted by", "the account that gave the role", 0),
        column("approvals", "Approvals", "approvals that relied on this role", 7),
        column("first_approval", "First", "the first of them", 10),
        column("last_approval", "Last", "the last of them", 10),
        PLACE,
        RECORD,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let cx = report.cx();
    for (who, approver) in gather(report) {
        let accounts: Vec<_> = approver.accounts.iter().map(|a| report.text(Some(a.0))).collect();
        let accounts = accounts.join("; ");
        let kind = approver.accounts.first().map_or("unknown", |account| report.kind(*account));
        for (standing, used) in &approver.standings {
            let (mut role, mut scope, mut by) = ("", "", "");
            let (mut from, mut ended, mut last) = (None, None, None);
            let mut origin = used.example;
            let known = match standing {
                Standing::Role {
                    role: r,
                    scope: s,
                    from: f,
                    ended: e,
                    known_until: k,
                    proof,
                    granted_by,
                    origin: o,
                } => {
                    (role, scope) = (report.text(Some(r.0)), report.text(*s));
                    (from, ended, last) = (*f, *e, *k);
                    by = report.text(granted_by.map(|by| by.0));
                    origin = *o;
                    wording::proof(*proof, &|at| at.to_string())
                }
                Standing::None => "held no role that entitles to approve".to_owned(),
                Standing::Unknown(why) => format!("unknown: {why}"),
            };
            sink(&[
                cx.who_id(who).into(),
                if matches!(who, Who::Principal(_)) { cx.who_name(who) } else { "" }.into(),
                kind.into(),
                accounts.as_str().into(),
                role.into(),
                scope.into(),
                known.into(),
                report.moment(from).into(),
                report.moment(ended).into(),
                report.moment(last).into(),
                by.into(),
                used.approvals.to_string().into(),
                report.moment(used.times.map(|(first, _)| first)).into(),
                report.moment(used.times.map(|(_, last)| last)).into(),
                report.place(origin).into(),
                report.record_path(origin).into(),
            ]);
        }
    }
}
