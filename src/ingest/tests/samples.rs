//! One small export of each format, as its vendor's tools print it, in `tests/samples`.

use std::{fs, path::PathBuf};

use crate::ingest::testing::{Memory, Told};
use crate::ingest::{INGESTERS, Input, Settings, read};
use crate::model::Instant;
use crate::policy::{Config, Problems};

/// A small export.
pub(super) struct Sample {
    /// The ingester that reads it: its file's name.
    pub(super) id: &'static str,
    pub(super) text: String,
    /// What people must say about it, because the export does not.
    pub(super) settings: Settings,
}

/// The sample of every ingester, in the registry's order.
pub(super) fn samples() -> Vec<Sample> {
    let files = files();
    let of = |id: &'static str| {
        let path = files.iter().find(|path| path.file_stem().is_some_and(|stem| stem == id));
        let path = path.unwrap_or_else(|| panic!("write tests/samples/{id}.json, .ndjson or .csv"));
        Sample { id, text: fs::read_to_string(path).unwrap(), settings: settings(id) }
    };
    INGESTERS.iter().map(|ingester| of(ingester.id)).collect()
}

fn files() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples");
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// What the sample's source says in `tests/mappings.toml`, if it needs a mapping.
fn mapped(id: &str) -> Option<Settings> {
    let text = include_str!("../../../tests/mappings.toml");
    let mut problems = Problems::default();
    let config = Config::read("mappings.toml", text, &mut problems);
    let config = config.unwrap_or_else(|| panic!("{:?}", problems.0));
    config.sources.into_iter().find(|source| source.path == id).map(|source| source.settings)
}

fn settings(id: &str) -> Settings {
    if let Some(settings) = mapped(id) {
        return settings;
    }
    let (repository, scope) = match id {
        "awx-jobs" => ("https://github.com/acme/playbooks.git", ""),
        "bitbucket-pulls" => ("PAY/ledger", ""),
        "git-log" => ("acme/pay", ""),
        "gitlab-merge-requests" => ("acme/core/pay", ""),
        "gitlab-members" => ("", "group:acme/ops"),
        "okta-groups" => ("", "group:change-approver"),
        _ => ("", ""),
    };
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Settings {
        repository: said(repository),
        branch: said("main"),
        scope: said(scope),
        snapshot_at: Some(Instant::parse("2026-10-31T23:00:00Z").unwrap()),
        ..Settings::default()
    }
}

/// Reads one file of which every account is watched.
pub(super) fn told(bytes: Vec<u8>, settings: &Settings) -> Result<Told, String> {
    let file = Memory { path: "file", bytes };
    let data = read(&[Input { open: &file, settings }], &|_: &str| true, &|_| ());
    data.map(Told).map_err(|errors| errors.to_string())
}

/// All that was read, a line a record; without places.
pub(super) fn records(told: &Told) -> String {
    let [items, lowered, irrelevant, rejected] = told.counts();
    let mut lines = vec![format!(
        "{items} items: {lowered} lowered, {irrelevant} irrelevant, {rejected} rejected"
    )];
    for (name, all) in [
        ("account", told.accounts()),
        ("subject", told.subjects()),
        ("act", told.acts()),
        ("link", told.links()),
        ("grant", told.grants()),
        ("decision", told.decisions()),
    ] {
        lines.extend(all.iter().map(|line| format!("{name} {line}")));
    }
    lines.join("\n")
}

#[test]
fn every_sample_is_of_an_ingester() {
    assert_eq!(samples().len(), files().len(), "a file in tests/samples is no ingester's");
}

#[test]
fn samples_are_recognised_by_their_content_and_read_whole() {
    for Sample { id, text, settings } in samples() {
        let told = told(text.into_bytes(), &settings).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(told.0.sources()[0].format, id);
        assert!(told.rejects().is_empty(), "{id}: {:?}", told.rejects());
        insta::assert_snapshot!(id, format!("{}\ngaps {:#?}", records(&told), told.gaps()));
    }
}
