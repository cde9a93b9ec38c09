use super::super::{Context, Finding, Test, Who, rule};
use crate::policy::{PrincipalId, PrincipalKind};

rule! {
    /// ## What it tests
    /// Every agent and service of the registry: that a human answers for it, directly or through
    /// other sponsors, and that this human is with the organisation until the period ends.
    ///
    /// ## Why it matters
    /// An agent acts for somebody. Where the registry names nobody, the agent stands alone in every
    /// test of separation, as if it were a person of its own.
    ///
    /// ## What it cannot see
    /// Whether the sponsor knows what the agent does.
    pub(super) static AGENT_WITHOUT_SPONSOR = "agent-without-sponsor" {
        summary: "no human answers for an agent or service",
        class: Exposure,
        severity: High,
        criteria: ["CC5.3", "CC6.1", "CC6.2"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Principal(test),
    }
}

fn test(cx: &Context<'_>, id: PrincipalId) -> Vec<Finding> {
    let principal = cx.principal(id);
    if principal.kind == PrincipalKind::Human {
        return vec![Finding::not_applicable("a human answers for themselves")];
    }
    let sponsor = cx.principal(cx.identities.root(id));
    let broken = |told: String| Finding::violation(told, vec![Who::Principal(id)]);
    let name = &principal.name;
    let left = sponsor.valid_until.filter(|until| *until < cx.period.until);
    vec![match left {
        _ if sponsor.kind != PrincipalKind::Human => broken(format!(
            "{name} has no sponsor in the registry (principals.csv line {})",
            principal.line
        )),
        Some(until) => broken(format!(
            "{} answers for {name}, and is in the registry until {}",
            sponsor.name,
            cx.clock(until)
        )),
        None => Finding::pass(format!("{} answers for it", sponsor.name)),
    }]
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::{Scene, day},
        policy::{PrincipalId, PrincipalKind},
    };

    fn of_bot(prepare: impl Fn(&mut Scene)) -> &'static str {
        let mut scene = Scene::new();
        prepare(&mut scene);
        let all = scene.verdicts("agent-without-sponsor");
        assert_eq!(all[0], ("ann".to_owned(), "not applicable"));
        all.iter().find(|(who, _)| who == "bot").unwrap().1
    }

    #[test]
    fn cases() {
        assert_eq!(of_bot(|_| {}), "pass");
        assert_eq!(of_bot(|s| s.principals.all[3].sponsor = None), "violation");
        let service = |s: &mut Scene| {
            s.principals.all[3].kind = PrincipalKind::Service;
            s.principals.all[3].sponsor = None;
        };
        assert_eq!(of_bot(service), "violation");
    }

    #[test]
    fn a_chain_of_sponsors_ends_with_a_human() {
        assert_eq!(of_bot(|s| s.principals.all[3].sponsor = Some(PrincipalId(4))), "pass");
        let endless = |s: &mut Scene| {
            s.principals.all[3].sponsor = Some(PrincipalId(4));
            s.principals.all[4].sponsor = None;
        };
        assert_eq!(of_bot(endless), "violation");
    }

    #[test]
    fn a_sponsor_who_left_answers_for_nothing() {
        let until = |at: f64| of_bot(|s| s.principals.all[0].valid_until = Some(day(at)));
        assert_eq!(until(20.0), "violation");
        assert_eq!(until(32.0), "pass");
    }
}
