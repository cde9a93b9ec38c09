//! From an entry of the log to a decision.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::ingest::attempt::{Actor, Attempt, Lowered, OTHER_FAILURE, READING, UNWATCHED};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{AccountKind, Batch, Outcome, Place};

/// Which requests and responses the file holds.
#[derive(Default)]
pub(in crate::ingest) struct Pairs {
    /// Refused requests whose response has not come yet.
    refused: BTreeSet<String>,
    requests: bool,
    responses: bool,
}

impl Pairs {
    /// Notes that the file holds requests alone: what became of them is then unknown.
    pub(in crate::ingest) fn gaps(&self, out: &mut Batch) {
        if self.requests && !self.responses {
            out.gap("it holds requests without their responses (export the whole log)".to_owned());
        }
    }
}

/// Operations that change nothing.
const READS: &[&str] = &["read", "list", "help", "header"];
/// Paths on which an `update` only asks.
const ASKS: &[&str] = &[
    "auth/token/lookup",
    "auth/token/renew-self",
    "sys/capabilities",
    "sys/internal/",
    "sys/tools/",
    "sys/wrapping/lookup",
];

/// Lowers one entry.
pub(in crate::ingest) fn entry(
    entry: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    pairs: &mut Pairs,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let (asked, auth) = (&entry["request"], &entry["auth"]);
    let response = match entry["type"].text() {
        Some("request") => false,
        Some("response") => true,
        _ => return Err("it is neither a request nor a response".to_owned()),
    };
    pairs.requests |= !response;
    pairs.responses |= response;
    let id = asked["id"].text();
    let error = entry["error"].text();
    let denied = error.is_some_and(|error| error.contains("permission denied"));
    let operation = asked["operation"].text().ok_or("its request has no operation")?;
    let path = asked["path"].text().ok_or("its request has no path")?;
    if let Some(settled) = settled(response, denied, id, pairs) {
        return Ok(settled);
    }
    if error.is_some() && !denied {
        return Ok(OTHER_FAILURE);
    }
    if !denied && reads(operation, path, entry) {
        return Ok(READING);
    }
    let Some(actor) = actor(auth) else {
        return Ok(Lowered::Nothing("by a token that Vault does not know, or a sign-in"));
    };
    let path = match asked["namespace"]["path"].text() {
        Some(namespace) => Cow::Owned(format!("{}/{path}", namespace.trim_end_matches('/'))),
        None => Cow::Borrowed(path),
    };
    let action = format!("{operation}:{path}");
    if !denied && !context.keeps(&actor.local, &action) {
        return Ok(UNWATCHED);
    }
    let at = context.moment(&entry["time"])?;
    if let (true, false, Some(id)) = (denied, response, id) {
        pairs.refused.insert(id.to_owned());
    }
    let attempt = Attempt {
        at,
        actor,
        action: action.into(),
        resource: Some(path),
        outcome: if denied { Outcome::Denied } else { Outcome::Allowed },
        code: denied.then_some("permission denied".into()),
        control: if denied { control(auth) } else { None },
        message: error.map(Cow::Borrowed),
        request: id.map(Cow::Borrowed),
    };
    Ok(attempt.keep(place, context, out))
}

/// What becomes of an entry that its other half tells.
fn settled(response: bool, denied: bool, id: Option<&str>, pairs: &mut Pairs) -> Option<Lowered> {
    if response {
        let told = id.is_some_and(|id| pairs.refused.remove(id));
        return told.then_some(Lowered::Nothing("response to a request that was refused already"));
    }
    (!denied).then_some(Lowered::Nothing("request: its response says what became of it"))
}

fn reads(operation: &str, path: &str, entry: &Node<'_>) -> bool {
    let asks = ASKS.iter().any(|start| path.starts_with(start));
    // Reading from some engines makes a credential, which has a lease.
    let credential = entry["response"]["secret"].is_some();
    asks || (READS.contains(&operation) && !credential)
}

/// Who it was. A sign-in itself has no account yet.
fn actor<'n>(auth: &'n Node<'n>) -> Option<Actor<'n>> {
    let name = auth["display_name"].text()?;
    let machine = ["approle", "kubernetes", "cert", "aws", "gcp", "azure"].iter().any(|method| {
        name.strip_prefix(method).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    });
    let kind = if machine { AccountKind::Service } else { AccountKind::Unknown };
    Some(Actor::new(name, kind))
}

/// The policies, where they are what refused: an engine may refuse by itself.
fn control<'n>(auth: &'n Node<'n>) -> Option<Cow<'n, str>> {
    if auth["policy_results"]["allowed"].flag() != Some(false) {
        return None;
    }
    let names: Vec<_> = auth["policies"].items().iter().filter_map(Node::text).collect();
    Some(match names.is_empty() {
        true => "policies".into(),
        false => format!("policies {}", names.join(", ")).into(),
    })
}
