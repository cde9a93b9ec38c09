//! Events of an Atlassian organisation in the cloud.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::ingest::attempt::{Actor, Attempt, Lowered, READING, UNWATCHED, address};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::role_event::RoleEvent;
use crate::model::{AccountKind, Batch, Outcome, Place};

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
    let moved = membership(action, said);
    let Some(actor) = actor(&said["actor"]) else {
        if moved.is_some() {
            return Err("its actor is nobody".to_owned());
        }
        return Ok(Lowered::Nothing("allowed, and by nobody that the event names"));
    };
    if moved.is_none() && !context.keeps(&actor.local, action) {
        return Ok(UNWATCHED);
    }
    let at = context.moment(&said["time"])?;
    let gave = moved.is_some();
    if let Some((holder, role, gives)) = moved {
        let by = Some(actor.add(place, context.system, out));
        let holder = holder.add(place, context.system, out);
        let role = out.role_id(context.system, &role);
        RoleEvent { place, at, gives, by }.write(holder, role, None, out);
        *roles = true;
    }
    let attempt = Attempt {
        at,
        actor,
        action: action.into(),
        resource: resource(said),
        outcome: Outcome::Allowed,
        code: None,
        control: None,
        message: None,
        request: event["id"].id(),
    };
    Ok(attempt.keep(place, context, out).or(gave))
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

fn resource<'n>(said: &'n Node<'n>) -> Option<Cow<'n, str>> {
    let mut all = said["context"].items().iter().chain(said["container"].items());
    all.find_map(named).map(Cow::Borrowed)
}

/// Whether the event put somebody into a group or took them out of it.
fn membership<'n>(action: &str, said: &'n Node<'n>) -> Option<(Actor<'n>, String, bool)> {
    let gives = match action {
        "user_added_to_group" => true,
        "user_removed_from_group" => false,
        _ => return None,
    };
    let group = named(of_type(said, "GROUPS").or_else(|| of_type(said, "GROUP"))?)?;
    let user = of_type(said, "USERS").or_else(|| of_type(said, "USER"))?;
    let email = user["attributes"]["email"].text().and_then(address);
    let holder = Actor { email, ..Actor::new(user["id"].text()?, AccountKind::Unknown) };
    Some((holder, format!("group:{group}"), gives))
}
