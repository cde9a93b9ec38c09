//! Exceptions of earlier packs that nobody had answered then.

use serde::Serialize;

use super::{Many, local};
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
    /// What broke the rule.
    pub subject: String,
    /// Where people open that, if it is a web address.
    pub url: Option<String>,
    /// Who broke the rule.
    pub persons: Vec<String>,
    /// Who sees to it that it is answered; empty where nobody was named.
    pub owner: String,
    /// Whole days since the period ended of which it was reported first.
    pub days: u64,
}

pub(super) fn carried(report: &Report<'_>, limit: usize) -> Many<CarriedOver> {
    let mut all = report.history.carried(report.assessment);
    all.sort_by_key(|one| !one.status.is_open());
    Many::of("tables/carried-over.csv", limit, all.iter().map(|one| move || line(report, one)))
}

fn line(report: &Report<'_>, one: &Carried<'_>) -> CarriedOver {
    let reported = one.reported;
    CarriedOver {
        id: hostile::brief(&reported.id),
        rule: hostile::brief(&reported.rule),
        severity: hostile::brief(&reported.severity),
        pack: hostile::brief(&one.from.folder),
        period: hostile::brief(&one.from.label),
        status: one.status.name(),
        status_tone: status_tone(one.status),
        statement: hostile::statement(&reported.statement),
        subject: hostile::brief(local(&reported.subject)),
        url: hostile::link(&reported.url),
        persons: reported.persons.iter().map(|id| name(report, id)).collect(),
        owner: if reported.owner.is_empty() {
            String::new()
        } else {
            name(report, &reported.owner)
        },
        days: report.history.days_open(report.cx(), one),
    }
}

/// Whom a registry id names now, or the id where the registry no longer holds it.
fn name(report: &Report<'_>, id: &str) -> String {
    let found = report.cx().identities.principals().named(id);
    hostile::brief(found.map_or(id, |found| &report.cx().principal(found).name))
}
