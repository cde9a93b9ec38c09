//! Every item of an export that could not be read.

use super::{PLACE, Report, Row, Table, column};
use crate::model::Origin;

pub(super) static REJECTS: Table = Table {
    id: "rejects",
    title: "Rejected items",
    summary: "every item of an export that could not be read, and so may hide a violation",
    columns: &[
        column("source", "Source", "the export file", 20),
        column("reason", "Reason", "what is wrong with the item", 40),
        PLACE,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let dataset = report.cx().dataset;
    for (source, reject) in dataset.rejects() {
        let origin = Origin { source: *source, place: reject.place };
        sink(&[
            dataset.source(*source).path.as_str().into(),
            reject.reason.as_str().into(),
            report.place(origin).into(),
        ]);
    }
}
