//! From blocks to pages.
//!
//! The body is laid out first, so that the contents can name its pages; then the contents, whose
//! own length moves the body; last the cover and the lines above and below each page.

mod breaking;
mod columns;
mod flow;
mod front;
mod lines;
mod panels;
pub(super) mod shaping;
mod style;
mod table;
mod text;

use std::collections::BTreeSet;

use super::Error;
use super::display::{Cmd, Layout};
use super::document::{Block, Document};
use flow::Flow;
use shaping::Shaper;

/// Lays out the whole document.
pub(super) fn lay_out(document: &Document) -> Result<Layout, Error> {
    let mut shaper = Shaper::new()?;
    let mut flow = Flow::new(&mut shaper, anchors(document));
    let front = flow.node("Part", Flow::ROOT);
    let body = flow.node("Part", Flow::ROOT);
    flow.blocks(&document.blocks, body);
    let body_pages = std::mem::take(&mut flow.pages);

    front::cover(&mut flow, &document.cover, front);
    let cover_pages = std::mem::take(&mut flow.pages);
    let contents_pages = front::contents(&mut flow, front, cover_pages.len());
    let first = cover_pages.len() + contents_pages.len();

    let mut pages = cover_pages;
    let cover_length = pages.len();
    pages.extend(contents_pages);
    pages.extend(body_pages);
    for jump in std::mem::take(&mut flow.jumps) {
        if let Some(&(page, top)) = flow.anchors.get(jump.anchor.as_str()) {
            let link = Cmd::Goto { area: jump.area, page: page + first, top };
            pages[jump.page + first].push(link);
        }
    }
    for entry in &mut flow.outline {
        entry.page += first;
    }
    front::margins(&mut flow, &mut pages, cover_length, document);
    Ok(Layout { pages, outline: flow.outline, nodes: flow.nodes })
}

fn anchors(document: &Document) -> BTreeSet<String> {
    let names = document.blocks.iter().filter_map(|block| match block {
        Block::Heading { anchor, .. } => anchor.clone(),
        _ => None,
    });
    names.collect()
}

#[cfg(test)]
mod tests;
