//! `sodpack identities`: whose is each account, how is that known, and whom nobody knows.

use std::{collections::BTreeMap, io::Write};

use serde::Serialize;

use super::{
    Exit,
    environment::remark,
    exit::{Consequence as _, Failure},
    judge::{Evidence, When},
    workspace::Setup,
};
use crate::{
    crossref::{Basis, Context, Identity},
    report::{basis, hostile, proposals},
};

const NOT_LISTED: &str = "nothing was listed";

/// List every account of the evidence, whose it is, and how that is known
///
/// An account is joined to a principal of principals.csv, or it is ambiguous, or nobody's, or the
/// platform's own. With --rows it prints rows for principals.csv that would make the unresolved
/// ones known: read them, fill in what is blank, and paste them.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    setup: Setup,
    #[command(flatten)]
    when: When,
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_enum)]
    only: Option<State>,
    /// Print them as JSON
    #[arg(long, conflicts_with_all = ["csv", "rows"])]
    json: bool,
    /// Print them as CSV
    #[arg(long, conflicts_with = "rows")]
    csv: bool,
    /// Print rows for principals.csv for the accounts that belong to nobody known
    #[arg(long)]
    rows: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
enum State {
    /// It belongs to nobody known
    Unresolved,
    /// Several principals could own it
    Ambiguous,
    /// It belongs to a principal
    Joined,
    /// It is the system's own
    Platform,
}

impl State {
    fn of(identity: &Identity) -> Self {
        match identity.basis {
            Basis::Platform => Self::Platform,
            Basis::Ambiguous(_) => Self::Ambiguous,
            Basis::Nobody => Self::Unresolved,
            _ if identity.principal.is_none() => Self::Unresolved,
            _ => Self::Joined,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Unresolved => "unresolved",
            Self::Ambiguous => "ambiguous",
            Self::Joined => "joined",
            Self::Platform => "platform",
        }
    }
}

#[derive(Serialize)]
struct Line {
    state: State,
    account: String,
    account_kind: &'static str,
    principal: String,
    name: String,
    times: u64,
    basis: String,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let evidence = Evidence::read(&args.setup, args.quiet, NOT_LISTED)?;
    let (period, as_of) = args.when.read(evidence.workspace.config.timezone, NOT_LISTED)?;
    let cx = evidence.context(&period, as_of);
    if args.rows {
        rows(&cx, out).or_fail("the rows cannot be printed")?;
        return Ok(Exit::Clean);
    }
    let wanted = |line: &Line| args.only.is_none_or(|only| only == line.state);
    let mut lines: Vec<_> = cx.identities.all().iter().map(|i| line(&cx, i)).collect();
    lines.retain(wanted);
    // Whom nobody knows first, and of these who acted most.
    lines.sort_by(|a, b| {
        let key = |line: &Line| (line.state, std::cmp::Reverse(line.times));
        key(a).cmp(&key(b)).then_with(|| a.account.cmp(&b.account))
    });
    print(args, &lines, out).or_fail("the list cannot be printed")?;
    Ok(Exit::Clean)
}

fn line(cx: &Context<'_>, identity: &Identity) -> Line {
    let owner = identity.principal.map(|id| cx.principal(id));
    Line {
        state: State::of(identity),
        account: cx.dataset.text(identity.account.0).to_owned(),
        account_kind: identity.kind.name(),
        principal: owner.map(|owner| owner.id.clone()).unwrap_or_default(),
        name: owner.map(|owner| owner.name.clone()).unwrap_or_default(),
        times: cx.activity.get(&identity.account).map_or(0, |activity| activity.times),
        basis: basis(cx, &identity.basis),
    }
}

fn print(args: &Args, lines: &[Line], out: &mut dyn Write) -> anyhow::Result<()> {
    if args.json {
        serde_json::to_writer_pretty(&mut *out, lines)?;
        writeln!(out)?;
        return Ok(());
    }
    if args.csv {
        let mut table = csv::Writer::from_writer(out);
        let heads = ["state", "account", "account_kind", "principal", "name", "times", "basis"];
        table.write_record(heads)?;
        for line in lines {
            let Line { state, account, account_kind, principal, name, times, basis } = line;
            let times = times.to_string();
            let cells = [state.name(), account, account_kind, principal, name, &times, basis];
            let cells: Vec<_> = cells.into_iter().map(crate::report::csv::neutral).collect();
            table.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
        }
        table.flush()?;
        return Ok(());
    }
    let mut states: BTreeMap<State, usize> = BTreeMap::new();
    for line in lines {
        let Line { state, account, account_kind, principal, times, basis, .. } = line;
        *states.entry(*state).or_default() += 1;
        let owner = match principal.as_str() {
            "" => String::new(),
            id => format!("  {}", hostile::shown(id)),
        };
        let acts = if *times == 1 { "1 act".to_owned() } else { format!("{times} acts") };
        let account = hostile::shown(account);
        writeln!(out, "{}  {account}  {account_kind}  {acts}{owner}", state.name())?;
        writeln!(out, "  {}", hostile::shown(basis))?;
    }
    let counted: Vec<_> = states.iter().map(|(state, n)| format!("{n} {}", state.name())).collect();
    let counted = if counted.is_empty() { "no accounts".to_owned() } else { counted.join(", ") };
    writeln!(out, "\n{counted}")?;
    Ok(())
}

/// Rows with the header of principals.csv; what has to be filled in is told beside them, because a
/// registry holds no comments.
fn rows(cx: &Context<'_>, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(crate::policy::PRINCIPAL_COLUMNS)?;
    for proposal in proposals(cx) {
        let cells = proposal.cells();
        let cells: Vec<_> = cells.iter().map(|cell| crate::policy::neutralised(cell)).collect();
        table.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
        for blank in &proposal.blanks {
            remark(&format!("{}: {blank}", hostile::shown(&proposal.id)));
        }
    }
    table.flush()?;
    Ok(())
}
