use super::super::{ChangeFacts, Context, Finding, Sameness, Test, rule};
use crate::{
    model::{Act, Duty, Located},
    policy::SelfMerge,
};

rule! {
    /// ## What it tests
    /// Every merged change: who merged it. Policy says when somebody who wrote it, or answers for
    /// an agent that did, may: with `self-merge = "allowed"` always, with `"forbidden"` never, with
    /// `"allowed-when-approved"` where as many persons approved effectively as policy asks.
    ///
    /// ## Why it matters
    /// Merging is a duty of its own. Whoever writes and merges without anybody's approval has put
    /// code into production alone.
    ///
    /// ## What it cannot see
    /// Who asked a merge queue or bot to merge.
    pub(super) static SELF_MERGE = "self-merge" {
        summary: "an author merged the change, and policy did not allow it",
        class: Breach,
        severity: Medium,
        criteria: ["CC5.1", "CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let enough = facts.approvals.enough();
    match cx.policy.approvals.self_merge {
        SelfMerge::Allowed => return Finding::not_applicable("policy lets authors merge"),
        SelfMerge::AllowedWhenApproved if enough == Some(true) => {
            return Finding::pass("enough persons approved it, so anybody may merge it")
                .with_all("approval that counts", facts.counting());
        }
        SelfMerge::AllowedWhenApproved | SelfMerge::Forbidden => {}
    }
    let merges: Vec<_> = facts.case.did_directly(Duty::Merge).collect();
    let places = || merges.iter().map(|act| act.origin);
    if merges.is_empty() {
        return Finding::indeterminate("no export says who merged this change");
    }
    let wrote: Vec<_> = facts.case.did(Duty::Author).collect();
    let same = |merge: &Located<Act>, wanted: Sameness| {
        wrote.iter().any(|act| cx.identities.same(act.record.by, merge.record.by) == wanted)
    };
    if let Some(merge) = merges.iter().find(|merge| same(merge, Sameness::Same)) {
        let is_own = |act: &&&Located<Act>| {
            cx.identities.same(act.record.by, merge.record.by) == Sameness::Same
        };
        let own: Vec<_> = wrote.iter().filter(is_own).copied().collect();
        return by_an_author(cx, merge, &own, enough)
            .with_all("merge", places())
            .with_all("their own part", own.iter().map(|act| act.origin));
    }
    if merges.iter().any(|merge| same(merge, Sameness::Unknown)) {
        return Finding::indeterminate(
            "an account that wrote or merged this change resolves to nobody",
        )
        .with_all("merge", places());
    }
    Finding::pass("nobody who wrote it merged it").with_all("merge", places())
}

/// What it means that `merge` is by whoever wrote the parts `own`.
fn by_an_author(
    cx: &Context<'_>,
    merge: &Located<Act>,
    own: &[&Located<Act>],
    enough: Option<bool>,
) -> Finding {
    let by = cx.who(merge.record.by);
    let name = cx.who_name(by);
    let told = match own.first().filter(|_| own.iter().all(|act| cx.who(act.record.by) != by)) {
        None => format!("{name} merged their own change"),
        Some(other) => {
            let other = cx.name(other.record.by);
            format!("{name} merged what {other} wrote, and is one person with {other}")
        }
    };
    match (cx.policy.approvals.self_merge, enough) {
        (SelfMerge::Forbidden, _) => Finding::violation(told, vec![by]),
        (_, None) => Finding::indeterminate(format!(
            "{told}; whether enough persons had approved it cannot be told"
        )),
        _ => Finding::violation(format!("{told}; too few persons had approved it"), vec![by]),
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::{Verdict, scene::Scene},
        policy::SelfMerge::{self, Allowed, AllowedWhenApproved, Forbidden},
    };

    fn verdict(allowed: SelfMerge, merger: &str, approver: &str) -> Verdict {
        let mut scene = Scene::new();
        scene.policy.approvals.self_merge = allowed;
        scene.change(1, "ann", merger, 9.0);
        if !approver.is_empty() {
            scene.approve(1, approver, 8.8);
        }
        scene.verdict("self-merge")
    }

    #[test]
    fn allowed_when_approved() {
        assert_eq!(verdict(AllowedWhenApproved, "ann", "bob"), Verdict::Pass);
        assert_eq!(verdict(AllowedWhenApproved, "ann", ""), Verdict::Violation);
        assert_eq!(verdict(AllowedWhenApproved, "ann", "ann"), Verdict::Violation);
        assert_eq!(verdict(AllowedWhenApproved, "ann", "stranger"), Verdict::Indeterminate);
        assert_eq!(verdict(AllowedWhenApproved, "bob", ""), Verdict::Pass);
        assert_eq!(verdict(AllowedWhenApproved, "stranger", ""), Verdict::Indeterminate);
        assert_eq!(verdict(AllowedWhenApproved, "stranger", "bob"), Verdict::Pass);
    }

    #[test]
    fn forbidden_and_allowed() {
        assert_eq!(verdict(Forbidden, "ann", "bob"), Verdict::Violation);
        assert_eq!(verdict(Forbidden, "bob", "cat"), Verdict::Pass);
        assert_eq!(verdict(Forbidden, "stranger", "cat"), Verdict::Indeterminate);
        assert_eq!(verdict(Allowed, "ann", ""), Verdict::NotApplicable);
    }

    #[test]
    fn co_authors_and_sponsors_are_authors_too() {
        let verdict = |author: &str| {
            let mut scene = Scene::new();
            scene.policy.approvals.self_merge = Forbidden;
            scene.change(1, "cat", "ann", 9.0);
            scene.commit_by(1, author, 8.7);
            scene.approve(1, "bob", 8.8);
            scene.verdict("self-merge")
        };
        assert_eq!(verdict("ann"), Verdict::Violation);
        assert_eq!(verdict("bot"), Verdict::Violation);
        assert_eq!(verdict("cat"), Verdict::Pass);
    }

    #[test]
    fn without_a_merger_only_approval_settles_it() {
        let verdict = |approver: &str| {
            let mut scene = Scene::new();
            scene.change_without_merger(1, "ann", 9.0);
            scene.approve(1, approver, 8.8);
            scene.verdict("self-merge")
        };
        assert_eq!(verdict("bob"), Verdict::Pass);
        assert_eq!(verdict("ann"), Verdict::Indeterminate);
    }

    #[test]
    fn forbidden_is_forbidden_whoever_approved() {
        assert_eq!(verdict(Forbidden, "ann", ""), Verdict::Violation);
        assert_eq!(verdict(Forbidden, "ann", "stranger"), Verdict::Violation);
    }

    #[test]
    fn it_tells_whose_part_was_merged() {
        let told = |author: &str| {
            let mut scene = Scene::new();
            scene.policy.approvals.self_merge = Forbidden;
            scene.change(1, "cat", "ann", 9.0);
            scene.commit_by(1, author, 8.7);
            scene.approve(1, "bob", 8.8);
            let finding = scene.found("self-merge").remove(0);
            let own = finding.evidence.iter().filter(|e| e.shows == "their own part").count();
            (finding.statement, own)
        };
        assert_eq!(told("ann"), ("Ann merged their own change".to_owned(), 1));
        let bots = "Ann merged what Bot wrote, and is one person with Bot";
        assert_eq!(told("bot"), (bots.to_owned(), 1));
    }
}
