//! One row more for `justifications.csv`, in the file's own dialect and without a change to any
//! byte that is there: people keep the file in a spreadsheet, under version control, or both.

use super::{justifications::COLUMNS, sheet::delimiter};
use crate::policy::neutralised;

/// The cells of a new row, as they are to be read back.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NewJustification {
    /// The exception that it answers.
    pub exception: String,
    /// Why it was acceptable.
    pub text: String,
    /// Registry id of who wrote it.
    pub author: String,
    /// Registry id of who approved it.
    pub approver: String,
    /// When it was approved, as the file writes times.
    pub at: String,
    /// What lowered the risk; empty if nothing did.
    pub compensating_control: String,
    /// Where it was discussed; empty if nowhere.
    pub ticket: String,
    /// The last day on which it holds; empty: no end.
    pub expires: String,
}

impl NewJustification {
    fn cell(&self, column: &str) -> &str {
        match column {
            "exception" => &self.exception,
            "justification" => &self.text,
            "author" => &self.author,
            "approver" => &self.approver,
            "at" => &self.at,
            "compensating_control" => &self.compensating_control,
            "ticket" => &self.ticket,
            "expires" => &self.expires,
            _ => "",
        }
    }
}

/// What has to be added at the end of a file to hold one row more: `file` is its text, which was
/// read without a problem, or nothing where there is no file yet.
///
/// Separator, order of columns, line ends and the habit of quoting every cell are the file's own;
/// a last line without an end gets one first.
pub fn appended(file: &str, row: &NewJustification) -> String {
    let text = file.strip_prefix('\u{feff}').unwrap_or(file);
    if text.trim().is_empty() {
        return format!("{}\n{}", COLUMNS.join(","), line(&COLUMNS, row, b',', "\n", false));
    }
    let header = text.trim_start().lines().next().unwrap_or_default();
    let separator = delimiter(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .from_reader(header.as_bytes());
    let first = reader.records().find_map(Result::ok).unwrap_or_default();
    let columns: Vec<&str> = first.iter().map(str::trim).collect();
    let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let gap = if text.ends_with('\n') { "" } else { end };
    let quoted = header.matches('"').count() == 2 * columns.len();
    format!("{gap}{}", line(&columns, row, separator, end, quoted))
}

fn line(
    columns: &[&str],
    row: &NewJustification,
    separator: u8,
    end: &str,
    quoted: bool,
) -> String {
    let separator = char::from(separator);
    let cells = columns.iter().map(|column| {
        let cell = neutralised(row.cell(column).trim());
        let special = |c: char| c == separator || matches!(c, '"' | '\r' | '\n' | ',' | ';' | '\t');
        if quoted || cell.contains(special) || cell.starts_with(' ') {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.into_owned()
        }
    });
    let cells: Vec<_> = cells.collect();
    format!("{}{end}", cells.join(&separator.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Justifications, Problems};

    fn row() -> NewJustification {
        NewJustification {
            exception: "EX-7K3M9Q2R5T".to_owned(),
            text: "Down; \"all\" of it,\nread the next day".to_owned(),
            author: "cat".to_owned(),
            approver: "dan".to_owned(),
            at: "2026-11-02 10:15".to_owned(),
            compensating_control: "=HYPERLINK(\"x\")".to_owned(),
            ticket: "OPS-1".to_owned(),
            expires: "2026-12-01".to_owned(),
        }
    }

    #[track_caller]
    fn round(before: &str) -> String {
        let added = appended(before, &row());
        let (after, mut problems) = (format!("{before}{added}"), Problems::default());
        let zone = chrono_tz::UTC;
        let read = Justifications::read("j.csv", &after, zone, &mut problems);
        assert_eq!(problems, Problems::default(), "{after:?}");
        let all = read.unwrap().all;
        let last = all.last().unwrap();
        assert_eq!(last.exception, "EX-7K3M9Q2R5T");
        assert_eq!(last.text, row().text);
        assert_eq!((last.author.as_str(), last.approver.as_str()), ("cat", "dan"));
        assert_eq!(last.compensating_control.as_deref(), Some("=HYPERLINK(\"x\")"));
        assert_eq!(last.ticket.as_deref(), Some("OPS-1"));
        assert_eq!(last.expires.unwrap().to_string(), "2026-12-02T00:00:00Z");
        added
    }

    #[test]
    fn a_row_in_the_dialect_of_the_file() {
        let head = COLUMNS.join(",");
        assert!(round("").starts_with(&format!("{head}\nEX-7K3M9Q2R5T,\"Down; ")));
        assert!(round(&format!("{head}\n")).ends_with(",OPS-1,2026-12-01\n"));
        // Excel where the comma is the decimal sign, with its mark and its line ends.
        let german = format!("\u{feff}{}\r\n", COLUMNS.join(";"));
        let added = round(&german);
        assert!(added.ends_with(";OPS-1;2026-12-01\r\n"), "{added:?}");
        // Nobody ended the last line.
        let open = format!("{head}\r\nEX-0000000000,x,a,b,2026-10-01,,,");
        assert!(round(&open).starts_with("\r\nEX-7K3M9Q2R5T,"));
        let tabs = format!("{}\n", COLUMNS.join("\t"));
        assert!(round(&tabs).contains("\tcat\tdan\t2026-11-02 10:15\t"));
    }

    #[test]
    fn columns_stay_where_they_are_and_quotes_too() {
        let mut columns = COLUMNS;
        columns.reverse();
        let added = round(&format!("{}\n", columns.join(",")));
        assert!(added.starts_with("2026-12-01,OPS-1,"), "{added}");
        let quoted: Vec<_> = COLUMNS.iter().map(|column| format!("\"{column}\"")).collect();
        let added = round(&format!("{}\n", quoted.join(",")));
        assert!(added.starts_with("\"EX-7K3M9Q2R5T\",\"Down; \"\"all\"\""), "{added}");
    }
}
