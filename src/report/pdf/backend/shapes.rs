//! Numbers, colours and outlines in printpdf's terms.

use printpdf::{Color, LinePoint, PaintMode, Point, Polygon, PolygonRing, Pt, Rect, WindingOrder};

use crate::report::pdf::display::{Area, PAGE_HEIGHT, Rgb};

/// Distance of the handles of a quarter circle, in radii.
const KAPPA: f32 = 0.552_284_8;

pub(super) fn paint(color: Rgb) -> Color {
    let [r, g, b] = color.map(|part| (f32::from(part) / 255.0 * 1000.0).round() / 1000.0);
    Color::Rgb(printpdf::Rgb::new(r, g, b, None))
}

/// Hundredths of a point are finer than any printer, and short to write.
pub(super) fn exact(value: f32) -> f32 {
    let hundredths = (value * 100.0).round();
    if hundredths.is_finite() { hundredths / 100.0 } else { 0.0 }
}

pub(super) fn rectangle(area: Area) -> Rect {
    Rect {
        x: Pt(exact(area.x)),
        y: Pt(exact(PAGE_HEIGHT - area.y - area.height)),
        width: Pt(exact(area.width)),
        height: Pt(exact(area.height)),
        mode: Some(PaintMode::Fill),
        winding_order: None,
    }
}

pub(super) fn corner(x: f32, y: f32) -> LinePoint {
    LinePoint { p: Point { x: Pt(exact(x)), y: Pt(exact(PAGE_HEIGHT - y)) }, bezier: false }
}

pub(super) fn disc(x: f32, y: f32, radius: f32) -> Polygon {
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
