//! Cloud Audit Logs: what was tried in Google Cloud, and what Google refused.

pub(super) mod lower;

use serde_json::{Map, Value};

use super::attempt::each_record;
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::{Batch, HowKnown};

ingester! {
    /// Requests to Google Cloud: every refusal, every role that was given or taken away, every
    /// change made by a registered agent or service, and every action that policy watches.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// gcloud logging read 'logName:"cloudaudit.googleapis.com" AND timestamp>="2026-10-01T00:00:00Z" AND timestamp<"2026-11-01T00:00:00Z"' --organization=ORGANIZATION --format=json > organization.json
    /// gcloud logging read 'logName:"cloudaudit.googleapis.com" AND timestamp>="2026-10-01T00:00:00Z" AND timestamp<"2026-11-01T00:00:00Z"' --project=PROJECT --format=json > project.json
    /// ```
    ///
    /// The log of an organisation holds only what was done to the organisation itself: run the command
    /// for each folder (`--folder`) and each project too, or read the bucket (`--bucket`, `--location`,
    /// `--view`) of a sink with `--include-children`.
    ///
    /// Also read: the files of a sink to Cloud Storage (one entry a line) and replies of
    /// `entries:list`. Data access logs hold refused reads only where they are switched on.
    ///
    /// ## Fields read
    ///
    /// `timestamp`, `insertId`, `operation`, `labels`, and of `protoPayload` `serviceName`,
    /// `methodName`, `resourceName`, `authenticationInfo`, `authorizationInfo`, `status`, `metadata`
    /// and `serviceData.policyDelta`.
    ///
    /// The actor is the principal's address in lower case, else its subject. Where somebody acts
    /// through a service account, both: `gcp:ann@acme.example as ci@p.iam.gserviceaccount.com`. The
    /// action is the service without `.googleapis.com` and the method:
    /// `gcp:iam:google.iam.admin.v1.CreateServiceAccount`.
    ///
    /// A refusal is the status 7, `PERMISSION_DENIED`; or, in an entry without an error, that none
    /// of the permissions was `granted` and one was not. Status 16 is a failed sign-in. The control
    /// is `IAM` where a permission was not granted or the message says so, `VPC Service Controls`
    /// where the violation is theirs, and for clusters `authorization` where their label says
    /// `forbid`; else none is assumed.
    ///
    /// Reading is told by `permissionType`, else by the method's name: `get`, `list`, `search`,
    /// `query`, `lookup`, `check`, `read`, `watch`, `fetch`, `testIamPermissions` and the like. Roles
    /// are called `gcp:roles/owner`, limited to the resource. Deleted members are left out.
    ///
    /// ## What it proves
    ///
    /// Who was refused what, when, and, where it says so, by what; what agents and services changed;
    /// when a role was given or taken away, and by whom.
    ///
    /// ## What it cannot prove
    ///
    /// Roles given before the log begins, or through groups. Conditions of roles are not read.
    /// Anonymous callers have no name: their refusals are rejected, and so counted.
    pub(super) static GCP_AUDIT_LOG = "gcp-audit-log" {
        title: "Google Cloud audit logs",
        system: "gcp",
        since: "0.1.0",
        names: &[
            "protoPayload", "insertId", "resource", "timestamp", "severity", "logName",
            "receiveTimestamp", "operation",
        ],
        recognise: recognise,
        read: read,
    }
}

const ENTRIES: &[&str] = &["entries"];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    let paths: [&'static [&'static str]; 2] = [ENTRIES, &[]];
    paths
        .into_iter()
        .find(|path| sample.objects(path).iter().any(|object| ours(object)))
        .map(Container::Json)
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    let payload = object.get("protoPayload").is_some_and(Value::is_object);
    payload && ["logName", "resource", "timestamp", "insertId"].iter().any(|key| has(key))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    out.logs_edits();
    let mut roles = false;
    each_record(feed, out, |node, place, out| lower::entry(node, place, context, &mut roles, out))?;
    if feed.unfinished("/nextPageToken") {
        out.gap("more entries follow the last one (export without --limit)".to_owned());
    }
    if roles {
        out.proves_roles(HowKnown::GrantEvent);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
