//! The sample companies: every rule broken and kept in `acme`, nothing open in `clean`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use sha2::{Digest as _, Sha256};
use sodpack::crossref::RULES;

use crate::company::{Company, project};

/// Rule and subject of every verdict.
fn verdicts(pack: &Path) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut verdicts: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let mut table = csv::Reader::from_path(pack.join("data/tables/verdicts.csv")).unwrap();
    for row in table.deserialize::<BTreeMap<String, String>>() {
        let mut row = row.unwrap();
        let mut take = |column: &str| row.remove(column).unwrap();
        let key = (take("rule"), take("subject"));
        verdicts.entry(key).or_default().insert(take("verdict"));
    }
    verdicts
}

/// Accounts of nobody known act in acme, and any of them may be whoever made the exports.
const KEPT_IN_CLEAN: (&str, &str) = ("preparer-conflict", "pass");

#[test]
fn acme_holds_what_was_planted() {
    let (pack, code) = Company::copy("acme").build_owned();
    assert_eq!(code, 1);
    let found = verdicts(&pack.path);
    let mut missing = Vec::new();
    let mut covered = BTreeSet::new();
    let mut planted = csv::Reader::from_path(project("sample-data/acme/PLANTED.csv")).unwrap();
    for row in planted.deserialize::<(String, String, String, String)>() {
        let (rule, subject, verdict, why) = row.unwrap();
        covered.insert((rule.clone(), verdict.clone()));
        let got = found.get(&(rule.clone(), subject.clone()));
        if !got.is_some_and(|got| got.contains(&verdict)) {
            missing.push(format!("{rule} {subject}: {verdict} wanted ({why}), {got:?} found"));
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    for rule in RULES {
        for verdict in ["violation", "pass"] {
            if (rule.id, verdict) == KEPT_IN_CLEAN {
                continue;
            }
            let planted = covered.contains(&(rule.id.to_owned(), verdict.to_owned()));
            assert!(planted, "PLANTED.csv has no {verdict} of {}", rule.id);
        }
    }
}

#[test]
fn every_violation_of_acme_was_planted() {
    let (pack, _) = Company::copy("acme").build_owned();
    let mut planted = csv::Reader::from_path(project("sample-data/acme/PLANTED.csv")).unwrap();
    let planted: BTreeSet<(String, String)> = planted
        .deserialize::<(String, String, String, String)>()
        .map(Result::unwrap)
        .filter(|row| row.2 == "violation")
        .map(|row| (row.0, row.1))
        .collect();
    let unplanted: Vec<_> = verdicts(&pack.path)
        .into_iter()
        .filter(|(key, verdicts)| verdicts.contains("violation") && !planted.contains(key))
        .collect();
    assert!(unplanted.is_empty(), "{unplanted:#?}");
}

#[test]
fn clean_is_clean_and_messy_is_incomplete() {
    let (pack, code) = Company::copy("clean").build_owned();
    assert_eq!(code, 0);
    let kept = verdicts(&pack.path)
        .into_iter()
        .any(|((rule, _), found)| rule == KEPT_IN_CLEAN.0 && found.contains(KEPT_IN_CLEAN.1));
    assert!(kept, "{KEPT_IN_CLEAN:?}");
    let (pack, code) = Company::copy("messy").build_owned();
    assert_eq!(code, 3);
    let mut rejects = csv::Reader::from_path(pack.path.join("data/tables/rejects.csv")).unwrap();
    assert!(rejects.records().count() >= 6);
}

/// A pack whose company lives as long as it does.
struct Held {
    path: std::path::PathBuf,
    _company: Company,
}

impl Company {
    fn build_owned(self) -> (Held, i32) {
        let (path, code) = self.build();
        (Held { path, _company: self }, code)
    }
}

/// The recipe of `tables/README.md`, in code of its own.
fn id_of(row: &BTreeMap<String, String>) -> String {
    let mut persons: Vec<_> = row["id_persons"].split("; ").filter(|id| !id.is_empty()).collect();
    persons.sort_unstable();
    let parts = ["sodpack exception 1", &row["rule"], &row["subject"], &row["about"]];
    let mut bytes = Vec::new();
    for part in parts.into_iter().chain(persons) {
        bytes.extend([0; 4]);
        bytes.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    let digest = Sha256::digest(&bytes);
    let bits: String = digest.iter().map(|byte| format!("{byte:08b}")).collect();
    let alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let letter = |at: usize| {
        let five = usize::from_str_radix(&bits[5 * at..5 * at + 5], 2).unwrap();
        &alphabet[five..=five]
    };
    (0..10).map(letter).fold("EX-".to_owned(), |id, letter| id + letter)
}

#[test]
fn every_id_can_be_computed_again_from_the_table_alone() {
    let (pack, _) = Company::copy("acme").build_owned();
    let mut table = csv::Reader::from_path(pack.path.join("data/tables/exceptions.csv")).unwrap();
    let mut all = 0;
    let mut wrong = Vec::new();
    for row in table.deserialize::<BTreeMap<String, String>>() {
        let row = row.unwrap();
        all += 1;
        if id_of(&row) != row["exception"] {
            wrong.push(row);
        }
    }
    assert!(all > RULES.len() && wrong.is_empty(), "{all} {wrong:#?}");
}
