//! `sodpack justify`: one written answer to one exception, refused where it could not be accepted.

use std::io::Write;

use super::{
    Exit,
    ask::Ask,
    earlier::Earlier,
    environment,
    exit::{Consequence as _, Failure},
    explain::{tell, unknown},
    judge::{Evidence, When},
    replace::replace,
    workspace::{Setup, Workspace},
};
use crate::{
    crossref::{Assessment, Context, Weakness, Who, weaknesses},
    model::Instant,
    policy::{Justification, Justifications, NewJustification, Problems, appended, nearest},
    report::{History, hostile, parties, story, weakness},
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
        let row = match (asking, environment::can_ask()) {
            (false, _) => Some(given(args, &id, cx, as_of)),
            (true, false) => return Err(Failure::new(NOT_WRITTEN, missing(args))),
            (true, true) => ask(args, &evidence, assessment, &id, out)?,
        };
        let Some(row) = row else { return Err(Failure::new(NOT_WRITTEN, "it was not confirmed")) };
        let after = checked(&evidence.workspace, cx, &row, &parties)?;
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
    id: &str,
    out: &mut dyn Write,
) -> Result<Option<NewJustification>, Failure> {
    let cx = assessment.cx;
    if let Some(found) = assessment.exceptions.iter().find(|e| e.id == id) {
        let told = story::told(&tell(evidence, assessment, found));
        writeln!(out, "{told}").and_then(|()| out.flush()).or_fail(NOT_WRITTEN)?;
    }
    let (mut input, mut output) = (std::io::stdin().lock(), std::io::stderr());
    let mut ask = Ask { input: &mut input, output: &mut output };
    let row = given(args, id, cx, cx.as_of);
    fill(&mut ask, row, args).or_fail(NOT_WRITTEN)
}

fn fill(
    ask: &mut Ask<'_>,
    mut row: NewJustification,
    args: &Args,
) -> anyhow::Result<Option<NewJustification>> {
    let asked = [
        (&args.text, "why it was acceptable", true, &mut row.text),
        (&args.author, "who wrote this (id of principals.csv)", true, &mut row.author),
        (&args.approver, "who approved it (another id)", true, &mut row.approver),
        (&args.control, "what lowered the risk (or nothing)", false, &mut row.compensating_control),
        (&args.ticket, "where it was discussed (or nothing)", false, &mut row.ticket),
        (&args.expires, "last day on which it holds (or nothing)", false, &mut row.expires),
    ];
    for (flag, question, needed, cell) in asked {
        if flag.is_none() {
            *cell = ask.line(question, needed)?;
        }
    }
    Ok((args.dry_run || ask.agrees("write it?")?).then_some(row))
}

/// What the file is to hold, and the part of it that is new.
struct After {
    whole: String,
    added: String,
}

/// Refuses a row that would not be accepted, or would make the file unsound.
fn checked(
    workspace: &Workspace,
    cx: &Context<'_>,
    row: &NewJustification,
    parties: &[Who],
) -> Result<After, Failure> {
    let before = before(workspace).map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
    let added = appended(&before, row);
    let whole = format!("{before}{added}");
    let mut problems = Problems::default();
    let file = justifications(workspace).display().to_string();
    let read = Justifications::read(&file, &whole, cx.period.zone(), &mut problems);
    let Some(mut read) = read else { return Err(Failure::new(NOT_WRITTEN, problems)) };
    let Some(last) = read.all.pop() else {
        return Err(Failure::new(NOT_WRITTEN, format!("{file}: the new row cannot be read back")));
    };
    let weak = weaknesses(cx, &last, parties);
    if weak.is_empty() {
        return Ok(After { whole, added });
    }
    let told: Vec<_> = weak.iter().map(|w| refusal(cx, &last, w)).collect();
    Err(Failure::new(NOT_WRITTEN, told.join("\n")))
}

/// Why a justification would not be accepted, in the words of the reports, and what to do.
fn refusal(cx: &Context<'_>, row: &Justification, weak: &Weakness) -> String {
    let told = weakness(weak, &|at| cx.clock(at));
    let id = match weak {
        Weakness::UnknownAuthor => &row.author,
        Weakness::UnknownApprover => &row.approver,
        _ => return format!("the justification would not be accepted: {told}"),
    };
    let humans = cx.identities.principals().all.iter();
    let humans = humans.filter(|p| p.kind == crate::policy::PrincipalKind::Human);
    let cure = match nearest(id, humans.map(|p| p.id.as_str()).filter(|known| known != id)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "write an id of principals.csv".to_owned(),
    };
    let id = hostile::shown(id);
    format!("the justification would not be accepted: {told} (`{id}`); {cure}")
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
