//! What one month leaves open, the next one carries over until it is answered.

use std::{collections::BTreeMap, fs};

use crate::company::Company;

const NOVEMBER: [&str; 4] = ["--period", "2026-11", "--as-of", "2026-12-05T09:00:00Z"];

type Row = BTreeMap<String, String>;

fn rows(table: &[u8]) -> Vec<Row> {
    csv::Reader::from_reader(table).deserialize().map(Result::unwrap).collect()
}

fn november(company: &Company, command: &str, flags: &[&str]) -> (Vec<u8>, i32) {
    let args: Vec<_> =
        std::iter::once(command).chain(NOVEMBER).chain(flags.iter().copied()).collect();
    let output = company.sodpack(&args);
    let code = output.status.code().unwrap();
    assert_ne!(code, 2, "{}", String::from_utf8_lossy(&output.stderr));
    (output.stdout, code)
}

fn carried(company: &Company) -> Vec<Row> {
    let listed = rows(&november(company, "exceptions", &["--csv"]).0);
    // What November's own rules see again has an age in November.
    let october = |row: &Row| row["first_reported"] == "acme-sod-2026-10";
    listed.into_iter().filter(|row| october(row) && row["age_days"].is_empty()).collect()
}

#[test]
fn an_open_exception_is_carried_over_under_its_id_until_it_is_answered() {
    let company = Company::copy("acme").with_fixed_key();
    let (october, _) = company.build();
    let then = rows(&fs::read(october.join("data/tables/exceptions.csv")).unwrap());
    let open =
        |id: &str| then.iter().any(|row| row["exception"] == id && row["status"] != "justified");
    let before = carried(&company);
    let one = before.iter().find(|row| row["rule"] == "self-approval").unwrap();
    let id = one["exception"].as_str();
    assert!(before.iter().all(|row| open(&row["exception"])));
    assert_eq!(november(&company, "exceptions", &[]).1, 1);

    // A party is refused for a carried-over exception too, and nothing is written.
    let file = company.path().join("justifications.csv");
    let text = fs::read(&file).unwrap();
    let mut refused = vec!["justify", id, "--text", "x", "--author", "bob", "--approver", "dan"];
    refused.extend(NOVEMBER);
    let output = company.sodpack(&refused);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("its author is a party"));
    assert_eq!(fs::read(&file).unwrap(), text);

    let flags = ["--text", "Read since.", "--author", "cat", "--approver", "dan"];
    let answer: Vec<_> =
        [id].into_iter().chain(flags).chain(["--at", "2026-12-01 10:00"]).collect();
    november(&company, "justify", &answer);
    assert!(fs::read(&file).unwrap().starts_with(&text));
    let after = carried(&company);
    assert_eq!(after.len(), before.len());
    let now = after.iter().find(|row| row["exception"] == id).unwrap();
    assert_eq!((now["status"].as_str(), now["late"].as_str()), ("justified", "no"));

    // The pack says the same, and does not call the answer one that answers nothing.
    let (told, code) = november(&company, "build", &["--json"]);
    assert_eq!(code, 1);
    let told: serde_json::Value = serde_json::from_slice(&told).unwrap();
    assert_eq!(told["carried_over"], after.len() - 1);
    let pack = company.path().join(told["pack"].as_str().unwrap());
    let table = rows(&fs::read(pack.join("data/tables/carried-over.csv")).unwrap());
    assert_eq!(table.len(), after.len());
    let report = fs::read(pack.join("data/report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    let unused = report["exceptions"]["unused"]["rows"].as_array().unwrap();
    assert!(unused.iter().all(|one| one["exception"] != id));
    assert_the_cover_counts_what_is_carried_over(&report, after.len() - 1);

    // Nor one that October accepted already, and what was carried over says on what, whose, how old.
    let justified = then.iter().find(|row| row["status"] == "justified").unwrap();
    let answers = rows(&fs::read(pack.join("data/tables/justifications.csv")).unwrap());
    let answer = answers.iter().find(|row| row["exception"] == justified["exception"]).unwrap();
    assert_eq!((answer["answers"].as_str(), answer["accepted"].as_str()), ("earlier", "yes"));
    let carried = table.iter().find(|row| row["exception"] == id).unwrap();
    let october = then.iter().find(|row| row["exception"] == id).unwrap();
    for column in ["subject", "owner", "url"] {
        assert_eq!(carried[column], october[column], "{column}");
    }
    assert!(carried["url"].starts_with("https://") && carried["age_days"] == "34", "{carried:?}");
}

fn assert_the_cover_counts_what_is_carried_over(report: &serde_json::Value, carried: usize) {
    let cover = &report["cover"];
    let told = format!("Besides, {carried} exceptions of earlier packs are still open.");
    assert!(cover["result"].as_array().unwrap().iter().any(|said| *said == told), "{cover:#}");
    let tile = cover["figures"].as_array().unwrap().iter().find(|tile| {
        tile["label"] == "Open exceptions"
            && tile["note"].as_str().unwrap().starts_with(&format!("{carried} carried over"))
    });
    assert_eq!(tile.unwrap()["tone"], "bad");
}

#[test]
fn a_pack_that_was_changed_is_not_believed() {
    let company = Company::copy("acme").with_fixed_key();
    let (october, _) = company.build();
    let table = october.join("data/tables/exceptions.csv");
    let text = fs::read_to_string(&table).unwrap().replace(",open,", ",justified,");
    fs::write(&table, text).unwrap();
    let args: Vec<_> = std::iter::once("exceptions").chain(NOVEMBER).collect();
    let output = company.sodpack(&args);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("nothing was listed") && told.contains("exceptions.csv"), "{told}");
}
