//! The charts of the report: bars, a grid and a timeline.
//!
//! Text widths are estimated, as the browser's font is not known here; labels are shortened to
//! their place with an ellipsis.

use super::{Anchor, Figure, Role, Shape, Tone};
use crate::report::pdf::visible::one_line;

/// Width of every chart: that of the text on paper.
pub const WIDTH: f32 = 470.0;

const LABEL: f32 = 8.0;
const SMALL: f32 = 7.0;

/// One bar of [`bars`].
#[derive(Clone, Debug, Default)]
pub struct Bar {
    /// What is counted.
    pub label: String,
    /// Counts and what they mean, from left to right.
    pub segments: Vec<(u64, Tone)>,
}

/// Horizontal bars of stacked counts on one scale, each with its total, under a legend.
pub fn bars(title: &str, bars: &[Bar], legend: &[(&str, Tone)]) -> Figure {
    const LEFT: f32 = 150.0;
    const STEP: f32 = 19.0;
    const THICK: f32 = 11.0;
    const LEAST: f32 = 3.0;
    let mut shapes = Vec::new();
    let mut y = key(&mut shapes, legend);
    let most = bars.iter().map(total).max().unwrap_or(0).max(1);
    let room = WIDTH - LEFT - 60.0;
    for bar in bars {
        let base = y + THICK - 2.5;
        shapes.push(text(
            LEFT - 8.0,
            base,
            LABEL,
            Anchor::End,
            Role::Ink,
            &fit(&bar.label, LABEL, LEFT - 12.0),
        ));
        shapes.push(rect(LEFT, y, room, THICK, Role::Ground));
        let mut from = LEFT;
        for &(count, tone) in bar.segments.iter().filter(|(count, _)| *count > 0) {
            // One among a million is still to be seen: the few are what the chart is for
            let width = (room * share(count, most)).max(LEAST);
            shapes.push(rect(from, y, width, THICK, Role::Strong(tone)));
            let inside = count.to_string();
            if bar.segments.len() > 1 && width > estimate(&inside, SMALL) + 8.0 {
                shapes.push(text(
                    from + width / 2.0,
                    base,
                    SMALL,
                    Anchor::Middle,
                    Role::Paper,
                    &inside,
                ));
            }
            from += width;
        }
        let sum = total(bar).to_string();
        shapes.push(bold(text(from + 6.0, base, LABEL, Anchor::Start, Role::Ink, &sum)));
        y += STEP;
    }
    Figure { title: title.to_owned(), width: WIDTH, height: y, shapes }
}

fn total(bar: &Bar) -> u64 {
    bar.segments.iter().fold(0, |sum, (count, _)| sum.saturating_add(*count))
}

fn share(count: u64, of: u64) -> f32 {
    (count as f64 / of as f64) as f32
}

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

/// A matrix whose cells are tinted by what they mean.
pub fn grid(title: &str, grid: &Grid, legend: &[(&str, Tone)]) -> Figure {
    const GAP: f32 = 2.0;
    const ROW: f32 = 22.0;
    let longest = grid.rows.iter().map(|row| estimate(row, LABEL)).fold(0.0, f32::max);
    let left = (longest + 10.0).clamp(50.0, 150.0);
    let column = (WIDTH - left) / grid.columns.len().max(1) as f32;
    let mut shapes = Vec::new();
    let top = key(&mut shapes, legend);
    let heads: Vec<Vec<String>> =
        grid.columns.iter().map(|name| wrap(name, SMALL, column - 2.0 * GAP, 3)).collect();
    let lines = heads.iter().map(Vec::len).max().unwrap_or(0) as f32;
    let mut y = top + lines * 9.0 + 5.0;
    for (index, head) in heads.iter().enumerate() {
        let x = left + (index as f32 + 0.5) * column;
        for (line, part) in head.iter().rev().enumerate() {
            let base = y - 6.0 - line as f32 * 9.0;
            shapes.push(bold(text(x, base, SMALL, Anchor::Middle, Role::Muted, part)));
        }
    }
    for (index, name) in grid.rows.iter().enumerate() {
        let base = y + ROW / 2.0 + 2.5;
        shapes.push(text(
            0.0,
            base,
            LABEL,
            Anchor::Start,
            Role::Ink,
            &fit(name, LABEL, left - 6.0),
        ));
        let cells = grid.cells.get(index).map(Vec::as_slice).unwrap_or_default();
        for (place, (tone, word)) in cells.iter().take(grid.columns.len()).enumerate() {
            let x = left + place as f32 * column + GAP / 2.0;
            let width = column - GAP;
            shapes.push(rect(x, y, width, ROW - GAP, Role::Soft(*tone)));
            shapes.push(rect(x, y, width, 1.5, Role::Strong(*tone)));
            let word = fit(word, SMALL, width - 4.0);
            let middle = x + width / 2.0;
            shapes.push(text(middle, base, SMALL, Anchor::Middle, Role::Strong(*tone), &word));
        }
        y += ROW;
    }
    Figure { title: title.to_owned(), width: WIDTH, height: y, shapes }
}

/// One duty done at a time, on a [`timeline`].
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// Seconds since the Unix epoch: decides order and distance.
    pub at: i64,
    /// The time as it is to be read.
    pub when: String,
    /// Who did it; moments of one lane stand on one line.
    pub lane: String,
    /// The duty.
    pub label: String,
    /// What it means.
    pub tone: Tone,
}

/// Labelled dots on a time axis, one line a person; lanes stand in order of first appearance.
///
/// Distances follow time as far as the labels leave room.
pub fn timeline(title: &str, moments: &[Moment]) -> Figure {
    const LEFT: f32 = 118.0;
    const LANE: f32 = 40.0;
    const DOT: f32 = 4.0;
    let mut moments: Vec<&Moment> = moments.iter().collect();
    moments.sort_by_key(|moment| moment.at);
    let mut lanes: Vec<&str> = Vec::new();
    for moment in &moments {
        if !lanes.contains(&moment.lane.as_str()) {
            lanes.push(&moment.lane);
        }
    }
    let places = places(&moments, LEFT + 30.0, WIDTH - 30.0);
    let middle = |lane: usize| 22.0 + lane as f32 * LANE;
    let mut shapes = Vec::new();
    for (index, lane) in lanes.iter().enumerate() {
        let y = middle(index);
        shapes.push(line((LEFT, y), (WIDTH, y), 0.6, Role::Rule));
        let name = fit(lane, LABEL, LEFT - 10.0);
        shapes.push(bold(text(0.0, y + 3.0, LABEL, Anchor::Start, Role::Ink, &name)));
    }
    let lane_of = |moment: &Moment| lanes.iter().position(|l| *l == moment.lane).unwrap_or(0);
    for (pair, ends) in moments.windows(2).zip(places.windows(2)) {
        let (from, to) = ((ends[0], middle(lane_of(pair[0]))), (ends[1], middle(lane_of(pair[1]))));
        shapes.push(line(from, to, 0.7, Role::Muted));
    }
    for (index, (moment, &x)) in moments.iter().zip(&places).enumerate() {
        let lane = lane_of(moment);
        let y = middle(lane);
        let next = (index + 1..moments.len()).find(|&i| lane_of(moments[i]) == lane);
        let before = (0..index).rev().find(|&i| lane_of(moments[i]) == lane);
        let gap = |other: Option<usize>| other.map_or(70.0, |i| (places[i] - x).abs());
        let room = gap(next).min(gap(before)).min(2.0 * (WIDTH - x)) - 4.0;
        shapes.push(Shape::Disc { x, y, radius: DOT + 1.5, fill: Role::Paper });
        shapes.push(Shape::Disc { x, y, radius: DOT, fill: Role::Strong(moment.tone) });
        let label = fit(&moment.label, SMALL, room);
        shapes.push(halo(&label, SMALL, x, y - 9.0));
        shapes.push(bold(text(
            x,
            y - 9.0,
            SMALL,
            Anchor::Middle,
            Role::Strong(moment.tone),
            &label,
        )));
        let when = fit(&moment.when, SMALL - 0.5, room);
        shapes.push(halo(&when, SMALL - 0.5, x, y + 13.5));
        shapes.push(text(x, y + 13.5, SMALL - 0.5, Anchor::Middle, Role::Muted, &when));
    }
    let height = if lanes.is_empty() { 0.0 } else { middle(lanes.len() - 1) + 20.0 };
    Figure { title: title.to_owned(), width: WIDTH, height, shapes }
}

/// Where moments stand: by time, pushed apart where labels of one lane would meet.
fn places(moments: &[&Moment], left: f32, right: f32) -> Vec<f32> {
    const APART: f32 = 64.0;
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else { return Vec::new() };
    let span = (last.at as f64 - first.at as f64).max(1.0);
    let mut places: Vec<f32> = Vec::with_capacity(moments.len());
    for moment in moments {
        let due = left + (right - left) * ((moment.at as f64 - first.at as f64) / span) as f32;
        let after = places.last().map_or(left, |x| x + 12.0);
        let lane = (0..places.len()).rev().find(|&i| moments[i].lane == moment.lane);
        let clear = lane.map_or(left, |i| places[i] + APART);
        places.push(due.max(if places.is_empty() { left } else { after }).max(clear));
    }
    // Room given to early labels is taken back from the right, then from everything
    let mut limit = right;
    for index in (0..places.len()).rev() {
        places[index] = places[index].min(limit);
        let same = index > 0 && moments[index - 1].lane == moments[index].lane;
        limit = places[index] - if same { APART } else { 12.0 };
    }
    if places.first().is_some_and(|&x| x < left) {
        let step = (right - left) / (places.len() - 1).max(1) as f32;
        places = (0..places.len()).map(|index| left + step * index as f32).collect();
    }
    places
}

/// Draws a legend at the top; returns where the chart begins.
fn key(shapes: &mut Vec<Shape>, legend: &[(&str, Tone)]) -> f32 {
    let (mut x, mut y) = (0.0, 0.0);
    for (name, tone) in legend {
        let name = fit(name, SMALL, WIDTH - 12.0);
        let width = estimate(&name, SMALL) + 30.0;
        if x > 0.0 && x + width > WIDTH + 18.0 {
            x = 0.0;
            y += 12.0;
        }
        shapes.push(rect(x, y + 1.0, 7.0, 7.0, Role::Strong(*tone)));
        shapes.push(text(x + 11.0, y + 7.3, SMALL, Anchor::Start, Role::Muted, &name));
        x += width;
    }
    if legend.is_empty() { 0.0 } else { y + 18.0 }
}

/// Width of text in points, a little generous.
fn estimate(text: &str, size: f32) -> f32 {
    let ems = text.chars().map(|c| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '(' | ')' | '/' => 0.31,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.93,
        'A'..='Z' => 0.66,
        '\u{300}'..='\u{36f}' => 0.0,
        c if c < '\u{2e80}' => 0.58,
        _ => 1.05,
    });
    ems.sum::<f32>() * size
}

/// The text, shortened with an ellipsis if it is wider than `room`.
fn fit(text: &str, size: f32, room: f32) -> String {
    let text = one_line(text);
    if estimate(&text, size) <= room {
        return text.into_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        out.push(c);
        if estimate(&out, size) + 0.8 * size > room {
            out.pop();
            break;
        }
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// The text on at most `most` lines, the last one shortened.
fn wrap(text: &str, size: f32, room: f32, most: usize) -> Vec<String> {
    let text = one_line(text);
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let full = lines.len() == most;
        if let Some(line) = lines.last_mut() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if full || line.is_empty() || estimate(&longer, size) <= room {
                *line = longer;
                continue;
            }
        }
        lines.push(word.to_owned());
    }
    lines.iter().map(|line| fit(line, size, room)).collect()
}

/// Keeps lines from crossing a centred text.
fn halo(text: &str, size: f32, x: f32, y: f32) -> Shape {
    let width = estimate(text, size) * 0.95;
    rect(x - width / 2.0, y - 0.85 * size, width, 1.1 * size, Role::Paper)
}

fn rect(x: f32, y: f32, width: f32, height: f32, fill: Role) -> Shape {
    Shape::Rect { x, y, width, height, fill }
}

fn line(from: (f32, f32), to: (f32, f32), width: f32, stroke: Role) -> Shape {
    Shape::Polyline { points: vec![from, to], width, stroke }
}

fn text(x: f32, y: f32, size: f32, anchor: Anchor, fill: Role, text: &str) -> Shape {
    Shape::Text { x, y, size, anchor, bold: false, fill, text: text.to_owned() }
}

fn bold(mut shape: Shape) -> Shape {
    if let Shape::Text { bold, .. } = &mut shape {
        *bold = true;
    }
    shape
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
            Bar { label: "a".into(), segments: vec![(300, Tone::Good), (100, Tone::Bad)] },
            Bar { label: "b".into(), segments: vec![(1_000_000, Tone::Good), (0, Tone::Bad)] },
        ];
        let figure = bars("t", &data, &[]);
        let good = strong(&figure, Tone::Good);
        assert!(good[0] < good[1] && good[0] >= 3.0, "{good:?}");
        assert_eq!(strong(&figure, Tone::Bad).len(), 1, "nothing is drawn for none");
    }

    #[test]
    fn an_empty_chart_is_no_fault() {
        assert_eq!(timeline("t", &[]).height, 0.0);
        assert_eq!(bars("t", &[], &[]).shapes, []);
        assert_eq!(grid("t", &Grid::default(), &[]).shapes, []);
    }

    #[test]
    fn moments_keep_their_order_and_the_page() {
        for count in [1, 2, 6, 40] {
            let moments: Vec<Moment> = (0..count)
                .map(|i| Moment { at: i * i, lane: (i % 2).to_string(), ..Moment::default() })
                .collect();
            let moments: Vec<&Moment> = moments.iter().collect();
            let places = places(&moments, 100.0, 400.0);
            assert!(places.is_sorted(), "{places:?}");
            assert!(places.iter().all(|x| (99.9..=400.1).contains(x)), "{places:?}");
        }
    }

    #[test]
    fn labels_are_shortened_to_their_place() {
        let long = fit("a-very-long-name-of-a-service-account", 8.0, 60.0);
        assert!(long.ends_with('…') && estimate(&long, 8.0) <= 60.0, "{long}");
        assert_eq!(wrap("change the pipeline of production", 7.0, 50.0, 3).len(), 3);
    }
}
