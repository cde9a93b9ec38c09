//! Running text: lines down the page, their colours and their links.

use std::rc::Rc;

use super::flow::{Flow, Jump};
use super::lines::{Line, Part, prepare};
use super::style::{BOTTOM, LINK, MUTED, Type, strong};
use crate::report::pdf::display::{Area, Cmd, Rgb};
use crate::report::pdf::document::{Align, Link, Span, SpanStyle};
use crate::report::pdf::fonts::Weight;

/// Longer addresses are not links: viewers cut or refuse them.
const LONGEST_URI: usize = 2_000;

/// Text broken into lines, with what is needed to draw them.
pub(super) struct Text<'s> {
    pub(super) spans: &'s [Span],
    pub(super) lines: Vec<Line>,
    pub(super) set: Type,
    pub(super) color: Rgb,
}

impl Text<'_> {
    pub(super) fn height(&self) -> f32 {
        self.lines.len() as f32 * self.set.leading
    }
}

impl Flow<'_> {
    /// Text in a column, without a page's last or first line standing alone.
    pub(super) fn paragraph(
        &mut self,
        spans: &[Span],
        x: f32,
        width: f32,
        set: Type,
        color: Rgb,
        node: usize,
    ) {
        let text = self.text(spans, set, width, color, false);
        self.begin(node);
        self.draw(&text, x, width, Align::Left);
        self.end();
    }

    /// Breaks spans into lines for a column of `width`.
    pub(super) fn text<'s>(
        &mut self,
        spans: &'s [Span],
        set: Type,
        width: f32,
        color: Rgb,
        mono: bool,
    ) -> Text<'s> {
        let weighted = spans.iter().map(|span| (span.text.as_str(), weight(span, mono)));
        let prepared = prepare(self.shaper, weighted);
        let lines = prepared.lines(self.shaper, width / set.size);
        Text { spans, lines, set, color }
    }

    /// Draws all lines at the current place, going on to further pages.
    pub(super) fn draw(&mut self, text: &Text<'_>, x: f32, width: f32, align: Align) {
        let leading = text.set.leading;
        let total = text.lines.len();
        let mut done = 0;
        while done < total {
            let left = total - done;
            let fits = (((BOTTOM - self.y) / leading + 0.001).max(0.0) as usize).min(left);
            let now = match (fits, left - fits) {
                (_, 0) => fits,
                _ if self.at_top() => fits.max(1),
                (0 | 1, _) => 0,
                // Two lines go over rather than one
                (3.., 1) => fits - 1,
                _ => fits,
            };
            for line in &text.lines[done..done + now] {
                self.line(line, text, x, self.y, width, align);
                self.y += leading;
            }
            done += now;
            if done < total {
                self.new_page();
            }
        }
    }

    /// Draws one line whose upper edge is `y`, without moving on.
    pub(super) fn line(
        &mut self,
        line: &Line,
        text: &Text<'_>,
        x: f32,
        y: f32,
        width: f32,
        align: Align,
    ) {
        let Type { size, leading } = text.set;
        let free = width - line.width * size;
        let mut x = x + match align {
            Align::Left => 0.0,
            Align::Center => free / 2.0,
            Align::Right => free,
        };
        let baseline = y + leading / 2.0 + 0.355 * size;
        for group in line.parts.chunk_by(|a, b| a.span == b.span) {
            let Some(span) = group.first().and_then(|part| text.spans.get(part.span)) else {
                continue;
            };
            let width = group.iter().map(|part| part.word.width).sum::<f32>() * size;
            let link = span.link.as_ref().filter(|link| self.leads(link));
            let color = match (link, span.tone, span.style) {
                (_, Some(tone), _) => strong(tone),
                (Some(_), None, _) => LINK,
                (None, None, SpanStyle::Muted) => MUTED,
                (None, None, _) => text.color,
            };
            let words = group.iter().map(|part: &Part| Rc::clone(&part.word)).collect();
            self.push(Cmd::Text { x, y: baseline, size, color, words });
            if let Some(link) = link {
                self.link(link, Area { x, y, width, height: leading });
            }
            x += width;
        }
    }

    fn link(&mut self, link: &Link, area: Area) {
        match link {
            Link::Uri(uri) => self.push(Cmd::Uri { area, uri: uri.as_str().into() }),
            Link::Anchor(anchor) => {
                let page = self.page();
                self.jumps.push(Jump { page, area, anchor: anchor.clone() });
            }
        }
    }

    fn leads(&self, link: &Link) -> bool {
        match link {
            Link::Uri(uri) => is_web(uri),
            Link::Anchor(anchor) => self.known.contains(anchor),
        }
    }
}

/// How a span is set; in a mono column regular text is mono.
pub(super) fn weight(span: &Span, mono: bool) -> Weight {
    match span.style {
        SpanStyle::Bold => Weight::Bold,
        SpanStyle::Mono => Weight::Mono,
        SpanStyle::Regular | SpanStyle::Muted if mono => Weight::Mono,
        SpanStyle::Regular | SpanStyle::Muted => Weight::Regular,
    }
}

/// Whether an address is one of the web, in the characters an address may have (RFC 3986).
fn is_web(uri: &str) -> bool {
    let lower = uri.get(..8).or_else(|| uri.get(..7)).unwrap_or_default().to_ascii_lowercase();
    (lower.starts_with("http://") || lower.starts_with("https://"))
        && uri.len() <= LONGEST_URI
        && uri.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'<' | b'>' | b'\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_links() {
        assert!(is_web("https://example.com/a?b=c"));
        assert!(is_web("HTTP://example.com"));
        for uri in ["javascript:alert(1)", "file:///etc/passwd", "https:/x", "ftp://a", "", "é"] {
            assert!(!is_web(uri), "{uri}");
        }
        assert!(!is_web("https://a/\u{202e}"));
        assert!(!is_web("https://a/ b\n"));
    }
}
