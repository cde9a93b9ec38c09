//! One change with everything that was done to it, joined over links.
//!
//! A case is anchored on one proposed change and takes in its commits, tickets and executions. It
//! never passes through another change: two pull requests that share a commit stay two cases.

use std::collections::BTreeSet;

use super::{Context, Ticket};
use crate::model::{AccountId, Act, Duty, Instant, LinkKind, Located, Subject, SubjectId};

/// A merged change and what belongs to it.
#[derive(Debug)]
pub struct Case<'a> {
    /// The change.
    pub change: &'a Located<Subject>,
    /// When it was merged.
    pub merged: Instant,
    /// Its tickets.
    pub tickets: Vec<Ticket>,
    /// Its commits, if the evidence lists them.
    pub commits: Option<Vec<SubjectId>>,
    /// Every act on it and on what belongs to it, by time.
    pub acts: Vec<&'a Located<Act>>,
}

impl<'a> Case<'a> {
    /// Gathers the case of a change; `None` if it was never merged.
    pub fn gather(cx: &Context<'a>, change: &'a Located<Subject>) -> Option<Self> {
        let merged = change.record.done?;
        let commits = commits_of(cx, change);
        let mut parts = vec![change.record.id];
        parts.extend(commits.iter().flatten());
        parts.extend(cx.linked_to(change.record.id));
        let tickets = Ticket::all_of(cx, change.record.id);
        parts.extend(tickets.iter().filter(|ticket| ticket.named).map(|ticket| ticket.id));
        if let Some(commit) = merge_commit(cx, change.record.id) {
            parts.extend(cx.linked_to(commit));
        }
        let mut acts: Vec<_> = parts.iter().flat_map(|part| cx.dataset.acts_on(*part)).collect();
        acts.sort_by_key(|act| (act.record.at, act.record.duty, act.record.by, act.origin));
        Some(Self { change, merged, tickets, commits, acts })
    }

    /// The acts of one duty, by time.
    pub fn did(&self, duty: Duty) -> impl Iterator<Item = &'a Located<Act>> {
        self.acts.iter().copied().filter(move |act| act.record.duty == duty)
    }

    /// The acts of one duty on the change itself, not on its parts.
    pub fn did_directly(&self, duty: Duty) -> impl Iterator<Item = &'a Located<Act>> {
        let change = self.change.record.id;
        self.did(duty).filter(move |act| act.record.to == change)
    }

    /// Everybody who asked for or contributed to the change: requester, author, commit author,
    /// co-author, committer. Each account once for each duty, at its first act; to open the change
    /// and to write some of its commits are told apart, whichever came first.
    pub fn contributions(&self) -> Vec<&'a Located<Act>> {
        let change = self.change.record.id;
        let mut seen: BTreeSet<(AccountId, Duty, bool)> = BTreeSet::new();
        [Duty::Request, Duty::Author, Duty::Commit]
            .into_iter()
            .flat_map(|duty| self.did(duty))
            .filter(|act| seen.insert((act.record.by, act.record.duty, act.record.to == change)))
            .collect()
    }

    /// Tells whether an agent asked for, wrote or committed any of it.
    pub fn by_agent(&self, cx: &Context<'_>) -> bool {
        self.contributions().iter().any(|act| cx.identities.is_agent(act.record.by))
    }
}

/// The commits that the change proposes: as it lists them, else as its head's list does.
fn commits_of(cx: &Context<'_>, change: &Located<Subject>) -> Option<Vec<SubjectId>> {
    let of = |id: SubjectId, kind: LinkKind| {
        cx.dataset
            .links_from(id)
            .iter()
            .filter(move |link| link.record.kind == kind)
            .map(|link| link.record.to)
    };
    let id = change.record.id;
    let mut commits: Vec<_> = of(id, LinkKind::Contains).collect();
    if commits.is_empty() {
        for head in of(id, LinkKind::Head) {
            commits.extend(of(head, LinkKind::Contains));
            if !commits.is_empty() && !commits.contains(&head) {
                commits.push(head);
            }
        }
    }
    (!commits.is_empty()).then_some(commits)
}

fn merge_commit(cx: &Context<'_>, change: SubjectId) -> Option<SubjectId> {
    let mut links = cx.dataset.links_from(change).iter();
    links.find(|link| link.record.kind == LinkKind::MergedAs).map(|link| link.record.to)
}

#[cfg(test)]
mod tests {
    use super::Case;
    use crate::{crossref::scene::Scene, model::Duty};

    #[test]
    fn what_executed_the_merge_belongs_to_the_change() {
        let executed = |revision: &str| {
            let mut scene = Scene::new();
            scene.change(1, "ann", "cat", 9.0);
            scene.merged_as(1, "m1");
            scene.execute(5, "bob", revision, 9.5);
            scene.assess(|assessment| {
                let cx = assessment.cx;
                let change = cx.changes().next().unwrap();
                Case::gather(cx, change).unwrap().did(Duty::Execute).count()
            })
        };
        assert_eq!(executed("m1"), 1);
        assert_eq!(executed("other"), 0);
    }
}
