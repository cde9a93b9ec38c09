//! Teleport's audit log: who was refused, who asked for access, and who approved it.

pub(super) mod lower;
pub(super) mod requests;

use serde_json::{Map, Value};

use self::requests::Requests;
use super::attempt::{Lowered, each_record};
use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::ingester::{Context, ingester};
use super::json_tree::Node;
use super::sample::Sample;
use crate::model::{Batch, HowKnown, Place};

ingester! {
    /// Refusals, access requests with their reviews, roles of users, what registered agents and services
    /// did, and every action that policy watches.
    ///
    /// ## How to make it
    ///
    /// Copy the log's files, one event a line, one file a day:
    ///
    /// ```text
    /// scp auth.example.com:/var/lib/teleport/log/*.log teleport/
    /// ```
    ///
    /// or what the event handler forwards. Rows of other backends, with the event in `event_data` or
    /// `FieldsMap`, are read too.
    ///
    /// ## Fields read
    ///
    /// `event`, `code`, `time`, `uid`, `user`, `impersonator`, `user_kind`, `success`, `error`,
    /// `message`, `response_code`, `verb`, what names the server, cluster, database, application or
    /// role; of access requests `id`, `user`, `roles`, `state`, `reviewer`, `proposed_state`,
    /// `updated_by`, `expires`; of users `name` and `roles`.
    ///
    /// The action is the event's name, such as `teleport:role.created`. Where a bot's certificate acts
    /// for a user, the actor is both: `teleport:bot-ci as ann`.
    ///
    /// A refusal is an event that failed with an error about access or permission, or with a login
    /// that the certificate does not hold, and a request to a cluster that was answered 403. Failed
    /// sign-ins are none. The control is `Teleport RBAC`, `certificate principals` or `lock` where the
    /// error says so; else none is assumed.
    ///
    /// An access request is a subject of its own, `teleport:access-request/ID`: asked for by its user,
    /// approved or refused by its reviewers, or by whoever set its state. When it is approved its user
    /// holds its roles, called `teleport:role:NAME`, until it expires.
    ///
    /// ## What it proves
    ///
    /// Who was refused; who asked for roles, who approved, and when; which roles a user was given.
    ///
    /// ## What it cannot prove
    ///
    /// Roles that come from an identity provider's groups at sign-in. What happened within a session:
    /// commands and queries are counted, not read. Requests whose beginning is in another file have
    /// reviews, but give no roles: nobody says whose.
    pub(super) static TELEPORT_AUDIT = "teleport-audit" {
        title: "Teleport audit log",
        system: "teleport",
        since: "0.1.0",
        names: &[
            "event", "code", "time", "uid", "user", "ei", "cluster_name", "success", "login",
            "namespace", "server_id", "sid", "addr.remote",
        ],
        recognise: recognise,
        read: read,
    }
}

fn recognise(sample: &Sample<'_>) -> Option<Container> {
    sample.objects(&[]).iter().any(|object| ours(object)).then_some(Container::Json(&[]))
}

fn ours(object: &Map<String, Value>) -> bool {
    let has = |key: &str| object.contains_key(key);
    let code = object.get("code").and_then(Value::as_str).unwrap_or_default().to_uppercase();
    // A code is a `T`, what it is about, and how grave it is: `T1000I`, `TDB00W`.
    let coded = code.len() >= 4
        && code.starts_with('T')
        && code.ends_with(['I', 'W', 'E'])
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let event = coded && has("event") && has("time") && has("uid");
    let row = has("event_data") && has("event_type") && (has("uid") || has("session_id"));
    event || row || (has("FieldsMap") && has("EventType"))
}

fn read(feed: &mut Feed<'_>, context: &Context<'_>, out: &mut Batch) -> Result<(), Trouble> {
    out.logs_edits();
    let mut requests = Requests::default();
    each_record(feed, out, |node, place, out| record(node, place, context, &mut requests, out))?;
    if requests.any() {
        out.proves_roles(HowKnown::GrantEvent);
    }
    Ok(())
}

/// Takes an event out of a backend's row.
fn record(
    node: &Node<'_>,
    place: Place,
    context: &Context<'_>,
    requests: &mut Requests,
    out: &mut Batch,
) -> Result<Lowered, String> {
    for name in ["event_data", "FieldsMap"] {
        let inner = &node[name];
        if inner.is_some() {
            let place = place.inside(out.text(&format!("/{name}")));
            return match inner.text() {
                Some(text) => lower::event(&Node::parse(text)?, place, context, requests, out),
                None => lower::event(inner, place, context, requests, out),
            };
        }
    }
    lower::event(node, place, context, requests, out)
}

#[cfg(test)]
mod tests;
