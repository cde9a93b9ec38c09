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

#[cfg(test)]
mod tests {
    use lopdf::{Dictionary, Object};

    use super::*;
    use crate::report::figure::Tone;
    use crate::report::figure::{Bar, bars};
    use document::{Block, Column, Link, Row, Span, Table};

    fn sample() -> Document {
        let heading = |level, text: &str| Block::Heading {
            level,
            text: text.into(),
            anchor: Some(text.into()),
        };
        let table = Table {
            columns: vec![Column { title: "Name".into(), ..Column::default() }],
            rows: ["Zoë", "مريم الحسيني", "王小明 🐛", "Thị"]
                .map(|name| Row { cells: vec![vec![Span::plain(name)]], tone: None })
                .to_vec(),
            ..Table::default()
        };
        let figure =
            bars("b", &[Bar { label: "r".into(), segments: vec![(3, Tone::Good)] }], &[], 3);
        Document {
            title: "Title & <more>".into(),
            author: "Söhne".into(),
            language: "en".into(),
            created: 1_793_491_200,
            identifier: "sample".into(),
            blocks: vec![
                heading(1, "One"),
                heading(2, "One.1"),
                Block::Paragraph(vec![
                    Span::plain("web").linked(Link::Uri("https://example.com".into())),
                    Span::plain("here").linked(Link::Anchor("Two".into())),
                ]),
                heading(1, "Two"),
                Block::Table(table),
                Block::Figure { figure, caption: "c".into() },
            ],
            ..Document::default()
        }
    }

    fn utf16(object: &Object) -> String {
        let bytes = &object.as_str().unwrap()[2..];
        let units: Vec<u16> =
            bytes.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        String::from_utf16(&units).unwrap()
    }

    fn entry<'a>(file: &'a lopdf::Document, parent: &Dictionary, key: &[u8]) -> &'a Dictionary {
        file.get_dictionary(parent.get(key).unwrap().as_reference().unwrap()).unwrap()
    }

    #[test]
    fn the_same_document_gives_the_same_bytes_and_another_gives_another_identifier() {
        let first = render(&sample()).unwrap();
        assert_eq!(first, render(&sample()).unwrap());
        let other = Document { identifier: "other".into(), ..sample() };
        let id = |bytes: &[u8]| {
            let file = lopdf::Document::load_mem(bytes).unwrap();
            file.trailer.get(b"ID").unwrap().as_array().unwrap()[0].as_str().unwrap().to_vec()
        };
        assert_ne!(id(&first), id(&render(&other).unwrap()));
    }

    #[test]
    fn pages_outline_and_links_can_be_read_back() {
        let file = lopdf::Document::load_mem(&render(&sample()).unwrap()).unwrap();
        let pages = file.get_pages();
        // Cover, contents, two sections
        assert_eq!(pages.len(), 4);
        let outline = entry(&file, file.catalog().unwrap(), b"Outlines");
        let one = entry(&file, outline, b"First");
        assert_eq!(utf16(one.get(b"Title").unwrap()), "One");
        assert_eq!(utf16(entry(&file, one, b"First").get(b"Title").unwrap()), "One.1");
        assert_eq!(utf16(entry(&file, one, b"Next").get(b"Title").unwrap()), "Two");
        let links = |page: u32| file.get_page_annotations(pages[&page]).unwrap();
        assert_eq!(links(2).len(), 3, "one for each title in the contents");
        let kinds: Vec<&[u8]> = links(3)
            .iter()
            .map(|link| link.get(b"A").unwrap().as_dict().unwrap().get(b"S").unwrap())
            .map(|kind| kind.as_name().unwrap())
            .collect();
        assert_eq!(kinds, [b"URI".as_slice(), b"GoTo"]);
        assert!(links(3).iter().all(|link| link.get(b"F").unwrap().as_i64().unwrap() == 4));
    }

    #[test]
    fn metadata_says_what_the_document_says() {
        let bytes = render(&sample()).unwrap();
        let file = lopdf::Document::load_mem(&bytes).unwrap();
        assert_eq!(file.version, "1.7");
        let info = entry(&file, &file.trailer, b"Info");
        assert_eq!(utf16(info.get(b"Title").unwrap()), "Title & <more>");
        assert_eq!(info.get(b"CreationDate").unwrap().as_str().unwrap(), b"D:20261101000000Z");
        let xml = String::from_utf8_lossy(&bytes);
        assert!(xml.contains("Title &amp; &lt;more&gt;</rdf:li>"), "XMP is not compressed");
    }

    #[test]
    fn every_piece_of_marked_content_has_its_element() {
        let file = lopdf::Document::load_mem(&render(&sample()).unwrap()).unwrap();
        let root = entry(&file, file.catalog().unwrap(), b"StructTreeRoot");
        let parents = entry(&file, root, b"ParentTree").get(b"Nums").unwrap().as_array().unwrap();
        for (index, page) in file.get_pages().into_values().enumerate() {
            let content = file.get_page_content(page);
            let text = String::from_utf8_lossy(&content);
            let owners = parents[2 * index + 1].as_reference().unwrap();
            let owners = file.get_object(owners).unwrap().as_array().unwrap();
            assert_eq!(text.matches("/MCID").count(), owners.len());
            let begins = text.matches("BDC").count() + text.matches("BMC").count();
            assert_eq!(begins, text.matches("EMC").count());
        }
    }
}
