//! Keeps `docs/` true. `BLESS=1 cargo test --test it docs` rewrites what is generated.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use sodpack::model::{Gives, Holds};

use crate::company::project;

#[test]
fn generated_pages_are_up_to_date() {
    let bless = std::env::var_os("BLESS").is_some();
    let mut stale = Vec::new();
    let pages = sodpack::cli::pages();
    for (path, want) in &pages {
        let file = project("docs").join(path);
        if bless {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, want).unwrap();
        }
        if fs::read_to_string(&file).ok().as_ref() != Some(want) {
            stale.push(path.clone());
        }
    }
    let known: BTreeSet<_> = pages.iter().map(|(path, _)| path.as_str()).collect();
    for folder in ["rules", "ingesters"] {
        for entry in fs::read_dir(project("docs").join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let path = format!("{folder}/{name}");
            if !known.contains(path.as_str()) {
                stale.push(format!("{path} (nothing generates it)"));
            }
        }
    }
    assert!(stale.is_empty(), "stale: {stale:#?}; run `BLESS=1 cargo test --test it docs`");
}

/// Holds a generated part of a page, between two comments, to what it must be.
fn part(page: &str, begin: &str, end: &str, part: &str) {
    let file = project(page);
    let text = fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    let want = format!("{before}{begin}\n{part}\n{end}{after}");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &want).unwrap();
    } else {
        assert!(text == want, "stale: {page}; run `BLESS=1 cargo test --test it docs`");
    }
}

#[test]
fn the_readme_lists_every_source() {
    let begin = "<!-- sources: generated from the ingesters' doc comments -->\n";
    part("README.md", begin, "<!-- end of sources -->", &sodpack::cli::sources());
}

#[test]
fn the_guide_lists_every_word_of_a_mapping() {
    let shapes: BTreeMap<_, _> = Gives::ALL
        .iter()
        .flat_map(|gives| gives.fields())
        .filter_map(|shape| match shape.holds {
            Holds::Word(words) => Some((shape.name, words())),
            Holds::Text | Holds::System | Holds::Time => None,
        })
        .collect();
    let rows = shapes.iter().map(|(name, words)| {
        let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
        format!("| `{name}` | {} |\n", words.join(", "))
    });
    let table = format!("| field | words |\n| --- | --- |\n{}", rows.collect::<String>());
    let begin = "<!-- words: generated from the model -->\n";
    part("docs/guide/own-exports.md", begin, "<!-- end of words -->", &table);
}

#[test]
fn the_guide_says_how_to_collect_every_source() {
    let guide = fs::read_to_string(project("docs/guide/sources.md")).unwrap();
    for ingester in sodpack::ingest::INGESTERS {
        let page = format!("(../ingesters/{}.md)", ingester.id);
        assert!(guide.contains(&page), "docs/guide/sources.md does not name {}", ingester.id);
    }
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut broken = Vec::new();
    let guides = crate::company::files(&project("docs")).into_iter();
    let mut pages: Vec<_> = guides
        .map(|(path, bytes)| (format!("docs/{path}"), bytes))
        .filter(|(path, _)| path.ends_with(".md"))
        .collect();
    pages.push(("README.md".to_owned(), fs::read(project("README.md")).unwrap()));
    for (page, bytes) in pages {
        let text = String::from_utf8(bytes).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let file = target.split('#').next().unwrap();
            let outside = target.contains("://") || target.starts_with('#');
            let beside = project(&page).parent().unwrap().join(file);
            if !outside && !beside.exists() {
                broken.push(format!("{page}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}
