//! The view as a document for paper, in the same order as the page.

mod evidence;
mod exceptions;
mod findings;
mod stories;

use super::{
    View, hostile,
    pdf::document::{Align, Block, Column, Cover, Document, Link, Row, Span, Table},
};
use crate::report::figure::Tone;

/// Lays out the view as a document.
pub fn document(view: &View) -> Document {
    let cover = &view.cover;
    let title = format!("Separation of duties, {}", cover.period);
    let mut blocks = Vec::new();
    findings::attention(view, &mut blocks);
    findings::agent_changes(view, &mut blocks);
    findings::approvers(view, &mut blocks);
    exceptions::exceptions(view, &mut blocks);
    stories::stories(view, &mut blocks);
    exceptions::denials(view, &mut blocks);
    evidence::completeness(view, &mut blocks);
    evidence::rules(view, &mut blocks);
    evidence::method(view, &mut blocks);
    evidence::limits(view, &mut blocks);
    evidence::tables(view, &mut blocks);
    Document {
        subject: format!("Evidence of separation of duties for {}", cover.period),
        author: cover.organisation.clone(),
        language: "en".to_owned(),
        keywords: ["SOC 2", "separation of duties", "CC6.1", "CC6.3", "CC8.1"]
            .map(str::to_owned)
            .into(),
        created: cover.as_of_seconds,
        identifier: format!("sodpack {} {}", cover.organisation, cover.label),
        cover: front(view),
        blocks,
        header: format!("{} · {title}", cover.organisation),
        footer: format!("Judged as of {} ({})", cover.as_of, cover.zone),
        title,
    }
}

fn front(view: &View) -> Cover {
    let cover = &view.cover;
    let mut repositories: Vec<_> =
        cover.repositories.iter().map(|(name, n)| format!("{name} ({n})")).collect();
    if cover.more_repositories > 0 {
        repositories.push(format!("and {} more", cover.more_repositories));
    }
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let (from, until) = &cover.bounds;
    let mut statement: Vec<_> =
        cover.result.iter().map(|sentence| vec![Span::bold(sentence)]).collect();
    statement.push(vec![Span::muted(
        "This report supports an auditor's judgement. It does not certify that a control operated \
         effectively.",
    )]);
    Cover {
        kicker: cover.organisation.clone(),
        title: "Separation of duties".to_owned(),
        subtitle: cover.period.clone(),
        facts: vec![
            fact("Period", format!("{from} up to, not including, {until}")),
            fact("Judged as of", format!("{}; times are in {}", cover.as_of, cover.zone)),
            fact("Repositories", repositories.join(", ")),
            fact("Evidence", format!("{} files: {}", cover.sources, cover.formats.join(", "))),
            fact("Criteria", "SOC 2 CC6.1, CC6.3, CC8.1; also CC5.1, CC7.2, CC2.1".to_owned()),
            fact("Made with", format!("sodpack {}", cover.tool_version)),
        ],
        statement,
        tone: cover.tone,
    }
}

fn heading(level: u8, text: &str, anchor: &str) -> Block {
    let anchor = (!anchor.is_empty()).then(|| anchor.to_owned());
    Block::Heading { level, text: text.to_owned(), anchor }
}

fn paragraph(text: impl Into<String>) -> Block {
    Block::Paragraph(vec![Span::plain(text)])
}

/// A list that is cut short says so before it begins.
fn note(note: &Option<String>, blocks: &mut Vec<Block>) {
    if let Some(note) = note {
        blocks.push(Block::Callout {
            tone: Tone::Info,
            title: String::new(),
            body: vec![Span::plain(note)],
        });
    }
}

fn columns(titles: &[(&str, f32, Align)]) -> Vec<Column> {
    let column = |(title, weight, align): &(&str, f32, Align)| Column {
        title: (*title).to_owned(),
        weight: *weight,
        align: *align,
        mono: false,
    };
    titles.iter().map(column).collect()
}

fn table(titles: &[(&str, f32, Align)], rows: Vec<Row>, empty: &str) -> Block {
    let (columns, empty) = (columns(titles), empty.to_owned());
    Block::Table(Table { columns, rows, note: None, empty })
}

fn row(cells: Vec<Vec<Span>>, tone: Option<Tone>) -> Row {
    Row { cells, tone }
}

/// Text that leads to a web address, where that may be a link.
fn linked(text: &str, url: &Option<String>) -> Span {
    let span = Span::bold(text);
    match url.as_deref().and_then(hostile::link) {
        Some(url) => span.linked(Link::Uri(url)),
        None => span,
    }
}

/// Text that leads to another part of the document.
fn to(text: impl Into<String>, anchor: &str) -> Span {
    Span::plain(text).linked(Link::Anchor(anchor.to_owned()))
}

/// Where a record was read, and its copy in the pack.
fn place(place: &str, record: &str) -> Span {
    match record {
        "" => Span::muted(place),
        record => Span::muted(format!("{place} [{record}]")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Report, csv::write_table, pdf, sample, tables::TABLES};

    fn view(report: &Report<'_>) -> View {
        let tables = TABLES.iter().map(|table| write_table(report, table, std::io::sink()));
        View::new(report, &tables.collect::<Result<Vec<_>, _>>().unwrap())
    }

    fn texts(document: &Document) -> String {
        format!("{:?}{:?}", document.cover, document.blocks)
    }

    #[test]
    fn what_the_page_says_the_paper_says() {
        sample::company().with(|report| {
            let view = view(report);
            let text = texts(&document(&view));
            for exception in &report.assessment.exceptions {
                assert!(text.contains(&exception.id), "{}", exception.id);
                let statement = hostile::statement(&exception.statement);
                assert!(text.contains(&statement), "{statement}");
            }
            for word in ["no record of execution", "None given.", "inferred from snapshots"] {
                assert!(text.contains(word), "{word}");
            }
            assert!(!text.to_lowercase().contains("compliant"));
        });
    }

    #[test]
    fn hostile_text_gives_a_document_without_hostile_links() {
        sample::hostile().with(|report| {
            let document = document(&view(report));
            let text = texts(&document);
            assert!(!text.contains("Uri(\"javascript") && !text.contains("\\u{202e}"));
            let bytes = pdf::render(&document).unwrap();
            assert!(bytes.starts_with(b"%PDF-"));
        });
    }

    #[test]
    fn one_view_gives_one_document() {
        sample::company().with(|report| {
            let view = view(report).limited(3);
            let render = || pdf::render(&document(&view)).unwrap();
            assert!(render() == render());
        });
    }
}
