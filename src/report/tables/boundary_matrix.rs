//! What policy forbids to each tier, and what the logs show of it.

use super::{Report, Row, Table, column};
use crate::crossref::boundaries;

pub(super) static BOUNDARY_MATRIX: Table = Table {
    id: "boundary-matrix",
    title: "Boundary matrix",
    summary: "every capability that policy forbids to a tier, and what the period's logs show of it",
    columns: &[
        column("tier", "Tier", "the tier", 10),
        column("capability", "Must not", "the capability that policy forbids to it", 16),
        column("members", "Members", "principals who were in the tier in the period", 7),
        column("passed", "Let through", "attempts that were not refused: a breach", 8),
        column(
            "acted",
            "Acted",
            "approvals of changes and deployments to production by members, by their own records: \
             let through too",
            8,
        ),
        column("wild", "In the wild", "complete refusals that nobody had planned", 8),
        column("drilled", "In drills", "complete refusals that belong to a drill", 8),
        column(
            "unexplained",
            "Not explained",
            "attempts that prove nothing: the record names no control, or no outcome",
            8,
        ),
        column("last", "Last refusal", "when the last complete refusal was met", 10),
        column(
            "state",
            "State",
            "let through, refused in a drill, refused in the wild, refused without naming the \
             control, never exercised, not recognisable (policy maps no action) or nobody in the \
             tier",
            14,
        ),
        column(
            "blind",
            "Not seen",
            "why the logs cannot show that it was never tried, if they cannot",
            11,
        ),
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    for boundary in boundaries(report.cx()) {
        sink(&[
            boundary.tier.name.as_str().into(),
            boundary.capability.into(),
            boundary.members.len().to_string().into(),
            boundary.let_through.len().to_string().into(),
            boundary.acted.to_string().into(),
            boundary.wild.len().to_string().into(),
            boundary.drilled.len().to_string().into(),
            boundary.unexplained.len().to_string().into(),
            report.moment(boundary.last).into(),
            boundary.shows().name().into(),
            boundary.blind.as_deref().unwrap_or_default().into(),
        ]);
    }
}
