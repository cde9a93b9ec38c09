//! Input files, and how completely each was read.

use std::collections::BTreeMap;

use super::{Digest, Instant, Place};

/// What people say of how an export was made. Printed in the pack, not checked.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Export {
    /// Who made it.
    pub by: Option<String>,
    /// When it was made.
    pub at: Option<Instant>,
    /// The command or report that made it.
    pub command: Option<String>,
    /// What the file was when it was made.
    pub digest: Option<Digest>,
}

/// How many items a file held, and what became of each.
///
/// `items` is always `lowered + irrelevant + rejected`: nothing is dropped in silence.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// Elements, rows or lines that the file holds.
    pub items: u64,
    /// Items that gave at least one record.
    pub lowered: u64,
    /// Items that hold nothing this program judges, by the reason.
    pub irrelevant: BTreeMap<&'static str, u64>,
    /// Items that could not be read.
    pub rejected: u64,
    /// Records that another source, or the same one, had given already.
    pub duplicates: u64,
    /// Acts and decisions by the day (UTC) on which they happened, as days since 1970-01-01.
    pub days: BTreeMap<i32, u64>,
    /// The earliest and latest time in the file's records.
    pub times: Option<(Instant, Instant)>,
    /// The file's subjects have numbers of which their system leaves none out.
    pub numbered: bool,
}

impl Tally {
    /// Notes that a record of the file happened at `at`.
    pub fn saw(&mut self, at: Instant) {
        let (first, last) = self.times.unwrap_or((at, at));
        self.times = Some((first.min(at), last.max(at)));
        *self.days.entry((at.seconds().div_euclid(86_400)) as i32).or_default() += 1;
    }

    /// Items that hold nothing this program judges.
    pub fn irrelevant_total(&self) -> u64 {
        self.irrelevant.values().sum()
    }
}

/// One input file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Path relative to the configuration's folder, with `/` on every platform.
    pub path: String,
    /// The ingester that read it.
    pub format: &'static str,
    /// The system that its accounts belong to.
    pub system: String,
    /// Digest of the file's bytes as they lie on disk, still compressed if it is.
    pub digest: Digest,
    /// Length of those bytes.
    pub bytes: u64,
    /// What people say of how it was made.
    pub export: Export,
    /// What became of its items.
    pub tally: Tally,
    /// What the reader noticed that makes the file incomplete, such as a page that was the last
    /// one only because paging stopped.
    pub gaps: Vec<String>,
    /// What the file proves the roles of, and for which time; `None` for sources without roles.
    pub roles: Option<super::HowKnown>,
    /// The file is a log of all that was done in its system: what it does not show within its time
    /// was not done.
    pub logs_edits: bool,
}

impl Source {
    /// Tells whether it is known to hold what happened before a moment: it was exported then or
    /// later, or holds a record from then or later.
    pub fn reaches(&self, moment: Instant) -> bool {
        self.export.at.is_some_and(|at| at >= moment)
            || self.tally.times.is_some_and(|(_, last)| last >= moment)
    }
}

/// An item that could not be read, kept because it may hide a violation.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Reject {
    /// Where it is.
    pub place: Place,
    /// What is wrong with it.
    pub reason: String,
}
