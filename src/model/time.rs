//! Instants, as exports write them and as the pack prints them.

use std::fmt;

use chrono::{
    DateTime, Datelike as _, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone as _, Utc,
};
use serde::{Serialize, Serializer};

/// A moment in UTC, in microseconds since 1970-01-01T00:00:00Z. Years 1 to 9999.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct Instant(i64);

/// Why a text is not an instant.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// Nothing that this program reads as a time.
    #[error("`{0}` is not a time (want RFC 3339, such as 2026-10-01T09:30:00Z)")]
    Unreadable(String),
    /// A local time without its zone.
    #[error("`{0}` has no time zone (give `timezone` for its source)")]
    NoZone(String),
    /// A year that no export of ours can have.
    #[error("`{0}` lies outside the years 1 to 9999")]
    Range(String),
}

impl Instant {
    /// Makes an instant from microseconds since the epoch, if its year is 1 to 9999.
    pub fn from_micros(micros: i64) -> Option<Self> {
        let time = DateTime::from_timestamp_micros(micros)?;
        (1..=9999).contains(&time.year()).then_some(Self(micros))
    }

    /// Makes an instant from seconds since the epoch.
    pub fn from_seconds(seconds: i64) -> Option<Self> {
        Self::from_micros(seconds.checked_mul(1_000_000)?)
    }

    /// Reads RFC 3339 text in the spellings that exports use: `T` or a blank, `Z` or `+hh:mm` or
    /// `+hhmm`, up to nine fraction digits. A time without a zone is an error: only its source's
    /// owner can say which zone it means.
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        let text = text.trim();
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Self::new(time.with_timezone(&Utc), text);
        }
        for format in
            ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f %z"]
        {
            if let Ok(time) = DateTime::parse_from_str(text, format) {
                return Self::new(time.with_timezone(&Utc), text);
            }
        }
        match naive(text) {
            Some(_) => Err(TimeError::NoZone(shorten(text))),
            None => Err(TimeError::Unreadable(shorten(text))),
        }
    }

    /// Like [`parse`](Self::parse), but a text without a zone is taken to be in `zone`, and a bare
    /// date to be its first moment. A local time that a clock change skips or repeats is read as
    /// the earlier instant.
    pub fn parse_in(text: &str, zone: chrono_tz::Tz) -> Result<Self, TimeError> {
        let text = text.trim();
        let Err(error @ TimeError::NoZone(_)) = Self::parse(text) else { return Self::parse(text) };
        let Some(local) = naive(text) else { return Err(error) };
        Ok(Self::of_local(local, zone))
    }

    /// The instant at which clocks in `zone` first show `local`, or the first one after it where
    /// clocks skip it.
    pub fn of_local(local: NaiveDateTime, zone: chrono_tz::Tz) -> Self {
        let mut local = local;
        for _ in 0..8 {
            if let Some(time) = zone.from_local_datetime(&local).earliest() {
                return Self(time.timestamp_micros());
            }
            local += chrono::Duration::minutes(30);
        }
        Self(local.and_utc().timestamp_micros())
    }

    /// Microseconds since the epoch.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The moment so many seconds later, or earlier if there are fewer than none; the same moment
    /// where that would leave the years 1 to 9999.
    #[must_use]
    pub fn shifted(self, seconds: i64) -> Self {
        let micros = seconds.checked_mul(1_000_000).and_then(|by| self.0.checked_add(by));
        micros.and_then(Self::from_micros).unwrap_or(self)
    }

    /// The date that a calendar in `zone` shows.
    pub fn date_in(self, zone: chrono_tz::Tz) -> NaiveDate {
        self.utc().with_timezone(&zone).date_naive()
    }

    /// RFC 3339 text with the offset that clocks in `zone` have then.
    pub fn rfc3339_in(self, zone: chrono_tz::Tz) -> String {
        self.utc().with_timezone(&zone).to_rfc3339_opts(SecondsFormat::AutoSi, false)
    }

    /// Short form in `zone` for people: `2026-10-01 09:30`.
    pub fn local(self, zone: chrono_tz::Tz) -> String {
        self.utc().with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
    }

    /// As [`local`](Self::local), with the seconds where there are any: `2026-10-20 15:00:07`.
    pub fn local_exact(self, zone: chrono_tz::Tz) -> String {
        let whole = self.seconds().rem_euclid(60) == 0;
        let format = if whole { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
        self.utc().with_timezone(&zone).format(format).to_string()
    }

    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }

    fn new(time: DateTime<Utc>, text: &str) -> Result<Self, TimeError> {
        Self::from_micros(time.timestamp_micros()).ok_or_else(|| TimeError::Range(shorten(text)))
    }
}

fn naive(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
        .filter(|time| (1..=9999).contains(&time.year()))
}

fn shorten(text: &str) -> String {
    text.chars().take(60).collect()
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let want = "2026-10-01T09:30:00Z";
        for text in [
            "2026-10-01T09:30:00Z",
            "2026-10-01T11:30:00+02:00",
            "2026-10-01T11:30:00.000+0200",
            "2026-10-01 09:30:00+00:00",
            "2026-10-01 09:30:00.000000 +0000",
        ] {
            assert_eq!(Instant::parse(text).unwrap().to_string(), want, "{text}");
        }
    }

    #[test]
    fn refused() {
        assert!(matches!(Instant::parse("2026-10-01 09:30:00"), Err(TimeError::NoZone(_))));
        assert!(matches!(Instant::parse("2026-10-01"), Err(TimeError::NoZone(_))));
        for text in ["", "yesterday", "2023-09-20T23:00:000.0Z", "2026-13-01T00:00:00Z"] {
            assert!(matches!(Instant::parse(text), Err(TimeError::Unreadable(_))), "{text}");
        }
        assert!(matches!(Instant::parse("0000-01-01T00:00:00Z"), Err(TimeError::Range(_))));
    }

    #[test]
    fn zoneless_times_take_their_sources_zone() {
        let zone = chrono_tz::Europe::Berlin;
        let at = |text| Instant::parse_in(text, zone).unwrap().to_string();
        assert_eq!(at("2026-07-01 02:00:00"), "2026-07-01T00:00:00Z");
        assert_eq!(at("2026-07-01"), "2026-06-30T22:00:00Z");
        assert_eq!(at("2026-07-01T02:00:00Z"), "2026-07-01T02:00:00Z");
        // Clocks jump from 02:00 to 03:00 on this day.
        assert_eq!(at("2026-03-29 02:30:00"), "2026-03-29T01:00:00Z");
    }
}
