//! Every act on a change that was merged in the period, and on what belongs to it.

use super::{PLACE, RECORD, Report, Row, Table, column};
use crate::report::wording;

pub(super) static DUTIES: Table = Table {
    id: "duties",
    title: "Duties",
    summary: "every duty that an account did on a merged change or on a part of it",
    columns: &[
        column("change", "Change", "id of the change", 14),
        column(
            "part",
            "Part",
            "what the duty was done to: the change itself, a commit, a ticket, a run",
            14,
        ),
        column(
            "duty",
            "Duty",
            "request, author, commit, approve, reject, dismiss, merge, execute, bypass, review",
            8,
        ),
        column("at", "At", "when it was done", 11),
        column("account", "Account", "the account that did it", 14),
        column("principal", "Principal", "registry id of the account's owner", 0),
        column("person", "Person", "who stands behind the account in every test of separation", 9),
        column("kind", "Kind", "what acts through the account: human, agent, service, unknown", 7),
        column("basis", "Basis", "what says that the account is this principal's", 0),
        column(
            "revision",
            "Revision",
            "for an approval or rejection, the revision it was given for",
            0,
        ),
        column("dismissed", "Dismissed", "whether the system shows it as dismissed since", 0),
        PLACE,
        RECORD,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    report.each_change(&mut |facts| {
        let change = report.text(Some(facts.case.change.record.id.0));
        for act in &facts.case.acts {
            let record = act.record;
            sink(&[
                change.into(),
                report.text(Some(record.to.0)).into(),
                record.duty.name().into(),
                report.moment(record.at).into(),
                report.text(Some(record.by.0)).into(),
                report.principal(record.by).into(),
                report.person(record.by),
                report.kind(record.by).into(),
                report.basis(record.by).into(),
                report.text(record.revision).into(),
                wording::binary(record.dismissed).into(),
                report.place(act.origin).into(),
                report.record_path(act.origin).into(),
            ]);
        }
    });
}
