//! Every record that an exception rests on.

use super::{PLACE, RECORD, Report, Row, Table, column};

pub(super) static EXCEPTION_EVIDENCE: Table = Table {
    id: "exception-evidence",
    title: "Evidence of exceptions",
    summary: "every record that an exception rests on",
    columns: &[
        column("exception", "Exception", "id of the exception", 2),
        column("shows", "Shows", "what the record shows", 3),
        PLACE,
        RECORD,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    for exception in &report.assessment.exceptions {
        for evidence in &exception.evidence {
            sink(&[
                exception.id.as_str().into(),
                evidence.shows.into(),
                report.place(evidence.origin).into(),
                report.record_path(evidence.origin).into(),
            ]);
        }
    }
}
