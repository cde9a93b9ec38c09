//! A TOML file in which every value knows its line.

use std::cell::RefCell;
use std::collections::BTreeSet;

use toml::Spanned;
use toml::de::DeTable;

use super::table::Table;
use crate::policy::Problems;

/// A value with the line it begins on.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) line: u32,
}

/// One file, with what was found wrong in it so far.
pub(super) struct Document<'a> {
    file: &'a str,
    text: &'a str,
    found: RefCell<Problems>,
}

impl<'a> Document<'a> {
    /// A file as its reader was given it. A byte order mark is no part of the text.
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { file, text, found: RefCell::default() }
    }

    /// Parses the file. Where it is no TOML, every such place is a problem and there is no table:
    /// what a damaged file means beyond them would be guesswork.
    pub(super) fn parse(&self) -> Option<Spanned<DeTable<'a>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        let mut lines = BTreeSet::new();
        for error in &errors {
            let line = error.span().map_or(0, |span| line_at(self.text, span.start));
            // One slip often derails the parser several times on one line.
            if lines.insert(line) {
                let fault = format!("not valid TOML: {}", error.message());
                let cure = "correct the line (texts stand in double quotes)";
                self.found.borrow_mut().note(self.file, line, fault, cure);
            }
        }
        errors.is_empty().then_some(table)
    }

    /// The table of the whole file.
    pub(super) fn root<'d>(&'d self, table: &'d Spanned<DeTable<'a>>) -> Table<'d> {
        Table::whole(&self.found, self.file, self.text, table.get_ref())
    }

    /// Hands over what was found. Tells whether the file is sound.
    pub(super) fn close(self, problems: &mut Problems) -> bool {
        let found = self.found.into_inner().0;
        let sound = found.is_empty();
        problems.0.extend(found);
        sound
    }
}

/// The line, counted from 1, of an offset in a text.
pub(super) fn line_at(text: &str, offset: usize) -> u32 {
    let before = text.as_bytes().get(..offset).unwrap_or(text.as_bytes());
    1 + before.iter().filter(|byte| **byte == b'\n').count() as u32
}
