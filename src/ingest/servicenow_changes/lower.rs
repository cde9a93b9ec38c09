//! From a change request or an approval to records.

use super::value::{Field, is_sys_id};
use crate::ingest::attempt::{Lowered, address};
use crate::ingest::change_address::change_at;
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{
    AccountId, AccountKind, Act, Batch, Duty, Link, LinkKind, Place, Subject, SubjectKind,
    SubjectState,
};

/// Adds the user that a field refers to; none where the field is empty.
fn user(
    node: &Node<'_>,
    name: &str,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Option<AccountId>, String> {
    let field = Field::of(node, name);
    let walked = |part: &str| Field::of(node, &format!("{name}.{part}")).any();
    let local = match (walked("user_name"), field.reference()) {
        (Some(login), _) => login.to_lowercase(),
        (None, Some(id)) => id.to_owned(),
        (None, None) if field.any().is_none() => return Ok(None),
        (None, None) => {
            return Err(format!(
                "{name} is a display name, which names nobody (export with \
                 sysparm_display_value=all and {name}.user_name)"
            ));
        }
    };
    let id = out.account_id(context.system, &local);
    let email = walked("email").and_then(address);
    let seen = field.shown.or(field.plain.filter(|text| !is_sys_id(text)));
    Ok(Some(out.account(place, id, AccountKind::Unknown, email, seen)))
}

fn state(node: &Node<'_>) -> SubjectState {
    let field = Field::of(node, "state");
    match field.any().unwrap_or_default() {
        "3" | "Closed" => SubjectState::Done,
        "4" | "Canceled" | "Cancelled" => SubjectState::Abandoned,
        "-5" | "-4" | "-3" | "-2" | "-1" | "0" | "New" | "Assess" | "Authorize" | "Scheduled"
        | "Implement" | "Review" => SubjectState::Open,
        _ => SubjectState::Unknown,
    }
}

/// Lowers a change request. Nothing but accounts is added unless all of it can be read.
pub(super) fn change(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let class = Field::of(node, "sys_class_name").any().or(Field::of(node, "table_name").any());
    let number = Field::of(node, "number").any().unwrap_or_default();
    if class == Some("change_task") || number.starts_with("CTASK") {
        return Ok(Lowered::Nothing("task within a change request"));
    }
    let sys_id = Field::of(node, "sys_id").any().ok_or("it has no sys_id")?;
    let time = |name: &str| Field::of(node, name).time(context);
    let opened = if node["sys_created_on"].is_some() { "sys_created_on" } else { "opened_at" };
    let created = time(opened)?;
    let state = state(node);
    let id = out.subject_id(context.system, sys_id);
    let short = Field::of(node, "short_description").seen().unwrap_or_default();
    let subject = Subject {
        state,
        title: out.maybe(Some(&format!("{number} {short}"))),
        created,
        done: if state == SubjectState::Done { time("closed_at")? } else { None },
        updated: time("sys_updated_on")?,
        ..Subject::new(id, SubjectKind::Ticket)
    };
    let mut askers = Vec::new();
    for name in ["requested_by", "opened_by"] {
        askers.extend(user(node, name, place, context, out)?);
    }
    if askers.is_empty()
        && let Some(login) = Field::of(node, "sys_created_by").any()
    {
        let asker = out.account_id(context.system, &login.to_lowercase());
        askers.push(out.account(place, asker, AccountKind::Unknown, None, None));
    }
    askers.dedup();
    out.subject(place, subject);
    for by in askers {
        let duty = Duty::Request;
        out.act(place, Act { to: id, at: created, duty, by, revision: None, dismissed: false });
    }
    let correlated = Field::of(node, "correlation_id").any();
    if let Some(to) = correlated.and_then(|url| change_at(url, out)) {
        out.link(place, Link { from: id, kind: LinkKind::Answers, to });
    }
    Ok(Lowered::Records)
}

/// Lowers one approver's answer.
pub(super) fn approval(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let state = Field::of(node, "state").any().ok_or("it has no state")?.to_lowercase();
    let duty = match state.as_str() {
        "approved" => Duty::Approve,
        "rejected" => Duty::Reject,
        _ => return Ok(Lowered::Nothing("approval that was not given")),
    };
    let ticket = Field::of(node, "sysapproval").reference().ok_or(
        "sysapproval does not name its change request by sys_id (export with \
         sysparm_display_value=all)",
    )?;
    let at = Field::of(node, "sys_updated_on").time(context)?;
    let by = user(node, "approver", place, context, out)?.ok_or("it has no approver")?;
    let to = out.subject_id(context.system, ticket);
    out.act(place, Act { to, at, duty, by, revision: None, dismissed: false });
    Ok(Lowered::Records)
}
