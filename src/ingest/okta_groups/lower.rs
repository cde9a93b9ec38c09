//! From a user or role to accounts and grants.

use crate::ingest::attempt::{Actor, Lowered, address};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::okta_accounts::{admin_role, app_role, group_role};
use crate::ingest::roles_held::Held;
use crate::model::{AccountId, AccountKind, Batch, Place};

const NO_SCOPE: &str = "the list does not name what it is a list of (set `scope = \"group:NAME\"` or \
                        `\"app:NAME\"` for its source)";

/// Lowers one record.
pub(super) fn record(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let profile = &node["profile"];
    if node["assignmentType"].is_some() || node["label"].is_some() && node["type"].is_some() {
        return role(node, place, context, out);
    }
    if node["syncState"].is_some() {
        return app_user(node, place, context, out);
    }
    if profile["login"].is_some() {
        return user(node, place, context, out);
    }
    if node["objectClass"].is_some() || profile["name"].is_some() {
        return Ok(Lowered::Nothing("group without its members"));
    }
    Err("it is neither a user nor a role".to_owned())
}

/// The role that everybody in the list has, as the source's settings say.
fn listed(context: &Context<'_>) -> Result<Option<String>, String> {
    let Some(scope) = context.settings.scope.as_deref() else {
        return Ok(context.settings.role.clone());
    };
    match scope.split_once(':').map(|(kind, name)| (kind, name.trim())) {
        Some(("group", name)) if !name.is_empty() => Ok(Some(group_role(name))),
        Some(("app", name)) if !name.is_empty() => Ok(Some(app_role(name))),
        _ => Err(NO_SCOPE.to_owned()),
    }
}

fn user(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let role = listed(context)?;
    let profile = &node["profile"];
    let login = profile["login"].text().ok_or("its login is no text")?;
    let email = profile["email"].text().or(Some(login)).and_then(address);
    let parts = [profile["firstName"].text(), profile["lastName"].text()];
    let full = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let name = profile["displayName"].text().unwrap_or(&full);
    let known = Actor {
        local: login.to_lowercase().into(),
        kind: AccountKind::Unknown,
        email,
        name: Some(name),
    };
    let holder = known.add(place, context.system, out);
    // Roles name their holder by this id only.
    if let Some(id) = node["id"].text() {
        Actor { local: id.into(), ..known }.add(place, context.system, out);
    }
    // Okta takes every group and application away from a user that it deactivates.
    if node["status"].text() != Some("DEPROVISIONED")
        && let Some(role) = role
    {
        hold(holder, &role, None, None, place, context, out)?;
    }
    Ok(Lowered::Records)
}

fn app_user(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let role = listed(context)?.ok_or(NO_SCOPE)?;
    if node["status"].text() == Some("DEPROVISIONED") {
        return Ok(Lowered::Nothing("user whom the application was taken away from"));
    }
    // The application's own name for the user is no account of Okta.
    let id = node["id"].text().ok_or("it names no user")?;
    let holder = Actor::new(id, AccountKind::Unknown).add(place, context.system, out);
    hold(holder, &role, None, None, place, context, out)?;
    Ok(Lowered::Records)
}

fn role(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    if node["status"].text().is_some_and(|status| status != "ACTIVE") {
        return Ok(Lowered::Nothing("role that is not active"));
    }
    let named = match node["type"].text() {
        Some("CUSTOM") | None => node["label"].text(),
        kind => kind,
    };
    let role = admin_role(named.ok_or("it does not name its role")?);
    let assignee = node["_links"]["assignee"]["href"].text();
    let mut parts = assignee.unwrap_or_default().trim_end_matches('/').rsplit('/');
    let (id, kind) = (parts.next().filter(|id| !id.is_empty()), parts.next());
    let holder = match (kind, id) {
        (Some("users"), Some(id)) => Actor::new(id, AccountKind::Unknown),
        (Some("groups"), Some(id)) => Actor::new(format!("group:{id}"), AccountKind::Unknown),
        (Some("clients"), Some(id)) => Actor::new(id, AccountKind::Service),
        _ => {
            return Err(
                "it does not name its holder (export `users/USER-ID/roles`, whose replies \
                        have `_links.assignee`)"
                    .to_owned(),
            );
        }
    };
    if kind == Some("groups") {
        out.gap("some roles are given to groups: their members are in exports of their own".into());
    }
    let holder = holder.add(place, context.system, out);
    let created = &node["created"];
    hold(holder, &role, node["resource-set"].text(), Some(created), place, context, out)?;
    Ok(Lowered::Records)
}

fn hold(
    holder: AccountId,
    role: &str,
    scope: Option<&str>,
    created: Option<&Node<'_>>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<(), String> {
    let from = created.map_or(Ok(None), |created| context.maybe_moment(created))?;
    Held { role, scope, from, until: None }.write(holder, place, context, out);
    Ok(())
}
