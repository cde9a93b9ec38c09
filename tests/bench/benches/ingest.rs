//! How fast each format is read: from bytes to sealed records.

use std::{fs, path::Path};

use divan::{Bencher, counter::BytesCount};
use sodpack::ingest::INGESTERS;
use sodpack::model::Settings;
use sodpack::policy::{Config, Problems};

mod memory;
use memory::{Memory, read};

const SIZE: usize = 16 << 20;

/// Texts by which a format tells its records apart. Each copy of a sample gets others, since twins
/// would be merged into one record.
const IDS: &[(&str, &[&str])] = &[
    (
        "argocd-applications",
        &["\"name\": \"pay", "\"name\": \"ledger", "3f1c9a7e", "91b7e2d4", "c0ffee11"],
    ),
    ("aws-iam", &["user/bob", "role/agent-provisioner", "role/deploy-pipeline"]),
    ("aws-identity-center", &["u-ann", "u-bob", "g-ops"]),
    ("awx-jobs", &["\"id\": 201", "\"id\": 202", "3f1c9a7e"]),
    ("azure-activity-log", &["c-1", "c-2", "c-3", "s-1", "c-4"]),
    (
        "azure-devops-pulls",
        &["\"pullRequestId\": 41", "\"pullRequestId\": 42", "3f1c9a7e", "91b7e2d4"],
    ),
    ("bitbucket-audit", &["\"Ann", "\"pay", "\"admins"]),
    (
        "bitbucket-pulls",
        &["\"id\": 17", "\"pullrequest\": 17", "\"id\": 18", "3f1c9a7e", "91b7e2d4", "c0ffee11"],
    ),
    ("cloudtrail", &["5d2b6c1e"]),
    ("ecs", &["\\\"e-1", "\\\"e-2", "\"e-3", "\"e-4", "\\\"e-5", "\\\"bob"]),
    ("entra-audit", &["B-1", "bob@", "Q-7", "d-1", "d-2", "d-3", "d-4", "d-5"]),
    ("entra-roles", &["U-ANN", "U-BOB", "S-CI", "G-OPS", "\"Ann"]),
    ("events-csv", &["pay"]),
    ("events-json", &["g-1", "g-2", "\"ticket\": 12"]),
    ("gcp-audit-log", &["i-1", "i-2", "i-3", "i-4", "user:bob", "group:devs"]),
    ("gcp-iam-policy", &["acme-pay", "ledger", "empty"]),
    (
        "gerrit-changes",
        &[
            "\"number\":701",
            "\"number\":702",
            "\"_number\":703",
            "3f1c9a7e",
            "91b7e2d4",
            "c0ffee11",
        ],
    ),
    ("git-log", &["3f1c9a7e", "91b7e2d4", "c0ffee11"]),
    ("github-audit-log", &["d-1", "d-2", "d-3", "d-4", "d-5", "d-6", "catalina-r", "leamarti"]),
    ("github-deployments", &["deployments/71", "deployments/72", "3f1c9a7e", "91b7e2d4"]),
    (
        "github-pulls",
        &[
            "\"number\": 41",
            "\"number\": 42",
            "pulls/41",
            "pull/41",
            "pull/42",
            "3f1c9a7e",
            "91b7e2d4",
            "c0ffee11",
        ],
    ),
    ("github-rule-suites", &["\"id\": 301", "\"id\": 302", "\"id\": 303"]),
    ("github-teams", &["\"AnnBerg", "\"catalina-r", "\"boztuerk", "\"gustavl"]),
    (
        "github-workflow-runs",
        &[
            "\"id\": 501",
            "\"id\": 502",
            "\"id\": 503",
            "runs/501",
            "runs/502",
            "runs/503",
            "3f1c9a7e",
            "91b7e2d4",
            "c0ffee11",
        ],
    ),
    ("gitlab-audit-events", &["\"target_id\": 51", "\"author_id\": 2", "q-1", "q-2"]),
    ("gitlab-members", &["\"AnnBerg", "\"boztuerk", "\"project_7_bot_3f"]),
    (
        "gitlab-merge-requests",
        &[
            "\"iid\": 41",
            "\"iid\": 42",
            "merge_requests/41",
            "merge_requests/42",
            "3f1c9a7e",
            "91b7e2d4",
            "c0ffee11",
        ],
    ),
    ("jira-audit", &["ug:1", "\"id\": 3"]),
    ("jira-issues", &["CHG-41", "CHG-42", "pull/41"]),
    (
        "kubernetes-audit",
        &["k-1", "k-2", "k-3", "k-4", "k-5", "k-6", "\"bob", "\"rotator", "\"devs"],
    ),
    ("kubernetes-rbac", &["\"bob", "\"rotator", "\"deploy", "\"ann", "\"devs"]),
    ("ocsf", &["o-1", "o-2", "o-3", "o-4", "o-5", "user/bob"]),
    ("okta-groups", &["00u1", "00u2", "00u3", "\"Ann", "svc-rotator"]),
    ("okta-system-log", &["l-1", "l-2", "l-3", "l-4", "\"bob", "\"ann"]),
    ("roles-csv", &["Ann", "bob", "ruiz"]),
    ("servicenow-changes", &["1766f1de", "2766f1de", "pull/41"]),
    ("splunk", &["\\\"s-1", "\\\"s-2", "\\\"s-3", "bob@"]),
    ("teleport-audit", &["t-1", "t-2", "t-3", "t-4", "t-5", "t-6", "r-1", "r-2", "\"dba"]),
    ("terraform-runs", &["run-1", "run-2", "3f1c9a7e"]),
    ("vault-audit", &["v-1", "v-2", "v-3", "v-4", "v-5"]),
];

fn main() {
    divan::main();
}

fn formats() -> impl Iterator<Item = &'static str> {
    INGESTERS.iter().map(|ingester| ingester.id)
}

#[divan::bench(args = formats(), sample_count = 5, sample_size = 1)]
fn ingest(bencher: Bencher<'_, '_>, format: &'static str) {
    let text = export(format);
    let bytes = BytesCount::new(text.len());
    let files = [Memory::new("export", text, settings(format))];
    bencher.counter(bytes).bench_local(|| read(&files));
}

/// The format's sample, again and again, as tools print page after page into one file.
fn export(format: &str) -> String {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../samples"));
    let found = ["json", "ndjson", "csv", "log"]
        .map(|end| folder.join(format!("{format}.{end}")))
        .into_iter()
        .find_map(|path| fs::read_to_string(path).ok());
    let sample = found.unwrap_or_else(|| panic!("no sample of {format}"));
    let (mut text, page) = match format {
        "events-csv" | "roles-csv" => {
            let (header, rows) = sample.split_once('\n').expect("a header");
            (format!("{header}\n"), rows)
        }
        _ => (String::new(), &*sample),
    };
    let ids = IDS.iter().find(|(id, _)| *id == format).map_or(&[][..], |(_, ids)| ids);
    for copy in 0.. {
        if text.len() >= SIZE {
            break;
        }
        text += &ids.iter().fold(page.to_owned(), |page, id| page.replace(id, &numbered(id, copy)));
    }
    text
}

/// The id of one copy: of a commit id it replaces a part, to others it is appended.
fn numbered(id: &str, copy: u32) -> String {
    let hex = id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hex { format!("{}{copy:06x}", &id[..2]) } else { format!("{id}{copy}") }
}

/// What a source must be told, so that no format stops for want of it.
fn settings(format: &str) -> Settings {
    let text = include_str!("../../mappings.toml");
    let mappings = Config::read("mappings.toml", text, &mut Problems::default());
    let mapped = mappings.expect("mappings").sources.into_iter().find(|s| s.path == format);
    if let Some(source) = mapped {
        return source.settings;
    }
    let scope = if format == "okta-groups" { "group:change-approver" } else { "group:acme/ops" };
    Settings {
        format: Some(format.to_owned()),
        repository: Some("acme/pay".to_owned()),
        branch: Some("main".to_owned()),
        scope: Some(scope.to_owned()),
        ..Settings::default()
    }
}
