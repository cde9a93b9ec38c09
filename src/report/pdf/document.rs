//! What a PDF is asked to show: plain data, filled by the caller, without a word about layout.
//!
//! All text is untrusted. It is never interpreted: no markup, no escapes; what cannot be shown
//! faithfully is shown by code point (see [`super::visible`]).

use crate::report::figure::Figure;
pub use crate::report::figure::Tone;

/// A whole document, from which the same bytes come every time.
#[derive(Clone, Debug, Default)]
pub struct Document {
    /// Title in the metadata and in the window's title bar.
    pub title: String,
    /// One sentence for the metadata.
    pub subject: String,
    /// The organisation that answers for the document.
    pub author: String,
    /// BCP 47 tag of the language of the text, such as `en`.
    pub language: String,
    /// Words for the metadata.
    pub keywords: Vec<String>,
    /// Seconds since the Unix epoch, UTC; printed in the metadata only.
    pub created: i64,
    /// Stable name of the document; goes into the file identifier together with the content.
    pub identifier: String,
    /// The first page.
    pub cover: Cover,
    /// What follows the contents, in reading order.
    pub blocks: Vec<Block>,
    /// Left half of the line above every page but the cover.
    pub header: String,
    /// Left half of the line below every page but the cover; page numbers stand to its right.
    pub footer: String,
}

/// The first page: what, whose, when, and the one statement that matters.
#[derive(Clone, Debug, Default)]
pub struct Cover {
    /// Short line above the title, such as the organisation.
    pub kicker: String,
    /// The largest text of the document.
    pub title: String,
    /// One or two lines below the title.
    pub subtitle: String,
    /// Names and values, in two columns.
    pub facts: Vec<(String, String)>,
    /// Paragraphs of the statement at the foot of the page.
    pub statement: Vec<Vec<Span>>,
    /// Colour of the statement.
    pub tone: Tone,
}

/// One thing in the flow of the text.
#[derive(Clone, Debug)]
pub enum Block {
    /// A section's title. Level 1 starts a page; every level is in the outline, 1 and 2 are in
    /// the contents.
    Heading {
        /// 1 to 3; other values are clamped.
        level: u8,
        /// The title, on as many lines as it needs.
        text: String,
        /// Name by which [`Link::Anchor`] finds it. The first of equal names wins.
        anchor: Option<String>,
    },
    /// Running text.
    Paragraph(Vec<Span>),
    /// Bulleted items.
    List(Vec<Vec<Span>>),
    /// Names and values, in two columns.
    Facts(Vec<(String, Vec<Span>)>),
    /// Rows under a header that is repeated on every page.
    Table(Table),
    /// A drawing and what it shows.
    Figure {
        /// The drawing; scaled down if wider than the text.
        figure: Figure,
        /// One or two sentences below it; may be empty.
        caption: String,
    },
    /// A tinted box for what must not be missed.
    Callout {
        /// Its colour.
        tone: Tone,
        /// One bold line; may be empty.
        title: String,
        /// The text.
        body: Vec<Span>,
    },
    /// Key figures side by side, up to four a row.
    Tiles(Vec<Tile>),
    /// Whatever follows starts on a new page.
    PageBreak,
}

/// A key figure.
#[derive(Clone, Debug, Default)]
pub struct Tile {
    /// What is counted.
    pub label: String,
    /// The figure, short.
    pub value: String,
    /// One line that puts it in proportion; may be empty.
    pub note: String,
    /// Colour of the figure.
    pub tone: Tone,
}

/// A piece of text in one style. A line feed in it breaks the line.
#[derive(Clone, Debug, Default)]
pub struct Span {
    /// The text, as it is in the source.
    pub text: String,
    /// How it is set.
    pub style: SpanStyle,
    /// Where it leads.
    pub link: Option<Link>,
    /// Its colour, if not that of the style.
    pub tone: Option<Tone>,
}

/// How a piece of text is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpanStyle {
    /// As the text around it.
    #[default]
    Regular,
    /// Heavier.
    Bold,
    /// Every character equally wide: identifiers, digests, paths.
    Mono,
    /// Lighter in colour.
    Muted,
}

/// Where a piece of text leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// A web address. Anything but `http` and `https` stays text.
    Uri(String),
    /// A heading of the same document. A name that no heading bears stays text.
    Anchor(String),
}

/// A table; its columns share the width of the text.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Titles and proportions of the columns.
    pub columns: Vec<Column>,
    /// The rows; cells beyond the last column are not shown.
    pub rows: Vec<Row>,
    /// A line below the table, such as how many rows were left out and where they are.
    pub note: Option<String>,
    /// What is said when there are no rows.
    pub empty: String,
}

/// A column of a table.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// Its title, repeated on every page.
    pub title: String,
    /// Its share of the width against the other columns' weights; not above zero means 1.
    pub weight: f32,
    /// Where its text stands.
    pub align: Align,
    /// Whether regular text in it is set with equally wide characters.
    pub mono: bool,
}

/// Where a cell's text stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right edge: numbers.
    Right,
}

/// A row of a table.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// One text a column.
    pub cells: Vec<Vec<Span>>,
    /// Tint of the whole row.
    pub tone: Option<Tone>,
}

impl Span {
    /// Text as the text around it.
    pub fn plain(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// Heavier text.
    pub fn bold(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: SpanStyle::Bold, ..Self::default() }
    }

    /// Text with equally wide characters.
    pub fn mono(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: SpanStyle::Mono, ..Self::default() }
    }

    /// Text in a lighter colour.
    pub fn muted(text: impl Into<String>) -> Self {
        Self { text: text.into(), style: SpanStyle::Muted, ..Self::default() }
    }

    /// The same text, leading somewhere.
    #[must_use]
    pub fn linked(mut self, link: Link) -> Self {
        self.link = Some(link);
        self
    }

    /// The same text in the colour of `tone`.
    #[must_use]
    pub fn toned(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }
}
