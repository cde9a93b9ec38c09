//! From words to glyphs: coverage, shaping and a cache, as reports repeat their words.

use std::rc::Rc;

use hashbrown::HashMap;
use rustybuzz::{Direction, UnicodeBuffer};
use unicode_segmentation::UnicodeSegmentation;

use crate::report::pdf::Error;
use crate::report::pdf::fonts::{FontIndex, Fonts, Weight, is_silent, scale};
use crate::report::pdf::visible;

/// Longer words are hardly ever repeated.
const CACHED_LENGTH: usize = 64;

/// A placed outline. Lengths are in ems of the size that was asked for.
#[derive(Clone, Debug)]
pub(in crate::report::pdf) struct Glyph {
    pub(in crate::report::pdf) id: u16,
    pub(in crate::report::pdf) advance: f32,
    pub(in crate::report::pdf) shift: (f32, f32),
    /// The bytes of the run's text that it stands for; shared by the glyphs of one cluster.
    pub(in crate::report::pdf) cluster: (u32, u32),
}

/// Glyphs of one font, from left to right.
#[derive(Clone, Debug)]
pub(in crate::report::pdf) struct Run {
    pub(in crate::report::pdf) font: FontIndex,
    pub(in crate::report::pdf) text: Box<str>,
    pub(in crate::report::pdf) glyphs: Vec<Glyph>,
}

/// A shaped piece of text that never breaks, from left to right.
#[derive(Clone, Debug, Default)]
pub(in crate::report::pdf) struct Word {
    pub(in crate::report::pdf) runs: Vec<Run>,
    /// In ems.
    pub(in crate::report::pdf) width: f32,
}

/// Shapes words and remembers them.
pub(in crate::report::pdf) struct Shaper {
    fonts: Fonts,
    /// By weight and direction.
    words: [HashMap<Box<str>, Rc<Word>>; 6],
}

impl Shaper {
    pub(in crate::report::pdf) fn new() -> Result<Self, Error> {
        Ok(Self { fonts: Fonts::load()?, words: std::array::from_fn(|_| HashMap::new()) })
    }

    /// The text with everything that deceives or has no glyph shown by code point.
    pub(super) fn visible<'a>(&self, text: &'a str) -> std::borrow::Cow<'a, str> {
        visible::shown(text, |c| self.fonts.covers(c))
    }

    /// Shapes text of one direction. `text` must have gone through [`Self::visible`].
    pub(super) fn word(&mut self, text: &str, weight: Weight, rtl: bool) -> Rc<Word> {
        let table = weight as usize * 2 + usize::from(rtl);
        if let Some(word) = self.words[table].get(text) {
            return Rc::clone(word);
        }
        let word = Rc::new(self.shape(text, weight, rtl));
        if text.len() <= CACHED_LENGTH {
            self.words[table].insert(text.into(), Rc::clone(&word));
        }
        word
    }

    fn shape(&mut self, text: &str, weight: Weight, rtl: bool) -> Word {
        let mut runs: Vec<Run> = self
            .by_font(text, weight)
            .into_iter()
            .map(|(font, piece)| self.shape_run(font, &piece, rtl))
            .collect();
        if rtl {
            runs.reverse();
        }
        let width = runs.iter().flat_map(|run| &run.glyphs).map(|glyph| glyph.advance).sum();
        Word { runs, width }
    }

    /// Splits text between fonts, if possible not inside what is seen as one character.
    fn by_font(&mut self, text: &str, weight: Weight) -> Vec<(FontIndex, String)> {
        let mut pieces: Vec<(FontIndex, String)> = Vec::new();
        let mut add = |font: FontIndex, part: &str| match pieces.last_mut() {
            Some((last, piece)) if *last == font => piece.push_str(part),
            _ => pieces.push((font, part.to_owned())),
        };
        let mut last = weight as FontIndex;
        for cluster in text.graphemes(true) {
            let base = cluster.chars().find(|&c| !is_silent(c));
            let font = base.map_or(Some(last), |c| self.fonts.covering(c, weight));
            let whole = font.filter(|&font| self.fonts.shows(font, cluster));
            if let Some(font) = whole {
                add(font, cluster);
                last = font;
                continue;
            }
            for c in cluster.chars().filter(|&c| !is_silent(c)) {
                last = self.fonts.covering(c, weight).unwrap_or(last);
                add(last, c.encode_utf8(&mut [0; 4]));
            }
        }
        pieces
    }

    fn shape_run(&self, font: FontIndex, text: &str, rtl: bool) -> Run {
        let face = self.fonts.face(font);
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
        let shaped = rustybuzz::shape(face, &[], buffer);
        let em = scale(font) / face.units_per_em() as f32;

        let mut starts: Vec<u32> = shaped.glyph_infos().iter().map(|info| info.cluster).collect();
        starts.sort_unstable();
        starts.dedup();
        let end = |start: u32| {
            let next = starts.partition_point(|&s| s <= start);
            starts.get(next).copied().unwrap_or(text.len() as u32)
        };
        let glyphs = shaped
            .glyph_infos()
            .iter()
            .zip(shaped.glyph_positions())
            .map(|(info, at)| Glyph {
                id: info.glyph_id as u16,
                advance: at.x_advance as f32 * em,
                shift: (at.x_offset as f32 * em, at.y_offset as f32 * em),
                cluster: (info.cluster, end(info.cluster)),
            })
            .collect();
        Run { font, text: text.into(), glyphs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyphs(text: &str, rtl: bool) -> Vec<Run> {
        let mut shaper = Shaper::new().unwrap();
        let text = shaper.visible(text).into_owned();
        shaper.word(&text, Weight::Regular, rtl).runs.clone()
    }

    #[test]
    fn nothing_becomes_the_missing_glyph() {
        for (text, rtl) in [
            ("Zoë王→🐛🧵⚠\u{fe0f}", false),
            ("👩\u{200d}🚀", false),
            ("مريم دוד", true),
            ("می\u{200c}خواهم", true),
            ("आरती", false),
            ("𐍈x\u{e000}", false),
            ("王\u{301}", false),
            ("Ḽ͓̽ị", false),
        ] {
            for run in glyphs(text, rtl) {
                assert!(run.glyphs.iter().all(|glyph| glyph.id != 0), "{text}: {run:?}");
            }
        }
    }

    #[test]
    fn clusters_cover_the_text() {
        let runs = glyphs("affix Thị", false);
        let ends = runs.last().unwrap().glyphs.last().unwrap().cluster.1;
        assert_eq!(ends as usize, runs.last().unwrap().text.len());
    }

    #[test]
    fn a_word_is_shaped_once() {
        let mut shaper = Shaper::new().unwrap();
        let first = shaper.word("merge", Weight::Regular, false);
        assert!(Rc::ptr_eq(&first, &shaper.word("merge", Weight::Regular, false)));
        assert!(!Rc::ptr_eq(&first, &shaper.word("merge", Weight::Bold, false)));
    }
}
