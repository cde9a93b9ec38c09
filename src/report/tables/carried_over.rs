//! Exceptions of earlier packs that nobody had answered then.

use super::{Report, Row, Table, column};

pub(super) static CARRIED_OVER: Table = Table {
    id: "carried-over",
    title: "Carried over",
    summary: "every exception of an earlier period that was open in its pack, as it stands now; \
              one that was answered since is told once",
    columns: &[
        column("exception", "Exception", "id, the same as in the earlier pack", 11),
        column("rule", "Rule", "the rule that was broken", 12),
        column("class", "Class", "breach, exposure or process", 7),
        column("severity", "Severity", "high, medium, low, advisory", 7),
        column("pack", "Pack", "folder of the latest pack that reported it", 12),
        column("period", "Period", "that pack's period", 8),
        column("status_then", "Status then", "its status in that pack", 9),
        column("status", "Status", "its status by the justifications of this pack", 9),
        column("subject", "Subject", "what broke the rule", 12),
        column("persons", "Persons", "who broke it, as the earlier pack named them", 9),
        column("statement", "What happened", "why it was an exception", 20),
        column("owner", "Owner", "registry id of who saw to it, as the earlier pack says", 0),
        column(
            "age_days",
            "Age",
            "whole days to this pack's moment from the end of the period of the pack that reported \
             it first",
            0,
        ),
        column("url", "Address", "where people open what broke the rule", 0),
        column("justification_lines", "Lines", "lines of the justifications file that name it", 0),
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let cx = report.cx();
    for one in report.history.carried(report.assessment) {
        let then = one.reported;
        let lines = one.answers.iter().map(|a| cx.justifications.all[a.index].line.to_string());
        sink(&[
            then.id.as_str().into(),
            then.rule.as_str().into(),
            then.class.as_str().into(),
            then.severity.as_str().into(),
            one.from.folder.as_str().into(),
            one.from.label.as_str().into(),
            then.status.as_str().into(),
            one.status.name().into(),
            then.subject.as_str().into(),
            then.persons.join("; ").into(),
            then.statement.as_str().into(),
            then.owner.as_str().into(),
            report.history.days_open(cx, &one).to_string().into(),
            then.url.as_str().into(),
            lines.collect::<Vec<_>>().join("; ").into(),
        ]);
    }
}
