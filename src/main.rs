//! The `sodpack` binary.

use std::{
    io::{self, BufWriter, Write as _},
    process::ExitCode,
};

use clap::Parser as _;

fn main() -> ExitCode {
    let app = sodpack::cli::App::parse();
    let mut out = BufWriter::new(io::stdout().lock());
    let result = sodpack::cli::run(app, &mut out);
    match result {
        Ok(exit) => match out.flush() {
            Ok(()) => exit.into(),
            // Whoever read the output has seen enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => exit.into(),
            Err(_) => ExitCode::from(2),
        },
        Err(failure) => {
            let _ = out.flush();
            let _ = writeln!(io::stderr(), "{failure}");
            failure.code()
        }
    }
}
