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
mod follow_up;
mod history;
pub mod hostile;
mod html;
mod json;
mod look_up;
pub mod pdf;
mod pdf_document;
mod proposals;
pub mod reperform;
#[cfg(test)]
mod sample;
pub mod story;
pub mod tables;
pub mod view;
mod wording;

pub use follow_up::{FollowUp, FollowUps, deviation_rate, owned};
pub use history::{Carried, EarlierReport, History, Reported, parties, reported};
pub use html::{HtmlError, TEMPLATES, html};
pub use json::json;
pub use look_up::not_whole;
pub use pdf_document::document;
pub use proposals::{Proposal, proposals};
pub use view::View;
pub use wording::{basis, weakness};

use crate::{
    crossref::Assessment,
    model::{Digest, Origin},
};

/// The files of a report, except the tables, which are streamed.
#[derive(Clone, Debug)]
pub struct Artifacts {
    /// `report.html`.
    pub html: Vec<u8>,
    /// `report.pdf`.
    pub pdf: Vec<u8>,
    /// `report.json`.
    pub json: Vec<u8>,
    /// `tables/README.md`.
    pub tables_readme: Vec<u8>,
}

/// Why no report was made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReportError {
    /// The page.
    #[error("report.html: {0}")]
    Html(#[from] HtmlError),
    /// The document for paper.
    #[error("report.pdf: {0}")]
    Pdf(#[from] pdf::Error),
    /// The data.
    #[error("report.json: {0}; make more memory available")]
    Json(#[from] serde_json::Error),
}

/// Makes the files of a report. `excerpts` are what [`csv::write_table`] returned for each of
/// [`tables::TABLES`]; `templates` gives the organisation's own text of one of [`TEMPLATES`], by
/// name, where it has one.
///
/// # Errors
///
/// If one of these templates is faulty, or memory runs out. No content of the evidence is an
/// error.
pub fn artifacts(
    report: &Report<'_>,
    excerpts: &[csv::Excerpt],
    templates: &dyn Fn(&str) -> Option<String>,
) -> Result<Artifacts, ReportError> {
    let view = View::new(report, excerpts);
    let page = view.limited(report.html_rows);
    Ok(Artifacts {
        html: html(&page, templates)?,
        pdf: pdf::render(&document(&view.limited(report.pdf_rows)))?,
        json: json(&page)?,
        tables_readme: csv::readme(report.cx().period.zone().name()).into_bytes(),
    })
}

/// A file that people wrote and that the verdicts depend on.
#[derive(Clone, Debug)]
pub struct Input {
    /// What it is: `policy`, `principals`, `justifications`, `drills`, `configuration`.
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
    /// The path of the verbatim copy of a record, if it was copied: relative to the folder of the
    /// report, of characters that an address may hold as they are.
    pub record: &'a (dyn Fn(Origin) -> Option<String> + Sync),
    /// What earlier packs reported.
    pub history: &'a History,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(sample: sample::Sample) -> Artifacts {
        sample.with(|report| {
            let tables = tables::TABLES.iter();
            let excerpts: Result<Vec<_>, _> =
                tables.map(|table| csv::write_table(report, table, std::io::sink())).collect();
            artifacts(report, &excerpts.unwrap(), &|_| None).unwrap()
        })
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        for sample in [sample::company, sample::hostile] {
            let (one, two) = (bytes(sample()), bytes(sample()));
            assert!(one.html == two.html && one.pdf == two.pdf && one.json == two.json);
            assert_eq!(one.json.last(), Some(&b'\n'));
        }
    }
}
