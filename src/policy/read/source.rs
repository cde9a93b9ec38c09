//! Reads one `[[source]]` of `sodpack.toml`.

use super::mapping::mapping;
use super::shape;
use super::spelling::quoted;
use super::table::Table;
use crate::model::{Columns, Export, Mapping, Settings};
use crate::policy::SourceConfig;

/// Reads a source. Times without a zone are in the source's own zone, or else in `zone`.
///
/// Whether its format exists is for the caller to judge: the formats are not known here.
pub(super) fn source(mut table: Table<'_>, zone: chrono_tz::Tz) -> Option<SourceConfig> {
    let path = table.need("path", "\"exports/github/*.json\"", shape::glob);
    let timezone = table.get("timezone", shape::zone).map(|at| at.value);
    let system = table.get("system", shape::system).map(|at| at.value);
    let zone = timezone.unwrap_or(zone);
    let snapshot_at = table.moment("snapshot-at", zone);
    let exported_at = table.moment("exported-at", zone);
    let command = table.get("command", shape::prose).map(|at| at.value);
    let columns = table.table("columns").map(columns).unwrap_or_default();
    let mapping = mapping(&mut table);
    let mut line = |key| table.get(key, shape::line).map(|at| at.value);
    let (format, repository, branch) = (line("format"), line("repository"), line("branch"));
    let (scope, role, exported_by) = (line("scope"), line("role"), line("exported-by"));
    let at = table.line();
    match_up(format.as_deref(), &table, at);
    table.close();
    Some(SourceConfig {
        path: path?.value,
        settings: Settings {
            format,
            system,
            repository,
            branch,
            scope,
            role,
            timezone,
            snapshot_at,
            export: Export { by: exported_by, at: exported_at, command, digest: None },
            columns,
            mapping,
        },
        line: at,
    })
}

/// A mapping belongs to a format that is read by one, and such a format to a mapping: neither must be
/// passed over in silence.
fn match_up(format: Option<&str>, table: &Table<'_>, line: u32) {
    let mapped = format.is_some_and(|format| Mapping::FORMATS.contains(&format));
    match (mapped, table.has("record")) {
        (true, false) => {
            let fault = format!(
                "no `[[source.record]]` says what the rows of {} mean",
                quoted(format.unwrap_or_default())
            );
            table.note(line, fault, "add one with `gives = \"act\"` and its fields");
        }
        (false, true) => table.note(
            line,
            "`[[source.record]]` for a format that is read without it",
            "write `format = \"events-csv\"` or `\"events-json\"`, or remove it",
        ),
        _ => {}
    }
}

fn columns(mut table: Table<'_>) -> Columns {
    let mut name = |key| table.get(key, shape::line).map(|at| at.value);
    let columns = Columns {
        principal: name("principal"),
        role: name("role"),
        scope: name("scope"),
        from: name("from"),
        until: name("until"),
        granted_by: name("granted-by"),
        email: name("email"),
    };
    table.close();
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Problems;
    use crate::policy::read::document::Document;

    fn read(text: &str) -> Result<SourceConfig, String> {
        let document = Document::new("s.toml", text);
        let parsed = document.parse().unwrap();
        let config = source(document.root(&parsed), chrono_tz::Europe::Berlin);
        let mut problems = Problems::default();
        if document.close(&mut problems) { Ok(config.unwrap()) } else { Err(problems.to_string()) }
    }

    #[test]
    fn times_take_the_sources_zone_then_the_organisations() {
        let at = |text: &str| {
            read(&format!("path = \"x\"\n{text}"))
                .unwrap()
                .settings
                .snapshot_at
                .unwrap()
                .to_string()
        };
        assert_eq!(at("snapshot-at = 2026-11-01T06:00:00Z"), "2026-11-01T06:00:00Z");
        assert_eq!(at("snapshot-at = \"2026-11-01 06:00\""), "2026-11-01T05:00:00Z");
        assert_eq!(at("snapshot-at = 2026-11-01"), "2026-10-31T23:00:00Z");
        assert_eq!(
            at("timezone = \"UTC\"\nsnapshot-at = 2026-11-01T06:00:00"),
            "2026-11-01T06:00:00Z"
        );
        assert!(
            read("path = \"x\"\nsnapshot-at = 06:00:00")
                .unwrap_err()
                .starts_with("s.toml:2: `snapshot-at` is `06:00:00`, which is not a time")
        );
    }

    #[test]
    fn mappings_and_their_formats_come_together() {
        let record = "[[record]]\ngives = \"link\"\nfrom = \"a\"\nlink = \"answers\"\nto = \"b\"\n";
        let with = |format: &str, record: &str| read(&format!("path = \"x\"\n{format}{record}"));
        assert_eq!(
            with("format = \"events-json\"\n", record).unwrap().settings.mapping.records.len(),
            1
        );
        let lacking = with("format = \"events-csv\"\n", "").unwrap_err();
        assert!(lacking.contains("no `[[source.record]]` says what the rows of `events-csv` mean"));
        for format in ["", "format = \"okta-groups\"\n"] {
            assert!(
                with(format, record).unwrap_err().contains("that is read without it"),
                "{format}"
            );
        }
    }

    #[test]
    fn columns_and_what_people_say() {
        let source = read(
            "path = \"a\"\ncommand = '''\ngh api \\\n  x'''\n[columns]\ngranted-by = \"By\"\n",
        )
        .unwrap();
        assert_eq!(source.settings.columns.granted_by.as_deref(), Some("By"));
        assert_eq!(source.settings.export.command.as_deref(), Some("gh api \\\n  x"));
        let error = read("path = \"a\"\n[columns]\ngranted_by = \"By\"\n").unwrap_err();
        assert_eq!(
            error,
            "s.toml:3: unknown key `granted_by` in [columns]; did you mean `granted-by`?"
        );
    }
}
