use super::super::{Context, Finding, Proof, Span, Test, Who, rule};
use crate::policy::{IncompatibleRoles, Pattern, PrincipalId};

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
    let found: Vec<_> =
        conflicts.iter().filter_map(|conflict| both(cx, principal, conflict, &spans)).collect();
    if !found.is_empty() {
        return found;
    }
    // To know one side of a conflict is enough: who did not hold that cannot have held both.
    let shown = |conflict: &&IncompatibleRoles| {
        cx.roles.would_show_all(&conflict.one, cx.period)
            || cx.roles.would_show_all(&conflict.other, cx.period)
    };
    if let Some(unseen) = conflicts.iter().find(|conflict| !shown(conflict)) {
        return vec![Finding::indeterminate(format!(
            "no export shows for the whole period who held the roles of \"{}\"",
            unseen.name
        ))];
    }
    let told = match spans.len() {
        0 => "it held no role that policy calls incompatible with another".to_owned(),
        roles => format!("{roles} roles held, none of them incompatible"),
    };
    vec![Finding::pass(told).with_all("role", spans.iter().map(|span| span.origin))]
}

fn both(
    cx: &Context<'_>,
    principal: PrincipalId,
    conflict: &IncompatibleRoles,
    spans: &[&Span],
) -> Option<Finding> {
    let of = |patterns: &[Pattern]| -> Vec<&Span> {
        let matches = |span: &&Span| {
            patterns.iter().any(|pattern| pattern.matches(cx.dataset.text(span.role.0)))
        };
        spans.iter().copied().filter(matches).collect()
    };
    let (ones, others) = (of(&conflict.one), of(&conflict.other));
    let pairs = ones.iter().flat_map(|one| others.iter().map(move |other| (*one, *other)));
    let mut overlapping: Vec<_> =
        pairs.filter_map(|(one, other)| Some((one, other, one.overlap(other)?))).collect();
    let uncertain = |span: &Span| matches!(span.proof, Proof::Uncertain(_));
    overlapping
        .sort_by_key(|(one, other, _)| (one.proof.max(other.proof), one.origin, other.origin));
    let (one, other, (from, until)) = *overlapping.first()?;
    let role = |span: &Span| cx.dataset.text(span.role.0);
    let from = from.map_or("an unknown time".to_owned(), |from| cx.clock(from));
    let ended = until.filter(|until| *until < cx.period.until);
    let until = ended.map_or("the end of the period".to_owned(), |until| cx.clock(until));
    let told = format!(
        "{} held {} and {} from {from} until {until}: {}",
        cx.principal(principal).name,
        role(one),
        role(other),
        conflict.name
    );
    let finding = if uncertain(one) || uncertain(other) {
        Finding::indeterminate(told)
    } else {
        Finding::violation(told, vec![Who::Principal(principal)])
    };
    let mut finding = finding.with("role", one.origin).with("role", other.origin);
    finding.severity = Some(conflict.severity);
    finding.about = Some(conflict.name.clone());
    Some(finding)
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
        let snapshots = |last: f64| {
            of_bob(|scene| {
                scene.policy.incompatible_roles[0].one = vec![Pattern::new("github:team:a")];
                scene.policy.incompatible_roles[0].other = vec![Pattern::new("github:team:b")];
                scene.snapshot("bob", "github:team:a", 3.0);
                scene.snapshot("bob", "github:team:a", 20.0);
                scene.snapshot("cat", "github:team:a", 0.0);
                scene.snapshot("cat", "github:team:a", 22.0);
                scene.snapshot("cat", "github:team:a", 34.0);
                scene.snapshot("bob", "github:team:b", last);
            })
        };
        assert_eq!(snapshots(20.0), "violation");
        assert_eq!(snapshots(25.0), "pass");
        assert_eq!(snapshots(21.0), "indeterminate");
    }
}
