//! From an entry of the Activity Log to a decision and to roles.

use std::borrow::Cow;

use super::refusal::{Failure, failure, properties, value};
use super::roles;
use crate::ingest::attempt::{Actor, Attempt, Lowered, OTHER_FAILURE, READING, UNWATCHED};
use crate::ingest::entra_accounts::{by_id, by_name, kind};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::role_event::RoleEvent;
use crate::model::{Batch, Outcome, Place};

/// Lowers one entry about an operation on resources.
pub(super) fn entry(
    entry: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    any: &mut bool,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let named = entry["identity"]["authorization"]["action"].text();
    let named =
        named.or(entry["authorization"]["action"].text()).or(value(&entry["operationName"]));
    let action = named.ok_or("it names no operation")?.to_lowercase();
    let result = value(&entry["resultType"]).or(value(&entry["status"]));
    let failed = match result.map(str::to_lowercase).as_deref() {
        Some("start" | "started" | "accept" | "accepted" | "in progress" | "inprogress") => {
            return Ok(Lowered::Nothing("beginning of an operation"));
        }
        Some("success" | "succeeded") => Failure::default(),
        Some("failure" | "failed") => failure(entry, &properties(entry)),
        _ => return Ok(Lowered::Nothing("entry that does not say what came of it")),
    };
    let failure = result.is_some_and(|result| result.to_lowercase().starts_with("fail"));
    if failure && !failed.refused {
        return Ok(OTHER_FAILURE);
    }
    if !failure && action.ends_with("/read") {
        return Ok(READING);
    }
    let moves = roles::gives(&action).filter(|_| !failure);
    let Some(actor) = actor(entry) else {
        if failure || moves.is_some() {
            return Err("it names no caller".to_owned());
        }
        return Ok(Lowered::Nothing("allowed, and by nobody that the entry names"));
    };
    if !failure && moves.is_none() && !context.keeps(&actor.local, &action) {
        return Ok(UNWATCHED);
    }
    let at = context.moment(entry.first(&["eventTimestamp", "time"]))?;
    let mut moved = false;
    if let Some(gives) = moves {
        let by = actor.add(place, context.system, out);
        let change = RoleEvent { place, at, gives, by: Some(by) };
        moved = roles::moved(entry, &change, context, out);
        *any |= moved;
    }
    let resource = entry["authorization"]["scope"].text().or(entry["resourceId"].text());
    let attempt = Attempt {
        at,
        actor,
        action: action.into(),
        resource: resource.map(|resource| resource.to_lowercase().into()),
        outcome: if failure { Outcome::Denied } else { Outcome::Allowed },
        code: failed.code.map(Cow::Owned),
        control: failed.control.map(Cow::Borrowed),
        message: failed.message.map(Cow::Owned),
        request: entry.first(&["eventDataId", "correlationId"]).text().map(Cow::Borrowed),
    };
    Ok(attempt.keep(place, context, out).or(moved))
}

/// Names of claims are addresses of schemas.
const UPN: &str = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn";
const OBJECT: &str = "http://schemas.microsoft.com/identity/claims/objectidentifier";

/// Who asked for the operation: the caller, else what the token claims.
fn actor<'n>(entry: &'n Node<'n>) -> Option<Actor<'n>> {
    let claims = &entry["claims"];
    let claims = if claims.is_object() { claims } else { &entry["identity"]["claims"] };
    let evidence = &entry["identity"]["authorization"]["evidence"];
    let said = evidence["principalType"].text();
    let said = said.or((claims["idtyp"].text() == Some("app")).then_some("ServicePrincipal"));
    let name = [entry["caller"].text(), claims[UPN].text(), claims["upn"].text()];
    let id = [
        claims[OBJECT].text(),
        claims["oid"].text(),
        evidence["principalId"].text(),
        claims["appid"].text(),
    ];
    let mut found = match name.into_iter().flatten().next() {
        Some(name) => by_name(name),
        None => by_id(id.into_iter().flatten().next()?, kind(None)),
    };
    found.kind = kind(said);
    Some(found)
}
