//! From spans to lines: where to break, and in which order right-to-left pieces are drawn.
//!
//! Breaks follow Unicode Standard Annex 14. A token that is wider than the line (a digest, an
//! address) is broken after a separator if one is near the edge, else between graphemes. Base
//! direction is always left to right, and each span that holds right-to-left text is isolated
//! (Annex 9), so that no name changes the order of what stands beside it.

use std::ops::Range;
use std::rc::Rc;

use unicode_bidi::{BidiClass, BidiInfo, Level};
use unicode_linebreak::{BreakOpportunity, linebreaks};

use super::shaping::{Shaper, Word};
use crate::report::pdf::fonts::Weight;

const ISOLATE: char = '\u{2068}';
const END_ISOLATE: char = '\u{2069}';

/// A word of a line and the span it belongs to.
#[derive(Clone, Debug)]
pub(in crate::report::pdf) struct Part {
    pub(in crate::report::pdf) word: Rc<Word>,
    pub(in crate::report::pdf) span: usize,
}

/// What stands on one line, from left to right.
#[derive(Clone, Debug, Default)]
pub(in crate::report::pdf) struct Line {
    pub(in crate::report::pdf) parts: Vec<Part>,
    /// In ems.
    pub(in crate::report::pdf) width: f32,
}

/// A paragraph whose spans are made visible and shaped, but not yet broken into lines.
pub(super) struct Prepared {
    pub(super) text: String,
    pub(super) atoms: Vec<Atom>,
    has_rtl: bool,
}

/// The largest piece without a break, a change of span or a blank inside.
pub(super) struct Atom {
    pub(super) range: Range<usize>,
    span: usize,
    pub(super) weight: Weight,
    /// In ems.
    pub(super) width: f32,
    pub(super) blank: bool,
    pub(super) after: After,
}

/// What may happen to the line after an atom.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum After {
    Nothing,
    MayBreak,
    MustBreak,
}

/// Makes the spans visible and measures them.
pub(super) fn prepare<'a>(
    shaper: &mut Shaper,
    spans: impl Iterator<Item = (&'a str, Weight)>,
) -> Prepared {
    let mut text = String::new();
    let mut runs: Vec<(usize, usize, Weight)> = Vec::new();
    let mut has_rtl = false;
    for (index, (raw, weight)) in spans.enumerate() {
        let shown = shaper.visible(raw);
        if shown.chars().any(is_rtl) {
            has_rtl = true;
            text.push(ISOLATE);
            text.push_str(&shown);
            text.push(END_ISOLATE);
        } else {
            text.push_str(&shown);
        }
        runs.push((text.len(), index, weight));
    }
    let atoms = atoms(shaper, &text, &runs);
    Prepared { text, atoms, has_rtl }
}

fn atoms(shaper: &mut Shaper, text: &str, runs: &[(usize, usize, Weight)]) -> Vec<Atom> {
    let mut atoms = Vec::new();
    let mut runs = runs.iter().copied();
    let mut run = runs.next();
    let mut start = 0;
    for (end, opportunity) in linebreaks(text) {
        let must = opportunity == BreakOpportunity::Mandatory && text[..end].ends_with('\n');
        while start < end {
            while run.is_some_and(|(until, ..)| until <= start) {
                run = runs.next();
            }
            let Some((until, span, weight)) = run else { break };
            let part = &text[start..end.min(until)];
            let blank = part.starts_with(is_blank);
            let length = part.find(|c| is_blank(c) != blank).unwrap_or(part.len());
            let range = start..start + length;
            start = range.end;
            let part = &text[range.clone()];
            let width =
                shaper.word(part.trim_matches('\n'), weight, part.chars().any(is_rtl)).width;
            atoms.push(Atom { range, span, weight, width, blank, after: After::Nothing });
        }
        if let Some(last) = atoms.last_mut() {
            last.after = if must { After::MustBreak } else { After::MayBreak };
        }
    }
    atoms
}

impl Prepared {
    /// Width in ems of the widest piece that is broken only in need, of those up to `limit`.
    pub(super) fn widest(&self, limit: f32) -> f32 {
        let (mut widest, mut piece) = (0.0f32, 0.0);
        for (index, atom) in self.atoms.iter().enumerate() {
            piece += if atom.blank { 0.0 } else { atom.width };
            if atom.after != After::Nothing || index + 1 == self.atoms.len() {
                widest = if piece <= limit { widest.max(piece) } else { widest };
                piece = 0.0;
            }
        }
        widest
    }

    /// Width in ems of all that stands between two line feeds, at most.
    pub(super) fn width(&self) -> f32 {
        let (mut longest, mut line) = (0.0f32, 0.0);
        for atom in &self.atoms {
            line += atom.width;
            longest = longest.max(line);
            if atom.after == After::MustBreak {
                line = 0.0;
            }
        }
        longest
    }

    /// Breaks into lines no wider than `room` ems; always at least one line.
    pub(super) fn lines(&self, shaper: &mut Shaper, room: f32) -> Vec<Line> {
        let cuts = self.cuts(shaper, room);
        let bidi = self.has_rtl.then(|| BidiInfo::new(&self.text, Some(Level::ltr())));
        let mut lines: Vec<Line> = Vec::with_capacity(cuts.len());
        for range in cuts {
            let length = self.text[range.clone()].trim_end_matches([' ', '\n']).len();
            let range = range.start..range.start + length;
            lines.push(match &bidi {
                None => self.left_to_right(shaper, range),
                Some(bidi) => self.reordered(shaper, bidi, range),
            });
        }
        if lines.is_empty() {
            lines.push(Line::default());
        }
        lines
    }

    fn left_to_right(&self, shaper: &mut Shaper, line: Range<usize>) -> Line {
        let mut out = Line::default();
        for (range, atom) in self.within(&line) {
            self.place(shaper, &mut out, range, atom, false);
        }
        out
    }

    fn reordered(&self, shaper: &mut Shaper, bidi: &BidiInfo<'_>, line: Range<usize>) -> Line {
        let mut out = Line::default();
        let paragraph = bidi.paragraphs.iter().find(|p| p.range.contains(&line.start));
        let Some(paragraph) = paragraph.filter(|_| !line.is_empty()) else { return out };
        let (levels, runs) = bidi.visual_runs(paragraph, line);
        for run in runs {
            let rtl = levels.get(run.start).is_some_and(|level| level.is_rtl());
            let mut atoms: Vec<_> = self.within(&run).collect();
            if rtl {
                atoms.reverse();
            }
            for (range, atom) in atoms {
                self.place(shaper, &mut out, range, atom, rtl);
            }
        }
        out
    }

    /// The atoms that lie in `line`, cut to it.
    fn within<'a>(
        &'a self,
        line: &Range<usize>,
    ) -> impl Iterator<Item = (Range<usize>, &'a Atom)> + use<'a> {
        let line = line.clone();
        let first = self.atoms.partition_point(|atom| atom.range.end <= line.start);
        self.atoms[first..]
            .iter()
            .take_while(move |atom| atom.range.start < line.end)
            .map(move |atom| (atom.range.start.max(line.start)..atom.range.end.min(line.end), atom))
    }

    fn place(
        &self,
        shaper: &mut Shaper,
        line: &mut Line,
        range: Range<usize>,
        atom: &Atom,
        rtl: bool,
    ) {
        let text = self.text[range].trim_matches(['\n', ISOLATE, END_ISOLATE]);
        if !text.is_empty() {
            let word = shaper.word(text, atom.weight, rtl);
            line.width += word.width;
            line.parts.push(Part { word, span: atom.span });
        }
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\n')
}

pub(super) fn is_rtl(c: char) -> bool {
    c >= '\u{590}' && matches!(unicode_bidi::bidi_class(c), BidiClass::R | BidiClass::AL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, room: f32) -> Vec<String> {
        let mut shaper = Shaper::new().unwrap();
        let prepared = prepare(&mut shaper, [(text, Weight::Regular)].into_iter());
        let lines = prepared.lines(&mut shaper, room);
        for line in &lines {
            assert!(line.width <= room + 0.001, "{} > {room}", line.width);
        }
        lines.iter().map(text_of).collect()
    }

    fn text_of(line: &Line) -> String {
        line.parts.iter().flat_map(|p| &p.word.runs).map(|run| run.text.as_ref()).collect()
    }

    #[test]
    fn breaks_between_words_and_at_line_feeds() {
        assert_eq!(lines("one two three", 5.0), ["one two", "three"]);
        assert_eq!(lines("one\n\ntwo", 50.0), ["one", "", "two"]);
        assert_eq!(lines("", 5.0), [""]);
    }

    #[test]
    fn long_tokens_break_after_separators_else_anywhere() {
        let digest = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(lines(digest, 6.0).concat(), digest);
        let cut = lines("service_account.deploy@prod.example.internal", 10.0);
        assert_eq!(cut.concat(), "service_account.deploy@prod.example.internal");
        assert!(cut[..cut.len() - 1].iter().all(|l| l.ends_with(['_', '.', '@'])), "{cut:?}");
    }

    #[test]
    fn a_right_to_left_name_does_not_reorder_its_neighbours() {
        let mut shaper = Shaper::new().unwrap();
        let spans = ["דוד", ", ", "שרה", " approved"].map(|text| (text, Weight::Regular));
        let prepared = prepare(&mut shaper, spans.into_iter());
        let line = prepared.lines(&mut shaper, 100.0).remove(0);
        let order: Vec<usize> = line.parts.iter().map(|part| part.span).collect();
        assert!(order.is_sorted(), "{order:?}");
    }

    #[test]
    fn hostile_text_is_shown() {
        assert_eq!(lines("a\u{202e}b", 50.0), ["a⟨U+202E⟩b"]);
    }
}
