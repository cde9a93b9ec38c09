//! Every verdict: one for each rule and each thing that it tests.

use super::{PLACE, RECORD, Report, Row, Table, column};
use crate::report::wording;

pub(super) static VERDICTS: Table = Table {
    id: "verdicts",
    title: "Verdicts",
    summary: "every verdict of every rule, passes and what a rule does not apply to included",
    columns: &[
        column("rule", "Rule", "the rule", 12),
        column("class", "Class", "breach, exposure, process", 0),
        column("tested", "Tested", "what kind of thing was tested", 8),
        column("subject", "Subject", "what was tested", 16),
        column("verdict", "Verdict", "pass, violation, indeterminate, not applicable", 9),
        column("statement", "Because", "why", 26),
        column("persons", "Persons", "for a violation, who broke it", 0),
        column("severity", "Severity", "for a violation, how bad it is", 0),
        PLACE,
        RECORD,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    report.assessment.each_judgement(&mut |judgement| {
        let (rule, finding) = (judgement.rule, &judgement.finding);
        let violation = finding.verdict == crate::crossref::Verdict::Violation;
        let severity = finding.severity.unwrap_or(rule.severity).name();
        let first = finding.evidence.first().map(|evidence| evidence.origin);
        sink(&[
            rule.id.into(),
            wording::class(rule.class).into(),
            wording::tested(judgement.tested).into(),
            judgement.tested.id(report.cx()).into(),
            finding.verdict.name().into(),
            finding.statement.as_str().into(),
            report.who_ids(&finding.persons).into(),
            if violation { severity } else { "" }.into(),
            first.map(|origin| report.place(origin)).unwrap_or_default().into(),
            first.map(|origin| report.record_path(origin)).unwrap_or_default().into(),
        ]);
    });
}
