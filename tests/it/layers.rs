//! Data goes one way: a stage names only those that it may.

use std::path::Path;

use crate::company::project;

/// The stages, and what each may name.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("policy", &["model"]),
    ("ingest", &["model"]),
    ("crossref", &["model", "policy"]),
    ("report", &["model", "policy", "crossref"]),
    ("pack", &["model", "report"]),
    ("cli", &["model", "policy", "ingest", "crossref", "report", "pack"]),
];

#[test]
fn data_goes_one_way() {
    let mut wrong = Vec::new();
    for (layer, allowed) in LAYERS {
        // A folder of tests may set its scene with what people write, as people write it.
        let own = sources(&project("src").join(layer)).into_iter();
        for (path, text) in own.filter(|(path, _)| !path.split('/').any(|part| part == "tests")) {
            for (other, _) in LAYERS {
                if other != layer && !allowed.contains(other) && names(&text, other) {
                    wrong.push(format!("src/{layer}/{path} names {other}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_stage_is_in_the_table() {
    let library = std::fs::read_to_string(project("src/lib.rs")).unwrap();
    let stages: Vec<_> = library
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    assert_eq!(stages.len(), LAYERS.len());
    assert!(stages.iter().all(|stage| LAYERS.iter().any(|(layer, _)| layer == stage)));
}

#[test]
fn the_reader_of_imports_sees_each_spelling() {
    for text in [
        "use crate::pack;",
        "use crate::{\n    model::Act,\n    pack::Digest,\n};",
        "crate::pack::x()",
    ] {
        assert!(names(text, "pack"), "{text}");
    }
    for text in ["// use crate::pack;", "use crate::{package, model::{pack_it}};", "let pack = 1;"]
    {
        assert!(!names(text, "pack"), "{text}");
    }
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let files = crate::company::files(folder).into_iter();
    files.map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap())).collect()
}

/// Tells whether code names a stage: `crate::stage`, alone or in a braced list of imports.
fn names(text: &str, layer: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.map(|line| format!("{line}\n")).collect();
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let ends = |rest: &str| !rest.starts_with(word);
    let direct = code
        .match_indices(&format!("crate::{layer}"))
        .any(|(at, found)| ends(&code[at + found.len()..]));
    direct
        || code.split("crate::{").skip(1).any(|rest| {
            top_level(rest).iter().any(|item| item.strip_prefix(layer).is_some_and(ends))
        })
}

/// The items of a braced list up to its closing brace, without what inner braces hold.
fn top_level(list: &str) -> Vec<String> {
    let (mut depth, mut items) = (0, vec![String::new()]);
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => items.push(String::new()),
            c if depth == 0 && !c.is_whitespace() => items.last_mut().unwrap().push(c),
            _ => {}
        }
    }
    items
}
