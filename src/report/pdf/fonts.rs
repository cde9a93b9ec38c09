//! The embedded fonts, and which of them shows a character.
//!
//! No one free font covers the names an organisation has, so a chain of Noto cuts is asked in
//! turn (what was cut, and how, is in `templates/fonts/README.md`). Nothing is read from the
//! machine: the same text looks the same everywhere.

use hashbrown::HashMap;
use rustybuzz::Face;

use super::Error;

/// Name in the PDF and bytes of an embedded font.
pub(super) struct Font {
    pub(super) name: &'static str,
    pub(super) bytes: &'static [u8],
}

macro_rules! font {
    ($name:literal) => {
        Font {
            name: $name,
            bytes: include_bytes!(concat!("../../../templates/fonts/", $name, ".ttf")),
        }
    };
}

/// All fonts; the first three are the faces text is asked for in, the others fill their gaps.
pub(super) const FONTS: [Font; 10] = [
    font!("NotoSans-Regular"),
    font!("NotoSans-Bold"),
    font!("NotoSansMono-Regular"),
    font!("NotoSansMath-Regular"),
    font!("NotoSansSymbols2-Regular"),
    font!("NotoSansArabic-Regular"),
    font!("NotoSansHebrew-Regular"),
    font!("NotoSansSC-Regular"),
    font!("NotoSansKR-Regular"),
    font!("NotoEmoji-Regular"),
];

/// The order in which gaps are filled: the text face, then proportional fonts, then the others.
const FALLBACK: [FontIndex; 10] = [0, 3, 4, 5, 6, 7, 8, 9, 2, 1];

/// Index into [`FONTS`].
pub(super) type FontIndex = usize;

/// The face a text is asked for in; its discriminant is its index in [`FONTS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular = 0,
    Bold = 1,
    Mono = 2,
}

/// How much smaller a font is set so that it stands well beside the text face.
pub(super) fn scale(font: FontIndex) -> f32 {
    if font == Weight::Mono as FontIndex { 0.92 } else { 1.0 }
}

/// The parsed fonts.
pub(super) struct Fonts {
    faces: Vec<Face<'static>>,
    covering: HashMap<(u8, char), Option<FontIndex>>,
}

impl Fonts {
    /// Parses the embedded fonts.
    pub(super) fn load() -> Result<Self, Error> {
        let faces = FONTS
            .iter()
            .map(|font| Face::from_slice(font.bytes, 0).ok_or(Error::Font { name: font.name }))
            .collect::<Result<_, _>>()?;
        Ok(Self { faces, covering: HashMap::new() })
    }

    /// The parsed font.
    pub(super) fn face(&self, font: FontIndex) -> &Face<'static> {
        &self.faces[font]
    }

    /// Whether any font shows `c`.
    pub(super) fn covers(&self, c: char) -> bool {
        is_ascii_text(c) || is_silent(c) || self.faces.iter().any(|f| f.glyph_index(c).is_some())
    }

    /// The font that shows `c` in text of this weight, the asked one if it can.
    pub(super) fn covering(&mut self, c: char, weight: Weight) -> Option<FontIndex> {
        if is_ascii_text(c) {
            return Some(weight as FontIndex);
        }
        let faces = &self.faces;
        *self.covering.entry((weight as u8, c)).or_insert_with(|| {
            std::iter::once(weight as FontIndex)
                .chain(FALLBACK)
                .find(|&font| faces[font].glyph_index(c).is_some())
        })
    }

    /// Whether this font shows every character of `text` that is to be seen.
    pub(super) fn shows(&self, font: FontIndex, text: &str) -> bool {
        text.chars().all(|c| is_silent(c) || self.faces[font].glyph_index(c).is_some())
    }
}

/// Steers shaping and is not drawn itself.
pub(super) fn is_silent(c: char) -> bool {
    matches!(c, '\n' | '\u{200c}' | '\u{200d}' | '\u{2066}'..='\u{2069}')
}

fn is_ascii_text(c: char) -> bool {
    matches!(c, ' '..='~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_signs_of_many_scripts_are_covered() {
        let fonts = Fonts::load().unwrap();
        for text in [
            "Đặng Łukasz Ñ",
            "Ελένη",
            "Жанна",
            "مريم",
            "דוד",
            "王小明 田中 さくら 劉",
            "김철수",
            "आरती",
            "✓ ✗ → ← ≥ ≠ □ ⚠ … – • ⟨⟩",
            "🐛 🚀 🤖 ✅ ❌",
        ] {
            for c in text.chars() {
                assert!(fonts.covers(c), "{c} U+{:04X}", u32::from(c));
            }
        }
        assert!(!fonts.covers('\u{10ffff}'));
    }

    #[test]
    fn the_asked_face_comes_first() {
        let mut fonts = Fonts::load().unwrap();
        assert_eq!(fonts.covering('é', Weight::Bold), Some(1));
        assert_eq!(fonts.covering('→', Weight::Mono), Some(2));
        assert_eq!(fonts.covering('→', Weight::Regular), Some(3));
        assert_eq!(fonts.covering('名', Weight::Bold), Some(7));
    }
}
