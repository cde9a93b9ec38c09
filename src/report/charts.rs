//! The drawings of this report, for HTML and PDF alike.

use super::{
    figure::{Bar, Figure, Tone, bars, longest},
    view::RuleRow,
};

/// Verdicts by rule, on one scale, in drawings of at most `rows` rules.
pub(super) fn verdicts(rules: &[RuleRow], rows: usize) -> Vec<Figure> {
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
    let title = "Verdicts by rule: violations, missing evidence and passes";
    let most = longest(&all);
    all.chunks(rows.max(1)).map(|some| bars(title, some, &legend, most)).collect()
}
