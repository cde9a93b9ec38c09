//! Microsoft Entra's audit log: who was given which role, who activated one, and what failed.

mod lower;
mod roles;

use serde_json::{Map, Value};

use super::attempt::{Lowered, each_record};
use super::azure_activity_log;
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::sample::Sample;
use super::wrapped_events::of;
use crate::model::{Batch, HowKnown, Place};

ingester! {
    /// Events of Entra's directory: directory roles, groups and applications that were given or taken
    /// away, requests to activate a role (PIM) with who decided them, refusals, and every change made
    /// by a registered agent or service.
    ///
    /// ## How to make it
    ///
    /// With the permission `AuditLog.Read.All`; repeat with the address in `@odata.nextLink` until
    /// there is none, each reply after the one before in the same file:
    ///
    /// ```text
    /// az rest --url "https://graph.microsoft.com/v1.0/auditLogs/directoryAudits?\$filter=activityDateTime ge 2026-10-01T00:00:00Z and activityDateTime lt 2026-11-01T00:00:00Z&\$top=999" >> entra.json
    /// ```
    ///
    /// Entra keeps the log for 30 days (7 without a premium licence): collect it at least that often,
    /// or let diagnostic settings write the category `AuditLogs` to storage, whose files are read too.
    ///
    /// ## Fields read
    ///
    /// `activityDisplayName`, `activityDateTime`, `result`, `resultReason`, `initiatedBy`,
    /// `targetResources` with their `modifiedProperties`, `correlationId`, `id`; in files of diagnostic
    /// settings the same under `properties`. The action is the activity as Entra calls it:
    /// `entra:Add member to role`.
    ///
    /// A refusal is a `failure` whose reason says that the caller lacks a permission (such as
    /// `Authorization_RequestDenied`). Other failures are counted and not judged. No control is
    /// assumed: the log does not name it.
    ///
    /// Roles are called as those of `entra-roles`: `entra:role:Global Administrator`,
    /// `entra:eligible-role:…` and `entra:app:NAME`; also `entra:group:NAME`. A request to activate a
    /// role is a subject of its own, `entra:request:ID`, that somebody requested, and somebody
    /// approved or rejected.
    ///
    /// ## What it proves
    ///
    /// When a role was given or taken away or activated, by whom, and who decided on an activation.
    ///
    /// ## What it cannot prove
    ///
    /// Roles given before the log begins. What a sign-in was refused: that is in the sign-in log, which
    /// `azure-activity-log` reads. Roles of groups reach their members: those are events of the group.
    pub(super) static ENTRA_AUDIT = "entra-audit" {
        title: "Microsoft Entra audit log",
        system: "entra",
        since: "0.1.0",
        names: &[
            "activityDisplayName", "activityDateTime", "initiatedBy", "targetResources",
            "loggedByService", "operationType", "resultReason", "additionalDetails", "correlationId",
        ],
        recognise: recognise,
        read: read,
    }
}

const PATHS: &[&[&str]] = &[&["value"], &["records"], &[]];
const OF_DIAGNOSTICS: &str = "AuditLogs";

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    // Diagnostic settings may write entries of several logs into one file.
    let mixed = |objects: &[&Map<String, Value>]| {
        objects.iter().any(|object| azure_activity_log::ours(object))
    };
    let fits = |objects: &[&Map<String, Value>]| {
        objects.iter().any(|object| ours(object)) && !mixed(objects)
    };
    PATHS.iter().find(|path| fits(&sample.objects(path))).map(|path| Container::Json(path))
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.keys().any(|known| known.eq_ignore_ascii_case(key));
    let graph = has("activityDisplayName") && has("activityDateTime") && has("initiatedBy");
    let category = object.get("category").and_then(Value::as_str);
    graph || (category == Some(OF_DIAGNOSTICS) && has("operationName"))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    out.logs_edits();
    let mut roles = false;
    each_record(feed, out, |node, place, out| {
        if node.any_case("activityDisplayName").is_some() {
            return lower::event(node, place, context, &mut roles, out);
        }
        match node["category"].text() {
            Some(OF_DIAGNOSTICS) => entry(node, place, context, &mut roles, out),
            _ => azure_activity_log::record(node, place, &of("azure", context), &mut roles, out),
        }
    })?;
    if feed.unfinished("/@odata.nextLink") {
        out.gap("more events follow the last one (follow `@odata.nextLink`)".to_owned());
    }
    if roles {
        out.proves_roles(HowKnown::GrantEvent);
    }
    Ok(())
}

/// Takes an event out of the entry that diagnostic settings wrap it in.
pub(super) fn entry(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    roles: &mut bool,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let inner = &node["properties"];
    if !inner.is_object() {
        return Err("it has no properties: no event of the audit log".to_owned());
    }
    let place = place.inside(out.text("/properties"));
    lower::event(inner, place, context, roles, out)
}

#[cfg(test)]
mod tests;
