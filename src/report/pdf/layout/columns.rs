//! How the columns of a table share the width of the text.

use super::flow::Flow;
use super::lines::prepare;
use super::style::{CELL, COLUMN, LEFT, MEASURE};
use super::table::PAD_X;
use super::text::weight;
use crate::report::pdf::document::{Align, Column, Table};
use crate::report::pdf::fonts::Weight;

/// Room beside a cell's text, with a little for rounding.
const PADDING: f32 = 2.0 * PAD_X + 0.5;
/// Rows from which the widths of columns are taken.
const SAMPLED: usize = 80;
/// Wider words, such as digests and addresses, are broken rather than given more room.
const WIDEST_WORD: f32 = 78.0;
/// A column keeps at least this share of the width its weight asks for.
const KEPT: f32 = 0.62;

/// A column with its place on the page.
pub(super) struct Place {
    pub(super) x: f32,
    pub(super) width: f32,
    pub(super) align: Align,
    pub(super) mono: bool,
}

impl Flow<'_> {
    /// Divides the measure by weight, then lets narrow columns grow: first to their titles, then
    /// to their widest word.
    pub(super) fn places(&mut self, table: &Table) -> Vec<Place> {
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
