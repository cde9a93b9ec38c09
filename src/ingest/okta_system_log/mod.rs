//! Okta's System Log: what its policies decided, and who was given which role.

pub(super) mod lower;

use serde_json::{Map, Value};

use super::attempt::{Lowered, each_record, full_reply};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::sample::Sample;
use crate::model::{Batch, HowKnown, Place};

ingester! {
    /// Events of Okta: every refusal, every group, application and administrator role that was
    /// given or taken away, every change made by a registered agent or
    /// service, and every action that policy watches.
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
    /// curl --config okta.curl "https://ORG.okta.com/api/v1/logs?since=2026-10-01T00:00:00Z&until=2026-11-01T00:00:00Z&limit=1000" > okta-1.json
    /// ```
    ///
    /// Okta keeps the log for 90 days. Also read: one event a line, and events from EventBridge. The
    /// console's CSV download lacks targets and is not read.
    ///
    /// ## Fields read
    ///
    /// `eventType`, `published`, `actor`, `target`, `outcome`, `uuid`, and of `debugContext`
    /// `privilegeGranted` and `privilegeRevoked`. Accounts are logins in lower case, else ids. The
    /// action is the event's type: `okta:user.account.privilege.grant`.
    ///
    /// A refusal is the result `DENY`, except of rate limits and of requests from suspicious
    /// addresses, which are about no permission; also
    /// `app.generic.unauth_app_access_attempt`, and a `FAILURE` whose reason is `access_denied` or
    /// `no_matching_policy`. Failed passwords and factors are failed sign-ins and no refusals. The
    /// control is the policy and rule among the targets; without one none is assumed.
    ///
    /// Roles are called `okta:group:NAME`, `okta:app:NAME`, and `okta:admin:TYPE` by the type of
    /// Okta's own administrator roles (`SUPER_ADMIN`) or the name of a custom one.
    ///
    /// ## What it proves
    ///
    /// Who was refused by which policy; when a role was given or taken away, and by whom.
    ///
    /// ## What it cannot prove
    ///
    /// Roles that were given before the log begins. What an application decided by itself after
    /// Okta let somebody in. A `group.privilege.grant` gives a role to a group: whom that reaches is
    /// in the events of the group. People and the accounts of programs look alike.
    pub(super) static OKTA_SYSTEM_LOG = "okta-system-log" {
        title: "Okta System Log",
        system: "okta",
        since: "0.1.0",
        names: &[
            "uuid", "published", "eventType", "legacyEventType", "displayMessage", "severity",
            "actor", "client", "outcome", "target", "transaction", "debugContext",
        ],
        recognise: recognise,
        read: read,
    }
}

/// Most events that one reply holds, unless asked for fewer, and as many as it holds unasked.
const REPLIES: &[u64] = &[1000, 100];

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    let actor = object.get("actor").and_then(Value::as_object);
    let event = has("published")
        && (has("eventType") || has("eventtype"))
        && actor.is_some_and(|actor| actor.contains_key("alternateId"));
    let detail = object.get("detail").and_then(Value::as_object);
    event || detail.is_some_and(|detail| has("detail-type") && ours(detail))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    out.logs_edits();
    let mut roles = false;
    each_record(feed, out, |node, place, out| record(node, place, context, &mut roles, out))?;
    full_reply(REPLIES, context, out);
    if roles {
        out.proves_roles(HowKnown::GrantEvent);
    }
    Ok(())
}

/// Takes an event out of what it is wrapped in.
fn record(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    roles: &mut bool,
    out: &mut Batch,
) -> Result<Lowered, String> {
    let detail = &node["detail"];
    if detail.is_object() && node["detail-type"].is_some() {
        let place = place.inside(out.text("/detail"));
        return lower::event(detail, place, context, roles, out);
    }
    lower::event(node, place, context, roles, out)
}

#[cfg(test)]
mod tests;
