//! Drawings that look the same in the HTML and in the PDF report.
//!
//! A figure is a list of simple shapes whose colours are roles, not values: the HTML page gives
//! them the colours of its light or dark theme, the PDF those of paper.

mod bars;
mod grid;
mod label;
mod svg;
mod timeline;

pub use bars::{Bar, bars, longest};
pub use grid::{Grid, grid};
pub use svg::{CSS, svg};
pub use timeline::{Moment, timeline};

/// What a thing means for the reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Neutral,
    /// As it should be.
    Good,
    /// To be looked at.
    Warn,
    /// A breach or a failure.
    Bad,
    /// Worth knowing.
    Info,
}

/// What a colour of a figure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Text.
    Ink,
    /// Secondary text.
    Muted,
    /// Hair lines.
    Rule,
    /// A faint area.
    Ground,
    /// The colour of what the figure is drawn on.
    Paper,
    /// Marks of a tone.
    Strong(Tone),
    /// Areas of a tone, behind text.
    Soft(Tone),
}

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    #[default]
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// One shape. Lengths are points; the origin is the upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A filled rectangle.
    Rect {
        /// Left edge.
        x: f32,
        /// Upper edge.
        y: f32,
        /// Width.
        width: f32,
        /// Height.
        height: f32,
        /// Colour.
        fill: Role,
    },
    /// A filled circle.
    Disc {
        /// Centre.
        x: f32,
        /// Centre.
        y: f32,
        /// Radius.
        radius: f32,
        /// Colour.
        fill: Role,
    },
    /// A line through points.
    Polyline {
        /// At least two.
        points: Vec<(f32, f32)>,
        /// Thickness.
        width: f32,
        /// Colour.
        stroke: Role,
    },
    /// One line of text.
    Text {
        /// Where the anchored part stands.
        x: f32,
        /// The baseline.
        y: f32,
        /// Size of the type.
        size: f32,
        /// Which part stands at `x`.
        anchor: Anchor,
        /// Whether it is heavier.
        bold: bool,
        /// Colour.
        fill: Role,
        /// The text, already shortened to its place.
        text: String,
    },
}

/// A drawing of a size, in points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figure {
    /// What it shows, in words, for who cannot see it.
    pub title: String,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
    /// What is drawn, the first at the bottom.
    pub shapes: Vec<Shape>,
}
