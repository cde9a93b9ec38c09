//! The script that collects exports, run with stand-ins for the vendors' tools, and its log as the
//! program reads it.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output},
};

use crate::company::sodpack;

/// Answers as GitHub's tool does; it may not look at rule suites.
const GH: &str = r#"#!/bin/sh
case "$*" in
  *teams/reviewers/members*) echo '[{"login":"ann","id":1,"type":"User","url":"https://api.github.com/users/ann"}]' ;;
  *rule-suites*) echo 'HTTP 403' >&2; exit 1 ;;
  *) echo '[]' ;;
esac
"#;

/// Answers in two pages, of which the first leads to the second.
const CURL: &str = r#"#!/bin/bash
while [ $# -gt 0 ]; do
  case $1 in --dump-header) headers=$2; shift ;; esac
  address=$1; shift
done
printf 'HTTP/2 200\r\nlink: <https://acme.okta.com/self>; rel="self"\r\n' >"$headers"
case $address in
  *after=2) ;;
  *) printf 'link: <https://acme.okta.com/api/v1/logs?after=2>; rel="next"\r\n' >>"$headers" ;;
esac
echo '[]'
"#;

const CONFIG: &str = r#"
organisation = "Acme"
slug = "acme"
timezone = "Europe/Berlin"
[signing]
identity = "e@acme.example"
key = "keys/evidence"
[[source]]
path = "exports/members/*/github/team-reviewers.json"
format = "github-teams"
scope = "team:acme/reviewers"
role = "member"
"#;

fn collect(folder: &Path, arguments: &[&str]) -> Output {
    let path = format!("{}:{}", folder.join("bin").display(), env!("PATH"));
    Command::new("bash")
        .arg("collect.sh")
        .args(arguments)
        .current_dir(folder)
        .env("PATH", path)
        .envs([
            ("COLLECTOR", "ann"),
            ("GITHUB_ORG", "acme"),
            ("GITHUB_REPOSITORIES", "acme/pay"),
            ("GITHUB_TEAMS", "reviewers"),
            ("OKTA_DOMAIN", "acme.okta.com"),
            ("OKTA_CURL", "it's a file"),
        ])
        .output()
        .unwrap()
}

/// A new folder with the script and the stand-ins.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let told = sodpack(&["init", "."], folder.path());
    assert!(told.status.success(), "{told:?}");
    fs::write(folder.path().join("sodpack.toml"), CONFIG).unwrap();
    fs::create_dir(folder.path().join("bin")).unwrap();
    for (name, text) in [("gh", GH), ("curl", CURL)] {
        let path = folder.path().join("bin").join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

fn log(folder: &Path) -> Vec<[String; 5]> {
    let mut reader = csv::Reader::from_path(folder.join("exports/collected.csv")).unwrap();
    let row = |row: csv::StringRecord| [0, 1, 2, 3, 4].map(|column| row[column].to_owned());
    reader.records().map(|record| row(record.unwrap())).collect()
}

#[test]
fn each_file_is_noted_with_how_it_was_made() {
    let folder = folder();
    let told = collect(folder.path(), &["2026-01"]);
    assert_eq!(told.status.code(), Some(1), "one export was refused: {told:?}");
    assert!(String::from_utf8_lossy(&told.stderr).contains(
        "NOT collected exports/2026-01/github/acme-pay-rule-suites.json: gh ended with 1"
    ));
    let rows = log(folder.path());
    let of = |path: &str| rows.iter().find(|row| row[0] == path).unwrap();
    let audit = of("exports/2026-01/github/audit-log.json");
    assert_eq!(audit[2], "ann");
    assert_eq!(
        audit[4],
        "gh api --paginate 'orgs/acme/audit-log?include=all&per_page=100&\
         phrase=created:2025-12-28..2026-02-02'"
    );
    let okta = of("exports/2026-01/okta/system-log.json");
    assert!(okta[4].contains(r"--config 'it'\''s a file' 'https://acme.okta.com"), "{}", okta[4]);
    assert!(okta[4].ends_with("limit=1000', and each page after it"), "{}", okta[4]);
    let pages = fs::read_to_string(folder.path().join(&okta[0])).unwrap();
    assert_eq!(pages, "[]\n[]\n", "both pages, and no third");
    assert!(!rows.iter().any(|row| row[0].contains("rule-suites")));

    let told = collect(folder.path(), &["2026-1"]);
    assert_eq!(told.status.code(), Some(2));
}

#[test]
fn the_log_fills_in_what_the_configuration_leaves_out() {
    let folder = folder();
    assert!(collect(folder.path(), &["members"]).status.success());
    let path = log(folder.path())[0][0].clone();
    let check = || {
        let told = sodpack(&["check", "--json", "--quiet"], folder.path());
        let text = String::from_utf8_lossy(&told.stdout).into_owned();
        (told, text)
    };

    // The list does not say when it was taken; the log does.
    let (told, text) = check();
    assert!(text.contains(&path) && text.contains("\"gaps\": []"), "{text}{told:?}");

    fs::write(folder.path().join(&path), "[]").unwrap();
    let (_, text) = check();
    assert!(text.contains("the file is not the one that was collected"), "{text}");

    fs::remove_file(folder.path().join(&path)).unwrap();
    fs::write(folder.path().join(&path).with_file_name("other.json"), "[]").unwrap();
    let (told, _) = check();
    let stderr = String::from_utf8_lossy(&told.stderr);
    assert!(stderr.contains("was collected, and is not there"), "{stderr}");
    assert_eq!(told.status.code(), Some(2));
}
