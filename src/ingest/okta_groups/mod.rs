//! Okta's users, the members of its groups, and who administers it.

mod lower;

use serde_json::{Map, Value};

use super::attempt::{each_record, full_reply};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::roles_held::proves;
use super::sample::Sample;
use crate::model::Batch;

ingester! {
    /// Users, members of groups, users of applications, and administrators, at one moment.
    ///
    /// ## How to make it
    ///
    /// With a read-only token; repeat with the address in the reply's `Link: <…>; rel="next"` header
    /// until there is none, each reply into a file of its own:
    ///
    /// The token lies in a file of curl's options that only the collector may read, here `okta.curl`,
    /// with the line `header = "Authorization: SSWS …"`: command lines are noted and printed.
    ///
    /// ```text
    /// curl --config okta.curl "https://ORG.okta.com/api/v1/groups/GROUP-ID/users?limit=200" > approvers.json
    /// curl --config okta.curl "https://ORG.okta.com/api/v1/apps/APP-ID/users?limit=200" > deploy-tool.json
    /// curl --config okta.curl "https://ORG.okta.com/api/v1/users/USER-ID/roles" > roles-of-ann.json
    /// curl --config okta.curl "https://ORG.okta.com/api/v1/users?limit=200" > users.json
    /// ```
    ///
    /// A list of users does not name what it is a list of: set `scope` for the source to
    /// `group:NAME` or `app:NAME`, with the name as Okta shows it. A list of all users needs none: it
    /// gives their addresses, which join the accounts of other systems to people. Roles of a user
    /// name their user in `_links.assignee`. Set `snapshot-at` to when it was exported.
    ///
    /// ## Fields read
    ///
    /// Of users `id`, `status`, `profile.login`, `email`, `firstName`, `lastName` and `displayName`;
    /// of users of an application also `scope` and `credentials.userName`; of roles `type`, `label`,
    /// `status`, `created`, `assignmentType`, `resource-set` and `_links.assignee`.
    ///
    /// Roles are called `okta:group:NAME`, `okta:app:NAME` and `okta:admin:TYPE`, for custom roles
    /// `okta:admin:LABEL` limited to the resource set. Accounts are logins in lower case. Roles name
    /// their user by an id, so that every user is listed under both, joined by the address.
    ///
    /// ## What it proves
    ///
    /// Who was in a group, had an application or administered Okta when it was exported.
    ///
    /// ## What it cannot prove
    ///
    /// Who was before or after: that is in the System Log. Roles that a group gives: `okta:group:`
    /// and the group's id holds those. People and the accounts of programs look alike.
    pub(super) static OKTA_GROUPS = "okta-groups" {
        title: "Okta users, groups and administrators",
        system: "okta",
        since: "0.1.0",
        names: &[
            "id", "status", "profile", "credentials", "lastLogin", "statusChanged", "_links",
            "objectClass", "lastMembershipUpdated", "assignmentType", "label", "type",
        ],
        recognise: recognise,
        read: read,
    }
}

/// Most users that one reply holds.
const REPLIES: &[u64] = &[200, 500];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    let configured = sample.configured_as(OKTA_GROUPS.id);
    let known = |object: &&Map<String, Value>| ours(object, configured);
    sample.objects(&[]).iter().any(known).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>, configured: bool) -> bool {
    let has = |key: &str| object.contains_key(key);
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let profile = object.get("profile").and_then(Value::as_object);
    let user = has("status") && profile.is_some_and(|profile| profile.contains_key("login"));
    let group = has("objectClass") && profile.is_some_and(|profile| profile.contains_key("name"));
    let app_user =
        has("syncState") && has("credentials") && matches!(text("scope"), "USER" | "GROUP");
    let assigned =
        has("assignmentType") || text("type").ends_with("_ADMIN") || text("type") == "CUSTOM";
    let role = assigned && has("label") && has("status") && has("created");
    user || group || app_user || role || (configured && has("id"))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    each_record(feed, out, |node, place, out| lower::record(node, place, context, out))?;
    full_reply(REPLIES, context, out);
    proves(context, out);
    Ok(())
}

#[cfg(test)]
mod tests;
