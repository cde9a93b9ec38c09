//! `sodpack justify`: one written answer to one exception, refused where it could not be accepted.

use std::io::Write;

use super::{
    Exit,
    ask::Ask,
    draft::Draft,
    earlier::Earlier,
    environment,
    exit::{Consequence as _, Failure},
    explain::{tell, unknown},
    judge::{Evidence, When},
    replace::replace,
    workspace::{Setup, Workspace},
};
use crate::{
    crossref::{Assessment, Context, Who, broken_by_answer},
    model::Instant,
    policy::{Justifications, NewJustification, Problems, appended},
    report::{History, hostile, parties, story},
};

const NOT_WRITTEN: &str = "nothing was written";

/// Answer an exception with a written justification
///
/// Adds one row to justifications.csv and leaves every other byte of it as it is. What is not given
/// is asked for, where somebody can be asked. Whoever is a party to the exception, or answers for a
/// party, can neither write nor approve its justification, and nobody can do both. Its parties are
/// its persons and whoever asked for, wrote, approved, merged or executed what it is about.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The exception's id, such as `EX-7K3M9Q2R5T`
    id: String,
    #[command(flatten)]
    setup: Setup,
    #[command(flatten)]
    when: When,
    /// Why it was acceptable
    #[arg(long)]
    text: Option<String>,
    /// Who wrote it: an id of principals.csv
    #[arg(long, value_name = "ID")]
    author: Option<String>,
    /// Who approved it: another one
    #[arg(long, value_name = "ID")]
    approver: Option<String>,
    /// What lowered the risk
    #[arg(long, value_name = "TEXT")]
    control: Option<String>,
    /// Where it was discussed
    #[arg(long)]
    ticket: Option<String>,
    /// Last day on which it holds [default: no end]
    #[arg(long, value_name = "DAY")]
    expires: Option<String>,
    /// When it was approved [default: now, or --as-of]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Print the row and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let id = args.id.trim().to_ascii_uppercase();
    let evidence = Evidence::read(&args.setup, args.quiet, NOT_WRITTEN)?;
    let (period, as_of) = args.when.read(evidence.workspace.config.timezone, NOT_WRITTEN)?;
    evidence.assess(&period, as_of, |assessment| {
        let cx = assessment.cx;
        let parties = match assessment.exceptions.iter().find(|e| e.id == id) {
            Some(found) => found.parties.clone(),
            None => of_earlier(&evidence.workspace, assessment, &id)?,
        };
        let asking = args.text.is_none() || args.author.is_none() || args.approver.is_none();
        let draft = Draft { id: &id, cx, parties: &parties };
        let asks = asking && environment::can_ask();
        let row = match (asking, asks) {
            (false, _) => Some(given(args, &id, cx, as_of)),
            (true, false) => return Err(Failure::new(NOT_WRITTEN, missing(args))),
            (true, true) => ask(args, &evidence, assessment, &draft, out)?,
        };
        let Some(row) = row else { return Err(Failure::new(NOT_WRITTEN, "it was not confirmed")) };
        let (after, _) = checked(&evidence.workspace, &row, &draft)?;
        if !asks || args.dry_run {
            warn(&evidence.workspace, assessment, &row, &draft)?;
        }
        write(args, &evidence.workspace, &after, out)?;
        Ok(Exit::Clean)
    })
}

/// The parties of an exception that only earlier packs know.
fn of_earlier(
    workspace: &Workspace,
    assessment: &Assessment<'_>,
    id: &str,
) -> Result<Vec<Who>, Failure> {
    let history: History = Earlier::open(workspace, NOT_WRITTEN)?.history();
    let carried = history.carried(assessment);
    match carried.iter().find(|one| one.reported.id == id) {
        Some(one) => Ok(parties(assessment.cx, &one.reported.parties)),
        None => Err(Failure::new(NOT_WRITTEN, unknown(assessment, &history, id))),
    }
}

fn missing(args: &Args) -> String {
    let wanted =
        [("--text", &args.text), ("--author", &args.author), ("--approver", &args.approver)];
    let absent: Vec<_> =
        wanted.iter().filter(|(_, v)| v.is_none()).map(|(name, _)| *name).collect();
    format!("nobody can be asked; give {}", absent.join(" and "))
}

/// The row that the flags make.
fn given(args: &Args, id: &str, cx: &Context<'_>, as_of: Instant) -> NewJustification {
    let text = |flag: &Option<String>| flag.as_deref().unwrap_or_default().trim().to_owned();
    NewJustification {
        exception: id.to_owned(),
        text: text(&args.text),
        author: text(&args.author),
        approver: text(&args.approver),
        at: args.at.clone().unwrap_or_else(|| as_of.rfc3339_in(cx.period.zone())),
        compensating_control: text(&args.control),
        ticket: text(&args.ticket),
        expires: text(&args.expires),
    }
}

/// Shows the story, asks for what the flags leave out, and whether to write it.
fn ask(
    args: &Args,
    evidence: &Evidence,
    assessment: &Assessment<'_>,
    draft: &Draft<'_>,
    out: &mut dyn Write,
) -> Result<Option<NewJustification>, Failure> {
    let cx = assessment.cx;
    let row = given(args, draft.id, cx, cx.as_of);
    // What was given is judged before anybody types.
    let faults: Vec<_> = CELLS
        .iter()
        .filter(|cell| (cell.given)(args).is_some())
        .flat_map(|cell| draft.faults(&row, cell.column))
        .collect();
    if !faults.is_empty() {
        return Err(Failure::new(NOT_WRITTEN, faults.join("\n")));
    }
    if let Some(found) = assessment.exceptions.iter().find(|e| e.id == draft.id) {
        let told = story::told(&tell(evidence, assessment, found));
        writeln!(out, "{told}").and_then(|()| out.flush()).or_fail(NOT_WRITTEN)?;
    }
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stderr());
    let mut ask = Ask { input: &mut input, output: &mut output };
    let asked = |cell: &&Cell| cell.column != "at" && (cell.given)(args).is_none();
    let wanted: Vec<_> = CELLS.iter().filter(asked).collect();
    let row = fill(&mut ask, row, draft, &wanted).or_fail(NOT_WRITTEN)?;
    if !args.dry_run {
        warn(&evidence.workspace, assessment, &row, draft)?;
    }
    let agreed = args.dry_run || ask.agrees("write it?").or_fail(NOT_WRITTEN)?;
    Ok(agreed.then_some(row))
}

/// Asks for cells, each until its answer would be accepted.
fn fill(
    ask: &mut Ask<'_>,
    mut row: NewJustification,
    draft: &Draft<'_>,
    wanted: &[&Cell],
) -> anyhow::Result<NewJustification> {
    for cell in wanted {
        loop {
            *(cell.of)(&mut row) = ask.line(cell.question, cell.needed)?;
            let faults = draft.faults(&row, cell.column);
            if faults.is_empty() {
                break;
            }
            faults.iter().try_for_each(|fault| writeln!(ask.output, "  {fault}"))?;
        }
    }
    Ok(row)
}

/// Says which exceptions of its own the row would make, and what avoids them.
fn warn(
    workspace: &Workspace,
    assessment: &Assessment<'_>,
    row: &NewJustification,
    draft: &Draft<'_>,
) -> Result<(), Failure> {
    let cx = assessment.cx;
    let Some(exception) = assessment.exceptions.iter().find(|e| e.id == draft.id) else {
        return Ok(());
    };
    let (_, read) = checked(workspace, row, draft)?;
    let Some(line) = read.all.last().map(|last| last.line) else { return Ok(()) };
    let Context { dataset, policy, drills, period, as_of, .. } = *cx;
    let principals = cx.identities.principals();
    let after = Context::new(dataset, policy, principals, &read, drills, period, as_of);
    for (rule, told) in broken_by_answer(&after, exception, line) {
        let cure = match rule.id {
            "no-compensating-control" => "; name what lowered the risk with --control",
            "late-justification" => "; if it was approved earlier, say when with --at",
            _ => "",
        };
        let told = hostile::shown(&told);
        environment::remark(&format!(
            "this answer makes an exception of its own, {}: {told}{cure}",
            rule.id
        ));
    }
    Ok(())
}

/// A cell that people fill in.
struct Cell {
    column: &'static str,
    question: &'static str,
    needed: bool,
    given: fn(&Args) -> Option<&String>,
    of: fn(&mut NewJustification) -> &mut String,
}

/// The cells, in the order in which they are asked for.
const CELLS: [Cell; 7] = [
    Cell {
        column: "justification",
        question: "why it was acceptable",
        needed: true,
        given: |args| args.text.as_ref(),
        of: |row| &mut row.text,
    },
    Cell {
        column: "author",
        question: "who wrote this (id of principals.csv)",
        needed: true,
        given: |args| args.author.as_ref(),
        of: |row| &mut row.author,
    },
    Cell {
        column: "approver",
        question: "who approved it (another id)",
        needed: true,
        given: |args| args.approver.as_ref(),
        of: |row| &mut row.approver,
    },
    Cell {
        column: "compensating_control",
        question: "what lowered the risk (or nothing)",
        needed: false,
        given: |args| args.control.as_ref(),
        of: |row| &mut row.compensating_control,
    },
    Cell {
        column: "ticket",
        question: "where it was discussed (or nothing)",
        needed: false,
        given: |args| args.ticket.as_ref(),
        of: |row| &mut row.ticket,
    },
    Cell {
        column: "expires",
        question: "last day on which it holds (or nothing)",
        needed: false,
        given: |args| args.expires.as_ref(),
        of: |row| &mut row.expires,
    },
    Cell {
        column: "at",
        question: "when it was approved",
        needed: true,
        // Now, where nobody says otherwise: it is not asked for.
        given: |args| args.at.as_ref(),
        of: |row| &mut row.at,
    },
];

/// What the file is to hold, and the part of it that is new.
struct After {
    whole: String,
    added: String,
}

/// Refuses a row that would not be accepted, or would make the file unsound; what the file is to hold,
/// and how it is read then.
fn checked(
    workspace: &Workspace,
    row: &NewJustification,
    draft: &Draft<'_>,
) -> Result<(After, Justifications), Failure> {
    let faults: Vec<_> = CELLS.iter().flat_map(|cell| draft.faults(row, cell.column)).collect();
    if !faults.is_empty() {
        return Err(Failure::new(NOT_WRITTEN, faults.join("\n")));
    }
    let before = before(workspace).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    let added = appended(&before, row);
    let whole = format!("{before}{added}");
    let mut problems = Problems::default();
    let file = justifications(workspace).display().to_string();
    let zone = draft.cx.period.zone();
    match Justifications::read(&file, &whole, zone, &mut problems) {
        Some(read) => Ok((After { whole, added }, read)),
        None => {
            // The row is on no line yet: what is said of it is that another one answers already.
            let told = problems.0.iter().map(|problem| {
                let cure = "edit that line by hand, or let it expire before this is approved";
                format!("{file}: {}; {cure}", problem.fault)
            });
            Err(Failure::new(NOT_WRITTEN, told.collect::<Vec<_>>().join("\n")))
        }
    }
}

fn before(workspace: &Workspace) -> Option<&[u8]> {
    let file = workspace.written.iter().find(|file| file.name == "justifications.csv");
    file.map(|file| file.bytes.as_slice())
}

fn justifications(workspace: &Workspace) -> std::path::PathBuf {
    let configured = workspace.config.justifications.clone();
    workspace.path(&configured.unwrap_or_else(|| "justifications.csv".into()))
}

fn write(
    args: &Args,
    workspace: &Workspace,
    after: &After,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let path = justifications(workspace);
    if args.dry_run {
        let row = after.added.trim_start_matches(['\r', '\n']);
        return write!(out, "{row}").or_fail("the row cannot be printed");
    }
    replace(&path, before(workspace), after.whole.as_bytes()).or_fail(NOT_WRITTEN)?;
    writeln!(out, "{}: one row added", path.display())
        .or_fail("the row was written, but this cannot be printed")
}
