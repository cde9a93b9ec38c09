//! The commits of a file that lists them by themselves, without naming the change they belong to.

use std::collections::BTreeMap;

use super::ancestry::Ancestry;
use crate::model::{Batch, Link, LinkKind, Place, SubjectId};

/// The commits of one file.
#[derive(Default)]
pub(super) struct CommitList {
    ancestry: Ancestry,
    places: BTreeMap<SubjectId, Place>,
}

impl CommitList {
    /// Adds a commit and what it is built on.
    pub(super) fn add(&mut self, commit: SubjectId, parents: &[SubjectId], place: Place) {
        self.ancestry.add(commit, parents);
        self.places.insert(commit, place);
    }

    /// Links each commit that no other is built on with those of the file that it is built on: a
    /// change joins by its head. `most` is how many commits the system lists for one change.
    pub(super) fn join(mut self, most: usize, out: &mut Batch) {
        self.ancestry.done();
        for tip in self.ancestry.tips() {
            let reached = self.ancestry.reached(tip, most);
            if reached.len() > most {
                out.gap(format!(
                    "more than {most} commits are built on each other: that is no list of one \
                     change, and its commits were not joined (export a history with `git log`)"
                ));
                continue;
            }
            if reached.len() == most {
                out.gap(format!(
                    "a change has {most} commits or more, of which its system lists {most}"
                ));
            }
            let Some(&place) = self.places.get(&tip) else { continue };
            // The tip is in its own list: a change of one commit is known to have no other.
            for to in reached {
                out.link(place, Link { from: tip, kind: LinkKind::Contains, to });
            }
        }
    }
}
