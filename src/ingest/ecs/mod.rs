//! Documents in the Elastic Common Schema.

mod lower;

use serde_json::{Map, Value};

use super::attempt::{Lowered, each_record};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::sample::Sample;
use super::wrapped_events::{Wrapped, of};
use crate::model::{Batch, Place};

ingester! {
    /// Events of any system that Elastic's integrations collected.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// elasticdump --input=https://ELASTIC/logs-aws.cloudtrail-* --output=events.json --type=data --searchBody='{"query":{"range":{"@timestamp":{"gte":"2026-10-01","lt":"2026-11-01"}}}}'
    /// ```
    ///
    /// Replies of `_search`, bare documents one a line or in an array, and documents with dotted names
    /// or `fields` are read too. Keep `event.original` (the tag `preserve_original_event`): with it
    /// nothing is lost.
    ///
    /// ## Fields read
    ///
    /// `event.original`, or `message`, if it holds an event of CloudTrail, Okta, GitHub, Google Cloud,
    /// Azure or Kubernetes: then that is read as its own format reads it. So is `kubernetes.audit`.
    /// Else `@timestamp`, `event.action`, `event.outcome`, `event.type`, `event.provider`,
    /// `event.dataset`, `event.id`, `user.name`, `user.id`, and of the integrations
    /// `aws.cloudtrail.error_code`, `error_message` and `user_identity.arn`, `okta.outcome.result` and
    /// `actor.alternate_id`, `gcp.audit.status.code` and `authentication_info.principal_email`,
    /// `http.response.status_code`.
    ///
    /// Without the original, a refusal is an AWS code for a missing permission, Okta's `DENY`, Google's
    /// code 7, or the status 403; `event.outcome` alone says nothing of permissions, and no control is
    /// assumed. A change is an event of the type `creation`, `change` or `deletion`.
    ///
    /// ## What it proves
    ///
    /// What the format of the original proves.
    ///
    /// ## What it cannot prove
    ///
    /// Without the original: which control refused, and roles. That the index holds every event.
    pub(super) static ECS = "ecs" {
        title: "Elastic Common Schema documents",
        system: "ecs",
        since: "0.1.0",
        names: &[
            "@timestamp", "event", "ecs", "user", "source", "related", "tags", "data_stream", "agent",
            "_index", "_id", "_source", "fields",
        ],
        recognise: recognise,
        read: read,
    }
}

const PATHS: &[&[&str]] = &[&["hits", "hits"], &["expected"], &[]];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    PATHS
        .iter()
        .find(|path| sample.objects(path).iter().any(|object| ours(object)))
        .map(|path| Container::Json(path))
}

fn ours(object: &Map<String, Value>) -> bool {
    let inner = ["_source", "fields"].iter().find_map(|name| object.get(*name)?.as_object());
    let document = inner.unwrap_or(object);
    let nested = document.get("event").and_then(Value::as_object);
    let known = ["original", "action", "outcome", "dataset", "kind", "category", "module"];
    let event = known.iter().any(|name| {
        nested.is_some_and(|event| event.contains_key(*name))
            || document.contains_key(&format!("event.{name}"))
    });
    document.contains_key("@timestamp") && event
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let mut wrapped = Wrapped::default();
    each_record(feed, out, |node, place, out| record(node, place, context, &mut wrapped, out))?;
    wrapped.finish(out);
    Ok(())
}

fn record(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    wrapped: &mut Wrapped,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let (outer, document) = ["_source", "fields"]
        .into_iter()
        .find(|name| node[name].is_object())
        .map_or(("", node), |name| (name, &node[name]));
    for (path, nested) in
        [("event.original", document["event"]["original"].is_some()), ("message", false)]
    {
        let Some(text) = lower::value(document, path).text() else { continue };
        let name = if nested { path.replace('.', "/") } else { path.to_owned() };
        let within = if outer.is_empty() { format!("/{name}") } else { format!("/{outer}/{name}") };
        let inside = place.inside(out.text(&within));
        if let Some(lowered) = wrapped.text(text, inside, context, out) {
            return lowered;
        }
    }
    let audit = document.dotted("kubernetes.audit");
    if audit.is_object()
        && let Some(lowered) = wrapped.event(audit, place, context, out)
    {
        return lowered;
    }
    lower::document(document, place, &of(lower::system(document), context), out)
}

#[cfg(test)]
mod tests;
