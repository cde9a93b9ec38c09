//! `sodpack verify`: every stock step over a pack, in one go.

use std::{fs, io::Write, path::PathBuf};

use serde_json::json;

use super::{
    Exit,
    exit::{Consequence as _, Failure},
};
use crate::pack::{AllowedSigners, Expect, Outcome, verify};

const NOT_VERIFIED: &str = "nothing was verified";

/// Verify a pack, or its archive
///
/// Runs the steps of the pack's VERIFY.txt, and refuses added files, unsafe names and hostile
/// archives too. The allowed signers must be your own file, made from a fingerprint that you
/// received by another way than the pack.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: 0 the pack verifies; 1 it does not; 2 nothing was verified.")]
pub(super) struct Args {
    /// The pack's folder or .zip
    pack: PathBuf,
    /// Your own allowed signers, in OpenSSH's format
    #[arg(short, long, value_name = "FILE")]
    allowed_signers: PathBuf,
    /// The period that you expect, such as 2026-10
    #[arg(short, long)]
    period: Option<String>,
    /// Who must have signed [default: whoever the pack names, if allowed]
    #[arg(short, long)]
    identity: Option<String>,
    /// Fail unless every earlier pack lies beside this one
    #[arg(long)]
    earlier: bool,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let file = args.allowed_signers.display().to_string();
    let bytes = fs::read(&args.allowed_signers)
        .map_err(|error| anyhow::Error::new(error).context(file.clone()))
        .or_fail(NOT_VERIFIED)?;
    let trust = AllowedSigners::parse(&bytes, &file).or_fail(NOT_VERIFIED)?;
    let expect = Expect {
        period: args.period.clone(),
        identity: args.identity.clone(),
        earlier: args.earlier,
    };
    let verification = verify(&args.pack, &trust, &expect);
    let passed = verification.passed();
    let print = |out: &mut dyn Write| -> anyhow::Result<()> {
        if args.json {
            let steps: Vec<_> = verification
                .steps
                .iter()
                .map(|step| {
                    json!({
                        "step": step.check.title(),
                        "outcome": step.outcome.to_string().to_lowercase(),
                        "detail": step.detail,
                        "problems": step.problems,
                    })
                })
                .collect();
            let sha256 = verification.tagmanifest_sha256.as_ref().map(ToString::to_string);
            let result = json!({ "passed": passed, "sha256": sha256, "steps": steps });
            serde_json::to_writer_pretty(&mut *out, &result)?;
            writeln!(out)?;
            return Ok(());
        }
        for step in &verification.steps {
            writeln!(out, "{:<11}  {:<24}  {}", step.outcome, step.check.title(), step.detail)?;
            for problem in &step.problems {
                writeln!(out, "{:<11}  {:<24}  - {problem}", "", "")?;
            }
        }
        for note in &verification.notes {
            writeln!(out, "note: {note}")?;
        }
        writeln!(out)?;
        if let (true, Some(sha256)) = (passed, &verification.tagmanifest_sha256) {
            writeln!(out, "the pack verifies; note down its name: {sha256}")?;
            let unchecked = verification.steps.iter().any(|s| s.outcome == Outcome::NotChecked);
            if unchecked {
                writeln!(out, "steps that were not checked prove nothing")?;
            }
        } else {
            writeln!(out, "the pack does NOT verify: do not rely on it")?;
        }
        Ok(())
    };
    print(out).or_fail("the result cannot be printed")?;
    Ok(if passed { Exit::Clean } else { Exit::Open })
}
