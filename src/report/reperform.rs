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
        let columns: Vec<_> =
            table.columns.iter().map(|column| format!("  '{}': 'VARCHAR'", column.key)).collect();
        // Writing to a string cannot fail
        let _ = writeln!(
            out,
            "CREATE TABLE {} AS SELECT * FROM read_csv('../tables/{}.csv', auto_detect = false,\n  \
             header = true, delim = ',', quote = '\"', escape = '\"', columns = {{\n{}\n}});\n",
            name(table),
            table.id,
            columns.join(",\n")
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The query without its comments.
    fn code() -> String {
        QUERY.lines().map(|line| line.split("--").next().unwrap_or_default()).collect()
    }

    #[test]
    fn both_ways_of_loading_name_every_column() {
        for (text, quote) in [(load_sqlite(), '"'), (load_duckdb(), '\'')] {
            for table in TABLES {
                assert!(text.contains(&format!("CREATE TABLE {}", name(table))), "{}", table.id);
                assert!(text.contains(&format!("../tables/{}.csv", table.id)), "{}", table.id);
                for column in table.columns {
                    assert!(text.contains(&format!("{quote}{}{quote}", column.key)));
                }
            }
        }
    }

    #[test]
    fn the_query_holds_nothing_that_engines_read_differently() {
        let code = code().to_uppercase();
        for word in
            ["\"", "EXISTS", "INTERVAL '", "TIMESTAMP", "QUALIFY", "LATERAL", "GROUP_CONCAT"]
        {
            assert!(!code.contains(word), "{word}");
        }
        assert_eq!(code.matches(';').count(), 1, "one statement");
    }

    #[test]
    fn the_readme_names_every_rule_that_the_query_tests() {
        let (_, tested) = QUERY.split_once("tested AS (").unwrap();
        let (tested, _) = tested.split_once("),").unwrap();
        let rules: Vec<_> = tested.split('\'').skip(1).step_by(2).collect();
        for rule in crate::crossref::RULES {
            let named = README.contains(&format!("`{}`", rule.id));
            assert!(named, "{}: said neither to be re-performed nor not to be", rule.id);
        }
        assert!(rules.iter().all(|id| crate::crossref::RULES.iter().any(|rule| rule.id == *id)));
    }
}
