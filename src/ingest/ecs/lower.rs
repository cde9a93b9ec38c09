//! From a document without its original to a decision.

use std::borrow::Cow;

use crate::ingest::attempt::{Actor, Attempt, Lowered, OTHER_FAILURE, READING, UNWATCHED};
use crate::ingest::cloudtrail::is_refusal;
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{AccountKind, Batch, Outcome, Place};

/// A member by its dotted name; the only element where it is an array of one.
pub(super) fn value<'n, 't>(document: &'n Node<'t>, path: &str) -> &'n Node<'t> {
    match document.dotted(path) {
        Node::Array(items) if items.len() == 1 => &items[0],
        other => other,
    }
}

/// The system that the document's integration collects from; empty: nobody knows.
pub(super) fn system(document: &Node<'_>) -> &'static str {
    let names = ["event.module", "event.dataset", "data_stream.dataset"];
    let name = names.iter().find_map(|path| value(document, path).text()).unwrap_or_default();
    let first = name.split(['.', '_']).next().unwrap_or_default();
    let known = ["aws", "azure", "gcp", "github", "gitlab", "kubernetes", "okta", "teleport"];
    known.into_iter().find(|system| *system == first).unwrap_or("ecs")
}

/// Lowers one document.
pub(super) fn document(
    document: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let text = |path: &str| value(document, path).text();
    let action = text("event.action").or(text("event.code"));
    let Some(action) = action else {
        return Ok(Lowered::Nothing("document about no action"));
    };
    let error = text("aws.cloudtrail.error_code");
    let status = value(document, "http.response.status_code").whole();
    let denied = error.is_some_and(is_refusal)
        || status == Some(403)
        || text("okta.outcome.result") == Some("DENY")
        || value(document, "gcp.audit.status.code").whole() == Some(7);
    let result = text("event.outcome");
    if !denied && (result == Some("failure") || error.is_some()) {
        return Ok(OTHER_FAILURE);
    }
    if !denied && !changes(document) {
        return Ok(READING);
    }
    let Some(actor) = actor(document, context.system) else {
        if denied {
            return Err("it names no user".to_owned());
        }
        return Ok(Lowered::Nothing("allowed, and by nobody that the document names"));
    };
    let provider = text("event.provider").and_then(|name| name.strip_suffix(".amazonaws.com"));
    let action: Cow<'_, str> = match provider {
        Some(service) => format!("{service}:{action}").into(),
        None => action.into(),
    };
    if !denied && !context.keeps(&actor.local, &action) {
        return Ok(UNWATCHED);
    }
    let attempt = Attempt {
        at: context.moment(value(document, "@timestamp"))?,
        actor,
        action,
        resource: text("user.target.name")
            .or(text("group.name"))
            .or(text("url.path"))
            .map(Cow::Borrowed),
        outcome: match (denied, result) {
            (true, _) => Outcome::Denied,
            (false, Some("success")) => Outcome::Allowed,
            (false, _) => Outcome::Unknown,
        },
        code: error.map(Cow::Borrowed).or(status.map(|status| status.to_string().into())),
        control: None,
        message: text("aws.cloudtrail.error_message").filter(|_| denied).map(Cow::Borrowed),
        request: text("event.id").map(Cow::Borrowed),
    };
    Ok(attempt.keep(place, context, out))
}

fn changes(document: &Node<'_>) -> bool {
    let kinds = document.dotted("event.type").one_or_more().iter().filter_map(Node::text);
    kinds.into_iter().any(|kind| matches!(kind, "creation" | "change" | "deletion"))
}

/// Who did it, by the name that the system's own exports use.
fn actor<'n>(document: &'n Node<'_>, system: &str) -> Option<Actor<'n>> {
    let text = |path: &str| value(document, path).text();
    let arn = text("aws.cloudtrail.user_identity.arn");
    let login =
        text("okta.actor.alternate_id").or(text("gcp.audit.authentication_info.principal_email"));
    let named = text("user.email").filter(|_| matches!(system, "okta" | "gcp" | "azure"));
    let id = arn.or(login).or(named).or(text("user.name")).or(text("user.id"))?;
    let lower = matches!(system, "okta" | "gcp" | "azure" | "github");
    let local: Cow<'_, str> = if lower { id.to_lowercase().into() } else { id.into() };
    Some(Actor { name: text("user.full_name"), ..Actor::new(local, AccountKind::Unknown) })
}
