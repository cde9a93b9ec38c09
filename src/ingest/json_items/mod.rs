//! Splits JSON text into records, one at a time, in whatever container a tool printed them.
//!
//! | text | records |
//! | --- | --- |
//! | `[a,b]` | the array's elements |
//! | `[a][b]` (`gh api --paginate`), `[[a],[b]]` (`--slurp`) | the elements of every page |
//! | `a⏎b⏎`, `a b` | the values |
//! | `{"Records":[a,b]}`, also in pages or one a line | the elements at the ingester's path |
//! | `)]}'` and then any of these (Gerrit, against being run as a script) | the same |
//!
//! A record that starts a line of its own outside any array has that line as its place. A record in
//! an array has the array's pointer and its index. Where a file holds several top-level values, the
//! pointers of all but the first begin with `#` and the value's number: `#2/Records/0` is the first
//! record of the second page, and `#3/0`, for a value that shares its line with the one before, is
//! the third value itself.

mod envelope;

use std::collections::BTreeMap;

use self::envelope::home;

use crate::ingest::decode::Trouble;
use crate::ingest::json_scan::{Extent, MAX_ITEM, blank, extent};
use crate::ingest::window::Window;

/// Where a record lies.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub(in crate::ingest) enum Spot {
    /// From this line, counted from 1.
    Line(u64),
    /// This element, counted from 0, of the array at [`JsonItems::array`].
    Element(u64),
}

/// A record, or where one should be.
#[derive(Debug)]
pub(in crate::ingest) struct Piece {
    pub(in crate::ingest) spot: Spot,
    /// How many of the window's next bytes are the record; or why there is none.
    pub(in crate::ingest) len: Result<usize, String>,
}

/// Splits JSON text.
pub(in crate::ingest) struct JsonItems {
    path: Vec<String>,
    lines: bool,
    limit: usize,
    stack: Vec<Frame>,
    /// Pointer of the array that the latest element was in.
    array: String,
    /// Top-level values so far.
    values: u64,
    /// The line on which the latest top-level value ended.
    last_line: u64,
    unread: usize,
    faults: u32,
    stopped: Option<String>,
    beside: BTreeMap<String, String>,
}

enum Frame {
    Array { pointer: String, next: u64, comma: bool, items: bool },
    Object { pointer: String, spot: Spot, step: usize, comma: bool, found: bool },
}

/// What some servers print before JSON, so that no browser runs it as a script.
pub(in crate::ingest) const GUARD: &[u8] = b")]}'";
/// After so many faults between records a file is not JSON: reading it byte by byte explains
/// nothing more.
const MAX_FAULTS: u32 = 100;
/// Members beside the records are kept if their text is this short: page tokens, not data.
const MAX_BESIDE: usize = 4096;

impl JsonItems {
    /// Makes a splitter of records at `path` in each top-level object; of the top-level values
    /// themselves if it is empty. `head` is the beginning of the text.
    pub(in crate::ingest) fn new(path: Vec<String>, head: &[u8]) -> Self {
        Self {
            lines: path.is_empty() && one_a_line(head),
            path,
            limit: MAX_ITEM,
            stack: Vec::new(),
            array: String::new(),
            values: 0,
            last_line: 0,
            unread: 0,
            faults: 0,
            stopped: None,
            beside: BTreeMap::new(),
        }
    }

    /// Pointer of the array that the latest [`Spot::Element`] is in.
    pub(in crate::ingest) fn array(&self) -> &str {
        &self.array
    }

    /// Why reading stopped before the end of the file, if it did.
    pub(in crate::ingest) fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    /// The short members beside the records of the latest top-level value, by pointer, as JSON.
    pub(in crate::ingest) fn beside(&self) -> &BTreeMap<String, String> {
        &self.beside
    }

    /// Passes the latest record and finds the next one.
    pub(in crate::ingest) fn next(
        &mut self,
        window: &mut Window,
    ) -> Result<Option<Piece>, Trouble> {
        window.pass(std::mem::take(&mut self.unread));
        while self.stopped.is_none() {
            window.pass_while(blank)?;
            let byte = window.peek()?;
            let piece = match (self.stack.pop(), byte) {
                (None, None) => return Ok(None),
                (None, Some(byte)) => self.top(window, byte)?,
                (Some(frame), None) => Some(self.cut(window, frame)),
                (Some(Frame::Array { pointer, next, comma, items }), Some(byte)) => {
                    self.in_array(window, byte, (pointer, next, comma, items))?
                }
                (Some(Frame::Object { pointer, spot, step, comma, found }), Some(byte)) => {
                    self.in_object(window, byte, (pointer, spot, step, comma, found))?
                }
            };
            if piece.is_some() {
                return Ok(piece);
            }
        }
        Ok(None)
    }

    /// A value outside any container.
    fn top(&mut self, window: &mut Window, byte: u8) -> Result<Option<Piece>, Trouble> {
        if byte == GUARD[0] {
            window.fill(GUARD.len())?;
            if window.bytes().starts_with(GUARD) {
                window.pass(GUARD.len());
                return Ok(None);
            }
        }
        let line = window.line();
        let spot = if line > self.last_line {
            Spot::Line(line)
        } else {
            self.array = format!("#{}", self.values + 1);
            Spot::Element(0)
        };
        self.values += 1;
        self.last_line = line;
        let pointer = if self.values == 1 { String::new() } else { format!("#{}", self.values) };
        match byte {
            b'[' => {
                window.pass(1);
                let items = self.path.is_empty();
                self.stack.push(Frame::Array { pointer, next: 0, comma: false, items });
                self.beside.clear();
                Ok(None)
            }
            b'{' if !self.path.is_empty() => {
                window.pass(1);
                self.beside.clear();
                self.stack.push(Frame::Object {
                    pointer,
                    spot,
                    step: 0,
                    comma: false,
                    found: false,
                });
                Ok(None)
            }
            _ if self.lines || byte != b'{' => self.line(window, spot, byte).map(Some),
            _ => {
                let piece = self.value(window, spot)?;
                let body = &window.bytes()[..self.unread];
                self.last_line += memchr::memchr_iter(b'\n', body).count() as u64;
                Ok(Some(piece))
            }
        }
    }

    /// A line that should be one record.
    fn line(&mut self, window: &mut Window, spot: Spot, byte: u8) -> Result<Piece, Trouble> {
        let (mut at, mut large) = (0, false);
        let end = loop {
            if let Some(found) = memchr::memchr(b'\n', &window.bytes()[at..]) {
                break at + found;
            }
            at = window.bytes().len();
            if large || at > self.limit {
                large = true;
                window.pass(at);
                at = 0;
            }
            if !window.more()? {
                break at;
            }
        };
        self.unread = end;
        if large || end > self.limit {
            return Ok(Piece { spot, len: Err(self.too_large()) });
        }
        if byte != b'{' {
            let start = crate::ingest::error::printable(&window.bytes()[..end], 40);
            let reason = format!("`{start}` is neither a JSON object nor an array");
            return Ok(Piece { spot, len: Err(reason) });
        }
        let text = window.bytes()[..end].trim_ascii_end().len();
        Ok(Piece { spot, len: Ok(text) })
    }

    fn in_array(
        &mut self,
        window: &mut Window,
        byte: u8,
        (pointer, next, comma, items): (String, u64, bool, bool),
    ) -> Result<Option<Piece>, Trouble> {
        if byte == b']' {
            window.pass(1);
            self.closed(window);
            return Ok(None);
        }
        if byte == b',' && comma {
            window.pass(1);
            self.stack.push(Frame::Array { pointer, next, comma: false, items });
            return Ok(None);
        }
        if comma || matches!(byte, b',' | b'}' | b':') {
            self.array.clone_from(&pointer);
            self.stack.push(Frame::Array { pointer, next: next + 1, comma: true, items });
            return self.rubbish(window, Spot::Element(next)).map(Some);
        }
        let outer = self.stack.iter().any(|frame| matches!(frame, Frame::Array { .. }));
        self.array.clone_from(&pointer);
        let page = (byte == b'[' && !outer).then(|| format!("{pointer}/{next}"));
        let envelope = (byte == b'{' && !items).then(|| format!("{pointer}/{next}"));
        self.stack.push(Frame::Array { pointer, next: next + 1, comma: true, items });
        let spot = Spot::Element(next);
        if let Some(pointer) = page {
            window.pass(1);
            self.stack.push(Frame::Array { pointer, next: 0, comma: false, items });
        } else if let Some(pointer) = envelope {
            window.pass(1);
            self.beside.clear();
            self.stack.push(Frame::Object { pointer, spot, step: 0, comma: false, found: false });
        } else {
            return self.value(window, spot).map(Some);
        }
        Ok(None)
    }

    /// A record at the window's front.
    fn value(&mut self, window: &mut Window, spot: Spot) -> Result<Piece, Trouble> {
        match extent(window, self.limit)? {
            // A delimiter where a value should be: the caller sees to it that this cannot be.
            Extent::Whole(0) => self.rubbish(window, spot),
            Extent::Whole(len) => {
                self.unread = len;
                Ok(Piece { spot, len: Ok(len) })
            }
            Extent::TooLarge => Ok(Piece { spot, len: Err(self.too_large()) }),
            Extent::Cut => Ok(self.give_up(window, spot, "is cut off: the file ends inside it")),
            Extent::Torn => Ok(self.give_up(window, spot, "has a string that does not end")),
        }
    }

    /// Something between two elements that does not belong there.
    fn rubbish(&mut self, window: &mut Window, spot: Spot) -> Result<Piece, Trouble> {
        self.faults += 1;
        if self.faults > MAX_FAULTS {
            return Ok(self.give_up(window, spot, "is one of too many faults"));
        }
        let quoted = window.peek()?.is_some_and(|byte| matches!(byte, b'"' | b'{' | b'['));
        window.fill(80)?;
        let shown = crate::ingest::error::printable(window.bytes(), 40);
        if quoted {
            match extent(window, self.limit)? {
                Extent::Whole(len) => window.pass(len),
                Extent::TooLarge => {}
                Extent::Cut | Extent::Torn => {
                    return Ok(self.give_up(window, spot, "is not JSON"));
                }
            }
        } else {
            window.pass(1);
            window.pass_while(|byte| !matches!(byte, b',' | b']' | b'"' | b'{' | b'['))?;
        }
        Ok(Piece { spot, len: Err(format!("`{shown}` stands where a comma or record should be")) })
    }

    /// The file ends inside an array or object.
    fn cut(&mut self, window: &Window, frame: Frame) -> Piece {
        let spot = match frame {
            Frame::Array { pointer, next, .. } => {
                self.array = pointer;
                Spot::Element(next)
            }
            Frame::Object { pointer, spot, step, .. } => {
                self.array = home(&pointer, step);
                spot
            }
        };
        self.give_up(window, spot, "is missing: the file is cut off")
    }

    fn give_up(&mut self, window: &Window, spot: Spot, why: &str) -> Piece {
        self.stopped = Some(format!("reading stopped on line {}: a record {why}", window.line()));
        Piece { spot, len: Err(format!("the record {why}; nothing after it was read")) }
    }

    fn closed(&mut self, window: &Window) {
        if self.stack.is_empty() {
            self.last_line = window.line();
        }
    }

    fn too_large(&self) -> String {
        format!("the record is larger than {} MiB", self.limit >> 20)
    }
}

/// Whether each line is one record: the first line is a whole object, or the second one begins
/// with an object as the first does, which no pretty-printer writes.
fn one_a_line(head: &[u8]) -> bool {
    let head = head.strip_prefix(GUARD).unwrap_or(head);
    let mut lines = head.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let Some(first) = lines.next() else { return false };
    let object = |line: &[u8]| line.trim_ascii_start().starts_with(b"{");
    let whole = serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok();
    object(first) && (whole || lines.next().is_some_and(|line| line.starts_with(b"{")))
}

#[cfg(test)]
mod tests;
