//! `sodpack build`: the main job, from exports to a signed pack.

use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{
    Exit,
    earlier::Earlier,
    environment::remark,
    exceptions::open_before,
    exit::{Consequence as _, Failure},
    judge::{Evidence, When},
    records::{Records, index},
    reporting, signing,
    workspace::{Setup, Workspace},
};
use crate::{
    crossref::{Assessment, Verdict},
    model::{Digest, Instant, Period},
    pack::{self, Builder, Chain, Plan, Sealed, Slot, Supersedes},
    report::{self, History},
};

const NOT_MADE: &str = "no pack was made";

/// Days after a period's end by which its pack should have arrived: time to export and to justify.
const DAYS_TO_DELIVER: u64 = 14;

/// Judge a period and write its signed evidence pack
///
/// Reads every source, joins and judges the records, and writes the report, the tables, the records
/// they rest on and the policy as one signed folder that stock tools verify. Earlier packs in the
/// output folder are verified first; a pack is never overwritten.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    setup: Setup,
    #[command(flatten)]
    when: When,
    /// Folder to put the pack into [default: as configured]
    #[arg(short, long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// OpenSSH private key to sign with [default: as configured]
    #[arg(short, long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// SHA-256 of the tagmanifest of the pack that this one corrects
    #[arg(long, value_name = "SHA256", requires = "reason")]
    supersedes: Option<String>,
    /// Why it is corrected
    #[arg(long, requires = "supersedes")]
    reason: Option<String>,
    /// Why the time since the latest pack is in no pack, if there is such a gap
    #[arg(long, value_name = "REASON")]
    gap: Option<String>,
    /// Say nothing but errors
    #[arg(short, long)]
    quiet: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let workspace = Workspace::open(&args.setup, NOT_MADE)?;
    let (period, as_of) = args.when.read(workspace.config.timezone, NOT_MADE)?;
    if as_of < period.until {
        let cause = format!(
            "{period} has not ended as of {as_of}; build it afterwards, or look at it with \
             `sodpack exceptions`"
        );
        return Err(Failure::new(NOT_MADE, cause));
    }
    let slot = slot(args, &workspace, &period)?;
    let folder = match &args.out {
        Some(folder) => folder.clone(),
        None => workspace.path(&workspace.config.output.folder),
    };
    // A broken chain or a missing key is told before hours of reading, not after.
    let signing = signing::open(&workspace, args.key.as_deref(), NOT_MADE)?;
    let chain = Chain::open(&folder, slot, &signing.trust).or_fail(NOT_MADE)?;
    let earlier = Earlier::of(chain.packs()).or_fail(NOT_MADE)?;
    let history = earlier.correcting(chain.slot()).history();
    let builder = Builder::create(&folder, &name(&workspace, &period, &chain)).or_fail(NOT_MADE)?;

    let evidence = Evidence::of(workspace, args.quiet, NOT_MADE)?;
    evidence.assess(&period, as_of, |assessment| {
        write(&builder, &evidence, &history, assessment).or_fail(NOT_MADE)?;
        let plan = plan(&evidence, &period, as_of);
        let sealed = builder.seal(&plan, &chain, &signing.signer).or_fail(NOT_MADE)?;
        if evidence.workspace.config.output.archive {
            sealed.archive().or_fail("the pack was made, but not its archive")?;
        }
        let outcome = Outcome::of(assessment, &history, &sealed, args.quiet);
        outcome.print(args, out).or_fail("the pack was made, but its result cannot be printed")?;
        Ok(outcome.exit())
    })
}

fn slot(args: &Args, workspace: &Workspace, period: &Period) -> Result<Slot, Failure> {
    let supersedes = match (&args.supersedes, &args.reason) {
        (Some(sha256), Some(reason)) => {
            let sha256 = sha256.parse().or_fail(NOT_MADE)?;
            Some(Supersedes { sha256, reason: reason.clone() })
        }
        _ => None,
    };
    let zone = workspace.config.timezone;
    Ok(Slot {
        slug: workspace.config.slug.clone(),
        period: pack::Period {
            label: period.label.clone(),
            from: period.from.rfc3339_in(zone),
            until: period.until.rfc3339_in(zone),
        },
        supersedes,
        gap_reason: args.gap.clone(),
    })
}

/// `acme-sod-2026-10`, and `acme-sod-2026-10-r4` for a correction that is the chain's fourth pack.
fn name(workspace: &Workspace, period: &Period, chain: &Chain) -> String {
    let label = period.label.replace("..", "_");
    let name = format!("{}-sod-{label}", workspace.config.slug);
    match chain.slot().supersedes {
        Some(_) => format!("{name}-r{}", chain.next_sequence()),
        None => name,
    }
}

/// Writes everything below `data/`.
fn write(
    builder: &Builder,
    evidence: &Evidence,
    history: &History,
    assessment: &Assessment<'_>,
) -> anyhow::Result<()> {
    let workspace = &evidence.workspace;
    let records = Records::of(assessment);
    let record = |origin| records.path(origin);
    reporting::report(workspace, assessment, history, "policy/", &record, |report| {
        write_report(builder, workspace, report)
    })?;
    for file in &workspace.written {
        builder.add(&format!("data/policy/{}", file.name), &file.bytes)?;
    }
    let mut copies = Vec::new();
    records.copy(&evidence.dataset, &evidence.sources, |copied| {
        builder.add(&format!("data/{}", copied.path), &copied.bytes)?;
        copies.push((copied.path, copied.source, copied.place, Digest::of(&copied.bytes)));
        Ok(())
    })?;
    builder.add("data/records/index.csv", &index(&copies)?)?;
    Ok(())
}

/// Writes the tables, the reports made of them and the means to re-perform the verdicts.
fn write_report(
    builder: &Builder,
    workspace: &Workspace,
    report: &report::Report<'_>,
) -> anyhow::Result<()> {
    let mut excerpts = Vec::new();
    for table in report::tables::TABLES {
        let mut member = builder.file(&format!("data/tables/{}.csv", table.id))?;
        excerpts.push(report::csv::write_table(report, table, &mut member)?);
        member.finish()?;
    }
    let own = own_templates(workspace)?;
    let files = report::artifacts(report, &excerpts, &|name| own.get(name).cloned())?;
    builder.add("data/report.html", &files.html)?;
    builder.add("data/report.pdf", &files.pdf)?;
    builder.add("data/report.json", &files.json)?;
    builder.add("data/tables/README.md", &files.tables_readme)?;
    for (name, bytes) in report::reperform::files() {
        builder.add(&format!("data/reperform/{name}"), &bytes)?;
    }
    let policy_text = report.policy_text.as_bytes();
    builder.add("data/policy/policy-in-force.toml", policy_text)?;
    Ok(())
}

/// The organisation's own templates, by name. One that is there and cannot be read is an error:
/// a report must not look otherwise than its owner believes.
fn own_templates(workspace: &Workspace) -> anyhow::Result<BTreeMap<&'static str, String>> {
    let mut own = BTreeMap::new();
    let Some(folder) = &workspace.config.output.templates else { return Ok(own) };
    let folder = workspace.path(folder);
    anyhow::ensure!(
        folder.is_dir(),
        "{}: no such folder; create it or remove `templates` from sodpack.toml",
        folder.display()
    );
    for (name, _) in report::TEMPLATES {
        let path = folder.join(name);
        match std::fs::read_to_string(&path) {
            Ok(text) => drop(own.insert(*name, text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(anyhow::Error::new(error).context(path.display().to_string())),
        }
    }
    Ok(own)
}

fn plan(evidence: &Evidence, period: &Period, as_of: Instant) -> Plan {
    let workspace = &evidence.workspace;
    Plan {
        organisation: workspace.config.organisation.clone(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        as_of: as_of.to_string(),
        inputs: inputs_digest(evidence),
        next_pack_due: (period.next_end() + chrono::Days::new(DAYS_TO_DELIVER)).to_string(),
        signer_identity: workspace.config.signing.identity.clone(),
        extra: Vec::new(),
    }
}

/// One digest over the digests of every export and every file that people wrote, by path.
fn inputs_digest(evidence: &Evidence) -> Digest {
    let sources = evidence.dataset.sources().iter();
    let mut lines: Vec<_> =
        sources.map(|source| format!("{}  {}\n", source.digest, source.path)).collect();
    let written = &evidence.workspace.written;
    lines.extend(written.iter().map(|file| format!("{}  {}\n", file.digest(), file.name)));
    lines.sort();
    Digest::of(lines.concat().as_bytes())
}

/// What a build came to.
#[derive(Debug, Serialize)]
struct Outcome {
    pack: PathBuf,
    sha256: String,
    sequence: u32,
    signer: String,
    reproducible: bool,
    files: u64,
    bytes: u64,
    exceptions: usize,
    open: usize,
    /// Exceptions of earlier packs that still want an answer.
    carried_over: usize,
    indeterminate: usize,
    rejects: usize,
    gaps: usize,
    rules: Vec<RuleOutcome>,
    #[serde(skip)]
    missing: usize,
    #[serde(skip)]
    quiet: bool,
}

#[derive(Debug, Serialize)]
struct RuleOutcome {
    rule: &'static str,
    pass: u64,
    violation: u64,
    indeterminate: u64,
    not_applicable: u64,
}

impl Outcome {
    fn of(assessment: &Assessment<'_>, history: &History, sealed: &Sealed, quiet: bool) -> Self {
        let dataset = assessment.cx.dataset;
        Self {
            pack: sealed.path.clone(),
            sha256: sealed.tagmanifest_sha256.to_string(),
            sequence: sealed.sequence,
            signer: sealed.fingerprint.clone(),
            reproducible: sealed.reproducible,
            files: sealed.files,
            bytes: sealed.bytes,
            exceptions: assessment.exceptions.len(),
            open: assessment.open().count(),
            carried_over: open_before(assessment, history),
            indeterminate: assessment.indeterminate.len(),
            rejects: dataset.rejects().len(),
            gaps: crate::report::not_whole(assessment),
            rules: assessment
                .counts
                .iter()
                .map(|count| RuleOutcome {
                    rule: count.rule.id,
                    pass: count.pass,
                    violation: count.violation,
                    indeterminate: count.indeterminate,
                    not_applicable: count.not_applicable,
                })
                .collect(),
            missing: missing(assessment),
            quiet,
        }
    }

    fn exit(&self) -> Exit {
        exit(self.open + self.carried_over, self.missing)
    }

    fn print(&self, args: &Args, out: &mut dyn Write) -> anyhow::Result<()> {
        if args.json {
            serde_json::to_writer_pretty(&mut *out, self)?;
            writeln!(out)?;
            return Ok(());
        }
        if self.quiet {
            return Ok(());
        }
        let width = self.rules.iter().map(|rule| rule.rule.len()).max().unwrap_or_default();
        let names =
            [Verdict::Pass, Verdict::Violation, Verdict::Indeterminate, Verdict::NotApplicable]
                .map(Verdict::name);
        let [pass, violation, indeterminate, not_applicable] = names;
        writeln!(
            out,
            "{:width$}  {pass:>7}  {violation:>9}  {indeterminate:>13}  {not_applicable:>14}",
            "rule"
        )?;
        for rule in &self.rules {
            let RuleOutcome { rule, pass, violation, indeterminate, not_applicable } = rule;
            writeln!(
                out,
                "{rule:width$}  {pass:>7}  {violation:>9}  {indeterminate:>13}  {not_applicable:>14}"
            )?;
        }
        writeln!(out)?;
        let Self { exceptions, open, indeterminate, rejects, gaps, .. } = self;
        writeln!(out, "{exceptions} exceptions, {open} of them open")?;
        if self.carried_over > 0 {
            writeln!(out, "{} more of earlier packs still open", self.carried_over)?;
        }
        writeln!(
            out,
            "{indeterminate} tests lack evidence, {rejects} records could not be read, {gaps} files not whole"
        )?;
        writeln!(out)?;
        writeln!(out, "pack    {}", shown(&self.pack))?;
        writeln!(out, "sha256  {}", self.sha256)?;
        writeln!(out, "signer  {}", self.signer)?;
        if !self.reproducible {
            remark(
                "this key signs differently each time: the pack's bytes can be made again, its signature cannot",
            );
        }
        Ok(())
    }
}

/// How much evidence is missing: tests without it, records that could not be read, gaps.
pub(super) fn missing(assessment: &Assessment<'_>) -> usize {
    let dataset = assessment.cx.dataset;
    let gaps: usize = dataset.sources().iter().map(|source| source.gaps.len()).sum();
    assessment.indeterminate.len() + dataset.rejects().len() + gaps
}

/// How a run over this evidence ends.
pub(super) fn exit(open: usize, missing: usize) -> Exit {
    match (open, missing) {
        (0, 0) => Exit::Clean,
        (0, _) => Exit::Incomplete,
        _ => Exit::Open,
    }
}

/// A path for people, with `/` on every platform.
fn shown(path: &Path) -> String {
    path.iter()
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
        .replacen("//", "/", 1)
}
