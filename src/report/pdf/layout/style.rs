//! The look: colours, sizes and measures, in one place.

use crate::report::figure::{Role, Tone};
use crate::report::pdf::display::{PAGE_HEIGHT, PAGE_WIDTH, Rgb};

const MM: f32 = 72.0 / 25.4;

/// Left edge of the text.
pub(super) const LEFT: f32 = 22.0 * MM;
/// Right edge of the text.
pub(super) const RIGHT: f32 = PAGE_WIDTH - 22.0 * MM;
/// Width of the text.
pub(super) const MEASURE: f32 = RIGHT - LEFT;
/// Where text begins on a page.
pub(super) const TOP: f32 = 30.0 * MM;
/// Where text ends on a page.
pub(super) const BOTTOM: f32 = PAGE_HEIGHT - 26.0 * MM;
/// Baseline of the header.
pub(super) const HEADER: f32 = 17.0 * MM;
/// Baseline of the footer.
pub(super) const FOOTER: f32 = PAGE_HEIGHT - 14.0 * MM;

/// Size and distance of baselines of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Type {
    pub(super) size: f32,
    pub(super) leading: f32,
}

const fn set(size: f32, leading: f32) -> Type {
    Type { size, leading }
}

/// Running text.
pub(super) const BODY: Type = set(9.5, 14.5);
/// Text of tables.
pub(super) const CELL: Type = set(7.8, 11.2);
/// Titles of columns.
pub(super) const COLUMN: Type = set(7.4, 10.4);
/// Captions, notes, header and footer.
pub(super) const SMALL: Type = set(7.6, 10.8);
/// Titles of sections, by level.
pub(super) const HEADINGS: [Type; 3] = [set(20.0, 26.0), set(13.0, 18.0), set(10.5, 15.0)];
/// The cover's title.
pub(super) const TITLE: Type = set(31.0, 38.0);
/// The cover's subtitle.
pub(super) const SUBTITLE: Type = set(13.0, 19.0);
/// Key figures.
pub(super) const VALUE: Type = set(20.0, 25.0);

/// Text.
pub(super) const INK: Rgb = [0x1d, 0x26, 0x30];
/// Titles and the few marks that carry the document's colour.
pub(super) const ACCENT: Rgb = [0x14, 0x35, 0x57];
/// Secondary text.
pub(super) const MUTED: Rgb = [0x5c, 0x69, 0x78];
/// Hair lines.
pub(super) const RULE: Rgb = [0xd6, 0xdd, 0xe5];
/// Bands of a table, ground of neutral boxes.
pub(super) const GROUND: Rgb = [0xf5, 0xf7, 0xfa];
/// Header of a table.
pub(super) const HEAD_GROUND: Rgb = [0xe9, 0xee, 0xf4];
/// Text that leads somewhere.
pub(super) const LINK: Rgb = [0x1b, 0x56, 0x98];

/// The colour of text and marks of a tone; at least 4.5:1 on white and on its own ground
/// (WCAG 2.1, 1.4.3).
pub(super) fn strong(tone: Tone) -> Rgb {
    match tone {
        Tone::Neutral => [0x42, 0x50, 0x60],
        Tone::Good => [0x1b, 0x66, 0x45],
        Tone::Warn => [0x85, 0x55, 0x00],
        Tone::Bad => [0xa1, 0x22, 0x1d],
        Tone::Info => [0x1b, 0x56, 0x98],
    }
}

/// The tint behind text of a tone.
pub(super) fn soft(tone: Tone) -> Rgb {
    match tone {
        Tone::Neutral => [0xf1, 0xf4, 0xf7],
        Tone::Good => [0xea, 0xf5, 0xef],
        Tone::Warn => [0xfd, 0xf4, 0xdf],
        Tone::Bad => [0xfc, 0xec, 0xea],
        Tone::Info => [0xe9, 0xf1, 0xfa],
    }
}

/// The colour of a figure's role on paper.
pub(super) fn role(role: Role) -> Rgb {
    match role {
        Role::Ink => INK,
        Role::Muted => MUTED,
        Role::Rule => RULE,
        Role::Ground => GROUND,
        Role::Paper => [0xff; 3],
        Role::Strong(tone) => strong(tone),
        Role::Soft(tone) => soft(tone),
    }
}
