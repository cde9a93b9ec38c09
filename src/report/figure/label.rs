//! Labels of charts: legends, and text shortened to its place.
//!
//! Text widths are estimated, as the browser's font is not known here.

use super::{Anchor, Role, Shape, Tone};
use crate::report::pdf::visible::one_line;

/// Width of every chart: that of the text on paper.
pub(super) const WIDTH: f32 = 470.0;
/// Size of names.
pub(super) const LABEL: f32 = 8.0;
/// Size of what stands in and at marks.
pub(super) const SMALL: f32 = 7.0;

/// A text with its left end, middle or right end at a place.
pub(super) fn text(at: (f32, f32), size: f32, anchor: Anchor, fill: Role, text: &str) -> Shape {
    let text = text.to_owned();
    Shape::Text { x: at.0, y: at.1, size, anchor, bold: false, fill, text }
}

/// The same, heavier.
pub(super) fn bold(at: (f32, f32), size: f32, anchor: Anchor, fill: Role, text: &str) -> Shape {
    let text = text.to_owned();
    Shape::Text { x: at.0, y: at.1, size, anchor, bold: true, fill, text }
}

/// A filled rectangle.
pub(super) fn rect(x: f32, y: f32, width: f32, height: f32, fill: Role) -> Shape {
    Shape::Rect { x, y, width, height, fill }
}

/// Draws a legend at the top; returns where the chart begins.
pub(super) fn legend(shapes: &mut Vec<Shape>, entries: &[(&str, Tone)]) -> f32 {
    let (mut x, mut y) = (0.0, 0.0);
    for (name, tone) in entries {
        let name = fit(name, SMALL, WIDTH - 12.0);
        let width = estimate(&name, SMALL) + 30.0;
        if x > 0.0 && x + width > WIDTH + 18.0 {
            x = 0.0;
            y += 12.0;
        }
        shapes.push(rect(x, y + 1.0, 7.0, 7.0, Role::Strong(*tone)));
        shapes.push(text((x + 11.0, y + 7.3), SMALL, Anchor::Start, Role::Muted, &name));
        x += width;
    }
    if entries.is_empty() { 0.0 } else { y + 18.0 }
}

/// Width of text in points, a little generous.
pub(super) fn estimate(text: &str, size: f32) -> f32 {
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
pub(super) fn fit(text: &str, size: f32, room: f32) -> String {
    let text = one_line(text);
    if estimate(&text, size) <= room {
        return text.into_owned();
    }
    let mut out = String::new();
    let mut left = room - 0.8 * size;
    for c in text.chars() {
        left -= estimate(c.encode_utf8(&mut [0; 4]), size);
        if left < 0.0 {
            break;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// The text on at most `most` lines, the last one shortened.
pub(super) fn wrap(text: &str, size: f32, room: f32, most: usize) -> Vec<String> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_shortened_to_their_place() {
        let long = fit("a-very-long-name-of-a-service-account", 8.0, 60.0);
        assert!(long.ends_with('…') && estimate(&long, 8.0) <= 60.0, "{long}");
        assert_eq!(fit("short", 8.0, 60.0), "short");
        assert_eq!(wrap("change the pipeline of production", 7.0, 50.0, 3).len(), 3);
    }
}
