//! `sodpack exceptions`: what people have to answer.

use std::io::Write;

use serde::Serialize;

use super::{
    Exit,
    build::{exit, missing},
    earlier::Earlier,
    exit::{Consequence as _, Failure},
    judge::{Evidence, When},
    workspace::Setup,
};
use crate::{
    crossref::{Answer, Assessment, Context, Exception, RuleCount, Status},
    report::{
        Carried, FollowUp, FollowUps, History, csv::neutral, deviation_rate, hostile, owned,
        weakness,
    },
};

const NOT_LISTED: &str = "nothing was listed";

/// List the exceptions of a period, worst first
///
/// Judges the period as `build` does and writes no pack. Exceptions of earlier packs that nobody
/// has answered yet are listed after those of the period, under the same ids. With --template it
/// prints rows for justifications.csv, to be filled in by people who live in a spreadsheet.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    setup: Setup,
    #[command(flatten)]
    when: When,
    /// Only those in this state
    #[arg(long, value_enum, default_value = "all")]
    status: Wanted,
    /// Print them, and the deviation rate of each rule, as JSON
    #[arg(long, conflicts_with_all = ["csv", "template"])]
    json: bool,
    /// Print them as CSV
    #[arg(long, conflicts_with = "template")]
    csv: bool,
    /// Print the open ones as rows for justifications.csv
    #[arg(long)]
    template: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum Wanted {
    /// Still wants an answer
    Open,
    /// A justification is accepted
    Justified,
    /// Answered, or still not, after the time that policy gives
    Late,
    /// Was justified once, and no longer is
    Expired,
    /// Every one
    All,
}

#[derive(Serialize)]
struct List {
    exceptions: Vec<Row>,
    carried_over: Vec<Row>,
    unanswering: Vec<Unanswering>,
    rules: Vec<Rate>,
    #[serde(skip)]
    period: String,
}

/// A justification that answers no exception, of the period or of an earlier pack.
#[derive(Serialize)]
struct Unanswering {
    line: u32,
    exception: String,
}

#[derive(Serialize)]
struct Row {
    id: String,
    rule: String,
    also: Vec<&'static str>,
    severity: String,
    status: &'static str,
    late: bool,
    subject: String,
    persons: Vec<String>,
    statement: String,
    owner: Option<String>,
    owned: String,
    age_days: Option<u64>,
    first_reported: Option<String>,
    reported_days: Option<u64>,
    repeated: u64,
    seen_before: Vec<String>,
    /// The folder of the pack that left it open, for one that the period's own rules do not see.
    carried_from: Option<String>,
    /// Why justifications that name it are not accepted.
    not_accepted: Vec<String>,
    #[serde(skip)]
    repetition: String,
}

#[derive(Serialize)]
struct Rate {
    rule: &'static str,
    violations: u64,
    population: u64,
    indeterminate: u64,
    rate: Option<String>,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let evidence = Evidence::read(&args.setup, args.quiet, NOT_LISTED)?;
    let (period, as_of) = args.when.read(evidence.workspace.config.timezone, NOT_LISTED)?;
    let history = Earlier::open(&evidence.workspace, NOT_LISTED)?.history();
    evidence.assess(&period, as_of, |assessment| {
        let list = list(args.wanted(), assessment, &history);
        print(args, &list, out).or_fail("the list cannot be printed")?;
        let open = assessment.open().count() + open_before(assessment, &history);
        Ok(exit(open, missing(assessment)))
    })
}

/// Exceptions of earlier packs that still want an answer.
pub(super) fn open_before(assessment: &Assessment<'_>, history: &History) -> usize {
    history.carried(assessment).iter().filter(|one| one.status.is_open()).count()
}

impl Args {
    fn wanted(&self) -> Wanted {
        if self.template { Wanted::Open } else { self.status }
    }
}

impl Wanted {
    /// The state as it stands before a noun.
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open ",
            Self::Justified => "justified ",
            Self::Late => "late ",
            Self::Expired => "expired ",
            Self::All => "",
        }
    }

    fn takes(self, status: Status, late: bool) -> bool {
        match self {
            Self::Open => status.is_open(),
            Self::Justified => status == Status::Justified,
            Self::Late => late,
            Self::Expired => status == Status::Expired,
            Self::All => true,
        }
    }
}

fn list(wanted: Wanted, assessment: &Assessment<'_>, history: &History) -> List {
    let cx = assessment.cx;
    let follow_ups = FollowUps::new(history, assessment);
    let all = assessment.exceptions.iter().map(|e| (e, follow_ups.of(cx, e)));
    let all = all.filter(|(e, next)| wanted.takes(e.status, next.late));
    // What an earlier period left open has had more than the time that policy gives.
    let before = history.carried(assessment).into_iter();
    let before = before.filter(|one| wanted.takes(one.status, one.status.is_open()));
    List {
        exceptions: all.map(|(e, next)| row(cx, e, &next)).collect(),
        carried_over: before.map(|one| carried(cx, &one)).collect(),
        unanswering: unanswering(assessment, history),
        rules: assessment.counts.iter().map(rate).collect(),
        period: cx.period.label.clone(),
    }
}

fn unanswering(assessment: &Assessment<'_>, history: &History) -> Vec<Unanswering> {
    let unused = assessment.unused.iter();
    unused
        .filter(|justification| history.first(&justification.exception).is_none())
        .map(|justification| Unanswering {
            line: justification.line,
            exception: justification.exception.clone(),
        })
        .collect()
}

/// Why the justifications of an exception are not accepted, each with its line.
fn not_accepted(cx: &Context<'_>, answers: &[Answer]) -> Vec<String> {
    let told = |answer: &Answer| {
        let line = cx.justifications.all[answer.index].line;
        let why = answer.weaknesses.iter().map(|weak| weakness(weak, &|at| cx.clock(at)));
        let why: Vec<_> = why.collect();
        (!why.is_empty()).then(|| format!("justifications.csv:{line}: {}", why.join("; ")))
    };
    answers.iter().filter_map(told).collect()
}

fn row(cx: &Context<'_>, exception: &Exception, next: &FollowUp<'_>) -> Row {
    Row {
        id: exception.id.clone(),
        rule: exception.rule.id.to_owned(),
        also: exception.also.iter().map(|(rule, _)| rule.id).collect(),
        severity: exception.severity.name().to_owned(),
        status: exception.status.name(),
        late: next.late,
        subject: exception.tested.id(cx),
        persons: exception.persons.iter().map(|who| cx.who_id(*who).to_owned()).collect(),
        statement: exception.statement.clone(),
        owner: next.owner.map(|owner| cx.principal(owner.principal).id.clone()),
        owned: owned(cx, next.owner),
        age_days: Some(next.days),
        first_reported: next.reported.map(|(report, _)| report.folder.clone()),
        reported_days: next.reported.map(|(_, days)| days),
        repeated: next.others,
        seen_before: next.before.iter().map(|label| (*label).to_owned()).collect(),
        carried_from: None,
        not_accepted: not_accepted(cx, &exception.answers),
        repetition: next.repeated(),
    }
}

fn carried(cx: &Context<'_>, one: &Carried<'_>) -> Row {
    let then = one.reported;
    let days = (cx.as_of.seconds() - one.from.as_of.seconds()) / 86_400;
    Row {
        id: then.id.clone(),
        rule: then.rule.clone(),
        also: Vec::new(),
        severity: then.severity.clone(),
        status: one.status.name(),
        late: one.status.is_open(),
        subject: then.subject.clone(),
        persons: then.persons.clone(),
        statement: then.statement.clone(),
        owner: None,
        owned: String::new(),
        age_days: None,
        first_reported: Some(one.from.folder.clone()),
        reported_days: u64::try_from(days).ok(),
        repeated: 0,
        seen_before: vec![one.from.label.clone()],
        carried_from: Some(one.from.folder.clone()),
        not_accepted: not_accepted(cx, &one.answers),
        repetition: String::new(),
    }
}

fn rate(count: &RuleCount) -> Rate {
    let (rule, violations, indeterminate) = (count.rule.id, count.violation, count.indeterminate);
    let (population, rate) = (count.population(), deviation_rate(count));
    Rate { rule, violations, population, indeterminate, rate }
}

fn print(args: &Args, list: &List, out: &mut dyn Write) -> anyhow::Result<()> {
    if args.json {
        serde_json::to_writer_pretty(&mut *out, list)?;
        writeln!(out)?;
        return Ok(());
    }
    let rows = || list.exceptions.iter().chain(&list.carried_over);
    if args.template {
        let mut table = csv::Writer::from_writer(out);
        let columns =
            "exception,justification,author,approver,at,compensating_control,ticket,expires";
        table.write_record(columns.split(','))?;
        for row in rows() {
            table.write_record([row.id.as_str(), "", "", "", "", "", "", ""])?;
        }
        table.flush()?;
        return Ok(());
    }
    if args.csv {
        return sheet(rows(), out);
    }
    list.exceptions.iter().try_for_each(|row| told(row, out))?;
    if list.exceptions.is_empty() {
        let which = args.status.name();
        writeln!(out, "no {which}exceptions of {}", list.period)?;
    }
    if !list.carried_over.is_empty() {
        writeln!(out, "\ncarried over from earlier packs: {}", list.carried_over.len())?;
        list.carried_over.iter().try_for_each(|row| told(row, out))?;
    }
    if !list.unanswering.is_empty() {
        writeln!(out, "\njustifications that answer no exception of this or an earlier pack")?;
        for Unanswering { line, exception } in &list.unanswering {
            writeln!(out, "  justifications.csv:{line}: {}", hostile::shown(exception))?;
        }
    }
    rates(&list.rules, out)
}

fn told(row: &Row, out: &mut dyn Write) -> anyhow::Result<()> {
    let Row { id, rule, severity, status, .. } = row;
    let (rule, severity) = (hostile::shown(rule), hostile::shown(severity));
    writeln!(out, "{}  {rule}  {severity}  {status}", hostile::shown(id))?;
    writeln!(out, "  {}", hostile::shown(&row.subject))?;
    writeln!(out, "  {}", hostile::shown(&row.statement))?;
    let owner = match row.owned.as_str() {
        "" => "no owner".to_owned(),
        owner => format!("owner {}", hostile::shown(owner)),
    };
    let days = |n: u64| if n == 1 { "1 day".to_owned() } else { format!("{n} days") };
    let age = row.age_days.map(|n| format!("{} since the period ended", days(n)));
    let reported =
        row.first_reported.as_ref().zip(row.reported_days).map(|(pack, n)| {
            format!("reported by {}, {} before this", hostile::shown(pack), days(n))
        });
    let late = row.late.then(|| "late".to_owned());
    let repetition = (!row.repetition.is_empty()).then(|| hostile::shown(&row.repetition));
    let all = [Some(owner), age, reported, late, repetition];
    let all: Vec<_> = all.into_iter().flatten().collect();
    writeln!(out, "  {}", all.join("; "))?;
    for why in &row.not_accepted {
        writeln!(out, "  not accepted: {}", hostile::shown(why))?;
    }
    Ok(())
}

/// The share of violations in what each rule tested, of rules that found any.
fn rates(all: &[Rate], out: &mut dyn Write) -> anyhow::Result<()> {
    let broken: Vec<_> = all.iter().filter(|rate| rate.violations > 0).collect();
    let Some(width) = broken.iter().map(|rate| rate.rule.len()).max() else { return Ok(()) };
    writeln!(out, "\n{:width$}  violations  population  deviation rate", "rule")?;
    for Rate { rule, violations, population, rate, .. } in broken {
        let rate = rate.as_deref().unwrap_or_default();
        writeln!(out, "{rule:width$}  {violations:>10}  {population:>10}  {rate}")?;
    }
    Ok(())
}

fn sheet<'r>(rows: impl Iterator<Item = &'r Row>, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record([
        "exception",
        "rule",
        "also",
        "severity",
        "status",
        "late",
        "subject",
        "persons",
        "statement",
        "owner",
        "age_days",
        "first_reported",
        "reported_days",
        "repeated",
        "seen_before",
        "carried_from",
    ])?;
    let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
    for row in rows {
        let cells = [
            row.id.clone(),
            row.rule.clone(),
            row.also.join("; "),
            row.severity.clone(),
            row.status.to_owned(),
            if row.late { "yes" } else { "no" }.to_owned(),
            row.subject.clone(),
            row.persons.join("; "),
            row.statement.clone(),
            row.owner.clone().unwrap_or_default(),
            number(row.age_days),
            row.first_reported.clone().unwrap_or_default(),
            number(row.reported_days),
            row.repeated.to_string(),
            row.seen_before.join("; "),
            row.carried_from.clone().unwrap_or_default(),
        ];
        table.write_record(cells.iter().map(|cell| neutral(cell).into_owned()))?;
    }
    table.flush()?;
    Ok(())
}
