use super::super::{Context, Finding, Test, branch, rebase::may_have_brought, rule};
use crate::model::{Duty, Located, Subject};

rule! {
    /// ## What it tests
    /// Every commit that became the newest of a protected branch in the period: that it is a
    /// merged change's result, one of its commits, or a merge of its head. Only the structure of
    /// the history counts; what a message says does not. Where a change was merged by rebase, only
    /// its last commit is named by the platform: those before it that repeat author and time of the
    /// change's own stay open.
    ///
    /// ## Why it matters
    /// A push straight to the branch goes around every review. A commit message that looks like a
    /// merge is free to write.
    ///
    /// ## What it cannot see
    /// A history that was rewritten before it was exported. Times are those that commits claim.
    pub(super) static CHANGE_WITHOUT_REVIEW = "change-without-review" {
        summary: "a commit reached a protected branch without a reviewed change",
        class: Breach,
        severity: High,
        criteria: ["CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Commit(test),
    }
}

fn test(cx: &Context<'_>, commit: &Located<Subject>) -> Finding {
    let record = commit.record;
    let Some(repository) = record.repository else {
        return Finding::indeterminate("the history does not name its repository");
    };
    if let Some(change) = branch::came_with(cx, record.id) {
        let origin = cx.dataset.subject(change).map(|subject| subject.origin);
        return Finding::pass(format!("it came with {}", cx.dataset.text(change.0)))
            .with("commit", commit.origin)
            .with_all("change", origin);
    }
    if !cx.changes_known(repository) {
        let name = cx.dataset.text(repository);
        return Finding::indeterminate(format!("no export shows the changes of {name}"))
            .with("commit", commit.origin);
    }
    if let Some(change) = may_have_brought(cx, record.id) {
        let told = "it stands below the result of {} as a rebase leaves it, and the evidence does \
                    not show that it is the same";
        return Finding::indeterminate(told.replace("{}", cx.dataset.text(change.0)))
            .with("commit", commit.origin)
            .with_all("change", cx.dataset.subject(change).map(|subject| subject.origin));
    }
    let acts = cx.dataset.acts_on(record.id);
    let wrote = acts.iter().filter(|act| matches!(act.record.duty, Duty::Author | Duty::Commit));
    let platform = crate::crossref::Person::Platform;
    let who = wrote
        .filter(|act| cx.identities.person(act.record.by) != platform)
        .map(|act| cx.who(act.record.by))
        .collect();
    let branch = record.target.map_or("the branch", |target| cx.dataset.text(target));
    Finding::violation(format!("it reached {branch} and belongs to no merged change"), who)
        .with("commit", commit.origin)
}

#[cfg(test)]
mod tests {
    use crate::crossref::scene::Scene;

    fn verdicts(prepare: impl Fn(&mut Scene)) -> Vec<(String, &'static str)> {
        let mut scene = Scene::new();
        scene.commit("ann", "old", &[], -3.0);
        prepare(&mut scene);
        scene.verdicts("change-without-review")
    }

    fn want(found: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
        found.iter().map(|(id, verdict)| (format!("pay@{id}"), *verdict)).collect()
    }

    #[test]
    fn a_push_to_the_branch_is_one() {
        let found = verdicts(|scene| {
            scene.change(1, "bob", "cat", 9.0);
            scene.commit("bob", "pushed", &["old"], 9.1);
        });
        assert_eq!(found, want(&[("pushed", "violation")]));
    }

    #[test]
    fn a_merge_is_told_by_its_parents() {
        let found = verdicts(|scene| {
            scene.change(1, "bob", "cat", 9.0);
            scene.commit("bob", "a1", &["old"], 8.5);
            scene.commit("cat", "merge", &["old", "a1"], 9.0);
        });
        assert_eq!(found, want(&[("merge", "pass")]));
    }

    #[test]
    fn a_merge_of_something_unreviewed_is_one() {
        let found = verdicts(|scene| {
            scene.change(1, "bob", "cat", 9.0);
            scene.commit("bob", "side", &["old"], 8.5);
            scene.commit("cat", "merge", &["old", "side"], 9.0);
        });
        assert_eq!(found, want(&[("merge", "violation")]));
    }

    #[test]
    fn squash_and_rebase() {
        let found = verdicts(|scene| {
            scene.change(1, "bob", "cat", 9.0);
            scene.merged_as(1, "squashed");
            scene.commit("bob", "squashed", &["old"], 9.0);
            scene.commit("bob", "a1", &["squashed"], 9.0);
        });
        assert_eq!(found, want(&[("a1", "pass"), ("squashed", "pass")]));
    }

    #[test]
    fn without_any_change_nothing_is_known() {
        let found = verdicts(|scene| scene.commit("bob", "pushed", &["old"], 9.1));
        assert_eq!(found, want(&[("pushed", "indeterminate")]));
    }
}
