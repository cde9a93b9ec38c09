//! How completely the evidence was read: each source, what became of its items, silent days, gaps.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate, Weekday};
use serde::Serialize;

use super::{
    Many,
    sequences::{numbered, sequences},
};
use crate::{
    model::{HowKnown, Source},
    report::{Report, hostile, tables::outside, wording},
};

/// How complete the evidence is.
#[derive(Clone, Debug, Serialize)]
pub struct Completeness {
    /// Files of one export together: a month of logs is thousands of files.
    pub exports: Vec<ExportFacts>,
    /// Every input file.
    pub sources: Many<SourceFacts>,
    /// Items of all files.
    pub items: u64,
    /// Of these, that could not be read.
    pub rejects: u64,
    /// Days of the period on which a log has no record.
    pub missing_days: Vec<MissingDays>,
    /// In words: numbers missing in a sequence that leaves none out.
    pub missing_numbers: Vec<String>,
    /// In which exports such numbers were looked for, and in which not and why.
    pub numbered: String,
    /// What readers noticed that makes a file incomplete.
    pub gaps: Many<SourceGap>,
}

/// What became of items and records.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Counts {
    /// Length of the files.
    pub bytes: u64,
    /// Elements, rows or lines.
    pub items: u64,
    /// Items that gave records.
    pub lowered: u64,
    /// Items that hold nothing that is judged.
    pub irrelevant: u64,
    /// Items that could not be read.
    pub rejected: u64,
    /// Records that were given already.
    pub duplicates: u64,
    /// Acts and decisions outside the period.
    pub outside: u64,
}

impl Counts {
    fn add(&mut self, source: &Source, outside: u64) {
        self.bytes += source.bytes;
        self.items += source.tally.items;
        self.lowered += source.tally.lowered;
        self.irrelevant += source.tally.irrelevant_total();
        self.rejected += source.tally.rejected;
        self.duplicates += source.tally.duplicates;
        self.outside += outside;
    }

    fn of<'a>(files: impl IntoIterator<Item = (&'a Source, u64)>) -> Self {
        let mut counts = Self::default();
        files.into_iter().for_each(|(source, outside)| counts.add(source, outside));
        counts
    }
}

/// The files of one export.
#[derive(Clone, Debug, Serialize)]
pub struct ExportFacts {
    /// The reader that read them.
    pub format: &'static str,
    /// The system that their accounts belong to.
    pub system: String,
    /// The only file, or the folder that holds them all.
    pub place: String,
    /// How many files.
    pub files: u64,
    /// What became of their items and records.
    #[serde(flatten)]
    pub counts: Counts,
    /// The earliest and latest time in them.
    pub times: Option<(String, String)>,
    /// Who made the export, when and how, as people say.
    pub exported: String,
    /// The command that made it, as people say.
    pub command: Option<String>,
}

/// An input file.
#[derive(Clone, Debug, Serialize)]
pub struct SourceFacts {
    /// Its path.
    pub path: String,
    /// The reader that read it.
    pub format: &'static str,
    /// The system that its accounts belong to.
    pub system: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// What became of its items and records.
    #[serde(flatten)]
    pub counts: Counts,
    /// Why items are not relevant, with how often.
    pub reasons: Vec<(&'static str, u64)>,
    /// The earliest and latest time in it.
    pub times: Option<(String, String)>,
    /// Who made the export, when and how, as people say.
    pub exported: String,
    /// The command that made it, as people say.
    pub command: Option<String>,
}

/// Days without a record in the logs of one format.
#[derive(Clone, Debug, Serialize)]
pub struct MissingDays {
    /// The format.
    pub format: &'static str,
    /// What the files have in common: of one region, of one repository.
    pub files: String,
    /// In words: which days, and how many.
    pub statement: String,
    /// How many.
    pub days: u64,
    /// How many of them from Monday to Friday.
    pub weekdays: u64,
}

/// Something that makes a file incomplete.
#[derive(Clone, Debug, Serialize)]
pub struct SourceGap {
    /// The file.
    pub path: String,
    /// What is missing.
    pub text: String,
}

impl Completeness {
    pub(super) fn cut(&mut self, rows: usize) {
        self.sources.cut(rows);
        self.gaps.cut(rows);
    }
}

pub(super) fn completeness(report: &Report<'_>, limit: usize) -> Completeness {
    let sources = report.cx().dataset.sources();
    let outside = outside(report);
    let exports = exports(report, &outside);
    let make = |(source, outside)| move || facts(report, source, outside);
    let gaps = sources.iter().flat_map(|source| source.gaps.iter().map(move |gap| (source, gap)));
    let gap = |(source, gap): (&Source, &String)| SourceGap {
        path: hostile::brief(&source.path),
        text: hostile::brief(gap),
    };
    Completeness {
        exports,
        sources: Many::of("tables/sources.csv", limit, sources.iter().zip(outside).map(make)),
        items: sources.iter().map(|source| source.tally.items).sum(),
        rejects: sources.iter().map(|source| source.tally.rejected).sum(),
        missing_days: missing_days(report),
        missing_numbers: sequences(report),
        numbered: numbered(report),
        gaps: Many::of("tables/sources.csv", limit, gaps.map(|found| move || gap(found))),
    }
}

/// Puts files together that have one format, system and origin, in the order of their first file.
fn exports(report: &Report<'_>, outside: &[u64]) -> Vec<ExportFacts> {
    let mut groups: Vec<(&Source, Vec<(&Source, u64)>)> = Vec::new();
    for (source, outside) in report.cx().dataset.sources().iter().zip(outside) {
        let same = |first: &Source| {
            (first.format, &first.system, &first.export)
                == (source.format, &source.system, &source.export)
        };
        match groups.iter_mut().find(|(first, _)| same(first)) {
            Some((_, files)) => files.push((source, *outside)),
            None => groups.push((source, vec![(source, *outside)])),
        }
    }
    groups.iter().map(|(_, files)| export(report, files)).collect()
}

fn export(report: &Report<'_>, files: &[(&Source, u64)]) -> ExportFacts {
    let first = files[0].0;
    let clock = |at| report.cx().clock(at);
    let times = files.iter().filter_map(|(source, _)| source.tally.times);
    let times = times.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (exported, command) = exported(report, first);
    ExportFacts {
        format: first.format,
        system: hostile::brief(&first.system),
        place: hostile::brief(&common(files.iter().map(|(source, _)| source.path.as_str()))),
        files: files.len() as u64,
        counts: Counts::of(files.iter().copied()),
        times: times.map(|(first, last)| (clock(first), clock(last))),
        exported,
        command,
    }
}

/// The one path, or the deepest folder that all paths lie in.
fn common<'a>(mut paths: impl Iterator<Item = &'a str>) -> String {
    let Some(first) = paths.next() else { return String::new() };
    let mut shared: Vec<&str> = first.split('/').collect();
    for path in paths {
        let same = shared.iter().zip(path.split('/')).take_while(|(a, b)| *a == b).count();
        shared.truncate(same);
    }
    shared.join("/")
}

/// Who made an export and when, and with which command, as people say.
fn exported(report: &Report<'_>, source: &Source) -> (String, Option<String>) {
    let export = &source.export;
    let by = export.by.as_deref().map(|by| format!("by {}", hostile::brief(by)));
    let at = export.at.map(|at| format!("on {}", report.cx().clock(at)));
    let told: Vec<_> = by.into_iter().chain(at).collect();
    let told = match told.is_empty() {
        true => "nobody says by whom or when".to_owned(),
        false => told.join(" "),
    };
    (told, export.command.as_deref().map(hostile::brief))
}

fn facts(report: &Report<'_>, source: &Source, outside: u64) -> SourceFacts {
    let tally = &source.tally;
    let clock = |at| report.cx().clock(at);
    let (exported, command) = exported(report, source);
    SourceFacts {
        path: hostile::brief(&source.path),
        format: source.format,
        system: hostile::brief(&source.system),
        sha256: source.digest.to_string(),
        counts: Counts::of([(source, outside)]),
        reasons: tally.irrelevant.iter().map(|(why, times)| (*why, *times)).collect(),
        times: tally.times.map(|(first, last)| (clock(first), clock(last))),
        exported,
        command,
    }
}

/// For each group of files that record events, the days (UTC) of the period on which none of them
/// has a record. Lists of who holds a role are no events.
///
/// A busy region or repository would hide a silent one, so files of different ones stand apart.
fn missing_days(report: &Report<'_>) -> Vec<MissingDays> {
    let cx = report.cx();
    let mut seen: BTreeMap<(&'static str, String), BTreeSet<i32>> = BTreeMap::new();
    // Records without a time, such as links between tickets, are of no day.
    let undated = |source: &Source| source.tally.times.is_none() && source.tally.lowered > 0;
    for source in cx.dataset.sources().iter().filter(|source| !undated(source)) {
        if !matches!(source.roles, Some(HowKnown::Interval | HowKnown::Snapshot(_))) {
            let key = (source.format, group(&source.path));
            seen.entry(key).or_default().extend(source.tally.days.keys());
        }
    }
    let period: Vec<_> = cx.period.each_day().collect();
    let mut missing = Vec::new();
    for ((format, files), days) in seen {
        let number = |day: &NaiveDate| day.to_epoch_days();
        let silent: Vec<_> =
            period.iter().copied().filter(|day| !days.contains(&number(day))).collect();
        let working = |day: &&NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let weekdays = silent.iter().filter(working).count() as u64;
        if !silent.is_empty() {
            let (few, all) = (silent.len() as u64, period.len() as u64);
            let files = hostile::brief(&files);
            let statement = format!(
                "{format}, {files}: no record on {} of {}, {} of them Monday to Friday ({})",
                wording::count(few),
                wording::counted(all, "day", "days"),
                wording::count(weekdays),
                ranges(&silent)
            );
            missing.push(MissingDays { format, files, statement, days: few, weekdays });
        }
    }
    missing
}

/// What the paths of one export's files have in common, whichever day they are of: their folder
/// without parts that are numbers, and the words of the name before its first number.
fn group(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !number(part)).collect();
    let stem = name.split('.').next().unwrap_or_default();
    let words = stem.split_inclusive(['-', '_']);
    let plain: String =
        words.take_while(|word| !word.contains(|c: char| c.is_ascii_digit())).collect();
    let plain = plain.trim_end_matches(['-', '_']);
    if !plain.is_empty() {
        parts.push(plain);
    }
    match parts.join("/") {
        none if none.is_empty() => name.to_owned(),
        group => group,
    }
}

/// Days as ranges: `2026-10-03 to 2026-10-04, 2026-10-10`.
fn ranges(days: &[NaiveDate]) -> String {
    let mut ranges: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for day in days {
        match ranges.last_mut() {
            Some((_, last)) if last.succ_opt() == Some(*day) => *last = *day,
            _ => ranges.push((*day, *day)),
        }
    }
    let told: Vec<_> = ranges
        .iter()
        .map(|(a, b)| if a == b { a.to_string() } else { format!("{a} to {b}") })
        .collect();
    told.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_one_region_or_repository_are_one_group() {
        for (path, want) in [
            (
                "exports/aws/CloudTrail/eu-west-1/2026/10/22/1111_CloudTrail_eu-west-1_2026.json.gz",
                "exports/aws/CloudTrail/eu-west-1",
            ),
            ("exports/github/pay-pulls.json", "exports/github/pay-pulls"),
            ("exports/github/pay-pulls-2026-10.json", "exports/github/pay-pulls"),
            ("2026-10-01.json", "2026-10-01.json"),
            ("audit.ndjson", "audit"),
        ] {
            assert_eq!(group(path), want);
        }
    }

    #[test]
    fn days_in_a_row_are_one_range() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 10, d).unwrap();
        assert_eq!(
            ranges(&[day(1), day(3), day(4), day(5), day(31)]),
            "2026-10-01, 2026-10-03 to 2026-10-05, 2026-10-31"
        );
    }
}
