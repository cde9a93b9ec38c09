//! Reads a collection of real exports, where one lies beside the checkout, and counts every record.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sodpack::ingest::{Error, Input, Look, Open, Settings, look};
use sodpack::model::Instant;

struct OnDisk(PathBuf, String);

impl Open for OnDisk {
    fn path(&self) -> &str {
        &self.1
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(File::open(&self.0)?))
    }
}

/// What a person would say about the file.
fn settings(folder: &str, name: &str) -> Settings {
    let text = |text: &str| Some(text.to_owned());
    let base = Settings { repository: text("acme/pay"), ..Settings::default() };
    let (scope, role) = match name {
        _ if name.contains("team_") => (text("team:acme/reviewers"), None),
        _ if name.contains("collaborators") => (text("repo:acme/pay"), None),
        _ => (text("org:acme"), text("member")),
    };
    let snapshot_at = Instant::parse("2026-10-31T00:00:00Z").ok();
    match folder {
        "git-log" => Settings { branch: text("main"), ..base },
        // Some files are members of a group; users alone and roles need no scope.
        "okta-groups" if name.contains("groups-11") => {
            Settings { scope: text("group:Example"), snapshot_at, ..base }
        }
        "entra" if name.contains("list-members") => {
            Settings { role: text("Global Reader"), snapshot_at, ..base }
        }
        "gcp-iam" => Settings { scope: text("projects/example"), snapshot_at, ..base },
        "gitlab-members" => Settings { scope: text("group:example"), snapshot_at, ..base },
        "aws-iam" | "aws-identity-center" | "entra" | "k8s-rbac" | "okta-groups" => {
            Settings { snapshot_at, ..base }
        }
        "github-org" => Settings { scope, role, snapshot_at, ..base },
        // Collected through a pipeline that rewrote the times without their zone.
        "gcp-audit" | "github-audit" | "k8s-audit" | "okta-syslog" => {
            Settings { timezone: Some(chrono_tz::UTC), ..base }
        }
        _ => base,
    }
}

/// The folders whose records are all counted.
const FOLDERS: &[&str] = &[
    "argocd",
    "aws-iam",
    "aws-identity-center",
    "awx",
    "azure-activity",
    "azure-devops",
    "bitbucket",
    "bitbucket-audit",
    "cloudtrail",
    "deployments",
    "ecs",
    "entra",
    "gcp-audit",
    "gcp-iam",
    "gerrit",
    "git-log",
    "github-actions",
    "github-audit",
    "github-org",
    "github-pr",
    "gitlab-audit",
    "gitlab-members",
    "gitlab-mr",
    "jira",
    "jira-audit",
    "k8s-audit",
    "k8s-rbac",
    "ocsf",
    "okta-groups",
    "okta-syslog",
    "other-denials",
    "servicenow",
    "splunk",
    "teleport",
    "tfc-runs",
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Where the collection is, if it is there.
fn collection() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/fixtures");
    root.is_dir().then_some(root)
}

#[test]
fn no_export_is_taken_for_two() {
    let Some(root) = collection() else { return };
    for folder in files(&root).into_iter().filter(|path| path.is_dir()) {
        for path in files(&folder) {
            let name = path.display().to_string();
            let open = OnDisk(path, name.clone());
            let settings = Settings::default();
            if let Err(error @ Error::Ambiguous { .. }) =
                look(Input { open: &open, settings: &settings })
            {
                panic!("{error}");
            }
        }
    }
}

struct InMemory(String, Vec<u8>);

impl Open for InMemory {
    fn path(&self) -> &str {
        &self.0
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(io::Cursor::new(self.1.clone())))
    }
}

#[test]
fn damaged_exports_are_errors_or_rejects() {
    let Some(root) = collection() else { return };
    for &folder in FOLDERS {
        for path in files(&root.join(folder)) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let settings = settings(folder, &name);
            let whole = fs::read(&path).unwrap();
            for part in 1..8 {
                let at = whole.len() * part / 8;
                let cut = whole[..at].to_vec();
                let mut bent = whole.clone();
                if let Some(byte) = bent.get_mut(at) {
                    *byte = b'"';
                }
                for bytes in [cut, bent] {
                    let open = InMemory(name.clone(), bytes);
                    if let Ok(look) = look(Input { open: &open, settings: &settings }) {
                        let irrelevant: u64 = look.irrelevant.values().sum();
                        assert_eq!(look.items, look.lowered + look.rejected + irrelevant, "{name}");
                    }
                }
            }
        }
    }
}

/// Counts records the slow way: the whole file as values.
fn count(bytes: &[u8], container: &str) -> Option<u64> {
    let mut text = Vec::new();
    if bytes.starts_with(&[0x1f, 0x8b]) {
        flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut text).ok()?;
    } else {
        text.extend_from_slice(bytes);
    }
    let text = String::from_utf8(text).ok()?;
    let text = text.trim_start_matches('\u{feff}').trim_start_matches(")]}'");
    if container == "text records" {
        return Some(text.split('\u{1e}').filter(|record| !record.trim().is_empty()).count() as u64);
    }
    if container.starts_with("CSV") {
        let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        return Some(rows.records().count() as u64);
    }
    let path = container.strip_prefix("JSON array at ").unwrap_or_default();
    let mut total = 0;
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let value = value.ok()?;
        // Replies that are read whole, for what they include, hold their records here.
        let runs = value.pointer("/data/0/type").or(value.pointer("/data/type"));
        let path = if runs.is_some_and(|kind| kind == "runs") { "/data" } else { path };
        total += match value.pointer(path)? {
            Value::Array(array) => array.len() as u64,
            _ => 1,
        };
    }
    Some(total)
}

#[derive(Default)]
struct Row {
    files: u64,
    items: u64,
    lowered: u64,
    rejected: u64,
    irrelevant: u64,
    records: BTreeMap<&'static str, usize>,
    reasons: BTreeMap<String, u64>,
}

impl Row {
    fn add(&mut self, look: &Look) {
        self.files += 1;
        self.items += look.items;
        self.lowered += look.lowered;
        self.rejected += look.rejected;
        self.irrelevant += look.irrelevant.values().sum::<u64>();
        for (kind, records) in &look.records {
            *self.records.entry(kind).or_default() += records;
        }
        for (_, reason) in &look.rejects {
            *self.reasons.entry(reason.chars().take(90).collect()).or_default() += 1;
        }
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the table is for people who run this by hand")]
fn every_record_of_real_exports_is_counted() {
    let Some(root) = collection() else {
        println!("no collection of exports beside this checkout: nothing to read");
        return;
    };
    let mut rows: BTreeMap<(String, String), Row> = BTreeMap::new();
    for &folder in FOLDERS {
        for path in files(&root.join(folder)) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let settings = settings(folder, &name);
            let open = OnDisk(path.clone(), name.clone());
            let look = match look(Input { open: &open, settings: &settings }) {
                Ok(look) => look,
                Err(error) => {
                    println!("{error}");
                    rows.entry((folder.into(), "not recognised".into())).or_default().files += 1;
                    continue;
                }
            };
            let irrelevant: u64 = look.irrelevant.values().sum();
            assert_eq!(look.items, look.lowered + look.rejected + irrelevant, "{name}");
            let counted = count(&fs::read(&path).unwrap(), &look.container);
            assert_eq!(Some(look.items), counted, "{name}");
            rows.entry((folder.into(), look.format.into())).or_default().add(&look);
        }
    }
    println!("{:<20} {:<20} files items lowered irrelevant rejected", "folder", "format");
    for ((folder, format), row) in &rows {
        let Row { files, items, lowered, rejected, irrelevant, records, reasons } = row;
        println!(
            "{folder:<20} {format:<20} {files:>5} {items:>5} {lowered:>7} {irrelevant:>10} {rejected:>8}"
        );
        println!("    {records:?}");
        for (reason, times) in reasons {
            println!("    {times:>4} x {reason}");
        }
    }
    assert!(rows.values().map(|row| row.lowered).sum::<u64>() > 0);
}
