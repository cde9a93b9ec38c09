//! What an auditor needs to re-perform the verdicts from the tables with a query engine.
//!
//! The query is a template, plain SQL that several engines read alike. How the tables are loaded
//! differs from engine to engine, and follows from the tables' own columns.

use std::fmt::Write as _;

use super::tables::{TABLES, Table};

const QUERY: &str = include_str!("../../templates/reperform/reperform.sql");
const README: &str = include_str!("../../templates/reperform/README.md");

/// The files, by name: the query, how to load the tables with two engines, and what it all means.
pub fn files() -> [(&'static str, Vec<u8>); 4] {
    [
        ("README.md", README.into()),
        ("load-duckdb.sql", load_duckdb().into_bytes()),
        ("load-sqlite.sql", load_sqlite().into_bytes()),
        ("reperform.sql", QUERY.into()),
    ]
}

/// A table's name in SQL: hyphens would have to be quoted, and engines quote differently.
fn name(table: &Table) -> String {
    table.id.replace('-', "_")
}

/// Every column is text: a revision such as `0123` or `1e5` is no number.
fn load_sqlite() -> String {
    let mut out = String::from(
        "-- Loads the pack's tables into SQLite 3.32 or later, every column as text.\n\
         -- Run in this folder.\n\n\
         PRAGMA case_sensitive_like = ON;\n",
    );
    for table in TABLES {
        let columns: Vec<_> =
            table.columns.iter().map(|column| format!("\"{}\" TEXT", column.key)).collect();
        let (name, id) = (name(table), table.id);
        // Writing to a string cannot fail
        let _ = write!(
            out,
            "\nCREATE TABLE {name} (\n  {}\n);\n.import --csv --skip 1 ../tables/{id}.csv {name}\n",
            columns.join(",\n  ")
        );
    }
    out
}

fn load_duckdb() -> String {
    let mut out = String::from(
        "-- Loads the pack's tables into DuckDB, every column as text.\n-- Run in this folder.\n\n",
    );
    for table in TABLES {
        // Writing to a string cannot fail
        let _ = writeln!(
            out,
            "CREATE TABLE {} AS SELECT * FROM read_csv('../tables/{}.csv', header = true, \
             all_varchar = true, auto_detect = false, delim = ',', quote = '\"', escape = '\"', \
             columns = {{{}}});",
            name(table),
            table.id,
            table
                .columns
                .iter()
                .map(|column| format!("'{}': 'VARCHAR'", column.key))
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    out
}
