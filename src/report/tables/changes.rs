//! Every change that was merged in the period.

use super::{PLACE, RECORD, Report, Row, Table, column};
use crate::{
    crossref::{ChangeFacts, Tested},
    model::{AccountId, Duty},
    report::wording,
};

pub(super) static CHANGES: Table = Table {
    id: "changes",
    title: "Changes",
    summary: "every change that was merged in the period",
    columns: &[
        column("change", "Change", "id of the change, with its system", 12),
        column("title", "Title", "what people called it", 18),
        column("url", "Link", "where people open it", 0),
        column("repository", "Repository", "the repository or project", 0),
        column("target", "Target", "the branch or environment it went to", 7),
        column("revision", "Revision", "the revision that was merged", 0),
        column("created", "Created", "when it was opened", 0),
        column("merged", "Merged", "when it was merged", 11),
        column("by_agent", "Agent", "whether an agent asked for, wrote or committed any of it", 5),
        column(
            "contributors",
            "Contributors",
            "accounts that asked for, wrote or committed it",
            14,
        ),
        column("mergers", "Merged by", "accounts that merged it", 11),
        column("executors", "Executed by", "accounts that ran or deployed it", 0),
        column("approvals_needed", "Needed", "distinct persons who must approve", 0),
        column("approvals_effective", "Count", "distinct persons whose approval counts", 5),
        column(
            "approvals_possible",
            "May count",
            "distinct persons whose approval counts or may",
            0,
        ),
        column("enough", "Enough", "whether enough persons approved: yes, no, unknown", 7),
        column("exceptions", "Exceptions", "ids of the exceptions on this change", 10),
        column(
            "reviews_known",
            "Reviews known",
            "whether the exports show its reviews, or that it had none",
            0,
        ),
        column("commits_known", "Commits known", "whether the exports list its commits", 0),
        PLACE,
        RECORD,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let exceptions = &report.assessment.exceptions;
    let mut by_subject: Vec<_> = exceptions.iter().map(|e| (e.tested, e.id.as_str())).collect();
    by_subject.sort_unstable();
    report.each_change(&mut |facts| {
        let change = &facts.case.change.record;
        let origin = facts.case.change.origin;
        let tested = Tested::Subject(change.id);
        let start = by_subject.partition_point(|(thing, _)| *thing < tested);
        let on_it = by_subject[start..].iter().take_while(|(thing, _)| *thing == tested);
        let ids: Vec<_> = on_it.map(|(_, id)| *id).collect();
        let approvals = &facts.approvals;
        sink(&[
            report.text(Some(change.id.0)).into(),
            report.text(change.title).into(),
            report.text(change.url).into(),
            report.text(change.repository).into(),
            report.text(change.target).into(),
            report.text(change.revision).into(),
            report.moment(change.created).into(),
            report.moment(change.done).into(),
            wording::binary(facts.by_agent).into(),
            contributors(report, facts).into(),
            accounts(report, facts, Duty::Merge).into(),
            accounts(report, facts, Duty::Execute).into(),
            approvals.needed.to_string().into(),
            approvals.effective.to_string().into(),
            approvals.possible.to_string().into(),
            wording::ternary(approvals.enough()).into(),
            ids.join("; ").into(),
            wording::binary(change.reviews_listed || report.cx().reviews_known(change)).into(),
            wording::binary(facts.case.commits.is_some()).into(),
            report.place(origin).into(),
            report.record_path(origin).into(),
        ]);
    });
}

fn contributors(report: &Report<'_>, facts: &ChangeFacts<'_>) -> String {
    joined(report, facts.case.contributions().iter().map(|act| act.record.by))
}

fn accounts(report: &Report<'_>, facts: &ChangeFacts<'_>, duty: Duty) -> String {
    joined(report, facts.case.did(duty).map(|act| act.record.by))
}

fn joined(report: &Report<'_>, accounts: impl Iterator<Item = AccountId>) -> String {
    let mut seen: Vec<AccountId> = Vec::new();
    for account in accounts {
        if !seen.contains(&account) {
            seen.push(account);
        }
    }
    seen.iter().map(|account| report.text(Some(account.0))).collect::<Vec<_>>().join("; ")
}
