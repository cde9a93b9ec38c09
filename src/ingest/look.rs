//! What one file holds: for people who set up a source.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Error, Input, read_file};
use crate::model::{Dataset, Digest, Instant};

/// What one file holds.
#[derive(Debug, Serialize)]
pub struct Look {
    /// The file.
    pub path: String,
    /// The ingester that reads it.
    pub format: &'static str,
    /// How records lie in it: `JSON array at /Records`.
    pub container: String,
    /// How its text is written: `UTF-8`, `gzip, UTF-16LE`.
    pub encoding: String,
    /// Digest of the stored bytes.
    pub digest: Digest,
    /// Their number.
    pub bytes: u64,
    /// Records in the file.
    pub items: u64,
    /// Those that gave something to judge.
    pub lowered: u64,
    /// Those that gave nothing, by the reason.
    pub irrelevant: BTreeMap<&'static str, u64>,
    /// Those that could not be read.
    pub rejected: u64,
    /// What they gave, by kind.
    pub records: BTreeMap<&'static str, usize>,
    /// Place and reason of each that could not be read.
    pub rejects: Vec<(String, String)>,
    /// What makes the file incomplete.
    pub gaps: Vec<String>,
    /// Earliest time in it.
    pub first: Option<Instant>,
    /// Latest time in it.
    pub last: Option<Instant>,
}

/// Reads one file and tells what it holds. Nothing is watched: allowed writes count as irrelevant.
pub fn look(input: Input<'_>) -> Result<Look, Error> {
    let (facts, batch, found) = read_file(input, &|_: &str| false, &|_| ())?;
    let data = Dataset::seal(vec![(facts, batch)]);
    let source = data.source(crate::model::SourceId(0));
    let tally = &source.tally;
    let rejects = data.rejects().iter();
    Ok(Look {
        path: source.path.clone(),
        format: source.format,
        container: found.container.name(),
        encoding: found.encoding,
        digest: source.digest,
        bytes: source.bytes,
        items: tally.items,
        lowered: tally.lowered,
        irrelevant: tally.irrelevant.clone(),
        rejected: tally.rejected,
        records: BTreeMap::from([
            ("accounts", data.accounts().len()),
            ("subjects", data.subjects().len()),
            ("acts", data.acts().len()),
            ("links", data.links().len()),
            ("grants", data.grants().len()),
            ("decisions", data.decisions().len()),
        ]),
        rejects: rejects.map(|(_, r)| (r.place.text(data.symbols()), r.reason.clone())).collect(),
        gaps: source.gaps.clone(),
        first: tally.times.map(|(first, _)| first),
        last: tally.times.map(|(_, last)| last),
    })
}
