//! Every account of the evidence, and whose it is.

use super::{PLACE, RECORD, Report, Row, Table, column};
use crate::report::wording;

pub(super) static IDENTITIES: Table = Table {
    id: "identities",
    title: "Identities",
    summary: "every account that occurs in the evidence, whose it is, and what says so",
    columns: &[
        column("account", "Account", "the account, with its system", 18),
        column("account_kind", "Account is", "what the account's own system says it is", 8),
        column("principal", "Principal", "registry id of its owner; empty: nobody known", 10),
        column("name", "Name", "the owner's name", 12),
        column(
            "kind",
            "Kind",
            "what the rules take it for: agent if the registry or the account's own system says so, else \
             as they say: human, service, unknown",
            8,
        ),
        column("person", "Person", "who stands behind it in every test of separation", 10),
        column("basis", "Basis", "what says that it is this principal's", 24),
        column("valid_from", "Valid from", "since when the registry holds the owner valid", 0),
        column(
            "valid_until",
            "Valid until",
            "first moment at which the registry no longer does",
            0,
        ),
        column("times_acted", "Acts", "acts and attempts in the period", 6),
        PLACE,
        RECORD,
    ],
    rows,
};

fn rows(report: &Report<'_>, sink: &mut dyn FnMut(&Row<'_>)) {
    let cx = report.cx();
    for identity in cx.identities.all() {
        let owner = identity.principal.map(|principal| cx.principal(principal));
        let activity = cx.activity.get(&identity.account);
        let first = activity.map(|activity| activity.first);
        sink(&[
            report.text(Some(identity.account.0)).into(),
            identity.kind.name().into(),
            report.principal(identity.account).into(),
            owner.map_or("", |owner| &owner.name).into(),
            report.kind(identity.account).into(),
            report.person(identity.account),
            wording::basis(cx, &identity.basis).into(),
            report.moment(owner.and_then(|owner| owner.valid_from)).into(),
            report.moment(owner.and_then(|owner| owner.valid_until)).into(),
            activity.map_or(0, |activity| activity.times).to_string().into(),
            first.map(|origin| report.place(origin)).unwrap_or_default().into(),
            first.map(|origin| report.record_path(origin)).unwrap_or_default().into(),
        ]);
    }
}
