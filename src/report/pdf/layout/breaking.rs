//! Where lines end.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::lines::{After, Atom, Prepared, is_rtl};
use super::shaping::Shaper;

/// A separator is preferred to the edge if the line is at least so full there.
const FULL_ENOUGH: f32 = 0.55;
/// A long token begins on the line where it stands if so much of the line is left.
const ROOM_TO_BEGIN: f32 = 0.4;

/// Where lines end, as far as is known.
struct Breaker {
    room: f32,
    cuts: Vec<Range<usize>>,
    start: usize,
    used: f32,
}

impl Breaker {
    fn cut(&mut self, at: usize) {
        if at > self.start {
            self.cuts.push(self.start..at);
        }
        self.start = at;
        self.used = 0.0;
    }
}

impl Prepared {
    /// The bytes of each line, no wider than `room` ems.
    pub(super) fn cuts(&self, shaper: &mut Shaper, room: f32) -> Vec<Range<usize>> {
        let mut lines = Breaker { room, cuts: Vec::new(), start: 0, used: 0.0 };
        let mut piece = 0;
        for (index, atom) in self.atoms.iter().enumerate() {
            if atom.after == After::Nothing && index + 1 < self.atoms.len() {
                continue;
            }
            let atoms = &self.atoms[piece..=index];
            piece = index + 1;
            let width: f32 = atoms.iter().map(|atom| atom.width).sum();
            let blanks = atoms.iter().rev().take_while(|atom| atom.blank);
            let inked = width - blanks.map(|atom| atom.width).sum::<f32>();
            let begin = atoms.first().map_or(0, |atom| atom.range.start);
            if lines.used + inked <= room {
                lines.used += width;
            } else if inked <= room {
                lines.cut(begin);
                lines.used = width;
            } else {
                if room - lines.used < ROOM_TO_BEGIN * room {
                    lines.cut(begin);
                }
                for atom in atoms {
                    self.break_token(shaper, atom, &mut lines);
                }
            }
            if atom.after == After::MustBreak {
                lines.cut(atom.range.end);
            }
        }
        lines.cut(self.text.len());
        lines.cuts
    }

    /// Breaks one atom wherever the lines end.
    fn break_token(&self, shaper: &mut Shaper, atom: &Atom, lines: &mut Breaker) {
        let token = &self.text[atom.range.clone()];
        let mut separator: Option<(usize, f32)> = None;
        for (offset, cluster) in token.grapheme_indices(true) {
            let at = atom.range.start + offset;
            let width = shaper.word(cluster, atom.weight, cluster.chars().any(is_rtl)).width;
            if lines.used + width > lines.room && at > lines.start {
                match separator.take() {
                    Some((place, used)) if used >= FULL_ENOUGH * lines.room => {
                        let kept = lines.used - used;
                        lines.cut(place);
                        lines.used = kept;
                    }
                    _ => lines.cut(at),
                }
            }
            lines.used += width;
            if cluster.ends_with(['/', '-', '_', '.', ':', '@', '?', '&', '=', ',', '+', '#']) {
                separator = Some((at + cluster.len(), lines.used));
            }
        }
    }
}
