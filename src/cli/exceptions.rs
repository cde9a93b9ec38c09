//! `sodpack exceptions`: what people have to answer.

use std::io::Write;

use serde::Serialize;

use super::{
    Exit,
    build::{exit, missing},
    exit::{Consequence as _, Failure},
    judge::{Evidence, When},
    workspace::Setup,
};
use crate::{
    crossref::{Assessment, Exception},
    report::hostile,
};

const NOT_LISTED: &str = "nothing was listed";

/// List the exceptions of a period, worst first
///
/// Judges the period as `build` does and writes no pack. With --csv it prints rows for
/// justifications.csv, to be filled in by people who live in a spreadsheet.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    setup: Setup,
    #[command(flatten)]
    when: When,
    /// Only those that still want an answer
    #[arg(long)]
    open: bool,
    /// Print them as JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print the open ones as rows for justifications.csv
    #[arg(long)]
    csv: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Serialize)]
struct Row {
    id: String,
    rule: &'static str,
    also: Vec<&'static str>,
    severity: &'static str,
    status: &'static str,
    subject: String,
    persons: Vec<String>,
    statement: String,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let evidence = Evidence::read(&args.setup, args.quiet, NOT_LISTED)?;
    let (period, as_of) = args.when.read(evidence.workspace.config.timezone, NOT_LISTED)?;
    evidence.assess(&period, as_of, |assessment| {
        let only_open = args.open || args.csv;
        let wanted = |e: &&Exception| !only_open || e.status.is_open();
        let rows: Vec<_> =
            assessment.exceptions.iter().filter(wanted).map(|e| row(assessment, e)).collect();
        print(args, &rows, out).or_fail("the list cannot be printed")?;
        Ok(exit(assessment.open().count(), missing(assessment)))
    })
}

fn row(assessment: &Assessment<'_>, exception: &Exception) -> Row {
    let cx = assessment.cx;
    Row {
        id: exception.id.clone(),
        rule: exception.rule.id,
        also: exception.also.iter().map(|(rule, _)| rule.id).collect(),
        severity: exception.severity.name(),
        status: exception.status.name(),
        subject: exception.tested.id(cx),
        persons: exception.persons.iter().map(|who| cx.who_id(*who).to_owned()).collect(),
        statement: exception.statement.clone(),
    }
}

fn print(args: &Args, rows: &[Row], out: &mut dyn Write) -> anyhow::Result<()> {
    if args.json {
        serde_json::to_writer_pretty(&mut *out, rows)?;
        writeln!(out)?;
        return Ok(());
    }
    if args.csv {
        let mut table = csv::Writer::from_writer(out);
        let columns =
            "exception,justification,author,approver,at,compensating_control,ticket,expires";
        table.write_record(columns.split(','))?;
        for row in rows {
            table.write_record([row.id.as_str(), "", "", "", "", "", "", ""])?;
        }
        table.flush()?;
        return Ok(());
    }
    for row in rows {
        let Row { id, rule, severity, status, .. } = row;
        writeln!(out, "{id}  {rule}  {severity}  {status}")?;
        writeln!(out, "  {}", hostile::shown(&row.subject))?;
        writeln!(out, "  {}", hostile::shown(&row.statement))?;
    }
    if rows.is_empty() {
        writeln!(out, "no exceptions")?;
    }
    Ok(())
}
