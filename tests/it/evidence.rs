//! Evidence that is taken away from the sample company lets nothing pass. The same is asked of
//! every scenario; here the whole program answers, from files to tables.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use crate::company::Company;

/// Rule and subject of every verdict.
type Verdicts = BTreeMap<(String, String), BTreeSet<String>>;

fn verdicts(company: &Company) -> Verdicts {
    let (pack, _) = company.build();
    let mut verdicts = Verdicts::new();
    let mut table = csv::Reader::from_path(pack.join("data/tables/verdicts.csv")).unwrap();
    for row in table.deserialize::<BTreeMap<String, String>>() {
        let mut row = row.unwrap();
        let mut take = |column: &str| row.remove(column).unwrap();
        let key = (take("rule"), take("subject"));
        verdicts.entry(key).or_default().insert(take("verdict"));
    }
    verdicts
}

/// A second export of one log, and a violation whose whole evidence lies in it. Without it nothing
/// left says that there was more to export: the other export of that log is whole in itself. The
/// rule's page says so.
const TOLD_BY_NOTHING_ELSE: (&str, &str) =
    ("path = \"exports/playbooks/cloudtrail.json\"", "definition-and-execution");

/// What was no pass, and is nothing but one without some evidence.
fn passing_for_want_of(what: &str, before: &Verdicts, after: &Verdicts) -> Vec<String> {
    let open = |found: &BTreeSet<String>| {
        found.iter().any(|verdict| matches!(verdict.as_str(), "violation" | "indeterminate"))
    };
    let only_passes = BTreeSet::from(["pass".to_owned()]);
    let passing =
        before.iter().filter(|(key, found)| open(found) && after.get(*key) == Some(&only_passes));
    let passing = passing.filter(|((rule, _), _)| (what, rule.as_str()) != TOLD_BY_NOTHING_ELSE);
    passing.map(|((rule, on), _)| format!("without {what}: {rule} on {on} passes")).collect()
}

#[test]
fn nothing_of_acme_passes_for_want_of_a_source() {
    let before = verdicts(&Company::copy("acme").with_fixed_key());
    let mut wrong = Vec::new();
    let text =
        fs::read_to_string(crate::company::project("sample-data/acme/sodpack.toml")).unwrap();
    let parts: Vec<_> = text.split("[[source]]").collect();
    for gone in 1..parts.len() {
        let company = Company::copy("acme").with_fixed_key();
        let left: Vec<_> = (0..parts.len()).filter(|n| *n != gone).map(|n| parts[n]).collect();
        fs::write(company.path().join("sodpack.toml"), left.join("[[source]]")).unwrap();
        let path = parts[gone].lines().nth(1).unwrap_or_default();
        wrong.extend(passing_for_want_of(path, &before, &verdicts(&company)));
    }
    assert!(parts.len() > 5, "acme has more sources than that");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
