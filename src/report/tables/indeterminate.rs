//! Every test for which evidence is missing.

use super::{PLACE, RECORD, Report, Row, Table, column};
use crate::report::wording;

pub(super) static INDETERMINATE: Table = Table {
    id: "indeterminate",
    title: "Evidence missing",
    summary: "every test that could not be decided, with what is missing",
    columns: &[
        column("rule", "Rule", "the rule", 12),
        column("tested", "Tested", "what kind of thing was tested", 9),
        column("subject", "Subject", "what was tested", 18),
        column("missing", "Missing", "which evidence is missing", 30),
        PLACE,
        RECORD,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let mut all: Vec<_> = report.assessment.indeterminate.iter().collect();
    all.sort_by_key(|judgement| (judgement.rule.id, judgement.tested));
    for judgement in all {
        let first = judgement.finding.evidence.first().map(|evidence| evidence.origin);
        sink(&[
            judgement.rule.id.into(),
            wording::tested(judgement.tested).into(),
            judgement.tested.id(report.cx()).into(),
            judgement.finding.statement.as_str().into(),
            first.map(|origin| report.place(origin)).unwrap_or_default().into(),
            first.map(|origin| report.record_path(origin)).unwrap_or_default().into(),
        ]);
    }
}
