//! What an event comes to, once the log of its product has told its parts: a decision and roles.
//! None of these logs records what was refused.

use std::borrow::Cow;

use crate::ingest::attempt::{Actor, Attempt, Lowered, UNWATCHED};
use crate::ingest::ingester::Context;
use crate::ingest::role_event::RoleEvent;
use crate::model::{Batch, Instant, Outcome, Place};

/// A role that an event gave or took away, and what it is limited to.
pub(in crate::ingest) struct Moved<'n> {
    pub(in crate::ingest) holder: Actor<'n>,
    pub(in crate::ingest) role: String,
    pub(in crate::ingest) scope: Option<&'n str>,
    pub(in crate::ingest) gives: bool,
}

/// The parts of an event.
pub(in crate::ingest) struct Event<'n> {
    pub(in crate::ingest) action: &'n str,
    /// When it was, or why that cannot be read.
    pub(in crate::ingest) at: Result<Instant, String>,
    pub(in crate::ingest) actor: Option<Actor<'n>>,
    pub(in crate::ingest) moved: Vec<Moved<'n>>,
    pub(in crate::ingest) resource: Option<&'n str>,
    pub(in crate::ingest) request: Option<Cow<'n, str>>,
}

impl Event<'_> {
    /// Lowers the event. Notes in `roles` whether it showed any.
    pub(in crate::ingest) fn lower(
        self,
        place: Place,
        context: &Context<'_>,
        roles: &mut bool,
        out: &mut Batch,
    ) -> Result<Lowered, String> {
        let gave = !self.moved.is_empty();
        let Some(actor) = self.actor else {
            if gave {
                return Err("whoever did it is nobody".to_owned());
            }
            return Ok(Lowered::Nothing("allowed, and by nobody that the event names"));
        };
        if !gave && !context.keeps(&actor.local, self.action) {
            return Ok(UNWATCHED);
        }
        let at = self.at?;
        if gave {
            let by = Some(actor.add(place, context.system, out));
            for Moved { holder, role, scope, gives } in self.moved {
                let holder = holder.add(place, context.system, out);
                let role = out.role_id(context.system, &role);
                let scope = out.maybe(scope);
                RoleEvent { place, at, gives, by }.write(holder, role, scope, out);
            }
            *roles = true;
        }
        let attempt = Attempt {
            at,
            actor,
            action: self.action.into(),
            resource: self.resource.map(Cow::Borrowed),
            outcome: Outcome::Allowed,
            code: None,
            control: None,
            message: None,
            request: self.request,
        };
        Ok(attempt.keep(place, context, out).or(gave))
    }
}
