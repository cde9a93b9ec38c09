//! Access requests, their reviews, and the roles that they and administrators give.

use std::collections::BTreeMap;

use super::lower::actor;
use crate::ingest::attempt::Actor;
use crate::ingest::ingester::Context;
use crate::ingest::json_tree::Node;
use crate::ingest::role_event::RoleEvent;
use crate::model::{
    AccountId, AccountKind, Act, Batch, Duty, Instant, Place, Subject, SubjectKind, SubjectState,
};

/// What the file has shown so far.
#[derive(Default)]
pub(in crate::ingest) struct Requests {
    /// Who asked for which roles, until when, by the request's id.
    asked: BTreeMap<String, (AccountId, Vec<String>, Option<Instant>)>,
    /// The roles that users were given, by name.
    given: BTreeMap<String, Vec<String>>,
    any: bool,
}

impl Requests {
    /// Whether there were any roles.
    pub(in crate::ingest) fn any(&self) -> bool {
        self.any
    }

    /// Lowers an event about a request or a user. Tells whether that gave records.
    pub(super) fn event(
        &mut self,
        name: &str,
        event: &Node<'_>,
        place: Place,
        context: &Context<'_>,
        out: &mut Batch,
    ) -> Result<bool, String> {
        match name {
            "access_request.create" => self.request(event, place, context, out),
            "access_request.review" | "access_request.update" => {
                self.decided(event, place, context, out)
            }
            "user.create" | "user.update" | "user.delete" => {
                self.user(name, event, place, context, out)
            }
            _ => return Ok(false),
        }
        .map(|()| true)
    }

    fn request(
        &mut self,
        event: &Node<'_>,
        place: Place,
        context: &Context<'_>,
        out: &mut Batch,
    ) -> Result<(), String> {
        let id = event["id"].text().ok_or("the request has no id")?;
        let at = context.moment(&event["time"])?;
        let expires = expiry(event, context)?;
        let by = actor(event).ok_or("the request names no user")?.add(place, context.system, out);
        let roles = roles(event);
        subject(id, event, Some(at), place, context, out);
        act(id, Duty::Request, by, at, place, context, out);
        self.asked.insert(id.to_owned(), (by, roles, expires));
        // Some are approved by rule as they are made.
        if event["state"].text() == Some("APPROVED") {
            self.grant(id, at, None, place, context, out);
        }
        Ok(())
    }

    fn decided(
        &mut self,
        event: &Node<'_>,
        place: Place,
        context: &Context<'_>,
        out: &mut Batch,
    ) -> Result<(), String> {
        let id = event["id"].text().ok_or("the request has no id")?;
        let at = context.moment(&event["time"])?;
        let reviewer = event["reviewer"].text();
        let proposed = if reviewer.is_some() { &event["proposed_state"] } else { &Node::Null };
        let state = proposed.text().or(event["state"].text());
        let duty = match state {
            Some("APPROVED") => Some(Duty::Approve),
            Some("DENIED") => Some(Duty::Reject),
            _ => None,
        };
        let by = reviewer.or(event["updated_by"].text());
        subject(id, event, None, place, context, out);
        let by = by.map(|by| Actor::new(by, AccountKind::Unknown).add(place, context.system, out));
        if let (Some(duty), Some(by)) = (duty, by) {
            act(id, duty, by, at, place, context, out);
        }
        // A review is one voice; the request's own state says when there were enough.
        if event["state"].text() == Some("APPROVED") {
            if let Some(expires) = expiry(event, context)?
                && let Some(asked) = self.asked.get_mut(id)
            {
                asked.2 = Some(expires);
            }
            self.grant(id, at, by, place, context, out);
        }
        Ok(())
    }

    /// The request's user holds its roles from now until it expires.
    fn grant(
        &mut self,
        id: &str,
        at: Instant,
        by: Option<AccountId>,
        place: Place,
        context: &Context<'_>,
        out: &mut Batch,
    ) {
        // Reviews and updates both say so: the first one counts.
        let Some((holder, roles, expires)) = self.asked.remove(id) else { return };
        for role in roles {
            let role = out.role_id(context.system, &format!("role:{role}"));
            RoleEvent { place, at, gives: true, by }.write(holder, role, None, out);
            if let Some(expires) = expires.filter(|expires| *expires > at) {
                let end = RoleEvent { place, at: expires, gives: false, by: None };
                end.write(holder, role, None, out);
            }
            self.any = true;
        }
    }

    fn user(
        &mut self,
        name: &str,
        event: &Node<'_>,
        place: Place,
        context: &Context<'_>,
        out: &mut Batch,
    ) -> Result<(), String> {
        let user = event["name"].text().ok_or("it does not say which user")?;
        let at = context.moment(&event["time"])?;
        let now = if name == "user.delete" { Vec::new() } else { roles(event) };
        let by = actor(event).map(|by| by.add(place, context.system, out));
        let holder = Actor::new(user, AccountKind::Unknown).add(place, context.system, out);
        let before = self.given.insert(user.to_owned(), now.clone()).unwrap_or_default();
        let gone = before.iter().filter(|role| !now.contains(role)).map(|role| (role, false));
        for (role, gives) in gone.chain(now.iter().map(|role| (role, true))) {
            let role = out.role_id(context.system, &format!("role:{role}"));
            RoleEvent { place, at, gives, by }.write(holder, role, None, out);
            self.any = true;
        }
        Ok(())
    }
}

fn roles(event: &Node<'_>) -> Vec<String> {
    event["roles"].items().iter().filter_map(|role| role.text().map(str::to_owned)).collect()
}

/// When the roles end. Teleport writes the year 1 where they do not.
fn expiry(event: &Node<'_>, context: &Context<'_>) -> Result<Option<Instant>, String> {
    let never = |at: &Instant| at.seconds() > 0;
    Ok(context.maybe_moment(event.first(&["max_duration", "expires"]))?.filter(never))
}

fn local(id: &str) -> String {
    format!("access-request/{id}")
}

fn subject(
    id: &str,
    event: &Node<'_>,
    created: Option<Instant>,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) {
    let state = match event["state"].text() {
        Some("APPROVED") => SubjectState::Done,
        Some("DENIED") => SubjectState::Abandoned,
        Some("PENDING") => SubjectState::Open,
        _ => SubjectState::Unknown,
    };
    let reason = out.maybe(event["reason"].text().filter(|_| created.is_some()));
    let id = out.subject_id(context.system, &local(id));
    let subject =
        Subject { state, created, title: reason, ..Subject::new(id, SubjectKind::AccessGrant) };
    out.subject(place, subject);
}

fn act(
    id: &str,
    duty: Duty,
    by: AccountId,
    at: Instant,
    place: Place,
    context: &Context<'_>,
    out: &mut Batch,
) {
    let to = out.subject_id(context.system, &local(id));
    out.act(place, Act { to, at: Some(at), duty, by, revision: None, dismissed: false });
}
