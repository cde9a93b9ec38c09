//! The span of time that a pack covers, in the organisation's time zone.

use std::fmt;

use chrono::{Datelike as _, Days, Months, NaiveDate};
use serde::Serialize;

use super::Instant;

/// A half-open span of whole days: `from` belongs to it, `until` does not.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Period {
    /// Its name in file names and titles: `2026-10`, `2026-Q4`, `2026`, `2026-01-01..2026-03-15`.
    pub label: String,
    /// First moment.
    pub from: Instant,
    /// First moment after it.
    pub until: Instant,
    #[serde(skip)]
    first: NaiveDate,
    #[serde(skip)]
    after: NaiveDate,
    #[serde(skip)]
    zone: chrono_tz::Tz,
}

/// Why a text names no period.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PeriodError {
    /// Nothing that this program reads as a period.
    #[error(
        "`{0}` is not a period (want 2026-10, 2026-Q4, 2026, 2026-01-01..2026-12-31 or last-month)"
    )]
    Unreadable(String),
    /// A span whose last day comes before its first.
    #[error("`{0}` ends before it begins; write the earlier day first")]
    Reversed(String),
}

impl Period {
    /// Reads a period. `today` is the date on which `last-month` is reckoned.
    pub fn parse(text: &str, zone: chrono_tz::Tz, today: NaiveDate) -> Result<Self, PeriodError> {
        Self::days(text, today)
            .and_then(|(label, first, after)| Self::new(label, first, after, zone))
            .ok_or_else(|| {
                let reversed = text.split_once("..").and_then(|(a, b)| Some(date(a)? > date(b)?));
                let error = match reversed {
                    Some(true) => PeriodError::Reversed,
                    _ => PeriodError::Unreadable,
                };
                error(text.chars().take(60).collect())
            })
    }

    fn days(text: &str, today: NaiveDate) -> Option<(String, NaiveDate, NaiveDate)> {
        if text == "last-month" {
            let first = today.with_day(1)?.checked_sub_months(Months::new(1))?;
            return Some((first.format("%Y-%m").to_string(), first, plus_months(first, 1)?));
        }
        if let Some((from, to)) = text.split_once("..") {
            let (from, to) = (date(from)?, date(to)?);
            let after = to.checked_add_days(Days::new(1))?;
            return (from < after).then(|| (text.to_owned(), from, after));
        }
        let label = text.to_owned();
        match text.split_once('-') {
            None => {
                let first = date(&format!("{text}-01-01"))?;
                Some((label, first, plus_months(first, 12)?))
            }
            Some((year, quarter)) if quarter.starts_with('Q') => {
                let quarter: u32 = quarter[1..].parse().ok().filter(|q| (1..=4).contains(q))?;
                let first = date(&format!("{year}-{:02}-01", quarter * 3 - 2))?;
                (text.len() == 7).then_some((label, first, plus_months(first, 3)?))
            }
            Some(_) => {
                let first = date(&format!("{text}-01"))?;
                Some((label, first, plus_months(first, 1)?))
            }
        }
    }

    fn new(label: String, first: NaiveDate, after: NaiveDate, zone: chrono_tz::Tz) -> Option<Self> {
        let midnight = |day: NaiveDate| Some(Instant::of_local(day.and_hms_opt(0, 0, 0)?, zone));
        let (from, until) = (midnight(first)?, midnight(after)?);
        Some(Self { label, from, until, first, after, zone })
    }

    /// Tells whether a moment lies in the period.
    pub fn contains(&self, at: Instant) -> bool {
        self.from <= at && at < self.until
    }

    /// First day.
    pub fn first_day(&self) -> NaiveDate {
        self.first
    }

    /// Last day, which belongs to the period.
    pub fn last_day(&self) -> NaiveDate {
        self.after.pred_opt().unwrap_or(self.after)
    }

    /// The zone in which its days begin.
    pub fn zone(&self) -> chrono_tz::Tz {
        self.zone
    }

    /// Every day of it.
    pub fn each_day(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let after = self.after;
        self.first.iter_days().take_while(move |day| *day < after)
    }

    /// The last day of the next period of the same length in months.
    pub fn next_end(&self) -> NaiveDate {
        let months = (self.after.year() - self.first.year()) * 12 + self.after.month() as i32
            - self.first.month() as i32;
        let next = plus_months(self.after, months.max(1) as u32).unwrap_or(self.after);
        next.pred_opt().unwrap_or(next)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

fn date(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

fn plus_months(date: NaiveDate, months: u32) -> Option<NaiveDate> {
    date.checked_add_months(Months::new(months))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Result<Period, PeriodError> {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        Period::parse(text, chrono_tz::Europe::Berlin, today)
    }

    #[test]
    fn months_begin_in_the_organisations_zone() {
        let october = period("2026-10").unwrap();
        assert_eq!(october.from.to_string(), "2026-09-30T22:00:00Z");
        assert_eq!(october.until.to_string(), "2026-10-31T23:00:00Z");
        assert!(october.contains(october.from) && !october.contains(october.until));
        assert_eq!(period("last-month").unwrap(), october);
        assert_eq!(october.each_day().count(), 31);
        assert_eq!(october.next_end().to_string(), "2026-11-30");
    }

    #[test]
    fn a_span_that_ends_before_it_begins_is_told_as_one() {
        let error = |text: &str| period(text).unwrap_err();
        assert!(matches!(error("2026-10-31..2026-10-01"), PeriodError::Reversed(_)));
        assert!(matches!(error("2026-10-31..2026-13-01"), PeriodError::Unreadable(_)));
        assert!(matches!(error("2026-10..2026-09"), PeriodError::Unreadable(_)));
    }

    #[test]
    fn longer_spans() {
        let days = |text| {
            let p = period(text).unwrap();
            format!("{} {}", p.first_day(), p.last_day())
        };
        assert_eq!(days("2026-Q4"), "2026-10-01 2026-12-31");
        assert_eq!(days("2026"), "2026-01-01 2026-12-31");
        assert_eq!(days("2026-01-01..2026-03-15"), "2026-01-01 2026-03-15");
    }

    #[test]
    fn refused() {
        for text in
            ["", "2026-13", "2026-Q5", "2026-Q04", "2026-1", "26-10", "2026-03-02..2026-03-01"]
        {
            assert!(period(text).is_err(), "{text}");
        }
    }
}
