//! `sodpack check`: is everything in place, without building?

use std::{
    collections::BTreeMap,
    io::Write,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{
    Exit,
    exit::{Consequence as _, Failure},
    judge::Evidence,
    shown,
    sources::Sources,
    workspace::Setup,
};
use crate::{
    crossref::{Basis, Identities, Roles},
    ingest::{self, Look, Shown},
    model::{Dataset, Settings, Source, SourceId},
    report::hostile,
};

const NOT_CHECKED: &str = "the check cannot pass";

/// Check configuration and sources without building a pack
///
/// Says how each file was recognised and how many of its records were read, which accounts belong
/// to nobody and which capabilities no role or action is mapped to. With --source it looks at one
/// export by itself, with no configuration.
#[derive(Debug, clap::Args)]
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
        Some(path) => one(args, path, out),
        None => all(args, out),
    }
}

fn one(args: &Args, path: &Path, out: &mut dyn Write) -> Result<Exit, Failure> {
    let settings = Settings {
        format: args.format.clone(),
        repository: args.repository.clone(),
        branch: args.branch.clone(),
        scope: args.scope.clone(),
        ..Settings::default()
    };
    let sources = Sources::single(path, settings);
    let inputs = sources.inputs();
    let Some(input) = inputs.first() else {
        return Err(Failure::new(NOT_CHECKED, "there is no file"));
    };
    let look = ingest::look(*input).or_fail(NOT_CHECKED)?;
    let shown = match args.show {
        None => Vec::new(),
        Some(most) => {
            // What nobody watches is shown too: whom the registry names is not known here.
            let data = ingest::read(&[*input], &|_: &str| true, &|_| ()).or_fail(NOT_CHECKED)?;
            ingest::shown(&data, SourceId(0), most)
        }
    };
    print_look(args, &look, &shown, out).or_fail("the result cannot be printed")?;
    let missing = look.rejected > 0 || !look.gaps.is_empty();
    Ok(if missing { Exit::Incomplete } else { Exit::Clean })
}

fn print_look(
    args: &Args,
    look: &Look,
    shown: &[Shown],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    if args.json {
        let with = WithShown { look, shown };
        serde_json::to_writer_pretty(&mut *out, &with)?;
        writeln!(out)?;
        return Ok(());
    }
    writeln!(
        out,
        "{}: {}, {}, {}",
        hostile::shown(&look.path),
        look.format,
        look.container,
        look.encoding
    )?;
    writeln!(out, "  {} items: {} read, {} rejected", look.items, look.lowered, look.rejected)?;
    for (reason, count) in &look.irrelevant {
        writeln!(out, "  {count} not relevant: {reason}")?;
    }
    for (kind, count) in look.records.iter().filter(|(_, count)| **count > 0) {
        writeln!(out, "  {count} {kind}")?;
    }
    for (place, reason) in &look.rejects {
        writeln!(out, "  rejected at {place}: {}", hostile::shown(reason))?;
    }
    for gap in &look.gaps {
        writeln!(out, "  gap: {}", hostile::shown(gap))?;
    }
    if let (Some(first), Some(last)) = (look.first, look.last) {
        writeln!(out, "  from {first} to {last}")?;
    }
    shown::print(shown, out)?;
    Ok(())
}

/// What one file holds, with its first items if they were asked for.
#[derive(Serialize)]
struct WithShown<'a> {
    #[serde(flatten)]
    look: &'a Look,
    #[serde(skip_serializing_if = "<[Shown]>::is_empty")]
    shown: &'a [Shown],
}

/// What a check found.
#[derive(Debug, Serialize)]
struct Checked {
    sources: Vec<SourceRow>,
    unread_files: Vec<String>,
    unknown_accounts: Vec<String>,
    unmapped_roles: Vec<String>,
    unmapped_capabilities: Vec<String>,
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
    gaps: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    shown: Vec<Shown>,
}

fn all(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let evidence = Evidence::read(&args.setup, args.quiet, NOT_CHECKED)?;
    let checked = Checked::of(&evidence, args.show.unwrap_or(0));
    checked.print(args, &evidence.dataset, out).or_fail("the result cannot be printed")?;
    let incomplete = checked.sources.iter().any(|s| s.rejected > 0 || !s.gaps.is_empty())
        || !checked.unknown_accounts.is_empty();
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
        }
    }

    fn print(&self, args: &Args, dataset: &Dataset, out: &mut dyn Write) -> anyhow::Result<()> {
        if args.json {
            serde_json::to_writer_pretty(&mut *out, self)?;
            writeln!(out)?;
            return Ok(());
        }
        self.print_sources(out)?;
        for (source, reject) in dataset.rejects() {
            let (path, place) =
                (&dataset.source(*source).path, reject.place.text(dataset.symbols()));
            let (path, reason) = (hostile::shown(path), hostile::shown(&reject.reason));
            writeln!(out, "rejected: {path} {place}: {reason}")?;
        }
        let list = |out: &mut dyn Write, title: &str, names: &[String]| -> std::io::Result<()> {
            if names.is_empty() {
                return Ok(());
            }
            writeln!(out, "\n{title}")?;
            names.iter().try_for_each(|name| writeln!(out, "  {}", hostile::shown(name)))
        };
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
        Ok(())
    }

    /// Files of one format in one folder share a line: a month of logs is thousands of files.
    fn print_sources(&self, out: &mut dyn Write) -> std::io::Result<()> {
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
            writeln!(
                out,
                "{}: {format}, {files} file{}, {items} items: {read} read, {irrelevant} not \
                 relevant, {rejected} rejected",
                hostile::shown(folder),
                if files == 1 { "" } else { "s" },
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
            gaps: source.gaps.clone(),
            shown: match show {
                0 => Vec::new(),
                most => ingest::shown(dataset, SourceId(id), most),
            },
        }
    };
    (0..).zip(dataset.sources()).map(row).collect()
}
