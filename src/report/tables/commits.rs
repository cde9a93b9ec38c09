//! Every commit that became the newest of a protected branch, and the changes that it came with.

use super::{PLACE, RECORD, Report, Row, Table, column};
use crate::{
    model::{LinkKind, Subject, SubjectId, SubjectKind},
    report::wording,
};

pub(super) static COMMITS: Table = Table {
    id: "commits",
    title: "Commits",
    summary: "every commit that became the newest of a protected branch in the period, one row \
              for each way in which a change names it",
    columns: &[
        column("subject", "Commit", "id of the commit", 16),
        column("repository", "Repository", "the repository; empty: not known", 10),
        column("branch", "Branch", "the branch", 7),
        column("at", "At", "when, as the commit claims", 10),
        column(
            "changes_known",
            "Changes known",
            "whether any export holds changes of the repository",
            0,
        ),
        column(
            "link",
            "Link",
            "how a change names it: contains, head, merged-as; empty: none does",
            6,
        ),
        column("through", "Through", "the commit that is named: this one, or one it merged", 0),
        column("change", "Change", "the change that names it", 12),
        column("change_merged", "Merged", "when that change was merged; empty: never", 10),
        PLACE,
        RECORD,
    ],
    rows,
};

/// How a change names a commit that came with it, each way alone.
const WAYS: [&[LinkKind]; 3] = [&[LinkKind::Contains], &[LinkKind::Head], &[LinkKind::MergedAs]];

/// A change's naming of a commit.
struct Naming<'a> {
    way: &'static [LinkKind],
    through: SubjectId,
    change: &'a Subject,
}

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let cx = report.cx();
    for commit in cx.mainline.iter().filter_map(|id| cx.dataset.subject(*id)) {
        let record = &commit.record;
        let known = record.repository.is_some_and(|repository| cx.changes_known(repository));
        let namings = namings(report, record.id);
        // A commit that no change names has its row too
        let all = namings.iter().map(Some).chain(namings.is_empty().then_some(None));
        for naming in all {
            sink(&[
                report.text(Some(record.id.0)).into(),
                report.text(record.repository).into(),
                report.text(record.target).into(),
                report.moment(record.done).into(),
                wording::binary(known).into(),
                naming.and_then(|naming| naming.way.first()).map_or("", |link| link.name()).into(),
                report.text(naming.map(|naming| naming.through.0)).into(),
                report.text(naming.map(|naming| naming.change.id.0)).into(),
                report.moment(naming.and_then(|naming| naming.change.done)).into(),
                report.place(commit.origin).into(),
                report.record_path(commit.origin).into(),
            ]);
        }
    }
}

/// Every naming of the commit itself, then of the commits that it merged.
fn namings<'a>(report: &Report<'a>, commit: SubjectId) -> Vec<Naming<'a>> {
    let cx = report.cx();
    let parents = cx.dataset.links_from(commit).iter().map(|link| link.record);
    let merged = parents.filter(|link| link.kind == LinkKind::OtherParent).map(|link| link.to);
    let mut found = Vec::new();
    for through in std::iter::once(commit).chain(merged) {
        for way in WAYS {
            for change in cx.linked_by(through, way) {
                let subject = report.subject(change).filter(|s| s.kind == SubjectKind::Change);
                found.extend(subject.map(|change| Naming { way, through, change }));
            }
        }
    }
    found
}
