use super::super::{Context, Exception, Finding, Status, Test, Who, rule};
use crate::policy::Justification;

rule! {
    /// ## What it tests
    /// Every justification that answers an exception of the period: that it still holds at the
    /// moment for which the pack speaks, or that another accepted one has taken its place.
    ///
    /// ## Why it matters
    /// An exception that was accepted until a date is open again after it. Without this it would
    /// stay accepted because nobody looked again.
    ///
    /// ## What it cannot see
    /// Whether what was promised by that date was done.
    pub(super) static EXPIRED_JUSTIFICATION = "expired-justification" {
        summary: "a justification has expired, and nothing took its place",
        class: Process,
        severity: Medium,
        criteria: ["CC5.3"],
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
    let evidence = exception.evidence.iter().map(|evidence| evidence.origin);
    let id = &exception.id;
    let finding = match justification.expires {
        None => Finding::pass(format!("the justification of {id} has no end")),
        Some(expires) if cx.as_of < expires => {
            Finding::pass(format!("the justification of {id} holds until {}", cx.clock(expires)))
        }
        Some(_) if exception.status == Status::Justified => {
            Finding::pass(format!("another justification of {id} is accepted"))
        }
        Some(expires) => {
            let told = format!("the justification of {id} expired on {}", cx.clock(expires));
            let who = cx.identities.principals().named(&justification.author);
            Finding::violation(told, who.map(Who::Principal).into_iter().collect())
        }
    };
    finding.with_all("the exception's records", evidence)
}

#[cfg(test)]
mod tests {
    use crate::crossref::{
        Verdict,
        scene::{Scene, day},
    };

    fn verdict(expires: Option<f64>) -> Verdict {
        Scene::justified("expired-justification", |_, justification| {
            justification.expires = expires.map(day);
        })
    }

    #[test]
    fn cases() {
        assert_eq!(verdict(None), Verdict::Pass);
        assert_eq!(verdict(Some(36.0)), Verdict::Pass);
        assert_eq!(verdict(Some(35.0)), Verdict::Violation);
    }

    #[test]
    fn another_may_take_its_place() {
        let (mut scene, id) = Scene::self_approved();
        scene.justify(&id, "bob", "dan");
        scene.justifications.all[0].expires = Some(day(34.0));
        scene.justify(&id, "bob", "dan");
        let found = scene.verdicts("expired-justification");
        assert_eq!(found.iter().map(|f| f.1).collect::<Vec<_>>(), ["pass", "pass"]);
    }

    #[test]
    fn it_tells_until_when_one_holds() {
        let told = |expires: f64| {
            let (mut scene, id) = Scene::self_approved();
            scene.justify(&id, "bob", "dan");
            scene.justifications.all[0].expires = Some(day(expires));
            scene.told("expired-justification").replace(&id, "it")
        };
        assert_eq!(told(36.0), "the justification of it holds until 2026-11-05 00:00");
        assert_eq!(told(35.0), "the justification of it expired on 2026-11-04 00:00");
    }
}
