//! From the display list to printpdf's operations, with fonts cut to the glyphs in use.
//!
//! printpdf without its text features embeds a font as it is given, hence the cutting here. It
//! keeps one text for each glyph; where a glyph stands for other text, or several glyphs stand
//! for one, the text is written beside them (`/ActualText`, ISO 32000-1, 14.9.4), so that what is
//! copied or searched is what was meant.

use std::collections::BTreeMap;

use printpdf::{
    Actions, BorderArray, Codepoint, Color, Destination, DictItem, FontId, Line, LinePoint,
    LinkAnnotation, Mm, Op, PaintMode, ParsedFont, PdfDocument, PdfFontHandle, PdfPage,
    PdfSaveOptions, Point, Polygon, PolygonRing, Pt, Rect, TextItem, TextMatrix, WindingOrder,
};
use sha2::{Digest, Sha256};
use subsetter::GlyphRemapper;

use super::Error;
use super::display::{Area, Cmd, Layout, PAGE_HEIGHT, PAGE_WIDTH, Rgb};
use super::fonts::{FONTS, Font, FontIndex, scale};
use super::layout::shaping::{Glyph, Run, Word};

/// Distance of the handles of a quarter circle, in radii.
const KAPPA: f32 = 0.552_284_8;

/// The glyphs of one font that the document uses.
struct Used {
    id: FontId,
    glyphs: GlyphRemapper,
    /// The text a glyph stands for unless said otherwise, by its number in the whole font.
    texts: BTreeMap<u16, Box<str>>,
    /// Width in thousandths of an em, as printpdf writes it.
    widths: BTreeMap<u16, f32>,
}

/// Writes pages and fonts; outline, structure and metadata are still missing.
pub(super) fn write(layout: &Layout, title: &str) -> Result<lopdf::Document, Error> {
    let mut used = collect(layout);
    let mut document = PdfDocument::new(title);
    for (font, used) in FONTS.iter().zip(&mut used) {
        if !used.texts.is_empty() {
            let parsed = cut(font, used)?;
            let parsed = printpdf::font::PdfFont::new(parsed);
            document.resources.fonts.map.insert(used.id.clone(), parsed);
        }
    }
    let pages = layout.pages.iter().map(|commands| page(commands, &used));
    document.with_pages(pages.collect());
    Ok(printpdf::to_lopdf_doc(&document, &PdfSaveOptions::default(), &mut Vec::new()))
}

fn collect(layout: &Layout) -> Vec<Used> {
    let mut used: Vec<Used> = (0..FONTS.len())
        .map(|index| Used {
            id: FontId(format!("F{index}")),
            glyphs: GlyphRemapper::new(),
            texts: BTreeMap::new(),
            widths: BTreeMap::new(),
        })
        .collect();
    // A glyph that stands alone for a text says more than one among several
    for alone in [true, false] {
        for run in layout.pages.iter().flatten().flat_map(runs) {
            let font = &mut used[run.font];
            for cluster in clusters(run).filter(|cluster| (cluster.len() == 1) == alone) {
                for glyph in cluster {
                    font.glyphs.remap(glyph.id);
                    let text = text_of(run, glyph);
                    font.texts.entry(glyph.id).or_insert_with(|| text.into());
                }
            }
        }
    }
    used
}

fn runs(command: &Cmd) -> impl Iterator<Item = &Run> {
    let words = match command {
        Cmd::Text { words, .. } => words.as_slice(),
        _ => &[],
    };
    words.iter().flat_map(|word| &word.runs)
}

fn clusters(run: &Run) -> impl Iterator<Item = &[Glyph]> {
    run.glyphs.chunk_by(|a, b| a.cluster == b.cluster)
}

fn text_of<'a>(run: &'a Run, glyph: &Glyph) -> &'a str {
    run.text.get(glyph.cluster.0 as usize..glyph.cluster.1 as usize).unwrap_or_default()
}

/// Cuts the font to the used glyphs and reads their widths.
fn cut(font: &Font, used: &mut Used) -> Result<ParsedFont, Error> {
    let name = font.name;
    let bytes = subsetter::subset(font.bytes, 0, &used.glyphs)
        .map_err(|source| Error::Subset { name, source })?;
    let mut parsed =
        ParsedFont::from_bytes(&bytes, 0, &mut Vec::new()).ok_or(Error::Font { name })?;
    // Six letters mark a font that is not whole (ISO 32000-1, 9.6.4)
    let tag: String =
        Sha256::digest(&bytes).iter().take(6).map(|byte| char::from(b'A' + byte % 26)).collect();
    parsed.font_name = Some(format!("{tag}+{name}"));
    let em = f32::from(parsed.pdf_font_metrics.units_per_em);
    for &glyph in used.texts.keys() {
        let width = used.glyphs.get(glyph).and_then(|new| parsed.get_glyph_width(new));
        used.widths.insert(glyph, (width.map_or(0.0, f32::from) * 1000.0 / em).trunc());
    }
    Ok(parsed)
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
                self.text(*x, *y, *size, words);
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

    fn text(&mut self, x: f32, y: f32, size: f32, words: &[std::rc::Rc<Word>]) {
        self.ops.push(Op::StartTextSection);
        let mut pen = Pen { x, y, size, font: None, from: x, items: Vec::new() };
        for run in words.iter().flat_map(|word| &word.runs) {
            self.run(run, &mut pen);
        }
        pen.flush(&mut self.ops);
        self.ops.push(Op::EndTextSection);
    }

    fn run(&mut self, run: &Run, pen: &mut Pen) {
        let used = &self.used[run.font];
        if pen.font != Some(run.font) {
            pen.flush(&mut self.ops);
            pen.font = Some(run.font);
            let font = PdfFontHandle::External(used.id.clone());
            self.ops.push(Op::SetFont { font, size: Pt(exact(pen.size * scale(run.font))) });
        }
        for cluster in clusters(run) {
            let text = cluster.first().map_or("", |glyph| text_of(run, glyph));
            let plain = matches!(cluster, [glyph]
                if used.texts.get(&glyph.id).is_some_and(|known| known.as_ref() == text));
            if plain {
                pen.put(&cluster[0], run.font, used, &mut self.ops);
                continue;
            }
            // One glyph carries the text and the place, the others nothing
            let bearer = cluster.iter().position(|glyph| glyph.advance > 0.0).unwrap_or(0);
            for (index, glyph) in cluster.iter().enumerate() {
                pen.flush(&mut self.ops);
                self.ops.push(actual_text(if index == bearer { text } else { "" }));
                pen.put(glyph, run.font, used, &mut self.ops);
                pen.flush(&mut self.ops);
                self.ops.push(Op::EndMarkedContent);
            }
        }
    }
}

/// Where the next glyph goes, and those that are not yet written.
struct Pen {
    x: f32,
    y: f32,
    size: f32,
    font: Option<FontIndex>,
    from: f32,
    items: Vec<Codepoint>,
}

impl Pen {
    fn put(&mut self, glyph: &Glyph, font: FontIndex, used: &Used, ops: &mut Vec<Op>) {
        let Some(gid) = used.glyphs.get(glyph.id) else { return };
        let cid = used.texts.get(&glyph.id).map(|text| text.to_string());
        let advance = glyph.advance * self.size;
        if glyph.shift != (0.0, 0.0) {
            self.flush(ops);
            let (x, y) = (self.x, self.y);
            self.from = x + glyph.shift.0 * self.size;
            self.y = y - glyph.shift.1 * self.size;
            self.items.push(Codepoint { gid, offset: 0.0, cid });
            self.flush(ops);
            (self.x, self.y, self.from) = (x + advance, y, x + advance);
            return;
        }
        // What the viewer moves by itself and what it must be told
        let natural = used.widths.get(&glyph.id).copied().unwrap_or_default();
        let offset = natural - glyph.advance * 1000.0 / scale(font);
        let offset = if offset.abs() < 0.05 { 0.0 } else { exact(offset) };
        self.items.push(Codepoint { gid, offset, cid });
        self.x += advance;
    }

    fn flush(&mut self, ops: &mut Vec<Op>) {
        if !self.items.is_empty() {
            let (x, y) = (exact(self.from), exact(PAGE_HEIGHT - self.y));
            let matrix = TextMatrix::Raw([1.0, 0.0, 0.0, 1.0, x, y]);
            ops.push(Op::SetTextMatrix { matrix });
            let items = vec![TextItem::GlyphIds(std::mem::take(&mut self.items))];
            ops.push(Op::ShowText { items });
        }
        self.from = self.x;
    }
}

fn actual_text(text: &str) -> Op {
    let mut bytes = vec![0xfe, 0xff];
    bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
    let map = BTreeMap::from([("ActualText".to_owned(), DictItem::Bytes(bytes))]);
    let properties = DictItem::Dict { map };
    Op::BeginMarkedContentWithProperties { tag: "Span".to_owned(), properties }
}

fn paint(color: Rgb) -> Color {
    let [r, g, b] = color.map(|part| (f32::from(part) / 255.0 * 1000.0).round() / 1000.0);
    Color::Rgb(printpdf::Rgb::new(r, g, b, None))
}

/// Hundredths of a point are finer than any printer, and short to write.
fn exact(value: f32) -> f32 {
    let hundredths = (value * 100.0).round();
    if hundredths.is_finite() { hundredths / 100.0 } else { 0.0 }
}

fn rectangle(area: Area) -> Rect {
    Rect {
        x: Pt(exact(area.x)),
        y: Pt(exact(PAGE_HEIGHT - area.y - area.height)),
        width: Pt(exact(area.width)),
        height: Pt(exact(area.height)),
        mode: Some(PaintMode::Fill),
        winding_order: None,
    }
}

fn corner(x: f32, y: f32) -> LinePoint {
    LinePoint { p: Point { x: Pt(exact(x)), y: Pt(exact(PAGE_HEIGHT - y)) }, bezier: false }
}

fn disc(x: f32, y: f32, radius: f32) -> Polygon {
    let (r, k) = (radius, radius * KAPPA);
    let handle = |dx, dy| LinePoint { bezier: true, ..corner(x + dx, y + dy) };
    let point = |dx, dy| corner(x + dx, y + dy);
    let points = vec![
        point(r, 0.0),
        handle(r, k),
        handle(k, r),
        point(0.0, r),
        handle(-k, r),
        handle(-r, k),
        point(-r, 0.0),
        handle(-r, -k),
        handle(-k, -r),
        point(0.0, -r),
        handle(k, -r),
        handle(r, -k),
        point(r, 0.0),
    ];
    Polygon {
        rings: vec![PolygonRing { points }],
        mode: PaintMode::Fill,
        winding_order: WindingOrder::NonZero,
    }
}
