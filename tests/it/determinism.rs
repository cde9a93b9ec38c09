//! The same inputs, policy, key and moment give the same bytes.

use std::fs;

use crate::company::{Company, files};

#[test]
fn two_builds_are_the_same_to_the_byte() {
    let build = || {
        let company = Company::copy("acme").with_fixed_key();
        let (pack, _) = company.build();
        let archive = fs::read(pack.with_extension("zip")).unwrap();
        (files(&pack), archive)
    };
    let (first, second) = (build(), build());
    for ((path, one), (other_path, other)) in first.0.iter().zip(&second.0) {
        assert_eq!(path, other_path);
        assert!(one == other, "{path} differs");
    }
    assert!(first == second);
}

#[test]
fn the_order_of_sources_changes_nothing_that_was_found() {
    let tables = |reverse: bool| {
        let company = Company::copy("acme").with_fixed_key();
        if reverse {
            let file = company.path().join("sodpack.toml");
            let text = fs::read_to_string(&file).unwrap();
            let mut parts: Vec<_> = text.split("[[source]]").collect();
            parts[1..].reverse();
            fs::write(&file, parts.join("\n[[source]]")).unwrap();
        }
        let (pack, _) = company.build();
        files(&pack.join("data/tables"))
    };
    let (forward, backward) = (tables(false), tables(true));
    for ((path, one), (_, other)) in forward.iter().zip(&backward) {
        assert!(one == other, "{path} differs");
    }
}

#[test]
fn splitting_an_export_into_files_changes_no_verdict() {
    let verdicts = |split: bool| {
        let company = Company::copy("acme").with_fixed_key();
        if split {
            let file = company.path().join("exports/github/pay-pulls.json");
            let pulls: Vec<serde_json::Value> =
                serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
            let (one, other) = pulls.split_at(pulls.len() / 2);
            fs::write(&file, serde_json::to_vec(other).unwrap()).unwrap();
            let folder = company.path().join("exports/github/infra");
            fs::write(folder.join("pay-first.json"), serde_json::to_vec(one).unwrap()).unwrap();
        }
        let (pack, _) = company.build();
        let mut rows: Vec<_> = csv::Reader::from_path(pack.join("data/tables/verdicts.csv"))
            .unwrap()
            .records()
            .map(Result::unwrap)
            // Each file is a thing of its own to rules that test files.
            .filter(|row| &row[2] != "source")
            .map(|row| {
                // Rule, subject, verdict and statement; places move with the split.
                (row[0].to_owned(), row[3].to_owned(), row[4].to_owned(), row[5].to_owned())
            })
            .collect();
        rows.sort();
        rows
    };
    assert_eq!(verdicts(false), verdicts(true));
}
