//! From an event of the schema to a decision and to roles.

use std::borrow::Cow;

use crate::ingest::attempt::{Actor, Attempt, Lowered, OTHER_FAILURE, READING, UNWATCHED, address};
use crate::ingest::cloudtrail::is_refusal;
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::role_event::RoleEvent;
use crate::ingest::wrapped_events::of;
use crate::model::{AccountKind, Batch, Instant, Outcome, Place};

/// Classes of the schema.
const ACCOUNT_CHANGE: i64 = 3001;
const USER_ACCESS: i64 = 3005;
const GROUP: i64 = 3006;
const API: i64 = 6003;

/// Lowers one event.
pub(super) fn event(
    event: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    roles: &mut bool,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let class = event["class_uid"].whole().ok_or("its class_uid is no number")?;
    if !matches!(class, ACCOUNT_CHANGE | USER_ACCESS | GROUP | API) {
        return Ok(Lowered::Nothing("event of a class about no access decision"));
    }
    let context = &of(system(event), context);
    let (denied, control) = refused(event);
    let failed = event["status_id"].whole() == Some(2) || event["status"].text() == Some("Failure");
    if !denied && failed {
        return Ok(OTHER_FAILURE);
    }
    if !denied && class == API && event["activity_id"].whole() == Some(2) {
        return Ok(READING);
    }
    let moved = if denied { Vec::new() } else { moved(class, event)? };
    let Some(actor) = actor(event, context.system) else {
        if denied || !moved.is_empty() {
            return Err("its actor is nobody".to_owned());
        }
        return Ok(Lowered::Nothing("allowed, and by nobody that the event names"));
    };
    let kept = match action(event, context.system) {
        Ok(action) => context.keeps(&actor.local, &action),
        Err(_) => context.watches(&actor.local),
    };
    if !denied && moved.is_empty() && !kept {
        return Ok(UNWATCHED);
    }
    let at = time(event, context)?;
    if !moved.is_empty() {
        let by = Some(actor.add(place, context.system, out));
        write(&moved, &RoleEvent { place, at, gives: true, by }, context, out);
        *roles = true;
    }
    let answer = &event["api"]["response"];
    let attempt = Attempt {
        at,
        actor,
        action: action(event, context.system)?,
        resource: resource(event),
        outcome: if denied { Outcome::Denied } else { outcome(event) },
        code: code(event),
        control: control.map(Cow::Borrowed),
        message: answer["message"]
            .text()
            .or(event["status_detail"].text())
            .filter(|_| denied)
            .map(Cow::Borrowed),
        request: event["metadata"]["uid"]
            .text()
            .or(event["api"]["request"]["uid"].text())
            .map(Cow::Borrowed),
    };
    Ok(attempt.keep(place, context, out).or(!moved.is_empty()))
}

/// The system that the event comes from, as far as its product is known.
fn system(event: &Node<'_>) -> &'static str {
    let product = event["metadata"]["product"]["name"].text().unwrap_or_default().to_lowercase();
    let known = [
        ("cloudtrail", "aws"),
        ("eks", "kubernetes"),
        ("kubernetes", "kubernetes"),
        ("okta", "okta"),
        ("github", "github"),
    ];
    known.iter().find(|(name, _)| product.contains(name)).map_or("ocsf", |(_, system)| system)
}

/// The schema's times count milliseconds.
fn time(event: &Node<'_>, context: &Context<'_>) -> Result<Instant, String> {
    let text = &event["time_dt"];
    if text.text().is_some() {
        context.moment(text)
    } else {
        context.moment_or_millis(&event["time"])
    }
}

fn code<'n>(event: &'n Node<'_>) -> Option<Cow<'n, str>> {
    let answer = &event["api"]["response"];
    let error = answer["error"].text().map(Cow::Borrowed);
    error.or(answer["code"].id()).or(event["status_code"].id())
}

/// What came of it, if it was not refused.
fn outcome(event: &Node<'_>) -> Outcome {
    let done = event["status_id"].whole() == Some(1) || event["status"].text() == Some("Success");
    if done || answered(event) { Outcome::Allowed } else { Outcome::Unknown }
}

fn answered(event: &Node<'_>) -> bool {
    let codes = [event["api"]["response"]["code"].whole(), event["http_response"]["code"].whole()];
    codes.into_iter().flatten().any(|code| (200..400).contains(&code))
}

/// Whether the event is a refusal, and the control that it names.
fn refused<'n>(event: &'n Node<'_>) -> (bool, Option<&'n str>) {
    let decided = event["actor"]["authorizations"].items().iter().find(|authorization| {
        let decision = authorization["decision"].text().unwrap_or_default().to_lowercase();
        decision.starts_with("den") || decision.starts_with("forb")
    });
    if let Some(authorization) = decided {
        let policy = &authorization["policy"];
        return (true, policy.first(&["name", "uid"]).text());
    }
    let answer = &event["api"]["response"];
    let codes = [&answer["code"], &event["http_response"]["code"], &event["status_code"]];
    let forbidden = codes.iter().any(|code| code.whole() == Some(403));
    let names = [&answer["error"], &event["status_code"]];
    let named = names.iter().filter_map(|name| name.text()).any(is_refusal);
    (forbidden || named || event["disposition_id"].whole() == Some(2), None)
}

/// Who did it: in AWS by ARN, in clusters by name, elsewhere by name, address or id.
fn actor<'n>(event: &'n Node<'n>, system: &str) -> Option<Actor<'n>> {
    let user = &event["actor"]["user"];
    if let Some(found) = account(user, system) {
        return Some(found);
    }
    let service = event["actor"]["invoked_by"].text();
    service.map(|service| Actor::new(service, AccountKind::Service))
}

fn account<'n>(user: &'n Node<'_>, system: &str) -> Option<Actor<'n>> {
    let names: &[&str] = match system {
        "aws" => &["uid", "name"],
        "okta" => &["email_addr", "name", "uid"],
        _ => &["name", "email_addr", "uid"],
    };
    let id = user.first(names).text()?;
    let lower = matches!(system, "okta" | "github");
    let kind = match system {
        "kubernetes" => crate::ingest::kubernetes_roles::kind(id),
        _ => AccountKind::Unknown,
    };
    let local: Cow<'_, str> = if lower { id.to_lowercase().into() } else { id.into() };
    let email = user["email_addr"].text().and_then(address);
    Some(Actor { local, kind, email, name: user["name"].text() })
}

fn action<'n>(event: &'n Node<'_>, system: &str) -> Result<Cow<'n, str>, String> {
    let api = &event["api"];
    let Some(operation) = api["operation"].text() else {
        let kind = event.first(&["type_name", "activity_name"]).text();
        return kind.map(Cow::Borrowed).ok_or_else(|| "it names no operation".to_owned());
    };
    let service = api["service"]["name"].text();
    Ok(match (system, service) {
        ("kubernetes", _) => {
            match event["resources"].items().first().and_then(|r| r["type"].text()) {
                Some(kind) => format!("{operation} {kind}").into(),
                None => operation.into(),
            }
        }
        (_, Some(service)) => {
            let service = service.strip_suffix(".amazonaws.com").unwrap_or(service);
            format!("{service}:{operation}").into()
        }
        (_, None) => operation.into(),
    })
}

fn resource<'n>(event: &'n Node<'_>) -> Option<Cow<'n, str>> {
    let listed = event["resources"].items().iter().find_map(|r| r.first(&["uid", "name"]).text());
    let named = event["user"].first(&["uid", "name"]).text();
    listed.or(named).or(event["group"].first(&["uid", "name"]).text()).map(Cow::Borrowed)
}

fn write(moved: &Moved<'_>, change: &RoleEvent, context: &Context<'_>, out: &mut Batch) {
    for (gives, holder, role) in moved {
        let holder = holder.add(change.place, context.system, out);
        let role = out.role_id(context.system, role);
        RoleEvent { gives: *gives, ..*change }.write(holder, role, None, out);
    }
}

type Moved<'n> = Vec<(bool, Actor<'n>, String)>;

/// Which roles the event gave or took away, and whose. Identifiers come first: for AWS they are
/// ARNs, as in other exports of it.
fn moved<'n>(class: i64, event: &'n Node<'n>) -> Result<Moved<'n>, String> {
    let named = |node: &'n Node<'n>| node.first(&["uid", "name"]).text();
    let gives = match (class, event["activity_id"].whole()) {
        (ACCOUNT_CHANGE, Some(7)) | (USER_ACCESS, Some(1)) | (GROUP, Some(3)) => true,
        (ACCOUNT_CHANGE, Some(8)) | (USER_ACCESS, Some(2)) | (GROUP, Some(4)) => false,
        _ => return Ok(Vec::new()),
    };
    let who = account(&event["user"], system(event)).ok_or("it does not say whose role")?;
    let roles: Vec<String> = match class {
        ACCOUNT_CHANGE => named(&event["policy"]).map(str::to_owned).into_iter().collect(),
        GROUP => named(&event["group"]).map(|group| format!("group:{group}")).into_iter().collect(),
        _ => {
            let privileges = event["privileges"].items().iter().filter_map(Node::text);
            privileges.map(|privilege| format!("privilege:{privilege}")).collect()
        }
    };
    if roles.is_empty() {
        return Err("it does not say which role".to_owned());
    }
    Ok(roles.into_iter().map(|role| (gives, who.clone(), role)).collect())
}
