//! `sodpack drills`: planned boundary tests, and those that ought to be planned.

mod plan;

use std::io::Write;

use serde::Serialize;

use super::{
    Exit,
    exit::{Consequence as _, Failure},
    judge::{Evidence, When},
    workspace::Setup,
};
use crate::{
    crossref::{Assessment, Control, DrillState, drills_of_period},
    report::hostile,
};

const NOT_LISTED: &str = "nothing was listed";

/// List the planned boundary tests of a period, and what came of each
///
/// With `plan` it proposes a test for each boundary that nobody touched.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Args {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    list: ListArgs,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Plan(plan::Args),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    #[command(flatten)]
    setup: Setup,
    #[command(flatten)]
    when: When,
    /// Print them as JSON
    #[arg(long)]
    json: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    match &args.what {
        None => list(&args.list, out),
        Some(What::Plan(args)) => plan::run(args, out),
    }
}

#[derive(Serialize)]
struct Row {
    id: String,
    outcome: &'static str,
    control: &'static str,
    who: String,
    action: String,
    target: Option<String>,
    code: Option<String>,
    from: String,
    until: String,
    conductor: String,
    answered: Option<String>,
    near: Vec<String>,
}

fn list(args: &ListArgs, out: &mut dyn Write) -> Result<Exit, Failure> {
    let evidence = Evidence::read(&args.setup, args.quiet, NOT_LISTED)?;
    let (period, as_of) = args.when.read(evidence.workspace.config.timezone, NOT_LISTED)?;
    evidence.assess(&period, as_of, |assessment| {
        let states: Vec<_> = drills_of_period(assessment.cx).map(|(_, _, d)| d.state).collect();
        print_list(args, assessment, out).or_fail("the list cannot be printed")?;
        let failed =
            |state: &DrillState| matches!(state, DrillState::LetThrough | DrillState::Missed);
        Ok(match states.iter().any(failed) {
            true => Exit::Open,
            false if states.contains(&DrillState::NotDue) => Exit::Incomplete,
            false => Exit::Clean,
        })
    })
}

fn rows(assessment: &Assessment<'_>) -> Vec<Row> {
    let cx = assessment.cx;
    let id = |who| cx.principal(who).id.clone();
    let at = |index: u32| cx.dataset.decisions().get(index as usize).map(|d| d.record.at);
    drills_of_period(cx)
        .map(|(_, drill, found)| Row {
            id: drill.id.clone(),
            outcome: found.state.name(),
            control: found.control.name(),
            who: id(drill.who),
            action: drill.action.text().to_owned(),
            target: drill.target.as_ref().map(|target| target.text().to_owned()),
            code: drill.code.clone(),
            from: cx.clock(drill.from),
            until: cx.clock(drill.until),
            conductor: id(drill.conductor),
            answered: found.decisive().and_then(at).map(|at| cx.clock(at)),
            near: found.near.iter().map(|near| near.told(cx, drill)).collect(),
        })
        .collect()
}

fn print_list(
    args: &ListArgs,
    assessment: &Assessment<'_>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let rows = rows(assessment);
    if args.json {
        serde_json::to_writer_pretty(&mut *out, &rows)?;
        writeln!(out)?;
        return Ok(());
    }
    for row in &rows {
        let Row { id, outcome, who, action, from, until, .. } = row;
        writeln!(out, "{}  {outcome}", hostile::shown(id))?;
        let on = row.target.as_ref().map(|on| format!(" on {on}")).unwrap_or_default();
        writeln!(out, "  {}", hostile::shown(&format!("{who}: {action}{on}")))?;
        let at = row.answered.as_ref().map(|at| format!("; on record {at}")).unwrap_or_default();
        writeln!(out, "  {from} to {until}{at}")?;
        if row.control != Control::NotPlanned.name() {
            writeln!(out, "  positive control: {}", row.control)?;
        }
        for near in &row.near {
            writeln!(out, "  near: {}", hostile::shown(near))?;
        }
    }
    if rows.is_empty() {
        writeln!(out, "no drill was planned for this period")?;
    }
    Ok(())
}
