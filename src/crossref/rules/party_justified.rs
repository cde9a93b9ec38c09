use super::super::{Context, Exception, Finding, Test, Weakness, Who, rule};
use crate::policy::Justification;

rule! {
    /// ## What it tests
    /// Every justification that answers an exception of the period: that neither its author nor
    /// its approver is a party to the exception or answers for one, and that one person did not
    /// both write and approve it. Parties are the persons of the exception and everybody who had a
    /// part in what it is about: who asked for it, wrote, committed, approved, merged or executed
    /// it; who made an export, where it is about that; who conducted a drill. A pipeline is none.
    /// Author and approver must have been with the organisation when it was approved.
    ///
    /// ## Why it matters
    /// Whoever broke a separation cannot excuse it. A justification by a party is the same breach
    /// once more.
    ///
    /// ## What it cannot see
    /// Who dictated it, and parts in it that no export shows.
    pub(super) static PARTY_JUSTIFIED = "party-justified" {
        summary: "a party to an exception justified it, or approved its justification",
        class: Process,
        severity: High,
        criteria: ["CC5.1", "CC5.3"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Justification(test),
    }
}

fn test(cx: &Context<'_>, justification: &Justification, answered: Option<&Exception>) -> Finding {
    let Some(exception) = answered else {
        return Finding::not_applicable("it answers no exception of this period");
    };
    let weaknesses: Vec<_> = exception
        .answers
        .iter()
        .filter(|answer| {
            cx.justifications.all.get(answer.index).is_some_and(|j| j.line == justification.line)
        })
        .flat_map(|answer| &answer.weaknesses)
        .collect();
    let has = |weakness: &Weakness| weaknesses.contains(&weakness);
    let party = [
        (Weakness::AuthorIsParty, "its author is a party", &justification.author),
        (Weakness::ApproverIsParty, "its approver is a party", &justification.approver),
        (Weakness::ApproverIsSponsor, "its approver answers for a party", &justification.approver),
        (Weakness::OnePerson, "one person wrote and approved it", &justification.author),
    ];
    let broken: Vec<_> = party.iter().filter(|(weakness, ..)| has(weakness)).collect();
    let evidence = exception.evidence.iter().map(|evidence| evidence.origin);
    let id = &exception.id;
    if broken.is_empty() {
        let unknown = [Weakness::UnknownAuthor, Weakness::UnknownApprover];
        let gone = [Weakness::AuthorWasGone, Weakness::ApproverWasGone];
        if gone.iter().any(has) {
            return Finding::indeterminate(format!(
                "whoever wrote or approved the justification of {id} was not with the organisation \
                 then, as the registry says"
            ));
        }
        if unknown.iter().any(has) {
            return Finding::indeterminate(format!(
                "whoever wrote or approved the justification of {id} is no human of the registry"
            ));
        }
        return Finding::pass(format!("no party to {id} justified it"))
            .with_all("the exception's records", evidence);
    }
    let who = broken.iter().filter_map(|(.., name)| cx.identities.principals().named(name));
    let told: Vec<_> = broken.iter().map(|(_, told, _)| *told).collect();
    Finding::violation(
        format!("the justification of {id}: {}", told.join(", ")),
        who.map(Who::Principal).collect(),
    )
    .with_all("the exception's records", evidence)
}

#[cfg(test)]
mod tests {
    use crate::crossref::{Assessment, Status, Verdict, scene::Scene};

    fn scene() -> Scene {
        let mut scene = Scene::new();
        scene.human("dan");
        scene.change(1, "bot", "cat", 9.0);
        scene.approve(1, "ann", 8.8);
        scene
    }

    fn of_rule(assessment: &Assessment<'_>) -> Verdict {
        let mut all = assessment.of_justifications.iter();
        all.find(|judgement| judgement.rule.id == "party-justified").unwrap().finding.verdict
    }

    fn judged(author: &str, approver: &str) -> (Verdict, Status) {
        let id = scene().assess(|assessment| assessment.exceptions[0].id.clone());
        let mut scene = scene();
        scene.justify(&id, author, approver);
        scene.assess(|assessment| {
            let verdict = of_rule(assessment);
            let answered = assessment.exceptions.iter().find(|e| e.id == id).unwrap();
            (verdict, answered.status)
        })
    }

    #[test]
    fn cases() {
        assert_eq!(judged("bob", "dan"), (Verdict::Pass, Status::Justified));
        assert_eq!(judged("bob", "cat"), (Verdict::Violation, Status::NotAccepted));
        assert_eq!(judged("cat", "bob"), (Verdict::Violation, Status::NotAccepted));
        assert_eq!(judged("bob", "ann"), (Verdict::Violation, Status::NotAccepted));
        assert_eq!(judged("ann", "bob"), (Verdict::Violation, Status::NotAccepted));
        assert_eq!(judged("bob", "bob"), (Verdict::Violation, Status::NotAccepted));
        assert_eq!(judged("bob", "zoe"), (Verdict::Indeterminate, Status::NotAccepted));
    }

    #[test]
    fn who_had_left_proves_nothing() {
        let id = scene().assess(|assessment| assessment.exceptions[0].id.clone());
        let mut scene = scene();
        scene.justify(&id, "bob", "dan");
        let dan = scene.principals.all.iter_mut().find(|p| p.id == "dan").unwrap();
        dan.valid_until = Some(crate::crossref::scene::day(20.0));
        scene.assess(|assessment| assert_eq!(of_rule(assessment), Verdict::Indeterminate));
    }

    #[test]
    fn one_that_answers_nothing_is_not_applicable() {
        let mut scene = scene();
        scene.justify("EX-0000000000", "bob", "cat");
        scene.assess(|assessment| {
            let verdict = of_rule(assessment);
            assert_eq!(verdict, Verdict::NotApplicable);
            assert_eq!(assessment.unused.len(), 1);
        });
    }
}
