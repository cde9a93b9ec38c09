//! Reads `sodpack.toml`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::document::Document;
use super::shape;
use super::source::source;
use super::table::Table;
use crate::model::Digest;
use crate::policy::{Config, Output, Problems, Signing, SourceConfig};

/// Rows that a PDF or HTML table may be told to show.
const ROWS: std::ops::RangeInclusive<u32> = 0..=1_000_000;

/// Where the other files lie, read from a configuration that may have problems.
///
/// With it the other files can be checked too, so that people see the problems of all of them at
/// once.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Files {
    /// The zone of times that have none; UTC where the configuration names no zone that exists.
    pub timezone: chrono_tz::Tz,
    /// The policy file.
    pub policy: PathBuf,
    /// The registry file.
    pub principals: PathBuf,
    /// The justifications file.
    pub justifications: PathBuf,
    /// Whether the configuration names that file, so that its absence is an error.
    pub justifications_named: bool,
    /// The drills file.
    pub drills: PathBuf,
    /// Whether the configuration names that file, so that its absence is an error.
    pub drills_named: bool,
    /// The log of the collection.
    pub collected: PathBuf,
    /// Whether the configuration names that file, so that its absence is an error.
    pub collected_named: bool,
}

impl Files {
    /// Reads what can be read of a configuration; the rest is as if it were not written.
    pub fn of(text: &str) -> Self {
        let document = Document::new("", text);
        let Some(table) = document.parse() else { return Self::default() };
        let mut root = document.root(&table);
        let zone = root.get("timezone", shape::zone).map(|at| at.value);
        let files = files(&mut root);
        Self { timezone: zone.unwrap_or(chrono_tz::UTC), ..files }
    }
}

impl Default for Files {
    fn default() -> Self {
        Self {
            timezone: chrono_tz::UTC,
            policy: PathBuf::from("policy.toml"),
            principals: PathBuf::from("principals.csv"),
            justifications: PathBuf::from("justifications.csv"),
            justifications_named: false,
            drills: PathBuf::from("drills.csv"),
            drills_named: false,
            collected: PathBuf::from("exports/collected.csv"),
            collected_named: false,
        }
    }
}

impl Config {
    /// Reads `sodpack.toml`. `file` is its name in problems. Gives a configuration only where the
    /// file is sound; whether the files that it names exist is not checked.
    pub fn read(file: &str, text: &str, problems: &mut Problems) -> Option<Self> {
        let document = Document::new(file, text);
        let config = document.parse().and_then(|table| {
            let root = document.root(&table);
            config(root, Digest::of(text.as_bytes()))
        });
        if document.close(problems) { config } else { None }
    }
}

fn config(mut root: Table<'_>, digest: Digest) -> Option<Config> {
    let organisation = root.need("organisation", "\"Acme Payments GmbH\"", shape::line);
    let slug = root.need("slug", "\"acme\"", shape::slug);
    let zone = root.need("timezone", "\"Europe/Berlin\"", shape::zone).map(|at| at.value);
    let files = files(&mut root);
    let output = output(root.table("output"));
    let signing = signing(&mut root);
    // Times without a zone need one to be checked at all; which one does not matter for that.
    let sources = sources(&mut root, zone.unwrap_or(chrono_tz::UTC));
    root.close();
    Some(Config {
        digest,
        organisation: organisation?.value,
        slug: slug?.value,
        timezone: zone?,
        policy: files.policy,
        principals: files.principals,
        justifications: Some(files.justifications),
        justifications_named: files.justifications_named,
        drills: Some(files.drills),
        drills_named: files.drills_named,
        collected: files.collected,
        sources,
        output,
        signing: signing?,
    })
}

fn files(root: &mut Table<'_>) -> Files {
    let default = Files::default();
    let justifications_named = root.has("justifications");
    let drills_named = root.has("drills");
    let collected_named = root.has("collected");
    let mut path = |key, otherwise| root.get(key, shape::path).map_or(otherwise, |at| at.value);
    Files {
        policy: path("policy", default.policy),
        principals: path("principals", default.principals),
        justifications: path("justifications", default.justifications),
        justifications_named,
        drills: path("drills", default.drills),
        drills_named,
        collected: path("collected", default.collected),
        collected_named,
        timezone: default.timezone,
    }
}

fn output(table: Option<Table<'_>>) -> Output {
    let mut output = Output {
        folder: PathBuf::from("packs"),
        pdf_rows: 500,
        html_rows: 2000,
        templates: None,
        archive: true,
    };
    let Some(mut table) = table else { return output };
    if let Some(folder) = table.get("folder", shape::path) {
        output.folder = folder.value;
    }
    if let Some(rows) = table.number("pdf-rows", ROWS) {
        output.pdf_rows = rows as usize;
    }
    if let Some(rows) = table.number("html-rows", ROWS) {
        output.html_rows = rows as usize;
    }
    if let Some(archive) = table.flag("archive") {
        output.archive = archive;
    }
    output.templates = table.get("templates", shape::path).map(|at| at.value);
    table.close();
    output
}

fn signing(root: &mut Table<'_>) -> Option<Signing> {
    if !root.has("signing") {
        let cure = "add `[signing]` with `identity = \"…\"` and `key = \"…\"`";
        root.note(0, "no table `[signing]`: a pack is always signed", cure);
    }
    let mut table = root.table("signing")?;
    let identity = table.need("identity", "\"evidence@acme.example\"", shape::identity);
    let (key, agent) = (table.get("key", shape::path), table.get("agent", shape::path));
    match (table.has("key"), table.has("agent")) {
        (true, true) => {
            let line = key.as_ref().or(agent.as_ref()).map_or(table.line(), |at| at.line);
            table.note(line, "both `key` and `agent` in [signing]", "remove one of them");
        }
        (false, false) => {
            let cure = "add `key = \"keys/evidence\"` (a private key file) or `agent = \"keys/evidence.pub\"` (a key that ssh-agent holds)";
            table.note(table.line(), "neither `key` nor `agent` in [signing]", cure);
        }
        _ => {}
    }
    table.close();
    let (key, agent) = (key.map(|at| at.value), agent.map(|at| at.value));
    Some(Signing { identity: identity?.value, key, agent })
}

fn sources(root: &mut Table<'_>, zone: chrono_tz::Tz) -> Vec<SourceConfig> {
    if !root.has("source") {
        let cure = "add `[[source]]` with `path = \"exports/…\"` for each export";
        root.note(0, "no source: a pack without evidence proves nothing", cure);
    }
    let mut seen: BTreeMap<String, u32> = BTreeMap::new();
    let mut sources = Vec::new();
    for table in root.tables("source") {
        let line = table.line();
        let Some(source) = source(table, zone) else { continue };
        if let Some(first) = seen.get(&source.path) {
            let fault = format!("`{}` is the path of the source on line {first} too", source.path);
            root.note(line, fault, "remove one, or everything in it would count twice");
        } else {
            seen.insert(source.path.clone(), line);
        }
        sources.push(source);
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "organisation = \"Acme\"\nslug = \"acme\"\ntimezone = \"Europe/Berlin\"\n\
        [signing]\nidentity = \"e@acme.example\"\nkey = \"keys/evidence\"\n\
        [[source]]\npath = \"exports/*.json\"\n";

    fn problems(text: &str) -> Vec<String> {
        let mut problems = Problems::default();
        let config = Config::read("s.toml", text, &mut problems);
        assert_eq!(config.is_some(), problems.0.is_empty());
        problems.0.sort();
        problems.0.iter().map(ToString::to_string).collect()
    }

    #[track_caller]
    fn one(text: &str, want: &str) {
        let have = problems(text);
        assert!(have.len() == 1 && have[0].starts_with(want), "want {want}\nhave {have:#?}");
    }

    #[test]
    fn the_least_configuration_gets_every_default() {
        let config = Config::read("s.toml", LEAST, &mut Problems::default()).unwrap();
        assert_eq!(config.policy, PathBuf::from("policy.toml"));
        assert_eq!(config.justifications, Some(PathBuf::from("justifications.csv")));
        assert!(!config.justifications_named && config.output.archive);
        assert_eq!((config.output.pdf_rows, config.output.html_rows), (500, 2000));
        assert_eq!(config.sources[0].line, 7);
    }

    #[test]
    fn single_faults() {
        let with = |more: &str| format!("{more}\n{LEAST}");
        one(
            &with("organization = 1"),
            "s.toml:1: unknown key `organization`; did you mean `organisation`?",
        );
        one(
            &format!("{LEAST}export = \"x\"\n"),
            "s.toml:9: unknown key `export` in [[source]]; remove it, or write one of `path`, ",
        );
        one(&with("policy = 3"), "s.toml:1: `policy` holds a whole number; write a text");
        one(&with("policy = \" \""), "s.toml:1: `policy` is empty");
        one(
            &with("policy = \"a\\u0000b\""),
            "s.toml:1: `policy` is `a\\u{0}b`, which holds the control",
        );
        one(&with("output.pdf-rows = -1"), "s.toml:1: `pdf-rows` is `-1`; write a number from 0");
        one(&with("output.archive = \"yes\""), "s.toml:1: `archive` holds a text; write `true`");
        one(
            &with("output.pdf_rows = 1"),
            "s.toml:1: unknown key `pdf_rows` in [output]; did you mean `pdf-rows`?",
        );
        one(
            &format!("{LEAST}[[source]]\npath = \"exports/*.json\"\n"),
            "s.toml:9: `exports/*.json` is the path of the source on line 7 too",
        );
        one(&format!("{LEAST}[[source]]\n"), "s.toml:9: no `path` in [[source]]");
        one(&LEAST.replace("key = \"keys/evidence\"", ""), "s.toml:4: neither `key` nor `agent`");
        one(&LEAST.replace("key =", "agent = \"x\"\nkey ="), "s.toml:7: both `key` and `agent`");
        one(
            &LEAST.replace("[[source]]", "[source]"),
            "s.toml:7: `source` holds a table; write tables that each begin with `[[source]]`",
        );
        one(&LEAST.replace("\"acme\"", "\"acme"), "s.toml:2: not valid TOML");
        one(&LEAST.replace("slug", "organisation"), "s.toml:2: not valid TOML: duplicate key");
    }

    #[test]
    fn the_other_files_are_known_though_the_configuration_is_faulty() {
        let files =
            Files::of("slug = \"A B\"\npolicy = \"p.toml\"\ntimezone = \"Asia/Tokyo\"\n[x]");
        assert_eq!(
            (files.policy, files.timezone),
            (PathBuf::from("p.toml"), chrono_tz::Asia::Tokyo)
        );
        assert_eq!(Files::of("= nonsense"), Files::default());
    }

    #[test]
    fn every_problem_at_once() {
        let text = "organisation = \"Acme\u{202e}\"\nslug = \"Acme!\"\ntimezone = \"Europe/Berln\"\n\
            policy = []\n[output]\nfolder = 7\npdf-rows = 1e3\n[signing]\nidentity = \"a b\"\n\
            key = \"\"\n[[source]]\npath = \"x[\"\nsnapshot-at = \"01.10.2026\"\nexported = \"ann\"\n";
        let lines: Vec<String> = problems(text)
            .iter()
            .map(|problem| problem.split(": ").next().unwrap().to_owned())
            .collect();
        let want: Vec<String> =
            [1, 2, 3, 4, 6, 7, 9, 10, 12, 13, 14].map(|line| format!("s.toml:{line}")).into();
        assert_eq!(lines, want);
    }
}
