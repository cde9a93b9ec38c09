//! What an ingester is, and what it is told about the files it reads.

use super::decode::Trouble;
use super::feed::{Container, Feed};
use super::sample::Sample;
use super::watch::Watch;
use crate::model::{Batch, Instant, Settings, TimeError};

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

/// What an ingester knows besides the file.
pub(super) struct Context<'a> {
    pub(super) settings: &'a Settings,
    /// The system that accounts belong to.
    pub(super) system: &'a str,
    /// Which of the allowed things are kept.
    pub(super) watch: &'a dyn Watch,
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
