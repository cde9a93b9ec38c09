use super::super::{ChangeFacts, Context, Finding, Test, rule};

rule! {
    /// ## What it tests
    /// Every merged change that needs the approval of more than one person and has that of one:
    /// that as many distinct persons approved it effectively as policy asks, with a number of its
    /// own for changes that an agent took part in. What is merged without any approval that counts
    /// is told by `no-approval`.
    ///
    /// ## Why it matters
    /// Two pairs of eyes were asked for, and one looked.
    ///
    /// ## What it cannot see
    /// Whether the reviewers read the change, and approvals given outside the exports.
    pub(super) static TOO_FEW_APPROVALS = "too-few-approvals" {
        summary: "fewer persons approved a change than policy asks",
        class: Breach,
        severity: High,
        criteria: ["CC8.1"],
        needs: [Reviews],
        implies: ["break-glass-late", "break-glass-unreviewed", "self-merge"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let approvals = &facts.approvals;
    let (needed, effective) = (approvals.needed, approvals.effective);
    if needed < 2 {
        return Finding::not_applicable("policy asks for one approval, which no-approval tests");
    }
    if approvals.possible == 0 {
        return Finding::not_applicable("no approval counts, which no-approval tells");
    }
    let places = || approvals.all.iter().map(|approval| approval.act.origin);
    let told = format!("{effective} of the {needed} persons that policy asks for approved");
    match approvals.enough() {
        Some(true) => Finding::pass(told).with_all("approval that counts", facts.counting()),
        Some(false) if effective > 0 => {
            let why_not = facts.why_not(cx);
            let statement = match why_not.as_str() {
                "" => told,
                why_not => format!("{told}: {why_not}"),
            };
            Finding::violation(statement, facts.contributors(cx)).with_all("approval", places())
        }
        _ => Finding::indeterminate(format!("{told}; evidence is missing on the others"))
            .with_all("approval", places()),
    }
}

#[cfg(test)]
mod tests {
    use crate::crossref::{Verdict, scene::Scene};

    fn verdict(approvers: &[&str]) -> Verdict {
        let mut scene = Scene::new();
        scene.policy.approvals.people = 2;
        scene.change(1, "ann", "cat", 9.0);
        for who in approvers {
            scene.approve(1, who, 8.7);
        }
        scene.verdict("too-few-approvals")
    }

    #[test]
    fn persons_are_counted_and_not_approvals() {
        assert_eq!(verdict(&["bob", "cat"]), Verdict::Pass);
        assert_eq!(verdict(&["bob", "bob"]), Verdict::Violation);
        assert_eq!(verdict(&["bob"]), Verdict::Violation);
        assert_eq!(verdict(&["bob", "ann"]), Verdict::Violation);
    }

    #[test]
    fn what_is_not_known_stays_open() {
        assert_eq!(verdict(&["bob", "stranger"]), Verdict::Indeterminate);
        assert_eq!(verdict(&["stranger"]), Verdict::Indeterminate);
    }

    #[test]
    fn none_at_all_is_told_by_no_approval() {
        assert_eq!(verdict(&[]), Verdict::NotApplicable);
        assert_eq!(verdict(&["ann"]), Verdict::NotApplicable);
    }

    #[test]
    fn agents_changes_have_a_number_of_their_own() {
        let of = |author: &str| {
            let mut scene = Scene::new();
            scene.policy.approvals.agents = 2;
            scene.change(1, author, "cat", 9.0);
            scene.approve(1, "bob", 8.8);
            scene.verdict("too-few-approvals")
        };
        assert_eq!(of("bot"), Verdict::Violation);
        assert_eq!(of("ann"), Verdict::NotApplicable);
    }
}
