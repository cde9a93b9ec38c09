//! From an event of the log to a decision, to roles and to requests.

use std::borrow::Cow;

use super::roles;
use crate::ingest::attempt::{Actor, Attempt, Lowered, OTHER_FAILURE, UNWATCHED};
use crate::ingest::entra_accounts::{by_id, by_name};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{
    AccountId, AccountKind, Act, Batch, Duty, Instant, Outcome, Place, Subject, SubjectKind,
};

/// What reasons say when the caller lacks a permission.
const NO_PERMISSION: &[&str] = &[
    "authorization_requestdenied",
    "authorizationexception",
    "access denied",
    "accessdenied",
    "insufficient privileges",
    "not authorized",
    "permission denied",
    "unauthorizedaccess",
];

/// Lowers one event.
pub(super) fn event(
    event: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    roles: &mut bool,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let text = |name| event.any_case(name).text();
    let activity = text("activityDisplayName").ok_or("it has no activityDisplayName")?;
    let reason = text("resultReason");
    let outcome = match text("result").map(str::to_lowercase).as_deref() {
        Some("success") => Outcome::Allowed,
        Some("failure") if reason.is_some_and(no_permission) => Outcome::Denied,
        Some("failure") => return Ok(OTHER_FAILURE),
        _ => Outcome::Unknown,
    };
    let allowed = outcome == Outcome::Allowed;
    let moved = if allowed { roles::moved(activity, event, out)? } else { None };
    let decided = if allowed { request(activity) } else { None };
    let judged = outcome == Outcome::Denied || moved.is_some() || decided.is_some();
    let Some(actor) = initiator(event.any_case("initiatedBy")) else {
        if judged {
            return Err("it names nobody who did it".to_owned());
        }
        return Ok(Lowered::Nothing("allowed, and by nobody that the event names"));
    };
    if !judged && !context.keeps(&actor.local, activity) {
        return Ok(UNWATCHED);
    }
    let at = context.moment(event.any_case("activityDateTime"))?;
    let gave = moved.is_some() || decided.is_some();
    let by = gave.then(|| actor.add(place, context.system, out));
    if let (Some(moved), Some(by)) = (moved, by) {
        moved.write(at, by, place, context.system, out);
        *roles = true;
    }
    if let (Some(duty), Some(by)) = (decided, by) {
        decide(event, duty, by, at, place, context, out)?;
    }
    let denied = outcome == Outcome::Denied;
    let attempt = Attempt {
        at,
        actor,
        action: activity.into(),
        resource: resource(event),
        outcome,
        code: text("result").map(Cow::Borrowed),
        control: None,
        message: reason.filter(|_| denied).map(Cow::Borrowed),
        request: text("id").or(text("correlationId")).map(Cow::Borrowed),
    };
    Ok(attempt.keep(place, context, out).or(gave))
}

fn no_permission(reason: &str) -> bool {
    let reason = reason.to_lowercase();
    NO_PERMISSION.iter().any(|words| reason.contains(words))
}

/// Who did it: a user, else an application by the id of its service principal.
fn initiator<'n>(by: &'n Node<'n>) -> Option<Actor<'n>> {
    let (user, app) = (by.any_case("user"), by.any_case("app"));
    let named = user.any_case("userPrincipalName").text();
    let shown = |node: &'n Node<'n>| node.any_case("displayName").text();
    if let Some(name) = named {
        return Some(Actor { name: shown(user), ..by_name(name) });
    }
    if let Some(id) = user.any_case("id").text() {
        return Some(Actor { name: shown(user), ..by_id(id, AccountKind::Unknown) });
    }
    if let Some(id) = ["servicePrincipalId", "appId"].iter().find_map(|n| app.any_case(n).text()) {
        return Some(Actor { name: shown(app), ..by_id(id, AccountKind::Service) });
    }
    // Services of Entra itself have nothing but a name.
    Some(Actor::new(shown(app)?, AccountKind::Service))
}

/// What the event was done to, by the name that people know.
fn resource<'n>(event: &'n Node<'n>) -> Option<Cow<'n, str>> {
    let targets = event.any_case("targetResources").items();
    let name = |target: &'n Node<'n>| {
        let names = ["displayName", "userPrincipalName", "id"];
        names.iter().find_map(|name| target.any_case(name).text())
    };
    targets.iter().find_map(name).map(Cow::Borrowed)
}

/// The duty of an event about a request to activate a role.
fn request(activity: &str) -> Option<Duty> {
    let activity = activity.to_lowercase();
    let says = |words: &str| activity.contains(words);
    if !says("(pim activation)") && !says("(pim approval)") {
        return None;
    }
    if says("approval requested") {
        return None;
    }
    if says("denied") || says("deny request") {
        return Some(Duty::Reject);
    }
    if says("approved") || says("approve request") {
        return Some(Duty::Approve);
    }
    (says("add member to role") && says("requested")).then_some(Duty::Request)
}

/// Adds what somebody did to a request.
fn decide(
    event: &Node<'_>,
    duty: Duty,
    by: AccountId,
    at: Instant,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<(), String> {
    let targets = event.any_case("targetResources").items();
    let target = targets.iter().find(|target| target.any_case("type").text() == Some("Request"));
    let id = target.and_then(|target| target.any_case("id").text());
    let id = id.or(event.any_case("correlationId").text());
    let id = id.ok_or("it does not say which request it is about")?;
    let to = out.subject_id(context.system, &format!("request:{}", id.to_lowercase()));
    let title = resource(event);
    let created = (duty == Duty::Request).then_some(at);
    let subject = Subject {
        title: out.maybe(title.as_deref()),
        created,
        updated: Some(at),
        ..Subject::new(to, SubjectKind::AccessGrant)
    };
    out.subject(place, subject);
    out.act(place, Act { to, at: Some(at), duty, by, revision: None, dismissed: false });
    Ok(())
}
