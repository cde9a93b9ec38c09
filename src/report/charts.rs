//! The drawings of this report, for HTML and PDF alike.

use super::{
    figure::{Bar, Figure, Tone, bars},
    view::RuleRow,
};

/// Verdicts by rule.
pub(super) fn verdicts(rules: &[RuleRow]) -> Figure {
    let bar = |rule: &RuleRow| Bar {
        label: rule.id.to_owned(),
        segments: vec![
            (rule.violation, Tone::Bad),
            (rule.indeterminate, Tone::Warn),
            (rule.pass, Tone::Good),
        ],
    };
    let all: Vec<_> = rules.iter().map(bar).collect();
    let legend = [("violation", Tone::Bad), ("evidence missing", Tone::Warn), ("pass", Tone::Good)];
    bars("Verdicts by rule: violations, missing evidence and passes", &all, &legend)
}
