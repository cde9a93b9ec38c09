//! A matrix of tinted cells.

use super::label::{LABEL, SMALL, WIDTH, bold, estimate, fit, legend, rect, text, wrap};
use super::{Anchor, Figure, Role, Tone};

const GAP: f32 = 2.0;
const ROW: f32 = 22.0;
const HEAD: f32 = 9.0;

/// Cells of a matrix with names for its rows and columns.
#[derive(Clone, Debug, Default)]
pub struct Grid {
    /// Names of the rows, from above.
    pub rows: Vec<String>,
    /// Names of the columns, from the left.
    pub columns: Vec<String>,
    /// The rows' cells: what each means and a word or two; missing ones are left blank.
    pub cells: Vec<Vec<(Tone, String)>>,
}

/// A matrix whose cells are tinted by what they mean, under a legend.
pub fn grid(title: &str, grid: &Grid, entries: &[(&str, Tone)]) -> Figure {
    let longest = grid.rows.iter().map(|row| estimate(row, LABEL)).fold(0.0, f32::max);
    let left = (longest + 10.0).clamp(50.0, 150.0);
    let column = (WIDTH - left) / grid.columns.len().max(1) as f32;
    let mut shapes = Vec::new();
    let top = legend(&mut shapes, entries);
    let heads: Vec<Vec<String>> =
        grid.columns.iter().map(|name| wrap(name, SMALL, column - 2.0 * GAP, 3)).collect();
    let lines = heads.iter().map(Vec::len).max().unwrap_or(0) as f32;
    let mut y = top + lines * HEAD + 5.0;
    for (index, head) in heads.iter().enumerate() {
        let x = left + (index as f32 + 0.5) * column;
        for (line, part) in head.iter().rev().enumerate() {
            let base = y - 6.0 - line as f32 * HEAD;
            shapes.push(bold((x, base), SMALL, Anchor::Middle, Role::Muted, part));
        }
    }
    for (index, name) in grid.rows.iter().enumerate() {
        let base = y + ROW / 2.0 + 2.5;
        let name = fit(name, LABEL, left - 6.0);
        shapes.push(text((0.0, base), LABEL, Anchor::Start, Role::Ink, &name));
        let cells = grid.cells.get(index).map(Vec::as_slice).unwrap_or_default();
        for (place, (tone, word)) in cells.iter().take(grid.columns.len()).enumerate() {
            let x = left + place as f32 * column + GAP / 2.0;
            let width = (column - GAP).max(1.0);
            shapes.push(rect(x, y, width, ROW - GAP, Role::Soft(*tone)));
            shapes.push(rect(x, y, width, 1.5, Role::Strong(*tone)));
            let word = fit(word, SMALL, width - 4.0);
            let middle = (x + width / 2.0, base);
            shapes.push(text(middle, SMALL, Anchor::Middle, Role::Strong(*tone), &word));
        }
        y += ROW;
    }
    Figure { title: title.to_owned(), width: WIDTH, height: y, shapes }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figure::Shape;

    #[test]
    fn each_cell_has_its_tint_and_surplus_cells_are_not_drawn() {
        let cell = |tone| (tone, String::from("word"));
        let data = Grid {
            rows: vec!["a".into(), "b".into()],
            columns: vec!["c".into()],
            cells: vec![vec![cell(Tone::Good), cell(Tone::Info)], vec![cell(Tone::Bad)]],
        };
        let figure = grid("t", &data, &[]);
        let soft = figure.shapes.iter().filter_map(|shape| match shape {
            Shape::Rect { fill: Role::Soft(tone), .. } => Some(*tone),
            _ => None,
        });
        assert_eq!(soft.collect::<Vec<_>>(), [Tone::Good, Tone::Bad]);
        assert_eq!(grid("t", &Grid::default(), &[]).shapes, []);
    }
}
