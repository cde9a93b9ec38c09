//! What the columns or members of an export that no reader knows mean, as people say.
//!
//! Written below a `[[source]]`, one `[[source.record]]` for each record that a row gives. Which
//! fields a kind of record has stands here, once, for the reader of the configuration and for the
//! reader of the export.

use std::collections::BTreeMap;

use super::{AccountKind, Duty, LinkKind, Outcome, SubjectKind, SubjectState};

/// What kind of record a row gives.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Gives {
    /// An account did a duty to a subject.
    Act,
    /// A control decided on an attempt.
    Decision,
    /// An account held a role, or it was given or taken.
    Grant,
    /// Two subjects are parts of one change.
    Link,
    /// A subject by itself.
    Subject,
}

impl Gives {
    /// Every kind, in order.
    pub const ALL: &[Self] = &[Self::Act, Self::Decision, Self::Grant, Self::Link, Self::Subject];

    /// The name in `gives`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Decision => "decision",
            Self::Grant => "grant",
            Self::Link => "link",
            Self::Subject => "subject",
        }
    }

    /// The fields that such a record has.
    pub fn fields(self) -> impl Iterator<Item = &'static FieldShape> {
        let (own, shared): (_, &[&[FieldShape]]) = match self {
            Self::Act => (ACT, &[WHO, SUBJECT]),
            Self::Decision => (DECISION, &[WHO]),
            Self::Grant => (GRANT, &[WHO]),
            Self::Link => (LINK, &[]),
            Self::Subject => (&[][..], &[SUBJECT]),
        };
        own.iter().chain(shared.iter().copied().flatten())
    }
}

/// A field of a record, and what it may hold.
#[derive(Clone, Copy, Debug)]
pub struct FieldShape {
    /// Its name in `sodpack.toml`.
    pub name: &'static str,
    /// Whether a record is nothing without it.
    pub needed: bool,
    /// What it holds.
    pub holds: Holds,
}

/// What a field holds.
#[derive(Clone, Copy, Debug)]
pub enum Holds {
    /// Any text.
    Text,
    /// The name of a system.
    System,
    /// A moment.
    Time,
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
}

const fn text(name: &'static str) -> FieldShape {
    FieldShape { name, needed: false, holds: Holds::Text }
}

const fn system(name: &'static str) -> FieldShape {
    FieldShape { name, needed: false, holds: Holds::System }
}

const fn time(name: &'static str) -> FieldShape {
    FieldShape { name, needed: false, holds: Holds::Time }
}

const fn word(name: &'static str, words: fn() -> Vec<&'static str>) -> FieldShape {
    FieldShape { name, needed: false, holds: Holds::Word(words) }
}

const fn needed(field: FieldShape) -> FieldShape {
    FieldShape { needed: true, ..field }
}

macro_rules! words {
    ($names:ty) => {
        || <$names>::ALL.iter().map(|value| value.name()).collect()
    };
}

const WHO: &[FieldShape] = &[
    needed(text("who")),
    system("who-system"),
    word("who-kind", words!(AccountKind)),
    text("who-email"),
    text("who-name"),
];
const SUBJECT: &[FieldShape] = &[
    needed(text("to")),
    system("to-system"),
    needed(word("kind", words!(SubjectKind))),
    word("state", words!(SubjectState)),
    text("title"),
    text("url"),
    text("repository"),
    text("target"),
    text("head"),
    text("executes"),
    system("executes-system"),
    time("created"),
    time("done"),
    word("reviews-listed", || vec!["yes", "no"]),
];
const ACT: &[FieldShape] = &[needed(word("duty", words!(Duty))), time("at"), text("revision")];
const DECISION: &[FieldShape] = &[
    needed(text("action")),
    needed(word("outcome", words!(Outcome))),
    needed(time("at")),
    text("resource"),
    text("code"),
    text("control"),
    text("message"),
    text("request"),
];
const GRANT: &[FieldShape] = &[
    needed(text("role")),
    text("scope"),
    word("event", || vec!["given", "taken"]),
    time("at"),
    time("from"),
    time("until"),
    text("granted-by"),
];
const LINK: &[FieldShape] = &[
    needed(text("from")),
    system("from-system"),
    needed(word("link", words!(LinkKind))),
    needed(text("to")),
    system("to-system"),
];

/// How a time is written where it is not RFC 3339.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TimeFormat {
    /// Seconds since 1970-01-01T00:00:00Z.
    Seconds,
    /// Milliseconds since then.
    Milliseconds,
    /// A pattern of `strftime`: `%d.%m.%Y %H:%M`.
    Pattern(String),
}

/// Where a field's text comes from, and what is made of it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Field {
    /// The text itself, the same for every row.
    pub is: Option<String>,
    /// Columns, or members by JSON pointer (`/user/login`, `*` for every element); several are put
    /// together.
    pub from: Vec<String>,
    /// What stands between several.
    pub joined: String,
    /// What is put before the text.
    pub prefix: String,
    /// What separates several values in one text.
    pub split: Option<String>,
    /// What the export's words mean.
    pub values: BTreeMap<String, String>,
    /// What every other word means.
    pub otherwise: Option<String>,
    /// How a time is written.
    pub time: Option<TimeFormat>,
}

/// When a row gives a record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Condition {
    /// A column or member.
    pub from: String,
    /// It holds one of these texts; if there are none: it holds anything.
    pub is: Vec<String>,
}

/// One record that a row gives.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RecordMap {
    /// Its kind.
    pub gives: Gives,
    /// When it does: all of these hold.
    pub when: Vec<Condition>,
    /// Its fields, by name; those that [`Gives::fields`] needs are there.
    pub fields: BTreeMap<&'static str, Field>,
}

impl Mapping {
    /// The formats that are read by a mapping, and by nothing else.
    pub const FORMATS: &[&str] = &["events-csv", "events-json"];
}

/// What a row of an export means.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Mapping {
    /// The names on the way to the array of rows; empty: the file's own values are the rows.
    pub rows: Vec<String>,
    /// The records that each row gives.
    pub records: Vec<RecordMap>,
}
