//! From the display list to printpdf's operations, with fonts cut to the glyphs in use.
//!
//! printpdf without its text features embeds a font as it is given, hence the cutting here. It
//! keeps one text for each glyph; where a glyph stands for other text, or several glyphs stand
//! for one, the text is written beside them (`/ActualText`, ISO 32000-1, 14.9.4), so that what is
//! copied or searched is what was meant.

mod pen;
mod shapes;
mod subset;

use std::collections::BTreeMap;

use printpdf::{
    Actions, BorderArray, Destination, DictItem, Line, LinkAnnotation, Mm, Op, PdfDocument,
    PdfPage, PdfSaveOptions, Pt, Rect,
};

use super::Error;
use super::display::{Area, Cmd, Layout, PAGE_HEIGHT, PAGE_WIDTH, Rgb};
use super::fonts::FONTS;
use shapes::{corner, disc, exact, paint, rectangle};
use subset::Used;

/// Writes pages and fonts; outline, structure and metadata are still missing.
pub(super) fn write(layout: &Layout, title: &str) -> Result<lopdf::Document, Error> {
    let mut used = subset::collect(layout);
    let mut document = PdfDocument::new(title);
    for (font, used) in FONTS.iter().zip(&mut used) {
        if !used.texts.is_empty() {
            let parsed = subset::cut(font, used)?;
            let parsed = printpdf::font::PdfFont::new(parsed);
            document.resources.fonts.map.insert(used.id.clone(), parsed);
        }
    }
    let pages = layout.pages.iter().map(|commands| page(commands, &used));
    document.with_pages(pages.collect());
    Ok(printpdf::to_lopdf_doc(&document, &PdfSaveOptions::default(), &mut Vec::new()))
}

fn page(commands: &[Cmd], used: &[Used]) -> PdfPage {
    let mut writer = Writer::new(used);
    for command in commands {
        writer.command(command);
    }
    writer.mark(Mark::None);
    let mut page = PdfPage::new(Mm(210.0), Mm(297.0), writer.ops);
    let whole = Rect::from_wh(Pt(exact(PAGE_WIDTH)), Pt(exact(PAGE_HEIGHT)));
    page.media_box = whole.clone();
    page.trim_box = whole.clone();
    page.crop_box = whole;
    page
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    None,
    Artifact,
    Content,
}

/// Operations of one page.
struct Writer<'a> {
    used: &'a [Used],
    ops: Vec<Op>,
    mark: Mark,
    /// Marked content so far; the structure counts the same way.
    marked: i64,
    fill: Option<Rgb>,
}

impl<'a> Writer<'a> {
    fn new(used: &'a [Used]) -> Self {
        Self { used, ops: Vec::new(), mark: Mark::None, marked: 0, fill: None }
    }

    /// Ends the marked content there is and begins another.
    fn mark(&mut self, mark: Mark) {
        if self.mark != Mark::None {
            self.ops.push(Op::EndMarkedContent);
        }
        match mark {
            Mark::None => {}
            Mark::Artifact => {
                self.ops.push(Op::BeginMarkedContent { tag: "Artifact".to_owned() });
            }
            Mark::Content => {
                let id = BTreeMap::from([("MCID".to_owned(), DictItem::Int(self.marked))]);
                let properties = DictItem::Dict { map: id };
                let tag = "Span".to_owned();
                self.ops.push(Op::BeginMarkedContentWithProperties { tag, properties });
                self.marked += 1;
            }
        }
        self.mark = mark;
    }

    fn command(&mut self, command: &Cmd) {
        match command {
            Cmd::Begin { .. } => return self.mark(Mark::Content),
            Cmd::End => return self.mark(Mark::None),
            Cmd::Uri { area, uri } => return self.link(*area, Actions::uri(uri.to_string())),
            Cmd::Goto { area, page, top } => {
                let top = Some(exact(PAGE_HEIGHT - top));
                let goal = Destination::Xyz { page: page + 1, left: Some(0.0), top, zoom: None };
                return self.link(*area, Actions::go_to(goal));
            }
            _ => {}
        }
        if self.mark == Mark::None {
            self.mark(Mark::Artifact);
        }
        match command {
            Cmd::Text { x, y, size, color, words } => {
                self.fill(*color);
                pen::text(self.used, &mut self.ops, (*x, *y), *size, words);
            }
            Cmd::Rect { area, fill } => {
                self.fill(*fill);
                self.ops.push(Op::DrawRectangle { rectangle: rectangle(*area) });
            }
            Cmd::Disc { x, y, radius, fill } => {
                self.fill(*fill);
                self.ops.push(Op::DrawPolygon { polygon: disc(*x, *y, *radius) });
            }
            Cmd::Stroke { points, color, width } => {
                self.ops.push(Op::SetOutlineColor { col: paint(*color) });
                self.ops.push(Op::SetOutlineThickness { pt: Pt(exact(*width)) });
                let points = points.iter().map(|&(x, y)| corner(x, y)).collect();
                self.ops.push(Op::DrawLine { line: Line { points, is_closed: false } });
            }
            Cmd::Begin { .. } | Cmd::End | Cmd::Uri { .. } | Cmd::Goto { .. } => {}
        }
    }

    fn fill(&mut self, color: Rgb) {
        if self.fill.replace(color) != Some(color) {
            self.ops.push(Op::SetFillColor { col: paint(color) });
        }
    }

    fn link(&mut self, area: Area, actions: Actions) {
        let border = Some(BorderArray::Solid([0.0; 3]));
        let link = LinkAnnotation::new(rectangle(area), actions, border, None, None);
        self.ops.push(Op::LinkAnnotation { link });
    }
}
