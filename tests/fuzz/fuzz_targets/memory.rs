//! A file that lies in memory, and what must hold of any that was read.

use std::io::{self, Cursor, Read};

use sodpack::{
    ingest::{self, Errors, Input, Open},
    model::{Dataset, Place, Settings},
    policy::{Config, Problems},
};

pub struct Memory(pub Vec<u8>);

impl Open for Memory {
    fn path(&self) -> &str {
        "f"
    }

    fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(Box::new(Cursor::new(self.0.clone())))
    }
}

/// What a source is usually told, so that no format stops for want of it.
pub fn settings(format: Option<&str>) -> Settings {
    let text = include_str!("../../mappings.toml");
    let mappings = Config::read("mappings.toml", text, &mut Problems::default());
    let mut mapped = mappings.expect("mappings").sources.into_iter();
    if let Some(source) = mapped.find(|source| Some(&*source.path) == format) {
        return source.settings;
    }
    let scope = match format {
        Some("gcp-iam-policy") => "projects/a",
        Some("gitlab-members" | "okta-groups") => "group:a/b",
        _ => "team:a/b",
    };
    Settings {
        format: format.map(str::to_owned),
        repository: Some("a/b".to_owned()),
        branch: Some("main".to_owned()),
        scope: Some(scope.to_owned()),
        ..Settings::default()
    }
}

/// Reads the file. Whatever it holds, every item is counted once, and the bytes of every record can
/// be found again.
pub fn read(memory: &Memory, settings: &Settings) -> Result<Dataset, Errors> {
    let input = Input { open: memory, settings };
    let data = ingest::read(&[input], &|_: &str| true, &|_| ())?;
    let source = &data.sources()[0];
    let tally = &source.tally;
    assert_eq!(tally.items, tally.lowered + tally.irrelevant_total() + tally.rejected);
    assert_eq!(data.rejects().len() as u64, tally.rejected);
    let places: Vec<Place> = (data.acts().iter().map(|r| r.origin.place))
        .chain(data.grants().iter().map(|r| r.origin.place))
        .chain(data.decisions().iter().map(|r| r.origin.place))
        .chain(data.subjects().iter().map(|r| r.origin.place))
        .chain(data.links().iter().map(|r| r.origin.place))
        .collect();
    if !places.is_empty() {
        ingest::extract(input, source.digest, &places, data.symbols()).expect("places lead back");
    }
    Ok(data)
}
