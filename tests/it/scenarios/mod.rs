//! The scenario suite: plain texts that say what happened and what must come of it.

mod changed;
mod coverage;
mod events;
mod expect;
mod expectation;
mod judge;
mod months;
mod names;
mod oracle;
mod parse;
mod properties;
mod record;
mod scenario;
mod words;

use std::path::{Path, PathBuf};

use scenario::Scenario;

/// The folder of the scenarios.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// Names of all scenarios: folder and file.
fn names() -> Vec<String> {
    let mut names = Vec::new();
    for folder in std::fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()) {
        let theme = folder.file_name().unwrap().to_str().unwrap().to_owned();
        if !folder.is_dir() || theme == "companies" {
            continue;
        }
        for file in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            assert_eq!(file.extension().and_then(|e| e.to_str()), Some("txt"), "{file:?}");
            names.push(format!("{theme}/{}", file.file_stem().unwrap().to_str().unwrap()));
        }
    }
    names.sort();
    names
}

/// Every scenario.
fn all() -> Vec<Scenario> {
    let read = names().into_iter().map(|name| parse::scenario(&root(), &name));
    let (sound, faulty): (Vec<_>, Vec<_>) = read.partition(Result::is_ok);
    let faults: Vec<_> = faulty.into_iter().filter_map(Result::err).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
    sound.into_iter().filter_map(Result::ok).collect()
}

#[test]
fn every_scenario_holds() {
    let wrong: Vec<_> = all().iter().filter_map(expect::wrong).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n\n"));
}
