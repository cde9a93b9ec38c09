//! Hands a file's records to its ingester, one at a time, each with its place.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::decode::Trouble;
use super::json_items::{JsonItems, Piece, Spot};
use super::pages;
use super::rows::Rows;
use super::text::Records;
use super::window::Window;
use crate::model::{Batch, Place, Symbol};

/// How records lie in a file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Container {
    /// JSON values; the elements of the array at this path, where it is not empty.
    Json(&'static [&'static str]),
    /// The same, at a path that people name.
    JsonAt(Vec<String>),
    /// Rows of CSV with this delimiter.
    Csv(u8),
    /// Text records, each ended by this byte.
    Text(u8),
    /// No text at all.
    Nothing,
}

impl Container {
    /// Its name for people.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Json([]) => "JSON values".to_owned(),
            Self::Json(path) => format!("JSON array at /{}", path.join("/")),
            Self::JsonAt(path) if path.is_empty() => "JSON values".to_owned(),
            Self::JsonAt(path) => format!("JSON array at /{}", path.join("/")),
            Self::Csv(b'\t') => "rows with tabs".to_owned(),
            Self::Csv(delimiter) => format!("CSV with `{}`", char::from(*delimiter)),
            Self::Text(_) => "text records".to_owned(),
            Self::Nothing => "nothing".to_owned(),
        }
    }
}

/// A record's text and place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) place: Place,
    pub(super) text: &'a str,
}

enum Split {
    Json(JsonItems),
    Rows(Rows),
    Records(Records),
}

/// The records of one file.
pub(super) struct Feed<'p> {
    window: Window,
    split: Split,
    array: Option<(String, Symbol)>,
    progress: &'p dyn Fn(u64),
    reported: u64,
    /// Ends of the pointers that the ingester has looked at itself.
    looked_at: RefCell<BTreeSet<String>>,
}

/// Stored bytes between two reports of progress.
const REPORT: u64 = 1 << 20;
/// What an ingester is recognised by: so much of a file's beginning.
pub(super) const SAMPLE: usize = 64 << 10;

impl<'p> Feed<'p> {
    /// `progress` is told of further stored bytes that were read.
    pub(super) fn new(window: Window, container: Container, progress: &'p dyn Fn(u64)) -> Self {
        let json = |path: Vec<String>| {
            let head = window.bytes();
            Split::Json(JsonItems::new(path, &head[..head.len().min(SAMPLE)]))
        };
        let split = match container {
            Container::Json(path) => json(path.iter().map(|&name| name.to_owned()).collect()),
            Container::JsonAt(path) => json(path),
            Container::Csv(delimiter) => Split::Rows(Rows::new(delimiter)),
            Container::Text(end) => Split::Records(Records::new(end)),
            Container::Nothing => json(Vec::new()),
        };
        Self { window, split, array: None, progress, reported: 0, looked_at: RefCell::default() }
    }

    /// The next record. Whatever stands where a record should be is rejected.
    pub(super) fn next(&mut self, out: &mut Batch) -> Result<Option<Item<'_>>, Trouble> {
        let (place, len) = loop {
            let Some(Piece { spot, len }) = self.piece()? else {
                if let Some(reason) = self.stopped() {
                    out.gap(reason.to_owned());
                }
                return Ok(None);
            };
            let place = self.place(&spot, out);
            match len {
                Err(reason) => out.reject(place, reason),
                Ok(len) => match std::str::from_utf8(&self.window.bytes()[..len]) {
                    Ok(_) => break (place, len),
                    Err(error) => {
                        let at = error.valid_up_to();
                        let fault = format!("byte {at} of the record is not valid UTF-8");
                        out.reject(place, format!("{fault} (export the file as UTF-8)"));
                    }
                },
            }
        };
        // Checked above; a second look is cheaper than holding the borrow through the loop.
        let text = std::str::from_utf8(&self.window.bytes()[..len]).unwrap_or_default();
        Ok(Some(Item { place, text }))
    }

    /// The next record, or what stands in its place, as bytes.
    pub(super) fn piece(&mut self) -> Result<Option<Piece>, Trouble> {
        let piece = match &mut self.split {
            Split::Json(items) => items.next(&mut self.window)?,
            Split::Rows(rows) => rows.next(&mut self.window)?,
            Split::Records(records) => records.next(&mut self.window)?,
        };
        let position = self.window.position();
        if position - self.reported >= REPORT || piece.is_none() {
            (self.progress)(position - self.reported);
            self.reported = position;
        }
        Ok(piece)
    }

    /// The bytes of the record that [`piece`](Self::piece) just found.
    pub(super) fn bytes(&self, len: usize) -> &[u8] {
        &self.window.bytes()[..len]
    }

    /// Pointer of the array that the latest record is in, if records lie in arrays.
    pub(super) fn array(&self) -> &str {
        match &self.split {
            Split::Json(items) => items.array(),
            Split::Rows(_) | Split::Records(_) => "",
        }
    }

    /// What separates the fields of a row, if records are rows.
    pub(super) fn delimiter(&self) -> Option<u8> {
        match &self.split {
            Split::Rows(rows) => Some(rows.delimiter()),
            Split::Json(_) | Split::Records(_) => None,
        }
    }

    /// A short member of the latest page that stands beside its records, as JSON text.
    pub(super) fn beside(&self, end: &str) -> Option<&str> {
        let Split::Json(items) = &self.split else { return None };
        self.looked_at.borrow_mut().insert(end.to_owned());
        items.beside().iter().find(|(pointer, _)| pointer.ends_with(end)).map(|(_, json)| &**json)
    }

    /// Whether there are more pages than this file, as far as the latest page says.
    pub(super) fn unfinished(&self, end: &str) -> bool {
        self.beside(end).is_some_and(|json| !matches!(json, "null" | "\"\"" | "false"))
    }

    /// The member by which the latest page says that more follow, unless it is one that the ingester
    /// has looked at itself.
    pub(super) fn unheeded_page(&self) -> Option<String> {
        let Split::Json(items) = &self.split else { return None };
        let seen = self.looked_at.borrow();
        let unseen = |pointer: &str| {
            !seen.iter().any(|end| pointer.ends_with(end) || end.contains(&format!("{pointer}/")))
        };
        let mut members = items.beside().iter().filter(|(pointer, _)| unseen(pointer));
        members.find_map(|(pointer, json)| pages::marker(pointer, json))
    }

    fn stopped(&self) -> Option<&str> {
        match &self.split {
            Split::Json(items) => items.stopped(),
            Split::Rows(rows) => rows.stopped(),
            Split::Records(_) => None,
        }
    }

    fn place(&mut self, spot: &Spot, out: &mut Batch) -> Place {
        let short = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        match *spot {
            Spot::Line(n) => Place::Line { n: short(n), within: None },
            Spot::Element(n) => {
                let pointer = match &self.split {
                    Split::Json(items) => items.array(),
                    Split::Rows(_) | Split::Records(_) => "",
                };
                let array = match &self.array {
                    Some((known, symbol)) if known == pointer => *symbol,
                    _ => {
                        let symbol = out.text(pointer);
                        self.array = Some((pointer.to_owned(), symbol));
                        symbol
                    }
                };
                Place::Element { array, n: short(n), within: None }
            }
        }
    }

    /// The text of the file, when its records have been read.
    pub(super) fn into_window(self) -> Window {
        self.window
    }
}
