//! Every span during which an account held a role.

use super::{PLACE, RECORD, Report, Row, Table, column};
use crate::{crossref::Span, report::wording};

pub(super) static ROLE_ASSIGNMENTS: Table = Table {
    id: "role-assignments",
    title: "Role assignments",
    summary: "every span of time during which an account held a role, and how that is known",
    columns: &[
        column("principal", "Principal", "registry id of the holder; empty: nobody known", 9),
        column("account", "Account", "the account that held the role", 14),
        column("role", "Role", "the role, with its system", 14),
        column("scope", "Scope", "what it is limited to; empty: not limited", 8),
        column("held_from", "From", "first moment; empty: not known", 10),
        column(
            "held_until",
            "Until",
            "first moment at which a record says that it was no longer held; empty: no record says \
             that it ended",
            10,
        ),
        column(
            "known_until",
            "Known until",
            "where no record says that it ended, the last moment of which the evidence tells; \
             whether it was held after that, nothing says",
            10,
        ),
        column(
            "how_known",
            "How known",
            "proven, inferred from two snapshots, or unknown and why",
            18,
        ),
        column(
            "told_by",
            "Told by",
            "what kind of record it was read from: interval, event, snapshot",
            0,
        ),
        column("granted_by", "Granted by", "the account that gave it", 0),
        column(
            "through",
            "Through",
            "for a role that a group holds, where the membership was read",
            0,
        ),
        column("in_period", "In period", "whether some of the span lies in the period", 0),
        PLACE,
        RECORD,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let roles = &report.cx().roles;
    for holder in roles.holders() {
        roles.of(holder).iter().for_each(|span| row(report, span, sink));
    }
    let mut unowned: Vec<_> = roles.unowned().iter().collect();
    unowned.sort_by_key(|s| (s.holder, s.role, s.scope, s.from, s.until, s.proof, s.origin));
    unowned.into_iter().for_each(|span| row(report, span, sink));
}

fn row(report: &Report<'_>, span: &Span, sink: &mut dyn FnMut(&Row<'_>)) {
    sink(&[
        report.principal(span.holder).into(),
        report.text(Some(span.holder.0)).into(),
        report.text(Some(span.role.0)).into(),
        report.text(span.scope).into(),
        report.moment(span.from).into(),
        report.moment(span.ended()).into(),
        report.moment(span.known_until).into(),
        wording::proof(span.proof, &|at| at.to_string()).into(),
        report.cx().dataset.source(span.origin.source).roles.map_or("", wording::told).into(),
        report.text(span.granted_by.map(|by| by.0)).into(),
        span.through.map(|origin| report.place(origin)).unwrap_or_default().into(),
        wording::binary(span.touches(report.cx().period)).into(),
        report.place(span.origin).into(),
        report.record_path(span.origin).into(),
    ]);
}
