//! A table that people keep in a spreadsheet: CSV in the dialects that spreadsheets write.
//!
//! Commas, semicolons (Excel where the comma is the decimal sign) and tabs are told apart by the
//! header. A byte order mark is no part of the text. Columns may stand in any order; all of them
//! must be there and no other. Cells that we neutralised against formulas are read back as they
//! were.

use std::collections::BTreeMap;

use super::shape::{NOT_A_TIME, Shaped, Wrong, prose};
use super::spelling::{nearest, quoted};
use crate::policy::{Problems, restored};

/// One row: a cell for each column that was asked for, in the order asked, without blanks around.
#[derive(Debug)]
pub(super) struct Row<const N: usize> {
    /// Where it begins.
    pub(super) line: u32,
    cells: [String; N],
}

/// A file, while it is read.
pub(super) struct Sheet<'a, const N: usize> {
    file: &'a str,
    columns: [&'static str; N],
    problems: &'a mut Problems,
    already: usize,
}

impl<'a, const N: usize> Sheet<'a, N> {
    /// A file that has these columns.
    pub(super) fn new(
        file: &'a str,
        columns: [&'static str; N],
        problems: &'a mut Problems,
    ) -> Self {
        let already = problems.0.len();
        Self { file, columns, problems, already }
    }

    /// Tells whether nothing was found wrong so far.
    pub(super) fn sound(&self) -> bool {
        self.problems.0.len() == self.already
    }

    /// Notes a problem.
    pub(super) fn note(&mut self, line: u32, fault: impl Into<String>, cure: impl Into<String>) {
        self.problems.note(self.file, line, fault, cure);
    }

    /// The rows that have as many cells as the header. Blank rows are left out.
    pub(super) fn rows(&mut self, text: &str) -> Vec<Row<N>> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut records = records(text).into_iter();
        let Some((line, header)) = records.next() else {
            let cure = format!("begin it with `{}`", self.columns.join(","));
            self.note(0, "the file is empty", cure);
            return Vec::new();
        };
        let Some(places) = self.places(&header.cells, line) else { return Vec::new() };
        let mut rows = Vec::new();
        for (line, Record { cells, closed }) in records {
            let (has, want) = (cells.len(), header.cells.len());
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if !closed {
                // The reader takes all that follows for one cell: rows would go unseen.
                let cure = "close it; a double quote within a cell is written twice";
                self.note(line, "a double quote that nothing closes", cure);
            } else if has == want {
                let cells =
                    places.map(|place| self.cell(line, &header.cells[place], &cells[place]));
                rows.push(Row { line, cells });
            } else if let Some(other) = mixed(&cells, delimiter(text), want) {
                // Every further row would only say the same.
                let fault = format!(
                    "the header separates cells by {}, and this row by {}",
                    separator(delimiter(text)),
                    separator(other)
                );
                self.note(line, fault, "use one separator in the whole file");
                break;
            } else {
                let cure = "put cells that hold a separator or line break in double quotes";
                self.note(line, format!("{has} cells where the header has {want}"), cure);
            }
        }
        rows
    }

    /// Where each column stands, if all of them do.
    fn places(&mut self, header: &csv::StringRecord, line: u32) -> Option<[usize; N]> {
        let mut found: BTreeMap<&str, usize> = BTreeMap::new();
        for (place, name) in header.iter().map(str::trim).enumerate() {
            if !self.columns.contains(&name) {
                let absent = |column: &&str| !header.iter().any(|other| other.trim() == *column);
                let near = nearest(name, self.columns.into_iter().filter(absent));
                let cure =
                    near.map_or("remove it".to_owned(), |near| format!("did you mean `{near}`?"));
                self.note(line, format!("unknown column {}", quoted(name)), cure);
            } else if found.insert(name, place).is_some() {
                self.note(line, format!("column `{name}` stands there twice"), "remove one");
            }
        }
        let missing: Vec<&str> =
            self.columns.into_iter().filter(|name| !found.contains_key(name)).collect();
        if !missing.is_empty() {
            let all = self.columns.join("`, `");
            let fault = format!("no column `{}`", missing.join("`, `"));
            self.note(line, fault, format!("the header must have `{all}`, in any order"));
        }
        let places = self.columns.map(|name| found.get(name).copied());
        places.iter().all(Option::is_some).then(|| places.map(Option::unwrap_or_default))
    }

    fn cell(&mut self, line: u32, column: &str, cell: &str) -> String {
        let shaped = prose(restored(cell.trim()));
        self.keep(line, column.trim(), cell, shaped).unwrap_or_default()
    }

    /// A cell of the shape that `check` knows; `None` if it is empty.
    pub(super) fn get<T>(
        &mut self,
        row: &Row<N>,
        column: &'static str,
        check: impl FnOnce(&str) -> Shaped<T>,
    ) -> Option<T> {
        let cell = self.text(row, column);
        if cell.is_empty() {
            return None;
        }
        let shaped = check(cell);
        let cell = cell.to_owned();
        self.keep(row.line, column, &cell, shaped)
    }

    /// Like [`get`](Self::get), for a cell that must not be empty; `cure` says what to write.
    pub(super) fn need<T>(
        &mut self,
        row: &Row<N>,
        column: &'static str,
        cure: &str,
        check: impl FnOnce(&str) -> Shaped<T>,
    ) -> Option<T> {
        if self.text(row, column).is_empty() {
            self.note(row.line, format!("`{column}` is empty"), cure);
        }
        self.get(row, column, check)
    }

    /// Every word of a cell; words stand between blanks or line breaks.
    pub(super) fn words<T>(
        &mut self,
        row: &Row<N>,
        column: &'static str,
        check: impl Fn(&str) -> Shaped<T>,
    ) -> Vec<T> {
        let words: Vec<String> =
            self.text(row, column).split_whitespace().map(str::to_owned).collect();
        words
            .iter()
            .filter_map(|word| {
                let shaped = check(word);
                self.keep(row.line, column, word, shaped)
            })
            .collect()
    }

    /// The cell as it is.
    pub(super) fn text<'r>(&self, row: &'r Row<N>, column: &'static str) -> &'r str {
        let index = self.columns.iter().position(|name| *name == column);
        index.map_or("", |index| row.cells[index].as_str())
    }

    fn keep<T>(&mut self, line: u32, column: &str, text: &str, shaped: Shaped<T>) -> Option<T> {
        match shaped {
            Ok(value) => Some(value),
            Err(Wrong { which, mut cure }) => {
                if which == NOT_A_TIME {
                    cure += " (in a spreadsheet, format the column as text)";
                }
                self.note(line, format!("`{column}` holds {}, which {which}", quoted(text)), cure);
                None
            }
        }
    }
}

/// What spreadsheets put between cells.
const SEPARATORS: [u8; 3] = *b",;\t";

/// The separator that the header has most of; a comma where it has none.
pub(super) fn delimiter(text: &str) -> u8 {
    let header = text.trim_start().lines().next().unwrap_or_default();
    let count = |separator: u8| header.bytes().filter(|byte| *byte == separator).count();
    let mut best = b',';
    for separator in SEPARATORS {
        if count(separator) > count(best) {
            best = separator;
        }
    }
    best
}

/// The separator by which a row has the cells that it lacks by the header's.
fn mixed(cells: &csv::StringRecord, header: u8, want: usize) -> Option<u8> {
    let whole = cells.iter().collect::<Vec<_>>().join("");
    let count = |other: u8| whole.bytes().filter(|byte| *byte == other).count();
    let others = SEPARATORS.into_iter().filter(|other| *other != header);
    others.filter(|_| cells.len() == 1 && want > 1).find(|other| count(*other) + 1 >= want)
}

fn separator(byte: u8) -> &'static str {
    match byte {
        b'\t' => "tabs",
        b';' => "`;`",
        _ => "`,`",
    }
}

/// A record as it stands in the file.
struct Record {
    cells: csv::StringRecord,
    /// Whether every double quote in it has its partner.
    closed: bool,
}

/// Every record with the line on which it begins.
fn records(text: &str) -> Vec<(u32, Record)> {
    let reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    // Text that is UTF-8, in records of any length, gives no errors.
    let all: Vec<_> = reader.into_records().map_while(Result::ok).collect();
    // The reader's own lines and offsets do not know that blank lines before a record, and the
    // second half of `\r\n`, belong to what came before.
    let begin = |cells: &csv::StringRecord| {
        let start = cells.position().map_or(0, |position| position.byte() as usize);
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        start + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
    };
    let starts: Vec<usize> = all.iter().map(begin).chain([text.len()]).collect();
    let count = |from: usize, to: usize, wanted: u8| {
        let bytes = text.as_bytes().get(from..to).unwrap_or_default();
        bytes.iter().filter(|byte| **byte == wanted).count()
    };
    let mut line = 1 + count(0, starts[0], b'\n') as u32;
    let mut records = Vec::new();
    for (cells, ends) in all.into_iter().zip(starts.windows(2)) {
        let closed = count(ends[0], ends[1], b'"').is_multiple_of(2);
        records.push((line, Record { cells, closed }));
        line += count(ends[0], ends[1], b'\n') as u32;
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(u32, [String; 2])>, Vec<String>) {
        let mut problems = Problems::default();
        let rows = Sheet::new("x.csv", ["id", "name"], &mut problems).rows(text);
        let rows = rows.into_iter().map(|row| (row.line, row.cells)).collect();
        (rows, problems.0.iter().map(ToString::to_string).collect())
    }

    fn rows(text: &str) -> String {
        let (rows, problems) = read(text);
        assert_eq!(problems, Vec::<String>::new(), "{text:?}");
        rows.iter().map(|(line, [id, name])| format!("{line}:{id}|{name} ")).collect()
    }

    #[test]
    fn dialects() {
        for text in [
            "id,name\na,Ann\nb,Bob\n",
            "\u{feff}id;name\r\na;Ann\r\nb;Bob",
            "name\tid\nAnn\ta\nBob\tb\n",
            "\"id\",\"name\"\r\n\"a\",\"Ann\"\r\nb, Bob \r\n",
        ] {
            assert_eq!(rows(text), "2:a|Ann 3:b|Bob ", "{text:?}");
        }
    }

    #[test]
    fn lines_are_the_ones_an_editor_shows() {
        assert_eq!(rows("id,name\n\n\na,\"A\nnn\"\n,\nb,Bob\n"), "4:a|A\nnn 7:b|Bob ");
        assert_eq!(
            rows("id,name\r\n\r\na,\"A\r\nnn\"\r\n;\r\nb,Bob".replace(';', ",").as_str()),
            "3:a|A\nnn 6:b|Bob "
        );
    }

    #[test]
    fn neutralised_cells_are_read_back() {
        assert_eq!(rows("id,name\n'=a,'tis\n"), "2:=a|'tis ");
    }

    #[test]
    fn faults() {
        let first = |text: &str| read(text).1.join("\n");
        assert!(first("").contains("x.csv: the file is empty; begin it with `id,name`"));
        assert!(
            first("id,Name\n").contains("x.csv:1: unknown column `Name`; did you mean `name`?")
        );
        assert!(first("id\n").contains("x.csv:1: no column `name`"));
        assert!(first("id,name,id\n").contains("x.csv:1: column `id` stands there twice"));
        assert!(first("id,name\na\n").contains("x.csv:2: 1 cells where the header has 2"));
        let mixed = read("id;name\na,Ann\nb,Bob\n").1;
        let told = "x.csv:2: the header separates cells by `;`, and this row by `,`; use one";
        assert!(mixed.len() == 1 && mixed[0].starts_with(told), "{mixed:?}");
        assert!(first("id,name\na,\"b\nc,d\n").contains("x.csv:2: a double quote that nothing"));
        assert!(first("id,name\na,\u{202e}b\n").contains("x.csv:2: `name` holds"));
    }
}
