//! Votes on a change, as a log tells them one after the other.

use crate::model::{AccountId, Act, Batch, Duty, Instant, Place, SubjectId, Symbol};

/// A vote, or the withdrawal of an earlier one.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub(super) struct Vote {
    pub(super) on: SubjectId,
    pub(super) by: AccountId,
    pub(super) at: Instant,
    /// `None`: the voter took the vote back.
    pub(super) duty: Option<Duty>,
    pub(super) revision: Option<Symbol>,
    pub(super) place: Place,
}

/// The votes of one file.
#[derive(Default)]
pub(super) struct Votes(Vec<Vote>);

impl Votes {
    pub(super) fn add(&mut self, vote: Vote) {
        self.0.push(vote);
    }

    /// Adds the votes as acts. An approval that its giver took back next counts as dismissed: that
    /// is what the system shows of it since.
    pub(super) fn finish(mut self, out: &mut Batch) {
        self.0.sort();
        for (index, vote) in self.0.iter().enumerate() {
            let Some(duty) = vote.duty else { continue };
            let next =
                self.0.get(index + 1).filter(|next| (next.on, next.by) == (vote.on, vote.by));
            let dismissed = duty == Duty::Approve && next.is_some_and(|next| next.duty.is_none());
            let Vote { on: to, by, at, revision, place, .. } = *vote;
            out.act(place, Act { to, at: Some(at), duty, by, revision, dismissed });
        }
    }
}
