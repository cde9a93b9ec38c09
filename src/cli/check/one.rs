//! One export by itself, before there is any configuration.

use std::{io::Write, path::Path};

use serde::Serialize;

use super::super::{
    Exit,
    alike::Alike,
    exit::{Consequence as _, Failure},
    shown,
    sources::Sources,
    workspace::format_fault,
};
use super::{Args, NOT_CHECKED};
use crate::{
    ingest::{self, Look, Shown},
    model::{Instant, Mapping, Settings, SourceId},
    report::hostile,
};

pub(super) fn run(args: &Args, path: &Path, out: &mut dyn Write) -> Result<Exit, Failure> {
    let settings = args.settings().or_fail(NOT_CHECKED)?;
    let sources = Sources::single(path, settings);
    let inputs = sources.inputs();
    let Some(input) = inputs.first() else {
        return Err(Failure::new(NOT_CHECKED, "there is no file"));
    };
    let look = ingest::look(*input).or_fail(NOT_CHECKED)?;
    let shown = match args.show {
        None => Vec::new(),
        Some(most) => {
            // What nobody watches is shown too: whom the registry names is not known here.
            let data = ingest::read(&[*input], &|_: &str| true, &|_| ()).or_fail(NOT_CHECKED)?;
            ingest::shown(&data, SourceId(0), most)
        }
    };
    print_look(args, &look, &shown, out).or_fail("the result cannot be printed")?;
    let missing = look.rejected > 0 || !look.gaps.is_empty();
    Ok(if missing { Exit::Incomplete } else { Exit::Clean })
}

impl Args {
    /// What is said of the one file.
    fn settings(&self) -> anyhow::Result<Settings> {
        let format = self.format.as_deref();
        if let Some((fault, cure)) = format.and_then(format_fault) {
            anyhow::bail!("--format: {fault}; {cure}");
        }
        if let Some(format) = format.filter(|format| Mapping::FORMATS.contains(format)) {
            anyhow::bail!(
                "{format} is read by a mapping, which stands in sodpack.toml: write the file and its \
                 mapping below a [[source]], and run `sodpack check --show 5`"
            );
        }
        let zone = self.timezone.unwrap_or(chrono_tz::UTC);
        let snapshot = self.snapshot_at.as_deref();
        let snapshot_at = snapshot
            .map(|text| Instant::parse_in(text, zone))
            .transpose()
            .map_err(|fault| anyhow::anyhow!("--snapshot-at: {fault}"))?;
        Ok(Settings {
            format: self.format.clone(),
            system: self.system.clone(),
            repository: self.repository.clone(),
            branch: self.branch.clone(),
            scope: self.scope.clone(),
            role: self.role.clone(),
            timezone: self.timezone,
            snapshot_at,
            ..Settings::default()
        })
    }
}

fn print_look(
    args: &Args,
    look: &Look,
    shown: &[Shown],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    if args.json {
        let with = WithShown { look, shown };
        serde_json::to_writer_pretty(&mut *out, &with)?;
        writeln!(out)?;
        return Ok(());
    }
    writeln!(
        out,
        "{}: {}, {}, {}",
        hostile::shown(&look.path),
        look.format,
        look.container,
        look.encoding
    )?;
    writeln!(out, "  {} items: {} read, {} rejected", look.items, look.lowered, look.rejected)?;
    for (reason, count) in &look.irrelevant {
        writeln!(out, "  {count} not relevant: {reason}")?;
    }
    for (kind, count) in look.records.iter().filter(|(_, count)| **count > 0) {
        writeln!(out, "  {count} {kind}")?;
    }
    let alike = Alike::group(look.rejects.iter().map(|(place, why)| ("", place.as_str(), &**why)));
    for Alike { first, more, .. } in &alike {
        for (place, reason) in first {
            writeln!(out, "  rejected at {place}: {}", hostile::shown(reason))?;
        }
        if *more > 0 {
            writeln!(out, "  rejected: {more} more like it")?;
        }
    }
    for gap in &look.gaps {
        writeln!(out, "  gap: {}", hostile::shown(gap))?;
    }
    if let (Some(first), Some(last)) = (look.first, look.last) {
        writeln!(out, "  from {first} to {last}")?;
    }
    shown::print(shown, out)?;
    Ok(())
}

/// What one file holds, with its first items if they were asked for.
#[derive(Serialize)]
struct WithShown<'a> {
    #[serde(flatten)]
    look: &'a Look,
    #[serde(skip_serializing_if = "<[Shown]>::is_empty")]
    shown: &'a [Shown],
}
