//! The cover, the contents, and the lines above and below each page.

use std::rc::Rc;

use super::flow::Flow;
use super::lines::{Line, prepare};
use super::shaping::Shaper;
use super::style::{
    ACCENT, BODY, BOTTOM, FOOTER, HEADER, HEADINGS, INK, LEFT, MEASURE, MUTED, RIGHT, RULE, SMALL,
    SUBTITLE, TITLE, TOP, Type, strong,
};
use crate::report::pdf::display::{Area, Cmd, PAGE_HEIGHT, Rgb};
use crate::report::pdf::document::{Align, Cover, Document, Span};
use crate::report::pdf::fonts::Weight;
use crate::report::pdf::visible::one_line;

const BAND: f32 = 14.0;
/// Where the cover's title begins, and where its facts do if the title is short.
const TITLE_TOP: f32 = 150.0;
const FACTS_TOP: f32 = 372.0;
/// Headings of this level and above are in the contents.
const LISTED: u8 = 2;

/// Draws the cover; a very long one goes on on a second page.
pub(super) fn cover(flow: &mut Flow<'_>, cover: &Cover, parent: usize) {
    flow.new_page();
    let area = Area { x: 0.0, y: 0.0, width: BAND, height: PAGE_HEIGHT };
    flow.push(Cmd::Rect { area, fill: ACCENT });
    flow.y = TITLE_TOP - 34.0;
    part(
        flow,
        &cover.kicker,
        Type { size: 11.0, leading: 16.0 },
        (Weight::Bold, MUTED),
        "P",
        parent,
    );
    flow.y = flow.y.max(TITLE_TOP);
    part(flow, &cover.title, TITLE, (Weight::Bold, ACCENT), "H1", parent);
    flow.y += 8.0;
    part(flow, &cover.subtitle, SUBTITLE, (Weight::Regular, MUTED), "P", parent);
    flow.y += 20.0;
    let area = Area { x: LEFT, y: flow.y, width: 62.0, height: 3.0 };
    flow.push(Cmd::Rect { area, fill: strong(cover.tone) });
    flow.y = (flow.y + 34.0).max(FACTS_TOP);
    let facts: Vec<(String, Vec<Span>)> =
        cover.facts.iter().map(|(name, value)| (name.clone(), vec![Span::plain(value)])).collect();
    flow.facts(&facts, parent);
    statement(flow, cover, parent);
}

fn part(
    flow: &mut Flow<'_>,
    text: &str,
    set: Type,
    (weight, color): (Weight, Rgb),
    role: &'static str,
    parent: usize,
) {
    if !text.is_empty() {
        let node = flow.node(role, parent);
        let text = one_line(text);
        let span = if weight == Weight::Bold { Span::bold(text) } else { Span::plain(text) };
        flow.paragraph(&[span], LEFT, MEASURE, set, color, node);
    }
}

/// The statement stands at the foot of the cover if there is room.
fn statement(flow: &mut Flow<'_>, cover: &Cover, parent: usize) {
    if cover.statement.is_empty() {
        return;
    }
    let width = MEASURE - 25.0;
    let blank = flow.text(&[], BODY, width, INK, false);
    let texts: Vec<_> =
        cover.statement.iter().map(|spans| flow.text(spans, BODY, width, INK, false)).collect();
    let mut boxed = Vec::new();
    for text in &texts {
        if !boxed.is_empty() {
            boxed.push((&blank, 1));
        }
        boxed.push((text, text.lines.len()));
    }
    let lines: usize = boxed.iter().map(|(_, lines)| lines).sum();
    let height = lines as f32 * BODY.leading + 22.0;
    flow.y = flow.y.max(BOTTOM - height).min(BOTTOM);
    let node = flow.node("Div", parent);
    flow.boxed(cover.tone, &boxed, node);
}

/// The contents, on as many pages as they need; `before` pages stand ahead of them.
pub(super) fn contents(flow: &mut Flow<'_>, parent: usize, before: usize) -> Vec<Vec<Cmd>> {
    if flow.outline.iter().all(|entry| entry.level > LISTED) {
        return Vec::new();
    }
    let nodes = flow.nodes.len();
    list(flow, parent, 0);
    // Page numbers have a column of their own, so they do not change the length
    let own = std::mem::take(&mut flow.pages).len();
    flow.nodes.truncate(nodes);
    list(flow, parent, before + own);
    std::mem::take(&mut flow.pages)
}

fn list(flow: &mut Flow<'_>, parent: usize, offset: usize) {
    const NUMBERS: f32 = 34.0;
    flow.new_page();
    let heading = flow.node("H1", parent);
    flow.paragraph(&[Span::bold("Contents")], LEFT, MEASURE, HEADINGS[0], ACCENT, heading);
    flow.y += 14.0;
    let toc = flow.node("TOC", parent);
    let entries: Vec<_> = flow.outline.iter().filter(|e| e.level <= LISTED).cloned().collect();
    for entry in entries {
        let main = entry.level == 1;
        let x = if main { LEFT } else { LEFT + 14.0 };
        let width = RIGHT - NUMBERS - x;
        let title = [if main { Span::bold(entry.title) } else { Span::plain(entry.title) }];
        let color = if main { ACCENT } else { INK };
        let title = flow.text(&title, BODY, width, color, false);
        if main {
            flow.y += 7.0;
        }
        flow.need(title.height() + 3.0);
        let (page, top) = (flow.page(), flow.y);
        let node = flow.node("TOCI", toc);
        flow.begin(node);
        flow.draw(&title, x, width, Align::Left);
        let number = Span::plain((entry.page + offset + 1).to_string());
        let number = if main { Span::bold(number.text) } else { number };
        let numbers = [number];
        let number = flow.text(&numbers, BODY, NUMBERS, color, false);
        let last = flow.y - BODY.leading;
        flow.line(&number.lines[0], &number, RIGHT - NUMBERS, last, NUMBERS, Align::Right);
        flow.end();
        leader(flow, x, &title.lines, last, number.lines[0].width * BODY.size);
        if flow.page() == page {
            let area = Area { x, y: top, width: RIGHT - x, height: flow.y - top };
            flow.push(Cmd::Goto { area, page: entry.page + offset, top: entry.top });
        }
        flow.y += 3.0;
    }
}

/// A hair line that leads the eye from a title to its page.
fn leader(flow: &mut Flow<'_>, x: f32, lines: &[Line], y: f32, number: f32) {
    let from = x + lines.last().map_or(0.0, |line| line.width) * BODY.size + 6.0;
    let to = RIGHT - number - 6.0;
    if to > from {
        let y = y + BODY.leading / 2.0 + 3.0;
        flow.push(Cmd::Stroke { points: vec![(from, y), (to, y)], color: RULE, width: 0.4 });
    }
}

/// Header and footer of every page after the cover.
pub(super) fn margins(
    flow: &mut Flow<'_>,
    pages: &mut [Vec<Cmd>],
    cover: usize,
    document: &Document,
) {
    let total = pages.len();
    let header = short(flow.shaper, &document.header, 0.5 * MEASURE);
    let footer = short(flow.shaper, &document.footer, 0.75 * MEASURE);
    let mut sections = flow.outline.iter().filter(|entry| entry.level == 1).peekable();
    let mut section = Line::default();
    for (index, page) in pages.iter_mut().enumerate().skip(cover) {
        while let Some(entry) = sections.next_if(|entry| entry.page <= index) {
            section = short(flow.shaper, &entry.title, 0.45 * MEASURE);
        }
        let number = short(flow.shaper, &format!("Page {} of {total}", index + 1), MEASURE);
        edge(page, &header, LEFT, HEADER);
        edge(page, &section, RIGHT - section.width * SMALL.size, HEADER);
        edge(page, &footer, LEFT, FOOTER);
        edge(page, &number, RIGHT - number.width * SMALL.size, FOOTER);
        for y in [HEADER + 7.0, FOOTER - 13.0] {
            let points = vec![(LEFT, y), (RIGHT, y)];
            page.push(Cmd::Stroke { points, color: RULE, width: 0.5 });
        }
    }
}

fn edge(page: &mut Vec<Cmd>, line: &Line, x: f32, y: f32) {
    if !line.parts.is_empty() {
        let words = line.parts.iter().map(|part| Rc::clone(&part.word)).collect();
        page.push(Cmd::Text { x, y, size: SMALL.size, color: MUTED, words });
    }
}

/// One line of small text, cut with an ellipsis if it is wider than `width`.
fn short(shaper: &mut Shaper, text: &str, width: f32) -> Line {
    let text = one_line(text);
    let prepared = prepare(shaper, [(text.as_ref(), Weight::Regular)].into_iter());
    let room = width / SMALL.size;
    if prepared.width() <= room {
        return prepared.lines(shaper, f32::INFINITY).swap_remove(0);
    }
    let mut line = prepared.lines(shaper, room - 1.0).swap_remove(0);
    let ellipsis = prepare(shaper, [("…", Weight::Regular)].into_iter());
    let ellipsis = ellipsis.lines(shaper, f32::INFINITY).swap_remove(0);
    line.width += ellipsis.width;
    line.parts.extend(ellipsis.parts);
    line
}

/// The cover's facts must not start above its text.
const _: () = assert!(TOP < TITLE_TOP && TITLE_TOP < FACTS_TOP);
