use super::super::{APPROVE, Context, Finding, Proof, Test, Who, rule};
use crate::policy::{PrincipalId, PrincipalKind};

rule! {
    /// ## What it tests
    /// Every agent and service of the registry: that in the period it held no role that policy maps
    /// to the capability `approve`.
    ///
    /// ## Why it matters
    /// An agent's approval never counts here, but the platform that enforces the rule may take it.
    /// The role is the opportunity, used or not; its use is told by `agent-approval`.
    ///
    /// ## What it cannot see
    /// Roles of systems that nobody exported, and agents that approve through a human's account.
    pub(super) static AGENT_MAY_APPROVE = "agent-may-approve" {
        summary: "an agent or service held a role that entitles to approve",
        class: Exposure,
        severity: Medium,
        criteria: ["CC5.1", "CC6.3"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Principal(test),
    }
}

fn test(cx: &Context<'_>, id: PrincipalId) -> Vec<Finding> {
    if cx.principal(id).kind == PrincipalKind::Human {
        return vec![Finding::not_applicable("a human may hold roles that entitle to approve")];
    }
    let roles = cx.policy.capability(APPROVE).map_or(&[][..], |c| c.roles.as_slice());
    if roles.is_empty() {
        return vec![Finding::indeterminate("policy names no role that entitles to approve")];
    }
    let entitles = |role: &str| roles.iter().any(|pattern| pattern.matches(role));
    let mut held: Vec<_> = cx
        .roles
        .of(id)
        .iter()
        .filter(|span| span.touches(cx.period) && entitles(cx.dataset.text(span.role.0)))
        .collect();
    held.sort_by_key(|span| (span.proof, span.origin));
    let Some(best) = held.first() else {
        return vec![match cx.roles.would_show_all(roles, cx.period) {
            true => Finding::pass("it held no role that entitles to approve"),
            false => Finding::indeterminate(
                "no export shows for the whole period who held the roles that entitle to approve",
            ),
        }];
    };
    let role = cx.dataset.text(best.role.0);
    let name = &cx.principal(id).name;
    vec![
        match best.proof {
            Proof::Uncertain(why) => {
                Finding::indeterminate(format!("{name} may have held {role}: {why}"))
            }
            _ => Finding::violation(
                format!("{name} held {role}, which entitles to approve"),
                vec![Who::Principal(id)],
            ),
        }
        .with_all("role", held.iter().map(|span| span.origin)),
    ]
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::{APPROVER, Scene, day},
        policy::Pattern,
    };

    fn of(who: &str, prepare: impl Fn(&mut Scene)) -> &'static str {
        let mut scene = Scene::new();
        prepare(&mut scene);
        let all = scene.verdicts("agent-may-approve");
        all.iter().find(|(id, _)| id == who).unwrap().1
    }

    #[test]
    fn cases() {
        assert_eq!(of("ann", |_| {}), "not applicable");
        assert_eq!(of("bot", |_| {}), "pass");
        assert_eq!(of("bot", |s| s.role("bot", APPROVER, 5.0, None)), "violation");
        assert_eq!(of("bot", |s| s.role("bot", APPROVER, -9.0, Some(-1.0))), "pass");
        assert_eq!(of("bot", |s| s.role("bot", "okta:reader", 5.0, None)), "pass");
        assert_eq!(of("bot", |s| s.policy.capabilities.clear()), "indeterminate");
        assert_eq!(of("bot", |s| s.export.at = Some(day(20.0))), "indeterminate");
    }

    #[test]
    fn snapshots_that_disagree_leave_it_open() {
        let found = of("bot", |scene| {
            scene.policy.capabilities[0].roles = vec![Pattern::new("github:team:r")];
            for (who, at) in [("cat", 0.0), ("bot", 0.0), ("cat", 33.0)] {
                scene.snapshot(who, "github:team:r", at);
            }
        });
        assert_eq!(found, "indeterminate");
    }
}
