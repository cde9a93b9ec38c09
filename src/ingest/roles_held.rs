//! Roles as an export lists them at one moment.

use super::ingester::Context;
use crate::model::{AccountId, Batch, Grant, HowKnown, Instant, Place};

/// A role that the export lists somebody as holding.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held<'a> {
    /// Without its system.
    pub(super) role: &'a str,
    pub(super) scope: Option<&'a str>,
    pub(super) from: Option<Instant>,
    pub(super) until: Option<Instant>,
}

impl Held<'_> {
    /// Adds it as held when the source's snapshot was taken.
    pub(super) fn write(
        &self,
        holder: AccountId,
        place: Place,
        context: &Context<'_>,
        out: &mut Batch,
    ) {
        let grant = Grant {
            holder,
            role: out.role_id(context.system, self.role),
            scope: out.maybe(self.scope),
            from: self.from,
            until: self.until,
            granted_by: None,
            known: HowKnown::Snapshot(context.settings.snapshot_at),
        };
        out.grant(place, grant);
    }
}

/// Notes that the file proves roles, unless all of it was rejected: a list of which nothing could be
/// read must not look like proof that nobody is in it.
pub(super) fn proves(context: &Context<'_>, out: &mut Batch) {
    if out.tally().lowered > 0 || out.tally().rejected == 0 {
        out.proves_roles(HowKnown::Snapshot(context.settings.snapshot_at));
    }
}
