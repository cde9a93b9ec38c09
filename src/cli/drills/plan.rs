//! `sodpack drills plan`: a test for each boundary that nobody touched.

use std::io::Write;

use chrono::{Datelike as _, Days, NaiveDate, Weekday};
use serde::Serialize;
use serde_json::json;

use super::super::{
    Exit,
    environment::remark,
    exit::{Consequence as _, Failure},
    judge::{Evidence, When},
    workspace::Setup,
};
use crate::{
    crossref::{Assessment, Proposal, plan},
    policy::{DRILL_COLUMNS, neutralised},
    report::hostile,
};

const NOT_PLANNED: &str = "nothing was planned";

/// Propose a test for each boundary that nobody touched in a period
///
/// Who tries, what, on what, and which code to expect come from the policy, the registry and the
/// logs. The window is the next working day's morning; nothing is carried out.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    setup: Setup,
    #[command(flatten)]
    when: When,
    /// Registry id of whoever will conduct them; rows for drills.csv need it
    #[arg(long, value_name = "ID")]
    conductor: Option<String>,
    /// Print them as JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print them as rows for drills.csv
    #[arg(long, requires = "conductor")]
    csv: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

/// A proposal as people and programs read it.
#[derive(Serialize)]
struct Planned {
    boundary: String,
    id: String,
    who: String,
    action: String,
    target: Option<String>,
    code: Option<String>,
    from: String,
    until: String,
    conductor: Option<String>,
    control_who: Option<String>,
    remarks: Vec<String>,
    #[serde(skip)]
    usual: Option<(usize, usize)>,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let evidence = Evidence::read(&args.setup, args.quiet, NOT_PLANNED)?;
    let zone = evidence.workspace.config.timezone;
    let (period, as_of) = args.when.read(zone, NOT_PLANNED)?;
    if let Some(id) = &args.conductor
        && evidence.workspace.principals.named(id).is_none()
    {
        let cause = format!("--conductor: `{}` is not in the registry", hostile::shown(id));
        return Err(Failure::new(NOT_PLANNED, cause));
    }
    evidence.assess(&period, as_of, |assessment| {
        let (proposals, not) = plan(assessment.cx);
        let day = next_working_day(as_of.date_in(zone));
        let planned: Vec<_> =
            proposals.into_iter().map(|p| planned(args, assessment, p, day)).collect();
        print_plan(args, &planned, &not, out).or_fail("the plan cannot be printed")?;
        Ok(Exit::Clean)
    })
}

fn planned(
    args: &Args,
    assessment: &Assessment<'_>,
    proposal: Proposal,
    day: NaiveDate,
) -> Planned {
    let id = |who| assessment.cx.principal(who).id.clone();
    let usual = proposal.code.as_ref().map(|(_, times, of)| (*times, *of));
    Planned {
        boundary: proposal.boundary,
        id: format!("{day}-{}", proposal.id),
        who: id(proposal.who),
        action: proposal.action,
        target: proposal.target,
        code: proposal.code.map(|(code, _, _)| code),
        from: format!("{day} 10:00"),
        until: format!("{day} 12:00"),
        conductor: args.conductor.clone(),
        control_who: proposal.control.map(id),
        remarks: proposal.remarks,
        usual,
    }
}

fn next_working_day(today: NaiveDate) -> NaiveDate {
    let later = |days| today.checked_add_days(Days::new(days));
    let works = |day: &NaiveDate| !matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    (1..=3).filter_map(later).find(works).unwrap_or(today)
}

fn print_plan(
    args: &Args,
    planned: &[Planned],
    not: &[(String, String)],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    if args.json {
        let none: Vec<_> =
            not.iter().map(|(boundary, why)| json!({ "boundary": boundary, "why": why })).collect();
        let all = json!({ "proposed": planned, "not_proposed": none });
        serde_json::to_writer_pretty(&mut *out, &all)?;
        writeln!(out)?;
        return Ok(());
    }
    if args.csv {
        let remarks = planned.iter().flat_map(|plan| plan.remarks.iter().map(|r| (&plan.id, r)));
        remarks.for_each(|(id, said)| remark(&hostile::shown(&format!("{id}: {said}"))));
        return print_rows(planned, out);
    }
    for plan in planned {
        let on = plan.target.as_ref().map(|on| format!(" on {on}")).unwrap_or_default();
        writeln!(out, "{}", plan.boundary)?;
        let tries = format!("{}: {}{on}", plan.who, plan.action);
        writeln!(out, "  try      {}", hostile::shown(&tries))?;
        if let (Some(code), Some((times, of))) = (&plan.code, plan.usual) {
            let told = format!("{code} (in {times} of {of} such refusals on record)");
            writeln!(out, "  expect   {}", hostile::shown(&told))?;
        }
        if let Some(control) = &plan.control_who {
            writeln!(out, "  control  {control} does the same and succeeds")?;
        }
        for remark in &plan.remarks {
            writeln!(out, "  note     {}", hostile::shown(remark))?;
        }
    }
    for (boundary, why) in not {
        writeln!(out, "{boundary}\n  none     {}", hostile::shown(why))?;
    }
    if !planned.is_empty() {
        writeln!(out, "\nbefore you try: see that no target matters, and tell those who watch")?;
    }
    if planned.is_empty() && not.is_empty() {
        writeln!(out, "every boundary of the policy was exercised in this period")?;
    }
    Ok(())
}

/// Rows of drills.csv. Cells that a spreadsheet would run are neutralised as its reader expects.
fn print_rows(planned: &[Planned], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(DRILL_COLUMNS)?;
    for plan in planned {
        let cells = [
            Some(&plan.id),
            Some(&plan.who),
            Some(&plan.action),
            plan.target.as_ref(),
            plan.code.as_ref(),
            Some(&plan.from),
            Some(&plan.until),
            plan.conductor.as_ref(),
            plan.control_who.as_ref(),
            None,
            None,
        ];
        let cells = cells.map(|cell| cell.map(String::as_str).unwrap_or_default());
        table.write_record(cells.map(|cell| neutralised(cell).into_owned()))?;
    }
    table.flush()?;
    Ok(())
}
