use super::super::{Boundary, BoundaryState, Context, Finding, Test, rule};

rule! {
    /// ## What it tests
    /// Every capability that policy forbids to a tier: that in the period a log shows at least one
    /// complete refusal of it to somebody in the tier, in a drill or in the wild. One that let
    /// somebody through and refused nobody is shown not to hold; the attempt itself is told by
    /// `agent-left-its-tier`. Where policy maps no action to the capability, where no log of the
    /// system was exported, none reaches the period's end or one is not whole, nothing is proven.
    ///
    /// ## Why it matters
    /// A boundary that nobody touched is one of which nobody knows whether it holds. A month without
    /// a single refusal is no proof of good conduct; `sodpack drills plan` proposes a test.
    ///
    /// ## What it cannot see
    /// Boundaries that policy does not name, and refusals in months before: a boundary that was
    /// tested then may have changed since.
    pub(super) static BOUNDARY_NEVER_EXERCISED = "boundary-never-exercised" {
        summary: "nothing shows that a boundary of a tier was put to the test and held",
        class: Process,
        severity: Low,
        criteria: ["CC4.1", "CC6.1", "CC7.2"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Boundary(test),
    }
}

fn test(cx: &Context<'_>, boundary: &Boundary<'_>) -> Finding {
    let all = cx.dataset.decisions();
    let places = |indices: &[u32]| -> Vec<_> {
        indices.iter().filter_map(|index| all.get(*index as usize)).map(|d| d.origin).collect()
    };
    let refused = boundary.drilled.last().or(boundary.wild.last());
    if let Some(refusal) = refused {
        let how = if boundary.drilled.is_empty() { "in the wild" } else { "in a drill" };
        return Finding::pass(format!("it was refused {how}, with the control on record"))
            .with_all("refusal", places(&[*refusal]));
    }
    let (tier, capability) = (&boundary.tier.name, boundary.capability);
    match boundary.state {
        BoundaryState::NobodyInTier => {
            Finding::not_applicable(format!("nobody was in tier {tier} in the period"))
        }
        BoundaryState::NotRecognisable => Finding::indeterminate(format!(
            "policy maps no action to {capability}, so no use of it can be recognised"
        )),
        BoundaryState::LetThrough => {
            crossed(cx, boundary).with_all("let through", places(&boundary.let_through))
        }
        BoundaryState::Unexplained => {
            Finding::indeterminate("it was tried, and no record says which control refused it")
                .with_all("attempt", places(&boundary.unexplained))
        }
        _ => match &boundary.blind {
            Some(why) => Finding::indeterminate(why.as_str()),
            None => Finding::violation(
                format!(
                    "tier {tier} must not {capability} (policy.toml line {}), and no log of the \
                     period shows that anybody was refused it",
                    boundary.tier.line
                ),
                Vec::new(),
            ),
        },
    }
}

/// Nobody was refused what the tier must not do, and somebody did it.
fn crossed(cx: &Context<'_>, boundary: &Boundary<'_>) -> Finding {
    let all = cx.dataset.decisions();
    let through = boundary.let_through.iter().filter_map(|index| all.get(*index as usize));
    let mut who: Vec<_> = through.map(|decision| cx.who(decision.record.actor)).collect();
    let times = match who.len() {
        1 => "once".to_owned(),
        more => format!("{more} times"),
    };
    who.sort();
    who.dedup();
    let names: Vec<_> = who.iter().map(|who| cx.who_name(*who)).collect();
    let told = format!(
        "tier {} must not {}, which let {} through {times}, and no log of the period shows that \
         anybody was refused it",
        boundary.tier.name,
        boundary.capability,
        names.join(" and ")
    );
    Finding::violation(told, who)
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::Scene,
        model::Outcome::{self, Allowed, Bypassed, Denied, Unknown},
    };

    const RULE: &str = "boundary-never-exercised";

    /// The verdict on `agents must not modify-definition`.
    fn verdict(prepare: impl Fn(&mut Scene)) -> &'static str {
        let mut scene = Scene::new();
        prepare(&mut scene);
        let found = scene.verdicts(RULE);
        found.iter().find(|(name, _)| name == "agents must not modify-definition").unwrap().1
    }

    fn tried(who: &str, action: &str, at: f64, outcome: Outcome) -> &'static str {
        verdict(|scene| {
            // A log of the system, else nothing could be said.
            scene.attempt("bot", "ssm:StartAutomation", 3.0, Allowed);
            scene.attempt(who, action, at, outcome);
        })
    }

    #[test]
    fn what_agents_approved_and_deployed_was_let_through() {
        use crate::crossref::{BoundaryState, boundaries};

        let acted = |capability: &'static str, prepare: &dyn Fn(&mut Scene)| {
            let mut scene = Scene::new();
            scene.policy.tiers[0].must_not = vec![capability.to_owned()];
            scene.change(1, "ann", "cat", 9.0);
            prepare(&mut scene);
            scene.assess(|assessment| {
                let all = boundaries(assessment.cx);
                let one = all.iter().find(|b| b.tier.name == "agents").unwrap();
                (one.acted, one.shows() == BoundaryState::LetThrough)
            })
        };
        assert_eq!(acted("approve", &|_| {}), (0, false));
        assert_eq!(acted("approve", &|scene| scene.approve(1, "bot", 8.8)), (1, true));
        assert_eq!(acted("approve", &|scene| scene.approve(1, "bob", 8.8)), (0, false));
        assert_eq!(acted("approve", &|scene| scene.approve(1, "bot", 33.0)), (0, false));
        let deploys = |scene: &mut Scene| scene.execute(1, "bot", "abc", 9.5);
        assert_eq!(acted("deploy", &deploys), (1, true));
        assert_eq!(acted("approve", &deploys), (0, false));
    }

    #[test]
    fn cases() {
        assert_eq!(tried("bot", "iam:CreateUser", 9.0, Denied), "pass");
        assert_eq!(tried("bot2", "iam:DeleteRole", 9.0, Denied), "pass");
        assert_eq!(tried("ann", "iam:CreateUser", 9.0, Denied), "violation");
        assert_eq!(tried("stranger", "iam:CreateUser", 9.0, Denied), "violation");
        assert_eq!(tried("bot", "s3:PutObject", 9.0, Denied), "violation");
        assert_eq!(tried("bot", "iam:CreateUser", 40.0, Denied), "violation");
        assert_eq!(tried("bot", "iam:CreateUser", 9.0, Allowed), "violation");
        assert_eq!(tried("bot", "iam:CreateUser", 9.0, Bypassed), "violation");
        assert_eq!(tried("bot", "iam:CreateUser", 9.0, Unknown), "indeterminate");
    }

    #[test]
    fn what_could_not_be_seen_is_left_open() {
        assert_eq!(verdict(|_| {}), "indeterminate");
        let log = |scene: &mut Scene| scene.attempt("bot", "ssm:Start", 3.0, Allowed);
        assert_eq!(verdict(log), "violation");
        let broken = |scene: &mut Scene| {
            log(scene);
            scene.reject("not a time");
        };
        assert_eq!(verdict(broken), "indeterminate");
        let cut = |scene: &mut Scene| {
            log(scene);
            scene.gap("there are more pages");
        };
        assert_eq!(verdict(cut), "indeterminate");
        let early = |scene: &mut Scene| {
            log(scene);
            scene.export.at = Some(crate::crossref::scene::day(31.9));
        };
        assert_eq!(verdict(early), "indeterminate");
        let unexplained = |scene: &mut Scene| {
            log(scene);
            scene.refused("bot", "iam:CreateUser", 9.0, [None, Some("Client.X"), None]);
        };
        assert_eq!(verdict(unexplained), "indeterminate");
    }

    #[test]
    fn tiers_of_nobody_and_capabilities_without_actions() {
        let nobody = |scene: &mut Scene| scene.principals.all.truncate(3);
        assert_eq!(verdict(nobody), "not applicable");
        let mut scene = Scene::new();
        scene.attempt("bot", "ssm:Start", 3.0, Allowed);
        let found = scene.verdicts(RULE);
        let approve = found.iter().find(|(name, _)| name == "agents must not approve");
        assert_eq!(approve.unwrap().1, "indeterminate");
    }

    #[test]
    fn a_policy_that_forbids_nothing_proves_nothing() {
        let mut scene = Scene::new();
        scene.policy.tiers.clear();
        assert_eq!(scene.verdicts(RULE), [(String::new(), "indeterminate")]);
    }
}
