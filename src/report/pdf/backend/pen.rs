//! Glyphs at their places, with the text they stand for.

use std::collections::BTreeMap;
use std::rc::Rc;

use printpdf::{Codepoint, DictItem, Op, PdfFontHandle, Pt, TextItem, TextMatrix};

use super::shapes::exact;
use super::subset::{Used, clusters, text_of};
use crate::report::pdf::display::PAGE_HEIGHT;
use crate::report::pdf::fonts::{FontIndex, scale};
use crate::report::pdf::layout::shaping::{Glyph, Run, Word};

/// Writes words as one text object whose baseline is at `y`.
pub(super) fn text(
    used: &[Used],
    ops: &mut Vec<Op>,
    at: (f32, f32),
    size: f32,
    words: &[Rc<Word>],
) {
    ops.push(Op::StartTextSection);
    let (x, y) = at;
    let mut pen = Pen { x, y, size, font: None, from: x, items: Vec::new() };
    for run in words.iter().flat_map(|word| &word.runs) {
        pen.run(run, &used[run.font], ops);
    }
    pen.flush(ops);
    ops.push(Op::EndTextSection);
}

/// Where the next glyph goes, and those that are not yet written.
struct Pen {
    x: f32,
    y: f32,
    size: f32,
    font: Option<FontIndex>,
    from: f32,
    items: Vec<Codepoint>,
}

impl Pen {
    fn run(&mut self, run: &Run, used: &Used, ops: &mut Vec<Op>) {
        if self.font != Some(run.font) {
            self.flush(ops);
            self.font = Some(run.font);
            let font = PdfFontHandle::External(used.id.clone());
            ops.push(Op::SetFont { font, size: Pt(exact(self.size * scale(run.font))) });
        }
        for cluster in clusters(run) {
            let text = cluster.first().map_or("", |glyph| text_of(run, glyph));
            let plain = matches!(cluster, [glyph]
                if used.texts.get(&glyph.id).is_some_and(|known| known.as_ref() == text));
            if plain {
                self.put(&cluster[0], run.font, used, ops);
                continue;
            }
            // One glyph carries the text and the place, the others nothing
            let bearer = cluster.iter().position(|glyph| glyph.advance > 0.0).unwrap_or(0);
            for (index, glyph) in cluster.iter().enumerate() {
                self.flush(ops);
                ops.push(actual_text(if index == bearer { text } else { "" }));
                self.put(glyph, run.font, used, ops);
                self.flush(ops);
                ops.push(Op::EndMarkedContent);
            }
        }
    }

    fn put(&mut self, glyph: &Glyph, font: FontIndex, used: &Used, ops: &mut Vec<Op>) {
        let Some(gid) = used.glyphs.get(glyph.id) else { return };
        let cid = used.texts.get(&glyph.id).map(|text| text.to_string());
        let advance = glyph.advance * self.size;
        if glyph.shift != (0.0, 0.0) {
            self.flush(ops);
            let (x, y) = (self.x, self.y);
            self.from = x + glyph.shift.0 * self.size;
            self.y = y - glyph.shift.1 * self.size;
            self.items.push(Codepoint { gid, offset: 0.0, cid });
            self.flush(ops);
            (self.x, self.y, self.from) = (x + advance, y, x + advance);
            return;
        }
        // What the viewer moves by itself and what it must be told
        let natural = used.widths.get(&glyph.id).copied().unwrap_or_default();
        let offset = natural - glyph.advance * 1000.0 / scale(font);
        let offset = if offset.abs() < 0.05 { 0.0 } else { exact(offset) };
        self.items.push(Codepoint { gid, offset, cid });
        self.x += advance;
    }

    fn flush(&mut self, ops: &mut Vec<Op>) {
        if !self.items.is_empty() {
            let (x, y) = (exact(self.from), exact(PAGE_HEIGHT - self.y));
            let matrix = TextMatrix::Raw([1.0, 0.0, 0.0, 1.0, x, y]);
            ops.push(Op::SetTextMatrix { matrix });
            let items = vec![TextItem::GlyphIds(std::mem::take(&mut self.items))];
            ops.push(Op::ShowText { items });
        }
        self.from = self.x;
    }
}

fn actual_text(text: &str) -> Op {
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    let map = BTreeMap::from([("ActualText".to_owned(), DictItem::Bytes(bytes))]);
    let properties = DictItem::Dict { map };
    Op::BeginMarkedContentWithProperties { tag: "Span".to_owned(), properties }
}
