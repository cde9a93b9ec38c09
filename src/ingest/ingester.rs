//! What an ingester is, and what it is told about the files it reads.

use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::sample::Sample;
use crate::model::{Batch, Export, Instant, TimeError};

/// An ingester: what it says about itself, how it recognises its export, and how it reads it.
///
/// Declared with `ingester!`, from a doc comment: its documentation page is made from that.
#[derive(Debug)]
pub struct Ingester {
    /// Kebab-case, the same as the file's name: `github-pulls`.
    pub id: &'static str,
    /// The export in its vendor's own words.
    pub title: &'static str,
    /// Markdown: how to make the export, which fields are read, what it proves and what it cannot.
    pub docs: &'static str,
    /// The system that accounts belong to, unless the source's settings name another.
    pub system: &'static str,
    /// The version that it first appeared in.
    pub since: &'static str,
    /// Names of members or columns that are typical of the export: for naming the nearest format.
    pub(super) names: &'static [&'static str],
    pub(super) recognise: fn(&Sample<'_>) -> Option<Container>,
    pub(super) read: fn(&mut Feed<'_>, &Context<'_>, &mut Batch) -> Result<(), Trouble>,
}

/// Declares an [`Ingester`] from a doc comment and its metadata.
macro_rules! ingester {
    (
        $(#[doc = $doc:literal])+
        $vis:vis static $name:ident = $id:literal {
            title: $title:literal,
            system: $system:literal,
            since: $since:literal,
            names: $names:expr,
            recognise: $recognise:expr,
            read: $read:expr,
        }
    ) => {
        $(#[doc = $doc])+
        $vis static $name: $crate::ingest::Ingester = $crate::ingest::Ingester {
            id: $id,
            title: $title,
            docs: concat!($($doc, "\n"),+),
            system: $system,
            since: $since,
            names: $names,
            recognise: $recognise,
            read: $read,
        };
    };
}
pub(super) use ingester;

/// Which columns of a role export hold what; `None`: the column is found by its usual name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Columns {
    /// Who holds the role.
    pub principal: Option<String>,
    /// The role.
    pub role: Option<String>,
    /// What it is limited to.
    pub scope: Option<String>,
    /// When it began.
    pub from: Option<String>,
    /// When it ended.
    pub until: Option<String>,
    /// Who gave it.
    pub granted_by: Option<String>,
    /// The holder's address.
    pub email: Option<String>,
}

/// What people say about a source, because its files do not.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Id of the ingester, where it is not to be recognised.
    pub format: Option<String>,
    /// The system that accounts and roles belong to, where it is not the format's own.
    pub system: Option<String>,
    /// The repository: `acme/pay`.
    pub repository: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// The team, organisation or repository of a member list: `team:acme/reviewers`, `org:acme`,
    /// `repo:acme/pay`.
    pub scope: Option<String>,
    /// The role that everybody in a member list has.
    pub role: Option<String>,
    /// The zone of times that have none.
    pub timezone: Option<chrono_tz::Tz>,
    /// When a snapshot was taken.
    pub snapshot_at: Option<Instant>,
    /// How the export was made.
    pub export: Export,
    /// Columns of a role export.
    pub columns: Columns,
}

/// What an ingester knows besides the file.
pub(super) struct Context<'a> {
    pub(super) settings: &'a Settings,
    /// The system that accounts belong to.
    pub(super) system: &'a str,
    /// Whether an account, written `system:local`, is a registered agent or service.
    pub(super) watch: &'a (dyn Fn(&str) -> bool + Sync),
}

impl Context<'_> {
    /// Reads a time, in the source's zone if it names none itself.
    pub(super) fn time(&self, text: &str) -> Result<Instant, TimeError> {
        match self.settings.timezone {
            Some(zone) => Instant::parse_in(text, zone),
            None => Instant::parse(text),
        }
    }

    /// Reads a time that may be missing.
    pub(super) fn maybe_time(&self, text: Option<&str>) -> Result<Option<Instant>, TimeError> {
        text.map(|text| self.time(text)).transpose()
    }
}
