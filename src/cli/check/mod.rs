//! `sodpack check`: is everything in place, without building?

mod one;

use std::{collections::BTreeMap, io::Write, path::PathBuf};

use serde::Serialize;

use super::{
    Exit,
    alike::Alike,
    exit::{Consequence as _, Failure},
    judge::Evidence,
    shown,
    workspace::{Setup, Workspace},
};
use crate::{
    crossref::{Basis, Identities, PolicyCoverage, Roles},
    ingest::{self, Shown},
    model::{Dataset, Instant, Source, SourceId},
    policy::{PrincipalKind, nearest},
    report::hostile,
};

const NOT_CHECKED: &str = "the check cannot pass";

/// Check configuration and sources without building a pack
///
/// Says how each file was recognised and how many of its records were read, which accounts belong
/// to nobody, which capabilities no role or action is mapped to, which patterns of policy.toml match
/// nothing, and what was merged or executed outside all of them. With --source it looks at one
/// export by itself, with no configuration.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Exit codes: 0 nothing is amiss; 2 something cannot be read at all; 3 records \
                        were rejected, an export is incomplete, an account is nobody's, a \
                        justification cannot be accepted, or policy leaves out all that was merged \
                        or executed."
)]
pub(super) struct Args {
    #[command(flatten)]
    setup: Setup,
    /// Look at this one file, without any configuration
    #[arg(long, value_name = "FILE")]
    source: Option<PathBuf>,
    /// The file's format, where it is not to be recognised
    #[arg(long, requires = "source")]
    format: Option<String>,
    /// The repository that the file is of, where it does not say so itself
    #[arg(long, requires = "source")]
    repository: Option<String>,
    /// The branch that the file is the history of
    #[arg(long, requires = "source")]
    branch: Option<String>,
    /// The team, organisation or repository of a member list, such as team:acme/reviewers
    #[arg(long, requires = "source")]
    scope: Option<String>,
    /// The system that its accounts belong to
    #[arg(long, requires = "source")]
    system: Option<String>,
    /// The role that everybody on a member list holds, such as member
    #[arg(long, requires = "source")]
    role: Option<String>,
    /// The zone of times that have none, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", requires = "source")]
    timezone: Option<chrono_tz::Tz>,
    /// When a list that does not say so itself was true, such as 2026-11-01
    #[arg(long, value_name = "TIME", requires = "source")]
    snapshot_at: Option<String>,
    /// Show the first N items of each file as they were understood
    #[arg(long, value_name = "N")]
    show: Option<usize>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    match &args.source {
        Some(path) => one::run(args, path, out),
        None => all(args, out),
    }
}

/// What a check found.
#[derive(Debug, Serialize)]
struct Checked {
    sources: Vec<SourceRow>,
    unread_files: Vec<String>,
    unknown_accounts: Vec<String>,
    unmapped_roles: Vec<String>,
    unmapped_capabilities: Vec<String>,
    policy: PolicyCoverage,
    justifications: Vec<String>,
}

#[derive(Debug, Serialize)]
struct SourceRow {
    path: String,
    format: &'static str,
    items: u64,
    read: u64,
    irrelevant: u64,
    rejected: u64,
    duplicates: u64,
    /// The earliest and latest time in its records.
    first: Option<Instant>,
    last: Option<Instant>,
    gaps: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shown: Vec<Shown>,
}

fn all(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let evidence = Evidence::read(&args.setup, args.quiet, NOT_CHECKED)?;
    let checked = Checked::of(&evidence, args.show.unwrap_or(0));
    checked.print(args, &evidence, out).or_fail("the result cannot be printed")?;
    let incomplete = checked.sources.iter().any(|s| s.rejected > 0 || !s.gaps.is_empty())
        || !checked.unknown_accounts.is_empty()
        || checked.policy.judges_nothing()
        || !checked.justifications.is_empty();
    Ok(if incomplete { Exit::Incomplete } else { Exit::Clean })
}

impl Checked {
    fn of(evidence: &Evidence, show: usize) -> Self {
        let Evidence { workspace, dataset, .. } = evidence;
        let policy = &workspace.policy;
        let worth = policy.approvals.sponsor_approval;
        let identities = Identities::join(dataset, &workspace.principals, worth);
        let unknown = |basis: &Basis| matches!(basis, Basis::Nobody | Basis::Ambiguous(_));
        let unknown_accounts = identities
            .all()
            .iter()
            .filter(|identity| unknown(&identity.basis))
            .map(|identity| dataset.text(identity.account.0).to_owned())
            .collect();
        let mapped = |role: &str| {
            let conflicts = policy.incompatible_roles.iter();
            let named = policy.capabilities.iter().flat_map(|c| &c.roles);
            named
                .chain(conflicts.flat_map(|c| c.one.iter().chain(&c.other)))
                .any(|pattern| pattern.matches(role))
        };
        let roles = Roles::new(dataset, &identities);
        let mut unmapped: Vec<_> = roles
            .holders()
            .flat_map(|holder| roles.of(holder))
            .chain(roles.unowned())
            .map(|span| dataset.text(span.role.0).to_owned())
            .filter(|role| !mapped(role))
            .collect();
        unmapped.sort();
        unmapped.dedup();
        let empty =
            policy.capabilities.iter().filter(|c| c.roles.is_empty() && c.actions.is_empty());
        Self {
            sources: source_rows(dataset, show),
            unread_files: evidence.sources.unread.clone(),
            unknown_accounts,
            unmapped_roles: unmapped,
            unmapped_capabilities: empty.map(|c| c.name.clone()).collect(),
            policy: PolicyCoverage::of(dataset, policy, &|_| true),
            justifications: unknown_people(workspace),
        }
    }

    fn print(&self, args: &Args, evidence: &Evidence, out: &mut dyn Write) -> anyhow::Result<()> {
        let dataset = &evidence.dataset;
        if args.json {
            serde_json::to_writer_pretty(&mut *out, self)?;
            writeln!(out)?;
            return Ok(());
        }
        self.print_sources(evidence.workspace.config.timezone, out)?;
        let symbols = dataset.symbols();
        let rejects = dataset.rejects().iter().map(|(source, reject)| {
            let path = dataset.source(*source).path.as_str();
            (path, reject.place.text(symbols), reject.reason.as_str())
        });
        for Alike { path, first, more } in Alike::group(rejects) {
            let path = hostile::shown(path);
            for (place, reason) in first {
                writeln!(out, "rejected: {path} {place}: {}", hostile::shown(reason))?;
            }
            if more > 0 {
                writeln!(out, "rejected: {path}: {more} more like it")?;
            }
        }
        let list = |out: &mut dyn Write, title: &str, names: &[String]| -> std::io::Result<()> {
            if names.is_empty() {
                return Ok(());
            }
            writeln!(out, "\n{title}")?;
            names.iter().try_for_each(|name| writeln!(out, "  {}", hostile::shown(name)))
        };
        let title = "what policy.toml and the exports do not say of the same things:";
        list(out, title, &self.policy.told())?;
        list(
            out,
            "files that were collected and that no source takes in (add a [[source]] for them):",
            &self.unread_files,
        )?;
        list(
            out,
            "accounts of nobody known (add them to principals.csv):",
            &self.unknown_accounts,
        )?;
        list(out, "roles that policy.toml does not name:", &self.unmapped_roles)?;
        let title = "capabilities that no role or action is mapped to, so no use of them is seen:";
        list(out, title, &self.unmapped_capabilities)?;
        let title = "justifications that cannot be accepted, for want of a human of the registry:";
        list(out, title, &self.justifications)?;
        Ok(())
    }

    /// Files of one format in one folder share a line: a month of logs is thousands of files.
    fn print_sources(&self, zone: chrono_tz::Tz, out: &mut dyn Write) -> std::io::Result<()> {
        let mut groups: BTreeMap<(&str, &str), Vec<&SourceRow>> = BTreeMap::new();
        for row in &self.sources {
            let folder = row.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let top = folder.split('/').take(3).map(str::len).sum::<usize>()
                + folder.split('/').take(3).count().saturating_sub(1);
            groups.entry((folder.get(..top).unwrap_or(folder), row.format)).or_default().push(row);
        }
        for ((folder, format), rows) in groups {
            let sum = |of: fn(&SourceRow) -> u64| rows.iter().map(|row| of(row)).sum::<u64>();
            let (files, items, read) = (rows.len(), sum(|r| r.items), sum(|r| r.read));
            let (irrelevant, rejected) = (sum(|r| r.irrelevant), sum(|r| r.rejected));
            let first = rows.iter().filter_map(|row| row.first).min();
            let last = rows.iter().filter_map(|row| row.last).max();
            writeln!(
                out,
                "{}: {format}, {files} file{}, {items} items: {read} read, {irrelevant} not \
                 relevant, {rejected} rejected{}{}",
                hostile::shown(folder),
                if files == 1 { "" } else { "s" },
                match sum(|r| r.duplicates) {
                    0 => String::new(),
                    n => format!(", {n} given twice"),
                },
                match (first, last) {
                    (Some(first), Some(last)) =>
                        format!("; {} to {}", first.date_in(zone), last.date_in(zone)),
                    _ => String::new(),
                },
            )?;
            for row in rows {
                for gap in &row.gaps {
                    writeln!(out, "  gap: {}: {}", hostile::shown(&row.path), hostile::shown(gap))?;
                }
                if !row.shown.is_empty() {
                    writeln!(out, "  {}", hostile::shown(&row.path))?;
                    shown::print(&row.shown, out)?;
                }
            }
        }
        Ok(())
    }
}

/// The justifications whose author or approver is no human of the registry.
fn unknown_people(workspace: &Workspace) -> Vec<String> {
    let people = &workspace.principals;
    let human = |id: &str| {
        people.named(id).is_some_and(|found| people.get(found).kind == PrincipalKind::Human)
    };
    let humans = || people.iter().map(|(_, person)| person).filter(|p| human(&p.id));
    let told = |line: u32, part: &str, id: &str| match nearest(id, humans().map(|p| p.id.as_str()))
    {
        Some(near) => format!("justifications.csv:{line}: {part} `{id}`; did you mean `{near}`?"),
        None => format!("justifications.csv:{line}: {part} `{id}`; write an id of principals.csv"),
    };
    let all = workspace.justifications.all.iter();
    all.flat_map(|row| [(row.line, "author", &row.author), (row.line, "approver", &row.approver)])
        .filter(|(_, _, id)| !human(id))
        .map(|(line, part, id)| told(line, part, id))
        .collect()
}

fn source_rows(dataset: &Dataset, show: usize) -> Vec<SourceRow> {
    let row = |(id, source): (u32, &Source)| {
        let tally = &source.tally;
        SourceRow {
            path: source.path.clone(),
            format: source.format,
            items: tally.items,
            read: tally.lowered,
            irrelevant: tally.irrelevant_total(),
            rejected: tally.rejected,
            duplicates: tally.duplicates,
            first: tally.times.map(|(first, _)| first),
            last: tally.times.map(|(_, last)| last),
            gaps: source.gaps.clone(),
            shown: match show {
                0 => Vec::new(),
                most => ingest::shown(dataset, SourceId(id), most),
            },
        }
    };
    (0..).zip(dataset.sources()).map(row).collect()
}
