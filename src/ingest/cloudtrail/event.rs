//! The shape of a CloudTrail record (AWS CloudTrail user guide, "CloudTrail record contents").

use serde::{Deserialize, Deserializer, de::IgnoredAny};
use serde_json::value::RawValue;

use crate::ingest::json_text::Text;

/// A record, or one of the things that records come wrapped in.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow, default)]
    pub(super) user_identity: Option<Identity<'a>>,
    #[serde(borrow, default)]
    pub(super) event_time: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) event_source: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) event_name: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) event_category: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) error_code: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) error_message: Option<Text<'a>>,
    #[serde(default, deserialize_with = "flag")]
    pub(super) read_only: Option<bool>,
    #[serde(borrow, default)]
    pub(super) request_parameters: Option<&'a RawValue>,
    #[serde(borrow, default)]
    pub(super) resources: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "eventID")]
    pub(super) event_id: Option<Text<'a>>,

    /// The record itself as text, in the reply of `lookup-events`.
    #[serde(borrow, default, rename = "CloudTrailEvent")]
    pub(super) cloud_trail_event: Option<Text<'a>>,
    /// The record itself, in an event of EventBridge.
    #[serde(borrow, default)]
    pub(super) detail: Option<&'a RawValue>,
    /// Digest files have it.
    #[serde(default)]
    pub(super) digest_start_time: Option<IgnoredAny>,
    /// Insight events have it.
    #[serde(default)]
    pub(super) insight_details: Option<IgnoredAny>,
}

/// Who made the request ("CloudTrail userIdentity element").
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity<'a> {
    #[serde(borrow, default, rename = "type")]
    pub(super) kind: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) arn: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) principal_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) user_name: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) account_id: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) invoked_by: Option<Text<'a>>,
    #[serde(borrow, default)]
    pub(super) on_behalf_of: Option<OnBehalfOf<'a>>,
}

/// The user of IAM Identity Center that a service acts for.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OnBehalfOf<'a> {
    #[serde(borrow, default)]
    pub(super) user_id: Option<Text<'a>>,
}

/// A resource of the request.
#[derive(Deserialize)]
pub(super) struct Resource<'a> {
    #[serde(borrow, default, rename = "ARN", alias = "arn")]
    pub(super) arn: Option<Text<'a>>,
}

/// A flag, also as text: some log pipelines turn all values into strings.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Flag {
        Flag(bool),
        Text(String),
    }
    Ok(match Option::<Flag>::deserialize(deserializer)? {
        Some(Flag::Flag(flag)) => Some(flag),
        Some(Flag::Text(text)) => text.parse().ok(),
        None => None,
    })
}
