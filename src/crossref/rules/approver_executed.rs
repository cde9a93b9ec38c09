use super::super::{
    Context, Execution, Finding, Test,
    approval::{Approval, Reason},
    executor::Others,
    rule,
};
use crate::model::Duty;

rule! {
    /// ## What it tests
    /// Every run or deployment into production that was started in the period: that nobody whose
    /// approval stood for a change that it delivered, or who let the run itself go on, started it. An
    /// approval that its giver was not entitled to give is one too; one that was taken back, came late,
    /// was for another revision or came from a party to the change is not.
    /// Policy decides with `[[incompatible-duties]]` whether and how much this weighs. What a
    /// pipeline is, and what an execution delivers, is told with `author-executed`.
    ///
    /// ## Why it matters
    /// An approval is a promise that somebody else will still have to act. Whoever approves and then
    /// executes decides alone when the change takes effect, and has no one to answer to.
    ///
    /// ## What it cannot see
    /// Who stood behind a pipeline's run, unless the export says so; gates that somebody passed
    /// without a record of it.
    pub(super) static APPROVER_EXECUTED = "approver-executed" {
        summary: "somebody who approved a change executed it in production",
        class: Breach,
        severity: Medium,
        criteria: ["CC5.1", "CC6.1", "CC8.1"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Execution(test),
    }
}

fn test(cx: &Context<'_>, execution: &Execution<'_>) -> Finding {
    let Some(severity) = cx.policy.incompatible(Duty::Approve, Duty::Execute) else {
        return Finding::not_applicable("policy lets approvers execute what they approved");
    };
    // That somebody was not entitled to approve, as far as the evidence shows, frees nobody.
    let frees = |reason: &Reason| !matches!(reason, Reason::NotEntitled | Reason::Inactive);
    let given = |approval: &&Approval<'_>| !approval.reasons.iter().any(frees);
    let reviews = execution.changes.iter().flat_map(|facts| &facts.approvals.all).filter(given);
    let (sure, possible): (Vec<_>, Vec<_>) = reviews.partition(|review| review.doubts.is_empty());
    let acts = sure.into_iter().map(|review| review.act);
    let sure: Vec<_> = acts.chain(execution.let_through.iter().copied()).collect();
    let possible: Vec<_> = possible.into_iter().map(|review| review.act).collect();
    let missing = execution.unbounded().or_else(|| execution.unreviewed(cx));
    if sure.is_empty() && possible.is_empty() && missing.is_none() {
        return Finding::not_applicable("no approval of what it executed counts");
    }
    execution.apart(
        cx,
        severity,
        &Others { did: "approved", shows: "approval", acts: &sure, possible: &possible, missing },
    )
}

#[cfg(test)]
mod tests {
    use crate::crossref::{Verdict, scene::Scene};

    fn verdict(prepare: impl Fn(&mut Scene)) -> Verdict {
        let mut scene = Scene::new();
        scene.change(1, "bob", "cat", 9.0);
        scene.landed(1, 9.0);
        scene.pipeline();
        prepare(&mut scene);
        scene.verdict("approver-executed")
    }

    #[test]
    fn persons() {
        let by = |who: &'static str| {
            verdict(move |s| {
                s.approve(1, "cat", 8.8);
                s.execute(7, who, "m1", 9.5);
            })
        };
        assert_eq!(by("cat"), Verdict::Violation);
        assert_eq!(by("ann"), Verdict::Pass);
        // Cat answers for the pipeline.
        assert_eq!(by("runner"), Verdict::Pass);
        assert_eq!(by("stranger"), Verdict::Indeterminate);
        assert_eq!(by(""), Verdict::Indeterminate);
    }

    #[test]
    fn without_a_role_nobody_is_freed() {
        let verdict = verdict(|s| {
            let mut dan = s.principals.all[1].clone();
            dan.id = "dan".to_owned();
            dan.accounts = vec![crate::policy::Pattern::new("github:dan")];
            dan.emails.clear();
            s.principals.all.push(dan);
            s.approve(1, "dan", 8.8);
            s.execute(7, "dan", "m1", 9.5);
        });
        assert_eq!(verdict, Verdict::Violation);
    }

    #[test]
    fn approvals_that_may_count_or_do_not() {
        let by = |approver: &'static str, who: &'static str| {
            verdict(move |s| {
                s.approve(1, approver, 8.8);
                s.execute(7, who, "m1", 9.5);
            })
        };
        assert_eq!(by("stranger", "stranger"), Verdict::Indeterminate);
        assert_eq!(by("bob", "ann"), Verdict::NotApplicable);
        assert_eq!(verdict(|s| s.execute(7, "ann", "m1", 9.5)), Verdict::NotApplicable);
        let undated = |who: &'static str| {
            verdict(move |s| {
                s.approve_undated(1, "cat");
                s.execute(7, who, "m1", 9.5);
            })
        };
        assert_eq!(undated("cat"), Verdict::Indeterminate);
        assert_eq!(undated("ann"), Verdict::Pass);
    }

    #[test]
    fn who_lets_a_run_go_on_approves_it() {
        let by = |who: &'static str| {
            verdict(move |s| {
                s.execute(7, who, "m1", 9.5);
                s.let_through(7, "ann", 9.4);
            })
        };
        assert_eq!(by("ann"), Verdict::Violation);
        assert_eq!(by("bot"), Verdict::Violation);
        assert_eq!(by("cat"), Verdict::Pass);
    }

    #[test]
    fn what_it_delivered_must_be_known() {
        assert_eq!(verdict(|s| s.execute(7, "ann", "elsewhere", 9.5)), Verdict::Indeterminate);
        assert_eq!(verdict(|s| s.execute_unnamed(7, "ann", 9.5)), Verdict::Indeterminate);
    }

    #[test]
    fn policy_decides() {
        let allowed = verdict(|s| {
            s.policy.incompatible_duties.remove(1);
            s.approve(1, "cat", 8.8);
            s.execute(7, "cat", "m1", 9.5);
        });
        assert_eq!(allowed, Verdict::NotApplicable);
    }
}
