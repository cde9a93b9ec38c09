//! Splits CSV text into rows and rows into fields (RFC 4180), one at a time.
//!
//! The rows' bytes are kept as they stand, so that one can be copied into the pack. A quote opens a
//! field only at its beginning: `5" disk` is plain text.

use std::borrow::Cow;

use super::decode::Trouble;
use super::json_items::{Piece, Spot};
use super::json_scan::MAX_ITEM;
use super::window::Window;

/// Splits CSV text into rows.
pub(super) struct Rows {
    delimiter: u8,
    unread: usize,
    stopped: Option<String>,
}

impl Rows {
    pub(super) fn new(delimiter: u8) -> Self {
        Self { delimiter, unread: 0, stopped: None }
    }

    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Why reading stopped before the end of the file, if it did.
    pub(super) fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// Passes the latest row and finds the next one. Blank lines are no rows.
    pub(super) fn next(&mut self, window: &mut Window) -> Result<Option<Piece>, Trouble> {
        window.pass(std::mem::take(&mut self.unread));
        window.pass_while(|byte| matches!(byte, b'\n' | b'\r'))?;
        if window.peek()?.is_none() || self.stopped.is_some() {
            return Ok(None);
        }
        let spot = Spot::Line(window.line());
        let mut row = Row { delimiter: self.delimiter, field: Field::Start };
        let (mut at, mut large) = (0, false);
        loop {
            if let Some(end) = row.end(&window.bytes()[at..]) {
                self.unread = at + end;
                break;
            }
            at = window.bytes().len();
            self.unread = at;
            if large || at > MAX_ITEM {
                large = true;
                window.pass(at);
                at = 0;
            }
            if !window.more()? {
                break;
            }
        }
        let len = if row.field == Field::Quoted && window.ended() {
            let reason = "a quote of this row is never closed; nothing after it was read";
            self.stopped = Some(format!("reading stopped: {reason}"));
            Err(reason.to_owned())
        } else if large || self.unread > MAX_ITEM {
            Err(format!("the row is larger than {} MiB", MAX_ITEM >> 20))
        } else {
            let row = &window.bytes()[..self.unread];
            Ok(row.strip_suffix(b"\r").unwrap_or(row).len())
        };
        Ok(Some(Piece { spot, len }))
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Field {
    Start,
    Plain,
    Quoted,
    /// After a quote inside a quoted field: its end, or half of a doubled quote.
    Quote,
}

struct Row {
    delimiter: u8,
    field: Field,
}

impl Row {
    /// Where the row ends in `bytes`, if it does.
    fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, &byte) in bytes.iter().enumerate() {
            self.field = match (self.field, byte) {
                (Field::Quoted, b'"') => Field::Quote,
                (Field::Quoted, _) | (Field::Quote, b'"') => Field::Quoted,
                (_, b'\n') => return Some(at),
                (_, byte) if byte == self.delimiter => Field::Start,
                (Field::Start, b'"') => Field::Quoted,
                _ => Field::Plain,
            };
        }
        None
    }
}

/// The fields of one row.
pub(super) fn fields(row: &str, delimiter: u8) -> Vec<Cow<'_, str>> {
    let (mut fields, mut rest) = (Vec::new(), row);
    let delimiter = char::from(delimiter);
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => unquote(quoted, delimiter),
            None => {
                let (field, after) = split(rest, delimiter);
                (Cow::Borrowed(field), after)
            }
        };
        fields.push(field);
        match after {
            Some(after) => rest = after,
            None => return fields,
        }
    }
}

/// The field whose opening quote stood before `text`, and what follows its delimiter.
fn unquote(text: &str, delimiter: char) -> (Cow<'_, str>, Option<&str>) {
    let mut from = 0;
    while let Some(at) = text[from..].find('"').map(|at| from + at) {
        if !text[at + 1..].starts_with('"') {
            let (tail, after) = split(&text[at + 1..], delimiter);
            let body = text[..at].replace("\"\"", "\"");
            return (Cow::Owned(body + tail), after);
        }
        from = at + 2;
    }
    (Cow::Borrowed(text), None)
}

fn split(text: &str, delimiter: char) -> (&str, Option<&str>) {
    text.split_once(delimiter).map_or((text, None), |(field, after)| (field, Some(after)))
}

/// The delimiter of a header: whichever of comma, semicolon and tab stands in it most often.
pub(super) fn delimiter(header: &str) -> u8 {
    let count = |byte: &u8| header.bytes().filter(|b| b == byte).count();
    // The last of equals wins, so that a header of one column is read with commas.
    [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::testing;

    #[test]
    fn fields_and_quotes() {
        for (row, want) in [
            ("a,b,c", &["a", "b", "c"][..]),
            ("a,,", &["a", "", ""]),
            ("\"a,b\",\"say \"\"hi\"\"\"", &["a,b", "say \"hi\""]),
            ("5\" disk,x", &["5\" disk", "x"]),
            ("\"open,x", &["open,x"]),
            ("\"a\"b,c", &["ab", "c"]),
            ("", &[""]),
        ] {
            assert_eq!(fields(row, b','), want, "{row}");
        }
        assert_eq!(delimiter("a;b;c,d"), b';');
        assert_eq!(delimiter("a\tb"), b'\t');
        assert_eq!(delimiter("a"), b',');
    }

    #[test]
    fn rows_keep_their_lines_whatever_the_reads() {
        let text = "h,i\r\n\n1,\"two\nlines\"\r\n\"5\"\" disk\",x\n7,5\" disk\nlast,1";
        for step in [1, 2, 3, 7, 1 << 16] {
            let mut window = testing::window(text.as_bytes(), step);
            let mut rows = Rows::new(b',');
            let mut got = Vec::new();
            while let Some(piece) = rows.next(&mut window).unwrap() {
                let row = &window.bytes()[..piece.len.unwrap()];
                got.push((piece.spot, String::from_utf8_lossy(row).into_owned()));
            }
            let want = [
                (1, "h,i"),
                (3, "1,\"two\nlines\""),
                (5, "\"5\"\" disk\",x"),
                (6, "7,5\" disk"),
                (7, "last,1"),
            ];
            let want: Vec<_> =
                want.into_iter().map(|(n, row)| (Spot::Line(n), row.to_owned())).collect();
            assert_eq!(got, want, "{step}");
        }
    }

    #[test]
    fn an_open_quote_is_one_fault() {
        let mut window = testing::window(b"a,b\n\"c,d\ne,f\n", 3);
        let mut rows = Rows::new(b',');
        assert!(rows.next(&mut window).unwrap().unwrap().len.is_ok());
        let fault = rows.next(&mut window).unwrap().unwrap();
        assert_eq!(fault.spot, Spot::Line(2));
        assert!(fault.len.unwrap_err().contains("never closed"));
        assert!(rows.next(&mut window).unwrap().is_none());
        assert!(rows.stopped().is_some());
    }
}
