//! What somebody should look at, worst first.

use std::{cmp::Reverse, collections::BTreeMap};

use serde::Serialize;

use super::{Completeness, agent_changes::local};
use crate::{
    crossref::{Class, Status, Tested, coverage_of_policy},
    policy::Severity,
    report::{Report, figure::Tone, hostile, wording},
};

/// Open exceptions, and gaps, that are named one by one.
const NAMED: usize = 25;
/// Open exceptions of the worst severity that are: a list that begins with the worst hides none of
/// them behind others.
const WORST: usize = 200;

/// One thing to look at.
#[derive(Clone, Debug, Serialize)]
pub struct Attention {
    /// What kind of thing it is, in a word or two.
    pub kind: String,
    /// What it is about, if that is one thing: `acme/pay#12`.
    pub subject: Option<String>,
    /// What it is.
    pub text: String,
    /// Where the report tells more.
    pub anchor: String,
    /// What it means.
    pub tone: Tone,
}

pub(super) fn attention(report: &Report<'_>, completeness: &Completeness) -> Vec<Attention> {
    // What an earlier pack left open waits longest.
    let mut all: Vec<_> = carried(report).into_iter().collect();
    all.extend(exceptions(report));
    all.extend(unanswered(report));
    all.extend(missing(report));
    let item = |kind: &str, text: String, anchor: &str| Attention {
        kind: kind.to_owned(),
        subject: None,
        text,
        anchor: anchor.to_owned(),
        tone: Tone::Warn,
    };
    let left_out = coverage_of_policy(report.cx()).all_left_out();
    let left_out = left_out.iter().take(NAMED).map(|told| hostile::brief(told));
    all.extend(left_out.map(|told| item("not judged", told, "completeness")));
    if completeness.rejects > 0 {
        let items = wording::counted(completeness.rejects, "item", "items");
        let told = format!("{items} of the exports could not be read and may hide a violation");
        all.push(item("rejected", told, "completeness"));
    }
    for gap in completeness.gaps.rows.iter().take(NAMED) {
        all.push(item("gap", format!("{}: {}", gap.path, gap.text), "completeness"));
    }
    let more = completeness.gaps.total.saturating_sub(NAMED as u64);
    if more > 0 {
        all.push(item("gap", format!("{} more gaps", wording::count(more)), "completeness"));
    }
    // Each of them is told there: most exports are silent on some days.
    let silent = completeness.missing_days.len() as u64;
    if silent > 0 {
        let weekdays = completeness.missing_days.iter().filter(|days| days.weekdays > 0).count();
        let told = format!(
            "{} without a record on some days, {} of them on a day from Monday to Friday",
            wording::counted(silent, "group of exports", "groups of exports"),
            wording::count(weekdays as u64)
        );
        all.push(item("silent days", told, "completeness"));
    }
    for numbers in &completeness.missing_numbers {
        all.push(item("missing numbers", numbers.clone(), "completeness"));
    }
    all
}

fn exceptions(report: &Report<'_>) -> Vec<Attention> {
    let mut open: Vec<_> = report.assessment.open().collect();
    // Worst first; of equal ones a breach before exposure, and an answer that failed before none.
    open.sort_by_key(|e| {
        let refused = e.status != Status::NotAccepted;
        (Reverse(e.severity), e.rule.class, refused)
    });
    let worst = open.first().map(|e| e.severity);
    let worst = open.iter().take_while(|e| Some(e.severity) == worst).count().min(WORST);
    let shown = worst.max(NAMED);
    let named = open.iter().take(shown).map(|exception| Attention {
        kind: match exception.status {
            Status::NotAccepted => "not accepted",
            Status::Expired => "expired",
            Status::Open | Status::Justified => "open",
        }
        .to_owned(),
        subject: match exception.tested {
            Tested::Subject(_) => Some(hostile::brief(local(&exception.tested.id(report.cx())))),
            _ => None,
        },
        text: hostile::statement(&exception.statement),
        anchor: exception.id.clone(),
        tone: super::exceptions::severity_tone(exception.severity),
    });
    let mut all: Vec<_> = named.collect();
    let mut more: BTreeMap<Class, BTreeMap<Reverse<Severity>, u64>> = BTreeMap::new();
    for e in open.iter().skip(shown) {
        *more.entry(e.rule.class).or_default().entry(Reverse(e.severity)).or_default() += 1;
    }
    all.extend(more.into_iter().map(|(class, severities)| {
        let (one, many, anchor) = match class {
            Class::Breach => ("more breach", "more breaches", "breaches"),
            Class::Exposure => ("more exposure", "more exposures", "exposure"),
            Class::Process => ("more process finding", "more process findings", "process"),
        };
        let times = severities.values().sum();
        let of = |(severity, n): (&Reverse<Severity>, &u64)| {
            format!("{} {}", wording::count(*n), severity.0.name())
        };
        let of: Vec<_> = severities.iter().map(of).collect();
        Attention {
            kind: "open".to_owned(),
            subject: None,
            text: format!("{}: {}", wording::counted(times, one, many), of.join(", ")),
            anchor: anchor.to_owned(),
            tone: Tone::Warn,
        }
    }));
    all
}

fn carried(report: &Report<'_>) -> Option<Attention> {
    let all = report.history.carried(report.assessment);
    let open = all.iter().filter(|one| one.status.is_open()).count() as u64;
    (open > 0).then(|| Attention {
        kind: "carried over".to_owned(),
        subject: None,
        text: format!(
            "{} of earlier packs still open",
            wording::counted(open, "exception", "exceptions")
        ),
        anchor: "carried-over".to_owned(),
        tone: Tone::Bad,
    })
}

fn unanswered(report: &Report<'_>) -> Option<Attention> {
    let unused = super::unused_of(report).len() as u64;
    (unused > 0).then(|| Attention {
        kind: "unused".to_owned(),
        subject: None,
        text: format!(
            "{} no exception of this period, and none of an earlier pack",
            wording::counted(unused, "justification answers", "justifications answer")
        ),
        anchor: "process".to_owned(),
        tone: Tone::Warn,
    })
}

/// Tests without evidence, in one line for each rule.
fn missing(report: &Report<'_>) -> Vec<Attention> {
    let mut by_rule: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for judgement in &report.assessment.indeterminate {
        let statement = judgement.finding.statement.as_str();
        by_rule.entry(judgement.rule.id).or_insert((0, statement)).0 += 1;
    }
    let line = |(rule, (times, example)): (&str, (u64, &str))| Attention {
        kind: "no evidence".to_owned(),
        subject: Some(rule.to_owned()),
        text: hostile::brief(&match times {
            1 => example.to_owned(),
            _ => format!("{} tests, such as: {example}", wording::count(times)),
        }),
        anchor: "table-indeterminate".to_owned(),
        tone: Tone::Warn,
    };
    by_rule.into_iter().map(line).collect()
}
