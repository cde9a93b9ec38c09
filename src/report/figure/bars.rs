//! Bars of counts on one scale.

use super::label::{LABEL, SMALL, WIDTH, bold, estimate, fit, legend, rect, text};
use super::{Anchor, Figure, Role, Shape, Tone};

const LEFT: f32 = 150.0;
const ROOM: f32 = WIDTH - LEFT - 60.0;
const STEP: f32 = 19.0;
const THICK: f32 = 11.0;
/// One among a million is still to be seen: the few are what the chart is for.
const LEAST: f32 = 3.0;

/// One bar of [`bars`].
#[derive(Clone, Debug, Default)]
pub struct Bar {
    /// What is counted.
    pub label: String,
    /// Counts and what they mean, from left to right.
    pub segments: Vec<(u64, Tone)>,
}

/// The total of the longest bar, by which all are scaled.
pub fn longest(bars: &[Bar]) -> u128 {
    bars.iter().map(total).max().unwrap_or(0).max(1)
}

/// Horizontal bars of stacked counts on the scale of `most`, each with its total, under a legend.
pub fn bars(title: &str, bars: &[Bar], entries: &[(&str, Tone)], most: u128) -> Figure {
    let mut shapes = Vec::new();
    let mut y = legend(&mut shapes, entries);
    for bar in bars {
        draw(&mut shapes, bar, y, most);
        y += STEP;
    }
    Figure { title: title.to_owned(), width: WIDTH, height: y, shapes }
}

fn draw(shapes: &mut Vec<Shape>, bar: &Bar, y: f32, most: u128) {
    let base = y + THICK - 2.5;
    let name = fit(&bar.label, LABEL, LEFT - 12.0);
    shapes.push(text((LEFT - 8.0, base), LABEL, Anchor::End, Role::Ink, &name));
    shapes.push(rect(LEFT, y, ROOM, THICK, Role::Ground));
    let mut from = LEFT;
    for (&(count, tone), width) in bar.segments.iter().zip(widths(bar, most)) {
        if count == 0 {
            continue;
        }
        shapes.push(rect(from, y, width, THICK, Role::Strong(tone)));
        let inside = count.to_string();
        if bar.segments.len() > 1 && width > estimate(&inside, SMALL) + 8.0 {
            let middle = (from + width / 2.0, base);
            shapes.push(text(middle, SMALL, Anchor::Middle, Role::Paper, &inside));
        }
        from += width;
    }
    let sum = total(bar).to_string();
    shapes.push(bold((from + 6.0, base), LABEL, Anchor::Start, Role::Ink, &sum));
}

/// Widths of the segments; what the small ones get beyond their share, the largest gives.
fn widths(bar: &Bar, most: u128) -> Vec<f32> {
    let share = |count: u64| ROOM * (count as f64 / most as f64) as f32;
    let least = |count: u64| if count > 0 { LEAST } else { 0.0 };
    let mut widths: Vec<f32> =
        bar.segments.iter().map(|(count, _)| share(*count).max(least(*count))).collect();
    let extra: f32 = bar.segments.iter().map(|(c, _)| (least(*c) - share(*c)).max(0.0)).sum();
    if let Some(largest) = widths.iter_mut().max_by(|a, b| a.total_cmp(b)) {
        *largest = (*largest - extra).max(LEAST.min(*largest));
    }
    widths
}

fn total(bar: &Bar) -> u128 {
    bar.segments.iter().map(|(count, _)| u128::from(*count)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strong(figure: &Figure, tone: Tone) -> Vec<f32> {
        let widths = figure.shapes.iter().filter_map(|shape| match shape {
            Shape::Rect { width, fill, .. } if *fill == Role::Strong(tone) => Some(*width),
            _ => None,
        });
        widths.collect()
    }

    #[test]
    fn bars_share_one_scale_and_show_small_counts() {
        let data = [
            Bar { label: "a".into(), segments: vec![(300_000, Tone::Good), (1, Tone::Bad)] },
            Bar { label: "b".into(), segments: vec![(1_000_000, Tone::Good), (0, Tone::Bad)] },
        ];
        let figure = bars("t", &data, &[], longest(&data));
        let good = strong(&figure, Tone::Good);
        assert!(((good[0] + LEAST) / good[1] - 0.3).abs() < 0.001, "{good:?}");
        assert_eq!(strong(&figure, Tone::Bad), [LEAST], "nothing is drawn for none");
        assert_eq!(bars("t", &[], &[], longest(&[])).shapes, []);
    }
}
