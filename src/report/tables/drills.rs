//! Every planned boundary test, and what came of it.

use super::{PLACE, RECORD, Report, Row, Table, column};

pub(super) static DRILLS: Table = Table {
    id: "drills",
    title: "Drills",
    summary: "every planned boundary test whose window touches the period, and what came of it",
    columns: &[
        column("drill", "Drill", "its id", 9),
        column("who", "Who", "registry id of the principal who was to try", 8),
        column("action", "Action", "what was to be tried; may hold * and ?", 14),
        column("target", "Target", "what it was to be tried on; empty: anything", 12),
        column("code", "Code", "the code that the refusal was to have; empty: any", 0),
        column("starts", "From", "first moment of its window", 9),
        column("ends", "Until", "first moment after its window", 9),
        column("conductor", "Conductor", "registry id of who conducted it", 7),
        column(
            "outcome",
            "Outcome",
            "let through, refused as planned, missed (no refusal answers it) or not due yet",
            10,
        ),
        column("refused", "Refused", "when the refusal that answers it was met", 0),
        column("refusals", "Refusals", "refusals in its window of what was planned", 0),
        column("passed", "Let through", "attempts in its window that were not refused", 0),
        column("near", "Near misses", "refusals that nearly answer it, and what each lacks", 18),
        column(
            "control",
            "Positive control",
            "what shows that somebody in the right role succeeds: succeeded, not on record, \
             forbidden by policy (and allowed all the same), or not planned",
            10,
        ),
        column("control_who", "Control by", "registry id of who was to succeed", 0),
        column("control_at", "Control at", "when they did", 0),
        column("control_place", "Control place", "export file and place of that record", 0),
        column(
            "control_record",
            "Control record",
            "path in the pack of that record's verbatim copy",
            0,
        ),
        column("line", "Line", "line of drills.csv", 0),
        PLACE,
        RECORD,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let cx = report.cx();
    for (drill, found) in report.drills() {
        let answer = found.decisive().and_then(|index| report.decision(index));
        let control = found.control.decision().and_then(|index| report.decision(index));
        let near: Vec<_> = found.near.iter().map(|near| near.told(cx, drill)).collect();
        let id = |who| cx.principal(who).id.as_str();
        let refused = found.answer.and_then(|index| report.decision(index));
        sink(&[
            drill.id.as_str().into(),
            id(drill.who).into(),
            drill.action.text().into(),
            drill.target.as_ref().map_or("", |target| target.text()).into(),
            drill.code.as_deref().unwrap_or_default().into(),
            drill.from.to_string().into(),
            drill.until.to_string().into(),
            id(drill.conductor).into(),
            found.state.name().into(),
            report.moment(refused.map(|decision| decision.record.at)).into(),
            found.refused.len().to_string().into(),
            found.let_through.len().to_string().into(),
            near.join("; ").into(),
            found.control.name().into(),
            drill.control.as_ref().map_or("", |control| id(control.who)).into(),
            report.moment(control.map(|decision| decision.record.at)).into(),
            control.map(|d| report.place(d.origin)).unwrap_or_default().into(),
            control.map(|d| report.record_path(d.origin)).unwrap_or_default().into(),
            drill.line.to_string().into(),
            answer.map(|d| report.place(d.origin)).unwrap_or_default().into(),
            answer.map(|d| report.record_path(d.origin)).unwrap_or_default().into(),
        ]);
    }
}
