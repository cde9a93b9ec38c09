//! The Azure Activity Log and Entra's sign-ins: what was tried in Azure, and what Azure refused.

mod lower;
mod refusal;
mod roles;
mod sign_in;

use serde_json::{Map, Value};

use super::attempt::{Lowered, each_record};
use super::decode::Trouble;
use super::entra_audit;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::sample::Sample;
use super::wrapped_events::of;
use crate::model::{Batch, HowKnown, Place};

ingester! {
    /// Operations on Azure's resources and sign-ins to applications: every refusal, every role that
    /// was given or taken away, every change made by a registered agent or
    /// service, and every action that policy watches.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// az monitor activity-log list --start-time 2026-10-01T00:00:00Z --end-time 2026-11-01T00:00:00Z --max-events 100000 --output json > activity.json
    /// ```
    ///
    /// Azure keeps the log for 90 days. Also read: what diagnostic settings write to storage or an
    /// event hub (`records`, or one a line), with the categories `Administrative`, `SignInLogs`,
    /// `NonInteractiveUserSignInLogs`, `ServicePrincipalSignInLogs` and `ManagedIdentitySignInLogs`.
    ///
    /// ## Fields read
    ///
    /// `operationName`, `category`, `time` or `eventTimestamp`, `caller`, `claims`, `identity`,
    /// `resourceId`, `resultType` or `status`, `resultSignature` or `subStatus`, `correlationId`,
    /// `eventDataId`, and of `properties` `statusCode`, `statusMessage`, `requestbody`,
    /// `responseBody`; of sign-ins the user or service principal, application, resource,
    /// `status.errorCode` and `appliedConditionalAccessPolicies`.
    ///
    /// Exports differ in upper and lower case, which Azure does not tell apart: actions and resources
    /// are in lower case, such as `azure:microsoft.compute/virtualmachines/delete`. Accounts are user
    /// principal names, else object ids.
    ///
    /// A refusal is a failed operation with the status 403 or `Forbidden`, or with one of the errors
    /// `AuthorizationFailed`, `LinkedAuthorizationFailed`, `DenyAssignmentAuthorizationFailed` and
    /// `RequestDisallowedByPolicy`; its control is `Azure RBAC`, `deny assignment` or `Azure Policy`
    /// as the error says, else none is assumed. A resource lock answers 409 and is no refusal. Of
    /// sign-ins, those that Conditional Access blocked (53000 to 53003) or for which the user was not
    /// assigned to the application (50105) are refusals; a wrong password is not. Entries of Azure
    /// Policy's own category repeat what the operation's entry says, and are counted only.
    ///
    /// Roles are called `azure:role:Owner`, by their id where that is not one of the well-known ones,
    /// limited to the scope.
    ///
    /// ## What it proves
    ///
    /// Who was refused what, when, and, where it says so, by what; what agents and services changed;
    /// when a role was given or taken away, where the entry holds the assignment.
    ///
    /// ## What it cannot prove
    ///
    /// Reading, and the use of data (blobs, secrets), which have logs of their own. Roles given before
    /// the log begins, or through groups. A user principal name is that of the sign-in: a program
    /// that acts with a user's token looks like the user.
    pub(super) static AZURE_ACTIVITY_LOG = "azure-activity-log" {
        title: "Azure Activity Log and Entra sign-ins",
        system: "azure",
        since: "0.1.0",
        names: &[
            "time", "resourceId", "operationName", "category", "resultType", "resultSignature",
            "callerIpAddress", "correlationId", "identity", "properties", "caller", "claims",
            "eventTimestamp", "eventDataId", "subStatus",
        ],
        recognise: recognise,
        read: read,
    }
}

const PATHS: &[&[&str]] = &[&["records"], &["value"], &[]];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    PATHS
        .iter()
        .find(|path| sample.objects(path).iter().any(|object| ours(object)))
        .map(|path| Container::Json(path))
}

/// Categories that Azure's diagnostic settings write and that are another export.
const OTHERS: &[&str] = &["AuditLogs", "kube-audit", "kube-audit-admin"];

pub(super) fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    let category = object.get("category").and_then(Value::as_str).unwrap_or_default();
    let diagnostic = has("operationName")
        && has("resourceId")
        && has("time")
        && has("resultType")
        && !OTHERS.contains(&category);
    let listed = has("eventTimestamp") && has("operationName") && has("resourceId");
    diagnostic || listed
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    out.logs_edits();
    let mut roles = false;
    each_record(feed, out, |node, place, out| record(node, place, context, &mut roles, out))?;
    if feed.unfinished("/nextLink") {
        out.gap("more entries follow the last one (follow `nextLink`)".to_owned());
    }
    if roles {
        out.proves_roles(HowKnown::GrantEvent);
    }
    Ok(())
}

pub(super) fn record(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    roles: &mut bool,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let category = &node["category"];
    // The list gives it as an object with a value.
    let category = category["value"].text().or(category.text()).unwrap_or_default();
    match category {
        "Administrative" | "Action" | "Delete" | "Write" => {
            lower::entry(node, place, context, roles, out)
        }
        _ if category.ends_with("SignInLogs") => sign_in::entry(node, place, context, out),
        "Policy" => Ok(Lowered::Nothing("evaluation of a policy, not an operation")),
        "AuditLogs" => entra_audit::entry(node, place, &of("entra", context), roles, out),
        "kube-audit" | "kube-audit-admin" => {
            out.gap(
                "audit events of Kubernetes stand among the entries (export their category by itself)"
                    .to_owned(),
            );
            Ok(Lowered::Nothing("audit event of Kubernetes: a format of its own"))
        }
        _ => Ok(Lowered::Nothing("entry of a log about no operation on resources")),
    }
}

#[cfg(test)]
mod tests;
