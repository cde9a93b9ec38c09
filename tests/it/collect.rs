//! The script that collects exports, run with stand-ins for the vendors' tools; its log as the
//! program reads it; and the sources of the configuration that `init` writes, which must fit it.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

use crate::company::{run, sodpack};

/// Answers as each of them does.
const VENDORS: &str = include_str!("collect/vendors.sh");
const TOOLS: &[&str] = &["gh", "glab", "curl", "aws", "az", "gcloud", "kubectl"];

/// Everything that the script knows.
const ALL: &[(&str, &str)] = &[
    ("GITHUB_ORG", "acme"),
    ("GITHUB_REPOSITORIES", "acme/pay"),
    ("GITHUB_TEAMS", "reviewers"),
    ("GIT_CLONES", "clones/pay=main"),
    ("GITLAB_PROJECTS", "example/pay"),
    ("GITLAB_GROUP", "acme"),
    ("OKTA_DOMAIN", "acme.okta.com"),
    ("OKTA_CURL", "it's a file"),
    ("OKTA_GROUPS", "change-approver=00g1"),
    ("AWS_TRAIL", "s3://trail/CloudTrail"),
    ("AWS_ACCOUNTS", "prod"),
    ("AZURE_SUBSCRIPTIONS", "s"),
    ("ENTRA", "yes"),
    ("GCP_ORGANIZATION", "12"),
    ("KUBERNETES_CONTEXTS", "prod"),
    ("JIRA_SITE", "acme.atlassian.net"),
    ("JIRA_CURL", "jira.curl"),
    ("JIRA_PROJECTS", "CHG"),
];

const OKTA: &[(&str, &str)] = &[("OKTA_DOMAIN", "acme.okta.com"), ("OKTA_CURL", "okta.curl")];
const JIRA: &[(&str, &str)] = &[("JIRA_SITE", "acme.atlassian.net"), ("JIRA_PROJECTS", "CHG")];
const GITHUB: &[(&str, &str)] = &[("GITHUB_REPOSITORIES", "acme/pay")];
const TRAIL: &[(&str, &str)] = &[("AWS_TRAIL", "s3://trail/CloudTrail")];

/// A new folder with what `init` writes and the stand-ins.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let told = sodpack(&["init", "."], folder.path());
        assert!(told.status.success(), "{told:?}");
        fs::create_dir(folder.path().join("bin")).unwrap();
        for tool in TOOLS {
            let path = folder.path().join("bin").join(tool);
            fs::write(&path, VENDORS).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn collect(&self, arguments: &[&str], settings: &[&[(&str, &str)]]) -> Output {
        Command::new("bash")
            .arg("collect.sh")
            .args(arguments)
            .current_dir(self.path())
            .env("PATH", format!("{}:{}", self.path().join("bin").display(), env!("PATH")))
            .env("CALLS", self.path().join("calls"))
            .env("COLLECTOR", "ann")
            .envs(settings.iter().flat_map(|some| some.iter().copied()))
            .output()
            .unwrap()
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path().join(file)).unwrap_or_default()
    }

    fn log(&self) -> Vec<[String; 5]> {
        let mut reader = csv::Reader::from_path(self.path().join("exports/collected.csv")).unwrap();
        let row = |row: csv::StringRecord| [0, 1, 2, 3, 4].map(|column| row[column].to_owned());
        reader.records().map(|record| row(record.unwrap())).collect()
    }

    /// The one file that the log has with this end, and its row.
    fn logged(&self, end: &str) -> [String; 5] {
        let rows: Vec<_> = self.log().into_iter().filter(|row| row[0].ends_with(end)).collect();
        assert_eq!(rows.len(), 1, "{end}: {rows:?}");
        rows[0].clone()
    }

    fn configure(&self, text: &str) {
        fs::write(self.path().join("sodpack.toml"), text).unwrap();
    }

    fn check(&self) -> (Output, Value) {
        let told = sodpack(&["check", "--json", "--quiet"], self.path());
        let json = serde_json::from_slice(&told.stdout).unwrap_or_default();
        (told, json)
    }

    /// A repository on a server, and a clone of it.
    fn clone_of_a_server(&self) {
        let made = self.path().join("server");
        fs::create_dir(&made).unwrap();
        run("git", &["init", "--quiet", "--initial-branch=main"], &made);
        self.commit("one");
        fs::create_dir(self.path().join("clones")).unwrap();
        run("git", &["clone", "--quiet", "../server", "pay"], &self.path().join("clones"));
    }

    fn commit(&self, message: &str) {
        let who = ["-c", "user.name=Ann", "-c", "user.email=ann@acme.example"];
        let what = ["commit", "--quiet", "--allow-empty", "--message", message];
        run("git", &[&who[..], &what[..]].concat(), &self.path().join("server"));
    }
}

fn stderr(told: &Output) -> String {
    String::from_utf8_lossy(&told.stderr).into_owned()
}

#[test]
fn each_file_is_noted_with_how_it_was_made() {
    let place = Place::new();
    let forbidden = [("BREAK", "rule-suites"), ("ENDS", "1")];
    let told = place.collect(&["2026-01"], &[ALL, &forbidden, &[("GIT_CLONES", "")]]);
    assert_eq!(told.status.code(), Some(1), "one export was refused: {told:?}");
    let told = stderr(&told);
    assert!(told.contains("github/acme-pay-rule-suites-"), "{told}");
    assert!(told.contains(".json: gh ended with 1"), "{told}");
    assert!(told.contains("it is not known of what, without exports/"), "what follows: {told}");
    let audit = place.logged("2026-01/github/audit-log.json");
    assert_eq!(audit[2], "ann");
    assert_eq!(
        audit[4],
        "gh api --paginate 'orgs/acme/audit-log?include=all&per_page=100&\
         phrase=created:2025-12-28..2026-02-02'"
    );
    let okta = place.logged("2026-01/okta/system-log.json");
    assert!(okta[4].contains(r"--config 'it'\''s a file' 'https://acme.okta.com"), "{}", okta[4]);
    assert!(okta[4].ends_with("limit=1000', and each page after it"), "{}", okta[4]);
    assert!(!place.log().iter().any(|row| row[0].contains("rule-suites")));

    let told = place.collect(&["2026-1"], &[]);
    assert_eq!(told.status.code(), Some(2));
}

#[test]
fn only_what_failed_is_told_unless_somebody_asks() {
    let place = Place::new();
    let told = place.collect(&["nightly"], &[GITHUB]);
    assert!(told.status.success() && told.stdout.is_empty(), "{told:?}");
    let told = place.collect(&["-v", "nightly"], &[GITHUB]);
    let stdout = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(stdout.starts_with("collected exports/"), "{stdout}");
    assert_eq!(fs::read_dir(place.path().join("exports")).unwrap().count(), 2, "nothing is left");
}

#[test]
fn pages_are_followed_by_the_right_link() {
    let place = Place::new();
    let told = place.collect(&["2026-01"], &[OKTA, JIRA]);
    assert!(!stderr(&told).contains("NOT collected"), "{told:?}");
    let pages = place.read(&place.logged("system-log.json")[0]);
    assert_eq!(pages.lines().count(), 2, "both pages, and no third: {pages}");
    let issues = place.read(&place.logged("jira/CHG.json")[0]);
    assert!(issues.contains("CHG-1") && issues.contains("CHG-2"), "{issues}");
    let calls = place.read("calls");
    assert!(calls.contains("maxResults=100&nextPageToken=a%2Bb%2Fc%3D%26d"), "{calls}");
    let links = place.read(&place.logged("jira/CHG-remote-links.json")[0]);
    assert!(links.contains("acme/pay/pull/1") && calls.contains("issue/CHG-2/remotelink"));
}

#[test]
fn what_a_list_leaves_out_is_collected_too() {
    let place = Place::new();
    let no_history = [("GIT_CLONES", "")];
    let told = place.collect(&["2026-01"], &[ALL, &no_history]);
    assert!(!stderr(&told).contains("NOT collected"), "{}", stderr(&told));
    for (file, holds) in [
        ("acme-pay-deployment-statuses.json", "\"state\":\"success\""),
        ("example-pay-approvals.json", "\"approved_at\":\"2026-01-05T09:30:00Z\"}],\"iid\":4}"),
        ("example-pay-commits-4.json", "\"short_id\":\"aaaaaaaa\""),
        ("gcp/audit-organization-12.json", "protoPayload"),
        ("gcp/audit-folder-77.json", "protoPayload"),
        ("gcp/audit-project-pay-prod.json", "protoPayload"),
    ] {
        let text = place.read(&place.logged(file)[0]);
        assert!(text.contains(holds), "{file}: {text}");
    }
    let mut rows = place.log().into_iter();
    let full = rows.find(|row| row[0].contains("rule-suites-in-full-")).unwrap();
    let full = place.read(&full[0]);
    assert!(full.contains("rule_evaluations") && full.contains("\"id\":42"), "{full}");
    let calls = place.read("calls");
    assert!(!calls.contains("deployments/6/"), "of another year: {calls}");
    assert!(!calls.contains("rule-suites/41"), "passed, so no rule failed: {calls}");

    let told = place
        .collect(&["2026-01"], &[ALL, &no_history, &[("BREAK", "approvals"), ("BODY", "[1]")]]);
    let want = "example-pay-approvals.json: jq cannot read the reply, for 4";
    assert!(stderr(&told).contains(want), "{}", stderr(&told));
}

#[test]
fn a_reply_that_is_none_takes_no_good_files_place() {
    let place = Place::new();
    place.collect(&["2026-01"], &[OKTA]);
    let file = place.logged("system-log.json")[0].clone();
    let good = place.read(&file);
    assert!(!good.is_empty());
    for (broken, why) in [
        (&[("BODY", "")][..], "curl printed nothing"),
        (&[("BODY", "<!doctype html><title>Sign in</title>")], "is not JSON: it begins <!doctype"),
        (&[("BODY", "[]"), ("STATUS", "302")], "answered 302 in place of 200"),
        (&[("BODY", "[]"), ("ENDS", "22")], "curl ended with 22"),
        (&[("BODY", "[{\"uuid\":\"x\"},")], "is not JSON"),
    ] {
        let told = place.collect(&["2026-01"], &[OKTA, &[("BREAK", "curl.*after=2")], broken]);
        assert_eq!(told.status.code(), Some(1), "{why}");
        let told = stderr(&told);
        assert!(told.contains("NOT collected exports/2026-01/okta/system-log.json"), "{told}");
        assert!(told.contains(why) && told.contains("?after=2"), "{told}");
        assert_eq!(place.read(&file), good);
    }
    assert_eq!(place.log().len(), 1);
}

#[test]
fn what_cannot_be_listed_is_told() {
    for (settings, call, what) in [
        (TRAIL, "aws s3 ls", "exports/2026-01/aws/CloudTrail: aws cannot list the regions"),
        (
            TRAIL,
            "aws s3 sync",
            "exports/2026-01/aws/CloudTrail/eu-central-1/2026/01: aws cannot copy",
        ),
        (
            &[("GCP_ORGANIZATION", "12")],
            "search-all-resources",
            "exports/2026-01/gcp: gcloud cannot",
        ),
    ] {
        let place = Place::new();
        let told = place.collect(&["2026-01"], &[settings, &[("BREAK", call), ("ENDS", "3")]]);
        assert_eq!(told.status.code(), Some(1), "{what}");
        assert!(stderr(&told).contains(&format!("NOT collected {what}")), "{}", stderr(&told));
    }
}

#[test]
fn a_month_is_whole_in_every_zone() {
    let place = Place::new();
    place.collect(&["2026-12"], &[TRAIL]);
    let calls = place.read("calls");
    for days in ["2026/11/30", "2026/12", "2027/01/01"] {
        let sync =
            format!("aws s3 sync --only-show-errors s3://trail/CloudTrail/eu-central-1/{days}/ ");
        assert!(calls.contains(&sync), "{calls}");
    }
    // A month that GitHub and Okta have begun to forget, and rule suites, which it lists from now
    // backwards: they are of tonight and not of that month.
    let told = place.collect(&["2020-01"], &[GITHUB, OKTA, &[("GITHUB_ORG", "acme")]]);
    assert_eq!(told.status.code(), Some(1));
    for (file, days) in [("github/audit-log.json", 180), ("okta/system-log.json", 90)] {
        let want =
            format!("NOT whole exports/2020-01/{file}: its vendor keeps such events for {days}");
        assert!(stderr(&told).contains(&want), "{}", stderr(&told));
    }
    let mut suites = place.log().into_iter().filter(|row| row[0].contains("rule-suites"));
    assert!(suites.all(|row| !row[0].contains("2020-01") && row[4].contains("rule-suites")));
}

#[test]
fn a_history_is_what_the_server_has() {
    let place = Place::new();
    place.clone_of_a_server();
    place.commit("two");
    for clone in ["clones/pay=main", "clones/pay=origin/main"] {
        let told = place.collect(&["2026-01"], &[&[("GIT_CLONES", clone)]]);
        assert!(told.status.success(), "{told:?}");
        let history = place.read("exports/2026-01/git/pay-main.log");
        assert!(history.contains("one\n") && history.contains("two\n"), "{history}");
    }
    let told = place.collect(&["2026-01"], &[&[("GIT_CLONES", "clones/pay=gone")]]);
    assert!(stderr(&told).contains("pay-gone.log: git cannot fetch gone into clones/pay"));
    assert_eq!(told.status.code(), Some(1));
}

/// The configuration that `init` writes with every source, as people take them in.
fn every_source(config: &str) -> String {
    let (head, sources) = config.split_once("\n# GitHub: ").unwrap();
    let taken_in = |line: &str| match line.strip_prefix('#') {
        Some(rest) if rest.starts_with(|c: char| c == '[' || c.is_ascii_lowercase()) => {
            rest.to_owned()
        }
        _ => line.to_owned(),
    };
    let sources: Vec<_> = sources.lines().map(taken_in).collect();
    format!("{head}\n# GitHub: {}\n", sources.join("\n"))
}

#[test]
fn the_sources_that_init_writes_fit_what_is_collected() {
    for quiet in [&[][..], &[("QUIET", "yes")]] {
        let place = Place::new();
        place.clone_of_a_server();
        let told = place.collect(&["2026-01"], &[ALL, quiet]);
        assert!(!stderr(&told).contains("NOT collected"), "{}", stderr(&told));
        place.configure(&every_source(&place.read("sodpack.toml")));
        let (told, json) = place.check();
        assert!(json["sources"].is_array(), "{}", stderr(&told));
        let sources = json["sources"].as_array().unwrap();
        for row in place.log() {
            let read = sources.iter().find(|source| source["path"] == row[0].as_str());
            let read = read.unwrap_or_else(|| panic!("no source reads {}", row[0]));
            assert_eq!(read["gaps"], Value::Array(Vec::new()), "{read}");
            assert_eq!(read["rejected"], 0, "{read}");
            let git = read["format"] == "git-log";
            assert_eq!(read["read"] == 0, !quiet.is_empty() && !git, "{read}");
        }
    }
}

const TEAM: &str = r#"
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

#[test]
fn the_log_fills_in_what_the_configuration_leaves_out() {
    let place = Place::new();
    place.configure(TEAM);
    let team = [("GITHUB_ORG", "acme"), ("GITHUB_TEAMS", "reviewers")];
    assert!(place.collect(&["nightly"], &[&team]).status.success());
    let path = place.logged("team-reviewers.json")[0].clone();

    // The list does not say when it was taken; the log does.
    let (told, json) = place.check();
    assert_eq!(json["sources"][0]["path"], path.as_str(), "{}", stderr(&told));
    assert_eq!(json["sources"][0]["gaps"], Value::Array(Vec::new()));

    let others: Vec<_> = json["unread_files"].as_array().unwrap().iter().collect();
    assert_eq!(others, [&*place.logged("owners.json")[0]], "nobody passes it over in silence");
    let told = sodpack(&["check", "--quiet"], place.path());
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let (_, list) = told.split_once("no source takes in (add a [[source]] for them):\n  ").unwrap();
    assert!(list.starts_with(others[0].as_str().unwrap()), "{told}");

    fs::write(place.path().join(&path), "[]").unwrap();
    let (_, json) = place.check();
    let gap = json["sources"][0]["gaps"][0].as_str().unwrap();
    assert!(gap.contains("the file is not the one that was collected"), "{gap}");

    fs::remove_file(place.path().join(&path)).unwrap();
    fs::write(place.path().join(&path).with_file_name("other.json"), "[]").unwrap();
    let (told, _) = place.check();
    assert!(stderr(&told).contains("was collected, and is not there"), "{}", stderr(&told));
    assert_eq!(told.status.code(), Some(2));
}
