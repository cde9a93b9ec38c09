//! `sodpack keygen`: a key to sign packs with.

use std::{io::Write, path::PathBuf};

use super::{
    Exit, environment,
    exit::{Consequence as _, Failure},
    signing::new_passphrase,
    workspace::{Setup, configured_identity},
};
use crate::pack::keys;

const NOT_MADE: &str = "no key was made";

/// Make a key to sign packs with
///
/// Writes an Ed25519 key in OpenSSH's format (mode 0600), its public key (.pub) and a ready line
/// for the auditor's allowed signers (.allowed_signers) beside it. Use it for packs alone.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key file to write; never an existing one
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
    /// Who signs, as the auditor will name them [default: as configured in sodpack.toml, else
    /// `evidence`]
    #[arg(short, long, value_name = "NAME@DOMAIN")]
    identity: Option<String>,
    #[command(flatten)]
    setup: Setup,
    /// Protect the key with a passphrase, from SODPACK_PASSPHRASE_FILE, SODPACK_PASSPHRASE or the
    /// terminal
    #[arg(long)]
    passphrase: bool,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let passphrase = match args.passphrase {
        true => Some(new_passphrase(&args.out).or_fail(NOT_MADE)?),
        false => None,
    };
    let secret = passphrase.as_ref().map(|text| text.as_str());
    let identity = args.identity.clone().or_else(|| configured_identity(&args.setup));
    let identity = identity.as_deref().unwrap_or("evidence");
    let made = keys::generate(&args.out, identity, secret).or_fail(NOT_MADE)?;
    if passphrase.is_none() && environment::is_watched() {
        environment::remark("the key has no passphrase: whoever reads the file can sign packs");
    }
    let print = |out: &mut dyn Write| -> std::io::Result<()> {
        writeln!(out, "key              {}", made.key_path.display())?;
        writeln!(out, "public key       {}", made.public_path.display())?;
        writeln!(out, "allowed signers  {}", made.allowed_signers_path.display())?;
        writeln!(out, "identity         {identity}")?;
        writeln!(out, "fingerprint      {}", made.fingerprint)
    };
    print(out).or_fail("the key was made, but this cannot be printed")?;
    Ok(Exit::Clean)
}
