//! Periods, days and instants as a pack writes them.

use chrono::{DateTime, FixedOffset, NaiveDate};

use crate::pack::name;

/// The time a pack covers: from the first instant up to, and without, the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Name of the period, such as `2026-10`.
    pub label: String,
    /// First instant, RFC 3339.
    pub from: String,
    /// First instant after the period, RFC 3339: the next period's `from`.
    pub until: String,
}

impl Period {
    /// Both ends, or all that is wrong with them.
    pub(crate) fn ends(
        &self,
    ) -> Result<(DateTime<FixedOffset>, DateTime<FixedOffset>), Vec<String>> {
        match (instant(&self.from), instant(&self.until)) {
            (Ok(from), Ok(until)) if from < until => Ok((from, until)),
            (Ok(_), Ok(_)) => {
                Err(vec![format!("Pack-Period-Until: {} is not after {}", self.until, self.from)])
            }
            (from, until) => Err([("From", from.err()), ("Until", until.err())]
                .into_iter()
                .filter_map(|(end, fault)| Some(format!("Pack-Period-{end}: {}", fault?)))
                .collect()),
        }
    }

    /// Everything that is wrong with the period.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = self.ends().err().unwrap_or_default();
        if let Some(fault) = part(&self.label) {
            faults.push(format!("Pack-Period: {fault}"));
        } else if is_month(&self.label) && !self.from.starts_with(&self.label) {
            faults.push(format!("Pack-Period: {} does not begin at {}", self.label, self.from));
        }
        faults
    }
}

/// Reads an RFC 3339 instant.
pub(crate) fn instant(text: &str) -> Result<DateTime<FixedOffset>, String> {
    DateTime::parse_from_rfc3339(text)
        .map_err(|_| format!("{text:?} is not an rfc 3339 time such as 2026-10-01T00:00:00+02:00"))
}

/// `YYYY-MM`.
fn is_month(label: &str) -> bool {
    NaiveDate::parse_from_str(&format!("{label}-01"), "%Y-%m-%d").is_ok()
}

/// Why a text is not a day.
pub(crate) fn date(text: &str) -> Option<String> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    day.is_err().then(|| format!("{text:?} is not a day such as 2026-12-05"))
}

/// Why a text is not a single safe name.
pub(crate) fn part(text: &str) -> Option<String> {
    name::check_part(text).err().map(|fault| format!("{text:?} has {fault}"))
}
