//! Assignments of Azure's roles that the log shows.

use super::refusal::properties;
use crate::ingest::entra_accounts::{GROUPS, azure_role, by_id, is_group, kind};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::role_event::RoleEvent;
use crate::model::Batch;

const NO_ASSIGNMENT: &str =
    "roles were given or taken away in entries that do not say which role or whose";

/// Whether an operation gives a role, or takes it away.
pub(super) fn gives(action: &str) -> Option<bool> {
    match action {
        "microsoft.authorization/roleassignments/write" => Some(true),
        "microsoft.authorization/roleassignments/delete" => Some(false),
        _ => None,
    }
}

/// Adds what an entry says of an assignment. Tells whether it says anything.
pub(super) fn moved(
    entry: &Node<'_>,
    change: &RoleEvent,
    context: &Context<'_>,
    out: &mut Batch,
) -> bool {
    let properties = properties(entry);
    let bodies = ["responseBody", "requestbody"].map(|name| properties.any_case(name).text());
    for body in bodies.into_iter().flatten() {
        let Ok(body) = Node::parse(body) else { continue };
        let inner = body.any_case("properties");
        let inner = if inner.is_object() { inner } else { &body };
        let text = |name| inner.any_case(name).text();
        let (Some(id), Some(role)) = (text("principalId"), text("roleDefinitionId")) else {
            continue;
        };
        let said = text("principalType");
        let holder = if is_group(said) {
            out.gap(GROUPS.to_owned());
            by_id(&format!("group:{id}"), kind(None))
        } else {
            by_id(id, kind(said))
        };
        let holder = holder.add(change.place, context.system, out);
        let role = out.role_id(context.system, &format!("role:{}", azure_role(role)));
        let whole = entry["resourceId"].text().unwrap_or_default().to_lowercase();
        // The assignment's own id is its scope with this behind it.
        let limit = whole.rfind("/providers/microsoft.authorization/").map(|at| &whole[..at]);
        let scope = text("scope").map(str::to_lowercase).or(limit.map(str::to_owned));
        let scope = out.maybe(scope.as_deref());
        change.write(holder, role, scope, out);
        return true;
    }
    out.gap(NO_ASSIGNMENT.to_owned());
    false
}
