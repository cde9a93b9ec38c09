//! Tables: rows that break over pages, the repeated header; and facts.

use super::columns::Place;
use super::flow::Flow;
use super::style::{
    ACCENT, BOTTOM, CELL, COLUMN, GROUND, HEAD_GROUND, INK, LEFT, MEASURE, MUTED, RULE, SMALL, TOP,
    Type, soft, strong,
};
use super::text::Text;
use crate::report::pdf::display::{Area, Cmd, Rgb};
use crate::report::pdf::document::{Align, Row, Span, Table};

/// Room on each side of a cell's text.
pub(super) const PAD_X: f32 = 5.0;
const PAD_Y: f32 = 4.2;
/// A row higher than this share of a page may break over pages.
const BREAKABLE: f32 = 0.3;

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
        let titles = titles(table);
        let head = self.lay_row(&places, &titles, COLUMN, ACCENT, false);
        let node = self.node("Table", parent);
        let start = self.start(&places, &head, table);
        self.need(start);
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

    /// Height of a table's header and first row, which stand on one page.
    pub(super) fn table_start(&mut self, table: &Table) -> f32 {
        let places = self.places(table);
        let titles = titles(table);
        let head = self.lay_row(&places, &titles, COLUMN, ACCENT, false);
        self.start(&places, &head, table)
    }

    fn start(&mut self, places: &[Place], head: &Laid<'_>, table: &Table) -> f32 {
        let first = table.rows.first();
        let first = first.map(|row| self.lay_row(places, &row.cells, CELL, INK, true).height());
        let first = first.unwrap_or(CELL.leading + 2.0 * PAD_Y);
        head.height() + first.min(BREAKABLE * (BOTTOM - TOP))
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
        let mut turned = false;
        loop {
            let room = ((BOTTOM - self.y - 2.0 * PAD_Y) / row.leading + 0.001).max(0.0) as usize;
            let left = row.lines - done;
            let fresh = turned || self.y <= TOP + head.map_or(0.0, Laid::height);
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
            self.go_on();
            if let Some(head) = head {
                self.head(places, head, None);
            }
            turned = true;
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
}

impl Laid<'_> {
    fn height(&self) -> f32 {
        self.lines as f32 * self.leading + 2.0 * PAD_Y
    }
}

fn titles(table: &Table) -> Vec<Vec<Span>> {
    table.columns.iter().map(|column| vec![Span::bold(&column.title)]).collect()
}
