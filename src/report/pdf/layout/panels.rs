//! Callouts, key figures and drawings: things with a ground of their own.

use super::flow::Flow;
use super::lines::prepare;
use super::style::{
    ACCENT, BODY, BOTTOM, GROUND, INK, LEFT, MEASURE, MUTED, SMALL, TOP, Type, VALUE, role, soft,
    strong,
};
use super::text::Text;
use crate::report::figure::{Anchor, Figure, Shape, Tone};
use crate::report::pdf::display::{Area, Cmd};
use crate::report::pdf::document::{Align, Block, Span, SpanStyle, Tile};
use crate::report::pdf::fonts::Weight;
use crate::report::pdf::visible::one_line;

const PAD: f32 = 11.0;
const GAP: f32 = 10.0;
const PER_ROW: usize = 4;
const BAR: f32 = 3.0;

impl Flow<'_> {
    /// A tinted box with a coloured edge; goes on on further pages if need be.
    pub(super) fn callout(&mut self, tone: Tone, title: &str, body: &[Span], parent: usize) {
        let node = self.node("Div", parent);
        let titles = [Span::bold(one_line(title)).toned(tone)];
        let width = MEASURE - 2.0 * PAD - BAR;
        let title =
            self.text(if title.is_empty() { &[] } else { &titles }, BODY, width, INK, false);
        let body = self.text(body, BODY, width, INK, false);
        let title_lines = if titles[0].text.is_empty() { 0 } else { title.lines.len() };
        self.boxed(tone, &[(&title, title_lines), (&body, body.lines.len())], node);
        self.y += 12.0;
    }

    /// Draws the first lines of texts in one tinted box.
    pub(super) fn boxed(&mut self, tone: Tone, texts: &[(&Text<'_>, usize)], node: usize) {
        let lines: Vec<(usize, usize)> = texts
            .iter()
            .enumerate()
            .flat_map(|(index, (_, count))| (0..*count).map(move |line| (index, line)))
            .collect();
        let nodes: Vec<usize> = texts.iter().map(|_| self.node("P", node)).collect();
        let leading = BODY.leading;
        let whole = lines.len() as f32 * leading + 2.0 * PAD;
        self.need(whole.min(0.5 * (BOTTOM - TOP)));
        let mut rest = lines.as_slice();
        while !rest.is_empty() {
            let room = (((BOTTOM - self.y - 2.0 * PAD) / leading + 0.001).max(1.0)) as usize;
            let (now, later) = rest.split_at(room.min(rest.len()));
            let height = now.len() as f32 * leading + 2.0 * PAD;
            let area = Area { x: LEFT, y: self.y, width: MEASURE, height };
            self.push(Cmd::Rect { area, fill: soft(tone) });
            self.push(Cmd::Rect { area: Area { width: BAR, ..area }, fill: strong(tone) });
            let x = LEFT + BAR + PAD;
            self.y += PAD;
            for chunk in now.chunk_by(|a, b| a.0 == b.0) {
                self.begin(nodes[chunk[0].0]);
                for (text, line) in chunk {
                    let text = texts[*text].0;
                    let width = MEASURE - 2.0 * PAD - BAR;
                    self.line(&text.lines[*line], text, x, self.y, width, Align::Left);
                    self.y += leading;
                }
                self.end();
            }
            self.y += PAD;
            rest = later;
            if !rest.is_empty() {
                self.new_page();
            }
        }
    }

    /// Key figures, up to four a row, equally wide and high.
    pub(super) fn tiles(&mut self, tiles: &[Tile], parent: usize) {
        let node = self.node("Div", parent);
        // Five tiles look better as three and two than as four and one
        let rows = tiles.len().div_ceil(PER_ROW).max(1);
        let across = tiles.len().div_ceil(rows).max(1);
        for row in tiles.chunks(across) {
            self.tile_row(row, across, node);
            self.y += GAP;
        }
        self.y += 4.0;
    }

    fn tile_row(&mut self, tiles: &[Tile], across: usize, node: usize) {
        let width = (MEASURE - GAP * (across as f32 - 1.0)) / across as f32;
        let inner = width - 2.0 * PAD + 2.0;
        let spans: Vec<[[Span; 1]; 3]> = tiles
            .iter()
            .map(|tile| {
                let style = SpanStyle::Bold;
                let value =
                    Span { text: tile.value.clone(), style, link: None, tone: Some(tile.tone) };
                let value =
                    if tile.tone == Tone::Neutral { Span { tone: None, ..value } } else { value };
                [[Span::plain(&tile.label)], [value], [Span::plain(&tile.note)]]
            })
            .collect();
        let laid: Vec<[Text<'_>; 3]> = spans
            .iter()
            .map(|[label, value, note]| {
                let value_set = self.shrunk(&value[0].text, inner);
                [
                    self.text(label, SMALL, inner, MUTED, false),
                    self.text(value, value_set, inner, ACCENT, false),
                    self.text(note, SMALL, inner, MUTED, false),
                ]
            })
            .collect();
        let tallest = |part: usize| laid.iter().map(|t| t[part].height()).fold(0.0, f32::max);
        let notes = if tiles.iter().all(|tile| tile.note.is_empty()) { 0.0 } else { tallest(2) };
        let height = (tallest(0) + tallest(1) + notes + 2.0 * PAD).min(BOTTOM - TOP);
        self.need(height);
        let (top, labels, values) = (self.y, tallest(0), tallest(1));
        for (index, ((tile, texts), source)) in tiles.iter().zip(&laid).zip(&spans).enumerate() {
            let x = LEFT + index as f32 * (width + GAP);
            let area = Area { x, y: top, width, height };
            self.push(Cmd::Rect { area, fill: GROUND });
            let edge = if tile.tone == Tone::Neutral { ACCENT } else { strong(tile.tone) };
            self.push(Cmd::Rect { area: Area { height: 2.0, ..area }, fill: edge });
            let group = self.node("P", node);
            self.begin(group);
            let starts = [0.0, labels, labels + values];
            for ((text, start), spans) in texts.iter().zip(starts).zip(source) {
                if spans[0].text.is_empty() {
                    continue;
                }
                let mut y = top + PAD + start;
                for line in &text.lines {
                    if y + text.set.leading > top + height {
                        break;
                    }
                    self.line(line, text, x + PAD - 1.0, y, inner, Align::Left);
                    y += text.set.leading;
                }
            }
            self.end();
        }
        self.y = top + height;
    }

    /// The size at which a key figure stands on one line, but not below that of text.
    fn shrunk(&mut self, text: &str, width: f32) -> Type {
        let ems = prepare(self.shaper, [(text, Weight::Bold)].into_iter()).width();
        let size = (width / ems.max(0.01)).clamp(BODY.size, VALUE.size);
        Type { size, leading: if size < 14.0 { size * 1.35 } else { VALUE.leading } }
    }

    /// A drawing in the middle of the measure, and its caption.
    pub(super) fn figure(&mut self, figure: &Figure, caption: &str, parent: usize) {
        let (scale, height) = fitted(figure);
        let captions = [Span::plain(caption)];
        let caption_text = self.text(&captions, SMALL, MEASURE, MUTED, false);
        let below = if caption.is_empty() { 0.0 } else { caption_text.height() + 6.0 };
        self.need(height + below + 5.0);
        if !self.at_top() {
            self.y += 5.0;
        }
        let (x, y) = (LEFT + (MEASURE - figure.width * scale) / 2.0, self.y);
        let node = self.node("Figure", parent);
        self.nodes[node].alternative = Some(self.shaper.visible(&one_line(&figure.title)).into());
        self.begin(node);
        for shape in &figure.shapes {
            self.shape(shape, x, y, scale);
        }
        self.end();
        self.y += height;
        if !caption.is_empty() {
            self.y += 6.0;
            let node = self.node("Caption", parent);
            self.begin(node);
            self.draw(&caption_text, LEFT, MEASURE, Align::Left);
            self.end();
        }
        self.y += 14.0;
    }

    fn shape(&mut self, shape: &Shape, left: f32, top: f32, scale: f32) {
        let command = match shape {
            Shape::Rect { x, y, width, height, fill } => Cmd::Rect {
                area: Area {
                    x: left + x * scale,
                    y: top + y * scale,
                    width: width * scale,
                    height: height * scale,
                },
                fill: role(*fill),
            },
            Shape::Disc { x, y, radius, fill } => Cmd::Disc {
                x: left + x * scale,
                y: top + y * scale,
                radius: radius * scale,
                fill: role(*fill),
            },
            Shape::Polyline { points, width, stroke } => Cmd::Stroke {
                points: points.iter().map(|(x, y)| (left + x * scale, top + y * scale)).collect(),
                color: role(*stroke),
                width: width * scale,
            },
            Shape::Text { x, y, size, anchor, bold, fill, text } => {
                let weight = if *bold { Weight::Bold } else { Weight::Regular };
                let text = one_line(text);
                let prepared = prepare(self.shaper, [(text.as_ref(), weight)].into_iter());
                let line = prepared.lines(self.shaper, f32::INFINITY).swap_remove(0);
                let size = size * scale;
                let back = match anchor {
                    Anchor::Start => 0.0,
                    Anchor::Middle => line.width * size / 2.0,
                    Anchor::End => line.width * size,
                };
                Cmd::Text {
                    x: left + x * scale - back,
                    y: top + y * scale,
                    size,
                    color: role(*fill),
                    words: line.parts.into_iter().map(|part| part.word).collect(),
                }
            }
        };
        self.push(command);
    }

    /// The height without which a title must not stand alone above these blocks.
    pub(super) fn least_height(&mut self, blocks: &[Block]) -> f32 {
        match blocks.first() {
            None | Some(Block::PageBreak) => 0.0,
            Some(Block::Heading { .. }) => {
                30.0 + self.least_height(blocks.get(1..).unwrap_or_default())
            }
            Some(Block::Paragraph(_) | Block::List(_)) => 2.0 * BODY.leading,
            Some(Block::Facts(_)) => 3.0 * BODY.leading,
            Some(Block::Table(table)) => self.table_start(table),
            Some(Block::Callout { body, .. }) => {
                let width = MEASURE - 2.0 * PAD - BAR;
                self.text(body, BODY, width, INK, false).height() + BODY.leading + 2.0 * PAD
            }
            Some(Block::Tiles(_)) => 9.0 * BODY.leading,
            Some(Block::Figure { figure, .. }) => fitted(figure).1 + 20.0,
        }
    }
}

/// Scale and height of a figure that must be neither wider than the text nor higher than a page.
fn fitted(figure: &Figure) -> (f32, f32) {
    let (width, height) = (figure.width.max(1.0), figure.height.max(1.0));
    let scale = (MEASURE / width).min(0.8 * (BOTTOM - TOP) / height).min(1.0);
    (scale, height * scale)
}
