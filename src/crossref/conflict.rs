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
    let ended = until.filter(|until| *until < cx.period.until);
    let until = ended.map_or("the end of the period".to_owned(), |until| cx.clock(until));
    let (name, other_name) = (cx.name(one.holder), cx.name(other.holder));
    let and = match cx.who(one.holder) == cx.who(other.holder) {
        true => String::new(),
        false => format!("{other_name} "),
    };
    let told = format!(
        "{name} held {} and {and}{} from {from} until {until}: {}",
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

/// Tells whether the exports would show a conflict, had anybody held both of its sides. To know one
/// side is enough: who did not hold that cannot have held both.
pub(super) fn is_shown(cx: &Context<'_>, conflict: &IncompatibleRoles) -> bool {
    cx.roles.would_show_all(&conflict.one, cx.period)
        || cx.roles.would_show_all(&conflict.other, cx.period)
}
