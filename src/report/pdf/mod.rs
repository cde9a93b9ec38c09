//! Writes a [`document::Document`] as PDF: own layout, printpdf as the writer.
//!
//! The way: blocks → `layout` (shaping, lines, pages) → `display` list → `backend` (printpdf
//! operations and font subsets) → `post` (outline, structure, metadata). Nothing here knows what
//! the document is about, reads the machine's fonts or looks at a clock: the same document gives
//! the same bytes.

mod backend;
mod display;
pub mod document;
mod fonts;
mod icc;
mod layout;
mod post;
pub mod visible;
mod xmp;

use document::Document;

/// Why no PDF was made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An embedded font is damaged: the program was built from broken files.
    #[error("embedded font {name} cannot be read: build the program again from intact sources")]
    Font {
        /// Name of the font.
        name: &'static str,
    },
    /// An embedded font cannot be cut to the used glyphs.
    #[error("embedded font {name} cannot be cut to the glyphs in use: {source}")]
    Subset {
        /// Name of the font.
        name: &'static str,
        /// What the subsetter says.
        source: subsetter::Error,
    },
    /// The objects that were written do not hang together: a fault of this program.
    #[error("pdf structure is incomplete: {0}; report this as a fault of the program")]
    Structure(#[from] lopdf::Error),
    /// The finished file could not be put together in memory.
    #[error("pdf cannot be assembled in memory: {0}")]
    Write(#[from] std::io::Error),
}

/// Renders the document as a PDF 1.7 file.
///
/// # Errors
///
/// Only if the program itself is damaged or memory runs out; no content of a document is an
/// error.
pub fn render(document: &Document) -> Result<Vec<u8>, Error> {
    let layout = layout::lay_out(document)?;
    let written = backend::write(&layout, &document.title)?;
    post::finish(written, &layout, document)
}
