//! Pages, and the running text that flows down them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::lines::{Line, Part, prepare};
use super::shaping::Shaper;
use super::style::{
    ACCENT, BODY, BOTTOM, HEADINGS, INK, LEFT, LINK, MEASURE, MUTED, TOP, Type, strong,
};
use crate::report::pdf::display::{Area, Cmd, Entry, Node, Rgb};
use crate::report::pdf::document::{Align, Block, Link, Span, SpanStyle};
use crate::report::pdf::fonts::Weight;
use crate::report::pdf::visible::one_line;

/// Distance between paragraphs.
const AFTER_PARAGRAPH: f32 = 7.0;
const INDENT: f32 = 14.0;
/// Longer addresses are not links: viewers cut or refuse them.
const LONGEST_URI: usize = 2_000;

/// A link into the document whose goal has no page yet.
pub(super) struct Jump {
    pub(super) page: usize,
    pub(super) area: Area,
    pub(super) anchor: String,
}

/// The pages made so far and the place where the next thing goes.
pub(super) struct Flow<'a> {
    pub(super) shaper: &'a mut Shaper,
    pub(super) pages: Vec<Vec<Cmd>>,
    /// Upper edge of what comes next.
    pub(super) y: f32,
    pub(super) outline: Vec<Entry>,
    pub(super) nodes: Vec<Node>,
    pub(super) jumps: Vec<Jump>,
    pub(super) anchors: BTreeMap<String, (usize, f32)>,
    known: BTreeSet<String>,
    open: Option<usize>,
}

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

impl<'a> Flow<'a> {
    /// The root of the structure.
    pub(super) const ROOT: usize = 0;

    pub(super) fn new(shaper: &'a mut Shaper, known: BTreeSet<String>) -> Self {
        Self {
            shaper,
            pages: Vec::new(),
            y: TOP,
            outline: Vec::new(),
            nodes: vec![Node {
                role: "Document",
                parent: Self::ROOT,
                alternative: None,
                scope: None,
            }],
            jumps: Vec::new(),
            anchors: BTreeMap::new(),
            known,
            open: None,
        }
    }

    /// Adds a node to the structure.
    pub(super) fn node(&mut self, role: &'static str, parent: usize) -> usize {
        self.nodes.push(Node { role, parent, alternative: None, scope: None });
        self.nodes.len() - 1
    }

    /// What is drawn up to [`Self::end`] is content of `node`, across pages.
    pub(super) fn begin(&mut self, node: usize) {
        self.open = Some(node);
        self.push(Cmd::Begin { node });
    }

    pub(super) fn end(&mut self) {
        self.open = None;
        self.push(Cmd::End);
    }

    pub(super) fn push(&mut self, command: Cmd) {
        if self.pages.is_empty() {
            self.pages.push(Vec::new());
            self.y = TOP;
        }
        if let Some(page) = self.pages.last_mut() {
            page.push(command);
        }
    }

    /// Index of the current page.
    pub(super) fn page(&self) -> usize {
        self.pages.len().saturating_sub(1)
    }

    pub(super) fn new_page(&mut self) {
        if self.open.is_some() {
            self.push(Cmd::End);
        }
        self.pages.push(Vec::new());
        self.y = TOP;
        if let Some(node) = self.open {
            self.push(Cmd::Begin { node });
        }
    }

    /// Whether nothing stands on the page yet.
    pub(super) fn at_top(&self) -> bool {
        self.y <= TOP || self.pages.is_empty()
    }

    /// Starts a page unless `height` is left on this one.
    pub(super) fn need(&mut self, height: f32) {
        if !self.at_top() && self.y + height > BOTTOM {
            self.new_page();
        }
    }

    /// Lays out blocks in order, as children of a node.
    pub(super) fn blocks(&mut self, blocks: &[Block], parent: usize) {
        for (index, block) in blocks.iter().enumerate() {
            match block {
                Block::Heading { level, text, anchor } => {
                    let next = blocks.get(index + 1..).unwrap_or_default();
                    self.heading(*level, text, anchor.as_deref(), next, parent);
                }
                Block::Paragraph(spans) => {
                    let node = self.node("P", parent);
                    self.paragraph(spans, LEFT, MEASURE, BODY, INK, node);
                    self.y += AFTER_PARAGRAPH;
                }
                Block::List(items) => self.list(items, parent),
                Block::Facts(facts) => self.facts(facts, parent),
                Block::Table(table) => self.table(table, parent),
                Block::Figure { figure, caption } => self.figure(figure, caption, parent),
                Block::Callout { tone, title, body } => self.callout(*tone, title, body, parent),
                Block::Tiles(tiles) => self.tiles(tiles, parent),
                Block::PageBreak if self.at_top() => {}
                Block::PageBreak => self.new_page(),
            }
        }
    }

    fn heading(
        &mut self,
        level: u8,
        text: &str,
        anchor: Option<&str>,
        next: &[Block],
        parent: usize,
    ) {
        let level = level.clamp(1, 3);
        let set = HEADINGS[usize::from(level) - 1];
        let (before, after) = [(0.0, 12.0), (14.0, 6.0), (9.0, 3.0)][usize::from(level) - 1];
        let spans = [Span::bold(one_line(text))];
        let title = self.text(&spans, set, MEASURE, ACCENT, false);
        if level == 1 && !self.at_top() {
            self.new_page();
        }
        let follows = self.least_height(next).min(0.45 * (BOTTOM - TOP));
        self.need(before + title.height() + after + follows);
        if !self.at_top() {
            self.y += before;
        }
        if self.pages.is_empty() {
            self.new_page();
        }
        let (page, top) = (self.page(), self.y - 6.0);
        let entry = Entry { level, title: self.shaper.visible(&one_line(text)).into(), page, top };
        self.outline.push(entry);
        if let Some(anchor) = anchor {
            self.anchors.entry(anchor.to_owned()).or_insert((page, top));
        }
        let node = self.node(["H1", "H2", "H3"][usize::from(level) - 1], parent);
        self.begin(node);
        self.draw(&title, LEFT, MEASURE, Align::Left);
        self.end();
        self.y += after;
    }

    fn list(&mut self, items: &[Vec<Span>], parent: usize) {
        let list = self.node("L", parent);
        for item in items {
            let node = self.node("LI", list);
            let body = self.node("LBody", node);
            let text = self.text(item, BODY, MEASURE - INDENT, INK, false);
            self.need(text.height().min(2.0 * BODY.leading));
            let y = self.y + BODY.leading / 2.0;
            self.push(Cmd::Disc { x: LEFT + 4.0, y, radius: 1.5, fill: ACCENT });
            self.begin(body);
            self.draw(&text, LEFT + INDENT, MEASURE - INDENT, Align::Left);
            self.end();
            self.y += 2.5;
        }
        self.y += AFTER_PARAGRAPH - 2.5;
    }

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
