//! GitLab's audit events and request logs: roles, settings, and requests that it refused.

pub(super) mod lower;
pub(super) mod requests;

use serde_json::{Map, Value};

use self::lower::Seen;
use super::attempt::{each_record, full_reply};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::sample::Sample;
use crate::model::{Batch, HowKnown};

ingester! {
    /// Audit events of an instance, group or project: memberships that were given or taken away, and
    /// every change of a setting by a registered agent or service. Also GitLab's own request logs, in
    /// which refused requests stand.
    ///
    /// ## How to make it
    ///
    /// ```text
    /// glab api --paginate "groups/GROUP/audit_events?created_after=2026-10-01T00:00:00Z&created_before=2026-11-01T00:00:00Z&per_page=100" > audit.json
    /// cp /var/log/gitlab/gitlab-rails/{audit_json,api_json,production_json}.log* exports/gitlab/
    /// ```
    ///
    /// or `audit_events` (the instance, for administrators) and `projects/ID/audit_events`; the events
    /// of a group leave out those of its projects. Streamed audit events are read too. Refusals are in
    /// `api_json.log` and `production_json.log` only, which GitLab.com does not give out.
    ///
    /// ## Fields read
    ///
    /// Of audit events `id`, `author_id`, `author_name`, `entity_path`, `entity_type`, `event_name` or
    /// `event_type`, `created_at` or `time`, and of `details` `add`, `remove`, `change`, `as`, `from`,
    /// `to`, `custom_message`, `author_name`, `author_email`, `target_id`, `target_type`,
    /// `target_details`; of request logs `time`, `method`, `path`, `route`, `controller`, `action`,
    /// `status`, `username`, `user_id`, `correlation_id`.
    ///
    /// Audit events name people by number and shown name, which is not unique: their accounts are
    /// `gitlab:id:51`. List that beside the user name in the registry. Request logs name them by user
    /// name: `gitlab:ann`.
    ///
    /// The action of an audit event is its name, `gitlab:member_created`, and for older ones what was
    /// done: `gitlab:change:visibility`. Events whose name ends with `_bypass` went around a security
    /// policy and are bypasses. The action of a request is `gitlab:DELETE:` and its route. A request is
    /// a refusal if its status is 403; 404 may hide one, and 401 is a failed sign-in.
    ///
    /// Roles are called as those of `gitlab-members`: `gitlab:group:PATH:developer`, and
    /// `gitlab:project:developer` limited to the project.
    ///
    /// ## What it proves
    ///
    /// When a role was given or taken away, and by whom; which requests GitLab refused to whom.
    ///
    /// ## What it cannot prove
    ///
    /// Roles given before the events begin. Which level somebody lost, where the same file does not
    /// show it being given: that is a gap. Which control refused a request.
    pub(super) static GITLAB_AUDIT_EVENTS = "gitlab-audit-events" {
        title: "GitLab audit events and request logs",
        system: "gitlab",
        since: "0.1.0",
        names: &[
            "author_id", "entity_id", "entity_type", "details", "created_at", "event_type",
            "entity_path", "correlation_id", "remote_ip", "username", "status", "route", "controller",
        ],
        recognise: recognise,
        read: read,
    }
}

/// Most events that one reply holds, and as many as it holds unasked.
const REPLIES: &[u64] = &[100, 20];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    let event = has("author_id") && has("entity_id") && has("entity_type");
    let request = has("method") && has("path") && has("status") && has("meta.caller_id");
    event || request
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    out.logs_edits();
    let mut seen = Seen::default();
    each_record(feed, out, |node, place, out| {
        if node["entity_type"].is_some() {
            lower::event(node, place, context, &mut seen, out)
        } else {
            requests::request(node, place, context, out)
        }
    })?;
    full_reply(REPLIES, context, out);
    if seen.any() {
        out.proves_roles(HowKnown::GrantEvent);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
