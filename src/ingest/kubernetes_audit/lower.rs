//! From an audit event to a decision, if it is one that is judged.

use std::borrow::Cow;

use super::bindings::{Bindings, Change};
use crate::ingest::attempt::{Actor, Attempt, Lowered, OTHER_FAILURE, READING, UNWATCHED};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::kubernetes_roles;
use crate::model::{Batch, Instant, Outcome, Place};

/// Lowers one event.
pub(in crate::ingest) fn event(
    event: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    bindings: &mut Bindings,
    out: &mut Batch,
) -> Result<Lowered, String> {
    if event["kind"].text() != Some("Event") {
        return Err("its kind is not Event: no audit event".to_owned());
    }
    if event["stage"].text().is_some_and(|stage| stage != "ResponseComplete") {
        return Ok(Lowered::Nothing("earlier stage of a request"));
    }
    let verb = event["verb"].text().ok_or("it has no verb")?;
    let status = &event["responseStatus"];
    let decided = annotation(event, "decision");
    let outcome = match outcome(decided, status) {
        Ok(outcome) => outcome,
        Err(nothing) => return Ok(nothing),
    };
    let denied = outcome == Outcome::Denied;
    let target = &event["objectRef"];
    if !denied && reads(verb, target) {
        return Ok(READING);
    }
    let uri = event["requestURI"].text().unwrap_or_default();
    if !denied && uri.split_once('?').is_some_and(|(_, query)| query.contains("dryRun=")) {
        return Ok(Lowered::Nothing("allowed, as a dry run"));
    }
    let actor = actor(event)?;
    let binds = matches!(target["resource"].text(), Some("rolebindings" | "clusterrolebindings"));
    let made = outcome == Outcome::Allowed && binds && target["subresource"].text().is_none();
    if !denied && !made && !context.keeps(&actor.local, &action(verb, event)) {
        return Ok(UNWATCHED);
    }
    let at = time(event, context)?;
    let mut bound = false;
    if made {
        let by = actor.add(place, context.system, out);
        let change = Change { place, at, by, system: context.system };
        bound = bindings.change(event, &change, out)?;
    }
    let message = status["message"].text().or(annotation(event, "reason"));
    let attempt = Attempt {
        at,
        actor,
        action: action(verb, event),
        resource: resource(event),
        outcome,
        code: status["code"]
            .whole()
            .map(|code| code.to_string().into())
            .or(decided.map(Cow::Borrowed)),
        control: if denied { control(decided, status["message"].text()) } else { None },
        message: message.filter(|_| denied).map(Cow::Borrowed),
        request: event["auditID"].text().map(Cow::Borrowed),
    };
    Ok(attempt.keep(place, context, out).or(bound))
}

/// What came of the request, or why it is not judged.
fn outcome(decided: Option<&str>, status: &Node<'_>) -> Result<Outcome, Lowered> {
    Ok(match (decided, status["code"].whole()) {
        (Some("forbid"), _) => Outcome::Denied,
        (_, Some(401)) => return Err(Lowered::Nothing("failed sign-in")),
        (_, Some(403)) if quota(status) => return Err(OTHER_FAILURE),
        (_, Some(403)) => Outcome::Denied,
        (_, Some(400..)) => return Err(OTHER_FAILURE),
        (_, Some(_)) | (Some("allow"), None) => Outcome::Allowed,
        _ => Outcome::Unknown,
    })
}

/// What the authoriser noted. Elastic writes the dots of its name as underscores.
fn annotation<'n>(event: &'n Node<'_>, name: &str) -> Option<&'n str> {
    let spelled = [format!("authorization.k8s.io/{name}"), format!("authorization_k8s_io/{name}")];
    spelled.iter().find_map(|name| event["annotations"][name].text())
}

/// Quotas answer 403 too, but they limit how much there is, not who may.
fn quota(status: &Node<'_>) -> bool {
    status["message"].text().is_some_and(|message| message.contains("exceeded quota"))
}

/// Questions that are asked by creating them.
const QUESTIONS: &[&str] = &[
    "localsubjectaccessreviews",
    "selfsubjectaccessreviews",
    "selfsubjectreviews",
    "selfsubjectrulesreviews",
    "subjectaccessreviews",
    "tokenreviews",
];

fn reads(verb: &str, target: &Node<'_>) -> bool {
    let through = ["attach", "exec", "portforward", "proxy"];
    match verb {
        "get" | "head" | "options" => {
            !target["subresource"].text().is_some_and(|part| through.contains(&part))
        }
        "list" | "watch" => true,
        "create" => target["resource"].text().is_some_and(|kind| QUESTIONS.contains(&kind)),
        _ => false,
    }
}

/// The user, and whom it acts as.
fn actor<'n>(event: &'n Node<'_>) -> Result<Actor<'n>, String> {
    let user = event["user"]["username"].text().ok_or("its user has no name")?;
    let kind = kubernetes_roles::kind(user);
    Ok(match event["impersonatedUser"]["username"].text() {
        Some(other) => Actor::new(format!("{user} as {other}"), kind),
        None => Actor::new(user, kind),
    })
}

fn time(event: &Node<'_>, context: &Context<'_>) -> Result<Instant, String> {
    context.moment(event.first(&["requestReceivedTimestamp", "stageTimestamp", "timestamp"]))
}

fn action<'n>(verb: &str, event: &'n Node<'_>) -> Cow<'n, str> {
    let target = &event["objectRef"];
    let path = || event["requestURI"].text().and_then(|uri| uri.split('?').next());
    match (target["resource"].text(), target["subresource"].text()) {
        (Some(resource), Some(part)) => format!("{verb} {resource}/{part}").into(),
        (Some(resource), None) => format!("{verb} {resource}").into(),
        (None, _) => format!("{verb} {}", path().unwrap_or_default()).trim_end().to_owned().into(),
    }
}

/// What was asked about: `namespaces/prod/pods/web`, or the path of what is no resource.
fn resource<'n>(event: &'n Node<'_>) -> Option<Cow<'n, str>> {
    let target = &event["objectRef"];
    let Some(resource) = target["resource"].text() else {
        return event["requestURI"].text()?.split('?').next().map(Cow::Borrowed);
    };
    let mut path = String::new();
    // A namespace is named twice: as the object and as where it is.
    if let Some(namespace) = target["namespace"].text().filter(|_| resource != "namespaces") {
        path = format!("namespaces/{namespace}/");
    }
    path.push_str(resource);
    if let Some(name) = target["name"].text() {
        path.push('/');
        path.push_str(name);
    }
    Some(path.into())
}

/// The control that refused, as far as the record says.
fn control<'n>(decided: Option<&str>, message: Option<&'n str>) -> Option<Cow<'n, str>> {
    if decided == Some("forbid") {
        return Some("authorization".into());
    }
    let message = message?;
    let quoted = |start: &str, quote: char| {
        let rest = message.split_once(start)?.1;
        rest.split(quote).next().filter(|name| !name.is_empty() && name.len() < rest.len())
    };
    if let Some(name) = quoted("admission webhook \"", '"') {
        return Some(format!("admission webhook {name}").into());
    }
    if let Some(name) = quoted("ValidatingAdmissionPolicy '", '\'') {
        return Some(format!("ValidatingAdmissionPolicy {name}").into());
    }
    if message.contains("violates PodSecurity \"") {
        return Some("PodSecurity".into());
    }
    if message.contains("is attempting to grant RBAC permissions not currently held") {
        return Some("RBAC escalation check".into());
    }
    // `pods is forbidden: User "ann" cannot list resource "pods" in API group "" …`
    (message.contains("forbidden: User \"") && message.contains("\" cannot "))
        .then_some("authorization".into())
}
