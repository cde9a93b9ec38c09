use std::collections::BTreeSet;

use super::super::{Approval, ChangeFacts, Context, Finding, Person, Reason, Test, rule};
use crate::model::AccountId;

rule! {
    /// ## What it tests
    /// Every merged change that needs the approval of more than one person: that it has them by
    /// persons and not only by accounts. The approvals of one person's several accounts count once.
    ///
    /// ## Why it matters
    /// A platform counts accounts. Whoever has two of them is two reviewers to it.
    ///
    /// ## What it cannot see
    /// Two accounts of one person that neither the registry nor an address joins.
    pub(super) static DOUBLE_COUNTED_APPROVER = "double-counted-approver" {
        summary: "enough accounts approved a change, and too few persons",
        class: Breach,
        severity: High,
        criteria: ["CC5.1", "CC6.1", "CC8.1"],
        needs: [Reviews],
        implies: ["too-few-approvals"],
        since: "0.1.0",
        test: Test::Change(test),
    }
}

fn test(cx: &Context<'_>, facts: &ChangeFacts<'_>) -> Finding {
    let approvals = &facts.approvals;
    if approvals.all.is_empty() {
        return Finding::not_applicable("nobody approved this change");
    }
    if approvals.needed < 2 {
        return Finding::not_applicable("policy asks for one approval, so none can count twice");
    }
    let person = |approval: &Approval<'_>| cx.identities.person(approval.act.record.by);
    let persons: BTreeSet<Person> =
        approvals.all.iter().filter(|a| a.counts() == Some(true)).map(person).collect();
    // A person's earlier approval through another account stands, to whoever counts accounts.
    let stands = |a: &&Approval<'_>| a.reasons.iter().all(|r| *r == Reason::Repeated);
    let standing: Vec<_> =
        approvals.all.iter().filter(stands).filter(|a| persons.contains(&person(a))).collect();
    let accounts: BTreeSet<AccountId> = standing.iter().map(|a| a.act.record.by).collect();
    let places = || standing.iter().map(|approval| approval.act.origin);
    // Where persons are too few, that many accounts are more than there are persons.
    let twice = accounts.len() >= approvals.needed;
    match approvals.enough() {
        Some(false) if twice => {
            let who = accounts.iter().map(|account| cx.who(*account)).collect();
            let names: Vec<_> = accounts.iter().map(|id| cx.dataset.text(id.0)).collect();
            let told = format!(
                "{} approved, {} accounts and {}, where policy asks for {} persons",
                names.join(" and "),
                names.len(),
                if persons.len() == 1 {
                    "one person".to_owned()
                } else {
                    format!("{} persons", persons.len())
                },
                approvals.needed
            );
            Finding::violation(told, who).with_all("approval", places())
        }
        Some(false) => Finding::not_applicable(
            "too few accounts approved for one person's to make up the number",
        ),
        None => Finding::indeterminate("whether each approval is another person's cannot be told")
            .with_all("approval", approvals.all.iter().map(|a| a.act.origin)),
        Some(true) => Finding::pass(format!("{} persons approved effectively", persons.len()))
            .with_all("approval", places()),
    }
}

#[cfg(test)]
mod tests {
    use crate::crossref::{Verdict, scene::Scene};

    fn verdict(people: u32, approvers: &[&str]) -> Verdict {
        let mut scene = Scene::new();
        scene.policy.approvals.people = people;
        scene.alias("bob", "github:bob-admin");
        scene.change(1, "ann", "cat", 9.0);
        for (at, who) in (0..).zip(approvers) {
            scene.approve(1, who, 8.7 + f64::from(at) / 100.0);
        }
        scene.verdict("double-counted-approver")
    }

    #[test]
    fn cases() {
        assert_eq!(verdict(2, &["bob", "bob-admin"]), Verdict::Violation);
        assert_eq!(verdict(2, &["bob", "bob-admin", "cat"]), Verdict::Pass);
        assert_eq!(verdict(2, &["bob", "cat"]), Verdict::Pass);
        assert_eq!(verdict(2, &["bob", "stranger"]), Verdict::Indeterminate);
        assert_eq!(verdict(2, &[]), Verdict::NotApplicable);
        assert_eq!(verdict(1, &["bob", "bob-admin"]), Verdict::NotApplicable);
    }

    #[test]
    fn too_few_accounts_count_none_twice() {
        assert_eq!(verdict(2, &["bob", "bob"]), Verdict::NotApplicable);
        assert_eq!(verdict(3, &["bob", "bob-admin"]), Verdict::NotApplicable);
    }

    #[test]
    fn it_leads_too_few_approvals() {
        let mut scene = Scene::new();
        scene.policy.approvals.people = 2;
        scene.alias("bob", "github:bob-admin");
        scene.change(1, "ann", "cat", 9.0);
        scene.approve(1, "bob", 8.7);
        scene.approve(1, "bob-admin", 8.8);
        scene.assess(|assessment| {
            let led: Vec<_> = assessment.exceptions.iter().map(|e| e.rule.id).collect();
            assert_eq!(led, ["double-counted-approver"]);
        });
    }

    #[test]
    fn an_approval_that_does_not_count_adds_no_person() {
        assert_eq!(verdict(2, &["bob", "bob-admin", "ann"]), Verdict::Violation);
        assert_eq!(verdict(2, &["bob", "ann"]), Verdict::NotApplicable);
    }

    #[test]
    fn one_persons_account_makes_up_the_number_beside_anothers() {
        assert_eq!(verdict(3, &["bob", "bob-admin", "cat"]), Verdict::Violation);
    }
}
