//! Tables: widths of columns, rows that break over pages, the repeated header; and facts.

use super::flow::{Flow, Text, weight};
use super::lines::prepare;
use super::style::{
    ACCENT, BODY, BOTTOM, CELL, COLUMN, GROUND, HEAD_GROUND, INK, LEFT, MEASURE, MUTED, RULE,
    SMALL, TOP, Type, soft, strong,
};
use crate::report::pdf::display::{Area, Cmd, Rgb};
use crate::report::pdf::document::{Align, Column, Row, Span, Table};
use crate::report::pdf::fonts::Weight;

const PAD_X: f32 = 5.0;
const PAD_Y: f32 = 4.2;
/// Room beside a cell's text, with a little for rounding.
const PADDING: f32 = 2.0 * PAD_X + 0.5;
/// Rows from which the widths of columns are taken.
const SAMPLED: usize = 80;
/// Wider words, such as digests and addresses, are broken rather than given more room.
const WIDEST_WORD: f32 = 78.0;
/// A column keeps at least this share of the width its weight asks for.
const KEPT: f32 = 0.62;
/// A row higher than this share of a page may break over pages.
const BREAKABLE: f32 = 0.3;

/// A column with its place on the page.
struct Place {
    x: f32,
    width: f32,
    align: Align,
    mono: bool,
}

/// A row whose cells are broken into lines.
struct Laid<'s> {
    cells: Vec<Text<'s>>,
    leading: f32,
    lines: usize,
}

/// How a row is painted.
#[derive(Clone, Copy)]
struct Paint {
    fill: Option<Rgb>,
    mark: Option<Rgb>,
    rule: (Rgb, f32),
}

impl Flow<'_> {
    /// A table across the whole measure.
    pub(super) fn table(&mut self, table: &Table, parent: usize) {
        let places = self.places(table);
        let titles: Vec<Vec<Span>> =
            table.columns.iter().map(|column| vec![Span::bold(&column.title)]).collect();
        let head = self.lay_row(&places, &titles, COLUMN, ACCENT, false);
        let node = self.node("Table", parent);
        let first =
            table.rows.first().map(|row| self.lay_row(&places, &row.cells, CELL, INK, true));
        let first = first.map_or(CELL.leading, |row| row.height());
        self.need(head.height() + first.min(0.3 * (BOTTOM - TOP)));
        let titles_node = self.node("TR", node);
        self.head(&places, &head, Some(titles_node));
        if table.rows.is_empty() {
            self.empty(&table.empty, node);
        }
        for (index, row) in table.rows.iter().enumerate() {
            self.row(&places, &head, row, index, node);
        }
        if let Some(note) = &table.note {
            self.y += 4.0;
            let node = self.node("P", parent);
            self.paragraph(&[Span::plain(note)], LEFT, MEASURE, SMALL, MUTED, node);
        }
        self.y += 13.0;
    }

    /// Names and values in two columns.
    pub(super) fn facts(&mut self, facts: &[(String, Vec<Span>)], parent: usize) {
        const NAMES: f32 = 0.3;
        let column = |x, width| Place { x, width, align: Align::Left, mono: false };
        let places = [
            column(LEFT, NAMES * MEASURE),
            column(LEFT + NAMES * MEASURE, (1.0 - NAMES) * MEASURE),
        ];
        let node = self.node("Table", parent);
        let set = Type { size: 8.8, leading: 12.6 };
        for (name, value) in facts {
            let mut name = Span::bold(name);
            name.tone = Some(crate::report::figure::Tone::Neutral);
            let cells = [vec![name], value.clone()];
            let laid = self.lay_row(&places, &cells, set, INK, true);
            let paint = Paint { fill: None, mark: None, rule: (RULE, 0.5) };
            self.broken(&places, None, &laid, paint, &["TH", "TD"], node);
        }
        self.y += 11.0;
    }

    fn row(&mut self, places: &[Place], head: &Laid<'_>, row: &Row, index: usize, node: usize) {
        let cells = row.cells.get(..places.len()).unwrap_or(&row.cells);
        let laid = self.lay_row(places, cells, CELL, INK, true);
        let fill = row.tone.map(soft).or_else(|| (index % 2 == 1).then_some(GROUND));
        let paint = Paint { fill, mark: row.tone.map(strong), rule: (RULE, 0.4) };
        self.broken(places, Some(head), &laid, paint, &["TD"], node);
    }

    fn empty(&mut self, text: &str, node: usize) {
        let cells = [vec![Span::muted(text)]];
        let places = [Place { x: LEFT, width: MEASURE, align: Align::Left, mono: false }];
        let laid = self.lay_row(&places, &cells, CELL, INK, true);
        let paint = Paint { fill: None, mark: None, rule: (RULE, 0.4) };
        self.broken(&places, None, &laid, paint, &["TD"], node);
    }

    /// Draws a row, on as many pages as it needs; rows of moderate height are kept whole.
    fn broken(
        &mut self,
        places: &[Place],
        head: Option<&Laid<'_>>,
        row: &Laid<'_>,
        paint: Paint,
        roles: &[&'static str],
        node: usize,
    ) {
        let page = BOTTOM - TOP - head.map_or(0.0, Laid::height);
        let may_break = row.height() > BREAKABLE * page;
        let tr = self.node("TR", node);
        let nodes: Vec<usize> = (0..row.cells.len())
            .map(|i| self.node(roles.get(i).or(roles.last()).copied().unwrap_or("TD"), tr))
            .collect();
        if let (Some(&first), Some(&"TH")) = (nodes.first(), roles.first()) {
            self.nodes[first].scope = Some("Row");
        }
        let mut done = 0;
        loop {
            let room = ((BOTTOM - self.y - 2.0 * PAD_Y) / row.leading + 0.001).max(0.0) as usize;
            let left = row.lines - done;
            let fresh = self.y <= TOP + head.map_or(0.0, Laid::height);
            let now = match () {
                () if left <= room => left,
                () if fresh => room.max(1),
                () if may_break && room >= 4 => room,
                () => 0,
            };
            if now > 0 {
                self.slice(places, row, done..done + now, paint, &nodes);
                done += now;
            }
            if done >= row.lines {
                break;
            }
            self.new_page();
            if let Some(head) = head {
                self.head(places, head, None);
            }
        }
    }

    /// The titles; only the first of a table belong to its structure.
    fn head(&mut self, places: &[Place], head: &Laid<'_>, node: Option<usize>) {
        let paint = Paint { fill: Some(HEAD_GROUND), mark: None, rule: (ACCENT, 0.9) };
        let nodes: Vec<usize> = node.map_or_else(Vec::new, |node| {
            (0..head.cells.len()).map(|_| self.node("TH", node)).collect()
        });
        for &node in &nodes {
            self.nodes[node].scope = Some("Column");
        }
        self.slice(places, head, 0..head.lines, paint, &nodes);
    }

    /// Some lines of every cell, side by side.
    fn slice(
        &mut self,
        places: &[Place],
        row: &Laid<'_>,
        lines: std::ops::Range<usize>,
        paint: Paint,
        nodes: &[usize],
    ) {
        let height = lines.len() as f32 * row.leading + 2.0 * PAD_Y;
        let area = Area { x: LEFT, y: self.y, width: MEASURE, height };
        if let Some(fill) = paint.fill {
            self.push(Cmd::Rect { area, fill });
        }
        if let Some(fill) = paint.mark {
            self.push(Cmd::Rect { area: Area { width: 2.0, ..area }, fill });
        }
        let foot = self.y + height;
        let points = vec![(LEFT, foot), (LEFT + MEASURE, foot)];
        self.push(Cmd::Stroke { points, color: paint.rule.0, width: paint.rule.1 });
        for (index, (cell, place)) in row.cells.iter().zip(places).enumerate() {
            let shown = cell.lines.get(lines.start..lines.end.min(cell.lines.len()));
            if let Some(&node) = nodes.get(index) {
                self.begin(node);
            }
            for (offset, line) in shown.unwrap_or_default().iter().enumerate() {
                let y = self.y + PAD_Y + offset as f32 * row.leading;
                self.line(line, cell, place.x + PAD_X, y, place.width - 2.0 * PAD_X, place.align);
            }
            if nodes.get(index).is_some() {
                self.end();
            }
        }
        self.y = foot;
    }

    fn lay_row<'s>(
        &mut self,
        places: &[Place],
        cells: &'s [Vec<Span>],
        set: Type,
        color: Rgb,
        may_be_mono: bool,
    ) -> Laid<'s> {
        let cells: Vec<Text<'s>> = cells
            .iter()
            .zip(places)
            .map(|(spans, place)| {
                let mono = may_be_mono && place.mono;
                self.text(spans, set, place.width - 2.0 * PAD_X, color, mono)
            })
            .collect();
        let lines = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or(1).max(1);
        Laid { cells, leading: set.leading, lines }
    }

    /// Divides the measure by weight, then lets narrow columns grow: first to their titles, then
    /// to their widest word.
    fn places(&mut self, table: &Table) -> Vec<Place> {
        let weights: Vec<f32> = table.columns.iter().map(share).collect();
        let total: f32 = weights.iter().sum();
        let mut widths: Vec<f32> = weights.iter().map(|w| MEASURE * w / total).collect();
        let kept: Vec<f32> = widths.iter().map(|width| width * KEPT).collect();
        let titles: Vec<f32> =
            table.columns.iter().map(|column| self.title_width(column)).collect();
        let words: Vec<f32> = (0..table.columns.len())
            .map(|index| self.word_width(table, index).max(titles[index]))
            .collect();
        balance(&mut widths, &titles, &titles);
        let floors: Vec<f32> = words.iter().zip(&kept).map(|(a, b)| a.max(*b)).collect();
        balance(&mut widths, &words, &floors);
        let mut x = LEFT;
        let places = table.columns.iter().zip(widths).map(|(column, width)| {
            let place = Place { x, width, align: column.align, mono: column.mono };
            x += width;
            place
        });
        places.collect()
    }

    fn title_width(&mut self, column: &Column) -> f32 {
        let title = [(column.title.as_str(), Weight::Bold)];
        prepare(self.shaper, title.into_iter()).widest(f32::INFINITY) * COLUMN.size + PADDING
    }

    /// Width at which no ordinary word of the first rows is broken.
    fn word_width(&mut self, table: &Table, index: usize) -> f32 {
        let mono = table.columns.get(index).is_some_and(|column| column.mono);
        let cells = table.rows.iter().take(SAMPLED).filter_map(|row| row.cells.get(index));
        let mut widest = 0.0f32;
        for cell in cells {
            let spans = cell.iter().map(|span| (span.text.as_str(), weight(span, mono)));
            let prepared = prepare(self.shaper, spans);
            widest = widest.max(prepared.widest(WIDEST_WORD / CELL.size) * CELL.size);
        }
        widest + PADDING
    }
}

impl Laid<'_> {
    fn height(&self) -> f32 {
        self.lines as f32 * self.leading + 2.0 * PAD_Y
    }
}

fn share(column: &Column) -> f32 {
    if column.weight > 0.0 && column.weight.is_finite() { column.weight } else { 1.0 }
}

/// Gives columns below their need what the others have above their floor, in proportion.
fn balance(widths: &mut [f32], needs: &[f32], floors: &[f32]) {
    let lacking: f32 = widths.iter().zip(needs).map(|(w, n)| (n - w).max(0.0)).sum();
    let spare: f32 = widths.iter().zip(floors).map(|(w, f)| (w - f).max(0.0)).sum();
    if lacking <= 0.0 || spare <= 0.0 {
        return;
    }
    let moved = lacking.min(spare);
    for ((width, need), floor) in widths.iter_mut().zip(needs).zip(floors) {
        if need > width {
            *width += (need - *width) * moved / lacking;
        } else {
            *width -= (*width - floor).max(0.0) * moved / spare;
        }
    }
}

/// Height of the first row under its header, for what must stand on the same page.
pub(super) const LEAST_TABLE: f32 =
    COLUMN.leading + 2.0 * CELL.leading + 4.0 * PAD_Y + BODY.leading;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_columns_take_from_wide_ones_and_the_sum_stays() {
        let mut widths = [20.0, 80.0, 100.0];
        balance(&mut widths, &[50.0, 60.0, 40.0], &[50.0, 60.0, 40.0]);
        assert!((widths.iter().sum::<f32>() - 200.0).abs() < 0.01);
        assert!((widths[0] - 50.0).abs() < 0.01 && widths[1] >= 60.0 && widths[2] >= 40.0);
        let mut tight = [10.0, 10.0];
        balance(&mut tight, &[50.0, 50.0], &[50.0, 50.0]);
        assert_eq!(tight, [10.0, 10.0]);
    }
}
