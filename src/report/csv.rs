//! The tables as CSV that no spreadsheet program can be made to execute, and from which the
//! original text can be got back.
//!
//! RFC 4180 with LF. A cell that a spreadsheet could take for a formula gets a leading `'`, and so
//! does one that begins with `'` already: dropping one leading `'` from every cell that begins
//! with one gives the text back. Characters that are not seen, and a backslash that would look
//! like such an escape, are written `\u{1b}`. (OWASP, "CSV Injection".)

use std::{borrow::Cow, fmt::Write as _, io};

use super::{
    Report,
    tables::{Row, TABLES, Table},
};

/// The first rows of a table as people read them, and how many there are.
#[derive(Clone, Debug)]
pub struct Excerpt {
    /// The table.
    pub table: &'static Table,
    /// Cells of the columns with a width, a row each; as in the evidence, not neutralised.
    pub rows: Vec<Vec<String>>,
    /// Rows of the whole table.
    pub total: u64,
}

/// Writes every row of a table to `out`, one by one, and keeps the first for the reports.
///
/// # Errors
///
/// Those of `out`.
pub fn write_table(
    report: &Report<'_>,
    table: &'static Table,
    out: impl io::Write,
) -> io::Result<Excerpt> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(out);
    writer.write_record(table.columns.iter().map(|column| column.key)).map_err(into_io)?;
    let keep = report.html_rows.max(report.pdf_rows);
    let mut excerpt = Excerpt { table, rows: Vec::new(), total: 0 };
    let mut failed = None;
    (table.rows)(report, &mut |row: &Row<'_>| {
        excerpt.total += 1;
        if excerpt.rows.len() < keep {
            let printed = table.columns.iter().zip(row).filter(|(column, _)| column.width > 0);
            excerpt.rows.push(printed.map(|(_, cell)| cell.as_ref().to_owned()).collect());
        }
        if failed.is_none() {
            let cells = row.iter().map(|cell| neutral(cell));
            let cells: Vec<_> = cells.collect();
            failed = writer.write_record(cells.iter().map(|cell| cell.as_bytes())).err();
        }
    });
    match failed {
        Some(error) => Err(into_io(error)),
        None => writer.flush().map(|()| excerpt),
    }
}

fn into_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// A cell that no spreadsheet program executes or hides.
pub fn neutral(text: &str) -> Cow<'_, str> {
    let quiet = |byte: u8| matches!(byte, b' '..=b'~') && !matches!(byte, b'\\' | b';');
    let risky = text.starts_with('\'') || starts_formula(text);
    if !risky && text.bytes().all(quiet) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    if risky {
        out.push('\'');
    }
    for (index, c) in text.char_indices() {
        let rest = &text[index + c.len_utf8()..];
        let escape = match c {
            '\\' => rest.starts_with("u{"),
            // Where `;` parts cells, a formula could begin after it
            ';' => starts_formula(rest.trim_start_matches(['"', '\'', ' '])),
            c => unseen(c),
        };
        if escape {
            // Writing to a string cannot fail
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// The text that [`neutral`] was given.
pub fn original(cell: &str) -> String {
    let mut rest = cell.strip_prefix('\'').unwrap_or(cell);
    let mut out = String::with_capacity(rest.len());
    while let Some(start) = rest.find("\\u{") {
        let (before, escape) = rest.split_at(start);
        out.push_str(before);
        let code = escape[3..].split_once('}').and_then(|(hex, after)| {
            Some((char::from_u32(u32::from_str_radix(hex, 16).ok()?)?, after))
        });
        match code {
            Some((c, after)) => {
                out.push(c);
                rest = after;
            }
            None => {
                out.push_str("\\u{");
                rest = &escape[3..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// Tells whether a spreadsheet program could read the text as a formula or command.
fn starts_formula(text: &str) -> bool {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || unseen(c)).chars().next();
    start.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠' | '−'))
}

/// Characters that act on others, break lines or cannot be seen.
fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// `tables/README.md`: every table and column with its meaning, and how to get the text back. `zone`
/// is that of the times in sentences: `Europe/Berlin`.
pub fn readme(zone: &str) -> String {
    let mut out = README.replace("ZONE", zone);
    for table in TABLES {
        // Writing to a string cannot fail
        let _ = write!(out, "\n## {}.csv\n\n{}: {}.\n\n", table.id, table.title, table.summary);
        out.push_str("| column | meaning |\n| --- | --- |\n");
        for column in table.columns {
            let _ = writeln!(out, "| `{}` | {} |", column.key, column.meaning);
        }
    }
    out
}

const README: &str = "\
# Tables

One CSV file for each kind of fact, complete: what the reports cut short is here. UTF-8, comma
separated, quoted as in RFC 4180, one row a line, ended by LF, with the column names in the first
line. A cell that is a time is RFC 3339 in UTC; a time within a sentence (`statement`, `event`,
`roles`, `judged` and the like) is the local time of ZONE. Where a cell holds several values they
are parted by `; `. An empty cell means that the evidence does not say.

`place` is the export file and the line or JSON pointer in it at which the row's record was read.
`record` is the path, in this pack, of that record's verbatim copy, where it was copied.
`principal` is an id of the registry; `person` is who stands behind the account in every test of
separation: an agent stands together with whoever answers for it.

## The ids of exceptions

An id can be computed again from `exceptions.csv`. It is the SHA-256 of these texts, one after
the other: `sodpack exception 1`, then the original texts of `rule`, `subject` and `about`, then
each of `id_persons` in the order of its bytes. Before each text stands its length in bytes, as an
integer of eight bytes, the highest first. The first fifty bits of the digest, five at a time, are
the ten characters after `EX-`, out of `0123456789ABCDEFGHJKMNPQRSTVWXYZ`.

## Getting the original text back

Cells come from systems in which anybody may write. So that no spreadsheet program executes or
hides them, they were changed in two ways, both of which can be undone without loss:

1. A cell that begins with `=`, `+`, `-`, `@` or a look-alike of these, also after blanks, and a
   cell that begins with `'`, got one more `'` in front. Undo: drop one leading `'` from every cell
   that begins with one.
2. Control characters, line breaks, characters that reverse the direction of text, and characters
   without width are written as `\\u{…}` with their code point in hexadecimal. A backslash of the
   original is written `\\u{5c}` where it would otherwise look like such an escape, and a semicolon
   `\\u{3b}` where a formula could begin after it. Undo: replace every `\\u{…}`, from left to right
   and once, by its character.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text() {
        for text in
            ["=1", "+1", "-1", "@x", " =1", "\t=1", "\u{feff}=1", "\u{a0}＝1", "'", "'=1", "\r\n-1"]
        {
            assert!(neutral(text).starts_with('\''), "{text:?}");
        }
        for text in ["a=1", "2026-10-01T00:00:00Z", "42", "", "a'b", "Zoë"] {
            assert_eq!(neutral(text), text);
        }
        assert_eq!(neutral("a;=cmd|' /C calc'!A0"), "a\\u{3b}=cmd|' /C calc'!A0");
        assert_eq!(neutral("x; y"), "x; y");
        assert_eq!(neutral("a\u{1b}[31m\nb\u{202e}"), "a\\u{1b}[31m\\u{a}b\\u{202e}");
        assert_eq!(neutral("\\u{1b}"), "\\u{5c}u{1b}");
        assert_eq!(neutral("C:\\users"), "C:\\users");
    }

    #[test]
    fn every_text_comes_back() {
        // Every string of up to five of the characters that matter.
        let parts = ["'", "=", "-", "\\", "u{", "}", "5c", ";", " ", "\n", "\u{202e}", "＠", "é"];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            let longer: Vec<_> =
                texts.iter().flat_map(|t| parts.map(|part| format!("{t}{part}"))).collect();
            for text in &longer {
                let cell = neutral(text);
                assert_eq!(original(&cell), *text, "{cell:?}");
                assert!(!cell.contains(unseen), "{cell:?}");
                let first = cell.chars().next();
                assert!(!first.is_some_and(|c| "=+-@".contains(c)), "{cell:?}");
            }
            texts = longer;
        }
    }

    #[test]
    fn the_readme_tells_of_every_column() {
        let text = readme("Europe/Berlin");
        for table in TABLES {
            assert!(text.contains(&format!("## {}.csv\n", table.id)));
            assert!(table.columns.iter().all(|c| text.contains(&format!("| `{}` | ", c.key))));
        }
    }
}
