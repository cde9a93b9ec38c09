//! Pages, and the blocks that flow down them.

use std::collections::{BTreeMap, BTreeSet};

use super::shaping::Shaper;
use super::style::{ACCENT, BODY, BOTTOM, HEADINGS, INK, LEFT, MEASURE, MUTED, SMALL, TOP};
use crate::report::pdf::display::{Area, Cmd, Entry, Node};
use crate::report::pdf::document::{Align, Block, Span};
use crate::report::pdf::visible::one_line;

/// Distance between paragraphs.
const AFTER_PARAGRAPH: f32 = 7.0;
const INDENT: f32 = 14.0;

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
    /// Names of all headings of the document.
    pub(super) known: BTreeSet<String>,
    open: Option<usize>,
    /// Title of the article that tables and facts belong to, repeated where they go on.
    article: Option<String>,
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
            article: None,
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

    /// Starts a page on which a table goes on: says whose it is, outside the structure.
    pub(super) fn go_on(&mut self) {
        self.new_page();
        let Some(title) = self.article.as_ref().map(|title| format!("{title} (continued)")) else {
            return;
        };
        let spans = [Span::muted(title)];
        let text = self.text(&spans, SMALL, MEASURE, MUTED, false);
        if let Some(line) = text.lines.first() {
            self.line(line, &text, LEFT, self.y, MEASURE, Align::Left);
            self.y += SMALL.leading + 3.0;
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
        self.article = (level == 3).then(|| one_line(text).into_owned());
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
}
