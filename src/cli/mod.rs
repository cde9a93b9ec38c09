//! The command line: one file a command.
//!
//! Only this stage knows the clock, the environment, the terminal and where things lie on disk.

mod alike;
mod ask;
mod build;
mod check;
mod completions;
mod docs;
mod draft;
mod drills;
mod earlier;
mod environment;
mod exceptions;
mod exit;
mod explain;
mod identities;
mod init;
mod judge;
mod justify;
mod keygen;
mod list;
mod man;
mod outcome;
mod policy;
mod progress;
mod records;
mod replace;
mod reporting;
mod shown;
mod signing;
mod sources;
mod verify;
mod workspace;

use std::io::Write;

use clap::{Parser, Subcommand};

pub use docs::{pages, sources};
pub use exit::{Exit, Failure};

/// Signed separation-of-duties evidence packs from the exports you already have
///
/// sodpack reads exports of pull requests, role assignments and audit logs, joins them, and writes
/// a signed HTML, PDF and CSV evidence pack for a SOC 2 period: who did what to production, who
/// approved it, whether one person (or a person behind an agent) held two duties, and whether the
/// controls really fired.
#[derive(Debug, Parser)]
#[command(name = "sodpack", version, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done, nothing open; 1 open exceptions; 2 the run failed; \
                        3 nothing open, but evidence is missing.")]
pub struct App {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Args),
    Check(check::Args),
    Build(build::Args),
    Verify(verify::Args),
    Exceptions(exceptions::Args),
    Drills(drills::Args),
    Explain(explain::Args),
    Justify(justify::Args),
    Identities(identities::Args),
    List(list::Args),
    Keygen(keygen::Args),
    Policy(policy::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Runs a parsed command line. Results go to `out`; progress and remarks to standard error.
///
/// # Errors
/// What made the run fail, beginning with the consequence.
pub fn run(app: App, out: &mut dyn Write) -> Result<Exit, Failure> {
    match app.command {
        Command::Init(args) => init::run(&args, out),
        Command::Check(args) => check::run(&args, out),
        Command::Build(args) => build::run(&args, out),
        Command::Verify(args) => verify::run(&args, out),
        Command::Exceptions(args) => exceptions::run(&args, out),
        Command::Drills(args) => drills::run(&args, out),
        Command::Explain(args) => explain::run(&args, out),
        Command::Justify(args) => justify::run(&args, out),
        Command::Identities(args) => identities::run(&args, out),
        Command::List(args) => list::run(&args, out),
        Command::Keygen(args) => keygen::run(&args, out),
        Command::Policy(args) => policy::run(&args, out),
        Command::Completions(args) => completions::run(&args, out),
        Command::Man(args) => man::run(&args, out),
    }
}
