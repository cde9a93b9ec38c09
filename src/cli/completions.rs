//! `sodpack completions`: what a shell needs to complete commands.

use std::io::Write;

use clap::CommandFactory as _;

use super::{
    App, Exit,
    exit::{Consequence as _, Failure},
};

/// Print completions for a shell
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> Result<Exit, Failure> {
    // The generator panics when its writer fails, so it writes to memory.
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut App::command(), "sodpack", &mut text);
    out.write_all(&text).or_fail("the completions cannot be printed")?;
    Ok(Exit::Clean)
}
