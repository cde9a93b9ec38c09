//! From a line of a request log to a decision.

use std::borrow::Cow;

use crate::ingest::attempt::{Actor, Attempt, Lowered, OTHER_FAILURE, READING, UNWATCHED};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{AccountKind, Batch, Outcome, Place};

/// Lowers one request.
pub(in crate::ingest) fn request(
    line: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let method = line["method"].text().ok_or("it has no method: no request")?;
    let path = line["path"].text().ok_or("the request has no path")?;
    let status = line["status"].whole().ok_or("the request has no status")?;
    let denied = status == 403;
    if status == 401 {
        return Ok(Lowered::Nothing("failed sign-in"));
    }
    if !denied && status >= 400 {
        return Ok(OTHER_FAILURE);
    }
    if !denied && matches!(method, "GET" | "HEAD" | "OPTIONS") {
        return Ok(READING);
    }
    let named = line.first(&["username", "meta.user"]).text();
    let number = || line["user_id"].whole().map(|id| Cow::Owned(format!("id:{id}")));
    let Some(local) = named.map(|name| name.to_lowercase().into()).or_else(number) else {
        return Ok(Lowered::Nothing("request of nobody who was signed in"));
    };
    let actor = Actor::new(local, AccountKind::Unknown);
    let route = line["route"].text().map(Cow::Borrowed);
    let page = || Some(format!("{}#{}", line["controller"].text()?, line["action"].text()?).into());
    let action = format!("{method}:{}", route.or_else(page).unwrap_or(path.into()));
    if !denied && !context.keeps(&actor.local, &action) {
        return Ok(UNWATCHED);
    }
    let attempt = Attempt {
        at: context.moment(&line["time"])?,
        actor,
        action: action.into(),
        resource: Some(path.into()),
        outcome: if denied { Outcome::Denied } else { Outcome::Allowed },
        code: Some(status.to_string().into()),
        control: None,
        message: None,
        request: line["correlation_id"].text().map(Cow::Borrowed),
    };
    Ok(attempt.keep(place, context, out))
}
