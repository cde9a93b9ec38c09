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

/// The values without their lines.
pub(super) fn values<T>(all: Vec<At<T>>) -> Vec<T> {
    all.into_iter().map(|at| at.value).collect()
}

/// One file, with what was found wrong in it so far.
pub(super) struct Document<'a> {
    file: &'a str,
    text: &'a str,
    lines: Lines,
    found: RefCell<Problems>,
}

impl<'a> Document<'a> {
    /// A file as its reader was given it. A byte order mark is no part of the text.
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { file, text, lines: Lines::of(text), found: RefCell::default() }
    }

    /// Parses the file. Where it is no TOML, every such place is a problem and there is no table:
    /// what a damaged file means beyond them would be guesswork.
    pub(super) fn parse(&self) -> Option<Spanned<DeTable<'a>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        let mut lines = BTreeSet::new();
        for error in &errors {
            let line = error.span().map_or(0, |span| self.lines.at(span.start));
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
        Table::whole(&self.found, self.file, &self.lines, table.get_ref())
    }

    /// Hands over what was found. Tells whether the file is sound.
    pub(super) fn close(self, problems: &mut Problems) -> bool {
        let found = self.found.into_inner().0;
        let sound = found.is_empty();
        problems.0.extend(found);
        sound
    }
}

/// Where the lines of a text begin.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Self(breaks.map(|(offset, _)| offset + 1).collect())
    }

    /// The line, counted from 1, of an offset.
    pub(super) fn at(&self, offset: usize) -> u32 {
        1 + self.0.partition_point(|start| *start <= offset) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_from_one() {
        let lines = Lines::of("a\r\n\nb");
        let all: Vec<u32> = (0..6).map(|offset| lines.at(offset)).collect();
        assert_eq!(all, [1, 1, 1, 2, 3, 3]);
    }
}
