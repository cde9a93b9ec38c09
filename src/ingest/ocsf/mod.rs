//! Events in the Open Cybersecurity Schema Framework, as security lakes keep them.

mod lower;

use serde_json::{Map, Value};

use super::attempt::each_record;
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use super::wrapped_events::Wrapped;
use crate::model::{Batch, HowKnown};

ingester! {
    /// Requests to interfaces, and changes of accounts, groups and privileges, whichever system they
    /// come from.
    ///
    /// ## How to make it
    ///
    /// Amazon Security Lake keeps Parquet: query it with Athena and save the rows as JSON, one a line,
    /// or have the tool that collects events write OCSF as JSON.
    ///
    /// ```text
    /// duckdb -c "COPY (SELECT * FROM 's3://LAKE/aws/CLOUD_TRAIL_MGMT/2.0/**/*.parquet') TO 'events.json'"
    /// ```
    ///
    /// Where the original is at hand, export that: OCSF leaves out what it has no place for.
    ///
    /// ## Fields read
    ///
    /// `raw_data`, if it holds the event of a system that this program knows: then that is read
    /// instead. Else `class_uid`, `activity_id`, `time` or `time_dt`, `actor`, `api`, `resources`,
    /// `status`, `status_id`, `status_code`, `http_response.code`, `disposition_id`, `user`, `group`,
    /// `policy`, `privileges`, `metadata.uid`, `metadata.product`.
    ///
    /// Read are the classes 3001 (account change), 3005 (user access), 3006 (group) and 6003
    /// (interfaces); all others are counted. Events of CloudTrail, Okta, GitHub and Kubernetes are
    /// accounts and actions of those systems, such as `aws:iam:CreateUser`; of others, of `ocsf`.
    ///
    /// A refusal is an answer with the code 403 or one of AWS's codes for a missing permission, an
    /// authorisation that decided to deny, or the disposition `Blocked`. The control is the policy of
    /// that authorisation; else none is assumed. A status of failure alone says nothing of
    /// permissions.
    ///
    /// ## What it proves
    ///
    /// Who was refused what, and when; what agents and services changed; which privileges, policies
    /// and groups were given and taken away.
    ///
    /// ## What it cannot prove
    ///
    /// What was lost on the way into the schema: which control refused is often among it.
    pub(super) static OCSF = "ocsf" {
        title: "OCSF events",
        system: "ocsf",
        since: "0.1.0",
        names: &[
            "class_uid", "class_name", "category_uid", "activity_id", "activity_name", "type_uid",
            "severity_id", "time", "metadata", "actor", "api", "src_endpoint", "observables",
            "unmapped",
        ],
        recognise: recognise,
        read: read,
    }
}

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    let metadata = object.get("metadata").is_some_and(Value::is_object);
    has("class_uid") && metadata && (has("activity_id") || has("type_uid"))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    let (mut wrapped, mut roles) = (Wrapped::default(), false);
    each_record(feed, out, |node, place, out| {
        if let Some(text) = node["raw_data"].text() {
            let inside = place.inside(out.text("/raw_data"));
            if let Some(lowered) = wrapped.text(text, inside, context, out) {
                return lowered;
            }
        }
        lower::event(node, place, context, &mut roles, out)
    })?;
    wrapped.finish(out);
    if roles {
        out.proves_roles(HowKnown::GrantEvent);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
