//! Words and lays out what was found: HTML, PDF, JSON and one CSV table for each kind of row.
//!
//! The way is the same for every format. [`Report`] is all that may be said; the [`tables`] state
//! it row by row, without a bound; the view holds what people read, bounded, with every text
//! ready to print; the renderers lay the view out and know nothing else. There is no clock, no
//! disk and no environment here: data in, bytes out.

mod approvers;
mod charts;
pub mod csv;
pub mod figure;
pub mod hostile;
mod html;
mod json;
mod look_up;
pub mod pdf;
mod pdf_document;
#[cfg(test)]
mod sample;
pub mod tables;
pub mod view;
mod wording;

pub use html::{HtmlError, TEMPLATES, html};
pub use json::json;
pub use pdf_document::document;
pub use view::View;

use crate::{
    crossref::Assessment,
    model::{Digest, Origin},
};

/// A file that people wrote and that the verdicts depend on.
#[derive(Clone, Debug)]
pub struct Input {
    /// What it is: `policy`, `principals`, `justifications`, `configuration`.
    pub what: String,
    /// Its path, relative to the configuration's folder.
    pub path: String,
    /// Digest of the file as written.
    pub digest: Digest,
}

/// Everything that a report may say.
#[derive(Clone, Copy)]
pub struct Report<'a> {
    /// What the rules found.
    pub assessment: &'a Assessment<'a>,
    /// The organisation's name.
    pub organisation: &'a str,
    /// Version of the program.
    pub tool_version: &'a str,
    /// The files that people wrote.
    pub inputs: &'a [Input],
    /// The policy file as written.
    pub policy_text: &'a str,
    /// Rows of a list that the HTML and the JSON show before they point to the CSV.
    pub html_rows: usize,
    /// Rows of a list that the PDF shows before it points to the CSV.
    pub pdf_rows: usize,
    /// The path in the pack of the verbatim copy of a record, if it was copied.
    pub record: &'a (dyn Fn(Origin) -> Option<String> + Sync),
}
