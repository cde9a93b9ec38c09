//! From an audit event to a decision and to roles.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::ingest::attempt::{Actor, Attempt, Lowered, UNWATCHED, address};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::role_event::RoleEvent;
use crate::model::{AccountKind, Batch, Outcome, Place};

/// Roles that the file has shown being given so far, by account and by what they are of.
#[derive(Default)]
pub(in crate::ingest) struct Seen {
    levels: BTreeMap<(String, String), String>,
    any: bool,
}

impl Seen {
    /// Whether there was any.
    pub(in crate::ingest) fn any(&self) -> bool {
        self.any
    }
}

const UNSAID: &str = "memberships ended in events that do not say which level was lost (export the \
                      members of each group and project)";

/// What one event did to somebody's membership.
struct Moved<'n> {
    holder: Actor<'n>,
    path: String,
    project: bool,
    gives: Option<String>,
    takes: Option<String>,
}

/// A member of the event, or of its details, as the interface writes it.
fn member<'n>(event: &'n Node<'n>, name: &str) -> &'n Node<'n> {
    let inner = &event["details"][name];
    if inner.is_some() { inner } else { &event[name] }
}

/// Lowers one event.
pub(in crate::ingest) fn event(
    event: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    seen: &mut Seen,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let action = action(event).ok_or("it does not say what was done")?;
    let bypass = action.ends_with("_bypass");
    let moved = moved(event)?;
    let Some(actor) = author(event) else {
        if bypass || moved.is_some() {
            return Err("its author is nobody".to_owned());
        }
        return Ok(Lowered::Nothing("allowed, and by nobody that the event names"));
    };
    if !bypass && moved.is_none() && !context.keeps(&actor.local, &action) {
        return Ok(UNWATCHED);
    }
    let at = context.moment(event.first(&["created_at", "time"]))?;
    let gave = moved.is_some();
    if let Some(moved) = moved {
        let by = Some(actor.add(place, context.system, out));
        write(&moved, &RoleEvent { place, at, gives: true, by }, context.system, seen, out);
    }
    let attempt = Attempt {
        at,
        actor,
        action,
        resource: resource(event),
        outcome: if bypass { Outcome::Bypassed } else { Outcome::Allowed },
        code: None,
        control: bypass.then_some("security policy".into()),
        message: member(event, "custom_message").text().filter(|_| bypass).map(Cow::Borrowed),
        request: event["id"].id(),
    };
    Ok(attempt.keep(place, context, out).or(gave))
}

/// The event's name; of older ones what was done: `add:group`, `change:visibility`.
fn action<'n>(event: &'n Node<'n>) -> Option<Cow<'n, str>> {
    let named = member(event, "event_name").text().or(event["event_type"].text());
    if let Some(name) = named {
        return Some(name.into());
    }
    for verb in ["add", "remove", "change", "with"] {
        if let Some(what) = member(event, verb).text() {
            return Some(format!("{verb}:{what}").into());
        }
    }
    member(event, "custom_message").text().map(Cow::Borrowed)
}

fn author<'n>(event: &'n Node<'n>) -> Option<Actor<'n>> {
    // Negative numbers stand for nobody, deploy tokens and the like.
    let id = event["author_id"].whole()?;
    let class = member(event, "author_class").text();
    let kind = match class {
        Some("User") | None => AccountKind::Unknown,
        Some(_) => AccountKind::Service,
    };
    let local = if id < 0 { format!("system:{id}") } else { format!("id:{id}") };
    Some(Actor {
        local: local.into(),
        kind,
        email: member(event, "author_email").text().and_then(address),
        name: member(event, "author_name").text(),
    })
}

fn resource<'n>(event: &'n Node<'n>) -> Option<Cow<'n, str>> {
    let path = member(event, "entity_path").text();
    path.or(member(event, "target_details").text()).map(Cow::Borrowed)
}

/// The name of an access level, as `gitlab-members` calls it. Since custom roles exist, events write
/// `Default role: Developer`.
fn level(said: &str) -> String {
    let name = said.trim();
    match name.split_once(':') {
        Some((kind, name)) if kind.trim().eq_ignore_ascii_case("custom role") => {
            format!("custom-role:{}", name.trim())
        }
        Some((kind, name)) if kind.trim().eq_ignore_ascii_case("default role") => {
            name.trim().to_lowercase()
        }
        _ => name.to_lowercase(),
    }
}

/// What the event did to somebody's membership, if it is such an event.
fn moved<'n>(event: &'n Node<'n>) -> Result<Option<Moved<'n>>, String> {
    let text = |name| member(event, name).text();
    let (gives, takes) = match (text("add"), text("remove"), text("change")) {
        (Some("user_access"), _, _) => {
            (Some(level(text("as").ok_or("it does not say which access was given")?)), None)
        }
        (_, Some("user_access"), _) => (None, text("as").map(level)),
        (_, _, Some("access_level")) => {
            let to = text("to").ok_or("it does not say which access was given")?;
            (Some(level(to)), text("from").map(level))
        }
        _ => return Ok(None),
    };
    let project = match event["entity_type"].text() {
        Some("Project") => true,
        Some("Group") => false,
        _ => return Ok(None),
    };
    let path = text("entity_path").ok_or("it does not name its group or project")?.to_lowercase();
    let id = member(event, "target_id").id().ok_or("it does not say whose access")?;
    let holder = Actor {
        name: text("target_details"),
        ..Actor::new(format!("id:{id}"), AccountKind::Unknown)
    };
    Ok(Some(Moved { holder, path, project, gives, takes }))
}

fn write(moved: &Moved<'_>, event: &RoleEvent, system: &str, seen: &mut Seen, out: &mut Batch) {
    let holder = moved.holder.add(event.place, system, out);
    let name = |level: &str| match (level.starts_with("custom-role:"), moved.project) {
        (true, _) => level.to_owned(),
        (false, true) => format!("project:{level}"),
        (false, false) => format!("group:{}:{level}", moved.path),
    };
    let limit = |level: &str| {
        (moved.project || level.starts_with("custom-role:")).then_some(moved.path.as_str())
    };
    let key = (moved.holder.local.clone().into_owned(), moved.path.clone());
    let held = seen.levels.remove(&key);
    let takes = moved.takes.clone().or(held);
    if takes.is_none() && moved.gives.is_none() {
        out.gap(UNSAID.to_owned());
    }
    for (level, gives) in [(takes, false), (moved.gives.clone(), true)] {
        let Some(level) = level else { continue };
        let (role, scope) = (out.role_id(system, &name(&level)), out.maybe(limit(&level)));
        RoleEvent { gives, ..*event }.write(holder, role, scope, out);
        seen.any = true;
        if gives {
            seen.levels.insert(key.clone(), level);
        }
    }
}
