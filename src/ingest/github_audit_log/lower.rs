//! From an event of the audit log to a decision and to roles.

use std::borrow::Cow;

use super::roles::{self, Seen};
use crate::ingest::attempt::{Actor, Attempt, Lowered, READING, UNWATCHED};
use crate::ingest::github_accounts::canonical;
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::role_event::RoleEvent;
use crate::model::{AccountKind, Batch, Outcome, Place};

/// Protections that were overridden, and what they are called.
const BYPASSES: &[(&str, &str)] = &[
    ("protected_branch.policy_override", "branch protection"),
    ("protected_branch.required_status_override", "branch protection: required status"),
    ("protected_branch.review_policy_override", "branch protection: required review"),
    (
        "protected_branch.review_policy_and_required_status_override",
        "branch protection: required review and status",
    ),
    ("secret_scanning_push_protection.bypass", "push protection"),
];

/// A member of the event, or of its `data`, where some pipelines put it.
pub(super) fn member<'n>(event: &'n Node<'n>, name: &str) -> &'n Node<'n> {
    let own = &event[name];
    if own.is_some() { own } else { &event["data"][name] }
}

/// Lowers one event.
pub(in crate::ingest) fn event(
    event: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    seen: &mut Seen,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let action = event["action"].text().ok_or("it has no action: no event of the audit log")?;
    let (outcome, control) = decided(action, event);
    let moved = roles::moved(action, event, seen)?;
    let settled = matches!(outcome, Outcome::Denied | Outcome::Bypassed);
    if !settled && moved.is_none() && reads(action, event) {
        return Ok(READING);
    }
    let actor = match actor(event) {
        Some(actor) => actor,
        None if !settled && moved.is_none() => {
            return Ok(Lowered::Nothing("allowed, and by nobody that the event names"));
        }
        None => return Err("its actor is nobody".to_owned()),
    };
    let unsaid = moved.is_none() && roles::unsaid(action, out);
    if !settled && moved.is_none() && !context.keeps(&actor.local, action) {
        return Ok(if unsaid {
            Lowered::Nothing("role that the event does not name")
        } else {
            UNWATCHED
        });
    }
    let at = context.moment_or_millis(event.first(&[
        "@timestamp",
        "created_at",
        "at_sign_timestamp",
    ]))?;
    if let Some(moved) = &moved {
        let by = actor.add(place, context.system, out);
        let change = RoleEvent { place, at, gives: true, by: Some(by) };
        moved.write(&change, context.system, seen, out);
    }
    let status = member(event, "status_code").whole();
    // What was allowed has no code; through what kind of token it was done says more.
    let through = member(event, "programmatic_access_type").text().filter(|_| !settled);
    let attempt = Attempt {
        at,
        actor,
        action: action.into(),
        resource: resource(event),
        outcome,
        code: status
            .filter(|_| settled)
            .map(|status| status.to_string().into())
            .or(through.map(Cow::Borrowed)),
        control: control.map(Cow::Borrowed),
        message: member(event, "message").text().filter(|_| settled).map(Cow::Borrowed),
        request: event["_document_id"].text().map(Cow::Borrowed),
    };
    Ok(attempt.keep(place, context, out).or(moved.is_some()))
}

fn decided(action: &str, event: &Node<'_>) -> (Outcome, Option<&'static str>) {
    if let Some((_, control)) = BYPASSES.iter().find(|(name, _)| *name == action) {
        return (Outcome::Bypassed, Some(control));
    }
    let limited = member(event, "rate_limit_remaining").whole() == Some(0);
    match (action, member(event, "status_code").whole()) {
        ("protected_branch.rejected_ref_update", _) => (Outcome::Denied, Some("branch protection")),
        ("api.request", Some(403)) if !limited => (Outcome::Denied, None),
        _ => (Outcome::Allowed, None),
    }
}

/// Requests to the interface are reading or have an event of their own for what they changed.
fn reads(action: &str, event: &Node<'_>) -> bool {
    let reading = ["api.request", "git.clone", "git.fetch", "repo.download_zip"];
    let kind = event["operation_type"].text();
    reading.contains(&action) || matches!(kind, Some("access" | "authentication"))
}

fn actor<'n>(event: &'n Node<'n>) -> Option<Actor<'n>> {
    let login = event["actor"].text()?;
    let flag = |name| event[name].flag() == Some(true);
    let (local, kind) = canonical(login, flag("actor_is_bot"));
    let kind = if flag("actor_is_agent") { AccountKind::Agent } else { kind };
    Some(Actor::new(local, kind))
}

/// The repository and branch, else what the event is about.
fn resource<'n>(event: &'n Node<'n>) -> Option<Cow<'n, str>> {
    let text = |name| member(event, name).text();
    if event["action"].text() == Some("api.request") {
        let path = text("url_path").or(text("route"))?;
        return Some(format!("{} {path}", text("request_method").unwrap_or_default()).into());
    }
    if let Some(repo) = text("repo").or(text("repository")) {
        let repo = repo.to_lowercase();
        return Some(match text("branch").or(text("ref")) {
            Some(branch) => format!("{repo}@{}", branch.trim_start_matches("refs/heads/")).into(),
            None => repo.into(),
        });
    }
    text("team").or(text("org")).or(text("business")).map(|name| name.to_lowercase().into())
}
