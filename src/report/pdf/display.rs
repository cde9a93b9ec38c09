//! What layout hands to a writer: pages of drawing commands, an outline and the logical structure.
//!
//! Lengths are points (1/72 inch); the origin is the upper left corner of the page and y grows
//! downwards.

use std::rc::Rc;

use super::layout::shaping::Word;

/// Red, green, blue of sRGB.
pub(super) type Rgb = [u8; 3];

/// A4, portrait (ISO 216: 210 mm × 297 mm).
pub(super) const PAGE_WIDTH: f32 = 210.0 * 72.0 / 25.4;
/// A4, portrait.
pub(super) const PAGE_HEIGHT: f32 = 297.0 * 72.0 / 25.4;

/// An upright rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Area {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// One drawing command.
#[derive(Clone, Debug)]
pub(super) enum Cmd {
    /// Words from left to right; `y` is the baseline.
    Text { x: f32, y: f32, size: f32, color: Rgb, words: Vec<Rc<Word>> },
    /// A filled rectangle.
    Rect { area: Area, fill: Rgb },
    /// A filled circle.
    Disc { x: f32, y: f32, radius: f32, fill: Rgb },
    /// A line through points.
    Stroke { points: Vec<(f32, f32)>, color: Rgb, width: f32 },
    /// A link to the web.
    Uri { area: Area, uri: Rc<str> },
    /// A link into the document.
    Goto { area: Area, page: usize, top: f32 },
    /// What follows, up to [`Cmd::End`], is the content of this node of the structure.
    Begin { node: usize },
    /// Ends the innermost [`Cmd::Begin`]; they are never nested.
    End,
}

/// An entry of the outline.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) level: u8,
    pub(super) title: String,
    pub(super) page: usize,
    pub(super) top: f32,
}

/// A node of the logical structure (ISO 32000-1, 14.8.4), after its parent in the list.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) role: &'static str,
    pub(super) parent: usize,
    /// What is said instead of showing it.
    pub(super) alternative: Option<String>,
    /// For a header cell: what it heads, `Row` or `Column`.
    pub(super) scope: Option<&'static str>,
}

/// A laid-out document.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    pub(super) pages: Vec<Vec<Cmd>>,
    pub(super) outline: Vec<Entry>,
    /// The first is the root and its own parent.
    pub(super) nodes: Vec<Node>,
}

#[cfg(test)]
impl Layout {
    /// The text of a page in drawing order, one line for each text command.
    pub(super) fn text(&self, page: usize) -> Vec<String> {
        let texts = self.pages[page].iter().filter_map(|command| match command {
            Cmd::Text { words, .. } => {
                Some(words.iter().flat_map(|w| &w.runs).map(|run| run.text.as_ref()).collect())
            }
            _ => None,
        });
        texts.collect()
    }
}
