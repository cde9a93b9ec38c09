use super::super::{Context, Finding, History, Population, Test, rule};
use crate::model::{LinkKind, Located, Subject, SubjectId, SubjectKind};

rule! {
    /// ## What it tests
    /// Every repository: that each change which was merged into a protected branch in the period is
    /// in that branch's history, which another export shows. Each change that is missing there is an
    /// exception of its own. The other direction, a commit that no change explains, is
    /// [change-without-review](change-without-review.md)'s.
    ///
    /// ## Why it matters
    /// Two sources that were made independently and agree are worth more than one. A merged change
    /// that the branch does not show was removed from its history, or the list of changes is not of
    /// this branch.
    ///
    /// ## What it cannot see
    /// Changes that are missing in both sources. A repository of which nothing was exported.
    pub(super) static UNRECONCILED_POPULATION = "unreconciled-population" {
        summary: "a change that was merged is not in the branch's history",
        class: Process,
        severity: Medium,
        criteria: ["CC2.1", "CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Repository(test),
    }
}

/// Whether the history shows a change.
enum Shown {
    Yes,
    No,
    Unknown(&'static str),
}

fn test(cx: &Context<'_>, population: &Population<'_>) -> Vec<Finding> {
    let name = cx.dataset.text(population.repository);
    let protected = |branch| {
        cx.policy.protected.is_empty() || cx.policy.protects(name, cx.dataset.text(branch))
    };
    if !population.has_changes {
        return vec![Finding::indeterminate(format!(
            "only the history of {name} is in the evidence: there is nothing to reconcile it with"
        ))];
    }
    if population.histories.is_empty() {
        return vec![Finding::indeterminate(format!(
            "only the changes of {name} are in the evidence: there is nothing to reconcile them with"
        ))];
    }
    let (mut found, mut agree) = (Vec::new(), Vec::new());
    for change in &population.merged {
        let id = cx.dataset.text(change.record.id.0);
        let Some(branch) = change.record.target else {
            let told = format!("the export does not say into which branch {id} was merged");
            found.push(about(cx, change, Finding::indeterminate(told)));
            continue;
        };
        if !protected(branch) {
            continue;
        }
        match shown(cx, change, population.histories.get(&branch)) {
            Shown::Yes => agree.push(change.origin),
            Shown::Unknown(why) => {
                found.push(about(cx, change, Finding::indeterminate(format!("{id}: {why}"))));
            }
            Shown::No => {
                let branch = cx.dataset.text(branch);
                let told = format!("{id} was merged, and is not in the history of {branch}");
                found.push(about(cx, change, Finding::violation(told, Vec::new())));
            }
        }
    }
    if found.is_empty() {
        let told = match agree.len() {
            0 => format!("no change of {name} was merged into a protected branch in the period"),
            1 => "the change that was merged is in the history".to_owned(),
            all => format!("all {all} changes that were merged are in the history"),
        };
        found.push(Finding::pass(told).with_all("change", agree.into_iter().take(3)));
    }
    found
}

fn about(cx: &Context<'_>, change: &Located<Subject>, finding: Finding) -> Finding {
    let about = Some(cx.dataset.text(change.record.id.0).to_owned());
    Finding { about, ..finding }.with("change", change.origin)
}

fn shown(cx: &Context<'_>, change: &Located<Subject>, history: Option<&History>) -> Shown {
    let Some(history) = history else {
        return Shown::Unknown("no export shows the history of its branch");
    };
    let links = cx.dataset.links_from(change.record.id);
    let of = |kind: LinkKind| links.iter().filter(move |link| link.record.kind == kind);
    let in_history = |commit: SubjectId| {
        cx.dataset.subject(commit).is_some_and(|subject| {
            let Subject { kind, target, done, .. } = subject.record;
            kind == SubjectKind::Commit && done.is_some() && target == change.record.target
        })
    };
    let became = || of(LinkKind::MergedAs).map(|link| link.record.to);
    if became().any(in_history) {
        return Shown::Yes;
    }
    // A change that was merged without a commit of its own left its head on the branch.
    if became().next().is_none() {
        let commits = |kind| of(kind).map(|link| link.record.to);
        // Where nobody says which commit is its last one, all of them are there, or it is not.
        let left = match commits(LinkKind::Head).next() {
            Some(_) => commits(LinkKind::Head).any(in_history),
            None => {
                commits(LinkKind::Contains).next().is_some()
                    && commits(LinkKind::Contains).all(in_history)
            }
        };
        return match left {
            true => Shown::Yes,
            false => Shown::Unknown("the export does not say as which commit it was merged"),
        };
    }
    match change.record.done {
        _ if !history.whole => Shown::Unknown("the history is not whole"),
        Some(at) if history.first <= at && at <= history.until => Shown::No,
        _ => Shown::Unknown("the history does not reach to when it was merged"),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::{Scene, day},
        model::{Subject, SubjectKind},
    };

    fn verdicts(prepare: impl Fn(&mut Scene)) -> Vec<&'static str> {
        let mut scene = Scene::new();
        prepare(&mut scene);
        let all = scene.verdicts("unreconciled-population").into_iter();
        all.map(|(_, verdict)| verdict).collect()
    }

    fn merged(scene: &mut Scene) {
        scene.commit("ann", "old", &[], -3.0);
        scene.change(1, "bob", "cat", 9.0);
        scene.merged_as(1, "m1");
    }

    #[test]
    fn cases() {
        assert_eq!(verdicts(merged), ["violation"]);
        let there = verdicts(|scene| {
            merged(scene);
            scene.commit("cat", "m1", &["old"], 9.0);
        });
        assert_eq!(there, ["pass"]);
        let head = verdicts(|scene| {
            scene.change(1, "bob", "cat", 9.0);
            scene.commit("bob", "a1", &[], 8.5);
        });
        assert_eq!(head, ["pass"]);
    }

    #[test]
    fn each_difference_is_one() {
        let two = verdicts(|scene| {
            merged(scene);
            scene.change(2, "bob", "cat", 9.5);
            scene.merged_as(2, "m2");
        });
        assert_eq!(two, ["violation", "violation"]);
    }

    #[test]
    fn each_difference_names_its_change() {
        let mut scene = Scene::new();
        merged(&mut scene);
        scene.change(2, "bob", "cat", 9.5);
        scene.merged_as(2, "m2");
        let found = scene.found("unreconciled-population");
        let about: Vec<_> = found.iter().map(|finding| finding.about.as_deref()).collect();
        assert_eq!(about, [Some("github:acme/pay#1"), Some("github:acme/pay#2")]);
    }

    #[test]
    fn a_commit_of_another_branch_is_not_in_the_history() {
        let elsewhere = verdicts(|scene| {
            merged(scene);
            let (id, place) = (scene.batch.subject_id("github", "acme/pay@m1"), scene.place());
            let subject = Subject {
                repository: scene.batch.maybe(Some("acme/pay")),
                target: scene.batch.maybe(Some("release")),
                done: Some(day(9.0)),
                ..Subject::new(id, SubjectKind::Commit)
            };
            scene.batch.subject(place, subject);
        });
        assert_eq!(elsewhere, ["violation"]);
    }

    #[test]
    fn one_source_alone_reconciles_nothing() {
        assert_eq!(verdicts(|s| s.change(1, "bob", "cat", 9.0)), ["indeterminate"]);
        assert_eq!(verdicts(|s| s.commit("bob", "a1", &[], 8.5)), ["indeterminate"]);
    }

    #[test]
    fn what_cannot_be_told() {
        let unnamed = verdicts(|scene| {
            scene.commit("ann", "old", &[], -3.0);
            scene.change(1, "bob", "cat", 9.0);
        });
        assert_eq!(unnamed, ["indeterminate"]);
        let short = verdicts(|scene| {
            merged(scene);
            scene.export.at = Some(day(8.0));
        });
        assert_eq!(short, ["indeterminate"]);
        let young = verdicts(|scene| {
            scene.change(1, "bob", "cat", 9.0);
            scene.merged_as(1, "m1");
            scene.commit("ann", "old", &[], 12.0);
        });
        assert_eq!(young, ["indeterminate"]);
    }

    #[test]
    fn other_branches_are_not_reconciled() {
        let other = verdicts(|scene| {
            merged(scene);
            scene.policy.protected[0].branches = vec![crate::policy::Pattern::new("release")];
        });
        assert_eq!(other, ["pass"]);
        let quiet = verdicts(|scene| {
            scene.commit("ann", "old", &[], -3.0);
            scene.change(1, "bob", "cat", -2.0);
        });
        assert_eq!(quiet, ["pass"]);
    }
}
