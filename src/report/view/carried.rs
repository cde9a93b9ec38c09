//! Exceptions of earlier packs that nobody had answered then.

use serde::Serialize;

use super::Many;
use crate::report::{Carried, Report, figure::Tone, hostile, view::status_tone};

/// An exception of an earlier pack, as it stands now.
#[derive(Clone, Debug, Serialize)]
pub struct CarriedOver {
    /// Its id, the same as then.
    pub id: String,
    /// The rule that was broken.
    pub rule: String,
    /// How bad it was.
    pub severity: String,
    /// The pack that reported it.
    pub pack: String,
    /// That pack's period.
    pub period: String,
    /// Whether somebody still has to answer.
    pub status: &'static str,
    /// What that means.
    pub status_tone: Tone,
    /// What happened.
    pub statement: String,
    /// Who broke the rule, by registry id.
    pub persons: String,
}

pub(super) fn carried(report: &Report<'_>, limit: usize) -> Many<CarriedOver> {
    let mut all = report.history.carried(report.assessment);
    all.sort_by_key(|one| !one.status.is_open());
    Many::of("tables/carried-over.csv", limit, all.iter().map(|one| move || line(one)))
}

fn line(one: &Carried<'_>) -> CarriedOver {
    let reported = one.reported;
    CarriedOver {
        id: hostile::brief(&reported.id),
        rule: hostile::brief(&reported.rule),
        severity: hostile::brief(&reported.severity),
        pack: hostile::brief(&one.from.folder),
        period: hostile::brief(&one.from.label),
        status: one.status.name(),
        status_tone: status_tone(one.status),
        statement: hostile::brief(&reported.statement),
        persons: hostile::brief(&reported.persons.join(", ")),
    }
}
