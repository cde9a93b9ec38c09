use super::super::{ChangeFacts, Context, Finding, Reason, Test, rule};

rule! {
    /// ## What it tests
    /// Every merged change: that nobody who contributed to it approved it. Contributors are those
    /// who asked for it and the authors, co-authors and committers of its commits, also where they
    /// contributed after they had reviewed.
    ///
    /// ## Why it matters
    /// A reviewer who adds a commit, or who asked for the change, judges their own work.
    ///
    /// ## What it cannot see
    /// Contributions that no commit records, such as advice. A commit's author and co-author are
    /// what the commit claims.
    pub(super) static CONTRIBUTOR_APPROVAL = "contributor-approval" {
        summary: "a contributor to a change approved it",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC8.1"],
        needs: [Reviews, Commits],
        implies: ["author-not-covered", "no-approval", "too-few-approvals"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let own = facts.approvals.failing(|reason| matches!(reason, Reason::Contributor(_)));
    let own: Vec<_> = own.into_iter().filter(|a| !a.reasons.contains(&Reason::Author)).collect();
    let reviewers: Vec<_> =
        own.iter().map(|approval| cx.identities.person(approval.act.record.by)).collect();
    let parts = facts.case.contributions().into_iter();
    let theirs = parts.filter(|act| reviewers.contains(&cx.identities.person(act.record.by)));
    facts.one_person(cx, &own, "contributed to", theirs.map(|act| act.origin).collect())
}

#[cfg(test)]
mod tests {
    use crate::crossref::{Verdict, scene::Scene};

    fn verdict(contributor: &str) -> Verdict {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.commit_by(1, contributor, 8.7);
        scene.approve(1, "bob", 8.8);
        scene.verdict("contributor-approval")
    }

    #[test]
    fn cases() {
        assert_eq!(verdict("bob"), Verdict::Violation);
        assert_eq!(verdict("ann"), Verdict::Pass);
        assert_eq!(verdict("stranger"), Verdict::Indeterminate);
    }

    #[test]
    fn the_author_is_told_by_self_approval() {
        let mut scene = Scene::new();
        scene.change(1, "bob", "cat", 9.0);
        scene.commit_by(1, "bob", 8.7);
        scene.approve(1, "bob", 8.8);
        assert_eq!(scene.verdict("contributor-approval"), Verdict::Pass);
    }

    #[test]
    fn a_reviewer_who_contributes_later_is_one() {
        let mut scene = Scene::new();
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "bob", 8.6);
        scene.commit_by(1, "bob", 8.9);
        assert_eq!(scene.verdict("contributor-approval"), Verdict::Violation);
    }
}
