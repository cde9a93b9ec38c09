//! From a log entry to a decision and to roles.

use std::borrow::Cow;

use crate::ingest::attempt::{Actor, Attempt, Lowered, OTHER_FAILURE, READING, UNWATCHED};
use crate::ingest::gcp_members::{self, by_address};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::role_event::RoleEvent;
use crate::model::{AccountKind, Batch, Outcome, Place};

/// Lowers one entry.
pub(in crate::ingest) fn entry(
    entry: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    roles: &mut bool,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let payload = &entry["protoPayload"];
    let other = payload["@type"].text().is_some_and(|kind| !kind.ends_with(".AuditLog"));
    if other || !payload.is_object() {
        return Ok(Lowered::Nothing("log entry of no audit log"));
    }
    let outcome = match decided(entry, payload) {
        Ok(outcome) => outcome,
        Err(nothing) => return Ok(nothing),
    };
    let denied = outcome == Outcome::Denied;
    let method = method(payload).ok_or("it names neither a method nor a permission")?;
    let deltas = payload["serviceData"]["policyDelta"]["bindingDeltas"].items();
    let moved = !denied && !deltas.is_empty();
    if !denied && !moved && reads(method, payload) {
        return Ok(READING);
    }
    if !denied && ends(&entry["operation"]) {
        return Ok(Lowered::Nothing("end of an operation that another entry shows beginning"));
    }
    let actor = match actor(&payload["authenticationInfo"]) {
        Some(actor) => actor,
        None if !denied && !moved => {
            return Ok(Lowered::Nothing("allowed, and by nobody that the entry names"));
        }
        None => return Err("its authenticationInfo names nobody".to_owned()),
    };
    if !denied && !moved && !context.keeps(&actor.local, &action(payload, method)) {
        return Ok(UNWATCHED);
    }
    let at = context.moment(&entry["timestamp"])?;
    let mut any = false;
    if moved {
        let by = Some(actor.add(place, context.system, out));
        let change = RoleEvent { place, at, gives: true, by };
        any = given(deltas, payload, &change, context, out)?;
        *roles |= any;
    }
    let status = &payload["status"];
    let attempt = Attempt {
        at,
        actor,
        action: action(payload, method),
        resource: resource(entry, payload),
        outcome,
        code: status["code"].whole().filter(|_| denied).map(code),
        control: if denied { control(entry, payload).map(Cow::Borrowed) } else { None },
        message: status["message"].text().filter(|_| denied).map(Cow::Borrowed),
        request: entry["insertId"].text().map(Cow::Borrowed),
    };
    Ok(attempt.keep(place, context, out).or(any))
}

fn method<'n>(payload: &'n Node<'_>) -> Option<&'n str> {
    let asked = || payload["authorizationInfo"].items().first()?["permission"].text();
    payload["methodName"].text().or_else(asked)
}

fn action<'n>(payload: &Node<'_>, method: &'n str) -> Cow<'n, str> {
    match payload["serviceName"].text() {
        Some(name) => {
            let service = name.strip_suffix(".googleapis.com").unwrap_or(name);
            format!("{service}:{method}").into()
        }
        None => method.into(),
    }
}

fn code(code: i64) -> Cow<'static, str> {
    if code == 7 { "PERMISSION_DENIED".into() } else { code.to_string().into() }
}

fn forbidden(entry: &Node<'_>) -> bool {
    entry["labels"]["authorization.k8s.io/decision"].text() == Some("forbid")
}

/// Whether any permission was asked for and not granted, and whether any was.
fn permissions(payload: &Node<'_>) -> (bool, bool) {
    let all = payload["authorizationInfo"].items();
    let any = |want| all.iter().any(|info| info["granted"].flag() == Some(want));
    (any(false), any(true))
}

fn decided(entry: &Node<'_>, payload: &Node<'_>) -> Result<Outcome, Lowered> {
    if forbidden(entry) {
        return Ok(Outcome::Denied);
    }
    match payload["status"]["code"].whole() {
        Some(7) => Ok(Outcome::Denied),
        Some(16) => Err(Lowered::Nothing("failed sign-in")),
        // Several permissions may do for one request: one that was not granted may not matter.
        None | Some(0) => match permissions(payload) {
            (true, false) => Ok(Outcome::Denied),
            _ => Ok(Outcome::Allowed),
        },
        Some(_) => Err(OTHER_FAILURE),
    }
}

/// How the last part of a method's name begins that changes nothing.
const READS: &[&str] = &[
    "aggregatedlist",
    "analyze",
    "batchget",
    "check",
    "count",
    "describe",
    "fetch",
    "get",
    "list",
    "lookup",
    "query",
    "read",
    "search",
    "select",
    "test",
    "validate",
    "watch",
];

fn reads(method: &str, payload: &Node<'_>) -> bool {
    let mut kinds =
        payload["authorizationInfo"].items().iter().filter_map(|i| i["permissionType"].text());
    if let Some(first) = kinds.next() {
        return first.ends_with("_READ") && kinds.all(|kind| kind.ends_with("_READ"));
    }
    // Requests to a cluster end with the verb, such as `io.k8s.core.v1.pods.list`.
    let last = method.rsplit(['.', '/']).next().unwrap_or(method).to_lowercase();
    let asks = last == "create" && method.contains("accessreviews.");
    asks || READS.iter().any(|start| last.starts_with(start))
}

/// A long operation has an entry at its beginning and one at its end.
fn ends(operation: &Node<'_>) -> bool {
    operation["last"].flag() == Some(true) && operation["first"].flag() != Some(true)
}

fn actor<'n>(who: &'n Node<'n>) -> Option<Actor<'n>> {
    let own = principal(who)?;
    // The first of the chain is who began it; the rest are service accounts in between.
    let chain = who["serviceAccountDelegationInfo"].items();
    let began = chain.iter().find_map(|link| {
        principal(&link["firstPartyPrincipal"]).or_else(|| principal(link)).or_else(|| {
            let claims = &link["thirdPartyPrincipal"]["thirdPartyClaims"];
            claims["sub"].text().map(|subject| Actor::new(subject, AccountKind::Unknown))
        })
    });
    Some(match began {
        Some(began) if began.local != own.local => {
            Actor::new(format!("{} as {}", began.local, own.local), began.kind)
        }
        _ => own,
    })
}

fn principal<'n>(who: &'n Node<'_>) -> Option<Actor<'n>> {
    let subject = who["principalSubject"].text();
    match (who["principalEmail"].text(), subject) {
        (Some(email), _) => {
            let known = by_address(email);
            let user = subject.is_some_and(|subject| subject.starts_with("user:"));
            let service = subject.is_some_and(|subject| subject.starts_with("serviceAccount:"));
            Some(match known.kind {
                AccountKind::Unknown if user => Actor { kind: AccountKind::Human, ..known },
                AccountKind::Unknown if service => {
                    Actor { kind: AccountKind::Service, email: None, ..known }
                }
                _ => known,
            })
        }
        (None, Some(subject)) => Some(gcp_members::member(subject)),
        (None, None) => None,
    }
}

fn resource<'n>(entry: &'n Node<'n>, payload: &'n Node<'n>) -> Option<Cow<'n, str>> {
    let named = payload["resourceName"].text();
    let asked = || payload["authorizationInfo"].items().iter().find_map(|i| i["resource"].text());
    let project = || entry["resource"]["labels"]["project_id"].text();
    named.or_else(asked).or_else(project).map(|name| gcp_members::scope(name).into())
}

/// The control that refused, as far as the entry says.
fn control(entry: &Node<'_>, payload: &Node<'_>) -> Option<&'static str> {
    if forbidden(entry) {
        return Some("authorization");
    }
    let (status, metadata) = (&payload["status"], &payload["metadata"]);
    let details = status["details"].items();
    let violation = |detail: &Node<'_>| {
        let kinds = detail["violations"].items().iter();
        kinds.filter_map(|v| v["type"].text()).any(|kind| kind == "VPC_SERVICE_CONTROLS")
    };
    let perimeter = metadata["@type"].text().is_some_and(|kind| kind.contains("VpcServiceControl"))
        || details.iter().any(violation);
    if perimeter {
        return Some("VPC Service Controls");
    }
    let reason = details.iter().any(|d| d["reason"].text() == Some("IAM_PERMISSION_DENIED"));
    let message = status["message"].text().unwrap_or_default();
    let says = message.starts_with("Permission '") && message.contains("' denied");
    (permissions(payload).0 || reason || says).then_some("IAM")
}

/// Adds the roles that a change of policy gave and took away. Tells whether there was any.
fn given(
    deltas: &[Node<'_>],
    payload: &Node<'_>,
    change: &RoleEvent,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<bool, String> {
    let scope = payload["resourceName"].text().map(gcp_members::scope);
    let mut read = Vec::new();
    for delta in deltas {
        let (Some(role), Some(member)) = (delta["role"].text(), delta["member"].text()) else {
            return Err("a change of its policy names no role or no member".to_owned());
        };
        let gives = match delta["action"].text() {
            Some("ADD") => true,
            Some("REMOVE") => false,
            _ => return Err("a change of its policy neither adds nor removes".to_owned()),
        };
        if !gcp_members::deleted(member) {
            read.push((gives, role, member, delta["condition"].is_some()));
        }
    }
    for (gives, role, member, condition) in &read {
        let holder = gcp_members::member(member).add(change.place, context.system, out);
        let (role, scope) = (out.role_id(context.system, role), out.maybe(scope));
        RoleEvent { gives: *gives, ..*change }.write(holder, role, scope, out);
        if gcp_members::many(member) {
            out.gap(gcp_members::MANY_MEMBERS.to_owned());
        }
        if *condition {
            out.gap(gcp_members::CONDITIONS.to_owned());
        }
    }
    Ok(!read.is_empty())
}
