use super::super::{Context, Exception, Finding, Test, Who, rule};
use crate::policy::Justification;

rule! {
    /// ## What it tests
    /// Every accepted justification of an exception of the period: that it names what lowered the
    /// risk instead of the control that was broken.
    ///
    /// ## Why it matters
    /// A reason explains why a control was broken. An auditor asks next what stood in its place.
    ///
    /// ## What it cannot see
    /// Whether the compensating control was carried out, and whether it is one.
    pub(super) static NO_COMPENSATING_CONTROL = "no-compensating-control" {
        summary: "an exception was accepted without a compensating control",
        class: Process,
        severity: Low,
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
    let is_it = |index: usize| {
        cx.justifications.all.get(index).is_some_and(|j| j.line == justification.line)
    };
    let mut accepted = exception.answers.iter().filter(|answer| answer.weaknesses.is_empty());
    if !accepted.any(|answer| is_it(answer.index)) {
        return Finding::not_applicable("it is not accepted");
    }
    let id = &exception.id;
    let named = justification.compensating_control.as_deref().map(str::trim);
    let finding = match named.filter(|control| !control.is_empty()) {
        Some(_) => Finding::pass(format!("the justification of {id} names one")),
        None => {
            let told = format!("the justification of {id} is accepted and names none");
            let who = cx.identities.principals().named(&justification.approver);
            Finding::violation(told, who.map(Who::Principal).into_iter().collect())
        }
    };
    finding.with_all("the exception's records", exception.evidence.iter().map(|e| e.origin))
}

#[cfg(test)]
mod tests {
    use crate::crossref::{Verdict, scene::Scene};

    fn verdict(control: Option<&str>, approver: &str) -> Verdict {
        Scene::justified("no-compensating-control", |_, justification| {
            justification.compensating_control = control.map(str::to_owned);
            justification.approver = approver.to_owned();
        })
    }

    #[test]
    fn cases() {
        assert_eq!(verdict(Some("a review after the fact"), "dan"), Verdict::Pass);
        assert_eq!(verdict(None, "dan"), Verdict::Violation);
        assert_eq!(verdict(Some("  "), "dan"), Verdict::Violation);
        // The author of the change may not accept it.
        assert_eq!(verdict(None, "ann"), Verdict::NotApplicable);
    }
}
