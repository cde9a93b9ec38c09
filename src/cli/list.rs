//! `sodpack list`: what there is.

use std::io::Write;

use serde_json::json;

use super::{
    Exit,
    exit::{Consequence as _, Failure},
};
use crate::{crossref::RULES, ingest::INGESTERS};

/// List the rules or the ingesters
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to list
    what: What,
    /// Print them as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum What {
    /// What is tested
    Rules,
    /// Which exports are read
    Ingesters,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let rows: Vec<(&str, &str)> = match args.what {
        What::Rules => RULES.iter().map(|rule| (rule.id, rule.summary)).collect(),
        What::Ingesters => INGESTERS.iter().map(|i| (i.id, i.title)).collect(),
    };
    let print = |out: &mut dyn Write| -> anyhow::Result<()> {
        if args.json {
            let rows: Vec<_> =
                rows.iter().map(|(id, summary)| json!({ "id": id, "summary": summary })).collect();
            serde_json::to_writer_pretty(&mut *out, &rows)?;
            writeln!(out)?;
            return Ok(());
        }
        let width = rows.iter().map(|(id, _)| id.len()).max().unwrap_or_default();
        rows.iter().try_for_each(|(id, summary)| writeln!(out, "{id:width$}  {summary}"))?;
        Ok(())
    };
    print(out).or_fail("the list cannot be printed")?;
    Ok(Exit::Clean)
}
