//! Who did which duty, and when.

use super::label::{LABEL, SMALL, WIDTH, bold, estimate, fit, rect, text};
use super::{Anchor, Figure, Role, Shape, Tone};

const LEFT: f32 = 118.0;
const LANE: f32 = 40.0;
const FIRST_LANE: f32 = 22.0;
const DOT: f32 = 4.0;
const MARGIN: f32 = 30.0;
const TIME: f32 = SMALL - 0.5;
/// Least distance of two moments, and of two whose labels stand on one line.
const STEP: f32 = 12.0;
const APART: f32 = 64.0;

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
    let mut moments: Vec<&Moment> = moments.iter().collect();
    moments.sort_by_key(|moment| moment.at);
    let mut names: Vec<&str> = Vec::new();
    let mut lanes: Vec<usize> = Vec::with_capacity(moments.len());
    for moment in &moments {
        let lane = names.iter().position(|name| *name == moment.lane);
        lanes.push(lane.unwrap_or(names.len()));
        if lane.is_none() {
            names.push(&moment.lane);
        }
    }
    let places = places(&moments, LEFT + MARGIN, WIDTH - MARGIN);
    let mut shapes = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let y = middle(index);
        shapes.push(line((LEFT, y), (WIDTH, y), 0.6, Role::Rule));
        let name = fit(name, LABEL, LEFT - 10.0);
        shapes.push(bold((0.0, y + 3.0), LABEL, Anchor::Start, Role::Ink, &name));
    }
    let dots: Vec<(f32, f32)> =
        places.iter().zip(&lanes).map(|(&x, &lane)| (x, middle(lane))).collect();
    for ends in dots.windows(2) {
        shapes.push(line(ends[0], ends[1], 0.7, Role::Muted));
    }
    for (index, moment) in moments.iter().enumerate() {
        draw(&mut shapes, moment, dots[index], room(&places, &lanes, index));
    }
    let height = if names.is_empty() { 0.0 } else { middle(names.len() - 1) + 20.0 };
    Figure { title: title.to_owned(), width: WIDTH, height, shapes }
}

fn middle(lane: usize) -> f32 {
    FIRST_LANE + lane as f32 * LANE
}

fn draw(shapes: &mut Vec<Shape>, moment: &Moment, (x, y): (f32, f32), room: f32) {
    let tone = Role::Strong(moment.tone);
    shapes.push(Shape::Disc { x, y, radius: DOT + 1.5, fill: Role::Paper });
    shapes.push(Shape::Disc { x, y, radius: DOT, fill: tone });
    let label = fit(&moment.label, SMALL, room);
    let at = (x, y - 9.0);
    shapes.push(halo(&label, SMALL, at));
    shapes.push(bold(at, SMALL, Anchor::Middle, tone, &label));
    let when = fit(&moment.when, TIME, room);
    let at = (x, y + 13.5);
    shapes.push(halo(&when, TIME, at));
    shapes.push(text(at, TIME, Anchor::Middle, Role::Muted, &when));
}

/// Width for the labels of a moment between its neighbours on the lane.
fn room(places: &[f32], lanes: &[usize], index: usize) -> f32 {
    let x = places[index];
    let neighbours = (0..places.len()).filter(|&i| i != index && lanes[i] == lanes[index]);
    let nearest = neighbours.map(|i| (places[i] - x).abs()).fold(70.0, f32::min);
    nearest.min(2.0 * (WIDTH - x)) - 4.0
}

/// Where moments stand: by time, pushed apart where labels of one lane would meet.
fn places(moments: &[&Moment], left: f32, right: f32) -> Vec<f32> {
    let (Some(first), Some(last)) = (moments.first(), moments.last()) else { return Vec::new() };
    let span = (last.at as f64 - first.at as f64).max(1.0);
    let mut places: Vec<f32> = Vec::with_capacity(moments.len());
    for moment in moments {
        let due = left + (right - left) * ((moment.at as f64 - first.at as f64) / span) as f32;
        let after = places.last().map_or(left, |x| x + STEP);
        let lane = (0..places.len()).rev().find(|&i| moments[i].lane == moment.lane);
        let clear = lane.map_or(left, |i| places[i] + APART);
        places.push(due.max(after).max(clear));
    }
    // Room given to early labels is taken back from the right
    let mut limit = right;
    for index in (0..places.len()).rev() {
        places[index] = places[index].min(limit);
        let same = index > 0 && moments[index - 1].lane == moments[index].lane;
        limit = places[index] - if same { APART } else { STEP };
    }
    // Too many for that: evenly, whatever the time
    if places.first().is_some_and(|&x| x < left) {
        let step = (right - left) / (places.len() - 1).max(1) as f32;
        places = (0..places.len()).map(|index| left + step * index as f32).collect();
    }
    places
}

/// Keeps lines from crossing a centred text.
fn halo(text: &str, size: f32, (x, y): (f32, f32)) -> Shape {
    let width = estimate(text, size) * 0.95;
    rect(x - width / 2.0, y - 0.85 * size, width, 1.1 * size, Role::Paper)
}

fn line(from: (f32, f32), to: (f32, f32), width: f32, stroke: Role) -> Shape {
    Shape::Polyline { points: vec![from, to], width, stroke }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(timeline("t", &[]).height, 0.0);
    }

    #[test]
    fn labels_of_one_lane_do_not_meet() {
        let at =
            |at| Moment { at, lane: "a".into(), label: "approved".into(), ..Moment::default() };
        let moments = [at(0), at(1), at(100_000)];
        let moments: Vec<&Moment> = moments.iter().collect();
        let places = places(&moments, 100.0, 400.0);
        assert!(places[1] - places[0] >= APART && places[2] - places[1] >= APART, "{places:?}");
    }
}
