//! Keeps `docs/` true. `BLESS=1 cargo test --test it docs` rewrites what is generated.

use std::{collections::BTreeSet, fs};

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

#[test]
fn the_readme_lists_every_source() {
    const BEGIN: &str = "<!-- sources: generated from the ingesters' doc comments -->\n";
    const END: &str = "<!-- end of sources -->";
    let readme = fs::read_to_string(project("README.md")).unwrap();
    let (before, rest) = readme.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let want = format!("{before}{BEGIN}\n{}\n{END}{after}", sodpack::cli::sources());
    if std::env::var_os("BLESS").is_some() {
        fs::write(project("README.md"), &want).unwrap();
    } else {
        assert!(readme == want, "stale: README.md; run `BLESS=1 cargo test --test it docs`");
    }
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
