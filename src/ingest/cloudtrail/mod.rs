//! AWS CloudTrail: what was tried in AWS, and what AWS refused.

mod event;
mod lower;
mod refusal;

use serde_json::{Map, Value};

use super::decode::Trouble;
use super::error::unparsed;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::{Batch, Place};

use self::event::Record;
pub(super) use self::lower::Lowered;
pub(super) use self::refusal::is_refusal;

ingester! {
    /// Requests to AWS: every refusal, every change made by a registered agent or service, and
    /// every action that policy watches.
    ///
    /// ## How to make it
    ///
    /// Copy the trail's files as they are; gzip is read:
    ///
    /// ```text
    /// aws s3 sync s3://BUCKET/AWSLogs/ACCOUNT/CloudTrail/REGION/2026/10/ cloudtrail/
    /// ```
    ///
    /// or, for the last 90 days of management events:
    ///
    /// ```text
    /// aws cloudtrail lookup-events --start-time 2026-10-01 --end-time 2026-11-01 --output json > events.json
    /// ```
    ///
    /// Also read: one record a line, bare arrays, single records, and events from EventBridge.
    ///
    /// ## Fields read
    ///
    /// `userIdentity`, `eventTime`, `eventSource`, `eventName`, `errorCode`, `errorMessage`,
    /// `readOnly`, `resources`, `requestParameters`, `eventID`.
    ///
    /// The actor is the ARN of `userIdentity`, with the session's name; for an AWS service
    /// `invokedBy`; else `principalId`, the user of IAM Identity Center, `userName` or the account.
    /// The action is the event source without `.amazonaws.com` and the event's name, such as
    /// `s3:PutBucketPolicy`. The resource is the first of `resources`, else the one that the error
    /// message names, else one from the request such as its bucket or role. Times are UTC, as AWS
    /// documents them.
    ///
    /// A refusal is an `errorCode` of `AccessDenied`, `AccessDeniedException`,
    /// `UnauthorizedOperation`, `Client.UnauthorizedOperation`, `Forbidden`, or one with
    /// `NotAuthorized` or `UnauthorizedAccess` in it. Throttling, missing things and failed sign-ins
    /// are no refusals. Which control refused is read from the message: `no identity-based policy
    /// allows`, `with an explicit deny in a service control policy` and the like. Where it names
    /// none, none is assumed.
    ///
    /// An event without an error is a change unless `readOnly` is true. Records before version 1.04
    /// lack that field; then names that begin with `AssumeRole`, `BatchGet`, `Check`, `Describe`,
    /// `Get`, `Head`, `List`, `Lookup`, `Query`, `Scan`, `Search`, `Select` or `View` count as reading.
    ///
    /// ## What it proves
    ///
    /// Who was refused what, when and by which control; what agents and services changed.
    ///
    /// ## What it cannot prove
    ///
    /// What is not logged: data events (objects of S3, items of DynamoDB) unless the trail has them,
    /// regions without a trail, and calls refused before they reach the service. Changes by people
    /// are counted, not kept. The person behind a role's session is only as good as the session's
    /// name. Digest and insight files are recognised and set aside: checking the digests' signatures
    /// is `aws cloudtrail validate-logs`.
    pub(super) static CLOUDTRAIL = "cloudtrail" {
        title: "AWS CloudTrail",
        system: "aws",
        since: "0.1.0",
        names: &[
            "eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion",
            "requestParameters", "responseElements", "eventID", "errorCode",
        ],
        recognise: recognise,
        read: read,
    }
}

const RECORDS: &[&str] = &["Records"];
const EVENTS: &[&str] = &["Events"];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    for path in [RECORDS, EVENTS] {
        let objects = sample.objects(path);
        let empty = objects.is_empty() && sample.array_at(path);
        if empty || objects.iter().any(|object| ours(object)) {
            return Some(Container::Json(path));
        }
    }
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    // Notifications of S3 have the same members, but name their source `aws:s3`.
    let source = object.get("eventSource").and_then(Value::as_str);
    let event = has("eventName") && source.is_some_and(|s| s.contains(".amazonaws.com"));
    let looked_up = object.get("CloudTrailEvent").is_some_and(Value::is_string);
    let digest = has("digestStartTime") && has("logFiles");
    let insight = has("insightDetails") && has("eventCategory");
    let detail = object.get("detail").and_then(Value::as_object);
    event
        || looked_up
        || digest
        || insight
        || detail.is_some_and(|detail| has("detail-type") && ours(detail))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    out.logs_edits();
    while let Some(item) = feed.next(out)? {
        match record(item.text, item.place, context, out) {
            Ok(Lowered::Decision) => out.lowered(),
            Ok(Lowered::Nothing(reason)) => out.irrelevant(reason),
            Err(reason) => out.reject(item.place, reason),
        }
    }
    if feed.unfinished("/NextToken") {
        out.gap("more events follow the last one (export without --max-items)".to_owned());
    }
    Ok(())
}

/// Takes a record out of what it is wrapped in.
pub(super) fn record(
    text: &str,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let record: Record<'_> = serde_json::from_str(text).map_err(|error| unparsed(&error))?;
    if let Some(inner) = &record.cloud_trail_event {
        let place = place.inside(out.text("/CloudTrailEvent"));
        let record = serde_json::from_str(inner).map_err(|error| unparsed(&error))?;
        return lower::record(&record, place, context, out);
    }
    if let Some(inner) = record.detail {
        let place = place.inside(out.text("/detail"));
        let record = serde_json::from_str(inner.get()).map_err(|error| unparsed(&error))?;
        return lower::record(&record, place, context, out);
    }
    lower::record(&record, place, context, out)
}

#[cfg(test)]
mod tests;
