//! An exception told as a story, in the order of time: what an auditor reads aloud.
//!
//! Every act, who did it, through which account, why that account is theirs, which role they held
//! then and how that is known, and the record it was read from; then why the verdict follows, and
//! what answers it. The terminal, the reports and a table say the same story.

mod cast;
mod index;
mod moments;
mod outcome;
#[cfg(test)]
mod tests;
mod text;
mod words;

use serde::Serialize;

pub use cast::Party;
pub use index::Index;
pub use text::told;

use super::{Report, figure::Tone, hostile, wording};
use crate::{
    crossref::{ChangeFacts, Exception, Tested},
    model::SubjectKind,
};

/// A story.
#[derive(Clone, Debug, Serialize)]
pub struct Story {
    /// The exception's id.
    pub id: String,
    /// The rule that was broken.
    pub rule: &'static str,
    /// What a violation of it is.
    pub summary: &'static str,
    /// breach, exposure, process.
    pub class: &'static str,
    /// How bad it is.
    pub severity: &'static str,
    /// What that means.
    pub severity_tone: Tone,
    /// Whether somebody still has to answer.
    pub status: &'static str,
    /// What that means.
    pub status_tone: Tone,
    /// What it is about, in a sentence.
    pub about: String,
    /// Where people open that, if it is a web address.
    pub url: Option<String>,
    /// Everybody who took part, in the order of their first appearance.
    pub cast: Vec<Party>,
    /// What happened, in the order of time.
    pub events: Vec<Event>,
    /// How many events are left out; they are in the table of stories.
    pub more: u64,
    /// Why the verdict follows, a sentence each.
    pub because: Vec<String>,
    /// What answers it, a sentence each.
    pub answer: Vec<String>,
}

/// One thing that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// When, as people of the organisation read it; empty if it is not known.
    pub at: String,
    /// The same in RFC 3339, in UTC.
    pub moment: String,
    /// What happened, in a sentence without a full stop.
    pub said: String,
    /// Whether somebody did it through the account, rather than being given or shown to have
    /// something.
    pub acted: bool,
    /// The account; empty if the record names none.
    pub account: String,
    /// Registry id of the account's principal; empty if it has none.
    pub principal: String,
    /// What says that the account is the principal's.
    pub basis: String,
    /// The roles held then, and how that is known.
    pub roles: Option<String>,
    /// What the rules hold of it, for an approval.
    pub judged: Option<String>,
    /// What that means.
    pub tone: Tone,
    /// Where it was read.
    pub place: String,
    /// The record's verbatim copy.
    pub record: String,
    /// SHA-256 of the file it was read from.
    pub sha256: String,
    /// Other records that tell of the same.
    pub also: Vec<Again>,
}

/// Another record that tells of one thing that happened.
#[derive(Clone, Debug, Serialize)]
pub struct Again {
    /// The account, as that record names it.
    pub account: String,
    /// Where it was read.
    pub place: String,
    /// The record's verbatim copy.
    pub record: String,
}

/// How much of a story is told.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Events.
    pub events: usize,
    /// Roles of one person at one moment.
    pub roles: usize,
}

impl Extent {
    /// All of it.
    pub const WHOLE: Self = Self { events: usize::MAX, roles: usize::MAX };
    /// All that happened, with as many roles as people read.
    pub const EVENTS: Self = Self { events: usize::MAX, roles: 3 };
}

/// Tells the story of one exception.
pub fn story(report: &Report<'_>, index: &Index<'_>, e: &Exception, extent: Extent) -> Story {
    let cx = report.cx();
    let change = match e.tested {
        Tested::Subject(id) => cx.dataset.subject(id),
        _ => None,
    };
    let proposed = change.filter(|change| change.record.kind == SubjectKind::Change);
    let facts = proposed.and_then(|change| ChangeFacts::gather(cx, change));
    let mut moments = moments::gather(report, index, e, facts.as_ref());
    let more = moments.len().saturating_sub(extent.events) as u64;
    moments.truncate(extent.events);
    let judging = words::Judging::new(report, facts.as_ref(), &moments);
    let url = change.and_then(|change| hostile::link(report.text(change.record.url)));
    Story {
        id: e.id.clone(),
        rule: e.rule.id,
        summary: e.rule.summary,
        class: wording::class(e.rule.class),
        severity: e.severity.name(),
        severity_tone: super::view::severity_tone(e.severity),
        status: e.status.name(),
        status_tone: super::view::status_tone(e.status),
        about: outcome::about(report, e),
        url,
        cast: cast::cast(report, e, &moments),
        events: moments.iter().map(|m| words::event(report, &judging, m, extent.roles)).collect(),
        more,
        because: outcome::because(report, e, facts.as_ref()),
        answer: outcome::answer(report, e),
    }
}
