//! Controls that were overridden. A bypass is never a refusal.

use super::{PLACE, RECORD, Report, Row, Table, column};
use crate::model::{AccountId, Duty, Instant, Origin, Outcome};

pub(super) static BYPASSES: Table = Table {
    id: "bypasses",
    title: "Bypasses",
    summary: "every time in the period that somebody went around a control",
    columns: &[
        column("at", "At", "when", 10),
        column("account", "Account", "the account that did it", 14),
        column("principal", "Principal", "registry id of the account's owner", 0),
        column("person", "Person", "who stands behind the account in every test of separation", 9),
        column("kind", "Kind", "what acts through the account: human, agent, service, unknown", 7),
        column("action", "Action", "what was done", 16),
        column("resource", "On", "what it was done to", 16),
        column(
            "control",
            "Control",
            "the control that was overridden, as far as the record says",
            14,
        ),
        PLACE,
        RECORD,
    ],
    rows,
};

/// A bypass, whichever kind of record tells of it.
struct Bypass<'a> {
    at: Instant,
    by: AccountId,
    action: &'a str,
    on: &'a str,
    control: &'a str,
    origin: Origin,
}

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let (cx, mut all) = (report.cx(), Vec::new());
    for act in cx.dataset.acts().iter().filter(|act| act.record.duty == Duty::Bypass) {
        let Some(at) = act.record.at.filter(|at| cx.period.contains(*at)) else { continue };
        let (by, on) = (act.record.by, report.text(Some(act.record.to.0)));
        all.push(Bypass { at, by, action: "bypass", on, control: "", origin: act.origin });
    }
    for decision in cx.dataset.decisions() {
        let record = decision.record;
        if record.outcome == Outcome::Bypassed && cx.period.contains(record.at) {
            all.push(Bypass {
                at: record.at,
                by: record.actor,
                action: report.text(Some(record.action)),
                on: report.text(record.resource),
                control: report.text(record.control),
                origin: decision.origin,
            });
        }
    }
    all.sort_by_key(|bypass| (bypass.at, bypass.by, bypass.origin));
    for Bypass { at, by, action, on, control, origin } in all {
        sink(&[
            at.to_string().into(),
            report.text(Some(by.0)).into(),
            report.principal(by).into(),
            report.person(by),
            report.kind(by).into(),
            action.into(),
            on.into(),
            control.into(),
            report.place(origin).into(),
            report.record_path(origin).into(),
        ]);
    }
}
