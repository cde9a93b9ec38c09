//! What became of a protected branch, by the structure of its history.
//!
//! The main line is found by walking first parents from the branch's tips. A commit that came in
//! through a merge is a further parent, and answered for by the merge. Messages are never read:
//! anybody can write one that looks like a merge.

use std::collections::BTreeSet;

use crate::{
    model::{Dataset, LinkKind, Period, Subject, SubjectId, SubjectKind, Symbol},
    policy::Policy,
};

/// The commits that were the newest of a protected branch in `period`, by id.
pub(super) fn mainline(dataset: &Dataset, policy: &Policy, period: &Period) -> Vec<SubjectId> {
    let branch = |commit: &Subject| -> Option<(Symbol, Symbol)> {
        (commit.kind == SubjectKind::Commit).then_some(())?;
        let (repository, target) = (commit.repository?, commit.target?);
        let protected = policy.protected.is_empty()
            || policy.protects(dataset.text(repository), dataset.text(target));
        protected.then_some((repository, target))
    };
    let commits: Vec<_> = dataset
        .subjects()
        .iter()
        .filter_map(|s| branch(&s.record).map(|branch| (s.record.id, branch)))
        .collect();
    let parents = |id: SubjectId| {
        let kinds = [LinkKind::FirstParent, LinkKind::OtherParent];
        dataset.links_from(id).iter().filter(move |link| kinds.contains(&link.record.kind))
    };
    let inner: BTreeSet<SubjectId> =
        commits.iter().flat_map(|(id, _)| parents(*id)).map(|link| link.record.to).collect();
    let mut line = BTreeSet::new();
    for (tip, of) in commits.iter().filter(|(id, _)| !inner.contains(id)) {
        let mut next = Some(*tip);
        while let Some(id) = next {
            let known = dataset.subject(id).filter(|s| branch(&s.record) == Some(*of));
            if known.is_none() || !line.insert(id) {
                break;
            }
            next = parents(id)
                .find(|link| link.record.kind == LinkKind::FirstParent)
                .map(|link| link.record.to);
        }
    }
    let inside = |id: &SubjectId| {
        let done = dataset.subject(*id).and_then(|s| s.record.done);
        done.is_some_and(|at| period.contains(at))
    };
    line.into_iter().filter(inside).collect()
}
