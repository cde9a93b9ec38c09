//! The pack's own SQL, run by an auditor's SQLite as its README says, comes to the same verdicts.
//!
//! It shares no code with the rules, so it is a second opinion on them too: each variant of the
//! sample company turns another part of both.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::company::{Company, run};

/// What the README's command for SQLite prints: nothing, or a header and the differences.
fn differences(pack: &Path) -> String {
    let folder = pack.join("data/reperform");
    let readme = fs::read_to_string(folder.join("README.md")).unwrap();
    let command = readme.lines().find(|line| line.starts_with("sqlite3 ")).unwrap();
    run("sh", &["-c", command], &folder)
}

/// A copy of the folders that re-performing takes, to be tampered with.
fn copy(pack: &Path) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for part in ["data/tables", "data/reperform"] {
        fs::create_dir_all(folder.path().join(part)).unwrap();
        for entry in fs::read_dir(pack.join(part)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), folder.path().join(part).join(entry.file_name())).unwrap();
        }
    }
    let path = folder.path().to_owned();
    (folder, path)
}

fn replace(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{}: no {from}", file.display());
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

#[test]
fn the_samples_verdicts_follow_from_their_tables() {
    for name in ["acme", "clean", "messy"] {
        let company = Company::copy(name);
        assert_eq!(differences(&company.build().0), "", "{name}");
    }
}

#[test]
fn so_they_do_under_another_policy() {
    for (from, to) in [
        ("sponsor-approval = \"never\"", "sponsor-approval = \"counts-as-one\""),
        ("sponsor-approval = \"never\"", "sponsor-approval = \"counts\""),
        ("people = 1\nagents = 2", "people = 2\nagents = 2"),
        ("people = 1\nagents = 2", "people = 1\nagents = 1"),
        ("\"okta:change-approver\", \"github:team:acme/reviewers\"", "\"okta:change-*\""),
        (
            "\"okta:change-approver\", \"github:team:acme/reviewers\"",
            "\"github:team:acme/R?viewers\", \"github:team:acme/r?viewers\"",
        ),
        ("repositories = [\"acme/*\"]", "repositories = [\"acme/p?y\"]"),
    ] {
        let company = Company::copy("acme");
        replace(&company.path().join("policy.toml"), from, to);
        assert_eq!(differences(&company.build().0), "", "{to}");
    }
}

#[test]
fn so_they_do_where_evidence_is_missing() {
    for (roles, from, to) in [
        // The export of roles is older than some approvals
        (
            "\"okta:change-approver\"",
            "exported-at = 2026-11-01T06:20:00Z",
            "exported-at = 2026-10-13T06:20:00.5Z",
        ),
        // The first snapshot of the reviewers' team is younger than some approvals
        (
            "\"github:team:acme/reviewers\"",
            "snapshot-at = 2026-09-30T20:00:00Z",
            "snapshot-at = 2026-10-08T09:00:00Z",
        ),
    ] {
        let company = Company::copy("acme");
        let both = "\"okta:change-approver\", \"github:team:acme/reviewers\"";
        replace(&company.path().join("policy.toml"), both, roles);
        replace(&company.path().join("sodpack.toml"), from, to);
        let (pack, _) = company.build();
        assert_eq!(differences(&pack), "", "{to}");
        let missing = fs::read_to_string(pack.join("data/tables/indeterminate.csv")).unwrap();
        assert!(missing.matches("approver-not-entitled").count() > 1, "{to} changed nothing");
    }
}

#[test]
fn a_verdict_that_does_not_follow_is_found() {
    let company = Company::copy("acme");
    let (pack, _) = company.build();
    for (from, to, want) in [
        (
            "self-approval,breach,subject,github:acme/pay#103,violation,",
            "self-approval,breach,subject,github:acme/pay#103,pass,",
            "self-approval|github:acme/pay#103|pass|violation\n",
        ),
        (
            "no-approval,breach,subject,github:acme/pay#101,pass,",
            "no-approval,breach,subject,github:acme/pay#999,pass,",
            "no-approval|github:acme/pay#101||pass\nno-approval|github:acme/pay#999|pass|\n",
        ),
    ] {
        let (_held, folder) = copy(&pack);
        replace(&folder.join("data/tables/verdicts.csv"), from, to);
        assert_eq!(
            differences(&folder),
            format!("test|subject|stated|reperformed\n{want}"),
            "{to}"
        );
    }
}

#[test]
fn a_fact_that_was_changed_is_found() {
    let company = Company::copy("acme");
    let (pack, _) = company.build();
    for (table, from, to, want) in [
        // The role that had ended before the approval did not end
        (
            "role-assignments",
            "2026-10-16T16:00:00Z",
            "",
            "approver-not-entitled|github:acme/pay#111|",
        ),
        // The commit that was pushed is said to have come with a change
        (
            "commits",
            ",yes,,,,,",
            ",yes,contains,,github:acme/pay#101,2026-10-01T09:30:00Z,",
            "change-without-review|github:acme/pay@793928296e2b",
        ),
        ("policy", "sponsor-approval,never", "sponsor-approval,counts-as-one", "sponsor-approval|"),
    ] {
        let (_held, folder) = copy(&pack);
        replace(&folder.join(format!("data/tables/{table}.csv")), from, to);
        let told = differences(&folder);
        assert!(told.contains(want), "{table}: {told}");
    }
}

#[test]
fn tables_without_rows_do_not_pass_for_agreement() {
    let company = Company::copy("clean");
    let (pack, _) = company.build();
    let (_held, folder) = copy(&pack);
    for entry in fs::read_dir(folder.join("data/tables")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{}\n", text.lines().next().unwrap())).unwrap();
    }
    assert!(differences(&folder).contains("self-approval||"));
}
