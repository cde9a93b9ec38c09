//! Which glyphs are used, what text they stand for, and the fonts cut to them.

use std::collections::BTreeMap;

use printpdf::{FontId, ParsedFont};
use sha2::{Digest, Sha256};
use subsetter::GlyphRemapper;

use crate::report::pdf::Error;
use crate::report::pdf::display::{Cmd, Layout};
use crate::report::pdf::fonts::{FONTS, Font};
use crate::report::pdf::layout::shaping::{Glyph, Run};

/// The glyphs of one font that the document uses.
pub(super) struct Used {
    pub(super) id: FontId,
    pub(super) glyphs: GlyphRemapper,
    /// The text a glyph stands for unless said otherwise, by its number in the whole font.
    pub(super) texts: BTreeMap<u16, Box<str>>,
    /// Width in thousandths of an em, as printpdf writes it.
    pub(super) widths: BTreeMap<u16, f32>,
}

/// Goes through all text of the document.
pub(super) fn collect(layout: &Layout) -> Vec<Used> {
    let mut used: Vec<Used> = (0..FONTS.len())
        .map(|index| Used {
            id: FontId(format!("F{index}")),
            glyphs: GlyphRemapper::new(),
            texts: BTreeMap::new(),
            widths: BTreeMap::new(),
        })
        .collect();
    // A glyph that stands alone for a text says more than one among several
    for alone in [true, false] {
        for run in layout.pages.iter().flatten().flat_map(runs) {
            let font = &mut used[run.font];
            for cluster in clusters(run).filter(|cluster| (cluster.len() == 1) == alone) {
                for glyph in cluster {
                    font.glyphs.remap(glyph.id);
                    let text = text_of(run, glyph);
                    font.texts.entry(glyph.id).or_insert_with(|| text.into());
                }
            }
        }
    }
    used
}

fn runs(command: &Cmd) -> impl Iterator<Item = &Run> {
    let words = match command {
        Cmd::Text { words, .. } => words.as_slice(),
        _ => &[],
    };
    words.iter().flat_map(|word| &word.runs)
}

pub(super) fn clusters(run: &Run) -> impl Iterator<Item = &[Glyph]> {
    run.glyphs.chunk_by(|a, b| a.cluster == b.cluster)
}

pub(super) fn text_of<'a>(run: &'a Run, glyph: &Glyph) -> &'a str {
    run.text.get(glyph.cluster.0 as usize..glyph.cluster.1 as usize).unwrap_or_default()
}

/// Cuts the font to the used glyphs and reads their widths.
pub(super) fn cut(font: &Font, used: &mut Used) -> Result<ParsedFont, Error> {
    let name = font.name;
    let bytes = subsetter::subset(font.bytes, 0, &used.glyphs)
        .map_err(|source| Error::Subset { name, source })?;
    let mut parsed =
        ParsedFont::from_bytes(&bytes, 0, &mut Vec::new()).ok_or(Error::Font { name })?;
    // Six letters mark a font that is not whole (ISO 32000-1, 9.6.4)
    let tag: String =
        Sha256::digest(&bytes).iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect();
    parsed.font_name = Some(format!("{tag}+{name}"));
    let em = f32::from(parsed.pdf_font_metrics.units_per_em);
    for &glyph in used.texts.keys() {
        let width = used.glyphs.get(glyph).and_then(|new| parsed.get_glyph_width(new));
        used.widths.insert(glyph, (width.map_or(0.0, f32::from) * 1000.0 / em).trunc());
    }
    Ok(parsed)
}
