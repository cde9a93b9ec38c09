//! ServiceNow change requests and their approvals.

mod lower;
mod value;

use serde_json::{Map, Value};

use super::attempt::each_record;
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::Batch;

ingester! {
    /// Change requests with who asked for them, and the approvals that each approver gave.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// curl -u USER 'https://INSTANCE.service-now.com/api/now/table/change_request?sysparm_display_value=all&sysparm_limit=10000&sysparm_query=sys_updated_onBETWEEN2026-10-01@2026-11-01&sysparm_fields=sys_id,number,sys_class_name,short_description,state,requested_by,requested_by.user_name,requested_by.email,opened_by,opened_by.user_name,opened_by.email,sys_created_by,sys_created_on,sys_updated_on,closed_at,correlation_id' > changes.json
    /// curl -u USER 'https://INSTANCE.service-now.com/api/now/table/sysapproval_approver?sysparm_display_value=all&sysparm_limit=10000&sysparm_query=source_table=change_request&sysparm_fields=sys_id,sysapproval,state,approver,approver.user_name,approver.email,sys_updated_on' > approvals.json
    /// ```
    ///
    /// The list's own JSON export (`records`) and one record a line are read too. Only
    /// `sysparm_display_value=all` gives both the stored value and the one people see.
    ///
    /// ## Fields read
    ///
    /// Of a change request those in the first command; of an approval those in the second. A field
    /// may be plain text, `{"display_value", "value"}` or `{"link", "value"}`.
    ///
    /// A change request is the ticket `sys_id`, by which approvals name it. An account is its user
    /// name where the export has that (`approver.user_name`), else the user's `sys_id`; a display name
    /// alone names nobody. Stored times are UTC, as ServiceNow documents them; plain text needs
    /// `timezone` for its source, since it may be stored or displayed.
    ///
    /// ## What it proves
    ///
    /// Who asked for, approved and rejected which change request, as ServiceNow recorded it. A
    /// `correlation_id` that is the address of a pull request or merge request links the two.
    ///
    /// ## What it cannot prove
    ///
    /// The moment of an approval, if its row was edited afterwards: ServiceNow keeps only the time of
    /// the row's last change. Who implemented the change: `assigned_to` and `closed_by` are kept by
    /// hand. Approvals that a rule of the workflow recorded in somebody's name.
    pub(super) static SERVICENOW_CHANGES = "servicenow-changes" {
        title: "ServiceNow change requests",
        system: "servicenow",
        since: "0.1.0",
        names: &[
            "result", "sys_id", "number", "short_description", "sys_class_name", "sysapproval",
            "approver", "sys_created_on", "sys_updated_on", "sys_created_by", "requested_by",
            "opened_by", "opened_at", "closed_at", "correlation_id", "state",
        ],
        recognise: recognise,
        read: read,
    }
}

const ARRAYS: &[&[&str]] = &[&["result"], &["records"]];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    for path in ARRAYS {
        if sample.objects(path).iter().any(|object| ours(object)) && sample.array_at(path) {
            return Some(Container::Json(path));
        }
    }
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let text = |key: &str| {
        let field = object.get(key)?;
        field.as_str().or_else(|| field.get("value")?.as_str())
    };
    let change = text("number").is_some_and(|number| number.starts_with("CHG"))
        || text("sys_class_name") == Some("change_request")
        || text("table_name").is_some_and(|name| name.starts_with("change_"));
    object.contains_key("sys_id") && (change || object.contains_key("sysapproval"))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    each_record(feed, out, |node, place, out| {
        if node["sysapproval"].is_some() {
            lower::approval(node, place, context, out)
        } else {
            lower::change(node, place, context, out)
        }
    })?;
    // The most that one reply holds unless an administrator allowed more.
    super::attempt::full_reply(&[10_000], context, out);
    Ok(())
}

#[cfg(test)]
mod tests;
