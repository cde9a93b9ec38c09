//! What it was found in: completeness, rules, method, limits, tables.

use super::{heading, note, paragraph, row, table};
use crate::report::{
    View, charts,
    pdf::document::{Align, Block, Column, Row, Span, Table},
    view::{Definition, ExportFacts},
    wording,
};

use Align::{Left, Right};

/// Rules of one drawing: with more it would have to be shrunk to stand on a page.
const CHARTED: usize = 30;

fn number(n: u64) -> Vec<Span> {
    vec![Span::plain(wording::count(n))]
}

pub(super) fn completeness(view: &View, blocks: &mut Vec<Block>) {
    let all = &view.completeness;
    blocks.push(heading(1, "Completeness of the evidence", "completeness"));
    blocks.push(paragraph(format!(
        "{} in {}; {} could not be read. In every file the items used, not relevant and rejected \
         add up to all items.",
        wording::counted(all.items, "item", "items"),
        wording::counted(all.sources.total, "file", "files"),
        wording::count(all.rejects)
    )));
    if !all.gaps.rows.is_empty() {
        blocks.push(heading(2, "Gaps", ""));
        note(&all.gaps.note, blocks);
        let gaps = all.gaps.rows.iter();
        let line = |gap: &crate::report::view::SourceGap| {
            vec![Span::mono(&gap.path), Span::plain(format!(": {}", gap.text))]
        };
        blocks.push(Block::List(gaps.map(line).collect()));
    }
    if !all.missing_days.is_empty() {
        blocks.push(heading(2, "Days without a record", ""));
        blocks.push(paragraph(
            "By days in UTC, for each group of files of one export, region or repository.",
        ));
        let days = all.missing_days.iter().map(|days| vec![Span::plain(&days.statement)]);
        blocks.push(Block::List(days.collect()));
    }
    if !all.numbered.is_empty() {
        blocks.push(heading(2, "Numbers that are missing", ""));
        blocks.push(paragraph(&all.numbered));
    }
    if all.missing_numbers.is_empty() && !all.numbered.is_empty() {
        blocks.push(paragraph("None is missing."));
    } else if !all.missing_numbers.is_empty() {
        blocks.push(paragraph(
            "Between the first and the last one made in the period. An export left them out, they \
             were deleted, or they are lost.",
        ));
        let numbers = all.missing_numbers.iter().map(|numbers| vec![Span::plain(numbers)]);
        blocks.push(Block::List(numbers.collect()));
    }
    blocks.push(heading(2, "Sources", ""));
    blocks.push(paragraph(
        "Files of one export are told together. tables/sources.csv has every file with its \
         SHA-256, length, counts and times.",
    ));
    let titles = [
        ("Export", 43.0, Left),
        ("Items", 9.0, Right),
        ("Used", 9.0, Right),
        ("Not relevant", 10.0, Right),
        ("Rejected", 10.0, Right),
        ("Duplicates", 10.0, Right),
        ("Outside", 9.0, Right),
    ];
    let rows = all.exports.iter().map(export).collect();
    blocks.push(table(&titles, rows, "No file was read."));
}

fn export(s: &ExportFacts) -> Row {
    let mut told = vec![
        Span::mono(format!("{}\n", s.place)),
        Span::muted(format!(
            "{}, {}; {}, {}; {}",
            s.format,
            s.system,
            wording::counted(s.files, "file", "files"),
            wording::counted(s.counts.bytes, "byte", "bytes"),
            s.exported
        )),
    ];
    if let Some(command) = &s.command {
        told.push(Span::muted(format!(", with {command}")));
    }
    if let Some((first, last)) = &s.times {
        told.push(Span::muted(format!("\nholds {first} to {last}")));
    }
    let c = &s.counts;
    let counts = [c.items, c.lowered, c.irrelevant, c.rejected, c.duplicates, c.outside];
    row([told].into_iter().chain(counts.map(number)).collect(), None)
}

pub(super) fn rules(view: &View, blocks: &mut Vec<Block>) {
    blocks.push(heading(1, "Verdicts by rule", "rules"));
    blocks.push(paragraph(
        "One verdict for each rule and each thing that it tests. Passes count as much as \
         violations: tables/verdicts.csv lists them all. The deviation rate is the share of \
         violations in what was tested; where evidence is missing it is the least that it can be. \
         It says nothing about other periods.",
    ));
    let caption = "Verdicts by rule, without what a rule does not apply to.".to_owned();
    for figure in charts::verdicts(&view.rules, CHARTED) {
        blocks.push(Block::Figure { figure, caption: caption.clone() });
    }
    let rows = view.rules.iter().map(|rule| {
        let name = vec![
            Span::bold(rule.id),
            Span::plain(format!(" {}\n", rule.severity)).toned(rule.severity_tone),
            Span::muted(format!("{} · {}", rule.class, rule.criteria)),
        ];
        let counts =
            [rule.population, rule.pass, rule.violation, rule.indeterminate, rule.not_applicable];
        let rate = vec![Span::plain(rule.rate.replace(" %", "\u{a0}%"))];
        row([name].into_iter().chain(counts.map(number)).chain([rate]).collect(), None)
    });
    let titles = [
        ("Rule", 38.0, Left),
        ("Tested", 10.0, Right),
        ("Pass", 10.0, Right),
        ("Violation", 11.0, Right),
        ("Evidence missing", 12.0, Right),
        ("Not applicable", 12.0, Right),
        ("Deviation rate", 12.0, Right),
    ];
    blocks.push(table(&titles, rows.collect(), ""));
    for rule in &view.rules {
        blocks.push(heading(3, rule.id, &format!("rule-{}", rule.id)));
        blocks.push(paragraph(format!("A violation is: {}.", rule.summary)));
        blocks.push(paragraph(&rule.tests));
        blocks.push(paragraph(&rule.why));
    }
}

fn words(all: &[Definition]) -> Block {
    let word = |word: &Definition| (word.term.clone(), vec![Span::plain(&word.text)]);
    Block::Facts(all.iter().map(word).collect())
}

pub(super) fn method(view: &View, blocks: &mut Vec<Block>) {
    blocks.push(heading(1, "Method and policy", "method"));
    blocks.push(words(&view.method.definitions));
    blocks.push(heading(2, "Policy in force", ""));
    blocks.push(words(&view.method.policy));
    blocks.push(heading(2, "Files that people wrote", ""));
    let file = |file: &crate::report::view::Written| {
        let cells = [Span::bold(&file.what), Span::mono(&file.path), Span::mono(&file.sha256)];
        row(cells.map(|cell| vec![cell]).into(), None)
    };
    let titles = [("What", 18.0, Left), ("File", 27.0, Left), ("SHA-256", 55.0, Left)];
    blocks.push(table(&titles, view.method.written.iter().map(file).collect(), ""));
}

pub(super) fn limits(view: &View, blocks: &mut Vec<Block>) {
    blocks.push(heading(1, "What this cannot show", "limits"));
    let general = view.limits.general.iter().map(|text| vec![Span::plain(*text)]);
    blocks.push(Block::List(general.collect()));
    blocks.push(heading(2, "What each rule cannot see", ""));
    let blind = view.limits.blind.iter();
    let blind = blind.map(|blind| (blind.rule.to_owned(), vec![Span::plain(&blind.text)]));
    blocks.push(Block::Facts(blind.collect()));
}

pub(super) fn tables(view: &View, blocks: &mut Vec<Block>) {
    blocks.push(heading(1, "Tables", "tables"));
    blocks.push(paragraph(
        "Every fact, row by row, for spreadsheets and query engines. tables/README.md says what \
         each column means and how to get original text back. Times in the tables are in UTC.",
    ));
    let rows = view.listings.iter().map(|listing| {
        let path = vec![Span::mono(&listing.rows.table)];
        let summary = vec![Span::plain(listing.summary)];
        row(vec![path, number(listing.rows.total), summary], None)
    });
    let titles = [("File", 34.0, Left), ("Rows", 12.0, Right), ("A row is", 54.0, Left)];
    blocks.push(table(&titles, rows.collect(), ""));
    for listing in view.listings.iter().filter(|listing| listing.printed) {
        blocks.push(heading(2, listing.title, &format!("table-{}", listing.id)));
        let head = |head: &crate::report::view::Head| Column {
            title: head.title.to_owned(),
            weight: f32::from(head.width),
            ..Column::default()
        };
        let rows = listing
            .rows
            .rows
            .iter()
            .map(|cells| row(cells.iter().map(|cell| vec![Span::plain(cell)]).collect(), None));
        blocks.push(Block::Table(Table {
            columns: listing.heads.iter().map(head).collect(),
            rows: rows.collect(),
            note: listing.rows.note.clone(),
            empty: "None.".to_owned(),
        }));
    }
}
