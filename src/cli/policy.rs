//! `sodpack policy`: the policy in force.

use std::io::Write;

use super::{
    Exit,
    exit::{Consequence as _, Failure},
    workspace::{Setup, Workspace},
};

/// Show the policy in force, with every default filled in
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Print it as TOML, as it is copied into each pack
    Show(Setup),
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    let What::Show(setup) = &args.what;
    let workspace = Workspace::open(setup, "the policy was not shown")?;
    write!(out, "{}", workspace.policy.to_toml()).or_fail("the policy cannot be printed")?;
    Ok(Exit::Clean)
}
