//! Accounts of Gerrit, and people in commits that it may or may not know.

use crate::ingest::git_people::Who;
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{AccountId, AccountKind, Batch, Place};

/// Adds an account: Gerrit knows it, so its address is confirmed.
pub(super) fn account(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<AccountId, String> {
    known(node, place, context, out).ok_or_else(|| {
        "one of its accounts has neither username nor number (export with o=DETAILED_ACCOUNTS)"
            .to_owned()
    })
}

fn known(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Option<AccountId> {
    let number = || node["_account_id"].whole().map(|id| format!("account/{id}"));
    let local = node["username"].text().map(str::to_owned).or_else(number)?;
    let service = node["tags"].items().iter().any(|tag| tag.text() == Some("SERVICE_USER"));
    let kind = if service { AccountKind::Service } else { AccountKind::Unknown };
    let id = out.account_id(context.system, &local);
    Some(out.account(place, id, kind, node["email"].text(), node["name"].text()))
}

/// Somebody in a commit: the account that Gerrit matched, or what the commit says.
pub(super) fn writer<'n>(
    node: &'n Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Option<Who<'n>> {
    if !node.is_object() {
        return None;
    }
    Some(match known(node, place, context, out) {
        Some(id) => Who::Account(id),
        None => Who::Claim {
            name: node["name"].text().unwrap_or_default(),
            email: node["email"].text().unwrap_or_default(),
        },
    })
}
