//! Every input file, and how completely it was read.

use super::{Report, Row, Table, column};
use crate::report::wording;

pub(super) static SOURCES: Table = Table {
    id: "sources",
    title: "Sources",
    summary: "every export that was read, and what became of its items",
    columns: &[
        column("path", "File", "path of the export, relative to the configuration's folder", 20),
        column("format", "Format", "the reader that read it", 10),
        column("system", "System", "the system that its accounts belong to", 8),
        column("sha256", "SHA-256", "digest of the file as it lies on disk", 0),
        column("bytes", "Bytes", "length of the file", 7),
        column("items", "Items", "elements, rows or lines in it", 7),
        column("lowered", "Used", "items that gave at least one record", 7),
        column("irrelevant", "Not relevant", "items that hold nothing that is judged", 7),
        column("irrelevant_reasons", "Reasons", "why, with how often", 0),
        column("rejected", "Rejected", "items that could not be read", 7),
        column("duplicates", "Duplicates", "records that were given already", 7),
        column("outside_period", "Outside", "acts and decisions that lie outside the period", 7),
        column("first", "First", "earliest time in it", 0),
        column("last", "Last", "latest time in it", 0),
        column("exported_by", "Exported by", "who made the export, as people say", 0),
        column("exported_at", "Exported at", "when it was made, as people say", 0),
        column("command", "Command", "how it was made, as people say", 0),
        column(
            "roles",
            "Roles",
            "how it tells of roles: interval, event, snapshot; empty: not at all",
            0,
        ),
        column("gaps", "Gaps", "what the reader noticed that makes it incomplete", 0),
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let outside = outside(report);
    for (source, outside) in report.cx().dataset.sources().iter().zip(outside) {
        let (tally, export) = (&source.tally, &source.export);
        let reasons: Vec<_> =
            tally.irrelevant.iter().map(|(why, n)| format!("{why}: {n}")).collect();
        sink(&[
            source.path.as_str().into(),
            source.format.into(),
            source.system.as_str().into(),
            source.digest.to_string().into(),
            source.bytes.to_string().into(),
            tally.items.to_string().into(),
            tally.lowered.to_string().into(),
            tally.irrelevant_total().to_string().into(),
            reasons.join("; ").into(),
            tally.rejected.to_string().into(),
            tally.duplicates.to_string().into(),
            outside.to_string().into(),
            report.moment(tally.times.map(|(first, _)| first)).into(),
            report.moment(tally.times.map(|(_, last)| last)).into(),
            export.by.as_deref().unwrap_or_default().into(),
            report.moment(export.at).into(),
            export.command.as_deref().unwrap_or_default().into(),
            source.roles.map_or("", wording::told).into(),
            source.gaps.join("; ").into(),
        ]);
    }
}

/// For each source, the acts and decisions that lie outside the period.
pub(in crate::report) fn outside(report: &Report<'_>) -> Vec<u64> {
    let cx = report.cx();
    let mut counts = vec![0; cx.dataset.sources().len()];
    let acts = cx.dataset.acts().iter().map(|act| (act.record.at, act.origin.source));
    let decisions = cx.dataset.decisions().iter().map(|d| (Some(d.record.at), d.origin.source));
    for (at, source) in acts.chain(decisions) {
        if at.is_some_and(|at| !cx.period.contains(at)) {
            counts[source.0 as usize] += 1;
        }
    }
    counts
}
