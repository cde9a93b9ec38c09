//! What printpdf does not write: nested outline, logical structure, metadata, identifier.
//!
//! Its own outline is flat, its metadata unescaped, its identifiers come from a counter of the
//! process; all of that is replaced here, so that the same document gives the same bytes
//! whatever was written before.

mod outline;
mod structure;

use lopdf::{Dictionary, Document as File, Object, ObjectId, Stream, StringFormat, dictionary};
use sha2::{Digest, Sha256};

use super::Error;
use super::display::Layout;
use super::document::Document;
use super::{icc, xmp};

/// Completes the file and puts it together.
pub(super) fn finish(
    mut file: File,
    layout: &Layout,
    document: &Document,
) -> Result<Vec<u8>, Error> {
    file.version = "1.7".to_owned();
    let pages: Vec<ObjectId> = file.get_pages().into_values().collect();
    let outline = outline::write(&mut file, layout, &pages);
    let structure = structure::write(&mut file, layout, &pages)?;
    catalog(&mut file, document, outline, structure)?;
    info(&mut file, document);
    annotations(&mut file, &pages)?;
    file.prune_objects();
    file.renumber_objects();
    file.compress();
    identify(&mut file, document)?;
    let mut bytes = Vec::new();
    file.save_modern(&mut bytes)?;
    Ok(bytes)
}

fn catalog(
    file: &mut File,
    document: &Document,
    outline: Option<ObjectId>,
    structure: ObjectId,
) -> Result<(), Error> {
    let packet = xmp::packet(document).into_bytes();
    let kind = dictionary! { "Type" => "Metadata", "Subtype" => "XML" };
    // Must stay readable for programs that know no PDF
    let metadata = file.add_object(Stream::new(kind, packet).with_compression(false));
    let profile = file.add_object(Stream::new(dictionary! { "N" => 3 }, icc::srgb()));
    let intent = dictionary! {
        "Type" => "OutputIntent",
        "S" => "GTS_PDFA1",
        "OutputConditionIdentifier" => Object::string_literal("sRGB"),
        "Info" => Object::string_literal("sRGB IEC 61966-2-1"),
        "DestOutputProfile" => profile,
    };
    let catalog = file.catalog_mut()?;
    catalog.set("Metadata", metadata);
    catalog.set("OutputIntents", vec![Object::Dictionary(intent)]);
    catalog.set("Lang", text(&document.language));
    catalog.set("MarkInfo", dictionary! { "Marked" => true });
    catalog.set("StructTreeRoot", structure);
    catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
    if let Some(outline) = outline {
        catalog.set("Outlines", outline);
        catalog.set("PageMode", "UseOutlines");
    }
    Ok(())
}

fn info(file: &mut File, document: &Document) {
    let date = xmp::created(document).format("D:%Y%m%d%H%M%SZ").to_string();
    let date = Object::string_literal(date);
    let info = dictionary! {
        "Title" => text(&document.title),
        "Author" => text(&document.author),
        "Subject" => text(&document.subject),
        "Keywords" => text(&document.keywords.join(", ")),
        "Creator" => text(xmp::CREATOR),
        "Producer" => text(xmp::PRODUCER),
        "CreationDate" => date.clone(),
        "ModDate" => date,
    };
    let info = file.add_object(info);
    file.trailer.set("Info", info);
}

/// Links become objects of their own, are printed (which PDF/A asks for) and have no border.
fn annotations(file: &mut File, pages: &[ObjectId]) -> Result<(), Error> {
    for page in pages {
        let links = file.get_dictionary_mut(*page)?.remove(b"Annots");
        let Some(Object::Array(links)) = links else { continue };
        let mut kept: Vec<Object> = Vec::with_capacity(links.len());
        for mut link in links {
            if let Ok(link) = link.as_dict_mut() {
                link.set("F", 4);
                link.remove(b"C");
            }
            kept.push(file.add_object(link).into());
        }
        if !kept.is_empty() {
            file.get_dictionary_mut(*page)?.set("Annots", kept);
        }
    }
    Ok(())
}

/// The identifier: a digest of the document's name and of everything in the file.
fn identify(file: &mut File, document: &Document) -> Result<(), Error> {
    file.trailer.remove(b"ID");
    let mut digest = Sha256::new();
    digest.update((document.identifier.len() as u64).to_be_bytes());
    digest.update(document.identifier.as_bytes());
    file.save_to(&mut digest)?;
    let digest = digest.finalize().iter().take(16).copied().collect();
    let id = Object::String(digest, StringFormat::Hexadecimal);
    file.trailer.set("ID", vec![id.clone(), id]);
    Ok(())
}

/// A text string in UTF-16, as every reader knows it (ISO 32000-1, 7.9.2.2).
fn text(text: &str) -> Object {
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    Object::String(bytes, StringFormat::Hexadecimal)
}

/// A place on a page, `top` points below its upper edge.
fn destination(page: ObjectId, top: f32) -> Object {
    let y = (super::display::PAGE_HEIGHT - top).round();
    Object::Array(vec![page.into(), "XYZ".into(), 0.into(), Object::Real(y), Object::Null])
}

fn set_first_and_last(parent: &mut Dictionary, children: &[ObjectId]) {
    if let (Some(first), Some(last)) = (children.first(), children.last()) {
        parent.set("First", *first);
        parent.set("Last", *last);
    }
}
