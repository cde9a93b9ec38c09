//! Two roles that policy calls incompatible, held at one time by one person or by two that stand
//! together.

use super::{Context, Finding, Proof, Span, Who};
use crate::policy::{IncompatibleRoles, Pattern};

/// What was held together: a role of the conflict's one side out of the first list, and one of its
/// other side out of the second. `None` if nothing was.
pub(super) fn together(
    cx: &Context<'_>,
    conflict: &IncompatibleRoles,
    (ones, others): (&[&Span], &[&Span]),
    who: &[Who],
) -> Option<Finding> {
    let of = |spans: &[&Span], patterns: &[Pattern]| -> Vec<Span> {
        let matches = |span: &&&Span| {
            patterns.iter().any(|pattern| pattern.matches(cx.dataset.text(span.role.0)))
        };
        spans.iter().filter(matches).map(|span| **span).collect()
    };
    let (ones, others) = (of(ones, &conflict.one), of(others, &conflict.other));
    let pairs = ones.iter().flat_map(|one| others.iter().map(move |other| (*one, *other)));
    let mut overlapping: Vec<_> =
        pairs.filter_map(|(one, other)| Some((one, other, one.overlap(&other)?))).collect();
    overlapping
        .sort_by_key(|(one, other, _)| (one.proof.max(other.proof), one.origin, other.origin));
    let (one, other, (from, until)) = *overlapping.first()?;
    let role = |span: &Span| cx.dataset.text(span.role.0);
    let from = from.map_or("an unknown time".to_owned(), |from| cx.clock(from));
    let until = match until.filter(|until| *until < cx.period.until) {
        None => "until the end of the period".to_owned(),
        Some(at) if [one, other].iter().any(|span| span.ended() == Some(at)) => {
            format!("until {}", cx.clock(at))
        }
        Some(at) => format!("until at least {}, where the evidence ends", cx.clock(at)),
    };
    let (name, other_name) = (cx.name(one.holder), cx.name(other.holder));
    let and = match cx.who(one.holder) == cx.who(other.holder) {
        true => String::new(),
        false => format!("{other_name} "),
    };
    let told = format!(
        "{name} held {} and {and}{} from {from} {until}: {}",
        role(&one),
        role(&other),
        conflict.name
    );
    let uncertain = |span: &Span| matches!(span.proof, Proof::Uncertain(_));
    let finding = if uncertain(&one) || uncertain(&other) {
        Finding::indeterminate(told)
    } else {
        Finding::violation(told, who.to_vec())
    };
    let mut finding = finding.with("role", one.origin).with("role", other.origin);
    finding.severity = Some(conflict.severity);
    finding.about = Some(conflict.name.clone());
    Some(finding)
}

/// Tells whether the exports rule the conflict out, where nothing was found held together: they
/// show both of its sides, or one of them of which nothing was held. Who holds one side, as far as
/// the exports go, may hold the other where nobody looked.
pub(super) fn is_ruled_out(
    cx: &Context<'_>,
    conflict: &IncompatibleRoles,
    (ones, others): (&[&Span], &[&Span]),
) -> bool {
    let shown = |patterns: &[Pattern]| cx.roles.would_show_all(patterns, cx.period);
    let held = |spans: &[&Span], patterns: &[Pattern]| {
        let role = |span: &&Span| cx.dataset.text(span.role.0);
        spans.iter().map(role).any(|role| patterns.iter().any(|pattern| pattern.matches(role)))
    };
    match (shown(&conflict.one), shown(&conflict.other)) {
        (true, true) => true,
        (true, false) => !held(ones, &conflict.one),
        (false, true) => !held(others, &conflict.other),
        (false, false) => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::crossref::scene::Scene;

    fn told(rule: &str, holder: &str, until: Option<f64>) -> Vec<String> {
        let mut scene = Scene::new();
        scene.role(holder, "okta:deployer", 5.0, until);
        let found = scene.found(rule).into_iter().map(|finding| finding.statement);
        found.filter(|told| told.contains("okta:deployer")).collect()
    }

    #[test]
    fn it_tells_who_held_both_and_until_when() {
        let bob = |until: Option<f64>| told("conflicting-roles", "bob", until);
        let with = |until: &str| {
            vec![format!(
                "Bob held okta:change-approver and okta:deployer from 2026-10-05 00:00 until \
                 {until}: approves and deploys"
            )]
        };
        assert_eq!(bob(Some(10.0)), with("2026-10-10 00:00"));
        assert_eq!(bob(Some(32.0)), with("the end of the period"));
        assert_eq!(bob(Some(33.0)), with("the end of the period"));
    }

    #[test]
    fn what_ends_with_the_export_did_not_end() {
        let mut scene = Scene::new();
        scene.export.at = Some(crate::crossref::scene::day(20.0));
        scene.role("bob", "okta:deployer", 5.0, None);
        let found = scene.found("conflicting-roles");
        let want = "until at least 2026-10-20 00:00, where the evidence ends";
        assert!(found.iter().any(|finding| finding.statement.contains(want)), "{found:#?}");
    }

    #[test]
    fn of_two_that_stand_together_it_names_both() {
        let bot = told("sponsor-union-conflict", "bot", Some(10.0));
        let [bot] = bot.as_slice() else { panic!("{bot:?}") };
        let (one, other) = ("okta:change-approver", "okta:deployer");
        assert!(bot.contains(&format!("Ann held {one} and Bot {other} from")), "{bot}");
    }
}
