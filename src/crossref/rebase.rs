//! Commits that a rebase may have put on a branch.
//!
//! To merge by rebase writes each commit of a change anew, and platforms name only the last of
//! them. Those before it keep author and author's time, which are claims that anybody can repeat:
//! they show that a commit may have come with the change, never that it did.

use std::collections::BTreeSet;

use super::{Context, Person};
use crate::model::{Duty, Instant, LinkKind, SubjectId, SubjectKind};

/// Commits between one of a change and its result, at most; more are not looked through.
const REACH: usize = 250;

/// The merged change whose rebase may have brought `commit`: it stands below that change's result
/// on the branch, and each commit from here to there bears author and time of one that the change
/// proposes.
pub(super) fn may_have_brought(cx: &Context<'_>, commit: SubjectId) -> Option<SubjectId> {
    let mut above = vec![commit];
    while above.len() <= REACH {
        let newest = *above.last()?;
        let child = cx.linked_by(newest, &[LinkKind::FirstParent]).next()?;
        above.push(child);
        if let Some(change) = cx.linked_by(child, &[LinkKind::MergedAs]).find(|id| merged(cx, *id))
        {
            return repeats(cx, change, &above).then_some(change);
        }
    }
    None
}

fn merged(cx: &Context<'_>, id: SubjectId) -> bool {
    cx.dataset.subject(id).is_some_and(|subject| {
        subject.record.kind == SubjectKind::Change && subject.record.done.is_some()
    })
}

/// Tells whether each of `commits` repeats another one of the change's.
fn repeats(cx: &Context<'_>, change: SubjectId, commits: &[SubjectId]) -> bool {
    let links = cx.dataset.links_from(change).iter();
    let contained = links.filter(|link| link.record.kind == LinkKind::Contains);
    let mut proposed: Vec<_> = contained.map(|link| written(cx, link.record.to)).collect();
    commits.iter().all(|commit| {
        let own = written(cx, *commit);
        let same = proposed.iter().position(|theirs| !own.is_disjoint(theirs));
        same.map(|index| proposed.remove(index)).is_some()
    })
}

/// Who wrote a commit, and when, by what it claims.
fn written(cx: &Context<'_>, commit: SubjectId) -> BTreeSet<(Person, Instant)> {
    let acts = cx.dataset.acts_on(commit).iter().map(|act| act.record);
    let wrote = acts.filter(|act| act.duty == Duty::Author);
    wrote.filter_map(|act| Some((cx.identities.person(act.by), act.at?))).collect()
}

#[cfg(test)]
mod tests {
    use crate::{crossref::scene::Scene, model::Duty};

    /// Two commits of Bob's on the branch; the change that he wrote became the second.
    fn verdict(prepare: impl Fn(&mut Scene)) -> &'static str {
        let mut scene = Scene::new();
        scene.change(1, "bob", "cat", 9.0);
        scene.contains(1, "b1");
        scene.commit_by(1, "bob", 8.2);
        scene.act("bob", Duty::Author, "acme/pay@b1", 8.1, None);
        scene.commit("bob", "r1", &["old"], 8.1);
        scene.commit("bob", "r2", &["r1"], 8.2);
        prepare(&mut scene);
        let found = scene.verdicts("change-without-review");
        found.iter().find(|(id, _)| id == "pay@r1").unwrap().1
    }

    #[test]
    fn below_the_result_of_a_rebase_nothing_is_proven() {
        assert_eq!(verdict(|scene| scene.merged_as(1, "r2")), "indeterminate");
        assert_eq!(verdict(|_| {}), "violation");
    }

    #[test]
    fn each_commit_repeats_one_of_its_own() {
        // A third commit with the time of one that was repeated already.
        let found = verdict(|scene| {
            scene.commit("bob", "r3", &["r2"], 8.2);
            scene.merged_as(1, "r3");
        });
        assert_eq!(found, "violation");
    }

    /// One commit of Bob's on the branch, and on it another that his change may have become.
    fn below(prepare: impl Fn(&mut Scene)) -> &'static str {
        let mut scene = Scene::new();
        scene.act("bob", Duty::Author, "acme/pay@b1", 8.1, None);
        scene.commit("bob", "r1", &["old"], 8.1);
        prepare(&mut scene);
        let found = scene.verdicts("change-without-review");
        found.iter().find(|(id, _)| id == "pay@r1").unwrap().1
    }

    fn proposes(scene: &mut Scene) {
        scene.contains(1, "b1");
        scene.commit_by(1, "bob", 8.2);
    }

    #[test]
    fn a_squash_repeats_no_commit() {
        let squashed = |at: f64| {
            below(|scene| {
                scene.change(1, "bob", "cat", 9.0);
                proposes(scene);
                scene.commit("bob", "s1", &["r1"], at);
                scene.merged_as(1, "s1");
            })
        };
        assert_eq!(squashed(9.0), "violation");
        assert_eq!(squashed(8.2), "indeterminate");
    }

    #[test]
    fn what_was_not_merged_brought_nothing() {
        let tried = below(|scene| {
            scene.open_change(1, "bob", 8.0);
            proposes(scene);
            scene.commit("bob", "s1", &["r1"], 8.2);
            scene.merged_as(1, "s1");
        });
        assert_eq!(tried, "violation");
    }
}
