use super::super::{
    Context, Finding, Test, Who,
    conflict::{is_ruled_out, together},
    rule,
};
use crate::policy::{IncompatibleRoles, PrincipalId};

rule! {
    /// ## What it tests
    /// Every principal: that it held no two roles at one time in the period that policy calls
    /// incompatible, in whichever systems.
    ///
    /// ## Why it matters
    /// Holding both is the opportunity. Using both on one change is a breach, and reported as one
    /// by other rules; this is the exposure.
    ///
    /// ## What it cannot see
    /// Roles of systems that nobody exported, and what an agent could do with its sponsor's roles.
    pub(super) static CONFLICTING_ROLES = "conflicting-roles" {
        summary: "one principal held two incompatible roles at one time",
        class: Exposure,
        severity: Medium,
        criteria: ["CC5.1", "CC6.3"],
        needs: [],
        implies: [],
        since: "0.1.0",
        test: Test::Principal(test),
    }
}

fn test(cx: &Context<'_>, principal: PrincipalId) -> Vec<Finding> {
    let spans: Vec<_> =
        cx.roles.of(principal).iter().filter(|span| span.touches(cx.period)).collect();
    if cx.policy.incompatible_roles.is_empty() {
        return vec![Finding::indeterminate("policy names no incompatible roles")];
    }
    let conflicts = &cx.policy.incompatible_roles;
    let who = Who::Principal(principal);
    let both = |conflict| together(cx, conflict, (&spans, &spans), &[who]);
    let found: Vec<_> = conflicts.iter().filter_map(both).collect();
    if !found.is_empty() {
        return found;
    }
    let open = |conflict: &&IncompatibleRoles| !is_ruled_out(cx, conflict, (&spans, &spans));
    if let Some(unseen) = conflicts.iter().find(open) {
        return vec![
            Finding::indeterminate(format!(
                "no export shows for the whole period who held the roles of \"{}\"",
                unseen.name
            ))
            .with_all("role", spans.iter().map(|span| span.origin)),
        ];
    }
    let told = match spans.len() {
        0 => "it held no role that policy calls incompatible with another".to_owned(),
        1 => "one role held, and none incompatible with it".to_owned(),
        roles => format!("{roles} roles held, none of them incompatible"),
    };
    vec![Finding::pass(told).with_all("role", spans.iter().map(|span| span.origin))]
}

#[cfg(test)]
mod tests {
    use crate::{
        crossref::scene::{Scene, day},
        policy::Pattern,
    };

    fn of_bob(prepare: impl Fn(&mut Scene)) -> &'static str {
        let mut scene = Scene::new();
        prepare(&mut scene);
        let all = scene.verdicts("conflicting-roles");
        all.iter().find(|(who, _)| who == "bob").unwrap().1
    }

    #[test]
    fn cases() {
        assert_eq!(of_bob(|s| s.role("bob", "okta:deployer", 5.0, None)), "violation");
        assert_eq!(of_bob(|s| s.role("bob", "okta:deployer", -9.0, Some(-1.0))), "pass");
        assert_eq!(of_bob(|s| s.role("bob", "okta:deployer", 33.0, None)), "pass");
        assert_eq!(of_bob(|s| s.role("bob", "okta:reader", 5.0, None)), "pass");
        assert_eq!(of_bob(|s| s.policy.incompatible_roles.clear()), "indeterminate");
        assert_eq!(of_bob(|s| s.export.at = Some(day(20.0))), "indeterminate");
    }

    #[test]
    fn roles_one_after_the_other_do_not_conflict() {
        let mut scene = Scene::new();
        scene.policy.incompatible_roles[0].one = vec![Pattern::new("okta:tester")];
        scene.role("bob", "okta:tester", 2.0, Some(10.0));
        scene.role("bob", "okta:deployer", 10.0, None);
        let all = scene.verdicts("conflicting-roles");
        assert_eq!(all[1], ("bob".to_owned(), "pass"));
    }

    #[test]
    fn snapshots_conflict_where_both_are_listed() {
        let snapshots = |last: f64, seen: &[f64]| {
            of_bob(|scene| {
                scene.policy.incompatible_roles[0].one = vec![Pattern::new("github:team:a")];
                scene.policy.incompatible_roles[0].other = vec![Pattern::new("github:team:b")];
                scene.snapshot("bob", "github:team:a", 3.0);
                scene.snapshot("bob", "github:team:a", 20.0);
                scene.snapshot("cat", "github:team:a", 0.0);
                scene.snapshot("cat", "github:team:a", 22.0);
                scene.snapshot("cat", "github:team:a", 34.0);
                scene.snapshot("bob", "github:team:b", last);
                for at in seen {
                    scene.snapshot("cat", "github:team:b", *at);
                }
            })
        };
        assert_eq!(snapshots(20.0, &[]), "violation");
        assert_eq!(snapshots(21.0, &[]), "indeterminate");
        assert_eq!(snapshots(25.0, &[]), "indeterminate", "who was in it before nobody shows");
        assert_eq!(snapshots(25.0, &[0.0, 24.0, 34.0]), "pass");
    }

    #[test]
    fn what_begins_as_the_period_ends_is_not_of_it() {
        assert_eq!(of_bob(|s| s.role("bob", "okta:deployer", 32.0, None)), "pass");
        assert_eq!(of_bob(|s| s.role("bob", "okta:deployer", 31.99, None)), "violation");
    }
}
