//! A log entry of a role that was given or taken away.

use crate::model::{AccountId, Batch, Grant, HowKnown, Instant, Place, RoleId, Symbol};

/// When a role was given or taken away, and by whom.
#[derive(Clone, Copy, Debug)]
pub(super) struct RoleEvent {
    pub(super) place: Place,
    pub(super) at: Instant,
    /// Whether it was given.
    pub(super) gives: bool,
    pub(super) by: Option<AccountId>,
}

impl RoleEvent {
    /// Adds it for one holder and role.
    pub(super) fn write(
        &self,
        holder: AccountId,
        role: RoleId,
        scope: Option<Symbol>,
        out: &mut Batch,
    ) {
        let gives = self.gives;
        let grant = Grant {
            holder,
            role,
            scope,
            from: gives.then_some(self.at),
            until: (!gives).then_some(self.at),
            granted_by: self.by.filter(|_| gives),
            known: if gives { HowKnown::GrantEvent } else { HowKnown::RevokeEvent },
        };
        out.grant(self.place, grant);
    }
}
