use super::super::{
    Context, Finding, Person, Span, Test, Who,
    conflict::{is_ruled_out, together},
    rule,
};
use crate::policy::{IncompatibleRoles, PrincipalId, PrincipalKind};

rule! {
    /// ## What it tests
    /// Every agent and service that a human answers for: that the two of them together held no
    /// roles at one time in the period that policy calls incompatible, one the agent's and one the
    /// human's.
    ///
    /// ## Why it matters
    /// An agent does what its sponsor wants. What the sponsor may not do alone, the two can do
    /// together, and each list of roles looks clean.
    ///
    /// ## What it cannot see
    /// Roles of systems that nobody exported. What two agents of one human hold between them. Both
    /// roles in one hand are told by `conflicting-roles`.
    pub(super) static SPONSOR_UNION_CONFLICT = "sponsor-union-conflict" {
        summary: "an agent and its sponsor held two incompatible roles between them",
        class: Exposure,
        severity: Medium,
        criteria: ["CC5.1", "CC6.3"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Principal(test),
    }
}

fn test(cx: &Context<'_>, agent: PrincipalId) -> Vec<Finding> {
    if cx.principal(agent).kind == PrincipalKind::Human {
        return vec![Finding::not_applicable("a human has no sponsor")];
    }
    let sponsor = cx.identities.root(agent);
    if cx.principal(sponsor).kind != PrincipalKind::Human {
        return vec![Finding::not_applicable("no human answers for it")];
    }
    if matches!(cx.identities.person_of(agent), Person::Known { agents: true, .. }) {
        return vec![Finding::not_applicable("policy takes agent and sponsor for two persons")];
    }
    let conflicts = &cx.policy.incompatible_roles;
    if conflicts.is_empty() {
        return vec![Finding::indeterminate("policy names no incompatible roles")];
    }
    let spans = |of: PrincipalId| -> Vec<&Span> {
        cx.roles.of(of).iter().filter(|span| span.touches(cx.period)).collect()
    };
    let (own, theirs) = (spans(agent), spans(sponsor));
    let pairs = [(&own, &theirs), (&theirs, &own)];
    let who = [Who::Principal(agent), Who::Principal(sponsor)];
    let found: Vec<_> = conflicts
        .iter()
        .filter_map(|conflict| {
            let [one, other] = pairs.map(|(a, b)| together(cx, conflict, (a, b), &who));
            // What is proven goes before what is not.
            let open = |f: &Finding| f.verdict != super::super::Verdict::Violation;
            if one.as_ref().is_some_and(open) { other.or(one) } else { one.or(other) }
        })
        .collect();
    if !found.is_empty() {
        return found;
    }
    let open = |conflict: &&IncompatibleRoles| {
        pairs.iter().any(|(a, b)| !is_ruled_out(cx, conflict, (a, b)))
    };
    if let Some(unseen) = conflicts.iter().find(open) {
        return vec![
            Finding::indeterminate(format!(
                "no export shows for the whole period who held the roles of \"{}\"",
                unseen.name
            ))
            .with_all("role", own.iter().chain(&theirs).map(|span| span.origin)),
        ];
    }
    let name = &cx.principal(sponsor).name;
    vec![
        Finding::pass(format!("no role of {name} is incompatible with one of its own"))
            .with_all("role", own.iter().chain(&theirs).map(|span| span.origin)),
    ]
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::{APPROVER, Scene, day},
        policy::SponsorApproval,
    };

    fn of(who: &str, prepare: impl Fn(&mut Scene)) -> &'static str {
        let mut scene = Scene::new();
        prepare(&mut scene);
        let all = scene.verdicts("sponsor-union-conflict");
        all.iter().find(|(id, _)| id == who).unwrap().1
    }

    #[test]
    fn cases() {
        let deploys = |s: &mut Scene| s.role("bot", "okta:deployer", 5.0, None);
        assert_eq!(of("bot", |_| {}), "pass");
        assert_eq!(of("bot", deploys), "violation");
        assert_eq!(of("bot2", deploys), "pass");
        assert_eq!(of("ann", deploys), "not applicable");
        assert_eq!(of("bot", |s| s.role("bot", "okta:deployer", 33.0, None)), "pass");
        assert_eq!(of("bot", |s| s.role("bot", "okta:reader", 5.0, None)), "pass");
    }

    #[test]
    fn either_side_may_be_the_agents() {
        let swapped = |s: &mut Scene| {
            s.role("ann", "okta:deployer", 5.0, None);
            s.role("bot", APPROVER, 6.0, None);
        };
        assert_eq!(of("bot", swapped), "violation");
    }

    #[test]
    fn both_roles_in_one_hand_are_another_rules() {
        assert_eq!(of("bot", |s| s.role("ann", "okta:deployer", 5.0, None)), "pass");
    }

    #[test]
    fn policy_and_registry_may_take_them_apart() {
        let deploys = |s: &mut Scene| s.role("bot", "okta:deployer", 5.0, None);
        let counts = |s: &mut Scene| {
            deploys(s);
            s.policy.approvals.sponsor_approval = SponsorApproval::Counts;
        };
        assert_eq!(of("bot", counts), "not applicable");
        let alone = |s: &mut Scene| {
            deploys(s);
            s.principals.all[3].sponsor = None;
        };
        assert_eq!(of("bot", alone), "not applicable");
    }

    #[test]
    fn what_is_not_known_stays_open() {
        assert_eq!(of("bot", |s| s.policy.incompatible_roles.clear()), "indeterminate");
        assert_eq!(of("bot", |s| s.export.at = Some(day(20.0))), "indeterminate");
    }
}
