//! A figure as inline SVG for the HTML report.

use std::fmt::Write as _;

use super::{Anchor, Figure, Role, Shape, Tone};
use crate::report::pdf::visible::one_line;

/// Rules by which an HTML page colours figures; each colour can be set by a custom property.
///
/// Without them a figure has the colours of paper.
pub const CSS: &str = "\
.fig{max-width:100%;height:auto;font-family:inherit}
.fig-ink{fill:var(--ink,#1d2630)}
.fig-muted{fill:var(--muted,#5c6978)}
.fig-rule{fill:var(--rule,#d6dde5)}
.fig-ground{fill:var(--ground,#f5f7fa)}
.fig-paper{fill:var(--paper,#ffffff)}
.fig-neutral{fill:var(--neutral,#425060)}
.fig-good{fill:var(--good,#1b6645)}
.fig-warn{fill:var(--warn,#855500)}
.fig-bad{fill:var(--bad,#a1221d)}
.fig-info{fill:var(--info,#1b5698)}
.fig-neutral-soft{fill:var(--neutral-soft,#f1f4f7)}
.fig-good-soft{fill:var(--good-soft,#eaf5ef)}
.fig-warn-soft{fill:var(--warn-soft,#fdf4df)}
.fig-bad-soft{fill:var(--bad-soft,#fcecea)}
.fig-info-soft{fill:var(--info-soft,#e9f1fa)}
.fig-line-rule{stroke:var(--rule,#d6dde5)}
.fig-line-muted{stroke:var(--muted,#5c6978)}
.fig-line-ink{stroke:var(--ink,#1d2630)}
";

/// Draws the figure. Colours are classes of [`CSS`], with those of paper as a fallback.
pub fn svg(figure: &Figure) -> String {
    let title = escape(&one_line(&figure.title));
    let mut out = format!(
        "<svg class=\"fig\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" \
         width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\"><title>{title}</title>",
        w = number(figure.width),
        h = number(figure.height),
    );
    for shape in &figure.shapes {
        draw(&mut out, shape);
    }
    out.push_str("</svg>");
    out
}

fn draw(out: &mut String, shape: &Shape) {
    // Writing to a string cannot fail
    let _ = match shape {
        Shape::Rect { x, y, width, height, fill } => write!(
            out,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {}/>",
            number(*x),
            number(*y),
            number(*width),
            number(*height),
            paint("fill", *fill)
        ),
        Shape::Disc { x, y, radius, fill } => write!(
            out,
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>",
            number(*x),
            number(*y),
            number(*radius),
            paint("fill", *fill)
        ),
        Shape::Polyline { points, width, stroke } => {
            let points: Vec<String> =
                points.iter().map(|(x, y)| format!("{},{}", number(*x), number(*y))).collect();
            write!(
                out,
                "<polyline points=\"{}\" fill=\"none\" stroke-width=\"{}\" {}/>",
                points.join(" "),
                number(*width),
                paint("stroke", *stroke)
            )
        }
        Shape::Text { x, y, size, anchor, bold, fill, text } => write!(
            out,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{}{} {} unicode-bidi=\"isolate\">{}</text>",
            number(*x),
            number(*y),
            number(*size),
            match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            },
            if *bold { " font-weight=\"700\"" } else { "" },
            paint("fill", *fill),
            escape(&one_line(text))
        ),
    };
}

/// At most two decimals, and never `-0` or `NaN`.
fn number(value: f32) -> String {
    let hundredths = (value * 100.0).round();
    let value = if hundredths.is_finite() && hundredths != 0.0 { hundredths / 100.0 } else { 0.0 };
    value.to_string()
}

fn paint(property: &str, role: Role) -> String {
    let (class, color) = name(role);
    let line = if property == "stroke" { "line-" } else { "" };
    format!("class=\"fig-{line}{class}\" {property}=\"{color}\"")
}

fn name(role: Role) -> (&'static str, &'static str) {
    match role {
        Role::Ink => ("ink", "#1d2630"),
        Role::Muted => ("muted", "#5c6978"),
        Role::Rule => ("rule", "#d6dde5"),
        Role::Ground => ("ground", "#f5f7fa"),
        Role::Paper => ("paper", "#ffffff"),
        Role::Strong(Tone::Neutral) => ("neutral", "#425060"),
        Role::Strong(Tone::Good) => ("good", "#1b6645"),
        Role::Strong(Tone::Warn) => ("warn", "#855500"),
        Role::Strong(Tone::Bad) => ("bad", "#a1221d"),
        Role::Strong(Tone::Info) => ("info", "#1b5698"),
        Role::Soft(Tone::Neutral) => ("neutral-soft", "#f1f4f7"),
        Role::Soft(Tone::Good) => ("good-soft", "#eaf5ef"),
        Role::Soft(Tone::Warn) => ("warn-soft", "#fdf4df"),
        Role::Soft(Tone::Bad) => ("bad-soft", "#fcecea"),
        Role::Soft(Tone::Info) => ("info-soft", "#e9f1fa"),
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let figure = Figure {
            title: "</title><script>".into(),
            width: 10.0,
            height: 5.0,
            shapes: vec![Shape::Text {
                x: 0.1 + 0.2,
                y: f32::NAN,
                size: 7.0,
                anchor: Anchor::End,
                bold: true,
                fill: Role::Ink,
                text: "<b>\u{202e}'\"&".into(),
            }],
        };
        let svg = svg(&figure);
        assert!(svg.contains("<title>&lt;/title&gt;&lt;script&gt;</title>"), "{svg}");
        assert!(svg.contains(">&lt;b&gt;⟨U+202E⟩&#39;&quot;&amp;</text>"), "{svg}");
        assert!(svg.contains("x=\"0.3\" y=\"0\""), "{svg}");
    }

    #[test]
    fn every_class_has_a_rule() {
        let tones = [Tone::Neutral, Tone::Good, Tone::Warn, Tone::Bad, Tone::Info];
        let roles = [Role::Ink, Role::Muted, Role::Rule, Role::Ground, Role::Paper];
        let all = roles.into_iter().chain(tones.map(Role::Strong)).chain(tones.map(Role::Soft));
        for role in all {
            let (class, color) = name(role);
            assert!(
                CSS.contains(&format!(".fig-{class}{{fill:var(--{class},{color})}}")),
                "{class}"
            );
        }
    }
}
