//! Events of an Atlassian organisation in the cloud.

use serde_json::{Map, Value};

use super::{Event, Moved};
use crate::ingest::attempt::{Actor, Lowered, READING, address};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{AccountKind, Batch, Place};

/// Whether the object is an event of an organisation.
pub(in crate::ingest) fn is_cloud(object: &Map<String, Value>) -> bool {
    let attributes = object.get("attributes").and_then(Value::as_object);
    attributes.is_some_and(|a| {
        a.contains_key("time") && a.contains_key("action") && a.contains_key("actor")
    })
}

/// Lowers one event. Notes in `roles` whether it showed any.
pub(in crate::ingest) fn cloud(
    event: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    roles: &mut bool,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let said = &event["attributes"];
    let action = said["action"].text().ok_or("it does not say what was done")?;
    if action.contains("_viewed") || action.contains("_exported") {
        return Ok(READING);
    }
    let event = Event {
        action,
        at: context.moment(&said["time"]),
        actor: actor(&said["actor"]),
        moved: membership(action, said)?.into_iter().collect(),
        resource: resource(said),
        request: event["id"].id(),
    };
    event.lower(place, context, roles, out)
}

fn actor<'n>(actor: &'n Node<'n>) -> Option<Actor<'n>> {
    let id = actor["id"].text()?;
    // Whoever acts for somebody through a program is that program.
    let app = actor["app"]["id"].text().is_some() && actor["onBehalfOf"].is_object();
    let kind = if app { AccountKind::Service } else { AccountKind::Unknown };
    let email = actor["email"].text().and_then(address);
    Some(Actor { local: id.into(), kind, email, name: actor["name"].text() })
}

fn of_type<'n>(said: &'n Node<'n>, kind: &str) -> Option<&'n Node<'n>> {
    let all = said["context"].items().iter().chain(said["container"].items());
    let mut all =
        all.filter(|one| one["type"].text().is_some_and(|t| t.eq_ignore_ascii_case(kind)));
    all.next()
}

fn named<'n>(node: &'n Node<'n>) -> Option<&'n str> {
    node["attributes"].first(&["name", "displayName", "fullName"]).text().or(node["id"].text())
}

fn resource<'n>(said: &'n Node<'n>) -> Option<&'n str> {
    let mut all = said["context"].items().iter().chain(said["container"].items());
    all.find_map(named)
}

/// Whether the event put somebody into a group or took them out of it.
fn membership<'n>(action: &str, said: &'n Node<'n>) -> Result<Option<Moved<'n>>, String> {
    let gives = match action {
        "user_added_to_group" => true,
        "user_removed_from_group" => false,
        _ => return Ok(None),
    };
    let group = of_type(said, "GROUPS").or_else(|| of_type(said, "GROUP")).and_then(named);
    let group = group.ok_or("it does not name its group")?;
    let user = of_type(said, "USERS").or_else(|| of_type(said, "USER"));
    let user = user.ok_or("it does not say whose membership")?;
    let id = user["id"].text().ok_or("its user has no id")?;
    let email = user["attributes"]["email"].text().and_then(address);
    let holder = Actor { email, ..Actor::new(id, AccountKind::Unknown) };
    Ok(Some(Moved { holder, role: format!("group:{group}"), scope: None, gives }))
}
