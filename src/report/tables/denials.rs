//! Every refusal of the period.

use super::{PLACE, RECORD, Report, Row, Table, column};
use crate::{crossref::denials, report::wording};

pub(super) static DENIALS: Table = Table {
    id: "denials",
    title: "Denials",
    summary: "every attempt in the period that a control refused",
    columns: &[
        column("at", "At", "when it was refused", 10),
        column("account", "Account", "the account that tried", 12),
        column("principal", "Principal", "registry id of the account's owner", 0),
        column("person", "Person", "who stands behind the account in every test of separation", 7),
        column("by_agent", "Agent", "whether an agent tried", 5),
        column("tier", "Tier", "the tier of who tried", 8),
        column("action", "Action", "what was tried", 14),
        column("resource", "Resource", "what it was tried on", 10),
        column(
            "capability",
            "Capability",
            "the capability that the attempt was a use of, as policy maps it",
            10,
        ),
        column("forbidden", "Forbidden", "whether policy forbids that capability to that tier", 6),
        column("control", "Control", "the control that refused, as far as the record says", 12),
        column("code", "Code", "the system's own code", 0),
        column(
            "strength",
            "Proof",
            "complete: who, what, when and which control; else what is missing",
            8,
        ),
        column(
            "drill",
            "Drill",
            "the drill that the attempt belongs to; empty: nobody had planned it",
            7,
        ),
        column("message", "Message", "the system's own words", 0),
        column("request", "Request", "the system's id of the event", 0),
        PLACE,
        RECORD,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    for denial in denials(report.cx()) {
        let record = denial.decision.record;
        sink(&[
            record.at.to_string().into(),
            report.text(Some(record.actor.0)).into(),
            report.principal(record.actor).into(),
            report.person(record.actor),
            wording::binary(denial.by_agent).into(),
            denial.tier.unwrap_or_default().into(),
            report.text(Some(record.action)).into(),
            report.text(record.resource).into(),
            denial.capability.unwrap_or_default().into(),
            wording::binary(denial.forbidden).into(),
            report.text(record.control).into(),
            report.text(record.code).into(),
            denial.strength.name().into(),
            denial.drill.map(|drill| drill.id.as_str()).unwrap_or_default().into(),
            report.text(record.message).into(),
            report.text(record.request).into(),
            report.place(denial.decision.origin).into(),
            report.record_path(denial.decision.origin).into(),
        ]);
    }
}
