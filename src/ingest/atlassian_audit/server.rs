//! Events of a server product, in parts.

use super::{Event, Moved};
use crate::ingest::attempt::{Actor, Lowered, READING};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{AccountKind, Batch, Place};

/// Lowers one event. Notes in `roles` whether it showed any.
pub(in crate::ingest) fn server(
    event: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    roles: &mut bool,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let kind = &event["type"];
    let shown = kind["action"].text().ok_or("it does not say what was done")?;
    let key = kind["actionI18nKey"].text().unwrap_or(shown);
    if key.ends_with("audit.search") || key.contains(".repositoryaccessed") {
        return Ok(READING);
    }
    let mut objects = event["affectedObjects"].items().iter();
    let event = Event {
        action: key,
        at: context.moment_or_millis(&event["timestamp"]),
        actor: author(&event["author"]),
        moved: moved(key, event)?,
        resource: objects.find_map(|object| object["name"].text()),
        request: None,
    };
    event.lower(place, context, roles, out)
}

/// Who did it. What the product did by itself has no author but `System`.
fn author<'n>(author: &'n Node<'n>) -> Option<Actor<'n>> {
    let name = author["name"].text()?;
    let kind = match author["type"].text() {
        Some("SERVICE" | "system") => AccountKind::Service,
        _ => AccountKind::Unknown,
    };
    Some(Actor::new(name.to_lowercase(), kind))
}

/// Whoever holds a role: the log does not say what kind of account that is.
fn account<'n>(local: String) -> Actor<'n> {
    Actor::new(local, AccountKind::Unknown)
}

fn affected<'n>(event: &'n Node<'n>, kind: &str) -> Option<&'n str> {
    let objects = event["affectedObjects"].items();
    let found = objects
        .iter()
        .find(|object| object["type"].text().is_some_and(|said| said.eq_ignore_ascii_case(kind)));
    found.and_then(|object| object["name"].text())
}

/// A further attribute, by its name.
fn attribute<'n>(event: &'n Node<'n>, name: &str) -> Option<&'n str> {
    let all = event["extraAttributes"].items().iter();
    let mut named = all.filter(|one| one["name"].text() == Some(name));
    named.find_map(|one| one["value"].text())
}

/// What the event did to roles. Permissions are asked for in one event and given in another: only
/// the second counts.
fn moved<'n>(key: &str, event: &'n Node<'n>) -> Result<Vec<Moved<'n>>, String> {
    let last = key.rsplit_once("action.").map_or(key, |(_, last)| last);
    let of_group = |gives| -> Result<Vec<Moved<'n>>, String> {
        let group = affected(event, "GROUP").ok_or("it does not name its group")?;
        let user = affected(event, "USER").ok_or("it does not say whose membership")?;
        let role = format!("group:{group}");
        Ok(vec![Moved { holder: account(user.to_lowercase()), role, scope: None, gives }])
    };
    match last {
        "groupmembershipscreated.user" => of_group(true),
        "groupmembershipdeleted" | "groupmembershipdeleted.user" => of_group(false),
        _ if key.ends_with("user.added.to.group") => of_group(true),
        _ if key.ends_with("user.removed.from.group") => of_group(false),
        _ if key.ends_with("project.roles.changed") => Ok(project_role(event)),
        _ => permission(last, event),
    }
}

/// A permission of Bitbucket: `repositorypermissiongranted`, `globalpermissionrevoked`.
fn permission<'n>(last: &str, event: &'n Node<'n>) -> Result<Vec<Moved<'n>>, String> {
    let Some((level, what)) = last.split_once("permission") else { return Ok(Vec::new()) };
    let gives = match what {
        "granted" => true,
        "revoked" => false,
        _ => return Ok(Vec::new()),
    };
    let scope = match level {
        "global" => None,
        "project" => Some(affected(event, "PROJECT").ok_or("it does not name its project")?),
        "repository" => {
            Some(affected(event, "REPOSITORY").ok_or("it does not name its repository")?)
        }
        _ => return Ok(Vec::new()),
    };
    let permission = attribute(event, "Permission").ok_or("it does not say which permission")?;
    let user = affected(event, "USER").map(str::to_lowercase);
    let group = || affected(event, "GROUP").map(|group| format!("group:{group}"));
    let holder = user.or_else(group).ok_or("it does not say whose permission")?;
    let role = format!("{level}:{permission}");
    Ok(vec![Moved { holder: account(holder), role, scope, gives }])
}

/// A role in a project of Jira, whose holders are listed before and after.
fn project_role<'n>(event: &'n Node<'n>) -> Vec<Moved<'n>> {
    let (role, project) = (affected(event, "PROJECT_ROLE"), affected(event, "PROJECT"));
    let Some(role) = role else { return Vec::new() };
    let mut moved = Vec::new();
    for value in event["changedValues"].items() {
        if value["key"].text() != Some("Users") {
            continue;
        }
        let names = |side: &str| -> Vec<&'n str> {
            let list = value[side].text().unwrap_or_default();
            list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect()
        };
        let (before, after) = (names("from"), names("to"));
        let mut add = |name: &str, gives| {
            let role = format!("project-role:{role}");
            let holder = account(name.to_lowercase());
            moved.push(Moved { holder, role, scope: project, gives });
        };
        before.iter().filter(|name| !after.contains(name)).for_each(|name| add(name, false));
        after.iter().filter(|name| !before.contains(name)).for_each(|name| add(name, true));
    }
    moved
}
