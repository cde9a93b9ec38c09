//! Cells of the tables that spreadsheets open, written so that none is run as a formula.
//!
//! A spreadsheet runs a cell that begins with `=` and some other characters, whoever wrote it. The
//! usual cure is an apostrophe in front. The pair of functions here makes that cure exact: what
//! one writes the other reads back, character for character, so a table of ours may be edited in a
//! spreadsheet and given back to us.

use std::borrow::Cow;

/// Characters that make a spreadsheet run a cell, where a cell begins with one: those that OWASP's
/// page on CSV injection names, with their full-width twins.
const RUNS: [char; 11] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];

/// The cell with an apostrophe in front, if a spreadsheet would run it.
///
/// A cell that begins with apostrophes and then such a character gets one more, so that
/// [`restored`] can tell it from one that was neutralised.
pub fn neutralised(cell: &str) -> Cow<'_, str> {
    if risky(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// The cell as it was before [`neutralised`].
pub fn restored(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| risky(rest)).unwrap_or(cell)
}

fn risky(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(RUNS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_neutralised_and_nothing_else() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\u{ff1d}1", "'=1", "''@"] {
            assert_eq!(neutralised(cell), format!("'{cell}"), "{cell}");
        }
        for cell in ["", "'", "ann", "O'Neil", "'tis", "a=b", "github:x[bot]"] {
            assert_eq!(neutralised(cell), cell);
        }
    }

    #[test]
    fn what_one_writes_the_other_reads() {
        for cell in ["", "=1", "'=1", "''=1", "'tis", "'", "''", "-", "'-'", "\n=x", "=(cmd)"] {
            assert_eq!(restored(&neutralised(cell)), cell);
        }
        assert_eq!(restored("'tis"), "'tis");
    }
}
