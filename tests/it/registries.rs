//! What every rule, ingester and table must be.

use sodpack::{crossref::RULES, ingest::INGESTERS, report::tables::TABLES};

use crate::company::project;

fn sorted(ids: &[&str]) -> bool {
    ids.windows(2).all(|pair| pair[0] < pair[1])
}

#[test]
fn registries_are_sorted_and_unique() {
    assert!(sorted(&RULES.iter().map(|rule| rule.id).collect::<Vec<_>>()));
    assert!(sorted(&INGESTERS.iter().map(|ingester| ingester.id).collect::<Vec<_>>()));
    assert!(sorted(&TABLES.iter().map(|table| table.id).collect::<Vec<_>>()));
}

#[test]
fn rules_live_in_the_file_of_their_name() {
    let folder = project("src/crossref/rules");
    for rule in RULES {
        let file = folder.join(format!("{}.rs", rule.id.replace('-', "_")));
        assert!(file.exists(), "{}", file.display());
    }
    let files = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(files, RULES.len() + 1, "a file of src/crossref/rules is no rule");
}

#[test]
fn rules_are_documented() {
    for rule in RULES {
        for heading in [" ## What it tests\n", " ## Why it matters\n", " ## What it cannot see\n"] {
            assert!(rule.docs.contains(heading), "{}: no{heading}", rule.id);
        }
        let summary = rule.summary;
        assert!(summary.starts_with(char::is_lowercase) && !summary.ends_with('.'), "{summary}");
        assert!(!rule.criteria.is_empty(), "{}", rule.id);
        for implied in rule.implies {
            assert!(RULES.iter().any(|other| other.id == *implied), "{}: {implied}", rule.id);
        }
    }
}

#[test]
fn ingesters_say_how_the_export_is_made() {
    for ingester in INGESTERS {
        assert!(ingester.docs.contains("```"), "{}: no command", ingester.id);
    }
}
