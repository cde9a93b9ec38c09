//! From an event to a decision.

use std::borrow::Cow;

use super::requests::Requests;
use crate::ingest::attempt::{Actor, Attempt, Lowered, OTHER_FAILURE, READING, UNWATCHED};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{AccountKind, Batch, Outcome, Place};

/// Events that are parts of a session, which begins with an event of its own.
const WITHIN: &[&str] = &[
    "app.session.chunk",
    "app.session.request",
    "db.session.end",
    "db.session.query",
    "resize",
    "session.command",
    "session.data",
    "session.disk",
    "session.end",
    "session.join",
    "session.leave",
    "session.network",
    "session.process_exit",
    "session.upload",
    "windows.desktop.session.end",
];

/// Events that change nothing but who is signed in.
const SIGNING_IN: &[&str] = &["auth", "bot.join", "cert.create", "instance.join", "user.login"];

/// Lowers one event.
pub(in crate::ingest) fn event(
    event: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    requests: &mut Requests,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let name = event["event"].text().ok_or("it names no event")?;
    let code = event["code"].text().unwrap_or_default();
    let control = refused(event, code);
    let denied = control.is_some();
    let failed = event["success"].flag() == Some(false)
        || (code.to_uppercase().ends_with(['W', 'E']) && event["error"].text().is_some());
    if !denied && failed {
        let sign_in = SIGNING_IN.contains(&name);
        return Ok(if sign_in { Lowered::Nothing("failed sign-in") } else { OTHER_FAILURE });
    }
    if !denied && WITHIN.contains(&name) {
        return Ok(Lowered::Nothing("part of a session"));
    }
    if !denied && (SIGNING_IN.contains(&name) || reads(name, event)) {
        return Ok(READING);
    }
    // What people asked for and approved counts whoever they are.
    let kept = !denied && requests.event(name, event, place, context, out)?;
    let actor = match actor(event) {
        Some(actor) => actor,
        None if kept => return Ok(Lowered::Records),
        None if denied => return Err("it names no user".to_owned()),
        None => return Ok(Lowered::Nothing("allowed, and by nobody that the event names")),
    };
    if !denied && !context.keeps(&actor.local, name) {
        return Ok(if kept { Lowered::Records } else { UNWATCHED });
    }
    let attempt = Attempt {
        at: context.moment(&event["time"])?,
        actor,
        action: name.into(),
        resource: resource(event).map(Cow::Borrowed),
        outcome: if denied { Outcome::Denied } else { Outcome::Allowed },
        code: Some(code.into()).filter(|_| denied),
        control: control.flatten().map(Cow::Borrowed),
        message: event.first(&["error", "message"]).text().filter(|_| denied).map(Cow::Borrowed),
        request: event["uid"].text().map(Cow::Borrowed),
    };
    Ok(attempt.keep(place, context, out))
}

/// Whether the event is a refusal, and the control that it names, if it does.
fn refused(event: &Node<'_>, code: &str) -> Option<Option<&'static str>> {
    if event["response_code"].whole() == Some(403) {
        return Some(None);
    }
    let grave = code.to_uppercase().ends_with(['W', 'E']);
    if event["success"].flag() != Some(false) && !grave {
        return None;
    }
    let said = event.first(&["error", "message"]).text()?.to_lowercase();
    let says = |words: &str| said.contains(words);
    if says("not in the set of valid principals") {
        return Some(Some("certificate principals"));
    }
    if says("lock targeting") {
        return Some(Some("lock"));
    }
    if says("access denied to perform action") || (says("access to ") && says(" denied")) {
        return Some(Some("Teleport RBAC"));
    }
    let refused = says("access denied") || says("not authorized") || says("permission denied");
    refused.then_some(None)
}

fn reads(name: &str, event: &Node<'_>) -> bool {
    let verb = event["verb"].text().unwrap_or_default();
    name == "kube.request" && matches!(verb, "GET" | "HEAD" | "get" | "list" | "watch")
}

/// Who did it, and for whom.
pub(super) fn actor<'n>(event: &'n Node<'_>) -> Option<Actor<'n>> {
    let user = event["user"].text()?;
    let by = event["impersonator"].text().filter(|by| *by != user);
    let acting = by.unwrap_or(user);
    let kind = match event["user_kind"].whole() {
        _ if acting.starts_with("bot-") => AccountKind::Service,
        Some(1) if by.is_none() => AccountKind::Human,
        Some(2) => AccountKind::Service,
        _ => AccountKind::Unknown,
    };
    Some(match by {
        Some(by) => Actor::new(format!("{by} as {user}"), kind),
        None => Actor::new(user, kind),
    })
}

fn resource<'n>(event: &'n Node<'_>) -> Option<&'n str> {
    const NAMES: &[&str] = &[
        "request_path",
        "db_service",
        "app_name",
        "kubernetes_cluster",
        "server_hostname",
        "name",
        "server_id",
        "login",
    ];
    event.first(NAMES).text()
}
