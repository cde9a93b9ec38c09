//! Every fact of the pack, row by row: one table to a file.
//!
//! To add a table, write `src/report/tables/<id>.rs` and add one line to [`TABLES`], in
//! alphabetical order. Tables have no bound: rows are handed on one by one, and nothing but
//! aggregates is kept.

mod approvals;
mod approvers;
mod boundary_matrix;
mod bypasses;
mod carried_over;
mod changes;
mod commits;
mod denials;
mod drills;
mod duties;
mod exception_evidence;
mod exceptions;
mod identities;
mod indeterminate;
mod justifications;
mod policy;
mod rejects;
mod role_assignments;
mod sources;
mod stories;
mod verdicts;

use std::borrow::Cow;

use super::Report;

pub(super) use sources::outside;

/// One row: a cell for each column of its table.
pub type Row<'r> = [Cow<'r, str>];

/// States the rows of a table, one by one.
pub type Rows = fn(&Report<'_>, &mut dyn FnMut(&Row<'_>));

/// A column.
#[derive(Debug)]
pub struct Column {
    /// Stable name in the CSV, in `snake_case`.
    pub key: &'static str,
    /// Title in the reports.
    pub title: &'static str,
    /// What a cell holds: lowercase, no full stop.
    pub meaning: &'static str,
    /// Share of the width in the reports' excerpts; 0: only in the CSV.
    pub width: u8,
}

/// A table: what it says about itself, and the function that states its rows.
#[derive(Debug)]
pub struct Table {
    /// Name of its file, in `kebab-case`.
    pub id: &'static str,
    /// Title in the reports.
    pub title: &'static str,
    /// What a row is: lowercase, no full stop.
    pub summary: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    /// Hands every row to the sink, in the final order.
    pub rows: Rows,
}

impl Table {
    /// Its path, relative to the pack's data folder.
    pub fn path(&self) -> String {
        format!("tables/{}.csv", self.id)
    }
}

/// Every table, in alphabetical order.
pub const TABLES: &[&Table] = &[
    &approvals::APPROVALS,
    &approvers::APPROVERS,
    &boundary_matrix::BOUNDARY_MATRIX,
    &bypasses::BYPASSES,
    &carried_over::CARRIED_OVER,
    &changes::CHANGES,
    &commits::COMMITS,
    &denials::DENIALS,
    &drills::DRILLS,
    &duties::DUTIES,
    &exception_evidence::EXCEPTION_EVIDENCE,
    &exceptions::EXCEPTIONS,
    &identities::IDENTITIES,
    &indeterminate::INDETERMINATE,
    &justifications::JUSTIFICATIONS,
    &policy::POLICY,
    &rejects::REJECTS,
    &role_assignments::ROLE_ASSIGNMENTS,
    &sources::SOURCES,
    &stories::STORIES,
    &verdicts::VERDICTS,
];

const fn column(
    key: &'static str,
    title: &'static str,
    meaning: &'static str,
    width: u8,
) -> Column {
    Column { key, title, meaning, width }
}

const PLACE: Column =
    column("place", "Place", "export file, and line or JSON pointer, of the row's record", 0);

const RECORD: Column =
    column("record", "Record", "path in the pack of the record's verbatim copy", 0);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{
        csv::{original, write_table},
        sample,
    };

    #[test]
    fn the_registry_is_sorted_and_columns_are_stable_names() {
        assert!(TABLES.is_sorted_by(|a, b| a.id < b.id));
        let name = |text: &str, join: u8| {
            text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == join || byte == b'6')
        };
        for table in TABLES {
            assert!(name(table.id, b'-'), "{}", table.id);
            assert!(table.columns.iter().any(|column| column.width > 0), "{}", table.id);
            for column in table.columns {
                let known = name(column.key, b'_') || column.key == "sha256";
                assert!(known, "{} {}", table.id, column.key);
                assert!(!column.meaning.ends_with('.') && !column.meaning.contains('|'));
            }
        }
    }

    #[test]
    fn no_cell_of_hostile_text_is_executed_or_lost() {
        sample::hostile().with(|report| {
            let mut seen = String::new();
            for table in TABLES {
                let mut out = Vec::new();
                write_table(report, table, &mut out).unwrap();
                let mut reader = csv::Reader::from_reader(out.as_slice());
                for row in reader.records() {
                    for cell in &row.unwrap() {
                        assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
                        assert!(!cell.contains(|c: char| c.is_control()), "{cell}");
                        assert!(!cell.contains(";=") && !cell.contains('\u{202e}'), "{cell}");
                        seen += &original(cell);
                        seen.push('\n');
                    }
                }
            }
            for text in sample::HOSTILE {
                assert!(seen.contains(text), "{text:?}");
            }
        });
    }

    #[test]
    fn every_table_has_as_many_cells_as_columns_and_the_same_bytes_twice() {
        let mut company = sample::company();
        company.commit("bob", "pushed", 9.0);
        company.with(|report| {
            for table in TABLES {
                let (mut one, mut two) = (Vec::new(), Vec::new());
                let excerpt = write_table(report, table, &mut one).unwrap();
                write_table(report, table, &mut two).unwrap();
                assert_eq!(one, two, "{}", table.id);
                assert!(excerpt.total > 0, "{} has no row in the sample", table.id);
                let lines = String::from_utf8(one).unwrap().lines().count() as u64;
                assert_eq!(lines, excerpt.total + 1, "{}: one row a line", table.id);
            }
        });
    }
}
