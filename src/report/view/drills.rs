//! Planned boundary tests, and what came of each.

use serde::Serialize;

use super::Many;
use crate::{
    crossref::{Control, DrillState, Drilled},
    policy,
    report::{Report, figure::Tone, hostile},
};

/// A planned boundary test.
#[derive(Clone, Debug, Serialize)]
pub struct Drill {
    /// Its id.
    pub id: String,
    /// Its window, as people read it.
    pub window: (String, String),
    /// Who was to try.
    pub who: String,
    /// What.
    pub action: String,
    /// On what; none: anything.
    pub target: Option<String>,
    /// The code that the refusal was to have; none: any.
    pub code: Option<String>,
    /// Who conducted it.
    pub conductor: String,
    /// What came of it.
    pub outcome: &'static str,
    /// What that means.
    pub tone: Tone,
    /// The same in a sentence.
    pub told: String,
    /// Refusals that nearly answer it, and what each lacks.
    pub near: Vec<String>,
    /// What the positive control shows, in a word or two.
    pub control_badge: &'static str,
    /// The same in a sentence.
    pub control: String,
    /// What that means.
    pub control_tone: Tone,
    /// Where the deciding record was read; empty if there is none.
    pub place: String,
    /// That record's verbatim copy.
    pub record: String,
    /// Where the positive control's record was read; empty if there is none.
    pub control_place: String,
    /// That record's verbatim copy.
    pub control_record: String,
}

pub(super) fn drills(report: &Report<'_>, limit: usize) -> Many<Drill> {
    let make = |(plan, found)| move || drill(report, plan, found);
    Many::of("tables/drills.csv", limit, report.drills().map(make))
}

fn drill(report: &Report<'_>, plan: &policy::Drill, found: &Drilled) -> Drill {
    let cx = report.cx();
    let name = |who| hostile::brief(&cx.principal(who).name);
    let decided = found.decisive().and_then(|index| report.decision(index));
    let shown = found.control.decision().and_then(|index| report.decision(index));
    let (control, control_tone) = control(report, plan, found);
    Drill {
        id: hostile::brief(&plan.id),
        window: (cx.clock(plan.from), cx.clock(plan.until)),
        who: name(plan.who),
        action: hostile::brief(plan.action.text()),
        target: plan.target.as_ref().map(|target| hostile::brief(target.text())),
        code: plan.code.as_deref().map(hostile::brief),
        conductor: name(plan.conductor),
        outcome: found.state.name(),
        tone: match found.state {
            DrillState::Refused => Tone::Good,
            DrillState::LetThrough | DrillState::Missed => Tone::Bad,
            DrillState::NotDue => Tone::Warn,
        },
        told: told(report, found),
        near: found.near.iter().map(|near| hostile::brief(&near.told(cx, plan))).collect(),
        control_badge: found.control.name(),
        control,
        control_tone,
        place: decided.map(|d| hostile::brief(&report.place(d.origin))).unwrap_or_default(),
        record: decided.map(|d| report.record_path(d.origin)).unwrap_or_default(),
        control_place: shown.map(|d| hostile::brief(&report.place(d.origin))).unwrap_or_default(),
        control_record: shown.map(|d| report.record_path(d.origin)).unwrap_or_default(),
    }
}

fn told(report: &Report<'_>, found: &Drilled) -> String {
    let cx = report.cx();
    let Some(decision) = found.decisive().and_then(|index| report.decision(index)) else {
        return match found.state {
            DrillState::NotDue => {
                "No refusal answers it yet, and its window ends after the period."
            }
            _ => "No refusal on record answers it.",
        }
        .to_owned();
    };
    let record = &decision.record;
    let (at, code) = (cx.clock(record.at), report.text(record.code));
    let words = match found.state {
        DrillState::LetThrough => format!("Not refused on {at}."),
        _ => format!(
            "Refused on {at} by {}{}.",
            report.text(record.control),
            if code.is_empty() { String::new() } else { format!(" with {code}") }
        ),
    };
    hostile::brief(&words)
}

fn control(report: &Report<'_>, plan: &policy::Drill, found: &Drilled) -> (String, Tone) {
    let cx = report.cx();
    let Some(planned) = &plan.control else {
        return ("None was planned.".to_owned(), Tone::Neutral);
    };
    let name = &cx.principal(planned.who).name;
    let at = found.control.decision().and_then(|index| report.decision(index));
    let at = report.clock(at.map(|decision| decision.record.at));
    let (words, tone) = match found.control {
        Control::Shown(_) => {
            let worth = match found.state {
                DrillState::Refused => {
                    "the refusal came from the boundary, which is stronger proof"
                }
                _ => "the system did not refuse everybody",
            };
            (format!("{name} did it on {at} and was allowed: {worth}."), Tone::Good)
        }
        Control::Forbidden(_) => {
            let words = format!(
                "{name} did it on {at} and was allowed, though policy forbids it to that tier: no \
                 right role was shown."
            );
            (words, Tone::Bad)
        }
        Control::Absent | Control::NotPlanned => {
            let words = format!("{name} was to succeed; nothing of it is on record in the window.");
            (words, Tone::Warn)
        }
    };
    (hostile::brief(&words), tone)
}
