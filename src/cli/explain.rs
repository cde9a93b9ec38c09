//! `sodpack explain`: what a rule tests and cannot see, or how an exception came about.

use std::io::Write;

use serde::Serialize;

use super::{
    Exit, docs,
    earlier::Earlier,
    exit::{Consequence as _, Failure},
    judge::{Evidence, When},
    reporting,
    workspace::Setup,
};
use crate::{
    crossref::{Assessment, Exception, RULES, Rule},
    model::Period,
    policy::nearest,
    report::{
        History, Report,
        story::{self, Index, Story},
    },
};

const NOT_EXPLAINED: &str = "nothing was explained";

/// Explain a rule, or tell how an exception came about
///
/// Of an exception it judges the period as `exceptions` does, and tells in the order of time what
/// was done, by whom, through which account, which roles they held and from which record each of it
/// is known; then why it is an exception, and what answers it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The rule's id, such as `self-approval`, or the exception's, such as `EX-7K3M9Q2R5T`
    id: String,
    #[command(flatten)]
    setup: Setup,
    #[command(flatten)]
    when: When,
    /// Print it as JSON
    #[arg(long)]
    json: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Serialize)]
struct Explained {
    id: &'static str,
    summary: &'static str,
    class: &'static str,
    severity: &'static str,
    criteria: &'static [&'static str],
    since: &'static str,
    text: String,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let id = args.id.trim();
    if id.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("EX-")) {
        return exception(args, &id.to_ascii_uppercase(), out);
    }
    let Some(rule) = RULES.iter().find(|rule| rule.id == id) else {
        let cure = match nearest(id, RULES.iter().map(|rule| rule.id)) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`sodpack list rules` names them all".to_owned(),
        };
        let cause = format!("no rule is called `{}`; {cure}", id.escape_debug());
        return Err(Failure::new(NOT_EXPLAINED, cause));
    };
    print_rule(args, rule, out).or_fail("the explanation cannot be printed")?;
    Ok(Exit::Clean)
}

fn print_rule(args: &Args, rule: &'static Rule, out: &mut dyn Write) -> anyhow::Result<()> {
    let text = docs::rule(rule);
    if !args.json {
        write!(out, "{text}")?;
        return Ok(());
    }
    let Rule { id, summary, criteria, since, .. } = *rule;
    let (class, severity) = (rule.class.name(), rule.severity.name());
    let explained = Explained { id, summary, class, severity, criteria, since, text };
    serde_json::to_writer_pretty(&mut *out, &explained)?;
    writeln!(out)?;
    Ok(())
}

fn exception(args: &Args, id: &str, out: &mut dyn Write) -> Result<Exit, Failure> {
    let evidence = Evidence::read(&args.setup, args.quiet, NOT_EXPLAINED)?;
    let zone = evidence.workspace.config.timezone;
    let (period, as_of) = args.when.read(zone, NOT_EXPLAINED)?;
    let mut print = |assessment: &Assessment<'_>| {
        let found = assessment.exceptions.iter().find(|e| e.id == id);
        found.map(|found| told(args, &evidence, assessment, found, out))
    };
    let (found, history, cause) = evidence.assess(&period, as_of, |assessment| {
        if let Some(told) = print(assessment) {
            return told.map(|exit| (Some(exit), History::default(), String::new()));
        }
        let history = Earlier::open(&evidence.workspace, NOT_EXPLAINED)?.history();
        let cause = unknown(assessment, &history, id);
        Ok((None, history, cause))
    })?;
    if let Some(exit) = found {
        return Ok(exit);
    }
    // An exception of an earlier pack is told in the period that it is of.
    let reported = history.latest(id).map(|(report, _)| report.label.as_str());
    let period = reported.and_then(|label| Period::parse(label, zone, as_of.date_in(zone)).ok());
    let found = period.and_then(|period| evidence.assess(&period, as_of, &mut print));
    found.unwrap_or_else(|| Err(Failure::new(NOT_EXPLAINED, cause)))
}

fn told(
    args: &Args,
    evidence: &Evidence,
    assessment: &Assessment<'_>,
    found: &Exception,
    out: &mut dyn Write,
) -> Result<Exit, Failure> {
    let told = tell(evidence, assessment, found);
    let mut print = || -> anyhow::Result<()> {
        match args.json {
            true => {
                serde_json::to_writer_pretty(&mut *out, &told)?;
                writeln!(out)?;
            }
            false => write!(out, "{}", story::told(&told))?,
        }
        Ok(())
    };
    print().or_fail("the story cannot be printed")?;
    Ok(if found.status.is_open() { Exit::Open } else { Exit::Clean })
}

/// The whole story of one exception.
pub(super) fn tell(
    evidence: &Evidence,
    assessment: &Assessment<'_>,
    exception: &Exception,
) -> Story {
    let tell = |report: &Report<'_>| {
        let index = Index::new(report, [exception]);
        story::story(report, &index, exception, story::Extent::EVENTS)
    };
    let none = History::default();
    reporting::report(&evidence.workspace, assessment, &none, "", &|_| None, tell)
}

/// Why an id names no exception of the period, and what to do.
pub(super) fn unknown(assessment: &Assessment<'_>, history: &History, id: &str) -> String {
    let period = &assessment.cx.period.label;
    let shown = id.escape_debug();
    if let Some((report, _)) = history.latest(id) {
        let label = &report.label;
        return format!(
            "`{shown}` is no exception of {period}; {} reported it: try --period {label}",
            report.folder
        );
    }
    let known = assessment.exceptions.iter().map(|e| e.id.as_str());
    let cure = match nearest(id, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`sodpack exceptions` lists them all".to_owned(),
    };
    format!("no exception of {period} is called `{shown}`; {cure}")
}
