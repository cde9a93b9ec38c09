//! From a member or hook to accounts and grants.

use std::collections::BTreeMap;

use crate::ingest::attempt::{Actor, Lowered, address};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::role_event::RoleEvent;
use crate::ingest::roles_held::Held;
use crate::model::{AccountKind, Batch, Place};

const NO_SCOPE: &str = "the list does not name what it is a list of (set `scope = \"group:PATH\"` or \
                        `\"project:PATH\"` for its source)";
const NO_TIME: &str = "the hook holds no time of the removal (set `snapshot-at` for its source to when \
                       it arrived)";

/// Levels that hooks have shown so far, by user and what they are members of.
#[derive(Default)]
pub(super) struct Seen {
    levels: BTreeMap<(String, String), String>,
    any: bool,
}

impl Seen {
    /// Whether there was any.
    pub(super) fn any(&self) -> bool {
        self.any
    }
}

/// A group or project, by its path. Paths are compared without regard to case.
enum Scope {
    Group(String),
    Project(String),
}

impl Scope {
    fn parse(text: &str) -> Option<Self> {
        let (kind, path) = text.trim().split_once(':')?;
        let path = path.trim_matches('/').to_lowercase();
        let fits = !path.is_empty() && !path.contains(char::is_whitespace);
        match kind {
            "group" => fits.then_some(Self::Group(path)),
            "project" => fits.then_some(Self::Project(path)),
            _ => None,
        }
    }

    fn role(&self, level: &str) -> String {
        match self {
            Self::Group(path) => format!("group:{path}:{level}"),
            Self::Project(_) => format!("project:{level}"),
        }
    }

    fn limit(&self) -> Option<&str> {
        match self {
            Self::Group(_) => None,
            Self::Project(path) => Some(path),
        }
    }
}

/// The name of an access level: a number in the interface, a word in hooks.
fn level(node: &Node<'_>) -> Option<String> {
    let name = match node.whole() {
        Some(5) => "minimal",
        Some(10) => "guest",
        Some(15) => "planner",
        Some(20) => "reporter",
        Some(30) => "developer",
        Some(40) => "maintainer",
        Some(50) => "owner",
        Some(60) => "admin",
        Some(other) => return Some(format!("level-{other}")),
        None => return node.text().map(str::to_lowercase),
    };
    Some(name.to_owned())
}

/// Lowers one record.
pub(super) fn record(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    seen: &mut Seen,
    out: &mut Batch,
) -> Result<Lowered, String> {
    if let Some(event) = node["event_name"].text() {
        return hook(event, node, place, context, seen, out);
    }
    if node["source_type"].is_some() && node["username"].text().is_none() {
        return Err(
            "it does not say whose membership it is (export the members of each group and \
                    project)"
                .to_owned(),
        );
    }
    let user = user(node, &["username"], &["email"]).ok_or("it has no username")?;
    let has_level = node["access_level"].is_some();
    let scope = match context.settings.scope.as_deref() {
        Some(scope) if has_level => Some(Scope::parse(scope).ok_or(NO_SCOPE)?),
        None if has_level => return Err(NO_SCOPE.to_owned()),
        _ => None,
    };
    let Some(scope) = scope else {
        user.add(place, context.system, out);
        return Ok(Lowered::Records);
    };
    if node["access_level"].whole() == Some(0) {
        return Ok(Lowered::Nothing("account without access"));
    }
    let level =
        level(&node["access_level"]).ok_or("its access_level is neither number nor word")?;
    let until = context.maybe_moment(&node["expires_at"])?;
    let holder = user.add(place, context.system, out);
    let role = scope.role(&level);
    Held { role: &role, scope: scope.limit(), from: None, until }
        .write(holder, place, context, out);
    if let Some(custom) = node["member_role"]["name"].text() {
        let (role, limit) = (
            format!("custom-role:{custom}"),
            match &scope {
                Scope::Group(path) | Scope::Project(path) => path.as_str(),
            },
        );
        Held { role: &role, scope: Some(limit), from: None, until }
            .write(holder, place, context, out);
    }
    Ok(Lowered::Records)
}

fn user<'n>(node: &'n Node<'_>, names: &[&str], emails: &[&str]) -> Option<Actor<'n>> {
    let name = node.first(names).text()?;
    let bot = node["bot"].flag() == Some(true);
    Some(Actor {
        local: name.to_lowercase().into(),
        kind: if bot { AccountKind::Service } else { AccountKind::Unknown },
        email: node.first(emails).text().and_then(address),
        name: node.first(&["name", "user_name"]).text(),
    })
}

/// A hook: somebody was added, changed or removed.
fn hook(
    event: &str,
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    seen: &mut Seen,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let (gives, time) = match event {
        "user_add_to_group" | "user_add_to_team" => (true, Some("created_at")),
        "user_update_for_group" | "user_update_for_team" => (true, Some("updated_at")),
        "user_remove_from_group" | "user_remove_from_team" => (false, None),
        _ => return Ok(Lowered::Nothing("event about no membership")),
    };
    let user = user(node, &["user_username"], &["user_email"]).ok_or("it has no user_username")?;
    let project = node["project_path_with_namespace"].text().map(|path| format!("project:{path}"));
    let group = || {
        node.first(&["group_full_path", "group_path"]).text().map(|path| format!("group:{path}"))
    };
    let scope = project.or_else(group).and_then(|scope| Scope::parse(&scope));
    let scope = scope.ok_or("it does not name its group or project")?;
    let level =
        level(node.first(&["group_access", "access_level"])).ok_or("it has no access level")?;
    let at = match time {
        Some(name) => context.moment(&node[name])?,
        None => context.settings.snapshot_at.ok_or(NO_TIME)?,
    };
    let holder = user.add(place, context.system, out);
    let role = scope.role(&level);
    let limit = out.maybe(scope.limit());
    let whole = match &scope {
        Scope::Group(path) => format!("group:{path}"),
        Scope::Project(path) => format!("project:{path}"),
    };
    let key = (user.local.into_owned(), whole);
    let event = RoleEvent { place, at, gives, by: None };
    if let Some(old) = seen.levels.remove(&key).filter(|old| *old != role) {
        let old = out.role_id(context.system, &old);
        RoleEvent { gives: false, ..event }.write(holder, old, limit, out);
    }
    if gives {
        seen.levels.insert(key, role.clone());
    }
    let role = out.role_id(context.system, &role);
    event.write(holder, role, limit, out);
    seen.any = true;
    Ok(Lowered::Records)
}
