//! Every justification that people wrote, and whether it is accepted.

use super::{PLACE, Report, Row, Table, column};
use crate::report::wording;

pub(super) static JUSTIFICATIONS: Table = Table {
    id: "justifications",
    title: "Justifications",
    summary: "every justification that was written, whether it answers an exception or not",
    columns: &[
        column("line", "Line", "line of the justifications file", 4),
        column("exception", "Exception", "the exception that it names", 11),
        column(
            "answers",
            "Answers",
            "yes: an exception of this period; earlier: one that an earlier pack reported; no: \
             neither",
            6,
        ),
        column(
            "accepted",
            "Accepted",
            "whether it is accepted: yes, no; empty if it answers nothing",
            7,
        ),
        column("weaknesses", "Why not", "why it is not accepted", 18),
        column("author", "Author", "registry id of who wrote it, as written", 8),
        column("approver", "Approver", "registry id of who approved it, as written", 8),
        column("at", "Approved", "when it was approved", 10),
        column("expires", "Expires", "first moment at which it no longer holds", 0),
        column("compensating_control", "Compensating control", "what lowered the risk", 0),
        column("ticket", "Ticket", "where it was discussed", 0),
        column("text", "Text", "the justification", 20),
        PLACE,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let file = report.input_path("justifications");
    for (index, justification) in report.cx().justifications.all.iter().enumerate() {
        let exceptions = &report.assessment.exceptions;
        let answered = exceptions.iter().find(|e| e.id == justification.exception);
        let answer = answered.and_then(|e| e.answers.iter().find(|answer| answer.index == index));
        let earlier = match answered {
            None => report.history.answered_earlier(report.cx(), index).map(|(_, answer)| answer),
            Some(_) => None,
        };
        let answers = match (answered, &earlier) {
            (Some(_), _) => "yes",
            (None, Some(_)) => "earlier",
            (None, None) => "no",
        };
        let answer = answer.or(earlier.as_ref());
        let weaknesses = answer.map_or(&[][..], |answer| answer.weaknesses.as_slice());
        let weaknesses: Vec<_> =
            weaknesses.iter().map(|w| wording::weakness(w, &|at| at.to_string())).collect();
        let accepted = answer.map_or("", |answer| wording::binary(answer.weaknesses.is_empty()));
        sink(&[
            justification.line.to_string().into(),
            justification.exception.as_str().into(),
            answers.into(),
            accepted.into(),
            weaknesses.join("; ").into(),
            justification.author.as_str().into(),
            justification.approver.as_str().into(),
            justification.at.to_string().into(),
            report.moment(justification.expires).into(),
            justification.compensating_control.as_deref().unwrap_or_default().into(),
            justification.ticket.as_deref().unwrap_or_default().into(),
            justification.text.as_str().into(),
            format!("{file} line {}", justification.line).into(),
        ]);
    }
}
