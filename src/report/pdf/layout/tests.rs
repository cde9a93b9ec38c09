//! What a reader relies on, checked on the display list.

use super::*;
use crate::report::figure::Tone;
use crate::report::pdf::display::{Area, PAGE_HEIGHT, PAGE_WIDTH};
use crate::report::pdf::document::{Column, Link, Row, Span, Table, Tile};

fn heading(level: u8, text: &str) -> Block {
    Block::Heading { level, text: text.into(), anchor: Some(text.into()) }
}

fn laid(blocks: Vec<Block>) -> Layout {
    let header = "Header".into();
    lay_out(&Document { blocks, header, footer: "Footer".into(), ..Document::default() }).unwrap()
}

fn table(rows: usize, cell: &str) -> Table {
    let column = |title: &str| Column { title: title.into(), weight: 1.0, ..Column::default() };
    let row = |i: usize| Row {
        cells: vec![vec![Span::plain(format!("row {i}"))], vec![Span::plain(cell)]],
        tone: Some(Tone::Bad),
    };
    let columns = vec![column("Number"), column("What")];
    Table { columns, rows: (0..rows).map(row).collect(), note: None, empty: "nothing".into() }
}

fn pages_with(layout: &Layout, text: &str) -> Vec<usize> {
    (0..layout.pages.len()).filter(|&p| layout.text(p).iter().any(|t| t == text)).collect()
}

#[test]
fn the_header_of_a_table_is_on_each_of_its_pages_and_no_row_is_lost() {
    let layout = laid(vec![Block::Table(table(120, "x"))]);
    let pages: Vec<usize> = (1..layout.pages.len()).collect();
    assert!(pages.len() > 2);
    assert_eq!(pages_with(&layout, "What"), pages);
    for row in 0..120 {
        assert_eq!(pages_with(&layout, &format!("row {row}")).len(), 1, "{row}");
    }
}

#[test]
fn a_row_higher_than_a_page_goes_on_and_stays_inside_the_page() {
    let words: Vec<String> = (0..4000).map(|i| format!("w{i}")).collect();
    let layout = laid(vec![Block::Table(table(1, &words.join(" ")))]);
    assert!(layout.pages.len() > 3);
    let all: Vec<String> = (1..layout.pages.len()).flat_map(|p| layout.text(p)).collect();
    let all = all.join(" ");
    assert!(words.iter().all(|word| all.contains(word.as_str())));
    for command in layout.pages.iter().flatten() {
        if let Cmd::Text { y, .. } = command {
            assert!(*y > 0.0 && *y < PAGE_HEIGHT, "{y}");
        }
    }
}

#[test]
fn contents_name_the_pages_on_which_the_titles_stand() {
    let mut blocks = Vec::new();
    for section in 0..70 {
        blocks.push(heading(1, &format!("Section {section}")));
        blocks.push(Block::Paragraph(vec![Span::plain("text ".repeat(40))]));
    }
    let layout = laid(blocks);
    assert_eq!(layout.outline.len(), 70);
    for entry in &layout.outline {
        assert!(layout.text(entry.page).contains(&entry.title), "{entry:?}");
    }
    // Cover, three pages of contents, one page a section
    assert_eq!(layout.outline[0].page, 4);
    let listed = layout.text(1);
    let place = listed.iter().position(|text| text == "Section 0").unwrap();
    assert_eq!(listed[place + 1], "5");
    assert!(layout.text(4).contains(&"Page 5 of 74".to_owned()), "{:?}", layout.text(4));
    assert!(!layout.text(0).iter().any(|text| text.starts_with("Page")));
}

#[test]
fn a_title_stands_with_what_follows() {
    for lines in 0..60 {
        let filler = Block::Paragraph(vec![Span::plain("a\n".repeat(lines))]);
        let tall = format!("mark {}", "\nline".repeat(12));
        let body = vec![Span::plain(&tall)];
        for next in [
            Block::Tiles(vec![Tile { label: "mark".into(), ..Tile::default() }]),
            Block::Table(table(2, &tall)),
            Block::Callout { tone: Tone::Info, title: "call".into(), body },
        ] {
            let blocks = vec![filler.clone(), heading(2, "Title"), heading(3, "Sub"), next];
            let layout = laid(blocks);
            let mark = (1..layout.pages.len())
                .find(|&page| layout.text(page).iter().any(|text| text.starts_with("mark")));
            assert_eq!(pages_with(&layout, "Title").last().copied(), mark, "{lines}");
        }
    }
}

#[test]
fn links_lead_to_the_web_or_to_a_title_or_nowhere() {
    let to = |text: &str, link| Span::plain(text).linked(link);
    let layout = laid(vec![
        Block::Paragraph(vec![
            to("web ", Link::Uri("https://example.com/".into())),
            to("script ", Link::Uri("javascript:alert(1)".into())),
            to("title ", Link::Anchor("Goal".into())),
            to("nowhere", Link::Anchor("missing".into())),
        ]),
        heading(1, "Goal"),
    ]);
    let body: Vec<&Cmd> = layout.pages.iter().skip(2).flatten().collect();
    let uris = body.iter().filter_map(|c| match c {
        Cmd::Uri { uri, .. } => Some(uri.as_ref()),
        _ => None,
    });
    assert_eq!(uris.collect::<Vec<_>>(), ["https://example.com/"]);
    let goals = body.iter().filter_map(|c| match c {
        Cmd::Goto { page, .. } => Some(*page),
        _ => None,
    });
    assert_eq!(goals.collect::<Vec<_>>(), [3]);
}

#[test]
fn marked_content_is_paired_and_never_nested() {
    let long = vec![Span::plain("word ".repeat(3000))];
    let layout = laid(vec![
        Block::Paragraph(long.clone()),
        Block::List(vec![long.clone()]),
        Block::Callout { tone: Tone::Warn, title: "t".into(), body: long },
        Block::Table(table(90, "x")),
    ]);
    for page in &layout.pages {
        let mut open = false;
        for command in page {
            match command {
                Cmd::Begin { .. } => assert!(!std::mem::replace(&mut open, true)),
                Cmd::End => assert!(std::mem::replace(&mut open, false)),
                _ => {}
            }
        }
        assert!(!open);
    }
}

#[test]
fn nothing_is_painted_outside_the_page() {
    let wide = "x".repeat(3000);
    let layout = laid(vec![
        heading(1, &wide),
        Block::Facts(vec![(wide.clone(), vec![Span::mono(&wide)])]),
        Block::Tiles(vec![Tile { label: "l".into(), value: wide.clone(), ..Tile::default() }; 5]),
        Block::Table(table(2, &wide)),
        Block::Callout { tone: Tone::Bad, title: wide.clone(), body: vec![Span::bold(&wide)] },
    ]);
    for command in layout.pages.iter().flatten() {
        let (x, width) = match command {
            Cmd::Text { x, size, words, .. } => {
                (*x, words.iter().map(|word| word.width).sum::<f32>() * size)
            }
            Cmd::Rect { area: Area { x, y, width, height }, .. } => {
                assert!(*y >= 0.0 && y + height <= PAGE_HEIGHT + 0.01, "{command:?}");
                (*x, *width)
            }
            _ => continue,
        };
        assert!(x >= 0.0 && x + width <= PAGE_WIDTH, "{x} + {width}");
    }
}

#[test]
fn an_empty_document_is_a_cover() {
    assert_eq!(laid(Vec::new()).pages.len(), 1);
    let layout = laid(vec![Block::Table(table(0, ""))]);
    assert_eq!(pages_with(&layout, "nothing"), [1]);
}
