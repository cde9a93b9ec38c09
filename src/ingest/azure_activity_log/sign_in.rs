//! Sign-ins to applications, as far as an access policy decided on them.

use std::borrow::Cow;

use super::refusal::properties;
use crate::ingest::attempt::{Attempt, Lowered};
use crate::ingest::entra_accounts::{by_id, by_name, kind};
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::model::{Batch, Outcome, Place};

/// Lowers one sign-in: only refusals are kept, since signing in changes nothing.
pub(super) fn entry(
    entry: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let properties = properties(entry);
    let status = &properties["status"];
    let code = status["errorCode"].whole().or(entry["resultType"].whole());
    let control = match code {
        Some(0) => return Ok(Lowered::Nothing("sign-in")),
        Some(53000..=53003) => policies(&properties),
        Some(50105) => "assignment to the application".to_owned(),
        Some(_) => return Ok(Lowered::Nothing("failed sign-in")),
        None => return Err("it does not say what came of the sign-in".to_owned()),
    };
    let text = |name| properties[name].text();
    let actor = match (text("userPrincipalName"), text("userId"), text("servicePrincipalId")) {
        (Some(name), ..) => by_name(name),
        (None, Some(id), _) => by_id(id, kind(None)),
        (None, None, Some(id)) => by_id(id, kind(Some("ServicePrincipal"))),
        (None, None, None) => return Err("it names neither user nor service principal".to_owned()),
    };
    let time = properties.first(&["createdDateTime"]);
    let attempt = Attempt {
        at: context.moment(if time.is_some() { time } else { &entry["time"] })?,
        actor,
        action: "sign-in".into(),
        resource: text("appDisplayName").or(text("resourceDisplayName")).map(Cow::Borrowed),
        outcome: Outcome::Denied,
        code: code.map(|code| code.to_string().into()),
        control: Some(control.into()),
        message: status["failureReason"]
            .text()
            .or(entry["resultDescription"].text())
            .map(Cow::Borrowed),
        request: text("id").or(entry["correlationId"].text()).map(Cow::Borrowed),
    };
    Ok(attempt.keep(place, context, out))
}

/// Conditional Access, with the names of the policies that were not met.
fn policies(properties: &Node<'_>) -> String {
    let all = properties["appliedConditionalAccessPolicies"].items().iter();
    let failed = all.filter(|policy| policy["result"].text() == Some("failure"));
    let names: Vec<_> = failed.filter_map(|policy| policy["displayName"].text()).collect();
    match names.is_empty() {
        true => "Conditional Access".to_owned(),
        false => format!("Conditional Access: {}", names.join(", ")),
    }
}
