//! Every approving review of a change, whether it counts, and why not.

use super::{PLACE, RECORD, Report, Row, Table, column};
use crate::{
    crossref::{Span, Who},
    model::{AccountId, Instant},
    report::wording,
};

pub(super) static APPROVALS: Table = Table {
    id: "approvals",
    title: "Approvals",
    summary: "every approving review of a merged change, with whether it counts",
    columns: &[
        column("change", "Change", "id of the change", 15),
        column("at", "At", "when the approval was given", 14),
        column("account", "Account", "the account that approved", 13),
        column("principal", "Principal", "registry id of the account's owner", 0),
        column("person", "Person", "who stands behind the account in every test of separation", 8),
        column("kind", "Kind", "what acts through the account: human, agent, service, unknown", 0),
        column("revision", "Revision", "the revision the approval was given for", 0),
        column("merged_revision", "Merged revision", "the revision that was merged", 0),
        column("counts", "Counts", "whether it counts: yes, no, unknown", 7),
        column("reasons", "Reasons", "why it does not count, as stable names", 0),
        column("doubts", "Why not", "why it does not count or may not, in words", 26),
        column(
            "roles_then",
            "Roles then",
            "every role held at that moment, and how each is known",
            0,
        ),
        column("entitled_by", "Entitled by", "the roles among them that entitle to approve", 17),
        PLACE,
        RECORD,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let cx = report.cx();
    report.each_change(&mut |facts| {
        let change = &facts.case.change.record;
        for approval in &facts.approvals.all {
            let review = approval.act.record;
            let keys = wording::reason_keys(&approval.reasons);
            let mut words: Vec<_> =
                approval.reasons.iter().map(|r| wording::reason(cx, *r)).collect();
            words.extend(approval.doubts.iter().map(|doubt| wording::doubt(cx, doubt)));
            sink(&[
                report.text(Some(change.id.0)).into(),
                report.moment(review.at).into(),
                report.text(Some(review.by.0)).into(),
                report.principal(review.by).into(),
                report.person(review.by),
                report.kind(review.by).into(),
                report.text(review.revision).into(),
                report.text(change.revision).into(),
                wording::ternary(approval.counts()).into(),
                keys.join("; ").into(),
                words.join("; ").into(),
                held(report, review.by, review.at).into(),
                named(report, approval.entitled_by.iter()).into(),
                report.place(approval.act.origin).into(),
                report.record_path(approval.act.origin).into(),
            ]);
        }
    });
}

fn held(report: &Report<'_>, account: AccountId, at: Option<Instant>) -> String {
    let (Who::Principal(principal), Some(at)) = (report.cx().who(account), at) else {
        return String::new();
    };
    named(report, report.cx().roles.of(principal).iter().filter(|span| span.holds(at)))
}

fn named<'s>(report: &Report<'_>, spans: impl Iterator<Item = &'s Span>) -> String {
    let one = |span: &Span| {
        let scope = span.scope.map(|scope| format!(" on {}", report.text(Some(scope))));
        let proof = wording::proof(span.proof, &|at| at.to_string());
        let role = report.text(Some(span.role.0));
        format!("{role}{} ({proof})", scope.unwrap_or_default())
    };
    spans.map(one).collect::<Vec<_>>().join("; ")
}
