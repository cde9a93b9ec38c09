//! What became of a protected branch, by the structure of its history.
//!
//! The main line is found by walking first parents from the branch's tips. A commit that came in
//! through a merge is a further parent, and answered for by the merge. Messages are never read:
//! anybody can write one that looks like a merge.

use std::collections::BTreeSet;

use super::Context;
use crate::{
    model::{Dataset, LinkKind, Period, Subject, SubjectId, SubjectKind, Symbol},
    policy::Policy,
};

/// Merges from the base that are followed from a change's head.
const REACH: usize = 1000;

/// The ways in which a commit belongs to a change.
const IN_CHANGE: &[LinkKind] = &[LinkKind::Contains, LinkKind::Head, LinkKind::MergedAs];

/// The commits that were, one after the other, the newest of a protected branch, by id.
pub(super) fn main_line(dataset: &Dataset, policy: &Policy) -> Vec<SubjectId> {
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
    line.into_iter().collect()
}

/// The commits of a main line that became the newest in `period`.
pub(super) fn inside(dataset: &Dataset, line: &[SubjectId], period: &Period) -> Vec<SubjectId> {
    let inside = |id: &&SubjectId| {
        let done = dataset.subject(**id).and_then(|s| s.record.done);
        done.is_some_and(|at| period.contains(at))
    };
    line.iter().filter(inside).copied().collect()
}

/// The first parent of a commit, if the evidence names it.
pub(super) fn first_parent(dataset: &Dataset, commit: SubjectId) -> Option<SubjectId> {
    let mut links = dataset.links_from(commit).iter();
    links.find(|link| link.record.kind == LinkKind::FirstParent).map(|link| link.record.to)
}

/// Tells whether everything that a change got after a revision was merged from the branch that it goes
/// to: each later commit, from the head down, merges commits of that branch's main line into what was
/// there. Only parents count. What such a merge changed besides is not known.
pub(super) fn only_merged_from_base(cx: &Context<'_>, change: &Subject, seen: Symbol) -> bool {
    let Some(merged) = change.revision else { return false };
    let names = |commit: SubjectId, revision: Symbol| {
        let revision = cx.dataset.text(revision);
        cx.dataset.text(commit.0).strip_suffix(revision).is_some_and(|rest| rest.ends_with('@'))
    };
    let on_base = |commit: SubjectId| {
        let known = cx.dataset.subject(commit).map(|subject| subject.record);
        let branch = (change.repository, change.target);
        cx.on_main_line(commit) && known.is_some_and(|c| (c.repository, c.target) == branch)
    };
    let links = cx.dataset.links_from(change.id).iter();
    let mut heads = links.filter(|link| IN_CHANGE.contains(&link.record.kind));
    let Some(head) = heads.find(|link| names(link.record.to, merged)) else { return false };
    let mut commit = head.record.to;
    for step in 0..REACH {
        if names(commit, seen) {
            return step > 0;
        }
        let links = cx.dataset.links_from(commit).iter().map(|link| link.record);
        let mut others = links.filter(|link| link.kind == LinkKind::OtherParent).peekable();
        if others.peek().is_none() || !others.all(|link| on_base(link.to)) {
            return false;
        }
        let Some(parent) = first_parent(cx.dataset, commit) else { return false };
        commit = parent;
    }
    false
}

/// The merged change that a commit of a branch came with: as its result, as one of its commits, or
/// as the merge of its head.
pub(super) fn came_with(cx: &Context<'_>, commit: SubjectId) -> Option<SubjectId> {
    let direct = cx.linked_by(commit, IN_CHANGE).find(|id| is_merged_change(cx, *id));
    direct.or_else(|| {
        let links = cx.dataset.links_from(commit).iter();
        links.filter(|link| link.record.kind == LinkKind::OtherParent).find_map(|link| {
            cx.linked_by(link.record.to, IN_CHANGE).find(|id| is_merged_change(cx, *id))
        })
    })
}

/// Tells whether a subject is a change that was merged.
pub(super) fn is_merged_change(cx: &Context<'_>, id: SubjectId) -> bool {
    let subject = cx.dataset.subject(id).map(|subject| subject.record);
    subject.is_some_and(|s| s.kind == SubjectKind::Change && s.done.is_some())
}
