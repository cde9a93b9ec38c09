//! Whose pack it is, of when, and its result in words.

use serde::Serialize;

use super::{Completeness, walk::Walk};
use crate::{
    crossref::{Class, Exception, Status},
    report::{Report, figure::Tone, hostile, not_whole, wording},
};

/// Repositories that are named; the changes table holds all.
const REPOSITORIES: usize = 12;

/// The first page.
#[derive(Clone, Debug, Serialize)]
pub struct Cover {
    /// The organisation.
    pub organisation: String,
    /// The period in words: `October 2026`.
    pub period: String,
    /// Its name in file names: `2026-10`.
    pub label: String,
    /// Its first moment and the first after it, as people read them.
    pub bounds: (String, String),
    /// First moment, RFC 3339.
    pub from: String,
    /// First moment after it, RFC 3339.
    pub until: String,
    /// The moment for which everything was judged, as people read it.
    pub as_of: String,
    /// That moment, RFC 3339.
    pub as_of_exact: String,
    /// That moment in seconds since 1970-01-01T00:00:00Z.
    pub as_of_seconds: i64,
    /// The zone of every time in the reports.
    pub zone: String,
    /// Version of the program.
    pub tool_version: String,
    /// Repositories with a merged change, and how many.
    pub repositories: Vec<(String, u64)>,
    /// How many more there are.
    pub more_repositories: u64,
    /// Files that were read.
    pub sources: u64,
    /// Their formats.
    pub formats: Vec<&'static str>,
    /// The result, a sentence each.
    pub result: Vec<String>,
    /// What it means.
    pub tone: Tone,
    /// The figures behind it.
    pub figures: Vec<Figure>,
}

/// A key figure.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What is counted.
    pub label: &'static str,
    /// The count.
    pub value: String,
    /// What puts it in proportion.
    pub note: String,
    /// What it means.
    pub tone: Tone,
    /// The section that tells more.
    pub anchor: &'static str,
}

pub(super) fn cover(report: &Report<'_>, walk: &Walk<'_>, completeness: &Completeness) -> Cover {
    let cx = report.cx();
    let named = walk.repositories.iter().take(REPOSITORIES);
    let more = walk.repositories.len().saturating_sub(REPOSITORIES) as u64;
    let mut formats: Vec<_> = cx.dataset.sources().iter().map(|source| source.format).collect();
    formats.sort_unstable();
    formats.dedup();
    let unnamed = |name: &&str| if name.is_empty() { "not named" } else { name }.to_owned();
    let counts = Counts::new(report, walk, completeness);
    Cover {
        organisation: hostile::brief(report.organisation),
        period: wording::period(cx.period),
        label: cx.period.label.clone(),
        bounds: (cx.clock(cx.period.from), cx.clock(cx.period.until)),
        from: cx.period.from.to_string(),
        until: cx.period.until.to_string(),
        as_of: cx.clock(cx.as_of),
        as_of_exact: cx.as_of.to_string(),
        as_of_seconds: cx.as_of.seconds(),
        zone: cx.period.zone().name().to_owned(),
        tool_version: report.tool_version.to_owned(),
        repositories: named.map(|(name, n)| (hostile::brief(&unnamed(name)), *n)).collect(),
        more_repositories: more,
        sources: cx.dataset.sources().len() as u64,
        formats,
        result: counts.sentences(&wording::period(cx.period)),
        tone: counts.tone(),
        figures: counts.figures(),
    }
}

struct Counts {
    merged: u64,
    by_agent: u64,
    exceptions: u64,
    open: u64,
    /// Exceptions of earlier packs that are still open.
    carried: u64,
    /// Breaches among all that are open.
    breaches: u64,
    answered: u64,
    missing: u64,
    rejected: u64,
    gaps: u64,
}

impl Counts {
    fn new(report: &Report<'_>, walk: &Walk<'_>, completeness: &Completeness) -> Self {
        let all = &report.assessment.exceptions;
        let is_breach = |e: &&Exception| e.rule.class == Class::Breach;
        let carried = report.history.carried(report.assessment);
        let carried: Vec<_> = carried.iter().filter(|one| one.status.is_open()).collect();
        let name = wording::class(Class::Breach);
        let carried_breaches = carried.iter().filter(|one| one.reported.class == name).count();
        let open = report.assessment.open();
        Self {
            merged: walk.merged,
            by_agent: walk.by_agent,
            exceptions: all.len() as u64,
            open: open.count() as u64,
            carried: carried.len() as u64,
            breaches: (report.assessment.open().filter(is_breach).count() + carried_breaches)
                as u64,
            answered: all.iter().filter(|e| e.status == Status::Justified).count() as u64,
            missing: report.assessment.indeterminate.len() as u64,
            rejected: completeness.rejects,
            gaps: not_whole(report.assessment) as u64,
        }
    }

    fn tone(&self) -> Tone {
        match (self.open + self.carried, self.missing + self.rejected + self.gaps) {
            (0, 0) => Tone::Good,
            (0, _) => Tone::Warn,
            _ => Tone::Bad,
        }
    }

    fn sentences(&self, period: &str) -> Vec<String> {
        let were = |n, one, many| wording::counted(n, one, many);
        let mut told = match self.merged {
            0 => vec![format!("The evidence holds no change that was merged in {period}.")],
            n => vec![format!(
                "{} merged in {period}, {} of them with an agent's part.",
                were(n, "change was", "changes were"),
                wording::count(self.by_agent)
            )],
        };
        told.push(match (self.open, self.exceptions) {
            (0, 0) => "The rules found no exception.".to_owned(),
            (0, n) => {
                format!("{} found; none is open.", were(n, "exception was", "exceptions were"))
            }
            (open, all) => format!(
                "{} open, of {} found.",
                were(open, "exception is", "exceptions are"),
                wording::count(all)
            ),
        });
        if self.carried > 0 {
            let one = "exception of earlier packs is still open";
            let many = "exceptions of earlier packs are still open";
            told.push(format!("Besides, {}.", were(self.carried, one, many)));
        }
        told.push(match self.missing {
            0 => "No test lacks evidence.".to_owned(),
            n => format!("For {} evidence is missing.", were(n, "test", "tests")),
        });
        if self.rejected > 0 {
            told.push(format!(
                "{} of the exports could not be read.",
                were(self.rejected, "item", "items")
            ));
        }
        told
    }

    fn figures(&self) -> Vec<Figure> {
        let bad_if = |n, tone| if n > 0 { tone } else { Tone::Good };
        let figure = |label, value, note, tone, anchor| Figure {
            label,
            value: wording::count(value),
            note,
            tone,
            anchor,
        };
        let of = |n: u64, what: &str| format!("{} {what}", wording::count(n));
        let all_open = self.open + self.carried;
        vec![
            figure(
                "Changes merged",
                self.merged,
                of(self.by_agent, "with an agent's part"),
                Tone::Neutral,
                "agent-changes",
            ),
            figure(
                "Open exceptions",
                all_open,
                match self.carried {
                    0 => of(self.answered, "justified"),
                    carried => format!(
                        "{} carried over; {} justified",
                        wording::count(carried),
                        wording::count(self.answered)
                    ),
                },
                bad_if(all_open, Tone::Bad),
                "breaches",
            ),
            figure(
                "Open breaches",
                self.breaches,
                of(all_open - self.breaches, "open of exposure or process"),
                bad_if(self.breaches, Tone::Bad),
                "breaches",
            ),
            figure(
                "Tests without evidence",
                self.missing,
                format!(
                    "{} rejected, {}",
                    wording::counted(self.rejected, "item", "items"),
                    wording::counted(self.gaps, "file not whole", "files not whole")
                ),
                bad_if(self.missing + self.rejected + self.gaps, Tone::Warn),
                "completeness",
            ),
        ]
    }
}
