//! Every table, with an excerpt of those that people read in the report itself.

use serde::Serialize;

use super::Many;
use crate::report::{csv::Excerpt, hostile, tables::Table};

/// Tables whose excerpts stand in the report; the facts of the others have sections of their own.
const PRINTED: &[&str] = &[
    "approvals",
    "changes",
    "identities",
    "indeterminate",
    "justifications",
    "rejects",
    "role-assignments",
];

/// A table, and some of its rows.
#[derive(Clone, Debug, Serialize)]
pub struct Listing {
    /// Name of the table.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What a row is.
    pub summary: &'static str,
    /// Whether an excerpt is shown.
    pub printed: bool,
    /// Heads of the columns that are shown.
    pub heads: Vec<Head>,
    /// The first rows.
    pub rows: Many<Vec<Cell>>,
}

/// Head of a column.
#[derive(Clone, Debug, Serialize)]
pub struct Head {
    /// Title.
    pub title: &'static str,
    /// What a cell holds.
    pub meaning: &'static str,
    /// Share of the width.
    pub width: u8,
}

/// A cell.
pub type Cell = String;

pub(super) fn listings(excerpts: &[Excerpt]) -> Vec<Listing> {
    excerpts.iter().map(listing).collect()
}

fn listing(excerpt: &Excerpt) -> Listing {
    let Table { id, title, summary, columns, .. } = *excerpt.table;
    let printed = PRINTED.contains(&id);
    let columns = columns.iter().filter(|column| column.width > 0);
    let head = |column: &crate::report::tables::Column| Head {
        title: column.title,
        meaning: column.meaning,
        width: column.width,
    };
    let mut rows = Many::new(excerpt.table.path());
    if printed {
        let cells = |row: &Vec<String>| row.iter().map(|cell| hostile::brief(cell)).collect();
        rows.rows = excerpt.rows.iter().map(cells).collect();
    }
    rows.total = excerpt.total;
    if printed {
        rows.tell();
    }
    Listing { id, title, summary, printed, heads: columns.map(head).collect(), rows }
}
