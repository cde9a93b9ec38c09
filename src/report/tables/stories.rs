//! What happened in every exception, one event a row.

use super::{PLACE, RECORD, Report, Row, Table, column};
use crate::report::story::{Again, Event, Extent, Index, story};

pub(super) static STORIES: Table = Table {
    id: "stories",
    title: "Stories",
    summary: "every event of every exception's story, in the order of time",
    columns: &[
        column("exception", "Exception", "id of the exception", 12),
        column("step", "Step", "number of the event in the story, from 1", 5),
        column("at", "At", "when it happened; empty: not known", 14),
        column("event", "Event", "what happened, in a sentence", 40),
        column("account", "Account", "the account that it is about", 14),
        column("principal", "Principal", "registry id of the account's owner", 9),
        column("basis", "Basis", "what says that the account is this principal's", 0),
        column("roles", "Roles", "the roles held then, and how that is known", 0),
        column("judged", "Judged", "of an approval, whether and why it counts", 0),
        column("sha256", "SHA-256", "digest of the file that the record was read from", 0),
        PLACE,
        RECORD,
        column(
            "also_told_by",
            "Also told by",
            "other records that tell of the same: the account as they name it, and their place",
            0,
        ),
    ],
    rows,
};

/// Exceptions whose records are looked up in one walk over the evidence.
const CHUNK: usize = 4096;

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    for chunk in report.assessment.exceptions.chunks(CHUNK) {
        let index = Index::new(report, chunk);
        for exception in chunk {
            let told = story(report, &index, exception, Extent::WHOLE);
            for (step, event) in (1u64..).zip(&told.events) {
                sink(&[
                    told.id.as_str().into(),
                    step.to_string().into(),
                    event.moment.as_str().into(),
                    event.said.as_str().into(),
                    event.account.as_str().into(),
                    event.principal.as_str().into(),
                    event.basis.as_str().into(),
                    event.roles.as_deref().unwrap_or_default().into(),
                    event.judged.as_deref().unwrap_or_default().into(),
                    event.sha256.as_str().into(),
                    event.place.as_str().into(),
                    event.record.as_str().into(),
                    also(event).into(),
                ]);
            }
        }
    }
}

fn also(event: &Event) -> String {
    let one = |again: &Again| format!("{}: {}", again.account, again.place);
    event.also.iter().map(one).collect::<Vec<_>>().join("; ")
}
