//! Every exception, answered or not.

use super::{PLACE, RECORD, Report, Row, Table, column};
use crate::{
    crossref::Tested,
    report::{FollowUps, wording},
};

pub(super) static EXCEPTIONS: Table = Table {
    id: "exceptions",
    title: "Exceptions",
    summary: "every violation that somebody must answer, worst first, whether answered or not",
    columns: &[
        column(
            "exception",
            "Exception",
            "id, the same in every month as long as rule, subject and persons are",
            11,
        ),
        column("rule", "Rule", "the rule that was broken", 12),
        column(
            "class",
            "Class",
            "breach: used on one object; exposure: held together; process: how evidence is handled",
            7,
        ),
        column("severity", "Severity", "high, medium, low, advisory", 7),
        column("status", "Status", "open, justification not accepted, expired, justified", 9),
        column("tested", "Tested", "what kind of thing broke it", 0),
        column("subject", "Subject", "what broke it", 14),
        column(
            "persons",
            "Persons",
            "who broke it: registry ids, or accounts that belong to nobody known",
            10,
        ),
        column(
            "parties",
            "Parties",
            "who can neither write nor approve its justification: its persons, and whoever had a \
             part in what it is about",
            0,
        ),
        column("statement", "What happened", "why it is an exception", 22),
        column("also", "Also seen by", "other rules that saw the same fact", 0),
        column("owner", "Owner", "registry id of who sees to it that it is answered", 0),
        column(
            "age_days",
            "Age",
            "whole days to this pack's moment from the end of the period of the pack that reported \
             it first",
            0,
        ),
        column(
            "late",
            "Late",
            "whether the answer came, or is out, after the time policy gives",
            0,
        ),
        column(
            "first_reported",
            "First reported",
            "folder of the earlier pack that reported it first",
            0,
        ),
        column(
            "repeated",
            "Repeated",
            "other exceptions of the period by which one of its persons broke the same rule",
            0,
        ),
        column(
            "seen_before",
            "Seen before",
            "earlier periods in which it was reported, or one of them broke the rule",
            0,
        ),
        column("justification_lines", "Lines", "lines of the justifications file that name it", 0),
        column("url", "Address", "where people open what broke the rule", 0),
        column(
            "id_persons",
            "Persons of the id",
            "who broke the rule itself, without those whom only the rules of `also` name: what the \
             id is computed from",
            0,
        ),
        column(
            "about",
            "About",
            "what tells apart several exceptions of one rule, subject and persons: what the id is \
             computed from besides these",
            0,
        ),
        PLACE,
        RECORD,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let cx = report.cx();
    let follow_ups = FollowUps::new(report.history, report.assessment);
    for exception in &report.assessment.exceptions {
        let first = exception.evidence.first().map(|evidence| evidence.origin);
        let also: Vec<_> = exception.also.iter().map(|(rule, _)| rule.id).collect();
        let answers = exception.answers.iter();
        let line = |index: usize| cx.justifications.all[index].line.to_string();
        let lines: Vec<_> = answers.map(|answer| line(answer.index)).collect();
        let next = follow_ups.of(cx, exception);
        let owner = next.owner.map_or("", |owner| &cx.principal(owner.principal).id);
        let reported = next.reported.map_or("", |(report, _)| &report.folder);
        let url = match exception.tested {
            Tested::Subject(id) => report.subject(id).and_then(|subject| subject.url),
            _ => None,
        };
        let url = report.text(url);
        sink(&[
            exception.id.as_str().into(),
            exception.rule.id.into(),
            wording::class(exception.rule.class).into(),
            exception.severity.name().into(),
            exception.status.name().into(),
            wording::tested(exception.tested).into(),
            exception.tested.id(cx).into(),
            report.who_ids(&exception.persons).into(),
            report.who_ids(&exception.parties).into(),
            exception.statement.as_str().into(),
            also.join("; ").into(),
            owner.into(),
            next.days.to_string().into(),
            wording::binary(next.late).into(),
            reported.into(),
            next.others.to_string().into(),
            next.before.join("; ").into(),
            lines.join("; ").into(),
            url.into(),
            report.who_ids(&exception.leading).into(),
            exception.about.as_deref().unwrap_or_default().into(),
            first.map(|origin| report.place(origin)).unwrap_or_default().into(),
            first.map(|origin| report.record_path(origin)).unwrap_or_default().into(),
        ]);
    }
}
