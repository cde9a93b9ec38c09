//! What a build came to, as people, programs and the mail that cron sends want it.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use serde::Serialize;

use super::{
    Exit,
    build::{exit, missing},
    environment::remark,
};
use crate::{
    crossref::{Assessment, Exception, PolicyCoverage, Verdict, coverage_of_policy},
    pack::Sealed,
    report::{Carried, History, hostile},
};

/// Open exceptions that are told one by one.
const TOLD: usize = 20;

/// How a result is printed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Form {
    /// For people.
    Whole,
    /// A few lines.
    Brief,
    /// For programs.
    Json,
    /// Not at all.
    Nothing,
}

/// What a build came to.
#[derive(Debug, Serialize)]
pub(super) struct Outcome {
    pack: PathBuf,
    sha256: String,
    sequence: u32,
    signer: String,
    reproducible: bool,
    files: u64,
    bytes: u64,
    exceptions: usize,
    /// Exceptions of the period that still want an answer.
    open: usize,
    /// Exceptions of earlier packs that still want an answer.
    carried_over: usize,
    /// Both together: where there are any, the program ends with 1.
    open_in_all: usize,
    still_open: Vec<Open>,
    indeterminate: usize,
    rejects: usize,
    gaps: usize,
    policy: PolicyCoverage,
    rules: Vec<RuleOutcome>,
    #[serde(skip)]
    missing: usize,
}

/// An exception that still wants an answer.
#[derive(Debug, Serialize)]
struct Open {
    id: String,
    rule: String,
    severity: String,
    subject: String,
    statement: String,
    /// The folder of the pack that reported it, for one that an earlier pack left open.
    carried_from: Option<String>,
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
    pub(super) fn of(assessment: &Assessment<'_>, history: &History, sealed: &Sealed) -> Self {
        let dataset = assessment.cx.dataset;
        let before = history.carried(assessment);
        let carried: Vec<_> = before.iter().filter(|one| one.status.is_open()).collect();
        let open = assessment.open().count();
        let own = assessment.open().map(|exception| of_period(assessment, exception));
        Self {
            pack: sealed.path.clone(),
            sha256: sealed.tagmanifest_sha256.to_string(),
            sequence: sealed.sequence,
            signer: sealed.fingerprint.clone(),
            reproducible: sealed.reproducible,
            files: sealed.files,
            bytes: sealed.bytes,
            exceptions: assessment.exceptions.len(),
            open,
            carried_over: carried.len(),
            open_in_all: open + carried.len(),
            still_open: own.chain(carried.iter().map(|one| of_earlier(one))).collect(),
            indeterminate: assessment.indeterminate.len(),
            rejects: dataset.rejects().len(),
            gaps: crate::report::not_whole(assessment),
            policy: coverage_of_policy(assessment.cx),
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
        }
    }

    pub(super) fn exit(&self) -> Exit {
        exit(self.open_in_all, self.missing)
    }

    pub(super) fn print(&self, form: Form, out: &mut dyn Write) -> anyhow::Result<()> {
        match form {
            Form::Nothing => return Ok(()),
            Form::Json => {
                serde_json::to_writer_pretty(&mut *out, self)?;
                writeln!(out)?;
                return Ok(());
            }
            Form::Brief => self.brief(out)?,
            Form::Whole => self.whole(out)?,
        }
        let notes = self.policy.told();
        notes.iter().take(TOLD).for_each(|told| remark(&hostile::shown(told)));
        if notes.len() > TOLD {
            let more = notes.len() - TOLD;
            remark(&format!("and {more} more of this kind: `sodpack check` lists them"));
        }
        if !self.reproducible {
            remark(
                "this key signs differently each time: the pack's bytes can be made again, its signature cannot",
            );
        }
        Ok(())
    }

    fn brief(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        self.counts(out)?;
        if !self.still_open.is_empty() {
            let ids = self.still_open.iter().take(TOLD).map(|open| hostile::shown(&open.id));
            let ids: Vec<_> = ids.collect();
            let more = match self.still_open.len().saturating_sub(TOLD) {
                0 => String::new(),
                n => format!(" and {n} more"),
            };
            writeln!(out, "open: {}{more}", ids.join(" "))?;
        }
        let lack: Vec<_> = self.lacking().map(|(rule, n)| format!("{rule} ({n})")).collect();
        if !lack.is_empty() {
            let more = match lack.len().saturating_sub(TOLD) {
                0 => String::new(),
                n => format!(" and {n} more rules"),
            };
            let told = lack.iter().take(TOLD).map(String::as_str).collect::<Vec<_>>().join(", ");
            writeln!(out, "lacking evidence: {told}{more}")?;
        }
        writeln!(out, "pack: {}", shown(&self.pack))?;
        Ok(())
    }

    fn whole(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        self.counts(out)?;
        for open in self.still_open.iter().take(TOLD) {
            let Open { id, rule, severity, subject, statement, carried_from } = open;
            let [id, rule, severity] = [id, rule, severity].map(|text| hostile::shown(text));
            let from = carried_from.as_ref().map(|pack| format!("  from {}", hostile::shown(pack)));
            writeln!(out, "\n{id}  {rule}  {severity}{}", from.unwrap_or_default())?;
            writeln!(out, "  {}: {}", hostile::brief(subject), hostile::brief(statement))?;
        }
        match self.still_open.len().saturating_sub(TOLD) {
            0 => {}
            n => writeln!(out, "\nand {n} more: `sodpack exceptions --status open` lists them")?,
        }
        self.table(out)?;
        writeln!(out, "\npack    {}", shown(&self.pack))?;
        writeln!(out, "sha256  {}", self.sha256)?;
        writeln!(out, "signer  {}", self.signer)?;
        Ok(())
    }

    fn counts(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let Self { exceptions, open, carried_over, indeterminate, rejects, gaps, .. } = self;
        let more = match carried_over {
            0 => String::new(),
            n => format!("; {n} more of earlier packs still open"),
        };
        writeln!(out, "{exceptions} exceptions, {open} of them open{more}")?;
        writeln!(
            out,
            "{indeterminate} tests lack evidence, {rejects} records could not be read, {gaps} files not whole"
        )?;
        Ok(())
    }

    /// The rules that found something, or could not tell. What all others found is in the report.
    fn table(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let told = |rule: &&RuleOutcome| rule.violation + rule.indeterminate > 0;
        let rules: Vec<_> = self.rules.iter().filter(told).collect();
        let Some(width) = rules.iter().map(|rule| rule.rule.len()).max() else { return Ok(()) };
        let names =
            [Verdict::Pass, Verdict::Violation, Verdict::Indeterminate, Verdict::NotApplicable]
                .map(Verdict::name);
        let [pass, violation, indeterminate, not_applicable] = names;
        writeln!(
            out,
            "\n{:width$}  {pass:>7}  {violation:>9}  {indeterminate:>13}  {not_applicable:>14}",
            "rule"
        )?;
        for rule in &rules {
            let RuleOutcome { rule, pass, violation, indeterminate, not_applicable } = rule;
            writeln!(
                out,
                "{rule:width$}  {pass:>7}  {violation:>9}  {indeterminate:>13}  {not_applicable:>14}"
            )?;
        }
        match self.rules.len() - rules.len() {
            0 => {}
            1 => writeln!(out, "1 more rule found nothing amiss")?,
            n => writeln!(out, "{n} more rules found nothing amiss")?,
        }
        Ok(())
    }

    fn lacking(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let rules = self.rules.iter().filter(|rule| rule.indeterminate > 0);
        rules.map(|rule| (rule.rule, rule.indeterminate))
    }
}

fn of_period(assessment: &Assessment<'_>, exception: &Exception) -> Open {
    Open {
        id: exception.id.clone(),
        rule: exception.rule.id.to_owned(),
        severity: exception.severity.name().to_owned(),
        subject: exception.tested.id(assessment.cx),
        statement: exception.statement.clone(),
        carried_from: None,
    }
}

fn of_earlier(one: &Carried<'_>) -> Open {
    let then = one.reported;
    Open {
        id: then.id.clone(),
        rule: then.rule.clone(),
        severity: then.severity.clone(),
        subject: then.subject.clone(),
        statement: then.statement.clone(),
        carried_from: Some(one.from.folder.clone()),
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
