//! From a CloudTrail record to a decision, if it is one that is judged.

use std::borrow::Cow;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::event::{Identity, Record, Resource};
use super::refusal::{control, is_refusal, resource};
use crate::ingest::ingester::Context;
use crate::ingest::json_text::Text;
use crate::model::{AccountKind, Batch, Decision, Instant, Outcome, Place, TimeError};

/// What became of a record.
pub(in crate::ingest) enum Lowered {
    Decision,
    Nothing(&'static str),
}

/// How much of an error message is kept. EC2 appends kilobytes of encoded detail.
const MESSAGE: usize = 1000;

/// How the names of actions begin that change nothing. `AssumeRole` is among them because AWS marks
/// it so where it marks anything.
const READS: &[&str] = &[
    "AssumeRole",
    "BatchGet",
    "Check",
    "Describe",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Query",
    "Scan",
    "Search",
    "Select",
    "View",
];

/// Lowers one record.
pub(super) fn record(
    record: &Record<'_>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) -> Result<Lowered, String> {
    if record.digest_start_time.is_some() {
        return Ok(Lowered::Nothing("digest of log files"));
    }
    if record.insight_details.is_some() || record.event_category.as_deref() == Some("Insight") {
        return Ok(Lowered::Nothing("insight event"));
    }
    let (Some(source), Some(name)) = (&record.event_source, &record.event_name) else {
        return Err("it has no eventSource and eventName: not a CloudTrail record".to_owned());
    };
    let code = record.error_code.as_deref().filter(|code| !code.is_empty());
    let refused = code.is_some_and(is_refusal);
    if &**name == "ConsoleLogin" && (code.is_some() || record.error_message.is_some()) {
        return Ok(Lowered::Nothing("failed sign-in"));
    }
    if !refused && code.is_some() {
        return Ok(Lowered::Nothing("failed for another reason than a missing permission"));
    }
    if !refused && record.read_only.unwrap_or_else(|| reads(name)) {
        return Ok(Lowered::Nothing("allowed and only reading"));
    }
    let actor = record.user_identity.as_ref().and_then(actor);
    let Some((local, kind)) = actor else {
        return Err("its userIdentity names nobody".to_owned());
    };
    let service = source.strip_suffix(".amazonaws.com").unwrap_or(source);
    let action = format!("{service}:{}", &**name);
    if !refused && !context.keeps(&local, &action) {
        return Ok(Lowered::Nothing(
            "allowed, by nobody who is watched, and nothing that policy watches or forbids to their tier",
        ));
    }
    let at = time(record, context)?;
    let actor = out.account_id(context.system, &local);
    let user_name = record.user_identity.as_ref().and_then(|user| user.user_name.as_deref());
    out.account(place, actor, kind, vouched(&local), user_name);
    let message = record.error_message.as_deref().filter(|_| refused);
    let resource = target(record, message);
    let decision = Decision {
        at,
        actor,
        action: out.text(&format!("{}:{action}", context.system)),
        resource: out.maybe(resource.as_deref()),
        outcome: if refused { Outcome::Denied } else { Outcome::Allowed },
        code: out.maybe(code),
        control: out.maybe(message.and_then(control)),
        message: out.maybe(message.map(shortened).as_deref()),
        request: out.maybe(record.event_id.as_deref()),
    };
    out.decision(place, decision);
    Ok(Lowered::Decision)
}

fn reads(name: &str) -> bool {
    READS.iter().any(|prefix| name.starts_with(prefix))
}

/// AWS documents `eventTime` as UTC, so that one without a zone, as some log pipelines write it, is
/// read as UTC.
fn time(record: &Record<'_>, context: &Context<'_>) -> Result<Instant, String> {
    let text = record.event_time.as_deref().ok_or("it has no eventTime")?;
    match context.time(text) {
        Err(TimeError::NoZone(_)) => Instant::parse_in(text, chrono_tz::UTC),
        other => other,
    }
    .map_err(|error| error.to_string())
}

/// The address of whoever signed in through IAM Identity Center, which names the sessions of its own
/// reserved roles after the user; their trust policy lets nobody else assume them. Elsewhere whoever
/// assumes a role names the session, so the name is a claim and vouches for nobody. (AWS IAM Identity
/// Center User Guide; AWS STS API Reference, `AssumeRole`.)
fn vouched(arn: &str) -> Option<&str> {
    let (before, session) = arn.split_once(":assumed-role/AWSReservedSSO_")?;
    let (_, name) = session.split_once('/')?;
    let (local, domain) = name.split_once('@')?;
    let address = before.starts_with("arn:aws") && !local.is_empty() && domain.contains('.');
    address.then_some(name)
}

/// Who made the request: the local part of the account's id, and what it is.
fn actor<'i>(user: &'i Identity<'_>) -> Option<(Cow<'i, str>, AccountKind)> {
    fn some<'t>(text: &'t Option<Text<'_>>) -> Option<&'t str> {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }
    let person = user.on_behalf_of.as_ref().and_then(|on| some(&on.user_id));
    let account = some(&user.account_id);
    let kind = match some(&user.kind) {
        Some("AWSService") => AccountKind::Service,
        Some("IdentityCenterUser") => AccountKind::Human,
        _ => AccountKind::Unknown,
    };
    if let Some(arn) = some(&user.arn) {
        return Some((arn.into(), kind));
    }
    if let Some(service) = some(&user.invoked_by) {
        return Some((service.into(), AccountKind::Service));
    }
    let named = some(&user.principal_id).or(person);
    if let Some(id) = named {
        return Some((id.into(), kind));
    }
    match (account, some(&user.user_name)) {
        // The same name may exist in several AWS accounts.
        (Some(account), Some(name)) => Some((format!("{account}/{name}").into(), kind)),
        (None, Some(name)) => Some((name.into(), kind)),
        (Some(account), None) => Some((account.into(), kind)),
        (None, None) => None,
    }
}

/// What the request was about.
fn target<'r>(record: &'r Record<'_>, message: Option<&'r str>) -> Option<Cow<'r, str>> {
    let listed = record.resources.and_then(|raw| {
        let resources: Vec<Resource<'_>> = serde_json::from_str(raw.get()).ok()?;
        resources.into_iter().find_map(|resource| Some(resource.arn?.to_string()))
    });
    listed
        .map(Cow::Owned)
        .or_else(|| message.and_then(resource).map(Cow::Borrowed))
        .or_else(|| requested(record.request_parameters?).map(Cow::Owned))
}

/// Parameters that name what a request is about, in the order in which they are looked for.
const NAMES: &[&str] = &[
    "resourceArn",
    "roleArn",
    "policyArn",
    "roleName",
    "userName",
    "groupName",
    "functionName",
    "documentName",
    "secretId",
    "keyId",
    "tableName",
    "instanceId",
    "dBInstanceIdentifier",
    "clusterName",
    "stackName",
    "repositoryName",
    "topicArn",
    "queueUrl",
    "logGroupName",
    "volumeId",
    "groupId",
    "resourceId",
    "name",
];

/// The resource that the request's parameters name: a bucket or object as its ARN, an ARN as it is,
/// anything else with the parameter's name, since a bare name says not what it is.
fn requested(parameters: &RawValue) -> Option<String> {
    let parameters: Map<String, Value> = serde_json::from_str(parameters.get()).ok()?;
    let text = |key: &str| parameters.get(key)?.as_str().filter(|text| !text.is_empty());
    if let Some(bucket) = text("bucketName") {
        let key = text("key").map(|key| format!("/{key}")).unwrap_or_default();
        return Some(format!("arn:aws:s3:::{bucket}{key}"));
    }
    NAMES.iter().find_map(|key| {
        let value = text(key)?;
        Some(if value.starts_with("arn:") { value.to_owned() } else { format!("{key}={value}") })
    })
}

fn shortened(message: &str) -> Cow<'_, str> {
    match message.char_indices().nth(MESSAGE) {
        Some((at, _)) => format!("{}…", &message[..at]).into(),
        None => message.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_identity_center_vouches_for_the_name_of_a_session() {
        let role = "arn:aws:sts::111122223333:assumed-role";
        let sso = format!("{role}/AWSReservedSSO_Admin_0123456789abcdef/ann@acme.example");
        assert_eq!(vouched(&sso), Some("ann@acme.example"));
        for claimed in [
            format!("{role}/engineer/ann@acme.example"),
            format!("{role}/engineer/AWSReservedSSO_Admin_0123456789abcdef/ann@acme.example"),
            format!("{role}/AWSReservedSSO_Admin_0123456789abcdef/ann"),
            format!("{role}/AWSReservedSSO_Admin_0123456789abcdef"),
            "x:assumed-role/AWSReservedSSO_Admin/ann@acme.example".to_owned(),
            "arn:aws:iam::111122223333:user/ann@acme.example".to_owned(),
        ] {
            assert_eq!(vouched(&claimed), None, "{claimed}");
        }
    }
}
