//! From an event of the log to a decision and to roles.

use std::borrow::Cow;

use crate::ingest::attempt::{Actor, Attempt, Lowered, OTHER_FAILURE, READING, UNWATCHED};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::okta_accounts::{actor, admin_role, app_role, group_role};
use crate::ingest::role_event::RoleEvent;
use crate::model::{AccountKind, Batch, Outcome, Place};

/// Events that change nothing but somebody's session.
const SESSIONS: &[&str] = &[
    "app.oauth2.",
    "application.integration.rate_limit_exceeded",
    "policy.evaluate_sign_on",
    "security.",
    "system.operation.rate_limit.",
    "system.org.rate_limit.",
    "user.authentication.",
    "user.session.access_admin_app",
    "user.session.end",
    "user.session.start",
];

/// Events whose `DENY` is about no permission.
const NO_PERMISSION: &[&str] =
    &["security.", "system.operation.rate_limit.", "system.org.rate_limit."];

/// Events that are refusals by themselves.
const REFUSALS: &[&str] =
    &["app.generic.unauth_app_access_attempt", "application.policy.sign_on.deny_access"];

/// Lowers one event.
pub(in crate::ingest) fn event(
    event: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    roles: &mut bool,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let kind = event.first(&["eventType", "eventtype"]).text();
    let kind = kind.ok_or("it has no eventType: no event of the System Log")?;
    let said = &event["outcome"];
    let (result, reason) = (said["result"].text(), said["reason"].text());
    let begins = |list: &[&str]| list.iter().any(|start| kind.starts_with(start));
    let outcome = match result {
        _ if REFUSALS.contains(&kind) => Outcome::Denied,
        Some("DENY") if begins(NO_PERMISSION) => {
            return Ok(Lowered::Nothing("refused for its rate or address, not for a permission"));
        }
        Some("DENY") => Outcome::Denied,
        Some("FAILURE") if reason.is_some_and(no_permission) => Outcome::Denied,
        Some("FAILURE") if begins(&["user.session.start", "user.authentication."]) => {
            return Ok(Lowered::Nothing("failed sign-in"));
        }
        Some("CHALLENGE") => return Ok(Lowered::Nothing("asked for another factor")),
        Some("SUCCESS" | "ALLOW") => Outcome::Allowed,
        Some("UNKNOWN") | None => Outcome::Unknown,
        Some(_) => return Ok(OTHER_FAILURE),
    };
    let denied = outcome == Outcome::Denied;
    if !denied && begins(SESSIONS) {
        return Ok(READING);
    }
    let who = actor(&event["actor"]).ok_or("its actor is nobody")?;
    let moved = if outcome == Outcome::Allowed { given(kind, event)? } else { Vec::new() };
    if !denied && moved.is_empty() && !context.keeps(&who.local, kind) {
        return Ok(UNWATCHED);
    }
    let at = context.moment(&event["published"])?;
    if !moved.is_empty() {
        let by = Some(who.add(place, context.system, out));
        let gives = kind.ends_with(".add") || kind.ends_with(".grant");
        let change = RoleEvent { place, at, gives, by };
        write(&moved, &change, context, out);
        *roles = true;
    }
    let attempt = Attempt {
        at,
        actor: who,
        action: kind.into(),
        resource: target(event),
        outcome,
        code: result.map(Cow::Borrowed),
        control: if denied { control(event) } else { None },
        message: reason.filter(|_| denied).map(Cow::Borrowed),
        request: event["uuid"].text().map(Cow::Borrowed),
    };
    Ok(attempt.keep(place, context, out).or(!moved.is_empty()))
}

fn no_permission(reason: &str) -> bool {
    let reason = reason.to_lowercase();
    reason.contains("access_denied") || reason.contains("no_matching_policy")
}

fn of_type<'n>(event: &'n Node<'n>, kinds: &[&str]) -> Option<&'n Node<'n>> {
    event["target"]
        .items()
        .iter()
        .find(|t| t["type"].text().is_some_and(|kind| kinds.contains(&kind)))
}

fn named<'n>(target: &'n Node<'_>) -> Option<&'n str> {
    [&target["displayName"], &target["alternateId"]]
        .into_iter()
        .find_map(|name| name.text().filter(|name| *name != "unknown"))
}

fn write(moved: &Moved<'_>, change: &RoleEvent, context: &Context<'_>, out: &mut Batch) {
    for (holder, role) in moved {
        let holder = holder.add(change.place, context.system, out);
        let role = out.role_id(context.system, role);
        change.write(holder, role, None, out);
    }
}

type Moved<'n> = Vec<(Actor<'n>, String)>;

/// Which roles the event gave or took away, and whose.
fn given<'n>(kind: &str, event: &'n Node<'n>) -> Result<Moved<'n>, String> {
    const NO_USER: &str = "its targets name no user";
    let user = || of_type(event, &["User", "AppUser"]).and_then(actor).ok_or(NO_USER);
    let name = |kinds: &[&str]| of_type(event, kinds).and_then(named);
    Ok(match kind {
        "group.user_membership.add" | "group.user_membership.remove" => {
            let group = name(&["UserGroup"]).ok_or("its targets name no group")?;
            vec![(user()?, group_role(group))]
        }
        "application.user_membership.add" | "application.user_membership.remove" => {
            let app = name(&["AppInstance"]).ok_or("its targets name no application")?;
            vec![(user()?, app_role(app))]
        }
        "user.account.privilege.grant" | "user.account.privilege.revoke" => {
            let holder = of_type(event, &["User", "PublicClientApp", "PublicClientAppEntity"])
                .and_then(actor)
                .ok_or(NO_USER)?;
            admin_roles(event)?.into_iter().map(|role| (holder.clone(), role)).collect()
        }
        "group.privilege.grant" | "group.privilege.revoke" => {
            let group = name(&["UserGroup"]).ok_or("its targets name no group")?;
            let group = format!("group:{group}");
            let holder = Actor::new(group, AccountKind::Unknown);
            admin_roles(event)?.into_iter().map(|role| (holder.clone(), role)).collect()
        }
        _ => Vec::new(),
    })
}

/// The administrator roles that the event names: separated by commas, or a target of their own.
fn admin_roles(event: &Node<'_>) -> Result<Vec<String>, String> {
    let data = &event.first(&["debugContext", "debugcontext"])["debugData"];
    if let Some(names) = data.first(&["privilegeGranted", "privilegeRevoked"]).text() {
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        return Ok(names.map(admin_role).collect());
    }
    let roles = event["target"].items().iter().filter(|t| t["type"].text() == Some("ROLE"));
    let roles: Vec<_> = roles.filter_map(named).map(admin_role).collect();
    if roles.is_empty() {
        return Err("it does not say which administrator role".to_owned());
    }
    Ok(roles)
}

/// What was tried on: the application or group, else whatever the event names first.
fn target<'n>(event: &'n Node<'n>) -> Option<Cow<'n, str>> {
    let known = of_type(event, &["AppInstance", "UserGroup"]);
    let target = known.or(event["target"].items().first())?;
    named(target).or(target["id"].text()).map(Cow::Borrowed)
}

/// The policy, and its rule, that refused.
fn control<'n>(event: &'n Node<'n>) -> Option<Cow<'n, str>> {
    let policy = of_type(event, &["PolicyEntity"]).and_then(named)?;
    Some(match of_type(event, &["PolicyRule"]).and_then(named) {
        Some(rule) => format!("policy {policy}, rule {rule}").into(),
        None => format!("policy {policy}").into(),
    })
}
