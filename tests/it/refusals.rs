//! What keeps a pack from being made, or from looking better than it is.

use std::{fs, process::Output};

use crate::company::{AS_OF, Company};

fn build(company: &Company, period: &str, more: &[&str]) -> Output {
    let flags = ["build", "--period", period, "--as-of", AS_OF];
    company.sodpack(&[&flags, more].concat())
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[track_caller]
fn refused(output: &Output, wanted: &str) {
    let told = told(output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains(wanted), "want {wanted}\nhave {told}");
}

/// Replaces a text in one of the company's files.
fn edit(company: &Company, file: &str, from: &str, to: &str) {
    let path = company.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} holds no {from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn a_key_that_went_missing_is_named_and_not_replaced() {
    let company = Company::copy("clean");
    let first = build(&company, "2026-10", &["--json"]);
    let result: serde_json::Value = serde_json::from_slice(&first.stdout).unwrap();
    let key = result["signer"].as_str().unwrap();
    fs::rename(company.path().join("keys"), company.path().join("elsewhere")).unwrap();

    let gone = build(&company, "2026-10", &[]);
    let pack = result["pack"].as_str().unwrap().trim_start_matches("packs/");
    refused(&gone, &format!("the key {key} that signed pack 1, {pack}, is not at keys/evidence"));
    assert!(!company.path().join("keys").exists(), "no key was made");

    // Before the first pack, a public key without its private half is no reason for a new one.
    fs::remove_dir_all(company.path().join("packs")).unwrap();
    fs::rename(company.path().join("elsewhere"), company.path().join("keys")).unwrap();
    fs::remove_file(company.path().join("keys/evidence")).unwrap();
    refused(&build(&company, "2026-10", &[]), "keys/evidence: the private key is missing");
}

#[test]
fn a_period_without_records_is_taken_for_a_slip() {
    let company = Company::copy("clean").with_fixed_key();
    let slip = build(&company, "2020-01", &[]);
    refused(&slip, "no record of any export lies in 2020-01: the exports hold records from 20");
    let packs = company.path().join("packs");
    assert!(!packs.exists() || fs::read_dir(&packs).unwrap().next().is_none());
    let meant = build(&company, "2020-01", &["--empty-period"]);
    assert_eq!(meant.status.code(), Some(3), "{}", told(&meant));
}

#[test]
fn what_has_the_packs_name_is_found_before_it_is_made() {
    let company = Company::copy("clean").with_fixed_key();
    let packs = company.path().join("packs");
    fs::create_dir_all(&packs).unwrap();
    let name = "sod-2026-10";
    let slug = fs::read_to_string(company.path().join("sodpack.toml")).unwrap();
    let slug = slug.lines().find_map(|line| line.strip_prefix("slug = ")).unwrap();
    let pack = packs.join(format!("{}-{name}", slug.trim_matches('"')));
    fs::write(pack.with_extension("zip"), b"no archive").unwrap();
    refused(&build(&company, "2026-10", &[]), "an archive is never overwritten; move it away");
    assert!(!pack.exists());
    fs::remove_file(pack.with_extension("zip")).unwrap();
    fs::create_dir(&pack).unwrap();
    refused(&build(&company, "2026-10", &[]), "exists already and is no pack; move it away");
}

#[test]
fn a_policy_of_other_repositories_is_told_and_proves_nothing() {
    let company = Company::copy("clean").with_fixed_key();
    assert_eq!(build(&company, "2026-10", &["--out", "fit"]).status.code(), Some(0));
    let policy = fs::read_to_string(company.path().join("policy.toml")).unwrap();
    let after = policy.split("[[protected]]").nth(1).unwrap();
    let line = after.lines().find(|line| line.starts_with("repositories")).unwrap();
    edit(&company, "policy.toml", line, "repositories = [\"example/*\"]");

    let check = company.sodpack(&["check"]);
    assert_eq!(check.status.code(), Some(3));
    let text = String::from_utf8_lossy(&check.stdout).into_owned();
    assert!(text.contains("no repository of the evidence matches `example/*`"), "{text}");
    assert!(text.contains("which no [[protected]] of policy.toml covers"), "{text}");

    let built = build(&company, "2026-10", &["--brief"]);
    assert_eq!(built.status.code(), Some(3), "{}", told(&built));
    assert!(told(&built).contains("which no [[protected]] of policy.toml covers"));
    let brief = String::from_utf8_lossy(&built.stdout).into_owned();
    assert!(brief.contains("lacking evidence: ") && brief.contains("no-approval (1)"), "{brief}");
}

#[test]
fn a_day_as_people_write_it_is_answered_with_the_form_that_will_do() {
    let company = Company::copy("clean").with_fixed_key();
    let output = company.sodpack(&["exceptions", "--period", "2026-10", "--as-of", "05.11.2026"]);
    refused(&output, "a day such as 2026-11-05 will do");
}

#[test]
fn an_exception_of_an_earlier_pack_is_explained_whatever_the_period() {
    let company = Company::copy("acme").with_fixed_key();
    company.build();
    let list = company.sodpack(&["exceptions", "--period", "2026-11", "--json"]);
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    let carried = list["carried_over"][0].clone();
    assert!(carried["carried_from"].as_str().unwrap().ends_with("sod-2026-10"));
    let id = carried["id"].as_str().unwrap();
    let output = company.sodpack(&["explain", id, "--period", "2026-11"]);
    assert!(String::from_utf8_lossy(&output.stdout).starts_with(id), "{}", told(&output));
}

#[test]
fn an_answer_says_first_which_rules_it_breaks() {
    let company = Company::copy("acme").with_fixed_key();
    let flags =
        ["exceptions", "--period", "2026-10", "--as-of", AS_OF, "--status", "open", "--json"];
    let list = company.sodpack(&flags);
    let list: serde_json::Value = serde_json::from_slice(&list.stdout).unwrap();
    let open = list["exceptions"].as_array().unwrap().iter();
    let mut warned = open.map(|row| {
        let id = row["id"].as_str().unwrap();
        let people = ["--author", "cat", "--approver", "dan", "--dry-run"];
        let justify =
            ["justify", id, "--period", "2026-10", "--as-of", AS_OF, "--text", "It was urgent."];
        company.sodpack(&[&justify[..], &people].concat())
    });
    let accepted = warned.find(|output| output.status.code() == Some(0)).unwrap();
    let wanted = "this answer makes an exception of its own, no-compensating-control: ";
    assert!(told(&accepted).contains(wanted), "{}", told(&accepted));
    assert!(told(&accepted).contains("with --control"));
}
